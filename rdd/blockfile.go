package rdd

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
)

// blockFile is the disk form of blocks: one data file with the encoded blocks behind each other, and one index file
// that says where the blocks of each bucket are. Layout, all little endian:
//
//	data:  "GSQLBLK1", then the blocks
//	index: "GSQLIDX1", then per block {bucket u32, crc32c of its bytes u32, offset u64, length u64}, then crc32c u32 of
//	       all that precedes
//
// Blocks of one bucket are read in the order in which they were written. A file that is gone, cut or altered is an
// error of the reader, which a shuffle turns into a fetch failure.
type blockFile struct {
	data, index *ScratchFile // the index is nil until all is written
	entries     []byte
	scratch     bytes.Buffer
	spill       *spillFolder
}

// The format, as the comment of blockFile gives it. A change of layout takes a new magic.
const (
	dataMagic  = "GSQLBLK1"
	indexMagic = "GSQLIDX1"
	entrySize  = 24
)

// castagnoli is the polynomial of CRC32C, which amd64 and arm64 compute in hardware.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// newBlockFile creates the data file; the index file is created by seal.
func newBlockFile(spill *spillFolder) (*blockFile, error) {
	f, err := spill.create("shuffle data")
	if err != nil {
		return nil, err
	}
	b := &blockFile{data: f, spill: spill, entries: []byte(indexMagic)}
	if _, err := f.Write([]byte(dataMagic)); err != nil {
		b.remove()
		return nil, err
	}
	return b, nil
}

// size is how many bytes the data file has so far.
func (b *blockFile) size() int64 { return b.data.Size() }

// appendBlock encodes vs as the next block of a bucket.
func appendBlock[T any](b *blockFile, bucket int, vs []T, codec Codec[T]) error {
	b.scratch.Reset()
	if err := codec.Encode(&b.scratch, vs); err != nil {
		return fmt.Errorf("cannot encode a block: %w", err)
	}
	raw := b.scratch.Bytes()
	at := b.data.Size()
	if _, err := b.data.Write(raw); err != nil {
		return err
	}
	b.entries = binary.LittleEndian.AppendUint32(b.entries, uint32(bucket))
	b.entries = binary.LittleEndian.AppendUint32(b.entries, crc32.Checksum(raw, castagnoli))
	b.entries = binary.LittleEndian.AppendUint64(b.entries, uint64(at))
	b.entries = binary.LittleEndian.AppendUint64(b.entries, uint64(len(raw)))
	return nil
}

// seal writes the index and closes the files.
func (b *blockFile) seal() error {
	b.scratch = bytes.Buffer{}
	if err := b.data.Close(); err != nil {
		return err
	}
	b.entries = binary.LittleEndian.AppendUint32(b.entries, crc32.Checksum(b.entries, castagnoli))
	f, err := b.spill.create("shuffle index")
	if err != nil {
		return err
	}
	b.index = f
	_, err = f.Write(b.entries)
	b.entries = nil
	return errors.Join(err, f.Close())
}

// remove closes and deletes the files.
func (b *blockFile) remove() {
	b.data.remove()
	if b.index != nil {
		b.index.remove()
	}
}

// blockEntry is a line of the index.
type blockEntry struct {
	bucket, sum    uint32
	offset, length int64
}

// blocksOf reads the index and picks the blocks of one bucket.
func (b *blockFile) blocksOf(bucket int) ([]blockEntry, error) {
	raw, err := b.index.readAll()
	if err != nil {
		return nil, err
	}
	body := len(raw) - crc32.Size
	if body < len(indexMagic) || string(raw[:len(indexMagic)]) != indexMagic || (body-len(indexMagic))%entrySize != 0 ||
		binary.LittleEndian.Uint32(raw[body:]) != crc32.Checksum(raw[:body], castagnoli) {
		return nil, fmt.Errorf("block index is damaged")
	}
	var found []blockEntry
	for at := len(indexMagic); at < body; at += entrySize {
		e := raw[at : at+entrySize]
		if binary.LittleEndian.Uint32(e) == uint32(bucket) {
			found = append(found, blockEntry{uint32(bucket), binary.LittleEndian.Uint32(e[4:]),
				int64(binary.LittleEndian.Uint64(e[8:])), int64(binary.LittleEndian.Uint64(e[16:]))})
		}
	}
	return found, nil
}

// readFile streams the elements of a bucket. Each block's checksum is verified before anything of it is decoded.
func readFile[T any](b *blockFile, bucket int, codec Codec[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		entries, err := b.blocksOf(bucket)
		if err != nil {
			yield(zero, err)
			return
		}
		if len(entries) == 0 {
			return
		}
		f, err := b.data.open()
		if err != nil {
			yield(zero, err)
			return
		}
		defer f.Close()
		for _, e := range entries {
			raw, err := e.load(f)
			if err != nil {
				yield(zero, err)
				return
			}
			for v, err := range codec.Decode(bufio.NewReader(bytes.NewReader(raw))) {
				if !yield(v, err) || err != nil {
					return
				}
			}
		}
	}
}

// load reads one block and verifies it.
func (e *blockEntry) load(f io.ReaderAt) ([]byte, error) {
	raw := make([]byte, e.length)
	if _, err := f.ReadAt(raw, e.offset); err != nil {
		return nil, fmt.Errorf("cannot read a block of %d bytes at %d: %w", e.length, e.offset, err)
	}
	if crc32.Checksum(raw, castagnoli) != e.sum {
		return nil, fmt.Errorf("block at %d is damaged: its checksum differs", e.offset)
	}
	return raw, nil
}
