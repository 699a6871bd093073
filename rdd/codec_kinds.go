package rdd

import (
	"encoding"
	"encoding/binary"
	"reflect"
	"unsafe"
)

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
		if n-1 > max(len(b), 1) { // each entry takes a byte at least, but for the one that a map of nothing can have
			return nil, errShortBlock
		}
		m := reflect.MakeMapWithSize(t, n-1)
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
