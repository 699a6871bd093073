package rdd

import (
	"iter"
	"slices"
)

// sorted is the stably sorted stream. It sorts in memory while the budget lasts; refused, it writes sorted runs to one
// file by codec and merges them in the end.
func sorted[T any](tc *TaskContext, in iter.Seq2[T, error], order func(a, b T) int, codec Codec[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		s := &sorter[T]{tc: tc, order: order, codec: codec, kind: kindOf[T]()}
		s.res = tc.Reserve("sort", s.spill)
		defer s.close()
		for v, err := range in {
			if err == nil {
				err = s.add(v)
			}
			if err != nil {
				yield(v, err)
				return
			}
		}
		s.emit(yield)
	}
}

// sorter collects elements for sorted.
type sorter[T any] struct {
	tc    *TaskContext
	order func(a, b T) int
	codec Codec[T]
	kind  elementKind[T]
	home  T // the element whose size is asked for
	res   *Reservation
	buf   []T
	runs  int
	file  *blockFile
	done  bool // what is in buf is being emitted and cannot be spilled
}

// add keeps an element; in Grow it may have to spill those before.
func (s *sorter[T]) add(v T) error {
	s.home = v
	n, _ := s.kind.size(&s.home)
	if err := s.res.Grow(n); err != nil {
		return err
	}
	s.buf = append(s.buf, s.kind.keep(v))
	return nil
}

// sortChunk is how many elements a block of a run has: what a merge holds of each run.
const sortChunk = 1024

// spill writes what is buffered as a sorted run.
func (s *sorter[T]) spill(int64) (freed int64, err error) {
	if s.codec == nil || s.done || len(s.buf) < sortChunk {
		return 0, nil
	}
	if s.file == nil {
		if s.file, err = newBlockFile(&s.tc.job.sc.spill); err != nil {
			return 0, err
		}
	}
	slices.SortStableFunc(s.buf, s.order)
	before := s.file.size()
	for chunk := range slices.Chunk(s.buf, sortChunk) {
		if err := appendBlock(s.file, s.runs, chunk, s.codec); err != nil {
			return 0, err
		}
	}
	s.runs++
	s.tc.metrics.SpillBytes += s.file.size() - before
	clear(s.buf)
	s.buf = s.buf[:0]
	freed = s.res.Used()
	s.tc.metrics.SpillMemoryBytes += freed
	s.res.Shrink(freed)
	return freed, nil
}

// emit gives everything in order: straight from memory, or merged with the runs on disk.
func (s *sorter[T]) emit(yield func(T, error) bool) {
	s.done = true
	slices.SortStableFunc(s.buf, s.order)
	if s.file == nil {
		for _, v := range s.buf {
			if !yield(v, nil) {
				return
			}
		}
		return
	}
	if err := s.file.seal(); err != nil {
		yield(*new(T), err)
		return
	}
	var streams []iter.Seq2[T, error]
	for run := range s.runs {
		streams = append(streams, readFile(s.file, run, s.codec))
	}
	merge(append(streams, inMemory(s.buf)), s.order, yield)
}

// close gives memory and file back.
func (s *sorter[T]) close() {
	s.res.Release()
	if s.file != nil {
		s.file.remove()
	}
}

// inMemory streams a slice.
func inMemory[T any](vs []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range vs {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// merge gives the elements of sorted streams in order; of equal ones those of earlier streams come first, which keeps
// the sort stable, as runs are in the order in which they were read.
func merge[T any](streams []iter.Seq2[T, error], order func(a, b T) int, yield func(T, error) bool) {
	h := &mergeHeap[T]{order: order}
	for i, s := range streams {
		next, stop := iter.Pull2(s)
		defer stop()
		v, err, ok := next()
		if err != nil {
			yield(v, err)
			return
		}
		if ok {
			h.heads = append(h.heads, mergeHead[T]{v, i, next})
		}
	}
	for i := len(h.heads)/2 - 1; i >= 0; i-- {
		h.sink(i)
	}
	for len(h.heads) > 0 {
		if !yield(h.heads[0].value, nil) {
			return
		}
		if err := h.advance(); err != nil {
			yield(*new(T), err)
			return
		}
	}
}

// mergeHead is the first element left of one stream.
type mergeHead[T any] struct {
	value T
	from  int // position of the stream
	next  func() (T, error, bool)
}

// mergeHeap is a binary heap of heads, the least on top.
type mergeHeap[T any] struct {
	heads []mergeHead[T]
	order func(a, b T) int
}

// before orders heads by value, equal ones by stream.
func (h *mergeHeap[T]) before(i, j int) bool {
	a, b := &h.heads[i], &h.heads[j]
	c := h.order(a.value, b.value)
	return c < 0 || c == 0 && a.from < b.from
}

// sink moves head i down to its place.
func (h *mergeHeap[T]) sink(i int) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(h.heads); c++ {
			if h.before(c, least) {
				least = c
			}
		}
		if least == i {
			return
		}
		h.heads[i], h.heads[least] = h.heads[least], h.heads[i]
		i = least
	}
}

// advance replaces the top by its stream's next element, or takes the stream out at its end.
func (h *mergeHeap[T]) advance() error {
	v, err, ok := h.heads[0].next()
	if err != nil {
		return err
	}
	if ok {
		h.heads[0].value = v
	} else {
		last := len(h.heads) - 1
		h.heads[0] = h.heads[last]
		h.heads = h.heads[:last]
	}
	h.sink(0)
	return nil
}
