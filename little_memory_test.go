package gosql_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gosql-engine/gosql"
)

// littleMemoryQueries need more memory than the sessions of TestLittleMemory have.
var littleMemoryQueries = []string{
	// Sets of DISTINCT calls: of one group, of few, of many, with other calls and filters beside them.
	"SELECT count(DISTINCT a), count(DISTINCT b), count(*), sum(c) FROM big",
	"SELECT count(DISTINCT a), sum(DISTINCT c) FILTER (WHERE a % 2 = 0), count(DISTINCT a, c), max(b) FROM big",
	"SELECT c % 3 AS g, count(DISTINCT a), count(DISTINCT b), avg(a) FROM big GROUP BY ALL ORDER BY g",
	"SELECT sum(x), sum(y), count(*) FROM (SELECT a % 40000 AS g, count(DISTINCT b) AS x, count(DISTINCT c) AS y FROM big GROUP BY ALL)",
	"SELECT count(DISTINCT a), count(DISTINCT nullif(a % 1000, 7)) FROM big WHERE a < 0",
	// Lists and sets, and ordered lists.
	"SELECT sum(size(x)), sum(size(y)) FROM (SELECT a % 50000 AS g, collect_list(b) AS x, collect_set(c) AS y FROM big GROUP BY ALL)",
	"SELECT sum(hash(x)) FROM (SELECT a % 3000 AS g, listagg(b, ',') WITHIN GROUP (ORDER BY c, a) AS x FROM big GROUP BY ALL)",
	"SELECT sum(hash(x)) FROM (SELECT a % 3000 AS g, listagg(DISTINCT b, ',') WITHIN GROUP (ORDER BY b) AS x, count(DISTINCT c) AS y FROM big GROUP BY ALL)",
	// Rows and sets of rows.
	"SELECT count(*), sum(c) FROM (SELECT DISTINCT a % 60000, b, c FROM big)",
	"SELECT count(*), sum(c) FROM (SELECT b, c FROM big UNION SELECT b, c + 1 FROM big)",
	"SELECT count(*), sum(c) FROM (SELECT b, c FROM big INTERSECT SELECT b, c FROM big WHERE a % 2 = 0)",
	"SELECT count(*), sum(c) FROM (SELECT b, c FROM big EXCEPT ALL SELECT b, c FROM big WHERE a % 5 = 0)",
	// Windows over one partition, and over few.
	"SELECT sum(hash(a, b, c) % 1000 * (n % 7)) FROM (SELECT *, row_number() OVER (ORDER BY b, a) AS n FROM big)",
	"SELECT sum(hash(r, d) % 1000 * (a % 7)), sum(p), sum(q), sum(hash(n)) FROM (SELECT a, rank() OVER w AS r, dense_rank() OVER w AS d, round(percent_rank() OVER w, 6) AS p, round(cume_dist() OVER w, 6) AS q, ntile(77) OVER w AS n FROM big WINDOW w AS (ORDER BY a % 9000))",
	"SELECT sum(hash(r, d) % 1000 * (a % 7)), sum(p), sum(q), sum(hash(n)) FROM (SELECT a, rank() OVER w AS r, dense_rank() OVER w AS d, round(percent_rank() OVER w, 6) AS p, round(cume_dist() OVER w, 6) AS q, ntile(77) OVER (ORDER BY a % 5, a) AS n FROM big WINDOW w AS (ORDER BY a % 5))",
	"SELECT sum(hash(x, y, z)) FROM (SELECT lag(a) OVER w AS x, lead(a, 2000, -1) OVER w AS y, lag(b, 1500) OVER w AS z FROM big WINDOW w AS (ORDER BY b, a))",
	"SELECT sum(hash(s, x, y)), sum(z) FROM (SELECT sum(c) OVER () AS s, sum(c) OVER (ORDER BY b, a) AS x, count(*) OVER (ORDER BY a % 7) AS y, count(c) OVER (ORDER BY a % 7 ROWS UNBOUNDED PRECEDING) AS z FROM big)",
	"SELECT sum(hash(z, u)) FROM (SELECT max(b) OVER (ORDER BY b DESC RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS z, count(b) FILTER (WHERE c < 30) OVER (PARTITION BY c % 2 ORDER BY a) AS u FROM big)",
	"SELECT sum(z) FROM (SELECT count(c) OVER (ORDER BY a RANGE BETWEEN 700 PRECEDING AND 10 PRECEDING) AS z FROM big)",
	"SELECT sum(hash(x, y, u)) FROM (SELECT sum(c) OVER (ORDER BY b, a ROWS BETWEEN 3 PRECEDING AND 2000 FOLLOWING) AS x, avg(c) OVER (ORDER BY b, a ROWS BETWEEN 1000 FOLLOWING AND UNBOUNDED FOLLOWING) AS y, min(c) OVER (ORDER BY b, a ROWS BETWEEN UNBOUNDED PRECEDING AND 1500 PRECEDING) AS u FROM big)",
	"SELECT sum(hash(x, y, z)), count(x) FROM (SELECT first(b) OVER w AS x, last(nullif(c % 5, 2)) IGNORE NULLS OVER w AS y, first(a) OVER (ORDER BY b, a ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS z FROM big WINDOW w AS (ORDER BY b, a))",
	"SELECT g, count(*), sum(hash(n, s)) FROM (SELECT a % 3 AS g, row_number() OVER (PARTITION BY a % 3 ORDER BY b, a) AS n, sum(c) OVER (PARTITION BY a % 3 ORDER BY c) AS s FROM big WHERE a % 3 < 2 OR a < 3000) GROUP BY g ORDER BY g",
	// Sorts and joins.
	"SELECT /*+ BROADCAST(y) */ count(*), sum(x.c), max(y.b) FROM big x JOIN big y ON x.a = y.a",
	"SELECT count(*) FROM big WHERE a NOT IN (SELECT a + 50000 FROM big)",
	"SELECT count(*), max(x.b) FROM (SELECT * FROM big WHERE a < 20) x JOIN big y ON x.c % 2 = y.c % 2",
	"SELECT count(*), max(y.b) FROM (SELECT * FROM big WHERE a < 20) x JOIN big y ON x.a < y.a AND x.b < y.b",
}

// TestLittleMemory gives the answers of a session with all memory in sessions with little.
func TestLittleMemory(t *testing.T) {
	view := "CREATE TEMP VIEW big AS SELECT id * 7 % 100000 AS a, concat('a text that is long enough ', id * 13 % 60000) AS b, id % 1000 AS c FROM range(120000)"
	type mode struct {
		name string
		opts []gosql.SessionOption
	}
	modes := []mode{{"default", nil}}
	for _, rules := range []string{"", "*"} {
		for _, threads := range []int{1, 4} {
			modes = append(modes, mode{fmt.Sprintf("10MB, %d threads, without rules %q", threads, rules), []gosql.SessionOption{
				gosql.WithMemoryLimit("10MB"), gosql.WithWorkers(threads), gosql.WithSetting("spark.sql.optimizer.excludedRules", rules)}})
		}
	}
	want := map[string][]string{}
	for _, m := range modes {
		s := newSession(t, m.opts...)
		if _, err := s.SQL(view).Collect(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, q := range littleMemoryQueries {
			rows, err := s.SQL(q).Collect(t.Context())
			if err != nil {
				t.Errorf("%s: %s: %v", m.name, q, err)
				continue
			}
			var got []string
			for _, r := range rows {
				got = append(got, fmt.Sprint(r))
			}
			if want[q] == nil {
				want[q] = got
			} else if !slices.Equal(got, want[q]) {
				t.Errorf("%s: %s: %v, want %v", m.name, q, got, want[q])
			}
		}
	}
}
