package datasources

import (
	"bytes"
	"io"
	"slices"
	"unicode/utf8"
)

// Slack is how many bytes may be read, but mean nothing, behind the blocks of Lines.
const Slack = 32

// Lines reads a part of a file in blocks of whole lines. Lines end with LF, CR LF or CR, or only with Sep if that is set. Not safe
// for concurrent use.
type Lines struct {
	Sep string // "" for the three usual ends

	r      io.ReadCloser
	buf    []byte // what has been read and not handed out, after the block handed out last
	pos    int    // in buf: the end of that block
	offset int64  // in the file: of buf[0]
	end    int64  // no line that begins here or later is read; -1: to the end of the file
	skip   bool   // the first line belongs to the split before
	block  int
	eof    bool
	failed error // of the file, to be told when the lines before it have been read
}

// The sizes of a block: it grows while it holds few lines.
const (
	minBlock = 256 << 10
	maxBlock = 8 << 20
)

// OpenLines starts reading the lines that begin in [start, end) of a file; end is -1 for all. A file that is compressed or in
// another character encoding than UTF-8 is read from its beginning.
func OpenLines(f *File, start, end int64, sep, charset string) (*Lines, error) {
	l := &Lines{Sep: sep, end: end, block: minBlock}
	if start > 0 || end >= 0 {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		from := max(start-1, 0)
		l.r, l.offset, l.skip = stream{io.NewSectionReader(r, from, f.Size-from), r.Close}, from, start > 0
		return l, nil
	}
	r, err := f.Stream()
	if err != nil {
		return nil, err
	}
	if l.r, err = decodeText(r, charset); err != nil {
		r.Close()
		return nil, err
	}
	return l, nil
}

// Close closes the file.
func (l *Lines) Close() error { return l.r.Close() }

// Next returns the next block of whole lines and its place in the file, or io.EOF. The block stays until the next call. Invalid
// UTF-8 is replaced by U+FFFD, and a byte order mark at the file's beginning is left out.
func (l *Lines) Next() (block []byte, offset int64, err error) {
	for {
		cut, err := l.fill()
		if err != nil {
			return nil, 0, err
		}
		if l.end >= 0 && l.offset+int64(cut) > l.end {
			cut = l.cutAtEnd(cut)
		}
		block, offset, l.pos = l.buf[:cut], l.offset, cut
		if l.skip {
			l.skip = false
			block, offset = l.skipFirst(block, offset)
		}
		if offset == 0 {
			block = bytes.TrimPrefix(block, []byte("\ufeff"))
		}
		if len(block) == 0 && !(l.eof && l.pos == len(l.buf)) && !l.past() {
			continue
		}
		if len(block) == 0 {
			return nil, 0, io.EOF
		}
		return l.clean(block), offset, nil
	}
}

func (l *Lines) past() bool { return l.end >= 0 && l.offset+int64(l.pos) >= l.end }

// All returns what is left of the file as one block, for formats whose records may hold line ends.
func (l *Lines) All() ([]byte, error) {
	rest, err := io.ReadAll(l.r)
	if err != nil {
		return nil, err
	}
	l.eof, l.pos = true, len(rest)
	return l.clean(slices.Grow(bytes.TrimPrefix(rest, []byte("\ufeff")), Slack)), nil
}

// fill makes buf hold a block or all that is left of the file, and returns the length of the whole lines in it.
func (l *Lines) fill() (int, error) {
	rest := copy(l.buf, l.buf[l.pos:])
	l.offset += int64(l.pos)
	l.buf, l.pos = l.buf[:rest], 0
	if l.past() {
		return 0, io.EOF
	}
	for size := l.block; ; size *= 2 {
		l.buf = slices.Grow(l.buf, max(size-len(l.buf), 0)+Slack)
		for len(l.buf) < size && !l.eof {
			n, err := l.r.Read(l.buf[len(l.buf):size])
			l.buf = l.buf[:len(l.buf)+n]
			if err == io.EOF {
				l.eof = true
			} else if err != nil {
				l.failed = err
				break
			}
		}
		if l.failed != nil { // the whole lines before a damage count
			if cut := l.lastEnd(l.buf); cut > 0 {
				return cut, nil
			}
			return 0, l.failed
		}
		if l.eof {
			if len(l.buf) == 0 {
				return 0, io.EOF
			}
			return len(l.buf), nil
		}
		if cut := l.lastEnd(l.buf); cut > 0 {
			return cut, nil
		}
	}
}

// lastEnd is the position behind the last line end of b, 0 if there is none for sure.
func (l *Lines) lastEnd(b []byte) int {
	if l.Sep != "" {
		if i := bytes.LastIndex(b, []byte(l.Sep)); i >= 0 {
			return i + len(l.Sep)
		}
		return 0
	}
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	if len(b) < 2 {
		return 0
	}
	return bytes.LastIndexByte(b[:len(b)-1], '\r') + 1
}

// LineEnd finds the end of the line that begins at b: its length without and with the end. The last line needs none.
func (l *Lines) LineEnd(b []byte) (length, next int) { return lineEnd(b, l.Sep) }

func lineEnd(b []byte, sep string) (length, next int) {
	if sep != "" {
		if i := bytes.Index(b, []byte(sep)); i >= 0 {
			return i, i + len(sep)
		}
		return len(b), len(b)
	}
	n := bytes.IndexByte(b, '\n')
	next = n + 1
	if n < 0 {
		n, next = len(b), len(b)
	}
	if r := bytes.IndexByte(b[:n], '\r'); r >= 0 {
		if r == n-1 {
			return r, next
		}
		return r, r + 1
	}
	return n, next
}

// cutAtEnd shortens a block to the lines that begin before the split's end.
func (l *Lines) cutAtEnd(cut int) int {
	pos := int(max(l.end-l.offset-1, 0))
	if l.end <= l.offset {
		return 0
	}
	// The line that holds the split's last byte is the last one. A line end that this byte is part of ends it.
	if l.Sep == "" && l.buf[pos] == '\n' {
		return pos + 1
	}
	back := max(0, pos-len(l.Sep)+1)
	if l.Sep == "" {
		back = pos
	}
	_, next := l.LineEnd(l.buf[back:cut])
	return back + next
}

// skipFirst leaves out the line that the split before reads. The block begins one byte before the split.
func (l *Lines) skipFirst(block []byte, offset int64) ([]byte, int64) {
	_, next := l.LineEnd(block)
	return block[next:], offset + int64(next)
}

// clean returns the block as valid UTF-8.
func (l *Lines) clean(block []byte) []byte {
	if utf8.Valid(block) {
		return block
	}
	out := make([]byte, 0, len(block)+len(block)/4+Slack)
	for len(block) > 0 {
		r, n := utf8.DecodeRune(block)
		if r == utf8.RuneError && n == 1 {
			out = append(out, "\ufffd"...)
		} else {
			out = append(out, block[:n]...)
		}
		block = block[n:]
	}
	return slices.Grow(out, Slack)
}

// Widen asks for larger blocks, for lines so long that a block holds only few.
func (l *Lines) Widen() { l.block = min(2*l.block, maxBlock) }

// LineSplit is the part of a file whose lines one task reads: those that begin in [Start, End). End is -1 for a whole file.
type LineSplit struct {
	Of         *File
	Start, End int64
}

// File implements FileSplit.
func (s *LineSplit) File() *File { return s.Of }

// Bytes implements logical.Split.
func (s *LineSplit) Bytes() int64 {
	if s.End < 0 {
		return s.Of.Size
	}
	return s.End - s.Start
}

// String implements logical.Split.
func (s *LineSplit) String() string { return s.Of.Path + lineRange(s) }
