package functions

import (
	"math/bits"
	"slices"
)

// nansLast moves NaNs to the end and returns how many other values there are.
func nansLast(v []float64) int {
	n := len(v)
	for i := 0; i < n; {
		if v[i] == v[i] {
			i++
			continue
		}
		n--
		v[i], v[n] = v[n], v[i]
	}
	return n
}

// selectSorted is the number of values up to which sorting is faster than parting them.
const selectSorted = 32

// selectNth returns the value that would stand at place k if v, which has no NaNs, were in ascending order. It moves the values about, such that further
// calls have less to do: no value before place k is greater, none after it smaller.
func selectNth(v []float64, k int) float64 {
	all := v
	at := k
	for tries := 2 * bits.Len(uint(len(v))); len(v) > selectSorted && tries > 0; tries-- {
		lo, hi := parted(v)
		switch {
		case at <= hi:
			v = v[:hi+1]
		case at >= lo:
			v, at = v[lo:], at-lo
		default: // between the two stand values equal to the pivot
			return all[k]
		}
	}
	slices.Sort(v) // few are left, or the pivots were bad
	return all[k]
}

// parted moves the values not greater than a pivot to the front, up to hi, and those not smaller to the back, from lo on; hi < lo, and each part is shorter than v.
func parted(v []float64) (lo, hi int) {
	lo, hi = 0, len(v)-1
	pivot := median3(v[0], v[len(v)/2], v[hi])
	for lo <= hi {
		for v[lo] < pivot {
			lo++
		}
		for v[hi] > pivot {
			hi--
		}
		if lo <= hi {
			v[lo], v[hi] = v[hi], v[lo]
			lo++
			hi--
		}
	}
	return lo, hi
}

func median3(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }
