package arrowipc

import (
	"errors"
	"io"
	"strings"

	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// Create implements datasources.Format.
func (Format) Create(path string, partitionBy []string, options map[string]string) (logical.Sink, error) {
	o := datasources.NewOptions(options)
	var compression []ipc.Option
	switch name := o.Text("none", "compression"); strings.ToLower(name) {
	case "none", "uncompressed":
	case "lz4":
		compression = append(compression, ipc.WithLZ4())
	case "zstd":
		compression = append(compression, ipc.WithZstd())
	default:
		return nil, columnar.Errorf("CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
			"The Arrow compression %q is not available; available are none, lz4 and zstd.", name)
	}
	return &datasources.FileSink{
		Name: "arrow", Path: path, PartitionBy: partitionBy, Options: o, Extension: ".arrow", EmptyFile: true,
		NewEncoder: func(w io.Writer, schema *columnar.Schema) (datasources.Encoder, error) {
			s, err := columnar.ArrowSchema(schema)
			if err != nil {
				return nil, err
			}
			fw, err := ipc.NewFileWriter(&forward{w: w}, append(compression, ipc.WithSchema(s))...)
			return &encoder{w: fw}, err
		},
	}, nil
}

// encoder writes one Arrow file, a record a batch.
type encoder struct {
	w    *ipc.FileWriter
	pool columnar.Pool // of the record at hand
}

// Write implements datasources.Encoder.
func (e *encoder) Write(b columnar.Batch) error {
	e.pool.Reset()
	r, err := columnar.LendRecord(packed(&e.pool, b.Compact(&e.pool)))
	if err != nil {
		return err
	}
	return e.w.Write(r)
}

// packed copies the long strings that a batch uses out of buffers that hold much else, such as a whole page or dictionary: a record is written with all
// of its buffers.
func packed(p *columnar.Pool, b columnar.Batch) columnar.Batch {
	cols := make([]columnar.Vector, len(b.Cols))
	for i, c := range b.Cols {
		cols[i] = columnar.Flatten(p, c, columnar.AllRows(b.Len))
		if s, ok := cols[i].(*columnar.Strings); ok && wasteful(s) {
			cols[i] = s.Pack()
		}
	}
	b.Cols = cols
	return b
}

// wasteful says whether less than half of the bytes in a vector's buffers are of its values.
func wasteful(s *columnar.Strings) bool {
	if len(s.Bufs) == 0 {
		return false
	}
	held, used := 0, 0
	for _, b := range s.Bufs {
		held += len(b)
	}
	for i := range s.Views {
		if n := int(s.Views[i].Length); n > columnar.InlineLen {
			used += n
		}
	}
	return held > 2*used
}

// Close implements datasources.Encoder.
func (e *encoder) Close() error { return e.w.Close() }

// forward lets the file writer ask where it is; it never goes back.
type forward struct {
	w   io.Writer
	pos int64
}

func (f *forward) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	f.pos += int64(n)
	return n, err
}

func (f *forward) Seek(offset int64, whence int) (int64, error) {
	if offset == 0 && whence == io.SeekCurrent || whence == io.SeekStart && offset == f.pos {
		return f.pos, nil
	}
	return f.pos, errors.ErrUnsupported
}
