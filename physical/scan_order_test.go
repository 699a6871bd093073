package physical

import (
	"slices"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// oneOf keeps the first of every k selected rows.
type oneOf int

func (oneOf) Columns() []int         { return nil }
func (oneOf) Bounds() []logical.Expr { return nil }
func (k oneOf) Keep(b columnar.Batch) (columnar.Batch, error) {
	rows, sel := b.LiveRows(), []int32{}
	for i := 0; i < rows.Count(); i += int(k) {
		sel = append(sel, int32(rows.Row(i)))
	}
	b.Sel = sel
	return b, nil
}

// TestFilterOrder: the filter that keeps least goes first once it is known which it is, but conditions stay behind those before them, and the
// rows read are counted once.
func TestFilterOrder(t *testing.T) {
	kinds := []oneOf{2, 4, 10, 5}
	var open []openFilter
	for _, k := range kinds {
		open = append(open, func(*rdd.TaskContext) (logical.RowFilter, error) { return k, nil })
	}
	m := &Metrics{}
	order := newFilterOrder(len(open), 2, m)
	opened, err := order.open(nil, open)
	if err != nil {
		t.Fatal(err)
	}
	const n = 2000
	read := 0
	pass := func(batches int) (got []oneOf) {
		fs := order.sorted(opened)
		for _, f := range fs {
			got = append(got, f.(*measuredFilter).RowFilter.(oneOf))
		}
		for range batches {
			b := columnar.Batch{Len: n}
			for _, f := range fs {
				if b, err = f.Keep(b); err != nil {
					t.Fatal(err)
				}
			}
			if read += n; b.Live() != n/400 {
				t.Fatalf("%d rows are left, want %d", b.Live(), n/400)
			}
		}
		return got
	}
	if got := pass(140); !slices.Equal(got, kinds) {
		t.Errorf("first %v, want them as they are", got)
	}
	if got, want := pass(2000), []oneOf{10, 2, 4, 5}; !slices.Equal(got, want) { // the last has not seen enough
		t.Errorf("then %v, want %v", got, want)
	}
	if got, want := pass(1), []oneOf{10, 5, 2, 4}; !slices.Equal(got, want) { // conditions stay in their order
		t.Errorf("at last %v, want %v", got, want)
	}
	if m.Rows.Load() != int64(read) {
		t.Errorf("%d rows are counted, want %d", m.Rows.Load(), read)
	}
}
