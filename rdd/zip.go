package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// zippedPartitions lists the common indexes of parents that must have equally many partitions.
func zippedPartitions(a, b Lineage) func(ctx context.Context) ([]Partition, error) {
	return func(ctx context.Context) ([]Partition, error) {
		pa, err := a.Partitions(ctx)
		if err != nil {
			return nil, err
		}
		pb, err := b.Partitions(ctx)
		if err != nil {
			return nil, err
		}
		if len(pa) != len(pb) {
			return nil, fmt.Errorf("cannot zip RDDs with unequal numbers of partitions: %d and %d", len(pa), len(pb))
		}
		return PartitionRange(len(pa)), nil
	}
}

// Zip pairs the elements of two RDDs by position. Both must have as many partitions, and as many elements in each.
func Zip[T, U any](a *RDD[T], b *RDD[U]) *RDD[Pair[T, U]] {
	return ZipPartitions(a, b, func(_ *TaskContext, left iter.Seq2[T, error], right iter.Seq2[U, error]) iter.Seq2[Pair[T, U], error] {
		return func(yield func(Pair[T, U], error) bool) {
			next, stop := iter.Pull2(right)
			defer stop()
			for v, err := range left {
				var u U
				ok := false
				if err == nil {
					u, err, ok = next()
					if err == nil && !ok {
						err = Permanent(errUnequalZip)
					}
				}
				if !yield(Pair[T, U]{v, u}, err) || err != nil {
					return
				}
			}
			if _, err, ok := next(); ok || err != nil {
				if err == nil {
					err = Permanent(errUnequalZip)
				}
				yield(Pair[T, U]{}, err)
			}
		}
	}, Named("Zip"))
}

// errUnequalZip is Spark's answer to partitions of unequal length.
var errUnequalZip = errors.New("can only zip RDDs with the same number of elements in each partition")

// ZipWithIndex pairs every element with its position in partition order. With more than one partition it must count
// the elements of all but the last, by a job inside the first action.
func ZipWithIndex[T any](r *RDD[T]) *RDD[Pair[T, int64]] {
	var starts []int64 // filled when the partitions are listed, before any task reads it
	list := func(ctx context.Context) ([]Partition, error) {
		ps, err := r.Partitions(ctx)
		if err != nil || len(ps) == 0 {
			return ps, err
		}
		counts := make([]int64, len(ps))
		if len(ps) > 1 {
			all := make([]int, len(ps)-1)
			for i := range all {
				all[i] = i
			}
			err = RunJob(ctx, r, all, func(_ *TaskContext, in iter.Seq2[T, error]) (n int64, err error) {
				for _, err := range in {
					if err != nil {
						return 0, err
					}
					n++
				}
				return n, nil
			}, func(p int, n int64) bool { counts[p+1] = n; return true })
		}
		for i := 1; i < len(counts); i++ {
			counts[i] += counts[i-1]
		}
		starts = counts
		return ps, err
	}
	return New(r.sc, OneToOne(r), list, func(tc *TaskContext, p Partition) iter.Seq2[Pair[T, int64], error] {
		return func(yield func(Pair[T, int64], error) bool) {
			i := starts[p.Index()]
			for v, err := range r.Iterate(tc, p) {
				if !yield(Pair[T, int64]{v, i}, err) || err != nil {
					return
				}
				i++
			}
		}
	}, Named("ZipWithIndex"))
}
