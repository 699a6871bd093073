package columnar

import (
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// ToArrow gives v as an Arrow array of type ArrowType(v.Type()). Buffers are shared where the layouts are the same, that is for all
// but decimals of at most 18 digits and calendar intervals; a borrowed vector is copied first, Dict and Const are written out. The
// array needs no Release.
func ToArrow(v Vector) (arrow.Array, error) {
	data, err := arrowData(v.Retain())
	if err != nil {
		return nil, err
	}
	return array.MakeFromData(data), nil
}

// ToRecord gives the live rows of a batch as an Arrow record, sharing buffers as ToArrow does.
func ToRecord(b Batch) (arrow.Record, error) {
	return record(b.Compact(nil), ToArrow)
}

// LendRecord is ToRecord without the copies of borrowed vectors: the record is good for as long as these are.
func LendRecord(b Batch) (arrow.Record, error) {
	return record(b.Compact(nil), func(v Vector) (arrow.Array, error) {
		data, err := arrowData(v)
		if err != nil {
			return nil, err
		}
		return array.MakeFromData(data), nil
	})
}

func record(b Batch, toArrow func(Vector) (arrow.Array, error)) (arrow.Record, error) {
	schema, err := ArrowSchema(b.Schema)
	if err != nil {
		return nil, err
	}
	cols := make([]arrow.Array, len(b.Cols))
	for i, c := range b.Cols {
		if cols[i], err = toArrow(c); err != nil {
			return nil, err
		}
	}
	return array.NewRecord(schema, cols, int64(b.Len)), nil
}

// rawBytes are the bytes of a slice's elements, shared.
func rawBytes[T Buffer](s []T) *memory.Buffer {
	var z T
	if len(s) == 0 {
		return memory.NewBufferBytes(nil)
	}
	return memory.NewBufferBytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(z))))
}

// validityBuffer is the validity of n rows; nil where there are no NULLs.
func validityBuffer(valid Bitmap, n int) (buf *memory.Buffer, nulls int) {
	if valid == nil {
		return nil, 0
	}
	return rawBytes(valid), n - valid.Count(n)
}

func arrowData(v Vector) (*array.Data, error) {
	t, err := ArrowType(v.Type())
	if err != nil {
		return nil, err
	}
	n := v.Len()
	if v.Type().Kind == Void {
		return array.NewData(t, n, []*memory.Buffer{nil}, nil, n, 0), nil
	}
	switch v := Flatten(nil, v, AllRows(n)).(type) {
	case *Bool:
		return leafData(t, n, v.Valid, rawBytes(v.Bits)), nil
	case *Fixed[int8]:
		return leafData(t, n, v.Valid, rawBytes(v.Values)), nil
	case *Fixed[int16]:
		return leafData(t, n, v.Valid, rawBytes(v.Values)), nil
	case *Fixed[int32]:
		return leafData(t, n, v.Valid, rawBytes(v.Values)), nil
	case *Fixed[int64]:
		if v.Typ.Kind == Decimal {
			return leafData(t, n, v.Valid, rawBytes(widened(v.Values))), nil
		}
		return leafData(t, n, v.Valid, rawBytes(v.Values)), nil
	case *Fixed[float32]:
		return leafData(t, n, v.Valid, rawBytes(v.Values)), nil
	case *Fixed[float64]:
		return leafData(t, n, v.Valid, rawBytes(v.Values)), nil
	case *Fixed[Int128]:
		return leafData(t, n, v.Valid, rawBytes(v.Values)), nil
	case *Fixed[Interval]:
		return leafData(t, n, v.Valid, rawBytes(withNanos(v.Values))), nil
	case *Strings:
		buffers := []*memory.Buffer{rawBytes(v.Views)}
		for _, b := range v.Bufs {
			buffers = append(buffers, memory.NewBufferBytes(b))
		}
		return leafData(t, n, v.Valid, buffers...), nil
	case *List:
		return nestedData(t, n, v.Valid, v.Offsets, v.Elems)
	case *MapVector:
		entries := &StructVector{Typ: StructOf(Field{Name: "key", Type: v.Typ.Key()}, Field{Name: "value", Type: v.Typ.Elem()}),
			Fields: []Vector{v.Keys, v.Values}, N: v.Keys.Len()}
		return nestedData(t, n, v.Valid, v.Offsets, entries)
	case *StructVector:
		return nestedData(t, n, v.Valid, nil, v.Fields...)
	}
	return nil, Errorf("UNSUPPORTED_DATATYPE", "Unsupported data type \"%s\" in Arrow.", v.Type().SQL())
}

func leafData(t arrow.DataType, n int, valid Bitmap, buffers ...*memory.Buffer) *array.Data {
	validity, nulls := validityBuffer(valid, n)
	return array.NewData(t, n, append([]*memory.Buffer{validity}, buffers...), nil, nulls, 0)
}

func nestedData(t arrow.DataType, n int, valid Bitmap, offsets []int32, children ...Vector) (*array.Data, error) {
	validity, nulls := validityBuffer(valid, n)
	buffers := []*memory.Buffer{validity}
	if offsets != nil {
		buffers = append(buffers, rawBytes(offsets))
	}
	data := make([]arrow.ArrayData, len(children))
	for i, c := range children {
		d, err := arrowData(c)
		if err != nil {
			return nil, err
		}
		data[i] = d
	}
	if m, ok := t.(*arrow.MapType); ok { // the type's field names and nullability, not those of our struct
		entries := data[0].(*array.Data)
		data[0] = array.NewData(m.Elem(), entries.Len(), entries.Buffers(), entries.Children(), entries.NullN(), 0)
	}
	return array.NewData(t, n, buffers, data, nulls, 0), nil
}

func widened(values []int64) []Int128 {
	out := make([]Int128, len(values))
	for i, x := range values {
		out[i] = Int128From(x)
	}
	return out
}

// withNanos turns microseconds into the nanoseconds of Arrow's intervals.
func withNanos(values []Interval) []Interval {
	out := make([]Interval, len(values))
	for i, x := range values {
		x.Micros *= 1000
		out[i] = x
	}
	return out
}
