package rdd

import "unsafe"

// table maps keys to values by keyOps. Entries stay in the order of insertion, so that what is made from them depends
// on the input alone.
type table[K, C any] struct {
	ops     keyOps[K]
	entries []Pair[K, C]
	slots   []uint64 // open addressing: the lower half of the hash above, entry + 1 below; 0 is free
	mask    uint32
	probe   *K     // heap home of a key that is looked up alone
	texts   []byte // home of short string keys, side by side; what is full belongs to the keys alone
	touched uint64 // keeps the compiler from leaving out the loads of warm
}

// firstTableSize is a power of two, as are all sizes.
const firstTableSize = 64

// newTable makes an empty table.
func newTable[K, C any](ops keyOps[K]) *table[K, C] {
	return &table[K, C]{ops: ops, slots: make([]uint64, firstTableSize), mask: firstTableSize - 1, probe: new(K)}
}

// find gives the entry of k, making one with a zero value if there is none. The pointer is good until the next find.
func (t *table[K, C]) find(k K) (c *C, fresh bool) {
	*t.probe = k
	return t.findHashed(t.probe, t.ops.hash(t.probe))
}

// findHashed is find for a key whose hash is known.
func (t *table[K, C]) findHashed(k *K, hash uint64) (c *C, fresh bool) {
	h := uint32(hash)
	at := h & t.mask
	for {
		s := t.slots[at]
		if s == 0 {
			break
		}
		if uint32(s>>32) == h {
			e := &t.entries[uint32(s)-1]
			if f := t.ops.form; f != otherKey && f.same(unsafe.Pointer(&e.Key), unsafe.Pointer(k)) || f == otherKey && t.ops.equal(&e.Key, k) {
				return &e.Val, false
			}
		}
		at = (at + 1) & t.mask
	}
	if len(t.entries) == cap(t.entries) { // append would grow large slices by a quarter only
		t.entries = append(make([]Pair[K, C], 0, max(2*cap(t.entries), firstTableSize)), t.entries...)
	}
	t.entries = append(t.entries, Pair[K, C]{Key: *k})
	if t.ops.form == stringKey {
		t.settle((*string)(unsafe.Pointer(&t.entries[len(t.entries)-1].Key)))
	}
	t.slots[at] = uint64(h)<<32 | uint64(len(t.entries))
	if len(t.entries)*4 > len(t.slots)*3 {
		t.widen()
	}
	return &t.entries[len(t.entries)-1].Val, true
}

// Keys of up to settledKey bytes are copied, textBlock bytes at a time at most.
const (
	settledKey = 64
	textBlock  = 64 << 10
)

// settle copies a short string next to the others of the table: it is often cut from a line that would be kept with it,
// and far from the string that is compared next.
func (t *table[K, C]) settle(s *string) {
	n := len(*s)
	if n == 0 || n > settledKey {
		return
	}
	if cap(t.texts)-len(t.texts) < n {
		t.texts = make([]byte, 0, min(max(2*cap(t.texts), 1<<10), textBlock))
	}
	from := len(t.texts)
	t.texts = append(t.texts, *s...)
	*s = unsafe.String(&t.texts[from], n)
}

// lookup gives the entry of k, or nil.
func (t *table[K, C]) lookup(k K) *C {
	*t.probe = k
	return t.lookupHashed(t.probe, t.ops.hash(t.probe))
}

// lookupHashed is lookup for a key whose hash is known.
func (t *table[K, C]) lookupHashed(k *K, hash uint64) *C {
	h := uint32(hash)
	for at := h & t.mask; ; at = (at + 1) & t.mask {
		s := t.slots[at]
		if s == 0 {
			return nil
		}
		if uint32(s>>32) == h {
			e := &t.entries[uint32(s)-1]
			if f := t.ops.form; f != otherKey && f.same(unsafe.Pointer(&e.Key), unsafe.Pointer(k)) || f == otherKey && t.ops.equal(&e.Key, k) {
				return &e.Val
			}
		}
	}
}

// warmFrom is the number of slots from which a table may lie outside the near caches.
const warmFrom = 1 << 15

// warm loads what the keys with these hashes will need. The loads do not wait for one another, as those of finds do.
func (t *table[K, C]) warm(hashes []uint64) {
	if len(t.slots) < warmFrom {
		return
	}
	sum := t.touched
	var entries [maxChunk]uint32
	for from := 0; from < len(hashes); from += maxChunk {
		part := hashes[from:min(from+maxChunk, len(hashes))]
		for i, h := range part {
			entries[i] = uint32(t.slots[uint32(h)&t.mask])
		}
		for i := range part {
			if e := entries[i]; e != 0 {
				sum += uint64(*firstByte(&t.entries[e-1]))
			}
		}
		if t.ops.form != stringKey {
			continue
		}
		for i := range part {
			if e := entries[i]; e != 0 {
				if s := *(*string)(unsafe.Pointer(&t.entries[e-1])); len(s) > 0 {
					sum += uint64(s[0])
				}
			}
		}
	}
	t.touched = sum
}

// widen doubles the slots.
func (t *table[K, C]) widen() {
	old := t.slots
	t.slots = make([]uint64, 2*len(old))
	t.mask = uint32(len(t.slots) - 1)
	for _, s := range old {
		if s == 0 {
			continue
		}
		at := uint32(s>>32) & t.mask
		for t.slots[at] != 0 {
			at = (at + 1) & t.mask
		}
		t.slots[at] = s
	}
}

// reset empties the table and keeps its capacity.
func (t *table[K, C]) reset() {
	clear(t.entries)
	clear(t.slots)
	t.entries = t.entries[:0]
}
