package functions

import (
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

// collector keeps the values of each group. All values stand in chunks; those of a group are linked in the order in which they came, so that a group costs nothing until it has values.
type collector struct {
	of  columnar.Type
	set bool // distinct values only

	chunks     []columnar.Vector
	head, tail []int32 // of each group: its first and last entry, from 1; 0: none
	next       []int32 // of each entry: the group's next one
	chunk, row []int32 // of each entry: where its value stands
	bytes      int64
}

// Resize, Bytes and StateTypes implement logical.Accumulator.
func (a *collector) Resize(n int)                { a.head, a.tail = grow(a.head, n), grow(a.tail, n) }
func (a *collector) Bytes() int64                { return a.bytes + int64(cap(a.next))*12 + int64(cap(a.head))*8 }
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
	for i, g := range group {
		a.link(g, int32(len(a.chunks)-1), int32(i))
	}
}

func (a *collector) link(g uint32, chunk, row int32) {
	a.next, a.chunk, a.row = append(a.next, 0), append(a.chunk, chunk), append(a.row, row)
	e := int32(len(a.next))
	if a.tail[g] == 0 {
		a.head[g] = e
	} else {
		a.next[a.tail[g]-1] = e
	}
	a.tail[g] = e
}

// each calls f with the values of a group, in order.
func (a *collector) each(g int, f func(v columnar.Vector, row int)) {
	for e := a.head[g]; e != 0; e = a.next[e-1] {
		f(a.chunks[a.chunk[e-1]], int(a.row[e-1]))
	}
}

// lists is the values of all groups as a column of arrays.
func (a *collector) lists() *columnar.List {
	elems := columnar.NewBuilder(a.of, len(a.next))
	out := &columnar.List{Typ: columnar.ArrayOf(a.of), Offsets: make([]int32, 1, len(a.head)+1)}
	for g := range a.head {
		if a.set {
			a.distinct(g, elems)
		} else {
			a.each(g, elems.Append)
		}
		out.Offsets = append(out.Offsets, int32(elems.Len()))
	}
	out.Elems = elems.Build()
	return out
}

// place is a value in a vector.
type place struct {
	v   columnar.Vector
	row int
}

// distinct appends the distinct values of a group, the first of equal ones.
func (a *collector) distinct(g int, to columnar.Builder) {
	seen := map[uint64][]place{}
	var hash [1]uint64
	a.each(g, func(v columnar.Vector, row int) {
		columnar.Hash([]columnar.Vector{v}, columnar.Rows{N: v.Len(), Sel: []int32{int32(row)}}, hash[:])
		for _, p := range seen[hash[0]] {
			if columnar.EqualAt(p.v, p.row, v, row) {
				return
			}
		}
		seen[hash[0]] = append(seen[hash[0]], place{v, row})
		to.Append(v, row)
	})
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
	return []columnar.Vector{a.lists(), columnar.NewConst(b.Build(), len(a.head))}, nil
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
	out := columnar.NewStringsBuilder(nil, a.of, len(a.head))
	var buf []byte
	for g := range a.head {
		if a.head[g] == 0 {
			out.AppendNull()
			continue
		}
		buf = buf[:0]
		first := true
		a.each(g, func(v columnar.Vector, row int) {
			if !first {
				buf = append(buf, a.delimiter...)
			}
			first = false
			buf = append(buf, columnar.StringAt(v, row)...)
		})
		out.Append(buf)
	}
	return out.Build(), nil
}
