package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// arraySets take arrays for sets: NULL is an element like others, NaN equals NaN, and the first of equal elements stays.
var arraySets = []*logical.Function{
	{
		Name:     "array_distinct",
		Usage:    "array_distinct(array) - Returns the elements without those that came before.",
		Examples: []logical.Example{{SQL: "SELECT array_distinct(array(1, 2, 3, NULL, 3))", Result: "[1, 2, 3, null]"}},
		Type:     orderedElements("array_distinct", arrayOnly("array_distinct", sameType)),
		Kind: picked(func(elems columnar.Vector, idx []int32, lo, hi int32, _ []columnar.Vector, _ int) ([]int32, error) {
			var seen distinct
			for i := lo; i < hi; i++ {
				if seen.add(elems, int(i)) {
					idx = append(idx, i)
				}
			}
			return idx, nil
		}),
	},
	{
		Name:     "array_union",
		Usage:    "array_union(array1, array2) - Returns the elements that are in one of the arrays, each once.",
		Examples: []logical.Example{{SQL: "SELECT array_union(array(1, 2, 3), array(1, 3, 5))", Result: "[1, 2, 3, 5]"}},
		Type:     orderedElements("array_union", arraysAlike("array_union", sameType)),
		Kind: setFunction(func(out columnar.Builder, a, b span) {
			var seen distinct
			for _, s := range [...]span{a, b} {
				for i := s.lo; i < s.hi; i++ {
					if seen.add(s.elems, i) {
						out.Append(s.elems, i)
					}
				}
			}
		}),
	},
	{
		Name:     "array_intersect",
		Usage:    "array_intersect(array1, array2) - Returns the elements that are in both arrays, each once.",
		Examples: []logical.Example{{SQL: "SELECT array_intersect(array(1, 2, 3), array(1, 3, 5))", Result: "[1, 3]"}},
		Type:     orderedElements("array_intersect", arraysAlike("array_intersect", sameType)),
		Kind:     setFunction(func(out columnar.Builder, a, b span) { keep(out, a, b, true) }),
	},
	{
		Name:     "array_except",
		Usage:    "array_except(array1, array2) - Returns the elements that are in the first array and not in the second, each once.",
		Examples: []logical.Example{{SQL: "SELECT array_except(array(1, 2, 3), array(1, 3, 5))", Result: "[2]"}},
		Type:     orderedElements("array_except", arraysAlike("array_except", sameType)),
		Kind:     setFunction(func(out columnar.Builder, a, b span) { keep(out, a, b, false) }),
	},
	{
		Name:     "arrays_overlap",
		Usage:    "arrays_overlap(array1, array2) - Says whether the arrays have an element in common that is not NULL; NULL if they have not, but one has a NULL and none is empty.",
		Examples: []logical.Example{{SQL: "SELECT arrays_overlap(array(1, 2, 3), array(3, 4, 5))", Result: "true"}},
		Type: orderedElements("arrays_overlap", arraysAlike("arrays_overlap", func(columnar.Type) columnar.Type {
			return columnar.BooleanType
		})),
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			left, right := newSpans(ec.Pool, args[0]), newSpans(ec.Pool, args[1])
			return truthRows(func(_ []columnar.Vector, r int) (bool, bool) { return overlap(left.at(r), right.at(r)) })(ec, rows, args)
		}),
	},
	{
		Name:     "arrays_zip",
		Usage:    "arrays_zip(array1, array2, …) - Returns an array of structs, whose n-th one has the n-th elements of all arrays; NULL where an array is shorter.",
		Examples: []logical.Example{{SQL: "SELECT arrays_zip(array(1, 2, 3), array(2, 3, 4))", Result: "[{1, 2}, {2, 3}, {3, 4}]"}},
		Kind: logical.Rewrite(func(args []logical.Expr) (logical.Expr, error) {
			var out []logical.Expr
			for i, a := range args {
				name := nameOf(a, decimalText(i))
				if al, ok := a.(*logical.Alias); ok {
					a = al.Child
				}
				out = append(out, logical.Lit(name), a)
			}
			return logical.NewCall("named_arrays_zip", out...), nil
		}),
	},
	{
		Name:      "named_arrays_zip",
		Usage:     "named_arrays_zip(name1, array1, …) - Returns an array of structs, whose n-th one has the n-th elements of all arrays as fields of the names.",
		Examples:  []logical.Example{{SQL: "SELECT named_arrays_zip('a', array(1), 'b', array(2))", Result: "[{1, 2}]"}},
		TypeExprs: zipTypes,
		Kind:      logical.Scalar(zipArrays),
	},
}

// orderedElements asks of the first array's elements that they can be compared.
func orderedElements(name string, base typing) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		coerced, t, err := base(args)
		if err != nil {
			return nil, t, err
		}
		return coerced, t, orderable(name, coerced[0].Elem())
	}
}

// span is the elements of one row.
type span struct {
	elems  columnar.Vector
	lo, hi int
}

// spans are the elements of all rows of an ARRAY vector.
type spans struct {
	in    ranges
	elems columnar.Vector
}

func newSpans(p *columnar.Pool, v columnar.Vector) spans { return spans{rangesOf(v), elementsOf(p, v)} }

func (s spans) at(r int) span {
	lo, hi := s.in.at(r)
	return span{s.elems, int(lo), int(hi)}
}

func setFunction(f func(out columnar.Builder, a, b span)) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		left, right := newSpans(ec.Pool, args[0]), newSpans(ec.Pool, args[1])
		return buildLists(args[0].Type(), rows, func(b columnar.Builder, r int) (bool, error) {
			if anyNull(args, r) {
				return false, nil
			}
			f(b, left.at(r), right.at(r))
			return true, nil
		})
	}
}

// keep appends the distinct elements of a that are in b, or those that are not.
func keep(out columnar.Builder, a, b span, in bool) {
	var others, seen distinct
	for i := b.lo; i < b.hi; i++ {
		others.add(b.elems, i)
	}
	for i := a.lo; i < a.hi; i++ {
		if others.has(a.elems, i) == in && seen.add(a.elems, i) {
			out.Append(a.elems, i)
		}
	}
}

func overlap(a, b span) (is, known bool) {
	known = true
	var seen distinct
	for i := a.lo; i < a.hi; i++ {
		if a.elems.IsNull(i) {
			known = known && b.lo == b.hi
		} else {
			seen.add(a.elems, i)
		}
	}
	for i := b.lo; i < b.hi; i++ {
		if b.elems.IsNull(i) {
			known = known && a.lo == a.hi
		} else if seen.has(b.elems, i) {
			return true, true
		}
	}
	return false, known
}

func zipTypes(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	coerced := make([]columnar.Type, len(args))
	var fields []columnar.Field
	for i := 0; i+1 < len(args); i += 2 {
		name, ok := args[i].(*logical.Literal)
		if !ok || name.Type().Kind != columnar.String || name.Value.IsNull(0) {
			return nil, columnar.VoidType, unexpectedType(i, "STRING", args[i].Type())
		}
		t, ok := asArray(args[i+1].Type())
		if !ok {
			return nil, t, unexpectedType(i/2, "ARRAY", t)
		}
		coerced[i], coerced[i+1] = columnar.StringType, t
		fields = append(fields, columnar.Field{Name: columnar.StringAt(name.Value, 0), Type: t.Elem()})
	}
	return coerced, columnar.ArrayOf(columnar.StructOf(fields...)), nil
}

func zipArrays(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	n := len(args) / 2
	fields, in, idx := make([]columnar.Field, n), make([]ranges, n), make([][]int32, n)
	for i := range n {
		fields[i] = columnar.Field{Name: columnar.StringAt(args[2*i], 0), Type: args[2*i+1].Type().Elem()}
		in[i] = rangesOf(args[2*i+1])
	}
	total := 0
	offsets, valid, err := buildRanges(rows, func() int { return total }, func(r int) (bool, error) {
		if anyNull(args, r) {
			return false, nil
		}
		longest := int32(0)
		for _, x := range in {
			lo, hi := x.at(r)
			longest = max(longest, hi-lo)
		}
		for i, x := range in {
			lo, hi := x.at(r)
			for k := range longest {
				if lo+k < hi {
					idx[i] = append(idx[i], lo+k)
				} else {
					idx[i] = append(idx[i], -1)
				}
			}
		}
		total += int(longest)
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	structs := &columnar.StructVector{Typ: columnar.StructOf(fields...), N: total}
	for i := range n {
		structs.Fields = append(structs.Fields, columnar.TakeNullable(nil, entryVectors(args[2*i+1])[0], idx[i]))
	}
	return &columnar.List{Typ: columnar.ArrayOf(structs.Typ), Offsets: offsets, Elems: structs, Valid: valid}, nil
}
