package rdd

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"math"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// TextFile gives the lines of text files, without their ends (\n, \r\n or \r). path is a file, a folder, a glob
// (*, ?, [a-c], [^a], {x,y}, with \ before a character that stands for itself) or several of these with commas between;
// relative, absolute, file:/… or of a file system of WithFS. Files whose names begin with _ or . are skipped; a folder
// inside a folder is an error without RecursiveInput, as in Spark. Files ending in .gz, .bz2, .zst, .lz4, .snappy and
// .deflate are unpacked; each is one partition, but for .bz2. The others are split by Hadoop's rule into at least about
// minPartitions (the Context's DefaultMinPartitions when < 0; 0 counts as 1, as in Hadoop) pieces; a line belongs to the
// piece in which it begins, in .bz2 files to that in which the block begins where it does. Bytes that are not UTF-8 stay
// as they are. A line takes memory of the budget. Files are listed inside the first action. Of the options it heeds
// Named, SplitSizes and RecursiveInput.
func TextFile(sc *Context, path string, minPartitions int, opts ...Option) *RDD[string] {
	if minPartitions < 0 {
		minPartitions = sc.DefaultMinPartitions()
	}
	conf := sc.inputSettings(opts)
	own := append([]Option{Named("TextFile " + path), PreferredLocations(splitLocations)}, opts...)
	return New(sc, nil, func(context.Context) ([]Partition, error) {
		files, err := sc.listInput(path, conf.recursive)
		if err != nil {
			return nil, err
		}
		var parts []Partition
		for _, sp := range splitFiles(files, minPartitions, conf, isTextSplittable) {
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

// fileSplit is a run of bytes of a file: what one task reads.
type fileSplit struct {
	index         int
	file          location
	start, length int64
}

func (s *fileSplit) Index() int { return s.index }

// splitLocations asks a file system that knows them for the places of a split.
func splitLocations(p Partition) []string {
	s := p.(*fileSplit)
	if l, ok := s.file.fs.(vfs.Locator); ok {
		return l.Locations(s.file.name, s.start, s.length)
	}
	return nil
}

// splitSlop is FileInputFormat's SPLIT_SLOP: the last split may be a tenth larger than the others.
const splitSlop = 1.1

// isTextSplittable tells whether a text file of the name can be read from a place inside.
func isTextSplittable(name string) bool { return decompressor(name) == nil || isBzip2(name) }

// splitFiles cuts files by the rule of Hadoop's FileInputFormat (old API); divisible tells which can be cut.
func splitFiles(files []inputFile, atLeast int, conf inputConf, divisible func(name string) bool) []*fileSplit {
	total := int64(0)
	for _, f := range files {
		total += f.size
	}
	goal := total / int64(max(atLeast, 1))
	size := max(conf.minSplit, 1, min(goal, conf.blockSize))
	var splits []*fileSplit
	for _, f := range files {
		splits = append(splits, splitFile(f, size, divisible(f.name))...)
	}
	return splits
}

// splitFile cuts one file into pieces of the given size.
func splitFile(f inputFile, size int64, divisible bool) []*fileSplit {
	var splits []*fileSplit
	left := f.size
	for divisible && float64(left)/float64(size) > splitSlop {
		splits = append(splits, &fileSplit{file: f.location, start: f.size - left, length: size})
		left -= size
	}
	if left > 0 || f.size == 0 {
		splits = append(splits, &fileSplit{file: f.location, start: f.size - left, length: left})
	}
	return splits
}

// splitText is the text of a split and what follows it in the file.
type splitText struct {
	io.Reader
	end   *int64 // where in the text the split ends; a reader that unpacks finds that out while it reads
	close func()
}

// openText opens the text of a file from the split's start.
func (s *fileSplit) openText() (splitText, error) {
	f, err := s.file.fs.Open(s.file.name)
	if err != nil {
		return splitText{}, err
	}
	t := splitText{end: new(int64), close: func() { f.Close() }}
	unpack := decompressor(s.file.name)
	switch {
	case unpack == nil:
		*t.end = s.length
		t.Reader = io.NewSectionReader(f, s.start, f.Size()-s.start)
		return t, nil
	case isBzip2(s.file.name):
		b := newBzip2Split(f, s.start, s.length)
		t.Reader, t.end = b, &b.end
		return t, nil
	}
	unpacked, err := unpack(f)
	if err != nil {
		f.Close()
		return t, fmt.Errorf("cannot unpack %s: %w", s.file, err)
	}
	*t.end = math.MaxInt64
	t.Reader, t.close = unpacked, func() { unpacked.Close(); f.Close() }
	return t, nil
}

// lines gives the lines that begin in the split; the first line of the file belongs to the first split, and every other
// split leaves its first, maybe broken, line to the one before, which in turn reads the line that begins at its end.
func (s *fileSplit) lines(tc *TaskContext, yield func(string, error) bool) error {
	text, err := s.openText()
	if err != nil {
		return err
	}
	defer text.close()
	lr := &lineReader{in: bufio.NewReaderSize(text, 64<<10), memory: tc.Reserve("a line of "+s.file.String(), nil)}
	at := int64(0)
	if s.start > 0 {
		_, n, err := lr.next()
		if err != nil && err != io.EOF {
			return fmt.Errorf("cannot read %s at byte %d: %w", s.file, s.start, err)
		}
		at = int64(n)
	}
	for i := 0; at <= *text.end; i++ {
		if i%pollEvery == 0 && tc.Err() != nil {
			return tc.Err()
		}
		line, n, err := lr.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cannot read %s at byte %d: %w", s.file, s.start+at, err)
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
