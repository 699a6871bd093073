package rdd

import (
	"context"
	"fmt"
	"io"
	"iter"
)

// BinaryRecords gives the records of files that are nothing but records of a fixed length in bytes. Paths are as with
// TextFile, and nothing is unpacked; files are split between records into pieces of about the block size. A file whose
// size is not a multiple of the length is an error when the files are listed. Records may be kept. Of the options it
// heeds Named, SplitSizes and RecursiveInput.
func BinaryRecords(sc *Context, path string, recordLength int, opts ...Option) *RDD[[]byte] {
	conf := sc.inputSettings(opts)
	length := int64(recordLength)
	own := append([]Option{Named("BinaryRecords " + path), PreferredLocations(splitLocations)}, opts...)
	return New(sc, nil, func(context.Context) ([]Partition, error) {
		if length <= 0 {
			return nil, fmt.Errorf("records of %d bytes: the length must be positive", recordLength)
		}
		files, err := sc.listInput(path, conf.recursive)
		if err != nil {
			return nil, err
		}
		return splitRecords(files, length, conf)
	}, func(tc *TaskContext, p Partition) iter.Seq2[[]byte, error] {
		return func(yield func([]byte, error) bool) {
			if err := p.(*fileSplit).records(tc, length, yield); err != nil {
				yield(nil, err)
			}
		}
	}, own...)
}

// splitRecords cuts files between records.
func splitRecords(files []inputFile, length int64, conf inputConf) ([]Partition, error) {
	var parts []Partition
	size := max(max(conf.minSplit, conf.blockSize)/length, 1) * length
	for _, f := range files {
		if f.size%length != 0 {
			return nil, fmt.Errorf("%s has %d bytes, which is not a multiple of the record length %d", f, f.size, length)
		}
		for _, sp := range splitFile(f, size, true) {
			if sp.length > 0 {
				sp.index = len(parts)
				parts = append(parts, sp)
			}
		}
	}
	return parts, nil
}

// recordChunk is how many bytes of records are read, and allocated, at once.
const recordChunk = 64 << 10

// records gives the records of a split.
func (s *fileSplit) records(tc *TaskContext, length int64, yield func([]byte, error) bool) error {
	f, err := s.file.fs.Open(s.file.name)
	if err != nil {
		return err
	}
	defer f.Close()
	step := max(recordChunk/length, 1) * length
	for at := int64(0); at < s.length; at += step {
		if tc.Err() != nil {
			return tc.Err()
		}
		chunk := make([]byte, min(step, s.length-at))
		if n, err := f.ReadAt(chunk, s.start+at); n < len(chunk) {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("cannot read %s at byte %d: %w", s.file, s.start+at, err)
		}
		tc.metrics.InputBytes += int64(len(chunk))
		for ; len(chunk) > 0; chunk = chunk[length:] {
			tc.metrics.InputRows++
			if !yield(chunk[:length:length], nil) {
				return nil
			}
		}
	}
	return nil
}
