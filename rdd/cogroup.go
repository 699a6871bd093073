package rdd

import "iter"

// Groups3 are the values of one key in three RDDs, each in the order of its partitions.
type Groups3[A, B, C any] struct {
	First  []A
	Second []B
	Third  []C
}

// Groups4 are the values of one key in four RDDs, each in the order of its partitions.
type Groups4[A, B, C, D any] struct {
	First  []A
	Second []B
	Third  []C
	Fourth []D
}

// CoGroup3 is CoGroup of three RDDs (Spark's groupWith, too). One that is partitioned as the result is not shuffled.
// When memory is short the groups go to disk, and keys come in another order. Of the options it heeds NumPartitions,
// PartitionedBy and Encoding (of Pair[K, Groups3]).
func CoGroup3[K, A, B, C any](a *RDD[Pair[K, A]], b *RDD[Pair[K, B]], c *RDD[Pair[K, C]], opts ...Option) *RDD[Pair[K, Groups3[A, B, C]]] {
	type groups = Groups3[A, B, C]
	s := newSettings(opts)
	p := keyPartitioner[K](s, a, b, c)
	coder := coderFor[Pair[K, groups]](s)
	join := func(x, y groups) groups {
		return groups{append(x.First, y.First...), append(x.Second, y.Second...), append(x.Third, y.Third...)}
	}
	return ZipPartitions3(PartitionBy(a, p), PartitionBy(b, p), PartitionBy(c, p),
		func(tc *TaskContext, a iter.Seq2[Pair[K, A], error], b iter.Seq2[Pair[K, B], error], c iter.Seq2[Pair[K, C], error]) iter.Seq2[Pair[K, groups], error] {
			return cogrouped(tc, join, coder, func(g *grouping[K, groups]) error {
				if err := gatherInto(g, a, func(x *groups, v A) { x.First = append(x.First, v) }); err != nil {
					return err
				}
				if err := gatherInto(g, b, func(x *groups, v B) { x.Second = append(x.Second, v) }); err != nil {
					return err
				}
				return gatherInto(g, c, func(x *groups, v C) { x.Third = append(x.Third, v) })
			})
		}, Named("CoGroup"), PartitionedBy(p), WithDeterminacy(Unordered))
}

// CoGroup4 is CoGroup3 of four RDDs.
func CoGroup4[K, A, B, C, D any](a *RDD[Pair[K, A]], b *RDD[Pair[K, B]], c *RDD[Pair[K, C]], d *RDD[Pair[K, D]], opts ...Option) *RDD[Pair[K, Groups4[A, B, C, D]]] {
	type groups = Groups4[A, B, C, D]
	s := newSettings(opts)
	p := keyPartitioner[K](s, a, b, c, d)
	coder := coderFor[Pair[K, groups]](s)
	join := func(x, y groups) groups {
		return groups{append(x.First, y.First...), append(x.Second, y.Second...), append(x.Third, y.Third...), append(x.Fourth, y.Fourth...)}
	}
	return ZipPartitions4(PartitionBy(a, p), PartitionBy(b, p), PartitionBy(c, p), PartitionBy(d, p),
		func(tc *TaskContext, a iter.Seq2[Pair[K, A], error], b iter.Seq2[Pair[K, B], error], c iter.Seq2[Pair[K, C], error], d iter.Seq2[Pair[K, D], error]) iter.Seq2[Pair[K, groups], error] {
			return cogrouped(tc, join, coder, func(g *grouping[K, groups]) error {
				if err := gatherInto(g, a, func(x *groups, v A) { x.First = append(x.First, v) }); err != nil {
					return err
				}
				if err := gatherInto(g, b, func(x *groups, v B) { x.Second = append(x.Second, v) }); err != nil {
					return err
				}
				if err := gatherInto(g, c, func(x *groups, v C) { x.Third = append(x.Third, v) }); err != nil {
					return err
				}
				return gatherInto(g, d, func(x *groups, v D) { x.Fourth = append(x.Fourth, v) })
			})
		}, Named("CoGroup"), PartitionedBy(p), WithDeterminacy(Unordered))
}

// grouping gathers values by key into groups of type G.
type grouping[K, G any] struct{ *aggregation[K, G] }

// cogrouped gives the groups that fill makes.
func cogrouped[K, G any](tc *TaskContext, join func(a, b G) G, coder *elementKind[Pair[K, G]], fill func(g *grouping[K, G]) error) iter.Seq2[Pair[K, G], error] {
	return func(yield func(Pair[K, G], error) bool) {
		g := &grouping[K, G]{newAggregation(tc, join, coder)}
		g.grows = true // the slices in a G do
		defer g.close()
		if err := fill(g); err != nil {
			yield(Pair[K, G]{}, err)
			return
		}
		scattered(func(yield func([]Pair[K, G], error) bool) { g.emit(yield) })(yield)
	}
}

// gatherInto adds the values of a stream to the groups of their keys.
func gatherInto[K, G, V any](g *grouping[K, G], in iter.Seq2[Pair[K, V], error], add func(to *G, v V)) error {
	kind, home := kindOf[Pair[K, V]](), new(Pair[K, V])
	for kv, err := range in {
		if err != nil {
			return err
		}
		*home = kind.keep(kv)
		n, _ := kind.size(home)
		to, fresh := g.table.find(home.Key)
		add(to, home.Val)
		if fresh {
			n += tableOverhead
		}
		if err := g.book(n); err != nil {
			return err
		}
	}
	return nil
}
