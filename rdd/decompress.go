package rdd

import (
	"bufio"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// decompressor gives the reader for a file's suffix, or nil for a file that is not compressed.
func decompressor(name string) func(io.Reader) (io.ReadCloser, error) {
	switch path.Ext(name) {
	case ".gz":
		return func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }
	case ".deflate":
		return func(r io.Reader) (io.ReadCloser, error) { return zlib.NewReader(r) }
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
		return func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(newLZ4Reader(r)), nil }
	case ".snappy":
		return func(r io.Reader) (io.ReadCloser, error) { return io.NopCloser(newSnappyReader(r)), nil }
	}
	return nil
}

// newLZ4Reader reads the two forms that .lz4 files come in: LZ4's own frames, and Hadoop's blocks.
func newLZ4Reader(r io.Reader) io.Reader {
	in := bufio.NewReaderSize(r, 64<<10)
	if magic, err := in.Peek(4); err != nil || isLZ4Frame(binary.LittleEndian.Uint32(magic)) {
		return lz4.NewReader(in)
	}
	return &hadoopBlocks{in: in, unpack: func(dst, src []byte) ([]byte, error) {
		n, err := lz4.UncompressBlock(src, dst[:cap(dst)])
		if err != nil {
			return nil, err
		}
		return dst[:n], nil
	}}
}

// isLZ4Frame knows the first word of a frame: of this format, the legacy one, or a skippable one.
func isLZ4Frame(magic uint32) bool {
	return magic == 0x184d2204 || magic == 0x184c2102 || magic&^0xf == 0x184d2a50
}

// newSnappyReader reads the two forms that .snappy files come in: Snappy's framing format, and Hadoop's blocks.
func newSnappyReader(r io.Reader) io.Reader {
	in := bufio.NewReaderSize(r, 64<<10)
	if magic, err := in.Peek(10); err == nil && magic[0] == 0xff && string(magic[4:10]) == "sNaPpY" {
		return s2.NewReader(in)
	}
	return &hadoopBlocks{in: in, unpack: s2.Decode}
}

// hadoopBlocks reads what Hadoop's BlockCompressorStream writes: blocks of (unpacked length, then pieces of (packed
// length, packed bytes) until the unpacked length is reached), all lengths big-endian words.
type hadoopBlocks struct {
	in     io.Reader
	unpack func(dst, src []byte) ([]byte, error)
	left   int    // bytes of the block that are still to come
	piece  []byte // unpacked and not yet handed out
	packed []byte
	buffer []byte
}

// maxHadoopBlock bounds the lengths, so that damage does not ask for absurd memory.
const maxHadoopBlock = 64 << 20

func (h *hadoopBlocks) Read(p []byte) (int, error) {
	for len(h.piece) == 0 {
		if err := h.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, h.piece)
	h.piece = h.piece[n:]
	return n, nil
}

// next unpacks a piece; io.EOF only where a block could begin.
func (h *hadoopBlocks) next() error {
	for h.left == 0 {
		n, err := h.length()
		if err != nil {
			return err
		}
		h.left = n
	}
	n, err := h.length()
	if err != nil {
		return cutShort(err)
	}
	if cap(h.packed) < n {
		h.packed = make([]byte, n)
	}
	if cap(h.buffer) < h.left {
		h.buffer = make([]byte, h.left)
	}
	if _, err := io.ReadFull(h.in, h.packed[:n]); err != nil {
		return cutShort(err)
	}
	if h.piece, err = h.unpack(h.buffer, h.packed[:n]); err != nil {
		return err
	}
	if h.left -= len(h.piece); h.left < 0 {
		return errors.New("block is longer than announced")
	}
	return nil
}

// length reads a length.
func (h *hadoopBlocks) length() (int, error) {
	var b [4]byte
	if _, err := io.ReadFull(h.in, b[:]); err != nil {
		return 0, err
	}
	n := binary.BigEndian.Uint32(b[:])
	if n > maxHadoopBlock {
		return 0, fmt.Errorf("block of %d bytes: not in the format that the name tells", n)
	}
	return int(n), nil
}

// cutShort is err, where the end of the input was not expected.
func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
