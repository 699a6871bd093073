package columnar

import (
	"encoding/binary"
	"errors"
	"io"
	"unsafe"
)

// errBlock is returned for a block that is not what EncodeBatch wrote for the schema.
var errBlock = errors.New("columnar: damaged block, or a block of another schema")

// maxBlock is the length beyond which a block's first word is taken for damage.
const maxBlock = 1 << 36

// DecodeBatch reads a batch that EncodeBatch wrote, with the columns of s. The columns are owned and share one buffer. At the end of
// the reader the error is io.EOF.
func DecodeBatch(r io.Reader, s *Schema) (Batch, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Batch{}, err
	}
	n := binary.LittleEndian.Uint64(head[:])
	if n < 8 || n > maxBlock || n&7 != 0 {
		return Batch{}, errBlock
	}
	words := make([]uint64, n/8)
	d := decoder{buf: unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)}
	if _, err := io.ReadFull(r, d.buf); err != nil {
		return Batch{}, io.ErrUnexpectedEOF
	}
	rows := d.count()
	cols := make([]Vector, s.Len())
	for i, f := range s.Fields {
		cols[i] = d.column(f.Type, rows)
	}
	if d.bad {
		return Batch{}, errBlock
	}
	return NewBatch(s, rows, cols...), nil
}

// decoder reads a block from left to right. bad is set, and results are empty, once something does not fit.
type decoder struct {
	buf []byte
	bad bool
}

func (d *decoder) word() uint64 {
	if len(d.buf) < 8 {
		d.bad = true
		return 0
	}
	x := binary.LittleEndian.Uint64(d.buf)
	d.buf = d.buf[8:]
	return x
}

// count reads a number of rows, entries or bytes.
func (d *decoder) count() int {
	n := d.word()
	if n > maxBlock {
		d.bad = true
		return 0
	}
	return int(n)
}

// decodeSlice takes n values from the block without copying.
func decodeSlice[T Buffer](d *decoder, n int) []T {
	var z T
	size := n * int(unsafe.Sizeof(z))
	padded := (size + 7) &^ 7
	if d.bad || n < 0 || padded > len(d.buf) {
		d.bad = true
		return nil
	}
	out := unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(d.buf))), n)
	d.buf = d.buf[padded:]
	return out
}

// column reads n rows of type t. After a failure the vector is of no use.
func (d *decoder) column(t Type, n int) Vector {
	head := d.word()
	var valid Bitmap
	if head&nullsFlag != 0 {
		valid = decodeSlice[uint64](d, Words(n))
	}
	if d.bad {
		return NullVector(t, 0)
	}
	switch columnForm(head) {
	case codedConst:
		return NewConst(d.dense(t, 1), n)
	case codedDict:
		return d.dict(t, n, valid)
	case codedPlain:
		return d.plain(t, n, valid)
	}
	d.bad = true
	return NullVector(t, 0)
}

func (d *decoder) dict(t Type, n int, valid Bitmap) Vector {
	codes := decodeSlice[int32](d, n)
	entries := d.count()
	for _, c := range codes {
		if uint(c) >= uint(entries) {
			d.bad = true
		}
	}
	return &Dict{Codes: codes, Values: d.dense(t, entries), Valid: valid}
}

// dense reads a column that may not be a Dict or Const, because it is inside one.
func (d *decoder) dense(t Type, n int) Vector {
	if len(d.buf) > 0 && columnForm(d.buf[0]) != codedPlain {
		d.bad = true
		return NullVector(t, 0)
	}
	return d.column(t, n)
}

func (d *decoder) plain(t Type, n int, valid Bitmap) Vector {
	switch t.Layout() {
	case LayoutBool:
		return NewBool(decodeSlice[uint64](d, Words(n)), n, valid)
	case LayoutInt8:
		return NewFixed(t, decodeSlice[int8](d, n), valid)
	case LayoutInt16:
		return NewFixed(t, decodeSlice[int16](d, n), valid)
	case LayoutInt32:
		return NewFixed(t, decodeSlice[int32](d, n), valid)
	case LayoutInt64:
		return NewFixed(t, decodeSlice[int64](d, n), valid)
	case LayoutInt128:
		return NewFixed(t, decodeSlice[Int128](d, n), valid)
	case LayoutFloat32:
		return NewFixed(t, decodeSlice[float32](d, n), valid)
	case LayoutFloat64:
		return NewFixed(t, decodeSlice[float64](d, n), valid)
	case LayoutInterval:
		return NewFixed(t, decodeSlice[Interval](d, n), valid)
	case LayoutBytes:
		return d.strings(t, n, valid)
	case LayoutList:
		offsets, entries := d.offsets(n)
		return &List{Typ: t, Offsets: offsets, Elems: d.column(t.Elem(), entries), Valid: valid}
	case LayoutMap:
		offsets, entries := d.offsets(n)
		return &MapVector{Typ: t, Offsets: offsets, Keys: d.column(t.Key(), entries), Values: d.column(t.Elem(), entries), Valid: valid}
	}
	out := &StructVector{Typ: t, N: n, Valid: valid}
	for _, f := range t.Fields() {
		out.Fields = append(out.Fields, d.column(f.Type, n))
	}
	return out
}

// strings makes views into the block.
func (d *decoder) strings(t Type, n int, valid Bitmap) Vector {
	total := d.count()
	lengths := decodeSlice[uint32](d, n)
	text := decodeSlice[byte](d, total)
	if d.bad {
		return NullVector(t, 0)
	}
	out := &Strings{Typ: t, Views: make([]View, n), Bufs: [][]byte{text}, Valid: valid}
	at := 0
	for i, l := range lengths {
		if int(l) > total-at {
			d.bad = true
			break
		}
		out.Views[i] = BufferView(text[at:at+int(l)], 0, at)
		at += int(l)
	}
	return out
}

func (d *decoder) offsets(n int) (offsets []int32, entries int) {
	entries = d.count()
	offsets = decodeSlice[int32](d, n+1)
	last := int32(0)
	for _, o := range offsets {
		if o < last || int(o) > entries {
			d.bad = true
			return []int32{0}, 0
		}
		last = o
	}
	return offsets, entries
}
