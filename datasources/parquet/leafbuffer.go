package parquet

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
)

// leafBuffer gathers the levels and values of a leaf for a row group. Of the value slices, one is used: words for numbers, bools, or data with
// the end of each value in ends.
type leafBuffer struct {
	physical format.Type
	length   int
	typ      columnar.Type
	path     []string

	maxDef, maxRep int32
	entries        int     // so far
	def            []int32 // of each entry; empty as long as all are maxDef
	rep            []int32 // of each entry; empty if maxRep is 0
	words          []int64 // whole numbers, and the bits of floats and doubles
	bools          []bool
	data           []byte
	ends           []int
	nulls          int64
}

func (l *leafBuffer) reset() {
	l.entries, l.def, l.rep, l.words, l.bools = 0, l.def[:0], l.rep[:0], l.words[:0], l.bools[:0]
	l.data, l.ends, l.nulls = l.data[:0], l.ends[:0], 0
}

func (l *leafBuffer) size() int { return 8*len(l.words) + len(l.bools) + len(l.data) + l.entries }

// add takes the entries' values out of a flat vector; without entries, all rows of it.
func (l *leafBuffer) add(v columnar.Vector, entries []entry) {
	rows := columnar.AllRows(v.Len())
	switch {
	case entries != nil:
		rows.Sel = l.addEntries(v, entries)
	case v.HasNulls():
		rows.Sel = l.addNullable(v)
	default:
		l.entries += v.Len()
		if len(l.def) > 0 {
			l.fillDef()
		}
	}
	switch v := v.(type) {
	case *columnar.Fixed[int8]:
		l.words = appendInts(l.words, v.Values, rows)
	case *columnar.Fixed[int16]:
		l.words = appendInts(l.words, v.Values, rows)
	case *columnar.Fixed[int32]:
		l.words = appendInts(l.words, v.Values, rows)
	case *columnar.Fixed[int64]:
		l.words = appendInts(l.words, v.Values, rows)
	case *columnar.Fixed[float32]:
		for i := range rows.Count() {
			l.words = append(l.words, int64(math.Float32bits(v.Values[rows.Row(i)])))
		}
	case *columnar.Fixed[float64]:
		for i := range rows.Count() {
			l.words = append(l.words, int64(math.Float64bits(v.Values[rows.Row(i)])))
		}
	case *columnar.Bool:
		for i := range rows.Count() {
			l.bools = append(l.bools, v.Bits.Get(rows.Row(i)))
		}
	case *columnar.Strings:
		for i := range rows.Count() {
			l.data = append(l.data, v.At(rows.Row(i))...)
			l.ends = append(l.ends, len(l.data))
		}
	case *columnar.Fixed[columnar.Int128]:
		for i := range rows.Count() {
			var b [16]byte
			x := v.Values[rows.Row(i)]
			binary.BigEndian.PutUint64(b[:], uint64(x.Hi))
			binary.BigEndian.PutUint64(b[8:], x.Lo)
			l.data = append(l.data, b[16-l.length:]...)
			l.ends = append(l.ends, len(l.data))
		}
	}
}

// addEntries adds the levels of entries, and returns the rows that have values, which is never nil.
func (l *leafBuffer) addEntries(v columnar.Vector, entries []entry) []int32 {
	l.fillDef()
	present := make([]int32, 0, len(entries))
	for _, e := range entries {
		switch {
		case e.row < 0:
		case v.IsNull(int(e.row)):
			e.def = l.maxDef - 1
		default:
			e.def = l.maxDef
			present = append(present, e.row)
		}
		l.def = append(l.def, e.def)
		if l.maxRep > 0 {
			l.rep = append(l.rep, e.rep)
		}
	}
	l.entries += len(entries)
	l.nulls += int64(len(entries) - len(present))
	return present
}

// addNullable is addEntries for all rows of a vector with NULLs.
func (l *leafBuffer) addNullable(v columnar.Vector) []int32 {
	l.fillDef()
	present := make([]int32, 0, v.Len())
	for r := range v.Len() {
		if v.IsNull(r) {
			l.def = append(l.def, l.maxDef-1)
			continue
		}
		l.def = append(l.def, l.maxDef)
		present = append(present, int32(r))
	}
	l.entries += v.Len()
	l.nulls += int64(v.Len() - len(present))
	return present
}

// fillDef writes the definition levels that were left out because all values were there.
func (l *leafBuffer) fillDef() {
	for len(l.def) < l.entries {
		l.def = append(l.def, l.maxDef)
	}
}

func appendInts[T int8 | int16 | int32 | int64](dst []int64, values []T, rows columnar.Rows) []int64 {
	if rows.Sel == nil {
		for _, x := range values {
			dst = append(dst, int64(x))
		}
		return dst
	}
	for _, r := range rows.Sel {
		dst = append(dst, int64(values[r]))
	}
	return dst
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
	at := len(dst)
	switch l.physical {
	case format.Int32, format.Float:
		dst = slices.Grow(dst, 4*(hi-lo))[:at+4*(hi-lo)]
		for i, v := range l.words[lo:hi] {
			binary.LittleEndian.PutUint32(dst[at+4*i:], uint32(v))
		}
	case format.Int64, format.Double:
		dst = slices.Grow(dst, 8*(hi-lo))[:at+8*(hi-lo)]
		for i, v := range l.words[lo:hi] {
			binary.LittleEndian.PutUint64(dst[at+8*i:], uint64(v))
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

// page is the body of a version 1 data page of the entries lo to hi, whose first value is number value, and the number of values.
func (l *leafBuffer) page(lo, hi, value int, dict *dictionary) (body []byte, values int) {
	if l.maxRep > 0 {
		body = appendLevels(body, l.rep[lo:hi], l.maxRep)
	}
	values = hi - lo
	switch {
	case l.maxDef > 0 && len(l.def) > 0:
		body = appendLevels(body, l.def[lo:hi], l.maxDef)
		for _, d := range l.def[lo:hi] {
			if d < l.maxDef {
				values--
			}
		}
	case l.maxDef > 0:
		body = appendEqualLevels(body, hi-lo, l.maxDef)
	}
	if dict == nil {
		return l.appendPlain(body, value, value+values), values
	}
	width := uint(bits.Len(uint(max(len(dict.first)-1, 1))))
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

// appendEqualLevels is appendLevels of n times the same level.
func appendEqualLevels(dst []byte, n int, level int32) []byte {
	at := len(dst)
	dst = binary.AppendUvarint(append(dst, 0, 0, 0, 0), uint64(n)<<1)
	dst = append(dst, byte(level)) // a schema has no more than 255 levels
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
