package columnar

import (
	"math"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/float16"
)

// FromArrow gives an Arrow array as an owned vector of type TypeFromArrow(a.DataType()). Values and texts share the array's buffers
// where the layouts are the same, so the array must not be changed or go back to an allocator that reuses memory; validity, bits
// and what has to be converted are copied. A dictionary array becomes a Dict.
func FromArrow(a arrow.Array) (Vector, error) {
	t, err := TypeFromArrow(a.DataType())
	if err != nil {
		return nil, err
	}
	valid := arrowValidity(a)
	switch a := a.(type) {
	case *array.Null:
		return NullVector(VoidType, a.Len()), nil
	case *array.Boolean:
		bits := Bitmap(nil)
		if a.Len() > 0 {
			bits = bitmapFrom(a.Data().Buffers()[1].Bytes(), a.Data().Offset(), a.Len())
		}
		return NewBool(bits, a.Len(), valid), nil
	case *array.Dictionary:
		return dictFromArrow(a, valid)
	case array.ExtensionArray:
		return FromArrow(a.Storage())
	case *array.Struct:
		return structFromArrow(a, t, valid)
	case *array.Map:
		return mapFromArrow(a, t, valid)
	case array.ListLike:
		return listFromArrow(a, t, valid)
	}
	if t.Layout() == LayoutBytes {
		return stringsFromArrow(a, t, valid)
	}
	return fixedFromArrow(a, t, valid)
}

// FromRecord gives an Arrow record as a batch of owned columns, sharing buffers as FromArrow does.
func FromRecord(r arrow.Record) (Batch, error) {
	schema, err := SchemaFromArrow(r.Schema())
	if err != nil {
		return Batch{}, err
	}
	cols := make([]Vector, r.NumCols())
	for i := range cols {
		if cols[i], err = FromArrow(r.Column(i)); err != nil {
			return Batch{}, err
		}
	}
	return NewBatch(schema, int(r.NumRows()), cols...), nil
}

func arrowValidity(a arrow.Array) Bitmap {
	if a.NullN() == 0 || len(a.NullBitmapBytes()) == 0 {
		return nil
	}
	return bitmapFrom(a.NullBitmapBytes(), a.Data().Offset(), a.Len())
}

// bitmapFrom copies n bits that begin at a bit of b.
func bitmapFrom(b []byte, offset, n int) Bitmap {
	out := NewBitmap(n)
	if offset&7 == 0 {
		raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(out))), len(out)*8)
		copy(raw, b[offset>>3:][:(n+7)>>3])
		if n&63 != 0 {
			out[n>>6] &= 1<<(uint(n)&63) - 1
		}
		return out
	}
	for i := range n {
		if bit := offset + i; b[bit>>3]>>(bit&7)&1 != 0 {
			out.Set(i)
		}
	}
	return out
}

// fixedFromArrow takes arrays of values of one width.
func fixedFromArrow(a arrow.Array, t Type, valid Bitmap) (Vector, error) {
	switch a := a.(type) {
	case *array.Int8:
		return NewFixed(t, a.Int8Values(), valid), nil
	case *array.Int16:
		return NewFixed(t, a.Int16Values(), valid), nil
	case *array.Int32:
		return NewFixed(t, a.Int32Values(), valid), nil
	case *array.Int64:
		return NewFixed(t, a.Int64Values(), valid), nil
	case *array.Uint8:
		return NewFixed(t, mapped(a.Uint8Values(), func(x uint8) int16 { return int16(x) }), valid), nil
	case *array.Uint16:
		return NewFixed(t, mapped(a.Uint16Values(), func(x uint16) int32 { return int32(x) }), valid), nil
	case *array.Uint32:
		return NewFixed(t, mapped(a.Uint32Values(), func(x uint32) int64 { return int64(x) }), valid), nil
	case *array.Uint64:
		return NewFixed(t, mapped(a.Uint64Values(), func(x uint64) Int128 { return Int128{Lo: x} }), valid), nil
	case *array.Float16:
		return NewFixed(t, mapped(a.Values(), float16.Num.Float32), valid), nil
	case *array.Float32:
		return NewFixed(t, a.Float32Values(), valid), nil
	case *array.Float64:
		return NewFixed(t, a.Float64Values(), valid), nil
	case *array.Decimal128:
		wide := recast[Int128](a.Values())
		if t.Layout() == LayoutInt64 {
			return NewFixed(t, mapped(wide, Int128.Int64), valid), nil
		}
		return NewFixed(t, wide, valid), nil
	case *array.MonthInterval:
		return NewFixed(t, recast[int32](a.MonthIntervalValues()), valid), nil
	case *array.MonthDayNanoInterval:
		return NewFixed(t, mapped(a.MonthDayNanoIntervalValues(), func(x arrow.MonthDayNanoInterval) Interval {
			return Interval{Months: x.Months, Days: x.Days, Micros: x.Nanoseconds / 1000}
		}), valid), nil
	}
	return timesFromArrow(a, t, valid)
}

// timesFromArrow takes arrays of dates, times and durations of any unit.
func timesFromArrow(a arrow.Array, t Type, valid Bitmap) (Vector, error) {
	switch a := a.(type) {
	case *array.Date32:
		return NewFixed(t, recast[int32](a.Date32Values()), valid), nil
	case *array.Date64:
		const day = 86_400_000
		return NewFixed(t, mapped(a.Date64Values(), func(ms arrow.Date64) int32 { return int32(floorDiv(int64(ms), day)) }), valid), nil
	case *array.Timestamp:
		return inUnit(a, t, recast[int64](a.TimestampValues()), a.DataType().(*arrow.TimestampType).Unit, arrow.Microsecond, valid)
	case *array.Duration:
		return inUnit(a, t, recast[int64](a.DurationValues()), a.DataType().(*arrow.DurationType).Unit, arrow.Microsecond, valid)
	case *array.Time32:
		wide := mapped(a.Time32Values(), func(x arrow.Time32) int64 { return int64(x) })
		return inUnit(a, t, wide, a.DataType().(*arrow.Time32Type).Unit, arrow.Nanosecond, valid)
	case *array.Time64:
		return inUnit(a, t, recast[int64](a.Time64Values()), a.DataType().(*arrow.Time64Type).Unit, arrow.Nanosecond, valid)
	}
	return nil, Errorf("UNSUPPORTED_DATATYPE", "Unsupported data type \"%s\" of Arrow.", a.DataType())
}

// inUnit converts counts of a unit; finer ones are rounded down.
func inUnit(a arrow.Array, t Type, values []int64, from, to arrow.TimeUnit, valid Bitmap) (Vector, error) {
	if from == to {
		return NewFixed(t, values, valid), nil
	}
	if from > to { // units are ordered from the coarsest
		k := int64(math.Pow10(3 * int(from-to)))
		return NewFixed(t, mapped(values, func(x int64) int64 { return floorDiv(x, k) }), valid), nil
	}
	k := int64(math.Pow10(3 * int(to-from)))
	out := make([]int64, len(values))
	for i, x := range values {
		var ok bool
		if out[i], ok = timesInt64(x, k); !ok && a.IsValid(i) {
			return nil, Errorf("DATETIME_OVERFLOW", "Datetime operation overflow: %d %s of Arrow do not fit %s.", x, from, t.SQL())
		}
	}
	return NewFixed(t, out, valid), nil
}

// mapped converts every value.
func mapped[A, R any](in []A, f func(A) R) []R {
	out := make([]R, len(in))
	for i, x := range in {
		out[i] = f(x)
	}
	return out
}

// recast is the same memory as values of another type of the same size.
func recast[R, A any](in []A) []R {
	return unsafe.Slice((*R)(unsafe.Pointer(unsafe.SliceData(in))), len(in))
}

// stringsFromArrow makes views: those of the array itself, or new ones into its bytes.
func stringsFromArrow(a arrow.Array, t Type, valid Bitmap) (Vector, error) {
	data := a.Data()
	out := &Strings{Typ: t, Valid: valid}
	if id := a.DataType().ID(); id == arrow.STRING_VIEW || id == arrow.BINARY_VIEW {
		if b := data.Buffers()[1]; b != nil && a.Len() > 0 {
			out.Views = unsafe.Slice((*View)(unsafe.Pointer(unsafe.SliceData(b.Bytes()))), data.Offset()+a.Len())[data.Offset():]
		}
		for _, b := range data.Buffers()[2:] {
			out.Bufs = append(out.Bufs, b.Bytes())
		}
		return out, nil
	}
	value, ok := arrowBytes(a)
	if !ok {
		return nil, Errorf("UNSUPPORTED_DATATYPE", "Unsupported data type \"%s\" of Arrow.", a.DataType())
	}
	out.Views = make([]View, a.Len())
	var buf []byte
	if last := len(data.Buffers()) - 1; data.Buffers()[last] != nil {
		buf = data.Buffers()[last].Bytes()
	}
	if len(buf) > math.MaxUint32 {
		b := NewStringsBuilder(nil, t, a.Len())
		for i := range a.Len() {
			b.Append(value(i))
		}
		copied := b.Build()
		copied.Valid = valid
		return copied, nil
	}
	out.Bufs = [][]byte{buf}
	for i := range out.Views {
		if b := value(i); len(b) <= InlineLen {
			out.Views[i] = InlineView(b)
		} else {
			out.Views[i] = BufferView(b, 0, int(uintptr(unsafe.Pointer(&b[0]))-uintptr(unsafe.Pointer(&buf[0]))))
		}
	}
	return out, nil
}

// arrowBytes reads the values of string and binary arrays with offsets or of fixed size, without copying.
func arrowBytes(a arrow.Array) (value func(i int) []byte, ok bool) {
	bytesOf := func(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
	switch a := a.(type) {
	case *array.String:
		return func(i int) []byte { return bytesOf(a.Value(i)) }, true
	case *array.LargeString:
		return func(i int) []byte { return bytesOf(a.Value(i)) }, true
	case *array.Binary:
		return a.Value, true
	case *array.LargeBinary:
		return a.Value, true
	case *array.FixedSizeBinary:
		return a.Value, true
	}
	return nil, false
}

func dictFromArrow(a *array.Dictionary, valid Bitmap) (Vector, error) {
	values, err := FromArrow(a.Dictionary())
	if err != nil {
		return nil, err
	}
	values = Flatten(nil, values, AllRows(values.Len()))
	codes := make([]int32, a.Len())
	for i := range codes {
		if a.IsValid(i) {
			codes[i] = int32(a.GetValueIndex(i))
		}
	}
	if values.Len() == 0 { // all rows are NULL, but codes must be codes
		return NullVector(values.Type(), a.Len()), nil
	}
	return &Dict{Codes: codes, Values: values, Valid: valid}, nil
}

func structFromArrow(a *array.Struct, t Type, valid Bitmap) (Vector, error) {
	out := &StructVector{Typ: t, N: a.Len(), Valid: valid, Fields: make([]Vector, a.NumField())}
	for i := range out.Fields {
		f, err := FromArrow(a.Field(i)) // already sliced as its parent is
		if err != nil {
			return nil, err
		}
		out.Fields[i] = f
	}
	return out, nil
}

func mapFromArrow(a *array.Map, t Type, valid Bitmap) (Vector, error) {
	keys, err := FromArrow(a.Keys())
	if err != nil {
		return nil, err
	}
	values, err := FromArrow(a.Items())
	if err != nil {
		return nil, err
	}
	return &MapVector{Typ: t, Offsets: arrowOffsets(a), Keys: keys, Values: values, Valid: valid}, nil
}

func listFromArrow(a array.ListLike, t Type, valid Bitmap) (Vector, error) {
	elems, err := FromArrow(a.ListValues())
	if err != nil {
		return nil, err
	}
	if elems.Len() > math.MaxInt32 {
		return nil, Errorf("UNSUPPORTED_DATATYPE", "An Arrow list array of %d elements is too long for one vector.", elems.Len())
	}
	return &List{Typ: t, Offsets: arrowOffsets(a), Elems: elems, Valid: valid}, nil
}

// arrowOffsets are the borders of the rows in the elements; the lists follow each other as all but list views do.
func arrowOffsets(a array.ListLike) []int32 {
	offsets := make([]int32, a.Len()+1)
	for i := range a.Len() {
		start, end := a.ValueOffsets(i)
		offsets[i], offsets[i+1] = int32(start), int32(end)
	}
	return offsets
}
