package rdd

import (
	"context"
	"iter"
)

// Coalesce joins neighbouring partitions into n without a shuffle: partition i reads those from i·parts/n up to
// (i+1)·parts/n of its parent, one after the other. It never makes more partitions than there are.
func (r *RDD[T]) Coalesce(n int) *RDD[T] {
	n = max(n, 1)
	list := func(ctx context.Context) ([]Partition, error) {
		ps, err := r.Partitions(ctx)
		if err != nil {
			return nil, err
		}
		groups := min(n, len(ps))
		out := make([]Partition, groups)
		for i := range out {
			out[i] = &coalesced{index: i, from: sliceStart(i, len(ps), groups), to: sliceStart(i+1, len(ps), groups)}
		}
		return out, nil
	}
	deps := []Dependency{&Narrow{Of: r, Parents: func(p int) []int {
		ps, err := list(context.Background())
		if err != nil || p >= len(ps) {
			return nil
		}
		return ps[p].(*coalesced).parents()
	}}}
	return New(r.sc, deps, list, func(tc *TaskContext, p Partition) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			for _, i := range p.(*coalesced).parents() {
				for v, err := range r.iterateIndex(tc, i) {
					if !yield(v, err) || err != nil {
						return
					}
				}
			}
		}
	}, Named("Coalesce"))
}

// coalesced is a run of parent partitions.
type coalesced struct{ index, from, to int }

func (c *coalesced) Index() int { return c.index }

// parents lists the indexes of the parent partitions in the run.
func (c *coalesced) parents() []int {
	ps := make([]int, 0, c.to-c.from)
	for i := c.from; i < c.to; i++ {
		ps = append(ps, i)
	}
	return ps
}

// Repartition deals the elements out evenly over n partitions by a shuffle. Each partition deals in turns from a start
// that depends on its index, so a partition that is computed again, giving its elements in the same order, deals them
// the same way; over an RDD that gives them in any order the result is Indeterminate.
func (r *RDD[T]) Repartition(n int, opts ...Option) *RDD[T] {
	n = max(n, 1)
	codec := codecFor[T](newSettings(opts))
	if codec == nil {
		codec = derivedCodecOrNil[T]()
	}
	d := newShuffleDependency(r, n)
	d.element = elementOf[T]{}
	d.write = func(tc *TaskContext, p Partition) (mapOutput, error) {
		w := newBlockWriter(tc, "shuffle", n, &r.kind, codec)
		at := int(mix64(uint64(p.Index())) % uint64(n))
		for v, err := range r.Iterate(tc, p) {
			if err != nil {
				return nil, err
			}
			if at++; at >= n {
				at = 0
			}
			if err := w.add(at, v); err != nil {
				return nil, err
			}
		}
		return w.finish()
	}
	own := []Option{Named("Repartition"), WithDeterminacy(dealt(r.Determinacy()))}
	return ReadShuffle[T](d, nil, append(own, opts...)...)
}

// dealt is the determinacy of what was dealt out by position.
func dealt(d Determinacy) Determinacy {
	if d == Determinate {
		return Determinate
	}
	return Indeterminate
}
