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

// Fold combines zero, once per partition and once more, with all elements, in partition order.
func (r *RDD[T]) Fold(ctx context.Context, zero T, f func(a, b T) T, opts ...Option) (T, error) {
	return Aggregate(ctx, r, func() T { return zero }, f, f, opts...)
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

// takeScaleUp is by how much each wave of Take is larger than all before it (spark.rdd.limit.scaleUpFactor).
const takeScaleUp = 4

// Take gives the first n elements in partition order. It looks at the first partition, then at four times as many as it
// has seen, and so on, until it has enough: partitions beyond are never computed.
func (r *RDD[T]) Take(ctx context.Context, n int, opts ...Option) ([]T, error) {
	taken := []T{}
	all, err := r.listed(ctx)
	if err != nil || n <= 0 {
		return taken, err
	}
	for seen := 0; seen < all && len(taken) < n; {
		wave := 1
		if seen > 0 {
			wave = min(seen*takeScaleUp, all-seen)
		}
		parts := make([]int, wave)
		for i := range parts {
			parts[i] = seen + i
		}
		got, err := r.takeWave(ctx, parts, n-len(taken), opts)
		if err != nil {
			return nil, err
		}
		taken = append(taken, got...)
		seen += wave
	}
	return taken, nil
}

// listed gives the number of partitions; it refuses on a closed Context, where even listing must not begin.
func (r *RDD[T]) listed(ctx context.Context) (int, error) {
	if r.sc.closing.Err() != nil {
		return 0, ErrClosed
	}
	ps, err := r.Partitions(ctx)
	return len(ps), err
}

// takeWave takes up to n elements from some partitions.
func (r *RDD[T]) takeWave(ctx context.Context, parts []int, n int, opts []Option) ([]T, error) {
	got := map[int][]T{}
	err := runChunks(ctx, r, parts, func(_ *TaskContext, in iter.Seq2[[]T, error]) ([]T, error) {
		var vs []T
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			if vs = r.kind.keepAll(vs, chunk[:min(len(chunk), n-len(vs))]); len(vs) == n {
				break
			}
		}
		return vs, nil
	}, func(p int, vs []T) bool { got[p] = vs; return true }, opts)
	if err != nil {
		return nil, err
	}
	var taken []T
	for _, vs := range inOrder(got) {
		taken = append(taken, vs[:min(len(vs), n-len(taken))]...)
	}
	return taken, nil
}

// First is the first element in partition order; without elements the error is ErrEmpty.
func (r *RDD[T]) First(ctx context.Context, opts ...Option) (T, error) {
	vs, err := r.Take(ctx, 1, opts...)
	if err != nil || len(vs) == 0 {
		var zero T
		if err == nil {
			err = ErrEmpty
		}
		return zero, err
	}
	return vs[0], nil
}

// IsEmpty tells whether there is no element.
func (r *RDD[T]) IsEmpty(ctx context.Context) (bool, error) {
	vs, err := r.Take(ctx, 1)
	return len(vs) == 0, err
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

// CountByKey counts the elements of each key.
func CountByKey[K comparable, V any](ctx context.Context, r *RDD[Pair[K, V]], opts ...Option) (map[K]int64, error) {
	ones := MapValues(r, func(V) int64 { return 1 })
	pairs, err := ReduceByKey(ones, func(a, b int64) int64 { return a + b }, opts...).Collect(ctx, opts...)
	counts := make(map[K]int64, len(pairs))
	for _, kv := range pairs {
		counts[kv.Key] = kv.Val
	}
	return counts, err
}

// Lookup gives the values of one key, from its one partition when the partitioner is known.
func Lookup[K comparable, V any](ctx context.Context, r *RDD[Pair[K, V]], key K, opts ...Option) ([]V, error) {
	ops, home := keyOpsOf[K](), &key
	found := r.Filter(func(kv Pair[K, V]) bool { return ops.equal(&kv.Key, home) })
	var parts []int
	if p, ok := r.Partitioner().(KeyPartitioner[K]); ok {
		parts = []int{p.Partition(key)}
	}
	vals := map[int][]V{}
	err := RunJob(ctx, Values(found), parts, func(_ *TaskContext, in iter.Seq2[V, error]) (vs []V, err error) {
		for v, err := range in {
			if err != nil {
				return nil, err
			}
			vs = append(vs, v)
		}
		return vs, nil
	}, func(p int, vs []V) bool { vals[p] = vs; return true }, opts...)
	var all []V
	for _, vs := range inOrder(vals) {
		all = append(all, vs...)
	}
	return all, err
}

// String is the name with the id, as debug strings show it.
func (r *RDD[T]) String() string { return fmt.Sprintf("%s[%d]", r.name, r.id) }
