package parquet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"

	"github.com/gosql-engine/gosql/columnar"
)

// zstdDecoders are kept because making one allocates much; each is used by one goroutine at a time.
var zstdDecoders = sync.Pool{New: func() any {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPage))
	if err != nil {
		return err
	}
	return d
}}

var errPageSize = errors.New("a page does not decompress to the size that it announces")

// decompress fills dst, which has the size that the page announces, from src.
func decompress(codec format.CompressionCodec, dst, src []byte) error {
	switch codec {
	case format.Snappy:
		return decompressSnappy(dst, src)
	case format.Zstd:
		return decompressZstd(dst, src)
	case format.Gzip:
		r, err := gzip.NewReader(bytes.NewReader(src))
		if err != nil {
			return err
		}
		return readFull(r, dst)
	case format.Brotli:
		return readFull(brotli.NewReader(bytes.NewReader(src)), dst)
	case format.Lz4Raw:
		n, err := lz4.UncompressBlock(src, dst)
		if err == nil && n != len(dst) {
			err = errPageSize
		}
		return err
	}
	return unsupportedCodec(codec)
}

func decompressSnappy(dst, src []byte) error {
	if assembledSnappy {
		return decodeSnappy(dst, src)
	}
	if n, err := s2.DecodedLen(src); err != nil || n != len(dst) {
		return errors.Join(errPageSize, err)
	}
	_, err := s2.Decode(dst, src)
	return err
}

func decompressZstd(dst, src []byte) error {
	d, ok := zstdDecoders.Get().(*zstd.Decoder)
	if !ok {
		return errors.New("no zstd decoder")
	}
	defer zstdDecoders.Put(d)
	out, err := d.DecodeAll(src, dst[:0:len(dst)])
	if err != nil {
		return err
	}
	if len(out) != len(dst) || len(out) > 0 && &out[0] != &dst[0] {
		return errPageSize
	}
	return nil
}

func readFull(r io.Reader, dst []byte) error {
	if _, err := io.ReadFull(r, dst); err != nil && len(dst) > 0 {
		return fmt.Errorf("%w: %w", errPageSize, err)
	}
	return nil
}

// unsupportedCodec is the error for the codecs that are left out: LZO has no free decoder in Go, and the old LZ4 was written in
// three incompatible ways.
func unsupportedCodec(c format.CompressionCodec) error {
	return columnar.Errorf("UNSUPPORTED_FEATURE.PARQUET_CODEC", "Parquet pages compressed with %s are not supported.", c)
}

func supportedCodec(c format.CompressionCodec) bool {
	switch c {
	case format.Uncompressed, format.Snappy, format.Zstd, format.Gzip, format.Brotli, format.Lz4Raw:
		return true
	}
	return false
}

// compress returns src compressed, or src itself without a codec.
func compress(codec format.CompressionCodec, src []byte) ([]byte, error) {
	var out bytes.Buffer
	var w io.WriteCloser
	switch codec {
	case format.Snappy:
		return s2.EncodeSnappy(nil, src), nil
	case format.Lz4Raw:
		dst := make([]byte, lz4.CompressBlockBound(len(src)))
		var c lz4.Compressor
		n, err := c.CompressBlock(src, dst)
		return dst[:n], err
	case format.Gzip:
		w = gzip.NewWriter(&out)
	case format.Brotli:
		w = brotli.NewWriterLevel(&out, 4)
	case format.Zstd:
		z, err := zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		w = z
	default:
		return src, nil
	}
	if _, err := w.Write(src); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}
