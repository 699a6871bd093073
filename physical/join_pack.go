package physical

import (
	"math"
	"math/bits"

	"github.com/gosql-engine/gosql/columnar"
)

// noWord stands for the key of a row that equals no other: one with a NULL in it, or one outside of the build side's ranges.
const noWord = math.MaxUint64

// keyPacker makes one word of the integer keys of a row, exactly: equal words are equal keys. Each column counts from its least value on the
// build side, so that several columns fit one word as the digits of a number do. Keys of one column are then dense or nearly so where the
// column was made by counting.
type keyPacker struct {
	cols []packedColumn
	size uint64 // words are below it
}

type packedColumn struct {
	least  int64
	span   uint64 // greatest less least
	stride uint64
	nulls  uint64 // 1 where NULL is a value, with the code 0
}

// packs says whether values of a layout can be packed.
func packs(l columnar.Layout) bool {
	switch l {
	case columnar.LayoutInt8, columnar.LayoutInt16, columnar.LayoutInt32, columnar.LayoutInt64:
		return true
	}
	return false
}

// newKeyPacker fits a packer to the build side's keys; nil if they are not integers or need more than a word. It reads n rows.
func newKeyPacker(keys []columnar.Vector, nullSafe []bool, n int) *keyPacker {
	p := &keyPacker{size: 1}
	for i, k := range keys {
		if !packs(k.Type().Layout()) {
			return nil
		}
		least, greatest, some := integerRange(k)
		c := packedColumn{least: least, span: uint64(greatest) - uint64(least), stride: p.size}
		if !some {
			c.span = 0
		}
		if nullSafe[i] {
			c.nulls = 1
		}
		digits := c.span + 1 + c.nulls
		hi, lo := bits.Mul64(p.size, digits)
		if hi != 0 || lo >= noWord || digits < c.span {
			return nil
		}
		p.cols, p.size = append(p.cols, c), lo
	}
	return p
}

// integerRange is the least and the greatest value of a vector of integers in any form.
func integerRange(v columnar.Vector) (least, greatest int64, some bool) {
	switch v := v.(type) {
	case *columnar.Dict:
		return integerRange(v.Values)
	case *columnar.Const:
		return integerRange(v.Value)
	case *columnar.Fixed[int8]:
		return rangeOf(v)
	case *columnar.Fixed[int16]:
		return rangeOf(v)
	case *columnar.Fixed[int32]:
		return rangeOf(v)
	case *columnar.Fixed[int64]:
		return rangeOf(v)
	}
	return 0, 0, false
}

func rangeOf[T int8 | int16 | int32 | int64](v *columnar.Fixed[T]) (least, greatest int64, some bool) {
	if len(v.Values) == 0 {
		return 0, 0, false
	}
	if v.Valid == nil {
		lo, hi := v.Values[0], v.Values[0]
		for _, x := range v.Values {
			lo, hi = min(lo, x), max(hi, x)
		}
		return int64(lo), int64(hi), true
	}
	for i, x := range v.Values {
		if !v.Valid.Get(i) {
			continue
		}
		if y := int64(x); !some {
			least, greatest, some = y, y, true
		} else {
			least, greatest = min(least, y), max(greatest, y)
		}
	}
	return least, greatest, some
}

// words fills dst[i] with the word of row rows.Row(i). Keys may be in any form; what is flattened comes from the pool.
func (p *keyPacker) words(pool *columnar.Pool, keys []columnar.Vector, rows columnar.Rows, dst []uint64) {
	clear(dst)
	for i, k := range keys {
		switch v := columnar.Flatten(pool, k, rows).(type) {
		case *columnar.Fixed[int8]:
			packColumn(p.cols[i], v, rows, dst)
		case *columnar.Fixed[int16]:
			packColumn(p.cols[i], v, rows, dst)
		case *columnar.Fixed[int32]:
			packColumn(p.cols[i], v, rows, dst)
		case *columnar.Fixed[int64]:
			packColumn(p.cols[i], v, rows, dst)
		}
	}
}

// packColumn adds a column's digit to each word.
func packColumn[T int8 | int16 | int32 | int64](c packedColumn, v *columnar.Fixed[T], rows columnar.Rows, dst []uint64) {
	least := uint64(c.least)
	if v.Valid == nil && rows.Sel == nil {
		values := v.Values[:len(dst)]
		for i, x := range values {
			dst[i] = c.add(dst[i], uint64(int64(x))-least)
		}
		return
	}
	for i := range dst {
		r := rows.Row(i)
		switch {
		case v.Valid == nil || v.Valid.Get(r):
			dst[i] = c.add(dst[i], uint64(int64(v.Values[r]))-least)
		case c.nulls == 0:
			dst[i] = noWord
		}
	}
}

// add puts the digit of a value, given by its distance from the least, into a word. A value below the least has wrapped around to a large
// distance.
func (c packedColumn) add(word, distance uint64) uint64 {
	if distance > c.span || word == noWord {
		return noWord
	}
	return word + (distance+c.nulls)*c.stride
}

// hashWords fills dst with hashes of keys that cannot be packed: equal keys have equal words, and seldom others.
func hashWords(keys []columnar.Vector, nullSafe []bool, rows columnar.Rows, dst []uint64) {
	columnar.Hash(keys, rows, dst)
	for i, h := range dst {
		if h == noWord {
			dst[i] = 0
		}
	}
	for k, v := range keys {
		if nullSafe[k] || !v.HasNulls() {
			continue
		}
		for i := range dst {
			if v.IsNull(rows.Row(i)) {
				dst[i] = noWord
			}
		}
	}
}
