package functions

import (
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// collectAggregates gather values.
var collectAggregates = []*logical.Function{
	{
		Name: "collect_list", Aliases: []string{"array_agg"},
		Usage:    "collect_list(expr) - Returns the values of the group that are not NULL, as an array.",
		Examples: []logical.Example{{SQL: "SELECT collect_list(col) FROM VALUES (1), (2), (1) AS tab(col)", Result: "[1, 2, 1]"}},
		Type:     collectType("collect_list"),
		Pretty:   named("collect_list"),
		Nullable: neverNull,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return &collector{of: args[0]}, nil }),
	},
	{
		Name:     "collect_set",
		Usage:    "collect_set(expr) - Returns the distinct values of the group that are not NULL, as an array, in the order in which they first came.",
		Examples: []logical.Example{{SQL: "SELECT collect_set(col) FROM VALUES (1), (2), (1) AS tab(col)", Result: "[1, 2]"}},
		Type:     collectType("collect_set"),
		Nullable: neverNull,
		Kind: logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) {
			return &collector{of: args[0], set: true}, nil
		}),
	},
	{
		Name: "listagg", Aliases: []string{"string_agg"},
		Usage:    "listagg(expr[, delimiter]) [WITHIN GROUP (ORDER BY key)] - Joins the values of the group that are not NULL.",
		Examples: []logical.Example{{SQL: "SELECT listagg(col, ', ') FROM VALUES ('a'), ('b'), ('c') AS tab(col)", Result: "a, b, c"}},
		Type:     stringOrBinary("listagg", 1, sameAsFirst),
		Pretty:   withDefaults(2, "NULL"),
		Nullable: alwaysNullable,
		Kind: logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) {
			return &joiner{collector: collector{of: args[0]}}, nil
		}),
	},
}

func collectType(name string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 1); err != nil {
			return nil, columnar.VoidType, err
		}
		return args, columnar.ArrayOf(args[0]), nil
	}
}

// collector keeps the values of each group, in the order in which they came.
type collector struct {
	of  columnar.Type
	set bool // distinct values only

	groups int
	chunks []columnar.Vector // all values as they came
	group  []uint32          // of each value
	bytes  int64
}

// Resize, Bytes and StateTypes implement logical.Accumulator.
func (a *collector) Resize(n int)                { a.groups = max(a.groups, n) }
func (a *collector) Bytes() int64                { return a.bytes + int64(cap(a.group))*4 + int64(a.groups)*4 }
func (a *collector) StateTypes() []columnar.Type { return []columnar.Type{columnar.ArrayOf(a.of)} }

// Update implements logical.Accumulator.
func (a *collector) Update(_ *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	v := args[0]
	idx := make([]int32, 0, len(group))
	to := make([]uint32, 0, len(group))
	for i, g := range group {
		if r := rows.Row(i); !v.IsNull(r) {
			idx, to = append(idx, int32(r)), append(to, g)
		}
	}
	a.take(v, idx, to)
	return nil
}

// take appends the rows of v to the groups.
func (a *collector) take(v columnar.Vector, idx []int32, group []uint32) {
	if len(idx) == 0 {
		return
	}
	kept := columnar.Flatten(nil, columnar.Take(nil, v, idx), columnar.AllRows(len(idx))).Retain()
	if s, ok := kept.(*columnar.Strings); ok && len(s.Bufs) > 0 {
		kept = s.Pack() // not the page that the values came from
	}
	a.chunks = append(a.chunks, kept)
	a.bytes += kept.Bytes()
	a.group = append(a.group, group...)
}

// byGroup is all values ordered by group, those of one group in the order in which they came: group g has the rows from starts[g] to starts[g+1].
func (a *collector) byGroup() (starts []int32, values columnar.Vector) {
	starts = make([]int32, a.groups+1)
	for _, g := range a.group {
		starts[g+1]++
	}
	for g := range a.groups {
		starts[g+1] += starts[g]
	}
	a.chunks = []columnar.Vector{columnar.Concat(a.of, a.chunks)}
	if a.groups < 2 {
		return starts, a.chunks[0]
	}
	order, next := make([]int32, len(a.group)), slices.Clone(starts)
	for i, g := range a.group {
		order[next[g]] = int32(i)
		next[g]++
	}
	return starts, columnar.Take(nil, a.chunks[0], order)
}

// lists is the values of all groups as a column of arrays.
func (a *collector) lists() *columnar.List {
	starts, values := a.byGroup()
	out := &columnar.List{Typ: columnar.ArrayOf(a.of), Offsets: starts, Elems: values}
	if !a.set {
		return out
	}
	var first []int32 // of equal values
	out.Offsets = make([]int32, 1, a.groups+1)
	for g := range a.groups {
		var seen distinct
		for r := starts[g]; r < starts[g+1]; r++ {
			if seen.add(values, int(r)) {
				first = append(first, r)
			}
		}
		out.Offsets = append(out.Offsets, int32(len(first)))
	}
	out.Elems = columnar.Take(nil, values, first)
	return out
}

// place is a value in a vector.
type place struct {
	v   columnar.Vector
	row int
}

// State implements logical.Accumulator.
func (a *collector) State() ([]columnar.Vector, error) { return []columnar.Vector{a.lists()}, nil }

// Merge implements logical.Accumulator.
func (a *collector) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	l, ok := columnar.Flatten(nil, state[0], columnar.AllRows(len(group))).(*columnar.List)
	if !ok {
		return nil
	}
	var idx []int32
	var to []uint32
	for i, g := range group {
		if l.IsNull(i) {
			continue
		}
		for k := l.Offsets[i]; k < l.Offsets[i+1]; k++ {
			idx, to = append(idx, k), append(to, g)
		}
	}
	a.take(l.Elems, idx, to)
	return nil
}

// Result implements logical.Accumulator.
func (a *collector) Result(*logical.EvalContext) (columnar.Vector, error) { return a.lists(), nil }

// joiner is a collector whose result is text. The delimiter is constant; it travels with the state for the sake of the final step, which sees no arguments.
type joiner struct {
	collector
	delimiter []byte
}

// Update implements logical.Accumulator.
func (a *joiner) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	if len(args) > 1 && rows.Count() > 0 && !args[1].IsNull(rows.Row(0)) {
		a.delimiter = append(a.delimiter[:0], columnar.StringAt(args[1], rows.Row(0))...)
	}
	return a.collector.Update(ec, group, rows, args[:1])
}

// StateTypes implements logical.Accumulator.
func (a *joiner) StateTypes() []columnar.Type {
	return append(a.collector.StateTypes(), columnar.BinaryType)
}

// State implements logical.Accumulator.
func (a *joiner) State() ([]columnar.Vector, error) {
	b := columnar.NewStringsBuilder(nil, columnar.BinaryType, 1)
	b.Append(a.delimiter)
	return []columnar.Vector{a.lists(), columnar.NewConst(b.Build(), a.groups)}, nil
}

// Merge implements logical.Accumulator.
func (a *joiner) Merge(ec *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	if len(group) > 0 && len(a.delimiter) == 0 {
		a.delimiter = []byte(columnar.StringAt(state[1], 0))
	}
	return a.collector.Merge(ec, group, state[:1])
}

// Result implements logical.Accumulator.
func (a *joiner) Result(*logical.EvalContext) (columnar.Vector, error) {
	starts, values := a.byGroup()
	out := columnar.NewStringsBuilder(nil, a.of, a.groups)
	var buf []byte
	for g := range a.groups {
		if starts[g] == starts[g+1] {
			out.AppendNull()
			continue
		}
		buf = buf[:0]
		for r := starts[g]; r < starts[g+1]; r++ {
			if r > starts[g] {
				buf = append(buf, a.delimiter...)
			}
			buf = append(buf, columnar.StringAt(values, int(r))...)
		}
		out.Append(buf)
	}
	return out.Build(), nil
}
