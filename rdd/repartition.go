package rdd

import (
	"cmp"
	"iter"
)

// Repartition deals the elements out evenly over n partitions by a shuffle. Each partition deals in turns from a start
// that depends on its index, so a partition that is computed again, giving its elements in the same order, deals them
// the same way; over an RDD that gives them in any order the result is Indeterminate.
func (r *RDD[T]) Repartition(n int, opts ...Option) *RDD[T] {
	return ofType[T](anyRDD{r.node}.repartition(n, opts))
}

// repartition is Repartition.
func (r anyRDD) repartition(n int, opts []Option) anyRDD {
	d := r.dealOut(max(n, 1), newSettings(opts))
	own := []Option{Named("Repartition"), WithDeterminacy(dealt(r.Determinacy()))}
	return d.reader(nil, r.elements, append(own, opts...))
}

// dealOut is the shuffle of Repartition.
func (r anyRDD) dealOut(n int, s settings) *ShuffleDependency {
	coder, _ := r.elements.coder(s)
	d := newShuffleDependency(r.node, n, nil, coder)
	d.write = func(tc *TaskContext, p Partition) (mapOutput, error) {
		w := newBlockWriter(tc, "shuffle", n, coder)
		if err := prepareShuffle(tc, d, w, false); err != nil {
			return nil, err
		}
		at, buckets := int(mix64(uint64(p.Index()))%uint64(n)), make([]int32, maxChunk)
		for chunk, err := range r.chunks(tc, p) {
			if err != nil {
				return nil, err
			}
			to := buckets[:r.elements.length(chunk)]
			for i := range to {
				if at++; at >= n {
					at = 0
				}
				to[i] = int32(at)
			}
			if err := w.add(to, chunk); err != nil {
				return nil, err
			}
		}
		return w.finish()
	}
	return d
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
	return repartitionAndSort(r, p, orderedKeys[K, V](newSettings(opts).descending), opts)
}

// RepartitionAndSortWithinPartitionsFunc is RepartitionAndSortWithinPartitions in the order of compare, which is
// negative when a comes before b, 0 when they are equal, and positive otherwise.
func RepartitionAndSortWithinPartitionsFunc[K, V any](r *RDD[Pair[K, V]], p KeyPartitioner[K], compare func(a, b K) int, opts ...Option) *RDD[Pair[K, V]] {
	return repartitionAndSort(r, p, keyOrder[K, V](compare, newSettings(opts).descending), opts)
}

// repartitionAndSort moves pairs to the partitions of p and sorts each.
func repartitionAndSort[K, V any](r *RDD[Pair[K, V]], p KeyPartitioner[K], order sortOrder[Pair[K, V]], opts []Option) *RDD[Pair[K, V]] {
	coder := coderFor[Pair[K, V]](newSettings(opts))
	moved := PartitionBy(r, p, opts...)
	return newChunked(r.sc, OneToOne(moved), moved.Partitions, func(tc *TaskContext, p Partition) iter.Seq2[[]Pair[K, V], error] {
		return sorted(tc, moved.iterateChunks(tc, p), rowsAhead(tc, moved.node, p), order, coder)
	}, childOptions(moved, "RepartitionAndSortWithinPartitions", []Option{PreservesPartitioning()})...)
}
