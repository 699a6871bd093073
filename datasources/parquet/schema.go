package parquet

import (
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
)

// node is a column of a file, or a part of a nested one.
type node struct {
	name     string
	typ      columnar.Type
	children []*node // fields of a struct, the element of a list, key and value of a map
	leaf     *leaf   // of a primitive

	// Levels, counted from the root: a value stands here if the definition level is at least def; a list or map has an entry if
	// it is at least elemDef, and its entries but the first have repetition level rep. Below a list, entries with a definition
	// level under slotDef belong to lists that are empty or NULL and have no place in the vectors here.
	def, elemDef, slotDef, rep int
}

// leaf is a primitive column: what a column chunk holds.
type leaf struct {
	index    int // of the column chunk in a row group
	physical format.Type
	length   int // of FIXED_LEN_BYTE_ARRAY
	element  *format.SchemaElement
	maxDef   int
	maxRep   int
	unit     int64 // of timestamps: nanoseconds; 0 for INT96
	unsigned bool
}

func (n *node) countLeaves() int {
	if n.leaf != nil {
		return 1
	}
	c := 0
	for _, k := range n.children {
		c += k.countLeaves()
	}
	return c
}

// leaves appends the ordinals of the column chunks below n.
func (n *node) leaves(dst []int) []int {
	if n.leaf != nil {
		return append(dst, n.leaf.index)
	}
	for _, k := range n.children {
		dst = k.leaves(dst)
	}
	return dst
}

// schemaReader walks the flattened schema of a footer, which lists nodes depth first.
type schemaReader struct {
	elements []format.SchemaElement
	next     int
	leaves   int
}

// maxDepth bounds the nesting of schemas, so that a damaged one does not exhaust the stack.
const maxDepth = 100

func buildSchema(elements []format.SchemaElement) (*node, error) {
	r := &schemaReader{elements: elements}
	root, err := r.group(levels{}, 0)
	if err != nil {
		return nil, err
	}
	if r.next != len(elements) {
		return nil, fmt.Errorf("its schema lists %d nodes too many", len(elements)-r.next)
	}
	return root, nil
}

// levels are those of a node's parent.
type levels struct{ def, rep, slot int }

func (r *schemaReader) take() (*format.SchemaElement, error) {
	if r.next >= len(r.elements) {
		return nil, fmt.Errorf("its schema is cut short")
	}
	r.next++
	return &r.elements[r.next-1], nil
}

// group reads a group whose fields are the fields of a struct.
func (r *schemaReader) group(l levels, depth int) (*node, error) {
	e, err := r.take()
	if err != nil {
		return nil, err
	}
	return r.structOf(e, l, depth)
}

func (r *schemaReader) structOf(e *format.SchemaElement, l levels, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("its schema is nested more than %d deep", maxDepth)
	}
	n := &node{name: e.Name, def: l.def, slotDef: l.slot, rep: l.rep}
	fields := make([]columnar.Field, 0, e.NumChildren.V)
	for range e.NumChildren.V {
		child, err := r.field(l, depth+1)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, child)
		fields = append(fields, columnar.Field{Name: child.name, Type: child.typ, Nullable: true})
	}
	n.typ = columnar.StructOf(fields...)
	return n, nil
}

// field reads a field: of the three repetitions, a repeated one outside of a LIST or MAP is a list itself.
func (r *schemaReader) field(l levels, depth int) (*node, error) {
	e, err := r.take()
	if err != nil {
		return nil, err
	}
	switch e.RepetitionType.V {
	case format.Optional:
		l.def++
	case format.Repeated:
		list := &node{name: e.Name, def: l.def, elemDef: l.def + 1, slotDef: l.slot, rep: l.rep + 1}
		elem, err := r.value(e, levels{l.def + 1, l.rep + 1, l.def + 1}, depth)
		if err != nil {
			return nil, err
		}
		list.children, list.typ = []*node{elem}, columnar.ArrayOf(elem.typ)
		return list, nil
	}
	return r.value(e, l, depth)
}

// value reads what a field holds; l includes the field's own level.
func (r *schemaReader) value(e *format.SchemaElement, l levels, depth int) (*node, error) {
	if !e.NumChildren.Valid {
		return r.primitive(e, l)
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("its schema is nested more than %d deep", maxDepth)
	}
	switch kind := e.LogicalType.Value.(type) {
	case *format.ListType:
		return r.list(e, l, depth)
	case *format.MapType:
		return r.mapOf(e, l, depth)
	case nil:
		if e.ConvertedType.Valid {
			switch e.ConvertedType.V {
			case deprecated.List:
				return r.list(e, l, depth)
			case deprecated.Map, deprecated.MapKeyValue:
				return r.mapOf(e, l, depth)
			}
		}
	case *format.VariantType:
		return nil, illegal(e, kind.String())
	}
	return r.structOf(e, l, depth)
}

// list reads a group annotated as LIST. Its only child is repeated; whether that is the element itself or a group around it is
// decided by the compatibility rules of the format.
func (r *schemaReader) list(e *format.SchemaElement, l levels, depth int) (*node, error) {
	rep, err := r.take()
	if err != nil {
		return nil, err
	}
	if e.NumChildren.V != 1 || rep.RepetitionType.V != format.Repeated {
		return nil, illegal(e, "LIST without a repeated child")
	}
	n := &node{name: e.Name, def: l.def, elemDef: l.def + 1, slotDef: l.slot, rep: l.rep + 1}
	inner := levels{l.def + 1, l.rep + 1, l.def + 1}
	var elem *node
	switch {
	case !rep.NumChildren.Valid, rep.NumChildren.V != 1, rep.Name == "array", rep.Name == e.Name+"_tuple", r.repeatedChild():
		elem, err = r.value(rep, inner, depth+1)
	default:
		elem, err = r.field(inner, depth+1)
	}
	if err != nil {
		return nil, err
	}
	n.children, n.typ = []*node{elem}, columnar.ArrayOf(elem.typ)
	return n, nil
}

// repeatedChild says whether the next node is repeated: then the group around it is an element of its own.
func (r *schemaReader) repeatedChild() bool {
	return r.next < len(r.elements) && r.elements[r.next].RepetitionType.V == format.Repeated
}

func (r *schemaReader) mapOf(e *format.SchemaElement, l levels, depth int) (*node, error) {
	rep, err := r.take()
	if err != nil {
		return nil, err
	}
	if e.NumChildren.V != 1 || rep.RepetitionType.V != format.Repeated || rep.NumChildren.V < 1 || rep.NumChildren.V > 2 {
		return nil, illegal(e, "MAP without repeated key and value")
	}
	n := &node{name: e.Name, def: l.def, elemDef: l.def + 1, slotDef: l.slot, rep: l.rep + 1}
	inner := levels{l.def + 1, l.rep + 1, l.def + 1}
	for range rep.NumChildren.V {
		c, err := r.field(inner, depth+1)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, c)
	}
	if len(n.children) == 1 { // a set: its values are all NULL
		return nil, illegal(e, "MAP without values")
	}
	n.typ = columnar.MapOf(n.children[0].typ, n.children[1].typ)
	return n, nil
}

func (r *schemaReader) primitive(e *format.SchemaElement, l levels) (*node, error) {
	if !e.Type.Valid {
		return nil, fmt.Errorf("its column %q has no type", e.Name)
	}
	if l.def > 255 || l.rep > 255 {
		return nil, fmt.Errorf("its column %q is nested too deep", e.Name)
	}
	f := &leaf{index: r.leaves, physical: e.Type.V, length: int(e.TypeLength.V), element: e, maxDef: l.def, maxRep: l.rep}
	r.leaves++
	t, err := f.sparkType()
	if err != nil {
		return nil, err
	}
	return &node{name: e.Name, typ: t, leaf: f, def: l.def, slotDef: l.slot, rep: l.rep}, nil
}

func illegal(e *format.SchemaElement, what string) error {
	return columnar.Errorf("PARQUET_TYPE_ILLEGAL", "The Parquet type of the column %q (%s) has no Spark type.", e.Name, what)
}

// fileSchema is the schema that the file shows: the top-level columns.
func (n *node) fileSchema() *columnar.Schema {
	fields := make([]columnar.Field, len(n.children))
	for i, c := range n.children {
		fields[i] = columnar.Field{Name: c.name, Type: c.typ, Nullable: true}
	}
	return columnar.NewSchema(fields...)
}

// duplicate returns a name that two columns share, or "".
func duplicate(s *columnar.Schema) string {
	seen := map[string]bool{}
	for _, f := range s.Fields {
		k := strings.ToLower(f.Name)
		if seen[k] {
			return f.Name
		}
		seen[k] = true
	}
	return ""
}
