package rdd

import (
	"errors"
	"iter"
)

// gatherer gathers the values of each key: of all pairs first, side by side in one multimap, and then, when their numbers
// are known, into slices of just the right length. When memory for the multimap is refused all pairs go to disk, spread
// over parts by the hashes of their keys, and the parts are gathered one by one, spreading again by further bits if they
// must.
type gatherer[K, V any] struct {
	tc    *TaskContext
	ops   keyOps[K]
	pairs *elementKind[Pair[K, V]]
	depth int  // how many times this data was spread
	whole bool // spreading left it all in one part: it cannot get smaller
}

// gathering makes one pair per key of a partition: in the order in which keys were first seen, unless it had to spill.
func gathering[K, V any](tc *TaskContext, in anyChunks, pairs *elementKind[Pair[K, V]]) iter.Seq2[[]Pair[K, []V], error] {
	return func(yield func([]Pair[K, []V], error) bool) {
		g := gatherer[K, V]{tc: tc, ops: keyOpsOf[K](), pairs: pairs}
		if _, err := g.gather(in, yield); err != nil {
			yield(nil, err)
		}
	}
}

// gather gives the groups of a stream; false when the consumer wants no more.
func (g *gatherer[K, V]) gather(in anyChunks, yield func([]Pair[K, []V], error) bool) (more bool, err error) {
	res := g.tc.Reserve("group by key", nil)
	defer res.Release()
	held := newMultimap[K, V](g.ops)
	var spread *blockWriter
	err = eachChunk(in, func(chunk any) (err error) {
		rows := chunk.([]Pair[K, V])
		if spread == nil {
			if err = held.add(g.grow(held, res), g.pairs, rows); !g.refused(err) {
				return err
			}
			spread = newBlockWriter(g.tc, "group by key", spreadParts, g.pairs)
			if err = held.spread(spread, g.depth); err != nil {
				return err
			}
			res.Release()
		}
		return spread.add(spreadKeys(&g.ops, g.depth, rows), rows)
	})
	if err != nil {
		return false, err
	}
	if spread == nil {
		return held.groups(yield), nil
	}
	return g.gatherParts(spread, yield)
}

// gatherParts gathers part by part.
func (g *gatherer[K, V]) gatherParts(spread *blockWriter, yield func([]Pair[K, []V], error) bool) (more bool, err error) {
	parts, err := onDisk(spread)
	if err != nil {
		return false, err
	}
	defer parts.drop()
	for part := range spreadParts {
		sub := *g
		sub.depth, sub.whole = g.depth+1, holdsAll(parts.sizes.Rows, part)
		if more, err = sub.gather(parts.stream(part), yield); !more || err != nil {
			return false, err
		}
	}
	return true, nil
}

// spills tells whether the pairs can go to disk and would be fewer for it.
func (g *gatherer[K, V]) spills() bool {
	return !g.whole && g.depth < maxSpread && g.pairs.encodable() == nil
}

// grow is how memory is asked for: waiting for other tasks pays only while there is nothing that could go to disk.
func (g *gatherer[K, V]) grow(held *multimap[K, V], res *Reservation) func(n int64) error {
	if held.n > 0 && g.spills() {
		return res.TryGrow
	}
	return res.Grow
}

// refused tells whether a multimap cannot take more, which disk can make up for.
func (g *gatherer[K, V]) refused(err error) bool {
	var refused *MemoryError
	return (errors.As(err, &refused) || err == errMultimapFull) && g.spills()
}
