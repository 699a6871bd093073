package physical

import (
	"math/bits"
	"sync"

	"github.com/gosql-engine/gosql/columnar"
)

// joinTable is the build side of a join with an index over its keys. It is immutable and shared by tasks.
//
// The key of a row becomes a word: exactly, by keyPacker, where the keys are integers that fit; else by hashing, and then candidates are
// compared with the keys themselves. Rows of one word form a chain in ascending order. Where the words are dense an array takes a word to its
// first row (2 ns a row even for tables beyond the cache, when the probe side comes in order); else open addressing does.
type joinTable struct {
	rows   columnar.Batch // dense; the columns that the join needs
	n      int            // rows, also where rows has been dropped
	nulls  bool           // some row has a NULL in a key that is not null-safe
	packer *keyPacker     // nil: words are hashes
	keys   []columnar.Vector

	nullSafe []bool
	dense    []int32 // by word: the first row plus 1; 0: none
	slots    []slot
	shift    uint    // of a mixed word, to get its slot
	region   int     // slots in one region less 1: probing stays within a region
	next     []int32 // the next row of the same word plus 1; nil if no two rows share a word
	filter   lazyFilter
}

// slot is an entry of the open addressing: a word and its first row plus 1, 0 where it is free.
type slot struct {
	word uint64
	row  int32
}

// exact says whether rows of equal words have equal keys.
func (t *joinTable) exact() bool { return t.packer != nil }

// densePerRow is up to how many array elements for each row an array by word is better than open addressing, which takes 32 bytes a row.
const densePerRow = 8

// parallelRows is from how many rows on a table is built by several goroutines.
const parallelRows = 64 << 10

// newJoinTable indexes rows by keys. With distinct, rows whose key is there already need not be found. It uses up to workers goroutines.
func newJoinTable(rows columnar.Batch, keys []columnar.Vector, nullSafe []bool, distinct bool, workers int) *joinTable {
	t := &joinTable{rows: rows, n: rows.Len, keys: keys, nullSafe: nullSafe}
	t.packer = newKeyPacker(keys, nullSafe, t.n)
	if t.n < parallelRows {
		workers = 1
	}
	words := make([]uint64, t.n)
	inParallel(workers, func(w int) {
		lo, hi := t.n*w/workers&^63, t.n*(w+1)/workers&^63 // bitmaps are cut at whole words
		if w == workers-1 {
			hi = t.n
		}
		part := make([]columnar.Vector, len(keys))
		for i, k := range keys {
			part[i] = k.Slice(lo, hi)
		}
		t.words(nil, part, columnar.AllRows(hi-lo), words[lo:hi])
	})
	for i, k := range keys {
		t.nulls = t.nulls || !nullSafe[i] && hasNull(k)
	}
	t.index(words, distinct && t.exact(), workers)
	return t
}

// hasNull says whether a vector certainly has a NULL.
func hasNull(v columnar.Vector) bool {
	if !v.HasNulls() {
		return false
	}
	for i := range v.Len() {
		if v.IsNull(i) {
			return true
		}
	}
	return false
}

// inParallel runs f for 0 to n-1, each on a goroutine of its own, and waits.
func inParallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := 1; i < n; i++ {
		wg.Go(func() { f(i) })
	}
	f(0)
	wg.Wait()
}

func (t *joinTable) words(pool *columnar.Pool, keys []columnar.Vector, rows columnar.Rows, dst []uint64) {
	if t.packer != nil {
		t.packer.words(pool, keys, rows, dst)
	} else {
		hashWords(keys, t.nullSafe, rows, dst)
	}
}

// index chains the rows by word. The workers share the words out by ranges, so that none waits for another; each reads all words, which is
// cheap, and writes where the others do not.
func (t *joinTable) index(words []uint64, distinct bool, workers int) {
	next := make([]int32, 0)
	if !distinct {
		next = make([]int32, t.n)
	}
	shared := make([]bool, workers) // some word has two rows
	if t.packer != nil && t.packer.size <= uint64(densePerRow*t.n)+1024 {
		t.dense = make([]int32, t.packer.size)
		inParallel(workers, func(w int) {
			lo, hi := t.packer.size*uint64(w)/uint64(workers), t.packer.size*uint64(w+1)/uint64(workers)
			shared[w] = chainDense(t.dense[lo:hi], lo, words, next)
		})
	} else {
		t.chainSlots(words, next, shared, workers)
	}
	for _, s := range shared {
		if s && !distinct {
			t.next = next
		}
	}
}

// chainDense enters the rows whose words are from lo on into their part of the array. Going backwards makes chains ascending. Without next
// the first row of a word stands alone.
func chainDense(heads []int32, lo uint64, words []uint64, next []int32) (shared bool) {
	for i := len(words) - 1; i >= 0; i-- {
		w := words[i] - lo
		if w >= uint64(len(heads)) {
			continue
		}
		if first := heads[w]; first != 0 {
			shared = true
			if len(next) > 0 {
				next[i] = first
			}
		}
		heads[w] = int32(i + 1)
	}
	return shared
}

// slotMul spreads words over slots: 2^64 divided by the golden ratio.
const slotMul = 0x9e3779b97f4a7c15

// chainSlots makes the open addressing, at most half full. Each worker has a region of its own, in which probing wraps around.
func (t *joinTable) chainSlots(words []uint64, next []int32, shared []bool, workers int) {
	size := 1 << bits.Len(uint(max(2*t.n, 16)-1))
	regions := 1 << (bits.Len(uint(workers)) - 1)
	t.slots, t.region, t.shift = make([]slot, size), size/regions-1, uint(64-bits.Len(uint(size-1)))
	full := make([]bool, regions)
	inParallel(regions, func(w int) {
		shared[w], full[w] = t.chainRegion(w, words, next)
	})
	for _, f := range full {
		if f { // words crowd in one region: only words that were chosen to do so
			clear(shared)
			t.chainSlots(words, next, shared, 1)
			return
		}
	}
}

// chainRegion enters the rows whose words belong to region w.
func (t *joinTable) chainRegion(w int, words []uint64, next []int32) (shared, full bool) {
	base, left := uint64(w*(t.region+1)), t.region
	for i := len(words) - 1; i >= 0; i-- {
		word := words[i]
		at := word * slotMul >> t.shift
		if at&^uint64(t.region) != base || word == noWord {
			continue
		}
		for t.slots[at].row != 0 && t.slots[at].word != word {
			at = base | (at+1)&uint64(t.region)
		}
		s := &t.slots[at]
		switch {
		case s.row == 0:
			if left--; left < 0 {
				return shared, true
			}
			s.word = word
		case len(next) > 0:
			next[i] = s.row
			fallthrough
		default:
			shared = true
		}
		s.row = int32(i + 1)
	}
	return shared, false
}

// find fills heads[i] with the first row of words[i], or -1.
func (t *joinTable) find(words []uint64, heads []int32) {
	heads = heads[:len(words)]
	if t.dense != nil {
		for i, w := range words {
			heads[i] = -1
			if w < uint64(len(t.dense)) {
				heads[i] = t.dense[w] - 1
			}
		}
		return
	}
	t.findSlots(words, heads)
}

// findSlots looks words up in the open addressing. It first takes each word's own slot, without a branch that depends on what is there, so
// that the processor has many slots under way at once; few words then have to go on.
func (t *joinTable) findSlots(words []uint64, heads []int32) {
	slots, mask := t.slots, uint64(len(t.slots)-1)
	for i, w := range words {
		s := &slots[w*slotMul>>t.shift&mask]
		head := s.row - 1 // -1 of a free slot
		if s.word != w && head >= 0 {
			head = elsewhere
		}
		heads[i] = head
	}
	region := uint64(t.region)
	for i, head := range heads {
		if head != elsewhere {
			continue
		}
		w := words[i]
		heads[i] = -1
		at := w * slotMul >> t.shift
		for w != noWord {
			at = at&^region | (at+1)&region
			s := &slots[at&mask]
			if s.row == 0 {
				break
			}
			if s.word == w {
				heads[i] = s.row - 1
				break
			}
		}
	}
}

// elsewhere marks a word whose own slot has another one.
const elsewhere = -2

// equalPairs keeps of the pairs (a's row ai[i], b's row bi[i]) those that are equal, NULL being equal to NULL. It shortens the slices in
// place.
func equalPairs(a columnar.Vector, ai []int32, b columnar.Vector, bi []int32) ([]int32, []int32) {
	switch x := a.(type) {
	case *columnar.Strings:
		if y, ok := b.(*columnar.Strings); ok && x.Valid == nil && y.Valid == nil {
			return keepPairs(ai, bi, func(i, j int32) bool { return x.EqualAt(int(i), y, int(j)) })
		}
	case *columnar.Fixed[int64]:
		if y, ok := b.(*columnar.Fixed[int64]); ok && x.Valid == nil && y.Valid == nil {
			return keepPairs(ai, bi, func(i, j int32) bool { return x.Values[i] == y.Values[j] })
		}
	case *columnar.Fixed[int32]:
		if y, ok := b.(*columnar.Fixed[int32]); ok && x.Valid == nil && y.Valid == nil {
			return keepPairs(ai, bi, func(i, j int32) bool { return x.Values[i] == y.Values[j] })
		}
	}
	return keepPairs(ai, bi, func(i, j int32) bool { return columnar.EqualAt(a, int(i), b, int(j)) })
}

func keepPairs(ai, bi []int32, keep func(i, j int32) bool) ([]int32, []int32) {
	n := 0
	for k, i := range ai {
		j := bi[k]
		ai[n], bi[n] = i, j
		if keep(i, j) {
			n++
		}
	}
	return ai[:n], bi[:n]
}
