package rdd

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"path"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// isBzip2 tells by its name whether a file can be split between the blocks of bzip2.
func isBzip2(name string) bool { return path.Ext(name) == ".bz2" }

// The numbers of 48 bits by which a block and the end of a stream begin, at any bit of the file, and their width.
const (
	bzip2Block  = 0x314159265359
	bzip2Finish = 0x177245385090
	markWidth   = 48
)

// bzip2Split reads the blocks of a .bz2 file that begin in a range of its bytes, and then those behind them, as the last
// line may go on there. A block is found by its mark and unpacked as a stream of its own, which has the same checksum as
// the block. What only looks like a mark inside a block makes that fail, and then the block goes on to the next mark.
type bzip2Split struct {
	end int64 // unpacked size of the blocks of the range, once a block behind them was begun

	marks    *markScanner
	from, to int64     // the range in bits
	next     bzip2Mark // the block to be unpacked next
	ready    *bytes.Reader
	unpacked int64
	started  bool
	err      error
}

// newBzip2Split prepares the reading of length bytes from start on.
func newBzip2Split(f vfs.File, start, length int64) *bzip2Split {
	return &bzip2Split{end: math.MaxInt64, marks: newMarkScanner(f, start), from: start * 8, to: (start + length) * 8,
		ready: bytes.NewReader(nil)}
}

// Read gives the unpacked bytes.
func (b *bzip2Split) Read(p []byte) (int, error) {
	for b.ready.Len() == 0 {
		if b.err == nil {
			b.err = b.unpackBlock()
		}
		if b.err != nil {
			return 0, b.err
		}
	}
	return b.ready.Read(p)
}

// unpackBlock unpacks the next block.
func (b *bzip2Split) unpackBlock() error {
	if !b.started {
		b.started = true
		if err := b.first(); err != nil {
			return err
		}
	}
	for b.next.kind == bzip2Finish { // of a stream; another may follow
		var err error
		if b.next, err = b.marks.scan(); err != nil {
			return err
		}
	}
	if b.next.at >= b.to && b.end == math.MaxInt64 {
		b.end = b.unpacked
	}
	text, err := b.block(b.next.at)
	if err != nil {
		return err
	}
	b.unpacked += int64(len(text))
	b.ready.Reset(text)
	return nil
}

// first finds the first block of the range; where there is none, the split has no text at all.
func (b *bzip2Split) first() (err error) {
	if b.from == 0 && !b.marks.isBzip2() {
		return fmt.Errorf("not in bzip2's format")
	}
	for b.next.kind != bzip2Block {
		if b.next, err = b.marks.scan(); err != nil {
			return err
		}
	}
	if b.next.at >= b.to {
		return io.EOF
	}
	return nil
}

// block unpacks the block that begins at a bit, and notes the mark behind it.
func (b *bzip2Split) block(at int64) ([]byte, error) {
	for first := error(nil); ; {
		next, err := b.marks.scan()
		if err == io.EOF {
			if first == nil {
				first = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("bzip2 block at bit %d: %w", at, first)
		}
		if err != nil {
			return nil, err
		}
		text, err := unpackBzip2(b.marks.bits(at, next.at))
		if err == nil {
			b.next = next
			b.marks.forget(next.at)
			return text, nil
		}
		if first == nil {
			first = err
		}
	}
}

// unpackBzip2 unpacks the bits of one block, mark and all, as a stream.
func unpackBzip2(w *bitWriter) ([]byte, error) {
	head := w.b
	if len(head) < 10 {
		return nil, io.ErrUnexpectedEOF
	}
	sum := binary.BigEndian.Uint32(head[6:]) // the block's, behind the mark
	w.put(bzip2Finish, markWidth)
	w.put(uint64(sum), 32)
	w.put(0, 7) // fills the last byte
	return io.ReadAll(bzip2.NewReader(io.MultiReader(bytes.NewReader([]byte("BZh9")), bytes.NewReader(w.b))))
}

// bzip2Mark is a mark and the bit at which it begins.
type bzip2Mark struct {
	kind uint64
	at   int64
}

// markScanner finds marks, and keeps the bytes from the first that is still wanted.
type markScanner struct {
	in     *bufio.Reader
	header []byte
	kept   []byte
	origin int64  // offset in the file of kept[0]
	read   int64  // offset behind the last byte read
	window uint64 // the last 64 bits read
	seen   int64  // bits read
	found  []bzip2Mark
}

// newMarkScanner scans f from a byte on.
func newMarkScanner(f vfs.File, start int64) *markScanner {
	m := &markScanner{header: make([]byte, 3), origin: start, read: start}
	n, _ := f.ReadAt(m.header, 0)
	m.header = m.header[:n]
	m.in = bufio.NewReaderSize(io.NewSectionReader(f, start, f.Size()-start), 256<<10)
	return m
}

// isBzip2 looks at how the file begins.
func (m *markScanner) isBzip2() bool { return string(m.header) == "BZh" }

// scan gives the next mark, or io.EOF.
func (m *markScanner) scan() (bzip2Mark, error) {
	for len(m.found) == 0 {
		c, err := m.in.ReadByte()
		if err != nil {
			return bzip2Mark{}, err
		}
		m.kept = append(m.kept, c)
		m.window = m.window<<8 | uint64(c)
		m.read++
		m.seen += 8
		m.look()
	}
	mark := m.found[0]
	m.found = m.found[1:]
	return mark, nil
}

// look finds the marks that end in the last byte.
func (m *markScanner) look() {
	const mask = 1<<markWidth - 1
	for shift := 7; shift >= 0; shift-- {
		v := m.window >> shift & mask
		if (v == bzip2Block || v == bzip2Finish) && m.seen-int64(shift) >= markWidth {
			m.found = append(m.found, bzip2Mark{v, m.read*8 - int64(shift) - markWidth})
		}
	}
}

// bits copies a range of bits of the file to where they begin a byte.
func (m *markScanner) bits(from, to int64) *bitWriter {
	w := &bitWriter{b: make([]byte, 0, (to-from)/8+16)}
	at := from - m.origin*8
	shift, i := at%8, at/8
	for n := to - from; n > 0; n -= 8 {
		v := uint16(m.kept[i]) << 8
		if i+1 < int64(len(m.kept)) {
			v |= uint16(m.kept[i+1])
		}
		v = v << shift >> 8
		w.put(uint64(v)>>max(8-n, 0), int(min(n, 8)))
		i++
	}
	return w
}

// forget gives up the bytes before a bit.
func (m *markScanner) forget(before int64) {
	n := before/8 - m.origin
	m.kept = append(m.kept[:0], m.kept[n:]...)
	m.origin += n
}

// bitWriter puts numbers of any width behind one another.
type bitWriter struct {
	b    []byte
	part uint64 // bits that do not fill a byte yet
	n    int
}

// put writes the low bits of v, of which there are at most 48.
func (w *bitWriter) put(v uint64, bits int) {
	w.part = w.part<<bits | v&(1<<bits-1)
	for w.n += bits; w.n >= 8; w.n -= 8 {
		w.b = append(w.b, byte(w.part>>(w.n-8)))
	}
}
