package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// pick keeps one row's value for each group: the first, the last, or the best. Values of a batch that are kept are gathered into a
// chunk, and groups refer to rows of chunks, so that values of any type cost two indexes a group.
type pick struct {
	of columnar.Type
	// better says whether row i of v is to replace row j of w; nil: never.
	better    func(v columnar.Vector, i int, w columnar.Vector, j int) bool
	last      bool // every row is better than those before
	skipNulls bool

	chunks []columnar.Vector
	chunk  []int32 // of each group, from 1; 0: none yet
	row    []int32
	bytes  int64
}

// newPick makes the accumulator of first or last.
func newPick(t columnar.Type, last bool) logical.Accumulator { return &pick{of: t, last: last} }

// Resize, Bytes and StateTypes implement logical.Accumulator.
func (a *pick) Resize(groups int) { a.chunk, a.row = grow(a.chunk, groups), grow(a.row, groups) }
func (a *pick) Bytes() int64      { return a.bytes + int64(cap(a.chunk))*8 }
func (a *pick) StateTypes() []columnar.Type {
	return []columnar.Type{a.of, columnar.BooleanType}
}

// Update implements logical.Accumulator. A second argument, TRUE, says to pass over NULLs.
func (a *pick) Update(_ *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	skip := a.skipNulls || len(args) > 1 && rows.Count() > 0 && !args[1].IsNull(rows.Row(0)) && columnar.BoolAt(args[1], rows.Row(0))
	a.offer(group, rows, args[0], func(r int) bool { return skip && args[0].IsNull(r) })
	return nil
}

// offer lets each row of v that is not left out compete for its group. Groups point into v by negative chunks until the winners are
// known, which are then copied.
func (a *pick) offer(group []uint32, rows columnar.Rows, v columnar.Vector, leaveOut func(r int) bool) {
	const current = -1
	var touched []uint32
	for i, g := range group {
		r := rows.Row(i)
		at := a.chunk[g]
		if at != 0 && !a.last && a.better == nil || leaveOut(r) {
			continue
		}
		if at != 0 && a.better != nil {
			w := v
			if at != current {
				w = a.chunks[at-1]
			}
			if !a.better(v, r, w, int(a.row[g])) {
				continue
			}
		}
		if at != current {
			touched = append(touched, g)
		}
		a.chunk[g], a.row[g] = current, int32(r)
	}
	if len(touched) > 0 {
		a.keep(v, touched)
	}
}

// keep copies the rows that the touched groups point at into a chunk of their own.
func (a *pick) keep(v columnar.Vector, touched []uint32) {
	idx := make([]int32, len(touched))
	for i, g := range touched {
		idx[i] = a.row[g]
		a.row[g] = int32(i)
	}
	kept := columnar.Concat(a.of, []columnar.Vector{columnar.Take(nil, v, idx).Retain()})
	if s, ok := kept.(*columnar.Strings); ok && len(s.Bufs) > 0 {
		kept = s.Pack() // not the page that the values came from
	}
	a.chunks = append(a.chunks, kept)
	a.bytes += kept.Bytes()
	for _, g := range touched {
		a.chunk[g] = int32(len(a.chunks))
	}
	if len(a.chunks) > 64 && len(a.chunks) > len(a.chunk)/16 {
		a.compact()
	}
}

// compact gathers the values that groups still refer to into one chunk.
func (a *pick) compact() {
	all := a.vector()
	a.chunks, a.bytes = []columnar.Vector{all}, all.Bytes()
	for g := range a.chunk {
		if a.chunk[g] != 0 {
			a.chunk[g], a.row[g] = 1, int32(g)
		}
	}
}

func (a *pick) vector() columnar.Vector {
	b := columnar.NewBuilder(a.of, len(a.chunk))
	for g, c := range a.chunk {
		if c == 0 {
			b.AppendNull()
		} else {
			b.Append(a.chunks[c-1], int(a.row[g]))
		}
	}
	return b.Build()
}

// State implements logical.Accumulator: the value, and whether there is one.
func (a *pick) State() ([]columnar.Vector, error) {
	set := columnar.NewBitmap(len(a.chunk))
	for g, c := range a.chunk {
		set.Put(g, c != 0)
	}
	return []columnar.Vector{a.vector(), columnar.NewBool(set, len(a.chunk), nil)}, nil
}

// Merge implements logical.Accumulator.
func (a *pick) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	set := columnar.Flatten(nil, state[1], columnar.AllRows(len(group))).(*columnar.Bool)
	a.offer(group, columnar.AllRows(len(group)), state[0], func(r int) bool { return !set.Bits.Get(r) })
	return nil
}

// Result implements logical.Accumulator.
func (a *pick) Result(*logical.EvalContext) (columnar.Vector, error) { return a.vector(), nil }
