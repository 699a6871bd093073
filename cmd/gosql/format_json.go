package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math"

	"github.com/gosql-engine/gosql/columnar"
)

// writeJSON prints an array of objects, one a row.
func writeJSON(w io.Writer, r result) error {
	line := []byte("[")
	first := true
	err := eachRow(r, func(b columnar.Batch, row int) error {
		if !first {
			line = append(line, ",\n "...)
		}
		first = false
		line = appendObject(line, b, row, r)
		_, err := w.Write(line)
		line = line[:0]
		return err
	})
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, "]\n"...))
	return err
}

// writeJSONLines prints an object a row, each on its line.
func writeJSONLines(w io.Writer, r result) error {
	var line []byte
	return eachRow(r, func(b columnar.Batch, row int) error {
		line = append(appendObject(line[:0], b, row, r), '\n')
		_, err := w.Write(line)
		return err
	})
}

func appendObject(dst []byte, b columnar.Batch, row int, r result) []byte {
	dst = append(dst, '{')
	for i, c := range b.Cols {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendJSONString(dst, r.schema.Fields[i].Name), ':')
		dst = appendJSONValue(dst, c, row, r)
	}
	return append(dst, '}')
}

func appendJSONString(dst []byte, s string) []byte {
	return appendJSON(dst, s)
}

// appendJSON writes text, bytes, or a struct of texts and numbers, none of which can fail. Unlike json.Marshal it leaves <, > and & alone: the output is no HTML.
func appendJSON(dst []byte, v any) []byte {
	b := bytes.NewBuffer(dst)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// appendJSONValue writes a value: numbers and booleans as such, arrays and structs nested, maps as objects, BINARY in base64, everything else as text.
func appendJSONValue(dst []byte, v columnar.Vector, row int, r result) []byte {
	if v.IsNull(row) {
		return append(dst, "null"...)
	}
	switch v := v.(type) {
	case *columnar.Const:
		return appendJSONValue(dst, v.Value, 0, r)
	case *columnar.Dict:
		return appendJSONValue(dst, v.Values, int(v.Codes[row]), r)
	case *columnar.List:
		dst = append(dst, '[')
		for k := v.Offsets[row]; k < v.Offsets[row+1]; k++ {
			if k > v.Offsets[row] {
				dst = append(dst, ',')
			}
			dst = appendJSONValue(dst, v.Elems, int(k), r)
		}
		return append(dst, ']')
	case *columnar.MapVector:
		dst = append(dst, '{')
		for k := v.Offsets[row]; k < v.Offsets[row+1]; k++ {
			if k > v.Offsets[row] {
				dst = append(dst, ',')
			}
			dst = appendJSONString(dst, string(columnar.AppendString(nil, v.Keys, int(k), r.zone)))
			dst = appendJSONValue(append(dst, ':'), v.Values, int(k), r)
		}
		return append(dst, '}')
	case *columnar.StructVector:
		dst = append(dst, '{')
		for k, f := range v.Fields {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendJSONString(dst, v.Typ.Fields()[k].Name), ':')
			dst = appendJSONValue(dst, f, row, r)
		}
		return append(dst, '}')
	}
	text := columnar.AppendString(nil, v, row, r.zone)
	if isJSONNumber(v, row) {
		return append(dst, text...)
	}
	if v.Type().Kind == columnar.Binary {
		return appendJSON(dst, text) // in base64, as Spark's to_json does
	}
	return appendJSONString(dst, string(text))
}

// isJSONNumber says whether a value's text stands in JSON as it is: numbers but NaN and the infinities, and booleans.
func isJSONNumber(v columnar.Vector, row int) bool {
	switch v := v.(type) {
	case *columnar.Fixed[float64]:
		return !math.IsNaN(v.Values[row]) && !math.IsInf(v.Values[row], 0)
	case *columnar.Fixed[float32]:
		f := float64(v.Values[row])
		return !math.IsNaN(f) && !math.IsInf(f, 0)
	}
	return v.Type().IsNumeric() || v.Type().Kind == columnar.Boolean
}

// resultJSON is the object that --format=jsonresult prints for a statement.
type resultJSON struct {
	Statement int      `json:"statement"`
	Schema    string   `json:"schema"`
	Columns   []string `json:"columns"`
	Types     []string `json:"types"`
	Rows      []string `json:"rows"`
}

// writeJSONResult prints one object for the whole statement, its rows as the spark-sql shell would print them.
func writeJSONResult(w io.Writer, r result) error {
	out := resultJSON{Statement: r.number, Schema: r.schema.String(), Columns: []string{}, Types: []string{}, Rows: []string{}}
	for _, f := range r.schema.Fields {
		out.Columns = append(out.Columns, f.Name)
		out.Types = append(out.Types, f.Type.String())
	}
	var line []byte
	err := eachRow(r, func(b columnar.Batch, row int) error {
		line = appendHiveRow(line[:0], b, row, r)
		out.Rows = append(out.Rows, string(line))
		return nil
	})
	if err != nil {
		return err
	}
	if r.schema.Len() == 0 {
		out.Rows = []string{}
	}
	_, err = w.Write(append(appendJSON(nil, out), '\n'))
	return err
}
