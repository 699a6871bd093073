// Package arrowipc reads and writes Apache Arrow IPC: files (also called Feather 2), and streams for reading.
package arrowipc

import (
	"context"
	"io"
	"iter"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

func init() { datasources.Register("arrow", Format{}) }

// Format is the Arrow IPC format. The option compression for writing is none, lz4 or zstd.
type Format struct{}

// Open implements datasources.Format. Without a schema that of the first file is taken.
func (Format) Open(ctx context.Context, paths []string, options map[string]string, schema *columnar.Schema) (logical.Table, error) {
	files, err := datasources.Find(ctx, paths, datasources.NewOptions(options), schema)
	if err != nil {
		return nil, err
	}
	if schema == nil {
		if len(files.List) == 0 {
			return nil, datasources.CannotInfer("Arrow", strings.Join(paths, ", "))
		}
		if schema, err = schemaOf(files.List[0]); err != nil {
			return nil, err
		}
	}
	return datasources.NewFileTable("arrow", files, schema, &driver{schema}), nil
}

func schemaOf(f *datasources.File) (s *columnar.Schema, err error) {
	defer datasources.Recovered(f.Path, &err)
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	s, _, _, err = open(f, r)
	return s, datasources.ReadError(f.Path, err)
}

// magic begins an IPC file; what begins otherwise is taken for a stream.
const magic = "ARROW1"

// open reads a file's schema and returns a function for its records; io.EOF ends them.
func open(f *datasources.File, r io.ReaderAt) (*columnar.Schema, func() (arrow.Record, error), func(), error) {
	section := io.NewSectionReader(r, 0, f.Size)
	head := make([]byte, len(magic))
	_, _ = r.ReadAt(head, 0) // a file too short for it is no IPC file either
	if string(head) == magic {
		fr, err := ipc.NewFileReader(section)
		if err != nil {
			return nil, nil, nil, err
		}
		s, err := columnar.SchemaFromArrow(fr.Schema())
		next := 0
		return s, func() (arrow.Record, error) {
			if next == fr.NumRecords() {
				return nil, io.EOF
			}
			next++
			return fr.RecordAt(next - 1)
		}, func() { fr.Close() }, err
	}
	sr, err := ipc.NewReader(section)
	if err != nil {
		return nil, nil, nil, err
	}
	s, err := columnar.SchemaFromArrow(sr.Schema())
	return s, sr.Read, sr.Release, err
}

// driver reads the files of an Arrow table.
type driver struct{ schema *columnar.Schema }

// Statistics implements datasources.Driver. Only the size is known.
func (d *driver) Statistics(files []*datasources.File) logical.Statistics {
	n := int64(0)
	for _, f := range files {
		n += f.Size
	}
	return logical.Statistics{Rows: -1, Bytes: n}
}

// split is a whole file.
type split struct{ file *datasources.File }

func (s split) File() *datasources.File { return s.file }
func (s split) Bytes() int64            { return s.file.Size }
func (s split) String() string          { return s.file.Path }

// Splits implements datasources.Driver.
func (d *driver) Splits(_ context.Context, files []*datasources.File, _ *datasources.Request) ([]datasources.FileSplit, error) {
	var out []datasources.FileSplit
	for _, f := range files {
		out = append(out, split{f})
	}
	return out, nil
}

// Read implements datasources.Driver. Batches are owned.
func (d *driver) Read(rc logical.ReadContext, s datasources.FileSplit, req *datasources.Request) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		f := s.File()
		r, err := f.Open()
		if err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		defer r.Close()
		_, next, done, err := open(f, r)
		if err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		defer done()
		for {
			if err := rc.Err(); err != nil {
				yield(columnar.Batch{}, datasources.Cancelled(err))
				return
			}
			b, err := d.record(f, next, req)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(columnar.Batch{}, err)
				return
			}
			for lo := 0; lo < b.Len; lo += req.Batch {
				if !yield(b.Slice(lo, min(b.Len, lo+req.Batch)), nil) {
					return
				}
			}
		}
	}
}

// record reads the next record and lays the wanted columns over it, by name.
func (d *driver) record(f *datasources.File, next func() (arrow.Record, error), req *datasources.Request) (b columnar.Batch, err error) {
	defer datasources.Recovered(f.Path, &err)
	record, err := next()
	if err != nil {
		return b, err
	}
	in, err := columnar.FromRecord(record)
	if err != nil {
		return b, err
	}
	b = columnar.Batch{Schema: req.Schema, Len: in.Len}
	for _, want := range req.Schema.Fields {
		k := in.Schema.Index(want.Name)
		if k < 0 {
			b.Cols = append(b.Cols, columnar.NewConst(columnar.NullVector(want.Type, 1), in.Len))
			continue
		}
		v, err := columnar.Cast(columnar.CastContext{Mode: columnar.CastANSI}, in.Cols[k], want.Type, columnar.AllRows(in.Len))
		if err != nil {
			return b, err
		}
		b.Cols = append(b.Cols, v)
	}
	return b, nil
}
