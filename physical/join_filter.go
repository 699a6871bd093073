package physical

import (
	"math/bits"
	"sync"

	"github.com/gosql-engine/gosql/columnar"
)

// keyFilter says of most words that a table does not have that it does not have them, and never of one that it has. It takes few bits a
// key, so that it stays in a cache that the table itself is too large for, and it is asked without branches.
type keyFilter struct {
	bits  []uint64
	exact bool // bit w stands for word w, and the last element is 0; else a word has two bits of the element that its hash chooses
	shift uint // of a hash, to get the element
}

const (
	exactBitsPerRow = 32      // up to how many bits a key a filter by word may take
	exactBitsAlways = 1 << 20 // or up to how many in all
	hashBitsPerRow  = 16      // of a filter by hash: it lets about 1 in 60 pass that should not
)

// newKeyFilter makes the filter of a table's words; nil if there is none to be had.
func newKeyFilter(t *joinTable) *keyFilter {
	if t.packer != nil && t.packer.size <= max(uint64(exactBitsPerRow*t.n), exactBitsAlways) {
		f := &keyFilter{bits: make([]uint64, t.packer.size/64+2), exact: true}
		t.eachWord(func(w uint64) { f.bits[w>>6] |= 1 << (w & 63) })
		return f
	}
	size := 1 << bits.Len(uint(max(t.n*hashBitsPerRow/64, 16)-1))
	f := &keyFilter{bits: make([]uint64, size), shift: uint(64 - bits.Len(uint(size-1)))}
	t.eachWord(func(w uint64) {
		h := w * slotMul
		f.bits[h>>f.shift] |= hashMask(h)
	})
	return f
}

// hashMask is the two bits that stand for a hash within its element. They are chosen by other bits of the hash than the element.
func hashMask(h uint64) uint64 { return 1<<(h>>34&63) | 1<<(h>>28&63) }

// eachWord calls f for every word of the table, some perhaps several times.
func (t *joinTable) eachWord(f func(w uint64)) {
	for w, r := range t.dense {
		if r != 0 {
			f(uint64(w))
		}
	}
	for i := range t.slots {
		if s := &t.slots[i]; s.row != 0 {
			f(s.word)
		}
	}
}

// narrow keeps of words, which belong to rows, those that the table may have, and puts their rows into sel, which is as long as words.
func (f *keyFilter) narrow(words []uint64, rows columnar.Rows, sel []int32) ([]uint64, []int32) {
	sel = sel[:len(words)]
	if rows.Sel == nil {
		for i := range sel {
			sel[i] = int32(i)
		}
	} else {
		copy(sel, rows.Sel)
	}
	k := 0
	if f.exact {
		last := uint64(len(f.bits) - 1)
		for i, w := range words {
			words[k], sel[k] = w, sel[i]
			k += int(f.bits[min(w>>6, last)] >> (w & 63) & 1)
		}
		return words[:k], sel[:k]
	}
	for i, w := range words {
		words[k], sel[k] = w, sel[i]
		h := w * slotMul
		missing := ^f.bits[h>>f.shift] & hashMask(h)
		k += int((missing - 1) >> 63 &^ (missing >> 63)) // 1 if no bit is missing
	}
	return words[:k], sel[:k]
}

// dropsUnmatched says whether probe rows without a match have no part in the result.
func (m joinMode) dropsUnmatched() bool {
	return m.probeSemi || m.buildSemi || m.buildAnti || m.pairs && !m.keepProbe
}

// lazyFilter makes the filter of a table when the first task wants it.
type lazyFilter struct {
	once   sync.Once
	filter *keyFilter
}

func (l *lazyFilter) of(t *joinTable) *keyFilter {
	l.once.Do(func() { l.filter = newKeyFilter(t) })
	return l.filter
}

// filterSample is how many rows are looked up before it is decided whether a filter pays.
const filterSample = 4 * columnar.BatchRows

// adaptiveFilter decides in one task whether the filter is asked: while less than half of the rows are found without it, and no more than
// three quarters pass it.
type adaptiveFilter struct {
	filter     *keyFilter // nil: not asked
	seen, hits int        // of the sample
	decided    bool
	off        bool // for good
}

// watch counts rows looked up without the filter and those found.
func (a *adaptiveFilter) watch(t *joinTable, heads []int32) {
	if a.off || a.decided {
		return
	}
	for _, h := range heads {
		a.hits += int(^uint32(h) >> 31)
	}
	if a.seen += len(heads); a.seen < filterSample {
		return
	}
	a.decided, a.off = true, 2*a.hits > a.seen
	if !a.off {
		a.filter, a.seen, a.hits = t.filter.of(t), 0, 0
	}
}

// narrow asks the filter and looks whether it is worth it.
func (a *adaptiveFilter) narrow(words []uint64, rows columnar.Rows, sel []int32) ([]uint64, []int32) {
	a.seen += len(words)
	words, sel = a.filter.narrow(words, rows, sel)
	if a.hits += len(words); a.seen >= filterSample {
		if 4*a.hits > 3*a.seen {
			a.filter, a.off = nil, true
		}
		a.seen, a.hits = 0, 0
	}
	return words, sel
}
