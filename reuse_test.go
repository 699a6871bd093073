package gosql_test

import (
	"sync/atomic"
	"testing"

	"github.com/gosql-engine/gosql"
	"github.com/gosql-engine/gosql/rdd"
)

// TestReusedExchanges: what a statement computes twice is computed once, and only that.
func TestReusedExchanges(t *testing.T) {
	var shuffles atomic.Int64
	s, err := gosql.NewSession(gosql.WithWorkers(2), gosql.WithListener(rdd.ListenerFunc(func(e rdd.Event) {
		if st, ok := e.(*rdd.StageSubmitted); ok && st.Shuffle >= 0 {
			shuffles.Add(1)
		}
	})))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// A file, because two reads of range() cannot be told to be one.
	dir := t.TempDir() + "/t"
	if err := s.SQL("SELECT id % 7 AS k, id AS v FROM range(1000) WHERE id % 3 = 0").Write().Parquet(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Read().Parquet(dir).CreateTempView("t"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		query    string
		rows     int
		shuffles int64
	}{
		{"r AS (SELECT k, sum(v) s FROM t GROUP BY k) SELECT * FROM r WHERE s = (SELECT max(s) FROM r)", 1, 3},
		{"r AS (SELECT k, sum(v) s FROM t GROUP BY k) SELECT a.k, b.s FROM r a JOIN r b ON a.s > b.s", 21, 2},
		{"r AS (SELECT k, sum(v) s FROM t GROUP BY k) SELECT a.k, b.s FROM r a JOIN (SELECT k, sum(v) s FROM t WHERE v > 1 GROUP BY k) b ON a.s > b.s", 21, 3},
		{"r AS (SELECT k, sum(v) s FROM t GROUP BY k) SELECT a.k, b.s FROM r a JOIN (SELECT k, max(v) s FROM t GROUP BY k) b ON a.s > b.s", 49, 3},
	} {
		query := "WITH " + c.query
		before := shuffles.Load()
		n, err := s.SQL(query).Count(t.Context())
		if err != nil || int(n) != c.rows {
			t.Errorf("%s: %d rows, %v", query, n, err)
		}
		if got := shuffles.Load() - before; got != c.shuffles {
			t.Errorf("%s: %d shuffles, want %d", query, got, c.shuffles)
		}
	}
}

// TestReplacedFunctions: a view goes on calling the function that it was made with, beside the one that has taken its name.
func TestReplacedFunctions(t *testing.T) {
	s, err := gosql.NewSession(gosql.WithWorkers(2))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dir := t.TempDir() + "/v" // a file, as in TestReusedExchanges
	if err := s.SQL("SELECT id FROM range(1, 4)").Write().Parquet(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Read().Parquet(dir).CreateTempView("v"); err != nil {
		t.Fatal(err)
	}
	const query = "SELECT id % 3 AS k, sum(f(id)) AS s FROM v GROUP BY id % 3"
	for i, f := range []func(int64) int64{func(n int64) int64 { return n }, func(n int64) int64 { return 100 * n }} {
		if err := s.Register("f", f); err != nil {
			t.Fatal(err)
		}
		if err := s.SQL(query).CreateTempView([]string{"old", "new"}[i]); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := s.SQL("SELECT sum(o.s) AS o, sum(n.s) AS n FROM old o JOIN new n ON o.k = n.k").Collect(t.Context())
	if err != nil || len(rows) != 1 || rows[0].String() != "Row(o=6, n=600)" {
		t.Errorf("%v %v", rows, err)
	}
}
