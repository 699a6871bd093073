package gosql_test

import (
	"strings"
	"testing"

	"github.com/gosql-engine/gosql"
	"github.com/gosql-engine/gosql/functions"
)

// TestFunctionExamples runs the examples that DESCRIBE FUNCTION and the documentation show: rows are lines, cells are parted by tabs. Examples of functions of the clock, the
// user or chance are written so that their results do not vary, so that none is left out.
func TestFunctionExamples(t *testing.T) {
	s, err := gosql.NewSession(gosql.WithWorkers(2), gosql.WithSetting("spark.sql.session.timeZone", "America/Los_Angeles"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var run int
	for _, f := range functions.Builtin() {
		if len(f.Examples) == 0 {
			t.Errorf("%s: no example", f.Name)
		}
		for _, e := range f.Examples {
			run++
			got, err := rowsText(t, s, e.SQL)
			if err != nil {
				t.Errorf("%s: %s: %v", f.Name, e.SQL, err)
			} else if got != e.Result {
				t.Errorf("%s: %s\ngot  %q\nwant %q", f.Name, e.SQL, got, e.Result)
			}
		}
	}
	t.Logf("%d examples", run)
}

// rowsText is the rows of a query as text, cells as CAST AS STRING shows them.
func rowsText(t *testing.T, s *gosql.Session, sql string) (string, error) {
	t.Helper()
	var rows []string
	for b, err := range s.SQL(sql).Batches(t.Context()) {
		if err != nil {
			return "", err
		}
		live := b.LiveRows()
		for k := range live.Count() {
			cells := make([]string, len(b.Cols))
			for i, c := range b.Cols {
				cells[i] = gosql.FormatCell(s, c, live.Row(k))
			}
			rows = append(rows, strings.Join(cells, "\t"))
		}
	}
	return strings.Join(rows, "\n"), nil
}
