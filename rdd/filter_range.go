package rdd

import (
	"cmp"
	"context"
	"iter"
)

// FilterByRange keeps the pairs whose keys are from lower to upper, both included. Over an RDD that is partitioned by a
// RangePartitioner, as SortByKey leaves it, only the partitions that can hold such keys are computed, and the result has
// no others; the keys are compared in that partitioner's order. Otherwise it looks at all.
func FilterByRange[K cmp.Ordered, V any](r *RDD[Pair[K, V]], lower, upper K) *RDD[Pair[K, V]] {
	p, ranged := r.Partitioner().(*RangePartitioner[K])
	compare := compareKeys[K]
	if ranged {
		compare = p.compare
		r = pruned(r, func(ctx context.Context, n int) (from, to int, err error) {
			if err := p.prepare(ctx); err != nil {
				return 0, 0, err
			}
			a, b := p.Partition(lower), p.Partition(upper)
			return min(a, b), min(max(a, b)+1, n), nil
		})
	}
	return r.Filter(func(kv Pair[K, V]) bool { return compare(lower, kv.Key) <= 0 && compare(kv.Key, upper) <= 0 })
}

// pruned has only those of r's partitions that choose tells: [from, to) of n (Spark's PartitionPruningRDD). The
// partitioner is gone, as it would count partitions that are not there.
func pruned[T any](r *RDD[T], choose func(ctx context.Context, n int) (from, to int, err error)) *RDD[T] {
	first := 0 // set when the partitions are listed
	list := func(ctx context.Context) ([]Partition, error) {
		ps, err := r.Partitions(ctx)
		if err != nil || len(ps) == 0 {
			return nil, err
		}
		from, to, err := choose(ctx, len(ps))
		if err != nil {
			return nil, err
		}
		first = from
		return PartitionRange(max(to-from, 0)), nil
	}
	deps := []Dependency{&Narrow{Of: r, Parents: func(p int) []int { return []int{p + first} }}}
	return New(r.sc, deps, list, func(tc *TaskContext, p Partition) iter.Seq2[T, error] {
		return r.iterateIndex(tc, p.Index()+first)
	}, Named("PartitionPruning"), PreferredLocations(func(p Partition) []string { return locationsAt(r, p.Index()+first) }))
}
