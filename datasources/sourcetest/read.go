// Package sourcetest holds what the tests of data sources share: reading a whole table, the nasty files with Spark's answers, and
// the suite that every format passes.
package sourcetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Task is a logical.ReadContext for tests: it grants all memory and counts it.
type Task struct {
	context.Context
	Lend *columnar.Pool
	Held int64
	Rows []logical.RowFilter
	Map  *logical.MapBudget
}

// Grow implements logical.ReadContext.
func (t *Task) Grow(n int64) error { t.Held += n; return nil }

// Filters implements logical.ReadContext.
func (t *Task) Filters() []logical.RowFilter { return t.Rows }

// Pool implements logical.ReadContext.
func (t *Task) Pool() *columnar.Pool { return t.Lend }

// Maps implements logical.ReadContext.
func (t *Task) Maps() *logical.MapBudget { return t.Map }

// Rows reads columns of a table (all if nil), one string a value as CAST AS STRING gives it, NULL as "".
func Rows(ctx context.Context, t logical.Table, columns []int, batch int) ([][]string, error) {
	if columns == nil {
		columns = make([]int, t.Schema().Len())
		for i := range columns {
			columns[i] = i
		}
	}
	s, err := t.Scan(ctx, logical.ScanRequest{Columns: columns, Limit: -1, Slots: 3, Batch: batch})
	if err != nil {
		return nil, err
	}
	return Collect(ctx, s)
}

// Collect reads all splits of a scan.
func Collect(ctx context.Context, s logical.Scan) ([][]string, error) {
	var out [][]string
	task := &Task{Context: ctx, Lend: new(columnar.Pool)}
	for _, split := range s.Splits() {
		for b, err := range s.Read(task, split) {
			if err != nil {
				return nil, err
			}
			rows := b.LiveRows()
			for i := range rows.Count() {
				row := make([]string, len(b.Cols))
				for c, v := range b.Cols {
					if v.Len() != b.Len {
						return nil, errors.New("a column is not as long as its batch")
					}
					row[c] = cell(v, rows.Row(i))
				}
				out = append(out, row)
			}
		}
	}
	if task.Held != 0 {
		return nil, errors.New("a read did not give back the memory it reserved")
	}
	return out, nil
}

func cell(v columnar.Vector, i int) string {
	if v.IsNull(i) {
		return ""
	}
	return strings.ToValidUTF8(string(columnar.AppendString(nil, v, i, time.UTC)), "\ufffd")
}

// Condition is the name of an error's condition, "" for none.
func Condition(err error) string {
	var e *columnar.Error
	if errors.As(err, &e) {
		return e.Condition
	}
	return ""
}

// diff is a short account of the first difference between two tables.
func diff(t *testing.T, got, want [][]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if a, b := strings.Join(got[i], "|"), strings.Join(want[i], "|"); a != b {
			t.Errorf("row %d:\n got %q\nwant %q", i, clip(a), clip(b))
			return
		}
	}
}

func clip(s string) string { return s[:min(len(s), 300)] }
