package rdd

import (
	"iter"
	"reflect"
	"slices"
)

// aggregation combines values by key in bounded memory: in one table while the budget lasts. Refused, it writes the
// table's entries to a file, spread over buckets by their hashes, and begins anew; in the end each bucket, whose keys
// are in no other, is combined on its own, spreading again by further bits of the hash if it must.
type aggregation[K, C any] struct {
	tc    *TaskContext
	ops   keyOps[K]
	join  func(a, b C) C
	coder *elementKind[Pair[K, C]]
	grows bool // a combined value grows with what is merged into it
	brisk bool // the owner empties the table when refused, so that waiting for memory does not pay
	depth int  // how many times this data was spread

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
func newAggregation[K, C any](tc *TaskContext, join func(a, b C) C, coder *elementKind[Pair[K, C]]) *aggregation[K, C] {
	a := &aggregation[K, C]{tc: tc, ops: keyOpsOf[K](), join: join, coder: coder}
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

// minAggregationSpill is the least number of bytes worth a spill; it is small, so that little memory means slow and not
// impossible.
const minAggregationSpill = 4 << 10

// spill is called from some Grow of the task, when no entry is being changed.
func (a *aggregation[K, C]) spill(int64) (freed int64, err error) {
	if !a.spills() || a.res.Used() < minAggregationSpill {
		return 0, nil
	}
	if err := a.flush(); err != nil {
		return 0, err
	}
	freed = a.res.Used()
	a.tc.metrics.SpillMemoryBytes += freed
	a.res.Shrink(freed)
	return freed, nil
}

// spills tells whether the table can go to a file.
func (a *aggregation[K, C]) spills() bool { return a.coder.codec != nil && a.depth < maxSpread }

// flush writes the table to the file and empties it.
func (a *aggregation[K, C]) flush() error {
	err := a.write(a.table.entries)
	a.table.reset()
	return err
}

// write spreads entries over the buckets of the file.
func (a *aggregation[K, C]) write(entries []Pair[K, C]) (err error) {
	if a.file == nil {
		if a.file, err = newBlockFile(&a.tc.job.sc.spill); err != nil {
			return err
		}
	}
	buckets := make([][]Pair[K, C], spreadParts)
	shift := 64 - spreadBits*(a.depth+1)
	for i := range entries {
		e := &entries[i]
		b := a.ops.hash(&e.Key) >> shift & (spreadParts - 1)
		buckets[b] = append(buckets[b], *e)
	}
	before := a.file.size()
	for b, entries := range buckets {
		if len(entries) == 0 {
			continue
		}
		if err := appendBlock(a.file, b, entries, a.coder); err != nil {
			return err
		}
	}
	a.tc.metrics.SpillBytes += a.file.size() - before
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
	joins := Combiner[C, C]{Create: func(v C) C { return v }, Merge: a.join, Join: a.join}
	sub := newFeeder[K](a.tc, joins, a.coder)
	sub.depth, sub.grows = a.depth+1, a.grows
	defer sub.close()
	for chunk, err := range typed[Pair[K, C]](readBucket(a.file, b, a.coder, nil)) {
		if err == nil {
			err = sub.feed(chunk)
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
type feeder[K, V, C any] struct {
	*aggregation[K, C]
	Combiner[V, C]
	value  *elementKind[V]
	home   *V // for the size of a value
	hashes []uint64
}

// newFeeder begins an empty aggregation that is fed with values.
func newFeeder[K, V, C any](tc *TaskContext, c Combiner[V, C], coder *elementKind[Pair[K, C]]) *feeder[K, V, C] {
	return &feeder[K, V, C]{aggregation: newAggregation(tc, c.Join, coder), Combiner: c, value: kindOf[V](), home: new(V)}
}

// feed adds the values of a chunk and books what they take; refused, it writes the table out. Where that cannot be the
// error is a *MemoryError, and the chunk is in the table all the same.
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
	return f.book(size + f.sizeFrom(had))
}

// book claims n bytes for what was added to the table; refused, it writes the table out.
func (a *aggregation[K, C]) book(n int64) error {
	grow := a.res.Grow
	if a.brisk {
		grow = a.res.TryGrow
	}
	err := grow(n)
	if _, refused := err.(*MemoryError); refused && a.spills() {
		err = a.flush()
		a.res.Release()
	}
	return err
}

// sizeFrom is the size of the entries from one on.
func (a *aggregation[K, C]) sizeFrom(first int) (size int64) {
	fresh := a.table.entries[first:]
	if a.coder.fixed > 0 {
		return int64(len(fresh)) * (a.coder.fixed + tableOverhead)
	}
	for i := range fresh {
		n, _ := a.coder.size(&fresh[i])
		size += n + tableOverhead
	}
	return size
}

// combined makes one pair per key of a partition: in the order in which keys were first seen, unless it had to spill.
func combined[K, V, C any](tc *TaskContext, in iter.Seq2[[]Pair[K, V], error], c Combiner[V, C], coder *elementKind[Pair[K, C]]) iter.Seq2[[]Pair[K, C], error] {
	return func(yield func([]Pair[K, C], error) bool) {
		f := newFeeder(tc, c, coder)
		defer f.close()
		for chunk, err := range in {
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
}
