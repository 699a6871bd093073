package rdd

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// compression is how blocks are packed; the number is written into each block.
type compression uint32

const (
	packNone compression = iota
	packLZ4
	packZstd
)

// parseCompression reads the names of spark.io.compression.codec.
func parseCompression(name string) (compression, error) {
	for i, known := range [...]string{"none", "lz4", "zstd"} {
		if name == known {
			return compression(i), nil
		}
	}
	return packNone, fmt.Errorf("unknown compression %q: want none, lz4 or zstd", name)
}

// zstdEncoder and zstdDecoder are safe for concurrent use and start no goroutines as they are used here.
var (
	zstdEncoder = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	})
	zstdDecoder = sync.OnceValues(func() (*zstd.Decoder, error) { return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0)) })
)

// pack appends raw in its packed form to dst; how says what was done, for what does not get smaller is left as it is.
func (c compression) pack(dst, raw []byte) (_ []byte, how compression, err error) {
	at := len(dst)
	switch c {
	case packLZ4:
		dst = grown(dst, lz4.CompressBlockBound(len(raw)))
		var z lz4.Compressor
		n, err := z.CompressBlock(raw, dst[at:cap(dst)])
		if err != nil {
			return nil, 0, err
		}
		if n > 0 && n < len(raw) {
			return dst[:at+n], packLZ4, nil
		}
	case packZstd:
		e, err := zstdEncoder()
		if err != nil {
			return nil, 0, err
		}
		if packed := e.EncodeAll(raw, dst); len(packed)-at < len(raw) {
			return packed, packZstd, nil
		}
	}
	return append(dst[:at], raw...), packNone, nil
}

// unpack gives the size raw bytes of a packed block, in dst's memory where they fit.
func (c compression) unpack(dst, packed []byte, size int) ([]byte, error) {
	dst = grown(dst[:0], size)
	var n int
	var err error
	switch c {
	case packLZ4:
		n, err = lz4.UncompressBlock(packed, dst[:size])
	case packZstd:
		var d *zstd.Decoder
		if d, err = zstdDecoder(); err == nil {
			dst, err = d.DecodeAll(packed, dst)
			n = len(dst)
		}
	default:
		return nil, fmt.Errorf("block is packed in an unknown way (%d)", c)
	}
	if err == nil && n != size {
		err = fmt.Errorf("block unpacks to %d bytes instead of %d", n, size)
	}
	return dst[:n], err
}

// grown is b with room for n more bytes.
func grown(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	return append(make([]byte, 0, len(b)+n), b...)
}
