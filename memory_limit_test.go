package gosql_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gosql-engine/gosql"
	"github.com/gosql-engine/gosql/rdd"
)

// TestOutOfMemory fails a query that needs more memory than there is, in a session that goes on.
func TestOutOfMemory(t *testing.T) {
	s := newSession(t, gosql.WithMemoryLimit("4MB"))
	running := make(chan error)
	go func() {
		_, err := s.SQL("SELECT count(*) FROM range(20000000)").Collect(context.Background())
		running <- err
	}()
	_, err := s.SQL("SELECT length(max(a)) FROM (SELECT listagg(id, '') WITHIN GROUP (ORDER BY id) AS a FROM range(3000000))").Collect(t.Context())
	var e *gosql.Error
	var memory *rdd.MemoryError
	if !errors.As(err, &e) || e.Condition != "UNABLE_TO_ACQUIRE_MEMORY" || e.SQLState != "53200" || !errors.As(err, &memory) || len(memory.Largest) == 0 {
		t.Errorf("with little memory: %v", err)
	}
	if err := <-running; err != nil {
		t.Errorf("another query at the same time: %v", err)
	}
	if rows, err := s.SQL("SELECT sum(id) FROM range(1000)").Collect(t.Context()); err != nil || rows[0].At(0) != int64(499500) {
		t.Errorf("after that: %v, %v", rows, err)
	}
	for try := 0; s.RDD().Memory().Usage().Execution != 0; try++ {
		if try == 100 {
			t.Fatalf("still held: %v", s.RDD().Memory().Usage().Owners)
		}
		runtime.GC() // shuffle blocks are given back once nobody can read them
		time.Sleep(10 * time.Millisecond)
	}
}

// TestSpillLimit fails a query whose files would be too large, in a session that goes on.
func TestSpillLimit(t *testing.T) {
	s := newSession(t, gosql.WithMemoryLimit("4MB"), gosql.WithSpillLimit("1MB"))
	_, err := s.SQL("SELECT max(x) FROM (SELECT id * 2 AS x FROM range(2000000) ORDER BY hash(id) LIMIT 1000000)").Collect(t.Context())
	var e *gosql.Error
	var limit *rdd.SpillLimitError
	if !errors.As(err, &e) || e.Condition != "SPILL_OUT_OF_MEMORY" || !errors.As(err, &limit) {
		t.Errorf("with little room: %v", err)
	}
	if rows, err := s.SQL("SELECT sum(id) FROM range(1000)").Collect(t.Context()); err != nil || rows[0].At(0) != int64(499500) {
		t.Errorf("after that: %v, %v", rows, err)
	}
}

// TestMemoryLimit tells the limit that was set, or one that suits the machine.
func TestMemoryLimit(t *testing.T) {
	for _, limit := range []string{"1MB", "100MB", "144MB", "2GB"} {
		want, err := gosql.ParseBytes(limit)
		if err != nil {
			t.Fatal(err)
		}
		s := newSession(t, gosql.WithMemoryLimit(limit))
		if got := s.MemoryLimit(); got < want-4 || got > want+4 {
			t.Errorf("%s: %d, want %d", limit, got, want)
		}
		if u := s.RDD().Memory().Usage(); u.Limit > want*3/4 {
			t.Errorf("%s: %d may be reserved", limit, u.Limit)
		}
	}
	if s := newSession(t); s.MemoryLimit() < 64<<20 {
		t.Errorf("without a limit: %d", s.MemoryLimit())
	}
}

// TestUnusableSpillFolder fails a query that has to spill and cannot; what a table held before a failed INSERT OVERWRITE it still holds.
func TestUnusableSpillFolder(t *testing.T) {
	dir := t.TempDir()
	s := newSession(t, gosql.WithMemoryLimit("4MB"), gosql.WithSpillDir(filepath.Join(dir, "missing")))
	run := func(text string) (string, error) {
		rows, err := s.SQL(text).Collect(t.Context())
		return fmt.Sprint(rows), err
	}
	if _, err := run("CREATE TABLE t USING parquet LOCATION '" + filepath.ToSlash(filepath.Join(dir, "t")) + "' AS SELECT 1 AS x"); err != nil {
		t.Fatal(err)
	}
	_, err := run("INSERT OVERWRITE t SELECT int(id) FROM range(3000000) ORDER BY hash(id)")
	var e *gosql.Error
	if !errors.As(err, &e) || e.Condition != "SPILL_OUT_OF_MEMORY" || e.SQLState != "82003" || !strings.Contains(e.Message, "missing") {
		t.Errorf("without a folder: %v", err)
	}
	if got, err := run("SELECT x FROM t"); err != nil || !strings.Contains(got, "x=1") {
		t.Errorf("after that: %s, %v", got, err)
	}
}
