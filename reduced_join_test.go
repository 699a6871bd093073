package gosql_test

import (
	"strings"
	"testing"

	"github.com/gosql-engine/gosql"
)

// TestReducedJoins: a small left side's keys are looked up for the rows of a large right side before a table of those is made, and
// not where the sides are alike.
func TestReducedJoins(t *testing.T) {
	s, err := gosql.NewSession(gosql.WithWorkers(2))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for query, want := range map[string]bool{
		"SELECT * FROM range(10) l WHERE EXISTS (SELECT 1 FROM range(1000) r WHERE r.id = l.id)":                             true,
		"SELECT * FROM range(10) l WHERE NOT EXISTS (SELECT 1 FROM range(1000) r WHERE r.id = l.id)":                         true,
		"SELECT * FROM range(1000) l WHERE EXISTS (SELECT 1 FROM range(1000) r WHERE r.id = l.id)":                           false,
		"SELECT * FROM range(10) l WHERE id NOT IN (SELECT nullif(id, 3) FROM range(1000) r)":                                false,
		"SELECT * FROM range(10) l JOIN range(1000) r ON r.id = l.id":                                                        false,
		"SELECT * FROM range(10000) l WHERE l.id BETWEEN 5 AND 9 AND EXISTS (SELECT 1 FROM range(1000) r WHERE r.id = l.id)": false,
	} {
		rows, err := s.SQL("EXPLAIN " + query).Collect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if plan := rows[0].String(); strings.Contains(plan, "Gathered") != want {
			t.Errorf("%s\n%s", query, plan)
		}
	}
}
