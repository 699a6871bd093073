// Package text reads and writes plain text: one column called value, one row a line, or with the option wholetext one row a file.
package text

import (
	"context"
	"io"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

func init() { datasources.Register("text", Format{}) }

// Format is the text format. Options: wholetext, lineSep, encoding, compression.
type Format struct{}

// Open implements datasources.Format.
func (Format) Open(ctx context.Context, paths []string, options map[string]string, schema *columnar.Schema) (logical.Table, error) {
	o := datasources.NewOptions(options)
	whole, err := o.Bool("wholetext", false)
	if err != nil {
		return nil, err
	}
	files, err := datasources.Find(ctx, paths, o, schema)
	if err != nil {
		return nil, err
	}
	data := columnar.NewSchema(columnar.Field{Name: "value", Type: columnar.StringType, Nullable: true})
	if schema != nil {
		var fields []columnar.Field
		for _, f := range schema.Fields {
			if columnar.NewSchema(files.Partition...).Index(f.Name) < 0 {
				fields = append(fields, f)
			}
		}
		if len(fields) != 1 || fields[0].Type != columnar.StringType {
			return nil, columnar.Errorf("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
				"The text data source has one column of type STRING, not %s.", schema)
		}
		data = columnar.NewSchema(fields...)
	}
	d := &driver{whole: whole, lineSep: o.Text("", "lineSep"), charset: o.Text("", "encoding", "charset")}
	return datasources.NewFileTable("text", files, data, d), nil
}

// driver reads the files of a text table.
type driver struct {
	whole            bool
	lineSep, charset string
}

// Statistics implements datasources.Driver. Only the size is known.
func (d *driver) Statistics(files []*datasources.File) logical.Statistics {
	n := int64(0)
	for _, f := range files {
		n += f.Size
	}
	return logical.Statistics{Rows: -1, Bytes: n}
}

// Splits implements datasources.Driver.
func (d *driver) Splits(_ context.Context, files []*datasources.File, req *datasources.Request) ([]datasources.FileSplit, error) {
	return datasources.SplitLines(files, req.Slots, d.whole || !datasources.Divisible(d.charset, d.lineSep)), nil
}

// Read implements datasources.Driver.
func (d *driver) Read(rc logical.ReadContext, s datasources.FileSplit, req *datasources.Request) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		split := s.(*datasources.LineSplit)
		held := int64(1 << 20)
		if d.whole {
			held = 2 * split.Of.Size
		}
		err := rc.Grow(held)
		if err == nil {
			err = d.read(rc, split, req, yield)
			_ = rc.Grow(-held) // giving back does not fail
		}
		if err != nil && err != io.EOF {
			yield(columnar.Batch{}, err)
		}
	}
}

func (d *driver) read(rc logical.ReadContext, split *datasources.LineSplit, req *datasources.Request,
	yield func(columnar.Batch, error) bool) error {
	lines, err := datasources.OpenLines(split.Of, split.Start, split.End, d.lineSep, d.charset)
	if err != nil {
		return err
	}
	defer lines.Close()
	if d.whole {
		b, err := lines.All()
		if err == nil {
			yield(batch(req, [][]byte{b}), nil)
		}
		return err
	}
	var rows [][]byte
	for {
		if err := rc.Err(); err != nil {
			return datasources.Cancelled(err)
		}
		block, _, err := lines.Next()
		if err != nil {
			return err
		}
		for len(block) > 0 {
			n, next := lines.LineEnd(block)
			rows = append(rows, block[:n])
			block = block[next:]
			if len(rows) == req.Batch || len(block) == 0 {
				if !yield(batch(req, rows), nil) {
					return nil
				}
				rows = rows[:0]
			}
		}
	}
}

// batch makes the batch of rows; the column, if it is wanted, is owned.
func batch(req *datasources.Request, rows [][]byte) columnar.Batch {
	b := columnar.Batch{Schema: req.Schema, Len: len(rows)}
	for range req.Columns {
		out := columnar.NewStringsBuilder(nil, columnar.StringType, len(rows))
		for _, r := range rows {
			out.Append(r)
		}
		b.Cols = append(b.Cols, out.Build())
	}
	return b
}

// Create implements datasources.Format.
func (Format) Create(path string, partitionBy []string, options map[string]string) (logical.Sink, error) {
	o := datasources.NewOptions(options)
	compression := o.Text("", "compression", "codec")
	suffix, err := datasources.CompressionSuffix(compression)
	if err != nil {
		return nil, err
	}
	return &datasources.FileSink{
		Name: "text", Path: path, PartitionBy: partitionBy, Options: o, Extension: ".txt" + suffix, Compression: compression,
		NewEncoder: func(w io.Writer, schema *columnar.Schema) (datasources.Encoder, error) {
			if schema.Len() != 1 || schema.Fields[0].Type != columnar.StringType {
				return nil, columnar.Errorf("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
					"The text data source writes one column of type STRING, not %s.", schema)
			}
			return &encoder{w: w, lineSep: o.Text("\n", "lineSep")}, nil
		},
	}, nil
}

// encoder writes one text file; NULL is an empty line.
type encoder struct {
	w       io.Writer
	lineSep string
	buf     []byte
}

// Write implements datasources.Encoder.
func (e *encoder) Write(b columnar.Batch) error {
	rows := b.LiveRows()
	e.buf = e.buf[:0]
	for i := range rows.Count() {
		if r := rows.Row(i); !b.Cols[0].IsNull(r) {
			e.buf = append(e.buf, columnar.StringAt(b.Cols[0], r)...)
		}
		e.buf = append(e.buf, e.lineSep...)
	}
	_, err := e.w.Write(e.buf)
	return err
}

// Close implements datasources.Encoder.
func (e *encoder) Close() error { return nil }
