package functions

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSelectNth(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	shapes := map[string]func(i, n int) float64{
		"random":     func(int, int) float64 { return r.Float64() },
		"few values": func(int, int) float64 { return float64(r.IntN(3)) },
		"equal":      func(int, int) float64 { return 7 },
		"ascending":  func(i, _ int) float64 { return float64(i) },
		"descending": func(i, n int) float64 { return float64(n - i) },
		"organ pipe": func(i, n int) float64 { return float64(min(i, n-i)) },
		"infinite":   func(i, _ int) float64 { return []float64{math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1)}[i%4] },
		"some NaN":   func(i, _ int) float64 { return []float64{math.NaN(), float64(i), 1}[r.IntN(3)] },
		"all NaN":    func(int, int) float64 { return math.NaN() },
	}
	for name, value := range shapes {
		for _, n := range []int{1, 2, 3, 31, 33, 100, 5000} {
			v := make([]float64, n)
			for i := range v {
				v[i] = value(i, n)
			}
			want := slices.Clone(v)
			slices.Sort(want) // NaNs first
			known := nansLast(v)
			want = want[n-known:]
			for range 20 {
				if known == 0 {
					break
				}
				k := r.IntN(known)
				if got := selectNth(v[:known], k); got != want[k] {
					t.Fatalf("%s: place %d of %d is %v, want %v", name, k, n, got, want[k])
				}
			}
			for _, x := range v[known:] {
				if x == x {
					t.Fatalf("%s: %v stands behind the NaNs", name, x)
				}
			}
		}
	}
}
