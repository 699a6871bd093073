package columnar

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestHashAgreesWithEquality: equal rows hash equally in every form, and the sample values, which differ, hash differently.
func TestHashAgreesWithEquality(t *testing.T) {
	eachCase(t, func(t *testing.T, r *rand.Rand, _ *Pool, typ Type, f, g form, rows Rows) {
		a, b := randomVector(r, typ, rows.N, f), randomVector(r, typ, rows.N, g)
		ha, hb := make([]uint64, rows.Count()), make([]uint64, rows.Count())
		Hash([]Vector{a}, rows, ha)
		Hash([]Vector{b}, rows, hb)
		for i := range ha {
			k := rows.Row(i)
			if EqualAt(a, k, b, k) != (ha[i] == hb[i]) {
				t.Fatalf("forms %d and %d, row %d: equal %v, hashes %x %x", f, g, k, EqualAt(a, k, b, k), ha[i], hb[i])
			}
		}
	})
}

func TestHashSpreads(t *testing.T) {
	const n = 1 << 16
	ints, texts := make([]int64, n), NewStringsBuilder(nil, StringType, n)
	for i := range ints {
		ints[i] = int64(i) << 20
		texts.AppendString(fmt.Sprintf("customer number %09d", i))
	}
	f := func(name string, cols ...Vector) {
		h := make([]uint64, n)
		Hash(cols, AllRows(n), h)
		seen := map[uint64]bool{}
		var low, high [256]int
		for _, x := range h {
			seen[x] = true
			low[x&255]++
			high[x>>56]++
		}
		if len(seen) != n {
			t.Errorf("%s: %d of %d hashes differ", name, len(seen), n)
		}
		for i := range low {
			if low[i] < n/256/2 || low[i] > n/256*2 || high[i] < n/256/2 || high[i] > n/256*2 {
				t.Errorf("%s: bucket %d holds %d by the low byte, %d by the high, of %d expected", name, i, low[i], high[i], n/256)
			}
		}
	}
	a, b := NewFixed(BigIntType, ints, nil), texts.Build()
	f("bigint", a)
	f("string", b)
	f("two columns", a, b)
	f("a column twice", a, a)
}

func TestHashOrderOfColumnsMatters(t *testing.T) {
	h := make([]uint64, 2)
	Hash([]Vector{ScalarOf(int64(1)), ScalarOf(int64(2))}, AllRows(1), h[:1])
	Hash([]Vector{ScalarOf(int64(2)), ScalarOf(int64(1))}, AllRows(1), h[1:])
	if h[0] == h[1] {
		t.Error("(1, 2) and (2, 1) hash alike")
	}
}
