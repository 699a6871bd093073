package rdd

import (
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// blocks holds elements sorted into buckets (the reducers of a shuffle, or the one bucket of a result): in memory by
// reference, in files, or first in a file and the last ones in memory. What it holds never changes once written; under
// memory pressure it can move from memory to a file, once.
type blocks[T any] struct {
	where   atomic.Pointer[blockPlace[T]]
	codec   Codec[T]
	sizes   MapStatus
	volume  []int64 // bytes by bucket as the writer left them, in memory or in files: what a reader is said to have read
	at      *executor
	holding *holding
}

// blockPlace is where the elements are: those of files come first.
type blockPlace[T any] struct {
	mem   [][]T // by bucket; nil when all is in files
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

func (b *blocks[T]) status() MapStatus { return b.sizes }
func (b *blocks[T]) place() *executor  { return b.at }
func (b *blocks[T]) drop()             { b.holding.drop() }

// read streams a bucket in the order in which it was written.
func (b *blocks[T]) read(bucket int) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		at := b.where.Load()
		if at.files != nil {
			kind := kindOf[T]()
			for chunk, err := range gathered(readFile(at.files, bucket, b.codec), &kind) {
				if !yield(chunk, err) || err != nil {
					return
				}
			}
		}
		if at.mem == nil {
			return
		}
		for chunk := range slices.Chunk(at.mem[bucket], maxChunk) {
			if !yield(chunk, nil) {
				return
			}
		}
	}
}

// verify reads what is in files.
func (b *blocks[T]) verify() error {
	at := b.where.Load()
	if at.files == nil {
		return nil
	}
	return verifyBlocks(at.files, len(b.volume))
}

// moveOut writes what is in memory to files and lets go of the memory; freed is 0 when there is nothing to move, or
// when it cannot be written: then it stays. Readers under way go on with what they have.
func (b *blocks[T]) moveOut(folder *spillFolder) (freed int64) {
	at := b.where.Load()
	if b.codec == nil || at.mem == nil || at.files != nil {
		return 0
	}
	f, err := newShuffleFile(folder)
	if err != nil {
		return 0
	}
	for bucket, vs := range at.mem {
		if err := appendBlock(f, bucket, vs, b.codec); err != nil {
			f.remove()
			return 0
		}
	}
	if err := f.seal(); err != nil {
		f.remove()
		return 0
	}
	if !b.holding.attach(f) {
		return 0
	}
	b.where.Store(&blockPlace[T]{files: f})
	freed = b.holding.reserve.Used()
	b.holding.reserve.Release()
	return freed
}

// blockWriter fills blocks. While the budget grants memory elements stay as they are; when it refuses, all that is
// buffered goes to the file, bucket by bucket, and buffering begins anew. With a layout everything goes there.
type blockWriter[T any] struct {
	tc       *TaskContext
	kind     *elementKind[T]
	codec    Codec[T]
	layout   fileLayout
	elements elementAppender[T] // of codec, for a layout
	mem      [][]T
	buffered int64 // bytes in mem
	file     *blockFile
	holding  *holding
	sizes    MapStatus
	home     T     // the element whose size is asked for
	failAt   int64 // elements until an injected fault; never when negative
	raw      []byte
}

// minSpill is what a writer may buffer without a reservation, so that a refused budget does not write tiny blocks.
const minSpill = 1 << 20

// newBlockWriter opens a writer for a task. Whatever ends the attempt with an error, what was written is dropped.
func newBlockWriter[T any](tc *TaskContext, owner string, buckets int, kind *elementKind[T], codec Codec[T]) *blockWriter[T] {
	h := &holding{reserve: tc.job.sc.Reserve(owner)}
	tc.OnComplete(func(err error) {
		if err != nil { // also when a fault befalls an attempt that had finished writing
			h.drop()
		}
	})
	return &blockWriter[T]{
		tc: tc, kind: kind, codec: codec, holding: h,
		failAt: tc.faults().midway(),
		mem:    make([][]T, buckets),
		sizes:  MapStatus{Bytes: make([]int64, buckets), Rows: make([]int64, buckets), Executor: tc.executor.id},
	}
}

// add puts an element that was only lent into a bucket.
func (w *blockWriter[T]) add(bucket int, v T) error { return w.put(bucket, w.kind.keep(v)) }

// put is add for an element that may be kept.
func (w *blockWriter[T]) put(bucket int, v T) error {
	if w.failAt--; w.failAt == -1 {
		return errInjected
	}
	w.home = v
	n, rows := w.kind.size(&w.home)
	w.sizes.Bytes[bucket] += n
	w.sizes.Rows[bucket] += rows
	if w.layout != nil {
		return w.encode(bucket, v, n)
	}
	if err := w.holding.reserve.Grow(n); err != nil {
		if err := w.refused(err); err != nil {
			return err
		}
	}
	w.mem[bucket] = append(w.mem[bucket], v)
	w.buffered += n
	return nil
}

// addAll puts the elements of a chunk, which were only lent, each into the bucket at its position.
func (w *blockWriter[T]) addAll(buckets []int32, chunk []T) error {
	if w.kind.retain != nil {
		chunk = w.kind.keepAll(nil, chunk)
	}
	return w.putAll(buckets, chunk)
}

// putAll is addAll for elements that may be kept.
func (w *blockWriter[T]) putAll(buckets []int32, chunk []T) error {
	if w.layout != nil {
		for i, b := range buckets {
			if err := w.put(int(b), chunk[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if w.failAt >= 0 && w.failAt < int64(len(chunk)) {
		return errInjected
	}
	w.failAt -= int64(len(chunk))
	if w.kind.fixed == 0 {
		return w.putSized(buckets, chunk)
	}
	n := w.kind.fixed * int64(len(chunk))
	if err := w.holding.reserve.Grow(n); err != nil {
		if err := w.refused(err); err != nil {
			return err
		}
	}
	w.buffered += n
	for i, b := range buckets {
		w.mem[b] = appendDoubling(w.mem[b], chunk[i])
		w.sizes.Bytes[b] += w.kind.fixed
		w.sizes.Rows[b]++
	}
	return nil
}

// putSized is putAll for elements that must be asked for their size.
func (w *blockWriter[T]) putSized(buckets []int32, chunk []T) error {
	total := int64(0)
	for i, b := range buckets {
		n, rows := w.kind.size(&chunk[i])
		total += n
		w.mem[b] = appendDoubling(w.mem[b], chunk[i])
		w.sizes.Bytes[b] += n
		w.sizes.Rows[b] += rows
	}
	w.buffered += total
	if err := w.holding.reserve.Grow(total); err != nil {
		return w.refused(err)
	}
	return nil
}

// appendDoubling is append that doubles large slices, too, where Go's adds a quarter and copies more often.
func appendDoubling[T any](s []T, v T) []T {
	if len(s) == cap(s) {
		s = append(make([]T, 0, max(2*cap(s), 16)), s...)
	}
	return append(s, v)
}

// refused answers a refusal by writing to the file, once enough is buffered to be worth it.
func (w *blockWriter[T]) refused(cause error) error {
	if w.codec == nil {
		if _, err := CodecOf[T](); err != nil {
			return fmt.Errorf("%w; it cannot go to disk: %w", cause, err)
		}
		return fmt.Errorf("%w; it cannot go to disk without a codec (Encoding)", cause)
	}
	if w.buffered < minSpill {
		return nil
	}
	return w.flush()
}

// flush moves all that is buffered to the file.
func (w *blockWriter[T]) flush() (err error) {
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
	for bucket, vs := range w.mem {
		if len(vs) == 0 {
			continue
		}
		if err := appendBlock(w.file, bucket, vs, w.codec); err != nil {
			return err
		}
		clear(vs)
		w.mem[bucket] = vs[:0]
	}
	w.tc.metrics.SpillBytes += w.file.size() - before
	w.tc.metrics.SpillMemoryBytes += w.buffered
	w.buffered = 0
	w.holding.reserve.Release()
	return nil
}

// finish seals the output of a map task and counts it.
func (w *blockWriter[T]) finish() (mapOutput, error) {
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
func (w *blockWriter[T]) seal() (*blocks[T], error) {
	b := &blocks[T]{codec: w.codec, sizes: w.sizes, volume: w.sizes.Bytes, at: w.tc.executor, holding: w.holding}
	at := &blockPlace[T]{mem: w.mem}
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
		at, b.volume = &blockPlace[T]{files: files}, volume
	case w.file != nil:
		if err := w.flush(); err != nil {
			return nil, err
		}
		if err := w.file.seal(); err != nil {
			return nil, err
		}
		at = &blockPlace[T]{files: w.file}
	}
	b.where.Store(at)
	if at.mem != nil && b.codec != nil {
		w.tc.job.sc.movable.add(b)
	}
	w.mem, w.layout, w.raw = nil, nil, nil
	// Should the lineage be forgotten without a Release, memory and files are given back with it (Spark's
	// ContextCleaner).
	runtime.AddCleanup(b, (*holding).drop, w.holding)
	return b, nil
}
