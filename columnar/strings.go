package columnar

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync/atomic"
	"unsafe"
)

// View is one value of a Strings vector in the layout of Arrow's string view: four bytes of length, then the value itself when
// it has at most 12 bytes (the rest zero), or else its first four bytes, the number of the buffer and the offset in it.
// The zero View is the empty string.
type View struct {
	Length uint32
	Prefix [4]byte
	Buffer uint32
	Offset uint32
}

// InlineLen is the longest value that a View holds itself.
const InlineLen = 12

// InlineView is the view of a value of at most InlineLen bytes.
func InlineView(b []byte) View {
	v := View{Length: uint32(len(b))}
	copy((*[InlineLen]byte)(unsafe.Pointer(&v.Prefix))[:], b)
	return v
}

// BufferView is the view of the value that stands at offset of buffer buf; it is inline when short.
func BufferView(value []byte, buf, offset int) View {
	if len(value) <= InlineLen {
		return InlineView(value)
	}
	v := View{Length: uint32(len(value)), Buffer: uint32(buf), Offset: uint32(offset)}
	copy(v.Prefix[:], value)
	return v
}

// Strings is a vector of STRING or BINARY values as views. Long values lie in Bufs, which many vectors may share: gathering,
// filtering and sorting move views and never the bytes.
type Strings struct {
	Typ      Type
	Views    []View
	Bufs     [][]byte
	Valid    Bitmap // nil: no NULLs; views at NULL rows are valid views
	Lent     bool   // Views and Valid belong to a Pool
	LentBufs bool   // a buffer of Bufs belongs to a Pool
	Lease    *Lease // of buffers that whoever made them uses again, unless somebody keeps them; nil: of none
}

// Lease is on the buffers of a Strings vector that its maker fills anew when the batch has been processed. Somebody may keep them instead,
// which spares a copy; then the maker takes others. It may be used concurrently.
type Lease struct{ kept atomic.Bool }

// Keep says that the buffers stay in use. On a nil lease it does nothing.
func (l *Lease) Keep() {
	if l != nil && !l.kept.Load() {
		l.kept.Store(true)
	}
}

// Kept says whether Keep was called.
func (l *Lease) Kept() bool { return l.kept.Load() }

// NewStrings returns an owned STRING vector holding the values.
func NewStrings(values ...string) *Strings {
	b := NewStringsBuilder(nil, StringType, len(values))
	for _, s := range values {
		b.AppendString(s)
	}
	return b.Build()
}

// Type implements Vector.
func (v *Strings) Type() Type { return v.Typ }

// Len implements Vector.
func (v *Strings) Len() int { return len(v.Views) }

// IsNull implements Vector.
func (v *Strings) IsNull(i int) bool { return v.Valid != nil && !v.Valid.Get(i) }

// HasNulls implements Vector.
func (v *Strings) HasNulls() bool { return v.Valid != nil }

// Borrowed implements Vector.
func (v *Strings) Borrowed() bool { return v.Lent || v.LentBufs || v.Lease != nil }

// Bytes implements Vector. Shared buffers count in full.
func (v *Strings) Bytes() int64 {
	n := int64(cap(v.Views))*16 + int64(len(v.Valid))*8
	for _, b := range v.Bufs {
		n += int64(cap(b))
	}
	return n
}

// Slice implements Vector.
func (v *Strings) Slice(lo, hi int) Vector {
	return &Strings{v.Typ, v.Views[lo:hi:hi], v.Bufs, v.Valid.Slice(lo, hi), v.Lent, v.LentBufs, v.Lease}
}

// Retain implements Vector.
func (v *Strings) Retain() Vector {
	switch {
	case v.LentBufs:
		return v.Pack()
	case v.Lent:
		v.Lease.Keep()
		return &Strings{Typ: v.Typ, Views: append([]View(nil), v.Views...), Bufs: v.Bufs, Valid: v.Valid.clone()}
	case v.Lease != nil:
		v.Lease.Keep()
		return &Strings{Typ: v.Typ, Views: v.Views, Bufs: v.Bufs, Valid: v.Valid}
	}
	return v
}

// At returns the bytes of row i. They must not be changed, and live as long as the vector does.
func (v *Strings) At(i int) []byte { return viewBytes(&v.Views[i], v.Bufs) }

// Str returns row i as a string that shares the vector's memory: copy it to keep it past a borrowed vector's batch.
func (v *Strings) Str(i int) string {
	b := v.At(i)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func viewBytes(w *View, bufs [][]byte) []byte {
	if w.Length <= InlineLen {
		return unsafe.Slice((*byte)(unsafe.Pointer(&w.Prefix)), w.Length)
	}
	return bufs[w.Buffer][w.Offset : w.Offset+w.Length]
}

// EqualAt says whether row i of v and row j of w are the same bytes; it looks at lengths and prefixes first.
func (v *Strings) EqualAt(i int, w *Strings, j int) bool {
	a, b := &v.Views[i], &w.Views[j]
	if a.Length != b.Length || a.Prefix != b.Prefix {
		return false
	}
	if a.Length <= InlineLen {
		return a.Buffer == b.Buffer && a.Offset == b.Offset
	}
	return bytes.Equal(v.At(i), w.At(j))
}

// CompareAt orders row i of v and row j of w bytewise (Spark's UTF8_BINARY): -1, 0 or 1.
func (v *Strings) CompareAt(i int, w *Strings, j int) int {
	a, b := binary.BigEndian.Uint32(v.Views[i].Prefix[:]), binary.BigEndian.Uint32(w.Views[j].Prefix[:])
	if a != b {
		if a < b {
			return -1
		}
		return 1
	}
	return bytes.Compare(v.At(i), w.At(j))
}

// AnyLong says whether some view points into a buffer.
func AnyLong(views []View) bool {
	for i := range views {
		if views[i].Length > InlineLen {
			return true
		}
	}
	return false
}

// Pack returns an owned vector with the same values, its long ones copied into one buffer of just their size.
func (v *Strings) Pack() *Strings {
	size := 0
	for i := range v.Views {
		if n := int(v.Views[i].Length); n > InlineLen && !v.IsNull(i) {
			size += n
		}
	}
	out := &Strings{Typ: v.Typ, Views: make([]View, len(v.Views)), Valid: slices.Clone(v.Valid)}
	if size == 0 {
		for i := range v.Views {
			if !v.IsNull(i) {
				out.Views[i] = v.Views[i]
			}
		}
		return out
	}
	buffer := make([]byte, 0, size)
	for i := range v.Views {
		switch {
		case v.IsNull(i):
		case v.Views[i].Length <= InlineLen:
			out.Views[i] = v.Views[i]
		default:
			at := len(buffer)
			buffer = append(buffer, v.At(i)...)
			out.Views[i] = BufferView(buffer[at:], 0, at)
		}
	}
	out.Bufs = [][]byte{buffer}
	return out
}

// bufferSize is the capacity of a fresh buffer of a StringsBuilder.
const bufferSize = 32 << 10

// StringsBuilder makes a Strings vector row by row.
type StringsBuilder struct {
	out  *Strings
	pool *Pool
	cur  []byte // last element of out.Bufs while it is being filled
}

// NewStringsBuilder prepares for about n rows of type t (STRING or BINARY). With a pool the vector will be borrowed from it.
func NewStringsBuilder(p *Pool, t Type, n int) *StringsBuilder {
	return &StringsBuilder{pool: p, out: &Strings{Typ: t, Views: Alloc[View](p, n)[:0], Lent: p != nil}}
}

// Append adds a row holding a copy of b.
func (s *StringsBuilder) Append(b []byte) {
	if len(b) <= InlineLen {
		s.out.Views = append(s.out.Views, InlineView(b))
		return
	}
	if len(b) > cap(s.cur)-len(s.cur) {
		s.flush()
		s.cur = s.newBuffer(max(bufferSize, len(b)))
		s.out.Bufs = append(s.out.Bufs, nil)
	}
	off := len(s.cur)
	s.cur = append(s.cur, b...)
	s.out.Views = append(s.out.Views, BufferView(b, len(s.out.Bufs)-1, off))
}

func (s *StringsBuilder) newBuffer(n int) []byte {
	if s.pool == nil {
		return make([]byte, 0, n)
	}
	s.out.LentBufs = true
	return Alloc[byte](s.pool, n)[:0]
}

func (s *StringsBuilder) flush() {
	if k := len(s.out.Bufs); k > 0 {
		s.out.Bufs[k-1] = s.cur
	}
}

// AppendString adds a row holding a copy of t.
func (s *StringsBuilder) AppendString(t string) {
	s.Append(unsafe.Slice(unsafe.StringData(t), len(t)))
}

// AppendNull adds a NULL row.
func (s *StringsBuilder) AppendNull() {
	i := len(s.out.Views)
	s.out.Views = append(s.out.Views, View{})
	for s.out.Valid == nil || len(s.out.Valid) < Words(i+1) {
		if s.out.Valid == nil {
			s.out.Valid = FullBitmap(64 * Words(max(i+1, cap(s.out.Views)))) // whole words: rows that follow are valid
			break
		}
		s.out.Valid = append(s.out.Valid, ^uint64(0))
	}
	s.out.Valid.Clear(i)
}

// Len is the number of rows so far.
func (s *StringsBuilder) Len() int { return len(s.out.Views) }

// Build returns the vector; the builder must not be used afterwards.
func (s *StringsBuilder) Build() *Strings {
	s.flush()
	if v := s.out.Valid; v != nil {
		for len(v) < Words(len(s.out.Views)) {
			v = append(v, ^uint64(0))
		}
		s.out.Valid = v[:Words(len(s.out.Views))]
	}
	return s.out
}
