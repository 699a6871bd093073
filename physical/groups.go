package physical

import (
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
	return newCodeGroups(newValueGroups(types), types)
}

// newValueGroups chooses for keys as they come.
func newValueGroups(types []columnar.Type) grouper {
	if len(types) == 1 {
		switch types[0].Layout() {
		case columnar.LayoutInt8, columnar.LayoutInt16, columnar.LayoutInt32, columnar.LayoutInt64:
			return newIntGroups(types[0])
		}
	}
	return newRowGroups(types)
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
	ahead   lookAhead
	pool    columnar.Pool // of the keys at hand
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
	t.pool.Reset()
	switch v := columnar.Flatten(&t.pool, keys[0], rows).(type) {
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

// aheadKeys is how many keys are looked for at once.
const aheadKeys = 256

// lookAhead are the slots where the searches of some keys begin.
type lookAhead [aheadKeys]intSlot

// assignInts looks up each value. It first reads where the searches of many begin, without a branch that depends on what is there, so that the
// processor waits for many slots at a time.
func assignInts[T int8 | int16 | int32 | int64](t *intGroups, v *columnar.Fixed[T], rows columnar.Rows, group []uint32) {
	from := 0
	if t.ordered {
		if from = assignOrdered(t, v, rows, group); from == len(group) {
			return
		}
		t.disorder()
	}
	for lo := from; lo < len(group); lo += aheadKeys {
		hi := min(lo+aheadKeys, len(group))
		part, seen := group[lo:hi], t.ahead[:hi-lo]
		readAhead(t, v, rows, lo, seen)
		for i := range part {
			r := rows.Row(lo + i)
			if v.Valid != nil && !v.Valid.Get(r) {
				part[i] = t.nullGroup()
				continue
			}
			k := int64(v.Values[r])
			if s := &seen[i]; s.key == k && s.group != 0 {
				part[i] = s.group - 1
			} else {
				part[i] = t.find(k)
			}
		}
	}
}

// readAhead reads the first slot of the values from row lo of the selection on.
func readAhead[T int8 | int16 | int32 | int64](t *intGroups, v *columnar.Fixed[T], rows columnar.Rows, lo int, seen []intSlot) {
	slots, shift := t.slots, t.shift
	if rows.Sel == nil {
		values := v.Values[lo : lo+len(seen)]
		for i, k := range values {
			seen[i] = slots[uint64(k)*fibonacci>>shift]
		}
		return
	}
	sel := rows.Sel[lo : lo+len(seen)]
	for i, r := range sel {
		seen[i] = slots[uint64(v.Values[r])*fibonacci>>shift]
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
		t.rehash(growth(len(t.slots)) * len(t.slots))
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

// growth is by how much a table of a size grows: small ones in large steps, as they soon grow again.
func growth(size int) int {
	if size < 1<<18 {
		return 4
	}
	return 2
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
