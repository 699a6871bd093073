package rdd

import (
	"context"
	"iter"
)

// ZipWithIndex pairs every element with its position in partition order. With more than one partition it must count
// the elements of all but the last, by a job inside the first action. Over elements that come in any order the result
// is Indeterminate.
func ZipWithIndex[T any](r *RDD[T]) *RDD[Pair[T, int64]] {
	var starts []int64 // filled when the partitions are listed, before any task reads it
	list := func(ctx context.Context) ([]Partition, error) {
		ps, err := r.Partitions(ctx)
		if err != nil {
			return nil, err
		}
		starts, err = startIndexes(ctx, r, len(ps))
		return ps, err
	}
	z := New(r.sc, OneToOne(r), list, func(tc *TaskContext, p Partition) iter.Seq2[Pair[T, int64], error] {
		return numbered(r.Iterate(tc, p), starts[p.Index()], 1)
	}, Named("ZipWithIndex"), byPosition(r))
	z.counted = true
	return z
}

// startIndexes counts the elements in front of each of n partitions.
func startIndexes[T any](ctx context.Context, r *RDD[T], n int) ([]int64, error) {
	starts := make([]int64, n)
	if n < 2 {
		return starts, nil
	}
	parts := make([]int, n-1)
	for i := range parts {
		parts[i] = i
	}
	err := RunJob(ctx, r, parts, func(_ *TaskContext, in iter.Seq2[T, error]) (n int64, err error) {
		for _, err := range in {
			if err != nil {
				return 0, err
			}
			n++
		}
		return n, nil
	}, func(p int, n int64) bool { starts[p+1] = n; return true })
	for i := 1; i < n; i++ {
		starts[i] += starts[i-1]
	}
	return starts, err
}

// ZipWithUniqueId pairs every element with a number that no other has: those of partition k of n are k, n+k, 2n+k, ….
// Unlike ZipWithIndex it runs no job, and leaves gaps where partitions differ in size. Over elements that come in any
// order the result is Indeterminate.
func ZipWithUniqueId[T any](r *RDD[T]) *RDD[Pair[T, int64]] {
	return New(r.sc, OneToOne(r), r.Partitions, func(tc *TaskContext, p Partition) iter.Seq2[Pair[T, int64], error] {
		ps, err := r.Partitions(tc.Context())
		if err != nil {
			return failed[Pair[T, int64]](err)
		}
		return numbered(r.Iterate(tc, p), int64(p.Index()), int64(len(ps)))
	}, Named("ZipWithUniqueId"), byPosition(r))
}

// numbered pairs the elements of a stream with first, first+step, ….
func numbered[T any](in iter.Seq2[T, error], first, step int64) iter.Seq2[Pair[T, int64], error] {
	return func(yield func(Pair[T, int64], error) bool) {
		i := first
		for v, err := range in {
			if !yield(Pair[T, int64]{v, i}, err) || err != nil {
				return
			}
			i += step
		}
	}
}
