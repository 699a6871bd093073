package gosql_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql"
)

// TestScanFilters: conditions and join keys that a scan applies while it reads give what operators above it give. The same rows stand in
// files, in files in partition folders, and in a view whose rows are computed.
func TestScanFilters(t *testing.T) {
	s, err := gosql.NewSession(gosql.WithWorkers(2))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dir := t.TempDir()
	run := func(query string) []string {
		t.Helper()
		rows, err := s.SQL(query).Collect(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		out := make([]string, len(rows))
		for i, r := range rows {
			out[i] = r.String()
		}
		slices.Sort(out)
		return out
	}
	for _, q := range []string{
		`CREATE TEMP VIEW computed AS SELECT id AS k, if(id % 7 = 0, NULL, cast(id * 31 % 5000 AS INT)) AS j, id % 11 AS few,
			concat('row number ', id * 7919 % 30000) AS s, cast(id % 997 / 10 AS DECIMAL(9,2)) AS d, id % 3 AS part FROM range(40000)`,
		`CREATE TEMP VIEW keys AS SELECT cast(id * 50 AS INT) AS j, concat('row number ', id) AS s, nullif(id, 3) AS few, id AS k FROM range(20)`,
		fmt.Sprintf("CREATE TABLE filed USING parquet LOCATION '%s/filed' AS SELECT * FROM computed", dir),
		fmt.Sprintf("CREATE TABLE folders USING parquet PARTITIONED BY (part) LOCATION '%s/folders' AS SELECT k, j, few, s, d, part FROM computed", dir),
	} {
		run(q)
	}
	for _, q := range []string{
		"SELECT count(*), sum(k), min(s), max(d) FROM $T WHERE few = 3 AND d > 50",
		"SELECT k, s FROM $T WHERE s LIKE '%999%' AND j IS NOT NULL",
		"SELECT * FROM $T WHERE k = 12345",
		"SELECT count(*) FROM $T WHERE part = 1 AND few < 4",
		"SELECT part, count(*) FROM $T WHERE part + few = 5 GROUP BY part",
		"SELECT k FROM $T WHERE k BETWEEN 100 AND 40000 AND s > 'row number 2999' LIMIT 100000",
		"SELECT count(*), sum(a.k), max(a.s) FROM $T a JOIN keys b ON a.j = b.j",
		"SELECT count(*), sum(a.k), max(a.s) FROM $T a JOIN keys b ON a.j = b.j AND a.few < b.few",
		"SELECT count(*), sum(a.k), max(a.s) FROM $T a LEFT JOIN keys b ON a.j = b.j",
		"SELECT count(*), sum(a.k), count(b.k) FROM $T a RIGHT JOIN keys b ON a.j = b.j",
		"SELECT count(*), sum(a.k), count(b.k) FROM $T a FULL JOIN keys b ON a.j = b.j",
		"SELECT count(*), sum(a.k) FROM $T a JOIN keys b ON a.j <=> if(b.k = 4, NULL, b.j)",
		"SELECT count(*), sum(a.k) FROM $T a JOIN keys b ON a.s = b.s",
		"SELECT count(*), sum(a.k) FROM $T a JOIN keys b ON a.few = b.few AND a.part = b.k",
		"SELECT count(*), sum(a.k) FROM $T a JOIN keys b ON a.part = b.k WHERE a.few = 2",
		"SELECT count(*), sum(k) FROM $T WHERE j IN (SELECT j FROM keys)",
		"SELECT count(*), sum(k) FROM $T WHERE j NOT IN (SELECT j FROM keys)",
		"SELECT count(*), sum(k) FROM $T a WHERE NOT EXISTS (SELECT 1 FROM keys b WHERE b.j = a.j)",
		"SELECT count(*), sum(k) FROM $T a WHERE few = 1 OR EXISTS (SELECT 1 FROM keys b WHERE b.j = a.j)",
		"SELECT count(*), sum(a.k) FROM $T a JOIN keys b ON a.j = b.j JOIN keys c ON a.few = c.k JOIN keys d ON b.k = d.k",
		"SELECT count(*), sum(x) FROM (SELECT k + 1 AS x, j AS y FROM $T WHERE few <> 5) a JOIN keys b ON a.y = b.j",
		"SELECT count(*), sum(a.k), sum(b.k) FROM $T a JOIN $T b ON a.k = b.j WHERE a.few = 1 AND b.few = 2",
		"WITH w AS (SELECT k, j FROM $T WHERE few = 4) SELECT count(*), sum(a.k), sum(b.k) FROM w a JOIN w b ON a.k = b.k",
		"WITH w AS (SELECT j, k FROM $T) SELECT (SELECT count(*) FROM w JOIN keys USING (j)), (SELECT count(*) FROM w), (SELECT max(k) FROM w)",
		"SELECT count(*) FROM (SELECT * FROM $T LIMIT 5000) a JOIN keys b ON a.few = b.few",
		"SELECT count(*), sum(k) FROM $T WHERE j = (SELECT max(j) FROM keys)",
		"SELECT count(*), sum(a.k) FROM $T a JOIN keys b ON a.j = b.j WHERE b.k > 100",
		"SELECT count(*), sum(a.k) FROM $T a JOIN (SELECT k FROM keys WHERE k = 7) b ON a.k = b.k",
	} {
		want := run(strings.ReplaceAll(q, "$T", "computed"))
		for _, table := range []string{"filed", "folders"} {
			if got := run(strings.ReplaceAll(q, "$T", table)); !slices.Equal(got, want) && !strings.Contains(q, "LIMIT 5000") {
				t.Errorf("%s\n over %s gives %d rows %.300s\n want %d rows %.300s", q, table, len(got), got, len(want), want)
			}
		}
	}
}
