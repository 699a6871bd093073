package rdd

// GroupBy gathers the elements to which f gives the same key, in the order of the partitions. Options as for GroupByKey.
func GroupBy[K, T any](r *RDD[T], f func(T) K, opts ...Option) *RDD[Pair[K, []T]] {
	return GroupByKey(KeyBy(r, f), opts...)
}
