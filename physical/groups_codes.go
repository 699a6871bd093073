package physical

import (
	"math"

	"github.com/gosql-engine/gosql/columnar"
)

// codeGroups stands before another grouper: where all keys are dictionary codes of few combinations, it remembers the group of each, so that a row
// costs a few array accesses and only new combinations reach the grouper behind. A file has a dictionary for each of its pieces, so the values of each
// key are numbered first: what is remembered is by the numbers of values, and outlives the dictionaries.
type codeGroups struct {
	inner  grouper
	types  []columnar.Type
	keyed  []codedKey
	cache  []uint32 // group + 1 by combined numbers; 0: unknown
	codes  []uint32
	missed []int32
	pool   columnar.Pool // of the keys of missed rows
	since  int           // rows since a dictionary changed
	idle   bool
}

// codedKey numbers the values of a key.
type codedKey struct {
	values  grouper
	dict    columnar.Vector // whose codes number is for
	numbers []uint32        // by code: from 1 on; the last is that of NULL, 0
	size    uint32          // of which the numbers are below
}

// maxCodes is the number of combinations up to which groups are remembered by code.
const maxCodes = 1 << 16

func newCodeGroups(inner grouper, types []columnar.Type) *codeGroups {
	return &codeGroups{inner: inner, types: types}
}

func (t *codeGroups) len() int                { return t.inner.len() }
func (t *codeGroups) keys() []columnar.Vector { return t.inner.keys() }
func (t *codeGroups) bytes() int64 {
	n := t.inner.bytes() + int64(cap(t.cache))*4
	for i := range t.keyed {
		n += t.keyed[i].values.bytes()
	}
	return n
}

// reset implements grouper.
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
	t.pool.Reset()
	fresh := make([]columnar.Vector, len(keys))
	for i, k := range keys {
		fresh[i] = columnar.Take(&t.pool, k, t.missed)
	}
	made := make([]uint32, len(t.missed))
	t.inner.assign(fresh, columnar.AllRows(len(made)), made)
	for i, c := range first {
		t.cache[c] = made[i] + 1
	}
	for i, c := range t.codes {
		group[i] = t.cache[c] - 1
	}
}

// prepare says whether the keys are dictionary codes for which the cache serves, and makes it ready for them.
func (t *codeGroups) prepare(keys []columnar.Vector) bool {
	same, product, entries := len(t.keyed) > 0, 1, 0
	for i, k := range keys {
		d, ok := k.(*columnar.Dict)
		if !ok {
			return false
		}
		n := d.Values.Len()
		if product *= n + 1; product > maxCodes {
			return false
		}
		entries += n
		same = same && t.keyed[i].dict == d.Values
	}
	if same {
		return true
	}
	if t.keyed != nil && t.since < entries/4 {
		t.idle = true // the dictionaries change faster than they pay
		return false
	}
	t.since = 0
	return t.number(keys)
}

// number numbers the values of new dictionaries. Where their numbers outgrow the cache, it is made anew; false if it would be too large.
func (t *codeGroups) number(keys []columnar.Vector) bool {
	if t.keyed == nil {
		t.keyed = make([]codedKey, len(keys))
		for i, typ := range t.types {
			t.keyed[i].values = newValueGroups([]columnar.Type{typ})
		}
	}
	product, grown := 1, false
	for i, k := range keys {
		c := &t.keyed[i]
		c.number(k.(*columnar.Dict).Values)
		if n := uint32(c.values.len()) + 1; n > c.size {
			c.size, grown = n+n/8, true
		}
		if product *= int(c.size); product > 2*maxCodes {
			t.idle = true
			return false
		}
	}
	if grown {
		t.cache = sized(t.cache, product)
		clear(t.cache)
	}
	return true
}

// number numbers the values of a dictionary.
func (c *codedKey) number(dict columnar.Vector) {
	if c.dict == dict {
		return
	}
	n := dict.Len()
	c.dict, c.numbers = dict, sized(c.numbers, n+1)
	c.values.assign([]columnar.Vector{dict}, columnar.AllRows(n), c.numbers[:n])
	for i := range n {
		c.numbers[i]++
	}
	c.numbers[n] = 0
}

// combine makes one code of the numbers of each row's values.
func (t *codeGroups) combine(keys []columnar.Vector, rows columnar.Rows) {
	t.codes = sized(t.codes, rows.Count())
	clear(t.codes)
	for k, key := range keys {
		d, c := key.(*columnar.Dict), &t.keyed[k]
		if d.Valid == nil {
			addCodes(t.codes, d.Codes, c.numbers, c.size, rows)
			continue
		}
		null := len(c.numbers) - 1
		for i, sum := range t.codes {
			r := rows.Row(i)
			code := null
			if d.Valid.Get(r) {
				code = int(d.Codes[r])
			}
			t.codes[i] = sum*c.size + c.numbers[code]
		}
	}
}

// addCodes puts the numbers of codes, which are below size, behind those of the keys before.
func addCodes(dst []uint32, codes []int32, numbers []uint32, size uint32, rows columnar.Rows) {
	if rows.Sel == nil {
		codes = codes[:len(dst)]
		for i, c := range dst {
			dst[i] = c*size + numbers[codes[i]]
		}
		return
	}
	sel := rows.Sel[:len(dst)]
	for i, c := range dst {
		dst[i] = c*size + numbers[codes[sel[i]]]
	}
}
