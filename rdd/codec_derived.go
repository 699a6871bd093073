package rdd

import (
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"unsafe"
)

// CodecOf derives a codec for T from its type, once: numbers, strings, slices, arrays, maps, structs (all fields),
// pointers (what they point to; sharing is not kept), and types that marshal themselves to binary. A type that holds
// functions, channels or interfaces cannot be encoded; the error names it.
func CodecOf[T any]() (Codec[T], error) {
	c, err := compileCodec(reflect.TypeFor[T](), map[reflect.Type]*typeCodec{})
	if err != nil {
		return nil, err
	}
	return &derivedCodec[T]{c}, nil
}

// derivedCodecOrNil is CodecOf for shuffles, which work without a codec while memory lasts.
func derivedCodecOrNil[T any]() Codec[T] {
	if c, err := CodecOf[T](); err == nil {
		return c
	}
	return nil
}

// derivedCodec is a Codec for T by its compiled type. Layout: the number of elements as a varint, then the elements.
type derivedCodec[T any] struct{ of *typeCodec }

// Encode writes in pieces of about 64 KiB.
func (c *derivedCodec[T]) Encode(w io.Writer, vs []T) (err error) {
	buf := binary.AppendUvarint(nil, uint64(len(vs))) // counted, because elements may take no bytes at all
	if len(vs) == 0 {
		_, err := w.Write(buf)
		return err
	}
	for i := range vs {
		if buf, err = c.of.encode(buf, unsafe.Pointer(&vs[i])); err != nil {
			return err
		}
		if len(buf) >= 64<<10 || i == len(vs)-1 {
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	return nil
}

// Decode reads the whole block at once: blocks are small, and their checksum was verified over the whole.
func (c *derivedCodec[T]) Decode(r io.Reader) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		buf, err := io.ReadAll(r)
		n := 0
		if err == nil {
			n, buf, err = takeLength(buf)
		}
		for i := 0; err == nil && i < n; i++ {
			v := new(T)
			if buf, err = c.of.decode(buf, unsafe.Pointer(v)); err == nil && !yield(*v, nil) {
				return
			}
		}
		if err != nil {
			yield(*new(T), err)
		}
	}
}

// typeCodec encodes and decodes the value at an address.
type typeCodec struct {
	encode func(b []byte, p unsafe.Pointer) ([]byte, error)
	decode func(b []byte, p unsafe.Pointer) ([]byte, error)
}

// errShortBlock is the error for lengths that lead beyond the block, which only damage can cause.
var errShortBlock = errors.New("encoded block ends too early")

// compileCodec makes the codec of t; known holds those under construction, for recursive types.
func compileCodec(t reflect.Type, known map[reflect.Type]*typeCodec) (*typeCodec, error) {
	if c, ok := known[t]; ok {
		return c, nil
	}
	c := &typeCodec{}
	known[t] = c
	if marshalsItself(t) {
		*c = binaryCodec(t)
		return c, nil
	}
	var err error
	switch t.Kind() {
	case reflect.String:
		*c = stringCodec()
	case reflect.Slice:
		err = sliceCodec(c, t, known)
	case reflect.Array:
		err = arrayCodec(c, t, known)
	case reflect.Struct:
		err = structCodec(c, t, known)
	case reflect.Pointer:
		err = pointerCodec(c, t, known)
	case reflect.Map:
		err = mapCodec(c, t, known)
	case reflect.Func, reflect.Chan, reflect.Interface, reflect.UnsafePointer:
		err = fmt.Errorf("values of type %s cannot be encoded", t)
	default:
		*c = fixedCodec(int(t.Size()))
	}
	return c, err
}

// fixedCodec copies the memory of numbers and booleans.
func fixedCodec(size int) typeCodec {
	return typeCodec{
		encode: func(b []byte, p unsafe.Pointer) ([]byte, error) {
			return append(b, unsafe.Slice((*byte)(p), size)...), nil
		},
		decode: func(b []byte, p unsafe.Pointer) ([]byte, error) {
			if len(b) < size {
				return nil, errShortBlock
			}
			copy(unsafe.Slice((*byte)(p), size), b)
			return b[size:], nil
		},
	}
}

// takeLength reads a length.
func takeLength(b []byte) (n int, rest []byte, err error) {
	u, k := binary.Uvarint(b)
	if k <= 0 || u > 1<<40 {
		return 0, nil, errShortBlock
	}
	return int(u), b[k:], nil
}

// stringCodec writes the length and the bytes.
func stringCodec() typeCodec {
	return typeCodec{
		encode: func(b []byte, p unsafe.Pointer) ([]byte, error) {
			s := *(*string)(p)
			return append(binary.AppendUvarint(b, uint64(len(s))), s...), nil
		},
		decode: func(b []byte, p unsafe.Pointer) ([]byte, error) {
			n, b, err := takeLength(b)
			if err != nil || len(b) < n {
				return nil, errShortBlock
			}
			*(*string)(p) = string(b[:n])
			return b[n:], nil
		},
	}
}

// sliceCodec writes the length plus one, so that nil stays nil.
func sliceCodec(c *typeCodec, t reflect.Type, known map[reflect.Type]*typeCodec) error {
	elem, err := compileCodec(t.Elem(), known)
	if err != nil {
		return err
	}
	size := t.Elem().Size()
	c.encode = func(b []byte, p unsafe.Pointer) ([]byte, error) {
		v := reflect.NewAt(t, p).Elem()
		if v.IsNil() {
			return binary.AppendUvarint(b, 0), nil
		}
		b = binary.AppendUvarint(b, uint64(v.Len())+1)
		return encodeRun(b, v.UnsafePointer(), v.Len(), size, elem)
	}
	c.decode = func(b []byte, p unsafe.Pointer) ([]byte, error) {
		n, b, err := takeLength(b)
		if err != nil || n == 0 {
			return b, err
		}
		if size > 0 && n-1 > len(b) { // each element takes a byte at least
			return nil, errShortBlock
		}
		v := reflect.MakeSlice(t, n-1, n-1)
		reflect.NewAt(t, p).Elem().Set(v)
		return decodeRun(b, v.UnsafePointer(), n-1, size, elem)
	}
	return nil
}

// arrayCodec writes the elements; their number is in the type.
func arrayCodec(c *typeCodec, t reflect.Type, known map[reflect.Type]*typeCodec) error {
	elem, err := compileCodec(t.Elem(), known)
	if err != nil {
		return err
	}
	n, size := t.Len(), t.Elem().Size()
	c.encode = func(b []byte, p unsafe.Pointer) ([]byte, error) { return encodeRun(b, p, n, size, elem) }
	c.decode = func(b []byte, p unsafe.Pointer) ([]byte, error) { return decodeRun(b, p, n, size, elem) }
	return nil
}

// encodeRun encodes n values that lie size bytes apart.
func encodeRun(b []byte, p unsafe.Pointer, n int, size uintptr, elem *typeCodec) (_ []byte, err error) {
	for i := range n {
		if b, err = elem.encode(b, unsafe.Add(p, uintptr(i)*size)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// decodeRun is the inverse of encodeRun.
func decodeRun(b []byte, p unsafe.Pointer, n int, size uintptr, elem *typeCodec) (_ []byte, err error) {
	for i := range n {
		if b, err = elem.decode(b, unsafe.Add(p, uintptr(i)*size)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// structCodec writes the fields in order, unexported ones too: they are reached by offset.
func structCodec(c *typeCodec, t reflect.Type, known map[reflect.Type]*typeCodec) error {
	type field struct {
		offset uintptr
		codec  *typeCodec
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		fc, err := compileCodec(f.Type, known)
		if err != nil {
			return fmt.Errorf("field %s of %s: %w", f.Name, t, err)
		}
		fields = append(fields, field{f.Offset, fc})
	}
	c.encode = func(b []byte, p unsafe.Pointer) (_ []byte, err error) {
		for _, f := range fields {
			if b, err = f.codec.encode(b, unsafe.Add(p, f.offset)); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	c.decode = func(b []byte, p unsafe.Pointer) (_ []byte, err error) {
		for _, f := range fields {
			if b, err = f.codec.decode(b, unsafe.Add(p, f.offset)); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	return nil
}

// pointerCodec writes whether there is something, and what it is.
func pointerCodec(c *typeCodec, t reflect.Type, known map[reflect.Type]*typeCodec) error {
	elem, err := compileCodec(t.Elem(), known)
	if err != nil {
		return err
	}
	c.encode = func(b []byte, p unsafe.Pointer) ([]byte, error) {
		to := *(*unsafe.Pointer)(p)
		if to == nil {
			return append(b, 0), nil
		}
		return elem.encode(append(b, 1), to)
	}
	c.decode = func(b []byte, p unsafe.Pointer) ([]byte, error) {
		if len(b) == 0 {
			return nil, errShortBlock
		}
		if b[0] == 0 {
			return b[1:], nil
		}
		v := reflect.New(t.Elem())
		reflect.NewAt(t, p).Elem().Set(v)
		return elem.decode(b[1:], v.UnsafePointer())
	}
	return nil
}

// mapCodec writes the length plus one, so that nil stays nil, and the entries in Go's random order: equal maps may
// encode differently.
func mapCodec(c *typeCodec, t reflect.Type, known map[reflect.Type]*typeCodec) error {
	key, err := compileCodec(t.Key(), known)
	if err != nil {
		return err
	}
	elem, err := compileCodec(t.Elem(), known)
	if err != nil {
		return err
	}
	c.encode = func(b []byte, p unsafe.Pointer) (_ []byte, err error) {
		m := reflect.NewAt(t, p).Elem()
		if m.IsNil() {
			return binary.AppendUvarint(b, 0), nil
		}
		b = binary.AppendUvarint(b, uint64(m.Len())+1)
		k, v := reflect.New(t.Key()), reflect.New(t.Elem())
		for it := m.MapRange(); it.Next(); {
			k.Elem().SetIterKey(it)
			v.Elem().SetIterValue(it)
			if b, err = key.encode(b, k.UnsafePointer()); err != nil {
				return nil, err
			}
			if b, err = elem.encode(b, v.UnsafePointer()); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	c.decode = func(b []byte, p unsafe.Pointer) ([]byte, error) {
		n, b, err := takeLength(b)
		if err != nil || n == 0 {
			return b, err
		}
		m := reflect.MakeMap(t)
		reflect.NewAt(t, p).Elem().Set(m)
		for range n - 1 {
			k, v := reflect.New(t.Key()), reflect.New(t.Elem())
			if b, err = key.decode(b, k.UnsafePointer()); err != nil {
				return nil, err
			}
			if b, err = elem.decode(b, v.UnsafePointer()); err != nil {
				return nil, err
			}
			m.SetMapIndex(k.Elem(), v.Elem())
		}
		return b, nil
	}
	return nil
}

// The interfaces of types that marshal themselves, such as time.Time.
var (
	marshaler   = reflect.TypeFor[encoding.BinaryMarshaler]()
	unmarshaler = reflect.TypeFor[encoding.BinaryUnmarshaler]()
)

// marshalsItself tells whether t brings its own binary form. Pointers are followed first.
func marshalsItself(t reflect.Type) bool {
	return t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface &&
		t.Implements(marshaler) && reflect.PointerTo(t).Implements(unmarshaler)
}

// binaryCodec writes the length and the bytes of a type's own form.
func binaryCodec(t reflect.Type) typeCodec {
	return typeCodec{
		encode: func(b []byte, p unsafe.Pointer) ([]byte, error) {
			raw, err := reflect.NewAt(t, p).Interface().(encoding.BinaryMarshaler).MarshalBinary()
			if err != nil {
				return nil, err
			}
			return append(binary.AppendUvarint(b, uint64(len(raw))), raw...), nil
		},
		decode: func(b []byte, p unsafe.Pointer) ([]byte, error) {
			n, b, err := takeLength(b)
			if err != nil || len(b) < n {
				return nil, errShortBlock
			}
			return b[n:], reflect.NewAt(t, p).Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(b[:n])
		},
	}
}
