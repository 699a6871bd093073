package rdd

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestDivideBounds(t *testing.T) {
	for _, c := range []struct {
		lower, upper int64
		n            int
		want         string
	}{
		{1, 100, 3, "1-33 34-66 67-100"}, // as in the documentation of Spark's JdbcRDD, but for its 20 in 2
		{1, 20, 2, "1-10 11-20"},
		{5, 5, 1, "5-5"},
		{1, 2, 4, "- 1-1 - 2-2"},
		{math.MinInt64, math.MaxInt64, 2, "-9223372036854775808--1 0-9223372036854775807"},
	} {
		var got []string
		for _, p := range divideBounds(c.lower, c.upper, c.n) {
			b := p.(*boundsPartition)
			if b.from > b.to {
				got = append(got, "-")
			} else {
				got = append(got, fmt.Sprintf("%d-%d", b.from, b.to))
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%d to %d in %d: %s, want %s", c.lower, c.upper, c.n, s, c.want)
		}
	}
}

// countingDriver is a database whose queries give the numbers between their bounds; it counts what is open.
type countingDriver struct {
	conns, rows atomic.Int64
	failAt      int64 // the row whose reading fails
}

func (d *countingDriver) Connect(context.Context) (driver.Conn, error) {
	d.conns.Add(1)
	return countingConn{d}, nil
}
func (d *countingDriver) Driver() driver.Driver { return nil }

type countingConn struct{ d *countingDriver }

func (c countingConn) Prepare(string) (driver.Stmt, error) { return c, nil }
func (c countingConn) Begin() (driver.Tx, error)           { return nil, errors.New("no transactions") }
func (c countingConn) Close() error                        { return nil }
func (c countingConn) NumInput() int                       { return 2 }

func (c countingConn) Exec([]driver.Value) (driver.Result, error) {
	return nil, errors.New("no statements")
}
func (c countingConn) Query(args []driver.Value) (driver.Rows, error) {
	c.d.rows.Add(1)
	return &countingRows{c.d, args[0].(int64), args[1].(int64)}, nil
}

type countingRows struct {
	d        *countingDriver
	next, to int64
}

func (r *countingRows) Columns() []string { return []string{"n"} }
func (r *countingRows) Close() error      { r.d.rows.Add(-1); return nil }
func (r *countingRows) Next(dest []driver.Value) error {
	if r.next == r.d.failAt {
		return errors.New("row cannot be read")
	}
	if r.next > r.to {
		return io.EOF
	}
	dest[0] = r.next
	r.next++
	return nil
}

// TestDatabaseCloses: rows and connections go back when the rows have ended, when the consumer has enough, after errors
// and panics.
func TestDatabaseCloses(t *testing.T) {
	d := &countingDriver{failAt: 500}
	db := sql.OpenDB(d)
	defer db.Close()
	sc := newTestContext(t, WithThreads(2), WithMaxTaskFailures(2))
	scan := func(rows *sql.Rows) (n int64, err error) { return n, rows.Scan(&n) }
	var begun sync.WaitGroup // of two partitions, which wait for one another
	begun.Add(2)
	must[int64](t)(Database(sc, db, "numbers", 1, 2, 2, func(*sql.Rows) (int, error) {
		begun.Done()
		begun.Wait()
		return 0, nil
	}).Count(t.Context()))
	if d.conns.Load() != 2 {
		t.Errorf("two partitions had %d connections", d.conns.Load())
	}
	whole := Database(sc, db, "numbers", 1, 400, 7, scan)
	if n := must[int64](t)(whole.Count(t.Context())); n != 400 {
		t.Errorf("%d rows, want 400", n)
	}
	if got := must[[]int64](t)(whole.Take(t.Context(), 5)); fmt.Sprint(got) != "[1 2 3 4 5]" {
		t.Errorf("first rows %v", got)
	}
	if _, err := Database(sc, db, "numbers", 1, 900, 3, scan).Count(t.Context()); err == nil || !strings.Contains(err.Error(), "query of rows 301 to 600: row cannot be read") {
		t.Errorf("error %v", err)
	}
	if _, err := Database(sc, db, "numbers", 1, 10, 1, func(*sql.Rows) (int, error) { panic("scan") }).Count(t.Context()); err == nil {
		t.Error("a panic was lost")
	}
	for lower, n := range map[int64]int{11: 1, 1: 0} {
		if _, err := Database(sc, db, "numbers", lower, 10, n, scan).Count(t.Context()); err == nil {
			t.Errorf("bounds %d to 10 in %d partitions were accepted", lower, n)
		}
	}
	if d.rows.Load() != 0 || db.Stats().InUse != 0 {
		t.Errorf("%d results and %d connections are still open", d.rows.Load(), db.Stats().InUse)
	}
}
