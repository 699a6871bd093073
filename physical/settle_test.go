package physical

import (
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
)

// TestSettled: a few rows of a large batch take what they need, and the batch they come from stays as it is.
func TestSettled(t *testing.T) {
	sb := columnar.NewStringsBuilder(nil, columnar.StringType, 1000)
	for i := range 1000 {
		if i%7 == 0 {
			sb.AppendNull()
		} else {
			sb.AppendString(strings.Repeat("x", i%40))
		}
	}
	schema := columnar.NewSchema(columnar.Field{Name: "s", Type: columnar.StringType, Nullable: true})
	b := columnar.NewBatch(schema, 1000, sb.Build())
	b.Sel = []int32{7, 8, 33, 999}
	from := b.Cols[0]
	got := settled(b)
	if b.Cols[0] != from {
		t.Error("the batch was changed")
	}
	if got.Len != 4 || got.Sel != nil || got.Bytes() > 4*16+8+8+33+39 {
		t.Errorf("%d rows in %d bytes", got.Len, got.Bytes())
	}
	for i, row := range b.Sel {
		if w, g := columnar.FormatValue(from, int(row)), columnar.FormatValue(got.Cols[0], i); w != g {
			t.Errorf("row %d: %q, want %q", row, g, w)
		}
	}
}
