package rdd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
	"slices"
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

// derivedCodec is a Codec for T by its compiled type. Layout: the number of elements as a varint, then the elements. What
// holds no pointers is as it is in memory, so that whole slices are copied at once.
type derivedCodec[T any] struct{ of *typeCodec }

// Encode makes the block in memory: callers give it some thousand elements at a time.
func (c *derivedCodec[T]) Encode(w io.Writer, vs []T) error {
	b, err := c.appendBlock(nil, vs)
	if err == nil {
		_, err = w.Write(b)
	}
	return err
}

// appendElement encodes one element without a count.
func (c *derivedCodec[T]) appendElement(b []byte, v *T) ([]byte, error) {
	return c.of.encode(b, unsafe.Pointer(v))
}

// appendBlock is Encode to the end of b. Elements are counted because they may take no bytes at all.
func (c *derivedCodec[T]) appendBlock(b []byte, vs []T) (_ []byte, err error) {
	b = binary.AppendUvarint(b, uint64(len(vs)))
	return encodeRun(b, unsafe.Pointer(unsafe.SliceData(vs)), len(vs), unsafe.Sizeof(*new(T)), c.of)
}

// decodeBlock appends the elements of a block.
func (c *derivedCodec[T]) decodeBlock(raw []byte, into []T) ([]T, error) {
	n, raw, err := takeLength(raw)
	size := int(unsafe.Sizeof(*new(T)))
	if err != nil || size > 0 && n > len(raw) { // each element takes a byte at least
		return into, errShortBlock
	}
	at := len(into)
	into = slices.Grow(into, n)[:at+n]
	if _, err := decodeRun(raw, unsafe.Pointer(unsafe.SliceData(into[at:])), n, uintptr(size), c.of); err != nil {
		return into[:at], err
	}
	return into, nil
}

// Decode reads the whole block at once: blocks are small, and their checksum was verified over the whole.
func (c *derivedCodec[T]) Decode(r io.Reader) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var vs []T
		raw, err := io.ReadAll(r)
		if err == nil {
			vs, err = c.decodeBlock(raw, nil)
		}
		for i := range vs {
			if !yield(vs[i], nil) {
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
	flat   bool // the encoded form is the memory as it is
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
	if err != nil {
		delete(known, t)
	}
	return c, err
}

// fixedCodec copies memory without pointers: numbers, booleans, and what consists of them.
func fixedCodec(size int) typeCodec {
	return typeCodec{
		flat: true,
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
		v := *(*[]struct{})(p) // length and address lie alike for all slices
		if v == nil {
			return binary.AppendUvarint(b, 0), nil
		}
		b = binary.AppendUvarint(b, uint64(len(v))+1)
		return encodeRun(b, unsafe.Pointer(unsafe.SliceData(v)), len(v), size, elem)
	}
	c.decode = func(b []byte, p unsafe.Pointer) ([]byte, error) {
		n, b, err := takeLength(b)
		if err != nil || n == 0 {
			return b, err
		}
		n--
		if size > 0 && n > len(b) { // each element takes a byte at least
			return nil, errShortBlock
		}
		if elem.flat && n*int(size) > len(b) {
			return nil, errShortBlock
		}
		v := reflect.MakeSlice(t, n, n)
		reflect.NewAt(t, p).Elem().Set(v)
		return decodeRun(b, v.UnsafePointer(), n, size, elem)
	}
	if t.Elem().Kind() == reflect.Uint8 && elem.flat {
		c.decode = decodeBytes
	}
	return nil
}

// decodeBytes is the decoding of byte slices, the commonest ones.
func decodeBytes(b []byte, p unsafe.Pointer) ([]byte, error) {
	n, b, err := takeLength(b)
	if err != nil || n == 0 {
		return b, err
	}
	if n--; n > len(b) {
		return nil, errShortBlock
	}
	v := make([]byte, n)
	copy(v, b)
	*(*[]byte)(p) = v
	return b[n:], nil
}

// arrayCodec writes the elements; their number is in the type.
func arrayCodec(c *typeCodec, t reflect.Type, known map[reflect.Type]*typeCodec) error {
	elem, err := compileCodec(t.Elem(), known)
	if err != nil {
		return err
	}
	n, size := t.Len(), t.Elem().Size()
	if elem.flat {
		*c = fixedCodec(n * int(size))
		return nil
	}
	c.encode = func(b []byte, p unsafe.Pointer) ([]byte, error) { return encodeRun(b, p, n, size, elem) }
	c.decode = func(b []byte, p unsafe.Pointer) ([]byte, error) { return decodeRun(b, p, n, size, elem) }
	return nil
}

// encodeRun encodes n values that lie size bytes apart.
func encodeRun(b []byte, p unsafe.Pointer, n int, size uintptr, elem *typeCodec) (_ []byte, err error) {
	if elem.flat {
		return append(b, unsafe.Slice((*byte)(p), n*int(size))...), nil
	}
	for i := range n {
		if b, err = elem.encode(b, unsafe.Add(p, uintptr(i)*size)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// decodeRun is the inverse of encodeRun.
func decodeRun(b []byte, p unsafe.Pointer, n int, size uintptr, elem *typeCodec) (_ []byte, err error) {
	if elem.flat || size == 0 {
		if n*int(size) > len(b) {
			return nil, errShortBlock
		}
		return b[copy(unsafe.Slice((*byte)(p), n*int(size)), b):], nil
	}
	for i := range n {
		if b, err = elem.decode(b, unsafe.Add(p, uintptr(i)*size)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// codedField is a field, or several without pointers that lie side by side.
type codedField struct {
	offset, size uintptr
	codec        *typeCodec
}

// structFields compiles the fields of a struct; those that are nothing but memory are joined.
func structFields(t reflect.Type, known map[reflect.Type]*typeCodec) (fields []codedField, err error) {
	for i := range t.NumField() {
		f := t.Field(i)
		c, err := compileCodec(f.Type, known)
		if err != nil {
			return nil, fmt.Errorf("field %s of %s: %w", f.Name, t, err)
		}
		if n := len(fields); n > 0 && c.flat && fields[n-1].codec.flat && fields[n-1].offset+fields[n-1].size == f.Offset {
			last := &fields[n-1]
			last.size += f.Type.Size()
			joined := fixedCodec(int(last.size))
			last.codec = &joined
			continue
		}
		if f.Type.Size() > 0 {
			fields = append(fields, codedField{f.Offset, f.Type.Size(), c})
		}
	}
	return fields, nil
}

// structCodec writes the fields in order, unexported ones too: they are reached by offset.
func structCodec(c *typeCodec, t reflect.Type, known map[reflect.Type]*typeCodec) error {
	fields, err := structFields(t, known)
	if err != nil {
		return err
	}
	if len(fields) == 0 {
		*c = fixedCodec(0)
		return nil
	}
	if f := fields[0]; len(fields) == 1 && f.codec.flat && f.size == t.Size() {
		*c = *f.codec
		return nil
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
