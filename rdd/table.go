package rdd

// table maps keys to values by keyOps. Entries stay in the order of insertion, so that what is made from them depends
// on the input alone.
type table[K comparable, C any] struct {
	ops     keyOps[K]
	entries []Pair[K, C]
	hashes  []uint32 // of the entries
	index   []int32  // open addressing: entry + 1, 0 is free
	mask    uint64
	probe   K // heap home of the key that is looked up
}

// firstTableSize is a power of two, as are all sizes.
const firstTableSize = 64

// newTable makes an empty table.
func newTable[K comparable, C any](ops keyOps[K]) *table[K, C] {
	return &table[K, C]{ops: ops, index: make([]int32, firstTableSize), mask: firstTableSize - 1}
}

// find gives the entry of k, making one with a zero value if there is none. The pointer is good until the next find.
func (t *table[K, C]) find(k K) (c *C, fresh bool) {
	t.probe = k
	h := t.ops.hash(&t.probe)
	at := h & t.mask
	for {
		e := t.index[at]
		if e == 0 {
			break
		}
		if t.hashes[e-1] == uint32(h>>32) && t.ops.equal(&t.entries[e-1].Key, &t.probe) {
			return &t.entries[e-1].Val, false
		}
		at = (at + 1) & t.mask
	}
	t.entries = append(t.entries, Pair[K, C]{Key: k})
	t.hashes = append(t.hashes, uint32(h>>32))
	t.index[at] = int32(len(t.entries))
	if len(t.entries)*4 > len(t.index)*3 {
		t.rehash()
	}
	return &t.entries[len(t.entries)-1].Val, true
}

// lookup gives the entry of k, or nil.
func (t *table[K, C]) lookup(k K) *C {
	t.probe = k
	h := t.ops.hash(&t.probe)
	for at := h & t.mask; ; at = (at + 1) & t.mask {
		e := t.index[at]
		if e == 0 {
			return nil
		}
		if t.hashes[e-1] == uint32(h>>32) && t.ops.equal(&t.entries[e-1].Key, &t.probe) {
			return &t.entries[e-1].Val
		}
	}
}

// rehash doubles the index. The stored hashes are the upper halves, so the lower ones are computed again.
func (t *table[K, C]) rehash() {
	t.index = make([]int32, 2*len(t.index))
	t.mask = uint64(len(t.index) - 1)
	for i := range t.entries {
		at := t.ops.hash(&t.entries[i].Key) & t.mask
		for t.index[at] != 0 {
			at = (at + 1) & t.mask
		}
		t.index[at] = int32(i + 1)
	}
}

// reset empties the table and keeps its capacity.
func (t *table[K, C]) reset() {
	clear(t.entries)
	clear(t.index)
	t.entries, t.hashes = t.entries[:0], t.hashes[:0]
}
