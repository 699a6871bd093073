package parquet

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
)

// bound is a node of a file as a query wants it: perhaps with another type, with fewer fields, or with fields that the file lacks.
type bound struct {
	file     *node // nil: the file has no such column, all rows are NULL
	want     columnar.Type
	children []*bound
}

// bind lays a wanted column over a file's node. Columns and fields are found by name, upper and lower case being the same.
func bind(f *datasources.File, name string, want columnar.Type, file *node) (*bound, error) {
	b := &bound{file: file, want: want}
	if file == nil {
		return b, nil
	}
	mismatch := func() error {
		return columnar.Errorf("FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
			"The column %q of the file %q is %s, which cannot be read as %s.", name, f.Path, file.typ.SQL(), want.SQL())
	}
	if file.leaf != nil {
		if !readable(file.typ, want) {
			return nil, mismatch()
		}
		return b, nil
	}
	if want.Kind != file.typ.Kind {
		return nil, mismatch()
	}
	var parts []columnar.Field
	switch want.Kind {
	case columnar.Struct:
		parts = want.Fields()
	case columnar.Array:
		parts = []columnar.Field{{Name: "element", Type: want.Elem()}}
	case columnar.Map:
		parts = []columnar.Field{{Name: "key", Type: want.Key()}, {Name: "value", Type: want.Elem()}}
	}
	for i, p := range parts {
		var child *node
		if want.Kind == columnar.Struct {
			child = file.child(p.Name)
		} else {
			child = file.children[i]
		}
		c, err := bind(f, name+"."+p.Name, p.Type, child)
		if err != nil {
			return nil, err
		}
		b.children = append(b.children, c)
	}
	return b, nil
}

// child finds a field by name: the exact one, or else one that differs by case.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	for _, c := range n.children {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// leaves appends the column chunks that are needed to read b.
func (b *bound) leaves(dst []int) []int {
	if b.file == nil {
		return dst
	}
	if b.file.leaf != nil {
		return append(dst, b.file.leaf.index)
	}
	n := len(dst)
	for _, c := range b.children {
		dst = c.leaves(dst)
	}
	if len(dst) == n { // only missing fields: one column tells which rows are NULL
		dst = b.file.leaves(dst)[:n+1]
	}
	return dst
}

// readable says whether values of a file's primitive type may be read as another one: where nothing is lost, as Spark does.
func readable(from, to columnar.Type) bool {
	if from == to {
		return true
	}
	switch {
	case from.IsInteger() && to.IsInteger():
		return to.Kind > from.Kind
	case from.IsInteger() && to.Kind == columnar.Decimal:
		digits := map[columnar.Kind]uint8{columnar.TinyInt: 3, columnar.SmallInt: 5, columnar.Int: 10, columnar.BigInt: 20}[from.Kind]
		return to.Precision-min(to.Precision, to.Scale) >= digits
	case from.IsInteger() && from.Kind != columnar.BigInt && to.Kind == columnar.Double:
		return true
	case from.Kind == columnar.Float && to.Kind == columnar.Double:
		return true
	case from.Kind == columnar.Date && to.Kind == columnar.TimestampNTZ:
		return true
	case from.Kind == columnar.Decimal && to.Kind == columnar.Decimal:
		return to.Scale >= from.Scale && int(to.Precision)-int(to.Scale) >= int(from.Precision)-int(from.Scale)
	case from.Kind == columnar.String && to.Kind == columnar.Binary, from.Kind == columnar.Binary && to.Kind == columnar.String:
		return true
	}
	return false
}
