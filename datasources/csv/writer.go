package csv

import (
	"io"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// Create implements datasources.Format.
func (Format) Create(path string, partitionBy []string, options map[string]string) (logical.Sink, error) {
	c, err := newWriterConfig(options)
	if err != nil {
		return nil, err
	}
	compression := c.options.Text("", "compression", "codec")
	suffix, err := datasources.CompressionSuffix(compression)
	if err != nil {
		return nil, err
	}
	return &datasources.FileSink{
		Name: "csv", Path: path, PartitionBy: partitionBy, Options: c.options, Extension: ".csv" + suffix, Compression: compression,
		EmptyFile: c.header,
		NewEncoder: func(w io.Writer, schema *columnar.Schema) (datasources.Encoder, error) {
			return newEncoder(w, schema, c)
		},
	}, nil
}

// writerConfig are the options of a write.
type writerConfig struct {
	options             datasources.Options
	delim, lineSep      string
	nullValue           string
	emptyValue          string
	quote, escape       byte
	escapeEscape        byte
	header, quoteAll    bool
	escapeQuotes        bool
	trimLeft, trimRight bool
	texts               *datasources.TextWriter
}

func newWriterConfig(m map[string]string) (*writerConfig, error) {
	o := datasources.NewOptions(m)
	if charset := o.Text("", "encoding", "charset"); !datasources.IsUTF8(charset) {
		return nil, columnar.Errorf("INVALID_PARAMETER_VALUE.CHARSET", "CSV is written as UTF-8 only, not as %q.", charset)
	}
	read, err := newConfig(m)
	if err != nil {
		return nil, err
	}
	c := &writerConfig{options: o, delim: read.delim, quote: read.quote, escape: read.escape, escapeEscape: read.escapeEscape,
		nullValue: o.Text("", "nullValue"), emptyValue: o.Text(`""`, "emptyValue"), lineSep: o.Text("\n", "lineSep")}
	if c.quote == 0 {
		c.quote = '"'
	}
	for _, b := range []struct {
		to   *bool
		name string
		def  bool
	}{
		{&c.header, "header", false}, {&c.quoteAll, "quoteAll", false}, {&c.escapeQuotes, "escapeQuotes", true},
		{&c.trimLeft, "ignoreLeadingWhiteSpace", true}, {&c.trimRight, "ignoreTrailingWhiteSpace", true},
	} {
		if *b.to, err = o.Bool(b.name, b.def); err != nil {
			return nil, err
		}
	}
	c.texts, err = datasources.NewTextWriter(o)
	return c, err
}

// encoder writes one CSV file.
type encoder struct {
	*writerConfig
	w         io.Writer
	buf, cell []byte
	texts     *datasources.TextWriter
}

// flushSize is how much text is gathered before it is written.
const flushSize = 64 << 10

func newEncoder(w io.Writer, schema *columnar.Schema, c *writerConfig) (*encoder, error) {
	for _, f := range schema.Fields {
		if f.Type.IsNested() || f.Type.Kind == columnar.Variant || f.Type.Kind == columnar.CalendarInterval {
			return nil, columnar.Errorf("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
				"The CSV data source has no form for the column %q of type %s.", f.Name, f.Type.SQL())
		}
	}
	e := &encoder{writerConfig: c, w: w, texts: c.texts.Clone()}
	if c.header {
		for i, f := range schema.Fields {
			if i > 0 {
				e.buf = append(e.buf, c.delim...)
			}
			e.append([]byte(f.Name))
		}
		e.buf = append(e.buf, c.lineSep...)
	}
	return e, nil
}

// Write implements datasources.Encoder.
func (e *encoder) Write(b columnar.Batch) error {
	rows := b.LiveRows()
	for i := range rows.Count() {
		r := rows.Row(i)
		for c, v := range b.Cols {
			if c > 0 {
				e.buf = append(e.buf, e.delim...)
			}
			if v.IsNull(r) {
				e.buf = append(e.buf, e.nullValue...)
				continue
			}
			var err error
			if e.cell, err = e.texts.Append(e.cell[:0], v, r); err != nil {
				return err
			}
			e.append(e.cell)
		}
		e.buf = append(e.buf, e.lineSep...)
		if len(e.buf) >= flushSize {
			if err := e.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *encoder) flush() error {
	_, err := e.w.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}

// Close implements datasources.Encoder.
func (e *encoder) Close() error { return e.flush() }

// append writes a field, in quotes if it needs them.
func (e *encoder) append(s []byte) {
	if e.trimLeft {
		for len(s) > 0 && isSpace(s[0]) {
			s = s[1:]
		}
	}
	if e.trimRight {
		for len(s) > 0 && isSpace(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
	}
	if len(s) == 0 {
		e.buf = append(e.buf, e.emptyValue...)
		return
	}
	if !e.quoteAll && !e.needsQuotes(s) {
		e.buf = append(e.buf, s...)
		return
	}
	e.buf = append(e.buf, e.quote)
	for _, c := range s {
		switch {
		case c == e.quote && e.escape != 0:
			e.buf = append(e.buf, e.escape)
		case c == e.escape && e.escapeEscape != 0:
			e.buf = append(e.buf, e.escapeEscape)
		}
		e.buf = append(e.buf, c)
	}
	e.buf = append(e.buf, e.quote)
}

func (e *encoder) needsQuotes(s []byte) bool {
	for _, c := range s {
		if c == '\n' || c == '\r' || c == e.delim[0] || c == e.quote && e.escapeQuotes {
			return true
		}
	}
	return s[0] == e.quote || len(e.delim) > 1 && strings.Contains(string(s), e.delim)
}
