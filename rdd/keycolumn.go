package rdd

import (
	"cmp"
	"math"
	"reflect"
	"unsafe"
)

// keyColumn is the keys of a chunk of pairs, for loops over many keys that know their type: one call of a function for
// a chunk instead of one for every key.
type keyColumn struct {
	first  unsafe.Pointer
	stride uintptr
	n      int
}

// keysOf is the keys of a chunk, which may be empty.
func keysOf[K, V any](chunk []Pair[K, V]) keyColumn {
	return keyColumn{unsafe.Pointer(unsafe.SliceData(chunk)), unsafe.Sizeof(*new(Pair[K, V])), len(chunk)}
}

// at is the place of key i.
func (c keyColumn) at(i int) unsafe.Pointer { return unsafe.Add(c.first, uintptr(i)*c.stride) }

// columnPlacer is a KeyPartitioner that places all keys of a column at once.
type columnPlacer interface {
	placeAll(keys keyColumn, out []int32)
}

// chunkPlacer gives the partitions of the keys of a chunk in a slice that is good until the next call.
func chunkPlacer[K, V any](p KeyPartitioner[K]) func(chunk []Pair[K, V]) []int32 {
	var out []int32
	all, columns := p.(columnPlacer)
	return func(chunk []Pair[K, V]) []int32 {
		if cap(out) < len(chunk) {
			out = make([]int32, max(len(chunk), maxChunk))
		}
		out = out[:len(chunk)]
		if columns {
			all.placeAll(keysOf(chunk), out)
			return out
		}
		for i := range chunk {
			out[i] = int32(p.Partition(chunk[i].Key))
		}
		return out
	}
}

// placeAll is Partition for a column.
func (p *HashPartitioner[K]) placeAll(keys keyColumn, out []int32) {
	switch t := reflect.TypeFor[K](); {
	case p.own:
		for i := range out {
			out[i] = p.hash((*K)(keys.at(i)))
		}
	case isInteger(t) && t.Size() == 8:
		for i := range out {
			out[i] = foldBits(*(*uint64)(keys.at(i)))
		}
	case t.Kind() == reflect.String:
		for i := range out {
			out[i] = javaString(*(*string)(keys.at(i)))
		}
	default:
		for i := range out {
			out[i] = p.hash((*K)(keys.at(i)))
		}
	}
	n := int32(p.partitions)
	if n&(n-1) == 0 { // the remainder of a power of two, made non-negative, is its low bits
		for i := range out {
			out[i] &= n - 1
		}
		return
	}
	for i, h := range out {
		if out[i] = h % n; out[i] < 0 {
			out[i] += n
		}
	}
}

// placeAll is Partition for a column.
func (p *RangePartitioner[K]) placeAll(keys keyColumn, out []int32) {
	if p.ordinals == nil {
		for i := range out {
			out[i] = int32(p.Partition(*(*K)(keys.at(i))))
		}
		return
	}
	ords := make([]uint64, len(out))
	p.ordinals(keys, ords)
	for i, ord := range ords {
		low, high := 0, len(p.ordinalBounds)
		for low < high {
			if mid := (low + high) / 2; p.ordinalBounds[mid] < ord {
				low = mid + 1
			} else {
				high = mid
			}
		}
		if p.descending {
			low = len(p.bounds) - low
		}
		out[i] = int32(low)
	}
}

// hashKeys gives the hashes of the keys of a chunk, in out or a longer slice.
func hashKeys[K, V any](ops *keyOps[K], chunk []Pair[K, V], out []uint64) []uint64 {
	if cap(out) < len(chunk) {
		out = make([]uint64, max(len(chunk), maxChunk))
	}
	out = out[:len(chunk)]
	keys := keysOf(chunk)
	switch ops.form {
	case wordKey:
		for i := range out {
			out[i] = mix64(*(*uint64)(keys.at(i)))
		}
	case stringKey:
		for i := range out {
			out[i] = hashString(*(*string)(keys.at(i)))
		}
	default:
		for i := range out {
			out[i] = ops.hash(&chunk[i].Key)
		}
	}
	return out
}

// ordinalsOf gives a function that writes, for a column of K, numbers in the same order as the keys by compareKeys;
// nil for strings, which have stringOrdinals.
func ordinalsOf[K cmp.Ordered]() func(keys keyColumn, out []uint64) {
	t := reflect.TypeFor[K]()
	switch t.Kind() {
	case reflect.String:
		return nil
	case reflect.Float32:
		return func(keys keyColumn, out []uint64) {
			for i := range out {
				out[i] = floatOrdinal(float64(*(*float32)(keys.at(i))))
			}
		}
	case reflect.Float64:
		return func(keys keyColumn, out []uint64) {
			for i := range out {
				out[i] = floatOrdinal(*(*float64)(keys.at(i)))
			}
		}
	}
	sign := uint64(0)
	if t.Kind() <= reflect.Int64 {
		sign = 1 << (8*t.Size() - 1)
	}
	switch t.Size() {
	case 1:
		return integerOrdinals[uint8](sign)
	case 2:
		return integerOrdinals[uint16](sign)
	case 4:
		return integerOrdinals[uint32](sign)
	}
	return integerOrdinals[uint64](sign)
}

// integerOrdinals reads integers as the unsigned type of their size and turns the sign over.
func integerOrdinals[U uint8 | uint16 | uint32 | uint64](sign uint64) func(keys keyColumn, out []uint64) {
	return func(keys keyColumn, out []uint64) {
		for i := range out {
			out[i] = uint64(*(*U)(keys.at(i))) ^ sign
		}
	}
}

// floatOrdinal puts NaN above all numbers and makes one of both zeros.
func floatOrdinal(f float64) uint64 {
	if f != f {
		return math.MaxUint64
	}
	b := floatBits(f)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// stringOrdinals writes the first eight bytes of strings as numbers: those of different numbers are in their order.
func stringOrdinals(keys keyColumn, out []uint64) {
	for i := range out {
		s := *(*string)(keys.at(i))
		ord := uint64(0)
		for j := range min(len(s), 8) {
			ord |= uint64(s[j]) << (56 - 8*j)
		}
		out[i] = ord
	}
}

// firstByte is the first byte of a value that has at least one.
func firstByte[T any](v *T) *byte {
	if unsafe.Sizeof(*v) == 0 {
		return new(byte)
	}
	return (*byte)(unsafe.Pointer(v))
}
