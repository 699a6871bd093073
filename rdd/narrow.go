package rdd

import "iter"

// Map gives f of every element.
func Map[T, U any](r *RDD[T], f func(T) U) *RDD[U] {
	return derive(r, "Map", func(_ *TaskContext, _ Partition, in iter.Seq2[T, error]) iter.Seq2[U, error] {
		return func(yield func(U, error) bool) {
			for v, err := range in {
				if err != nil {
					yield(*new(U), err)
					return
				}
				if !yield(f(v), nil) {
					return
				}
			}
		}
	}, nil)
}

// MapPartitions gives what f makes of each partition's stream. f must follow the rules of New's compute. Of the options
// it heeds Named, PreservesPartitioning, PartitionedBy and WithDeterminacy.
func MapPartitions[T, U any](r *RDD[T], f func(tc *TaskContext, in iter.Seq2[T, error]) iter.Seq2[U, error], opts ...Option) *RDD[U] {
	return derive(r, "MapPartitions", func(tc *TaskContext, _ Partition, in iter.Seq2[T, error]) iter.Seq2[U, error] {
		return f(tc, in)
	}, opts)
}

// MapPartitionsWithIndex is MapPartitions with the partition's index.
func MapPartitionsWithIndex[T, U any](r *RDD[T], f func(index int, in iter.Seq2[T, error]) iter.Seq2[U, error], opts ...Option) *RDD[U] {
	return derive(r, "MapPartitionsWithIndex", func(_ *TaskContext, p Partition, in iter.Seq2[T, error]) iter.Seq2[U, error] {
		return f(p.Index(), in)
	}, opts)
}

// ZipPartitions gives what f makes of the streams of partition i of a and of b, which must have equally many
// partitions; the task is one. Where both streams must advance together f uses iter.Pull2. Of the options it heeds
// Named, PartitionedBy and WithDeterminacy.
func ZipPartitions[A, B, C any](a *RDD[A], b *RDD[B], f func(tc *TaskContext, a iter.Seq2[A, error], b iter.Seq2[B, error]) iter.Seq2[C, error],
	opts ...Option) *RDD[C] {
	own := append([]Option{Named("ZipPartitions")}, opts...)
	return New(a.sc, OneToOne(a, b), zippedPartitions(a, b), func(tc *TaskContext, p Partition) iter.Seq2[C, error] {
		return f(tc, a.iterateIndex(tc, p.Index()), b.iterateIndex(tc, p.Index()))
	}, own...)
}
