package rdd

import (
	"cmp"
	"iter"
)

// Repartition deals the elements out evenly over n partitions by a shuffle. Each partition deals in turns from a start
// that depends on its index, so a partition that is computed again, giving its elements in the same order, deals them
// the same way; over an RDD that gives them in any order the result is Indeterminate.
func (r *RDD[T]) Repartition(n int, opts ...Option) *RDD[T] {
	n = max(n, 1)
	d := newShuffleDependency(r, n)
	d.element = elementOf[T]{}
	codec := shuffleCodec(d, codecFor[T](newSettings(opts)))
	d.planned(codec != nil)
	d.write = func(tc *TaskContext, p Partition) (mapOutput, error) {
		w, err := newShuffleWriter(tc, d, n, &r.kind, codec, false)
		if err != nil {
			return nil, err
		}
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

// RepartitionAndSortWithinPartitions moves every pair to the partition that p gives its key, and sorts each partition by
// key; equal keys stay in the order in which they came. The sort is part of the shuffle's read side and goes to disk
// when memory is short. Of the options it heeds Descending and Encoding (of Pair[K, V]).
func RepartitionAndSortWithinPartitions[K cmp.Ordered, V any](r *RDD[Pair[K, V]], p KeyPartitioner[K], opts ...Option) *RDD[Pair[K, V]] {
	return RepartitionAndSortWithinPartitionsFunc(r, p, compareKeys[K], opts...)
}

// RepartitionAndSortWithinPartitionsFunc is RepartitionAndSortWithinPartitions in the order of compare, which is
// negative when a comes before b, 0 when they are equal, and positive otherwise.
func RepartitionAndSortWithinPartitionsFunc[K, V any](r *RDD[Pair[K, V]], p KeyPartitioner[K], compare func(a, b K) int, opts ...Option) *RDD[Pair[K, V]] {
	s := newSettings(opts)
	codec := codecFor[Pair[K, V]](s)
	if codec == nil {
		codec = derivedCodecOrNil[Pair[K, V]]()
	}
	order := keyOrder[K, V](compare, s.descending)
	return MapPartitions(PartitionBy(r, p, opts...), func(tc *TaskContext, in iter.Seq2[Pair[K, V], error]) iter.Seq2[Pair[K, V], error] {
		return scattered(sorted(tc, gathered(in, &r.kind), order, codec))
	}, Named("RepartitionAndSortWithinPartitions"), PreservesPartitioning())
}
