package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unsafe"

	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/encoding/bytestreamsplit"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
)

// int96 is the old timestamp: nanoseconds of the day, then the Julian day number.
type int96 [3]uint32

// physical are the Go types of decoded values. Byte arrays are views into the source's buffers; booleans are 0 or 1.
type physical interface {
	byte | int32 | int64 | int96 | float32 | float64 | columnar.View
}

// source decodes the values of a column chunk: those that are there, without NULLs.
type source[T physical] struct {
	*chunk
	dict      []T
	dictBufs  [][]byte
	codes     hybrid   // of the current page, if it has codes
	coded     bool     // the current page has codes
	plain     []byte   // values of fixed width, of the current page
	lengths   []uint32 // of byte arrays in plain; nil: each stands before its value
	bools     hybrid   // booleans of the current page, if they are run-length encoded
	bit       int      // of the next boolean
	bufs      [][]byte // what views of the batch point into
	pageBuf   int      // index of plain in bufs, -1 before a view needed it
	codeSpace []int32
}

func newSource[T physical](c *chunk) *source[T] {
	s := &source[T]{chunk: c}
	var z T
	_, s.protect = any(z).(columnar.View)
	c.dictionary = s.setDictionary
	return s
}

// advance reads the next page and prepares its values.
func (s *source[T]) advance() error {
	_, err := s.advanceOrPass(0)
	return err
}

// advanceOrPass is advance, unless the next page has no more than most values: then it passes over it and returns how many.
func (s *source[T]) advanceOrPass(most int) (passed int, err error) {
	passed, err = s.nextOrPass(most)
	if err == nil && passed == 0 {
		err = s.prepare()
	}
	return passed, err
}

// prepare makes the values of a page that was read ready.
func (s *source[T]) prepare() error {
	p := &s.page
	s.plain, s.lengths, s.coded, s.pageBuf, s.bit = p.data, nil, false, -1, 0
	switch e := p.encoding; {
	case isDictionary(e):
		if s.dict == nil {
			return errors.New("a page has dictionary codes, but there is no dictionary")
		}
		s.coded = true
		if len(p.data) == 0 { // a page of NULLs only
			s.codes = hybrid{}
			return nil
		}
		if p.data[0] > 32 {
			return errors.New("dictionary codes are damaged")
		}
		s.codes = newHybrid(p.data[1:], uint(p.data[0]))
		return nil
	case e == format.Plain:
		return nil
	default:
		return s.decodePage(e)
	}
}

// decodePage turns a page of another encoding into plain values.
func (s *source[T]) decodePage(e format.Encoding) error {
	var z T
	var dec encoding.Encoding
	switch e {
	case format.DeltaBinaryPacked:
		dec = new(delta.BinaryPackedEncoding)
	case format.DeltaLengthByteArray:
		dec = new(delta.LengthByteArrayEncoding)
	case format.DeltaByteArray:
		dec = new(delta.ByteArrayEncoding)
	case format.ByteStreamSplit:
		dec = new(bytestreamsplit.Encoding)
	case format.RLE:
		if _, ok := any(z).(byte); ok && len(s.plain) >= 4 {
			n := int(binary.LittleEndian.Uint32(s.plain))
			if n > len(s.plain)-4 || n < 0 {
				return errCut
			}
			s.bools = newHybrid(s.plain[4:4+n], 1)
			s.bit = -1
			return nil
		}
	}
	if dec == nil {
		return fmt.Errorf("the encoding %s is not supported for %s", e, s.leaf.physical)
	}
	var err error
	src := s.plain[:len(s.plain):len(s.plain)]
	if s.leaf.physical == format.FixedLenByteArray {
		return s.decodeBytes(dec, src)
	}
	switch any(z).(type) {
	case int32:
		var v []int32
		v, err = dec.DecodeInt32(make([]int32, 0, s.page.values), src)
		s.plain = bytesOfSlice(v)
	case int64:
		var v []int64
		v, err = dec.DecodeInt64(make([]int64, 0, s.page.values), src)
		s.plain = bytesOfSlice(v)
	case float32:
		var v []float32
		v, err = dec.DecodeFloat(make([]float32, 0, s.page.values), src)
		s.plain = bytesOfSlice(v)
	case float64:
		var v []float64
		v, err = dec.DecodeDouble(make([]float64, 0, s.page.values), src)
		s.plain = bytesOfSlice(v)
	case columnar.View:
		err = s.decodeBytes(dec, src)
	default:
		err = fmt.Errorf("the encoding %s is not supported for %s", e, s.leaf.physical)
	}
	return err
}

func (s *source[T]) decodeBytes(dec encoding.Encoding, src []byte) error {
	if s.leaf.physical == format.FixedLenByteArray {
		out, err := dec.DecodeFixedLenByteArray(nil, src, s.leaf.length)
		s.plain = append(out, make([]byte, slack)...)[:len(out)]
		return err
	}
	out, offsets, err := dec.DecodeByteArray(nil, src, nil)
	if err != nil || len(offsets) == 0 {
		s.plain, s.lengths = nil, []uint32{}
		return err
	}
	s.plain = append(out[offsets[0]:len(out):len(out)], make([]byte, slack)...)[:len(out)-int(offsets[0])]
	s.lengths = make([]uint32, len(offsets)-1)
	for i := range s.lengths {
		s.lengths[i] = offsets[i+1] - offsets[i]
	}
	return nil
}

func bytesOfSlice[T any](v []T) []byte {
	var z T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(z)))
}

// setDictionary decodes the dictionary page.
func (s *source[T]) setDictionary(data []byte, n int) error {
	if n > len(data)*8 {
		return errCut
	}
	plain, lengths, pageBuf, bufs := s.plain, s.lengths, s.pageBuf, s.bufs
	s.plain, s.lengths, s.pageBuf, s.bufs = data, nil, -1, nil
	dict := make([]T, n)
	err := s.decodePlain(dict)
	s.dict, s.dictBufs = dict, s.bufs
	s.plain, s.lengths, s.pageBuf, s.bufs = plain, lengths, pageBuf, bufs
	return err
}

// values fills dst with the next values of the page.
func (s *source[T]) values(dst []T) error {
	if !s.coded {
		return s.decodePlain(dst)
	}
	codes := s.space(len(dst))
	if err := s.readCodes(codes); err != nil {
		return err
	}
	s.gather(dst, codes)
	return nil
}

// gather looks codes up in the dictionary.
func (s *source[T]) gather(dst []T, codes []int32) {
	dict := s.dict
	if views, ok := any(dst).([]columnar.View); ok {
		base := s.dictBase()
		table := any(dict).([]columnar.View)
		for i, c := range codes {
			v := table[c]
			if v.Length > columnar.InlineLen {
				v.Buffer += base
			}
			views[i] = v
		}
		return
	}
	dst = dst[:len(codes)]
	for i, c := range codes {
		dst[i] = dict[c]
	}
}

// dictBase is the index that the dictionary's first buffer has among the batch's.
func (s *source[T]) dictBase() uint32 {
	if len(s.dictBufs) == 0 {
		return 0
	}
	for i, b := range s.bufs {
		if unsafe.SliceData(b) == unsafe.SliceData(s.dictBufs[0]) {
			return uint32(i)
		}
	}
	s.bufs = append(s.bufs, s.dictBufs...)
	return uint32(len(s.bufs) - len(s.dictBufs))
}

// readCodes fills dst with the next dictionary codes of the page, all of which are in the dictionary.
func (s *source[T]) readCodes(dst []int32) error {
	if err := s.codes.decode(dst); err != nil {
		return err
	}
	n := uint32(len(s.dict))
	if s.codes.width < 32 && 1<<s.codes.width <= uint64(n) {
		return nil
	}
	var a, b uint32
	i := 0
	for ; i+2 <= len(dst); i += 2 {
		a, b = max(a, uint32(dst[i])), max(b, uint32(dst[i+1]))
	}
	if i < len(dst) {
		a = max(a, uint32(dst[i]))
	}
	if max(a, b) >= n && len(dst) > 0 {
		return errors.New("a dictionary code is outside of its dictionary")
	}
	return nil
}

// decodePlain takes the next values off the page.
func (s *source[T]) decodePlain(dst []T) error {
	switch d := any(dst).(type) {
	case []byte:
		return s.decodeBools(d)
	case []int64:
		if s.leaf.physical == format.FixedLenByteArray {
			return s.decodeWords(d)
		}
	case []columnar.View:
		if s.leaf.physical == format.FixedLenByteArray {
			return s.decodeFixedBytes(d)
		}
		if s.lengths != nil {
			return s.decodeKnownLengths(d)
		}
		return s.decodeViews(d)
	}
	var z T
	n := len(dst) * int(unsafe.Sizeof(z))
	if n > len(s.plain) {
		return errCut
	}
	copy(bytesOfSlice(dst), s.plain[:n])
	s.plain = s.plain[n:]
	return nil
}

func (s *source[T]) decodeBools(dst []byte) error {
	if s.bit < 0 {
		c := s.space(len(dst))
		if err := s.bools.decode(c); err != nil {
			return err
		}
		for i, v := range c {
			dst[i] = byte(v)
		}
		return nil
	}
	if s.bit+len(dst) > len(s.plain)*8 {
		return errCut
	}
	for i := range dst {
		k := s.bit + i
		dst[i] = s.plain[k>>3] >> (k & 7) & 1
	}
	s.bit += len(dst)
	return nil
}

// buffer is the index of the current page in the batch's buffers.
func (s *source[T]) buffer() (index uint32, base []byte) {
	if s.pageBuf < 0 {
		s.pageBuf = len(s.bufs)
		s.bufs = append(s.bufs, s.plain)
	}
	return uint32(s.pageBuf), s.bufs[s.pageBuf]
}

// viewWords is a View as two words: length and prefix, then the rest of a short value or buffer and offset of a long one.
type viewWords [2]uint64

// view writes the view of the n bytes at p, which stand at an offset of a buffer and have slack behind them.
func (w *viewWords) view(p unsafe.Pointer, n, buffer, offset uint32) {
	lo := *(*uint64)(p)
	if n > columnar.InlineLen {
		w[0] = uint64(n) | lo<<32
		w[1] = uint64(buffer) | uint64(offset)<<32
		return
	}
	hi := *(*uint64)(unsafe.Add(p, 4))
	if n < 4 {
		lo &= 1<<(8*n) - 1
		hi = 0
	} else {
		hi &= 1<<(8*(n-4)) - 1 // a shift by 64 gives 0, so that all bits stay
	}
	w[0], w[1] = uint64(n)|lo<<32, hi
}

// decodeViews reads byte arrays that stand after their lengths.
func (s *source[T]) decodeViews(dst []columnar.View) error {
	if len(dst) == 0 {
		return nil
	}
	index, base := s.buffer()
	start := unsafe.Pointer(unsafe.SliceData(base))
	size := uint64(len(base))
	off := size - uint64(len(s.plain))
	for i := range dst {
		if off+4 > size {
			return errCut
		}
		n := *(*uint32)(unsafe.Add(start, off))
		off += 4
		if off+uint64(n) > size {
			return errCut
		}
		(*viewWords)(unsafe.Pointer(&dst[i])).view(unsafe.Add(start, off), n, index, uint32(off))
		off += uint64(n)
	}
	s.plain = base[off:]
	return nil
}

func (s *source[T]) decodeKnownLengths(dst []columnar.View) error {
	if len(dst) > len(s.lengths) {
		return errCut
	}
	index, base := s.buffer()
	off := len(base) - len(s.plain)
	for i := range dst {
		n := int(s.lengths[i])
		if off+n > len(base) {
			return errCut
		}
		dst[i] = columnar.BufferView(base[off:off+n], int(index), off)
		off += n
	}
	s.lengths, s.plain = s.lengths[len(dst):], base[off:]
	return nil
}

func (s *source[T]) decodeFixedBytes(dst []columnar.View) error {
	n := s.leaf.length
	if n < 0 || n > math.MaxInt32 || len(dst)*n > len(s.plain) {
		return errCut
	}
	index, base := s.buffer()
	off := len(base) - len(s.plain)
	for i := range dst {
		dst[i] = columnar.BufferView(base[off:off+n], int(index), off)
		off += n
	}
	s.plain = base[off:]
	return nil
}
