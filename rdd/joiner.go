package rdd

import (
	"errors"
	"iter"
)

// joinRule says what a join makes of a value on the left.
type joinRule[V, W, X any] struct {
	pair  func(v V, w W) X // of a match; nil: nothing
	alone func(v V) X      // of a value without a match; nil: nothing
	once  bool             // the first match will do
}

// joiner joins a partition of the right side, which it holds in a table, with one of the left side, which streams past.
// When the memory for the table is refused, both sides go to disk, spread over parts by the hashes of their keys, and the
// parts are joined one by one, spreading again by further bits if they must. A part that does not get smaller, as all of
// it has one key, is joined in pieces that fit: the left side passes by each of them (Spark sorts both sides on disk).
type joiner[K, V, W, X any] struct {
	tc    *TaskContext
	ops   keyOps[K]
	rule  joinRule[V, W, X]
	left  *elementKind[Pair[K, V]]
	right *elementKind[Pair[K, W]]
	out   *chunker[Pair[K, X]]
	depth int  // how many times this data was spread
	whole bool // spreading left it all in one part
}

// hashJoin brings equal keys of a and b into one partition and joins the partitions, in the order of a unless they had to
// go to disk.
func hashJoin[K, V, W, X any](a *RDD[Pair[K, V]], b *RDD[Pair[K, W]], name string, opts []Option, rule joinRule[V, W, X]) *RDD[Pair[K, X]] {
	p := keyPartitioner[K](newSettings(opts), a, b)
	a, b = PartitionBy(a, p), PartitionBy(b, p)
	j := joiner[K, V, W, X]{ops: keyOpsOf[K](), rule: rule, left: coderFor[Pair[K, V]](settings{}), right: coderFor[Pair[K, W]](settings{})}
	made := kindOf[Pair[K, X]]()
	return newChunked(a.sc, OneToOne(a, b), zippedPartitions(a, b), func(tc *TaskContext, p Partition) iter.Seq2[[]Pair[K, X], error] {
		left, right := anyRDD{a.node}.chunksAt(tc, p.Index()), anyRDD{b.node}.chunksAt(tc, p.Index())
		return func(yield func([]Pair[K, X], error) bool) {
			task := j
			task.tc, task.out = tc, newChunker(made, yield)
			if more, err := task.join(left, right); err != nil {
				task.out.fail(err)
			} else if more {
				task.out.flush()
			}
		}
	}, zipOptions(name, []Option{PartitionedBy(p), WithDeterminacy(Unordered)}, a, b)...)
}

// join joins two streams; false when the consumer wants no more.
func (j *joiner[K, V, W, X]) join(left, right anyChunks) (more bool, err error) {
	res := j.tc.Reserve("hash join", nil)
	defer res.Release()
	t := newMultimap[K, W](j.ops)
	var spread *blockWriter
	err = eachChunk(right, func(chunk any) (err error) {
		if spread == nil {
			if err = t.add(j.grow(t, res), j.right, chunk.([]Pair[K, W])); !j.refused(err) {
				return err
			}
			if spread, err = j.spill(t); err != nil {
				return err
			}
			res.Release()
		}
		rows := chunk.([]Pair[K, W])
		return spread.add(spreadKeys(&j.ops, j.depth, rows), rows)
	})
	if err != nil {
		return false, err
	}
	if spread != nil {
		return j.joinParts(left, spread)
	}
	t.seal()
	return j.probe(left, func(_ int64, v *Pair[K, V], hash uint64) bool { return j.emit(v, t.lookup(&v.Key, hash)) })
}

// grow is how memory for a table is asked for: waiting for other tasks pays only while there is nothing that could go to
// disk in its place.
func (j *joiner[K, V, W, X]) grow(t *multimap[K, W], res *Reservation) func(n int64) error {
	if t.n > 0 && j.left.encodable() == nil && j.right.encodable() == nil {
		return res.TryGrow
	}
	return res.Grow
}

// refused tells whether a table cannot take more, which disk can make up for.
func (j *joiner[K, V, W, X]) refused(err error) bool {
	var refused *MemoryError
	return (errors.As(err, &refused) || err == errMultimapFull) && j.left.encodable() == nil && j.right.encodable() == nil
}

// emit gives the results of a value with its matches; false when the consumer wants no more.
func (j *joiner[K, V, W, X]) emit(v *Pair[K, V], ws []W) bool {
	switch {
	case len(ws) == 0:
		return j.rule.alone == nil || j.out.add(Pair[K, X]{v.Key, j.rule.alone(v.Val)})
	case j.rule.pair == nil:
		return true
	case j.rule.once:
		ws = ws[:1]
	}
	for _, w := range ws {
		if !j.out.add(Pair[K, X]{v.Key, j.rule.pair(v.Val, w)}) {
			return false
		}
	}
	return true
}

// probe calls match for the elements of the left side, with their positions and the hashes of their keys; false when
// match wants no more.
func (j *joiner[K, V, W, X]) probe(left anyChunks, match func(at int64, v *Pair[K, V], hash uint64) bool) (more bool, err error) {
	var hashes []uint64
	at := int64(0)
	more = true
	left(func(chunk any, e error) bool {
		if err = e; err != nil {
			return false
		}
		vs := chunk.([]Pair[K, V])
		hashes = hashKeys(&j.ops, vs, hashes)
		for i := range vs {
			if more = match(at, &vs[i], hashes[i]); !more {
				return false
			}
			at++
		}
		return true
	})
	return more && err == nil, err
}

// spill begins to spread the right side, with what is in the table.
func (j *joiner[K, V, W, X]) spill(t *multimap[K, W]) (*blockWriter, error) {
	w := newBlockWriter(j.tc, "hash join", spreadParts, j.right)
	return w, t.spread(w, j.depth)
}

// spreadKeys gives the parts that the keys of a chunk belong to at a depth.
func spreadKeys[K, V any](ops *keyOps[K], depth int, chunk []Pair[K, V]) []int32 {
	to, shift := make([]int32, len(chunk)), 64-spreadBits*(depth+1)
	for i, h := range hashKeys(ops, chunk, nil) {
		to[i] = int32(h >> shift & (spreadParts - 1))
	}
	return to
}

// joinParts spreads the left side, too, and joins part by part.
func (j *joiner[K, V, W, X]) joinParts(left anyChunks, spread *blockWriter) (more bool, err error) {
	right, err := onDisk(spread)
	if err != nil {
		return false, err
	}
	defer right.drop()
	w := newBlockWriter(j.tc, "hash join", spreadParts, j.left)
	err = eachChunk(left, func(chunk any) error {
		rows := chunk.([]Pair[K, V])
		return w.add(spreadKeys(&j.ops, j.depth, rows), rows)
	})
	if err != nil {
		return false, err
	}
	lefts, err := onDisk(w)
	if err != nil {
		return false, err
	}
	defer lefts.drop()
	for part := range spreadParts {
		sub := *j
		sub.depth++
		sub.whole = holdsAll(right.sizes.Rows, part)
		if sub.whole && j.whole || sub.depth == maxSpread {
			more, err = sub.joinPieces(lefts.stream(part), right.stream(part))
		} else {
			more, err = sub.join(lefts.stream(part), right.stream(part))
		}
		if !more || err != nil {
			return false, err
		}
	}
	return true, nil
}

// onDisk ends writing and moves what is left in memory to disk.
func onDisk(w *blockWriter) (*blocks, error) {
	if err := w.flush(); err != nil {
		return nil, err
	}
	return w.seal()
}

// holdsAll tells whether one part has all the rows.
func holdsAll(rows []int64, part int) bool {
	for i, n := range rows {
		if i != part && n > 0 {
			return false
		}
	}
	return true
}

// joinPieces joins two streams, which can be read again, in pieces of the right one that fit into memory.
func (j *joiner[K, V, W, X]) joinPieces(left, right anyChunks) (more bool, err error) {
	res := j.tc.Reserve("hash join", nil)
	defer res.Release()
	matched := map[int64]uint64{} // which of the values on the left had a match, 64 to an entry
	t := newMultimap[K, W](j.ops)
	pass := func() (err error) {
		t.seal()
		more, err = j.probe(left, func(at int64, v *Pair[K, V], hash uint64) bool {
			ws, bit := t.lookup(&v.Key, hash), uint64(1)<<(at%64)
			if len(ws) == 0 || j.rule.once && matched[at/64]&bit != 0 {
				return true
			}
			if j.rule.alone != nil || j.rule.once {
				matched[at/64] |= bit
			}
			return j.emit(v, ws)
		})
		if !more && err == nil {
			err = errStopped
		}
		t = newMultimap[K, W](j.ops)
		res.Release()
		return err
	}
	err = eachChunk(right, func(chunk any) error {
		rows := chunk.([]Pair[K, W])
		err := t.add(j.grow(t, res), j.right, rows)
		if !j.refused(err) {
			return err
		}
		if t.n == 0 { // what a chunk takes is allowed in any case
			return t.add(nil, j.right, rows)
		}
		if err := pass(); err != nil {
			return err
		}
		return t.add(nil, j.right, rows)
	})
	if err == nil {
		err = pass()
	}
	if err == nil && j.rule.alone != nil {
		return j.probe(left, func(at int64, v *Pair[K, V], _ uint64) bool {
			return matched[at/64]&(1<<(at%64)) != 0 || j.emit(v, nil)
		})
	}
	if err == errStopped {
		return false, nil
	}
	return err == nil, err
}
