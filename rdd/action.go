package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// ErrEmpty is returned by First and Reduce on an RDD without elements.
var ErrEmpty = errors.New("rdd: empty collection")

// Collect gives all elements in partition order.
func (r *RDD[T]) Collect(ctx context.Context, opts ...Option) ([]T, error) {
	parts := map[int][]T{}
	size := 0
	err := runChunks(ctx, r, nil, func(_ *TaskContext, in iter.Seq2[[]T, error]) ([]T, error) { return r.gather(in) },
		func(p int, vs []T) bool {
			parts[p] = vs
			size += len(vs)
			return true
		}, opts)
	if err != nil {
		return nil, err
	}
	all := make([]T, 0, size)
	for i := range len(parts) {
		all = append(all, parts[i]...)
	}
	return all, nil
}

// Count is the number of elements.
func (r *RDD[T]) Count(ctx context.Context, opts ...Option) (int64, error) {
	var total int64
	err := runChunks(ctx, r, nil, countChunks[T], func(_ int, n int64) bool { total += n; return true }, opts)
	return total, err
}

// countChunks counts the elements of a stream.
func countChunks[T any](_ *TaskContext, in iter.Seq2[[]T, error]) (n int64, err error) {
	for chunk, err := range in {
		if err != nil {
			return 0, err
		}
		n += int64(len(chunk))
	}
	return n, nil
}

// Reduce combines all elements by f, which must be associative. Partition results are combined in partition order, so
// f need not be commutative. Without elements the error is ErrEmpty.
func (r *RDD[T]) Reduce(ctx context.Context, f func(a, b T) T, opts ...Option) (T, error) {
	var zero T
	parts := map[int]T{}
	err := runChunks(ctx, r, nil, func(_ *TaskContext, in iter.Seq2[[]T, error]) (*T, error) {
		return r.reduceChunks(in, f)
	}, func(p int, v *T) bool {
		if v != nil {
			parts[p] = *v
		}
		return true
	}, opts)
	if err != nil {
		return zero, err
	}
	sum, found := zero, false
	for _, v := range inOrder(parts) {
		if found {
			sum = f(sum, v)
		} else {
			sum, found = v, true
		}
	}
	if !found {
		return zero, ErrEmpty
	}
	return sum, nil
}

// reduceChunks combines the elements of a stream; nil when there are none.
func (r *RDD[T]) reduceChunks(in iter.Seq2[[]T, error], f func(a, b T) T) (*T, error) {
	var sum T
	found := false
	for chunk, err := range in {
		if err != nil {
			return nil, err
		}
		if !found {
			sum, chunk, found = r.kind.keep(chunk[0]), chunk[1:], true
		}
		for _, v := range chunk {
			sum = f(sum, r.kind.keep(v))
		}
	}
	if !found {
		return nil, nil
	}
	return &sum, nil
}

// Fold combines copies of zero, one per partition and one more, with all elements, in partition order.
func (r *RDD[T]) Fold(ctx context.Context, zero T, f func(a, b T) T, opts ...Option) (T, error) {
	return Aggregate(ctx, r, freshCopies(zero), f, f, opts...)
}

// Aggregate folds the elements of each partition into a zero by add, and joins those, in partition order, by join.
// zero is called for each partition and once for the whole.
func Aggregate[T, U any](ctx context.Context, r *RDD[T], zero func() U, add func(U, T) U, join func(U, U) U, opts ...Option) (U, error) {
	parts := map[int]U{}
	err := runChunks(ctx, r, nil, func(_ *TaskContext, in iter.Seq2[[]T, error]) (U, error) {
		sum := zero()
		for chunk, err := range in {
			if err != nil {
				return sum, err
			}
			for _, v := range chunk {
				sum = add(sum, r.kind.keep(v))
			}
		}
		return sum, nil
	}, func(p int, v U) bool { parts[p] = v; return true }, opts)
	sum := zero()
	if err != nil {
		return sum, err
	}
	for _, v := range inOrder(parts) {
		sum = join(sum, v)
	}
	return sum, nil
}

// inOrder gives the entries of m by ascending partition.
func inOrder[V any](m map[int]V) iter.Seq2[int, V] {
	return func(yield func(int, V) bool) {
		for p, left := 0, len(m); left > 0; p++ {
			if v, ok := m[p]; ok {
				left--
				if !yield(p, v) {
					return
				}
			}
		}
	}
}

// Foreach calls f for every element, in the tasks: concurrently for different partitions, and again for those of a task
// that is tried again.
func (r *RDD[T]) Foreach(ctx context.Context, f func(T) error, opts ...Option) error {
	return r.ForeachPartition(ctx, func(_ *TaskContext, in iter.Seq2[T, error]) error {
		for v, err := range in {
			if err != nil {
				return err
			}
			if err := f(v); err != nil {
				return err
			}
		}
		return nil
	}, opts...)
}

// ForeachPartition calls f for every partition, in the tasks. f must return the error that its stream gives.
func (r *RDD[T]) ForeachPartition(ctx context.Context, f func(tc *TaskContext, in iter.Seq2[T, error]) error, opts ...Option) error {
	return RunJob(ctx, r, nil, func(tc *TaskContext, in iter.Seq2[T, error]) (struct{}, error) {
		return struct{}{}, f(tc, in)
	}, func(int, struct{}) bool { return true }, opts...)
}

// String is the name with the id, as debug strings show it.
func (r *RDD[T]) String() string { return fmt.Sprintf("%s[%d]", r.name, r.id) }

// listed gives the number of partitions; it refuses on a closed Context, where even listing must not begin.
func (r *RDD[T]) listed(ctx context.Context) (int, error) {
	if r.sc.closing.Err() != nil {
		return 0, ErrClosed
	}
	ps, err := r.Partitions(ctx)
	return len(ps), err
}
