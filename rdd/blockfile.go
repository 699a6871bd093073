package rdd

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// blockFile is the disk form of blocks: a data file of blocks behind each other and, for a shuffle output, an index file
// that says where those of each bucket are; a spill keeps its index in memory. Layout, all little endian:
//
//	data:  blocks: {bytes that follow u32, bytes unpacked u32, packing u32, crc32c u32 of these and of what follows}, then
//	       what the codec wrote, packed
//	index: "GSQLIDX2", then {bucket u32, offset u64, length u64} per run of blocks, then crc32c u32 of all that precedes
//
// Blocks of one bucket are read in the order in which they were written. A file that is gone, cut or altered is an
// error of the reader, which a shuffle turns into a fetch failure.
type blockFile struct {
	data    *ScratchFile
	index   *ScratchFile // of a shuffle output, once all is written
	indexed bool
	packing compression
	spans   []blockSpan // what was written so far; those of a shuffle output go to the index
	pending []byte      // blocks that are not in the data file yet
	raw     []byte      // the block that is being encoded
	batch   int         // how many elements the next block may have
	folder  *spillFolder
}

// blockSpan is a run of blocks of one bucket.
type blockSpan struct {
	bucket         uint32
	offset, length int64
}

// The format, as the comment of blockFile gives it. A change of layout takes a new magic.
const (
	indexMagic  = "GSQLIDX2"
	spanSize    = 20
	blockHeader = 16
)

// Blocks have at most maxBatch elements and about blockTarget bytes, so that a reader holds little; the file is written
// in pieces of at least writePiece bytes.
const (
	maxBatch    = 10_000
	blockTarget = 256 << 10
	writePiece  = 256 << 10
)

// castagnoli is the polynomial of CRC32C, which amd64 and arm64 compute in hardware.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// newBlockFile creates the file of a spill.
func newBlockFile(folder *spillFolder) (*blockFile, error) {
	f, err := folder.create("spill blocks")
	if err != nil {
		return nil, err
	}
	f.private = true
	return &blockFile{data: f, packing: folder.packSpills, batch: 1, folder: folder}, nil
}

// newKeptFile creates the file of something that is kept and read by many, with its index in memory.
func newKeptFile(folder *spillFolder, kind string) (*blockFile, error) {
	f, err := folder.create(kind)
	if err != nil {
		return nil, err
	}
	return &blockFile{data: f, packing: folder.packSpills, batch: 1, folder: folder}, nil
}

// newShuffleFile creates the data file of a shuffle output; the index file is created by seal.
func newShuffleFile(folder *spillFolder) (*blockFile, error) {
	f, err := folder.create("shuffle data")
	if err != nil {
		return nil, err
	}
	return &blockFile{data: f, indexed: true, packing: folder.packShuffles, batch: 1, folder: folder}, nil
}

// size is how many bytes of data there are so far.
func (b *blockFile) size() int64 { return b.data.Size() + int64(len(b.pending)) }

// blockAppender is a Codec that needs no writer.
type blockAppender[T any] interface {
	appendBlock(b []byte, vs []T) ([]byte, error)
}

// encodeBlock appends what codec makes of vs.
func encodeBlock[T any](b []byte, vs []T, codec Codec[T]) (_ []byte, err error) {
	if a, ok := codec.(blockAppender[T]); ok {
		b, err = a.appendBlock(b, vs)
	} else {
		w := bytes.NewBuffer(b)
		err = codec.Encode(w, vs)
		b = w.Bytes()
	}
	if err != nil {
		return nil, fmt.Errorf("cannot encode a block: %w", err)
	}
	return b, nil
}

// appendBlock encodes a slice as the next blocks of a bucket.
func appendBlock(b *blockFile, bucket int, vs any, coder chunkType) (err error) {
	for at, n := 0, coder.length(vs); at < n; {
		to := at + min(n-at, b.batch)
		if b.raw, err = coder.encode(b.raw[:0], coder.part(vs, at, to)); err != nil {
			return err
		}
		b.batch = max(1, min(maxBatch, blockTarget/max(1, len(b.raw)/(to-at))))
		if err := b.add(bucket, b.raw); err != nil {
			return err
		}
		at = to
	}
	return nil
}

// appendParts encodes a bucket that is in memory as its next blocks.
func appendParts(b *blockFile, bucket int, buckets any, coder chunkType) error {
	for part := range coder.parts(buckets, bucket) {
		if err := appendBlock(b, bucket, part, coder); err != nil {
			return err
		}
	}
	return nil
}

// add makes a block of what a codec wrote.
func (b *blockFile) add(bucket int, raw []byte) (err error) {
	at, was := b.size(), len(b.pending)
	if b.pending, err = frameBlock(b.pending, raw, b.packing); err != nil {
		return err
	}
	b.span(bucket, at, int64(len(b.pending)-was))
	if len(b.pending) >= writePiece {
		return b.flush()
	}
	return nil
}

// span books bytes of a bucket.
func (b *blockFile) span(bucket int, offset, length int64) {
	if n := len(b.spans); n > 0 && b.spans[n-1].bucket == uint32(bucket) && b.spans[n-1].offset+b.spans[n-1].length == offset {
		b.spans[n-1].length += length
		return
	}
	b.spans = append(b.spans, blockSpan{uint32(bucket), offset, length})
}

// flush writes what is pending.
func (b *blockFile) flush() error {
	if len(b.pending) == 0 {
		return nil
	}
	_, err := b.data.Write(b.pending)
	b.pending = b.pending[:0]
	return err
}

// frameBlock appends raw as a block.
func frameBlock(dst, raw []byte, packing compression) ([]byte, error) {
	if uint64(len(raw)) > 1<<31 {
		return nil, fmt.Errorf("a block of %d bytes is too large: the limit is 2 GiB", len(raw))
	}
	at := len(dst)
	dst = append(dst, make([]byte, blockHeader)...)
	dst, how, err := packing.pack(dst, raw)
	if err != nil {
		return nil, fmt.Errorf("cannot compress a block: %w", err)
	}
	h := dst[at:]
	binary.LittleEndian.PutUint32(h, uint32(len(h)-blockHeader))
	binary.LittleEndian.PutUint32(h[4:], uint32(len(raw)))
	binary.LittleEndian.PutUint32(h[8:], uint32(how))
	binary.LittleEndian.PutUint32(h[12:], blockSum(h))
	return dst, nil
}

// blockSum is the checksum of a block with its header.
func blockSum(block []byte) uint32 {
	return crc32.Update(crc32.Checksum(block[:12], castagnoli), castagnoli, block[blockHeader:])
}

// seal ends writing: a shuffle output gets its index and is closed; a spill stays open for its only reader.
func (b *blockFile) seal() error {
	err := b.flush()
	b.pending, b.raw = nil, nil
	if b.data.private {
		b.data.finished()
	} else {
		err = errors.Join(err, b.data.Close())
	}
	if err != nil || !b.indexed {
		return err
	}
	if b.index, err = b.folder.create("shuffle index"); err != nil {
		return err
	}
	raw := []byte(indexMagic)
	for _, s := range b.spans {
		raw = binary.LittleEndian.AppendUint32(raw, s.bucket)
		raw = binary.LittleEndian.AppendUint64(raw, uint64(s.offset))
		raw = binary.LittleEndian.AppendUint64(raw, uint64(s.length))
	}
	b.spans = nil
	_, err = b.index.Write(binary.LittleEndian.AppendUint32(raw, crc32.Checksum(raw, castagnoli)))
	return errors.Join(err, b.index.Close())
}

// remove closes and deletes the files.
func (b *blockFile) remove() {
	b.data.remove()
	if b.index != nil {
		b.index.remove()
	}
}

// errIndexDamaged is the failure of an index whose checksum or form is wrong.
var errIndexDamaged = errors.New("block index is damaged")

// allSpans gives the index, from its file where there is one.
func (b *blockFile) allSpans() ([]blockSpan, error) {
	if b.index == nil {
		return b.spans, nil
	}
	raw, err := b.index.readAll()
	if err != nil {
		return nil, err
	}
	body := len(raw) - crc32.Size
	if body < len(indexMagic) || string(raw[:len(indexMagic)]) != indexMagic || (body-len(indexMagic))%spanSize != 0 ||
		binary.LittleEndian.Uint32(raw[body:]) != crc32.Checksum(raw[:body], castagnoli) {
		return nil, errIndexDamaged
	}
	var spans []blockSpan
	for e := raw[len(indexMagic):body]; len(e) > 0; e = e[spanSize:] {
		spans = append(spans, blockSpan{binary.LittleEndian.Uint32(e), int64(binary.LittleEndian.Uint64(e[4:])),
			int64(binary.LittleEndian.Uint64(e[12:]))})
	}
	return spans, nil
}

// spansOf picks those of one bucket.
func (b *blockFile) spansOf(bucket int) ([]fileSpan, error) {
	all, err := b.allSpans()
	var found []fileSpan
	for _, s := range all {
		if s.bucket == uint32(bucket) {
			found = append(found, fileSpan{b.data, s.offset, s.length})
		}
	}
	return found, err
}

// reader gives access to a file: a handle of the reader's own, unless the file is a spill, which has one reader.
func (s *fileSpan) reader() (io.ReaderAt, func(), error) {
	if s.file.private {
		return s.file, func() {}, nil
	}
	in, err := s.file.open()
	if err != nil {
		return nil, nil, err
	}
	return in, func() { in.Close() }, nil
}
