package rdd

import (
	"errors"
	"iter"
)

// unrolling makes a block of a partition's stream before the first element goes on, as Spark does: a consumer that
// stops early still leaves a full block. Memory is reserved step by step. Where it is refused, the level decides: with
// disk, all goes to a file and memory is given back; without, the elements so far go on and the rest streams past.
type unrolling[T any] struct {
	tc    *TaskContext
	store *blockStore
	owner *keptBlocks
	level StorageLevel
	coder *blockCoder[T]
	id    blockID
	claim *blockClaim  // released when it is decided whether there will be a block
	again *storedBlock // on disk already: it comes back to memory or stays where it is

	home     T // the element whose size is asked for: one variable on the heap instead of one per element
	values   []T
	pending  int64 // size of those values that are not encoded yet, in levels that encode
	chunks   *chunkList
	file     *diskWriter[T]
	reserved int64
	used     int64
}

// chunkElements and chunkBytes bound what is encoded as one piece.
const (
	chunkElements = 4096
	chunkBytes    = 1 << 20
)

// newUnrolling begins a block in the store of the task's executor.
func newUnrolling[T any](tc *TaskContext, sc *Context, owner *keptBlocks, level StorageLevel, k *blockCoder[T], id blockID) *unrolling[T] {
	u := &unrolling[T]{tc: tc, store: tc.executor.blocks, owner: owner, level: level, coder: k, id: id}
	if !level.Deserialized() && level.UseMemory() {
		u.chunks = &chunkList{mapped: level.UseOffHeap()}
	}
	return u
}

// run unrolls in, stores the block if it can, and streams it on.
func (u *unrolling[T]) run(in iter.Seq2[T, error], yield func(T, error) bool) {
	defer u.abandon()
	storing := true
	for v, err := range in {
		if err != nil {
			yield(v, err)
			return
		}
		if storing {
			if storing, err = u.add(v); err != nil {
				yield(*new(T), err)
				return
			}
			if storing {
				continue
			}
			if !u.passOn(yield) {
				return
			}
		}
		if !yield(v, nil) {
			return
		}
	}
	if !storing {
		return
	}
	b, ok, err := u.finish()
	switch {
	case err != nil:
		yield(*new(T), err)
	case ok:
		if !readBlock(u.tc, b, yield) {
			yield(*new(T), errBlockUnreadable) // the next attempt computes it
		}
	default:
		u.passOn(yield)
	}
}

// errBlockUnreadable fails an attempt whose block was damaged between being written and being read.
var errBlockUnreadable = errors.New("a block cannot be read that was stored a moment ago")

// add takes one more element. It is false, and the element not taken, when the block cannot be kept.
func (u *unrolling[T]) add(v T) (bool, error) {
	u.home = v
	n, _ := u.coder.kind.size(&u.home)
	if u.level.Deserialized() && u.level.UseMemory() && u.file == nil {
		if u.reserve(n) {
			u.values = append(u.values, u.coder.kind.keep(v))
			return true, nil
		}
		if !u.toDisk() {
			return false, nil
		}
		if err := u.moveToFile(); err != nil {
			return false, err
		}
	}
	if len(u.values) >= chunkElements || u.pending >= chunkBytes {
		if ok, err := u.encode(); !ok || err != nil {
			return false, err
		}
	}
	u.values = append(u.values, u.coder.kind.keep(v))
	u.pending += n
	return true, nil
}

// toDisk tells whether a block without room in memory goes to a file; one that is in a file stays there.
func (u *unrolling[T]) toDisk() bool { return u.level.UseDisk() && u.again == nil }

// encode turns the pending values into bytes, in memory or in the file.
func (u *unrolling[T]) encode() (bool, error) {
	if u.chunks != nil && u.file == nil {
		raw, err := u.coder.encode(u.values)
		if err != nil {
			return false, err
		}
		if u.reserve(int64(len(raw))) {
			if err := u.chunks.add(raw); err != nil {
				return false, err
			}
			u.clearValues()
			return true, nil
		}
		if !u.toDisk() {
			return false, nil
		}
	}
	return true, u.moveToFile()
}

// clearValues forgets the values that were encoded.
func (u *unrolling[T]) clearValues() {
	clear(u.values)
	if cap(u.values) > 2*chunkElements {
		u.values = nil
	}
	u.values, u.pending = u.values[:0], 0
}

// moveToFile writes what there is to the file, which is created when it is first needed, and gives the memory back.
func (u *unrolling[T]) moveToFile() (err error) {
	if u.file == nil {
		if u.file, err = newDiskWriter(u.store.sc, u.coder.codec); err != nil {
			return err
		}
		if u.chunks != nil {
			if err := u.file.addChunks(u.chunks); err != nil {
				return err
			}
			u.chunks.free()
			u.chunks = nil
		}
	}
	for at := 0; at < len(u.values); at += chunkElements {
		if err := u.file.add(u.values[at:min(at+chunkElements, len(u.values))]); err != nil {
			return err
		}
	}
	u.clearValues()
	u.store.release(u.reserved)
	u.reserved, u.used = 0, 0
	return nil
}

// reserve claims n more bytes, in steps that grow with the block so that small elements take no lock.
func (u *unrolling[T]) reserve(n int64) bool {
	missing := u.used + n - u.reserved
	if missing > 0 {
		step := max(missing, min(max(u.reserved/2, reserveStep), maxUnrollStep))
		if !u.store.reserve(step, u.id.rdd) {
			if step = missing; !u.store.reserve(step, u.id.rdd) {
				return false
			}
		}
		u.reserved += step
	}
	u.used += n
	return true
}

// maxUnrollStep bounds what is reserved ahead of need.
const maxUnrollStep = 16 << 20

// finish stores the block. It is false when the last values found no room.
func (u *unrolling[T]) finish() (b *storedBlock, ok bool, err error) {
	if err := u.tc.passes(hookCacheWrite); err != nil {
		return nil, false, err
	}
	if len(u.values) > 0 && (u.file != nil || !u.level.Deserialized()) {
		if ok, err := u.encode(); !ok || err != nil {
			return nil, false, err
		}
	}
	b = &storedBlock{id: u.id, level: u.level, owner: u.owner, coder: u.coder, store: u.store}
	switch {
	case u.file != nil || !u.level.UseMemory():
		if b.disk, err = u.seal(); err != nil {
			return nil, false, err
		}
	case u.chunks != nil:
		b.chunks = u.chunks
	default:
		if u.values == nil {
			u.values = []T{}
		}
		b.values = u.values
	}
	u.store.release(u.reserved - u.used) // the slack of the last step
	b.memory = u.used
	u.reserved, u.used, u.chunks, u.values = 0, 0, nil, nil
	if u.again != nil {
		return u.again.store.promote(u.again, b), true, nil
	}
	u.store.put(b)
	u.claim.release()
	u.store.sc.replicate(b)
	return b, true, nil
}

// seal ends the file; a partition without elements has made none yet.
func (u *unrolling[T]) seal() (*diskBlock, error) {
	if u.file == nil {
		if err := u.moveToFile(); err != nil {
			return nil, err
		}
	}
	d, err := u.file.seal()
	u.file = nil
	return d, err
}

// passOn gives up keeping the block and streams what was unrolled so far; its memory is held until then. It is false
// when the consumer has enough.
func (u *unrolling[T]) passOn(yield func(T, error) bool) (more bool) {
	u.claim.release()
	if u.chunks != nil && !u.coder.decodeAll(u.chunks, yield) {
		return false
	}
	for _, v := range u.values {
		if !yield(v, nil) {
			return false
		}
	}
	u.abandon()
	return true
}

// abandon gives back what was not handed over, also when the stream failed, panicked or was left.
func (u *unrolling[T]) abandon() {
	u.claim.release()
	u.store.release(u.reserved)
	u.reserved, u.used, u.values = 0, 0, nil
	if u.chunks != nil {
		u.chunks.free()
		u.chunks = nil
	}
	if u.file != nil {
		u.file.remove()
		u.file = nil
	}
}
