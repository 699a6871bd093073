package rdd

import (
	"fmt"
	"math"
	"reflect"
	"unicode/utf8"
	"unsafe"
)

// Partitioner says into how many partitions keys go. Typed ones also say where each key goes: KeyPartitioner.
type Partitioner interface {
	// NumPartitions is the number of partitions.
	NumPartitions() int
	// SamePartitioning tells whether o puts every key where this one does, so that no shuffle is needed between them.
	SamePartitioning(o Partitioner) bool
}

// KeyPartitioner is a Partitioner for keys of type K.
type KeyPartitioner[K any] interface {
	Partitioner
	// Partition is the place of k, in [0, NumPartitions). Called concurrently.
	Partition(k K) int
}

// HashPartitioner puts a key at its hash modulo the number of partitions, made non-negative, as Spark's does. The hash
// is Java's hashCode: for int8 … int32 and their unsigned kin the value, for 64-bit integers (int and uint too) the
// exclusive or of both halves, for bool 1231 or 1237, for floats that of their IEEE bits, for strings the sum of
// UTF-16 units times powers of 31, and for Pairs and other structs Scala's tuple hash, so keys of these types land where
// Spark's land; unlike Java's, −0 hashes as 0. Other types (arrays, slices, pointers, interfaces) have a hash of our own,
// and a Key its own. The hash never changes between runs.
type HashPartitioner[K any] struct {
	partitions int
	hash       func(k *K) int32
	own        bool // the hash is K's own
}

// NewHashPartitioner makes a HashPartitioner of n (at least 1) partitions.
func NewHashPartitioner[K any](n int) *HashPartitioner[K] {
	if ownKey[K]() {
		ops := keyOpsOf[K]()
		return &HashPartitioner[K]{max(n, 1), func(k *K) int32 { return foldBits(ops.hash(k)) }, true}
	}
	h := javaHasher(reflect.TypeFor[K]())
	return &HashPartitioner[K]{max(n, 1), func(k *K) int32 { return h(unsafe.Pointer(k)) }, false}
}

// NumPartitions is the number of partitions.
func (p *HashPartitioner[K]) NumPartitions() int { return p.partitions }

// Partition is the place of k.
func (p *HashPartitioner[K]) Partition(k K) int { return p.place(&k) }

// place is Partition for a key that has a home on the heap.
func (p *HashPartitioner[K]) place(k *K) int {
	m := int(p.hash(k)) % p.partitions
	if m < 0 {
		m += p.partitions
	}
	return m
}

// SamePartitioning is true of hash partitioners of K with as many partitions.
func (p *HashPartitioner[K]) SamePartitioning(o Partitioner) bool {
	h, ok := o.(*HashPartitioner[K])
	return ok && h.partitions == p.partitions
}

// javaHasher compiles Java's hashCode for a Go type.
func javaHasher(t reflect.Type) func(p unsafe.Pointer) int32 {
	switch t.Kind() {
	case reflect.Bool:
		return func(p unsafe.Pointer) int32 {
			if *(*bool)(p) {
				return 1231
			}
			return 1237
		}
	case reflect.Int8:
		return func(p unsafe.Pointer) int32 { return int32(*(*int8)(p)) }
	case reflect.Uint8:
		return func(p unsafe.Pointer) int32 { return int32(*(*uint8)(p)) }
	case reflect.Int16:
		return func(p unsafe.Pointer) int32 { return int32(*(*int16)(p)) }
	case reflect.Uint16:
		return func(p unsafe.Pointer) int32 { return int32(*(*uint16)(p)) }
	case reflect.Int32, reflect.Uint32:
		return func(p unsafe.Pointer) int32 { return *(*int32)(p) }
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		return func(p unsafe.Pointer) int32 { return foldBits(*(*uint64)(p)) }
	case reflect.Float32:
		return func(p unsafe.Pointer) int32 { return javaFloat(*(*float32)(p)) }
	case reflect.Float64:
		return func(p unsafe.Pointer) int32 { return foldBits(floatBits(*(*float64)(p))) }
	case reflect.String:
		return func(p unsafe.Pointer) int32 { return javaString(*(*string)(p)) }
	case reflect.Struct:
		return tupleHasher(t)
	}
	h := hasherOf(t)
	return func(p unsafe.Pointer) int32 { return foldBits(h(p)) }
}

// foldBits is Java's hash of 64 bits: both halves together.
func foldBits(x uint64) int32 { return int32(uint32(x) ^ uint32(x>>32)) }

// javaFloat is Float.hashCode with one NaN and one zero.
func javaFloat(f float32) int32 {
	switch {
	case f != f:
		return 0x7fc00000
	case f == 0:
		return 0
	}
	return int32(math.Float32bits(f))
}

// javaString is String.hashCode, over UTF-16 units.
func javaString(s string) int32 {
	h := int32(0)
	for i := 0; i < len(s); {
		if s[i] < utf8.RuneSelf {
			h = 31*h + int32(s[i])
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if r >= 0x10000 {
			h = 31*h + (0xd800 + (r-0x10000)>>10)
			r = 0xdc00 + (r-0x10000)&0x3ff
		}
		h = 31*h + r
	}
	return h
}

// tupleHasher is the hash of Scala's TupleN for a struct of N fields: MurmurHash3 over the class's name and the
// elements' hashes.
func tupleHasher(t reflect.Type) func(p unsafe.Pointer) int32 {
	type element struct {
		offset uintptr
		hash   func(p unsafe.Pointer) int32
	}
	var elements []element
	for i := range t.NumField() {
		if f := t.Field(i); f.Name != "_" {
			elements = append(elements, element{f.Offset, scalaHasher(f.Type)})
		}
	}
	const productSeed = 0xcafebabe
	start := murmurMix(productSeed, uint32(javaString(fmt.Sprintf("Tuple%d", len(elements)))))
	return func(p unsafe.Pointer) int32 {
		h := start
		for _, e := range elements {
			h = murmurMix(h, uint32(e.hash(unsafe.Add(p, e.offset))))
		}
		return int32(murmurEnd(h ^ uint32(len(elements))))
	}
}

// scalaHasher is Scala's ##, by which numbers of different types that are equal hash alike.
func scalaHasher(t reflect.Type) func(p unsafe.Pointer) int32 {
	plain := javaHasher(t)
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return func(p unsafe.Pointer) int32 {
			if v := *(*int64)(p); v == int64(int32(v)) {
				return int32(v)
			}
			return plain(p)
		}
	case reflect.Float64:
		return func(p unsafe.Pointer) int32 {
			if v := *(*float64)(p); v == float64(int32(v)) {
				return int32(v)
			}
			return plain(p)
		}
	}
	return plain
}

// murmurMix is a step of MurmurHash3 over 32 bits.
func murmurMix(h, k uint32) uint32 {
	k *= 0xcc9e2d51
	k = k<<15 | k>>17
	h ^= k * 0x1b873593
	h = h<<13 | h>>19
	return h*5 + 0xe6546b64
}

// murmurEnd is the finalizer of MurmurHash3.
func murmurEnd(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}
