package rdd

import "encoding/binary"

// sortLayout writes one data file and one index file, sorted by reducer. It holds what is encoded, so that sorting moves
// numbers and spilling copies bytes. Refused memory, it writes all it holds, sorted, to a file of its own, and in the end
// copies the parts of these files and of memory into one (Spark's UnsafeShuffleWriter).
type sortLayout struct {
	tc      *TaskContext
	holding *holding
	buckets int
	res     *Reservation
	page    []byte   // encoded elements, or blocks
	ends    []uint32 // of the elements in page
	of      []uint32 // and their buckets
	whole   bool     // the page holds blocks
	beyond  int64    // bytes held, granted or not
	raw     []byte
	spills  []*blockFile
}

// maxPage bounds a page, whose places are 32 bits wide.
const maxPage = 1 << 31

// minPageSpill is the least that is worth a spill file.
const minPageSpill = 64 << 10

// newSortLayout begins with an empty page.
func newSortLayout(tc *TaskContext, h *holding, buckets int) fileLayout {
	l := &sortLayout{tc: tc, holding: h, buckets: buckets}
	l.res = tc.Reserve("shuffle sort", l.spill)
	tc.OnComplete(func(error) { l.removeSpills() })
	return l
}

// block adds a block; a page with one holds nothing else.
func (l *sortLayout) block(bucket int, raw []byte) error {
	l.whole = true
	return l.element(bucket, raw)
}

// element adds to the page, after making room.
func (l *sortLayout) element(bucket int, enc []byte) (err error) {
	if int64(len(l.page))+int64(len(enc)) > maxPage {
		if _, err = l.write(); err != nil {
			return err
		}
	}
	if err := l.room(int64(len(enc)) + 8); err != nil {
		return err
	}
	l.page = append(l.page, enc...)
	l.ends, l.of = append(l.ends, uint32(len(l.page))), append(l.of, uint32(bucket))
	return nil
}

// room claims memory; the first minSpill bytes are allowed in any case, so that little memory means slow and not
// impossible.
func (l *sortLayout) room(n int64) error {
	err := l.res.TryGrow(n)
	if l.beyond += n; err == nil {
		return nil
	}
	if _, refused := err.(*MemoryError); !refused {
		return err
	}
	if l.beyond < minSpill {
		return nil
	}
	_, err = l.write()
	return err
}

// spill writes what is held to a file of its own.
func (l *sortLayout) spill(int64) (freed int64, err error) {
	if l.res.Used() < minPageSpill {
		return 0, nil
	}
	return l.write()
}

// write moves what is held to a file of its own.
func (l *sortLayout) write() (freed int64, err error) {
	f, err := newBlockFile(&l.tc.job.sc.spill)
	if err != nil {
		return 0, err
	}
	l.spills = append(l.spills, f)
	f.packing = l.tc.job.sc.spill.packShuffles // its blocks go into the output as they are
	if err := l.writeSorted(func(bucket int, raw []byte) error { return f.add(bucket, raw) }); err != nil {
		return 0, err
	}
	if err := f.seal(); err != nil {
		return 0, err
	}
	freed = l.res.Used()
	l.tc.metrics.SpillBytes += f.size()
	l.tc.metrics.SpillMemoryBytes += freed
	l.res.Shrink(freed)
	return freed, nil
}

// writeSorted gives the blocks of all that is held, bucket by bucket, and forgets it.
func (l *sortLayout) writeSorted(write func(bucket int, raw []byte) error) error {
	starts, order := l.sorted()
	for b := range l.buckets {
		mine := order[starts[b]:starts[b+1]]
		for len(mine) > 0 {
			n := l.next(mine)
			if err := write(b, l.raw); err != nil {
				return err
			}
			mine = mine[n:]
		}
	}
	l.page, l.ends, l.of, l.beyond = l.page[:0], l.ends[:0], l.of[:0], 0
	return nil
}

// sorted orders the elements by bucket, in each as they came: counted, not compared.
func (l *sortLayout) sorted() (starts []int, order []uint32) {
	starts = make([]int, l.buckets+1)
	for _, b := range l.of {
		starts[b+1]++
	}
	for b := range l.buckets {
		starts[b+1] += starts[b]
	}
	order = make([]uint32, len(l.of))
	next := append([]int(nil), starts...)
	for i, b := range l.of {
		order[next[b]] = uint32(i)
		next[b]++
	}
	return starts, order
}

// next makes a block, raw, of the first of some elements; n is how many they are.
func (l *sortLayout) next(mine []uint32) (n int) {
	if l.whole {
		l.raw = append(l.raw[:0], l.page[l.begin(mine[0]):l.ends[mine[0]]]...)
		return 1
	}
	for bytes := 0; n < len(mine) && n < maxBatch && bytes < blockTarget; n++ {
		bytes += int(l.ends[mine[n]] - l.begin(mine[n]))
	}
	l.raw = binary.AppendUvarint(l.raw[:0], uint64(n))
	for _, i := range mine[:n] {
		l.raw = append(l.raw, l.page[l.begin(i):l.ends[i]]...)
	}
	return n
}

// begin is where element i begins in the page.
func (l *sortLayout) begin(i uint32) uint32 {
	if i == 0 {
		return 0
	}
	return l.ends[i-1]
}

// finish joins the spills, which came first, and what is held.
func (l *sortLayout) finish() (diskBlocks, []int64, error) {
	out, err := newShuffleFile(&l.tc.job.sc.spill)
	if err != nil {
		return nil, nil, err
	}
	l.holding.attach(out)
	l.res.spill = nil // what is on its way out cannot be taken back
	sizes, copied := make([]int64, l.buckets), 0
	copyUpTo := func(bucket int) error {
		for ; copied <= bucket; copied++ {
			for _, f := range l.spills {
				for _, s := range f.take(copied) {
					if err := out.copySpan(copied, s); err != nil {
						return err
					}
					sizes[copied] += s.length
				}
			}
		}
		return nil
	}
	err = l.writeSorted(func(bucket int, raw []byte) error {
		if err := copyUpTo(bucket); err != nil {
			return err
		}
		before := out.size()
		err := out.add(bucket, raw)
		sizes[bucket] += out.size() - before
		return err
	})
	if err == nil {
		err = copyUpTo(l.buckets - 1)
	}
	if err != nil {
		return nil, nil, err
	}
	l.removeSpills()
	l.page, l.ends, l.of = nil, nil, nil
	l.res.Release()
	l.tc.metrics.ShuffleFiles += 2
	return out, sizes, out.seal()
}

// removeSpills deletes the spill files.
func (l *sortLayout) removeSpills() {
	for _, f := range l.spills {
		f.remove()
	}
	l.spills = nil
}

// take gives the spans of a bucket, which must be asked for in ascending order, as they were written.
func (b *blockFile) take(bucket int) (found []fileSpan) {
	for len(b.spans) > 0 && b.spans[0].bucket == uint32(bucket) {
		found = append(found, fileSpan{b.data, b.spans[0].offset, b.spans[0].length})
		b.spans = b.spans[1:]
	}
	return found
}

// copySpan appends blocks of another file as they are, once their checksums have been verified: what was damaged
// meanwhile must not reach a reducer under another name.
func (b *blockFile) copySpan(bucket int, s fileSpan) error {
	in, done, err := s.reader()
	if err != nil {
		return err
	}
	defer done()
	var scan blockScan
	scan.start(in, s)
	for {
		block, err := scan.nextBlock()
		if err != nil {
			return endOfSpan(err)
		}
		at := b.size()
		b.pending = append(b.pending, block...)
		b.span(bucket, at, int64(len(block)))
		if len(b.pending) >= writePiece {
			if err := b.flush(); err != nil {
				return err
			}
		}
	}
}
