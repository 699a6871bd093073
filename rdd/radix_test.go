package rdd

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortRankedIsStable(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	for name, draw := range map[string]func() uint64{
		"wide":    random.Uint64,
		"few":     func() uint64 { return random.Uint64N(5) },
		"ends":    func() uint64 { return random.Uint64N(3) - 1 },
		"skewed":  func() uint64 { return 1 << random.UintN(64) },
		"cluster": func() uint64 { return random.Uint64N(2)<<63 + random.Uint64N(1000) },
	} {
		for _, n := range []int{0, 1, 2, 24, 25, 300, 10_000} {
			vs := make([]ranked, n)
			for i := range vs {
				vs[i] = ranked{draw(), uint32(i)}
			}
			want := slices.Clone(vs)
			slices.SortStableFunc(want, func(a, b ranked) int { return cmp.Compare(a.ord, b.ord) })
			if sortRanked(vs, make([]ranked, n)); !slices.Equal(vs, want) {
				t.Errorf("%s, %d elements, seed %d: out of order", name, n, seed)
			}
		}
	}
}

// sortsAs compares SortByKey with a stable sort by compareKeys, both ways.
func sortsAs[K cmp.Ordered](t *testing.T, sc *Context, keys []K) {
	t.Helper()
	pairs := make([]Pair[K, int], 0, 8*len(keys))
	for i := range 8 * len(keys) {
		pairs = append(pairs, KV(keys[mix64(uint64(i))%uint64(len(keys))], i))
	}
	for _, opts := range [][]Option{{NumPartitions(3)}, {NumPartitions(3), Descending()}} {
		want := slices.Clone(pairs)
		order := keyOrder[K, int](compareKeys[K], newSettings(opts).descending)
		slices.SortStableFunc(want, order.compare)
		got := must[[]Pair[K, int]](t)(SortByKey(Parallelize(sc, pairs, 4), opts...).Collect(context.Background()))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%T, descending %v: %v\n want %v", keys[0], newSettings(opts).descending, got, want)
		}
	}
}

func TestOrdinalsSortAsComparisonsDo(t *testing.T) {
	sc := newTestContext(t)
	sortsAs(t, sc, []int8{-128, -1, 0, 1, 127})
	sortsAs(t, sc, []uint8{0, 1, 128, 255})
	sortsAs(t, sc, []int32{math.MinInt32, -5, 0, 7, math.MaxInt32})
	sortsAs(t, sc, []int{math.MinInt64, -5, 0, 7, math.MaxInt64})
	sortsAs(t, sc, []uint64{0, 1, 1 << 63, math.MaxUint64})
	sortsAs(t, sc, []float32{float32(math.Inf(-1)), -1.5, 0, 1e-30, float32(math.NaN()), float32(math.Inf(1))})
	sortsAs(t, sc, []float64{math.Inf(-1), -1.5, math.Copysign(0, -1), 0, 5e-324, math.NaN(), math.Inf(1), -math.NaN()})
	sortsAs(t, sc, []string{"", "a", "a\x00", "abcdefgh", "abcdefghi", "abcdefgha", "\xff", "é", "abcdefg"})
}

// TestMergeSortIsStable: as sorting in place, for every small length and many equal elements.
func TestMergeSortIsStable(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 2, 3, 24, 25, 26, 49, 50, 51, 99, 100, 1000, 10_001} {
		for _, distinct := range []int{1, 2, n/3 + 1, 10*n + 1} {
			vs := make([][2]int, n)
			for i := range vs {
				vs[i] = [2]int{random.IntN(distinct), i}
			}
			want := slices.Clone(vs)
			byFirst := func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) }
			slices.SortStableFunc(want, byFirst)
			if mergeSort(vs, make([][2]int, n/2), byFirst); !slices.Equal(vs, want) {
				t.Errorf("%d elements, %d distinct", n, distinct)
			}
		}
	}
}
