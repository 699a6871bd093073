package rdd

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSampleSizes compares means and variances with those of the distributions: a count of n elements sampled with
// probability f has the variance n·f·(1-f), and n·f with replacement.
func TestSampleSizes(t *testing.T) {
	sc := newTestContext(t)
	const n = 40_000
	r := Range(sc, 0, n, 1, 4)
	for _, replace := range []bool{false, true} {
		for _, f := range []float64{0, 1e-3, 0.1, 0.39, 0.41, 0.9, 1} {
			variance := n * f
			if !replace {
				variance *= 1 - f
			}
			got := must[[]int64](t)(r.Sample(replace, f, 42).Collect(context.Background()))
			if off := math.Abs(float64(len(got)) - n*f); off > 5*math.Sqrt(variance) {
				t.Errorf("replace %v, fraction %v: %d of %d", replace, f, len(got), n)
			}
			if !slices.IsSorted(got) {
				t.Errorf("replace %v, fraction %v: the order has changed", replace, f)
			}
			if repeats := len(got) - len(slices.Compact(slices.Clone(got))); (repeats > 0) != (replace && f >= 0.1) && f != 1e-3 {
				t.Errorf("replace %v, fraction %v: %d repeats", replace, f, repeats)
			}
		}
	}
}

// TestSamplers draws long sequences and compares how often each number of copies comes, for fractions on both sides of
// the limit for gaps.
func TestSamplers(t *testing.T) {
	const n = 200_000
	for _, f := range []float64{0.05, 0.399, 0.401, 2.5} {
		for _, replace := range []bool{false, true} {
			if !replace && f > 1 {
				continue
			}
			next, seen := copiesOf(rand.New(rand.NewPCG(1, 2)), replace, f), [3]int{}
			for range n {
				if k := next(); k < len(seen) {
					seen[k]++
				}
			}
			want := [3]float64{1 - f, f, 0}
			if replace {
				want = [3]float64{math.Exp(-f), f * math.Exp(-f), f * f / 2 * math.Exp(-f)}
			}
			for k, p := range want {
				if off := math.Abs(float64(seen[k]) - n*p); off > 5*math.Sqrt(n*p*(1-p)) {
					t.Errorf("fraction %v, replace %v: %d copies came %d times, want about %.0f", f, replace, k, seen[k], n*p)
				}
			}
		}
	}
}

func TestSampleSeeds(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	same := Parallelize(sc, make([]int64, 4000), 2)
	for _, f := range []float64{0.2, 0.8} {
		pick := func(seed uint64) []Pair[int64, int64] {
			return must[[]Pair[int64, int64]](t)(ZipWithIndex(same).Sample(false, f, seed).Collect(ctx))
		}
		a, b, c := pick(7), pick(7), pick(8)
		if !slices.Equal(a, b) {
			t.Errorf("fraction %v: one seed gave two samples", f)
		}
		if slices.Equal(a, c) {
			t.Errorf("fraction %v: two seeds gave one sample", f)
		}
		var first, second []int64
		for _, p := range a {
			if p.Val < 2000 {
				first = append(first, p.Val)
			} else {
				second = append(second, p.Val-2000)
			}
		}
		if slices.Equal(first, second) {
			t.Errorf("fraction %v: both partitions were sampled alike", f)
		}
	}
}

func TestRandomSplit(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	r := Range(sc, 0, 10_000, 1, 3)
	for _, weights := range [][]float64{{1}, {1, 1}, {6, 3, 1}, {0, 1, 0}, {0.1, 0.2, 0.3, 0.1}} {
		parts, err := r.RandomSplit(weights, 11)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, w := range weights {
			sum += w
		}
		var all []int64
		for i, p := range parts {
			got := must[[]int64](t)(p.Collect(ctx))
			again := must[[]int64](t)(p.Collect(ctx))
			if !slices.Equal(got, again) {
				t.Errorf("%v: part %d differs from run to run", weights, i)
			}
			if want := 10_000 * weights[i] / sum; math.Abs(float64(len(got))-want) > 250 {
				t.Errorf("%v: part %d has %d elements, want about %.0f", weights, i, len(got), want)
			}
			all = append(all, got...)
		}
		slices.Sort(all)
		if len(all) != 10_000 || len(slices.Compact(all)) != 10_000 {
			t.Errorf("%v: the parts do not hold each element once", weights)
		}
	}
	for _, weights := range [][]float64{nil, {0, 0}, {1, -1}, {math.NaN()}, {1, math.Inf(1)}, {math.MaxFloat64, math.MaxFloat64}} {
		if _, err := r.RandomSplit(weights, 1); err == nil {
			t.Errorf("weights %v were accepted", weights)
		}
	}
}

// strata has 1000 pairs of key 0, 101 of key 1, 7 of NaN and 1 of key 3.
func strata(sc *Context) *RDD[Pair[float64, int]] {
	var pairs []Pair[float64, int]
	for k, n := range map[float64]int{0: 1000, 1: 101, math.NaN(): 7, 3: 1} {
		for i := range n {
			pairs = append(pairs, KV(k, i))
		}
	}
	slices.SortFunc(pairs, func(a, b Pair[float64, int]) int { return a.Val - b.Val })
	return Parallelize(sc, pairs, 5)
}

func TestSampleByKeyExact(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	fractions := map[float64]float64{0: 0.25, 1: 0.5, math.NaN(): 0.3, 3: 0.01}
	for _, replace := range []bool{false, true} {
		for seed := range uint64(5) {
			got := must[[]Pair[float64, int]](t)(SampleByKeyExact(strata(sc), replace, fractions, seed).Collect(ctx))
			counts, values := map[string]int{}, map[string]bool{}
			for _, p := range got {
				counts[fmt.Sprint(p.Key)]++
				values[fmt.Sprint(p)] = true
			}
			if want := "map[0:250 1:51 3:1 NaN:3]"; fmt.Sprint(counts) != want {
				t.Errorf("replace %v, seed %d: %v, want %s", replace, seed, counts, want)
			}
			if once := len(values) == len(got); once == replace {
				t.Errorf("replace %v, seed %d: %d different values of %d", replace, seed, len(values), len(got))
			}
		}
	}
	all := must[int64](t)(SampleByKeyExact(strata(sc), false, map[float64]float64{0: 1, 1: 1.5, math.NaN(): 1, 3: 0}, 1).Count(ctx))
	if all != 1108 {
		t.Errorf("fractions of 1 and more gave %d pairs, want all 1108", all)
	}
}

// TestExactSamplesAreFair takes half of 8 pairs, over partitions of different sizes, many times: each must be in about
// half of the samples.
func TestExactSamplesAreFair(t *testing.T) {
	counts := []keyShares[int]{{{1, keyShare{count: 1}}}, {{1, keyShare{count: 5}}}, {}, {{1, keyShare{count: 2}}}}
	const rounds = 4000
	for _, replace := range []bool{false, true} {
		hits := [8]int{}
		for seed := range uint64(rounds) {
			fresh := make([]keyShares[int], len(counts))
			for i := range counts {
				fresh[i] = slices.Clone(counts[i])
			}
			at := 0
			for p, s := range shareOut(fresh, map[int]float64{1: 0.5}, replace, seed) {
				draw := s.drawer(partitionRandom(seed, p), replace)
				for _, e := range counts[p] {
					for range e.Val.count {
						hits[at] += draw(1)
						at++
					}
				}
			}
		}
		for i, n := range hits {
			if math.Abs(float64(n)-rounds/2) > 250 {
				t.Errorf("replace %v: element %d was taken %d times in %d rounds, want about half", replace, i, n, rounds)
			}
		}
	}
}

func TestSampleByKey(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	r := KeyBy(Range(sc, 0, 20_000, 1, 3), func(v int64) int64 { return v % 2 })
	for _, replace := range []bool{false, true} {
		got := map[int64]int{}
		for _, p := range must[[]Pair[int64, int64]](t)(SampleByKey(r, replace, map[int64]float64{0: 0.1, 1: 0.6}, 3).Collect(ctx)) {
			got[p.Key]++
		}
		if math.Abs(float64(got[0]-1000)) > 200 || math.Abs(float64(got[1]-6000)) > 400 {
			t.Errorf("replace %v: %v", replace, got)
		}
	}
	again := func() []Pair[int64, int64] {
		return must[[]Pair[int64, int64]](t)(SampleByKey(r, true, map[int64]float64{0: 0.1, 1: 0.6}, 3).Collect(ctx))
	}
	if !slices.Equal(again(), again()) {
		t.Error("one seed gave two samples")
	}
}

func TestSamplesThatMakeNoSense(t *testing.T) {
	sc := newTestContext(t)
	r := Range(sc, 0, 10, 1, 2)
	pairs := byParity(r)
	nan := math.NaN()
	for name, count := range map[string]func(context.Context, ...Option) (int64, error){
		"negative":           r.Sample(false, -0.1, 1).Count,
		"negative, replaced": r.Sample(true, -0.1, 1).Count,
		"above 1":            r.Sample(false, 1.1, 1).Count,
		"NaN":                r.Sample(true, nan, 1).Count,
		"infinite":           r.Sample(true, math.Inf(1), 1).Count,
		"negative of a key":  SampleByKey(pairs, false, map[int64]float64{0: -1}, 1).Count,
		"unknown key":        SampleByKey(pairs, false, map[int64]float64{0: 1}, 1).Count,
		"exact: negative":    SampleByKeyExact(pairs, false, map[int64]float64{0: -1}, 1).Count,
		"exact: unknown key": SampleByKeyExact(pairs, false, map[int64]float64{0: 1}, 1).Count,
	} {
		if n, err := count(context.Background()); err == nil {
			t.Errorf("%s: %d elements and no error", name, n)
		}
	}
}
