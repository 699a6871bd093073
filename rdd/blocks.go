package rdd

import (
	"iter"
	"runtime"
	"sync"
)

// blocks holds elements sorted into buckets (the reducers of a shuffle, or the one bucket of a result): in memory by
// reference, in a file, or first in the file and the last ones in memory. It is immutable once written.
type blocks[T any] struct {
	mem     [][]T // by bucket; nil when all is in the file
	file    *blockFile
	codec   Codec[T]
	sizes   MapStatus
	at      *executor
	holding *holding
}

// holding is what blocks must give back: memory and a file. It is apart from blocks so that a cleanup can hold it.
type holding struct {
	once    sync.Once
	reserve *Reservation
	file    *blockFile
}

// drop gives back what is held, once; it is called by Release, by the garbage collector's cleanup and by failed
// attempts.
func (h *holding) drop() {
	h.once.Do(func() {
		h.reserve.Release()
		if h.file != nil {
			h.file.remove()
		}
	})
}

func (b *blocks[T]) status() MapStatus { return b.sizes }
func (b *blocks[T]) place() *executor  { return b.at }
func (b *blocks[T]) drop()             { b.holding.drop() }

// read streams a bucket in the order in which it was written.
func (b *blocks[T]) read(bucket int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if b.file != nil {
			for v, err := range readFile(b.file, bucket, b.codec) {
				if !yield(v, err) || err != nil {
					return
				}
			}
		}
		if b.mem == nil {
			return
		}
		for _, v := range b.mem[bucket] {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// blockWriter fills blocks. While the budget grants memory elements stay as they are; when it refuses, all that is
// buffered goes to the file, bucket by bucket, and buffering begins anew.
type blockWriter[T any] struct {
	tc       *TaskContext
	kind     *elementKind[T]
	codec    Codec[T]
	mem      [][]T
	buffered int64 // bytes in mem
	holding  *holding
	sizes    MapStatus
	home     T     // the element whose size is asked for
	failAt   int64 // elements until an injected fault; never when negative
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
	if err := w.holding.reserve.Grow(n); err != nil {
		if err := w.refused(err); err != nil {
			return err
		}
	}
	w.mem[bucket] = append(w.mem[bucket], v)
	w.buffered += n
	w.sizes.Bytes[bucket] += n
	w.sizes.Rows[bucket] += rows
	return nil
}

// refused answers a refusal by writing to the file, once enough is buffered to be worth it.
func (w *blockWriter[T]) refused(cause error) error {
	if w.codec == nil {
		return cause
	}
	if w.buffered < minSpill {
		return nil
	}
	return w.flush()
}

// flush moves all that is buffered to the file.
func (w *blockWriter[T]) flush() error {
	if w.buffered == 0 {
		return nil
	}
	if w.holding.file == nil {
		f, err := newBlockFile(&w.tc.job.sc.spill)
		if err != nil {
			return err
		}
		w.holding.file = f
	}
	before := w.holding.file.size()
	for bucket, vs := range w.mem {
		if len(vs) == 0 {
			continue
		}
		if err := appendBlock(w.holding.file, bucket, vs, w.codec); err != nil {
			return err
		}
		clear(vs)
		w.mem[bucket] = vs[:0]
	}
	w.tc.metrics.SpillBytes += w.holding.file.size() - before
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
	for i, n := range b.sizes.Bytes {
		w.tc.metrics.ShuffleWriteBytes += n
		w.tc.metrics.ShuffleWriteRows += b.sizes.Rows[i]
	}
	return b, nil
}

// seal ends writing.
func (w *blockWriter[T]) seal() (*blocks[T], error) {
	if w.codec != nil && (w.holding.file != nil || w.tc.job.sc.conf.shuffling.forceFiles) {
		if err := w.flush(); err != nil {
			return nil, err
		}
		w.mem = nil
	}
	if w.holding.file != nil {
		if err := w.holding.file.seal(); err != nil {
			return nil, err
		}
	}
	b := &blocks[T]{mem: w.mem, file: w.holding.file, codec: w.codec, sizes: w.sizes, at: w.tc.executor, holding: w.holding}
	// Should the lineage be forgotten without a Release, memory and file are given back with it (Spark's
	// ContextCleaner).
	runtime.AddCleanup(b, (*holding).drop, w.holding)
	return b, nil
}
