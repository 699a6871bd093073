package physical

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
)

// keyOrders are streams of integer keys: in order for long, for a while, or not at all; nulls say where a NULL stands.
func keyOrders(r *rand.Rand) map[string]func(i int) (k int64, null bool) {
	return map[string]func(i int) (int64, bool){
		"ascending":              func(i int) (int64, bool) { return int64(i), false },
		"repeating":              func(i int) (int64, bool) { return int64(i / 5), false },
		"one value":              func(int) (int64, bool) { return 42, false },
		"descending":             func(i int) (int64, bool) { return int64(-i), false },
		"random":                 func(int) (int64, bool) { return int64(r.IntN(3000)), false },
		"ascending, then random": func(i int) (int64, bool) { return int64(max(i, r.IntN(5000))), false },
		"ascending, one back":    func(i int) (int64, bool) { return int64(i - 7*(i/4000%2)), false },
		"again and again":        func(i int) (int64, bool) { return int64(i % 3000), false },
		"NULL first":             func(i int) (int64, bool) { return int64(i), i == 0 },
		"NULL later":             func(i int) (int64, bool) { return int64(i / 3), i > 4000 && i%100 == 0 },
		"NULLs alone":            func(int) (int64, bool) { return 0, true },
		"extremes":               func(i int) (int64, bool) { return []int64{math.MinInt64, -1, 0, math.MaxInt64}[min(i/2000, 3)], false },
	}
}

// TestIntGroups: groups are numbered by first occurrence, whatever order the keys come in, before and after a reset.
func TestIntGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, key := range keyOrders(r) {
		for _, sparse := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %v", name, sparse), func(t *testing.T) {
				g := newIntGroups(columnar.BigIntType)
				for round := range 3 {
					checkIntGroups(t, g, 3000+3000*round, key, sparse)
					g.reset()
				}
			})
		}
	}
}

func checkIntGroups(t *testing.T, g *intGroups, n int, key func(i int) (int64, bool), sparse bool) {
	type value struct {
		k    int64
		null bool
	}
	numbers := map[value]uint32{}
	var order []value
	for lo := 0; lo < n; lo += 700 {
		m := min(700, n-lo)
		b := columnar.NewBuilder(columnar.BigIntType, m)
		rows, want := columnar.AllRows(m), []uint32{}
		if sparse {
			rows.Sel = []int32{}
		}
		for i := range m {
			k, null := key(lo + i)
			if null {
				k = 0
				b.AppendNull()
			} else {
				b.Append(columnar.ScalarOf(k), 0)
			}
			if sparse && i%3 == 1 {
				continue
			}
			v := value{k, null}
			if _, ok := numbers[v]; !ok {
				numbers[v] = uint32(len(order))
				order = append(order, v)
			}
			want = append(want, numbers[v])
			if sparse {
				rows.Sel = append(rows.Sel, int32(i))
			}
		}
		got := make([]uint32, rows.Count())
		g.assign([]columnar.Vector{b.Build()}, rows, got)
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("row %d is in group %d, want %d", lo+i, got[i], want[i])
			}
		}
	}
	keys := g.keys()[0]
	if g.len() != len(order) || keys.Len() != len(order) {
		t.Fatalf("%d groups, want %d", g.len(), len(order))
	}
	for i, v := range order {
		if keys.IsNull(i) != v.null || !v.null && columnar.Int64At(keys, i) != v.k {
			t.Fatalf("group %d is %s, want %v", i, columnar.FormatValue(keys, i), v)
		}
	}
}
