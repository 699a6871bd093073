package functions

import (
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// generatorGroup are the functions of rows made of rows. The type of each is a STRUCT of the columns that it makes.
var generatorGroup = []*logical.Function{
	explodeFunction("explode", false, false, "Makes a row of each element of an array, or of each entry of a map.",
		logical.Example{SQL: "SELECT explode(array(10, 20))", Result: "10\n20"}),
	explodeFunction("explode_outer", false, true, "Makes a row of each element of an array, or of each entry of a map; a row of NULL if there are none.",
		logical.Example{SQL: "SELECT explode_outer(array(10, 20))", Result: "10\n20"}),
	explodeFunction("posexplode", true, false, "Makes a row of the position, from 0, and the value of each element of an array, or of each entry of a map.",
		logical.Example{SQL: "SELECT posexplode(array(10, 20))", Result: "0\t10\n1\t20"}),
	explodeFunction("posexplode_outer", true, true, "Makes a row of the position, from 0, and the value of each element of an array, or of each entry of a map; a row of NULLs if there are none.",
		logical.Example{SQL: "SELECT posexplode_outer(array(10, 20))", Result: "0\t10\n1\t20"}),
	inlineFunction("inline", false, "Makes a row of each struct of an array, with its fields as columns."),
	inlineFunction("inline_outer", true, "Makes a row of each struct of an array, with its fields as columns; a row of NULLs if there are none."),
	{
		Name:      "stack",
		Usage:     "stack(n, expr1, …, exprk) - Parts the expressions into n rows.",
		Examples:  []logical.Example{{SQL: "SELECT stack(2, 1, 2, 3)", Result: "1\t2\n3\tNULL"}},
		TypeExprs: stackTypes,
		Nullable:  alwaysNullable,
		Kind:      logical.Generator(stackRows),
	},
	jsonTuple,
	{
		Name:     "replicate_rows",
		Usage:    "replicate_rows(n) - Makes n rows of n; none if n is not positive.",
		Examples: []logical.Example{{SQL: "SELECT replicate_rows(2)", Result: "2\n2"}},
		Type:     fixed("replicate_rows", columnar.StructOf(columnar.Field{Name: "n", Type: columnar.BigIntType}), columnar.BigIntType),
		Kind:     logical.Generator(replicateRows),
	},
}

func explodeFunction(name string, pos, outer bool, usage string, examples ...logical.Example) *logical.Function {
	return &logical.Function{
		Name: name, Usage: name + "(expr) - " + usage, Examples: examples,
		Params:   []logical.Param{{Name: "collection"}},
		Type:     explodeType(name, pos),
		Nullable: alwaysNullable,
		Kind: logical.Generator(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) ([]int32, []columnar.Vector, error) {
			g := unfold(rows, args[0], outer)
			var out []columnar.Vector
			if pos {
				out = append(out, columnar.TakeNullable(nil, positions(g.pos), g.present()))
			}
			for _, v := range entryVectors(args[0]) {
				out = append(out, columnar.TakeNullable(ec.Pool, v, g.from))
			}
			return g.parent, out, nil
		}),
	}
}

func explodeType(name string, pos bool) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 1); err != nil {
			return nil, columnar.VoidType, err
		}
		var fields []columnar.Field
		if pos {
			fields = append(fields, columnar.Field{Name: "pos", Type: columnar.IntType})
		}
		switch t := args[0]; t.Kind {
		case columnar.Array:
			fields = append(fields, columnar.Field{Name: "col", Type: t.Elem()})
		case columnar.Map:
			fields = append(fields, columnar.Field{Name: "key", Type: t.Key()}, columnar.Field{Name: "value", Type: t.Elem()})
		default:
			return nil, t, unexpectedRaw(0, `("ARRAY" or "MAP")`, t)
		}
		return args, columnar.StructOf(fields...), nil
	}
}

// unfolded says of which rows and elements the rows that a generator made came.
type unfolded struct {
	parent []int32 // the row
	from   []int32 // the element; -1 for a row without elements
	pos    []int32 // the element's place in its row, from 0
}

// unfold lists the elements of arrays or maps. With outer a row without elements, or NULL, counts once.
func unfold(rows columnar.Rows, v columnar.Vector, outer bool) *unfolded {
	g, in := &unfolded{}, rangesOf(v)
	for k := range rows.Count() {
		r := rows.Row(k)
		lo, hi := in.at(r)
		for i := lo; i < hi; i++ {
			g.parent, g.from, g.pos = append(g.parent, int32(r)), append(g.from, i), append(g.pos, i-lo)
		}
		if lo == hi && outer {
			g.parent, g.from, g.pos = append(g.parent, int32(r)), append(g.from, -1), append(g.pos, 0)
		}
	}
	return g
}

// present is the number of each made row, or -1 for one without element.
func (g *unfolded) present() []int32 {
	out := make([]int32, len(g.from))
	for i, f := range g.from {
		out[i] = int32(i)
		if f < 0 {
			out[i] = -1
		}
	}
	return out
}

func positions(pos []int32) columnar.Vector { return columnar.NewFixed(columnar.IntType, pos, nil) }

func inlineFunction(name string, outer bool, usage string) *logical.Function {
	return &logical.Function{
		Name: name, Usage: name + "(expr) - " + usage,
		Examples: []logical.Example{{SQL: "SELECT " + name + "(array(struct(1, 'a'), struct(2, 'b')))", Result: "1\ta\n2\tb"}},
		Params:   []logical.Param{{Name: "input"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity(name, len(args), 1, 1); err != nil {
				return nil, columnar.VoidType, err
			}
			if t := args[0]; t.Kind != columnar.Array || t.Elem().Kind != columnar.Struct {
				return nil, t, unexpectedRaw(0, `"ARRAY<STRUCT>"`, t)
			}
			return args, args[0].Elem(), nil
		},
		Nullable: alwaysNullable,
		Kind: logical.Generator(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) ([]int32, []columnar.Vector, error) {
			g := unfold(rows, args[0], outer)
			elems := entryVectors(args[0])[0]
			s, ok := columnar.Flatten(ec.Pool, elems, columnar.AllRows(elems.Len())).(*columnar.StructVector)
			if !ok {
				return nil, nil, columnar.Errorf("INTERNAL_ERROR", "%s got elements of %s.", name, elems.Type().SQL())
			}
			for i, f := range g.from {
				if f >= 0 && s.IsNull(int(f)) {
					g.from[i] = -1
				}
			}
			out := make([]columnar.Vector, len(s.Fields))
			for i, f := range s.Fields {
				out[i] = columnar.TakeNullable(ec.Pool, f, g.from)
			}
			return g.parent, out, nil
		}),
	}
}

// stackTypes: all values of a column are of one type; only NULLs are cast to it.
func stackTypes(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	if err := arity("stack", len(args), 2, -1); err != nil {
		return nil, columnar.VoidType, err
	}
	n, ok := args[0].(*logical.Literal)
	if !ok || !args[0].Type().IsInteger() || n.Value.IsNull(0) {
		return nil, columnar.VoidType, columnar.Errorf("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT",
			"the input `n` should be a foldable \"INT\" expression; however, got %q.", args[0].String())
	}
	rows := columnar.Int64At(n.Value, 0)
	if rows < 1 || rows > math.MaxInt32 {
		return nil, columnar.VoidType, columnar.Errorf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
			"The `n` must be between (0, 2147483647] (current value = %d).", rows)
	}
	values := args[1:]
	width := stackWidth(int(rows), len(values))
	fields := make([]columnar.Field, width)
	coerced := []columnar.Type{columnar.IntType}
	for c := range fields {
		t := columnar.VoidType
		for i := c; i < len(values); i += width {
			switch u := values[i].Type(); {
			case t.Kind == columnar.Void:
				t = u
			case u.Kind != columnar.Void && u != t:
				return nil, t, columnar.Errorf("DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES",
					"The data type of the column (%d) do not have the same type: %q (%d) <> %q (%d).", c, t.SQL(), c+1, u.SQL(), i+1)
			}
		}
		fields[c] = columnar.Field{Name: "col" + decimalText(c), Type: t}
	}
	for i := range values {
		coerced = append(coerced, fields[i%width].Type)
	}
	return coerced, columnar.StructOf(fields...), nil
}

// stackWidth is the number of columns into which so many values go as rows.
func stackWidth(rows, values int) int { return (values + rows - 1) / rows }

func stackRows(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) ([]int32, []columnar.Vector, error) {
	n, values := int(columnar.Int64At(args[0], 0)), args[1:] // a constant, so any row will do
	width := stackWidth(n, len(values))
	parent := make([]int32, 0, n*rows.Count())
	out := make([]columnar.Builder, width)
	for c := range out {
		out[c] = columnar.NewBuilder(values[c].Type(), n*rows.Count())
	}
	for k := range rows.Count() {
		r := rows.Row(k)
		for i := range n {
			parent = append(parent, int32(r))
			for c := range out {
				if at := i*width + c; at < len(values) {
					out[c].Append(values[at], r)
				} else {
					out[c].AppendNull()
				}
			}
		}
	}
	return parent, built(out), nil
}

func built(bs []columnar.Builder) []columnar.Vector {
	out := make([]columnar.Vector, len(bs))
	for i, b := range bs {
		out[i] = b.Build()
	}
	return out
}

func replicateRows(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) ([]int32, []columnar.Vector, error) {
	var parent []int32
	var values []int64
	for k := range rows.Count() {
		r := rows.Row(k)
		if args[0].IsNull(r) {
			continue
		}
		n := columnar.Int64At(args[0], r)
		for range n {
			parent, values = append(parent, int32(r)), append(values, n)
		}
	}
	return parent, []columnar.Vector{columnar.NewFixed(columnar.BigIntType, values, nil)}, nil
}
