package rdd

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
)

// ErrNegativeCount is returned when fewer than no elements are asked for.
var ErrNegativeCount = errors.New("rdd: the number of elements cannot be negative")

// TakeOrdered gives the n smallest elements, smallest first. NaN is larger than all numbers.
func TakeOrdered[T cmp.Ordered](ctx context.Context, r *RDD[T], n int, opts ...Option) ([]T, error) {
	return TakeOrderedFunc(ctx, r, n, compareKeys[T], opts...)
}

// Top gives the n largest elements, largest first. NaN is larger than all numbers.
func Top[T cmp.Ordered](ctx context.Context, r *RDD[T], n int, opts ...Option) ([]T, error) {
	return TopFunc(ctx, r, n, compareKeys[T], opts...)
}

// Max is the largest element; NaN is larger than all numbers. Without elements the error is ErrEmpty.
func Max[T cmp.Ordered](ctx context.Context, r *RDD[T], opts ...Option) (T, error) {
	return MaxFunc(ctx, r, compareKeys[T], opts...)
}

// Min is the smallest element; NaN is larger than all numbers. Without elements the error is ErrEmpty.
func Min[T cmp.Ordered](ctx context.Context, r *RDD[T], opts ...Option) (T, error) {
	return MinFunc(ctx, r, compareKeys[T], opts...)
}

// MaxFunc is the element that compare, which is like cmp.Compare, puts last: the first of several that are equal. Without
// elements the error is ErrEmpty.
func MaxFunc[T any](ctx context.Context, r *RDD[T], compare func(a, b T) int, opts ...Option) (T, error) {
	return r.Reduce(ctx, func(a, b T) T {
		if compare(a, b) >= 0 {
			return a
		}
		return b
	}, opts...)
}

// MinFunc is the element that compare puts first: the first of several that are equal. Without elements the error is
// ErrEmpty.
func MinFunc[T any](ctx context.Context, r *RDD[T], compare func(a, b T) int, opts ...Option) (T, error) {
	return MaxFunc(ctx, r, backwards(compare), opts...)
}

// backwards turns an order around.
func backwards[T any](compare func(a, b T) int) func(a, b T) int {
	return func(a, b T) int { return compare(b, a) }
}

// TopFunc gives the n elements that compare puts last, the very last first; equal ones stay in the order of the RDD. A
// negative n is ErrNegativeCount.
func TopFunc[T any](ctx context.Context, r *RDD[T], n int, compare func(a, b T) int, opts ...Option) ([]T, error) {
	return TakeOrderedFunc(ctx, r, n, backwards(compare), opts...)
}

// TakeOrderedFunc gives the n elements that compare puts first, in its order; equal ones stay in the order of the RDD. No
// task and no caller holds more than 2n elements of one partition, so nothing is sorted as a whole. A negative n is
// ErrNegativeCount.
func TakeOrderedFunc[T any](ctx context.Context, r *RDD[T], n int, compare func(a, b T) int, opts ...Option) ([]T, error) {
	if n < 0 {
		return nil, ErrNegativeCount
	}
	if n == 0 {
		return []T{}, nil
	}
	parts := map[int][]T{}
	err := RunJob(ctx, r, nil, func(_ *TaskContext, in iter.Seq2[T, error]) ([]T, error) {
		f := foremost[T]{n: n, compare: compare}
		for v, err := range in {
			if err != nil {
				return nil, err
			}
			if f.wants(v) {
				f.add(r.kind.keep(v))
			}
		}
		return f.sorted(), nil
	}, func(p int, vs []T) bool { parts[p] = vs; return true }, opts...)
	if err != nil {
		return nil, err
	}
	all := foremost[T]{n: n, compare: compare}
	for _, vs := range inOrder(parts) {
		for _, v := range vs {
			if !all.wants(v) {
				break // those after it are no smaller
			}
			all.add(v)
		}
	}
	return all.sorted(), nil
}

// foremost keeps the n elements that come first, by sorting 2n and forgetting half. A heap would compare as often, and
// would not keep equal elements in their order.
type foremost[T any] struct {
	n       int
	compare func(a, b T) int
	kept    []T
	last    *T // of the n best so far: what is not before it is not wanted
}

// wants tells whether v could be one of them; it is asked before v is copied.
func (f *foremost[T]) wants(v T) bool { return f.last == nil || f.compare(v, *f.last) < 0 }

// add takes an element that is wanted.
func (f *foremost[T]) add(v T) {
	if f.kept = append(f.kept, v); len(f.kept)/2 >= f.n {
		f.trim()
	}
}

// trim sorts and forgets.
func (f *foremost[T]) trim() {
	slices.SortStableFunc(f.kept, f.compare)
	if len(f.kept) >= f.n {
		clear(f.kept[f.n:])
		f.kept = f.kept[:f.n]
		last := f.kept[f.n-1]
		f.last = &last
	}
}

// sorted gives them in order.
func (f *foremost[T]) sorted() []T {
	f.trim()
	if f.kept == nil {
		return []T{}
	}
	return f.kept
}
