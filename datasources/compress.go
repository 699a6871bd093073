package datasources

import (
	"bufio"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"

	"github.com/gosql-engine/gosql/columnar"
)

// compression is how a whole file is compressed.
type compression uint8

const (
	noCompression compression = iota
	gzipCompression
	bzip2Compression
	zstdCompression
	lz4Compression
	snappyCompression
	brotliCompression
	deflateCompression
	xzCompression
)

var compressionSuffixes = []struct {
	suffix string
	kind   compression
}{
	{".gz", gzipCompression}, {".gzip", gzipCompression}, {".bz2", bzip2Compression}, {".zst", zstdCompression},
	{".zstd", zstdCompression}, {".lz4", lz4Compression}, {".snappy", snappyCompression}, {".br", brotliCompression},
	{".deflate", deflateCompression}, {".xz", xzCompression},
}

// compressionOf reads a file's name: the compression and the suffix that says so, "" if there is none.
func compressionOf(name string) (compression, string) {
	lower := strings.ToLower(name)
	for _, c := range compressionSuffixes {
		if strings.HasSuffix(lower, c.suffix) {
			return c.kind, c.suffix
		}
	}
	return noCompression, ""
}

// stream is a decompressed file; closing it closes the file.
type stream struct {
	io.Reader
	close func() error
}

func (s stream) Close() error { return s.close() }

// streamBuffer is the size of the pieces in which compressed files are read.
const streamBuffer = 256 << 10

func decompress(f *File, r FileReader) (io.ReadCloser, error) {
	raw := io.NewSectionReader(r, 0, f.Size)
	kind, suffix := compressionOf(f.Path)
	if kind == noCompression {
		return stream{raw, r.Close}, nil
	}
	in := bufio.NewReaderSize(raw, streamBuffer)
	var out io.Reader
	var err error
	switch kind {
	case gzipCompression:
		out, err = gzip.NewReader(in)
	case bzip2Compression:
		out = bzip2.NewReader(in)
	case zstdCompression:
		d, e := zstd.NewReader(in, zstd.WithDecoderConcurrency(1))
		if e == nil {
			return stream{d, func() error { d.Close(); return r.Close() }}, nil
		}
		err = e
	case lz4Compression:
		out = lz4.NewReader(in)
	case snappyCompression:
		out = newSnappyReader(in)
	case brotliCompression:
		out = brotli.NewReader(in)
	case deflateCompression:
		out, err = zlib.NewReader(in)
	default:
		err = columnar.Errorf("UNSUPPORTED_FEATURE", "The compression of %q (%s) is not supported.", f.Path, suffix)
	}
	if err != nil {
		r.Close()
		return nil, ReadError(f.Path, err)
	}
	return stream{out, r.Close}, nil
}

// newSnappyReader reads both forms that .snappy files come in: the framing format, and Hadoop's blocks of
// (length, then pieces of (compressed length, raw snappy)), all lengths big-endian.
func newSnappyReader(in *bufio.Reader) io.Reader {
	if magic, err := in.Peek(10); err == nil && magic[0] == 0xff && string(magic[4:10]) == "sNaPpY" {
		return s2.NewReader(in)
	}
	return &hadoopSnappy{in: in}
}

type hadoopSnappy struct {
	in    *bufio.Reader
	left  int    // bytes of the block that are still to come
	piece []byte // decompressed and not yet handed out
	buf   []byte
}

func (h *hadoopSnappy) Read(p []byte) (int, error) {
	for len(h.piece) == 0 {
		if err := h.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, h.piece)
	h.piece = h.piece[n:]
	return n, nil
}

func (h *hadoopSnappy) next() error {
	for h.left == 0 {
		n, err := h.length()
		if err != nil {
			return err
		}
		h.left = n
	}
	n, err := h.length()
	if err != nil {
		return errors.Join(io.ErrUnexpectedEOF, err)
	}
	if cap(h.buf) < n {
		h.buf = make([]byte, n)
	}
	if _, err := io.ReadFull(h.in, h.buf[:n]); err != nil {
		return err
	}
	if h.piece, err = s2.Decode(nil, h.buf[:n]); err != nil {
		return err
	}
	if h.left -= len(h.piece); h.left < 0 {
		return fmt.Errorf("snappy block is longer than announced")
	}
	return nil
}

func (h *hadoopSnappy) length() (int, error) {
	var b [4]byte
	if _, err := io.ReadFull(h.in, b[:]); err != nil {
		return 0, err
	}
	n := binary.BigEndian.Uint32(b[:])
	if n > 1<<30 {
		return 0, errors.New("not a snappy file")
	}
	return int(n), nil
}
