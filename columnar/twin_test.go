package columnar

import "testing"

// BenchmarkTwin runs kernels (by=kernel) and what one would write at first in their place (by=naive), on the same batch; bench/run.sh micro sets
// the two beside each other.
func BenchmarkTwin(b *testing.B) {
	x, y, s := benchInts(1), benchInts(2), benchStrings()
	all, out := AllRows(BatchRows), make([]int64, BatchRows)
	bound := NewConst(ScalarOf(int64(1<<29)), BatchRows)
	less := Compare(nil, Lt, x, bound, all)
	sel := make([]int32, 0, BatchRows)

	perRow(b, "less/by=kernel", func(p *Pool) { Compare(p, Lt, x, bound, all) })
	perRow(b, "less/by=naive", func(*Pool) { naiveLess(x, 1<<29) })
	perRow(b, "add/by=kernel", func(p *Pool) { _, _ = Arith(p, Add, true, x, y, BigIntType, all) })
	perRow(b, "add/by=naive", func(*Pool) { naiveAdd(x, y, out) })
	perRow(b, "select/by=kernel", func(*Pool) { sel = SelectTrue(less, all, sel) })
	perRow(b, "select/by=naive", func(*Pool) { sel = naiveSelect(less, sel[:0]) })
	hashes, idx := make([]uint64, BatchRows), make([]int32, BatchRows)
	for i := range idx {
		idx[i] = int32(i * 7 % BatchRows)
	}
	perRow(b, "hash/by=kernel", func(*Pool) { Hash([]Vector{s}, all, hashes) })
	perRow(b, "hash/by=naive", func(*Pool) { naiveHash(s, hashes) })
	perRow(b, "take/by=kernel", func(p *Pool) { Take(p, s, idx) })
	perRow(b, "take/by=naive", func(*Pool) { naiveTake(s, idx) })
}

func naiveLess(x *Fixed[int64], bound int64) []bool {
	out := make([]bool, x.Len())
	for i := range out {
		if !x.IsNull(i) {
			out[i] = x.Values[i] < bound
		}
	}
	return out
}

// naiveAdd looks for overflow row by row.
func naiveAdd(x, y *Fixed[int64], out []int64) bool {
	for i := range out {
		if x.IsNull(i) || y.IsNull(i) {
			continue
		}
		out[i] = x.Values[i] + y.Values[i]
		if (out[i] > x.Values[i]) != (y.Values[i] > 0) && y.Values[i] != 0 {
			return false
		}
	}
	return true
}

func naiveSelect(v Vector, dst []int32) []int32 {
	truth := v.(*Bool)
	for i := range truth.Len() {
		if !truth.IsNull(i) && truth.Bits.Get(i) {
			dst = append(dst, int32(i))
		}
	}
	return dst
}

// naiveHash is FNV-1a, a byte at a time.
func naiveHash(s *Strings, dst []uint64) {
	for i := range dst {
		h := uint64(14695981039346656037)
		for _, c := range s.At(i) {
			h = (h ^ uint64(c)) * 1099511628211
		}
		dst[i] = h
	}
}

func naiveTake(s *Strings, idx []int32) []string {
	out := make([]string, len(idx))
	for i, r := range idx {
		out[i] = string(s.At(int(r)))
	}
	return out
}
