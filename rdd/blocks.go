package rdd

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// blocks holds elements sorted into buckets (the reducers of a shuffle, or the one bucket of a result): in memory by
// reference, in files, or first in a file and the last ones in memory. What it holds never changes once written; under
// memory pressure it can move from memory to a file, once.
type blocks struct {
	where   atomic.Pointer[blockPlace]
	coder   chunkType
	sizes   MapStatus
	volume  []int64 // bytes by bucket as the writer left them, in memory or in files: what a reader is said to have read
	at      *executor
	holding *holding
}

// blockPlace is where the elements are: those of files come first.
type blockPlace struct {
	mem   any // buckets; nil when all is in files
	files diskBlocks
}

// holding is what blocks must give back: memory and files. It is apart from blocks so that a cleanup can hold it.
type holding struct {
	reserve *Reservation

	mu    sync.Mutex
	files diskBlocks
	gone  bool
}

// attach leaves files to be dropped with the rest; when that has happened already they are removed at once.
func (h *holding) attach(files diskBlocks) (kept bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.gone {
		files.remove()
		return false
	}
	h.files = files
	return true
}

// drop gives back what is held, once; it is called by Release, by the garbage collector's cleanup and by failed
// attempts.
func (h *holding) drop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.gone {
		return
	}
	h.gone = true
	h.reserve.Release()
	if h.files != nil {
		h.files.remove()
	}
}

func (b *blocks) status() MapStatus { return b.sizes }
func (b *blocks) place() *executor  { return b.at }
func (b *blocks) drop()             { b.holding.drop() }

// read streams a bucket in the order in which it was written; false when the consumer has enough, or after an error. The
// time that reading files takes is added to waited, which may be nil.
func (b *blocks) read(bucket int, waited *time.Duration, yield func(any, error) bool) (more bool) {
	at := b.where.Load()
	if at.files != nil {
		for chunk, err := range readBucket(at.files, bucket, b.coder, waited) {
			if !yield(chunk, err) || err != nil {
				return false
			}
		}
	}
	if at.mem == nil {
		return true
	}
	for part := range b.coder.parts(at.mem, bucket) {
		if !inParts(b.coder, part, yield) {
			return false
		}
	}
	return true
}

// stream is read as a stream.
func (b *blocks) stream(bucket int) anyChunks {
	return func(yield func(any, error) bool) { b.read(bucket, nil, yield) }
}

// verify reads what is in files.
func (b *blocks) verify() error {
	at := b.where.Load()
	if at.files == nil {
		return nil
	}
	return verifyBlocks(at.files, len(b.volume))
}

// moveOut writes what is in memory to files and lets go of the memory; freed is 0 when there is nothing to move, or
// when it cannot be written: then it stays. Readers under way go on with what they have.
func (b *blocks) moveOut(folder *spillFolder) (freed int64) {
	at := b.where.Load()
	if b.coder.encodable() != nil || at.mem == nil || at.files != nil {
		return 0
	}
	f, err := newShuffleFile(folder)
	if err != nil {
		return 0
	}
	for bucket := 0; bucket < len(b.volume) && err == nil; bucket++ {
		err = appendParts(f, bucket, at.mem, b.coder)
	}
	if err == nil {
		err = f.seal()
	}
	if err != nil {
		f.remove()
		return 0
	}
	if !b.holding.attach(f) {
		return 0
	}
	b.where.Store(&blockPlace{files: f})
	freed = b.holding.reserve.Used()
	b.holding.reserve.Release()
	return freed
}

// blockWriter fills blocks. While the budget grants memory elements stay as they are; when it refuses, all that is
// buffered goes to the file, bucket by bucket, and buffering begins anew. With a layout everything goes there.
type blockWriter struct {
	tc       *TaskContext
	coder    chunkType
	layout   fileLayout
	mem      any   // buckets
	buffered int64 // bytes in mem
	file     *blockFile
	holding  *holding
	sizes    MapStatus
	failAt   int64 // elements until an injected fault; never when negative
	raw      []byte
}

// minSpill is what a writer may buffer without a reservation, so that a refused budget does not write tiny blocks.
const minSpill = 1 << 20

// newBlockWriter opens a writer for a task. Whatever ends the attempt with an error, what was written is dropped.
func newBlockWriter(tc *TaskContext, owner string, buckets int, coder chunkType) *blockWriter {
	h := &holding{reserve: tc.job.sc.Reserve(owner)}
	tc.OnComplete(func(err error) {
		if err != nil { // also when a fault befalls an attempt that had finished writing
			h.drop()
		}
	})
	return &blockWriter{tc: tc, coder: coder, mem: coder.newBuckets(buckets), holding: h, failAt: tc.faults().midway(),
		sizes: MapStatus{Bytes: make([]int64, buckets), Rows: make([]int64, buckets), Executor: tc.executor.id}}
}

// add puts the elements of a chunk, which were only lent, each into the bucket at its position.
func (w *blockWriter) add(buckets []int32, chunk any) error {
	if w.coder.lent() {
		chunk = w.coder.keepChunk(nil, chunk)
	}
	return w.put(buckets, chunk)
}

// put is add for elements that may be kept.
func (w *blockWriter) put(buckets []int32, chunk any) error {
	n := int64(len(buckets))
	if w.failAt >= 0 && w.failAt < n {
		return errInjected
	}
	w.failAt -= n
	size := w.coder.bytes(chunk)
	if w.layout != nil {
		return w.encode(buckets, chunk, size)
	}
	if err := w.holding.reserve.Grow(size); err != nil {
		if err := w.refused(err); err != nil {
			return err
		}
	}
	w.coder.scatter(w.mem, buckets, chunk, &w.sizes)
	w.buffered += size
	return nil
}

// refused answers a refusal by writing to the file, once enough is buffered to be worth it.
func (w *blockWriter) refused(cause error) error {
	if err := w.coder.encodable(); err != nil {
		return fmt.Errorf("%w; it cannot go to disk: %w", cause, err)
	}
	if w.buffered < minSpill {
		return nil
	}
	return w.flush()
}

// flush moves all that is buffered to the file.
func (w *blockWriter) flush() (err error) {
	if w.buffered == 0 {
		return nil
	}
	if w.file == nil {
		if w.file, err = newShuffleFile(&w.tc.job.sc.spill); err != nil {
			return err
		}
		w.holding.attach(w.file)
		w.tc.metrics.ShuffleFiles += 2
	}
	before := w.file.size()
	for bucket := range w.sizes.Bytes {
		if err := appendParts(w.file, bucket, w.mem, w.coder); err != nil {
			return err
		}
		w.coder.clearBucket(w.mem, bucket)
	}
	w.tc.metrics.SpillBytes += w.file.size() - before
	w.tc.metrics.SpillMemoryBytes += w.buffered
	w.buffered = 0
	w.holding.reserve.Release()
	return nil
}

// finish seals the output of a map task and counts it.
func (w *blockWriter) finish() (mapOutput, error) {
	b, err := w.seal()
	if err != nil {
		return nil, err
	}
	for i, n := range b.volume {
		w.tc.metrics.ShuffleWriteBytes += n
		w.tc.metrics.ShuffleWriteRows += b.sizes.Rows[i]
	}
	return b, nil
}

// seal ends writing.
func (w *blockWriter) seal() (*blocks, error) {
	b := &blocks{coder: w.coder, sizes: w.sizes, volume: w.sizes.Bytes, at: w.tc.executor, holding: w.holding}
	at := &blockPlace{mem: w.mem}
	switch {
	case w.layout != nil:
		if err := w.encodeAll(); err != nil {
			return nil, err
		}
		files, volume, err := w.layout.finish()
		if err != nil {
			return nil, err
		}
		w.holding.attach(files)
		at, b.volume = &blockPlace{files: files}, volume
	case w.file != nil:
		if err := w.flush(); err != nil {
			return nil, err
		}
		if err := w.file.seal(); err != nil {
			return nil, err
		}
		at = &blockPlace{files: w.file}
	}
	b.where.Store(at)
	if at.mem != nil && b.coder.encodable() == nil {
		w.tc.job.sc.movable.add(b)
	}
	w.mem, w.layout, w.raw = nil, nil, nil
	// Should the lineage be forgotten without a Release, memory and files are given back with it (Spark's
	// ContextCleaner).
	runtime.AddCleanup(b, (*holding).drop, w.holding)
	return b, nil
}
