package rdd

import "errors"

// unrolling makes a block of a partition's stream before the first chunk goes on, as Spark does: a consumer that stops
// early still leaves a full block. Memory is reserved step by step. Where it is refused, the level decides: with disk,
// all goes to a file and memory is given back; without, the chunks so far go on and the rest streams past.
type unrolling struct {
	tc    *TaskContext
	store *blockStore
	owner *keptBlocks
	level StorageLevel
	coder chunkType
	id    blockID
	claim *blockClaim  // released when it is decided whether there will be a block
	again *storedBlock // on disk already: it comes back to memory or stays where it is

	values   any   // a slice; nil when there are none
	count    int   // of values
	pending  int64 // size of those values that are not encoded yet, in levels that encode
	chunks   *chunkList
	file     *diskWriter
	reserved int64
	used     int64
}

// chunkElements and chunkBytes say how much is encoded as one piece.
const (
	chunkElements = 4096
	chunkBytes    = 1 << 20
)

// newUnrolling begins a block in the store of the task's executor.
func newUnrolling(tc *TaskContext, owner *keptBlocks, level StorageLevel, coder chunkType, id blockID) *unrolling {
	u := &unrolling{tc: tc, store: tc.executor.blocks, owner: owner, level: level, coder: coder, id: id}
	if !level.Deserialized() && level.UseMemory() {
		u.chunks = &chunkList{mapped: level.UseOffHeap()}
	}
	return u
}

// run unrolls in, stores the block if it can, and streams it on.
func (u *unrolling) run(in anyChunks, yield func(any, error) bool) {
	defer u.abandon()
	storing := true
	for chunk, err := range in {
		if err != nil {
			yield(nil, err)
			return
		}
		if storing {
			if storing, err = u.add(chunk); err != nil {
				yield(nil, err)
				return
			}
			if storing {
				continue
			}
			if !u.passOn(yield) {
				return
			}
		}
		if !yield(chunk, nil) {
			return
		}
	}
	if !storing {
		return
	}
	b, ok, err := u.finish()
	switch {
	case err != nil:
		yield(nil, err)
	case ok:
		if !b.read(u.tc, yield) {
			yield(nil, errBlockUnreadable) // the next attempt computes it
		}
	default:
		u.passOn(yield)
	}
}

// errBlockUnreadable fails an attempt whose block was damaged between being written and being read.
var errBlockUnreadable = errors.New("a block cannot be read that was stored a moment ago")

// add takes one more chunk. It is false, and the chunk not taken, when the block cannot be kept.
func (u *unrolling) add(chunk any) (bool, error) {
	n := u.coder.bytes(chunk)
	if u.level.Deserialized() && u.level.UseMemory() && u.file == nil {
		if u.reserve(n) {
			u.take(chunk)
			return true, nil
		}
		if !u.toDisk() {
			return false, nil
		}
		if err := u.moveToFile(); err != nil {
			return false, err
		}
	}
	if u.count >= chunkElements || u.pending >= chunkBytes {
		if ok, err := u.encode(); !ok || err != nil {
			return false, err
		}
	}
	u.take(chunk)
	u.pending += n
	return true, nil
}

// take keeps the elements of a chunk.
func (u *unrolling) take(chunk any) {
	u.values = u.coder.keepChunk(u.values, chunk)
	u.count += u.coder.length(chunk)
}

// toDisk tells whether a block without room in memory goes to a file; one that is in a file stays there.
func (u *unrolling) toDisk() bool { return u.level.UseDisk() && u.again == nil }

// encode turns the pending values into bytes, in memory or in the file.
func (u *unrolling) encode() (bool, error) {
	if u.chunks != nil && u.file == nil {
		raw, err := u.coder.encode(nil, u.values)
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
func (u *unrolling) clearValues() {
	if u.count > 0 {
		u.values = u.coder.reuse(u.values)
	}
	u.count, u.pending = 0, 0
}

// moveToFile writes what there is to the file, which is created when it is first needed, and gives the memory back.
func (u *unrolling) moveToFile() (err error) {
	if u.file == nil {
		if u.file, err = newDiskWriter(u.store.sc, u.coder); err != nil {
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
	if u.count > 0 {
		if err := u.file.add(u.values); err != nil {
			return err
		}
	}
	u.clearValues()
	u.store.release(u.reserved)
	u.reserved, u.used = 0, 0
	return nil
}

// reserve claims n more bytes, in steps that grow with the block so that small chunks take no lock.
func (u *unrolling) reserve(n int64) bool {
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
func (u *unrolling) finish() (b *storedBlock, ok bool, err error) {
	if err := u.tc.passes(hookCacheWrite); err != nil {
		return nil, false, err
	}
	if u.count > 0 && (u.file != nil || !u.level.Deserialized()) {
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
	case u.count == 0:
		b.values = u.coder.join(nil)
	default:
		b.values = u.values
	}
	u.store.release(u.reserved - u.used) // the slack of the last step
	b.memory = u.used
	u.reserved, u.used, u.chunks, u.values, u.count = 0, 0, nil, nil, 0
	if u.again != nil {
		return u.again.store.promote(u.again, b), true, nil
	}
	u.store.put(b)
	u.claim.release()
	u.store.sc.replicate(b)
	return b, true, nil
}

// seal ends the file; a partition without elements has made none yet.
func (u *unrolling) seal() (*diskBlock, error) {
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
func (u *unrolling) passOn(yield func(any, error) bool) (more bool) {
	u.claim.release()
	if u.chunks != nil && !u.chunks.decodeAll(u.coder, yield) {
		return false
	}
	if u.count > 0 && !inParts(u.coder, u.values, yield) {
		return false
	}
	u.abandon()
	return true
}

// abandon gives back what was not handed over, also when the stream failed, panicked or was left.
func (u *unrolling) abandon() {
	u.claim.release()
	u.store.release(u.reserved)
	u.reserved, u.used, u.values, u.count = 0, 0, nil, 0
	if u.chunks != nil {
		u.chunks.free()
		u.chunks = nil
	}
	if u.file != nil {
		u.file.remove()
		u.file = nil
	}
}
