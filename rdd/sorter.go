package rdd

import (
	"iter"
	"math"
	"slices"
	"unsafe"
)

// sortOrder is an order of elements. ordinals, which may be nil, writes a number for each element of a chunk: elements
// with different numbers are in their order; when exact, elements with the same number are equal.
type sortOrder[T any] struct {
	compare  func(a, b T) int
	ordinals func(chunk []T, out []uint64)
	exact    bool
}

// sorted is the stably sorted stream, of about rows elements where that is known. It sorts in memory while the budget
// lasts; refused, it writes sorted runs to one file by codec and merges them in the end.
func sorted[T any](tc *TaskContext, in iter.Seq2[[]T, error], rows int64, order sortOrder[T], coder *elementKind[T]) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		s := &sorter[T]{tc: tc, order: order, coder: coder}
		s.res = tc.Reserve("sort", s.spill)
		defer s.close()
		s.expect(rows)
		for chunk, err := range in {
			if err == nil {
				err = s.add(chunk)
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
		s.emit(yield)
	}
}

// sorter collects elements for sorted.
type sorter[T any] struct {
	tc    *TaskContext
	order sortOrder[T]
	coder *elementKind[T]
	res   *Reservation
	buf   []T
	paid  int64 // of what res has, for elements that are still to come
	runs  int
	block int // elements of a block of the last run
	file  *blockFile
	done  bool // what is in buf is being emitted and cannot be spilled
}

// room is what sorting takes per element beside the element.
func (s *sorter[T]) room() int64 {
	if s.order.ordinals != nil {
		return 2 * int64(unsafe.Sizeof(ranked{}))
	}
	return int64(unsafe.Sizeof(*new(T))+1) / 2
}

// expect makes room for a number of elements, if that is to be had: growing step by step touches twice the memory.
func (s *sorter[T]) expect(rows int64) {
	size := (s.coder.fixed + s.room()) * rows
	if s.coder.fixed > 0 && rows > 0 && rows <= math.MaxInt32 && s.res.TryGrow(size) == nil {
		s.buf, s.paid = make([]T, 0, rows), size
	}
}

// add keeps the elements of a chunk; in Grow it may have to spill those before.
func (s *sorter[T]) add(chunk []T) error {
	size := s.coder.bytes(chunk) + s.room()*int64(len(chunk))
	paid := min(s.paid, size)
	if err := s.res.Grow(size - paid); err != nil {
		return err
	}
	s.paid -= min(s.paid, paid) // a spill may have given it back
	if free := cap(s.buf) - len(s.buf); free < len(chunk) {
		s.buf = append(make([]T, 0, 2*cap(s.buf)+len(chunk)), s.buf...)
	}
	s.buf = s.coder.keepAll(s.buf, chunk)
	return nil
}

// A block of a run is what a merge holds of that run: at most sortChunk elements, of runBlock bytes if there are several.
// Less than minSortSpill is not worth a run.
const (
	sortChunk    = 1024
	runBlock     = 64 << 10
	minSortSpill = 16 << 10
)

// spill writes what is buffered as a sorted run.
func (s *sorter[T]) spill(int64) (freed int64, err error) {
	if s.coder.codec == nil || s.done || s.res.Used() < minSortSpill {
		return 0, nil
	}
	if s.file == nil {
		if s.file, err = newBlockFile(&s.tc.job.sc.spill); err != nil {
			return 0, err
		}
	}
	freed = s.res.Used()
	s.block = min(max(int(runBlock*int64(len(s.buf))/freed), 1), sortChunk)
	before := s.file.size()
	s.inOrder(s.block, func(chunk []T) bool {
		err = appendBlock(s.file, s.runs, chunk, s.coder)
		return err == nil
	})
	if err != nil {
		return 0, err
	}
	s.runs++
	s.tc.metrics.SpillBytes += s.file.size() - before
	s.tc.metrics.SpillMemoryBytes += freed
	clear(s.buf)
	s.buf, s.paid = s.buf[:0], 0
	s.res.Shrink(freed)
	return freed, nil
}

// emit gives everything in order: straight from memory, or merged with the runs on disk.
func (s *sorter[T]) emit(yield func([]T, error) bool) {
	s.done = true
	if s.file == nil {
		s.inOrder(maxChunk, func(chunk []T) bool { return yield(chunk, nil) })
		return
	}
	width, err := s.mergeWidth(), s.file.seal()
	for err == nil && s.runs > width {
		err = s.mergeRuns(width)
	}
	if err != nil {
		yield(nil, err)
		return
	}
	rest := func(yield func([]T, error) bool) {
		s.inOrder(s.block, func(chunk []T) bool { return yield(chunk, nil) })
	}
	s.merged(append(s.streams(0, s.runs), rest))(yield)
}

// maxMergeWidth and minMergeWidth are how many runs are merged at once, as memory allows; every run of a merge is a block
// in memory and a place to seek to.
const (
	maxMergeWidth = 128
	minMergeWidth = 4
)

// mergeWidth reserves what a merge holds.
func (s *sorter[T]) mergeWidth() int {
	width := min(maxMergeWidth, max(s.runs, minMergeWidth))
	for width > minMergeWidth && s.res.TryGrow(int64(width)*runBlock) != nil {
		width /= 2
	}
	return width
}

// streams reads runs, in the order in which they were written.
func (s *sorter[T]) streams(from, to int) (runs []iter.Seq2[[]T, error]) {
	for run := from; run < to; run++ {
		runs = append(runs, typed[T](readBucket(s.file, run, s.coder, nil)))
	}
	return runs
}

// merged is the merge of sorted streams, in chunks.
func (s *sorter[T]) merged(streams []iter.Seq2[[]T, error]) iter.Seq2[[]T, error] {
	return gathered(func(yield func(T, error) bool) { merge(streams, s.order.compare, yield) }, s.coder)
}

// mergeRuns makes longer runs, in another file, of up to width neighbours each, so that equal elements stay in order.
func (s *sorter[T]) mergeRuns(width int) error {
	f, err := newBlockFile(&s.tc.job.sc.spill)
	if err != nil {
		return err
	}
	from, old, runs := 0, s.file, 0
	for ; from < s.runs; from += width {
		for chunk, err := range s.merged(s.streams(from, min(from+width, s.runs))) {
			for part := range slices.Chunk(chunk, s.block) {
				if err == nil {
					err = appendBlock(f, runs, part, s.coder)
				}
			}
			if err != nil {
				f.remove()
				return err
			}
		}
		runs++
	}
	s.tc.metrics.SpillBytes += f.size()
	s.file, s.runs = f, runs
	old.remove()
	return f.seal()
}

// inOrder gives what is in memory in order, in chunks of up to most elements.
func (s *sorter[T]) inOrder(most int, yield func([]T) bool) {
	if s.order.ordinals != nil {
		s.inRankedOrder(most, yield)
		return
	}
	mergeSort(s.buf, make([]T, len(s.buf)/2), s.order.compare)
	for chunk := range slices.Chunk(s.buf, most) {
		if !yield(chunk) {
			return
		}
	}
}

// inRankedOrder is inOrder by ordinals.
func (s *sorter[T]) inRankedOrder(most int, yield func([]T) bool) {
	ranks, ords := make([]ranked, len(s.buf)), make([]uint64, maxChunk)
	for from := 0; from < len(s.buf); from += maxChunk {
		chunk := s.buf[from:min(from+maxChunk, len(s.buf))]
		s.order.ordinals(chunk, ords[:len(chunk)])
		for i := range chunk {
			ranks[from+i] = ranked{ords[i], uint32(from + i)}
		}
	}
	sortRanked(ranks, make([]ranked, len(ranks)))
	if !s.order.exact {
		settleTies(ranks, func(a, b uint32) int { return s.order.compare(s.buf[a], s.buf[b]) })
	}
	out := make([]T, min(most, len(ranks)))
	for chunk := range slices.Chunk(ranks, most) {
		for i, r := range chunk {
			out[i] = s.buf[r.at]
		}
		if !yield(out[:len(chunk)]) {
			return
		}
	}
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

// merge gives the elements of sorted streams of chunks in order; of equal ones those of earlier streams come first, which
// keeps the sort stable, as runs are in the order in which they were read. The elements are good until the next one.
func merge[T any](streams []iter.Seq2[[]T, error], order func(a, b T) int, yield func(T, error) bool) {
	h := &mergeHeap[T]{order: order}
	for i, s := range streams {
		next, stop := iter.Pull2(s)
		defer stop()
		head := mergeHead[T]{from: i, next: next}
		ok, err := head.fill()
		if err != nil {
			yield(*new(T), err)
			return
		}
		if ok {
			h.heads = append(h.heads, head)
		}
	}
	for i := len(h.heads)/2 - 1; i >= 0; i-- {
		h.sink(i)
	}
	for len(h.heads) > 0 {
		if !yield(h.heads[0].chunk[0], nil) {
			return
		}
		if err := h.advance(); err != nil {
			yield(*new(T), err)
			return
		}
	}
}

// mergeHead is what is left of the current chunk of one stream; it is not empty.
type mergeHead[T any] struct {
	chunk []T
	from  int // position of the stream
	next  func() ([]T, error, bool)
}

// fill gets the next chunk; false at the end.
func (h *mergeHead[T]) fill() (ok bool, err error) {
	for {
		if h.chunk, err, ok = h.next(); err != nil || !ok || len(h.chunk) > 0 {
			return ok, err
		}
	}
}

// mergeHeap is a binary heap of heads, the least on top.
type mergeHeap[T any] struct {
	heads []mergeHead[T]
	order func(a, b T) int
}

// before orders heads by value, equal ones by stream.
func (h *mergeHeap[T]) before(i, j int) bool {
	a, b := &h.heads[i], &h.heads[j]
	c := h.order(a.chunk[0], b.chunk[0])
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

// advance takes the top element away.
func (h *mergeHeap[T]) advance() error {
	top := &h.heads[0]
	if top.chunk = top.chunk[1:]; len(top.chunk) == 0 {
		ok, err := top.fill()
		if err != nil {
			return err
		}
		if !ok {
			last := len(h.heads) - 1
			h.heads[0] = h.heads[last]
			h.heads = h.heads[:last]
		}
	}
	h.sink(0)
	return nil
}
