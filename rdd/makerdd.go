package rdd

import "iter"

// Placed is a group of elements for MakeRDD and where it is best computed: executors or hosts, none for no preference.
type Placed[T any] struct {
	Values []T
	On     []string
}

// MakeRDD makes an RDD with a partition for each group, whose tasks prefer the places that the group names
// (SparkContext.makeRDD with preferences, which takes one element for each partition). The slices must not be changed
// any more.
func MakeRDD[T any](sc *Context, groups ...Placed[T]) *RDD[T] {
	return New(sc, nil, fixedPartitions(len(groups)), func(tc *TaskContext, p Partition) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			for i, v := range groups[p.Index()].Values {
				if i%pollEvery == 0 && !polled(tc, yield) {
					return
				}
				if !yield(v, nil) {
					return
				}
			}
		}
	}, Named("ParallelCollection"), PreferredLocations(func(p Partition) []string { return groups[p.Index()].On }))
}
