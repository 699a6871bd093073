package columnar

// Builder makes a vector of one type row by row. It is the slow path, for nested values, rows gathered from many vectors and
// tests: loops over whole batches use Take, Concat or a kernel. The result is owned. Not safe for concurrent use.
type Builder interface {
	Append(v Vector, i int) // adds a copy of row i of v, a vector of the builder's type (or VOID) in any form
	AppendNull()
	Len() int      // rows so far
	Build() Vector // the vector; the builder must not be used afterwards
}

// NewBuilder prepares for about n rows of type t.
func NewBuilder(t Type, n int) Builder {
	switch t.Layout() {
	case LayoutBool:
		return &boolBuilder{}
	case LayoutInt8:
		return newFixedBuilder[int8](t, n)
	case LayoutInt16:
		return newFixedBuilder[int16](t, n)
	case LayoutInt32:
		return newFixedBuilder[int32](t, n)
	case LayoutInt64:
		return newFixedBuilder[int64](t, n)
	case LayoutInt128:
		return newFixedBuilder[Int128](t, n)
	case LayoutFloat32:
		return newFixedBuilder[float32](t, n)
	case LayoutFloat64:
		return newFixedBuilder[float64](t, n)
	case LayoutInterval:
		return newFixedBuilder[Interval](t, n)
	case LayoutList:
		return &listBuilder{typ: t, offsets: make([]int32, 1, n+1), elems: NewBuilder(t.Elem(), n)}
	case LayoutMap:
		return &mapBuilder{typ: t, offsets: make([]int32, 1, n+1), keys: NewBuilder(t.Key(), n), values: NewBuilder(t.Elem(), n)}
	case LayoutStruct:
		b := &structBuilder{typ: t, fields: make([]Builder, len(t.Fields()))}
		for i, f := range t.Fields() {
			b.fields[i] = NewBuilder(f.Type, n)
		}
		return b
	}
	return &bytesBuilder{NewStringsBuilder(nil, t, n)}
}

// resolve looks through Dict and Const: the vector of physical form and the row in it that row i of v stands for. The row of a
// NULL is a valid row, but not always a NULL one: ask v.IsNull first.
func resolve(v Vector, i int) (Vector, int) {
	switch w := v.(type) {
	case *Dict:
		return w.Values, int(w.Codes[i])
	case *Const:
		return w.Value, 0
	}
	return v, i
}

// validity collects the validity of rows; it allocates at the first NULL.
type validity struct {
	bits Bitmap
	n    int
}

func (v *validity) add(ok bool) {
	if !ok && v.bits == nil {
		v.bits = FullBitmap(v.n)
	}
	if v.bits != nil {
		v.bits = appendBit(v.bits, v.n, ok)
	}
	v.n++
}

// appendBit sets bit n of a bitmap of n bits, growing it.
func appendBit(b Bitmap, n int, v bool) Bitmap {
	if n&63 == 0 {
		b = append(b, 0)
	}
	b.Put(n, v)
	return b
}

type fixedBuilder[T Native] struct {
	typ    Type
	values []T
	valid  validity
}

func newFixedBuilder[T Native](t Type, n int) *fixedBuilder[T] {
	return &fixedBuilder[T]{typ: t, values: make([]T, 0, n)}
}

func (b *fixedBuilder[T]) Len() int      { return len(b.values) }
func (b *fixedBuilder[T]) Build() Vector { return NewFixed(b.typ, b.values, b.valid.bits) }
func (b *fixedBuilder[T]) AppendNull() {
	var zero T
	b.values = append(b.values, zero)
	b.valid.add(false)
}
func (b *fixedBuilder[T]) Append(v Vector, i int) {
	if v.IsNull(i) {
		b.AppendNull()
		return
	}
	v, i = resolve(v, i)
	b.values = append(b.values, v.(*Fixed[T]).Values[i])
	b.valid.add(true)
}

type boolBuilder struct {
	bits  Bitmap
	valid validity
}

func (b *boolBuilder) Len() int      { return b.valid.n }
func (b *boolBuilder) Build() Vector { return NewBool(b.bits, b.valid.n, b.valid.bits) }
func (b *boolBuilder) AppendNull() {
	b.bits = appendBit(b.bits, b.valid.n, false)
	b.valid.add(false)
}
func (b *boolBuilder) Append(v Vector, i int) {
	if v.IsNull(i) {
		b.AppendNull()
		return
	}
	v, i = resolve(v, i)
	b.bits = appendBit(b.bits, b.valid.n, v.(*Bool).Bits.Get(i))
	b.valid.add(true)
}

// bytesBuilder makes a StringsBuilder a Builder.
type bytesBuilder struct{ s *StringsBuilder }

func (b *bytesBuilder) Len() int      { return b.s.Len() }
func (b *bytesBuilder) Build() Vector { return b.s.Build() }
func (b *bytesBuilder) AppendNull()   { b.s.AppendNull() }
func (b *bytesBuilder) Append(v Vector, i int) {
	if v.IsNull(i) {
		b.s.AppendNull()
		return
	}
	v, i = resolve(v, i)
	b.s.Append(v.(*Strings).At(i))
}

type listBuilder struct {
	typ     Type
	offsets []int32
	elems   Builder
	valid   validity
}

func (b *listBuilder) Len() int { return b.valid.n }
func (b *listBuilder) Build() Vector {
	return &List{Typ: b.typ, Offsets: b.offsets, Elems: b.elems.Build(), Valid: b.valid.bits}
}
func (b *listBuilder) AppendNull() {
	b.offsets = append(b.offsets, int32(b.elems.Len()))
	b.valid.add(false)
}
func (b *listBuilder) Append(v Vector, i int) {
	if v.IsNull(i) {
		b.AppendNull()
		return
	}
	v, i = resolve(v, i)
	l := v.(*List)
	for j := l.Offsets[i]; j < l.Offsets[i+1]; j++ {
		b.elems.Append(l.Elems, int(j))
	}
	b.offsets = append(b.offsets, int32(b.elems.Len()))
	b.valid.add(true)
}

type mapBuilder struct {
	typ          Type
	offsets      []int32
	keys, values Builder
	valid        validity
}

func (b *mapBuilder) Len() int { return b.valid.n }
func (b *mapBuilder) Build() Vector {
	return &MapVector{Typ: b.typ, Offsets: b.offsets, Keys: b.keys.Build(), Values: b.values.Build(), Valid: b.valid.bits}
}
func (b *mapBuilder) AppendNull() {
	b.offsets = append(b.offsets, int32(b.keys.Len()))
	b.valid.add(false)
}
func (b *mapBuilder) Append(v Vector, i int) {
	if v.IsNull(i) {
		b.AppendNull()
		return
	}
	v, i = resolve(v, i)
	m := v.(*MapVector)
	for j := m.Offsets[i]; j < m.Offsets[i+1]; j++ {
		b.keys.Append(m.Keys, int(j))
		b.values.Append(m.Values, int(j))
	}
	b.offsets = append(b.offsets, int32(b.keys.Len()))
	b.valid.add(true)
}

type structBuilder struct {
	typ    Type
	fields []Builder
	valid  validity
}

func (b *structBuilder) Len() int { return b.valid.n }
func (b *structBuilder) Build() Vector {
	out := &StructVector{Typ: b.typ, Fields: make([]Vector, len(b.fields)), N: b.valid.n, Valid: b.valid.bits}
	for i, f := range b.fields {
		out.Fields[i] = f.Build()
	}
	return out
}
func (b *structBuilder) AppendNull() {
	for _, f := range b.fields {
		f.AppendNull()
	}
	b.valid.add(false)
}
func (b *structBuilder) Append(v Vector, i int) {
	if v.IsNull(i) {
		b.AppendNull()
		return
	}
	v, i = resolve(v, i)
	s := v.(*StructVector)
	for k, f := range b.fields {
		f.Append(s.Fields[k], i)
	}
	b.valid.add(true)
}
