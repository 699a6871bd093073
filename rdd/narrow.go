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

// FlatMap gives the elements that f makes of every element.
func FlatMap[T, U any](r *RDD[T], f func(T) iter.Seq[U]) *RDD[U] {
	return derive(r, "FlatMap", func(_ *TaskContext, _ Partition, in iter.Seq2[T, error]) iter.Seq2[U, error] {
		return func(yield func(U, error) bool) {
			for v, err := range in {
				if err != nil {
					yield(*new(U), err)
					return
				}
				for u := range f(v) {
					if !yield(u, nil) {
						return
					}
				}
			}
		}
	}, nil)
}

// TryMap is Map for a function that can fail; its error fails the task.
func TryMap[T, U any](r *RDD[T], f func(T) (U, error)) *RDD[U] {
	return derive(r, "Map", func(_ *TaskContext, _ Partition, in iter.Seq2[T, error]) iter.Seq2[U, error] {
		return func(yield func(U, error) bool) {
			for v, err := range in {
				var u U
				if err == nil {
					u, err = f(v)
				}
				if !yield(u, err) || err != nil {
					return
				}
			}
		}
	}, nil)
}

// Filter keeps the elements for which keep is true. A partitioner stays.
func (r *RDD[T]) Filter(keep func(T) bool) *RDD[T] {
	return derive(r, "Filter", func(_ *TaskContext, _ Partition, in iter.Seq2[T, error]) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			for v, err := range in {
				if err != nil {
					yield(v, err)
					return
				}
				if keep(v) && !yield(v, nil) {
					return
				}
			}
		}
	}, []Option{PreservesPartitioning()})
}

// Glom makes one slice of each partition.
func Glom[T any](r *RDD[T]) *RDD[[]T] {
	return derive(r, "Glom", func(_ *TaskContext, _ Partition, in iter.Seq2[T, error]) iter.Seq2[[]T, error] {
		return func(yield func([]T, error) bool) {
			vs, err := gather(r, in)
			yield(vs, err)
		}
	}, nil)
}

// gather keeps all elements of a stream of r.
func gather[T any](r *RDD[T], in iter.Seq2[T, error]) ([]T, error) {
	vs := []T{}
	for v, err := range in {
		if err != nil {
			return nil, err
		}
		vs = append(vs, r.kind.keep(v))
	}
	return vs, nil
}

// KeyBy pairs every element with the key that f gives it.
func KeyBy[K, T any](r *RDD[T], f func(T) K) *RDD[Pair[K, T]] {
	return Map(r, func(v T) Pair[K, T] { return Pair[K, T]{f(v), v} })
}

// MapValues gives f of every value; keys and partitioner stay.
func MapValues[K, V, W any](r *RDD[Pair[K, V]], f func(V) W) *RDD[Pair[K, W]] {
	return derive(r, "MapValues", func(_ *TaskContext, _ Partition, in iter.Seq2[Pair[K, V], error]) iter.Seq2[Pair[K, W], error] {
		return func(yield func(Pair[K, W], error) bool) {
			for kv, err := range in {
				if err != nil {
					yield(Pair[K, W]{}, err)
					return
				}
				if !yield(Pair[K, W]{kv.Key, f(kv.Val)}, nil) {
					return
				}
			}
		}
	}, []Option{PreservesPartitioning()})
}

// FlatMapValues gives a pair for every value that f makes of a value; keys and partitioner stay.
func FlatMapValues[K, V, W any](r *RDD[Pair[K, V]], f func(V) iter.Seq[W]) *RDD[Pair[K, W]] {
	return MapPartitions(r, func(_ *TaskContext, in iter.Seq2[Pair[K, V], error]) iter.Seq2[Pair[K, W], error] {
		return func(yield func(Pair[K, W], error) bool) {
			for kv, err := range in {
				if err != nil {
					yield(Pair[K, W]{}, err)
					return
				}
				for w := range f(kv.Val) {
					if !yield(Pair[K, W]{kv.Key, w}, nil) {
						return
					}
				}
			}
		}
	}, Named("FlatMapValues"), PreservesPartitioning())
}

// Keys gives the keys.
func Keys[K, V any](r *RDD[Pair[K, V]]) *RDD[K] {
	return Map(r, func(kv Pair[K, V]) K { return kv.Key })
}

// Values gives the values.
func Values[K, V any](r *RDD[Pair[K, V]]) *RDD[V] {
	return Map(r, func(kv Pair[K, V]) V { return kv.Val })
}
