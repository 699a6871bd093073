package rdd

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// TextFile gives the lines of text files, without their ends (\n, \r\n or \r). path is a file, a folder, a glob
// (*, ?, [a-c], {x,y}) or several of these with commas between; relative, absolute or file://. Files whose names begin
// with _ or . are skipped; a folder inside a folder is an error, as in Spark. Files ending in .gz, .bz2, .zst and .lz4
// are unpacked, each as one partition. The others are split by Hadoop's rule into at least about minPartitions (the
// Context's DefaultMinPartitions when < 0; 0 counts as 1, as in Hadoop) pieces; a line belongs to the piece in which it begins. Bytes that are not
// UTF-8 stay as they are. Files are listed inside the first action. Of the options it heeds Named and SplitSizes.
func TextFile(sc *Context, path string, minPartitions int, opts ...Option) *RDD[string] {
	s := newSettings(opts)
	if minPartitions < 0 {
		minPartitions = sc.DefaultMinPartitions()
	}
	own := append([]Option{Named("TextFile " + path)}, opts...)
	return New(sc, nil, func(context.Context) ([]Partition, error) {
		files, err := listInput(path)
		if err != nil {
			return nil, err
		}
		var parts []Partition
		for _, sp := range splitFiles(files, minPartitions, s.minSplit, s.blockSize) {
			if sp.length > 0 { // Spark ignores empty splits
				sp.index = len(parts)
				parts = append(parts, sp)
			}
		}
		return parts, nil
	}, func(tc *TaskContext, p Partition) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			if err := p.(*fileSplit).lines(tc, yield); err != nil {
				yield("", err)
			}
		}
	}, own...)
}

// SplitSizes sets, for TextFile, the least size of a split (mapreduce.input.fileinputformat.split.minsize, 1 by
// default) and the block size that a split does not exceed (fs.local.block.size, 32 MiB by default), in bytes; 0 keeps
// the default.
func SplitSizes(least, block int64) Option {
	return func(s *settings) { s.minSplit, s.blockSize = least, block }
}

// inputFile is a file to be read and its size when it was listed.
type inputFile struct {
	path string
	size int64
}

// fileSplit is a run of bytes of a file: what one task reads.
type fileSplit struct {
	index         int
	path          string
	start, length int64
}

func (s *fileSplit) Index() int { return s.index }

// Hadoop's constants: fs.local.block.size, and FileInputFormat's SPLIT_SLOP.
const (
	defaultBlockSize = 32 << 20
	splitSlop        = 1.1 // the last split may be a tenth larger than the others
)

// splitFiles cuts files by the rule of Hadoop's FileInputFormat (old API).
func splitFiles(files []inputFile, atLeast int, minSplit, blockSize int64) []*fileSplit {
	total := int64(0)
	for _, f := range files {
		total += f.size
	}
	if blockSize <= 0 {
		blockSize = defaultBlockSize
	}
	goal := total / int64(max(atLeast, 1))
	size := max(minSplit, 1, min(goal, blockSize))
	var splits []*fileSplit
	for _, f := range files {
		left := f.size
		if decompressor(f.path) == nil {
			for float64(left)/float64(size) > splitSlop {
				splits = append(splits, &fileSplit{path: f.path, start: f.size - left, length: size})
				left -= size
			}
		}
		if left > 0 || f.size == 0 {
			splits = append(splits, &fileSplit{path: f.path, start: f.size - left, length: left})
		}
	}
	return splits
}

// decompressor gives the reader for a file's suffix, or nil for a file that is not compressed.
func decompressor(path string) func(io.Reader) (io.ReadCloser, error) {
	switch filepath.Ext(path) {
	case ".gz":
		return func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }
	case ".bz2":
		return func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(bzip2.NewReader(r)), nil }
	case ".zst":
		return func(r io.Reader) (io.ReadCloser, error) {
			d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) // more would start goroutines
			if err != nil {
				return nil, err
			}
			return d.IOReadCloser(), nil
		}
	case ".lz4":
		return func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(lz4.NewReader(r)), nil }
	}
	return nil
}

// lines gives the lines that begin in the split; the first line of the file belongs to the first split, and every other
// split leaves its first, maybe broken, line to the one before, which in turn reads the line that begins at its end.
func (s *fileSplit) lines(tc *TaskContext, yield func(string, error) bool) error {
	f, err := os.Open(s.path)
	if err != nil {
		return err
	}
	defer f.Close()
	in, at, end := io.Reader(f), int64(0), s.start+s.length
	if unpack := decompressor(s.path); unpack != nil {
		unpacked, err := unpack(f)
		if err != nil {
			return fmt.Errorf("cannot unpack %s: %w", s.path, err)
		}
		defer unpacked.Close()
		in, end = unpacked, 1<<62
	} else if s.start > 0 {
		if _, err := f.Seek(s.start, io.SeekStart); err != nil {
			return err
		}
	}
	lr := &lineReader{in: bufio.NewReaderSize(in, 64<<10)}
	if at = s.start; at > 0 {
		_, n, err := lr.next()
		if err != nil && err != io.EOF {
			return err
		}
		at += int64(n)
	}
	for i := 0; at <= end; i++ {
		if i%pollEvery == 0 && tc.Err() != nil {
			return tc.Err()
		}
		line, n, err := lr.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cannot read %s at byte %d: %w", s.path, at, err)
		}
		at += int64(n)
		tc.metrics.InputBytes += int64(n)
		tc.metrics.InputRows++
		if !yield(string(line), nil) {
			return nil
		}
	}
	return nil
}

// lineReader cuts a stream at \n, \r\n and \r, as Hadoop's LineReader does.
type lineReader struct {
	in   *bufio.Reader
	long []byte // a line that does not fit in the reader's buffer
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
			l.long = append(l.long, chunk...)
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
