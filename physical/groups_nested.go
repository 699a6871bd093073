package physical

import (
	"encoding/binary"

	"github.com/gosql-engine/gosql/columnar"
)

// nestedBytes writes each selected value of a nested vector as bytes that are the same exactly for values that are equal for grouping.
func nestedBytes(v columnar.Vector, rows columnar.Rows) *columnar.Strings {
	out := &columnar.Strings{Typ: columnar.BinaryType, Views: make([]columnar.View, rows.N)}
	var buf []byte
	if v.HasNulls() {
		out.Valid = columnar.FullBitmap(rows.N)
	}
	for i := range rows.Count() {
		r := rows.Row(i)
		if v.IsNull(r) {
			out.Valid.Clear(r)
			continue
		}
		from := len(buf)
		buf = appendValue(buf, v, r)
		out.Views[r] = columnar.BufferView(buf[from:], 0, from)
	}
	out.Bufs = [][]byte{buf}
	return out
}

// appendValue appends row i: a byte that says whether it is NULL, then the value, with its length where that varies.
func appendValue(dst []byte, v columnar.Vector, i int) []byte {
	if v.IsNull(i) {
		return append(dst, 0)
	}
	dst = append(dst, 1)
	switch w := v.(type) {
	case *columnar.Dict:
		return appendValue(dst, w.Values, int(w.Codes[i]))
	case *columnar.Const:
		return appendValue(dst, w.Value, 0)
	case *columnar.Bool:
		return append(dst, byte(w.Bits[i>>6]>>(i&63)&1))
	case *columnar.Fixed[float32]:
		return binary.LittleEndian.AppendUint64(dst, floatBits(float64(w.Values[i])))
	case *columnar.Fixed[float64]:
		return binary.LittleEndian.AppendUint64(dst, floatBits(w.Values[i]))
	case *columnar.Fixed[columnar.Int128]:
		dst = binary.LittleEndian.AppendUint64(dst, w.Values[i].Lo)
		return binary.LittleEndian.AppendUint64(dst, uint64(w.Values[i].Hi))
	case *columnar.Fixed[columnar.Interval]:
		x := w.Values[i]
		dst = binary.LittleEndian.AppendUint32(dst, uint32(x.Months))
		dst = binary.LittleEndian.AppendUint32(dst, uint32(x.Days))
		return binary.LittleEndian.AppendUint64(dst, uint64(x.Micros))
	case *columnar.Strings:
		dst = binary.AppendUvarint(dst, uint64(w.Views[i].Length))
		return append(dst, w.At(i)...)
	case *columnar.List:
		return appendRange(dst, w.Offsets[i], w.Offsets[i+1], w.Elems)
	case *columnar.MapVector:
		dst = appendRange(dst, w.Offsets[i], w.Offsets[i+1], w.Keys)
		return appendRange(dst, w.Offsets[i], w.Offsets[i+1], w.Values)
	case *columnar.StructVector:
		for _, f := range w.Fields {
			dst = appendValue(dst, f, i)
		}
		return dst
	}
	return binary.LittleEndian.AppendUint64(dst, uint64(columnar.Int64At(v, i)))
}

func appendRange(dst []byte, lo, hi int32, elems columnar.Vector) []byte {
	dst = binary.AppendUvarint(dst, uint64(hi-lo))
	for ; lo < hi; lo++ {
		dst = appendValue(dst, elems, int(lo))
	}
	return dst
}
