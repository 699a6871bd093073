package gosql_test

import (
	"context"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/gosql-engine/gosql"
)

// fuzzOuter are rows of ta as literals, in the order of fuzzColumns: what a correlated query sees of them.
var fuzzOuter = [][]string{
	{"1", "1", "0.5D", "'a'", "DATE'2024-01-01'", "1.10BD", "true", "array(1, 2)", "named_struct('x', 1, 'y', 'p')"},
	{"3", "NULL", "0.0D", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"},
	{"4", "-2", "double('NaN')", "''", "DATE'1999-12-31'", "0.00BD", "true", "array()", "named_struct('x', NULL, 'y', 'p')"},
	{"5", "3", "double('NaN')", "'B'", "DATE'2024-01-01'", "1.10BD", "false", "array(3, 3, 1)", "named_struct('x', 1, 'y', NULL)"},
	{"6", "3", "2.5D", "'a'", "DATE'2024-02-29'", "9.99BD", "NULL", "array(1, 2)", "named_struct('x', 1, 'y', 'p')"},
}

var fuzzOuterRef = regexp.MustCompile(`\bo\.([ijdstmbar])\b`)

// withRow puts the values of a row in the place of the references to it.
func withRow(text string, row []string) string {
	types := map[byte]string{'i': "INT", 'd': "DOUBLE", 's': "STRING", 't': "DATE", 'm': "DECIMAL(3,2)", 'b': "BOOLEAN", 'a': "array<int>", 'r': "struct<x:int,y:string>"}
	return fuzzOuterRef.ReplaceAllStringFunc(text, func(ref string) string {
		for i, c := range fuzzColumns {
			if c.name == ref[2:] {
				return "CAST(" + row[i] + " AS " + types[c.kind] + ")"
			}
		}
		return ref
	})
}

// TestCorrelatedQueriesAgree compares random lateral and correlated subqueries with what they give for each row of the query around them, put into them as
// literals: the definition of correlation. GOSQL_FUZZ_SEED and GOSQL_FUZZ_SECONDS are as in TestRandomQueriesAgree.
func TestCorrelatedQueriesAgree(t *testing.T) {
	first := envNumber(t, "GOSQL_FUZZ_SEED", 1)
	seconds := envNumber(t, "GOSQL_FUZZ_SECONDS", 3)
	m := &fuzzMode{name: "default", session: newSession(t, gosql.WithSetting("spark.sql.shuffle.partitions", "3"))}
	for _, text := range fuzzTables {
		if _, err := m.session.SQL(text).Collect(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	around := &fuzzScope{}
	for _, c := range fuzzColumns {
		around.cols = append(around.cols, fuzzCol{"o." + c.name, c.kind})
	}
	start := time.Now()
	seed, wrong, refused := first, 0, map[string]int{}
	for ; time.Since(start) < time.Duration(seconds)*time.Second && wrong < 20; seed++ {
		f := newFuzzer(seed)
		kinds := []byte{f.kind(), f.kind()}
		inner, _ := f.query(around, 1+f.IntN(2), kinds)
		whole, each := correlatedForms(f, inner)
		got, failure := m.answer(whole)
		if strings.Contains(failure, "INTERNAL") {
			t.Errorf("seed %d: %s\n%s", seed, failure, whole)
			wrong++
			continue
		}
		if failure != "" {
			refused[failure]++
			continue
		}
		var lines []string
		for _, row := range fuzzOuter {
			a, failure := m.answer(withRow(each, row))
			if failure != "" {
				t.Fatalf("seed %d: %s\n%s", seed, failure, withRow(each, row))
			}
			if a != "" {
				lines = append(lines, strings.Split(a, "\n")...)
			}
		}
		sort.Strings(lines)
		if want := strings.Join(lines, "\n"); got != want {
			t.Errorf("seed %d: got\n%s\nbut by rows\n%s\nfor\n%s", seed, got, want, whole)
			wrong++
		}
	}
	t.Logf("seeds %d to %d: %d queries; conditions: %v", first, seed-1, seed-first, refused)
}

// correlatedForms are a query with a correlated subquery, and what it is for one row.
func correlatedForms(f *fuzzer, inner string) (whole, each string) {
	const some = "(SELECT * FROM ta WHERE i NOT IN (2, 7)) o"
	switch f.IntN(4) {
	case 0:
		return fmt.Sprintf("SELECT o.i AS k, q.* FROM %s, LATERAL (%s) q", some, inner), fmt.Sprintf("SELECT o.i AS k, q.* FROM (%s) q", inner)
	case 1:
		return fmt.Sprintf("SELECT o.i AS k, q.* FROM %s LEFT JOIN LATERAL (%s) q ON true", some, inner), fmt.Sprintf("SELECT o.i AS k, q.* FROM (SELECT 1) LEFT JOIN (%s) q ON true", inner)
	case 2:
		return fmt.Sprintf("SELECT o.i AS k, (SELECT count(q.c1) FROM (%s) q) AS n FROM %s", inner, some), fmt.Sprintf("SELECT o.i AS k, (SELECT count(q.c1) FROM (%s) q) AS n", inner)
	}
	return fmt.Sprintf("SELECT o.i AS k FROM %s WHERE NOT EXISTS (%s)", some, inner), fmt.Sprintf("SELECT o.i AS k WHERE NOT EXISTS (%s)", inner)
}
