package rdd

import (
	"context"
	"errors"
	"iter"
)

// ErrEmpty is returned by First and Reduce on an RDD without elements.
var ErrEmpty = errors.New("rdd: empty collection")

// Collect gives all elements in partition order.
func (r *RDD[T]) Collect(ctx context.Context, opts ...Option) ([]T, error) {
	all, err := anyRDD{r.node}.collect(ctx, nil, opts)
	if err != nil {
		return nil, err
	}
	return all.([]T), nil
}

// collect gives the elements of some partitions, of all when parts is nil, in order.
func (n anyRDD) collect(ctx context.Context, parts []int, opts []Option) (any, error) {
	got := map[int]any{}
	if err := runUntyped(ctx, n, parts, n.gather, func(p int, vs any) bool { got[p] = vs; return true }, opts); err != nil {
		return nil, err
	}
	all := make([]any, 0, len(got))
	for _, vs := range inOrder(got) {
		all = append(all, vs)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return n.elements.join(all), nil
}

// gather keeps all elements of a stream; the result is a slice that is not nil.
func (n anyRDD) gather(in anyChunks) (any, error) {
	vs := n.elements.join(nil)
	for chunk, err := range in {
		if err != nil {
			return nil, err
		}
		vs = n.elements.keepChunk(vs, chunk)
	}
	return vs, nil
}

// Count is the number of elements.
func (r *RDD[T]) Count(ctx context.Context, opts ...Option) (int64, error) {
	return anyRDD{r.node}.count(ctx, opts)
}

// count is Count.
func (n anyRDD) count(ctx context.Context, opts []Option) (total int64, err error) {
	err = runUntyped(ctx, n, nil, func(in anyChunks) (any, error) {
		count := int64(0)
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			count += int64(n.elements.length(chunk))
		}
		return count, nil
	}, func(_ int, count any) bool { total += count.(int64); return true }, opts)
	return total, err
}

// Reduce combines all elements by f, which must be associative. Partition results are combined in partition order, so
// f need not be commutative. Without elements the error is ErrEmpty.
func (r *RDD[T]) Reduce(ctx context.Context, f func(a, b T) T, opts ...Option) (T, error) {
	sum, err := anyRDD{r.node}.fold(ctx, func(sum, chunk any) any {
		vs := chunk.([]T)
		total, ok := sum.(*T)
		if !ok {
			first := r.kind.keep(vs[0])
			total, vs = &first, vs[1:]
		}
		for _, v := range vs {
			*total = f(*total, r.kind.keep(v))
		}
		return total
	}, func(a, b any) any {
		*a.(*T) = f(*a.(*T), *b.(*T))
		return a
	}, opts)
	if sum == nil && err == nil {
		err = ErrEmpty
	}
	if err != nil {
		return *new(T), err
	}
	return *sum.(*T), nil
}

// fold adds the chunks of each partition up, from nil, and joins the sums of those that had any, in partition order; nil
// when none had.
func (n anyRDD) fold(ctx context.Context, add func(sum, chunk any) any, join func(a, b any) any, opts []Option) (sum any, err error) {
	parts := map[int]any{}
	err = runUntyped(ctx, n, nil, func(in anyChunks) (sum any, err error) {
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			sum = add(sum, chunk)
		}
		return sum, nil
	}, func(p int, v any) bool { parts[p] = v; return true }, opts)
	for _, v := range inOrder(parts) {
		switch {
		case sum == nil:
			sum = v
		case v != nil:
			sum = join(sum, v)
		}
	}
	return sum, err
}

// Fold combines copies of zero, one per partition and one more, with all elements, in partition order.
func (r *RDD[T]) Fold(ctx context.Context, zero T, f func(a, b T) T, opts ...Option) (T, error) {
	return Aggregate(ctx, r, freshCopies(zero), f, f, opts...)
}

// Aggregate folds the elements of each partition into a zero by add, and joins those, in partition order, by join.
// zero is called for each partition and once for the whole.
func Aggregate[T, U any](ctx context.Context, r *RDD[T], zero func() U, add func(U, T) U, join func(U, U) U, opts ...Option) (U, error) {
	sum := zero()
	parts := map[int]any{}
	err := runUntyped(ctx, anyRDD{r.node}, nil, func(in anyChunks) (any, error) {
		sum := zero()
		return &sum, eachChunk(in, func(chunk any) error {
			for _, v := range chunk.([]T) {
				sum = add(sum, r.kind.keep(v))
			}
			return nil
		})
	}, func(p int, v any) bool { parts[p] = v; return true }, opts)
	if err != nil {
		return sum, err
	}
	for _, v := range inOrder(parts) {
		sum = join(sum, *v.(*U))
	}
	return sum, nil
}

// eachChunk calls f for the chunks of a stream until one of them fails.
func eachChunk(in anyChunks, f func(chunk any) error) (err error) {
	in(func(chunk any, e error) bool {
		if err = e; err == nil {
			err = f(chunk)
		}
		return err == nil
	})
	return err
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
	return r.ForeachPartition(ctx, func(_ *TaskContext, in iter.Seq2[T, error]) (err error) {
		in(func(v T, e error) bool {
			if err = e; err == nil {
				err = f(v)
			}
			return err == nil
		})
		return err
	}, opts...)
}

// ForeachPartition calls f for every partition, in the tasks. f must return the error that its stream gives.
func (r *RDD[T]) ForeachPartition(ctx context.Context, f func(tc *TaskContext, in iter.Seq2[T, error]) error, opts ...Option) error {
	return runTasks(ctx, r.node, nil, func(tc *TaskContext, p Partition) (any, error) {
		return nil, f(tc, watched(tc, r.Iterate(tc, p)))
	}, func(int, any) bool { return true }, opts)
}
