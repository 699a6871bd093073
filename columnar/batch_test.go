package columnar

import "testing"

// TestRetainKeepsAnEmptySelection: a selection of no rows must not become the absence of one, which stands for all rows.
func TestRetainKeepsAnEmptySelection(t *testing.T) {
	schema := NewSchema(Field{Name: "a", Type: IntType})
	b := Batch{Schema: schema, Cols: []Vector{NewFixed(IntType, []int32{1, 2, 3}, nil)}, Len: 3}
	for _, c := range []struct {
		sel  []int32
		want int
	}{{nil, 3}, {[]int32{}, 0}, {[]int32{1}, 1}} {
		b.Sel = c.sel
		if got := b.Retain().Live(); got != c.want {
			t.Errorf("Retain with the selection %#v has %d live rows, want %d", c.sel, got, c.want)
		}
	}
}
