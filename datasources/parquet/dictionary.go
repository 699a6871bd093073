package parquet

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"slices"

	"github.com/parquet-go/parquet-go/format"
)

// dictionary is a column chunk's dictionary and the code of each value.
type dictionary struct {
	first []int32 // of each entry: the first value like it
	plain []byte
	codes []int32
	slots []int32 // code + 1 by hash; 0: free
}

// maxEntries bounds dictionaries, as others' limit of 1 MB does. After tryValues values of which three in four are new, none is hoped for any more.
const (
	maxEntries = 32 << 10
	tryValues  = 4 << 10
)

// dictionary makes one if it pays: if values come twice or more.
func (l *leafBuffer) dictionary() *dictionary {
	d := &dictionary{}
	switch {
	case len(l.words) > 0 && !d.ofWords(l.words):
		return nil
	case len(l.words) > 0:
	case len(l.ends) == 0 || l.physical != format.ByteArray || !d.ofBytes(l):
		return nil
	}
	for _, i := range d.first {
		d.plain = l.appendPlain(d.plain, int(i), int(i)+1)
	}
	return d
}

// prepare makes room for n values, and returns how many bits of a hash are not needed.
func (d *dictionary) prepare(n int) (shift int) {
	size := 1 << bits.Len(uint(2*d.limit(n)))
	d.slots, d.codes = make([]int32, size), make([]int32, n)
	return 64 - bits.Len(uint(size-1))
}

func (d *dictionary) limit(n int) int { return min(maxEntries, n/2+1) }

// enter makes an entry of value i of n; false says that a dictionary does not pay.
func (d *dictionary) enter(at uint64, i, n int) bool {
	if len(d.first) >= d.limit(n) || i >= tryValues && len(d.first) > i/4*3 {
		return false
	}
	d.first = append(d.first, int32(i))
	d.slots[at], d.codes[i] = int32(len(d.first)), int32(len(d.first)-1)
	return true
}

func (d *dictionary) ofWords(values []int64) bool {
	shift := d.prepare(len(values))
	mask := uint64(len(d.slots) - 1)
next:
	for i, x := range values {
		at := uint64(x) * 0x9e3779b97f4a7c15 >> shift
		for ; d.slots[at] != 0; at = (at + 1) & mask {
			if c := d.slots[at] - 1; values[d.first[c]] == x {
				d.codes[i] = c
				continue next
			}
		}
		if !d.enter(at, i, len(values)) {
			return false
		}
	}
	return true
}

var dictionarySeed = maphash.MakeSeed()

func (d *dictionary) ofBytes(l *leafBuffer) bool {
	n := len(l.ends)
	shift := d.prepare(n)
	mask := uint64(len(d.slots) - 1)
next:
	for i := range n {
		b := l.bytes(i)
		at := maphash.Bytes(dictionarySeed, b) >> shift
		for ; d.slots[at] != 0; at = (at + 1) & mask {
			if c := d.slots[at] - 1; bytes.Equal(l.bytes(int(d.first[c])), b) {
				d.codes[i] = c
				continue next
			}
		}
		if !d.enter(at, i, n) {
			return false
		}
	}
	return true
}

// different is a leaf with each value of l once, if there is a dictionary of them; l otherwise.
func (d *dictionary) different(l *leafBuffer) *leafBuffer {
	if d == nil {
		return l
	}
	out := &leafBuffer{physical: l.physical, typ: l.typ, nulls: l.nulls}
	for _, i := range d.first {
		if len(l.words) > 0 {
			out.words = append(out.words, l.words[i])
			continue
		}
		out.data = append(out.data, l.bytes(int(i))...)
		out.ends = append(out.ends, len(out.data))
	}
	out.words = slices.Clip(out.words)
	return out
}
