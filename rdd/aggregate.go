package rdd

import (
	"iter"
	"reflect"
	"slices"
)

// aggregation combines values by key in bounded memory: in one table while the budget lasts. Refused, it writes the
// table's entries to a file, spread over buckets by their hashes, and begins anew; in the end each bucket, whose keys
// are in no other, is combined on its own, spreading again by further bits of the hash if it must.
type aggregation[K comparable, C any] struct {
	tc    *TaskContext
	ops   keyOps[K]
	join  func(a, b C) C
	codec Codec[Pair[K, C]] // nil: cannot spill
	kind  elementKind[Pair[K, C]]
	grows bool // a combined value grows with what is merged into it
	depth int  // how many times this data was spread

	home  Pair[K, C] // the entry whose size is asked for
	table *table[K, C]
	res   *Reservation
	file  *blockFile
}

// Each spill spreads over 16 buckets, by four bits of the hash; after 15 times there are none left.
const (
	spreadBits  = 4
	spreadParts = 1 << spreadBits
	maxSpread   = 64/spreadBits - 1
)

// newAggregation begins an empty aggregation; join combines a value with a later one of the same key.
func newAggregation[K comparable, C any](tc *TaskContext, join func(a, b C) C, codec Codec[Pair[K, C]]) *aggregation[K, C] {
	a := &aggregation[K, C]{tc: tc, ops: keyOpsOf[K](), join: join, codec: codec, kind: kindOf[Pair[K, C]]()}
	k := reflect.TypeFor[C]().Kind()
	a.grows = k == reflect.Slice || k == reflect.Map
	a.open()
	return a
}

// open makes the table and its claim on memory.
func (a *aggregation[K, C]) open() {
	a.table = newTable[K, C](a.ops)
	a.res = a.tc.Reserve("combine by key", a.spill)
}

// added books an entry that was made for k, or size more bytes merged into an old one. When the memory for it is
// refused the whole table goes to the file.
func (a *aggregation[K, C]) added(k K, c *C, fresh bool, size int64) error {
	if fresh {
		a.home = Pair[K, C]{k, *c}
		n, _ := a.kind.size(&a.home)
		return a.res.Grow(n + tableOverhead)
	}
	if a.grows {
		return a.res.Grow(size)
	}
	return nil
}

// put adds a combined value.
func (a *aggregation[K, C]) put(k K, v C) error {
	c, fresh := a.table.find(k)
	if fresh {
		*c = v
	} else {
		*c = a.join(*c, v)
	}
	size := int64(0)
	if a.grows {
		a.home = Pair[K, C]{k, v}
		size, _ = a.kind.size(&a.home)
	}
	return a.added(k, c, fresh, size)
}

// minAggregationSpill is the least number of bytes worth a spill; it is small, so that little memory means slow and not
// impossible.
const minAggregationSpill = 4 << 10

// spill is called from some Grow of the task, when no entry is being changed.
func (a *aggregation[K, C]) spill(int64) (freed int64, err error) {
	if a.codec == nil || a.depth >= maxSpread || a.res.Used() < minAggregationSpill {
		return 0, nil
	}
	if a.file == nil {
		if a.file, err = newBlockFile(&a.tc.job.sc.spill); err != nil {
			return 0, err
		}
	}
	if err := a.flush(); err != nil {
		return 0, err
	}
	freed = a.res.Used()
	a.tc.metrics.SpillMemoryBytes += freed
	a.res.Shrink(freed)
	return freed, nil
}

// flush writes the table to the file and empties it.
func (a *aggregation[K, C]) flush() error {
	buckets := make([][]Pair[K, C], spreadParts)
	shift := 64 - spreadBits*(a.depth+1)
	for i := range a.table.entries {
		e := &a.table.entries[i]
		b := a.ops.hash(&e.Key) >> shift & (spreadParts - 1)
		buckets[b] = append(buckets[b], *e)
	}
	before := a.file.size()
	for b, entries := range buckets {
		if len(entries) == 0 {
			continue
		}
		if err := appendBlock(a.file, b, entries, a.codec); err != nil {
			return err
		}
	}
	a.tc.metrics.SpillBytes += a.file.size() - before
	a.table.reset()
	return nil
}

// emit gives one pair per key; false when the stream is over.
func (a *aggregation[K, C]) emit(yield func([]Pair[K, C], error) bool) bool {
	if a.file == nil {
		a.res.spill = nil // entries on their way out cannot be taken back
		for chunk := range slices.Chunk(a.table.entries, maxChunk) {
			if !yield(chunk, nil) {
				return false
			}
		}
		return true
	}
	if err := a.sealed(); err != nil {
		yield(nil, err)
		return false
	}
	for b := range spreadParts {
		if !a.emitBucket(b, yield) {
			return false
		}
	}
	return true
}

// sealed writes what is left in memory and closes the file.
func (a *aggregation[K, C]) sealed() error {
	if err := a.flush(); err != nil {
		return err
	}
	a.table = nil
	a.res.Release()
	a.res.spill = nil
	return a.file.seal()
}

// emitBucket combines one bucket on its own.
func (a *aggregation[K, C]) emitBucket(b int, yield func([]Pair[K, C], error) bool) bool {
	sub := &aggregation[K, C]{tc: a.tc, ops: a.ops, join: a.join, codec: a.codec, kind: a.kind, grows: a.grows, depth: a.depth + 1}
	sub.open()
	defer sub.close()
	for kv, err := range readFile(a.file, b, a.codec) {
		if err == nil {
			err = sub.put(kv.Key, kv.Val)
		}
		if err != nil {
			yield(nil, err)
			return false
		}
	}
	return sub.emit(yield)
}

// close gives memory and file back. Nothing is left to spill from now on, whoever asks.
func (a *aggregation[K, C]) close() {
	a.res.Release()
	a.res.spill = nil
	if a.file != nil {
		a.file.remove()
	}
}

// feeder feeds values into an aggregation, chunk by chunk.
type feeder[K comparable, V, C any] struct {
	*aggregation[K, C]
	Combiner[V, C]
	value  elementKind[V]
	home   *V // for the size of a value
	hashes []uint64
}

// newFeeder begins an empty aggregation that is fed with values.
func newFeeder[K comparable, V, C any](tc *TaskContext, c Combiner[V, C], codec Codec[Pair[K, C]]) *feeder[K, V, C] {
	return &feeder[K, V, C]{aggregation: newAggregation(tc, c.Join, codec), Combiner: c, value: kindOf[V](), home: new(V)}
}

// feed adds the values of a chunk and books what they take. The error may be a *MemoryError; the chunk is in the table
// all the same.
func (f *feeder[K, V, C]) feed(chunk []Pair[K, V]) error {
	t := f.table
	f.hashes = hashKeys(&f.ops, chunk, f.hashes)
	t.warm(f.hashes)
	had, size := len(t.entries), int64(0)
	for i := range chunk {
		v := f.value.keep(chunk[i].Val)
		if c, fresh := t.findHashed(&chunk[i].Key, f.hashes[i]); fresh {
			*c = f.Create(v)
		} else {
			*c = f.Merge(*c, v)
			if f.grows {
				*f.home = v
				n, _ := f.value.size(f.home)
				size += n
			}
		}
	}
	return f.res.Grow(size + f.sizeFrom(had))
}

// sizeFrom is the size of the entries from one on.
func (a *aggregation[K, C]) sizeFrom(first int) (size int64) {
	fresh := a.table.entries[first:]
	if a.kind.fixed > 0 {
		return int64(len(fresh)) * (a.kind.fixed + tableOverhead)
	}
	for i := range fresh {
		n, _ := a.kind.size(&fresh[i])
		size += n + tableOverhead
	}
	return size
}

// combined makes one pair per key of a partition: in the order in which keys were first seen, unless it had to spill.
func combined[K comparable, V, C any](r *RDD[Pair[K, V]], c Combiner[V, C], codec Codec[Pair[K, C]], opts []Option) *RDD[Pair[K, C]] {
	return newChunked(r.sc, OneToOne(r), r.Partitions, func(tc *TaskContext, p Partition) iter.Seq2[[]Pair[K, C], error] {
		return func(yield func([]Pair[K, C], error) bool) {
			f := newFeeder(tc, c, codec)
			defer f.close()
			for chunk, err := range r.iterateChunks(tc, p) {
				if err == nil {
					err = f.feed(chunk)
				}
				if err != nil {
					yield(nil, err)
					return
				}
			}
			f.emit(yield)
		}
	}, childOptions(r, "", opts)...)
}
