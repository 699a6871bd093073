package physical

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// spilledRows is rows in a temporary file of a task, in the order in which they came. Once they have been read, no more can be added; they can be
// read any number of times, also several times at once by the task's goroutine.
type spilledRows struct {
	tc      *rdd.TaskContext
	owner   string // as errors and files name it
	schema  *columnar.Schema
	metrics *Metrics // nil: nobody counts
	file    *rdd.ScratchFile
	w       *bufio.Writer
	block   *[]byte // where a block is made; files that are written in turns share it
}

// Each batch is a block: its length and checksum, four bytes each, and columnar's form of it.
const blockHead = 8

// errDamaged is returned for a block that is not what was written.
var errDamaged = errors.New("the checksum does not match")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// partBuffer is the buffer of a file of which a task writes many.
const partBuffer = 32 << 10

func newSpilledRows(tc *rdd.TaskContext, owner string, schema *columnar.Schema, m *Metrics) *spilledRows {
	return &spilledRows{tc: tc, owner: owner, schema: schema, metrics: m, block: new([]byte)}
}

// add appends the live rows of a batch; the file is made for the first.
func (s *spilledRows) add(b columnar.Batch) (err error) {
	if b.Live() == 0 {
		return nil
	}
	if s.file == nil {
		if s.file, err = s.tc.SpillFile(s.owner); err != nil {
			return err
		}
		s.w = bufio.NewWriterSize(s.file, partBuffer)
	}
	block := columnar.EncodeBatchInto(*s.block, b)
	*s.block = block
	var head [blockHead]byte
	binary.LittleEndian.PutUint32(head[:], uint32(len(block)))
	binary.LittleEndian.PutUint32(head[4:], crc32.Checksum(block, castagnoli))
	if _, err := s.w.Write(head[:]); err != nil {
		return err
	}
	_, err = s.w.Write(block)
	return err
}

// finish ends writing.
func (s *spilledRows) finish() error {
	if s.w == nil {
		return nil
	}
	err := s.w.Flush()
	s.w, *s.block = nil, nil
	if s.metrics != nil {
		s.metrics.Spilled.Add(s.file.Size())
	}
	s.tc.Metrics().SpillBytes += s.file.Size()
	return err
}

// batches reads from the start. The batches are owned.
func (s *spilledRows) batches() iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		if err := s.finish(); err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		if s.file == nil {
			return
		}
		s.read(io.NewSectionReader(s.file, 0, s.file.Size()), yield)
	}
}

// read gives the batches of a part of the file.
func (s *spilledRows) read(from io.Reader, yield func(columnar.Batch, error) bool) {
	in := bufio.NewReaderSize(from, partBuffer)
	for {
		if _, err := in.Peek(1); errors.Is(err, io.EOF) {
			return
		}
		b, err := s.readBlock(in)
		if err == nil {
			err = s.tc.Err()
		}
		if !yield(b, err) || err != nil {
			return
		}
	}
}

// readBlock reads the next batch. An error here fails the task's attempt, and the next computes the rows anew.
func (s *spilledRows) readBlock(in io.Reader) (columnar.Batch, error) {
	var head [blockHead]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return columnar.Batch{}, fmt.Errorf("cannot read spilled rows of %s: %w", s.owner, err)
	}
	left := int64(binary.LittleEndian.Uint32(head[:]))
	sum := crc32.New(castagnoli)
	b, err := columnar.DecodeBatch(io.TeeReader(io.LimitReader(in, left), sum), s.schema)
	if err == nil && sum.Sum32() != binary.LittleEndian.Uint32(head[4:]) {
		err = errDamaged
	}
	if err != nil {
		return columnar.Batch{}, fmt.Errorf("cannot read spilled rows of %s: %w", s.owner, err)
	}
	return b, nil
}
