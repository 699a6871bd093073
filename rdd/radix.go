package rdd

import (
	"math/bits"
	"slices"
)

// ranked is an element of a slice that is being sorted: its ordinal and its position.
type ranked struct {
	ord uint64
	at  uint32
}

// The radix sort spreads over up to 2^maxRadixBits buckets a pass, fewer for few elements, and leaves slices of up to
// insertionLength to a sort by insertion.
const (
	maxRadixBits    = 11
	insertionLength = 24
)

// sortRanked sorts by ordinal, stably: from the highest bits that differ, pass by pass. spare is as long as vs.
func sortRanked(vs, spare []ranked) {
	if len(vs) <= insertionLength {
		insertRanked(vs)
		return
	}
	least, most := vs[0].ord, vs[0].ord
	for i := range vs {
		least, most = min(least, vs[i].ord), max(most, vs[i].ord)
	}
	if least == most {
		return
	}
	wanted := min(max(bits.Len(uint(len(vs)))-3, 2), maxRadixBits)
	shift := max(bits.Len64(most-least)-wanted, 0)
	var ends [1<<maxRadixBits + 1]uint32
	buckets := int((most-least)>>shift) + 1
	for i := range vs {
		ends[(vs[i].ord-least)>>shift+1]++
	}
	for b := range buckets {
		ends[b+1] += ends[b]
	}
	for i := range vs { // ends[b] moves from the start of bucket b to its end
		b := (vs[i].ord - least) >> shift
		spare[ends[b]] = vs[i]
		ends[b]++
	}
	copy(vs, spare)
	if shift == 0 {
		return
	}
	from := uint32(0)
	for _, to := range ends[:buckets] {
		if to-from > 1 {
			sortRanked(vs[from:to], spare[from:to])
		}
		from = to
	}
}

// insertRanked sorts few elements, stably.
func insertRanked(vs []ranked) {
	for i := 1; i < len(vs); i++ {
		v, j := vs[i], i
		for j > 0 && vs[j-1].ord > v.ord {
			vs[j] = vs[j-1]
			j--
		}
		vs[j] = v
	}
}

// settleTies sorts each run of equal ordinals by order, equal elements by position.
func settleTies(vs []ranked, order func(a, b uint32) int) {
	for from := 0; from < len(vs); {
		to := from + 1
		for to < len(vs) && vs[to].ord == vs[from].ord {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(vs[from:to], func(a, b ranked) int {
				if c := order(a.at, b.at); c != 0 {
					return c
				}
				return int(a.at) - int(b.at)
			})
		}
		from = to
	}
}
