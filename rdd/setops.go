package rdd

import "iter"

// Distinct keeps one of each group of equal elements; elements are compared by the rules for keys. An RDD that has a
// partitioner has equal elements in one partition already, and is not shuffled when as many partitions are wanted. Of
// the options it heeds NumPartitions and PartitionedBy (of T).
func Distinct[T any](r *RDD[T], opts ...Option) *RDD[T] {
	s := newSettings(opts)
	if p := r.Partitioner(); p != nil && s.partitioner == nil && (s.partitions <= 0 || s.partitions == p.NumPartitions()) {
		return MapPartitions(r, distinctWithin[T], Named("Distinct"), PreservesPartitioning(), WithDeterminacy(Unordered))
	}
	return Keys(combineNamed(asKeys(r), "Distinct", firstOfKey, opts))
}

// firstOfKey combines keys that have no values.
var firstOfKey = Combiner[struct{}, struct{}]{
	Create:  func(v struct{}) struct{} { return v },
	Merge:   func(c, _ struct{}) struct{} { return c },
	Join:    func(a, _ struct{}) struct{} { return a },
	MapSide: true,
	plain:   true,
}

// distinctWithin is the distinct elements of a stream.
func distinctWithin[T any](tc *TaskContext, in iter.Seq2[T, error]) iter.Seq2[T, error] {
	keyed := func(yield func(Pair[T, struct{}], error) bool) {
		for v, err := range in {
			if !yield(Pair[T, struct{}]{Key: v}, err) || err != nil {
				return
			}
		}
	}
	return func(yield func(T, error) bool) {
		coder := coderFor[Pair[T, struct{}]](settings{})
		for kv, err := range scattered(combined(tc, gathered(keyed, coder), firstOfKey, coder)) {
			if !yield(kv.Key, err) || err != nil {
				return
			}
		}
	}
}

// Intersection keeps one of each element that both RDDs have; elements are compared by the rules for keys. Both sides
// are shuffled, each element once per map partition, unless they are partitioned as the result. Of the options it heeds
// NumPartitions and PartitionedBy (of T).
func Intersection[T any](a, b *RDD[T], opts ...Option) *RDD[T] {
	p := keyPartitioner[T](newSettings(opts), a)
	left, right := distinctKeys(asKeys(a), p), distinctKeys(asKeys(b), p)
	return Keys(hashJoin(left, right, "Intersection", []Option{PartitionedBy(p)},
		joinRule[struct{}, struct{}, struct{}]{pair: func(v, _ struct{}) struct{} { return v }, once: true}))
}

// Subtract keeps the elements of a that b does not have, in their order and with their duplicates; elements are compared
// by the rules for keys. Of the options it heeds NumPartitions and PartitionedBy (of T).
func Subtract[T any](a, b *RDD[T], opts ...Option) *RDD[T] {
	return Keys(SubtractByKey(asKeys(a), asKeys(b), opts...))
}

// SubtractByKey keeps the pairs of a whose key b does not have, in their order. Of b only the keys are moved and held in
// memory, one partition at a time; where they do not fit, both sides go to disk, and keys come in another order. Of the
// options it heeds NumPartitions and PartitionedBy; without them the result is partitioned as a when a has a partitioner,
// whatever b's is, because the result is never larger than a.
func SubtractByKey[K, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, V]] {
	p := keyPartitioner[K](newSettings(opts), a)
	return hashJoin(a, distinctKeys(b, p), "SubtractByKey", []Option{PartitionedBy(p)},
		joinRule[V, struct{}, V]{alone: func(v V) V { return v }})
}

// asKeys makes keys of elements.
func asKeys[T any](r *RDD[T]) *RDD[Pair[T, struct{}]] {
	return Map(r, func(v T) Pair[T, struct{}] { return Pair[T, struct{}]{Key: v} })
}

// distinctKeys gives each key of r once, where p puts it.
func distinctKeys[K, V any](r *RDD[Pair[K, V]], p KeyPartitioner[K]) *RDD[Pair[K, struct{}]] {
	bare := MapValues(r, func(V) struct{} { return struct{}{} })
	return combineNamed(bare, "DistinctKeys", firstOfKey, []Option{PartitionedBy(p)})
}
