package json

import (
	"encoding/base64"
	"io"
	"math"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// Create implements datasources.Format.
func (Format) Create(path string, partitionBy []string, options map[string]string) (logical.Sink, error) {
	o := datasources.NewOptions(options)
	ignoreNull, err := o.Bool("ignoreNullFields", true)
	if err != nil {
		return nil, err
	}
	texts, err := datasources.NewTextWriter(o)
	if err != nil {
		return nil, err
	}
	if charset := o.Text("", "encoding", "charset"); !datasources.IsUTF8(charset) {
		return nil, columnar.Errorf("INVALID_PARAMETER_VALUE.CHARSET", "JSON is written as UTF-8 only, not as %q.", charset)
	}
	compression := o.Text("", "compression", "codec")
	suffix, err := datasources.CompressionSuffix(compression)
	if err != nil {
		return nil, err
	}
	return &datasources.FileSink{
		Name: "json", Path: path, PartitionBy: partitionBy, Options: o, Extension: ".json" + suffix, Compression: compression,
		NewEncoder: func(w io.Writer, schema *columnar.Schema) (datasources.Encoder, error) {
			return NewEncoder(w, schema, texts.Clone(), ignoreNull, o.Text("\n", "lineSep")), nil
		},
	}, nil
}

// Encoder writes rows as JSON objects, one a line. Not safe for concurrent use.
type Encoder struct {
	w          io.Writer
	buf        []byte
	names      [][]byte // of the columns, as JSON with the colon
	texts      *datasources.TextWriter
	ignoreNull bool
	lineSep    string
}

// NewEncoder makes an encoder of rows of the schema; with ignoreNull, fields that are NULL are left out.
func NewEncoder(w io.Writer, schema *columnar.Schema, texts *datasources.TextWriter, ignoreNull bool, lineSep string) *Encoder {
	e := &Encoder{w: w, texts: texts, ignoreNull: ignoreNull, lineSep: lineSep}
	for _, f := range schema.Fields {
		e.names = append(e.names, append(AppendQuoted(nil, []byte(f.Name)), ':'))
	}
	return e
}

// flushSize is how much text is gathered before it is written.
const flushSize = 64 << 10

// Write implements datasources.Encoder.
func (e *Encoder) Write(b columnar.Batch) error {
	rows := b.LiveRows()
	for i := range rows.Count() {
		var err error
		if e.buf, err = e.object(e.buf, e.names, b.Cols, rows.Row(i)); err != nil {
			return err
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

func (e *Encoder) flush() error {
	_, err := e.w.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}

// Close implements datasources.Encoder.
func (e *Encoder) Close() error { return e.flush() }

func (e *Encoder) object(dst []byte, names [][]byte, cols []columnar.Vector, row int) ([]byte, error) {
	dst = append(dst, '{')
	first := true
	for c, v := range cols {
		if e.ignoreNull && v.IsNull(row) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, names[c]...)
		var err error
		if dst, err = e.value(dst, v, row); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func (e *Encoder) value(dst []byte, v columnar.Vector, i int) ([]byte, error) {
	if v.IsNull(i) {
		return append(dst, "null"...), nil
	}
	switch x := v.(type) {
	case *columnar.Dict:
		return e.value(dst, x.Values, int(x.Codes[i]))
	case *columnar.Const:
		return e.value(dst, x.Value, 0)
	case *columnar.List:
		return e.list(dst, x, i)
	case *columnar.MapVector:
		return e.mapping(dst, x, i)
	case *columnar.StructVector:
		names := make([][]byte, len(x.Fields))
		for k, f := range x.Typ.Fields() {
			names[k] = append(AppendQuoted(nil, []byte(f.Name)), ':')
		}
		return e.object(dst, names, x.Fields, i)
	}
	return e.scalar(dst, v, i)
}

func (e *Encoder) scalar(dst []byte, v columnar.Vector, i int) ([]byte, error) {
	switch t := v.Type(); t.Kind {
	case columnar.Boolean, columnar.TinyInt, columnar.SmallInt, columnar.Int, columnar.BigInt, columnar.Decimal:
		return e.texts.Append(dst, v, i)
	case columnar.Float, columnar.Double:
		if f := columnar.Float64At(v, i); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return e.texts.Append(dst, v, i)
		}
	case columnar.String:
		return AppendQuoted(dst, []byte(columnar.StringAt(v, i))), nil
	case columnar.Binary:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, []byte(columnar.StringAt(v, i)))
		return append(dst, '"'), nil
	}
	text, err := e.texts.Append(nil, v, i)
	return AppendQuoted(dst, text), err
}

func (e *Encoder) list(dst []byte, l *columnar.List, i int) ([]byte, error) {
	dst = append(dst, '[')
	for k := l.Offsets[i]; k < l.Offsets[i+1]; k++ {
		if k > l.Offsets[i] {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = e.value(dst, l.Elems, int(k)); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func (e *Encoder) mapping(dst []byte, m *columnar.MapVector, i int) ([]byte, error) {
	dst = append(dst, '{')
	for k := m.Offsets[i]; k < m.Offsets[i+1]; k++ {
		if k > m.Offsets[i] {
			dst = append(dst, ',')
		}
		key, err := e.texts.Append(nil, m.Keys, int(k))
		if err != nil {
			return dst, err
		}
		dst = append(AppendQuoted(dst, key), ':')
		if dst, err = e.value(dst, m.Values, int(k)); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

const hexDigits = "0123456789ABCDEF"

// AppendQuoted appends s as a JSON string. Bytes that are not UTF-8 become U+FFFD.
func AppendQuoted(dst, s []byte) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		}
		i++
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= ' ':
			dst = append(dst, c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c == '\b':
			dst = append(dst, '\\', 'b')
		case c == '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(dst, '"')
}
