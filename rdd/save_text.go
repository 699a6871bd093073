package rdd

import (
	"context"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// SaveAsTextFile writes every element as a line of text into the folder path, a file part-00000, … for each partition,
// and _SUCCESS. The folder must not exist (the error wraps fs.ErrExist); it appears when all is written, or never, also
// when the process is killed. Strings and byte slices are written as they are, pairs as (key,value), and others as
// fmt.Print shows them. Partitions that are computed again or twice are written once. Of the options it heeds
// OutputCompression and Tag.
func (r *RDD[T]) SaveAsTextFile(ctx context.Context, path string, opts ...Option) error {
	return anyRDD{r.node}.saveText(ctx, path, opts)
}

// saveText is SaveAsTextFile.
func (r anyRDD) saveText(ctx context.Context, path string, opts []Option) error {
	codec, err := outputCodecOf(newSettings(opts).compression)
	if err != nil {
		return err
	}
	of := r.elements
	return saveFiles(ctx, r, path, codec.extension, func(tc *TaskContext, w io.Writer, in anyChunks) error {
		packed, err := codec.pack(w)
		if err != nil {
			return err
		}
		if err := writeLines(tc, packed, of, in); err != nil {
			return err
		}
		return packed.Close()
	}, opts)
}

// writeLines writes elements as lines.
func writeLines(tc *TaskContext, w io.Writer, of chunkType, in anyChunks) error {
	var line []byte
	for chunk, err := range in {
		if err != nil {
			return err
		}
		n := of.length(chunk)
		for i := range n {
			line = append(appendText(line[:0], of.at(chunk, i)), '\n')
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
		tc.metrics.OutputRows += int64(n)
	}
	return nil
}

// texter is implemented by elements whose text is that of Spark's, not Go's.
type texter interface{ appendText(b []byte) []byte }

// appendText is the text of an element, as Java's toString would give it where that is not a mere address.
func appendText(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return append(b, v...)
	case []byte:
		return append(b, v...)
	case texter:
		return v.appendText(b)
	}
	return fmt.Append(b, v)
}

// appendText writes a pair as Scala writes a tuple.
func (p Pair[K, V]) appendText(b []byte) []byte {
	b = append(appendText(append(b, '('), p.Key), ',')
	return append(appendText(b, p.Val), ')')
}

// OutputCompression has SaveAsTextFile compress its files: "gzip" (part-00000.gz), "zstd" (.zst), "lz4" (.lz4, in LZ4's
// own frames, which Hadoop does not read), "deflate" (.deflate), or "none". The names of Hadoop's codec classes
// (org.apache.hadoop.io.compress.GzipCodec) are understood, too. bzip2 and snappy can be read but not written.
func OutputCompression(codec string) Option { return func(s *settings) { s.compression = codec } }

// outputCodec is a way to compress a file.
type outputCodec struct {
	extension string
	pack      func(io.Writer) (io.WriteCloser, error)
}

// outputCodecOf finds a codec by the name that OutputCompression takes.
func outputCodecOf(name string) (outputCodec, error) {
	const hadoop = "org.apache.hadoop.io.compress."
	switch name {
	case "", "none", "uncompressed":
		return outputCodec{"", func(w io.Writer) (io.WriteCloser, error) { return unpacked{w}, nil }}, nil
	case "gzip", hadoop + "GzipCodec":
		return outputCodec{".gz", func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }}, nil
	case "zstd", hadoop + "ZStandardCodec":
		return outputCodec{".zst", func(w io.Writer) (io.WriteCloser, error) {
			return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) // more would start goroutines
		}}, nil
	case "lz4", hadoop + "Lz4Codec":
		return outputCodec{".lz4", func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil }}, nil
	case "deflate", hadoop + "DeflateCodec", hadoop + "DefaultCodec":
		return outputCodec{".deflate", func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil }}, nil
	case "bzip2", "snappy", hadoop + "BZip2Codec", hadoop + "SnappyCodec":
		return outputCodec{}, fmt.Errorf("compression %q can be read but not written; there are none, gzip, zstd, lz4 and deflate", name)
	}
	return outputCodec{}, fmt.Errorf("unknown compression %q; there are none, gzip, zstd, lz4 and deflate", name)
}

// unpacked passes on what it is given.
type unpacked struct{ io.Writer }

func (unpacked) Close() error { return nil }
