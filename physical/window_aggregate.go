package physical

import (
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// frameAggregate computes an aggregate function over the frame of each row, through its accumulator alone.
//
// Where frames are whole partitions, partitions are groups. Else the states of runs of 2, 4, 8 … rows make a tree, and the state of a frame is
// that of at most two runs of each length, merged from left to right: every step is one call of the accumulator for all frames at once, and any
// frame, growing or sliding, costs the logarithm of its length.
type frameAggregate struct {
	ec       *logical.EvalContext
	make     func() (logical.Accumulator, error)
	part     *logical.WindowPartition
	filter   []int32 // the rows that count
	filtered bool
	// States of rows before and behind all others, which are in every frame; nil: none.
	before, after []columnar.Vector
}

func (a *frameAggregate) eval() (columnar.Vector, error) {
	p := a.part
	if slices.Equal(p.Lo, p.First) && slices.Equal(p.Hi, p.Last) {
		return a.wholePartitions()
	}
	return a.byFrames()
}

// byFrames computes whatever frames there are.
func (a *frameAggregate) byFrames() (columnar.Vector, error) {
	p := a.part
	// Neighbours often share a frame: peers do. Each frame is computed once.
	frameOfRow := make([]int32, p.N)
	var lo, hi []int32
	for i := range frameOfRow {
		if k := len(lo); k == 0 || lo[k-1] != p.Lo[i] || hi[k-1] != p.Hi[i] {
			lo, hi = append(lo, p.Lo[i]), append(hi, p.Hi[i])
		}
		frameOfRow[i] = int32(len(lo) - 1)
	}
	v, err := a.byTree(lo, hi)
	if err != nil {
		return nil, err
	}
	return columnar.Take(a.ec.Pool, v, frameOfRow), nil
}

// rows is the rows that count, as a selection.
func (a *frameAggregate) rows() columnar.Rows {
	if a.filtered {
		return columnar.Rows{N: a.part.N, Sel: a.filter}
	}
	return columnar.AllRows(a.part.N)
}

// wholePartitions makes each partition a group.
func (a *frameAggregate) wholePartitions() (columnar.Vector, error) {
	p := a.part
	number := make([]int32, p.N)
	n := int32(-1)
	for i := range number {
		if p.First[i] == int32(i) {
			n++
		}
		number[i] = n
	}
	acc, err := a.make()
	if err != nil {
		return nil, err
	}
	acc.Resize(int(n) + 1)
	rows := a.rows()
	groups := make([]uint32, rows.Count())
	for i := range groups {
		groups[i] = uint32(number[rows.Row(i)])
	}
	if err := acc.Update(a.ec, groups, rows, p.Args); err != nil {
		return nil, err
	}
	v, err := acc.Result(a.ec)
	if err != nil {
		return nil, err
	}
	return columnar.Take(a.ec.Pool, v, number), nil
}

// frameNodes is the runs of one length that frames are made of: run node[i] belongs to frame[i].
type frameNodes struct {
	frame []uint32
	node  []int32
}

// byTree computes frames [lo, hi) in rows.
func (a *frameAggregate) byTree(lo, hi []int32) (columnar.Vector, error) {
	left, right := decompose(lo, hi)
	levels := make([][]columnar.Vector, len(left))
	acc, err := a.leaves()
	if err != nil {
		return nil, err
	}
	n := a.part.N
	for l := range levels {
		if l > 0 {
			if acc, n, err = a.pairs(levels[l-1], n); err != nil {
				return nil, err
			}
		}
		if levels[l], err = acc.State(); err != nil {
			return nil, err
		}
	}
	out, err := a.make()
	if err != nil {
		return nil, err
	}
	out.Resize(len(lo))
	if err := a.mergeAll(out, len(lo), a.before); err != nil {
		return nil, err
	}
	for l := range levels {
		if err := a.merge(out, left[l], levels[l]); err != nil {
			return nil, err
		}
	}
	for l := len(levels) - 1; l >= 0; l-- {
		if err := a.merge(out, right[l], levels[l]); err != nil {
			return nil, err
		}
	}
	if err := a.mergeAll(out, len(lo), a.after); err != nil {
		return nil, err
	}
	return out.Result(a.ec)
}

// mergeAll adds a state to all n frames.
func (a *frameAggregate) mergeAll(out logical.Accumulator, n int, state []columnar.Vector) error {
	nodes := frameNodes{frame: make([]uint32, n), node: make([]int32, n)}
	for i := range nodes.frame {
		nodes.frame[i] = uint32(i)
	}
	if state == nil {
		return nil
	}
	return a.merge(out, nodes, state)
}

// decompose cuts frames into runs of 1, 2, 4 … rows, each beginning at a multiple of its length: with growing lengths up to the middle, then with
// shrinking ones.
func decompose(lo, hi []int32) (left, right []frameNodes) {
	for f := range lo {
		from, to := lo[f], hi[f]
		for l := 0; from < to; l++ {
			if l == len(left) {
				left, right = append(left, frameNodes{}), append(right, frameNodes{})
			}
			if from&1 == 1 {
				left[l].frame, left[l].node = append(left[l].frame, uint32(f)), append(left[l].node, from)
				from++
			}
			if to&1 == 1 {
				to--
				right[l].frame, right[l].node = append(right[l].frame, uint32(f)), append(right[l].node, to)
			}
			from, to = from>>1, to>>1
		}
	}
	return left, right
}

// leaves makes each row a group of its own.
func (a *frameAggregate) leaves() (logical.Accumulator, error) {
	acc, err := a.make()
	if err != nil {
		return nil, err
	}
	acc.Resize(a.part.N)
	rows := a.rows()
	groups := make([]uint32, rows.Count())
	for i := range groups {
		groups[i] = uint32(rows.Row(i))
	}
	return acc, acc.Update(a.ec, groups, rows, a.part.Args)
}

// pairs joins neighbouring runs of a level.
func (a *frameAggregate) pairs(states []columnar.Vector, n int) (logical.Accumulator, int, error) {
	acc, err := a.make()
	if err != nil {
		return nil, 0, err
	}
	groups := make([]uint32, n)
	for i := range groups {
		groups[i] = uint32(i / 2)
	}
	n = (n + 1) / 2
	acc.Resize(n)
	return acc, n, acc.Merge(a.ec, groups, states)
}

// merge adds the runs of one level to their frames.
func (a *frameAggregate) merge(out logical.Accumulator, nodes frameNodes, states []columnar.Vector) error {
	if len(nodes.node) == 0 {
		return nil
	}
	taken := make([]columnar.Vector, len(states))
	for i, s := range states {
		taken[i] = columnar.Take(nil, s, nodes.node)
	}
	return out.Merge(a.ec, nodes.frame, taken)
}

// picked computes first, last and any_value, which take a row of the frame as it is, without an accumulator.
func picked(c *windowCall, p *logical.WindowPartition) (columnar.Vector, bool) {
	last := false
	switch c.call.Fn.Name {
	case "first", "any_value":
	case "last":
		last = true
	default:
		return nil, false
	}
	ignore := p.IgnoreNulls
	if len(p.Args) > 1 && p.N > 0 {
		ignore = ignore || !p.Args[1].IsNull(0) && columnar.BoolAt(p.Args[1], 0)
	}
	if c.filter >= 0 || len(c.call.OrderBy) > 0 {
		return nil, false
	}
	idx := make([]int32, p.N)
	near := nearestRows(p, ignore, last)
	for i := range idx {
		idx[i] = -1
		if p.Lo[i] >= p.Hi[i] {
			continue
		}
		r := near[p.Lo[i]]
		if last {
			r = near[p.Hi[i]-1]
		}
		if r >= p.Lo[i] && r < p.Hi[i] {
			idx[i] = r
		}
	}
	return columnar.TakeNullable(nil, p.Args[0], idx), true
}

// nearestRows is, for each row, the nearest one from it on (with last: up to it) that may be taken; -1 for none.
func nearestRows(p *logical.WindowPartition, ignoreNulls, last bool) []int32 {
	near := make([]int32, p.N)
	at := int32(-1)
	for k := range near {
		i := p.N - 1 - k
		if last {
			i = k
		}
		if !ignoreNulls || !p.Args[0].IsNull(i) {
			at = int32(i)
		}
		near[i] = at
	}
	return near
}
