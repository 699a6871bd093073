package rdd

import (
	"cmp"
	"iter"
)

// SortByKey sorts the pairs by key: partition i holds smaller keys than partition i+1. Equal keys stay in the order in
// which they came. NaN is larger than all numbers, as in Spark. The ranges are found by sampling inside the first
// action. Of the options it heeds NumPartitions, Descending and Encoding (of Pair[K, V]).
func SortByKey[K cmp.Ordered, V any](r *RDD[Pair[K, V]], opts ...Option) *RDD[Pair[K, V]] {
	s := newSettings(opts)
	return sortByKey(r, NewRangePartitioner(r, s.partitions, opts...), orderedKeys[K, V](s.descending), s)
}

// SortByKeyFunc is SortByKey in the order of compare, which is negative when a comes before b, 0 when they are equal,
// and positive otherwise (Spark's implicit Ordering).
func SortByKeyFunc[K, V any](r *RDD[Pair[K, V]], compare func(a, b K) int, opts ...Option) *RDD[Pair[K, V]] {
	s := newSettings(opts)
	p := NewRangePartitionerFunc(r, s.partitions, compare, opts...)
	return sortByKey(r, p, keyOrder[K, V](compare, s.descending), s)
}

// sortByKey moves pairs to the ranges of p and sorts each range.
func sortByKey[K, V any](r *RDD[Pair[K, V]], p *RangePartitioner[K], order sortOrder[Pair[K, V]], s settings) *RDD[Pair[K, V]] {
	coder := coderFor[Pair[K, V]](s)
	shuffled := shuffleByKey(r, p, coder)
	return newChunked(r.sc, OneToOne(shuffled), shuffled.Partitions, func(tc *TaskContext, p Partition) iter.Seq2[[]Pair[K, V], error] {
		return sorted(tc, shuffled.iterateChunks(tc, p), rowsAhead(tc, shuffled.node, p), order, coder)
	}, Named("SortByKey"), PartitionedBy(p))
}

// SortBy sorts the elements by the key that f gives them. Options as for SortByKey.
func SortBy[T any, K cmp.Ordered](r *RDD[T], f func(T) K, opts ...Option) *RDD[T] {
	return Values(SortByKey(KeyBy(r, f), opts...))
}

// SortByFunc sorts the elements by the key that f gives them, in the order of compare. Options as for SortByKey.
func SortByFunc[T, K any](r *RDD[T], f func(T) K, compare func(a, b K) int, opts ...Option) *RDD[T] {
	return Values(SortByKeyFunc(KeyBy(r, f), compare, opts...))
}

// keyOrder orders pairs by key.
func keyOrder[K, V any](compare func(a, b K) int, descending bool) sortOrder[Pair[K, V]] {
	if descending {
		return sortOrder[Pair[K, V]]{compare: func(a, b Pair[K, V]) int { return compare(b.Key, a.Key) }}
	}
	return sortOrder[Pair[K, V]]{compare: func(a, b Pair[K, V]) int { return compare(a.Key, b.Key) }}
}

// orderedKeys is keyOrder for keys that can be sorted by numbers.
func orderedKeys[K cmp.Ordered, V any](descending bool) sortOrder[Pair[K, V]] {
	order := keyOrder[K, V](compareKeys[K], descending)
	ordinals := ordinalsOf[K]()
	if order.exact = ordinals != nil; !order.exact {
		ordinals = stringOrdinals
	}
	order.ordinals = func(chunk []Pair[K, V], out []uint64) {
		ordinals(keysOf(chunk), out)
		for i := range out {
			if descending {
				out[i] = ^out[i]
			}
		}
	}
	return order
}

// compareKeys is cmp.Compare with NaN at the other end and −0 equal to 0.
func compareKeys[K cmp.Ordered](a, b K) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	case a == b:
		return 0
	}
	aNaN, bNaN := a != a, b != b
	switch {
	case aNaN && bNaN:
		return 0
	case aNaN:
		return 1
	}
	return -1
}
