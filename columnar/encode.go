package columnar

import (
	"encoding/binary"
	"io"
	"unsafe"
)

// A block of an encoded batch is its length in bytes (uint64), then the number of rows (uint64) and the columns. A column begins
// with a word of its form and whether it has NULLs. Everything is little-endian and begins at a multiple of eight bytes from the
// block's start, so that a decoded column is a slice of the block. Types are not written: the reader knows the schema. Checksums
// and compression are the business of the files that hold blocks.

// columnForm says how a column is written.
type columnForm byte

const (
	codedPlain columnForm = iota
	codedConst            // one row
	codedDict             // codes and entries
)

// nullsFlag marks a column with validity bits.
const nullsFlag = 1 << 8

// EncodeBatch writes the live rows of a batch for spill and shuffle files. Constants and dictionaries stay what they are.
func EncodeBatch(w io.Writer, b Batch) error {
	_, err := w.Write(EncodeBatchInto(nil, b))
	return err
}

// EncodeBatchInto is EncodeBatch into memory: buf's, if there is enough of it.
func EncodeBatchInto(buf []byte, b Batch) []byte {
	b = b.Compact(nil)
	if n := 16 + int(b.Bytes()); cap(buf) < n {
		buf = make([]byte, 0, n)
	}
	e := encoder{buf: buf[:16]}
	binary.LittleEndian.PutUint64(e.buf[8:], uint64(b.Len))
	for _, c := range b.Cols {
		e.column(c)
	}
	binary.LittleEndian.PutUint64(e.buf, uint64(len(e.buf)-8))
	return e.buf
}

type encoder struct{ buf []byte }

func (e *encoder) word(x uint64) { e.buf = binary.LittleEndian.AppendUint64(e.buf, x) }

// bytes appends b and fills up to a multiple of eight.
func (e *encoder) bytes(b []byte) {
	e.buf = append(e.buf, b...)
	for len(e.buf)&7 != 0 {
		e.buf = append(e.buf, 0)
	}
}

func encodeSlice[T Buffer](e *encoder, s []T) {
	var z T
	e.bytes(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(z))))
}

// head writes form and validity.
func (e *encoder) head(form columnForm, valid Bitmap, n int) {
	if valid == nil {
		e.word(uint64(form))
		return
	}
	e.word(uint64(form) | nullsFlag)
	encodeSlice(e, valid[:Words(n)])
}

func (e *encoder) column(v Vector) {
	switch v := v.(type) {
	case *Const:
		e.head(codedConst, nil, 0)
		e.column(v.Value)
	case *Dict:
		n := v.Values.Len()
		if n > len(v.Codes) { // most entries are of rows that are gone
			e.column(Flatten(nil, v, AllRows(len(v.Codes))))
			return
		}
		e.head(codedDict, v.Valid, len(v.Codes))
		encodeSlice(e, v.Codes)
		e.word(uint64(n))
		e.column(v.Values)
	case *Bool:
		e.head(codedPlain, v.Valid, v.N)
		encodeSlice(e, v.Bits[:Words(v.N)])
	case *Strings:
		e.head(codedPlain, v.Valid, len(v.Views))
		e.strings(v)
	case *List:
		e.head(codedPlain, v.Valid, v.Len())
		lo, hi := e.offsets(v.Offsets)
		e.column(v.Elems.Slice(lo, hi))
	case *MapVector:
		e.head(codedPlain, v.Valid, v.Len())
		lo, hi := e.offsets(v.Offsets)
		e.column(v.Keys.Slice(lo, hi))
		e.column(v.Values.Slice(lo, hi))
	case *StructVector:
		e.head(codedPlain, v.Valid, v.N)
		for _, f := range v.Fields {
			e.column(f)
		}
	default:
		e.fixed(v)
	}
}

func (e *encoder) fixed(v Vector) {
	switch v := v.(type) {
	case *Fixed[int8]:
		encodeFixed(e, v)
	case *Fixed[int16]:
		encodeFixed(e, v)
	case *Fixed[int32]:
		encodeFixed(e, v)
	case *Fixed[int64]:
		encodeFixed(e, v)
	case *Fixed[Int128]:
		encodeFixed(e, v)
	case *Fixed[float32]:
		encodeFixed(e, v)
	case *Fixed[float64]:
		encodeFixed(e, v)
	case *Fixed[Interval]:
		encodeFixed(e, v)
	}
}

func encodeFixed[T Native](e *encoder, v *Fixed[T]) {
	e.head(codedPlain, v.Valid, len(v.Values))
	encodeSlice(e, v.Values)
}

// strings writes the number of bytes, the lengths and the bytes of all rows.
func (e *encoder) strings(v *Strings) {
	total := uint64(0)
	for i := range v.Views {
		total += uint64(v.Views[i].Length)
	}
	e.word(total)
	for i := range v.Views {
		e.buf = binary.LittleEndian.AppendUint32(e.buf, v.Views[i].Length)
	}
	e.bytes(nil)
	for i := range v.Views {
		e.buf = append(e.buf, v.At(i)...)
	}
	e.bytes(nil)
}

// offsets writes the borders of rows, counted from the first, and the number of entries between them.
func (e *encoder) offsets(offsets []int32) (lo, hi int) {
	first, last := offsets[0], offsets[len(offsets)-1]
	e.word(uint64(last - first))
	for _, o := range offsets {
		e.buf = binary.LittleEndian.AppendUint32(e.buf, uint32(o-first))
	}
	e.bytes(nil)
	return int(first), int(last)
}
