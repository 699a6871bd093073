package rdd

import (
	"errors"
	"iter"
)

// gatherer gathers the values of each key: of all pairs first, side by side in one multimap, and then, when their numbers
// are known, into slices of just the right length. Refused memory, it writes the groups so far to the file of its
// aggregation, which joins the parts of a group in the end.
type gatherer[K, V any] struct {
	*aggregation[K, []V]
	pairs *elementKind[Pair[K, V]]
	held  *multimap[K, V]
}

// gathering makes one pair per key of a partition: in the order in which keys were first seen, unless it had to spill.
func gathering[K, V any](tc *TaskContext, in iter.Seq2[[]Pair[K, V], error], pairs *elementKind[Pair[K, V]], coder *elementKind[Pair[K, []V]]) iter.Seq2[[]Pair[K, []V], error] {
	return func(yield func([]Pair[K, []V], error) bool) {
		g := &gatherer[K, V]{newAggregation(tc, joinSlices[V], coder), pairs, nil}
		g.held = newMultimap[K, V](g.ops)
		g.res.spill = g.spill
		defer g.close()
		for chunk, err := range in {
			if err == nil {
				err = g.take(chunk)
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		g.emit(yield)
	}
}

// joinSlices appends the later part of a group.
func joinSlices[V any](a, b []V) []V { return append(a, b...) }

// take adds a chunk.
func (g *gatherer[K, V]) take(chunk []Pair[K, V]) error {
	err := g.held.add(g.res.Grow, g.pairs, chunk)
	var refused *MemoryError
	if err != nil && (errors.As(err, &refused) || err == errMultimapFull) && g.spills() {
		if err = g.flush(); err == nil { // what a chunk takes is allowed in any case
			g.res.Release()
			err = g.held.add(nil, g.pairs, chunk)
		}
	}
	return err
}

// spill is called from some Grow of the task, when no pair is being added.
func (g *gatherer[K, V]) spill(int64) (freed int64, err error) {
	freed = g.res.Used()
	if !g.spills() || freed < minAggregationSpill {
		return 0, nil
	}
	if err := g.flush(); err != nil {
		return 0, err
	}
	g.tc.metrics.SpillMemoryBytes += freed
	g.res.Shrink(freed)
	return freed, nil
}

// flush writes the groups to the file.
func (g *gatherer[K, V]) flush() error {
	var err error
	g.held.groups(func(groups []Pair[K, []V], e error) bool {
		err = g.write(groups)
		return err == nil
	})
	g.held.reset() // and not another one: it may be about to add a chunk
	return err
}

// emit gives one pair per key.
func (g *gatherer[K, V]) emit(yield func([]Pair[K, []V], error) bool) {
	g.res.spill = nil // groups on their way out cannot be taken back
	if g.file == nil {
		g.held.groups(yield)
		return
	}
	err := g.flush()
	g.held = nil
	if err != nil {
		yield(nil, err)
		return
	}
	g.aggregation.emit(yield)
}
