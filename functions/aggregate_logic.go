package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// logicAggregates combine booleans and bits, and pick by the order of another column.
var logicAggregates = []*logical.Function{
	{
		Name: "bool_and", Aliases: []string{"every"},
		Usage:    "bool_and(expr) - Returns TRUE if all values are TRUE.",
		Examples: []logical.Example{{SQL: "SELECT bool_and(col) FROM VALUES (true), (false), (true) AS tab(col)", Result: "false"}},
		Type:     fixed("bool_and", columnar.BooleanType, columnar.BooleanType),
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newExtreme(args[0], false), nil }),
	},
	{
		Name: "bool_or", Aliases: []string{"any", "some"},
		Usage:    "bool_or(expr) - Returns TRUE if any value is TRUE.",
		Examples: []logical.Example{{SQL: "SELECT bool_or(col) FROM VALUES (true), (false), (false) AS tab(col)", Result: "true"}},
		Type:     fixed("bool_or", columnar.BooleanType, columnar.BooleanType),
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newExtreme(args[0], true), nil }),
	},
	bitFunction("bit_and", "1", func(a, b int64) int64 { return a & b }),
	bitFunction("bit_or", "7", func(a, b int64) int64 { return a | b }),
	bitFunction("bit_xor", "6", func(a, b int64) int64 { return a ^ b }),
	byFunction("max_by", "greatest", "b", true),
	byFunction("min_by", "least", "a", false),
}

func bitFunction(name, example string, f func(a, b int64) int64) *logical.Function {
	return &logical.Function{
		Name:     name,
		Usage:    name + "(expr) - Combines the bits of all values that are not NULL.",
		Examples: []logical.Example{{SQL: "SELECT " + name + "(col) FROM VALUES (3), (5) AS tab(col)", Result: example}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity(name, len(args), 1, 1); err != nil {
				return nil, columnar.BigIntType, err
			}
			t := args[0]
			if t.Kind == columnar.Void || t.Kind == columnar.String {
				t = columnar.BigIntType
			}
			if !t.IsInteger() {
				return nil, t, unexpectedRaw(0, `"INTEGRAL"`, args[0])
			}
			return []columnar.Type{t}, t, nil
		},
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return &bitCombiner{of: args[0], f: f}, nil }),
	}
}

// bitCombiner folds integers.
type bitCombiner struct {
	of    columnar.Type
	f     func(a, b int64) int64
	value []int64
	seen  []bool
}

// Resize, Bytes and StateTypes implement logical.Accumulator.
func (a *bitCombiner) Resize(n int)                { a.value, a.seen = grow(a.value, n), grow(a.seen, n) }
func (a *bitCombiner) Bytes() int64                { return int64(cap(a.value)) * 9 }
func (a *bitCombiner) StateTypes() []columnar.Type { return []columnar.Type{columnar.BigIntType} }

// Update implements logical.Accumulator.
func (a *bitCombiner) Update(_ *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	for i, g := range group {
		if r := rows.Row(i); !args[0].IsNull(r) {
			a.add(g, columnar.Int64At(args[0], r))
		}
	}
	return nil
}

func (a *bitCombiner) add(g uint32, v int64) {
	if a.seen[g] {
		v = a.f(a.value[g], v)
	}
	a.value[g], a.seen[g] = v, true
}

func (a *bitCombiner) vector() columnar.Vector {
	valid := columnar.NewBitmap(len(a.seen))
	for g, s := range a.seen {
		valid.Put(g, s)
	}
	return columnar.NewFixed(columnar.BigIntType, append([]int64(nil), a.value...), valid)
}

// State implements logical.Accumulator.
func (a *bitCombiner) State() ([]columnar.Vector, error) { return []columnar.Vector{a.vector()}, nil }

// Merge implements logical.Accumulator.
func (a *bitCombiner) Merge(ec *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	return a.Update(ec, group, columnar.AllRows(len(group)), state)
}

// Result implements logical.Accumulator.
func (a *bitCombiner) Result(*logical.EvalContext) (columnar.Vector, error) {
	v := a.vector()
	return columnar.Cast(columnar.CastContext{Mode: columnar.CastANSI}, v, a.of, columnar.AllRows(v.Len()))
}

func byFunction(name, which, example string, greatest bool) *logical.Function {
	return &logical.Function{
		Name:     name,
		Usage:    name + "(x, y) - Returns the value of x of the row with the " + which + " y.",
		Examples: []logical.Example{{SQL: "SELECT " + name + "(x, y) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)", Result: example}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity(name, len(args), 2, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			if !args[1].IsOrderable() {
				return nil, args[0], columnar.Errorf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "The `%s` does not support ordering on type %q.", name, args[1].SQL())
			}
			return args, args[0], nil
		},
		Nullable: alwaysNullable,
		Kind: logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) {
			return newBy(args, greatest), nil
		}),
	}
}

// by keeps, of each group, the pair with the greatest or least second value.
type by struct{ pick }

func newBy(args []columnar.Type, greatest bool) logical.Accumulator {
	t := columnar.StructOf(columnar.Field{Name: "x", Type: args[0]}, columnar.Field{Name: "y", Type: args[1]})
	second := func(v columnar.Vector) columnar.Vector { return v.(*columnar.StructVector).Fields[1] }
	b := &by{}
	b.pick = pick{of: t, better: func(v columnar.Vector, i int, w columnar.Vector, j int) bool {
		c := columnar.CompareAt(second(v), i, second(w), j)
		return greatest && c > 0 || !greatest && c < 0
	}}
	return b
}

// Update implements logical.Accumulator. Rows whose second value is NULL do not count.
func (a *by) Update(_ *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	v := &columnar.StructVector{Typ: a.of, Fields: args, N: rows.N}
	a.offer(group, rows, v, func(r int) bool { return args[1].IsNull(r) })
	return nil
}

// Merge implements logical.Accumulator.
func (a *by) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	all := columnar.AllRows(len(group))
	set := columnar.Flatten(nil, state[1], all).(*columnar.Bool)
	a.offer(group, all, columnar.Flatten(nil, state[0], all), func(r int) bool { return !set.Bits.Get(r) })
	return nil
}

// Result implements logical.Accumulator: the first value of the pairs that were kept.
func (a *by) Result(*logical.EvalContext) (columnar.Vector, error) {
	v := a.vector().(*columnar.StructVector)
	b := columnar.NewBuilder(a.of.Fields()[0].Type, v.N)
	for g := range v.N {
		if v.IsNull(g) {
			b.AppendNull()
		} else {
			b.Append(v.Fields[0], g)
		}
	}
	return b.Build(), nil
}
