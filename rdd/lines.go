package rdd

import (
	"bufio"
	"bytes"
	"io"
	"slices"
)

// lineReader cuts a stream at \n, \r\n and \r, as Hadoop's LineReader does.
type lineReader struct {
	in     *bufio.Reader
	long   []byte       // a line that does not fit in the reader's buffer
	memory *Reservation // for long
}

// longLine is the size from which on a line takes memory of the budget.
const longLine = 1 << 20

// extend adds to the line that does not fit in the buffer. The element made of it takes as much again.
func (l *lineReader) extend(chunk []byte) error {
	if need := len(l.long) + len(chunk); need > cap(l.long) && need > longLine {
		grown := 2 * need
		if err := l.memory.Grow(int64(2*grown) - l.memory.Used()); err != nil {
			return err
		}
		l.long = slices.Grow(l.long, grown-len(l.long))
	}
	l.long = append(l.long, chunk...)
	return nil
}

// next gives a line without its end, good until the next call, and how many bytes it took with its end. After the last
// one the error is io.EOF.
func (l *lineReader) next() (line []byte, took int, err error) {
	l.long = l.long[:0]
	for {
		chunk, err := l.in.Peek(max(l.in.Buffered(), 1))
		if len(chunk) == 0 {
			if took > 0 && err == io.EOF {
				return l.long, took, nil
			}
			return nil, took, err
		}
		end := bytes.IndexByte(chunk, '\n')
		if end < 0 {
			end = len(chunk)
		}
		if cr := bytes.IndexByte(chunk[:end], '\r'); cr >= 0 {
			end = cr
		}
		if end == len(chunk) {
			if err := l.extend(chunk); err != nil {
				return nil, took, err
			}
			took += end
			l.in.Discard(end)
			continue
		}
		return l.cut(chunk, end, took)
	}
}

// cut ends the line at the line end that begins at chunk[end].
func (l *lineReader) cut(chunk []byte, end, took int) ([]byte, int, error) {
	width := 1
	if chunk[end] == '\r' {
		if end+1 < len(chunk) {
			if chunk[end+1] == '\n' {
				width = 2
			}
		} else { // what follows the \r is not in the buffer yet
			l.long = append(l.long, chunk[:end]...)
			l.in.Discard(end + 1)
			took += end + 1
			if next, err := l.in.Peek(1); err == nil && next[0] == '\n' {
				l.in.Discard(1)
				took++
			}
			return l.long, took, nil
		}
	}
	line := chunk[:end]
	if len(l.long) > 0 {
		l.long = append(l.long, line...)
		line = l.long
	}
	l.in.Discard(end + width) // the bytes stay in the buffer until the next read
	return line, took + end + width, nil
}
