package parquet

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
)

// leafBuffer gathers the levels and values of a leaf for a row group. Of the value slices, one is used: ints for INT32 and INT64,
// floats for FLOAT and DOUBLE, bools, or data with the end of each value in ends.
type leafBuffer struct {
	physical format.Type
	length   int
	typ      columnar.Type
	path     []string

	maxDef, maxRep int32
	def, rep       []int32
	ints           []int64
	floats         []float64
	bools          []bool
	data           []byte
	ends           []int
	nulls          int64
}

func (l *leafBuffer) reset() {
	l.def, l.rep, l.ints, l.floats, l.bools = l.def[:0], l.rep[:0], l.ints[:0], l.floats[:0], l.bools[:0]
	l.data, l.ends, l.nulls = l.data[:0], l.ends[:0], 0
}

func (l *leafBuffer) size() int {
	return 8*(len(l.ints)+len(l.floats)) + len(l.bools) + len(l.data) + len(l.def)
}

// add takes the entries' values out of a flat vector.
func (l *leafBuffer) add(v columnar.Vector, entries []entry) {
	for _, e := range entries {
		switch {
		case e.row < 0:
		case v.IsNull(int(e.row)):
			e.def = l.maxDef - 1
		default:
			e.def = l.maxDef
		}
		if e.def < l.maxDef {
			l.nulls++
		}
		l.def, l.rep = append(l.def, e.def), append(l.rep, e.rep)
	}
	present := func(f func(row int)) {
		for _, e := range entries {
			if e.row >= 0 && !v.IsNull(int(e.row)) {
				f(int(e.row))
			}
		}
	}
	switch v := v.(type) {
	case *columnar.Fixed[int8]:
		present(func(r int) { l.ints = append(l.ints, int64(v.Values[r])) })
	case *columnar.Fixed[int16]:
		present(func(r int) { l.ints = append(l.ints, int64(v.Values[r])) })
	case *columnar.Fixed[int32]:
		present(func(r int) { l.ints = append(l.ints, int64(v.Values[r])) })
	case *columnar.Fixed[int64]:
		present(func(r int) { l.ints = append(l.ints, v.Values[r]) })
	case *columnar.Fixed[float32]:
		present(func(r int) { l.floats = append(l.floats, float64(v.Values[r])) })
	case *columnar.Fixed[float64]:
		present(func(r int) { l.floats = append(l.floats, v.Values[r]) })
	case *columnar.Bool:
		present(func(r int) { l.bools = append(l.bools, v.Bits.Get(r)) })
	case *columnar.Strings:
		present(func(r int) { l.data = append(l.data, v.At(r)...); l.ends = append(l.ends, len(l.data)) })
	case *columnar.Fixed[columnar.Int128]:
		present(func(r int) {
			var b [16]byte
			binary.BigEndian.PutUint64(b[:], uint64(v.Values[r].Hi))
			binary.BigEndian.PutUint64(b[8:], v.Values[r].Lo)
			l.data = append(l.data, b[16-l.length:]...)
			l.ends = append(l.ends, len(l.data))
		})
	}
}

func (l *leafBuffer) bytes(i int) []byte {
	lo := 0
	if i > 0 {
		lo = l.ends[i-1]
	}
	return l.data[lo:l.ends[i]]
}

// appendPlain appends the values lo to hi in the PLAIN encoding.
func (l *leafBuffer) appendPlain(dst []byte, lo, hi int) []byte {
	switch l.physical {
	case format.Int32:
		for _, v := range l.ints[lo:hi] {
			dst = binary.LittleEndian.AppendUint32(dst, uint32(v))
		}
	case format.Int64:
		for _, v := range l.ints[lo:hi] {
			dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
		}
	case format.Float:
		for _, v := range l.floats[lo:hi] {
			dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(float32(v)))
		}
	case format.Double:
		for _, v := range l.floats[lo:hi] {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
		}
	case format.Boolean:
		packed := make([]byte, (hi-lo+7)/8)
		for i, v := range l.bools[lo:hi] {
			if v {
				packed[i>>3] |= 1 << (i & 7)
			}
		}
		dst = append(dst, packed...)
	default:
		for i := lo; i < hi; i++ {
			b := l.bytes(i)
			if l.physical == format.ByteArray {
				dst = binary.LittleEndian.AppendUint32(dst, uint32(len(b)))
			}
			dst = append(dst, b...)
		}
	}
	return dst
}

// dictionary is a column chunk's dictionary and the code of each value.
type dictionary struct {
	plain   []byte
	entries int
	codes   []int32
}

// maxEntries bounds dictionaries, as others' limit of 1 MB does.
const maxEntries = 32 << 10

// dictionary makes one if it pays: if values come twice or more.
func (l *leafBuffer) dictionary() *dictionary {
	switch {
	case len(l.ints) > 0:
		return encodeDictionary(len(l.ints), func(i int) int64 { return l.ints[i] }, l)
	case len(l.ends) > 0 && l.physical == format.ByteArray:
		return encodeDictionary(len(l.ends), func(i int) string { return string(l.bytes(i)) }, l)
	}
	return nil
}

func encodeDictionary[K comparable](n int, key func(i int) K, l *leafBuffer) *dictionary {
	limit := min(maxEntries, n/2+1)
	codes := make(map[K]int32, min(n, 1024))
	d := &dictionary{codes: make([]int32, n)}
	for i := range n {
		k := key(i)
		c, ok := codes[k]
		if !ok {
			if len(codes) >= limit {
				return nil
			}
			c = int32(len(codes))
			codes[k] = c
			d.plain = l.appendPlain(d.plain, i, i+1)
		}
		d.codes[i] = c
	}
	d.entries = len(codes)
	return d
}

// page is the body of a version 1 data page of the entries lo to hi, whose first value is number value, and the number of values.
func (l *leafBuffer) page(lo, hi, value int, dict *dictionary) (body []byte, values int) {
	if l.maxRep > 0 {
		body = appendLevels(body, l.rep[lo:hi], l.maxRep)
	}
	if l.maxDef > 0 {
		body = appendLevels(body, l.def[lo:hi], l.maxDef)
	}
	for _, d := range l.def[lo:hi] {
		if d == l.maxDef {
			values++
		}
	}
	if dict == nil {
		return l.appendPlain(body, value, value+values), values
	}
	width := uint(bits.Len(uint(max(dict.entries-1, 1))))
	body = append(body, byte(width))
	return appendHybrid(body, dict.codes[value:value+values], width), values
}

func appendLevels(dst []byte, levels []int32, most int32) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = appendHybrid(dst, levels, uint(bits.Len(uint(most))))
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// appendHybrid encodes values in the run-length and bit-packed hybrid: eight or more equal ones as a run, others packed by eights.
func appendHybrid(dst []byte, v []int32, width uint) []byte {
	run := func(i int) int {
		n := i + 1
		for n < len(v) && v[n] == v[i] {
			n++
		}
		return n - i
	}
	for i := 0; i < len(v); {
		if n := run(i); n >= 8 {
			dst = binary.AppendUvarint(dst, uint64(n)<<1)
			for b := uint(0); b < width; b += 8 {
				dst = append(dst, byte(v[i]>>b))
			}
			i += n
			continue
		}
		groups, at := 0, i
		for at < len(v) && groups < 1<<10 && (at+8 > len(v) || run(at) < 8) {
			at, groups = at+8, groups+1
		}
		dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
		dst = appendPacked(dst, v[i:min(at, len(v))], groups*8, width)
		i = min(at, len(v))
	}
	return dst
}

func appendPacked(dst []byte, v []int32, n int, width uint) []byte {
	var word uint64
	var have uint
	for i := range n {
		var x uint64
		if i < len(v) {
			x = uint64(uint32(v[i]))
		}
		word |= x << have
		for have += width; have >= 8; have -= 8 {
			dst = append(dst, byte(word))
			word >>= 8
		}
	}
	return dst
}

// maxStatistic is the longest string that goes into statistics.
const maxStatistic = 256

// statistics are the chunk's bounds and NULL count. Wide decimals have none, because readers do not agree about their order.
func (l *leafBuffer) statistics() format.Statistics {
	s := format.Statistics{NullCount: l.nulls}
	one := &leafBuffer{physical: l.physical}
	switch {
	case len(l.ints) > 0:
		lo, hi := l.ints[0], l.ints[0]
		for _, v := range l.ints {
			lo, hi = min(lo, v), max(hi, v)
		}
		one.ints = []int64{lo, hi}
	case len(l.floats) > 0:
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range l.floats {
			if v == v {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
		if lo > hi { // nothing but NaN
			return s
		}
		one.floats = []float64{lo, hi}
	case len(l.bools) > 0:
		lo, hi := true, false
		for _, v := range l.bools {
			lo, hi = lo && v, hi || v
		}
		one.bools = []bool{lo, hi}
	case len(l.ends) > 0 && l.physical == format.ByteArray:
		lo, hi := l.bytes(0), l.bytes(0)
		for i := range l.ends {
			if b := l.bytes(i); bytes.Compare(b, lo) < 0 {
				lo = b
			} else if bytes.Compare(b, hi) > 0 {
				hi = b
			}
		}
		if len(lo) <= maxStatistic && len(hi) <= maxStatistic {
			s.MinValue, s.MaxValue = append([]byte{}, lo...), append([]byte{}, hi...)
		}
		return s
	default:
		return s
	}
	s.MinValue, s.MaxValue = one.appendPlain(nil, 0, 1), one.appendPlain(nil, 1, 2)
	return s
}
