package gosql_test

import (
	"fmt"
	"testing"

	"github.com/gosql-engine/gosql"
)

// TestCacheBeyondMemory caches more rows than fit the memory, reads them by several queries, and gives all back.
func TestCacheBeyondMemory(t *testing.T) {
	s := newSession(t, gosql.WithMemoryLimit("6MB"))
	sql := func(text string) string {
		t.Helper()
		rows, err := s.SQL(text).Collect(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return fmt.Sprint(rows)
	}
	sql("CREATE TEMP VIEW v AS SELECT id AS a, concat('a text that is long enough ', id % 7) AS b FROM range(200000)")
	query := "SELECT count(*), sum(a), count(DISTINCT b), max(b) FROM v WHERE a % 3 = 0"
	want := sql(query)
	joined := "SELECT count(*) FROM v JOIN v w ON v.a = w.a + 100000"
	pairs := sql(joined)
	sql("CACHE TABLE v")
	for range 2 {
		if got := sql(query); got != want {
			t.Errorf("cached: %s, want %s", got, want)
		}
		if got := sql(joined); got != pairs {
			t.Errorf("cached: %s, want %s", got, pairs)
		}
	}
	if u := s.RDD().Memory().Usage(); u.Storage > u.Limit {
		t.Errorf("%d bytes are cached, of %d", u.Storage, u.Limit)
	}
	sql("UNCACHE TABLE v")
	if u := s.RDD().Memory().Usage(); u.Storage != 0 {
		t.Errorf("%d bytes are still cached", u.Storage)
	}
	if got := sql(query); got != want {
		t.Errorf("no longer cached: %s, want %s", got, want)
	}
	df := s.SQL("SELECT a FROM v ORDER BY b DESC, a LIMIT 3").Cache(t.Context())
	if got, err := df.Collect(t.Context()); err != nil || fmt.Sprint(got) != sql("SELECT a FROM v ORDER BY b DESC, a LIMIT 3") {
		t.Errorf("a cached DataFrame: %v, %v", got, err)
	}
}
