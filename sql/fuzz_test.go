package sql

import (
	"errors"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
)

// FuzzParse: whatever the text, there is a plan or an error with a place, and
// never an internal error or a panic.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"SELECT a, b + 1 AS c FROM t x LEFT JOIN u USING (k) WHERE a || 'x' LIKE '%y' GROUP BY ROLLUP (a, (b, c)) HAVING count(*) > 1 ORDER BY 1 DESC NULLS LAST LIMIT 3 OFFSET 1",
		"WITH a (x) AS (VALUES (1, 2) AS v(p, q)) SELECT * EXCEPT (y), sum(x) FILTER (WHERE x) OVER (PARTITION BY a ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM a, LATERAL (SELECT 1) l",
		"FROM t |> EXTEND a AS b |> AGGREGATE sum(x) GROUP BY y |> PIVOT (sum(a) FOR b IN (1, 2)) |> UNION ALL TABLE u",
		"SELECT CASE WHEN a THEN 1L ELSE 1.5BD END, CAST(x AS array<struct<a:int>>), m['k'].f[0], f(x -> x + 1, k => 2), INTERVAL '1-2' YEAR TO MONTH, DATE '2020-01-01'",
		"SELECT * FROM t LATERAL VIEW OUTER explode(a) v AS c UNION SELECT 1 INTERSECT (SELECT 2 ORDER BY 1)",
		"CREATE OR REPLACE TEMP VIEW v USING csv OPTIONS (path 'a.csv', header true)", "INSERT OVERWRITE DIRECTORY '/x' USING parquet SELECT 1",
		"CREATE TABLE t (a INT NOT NULL COMMENT 'x', b STRING) USING parquet PARTITIONED BY (a) AS SELECT 1", "SET a.b = c;", "SHOW TABLES IN db LIKE 'x*'",
		"DESCRIBE QUERY SELECT 1", "EXPLAIN EXTENDED SELECT 1", "CACHE LAZY TABLE t AS SELECT 1", "SELECT /*+ BROADCAST(a, b.c) */ 1 /* x /* y */ z */ -- w",
		"SELECT 'a\\u0041\\101', r'\\', \"x\", `y`, $$z$$, X'1F', :p, ?", "SELECT * FROM t TABLESAMPLE (10 PERCENT) REPEATABLE (3) UNPIVOT ((a, b) FOR c IN ((d, e) AS f))",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, k := range Tokens(text) {
			if k.Start != at || k.End <= at {
				t.Fatalf("tokens do not cover the text at %d: %+v", at, k)
			}
			at = k.End
		}
		Split(text)
		_, err := Parse(text)
		checkFuzzError(t, text, err)
		_, err = ParseExpr(text)
		checkFuzzError(t, text, err)
	})
}

func checkFuzzError(t *testing.T, text string, err error) {
	if err == nil {
		return
	}
	var e *Error
	var plain *columnar.Error
	if !errors.As(err, &e) || !errors.As(err, &plain) {
		t.Fatalf("%q: error without a place: %v", text, err)
	}
	if plain.Condition == condInternal || e.Offset > len(text) || e.Error() == "" {
		t.Fatalf("%q: %v", text, err)
	}
}
