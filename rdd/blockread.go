package rdd

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// diskBlocks is where blocks are on disk, in whatever layout.
type diskBlocks interface {
	// spansOf lists the runs of blocks of a bucket in the order in which they are to be read.
	spansOf(bucket int) ([]fileSpan, error)
	// remove deletes the files, or takes this output's share of them away.
	remove()
}

// fileSpan is a run of blocks in a file.
type fileSpan struct {
	file           *ScratchFile
	offset, length int64
}

// blockScan reads the blocks of a span one by one.
type blockScan struct {
	in   *bufio.Reader
	left int64
	at   int64
	read []byte // the block with its header
	raw  []byte // unpacked
}

// scanBuffer is the size of the buffer that small blocks are read through; large ones go around it.
const scanBuffer = 64 << 10

// start begins a span.
func (s *blockScan) start(in io.ReaderAt, span fileSpan) {
	section := io.NewSectionReader(in, span.offset, span.length)
	if s.in == nil {
		s.in = bufio.NewReaderSize(section, int(min(scanBuffer, max(span.length, 16))))
	} else {
		s.in.Reset(section)
	}
	s.left, s.at = span.length, span.offset
}

// nextBlock gives the next block with its header, good until the call after; io.EOF ends the span. The checksum is
// verified before anything of it is used.
func (s *blockScan) nextBlock() ([]byte, error) {
	if s.left == 0 {
		return nil, io.EOF
	}
	s.read = grown(s.read[:0], blockHeader)[:blockHeader]
	if err := s.fill(s.read); err != nil {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(s.read))
	if n > s.left {
		return nil, s.damaged()
	}
	s.read = grown(s.read, int(n))[:blockHeader+n]
	if err := s.fill(s.read[blockHeader:]); err != nil {
		return nil, err
	}
	if blockSum(s.read) != binary.LittleEndian.Uint32(s.read[12:]) {
		return nil, s.damaged()
	}
	s.at += int64(len(s.read))
	return s.read, nil
}

// next gives what the codec wrote for the next block, good until the call after; io.EOF ends the span.
func (s *blockScan) next() ([]byte, error) {
	block, err := s.nextBlock()
	if err != nil {
		return nil, err
	}
	how := compression(binary.LittleEndian.Uint32(block[8:]))
	if how == packNone {
		return block[blockHeader:], nil
	}
	s.raw, err = how.unpack(s.raw, block[blockHeader:], int(binary.LittleEndian.Uint32(block[4:])))
	return s.raw, err
}

// fill reads the next bytes of the span.
func (s *blockScan) fill(p []byte) error {
	if int64(len(p)) > s.left {
		return s.damaged()
	}
	s.left -= int64(len(p))
	_, err := io.ReadFull(s.in, p)
	if errors.Is(err, io.EOF) && !errors.As(err, new(*ScratchError)) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// endOfSpan is err, unless that only says that the span was read to its end.
func endOfSpan(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// damaged is the error for a block that is not as it was written.
func (s *blockScan) damaged() error {
	return fmt.Errorf("block at %d is damaged: its checksum differs", s.at)
}

// blockCursor reads the blocks of a bucket one by one. The caller must close it.
type blockCursor struct {
	spans []fileSpan
	scan  blockScan
	open  *ScratchFile // the file that in reads
	in    io.ReaderAt
	done  func()
	begun bool
}

// newBlockCursor begins at the first block of a bucket.
func newBlockCursor(b diskBlocks, bucket int) (*blockCursor, error) {
	spans, err := b.spansOf(bucket)
	return &blockCursor{spans: spans}, err
}

// next gives what the codec wrote for the next block, good until the call after; io.EOF ends the bucket.
func (c *blockCursor) next() ([]byte, error) {
	for len(c.spans) > 0 {
		if !c.begun {
			if err := c.begin(); err != nil {
				return nil, err
			}
		}
		raw, err := c.scan.next()
		if err != io.EOF {
			return raw, err
		}
		c.spans, c.begun = c.spans[1:], false
	}
	return nil, io.EOF
}

// begin opens the first of the spans that are left.
func (c *blockCursor) begin() (err error) {
	s := c.spans[0]
	if c.open != s.file {
		c.close()
		if c.in, c.done, err = s.reader(); err != nil {
			return err
		}
		c.open = s.file
	}
	c.scan.start(c.in, s)
	c.begun = true
	return nil
}

// close lets go of the file.
func (c *blockCursor) close() {
	if c.open != nil {
		c.done()
		c.open = nil
	}
}

// verifyBlocks reads the blocks of all buckets and compares checksums.
func verifyBlocks(b diskBlocks, buckets int) error {
	for bucket := range buckets {
		c, err := newBlockCursor(b, bucket)
		for err == nil {
			_, err = c.next()
		}
		c.close()
		if endOfSpan(err) != nil {
			return err
		}
	}
	return nil
}

// blockDecoder is a Codec that needs no reader.
type blockDecoder[T any] interface {
	decodeBlock(raw []byte, into []T) ([]T, error)
}

// decodeBlock appends the elements of a block.
func decodeBlock[T any](raw []byte, into []T, codec Codec[T]) ([]T, error) {
	if d, ok := codec.(blockDecoder[T]); ok {
		return d.decodeBlock(raw, into)
	}
	var err error
	codec.Decode(bytes.NewReader(raw))(func(v T, e error) bool {
		if err = e; err == nil {
			into = append(into, v)
		}
		return err == nil
	})
	return into, err
}

// readBucket streams the elements of a bucket. The time that reading takes is added to waited, which may be nil.
func readBucket(b diskBlocks, bucket int, coder chunkType, waited *time.Duration) anyChunks {
	if waited == nil {
		waited = new(time.Duration)
	}
	return func(yield func(any, error) bool) {
		c, err := newBlockCursor(b, bucket)
		defer c.close()
		var chunk any
		for err == nil {
			var raw []byte
			begun := time.Now()
			raw, err = c.next()
			*waited += time.Since(begun)
			if err != nil {
				break
			}
			if chunk != nil {
				chunk = coder.reuse(chunk)
			}
			if chunk, err = coder.decode(raw, chunk); err != nil {
				err = fmt.Errorf("cannot decode a block: %w", err)
				break
			}
			if !inParts(coder, chunk, yield) {
				return
			}
		}
		if err != io.EOF {
			yield(nil, err)
		}
	}
}
