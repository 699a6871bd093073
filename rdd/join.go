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
// shuffled. When memory is short the groups go to disk, and keys come in another order. Of the options it heeds
// NumPartitions, PartitionedBy and Encoding (of Pair[K, Groups]).
func CoGroup[K, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, Groups[V, W]]] {
	type groups = Groups[V, W]
	s := newSettings(opts)
	p := keyPartitioner[K](s, a, b)
	coder := coderFor[Pair[K, groups]](s)
	join := func(x, y groups) groups { return groups{append(x.Left, y.Left...), append(x.Right, y.Right...)} }
	return ZipPartitions(PartitionBy(a, p), PartitionBy(b, p),
		func(tc *TaskContext, a iter.Seq2[Pair[K, V], error], b iter.Seq2[Pair[K, W], error]) iter.Seq2[Pair[K, groups], error] {
			return cogrouped(tc, join, coder, func(g *grouping[K, groups]) error {
				if err := gatherInto(g, a, func(x *groups, v V) { x.Left = append(x.Left, v) }); err != nil {
					return err
				}
				return gatherInto(g, b, func(x *groups, w W) { x.Right = append(x.Right, w) })
			})
		}, Named("CoGroup"), PartitionedBy(p), WithDeterminacy(Unordered))
}

// Join pairs every value of a with every value that b has for the same key, in the order of a. A partition of b is held
// in memory; where it does not fit, those of both go to disk, and keys come in another order. Of the options it heeds
// NumPartitions and PartitionedBy.
func Join[K, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, Pair[V, W]]] {
	return hashJoin(a, b, "Join", opts, joinRule[V, W, Pair[V, W]]{pair: func(v V, w W) Pair[V, W] { return Pair[V, W]{v, w} }})
}

// LeftOuterJoin is Join that keeps the values of a without a match.
func LeftOuterJoin[K, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, Pair[V, Maybe[W]]]] {
	return hashJoin(a, b, "LeftOuterJoin", opts, joinRule[V, W, Pair[V, Maybe[W]]]{
		pair:  func(v V, w W) Pair[V, Maybe[W]] { return Pair[V, Maybe[W]]{v, Maybe[W]{w, true}} },
		alone: func(v V) Pair[V, Maybe[W]] { return Pair[V, Maybe[W]]{Key: v} },
	})
}

// RightOuterJoin is Join that keeps the values of b without a match, in the order of b. a is held in memory.
func RightOuterJoin[K, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, Pair[Maybe[V], W]]] {
	return hashJoin(b, a, "RightOuterJoin", opts, joinRule[W, V, Pair[Maybe[V], W]]{
		pair:  func(w W, v V) Pair[Maybe[V], W] { return Pair[Maybe[V], W]{Maybe[V]{v, true}, w} },
		alone: func(w W) Pair[Maybe[V], W] { return Pair[Maybe[V], W]{Val: w} },
	})
}

// FullOuterJoin is Join that keeps the values of both sides without a match.
func FullOuterJoin[K, V, W any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], opts ...Option) *RDD[Pair[K, Pair[Maybe[V], Maybe[W]]]] {
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
