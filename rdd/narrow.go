package rdd

import "iter"

// Map gives f of every element.
func Map[T, U any](r *RDD[T], f func(T) U) *RDD[U] {
	return stepwise(r, "Map", func(in []T, out []U) ([]U, error) {
		out = out[:len(in)]
		for i, v := range in {
			out[i] = f(v)
		}
		return out, nil
	})
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
	return expand(r, "FlatMap", func(v T, out *chunker[U]) bool {
		for u := range f(v) {
			if !out.add(u) {
				return false
			}
		}
		return true
	})
}

// TryMap is Map for a function that can fail; its error fails the task.
func TryMap[T, U any](r *RDD[T], f func(T) (U, error)) *RDD[U] {
	return stepwise(r, "Map", func(in []T, out []U) ([]U, error) {
		for _, v := range in {
			u, err := f(v)
			if err != nil {
				return out, err
			}
			out = append(out, u)
		}
		return out, nil
	})
}

// TryFlatMap is FlatMap for a function that can fail, at any element it gives; its error fails the task.
func TryFlatMap[T, U any](r *RDD[T], f func(T) iter.Seq2[U, error]) *RDD[U] {
	return expand(r, "FlatMap", func(v T, out *chunker[U]) bool {
		for u, err := range f(v) {
			if err != nil {
				out.fail(err)
				return false
			}
			if !out.add(u) {
				return false
			}
		}
		return true
	})
}

// Filter keeps the elements for which keep is true. A partitioner stays.
func (r *RDD[T]) Filter(keep func(T) bool) *RDD[T] {
	return stepwise(r, "Filter", func(in []T, out []T) ([]T, error) {
		for _, v := range in {
			if keep(v) {
				out = append(out, v)
			}
		}
		return out, nil
	}, PreservesPartitioning())
}

// Glom makes one slice of each partition.
func Glom[T any](r *RDD[T]) *RDD[[]T] {
	return deriveChunks(r, "Glom", func(in iter.Seq2[[]T, error], out *chunker[[]T]) {
		vs, err := anyRDD{r.node}.gather(untyped(in))
		if err != nil {
			out.fail(err)
			return
		}
		out.add(vs.([]T))
	}, nil)
}

// KeyBy pairs every element with the key that f gives it.
func KeyBy[K, T any](r *RDD[T], f func(T) K) *RDD[Pair[K, T]] {
	return Map(r, func(v T) Pair[K, T] { return Pair[K, T]{f(v), v} })
}

// MapValues gives f of every value; keys and partitioner stay.
func MapValues[K, V, W any](r *RDD[Pair[K, V]], f func(V) W) *RDD[Pair[K, W]] {
	return stepwise(r, "MapValues", func(in []Pair[K, V], out []Pair[K, W]) ([]Pair[K, W], error) {
		out = out[:len(in)]
		for i, kv := range in {
			out[i] = Pair[K, W]{kv.Key, f(kv.Val)}
		}
		return out, nil
	}, PreservesPartitioning())
}

// FlatMapValues gives a pair for every value that f makes of a value; keys and partitioner stay.
func FlatMapValues[K, V, W any](r *RDD[Pair[K, V]], f func(V) iter.Seq[W]) *RDD[Pair[K, W]] {
	return expand(r, "FlatMapValues", func(kv Pair[K, V], out *chunker[Pair[K, W]]) bool {
		for w := range f(kv.Val) {
			if !out.add(Pair[K, W]{kv.Key, w}) {
				return false
			}
		}
		return true
	}, PreservesPartitioning())
}

// Keys gives the keys.
func Keys[K, V any](r *RDD[Pair[K, V]]) *RDD[K] {
	return Map(r, func(kv Pair[K, V]) K { return kv.Key })
}

// Values gives the values.
func Values[K, V any](r *RDD[Pair[K, V]]) *RDD[V] {
	return Map(r, func(kv Pair[K, V]) V { return kv.Val })
}
