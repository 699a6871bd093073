package rdd

import "iter"

// Groups are the values of one key in two RDDs, each in the order of its partitions.
type Groups[V, W any] struct {
	Left  []V
	Right []W
}

// Maybe is a value that may be absent: the side of an outer join without a match.
type Maybe[T any] struct {
	Val T
	OK  bool
}

// CoGroup gathers, for each key of either RDD, its values in both. A side that is partitioned as the result is not
// shuffled. Of the options it heeds NumPartitions and PartitionedBy.
func CoGroup[K comparable, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, Groups[V, W]]] {
	return zipByKey(a, b, "CoGroup", opts, func(tc *TaskContext, left iter.Seq2[Pair[K, V], error], right iter.Seq2[Pair[K, W], error]) iter.Seq2[Pair[K, Groups[V, W]], error] {
		return func(yield func(Pair[K, Groups[V, W]], error) bool) {
			t := newTable[K, Groups[V, W]](keyOpsOf[K]())
			res := tc.Reserve("cogroup", nil)
			defer res.Release()
			err := eachPair(left, res, func(k K, v V) { g, _ := t.find(k); g.Left = append(g.Left, v) })
			if err == nil {
				err = eachPair(right, res, func(k K, w W) { g, _ := t.find(k); g.Right = append(g.Right, w) })
			}
			if err != nil {
				yield(Pair[K, Groups[V, W]]{}, err)
				return
			}
			for i := range t.entries {
				if !yield(t.entries[i], nil) {
					return
				}
			}
		}
	})
}

// zipByKey brings equal keys of a and b into one partition and zips the partitions.
func zipByKey[K comparable, V, W, X any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], name string, opts []Option,
	f func(tc *TaskContext, a iter.Seq2[Pair[K, V], error], b iter.Seq2[Pair[K, W], error]) iter.Seq2[Pair[K, X], error]) *RDD[Pair[K, X]] {
	p := keyPartitioner[K](newSettings(opts), a, b)
	return ZipPartitions(PartitionBy(a, p), PartitionBy(b, p), f, Named(name), PartitionedBy(p))
}

// eachPair feeds a stream into a hash table; its growth is reserved.
func eachPair[K, V any](in iter.Seq2[Pair[K, V], error], res *Reservation, f func(K, V)) error {
	kind, home := kindOf[Pair[K, V]](), new(Pair[K, V])
	for kv, err := range in {
		if err != nil {
			return err
		}
		*home = kind.keep(kv)
		n, _ := kind.size(home)
		if err := res.Grow(n + tableOverhead); err != nil {
			return err
		}
		f(home.Key, home.Val)
	}
	return nil
}

// Join pairs every value of a with every value that b has for the same key, in the order of a. b is held in memory, one
// partition at a time. Options as for CoGroup.
func Join[K comparable, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, Pair[V, W]]] {
	return hashJoin(a, b, "Join", opts, func(v V, ws []W, yield func(Pair[V, W]) bool) bool {
		for _, w := range ws {
			if !yield(Pair[V, W]{v, w}) {
				return false
			}
		}
		return true
	})
}

// LeftOuterJoin is Join that keeps the values of a without a match.
func LeftOuterJoin[K comparable, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, Pair[V, Maybe[W]]]] {
	return hashJoin(a, b, "LeftOuterJoin", opts, func(v V, ws []W, yield func(Pair[V, Maybe[W]]) bool) bool {
		if len(ws) == 0 {
			return yield(Pair[V, Maybe[W]]{Key: v})
		}
		for _, w := range ws {
			if !yield(Pair[V, Maybe[W]]{v, Maybe[W]{w, true}}) {
				return false
			}
		}
		return true
	})
}

// RightOuterJoin is Join that keeps the values of b without a match, in the order of b. a is held in memory.
func RightOuterJoin[K comparable, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, Pair[Maybe[V], W]]] {
	swapped := LeftOuterJoin(b, a, opts...)
	return MapValues(swapped, func(p Pair[W, Maybe[V]]) Pair[Maybe[V], W] { return Pair[Maybe[V], W]{p.Val, p.Key} })
}

// FullOuterJoin is Join that keeps the values of both sides without a match.
func FullOuterJoin[K comparable, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, Pair[Maybe[V], Maybe[W]]]] {
	return FlatMapValues(CoGroup(a, b, opts...), func(g Groups[V, W]) iter.Seq[Pair[Maybe[V], Maybe[W]]] {
		left, right := present(g.Left), present(g.Right)
		return func(yield func(Pair[Maybe[V], Maybe[W]]) bool) {
			for _, v := range left {
				for _, w := range right {
					if !yield(Pair[Maybe[V], Maybe[W]]{v, w}) {
						return
					}
				}
			}
		}
	})
}

// present wraps values; no values make one absent one.
func present[T any](vs []T) []Maybe[T] {
	if len(vs) == 0 {
		return make([]Maybe[T], 1)
	}
	out := make([]Maybe[T], len(vs))
	for i, v := range vs {
		out[i] = Maybe[T]{v, true}
	}
	return out
}

// hashJoin holds a partition of b in a table and streams a past it; match emits the results of one value of a.
func hashJoin[K comparable, V, W, X any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], name string, opts []Option,
	match func(v V, ws []W, yield func(X) bool) bool) *RDD[Pair[K, X]] {
	return zipByKey(a, b, name, opts, func(tc *TaskContext, left iter.Seq2[Pair[K, V], error], right iter.Seq2[Pair[K, W], error]) iter.Seq2[Pair[K, X], error] {
		return func(yield func(Pair[K, X], error) bool) {
			t := newTable[K, []W](keyOpsOf[K]())
			res := tc.Reserve("hash join", nil)
			defer res.Release()
			err := eachPair(right, res, func(k K, w W) { ws, _ := t.find(k); *ws = append(*ws, w) })
			if err != nil {
				yield(Pair[K, X]{}, err)
				return
			}
			for kv, err := range left {
				if err != nil {
					yield(Pair[K, X]{}, err)
					return
				}
				var ws []W
				if found := t.lookup(kv.Key); found != nil {
					ws = *found
				}
				if !match(kv.Val, ws, func(x X) bool { return yield(Pair[K, X]{kv.Key, x}, nil) }) {
					return
				}
			}
		}
	})
}
