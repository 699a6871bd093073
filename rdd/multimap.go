package rdd

import (
	"errors"
	"iter"
	"math"
	"slices"
)

// multimap holds the values of keys: in the order in which they were added first, and those of one key side by side once
// it is sealed.
type multimap[K, W any] struct {
	*table[K, run]
	n      int
	parts  []addedPart[W] // until seal
	vals   []W            // after
	hashes []uint64
}

// run is where the values of a key are.
type run struct{ start, n int32 } // until seal start is the entry's own number

// addedPart is some values with the entries that they belong to. Parts do not grow: slices that do are copied, and touch
// twice the memory.
type addedPart[W any] struct {
	rows []int32
	vals []W
}

// errMultimapFull is the refusal of what a run could not number.
var errMultimapFull = errors.New("a table cannot hold more than 2,147,483,647 values")

// multimapOverhead is what a multimap holds per value beside key and value.
const multimapOverhead = tableOverhead + 12

// newMultimap makes an empty one.
func newMultimap[K, W any](ops keyOps[K]) *multimap[K, W] {
	return &multimap[K, W]{table: newTable[K, run](ops)}
}

// add adds the values of a chunk, which were only lent, and books what they take by grow; refused, it adds nothing. A nil
// grow books nothing.
func (m *multimap[K, W]) add(grow func(n int64) error, kind *elementKind[Pair[K, W]], chunk []Pair[K, W]) error {
	if m.n+len(chunk) > math.MaxInt32 {
		return errMultimapFull
	}
	if grow != nil {
		if err := grow(kind.bytes(chunk) + multimapOverhead*int64(len(chunk))); err != nil {
			return err
		}
	}
	if kind.retain != nil {
		chunk = kind.keepAll(nil, chunk)
	}
	m.hashes = hashKeys(&m.ops, chunk, m.hashes)
	m.warm(m.hashes)
	part := m.part(len(chunk))
	for i := range chunk {
		r, fresh := m.findHashed(&chunk[i].Key, m.hashes[i])
		if fresh {
			r.start = int32(len(m.entries) - 1)
		}
		r.n++
		part.rows = append(part.rows, r.start)
		part.vals = append(part.vals, chunk[i].Val)
	}
	m.n += len(chunk)
	return nil
}

// part is a part with room for n values.
func (m *multimap[K, W]) part(n int) *addedPart[W] {
	if l := len(m.parts); l > 0 && cap(m.parts[l-1].vals)-len(m.parts[l-1].vals) >= n {
		return &m.parts[l-1]
	}
	n = max(n, min(m.n, mostPart))
	m.parts = append(m.parts, addedPart[W]{make([]int32, 0, n), make([]W, 0, n)})
	return &m.parts[len(m.parts)-1]
}

// all gives the values with their entries, in the order in which they were added. It holds until seal.
func (m *multimap[K, W]) all() iter.Seq2[int32, W] {
	return func(yield func(int32, W) bool) {
		for _, p := range m.parts {
			for i, v := range p.vals {
				if !yield(p.rows[i], v) {
					return
				}
			}
		}
	}
}

// spread writes the pairs in the order in which they were added, each to the part of its key at a depth, and lets go of
// them.
func (m *multimap[K, W]) spread(w *blockWriter, depth int) error {
	rows := make([]Pair[K, W], 0, maxChunk)
	put := func() error {
		defer func() { rows = rows[:0] }()
		return w.put(spreadKeys(&m.ops, depth, rows), rows)
	}
	for i, v := range m.all() {
		if rows = append(rows, Pair[K, W]{m.entries[i].Key, v}); len(rows) == maxChunk {
			if err := put(); err != nil {
				return err
			}
		}
	}
	err := put()
	m.table, m.parts = nil, nil
	return err
}

// seal brings the values of each key together.
func (m *multimap[K, W]) seal() {
	at := int32(0)
	for i := range m.entries {
		r := &m.entries[i].Val
		r.start, at, r.n = at, at+r.n, 0
	}
	m.vals = make([]W, m.n)
	for i, v := range m.all() {
		r := &m.entries[i].Val
		m.vals[r.start+r.n] = v
		r.n++
	}
	m.parts = nil
}

// lookup gives the values of a key, after seal.
func (m *multimap[K, W]) lookup(k *K, hash uint64) []W {
	r := m.lookupHashed(k, hash)
	if r == nil {
		return nil
	}
	return m.vals[r.start : r.start+r.n : r.start+r.n]
}

// groupBlock is how many values are allocated at once for groups that have fewer: who keeps one group keeps no more.
const groupBlock = mostPart

// groups gives the keys with their values, in slices of their own, and empties the multimap. It takes the place of
// seal. It is false when the consumer wants no more.
func (m *multimap[K, W]) groups(yield func([]Pair[K, []W], error) bool) (more bool) {
	groups := make([]Pair[K, []W], len(m.entries))
	var block []W
	for i := range m.entries {
		n := int(m.entries[i].Val.n)
		if cap(block)-len(block) < n {
			block = make([]W, 0, max(n, min(groupBlock, m.n)))
		}
		at := len(block)
		block = block[:at+n]
		groups[i] = Pair[K, []W]{m.entries[i].Key, block[at : at : at+n]}
	}
	for i, v := range m.all() {
		g := &groups[i].Val
		*g = append(*g, v)
	}
	m.parts, m.n = nil, 0
	for chunk := range slices.Chunk(groups, maxChunk) {
		if !yield(chunk, nil) {
			return false
		}
	}
	return true
}
