package rdd

import (
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"sync"
	"unsafe"
)

// keyOps are hash and equality of keys, derived from K once. They differ from Go's map semantics where those would make
// a group of every NaN: NaN equals NaN, and −0 equals 0, also inside structs and arrays. Hashes have a fixed seed, so
// that placement and iteration order repeat from run to run. The functions take pointers because an argument of a
// function value would otherwise be moved to the heap on every call: callers keep the key in memory they have anyway.
type keyOps[K any] struct {
	hash  func(k *K) uint64
	equal func(a, b *K) bool
	form  keyForm // what hash and equal read, for loops that do without calling them
}

// Key is implemented by types of keys whose equality is their own, such as names in any case: it goes before what is
// derived from the type, in every operation by key and in HashPartitioner. It holds for a key and not for what is part of
// one.
type Key[K any] interface {
	// Hash is the same for equal keys, in every process.
	Hash() uint64
	// Equal is an equivalence.
	Equal(o K) bool
}

// keyForm tells apart the keys that most programs have.
type keyForm uint8

const (
	otherKey keyForm = iota
	wordKey          // an integer of eight bytes
	stringKey
)

// same tells whether two keys are equal.
func (ops *keyOps[K]) same(a, b *K) bool {
	if ops.form == otherKey {
		return ops.equal(a, b)
	}
	return ops.form.same(unsafe.Pointer(a), unsafe.Pointer(b))
}

// same is that of keyOps for words and strings; unlike that it is inlined.
func (f keyForm) same(a, b unsafe.Pointer) bool {
	if f == wordKey {
		return *(*uint64)(a) == *(*uint64)(b)
	}
	return *(*string)(a) == *(*string)(b)
}

// keyOpsOf derives the operations of K, with short ways for strings and integers. Those of types that hold maps or
// functions panic.
func keyOpsOf[K any]() keyOps[K] {
	t := reflect.TypeFor[K]()
	ops := keyOps[K]{}
	switch {
	case ownKey[K]():
		key := func(k *K) Key[K] { return any(k).(Key[K]) } // a pointer has the methods, too, and takes no memory in an interface
		if t.Kind() == reflect.Pointer {
			key = func(k *K) Key[K] { return any(*k).(Key[K]) }
		}
		ops.hash = func(k *K) uint64 { return mix64(key(k).Hash()) }
		ops.equal = func(a, b *K) bool { return key(a).Equal(*b) }
		return ops
	case t.Kind() == reflect.String:
		ops.form = stringKey
		ops.hash = func(k *K) uint64 { return hashString(*(*string)(unsafe.Pointer(k))) }
	case isInteger(t) && t.Size() == 8:
		ops.form = wordKey
		ops.hash = func(k *K) uint64 { return mix64(*(*uint64)(unsafe.Pointer(k))) }
	case isInteger(t) && t.Size() == 4:
		ops.hash = func(k *K) uint64 { return mix64(uint64(*(*uint32)(unsafe.Pointer(k)))) }
	default:
		h := hasherOf(t)
		ops.hash = func(k *K) uint64 { return h(unsafe.Pointer(k)) }
	}
	eq := equalityOf(t)
	ops.equal = func(a, b *K) bool { return eq(unsafe.Pointer(a), unsafe.Pointer(b)) }
	return ops
}

// ownKey tells whether K is a Key.
func ownKey[K any]() bool { _, ok := any(*new(K)).(Key[K]); return ok }

// errNoKey is what using a key of a type without equality panics with, in a task.
func errNoKey(t reflect.Type) error {
	return Permanent(fmt.Errorf("values of type %s cannot be keys: they have no equality; a type with the methods Hash and Equal "+
		"(rdd.Key) has", t))
}

// isInteger tells whether t is any of Go's integers; their kinds are neighbours.
func isInteger(t reflect.Type) bool {
	return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uintptr
}

// mix64 scatters the bits of x: a folded 64 × 64 → 128 bit product.
func mix64(x uint64) uint64 {
	hi, lo := bits.Mul64(x^0xa0761d6478bd642f, 0xe7037ed1a0b428db)
	return hi ^ lo
}

// hashString hashes eight bytes a step.
func hashString(s string) uint64 {
	h := mix64(uint64(len(s)))
	for len(s) >= 8 {
		h = mix64(h ^ load64(s))
		s = s[8:]
	}
	switch n := len(s); {
	case n == 0:
		return h
	case n < 4: // the length is in h, so that any bytes may be taken twice
		return mix64(h ^ (uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16))
	default:
		return mix64(h ^ (load32(s) | load32(s[n-4:])<<32))
	}
}

// load32 reads four bytes; the compiler makes one load of it.
func load32(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// load64 reads eight bytes; the compiler makes one load of it.
func load64(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// floatBits gives equal numbers equal bits: one NaN, one zero.
func floatBits(f float64) uint64 {
	switch {
	case f != f:
		return 0x7ff8000000000000
	case f == 0:
		return 0
	}
	return math.Float64bits(f)
}

// hasherOf compiles the hash of a type.
func hasherOf(t reflect.Type) func(p unsafe.Pointer) uint64 {
	switch t.Kind() {
	case reflect.String:
		return func(p unsafe.Pointer) uint64 { return hashString(*(*string)(p)) }
	case reflect.Float32:
		return func(p unsafe.Pointer) uint64 { return mix64(floatBits(float64(*(*float32)(p)))) }
	case reflect.Float64:
		return func(p unsafe.Pointer) uint64 { return mix64(floatBits(*(*float64)(p))) }
	case reflect.Complex64:
		return func(p unsafe.Pointer) uint64 { return hashComplex(complex128(*(*complex64)(p))) }
	case reflect.Complex128:
		return func(p unsafe.Pointer) uint64 { return hashComplex(*(*complex128)(p)) }
	case reflect.Struct:
		return structHasher(t)
	case reflect.Array:
		return arrayHasher(t)
	case reflect.Slice:
		return sliceHasher(t)
	case reflect.Map, reflect.Func:
		return func(unsafe.Pointer) uint64 { panic(errNoKey(t)) }
	case reflect.Interface:
		return func(p unsafe.Pointer) uint64 { return hashInterface(reflect.NewAt(t, p).Elem()) }
	}
	return fixedHasher(t.Size()) // integers, booleans, pointers, channels: their own bits
}

// fixedHasher hashes 1, 2, 4 or 8 bytes of memory.
func fixedHasher(size uintptr) func(p unsafe.Pointer) uint64 {
	switch size {
	case 1:
		return func(p unsafe.Pointer) uint64 { return mix64(uint64(*(*uint8)(p))) }
	case 2:
		return func(p unsafe.Pointer) uint64 { return mix64(uint64(*(*uint16)(p))) }
	case 4:
		return func(p unsafe.Pointer) uint64 { return mix64(uint64(*(*uint32)(p))) }
	}
	return func(p unsafe.Pointer) uint64 { return mix64(*(*uint64)(p)) }
}

// hashComplex hashes both parts by the rules for floats.
func hashComplex(c complex128) uint64 { return mix64(mix64(floatBits(real(c))) ^ floatBits(imag(c))) }

// keyPart is a field of a struct key.
type keyPart struct {
	offset uintptr
	hash   func(p unsafe.Pointer) uint64
	equal  func(a, b unsafe.Pointer) bool
}

// structHasher hashes the fields one by one, as padding between them has no meaning.
func structHasher(t reflect.Type) func(p unsafe.Pointer) uint64 {
	var parts []keyPart
	for i := range t.NumField() {
		if f := t.Field(i); f.Name != "_" {
			parts = append(parts, keyPart{offset: f.Offset, hash: hasherOf(f.Type)})
		}
	}
	return func(p unsafe.Pointer) uint64 {
		h := uint64(len(parts))
		for i := range parts {
			h = mix64(h ^ parts[i].hash(unsafe.Add(p, parts[i].offset)))
		}
		return h
	}
}

// arrayHasher hashes the elements in order.
func arrayHasher(t reflect.Type) func(p unsafe.Pointer) uint64 {
	n, size, elem := t.Len(), t.Elem().Size(), hasherOf(t.Elem())
	return func(p unsafe.Pointer) uint64 {
		h := uint64(n)
		for i := range n {
			h = mix64(h ^ elem(unsafe.Add(p, uintptr(i)*size)))
		}
		return h
	}
}

// sliceHasher hashes the elements in order; nil is a slice without any.
func sliceHasher(t reflect.Type) func(p unsafe.Pointer) uint64 {
	if t.Elem().Kind() == reflect.Uint8 {
		return func(p unsafe.Pointer) uint64 {
			b := *(*[]byte)(p)
			return hashString(unsafe.String(unsafe.SliceData(b), len(b)))
		}
	}
	size := t.Elem().Size()
	first := sync.OnceValue(func() func(unsafe.Pointer) uint64 { return hasherOf(t.Elem()) }) // once there is one: types may hold themselves
	return func(p unsafe.Pointer) uint64 {
		v := *(*[]struct{})(p) // length and address lie alike for all slices
		if len(v) == 0 {
			return mix64(0)
		}
		elem, at := first(), unsafe.Pointer(unsafe.SliceData(v))
		h := uint64(len(v))
		for i := range v {
			h = mix64(h ^ elem(unsafe.Add(at, uintptr(i)*size)))
		}
		return h
	}
}

// hashInterface hashes what an interface holds, by its dynamic type.
func hashInterface(v reflect.Value) uint64 {
	if v.IsNil() {
		return mix64(0)
	}
	inner := reflect.New(v.Elem().Type())
	inner.Elem().Set(v.Elem())
	return hasherOf(v.Elem().Type())(inner.UnsafePointer())
}

// plain tells whether values of t are equal exactly when their bytes are.
func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.Pointer, reflect.Chan, reflect.UnsafePointer:
		return true
	case reflect.Array:
		return plain(t.Elem())
	case reflect.Struct:
		end := uintptr(0)
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Name == "_" || f.Offset != end || !plain(f.Type) {
				return false
			}
			end += f.Type.Size()
		}
		return end == t.Size()
	}
	return isInteger(t)
}

// equalityOf compiles the equality of a type.
func equalityOf(t reflect.Type) func(a, b unsafe.Pointer) bool {
	if plain(t) {
		size := int(t.Size())
		return func(a, b unsafe.Pointer) bool {
			return unsafe.String((*byte)(a), size) == unsafe.String((*byte)(b), size)
		}
	}
	switch t.Kind() {
	case reflect.String:
		return func(a, b unsafe.Pointer) bool { return *(*string)(a) == *(*string)(b) }
	case reflect.Float32:
		return func(a, b unsafe.Pointer) bool { return sameFloat(float64(*(*float32)(a)), float64(*(*float32)(b))) }
	case reflect.Float64:
		return func(a, b unsafe.Pointer) bool { return sameFloat(*(*float64)(a), *(*float64)(b)) }
	case reflect.Complex64:
		return func(a, b unsafe.Pointer) bool {
			return sameComplex(complex128(*(*complex64)(a)), complex128(*(*complex64)(b)))
		}
	case reflect.Complex128:
		return func(a, b unsafe.Pointer) bool { return sameComplex(*(*complex128)(a), *(*complex128)(b)) }
	case reflect.Array:
		n, run := t.Len(), runEquality(t.Elem())
		return func(a, b unsafe.Pointer) bool { return run(a, b, n) }
	case reflect.Slice:
		run := sync.OnceValue(func() func(a, b unsafe.Pointer, n int) bool { return runEquality(t.Elem()) })
		return func(a, b unsafe.Pointer) bool {
			v, w := *(*[]struct{})(a), *(*[]struct{})(b)
			return len(v) == len(w) && (len(v) == 0 || run()(unsafe.Pointer(unsafe.SliceData(v)), unsafe.Pointer(unsafe.SliceData(w)), len(v)))
		}
	case reflect.Struct:
		return structEquality(t)
	case reflect.Interface:
		return func(a, b unsafe.Pointer) bool {
			return sameInterface(reflect.NewAt(t, a).Elem(), reflect.NewAt(t, b).Elem())
		}
	}
	return func(a, b unsafe.Pointer) bool { panic(errNoKey(t)) }
}

// runEquality compares n elements that lie side by side.
func runEquality(t reflect.Type) func(a, b unsafe.Pointer, n int) bool {
	size, elem := t.Size(), equalityOf(t)
	if plain(t) {
		return func(a, b unsafe.Pointer, n int) bool {
			return unsafe.String((*byte)(a), n*int(size)) == unsafe.String((*byte)(b), n*int(size))
		}
	}
	return func(a, b unsafe.Pointer, n int) bool {
		for i := range n {
			if !elem(unsafe.Add(a, uintptr(i)*size), unsafe.Add(b, uintptr(i)*size)) {
				return false
			}
		}
		return true
	}
}

// structEquality compares the fields; blank ones do not count, as for Go's ==.
func structEquality(t reflect.Type) func(a, b unsafe.Pointer) bool {
	var parts []keyPart
	for i := range t.NumField() {
		if f := t.Field(i); f.Name != "_" {
			parts = append(parts, keyPart{offset: f.Offset, equal: equalityOf(f.Type)})
		}
	}
	return func(a, b unsafe.Pointer) bool {
		for i := range parts {
			if !parts[i].equal(unsafe.Add(a, parts[i].offset), unsafe.Add(b, parts[i].offset)) {
				return false
			}
		}
		return true
	}
}

// sameInterface compares dynamic types and then values.
func sameInterface(a, b reflect.Value) bool {
	if a.IsNil() || b.IsNil() {
		return a.IsNil() == b.IsNil()
	}
	a, b = a.Elem(), b.Elem()
	if a.Type() != b.Type() {
		return false
	}
	pa, pb := reflect.New(a.Type()), reflect.New(b.Type())
	pa.Elem().Set(a)
	pb.Elem().Set(b)
	return equalityOf(a.Type())(pa.UnsafePointer(), pb.UnsafePointer())
}

// sameFloat is equality with one NaN; −0 == 0 already holds in Go.
func sameFloat(a, b float64) bool { return a == b || a != a && b != b }

// sameComplex compares both parts by the rules for floats.
func sameComplex(a, b complex128) bool {
	return sameFloat(real(a), real(b)) && sameFloat(imag(a), imag(b))
}
