package physical

import (
	"cmp"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// keyed is a row with the first 64 bits of its normalised key: smaller words come first.
type keyed struct {
	word uint64
	row  int32
}

// sortIndex lists the rows 0 to n in the order of the keys, whose values are cols; rows that are equal keep their order.
//
// Key columns become numbers that order like their values (NULLs and DESC included), cut to the range that occurs, and as many of them as fit are packed
// into one word. Words are sorted by radix; only rows of equal words are compared by the keys that did not fit.
func sortIndex(keys []*logical.SortKey, cols []columnar.Vector, n int) []int32 {
	rows, used, ties := normalise(keys, cols, n)
	if used > 0 {
		rows = sortWords(rows, used)
	}
	if ties < len(keys) {
		sortTies(rows, keys[ties:], cols[ties:])
	}
	idx := make([]int32, n)
	for i, r := range rows {
		idx[i] = r.row
	}
	return idx
}

// normalise packs the keys into words of used bits. The words decide between rows up to the key column ties.
func normalise(keys []*logical.SortKey, cols []columnar.Vector, n int) (rows []keyed, used, ties int) {
	rows = make([]keyed, n)
	for i := range rows {
		rows[i].row = int32(i)
	}
	codes := make([]uint64, n)
	for ties = 0; ties < len(keys) && used < 64; ties++ {
		width, exact := orderCodes(keys[ties], cols[ties], codes)
		cut := max(used+width-64, 0)
		if width -= cut; width > 0 {
			for i, c := range codes {
				rows[i].word = rows[i].word<<width | c>>cut
			}
		}
		used += width
		if !exact || cut > 0 {
			break
		}
	}
	return rows, used, ties
}

// orderCodes fills dst with numbers of width bits that order like the column's values in the key's direction; exact, if different values have
// different numbers.
func orderCodes(key *logical.SortKey, v columnar.Vector, dst []uint64) (width int, exact bool) {
	if len(dst) == 0 {
		return 0, true
	}
	exact = true
	switch w := v.(type) {
	case *columnar.Const:
		return 0, true
	case *columnar.Dict:
		dictCodes(w, dst)
	case *columnar.Fixed[int8]:
		intCodes(w, dst)
	case *columnar.Fixed[int16]:
		intCodes(w, dst)
	case *columnar.Fixed[int32]:
		intCodes(w, dst)
	case *columnar.Fixed[int64]:
		intCodes(w, dst)
	case *columnar.Fixed[float32]:
		for i, x := range w.Values {
			dst[i] = floatCode(float64(x))
		}
	case *columnar.Fixed[float64]:
		for i, x := range w.Values {
			dst[i] = floatCode(x)
		}
	case *columnar.Fixed[columnar.Int128]:
		exact = wideCodes(w, dst)
	case *columnar.Bool:
		for i := range dst {
			dst[i] = 0
			if w.Bits.Get(i) {
				dst[i] = 1
			}
		}
	case *columnar.Strings:
		exact = stringCodes(w, dst)
	default:
		return 0, false
	}
	width, lost := compress(key, v, dst)
	return width, exact && !lost
}

const signBit = 1 << 63

func intCodes[T int8 | int16 | int32 | int64](v *columnar.Fixed[T], dst []uint64) {
	for i, x := range v.Values[:len(dst)] {
		dst[i] = uint64(int64(x)) ^ signBit
	}
}

// floatCode orders -0 with 0 and NaN last, as Spark does.
func floatCode(x float64) uint64 {
	switch {
	case x != x:
		return math.MaxUint64
	case x == 0:
		return signBit
	}
	b := math.Float64bits(x)
	if b&signBit != 0 {
		return ^b
	}
	return b | signBit
}

// wideCodes takes decimals of more than 18 digits by their lower half where that says all, else by the upper one.
func wideCodes(v *columnar.Fixed[columnar.Int128], dst []uint64) (exact bool) {
	exact = true
	for i, x := range v.Values {
		if !x.IsInt64() && !v.IsNull(i) {
			exact = false
			break
		}
	}
	for i, x := range v.Values {
		dst[i] = uint64(x.Hi) ^ signBit
		if exact {
			dst[i] = x.Lo ^ signBit
		}
	}
	return exact
}

// stringCodes takes the first bytes behind those that all strings share: exactly, where no more than seven are left.
func stringCodes(v *columnar.Strings, dst []uint64) (exact bool) {
	shared := sharedPrefix(v)
	exact = true
	for i := range dst {
		if v.IsNull(i) {
			continue
		}
		if len(v.At(i))-shared > 7 {
			exact = false
			break
		}
	}
	for i := range dst {
		if v.IsNull(i) {
			continue
		}
		rest := v.At(i)[shared:]
		var first [8]byte
		copy(first[:], rest)
		if exact {
			first[7] = byte(len(rest)) // "a" comes before "a\x00"
		}
		dst[i] = binary.BigEndian.Uint64(first[:])
	}
	return exact
}

// sharedPrefix is the number of bytes with which all strings begin.
func sharedPrefix(v *columnar.Strings) int {
	var first []byte
	n := -1
	for i := range v.Views {
		switch {
		case v.IsNull(i):
			continue
		case n < 0:
			first = v.At(i)
			n = len(first)
			continue
		case n == 0:
			return 0
		}
		b := v.At(i)
		n = min(n, len(b))
		for k := range n {
			if b[k] != first[k] {
				n = k
				break
			}
		}
	}
	return max(n, 0)
}

// dictCodes ranks the entries of a dictionary once; equal entries have one rank.
func dictCodes(v *columnar.Dict, dst []uint64) {
	order := make([]int32, v.Values.Len())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return columnar.CompareAt(v.Values, int(a), v.Values, int(b)) })
	ranks := make([]uint64, len(order))
	rank := uint64(0)
	for k, e := range order {
		if k > 0 && columnar.CompareAt(v.Values, int(order[k-1]), v.Values, int(e)) != 0 {
			rank++
		}
		ranks[e] = rank
	}
	for i, c := range v.Codes {
		dst[i] = ranks[c]
	}
}

// compress makes codes count from 0 in the key's direction, with a code for NULL before or behind the others. Where all 64 bits are taken
// already, the last one is lost to NULL.
func compress(key *logical.SortKey, v columnar.Vector, dst []uint64) (width int, lost bool) {
	nulls := v.HasNulls()
	least, greatest := uint64(math.MaxUint64), uint64(0)
	for i, c := range dst {
		if !nulls || !v.IsNull(i) {
			least, greatest = min(least, c), max(greatest, c)
		}
	}
	if least > greatest {
		clear(dst)
		return 0, false // nothing but NULLs
	}
	span := greatest - least
	for i, c := range dst {
		if key.Desc {
			dst[i] = greatest - c
		} else {
			dst[i] = c - least
		}
	}
	if !nulls {
		return bits.Len64(span), false
	}
	if span == math.MaxUint64 {
		lost, span = true, span>>1
		for i := range dst {
			dst[i] >>= 1
		}
	}
	null, shift := span+1, uint64(0)
	if key.NullsFirst {
		null, shift = 0, 1
	}
	for i := range dst {
		if v.IsNull(i) {
			dst[i] = null
		} else {
			dst[i] += shift
		}
	}
	return bits.Len64(span + 1), lost
}

// radixRows is from how many rows on sorting by radix beats sorting by comparisons.
const radixRows = 512

// sortWords sorts by word, of which used bits count, and by row among equal words. rows are in the order of their numbers.
func sortWords(rows []keyed, used int) []keyed {
	if len(rows) < radixRows {
		slices.SortFunc(rows, func(a, b keyed) int {
			if c := cmp.Compare(a.word, b.word); c != 0 {
				return c
			}
			return cmp.Compare(a.row, b.row)
		})
		return rows
	}
	other := make([]keyed, len(rows))
	for at := 0; at < used; at += 8 {
		var starts [257]int
		for i := range rows {
			starts[rows[i].word>>at&255+1]++
		}
		if slices.Max(starts[:]) == len(rows) {
			continue // all have the same digit
		}
		for d := 1; d < 256; d++ {
			starts[d] += starts[d-1]
		}
		for _, r := range rows {
			d := r.word >> at & 255
			other[starts[d]] = r
			starts[d]++
		}
		rows, other = other, rows
	}
	return rows
}

// sortTies orders rows of equal words by comparing keys.
func sortTies(rows []keyed, keys []*logical.SortKey, cols []columnar.Vector) {
	for lo := 0; lo < len(rows); {
		hi := lo + 1
		for hi < len(rows) && rows[hi].word == rows[lo].word {
			hi++
		}
		if hi-lo > 1 {
			slices.SortStableFunc(rows[lo:hi], func(a, b keyed) int {
				return compareRows(keys, cols, int(a.row), cols, int(b.row))
			})
		}
		lo = hi
	}
}
