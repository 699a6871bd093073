package columnar

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// Odd constants with about as many ones as zeros, from the fractional parts of square roots.
const (
	hashSeed  = 0x6a09e667f3bcc909
	hashMul   = 0xbb67ae8584caa73b
	hashStep  = 0x3c6ef372fe94f82b
	hashNull  = 0xa54ff53a5f1d36f1
	hashEmpty = 0x510e527fade682d1
)

// mix takes one word into a running hash: a 64×64→128 bit multiplication folded together, which spreads every bit of x over all
// bits of the result in about 4 cycles.
func mix(h, x uint64) uint64 {
	hi, lo := bits.Mul64(h^x, hashMul)
	return hi ^ lo ^ hashStep
}

// Hash fills dst[i] with a hash of row rows.Row(i) of all the columns together. Rows that EqualAt says are equal hash equally,
// whatever forms their vectors have: NULLs alike, -0 like 0, every NaN alike. The function is fixed for a version of the engine but
// not between versions, and is no guard against chosen keys. dst has rows.Count() elements.
func Hash(cols []Vector, rows Rows, dst []uint64) {
	dst = dst[:rows.Count()]
	for i := range dst {
		dst[i] = hashSeed
	}
	for _, c := range cols {
		hashColumn(c, rows, dst)
	}
}

func hashColumn(v Vector, rows Rows, dst []uint64) {
	switch v := v.(type) {
	case *Fixed[int8]:
		hashInts(v, rows, dst)
	case *Fixed[int16]:
		hashInts(v, rows, dst)
	case *Fixed[int32]:
		hashInts(v, rows, dst)
	case *Fixed[int64]:
		hashInts(v, rows, dst)
	case *Fixed[float32]:
		hashWords(v.Valid, rows, dst, func(i int) uint64 { return floatWord(float64(v.Values[i])) })
	case *Fixed[float64]:
		hashWords(v.Valid, rows, dst, func(i int) uint64 { return floatWord(v.Values[i]) })
	case *Strings:
		hashStrings(v, rows, dst)
	case *Dict:
		hashDict(v, rows, dst)
	case *Const:
		word := wordAt(v, 0)
		for i := range dst {
			dst[i] = mix(dst[i], word)
		}
	default:
		hashWords(nil, rows, dst, func(i int) uint64 { return wordAt(v, i) })
	}
}

// hashInts is the path of integer keys, dates, timestamps and narrow decimals: 1 ns a row without NULLs.
func hashInts[T int8 | int16 | int32 | int64](v *Fixed[T], rows Rows, dst []uint64) {
	switch {
	case v.Valid != nil:
		hashWords(v.Valid, rows, dst, func(i int) uint64 { return uint64(v.Values[i]) })
	case rows.Sel != nil:
		for i, r := range rows.Sel {
			dst[i] = mix(dst[i], uint64(v.Values[r]))
		}
	default:
		values := v.Values[:len(dst)]
		for i, x := range values {
			dst[i] = mix(dst[i], uint64(x))
		}
	}
}

// hashStrings has the loop of dense keys without NULLs written out: it halves the time of short ones.
func hashStrings(v *Strings, rows Rows, dst []uint64) {
	if v.Valid != nil || rows.Sel != nil {
		hashWords(v.Valid, rows, dst, func(i int) uint64 { return viewWord(&v.Views[i], v.Bufs) })
		return
	}
	views := v.Views[:len(dst)]
	for i := range views {
		w := &views[i]
		if w.Length > InlineLen {
			dst[i] = mix(dst[i], viewWord(w, v.Bufs))
			continue
		}
		x := w.words()
		dst[i] = mix(dst[i], pairWord(x[0], x[1]))
	}
}

// hashWords mixes in word(r) for each selected row r that is not NULL.
func hashWords(valid Bitmap, rows Rows, dst []uint64, word func(r int) uint64) {
	for i := range dst {
		r := rows.Row(i)
		w := uint64(hashNull)
		if valid == nil || valid.Get(r) {
			w = word(r)
		}
		dst[i] = mix(dst[i], w)
	}
}

// dictHashes is the size of dictionary up to which the entries are hashed first.
const dictHashes = 1024

// hashDict hashes each entry once where there are at most as many as rows, and rows otherwise.
func hashDict(d *Dict, rows Rows, dst []uint64) {
	if n := d.Values.Len(); n > dictHashes || n > len(dst) {
		hashWords(nil, rows, dst, func(i int) uint64 { return wordAt(d, i) })
		return
	}
	var words [dictHashes]uint64
	for i := range d.Values.Len() {
		words[i] = wordAt(d.Values, i)
	}
	hashWords(d.Valid, rows, dst, func(i int) uint64 { return words[d.Codes[i]] })
}

// wordAt is what row i, of any type and form, adds to a hash.
func wordAt(v Vector, i int) uint64 {
	if v.IsNull(i) {
		return hashNull
	}
	v, i = resolve(v, i)
	switch v := v.(type) {
	case *Fixed[int8]:
		return uint64(v.Values[i])
	case *Fixed[int16]:
		return uint64(v.Values[i])
	case *Fixed[int32]:
		return uint64(v.Values[i])
	case *Fixed[int64]:
		return uint64(v.Values[i])
	case *Fixed[Int128]:
		return pairWord(v.Values[i].Lo, uint64(v.Values[i].Hi))
	case *Fixed[float32]:
		return floatWord(float64(v.Values[i]))
	case *Fixed[float64]:
		return floatWord(v.Values[i])
	case *Fixed[Interval]:
		x := v.Values[i]
		return pairWord(uint64(uint32(x.Months))<<32|uint64(uint32(x.Days)), uint64(x.Micros))
	case *Bool:
		return bit(v.Bits.Get(i))
	case *Strings:
		return viewWord(&v.Views[i], v.Bufs)
	case *List:
		return rangeWord(v.Offsets[i], v.Offsets[i+1], v.Elems)
	case *MapVector:
		return pairWord(rangeWord(v.Offsets[i], v.Offsets[i+1], v.Keys), rangeWord(v.Offsets[i], v.Offsets[i+1], v.Values))
	case *StructVector:
		h := uint64(hashEmpty)
		for _, f := range v.Fields {
			h = mix(h, wordAt(f, i))
		}
		return h
	}
	panic("unreachable: the set of vector forms is closed")
}

// pairWord hashes two words in order: mix(x, y) would give x and y exchanged the same.
func pairWord(x, y uint64) uint64 { return mix(mix(hashEmpty, x), y) }

func rangeWord(lo, hi int32, elems Vector) uint64 {
	h := uint64(hashEmpty) + uint64(hi-lo)
	for ; lo < hi; lo++ {
		h = mix(h, wordAt(elems, int(lo)))
	}
	return h
}

// floatWord is the bits of x, with one form for each of zero and NaN.
func floatWord(x float64) uint64 {
	switch {
	case x == 0:
		return 0
	case x != x:
		return math.Float64bits(math.NaN())
	}
	return math.Float64bits(x)
}

// viewWord hashes a string. Whether a view is inline follows from the length, so equal strings take the same path.
func viewWord(w *View, bufs [][]byte) uint64 {
	if w.Length <= InlineLen {
		x := w.words()
		return pairWord(x[0], x[1])
	}
	b := viewBytes(w, bufs)
	h := hashEmpty ^ uint64(len(b))
	for len(b) > 16 {
		// Each half is taken in by a multiplication of its own: h^x^y would not see halves exchanged.
		h = mix(mix(h, binary.LittleEndian.Uint64(b)), binary.LittleEndian.Uint64(b[8:]))
		b = b[16:]
	}
	if len(b) > 8 {
		h = mix(h, binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	var last [8]byte
	copy(last[:], b)
	return mix(h, binary.LittleEndian.Uint64(last[:]))
}
