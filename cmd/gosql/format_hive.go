package main

import (
	"fmt"
	"io"

	"github.com/gosql-engine/gosql/columnar"
)

// writeHive prints rows as the spark-sql shell does (Spark's HiveResult): cells parted by tabs, nested values in a form like JSON.
func writeHive(w io.Writer, r result) error {
	var line []byte
	return eachRow(r, func(b columnar.Batch, row int) error {
		line = append(appendHiveRow(line[:0], b, row, r), '\n')
		_, err := w.Write(line)
		return err
	})
}

func appendHiveRow(dst []byte, b columnar.Batch, row int, r result) []byte {
	for i, c := range b.Cols {
		if i > 0 {
			dst = append(dst, '\t')
		}
		dst = appendHive(dst, c, row, r, false)
	}
	return dst
}

// appendHive writes a value; inside arrays, maps and structs text is quoted and NULL is in small letters.
func appendHive(dst []byte, v columnar.Vector, row int, r result, nested bool) []byte {
	if v.IsNull(row) {
		if nested {
			return append(dst, "null"...)
		}
		return append(dst, "NULL"...)
	}
	switch v := v.(type) {
	case *columnar.Const:
		return appendHive(dst, v.Value, 0, r, nested)
	case *columnar.Dict:
		return appendHive(dst, v.Values, int(v.Codes[row]), r, nested)
	case *columnar.List:
		dst = append(dst, '[')
		for k := v.Offsets[row]; k < v.Offsets[row+1]; k++ {
			if k > v.Offsets[row] {
				dst = append(dst, ',')
			}
			dst = appendHive(dst, v.Elems, int(k), r, true)
		}
		return append(dst, ']')
	case *columnar.MapVector:
		dst = append(dst, '{')
		for k := v.Offsets[row]; k < v.Offsets[row+1]; k++ {
			if k > v.Offsets[row] {
				dst = append(dst, ',')
			}
			dst = appendHive(dst, v.Keys, int(k), r, true)
			dst = appendHive(append(dst, ':'), v.Values, int(k), r, true)
		}
		return append(dst, '}')
	case *columnar.StructVector:
		dst = append(dst, '{')
		for k, f := range v.Fields {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, `"`+v.Typ.Fields()[k].Name+`":`...)
			dst = appendHive(dst, f, row, r, true)
		}
		return append(dst, '}')
	}
	return appendHiveAtom(dst, v, row, r, nested)
}

func appendHiveAtom(dst []byte, v columnar.Vector, row int, r result, nested bool) []byte {
	switch t := v.Type(); t.Kind {
	case columnar.YearMonthInterval:
		n := int64(v.(*columnar.Fixed[int32]).Values[row])
		sign := ""
		if n < 0 {
			sign, n = "-", -n
		}
		return fmt.Appendf(dst, "%s%d-%d", sign, n/12, n%12)
	case columnar.DayTimeInterval:
		n := v.(*columnar.Fixed[int64]).Values[row]
		sign := ""
		u := uint64(n)
		if n < 0 {
			sign, u = "-", -u
		}
		s := u / 1e6
		return fmt.Appendf(dst, "%s%d %02d:%02d:%02d.%09d", sign, s/86400, s/3600%24, s/60%60, s%60, u%1e6*1000)
	case columnar.String:
		if nested {
			dst = append(dst, '"')
			return append(columnar.AppendString(dst, v, row, r.zone), '"')
		}
	}
	return columnar.AppendString(dst, v, row, r.zone)
}
