package rdd

import (
	"context"
	"iter"
	"slices"
)

// Combiner says how values become combined values, map-side and reduce-side (Spark's Aggregator).
type Combiner[V, C any] struct {
	// Create makes a combined value of a key's first value.
	Create func(V) C
	// Merge adds a value; it may change c and return it.
	Merge func(c C, v V) C
	// Join adds the combined value of a later map partition; it may change a and return it. What it gets are copies.
	Join func(a, b C) C
	// MapSide combines before the shuffle, too. Pointless where that makes nothing smaller, as in GroupByKey.
	MapSide bool

	// plain says that Create gives what it takes, so that a key's values may go on uncombined without a trace.
	plain bool
}

// CombineByKey combines the values of each key. Keys are compared by the rules of this package: NaN equals NaN and −0
// equals 0. An RDD that is partitioned already as asked is combined in place, without a shuffle. Combined values are
// made in the order of the map partitions, whatever order they finish in. Of the options it heeds NumPartitions,
// PartitionedBy and Encoding (of Pair[K, C]).
func CombineByKey[K, V, C any](r *RDD[Pair[K, V]], c Combiner[V, C], opts ...Option) *RDD[Pair[K, C]] {
	return combineNamed(r, "CombineByKey", c, opts)
}

// combineNamed is CombineByKey under the name of the transformation that was asked for.
func combineNamed[K, V, C any](r *RDD[Pair[K, V]], name string, c Combiner[V, C], opts []Option) *RDD[Pair[K, C]] {
	s := newSettings(opts)
	part := keyPartitioner[K](s, r)
	coder := coderFor[Pair[K, C]](s)
	// Spilling changes the order in which keys come out, and how partial sums of floats are grouped.
	own := []Option{Named(name), PreservesPartitioning(), WithDeterminacy(Unordered)}
	inPlace := r.Partitioner() != nil && r.Partitioner().SamePartitioning(part)
	if c.MapSide && !inPlace {
		return combinedRDD(shuffleCombined(r, part, c, coder), joining(c.Join), coder, own)
	}
	if !inPlace {
		r = shuffleByKey(r, part, coderFor[Pair[K, V]](settings{}))
	}
	return combinedRDD(r, c, coder, own)
}

// joining joins combined values that stay behind in shuffle blocks, where they will be read again: join gets copies of
// them, as it may change them.
func joining[C any](join func(a, b C) C) Combiner[C, C] {
	clone := clonerOf[C]()
	if clone == nil {
		return Combiner[C, C]{Create: func(v C) C { return v }, Merge: join, Join: join}
	}
	return Combiner[C, C]{Create: clone, Merge: func(a, b C) C { return join(a, clone(b)) }, Join: join}
}

// combinedRDD combines the values of each partition.
func combinedRDD[K, V, C any](r *RDD[Pair[K, V]], c Combiner[V, C], coder *elementKind[Pair[K, C]], opts []Option) *RDD[Pair[K, C]] {
	return newChunked(r.sc, OneToOne(r), r.Partitions, func(tc *TaskContext, p Partition) iter.Seq2[[]Pair[K, C], error] {
		return combined(tc, r.iterateChunks(tc, p), c, coder)
	}, childOptions(r, "", opts)...)
}

// keyPartitioner chooses the partitioner of a shuffle by key: the one of the options; else a hash partitioner over the
// number given; else the largest partitioner that a parent has; else a hash partitioner of the default parallelism.
func keyPartitioner[K any](s settings, parents ...Lineage) KeyPartitioner[K] {
	if p, ok := s.partitioner.(KeyPartitioner[K]); ok {
		return p
	}
	if s.partitions > 0 {
		return NewHashPartitioner[K](s.partitions)
	}
	best := Partitioner(nil)
	for _, r := range parents {
		if p := r.Partitioner(); p != nil && (best == nil || p.NumPartitions() > best.NumPartitions()) {
			best = p
		}
	}
	if p, ok := best.(KeyPartitioner[K]); ok {
		return p
	}
	return NewHashPartitioner[K](parents[0].lineage().sc.conf.parallelism)
}

// tableOverhead is what a table holds per entry beside the pair.
const tableOverhead = 16

// PartitionBy moves every pair to the partition that p gives its key. An RDD that is partitioned so already is
// returned as it is. Of the options it heeds Encoding (of Pair[K, V]).
func PartitionBy[K, V any](r *RDD[Pair[K, V]], p KeyPartitioner[K], opts ...Option) *RDD[Pair[K, V]] {
	if have := r.Partitioner(); have != nil && have.SamePartitioning(p) {
		return r
	}
	return shuffleByKey(r, p, coderFor[Pair[K, V]](newSettings(opts)))
}

// shuffleByKey moves pairs as they are.
func shuffleByKey[K, V any](r *RDD[Pair[K, V]], p KeyPartitioner[K], coder *elementKind[Pair[K, V]]) *RDD[Pair[K, V]] {
	return keyedShuffle(r, p, coder, false, func(_ *TaskContext, in iter.Seq2[[]Pair[K, V], error], w *blockWriter) error {
		place := chunkPlacer[K, V](p)
		for chunk, err := range in {
			if err == nil {
				err = w.add(place(chunk), chunk)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// shuffleCombined combines map-side: one table per map task. When memory is refused the table is written out as it is
// and begun anew: the reduce side merges what belongs together, so nothing needs to go to disk for that.
func shuffleCombined[K, V, C any](r *RDD[Pair[K, V]], p KeyPartitioner[K], c Combiner[V, C], coder *elementKind[Pair[K, C]]) *RDD[Pair[K, C]] {
	return keyedShuffle(r, p, coder, true, func(tc *TaskContext, in iter.Seq2[[]Pair[K, V], error], w *blockWriter) error {
		if w.layout != nil {
			return fillCombined(tc, in, p, c, coder, w)
		}
		m := &mapCombiner[K, V, C]{feeder: newFeeder[K](tc, c, coderOf[Pair[K, C]](nil)), place: chunkPlacer[K, C](p), out: w}
		m.brisk = true
		for chunk, err := range in {
			if err == nil {
				err = m.take(chunk)
			}
			if err != nil {
				return err
			}
		}
		return m.empty()
	})
}

// mapCombiner combines the values of a map task as long as that makes fewer of them.
type mapCombiner[K, V, C any] struct {
	*feeder[K, V, C]
	place func(chunk []Pair[K, C]) []int32
	out   *blockWriter
	seen  int // values in the table
	pass  int // values to be passed on before combining is tried again
	made  []Pair[K, C]
}

// A table that grew to combineProbe entries from less than twice as many values costs more than it saves: the next
// values, combinePass times as many, go on uncombined.
const (
	combineProbe = 1 << 16
	combinePass  = 32
)

// take combines a chunk, or passes it on.
func (m *mapCombiner[K, V, C]) take(chunk []Pair[K, V]) error {
	if m.pass > 0 {
		m.pass -= len(chunk)
		m.made = m.made[:0]
		for i := range chunk {
			m.made = append(m.made, Pair[K, C]{chunk[i].Key, m.Create(m.value.keep(chunk[i].Val))})
		}
		return m.write(m.made)
	}
	m.seen += len(chunk)
	if err := m.feed(chunk); err != nil {
		if _, refused := err.(*MemoryError); !refused {
			return err
		}
		return m.empty()
	}
	if n := len(m.table.entries); m.plain && n >= combineProbe && m.seen < 2*n {
		m.pass = combinePass * m.seen
		return m.empty()
	}
	return nil
}

// empty writes the table and begins a new one.
func (m *mapCombiner[K, V, C]) empty() error {
	for chunk := range slices.Chunk(m.table.entries, maxChunk) {
		if err := m.write(chunk); err != nil {
			return err
		}
	}
	m.seen = 0
	m.table.reset()
	m.res.Release()
	return nil
}

// write puts combined values, which are kept already, into their buckets.
func (m *mapCombiner[K, V, C]) write(chunk []Pair[K, C]) error {
	return m.out.put(m.place(chunk), chunk)
}

// fillCombined is the filling of shuffleCombined when files are written in any case: the table spills, and what it wrote
// is combined again, so that every key is in the output once.
func fillCombined[K, V, C any](tc *TaskContext, in iter.Seq2[[]Pair[K, V], error], p KeyPartitioner[K], c Combiner[V, C],
	coder *elementKind[Pair[K, C]], w *blockWriter) error {
	place := chunkPlacer[K, C](p)
	for chunk, err := range combined(tc, in, c, coder) {
		if err == nil {
			err = w.put(place(chunk), chunk)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keyedShuffle is a shuffle by p; fill computes and writes one map partition.
func keyedShuffle[K, V, C any](r *RDD[Pair[K, V]], p KeyPartitioner[K], coder *elementKind[Pair[K, C]], combines bool,
	fill func(tc *TaskContext, in iter.Seq2[[]Pair[K, V], error], w *blockWriter) error) *RDD[Pair[K, C]] {
	d := newShuffleDependency(r, p.NumPartitions(), p, coder)
	d.write = func(tc *TaskContext, part Partition) (mapOutput, error) {
		w := newBlockWriter(tc, "shuffle", p.NumPartitions(), coder)
		if err := prepareShuffle(tc, d, w, combines); err != nil {
			return nil, err
		}
		if err := fill(tc, r.iterateChunks(tc, part), w); err != nil {
			return nil, err
		}
		return w.finish()
	}
	return ReadShuffle[Pair[K, C]](d, nil, PartitionedBy(p))
}

// preparedPartitioner is a partitioner that must look at its data first, inside the first action.
type preparedPartitioner interface {
	prepare(ctx context.Context) error
}

// ReduceByKey combines the values of each key by f, which must be associative; map-side first. f sees the values in
// the order of the partitions. Options as for CombineByKey.
func ReduceByKey[K, V any](r *RDD[Pair[K, V]], f func(V, V) V, opts ...Option) *RDD[Pair[K, V]] {
	return combineNamed(r, "ReduceByKey", Combiner[V, V]{func(v V) V { return v }, f, f, true, true}, opts)
}

// FoldByKey is ReduceByKey that begins, for each key and map partition, with a copy of zero.
func FoldByKey[K, V any](r *RDD[Pair[K, V]], zero V, f func(V, V) V, opts ...Option) *RDD[Pair[K, V]] {
	fresh := freshCopies(zero)
	return combineNamed(r, "FoldByKey", Combiner[V, V]{func(v V) V { return f(fresh(), v) }, f, f, true, false}, opts)
}

// AggregateByKey folds the values of each key into a zero by add, and joins the results of map partitions by join.
// zero is called for every new key of a map partition.
func AggregateByKey[K, V, C any](r *RDD[Pair[K, V]], zero func() C, add func(C, V) C, join func(C, C) C, opts ...Option) *RDD[Pair[K, C]] {
	return combineNamed(r, "AggregateByKey", Combiner[V, C]{func(v V) C { return add(zero(), v) }, add, join, true, false}, opts)
}

// GroupByKey gathers the values of each key, in the order of the partitions. Where the values are only added up
// afterwards, ReduceByKey moves less. Of the options it heeds NumPartitions, PartitionedBy and Encoding (of Pair[K, V]).
func GroupByKey[K, V any](r *RDD[Pair[K, V]], opts ...Option) *RDD[Pair[K, []V]] {
	s := newSettings(opts)
	part := keyPartitioner[K](s, r)
	pairs := coderFor[Pair[K, V]](s)
	r = PartitionBy(r, part, opts...)
	own := []Option{Named("GroupByKey"), PreservesPartitioning(), WithDeterminacy(Unordered)}
	return newChunked(r.sc, OneToOne(r), r.Partitions, func(tc *TaskContext, p Partition) iter.Seq2[[]Pair[K, []V], error] {
		return gathering(tc, anyRDD{r.node}.chunks(tc, p), pairs)
	}, childOptions(r, "", own)...)
}
