package columnar

import (
	"unsafe"
)

// Native are the Go types of fixed-width values.
type Native interface {
	int8 | int16 | int32 | int64 | float32 | float64 | Int128 | Interval
}

// Interval is a CALENDAR INTERVAL value, in the layout of Arrow's month-day-nano but with microseconds.
type Interval struct {
	Months, Days int32
	Micros       int64
}

// Vector is a column of values of one type. The set of forms is closed: *Fixed[T], *Bool, *Strings, *Dict, *Const, *List,
// *MapVector and *StructVector; kernels reach them by one type switch per call, never per row.
//
// A vector is immutable once it has been handed on. It is either owned (garbage-collected, may be kept) or borrowed (its buffers
// belong to a Pool and are reused after the batch has been processed); Retain makes a borrowed one keepable.
type Vector interface {
	Type() Type
	Len() int
	IsNull(i int) bool
	HasNulls() bool          // false: certainly none; true: maybe
	Slice(lo, hi int) Vector // rows lo to hi, sharing memory; as borrowed as its origin
	Bytes() int64            // memory held by the buffers
	Retain() Vector          // itself if owned, otherwise an owned copy
	Borrowed() bool
}

// Fixed is a vector of fixed-width values. Values at NULL rows are unspecified.
type Fixed[T Native] struct {
	Typ    Type
	Values []T
	Valid  Bitmap // nil: no NULLs
	Lent   bool   // the buffers belong to a Pool
}

// NewFixed returns an owned vector over the buffers given.
func NewFixed[T Native](t Type, values []T, valid Bitmap) *Fixed[T] {
	return &Fixed[T]{Typ: t, Values: values, Valid: valid}
}

// Type implements Vector.
func (v *Fixed[T]) Type() Type { return v.Typ }

// Len implements Vector.
func (v *Fixed[T]) Len() int { return len(v.Values) }

// IsNull implements Vector.
func (v *Fixed[T]) IsNull(i int) bool { return v.Valid != nil && !v.Valid.Get(i) }

// HasNulls implements Vector.
func (v *Fixed[T]) HasNulls() bool { return v.Valid != nil }

// Borrowed implements Vector.
func (v *Fixed[T]) Borrowed() bool { return v.Lent }

// Bytes implements Vector.
func (v *Fixed[T]) Bytes() int64 {
	var z T
	return int64(cap(v.Values))*int64(unsafe.Sizeof(z)) + int64(len(v.Valid))*8
}

// Slice implements Vector.
func (v *Fixed[T]) Slice(lo, hi int) Vector {
	return &Fixed[T]{v.Typ, v.Values[lo:hi:hi], v.Valid.Slice(lo, hi), v.Lent}
}

// Retain implements Vector.
func (v *Fixed[T]) Retain() Vector {
	if !v.Lent {
		return v
	}
	return &Fixed[T]{Typ: v.Typ, Values: append([]T(nil), v.Values...), Valid: v.Valid.clone()}
}

func (b Bitmap) clone() Bitmap {
	if b == nil {
		return nil
	}
	return append(Bitmap(nil), b...)
}

// Bool is a vector of BOOLEAN, bit-packed. Bits at NULL rows are unspecified.
type Bool struct {
	Bits  Bitmap
	N     int
	Valid Bitmap // nil: no NULLs
	Lent  bool   // the buffers belong to a Pool
}

// NewBool returns an owned vector of n rows over the bits given.
func NewBool(bits Bitmap, n int, valid Bitmap) *Bool { return &Bool{Bits: bits, N: n, Valid: valid} }

// Type implements Vector.
func (v *Bool) Type() Type { return BooleanType }

// Len implements Vector.
func (v *Bool) Len() int { return v.N }

// IsNull implements Vector.
func (v *Bool) IsNull(i int) bool { return v.Valid != nil && !v.Valid.Get(i) }

// HasNulls implements Vector.
func (v *Bool) HasNulls() bool { return v.Valid != nil }

// Borrowed implements Vector.
func (v *Bool) Borrowed() bool { return v.Lent }

// Bytes implements Vector.
func (v *Bool) Bytes() int64 { return int64(len(v.Bits)+len(v.Valid)) * 8 }

// Slice implements Vector.
func (v *Bool) Slice(lo, hi int) Vector {
	return &Bool{v.Bits.Slice(lo, hi), hi - lo, v.Valid.Slice(lo, hi), v.Lent}
}

// Retain implements Vector.
func (v *Bool) Retain() Vector {
	if !v.Lent {
		return v
	}
	return &Bool{Bits: v.Bits.clone(), N: v.N, Valid: v.Valid.clone()}
}

// True says whether row i is TRUE (neither FALSE nor NULL).
func (v *Bool) True(i int) bool { return v.Bits.Get(i) && (v.Valid == nil || v.Valid.Get(i)) }

// Dict is a vector whose values are entries of a smaller one: row i is Values[Codes[i]], or NULL. Codes at NULL rows are valid
// codes. The dictionary may hold an entry more than once, and entries that no row uses. Values is never a Dict or Const.
type Dict struct {
	Codes  []int32
	Values Vector
	Valid  Bitmap // nil: no NULLs among the codes (an entry may still be NULL)
	Lent   bool   // Codes and Valid belong to a Pool (Values says for itself)
}

// Type implements Vector.
func (v *Dict) Type() Type { return v.Values.Type() }

// Len implements Vector.
func (v *Dict) Len() int { return len(v.Codes) }

// HasNulls implements Vector.
func (v *Dict) HasNulls() bool { return v.Valid != nil || v.Values.HasNulls() }

// Borrowed implements Vector.
func (v *Dict) Borrowed() bool { return v.Lent || v.Values.Borrowed() }

// IsNull implements Vector.
func (v *Dict) IsNull(i int) bool {
	return v.Valid != nil && !v.Valid.Get(i) || v.Values.HasNulls() && v.Values.IsNull(int(v.Codes[i]))
}

// Bytes implements Vector.
func (v *Dict) Bytes() int64 {
	return int64(cap(v.Codes))*4 + int64(len(v.Valid))*8 + v.Values.Bytes()
}

// Slice implements Vector.
func (v *Dict) Slice(lo, hi int) Vector {
	return &Dict{v.Codes[lo:hi:hi], v.Values, v.Valid.Slice(lo, hi), v.Lent}
}

// Retain implements Vector.
func (v *Dict) Retain() Vector {
	if !v.Borrowed() {
		return v
	}
	out := &Dict{Codes: v.Codes, Values: v.Values.Retain(), Valid: v.Valid}
	if v.Lent {
		out.Codes, out.Valid = append([]int32(nil), v.Codes...), v.Valid.clone()
	}
	return out
}

// Const is one value (or NULL) repeated N times. Value is a vector of one row, never a Dict or Const.
type Const struct {
	Value Vector
	N     int
}

// NewConst repeats the only row of value n times.
func NewConst(value Vector, n int) *Const { return &Const{value, n} }

// Type implements Vector.
func (v *Const) Type() Type { return v.Value.Type() }

// Len implements Vector.
func (v *Const) Len() int { return v.N }

// IsNull implements Vector.
func (v *Const) IsNull(int) bool { return v.Value.IsNull(0) }

// HasNulls implements Vector.
func (v *Const) HasNulls() bool { return v.Value.IsNull(0) }

// Slice implements Vector.
func (v *Const) Slice(lo, hi int) Vector { return &Const{v.Value, hi - lo} }

// Bytes implements Vector.
func (v *Const) Bytes() int64 { return v.Value.Bytes() }

// Borrowed implements Vector.
func (v *Const) Borrowed() bool { return v.Value.Borrowed() }

// Retain implements Vector.
func (v *Const) Retain() Vector {
	if !v.Value.Borrowed() {
		return v
	}
	return &Const{v.Value.Retain(), v.N}
}

// List is a vector of ARRAY values: row i holds Elems[Offsets[i]:Offsets[i+1]]. NULL rows have valid offsets too.
type List struct {
	Typ     Type
	Offsets []int32 // one more than rows; Offsets[0] need not be 0
	Elems   Vector
	Valid   Bitmap // nil: no NULLs
	Lent    bool   // Offsets and Valid belong to a Pool
}

// Type implements Vector.
func (v *List) Type() Type { return v.Typ }

// Len implements Vector.
func (v *List) Len() int { return len(v.Offsets) - 1 }

// IsNull implements Vector.
func (v *List) IsNull(i int) bool { return v.Valid != nil && !v.Valid.Get(i) }

// HasNulls implements Vector.
func (v *List) HasNulls() bool { return v.Valid != nil }

// Borrowed implements Vector.
func (v *List) Borrowed() bool { return v.Lent || v.Elems.Borrowed() }

// Bytes implements Vector.
func (v *List) Bytes() int64 {
	return int64(cap(v.Offsets))*4 + int64(len(v.Valid))*8 + v.Elems.Bytes()
}

// Slice implements Vector.
func (v *List) Slice(lo, hi int) Vector {
	return &List{v.Typ, v.Offsets[lo : hi+1 : hi+1], v.Elems, v.Valid.Slice(lo, hi), v.Lent}
}

// Retain implements Vector.
func (v *List) Retain() Vector {
	if !v.Borrowed() {
		return v
	}
	out := &List{Typ: v.Typ, Offsets: v.Offsets, Elems: v.Elems.Retain(), Valid: v.Valid}
	if v.Lent {
		out.Offsets, out.Valid = append([]int32(nil), v.Offsets...), v.Valid.clone()
	}
	return out
}

// MapVector is a vector of MAP values: row i holds the entries Offsets[i] to Offsets[i+1] of Keys and Values, in order.
type MapVector struct {
	Typ          Type
	Offsets      []int32 // one more than rows
	Keys, Values Vector
	Valid        Bitmap // nil: no NULLs
	Lent         bool   // Offsets and Valid belong to a Pool
}

// Type implements Vector.
func (v *MapVector) Type() Type { return v.Typ }

// Len implements Vector.
func (v *MapVector) Len() int { return len(v.Offsets) - 1 }

// IsNull implements Vector.
func (v *MapVector) IsNull(i int) bool { return v.Valid != nil && !v.Valid.Get(i) }

// HasNulls implements Vector.
func (v *MapVector) HasNulls() bool { return v.Valid != nil }

// Borrowed implements Vector.
func (v *MapVector) Borrowed() bool { return v.Lent || v.Keys.Borrowed() || v.Values.Borrowed() }

// Bytes implements Vector.
func (v *MapVector) Bytes() int64 {
	return int64(cap(v.Offsets))*4 + int64(len(v.Valid))*8 + v.Keys.Bytes() + v.Values.Bytes()
}

// Slice implements Vector.
func (v *MapVector) Slice(lo, hi int) Vector {
	return &MapVector{v.Typ, v.Offsets[lo : hi+1 : hi+1], v.Keys, v.Values, v.Valid.Slice(lo, hi), v.Lent}
}

// Retain implements Vector.
func (v *MapVector) Retain() Vector {
	if !v.Borrowed() {
		return v
	}
	out := &MapVector{Typ: v.Typ, Offsets: v.Offsets, Keys: v.Keys.Retain(), Values: v.Values.Retain(), Valid: v.Valid}
	if v.Lent {
		out.Offsets, out.Valid = append([]int32(nil), v.Offsets...), v.Valid.clone()
	}
	return out
}

// StructVector is a vector of STRUCT values, one vector a field, all of N rows. Field values at NULL rows are unspecified.
type StructVector struct {
	Typ    Type
	Fields []Vector
	N      int
	Valid  Bitmap // nil: no NULLs
	Lent   bool   // Valid belongs to a Pool
}

// Type implements Vector.
func (v *StructVector) Type() Type { return v.Typ }

// Len implements Vector.
func (v *StructVector) Len() int { return v.N }

// IsNull implements Vector.
func (v *StructVector) IsNull(i int) bool { return v.Valid != nil && !v.Valid.Get(i) }

// HasNulls implements Vector.
func (v *StructVector) HasNulls() bool { return v.Valid != nil }

// Borrowed implements Vector.
func (v *StructVector) Borrowed() bool {
	for _, f := range v.Fields {
		if f.Borrowed() {
			return true
		}
	}
	return v.Lent
}

// Bytes implements Vector.
func (v *StructVector) Bytes() int64 {
	n := int64(len(v.Valid)) * 8
	for _, f := range v.Fields {
		n += f.Bytes()
	}
	return n
}

// Slice implements Vector.
func (v *StructVector) Slice(lo, hi int) Vector {
	out := &StructVector{Typ: v.Typ, Fields: make([]Vector, len(v.Fields)), N: hi - lo, Valid: v.Valid.Slice(lo, hi), Lent: v.Lent}
	for i, f := range v.Fields {
		out.Fields[i] = f.Slice(lo, hi)
	}
	return out
}

// Retain implements Vector.
func (v *StructVector) Retain() Vector {
	if !v.Borrowed() {
		return v
	}
	out := &StructVector{Typ: v.Typ, Fields: make([]Vector, len(v.Fields)), N: v.N, Valid: v.Valid.clone()}
	for i, f := range v.Fields {
		out.Fields[i] = f.Retain()
	}
	return out
}

// NullVector is n NULLs of a type.
func NullVector(t Type, n int) Vector {
	b := NewBuilder(t, 1)
	b.AppendNull()
	v := b.Build()
	if n == 1 {
		return v
	}
	return NewConst(v, n)
}

// ScalarOf is a vector of one row with the value, of the SQL type that v's Go type stands for.
func ScalarOf[T bool | int8 | int16 | int32 | int64 | float32 | float64 | string](v T) Vector {
	switch v := any(v).(type) {
	case bool:
		b := NewBitmap(1)
		b.Put(0, v)
		return NewBool(b, 1, nil)
	case int8:
		return NewFixed(TinyIntType, []int8{v}, nil)
	case int16:
		return NewFixed(SmallIntType, []int16{v}, nil)
	case int32:
		return NewFixed(IntType, []int32{v}, nil)
	case int64:
		return NewFixed(BigIntType, []int64{v}, nil)
	case float32:
		return NewFixed(FloatType, []float32{v}, nil)
	case float64:
		return NewFixed(DoubleType, []float64{v}, nil)
	case string:
		return NewStrings(v)
	}
	panic("unreachable: the type set of ScalarOf is closed")
}
