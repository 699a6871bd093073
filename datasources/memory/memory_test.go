package memory

import (
	"fmt"
	"sync"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
	"github.com/gosql-engine/gosql/logical"
)

func schema() *columnar.Schema {
	return columnar.NewSchema(columnar.Field{Name: "i", Type: columnar.BigIntType}, columnar.Field{Name: "s", Type: columnar.StringType, Nullable: true})
}

func count(t *testing.T, table *Table) int {
	t.Helper()
	rows, err := sourcetest.Rows(t.Context(), table, nil, 7)
	if err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

func TestModes(t *testing.T) {
	s := schema()
	table := New("t", s)
	for _, c := range []struct {
		mode      logical.SaveMode
		rows      int
		condition string
		after     int
	}{
		{logical.SaveError, 10, "", 10}, {logical.SaveError, 5, "TABLE_OR_VIEW_ALREADY_EXISTS", 10}, {logical.SaveIgnore, 5, "", 10},
		{logical.SaveAppend, 5, "", 15}, {logical.SaveOverwrite, 3, "", 3},
	} {
		err := sourcetest.WriteBatches(t.Context(), table, c.mode, s, sourcetest.Batch(s, 0, c.rows))
		if sourcetest.Condition(err) != c.condition || count(t, table) != c.after {
			t.Errorf("mode %d: error %v, %d rows; want %q, %d", c.mode, err, count(t, table), c.condition, c.after)
		}
	}
}

// A scan sees the table as it was planned, and writers do not lose one another's rows.
func TestConcurrent(t *testing.T) {
	s := schema()
	table := New("t", s, sourcetest.Batch(s, 0, 10))
	scan, err := table.Scan(t.Context(), logical.ScanRequest{Columns: []int{1, 0}, Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if err := sourcetest.WriteBatches(t.Context(), table, logical.SaveAppend, s, sourcetest.Batch(s, 100*i, 100*i+20)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	rows, err := sourcetest.Collect(t.Context(), scan)
	if err != nil || len(rows) != 10 || rows[3][1] != "3" {
		t.Errorf("the scan planned before: %v, %v", rows, err)
	}
	if n := count(t, table); n != 170 {
		t.Errorf("%d rows after all writes, want 170", n)
	}
}

func TestSchemaMismatch(t *testing.T) {
	table := New("t", schema())
	for _, ddl := range []string{"i bigint", "i bigint, s int"} {
		s, err := columnar.ParseSchema(ddl)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := table.Write(t.Context(), s, logical.SaveAppend); err == nil {
			t.Error(fmt.Sprint("no error for ", ddl))
		}
	}
}
