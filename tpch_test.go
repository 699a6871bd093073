package gosql_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql"
)

// The TPC-H tables at scale 0.01, the texts of the queries and what Spark 4.3.0 answers (see the README beside them).
var (
	tpchData    = filepath.Join("..", "shared", "data", "tpch")
	tpchQueries = filepath.Join("..", "shared", "corpora", "tpch-queries")
)

// newTPCH is a session with the TPC-H tables as views; the test is skipped where there are none.
func newTPCH(t *testing.T) *gosql.Session {
	t.Helper()
	tables, err := filepath.Glob(filepath.Join(tpchData, "sf0.01", "*.parquet"))
	if err != nil || len(tables) == 0 {
		t.Skipf("no TPC-H tables in %s", tpchData)
	}
	var views []string
	for _, f := range tables {
		name := strings.TrimSuffix(filepath.Base(f), ".parquet")
		views = append(views, fmt.Sprintf("CREATE TEMP VIEW %s USING parquet OPTIONS (path '%s')", name, filepath.ToSlash(f)))
	}
	return newPlanSession(t, views)
}

func tpchQuery(t *testing.T, n int) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(tpchQueries, fmt.Sprintf("q%02d.sql", n)))
	if err != nil {
		t.Skip(err)
	}
	return strings.TrimRight(string(b), " ;\n")
}

// TestTPCH compares the answers to the 22 queries with Spark's.
func TestTPCH(t *testing.T) {
	s := newTPCH(t)
	for n := 1; n <= 22; n++ {
		name := fmt.Sprintf("q%02d", n)
		t.Run(name, func(t *testing.T) {
			want := csvRows(t, filepath.Join(tpchData, "sf0.01-expected", name+".csv"))
			text, err := rowsText(t, s, tpchQuery(t, n))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			if text != "" {
				got = strings.Split(text, "\n")
			}
			// Rows that the query's ORDER BY does not tell apart may come in any order.
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got %d rows\n%s\nwant %d rows\n%s", len(got), strings.Join(got, "\n"), len(want), strings.Join(want, "\n"))
			}
		})
	}
}

// csvRows is the rows of a CSV file below its header, as rowsText writes them.
func csvRows(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Skip(err)
	}
	// A row of one NULL is an empty line, which encoding/csv would skip.
	text := strings.ReplaceAll(string(b), "\n\n", "\n\"\"\n")
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, r := range records[1:] {
		for i := range r {
			if r[i] == "" {
				r[i] = "NULL"
			}
		}
		rows = append(rows, strings.Join(r, "\t"))
	}
	return rows
}

// TestTPCHPlans compares the optimized plans of the 22 queries with those of testdata/plan/tpch. They follow from the statistics of the files.
func TestTPCHPlans(t *testing.T) {
	s := newTPCH(t)
	for n := 1; n <= 22; n++ {
		name := fmt.Sprintf("q%02d", n)
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", "plan", "tpch", name+".plan")
			tree, _, err := s.OptimizedPlan(t.Context(), tpchQuery(t, n))
			if err != nil {
				t.Fatal(err)
			}
			if id := columnID.FindString(strings.ReplaceAll(tree, "Brand#", "")); id != "" {
				t.Errorf("the plan shows a column's id, %q:\n%s", id, tree)
			}
			if *update {
				if err := os.WriteFile(path, []byte(tree), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if tree != string(want) {
				t.Errorf("the plan is\n%s\nwant\n%s", tree, want)
			}
		})
	}
}
