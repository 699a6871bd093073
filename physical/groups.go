package physical

import (
	"math"
	"math/bits"

	"github.com/gosql-engine/gosql/columnar"
)

// grouper numbers the distinct combinations of key values that it is shown, from 0. NULL equals NULL, NaN equals NaN and -0 equals 0.
type grouper interface {
	// assign fills group with the number of each selected row's keys; unknown keys become new groups. len(group) is rows.Count().
	assign(keys []columnar.Vector, rows columnar.Rows, group []uint32)
	len() int
	keys() []columnar.Vector // one row a group; the grouper must be reset before it is used again
	reset()                  // forgets all groups, and keeps the memory that keys has not given away
	bytes() int64
}

// newGrouper chooses the form for keys of these types: the ladder goes from no keys over one integer to rows of words. In front of all
// but the first stands a cache for dictionary codes.
func newGrouper(types []columnar.Type) grouper {
	if len(types) == 0 {
		return &oneGroup{}
	}
	if len(types) == 1 {
		switch types[0].Layout() {
		case columnar.LayoutInt8, columnar.LayoutInt16, columnar.LayoutInt32, columnar.LayoutInt64:
			return &codeGroups{inner: newIntGroups(types[0])}
		}
	}
	return &codeGroups{inner: newRowGroups(types)}
}

// oneGroup is the group of all rows.
type oneGroup struct{}

func (oneGroup) len() int                { return 1 }
func (oneGroup) keys() []columnar.Vector { return nil }
func (oneGroup) bytes() int64            { return 0 }
func (oneGroup) reset()                  {}
func (oneGroup) assign(_ []columnar.Vector, _ columnar.Rows, group []uint32) {
	clear(group)
}

// intGroups numbers the values of one integer column: open addressing with the keys in the slots, so that a lookup touches one cache
// line. While the keys come in ascending order, as those of a table stored by them do, there is no table: a greater key is a new group.
type intGroups struct {
	typ     columnar.Type
	slots   []intSlot
	shift   uint
	vals    []int64 // by group
	null    int32   // group of NULL, -1: none
	ordered bool    // vals ascends, and slots is not in use
}

type intSlot struct {
	key   int64
	group uint32 // plus one; 0: free
}

// firstSlots is the size of a new hash table.
const firstSlots = 1024

func newIntGroups(t columnar.Type) *intGroups { return &intGroups{typ: t, null: -1, ordered: true} }

func (t *intGroups) len() int     { return len(t.vals) }
func (t *intGroups) bytes() int64 { return int64(len(t.slots))*16 + int64(cap(t.vals))*8 }

// reset implements grouper.
func (t *intGroups) reset() {
	if !t.ordered {
		clear(t.slots)
	}
	t.vals, t.null, t.ordered = make([]int64, 0, len(t.vals)), -1, true
}

// assign implements grouper.
func (t *intGroups) assign(keys []columnar.Vector, rows columnar.Rows, group []uint32) {
	switch v := columnar.Flatten(nil, keys[0], rows).(type) {
	case *columnar.Fixed[int8]:
		assignInts(t, v, rows, group)
	case *columnar.Fixed[int16]:
		assignInts(t, v, rows, group)
	case *columnar.Fixed[int32]:
		assignInts(t, v, rows, group)
	case *columnar.Fixed[int64]:
		assignInts(t, v, rows, group)
	}
}

// assignInts looks up each value. Neighbouring rows are often equal (keys of a table stored in their order), so the last key is
// remembered.
func assignInts[T int8 | int16 | int32 | int64](t *intGroups, v *columnar.Fixed[T], rows columnar.Rows, group []uint32) {
	from := 0
	if t.ordered {
		if from = assignOrdered(t, v, rows, group); from == len(group) {
			return
		}
		t.disorder()
	}
	var last int64
	var found uint32
	known := false
	for i := from; i < len(group); i++ {
		r := i
		if rows.Sel != nil {
			r = int(rows.Sel[i])
		}
		if v.Valid != nil && !v.Valid.Get(r) {
			group[i] = t.nullGroup()
			continue
		}
		if k := int64(v.Values[r]); !known || k != last {
			last, found, known = k, t.find(k), true
		}
		group[i] = found
	}
}

// assignOrdered numbers rows until a key comes that is NULL or less than one before it, and returns how many.
func assignOrdered[T int8 | int16 | int32 | int64](t *intGroups, v *columnar.Fixed[T], rows columnar.Rows, group []uint32) int {
	t.vals = roomFor(t.vals, len(group))
	vals := t.vals
	for i := range group {
		r := i
		if rows.Sel != nil {
			r = int(rows.Sel[i])
		}
		if v.Valid != nil && !v.Valid.Get(r) {
			t.vals = vals
			return i
		}
		k := int64(v.Values[r])
		if n := len(vals); n == 0 || k > vals[n-1] {
			vals = append(vals, k)
		} else if k < vals[n-1] {
			t.vals = vals
			return i
		}
		group[i] = uint32(len(vals) - 1)
	}
	t.vals = vals
	return len(group)
}

// roomFor is a slice with room for n more elements. It grows by doubling: append grows long slices by a quarter only, so that what is
// gathered one by one would be copied four times.
func roomFor[T any](s []T, n int) []T {
	if cap(s)-len(s) >= n {
		return s
	}
	return append(make([]T, 0, max(2*cap(s), len(s)+n)), s...)
}

// fibonacci is 2^64 divided by the golden ratio, odd: its multiples are spread evenly in the upper bits.
const fibonacci = 0x9e3779b97f4a7c15

func (t *intGroups) find(k int64) uint32 {
	mask := uint64(len(t.slots) - 1)
	for at := uint64(k) * fibonacci >> t.shift; ; at = (at + 1) & mask {
		s := &t.slots[at]
		if s.group == 0 {
			return t.insert(s, k)
		}
		if s.key == k {
			return s.group - 1
		}
	}
}

func (t *intGroups) insert(s *intSlot, k int64) uint32 {
	g := uint32(len(t.vals))
	t.vals = append(roomFor(t.vals, 1), k)
	*s = intSlot{k, g + 1}
	if len(t.vals)*2 > len(t.slots) {
		t.rehash(4 * len(t.slots))
	}
	return g
}

// disorder enters the keys in a table.
func (t *intGroups) disorder() {
	t.ordered = false
	size := max(len(t.slots), firstSlots)
	for size < 2*len(t.vals) {
		size *= 4
	}
	t.rehash(size)
}

// rehash enters all keys in a table of a size, a power of 2.
func (t *intGroups) rehash(size int) {
	if size > len(t.slots) { // one that is large enough is empty
		t.slots = make([]intSlot, size)
	}
	t.shift = uint(64 - bits.TrailingZeros(uint(size)))
	mask := uint64(len(t.slots) - 1)
	for g, k := range t.vals {
		if int32(g) == t.null {
			continue
		}
		at := uint64(k) * fibonacci >> t.shift
		for t.slots[at].group != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = intSlot{k, uint32(g) + 1}
	}
}

func (t *intGroups) nullGroup() uint32 {
	if t.null < 0 {
		t.null = int32(len(t.vals))
		t.vals = append(roomFor(t.vals, 1), 0)
	}
	return uint32(t.null)
}

// keys implements grouper.
func (t *intGroups) keys() []columnar.Vector {
	var valid columnar.Bitmap
	if t.null >= 0 {
		valid = columnar.FullBitmap(len(t.vals))
		valid.Clear(int(t.null))
	}
	var out columnar.Vector
	switch t.typ.Layout() {
	case columnar.LayoutInt8:
		out = narrowInts[int8](t.typ, t.vals, valid)
	case columnar.LayoutInt16:
		out = narrowInts[int16](t.typ, t.vals, valid)
	case columnar.LayoutInt32:
		out = narrowInts[int32](t.typ, t.vals, valid)
	default:
		out = columnar.NewFixed(t.typ, t.vals, valid)
	}
	return []columnar.Vector{out}
}

func narrowInts[T int8 | int16 | int32](t columnar.Type, vals []int64, valid columnar.Bitmap) columnar.Vector {
	out := make([]T, len(vals))
	for i, v := range vals {
		out[i] = T(v)
	}
	return columnar.NewFixed(t, out, valid)
}

// codeGroups stands before another grouper: where all keys are dictionary codes of few combinations, it remembers the group of each, so
// that a row costs an array access and only new combinations reach the grouper behind.
type codeGroups struct {
	inner  grouper
	dicts  []columnar.Vector // whose codes the cache is for
	sizes  []uint32
	cache  []uint32 // group + 1 by combined code; 0: unknown
	codes  []uint32
	missed []int32
	since  int // rows since the dictionaries changed
	idle   bool
}

// maxCodes is the number of combinations up to which groups are remembered by code.
const maxCodes = 1 << 16

func (t *codeGroups) len() int                { return t.inner.len() }
func (t *codeGroups) keys() []columnar.Vector { return t.inner.keys() }
func (t *codeGroups) bytes() int64            { return t.inner.bytes() + int64(cap(t.cache))*4 }
func (t *codeGroups) reset() {
	t.inner.reset()
	clear(t.cache)
}

// assign implements grouper.
func (t *codeGroups) assign(keys []columnar.Vector, rows columnar.Rows, group []uint32) {
	if t.idle || !t.prepare(keys) {
		t.inner.assign(keys, rows, group)
		return
	}
	t.since += len(group)
	t.combine(keys, rows)
	t.missed = t.missed[:0]
	var first []uint32 // codes of missed
	for i, c := range t.codes {
		g := t.cache[c]
		group[i] = g - 1
		if g == 0 {
			t.missed = append(t.missed, int32(rows.Row(i)))
			first = append(first, c)
			t.cache[c] = math.MaxUint32 // asked for
		}
	}
	if len(t.missed) == 0 {
		return
	}
	made := make([]uint32, len(t.missed))
	t.inner.assign(keys, columnar.Rows{N: rows.N, Sel: t.missed}, made)
	for i, c := range first {
		t.cache[c] = made[i] + 1
	}
	for i, c := range t.codes {
		group[i] = t.cache[c] - 1
	}
}

// prepare says whether the keys are dictionary codes for which the cache serves, and makes it ready for them.
func (t *codeGroups) prepare(keys []columnar.Vector) bool {
	same := len(t.dicts) == len(keys)
	product := 1
	for i, k := range keys {
		d, ok := k.(*columnar.Dict)
		if !ok {
			return false
		}
		if product *= d.Values.Len() + 1; product > maxCodes {
			return false
		}
		same = same && t.dicts[i] == d.Values
	}
	if same {
		return true
	}
	if t.dicts != nil && t.since < product/4 {
		t.idle = true // the dictionaries change faster than they pay
		return false
	}
	t.dicts, t.sizes, t.since = t.dicts[:0], t.sizes[:0], 0
	for _, k := range keys {
		d := k.(*columnar.Dict)
		t.dicts, t.sizes = append(t.dicts, d.Values), append(t.sizes, uint32(d.Values.Len()+1))
	}
	t.cache = sized(t.cache, product)
	clear(t.cache)
	return true
}

// combine makes one code of those of each row; a NULL has the code behind the dictionary's.
func (t *codeGroups) combine(keys []columnar.Vector, rows columnar.Rows) {
	t.codes = sized(t.codes, rows.Count())
	clear(t.codes)
	for k, key := range keys {
		d, size := key.(*columnar.Dict), t.sizes[k]
		if d.Valid == nil {
			addCodes(t.codes, d.Codes, size, rows)
			continue
		}
		for i, c := range t.codes {
			r := rows.Row(i)
			code := size - 1
			if d.Valid.Get(r) {
				code = uint32(d.Codes[r])
			}
			t.codes[i] = c*size + code
		}
	}
}

// addCodes puts codes of a dictionary of a size behind those of the dictionaries before.
func addCodes(dst []uint32, codes []int32, size uint32, rows columnar.Rows) {
	if rows.Sel == nil {
		codes = codes[:len(dst)]
		for i, c := range dst {
			dst[i] = c*size + uint32(codes[i])
		}
		return
	}
	sel := rows.Sel[:len(dst)]
	for i, c := range dst {
		dst[i] = c*size + uint32(codes[sel[i]])
	}
}
