package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"testing"
)

// near tells whether two floats are the same but for rounding.
func near(a, b float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b))
}

var nan, inf = math.NaN(), math.Inf(1)

// statisticsFacts are what Spark 4.3 says of lists in some partitions: raw is count, mean, sum, max, min, variance and
// sample variance of the StatCounter; largest and smallest are those of the RDD, which order NaN above all.
var statisticsFacts = []struct {
	name, text        string
	in                []float64
	parts             int
	raw               [7]float64
	sum               float64
	largest, smallest float64
}{
	{"numbers", "(count: 10, mean: 5.500000, stdev: 2.872281, max: 10.000000, min: 1.000000)",
		[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 3, [7]float64{10, 5.5, 55, 10, 1, 8.25, 9.166666666666666}, 55, 10, 1},
	{"tenths", "(count: 9, mean: 11.383333, stdev: 31.458085, max: 100.250000, min: -3.500000)",
		[]float64{0.1, 0.2, 0.3, 0.4, 0.7, 1.1, 2.9, 100.25, -3.5}, 4,
		[7]float64{9, 11.383333333333333, 102.44999999999999, 100.25, -3.5, 989.6111111111111, 1113.3125}, 102.45, 100.25, -3.5},
	{"one element", "(count: 1, mean: 3.500000, stdev: 0.000000, max: 3.500000, min: 3.500000)",
		[]float64{3.5}, 3, [7]float64{1, 3.5, 3.5, 3.5, 3.5, 0, nan}, 3.5, 3.5, 3.5},
	{"empty partitions", "(count: 0, mean: 0.000000, stdev: NaN, max: -Infinity, min: Infinity)",
		nil, 2, [7]float64{0, 0, 0, -inf, inf, nan, nan}, 0, nan, nan},
	{"NaN", "(count: 3, mean: NaN, stdev: NaN, max: NaN, min: NaN)",
		[]float64{1, nan, 3}, 2, [7]float64{3, nan, nan, nan, nan, nan, nan}, nan, nan, 1},
	{"infinity", "(count: 3, mean: NaN, stdev: NaN, max: Infinity, min: 1.000000)",
		[]float64{1, inf, 3}, 2, [7]float64{3, nan, nan, inf, 1, nan, nan}, inf, inf, 1},
	{"infinity and NaN", "(count: 2, mean: NaN, stdev: NaN, max: NaN, min: NaN)",
		[]float64{inf, nan}, 1, [7]float64{2, nan, nan, nan, nan, nan, nan}, nan, nan, inf},
	{"far from zero", "(count: 4, mean: 1000000010.000000, stdev: 4.743416, max: 1000000016.000000, min: 1000000004.000000)",
		[]float64{1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16}, 2, [7]float64{4, 1.00000001e9, 4.00000004e9, 1.000000016e9, 1.000000004e9, 22.5, 30}, 4.00000004e9, 1.000000016e9, 1.000000004e9},
	{"halves of the last digit", "(count: 3, mean: 0.000002, stdev: 0.000001, max: 0.000003, min: 0.000001)",
		[]float64{5e-7, 1.5e-6, 2.5e-6}, 1, [7]float64{3, 1.5e-6, 4.5e-6, 2.5e-6, 5e-7, 6.666666666666668e-13, 1.0000000000000002e-12}, 4.5e-6, 2.5e-6, 5e-7},
	{"all equal", "(count: 3, mean: 2.000000, stdev: 0.000000, max: 2.000000, min: 2.000000)",
		[]float64{2, 2, 2}, 2, [7]float64{3, 2, 6, 2, 2, 0, 0}, 6, 2, 2},
}

func TestStatisticsAsSpark(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	for _, c := range statisticsFacts {
		r := Parallelize(sc, c.in, c.parts)
		s := must[StatCounter](t)(Stats(ctx, r))
		if got := s.String(); got != c.text {
			t.Errorf("%s: %s, want %s", c.name, got, c.text)
		}
		raw := [7]float64{float64(s.Count()), s.Mean(), s.Sum(), s.Max(), s.Min(), s.Variance(), s.SampleVariance()}
		for i := range raw {
			if !near(raw[i], c.raw[i]) {
				t.Errorf("%s: %v, want %v", c.name, raw, c.raw)
				break
			}
		}
		for name, figure := range map[string][2]float64{
			"sum":            {must[float64](t)(Sum(ctx, r)), c.sum},
			"mean":           {must[float64](t)(Mean(ctx, r)), c.raw[1]},
			"variance":       {must[float64](t)(Variance(ctx, r)), c.raw[5]},
			"sampleVariance": {must[float64](t)(SampleVariance(ctx, r)), c.raw[6]},
			"stdev":          {must[float64](t)(Stdev(ctx, r)), math.Sqrt(c.raw[5])},
			"sampleStdev":    {must[float64](t)(SampleStdev(ctx, r)), math.Sqrt(c.raw[6])},
		} {
			if !near(figure[0], figure[1]) {
				t.Errorf("%s: %s = %v, want %v", c.name, name, figure[0], figure[1])
			}
		}
		if c.in == nil {
			continue
		}
		if got := must[float64](t)(Max(ctx, r)); !near(got, c.largest) {
			t.Errorf("%s: max %v, want %v", c.name, got, c.largest)
		}
		if got := must[float64](t)(Min(ctx, r)); !near(got, c.smallest) {
			t.Errorf("%s: min %v, want %v", c.name, got, c.smallest)
		}
	}
}

func TestStatisticsOfNoPartitions(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	none := Empty[float64](sc)
	if sum := must[float64](t)(Sum(ctx, none)); sum != 0 {
		t.Errorf("sum = %v", sum)
	}
	_, _, histogram := Histogram(ctx, none, 3)
	for name, err := range map[string]error{
		"stats":          second(Stats(ctx, none)),
		"mean":           second(Mean(ctx, none)),
		"variance":       second(Variance(ctx, none)),
		"sampleVariance": second(SampleVariance(ctx, none)),
		"stdev":          second(Stdev(ctx, none)),
		"sampleStdev":    second(SampleStdev(ctx, none)),
		"max":            second(Max(ctx, none)),
		"min":            second(Min(ctx, none)),
		"histogram":      histogram,
	} {
		if !errors.Is(err, ErrEmpty) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// second is the error of a call.
func second[T any](_ T, err error) error { return err }

// TestStatCounterMerges cuts numbers anywhere, unevenly too, and compares what the parts merge to with the whole.
func TestStatCounterMerges(t *testing.T) {
	const seed = 11
	random := rand.New(rand.NewPCG(seed, 0))
	vs := make([]float64, 400)
	for i := range vs {
		vs[i] = 1e6 + random.NormFloat64()
	}
	whole := NewStatCounter(vs...)
	for _, cut := range []int{0, 1, 5, 200, 395, 400} {
		left, right := NewStatCounter(vs[:cut]...), NewStatCounter(vs[cut:]...)
		before := right
		left.Merge(right)
		for _, f := range []func(StatCounter) float64{StatCounter.Mean, StatCounter.Variance, StatCounter.Max, StatCounter.Min, StatCounter.Sum} {
			if got, want := f(left), f(whole); !near(got, want) && math.Abs(got-want) > 1e-6*math.Abs(want) {
				t.Errorf("seed %d, cut at %d: %v, want %v", seed, cut, got, want)
			}
		}
		if left.Count() != whole.Count() || right != before {
			t.Errorf("cut at %d: %d counted, or the argument was changed", cut, left.Count())
		}
	}
	self := NewStatCounter(1, 2, 3)
	self.Merge(self)
	if got := self.String(); got != "(count: 6, mean: 2.000000, stdev: 0.816497, max: 3.000000, min: 1.000000)" {
		t.Error("merged with itself:", got)
	}
}

func TestJavaFixed(t *testing.T) {
	for _, c := range []struct {
		f        float64
		decimals int
		want     string
	}{
		{0, 3, "0.000"}, {1, 3, "1.000"}, {1.0005, 3, "1.001"}, {-1.0005, 3, "-1.001"}, {9.9996, 3, "10.000"}, {-999.9995, 3, "-1000.000"},
		{0.00049, 3, "0.000"}, {1e21, 1, "1000000000000000000000.0"}, {123.456, 6, "123.456000"}, {nan, 3, "NaN"}, {inf, 3, "Infinity"}, {-inf, 3, "-Infinity"},
	} {
		if got := javaFixed(c.f, c.decimals); got != c.want {
			t.Errorf("%v: %s, want %s", c.f, got, c.want)
		}
	}
}

// TestHistogramsAsSpark compares with Spark 4.3: in as many buckets, and between given bounds.
func TestHistogramsAsSpark(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	facts := map[string][]float64{}
	for _, c := range statisticsFacts {
		facts[c.name] = c.in
	}
	for _, c := range []struct {
		in      string
		buckets int
		want    string
	}{
		{"numbers", 1, "[1 10] [10]"}, {"numbers", 3, "[1 4 7 10] [3 3 4]"}, {"numbers", 4, "[1 3.25 5.5 7.75 10] [3 2 2 3]"},
		{"numbers", 0, ErrHistogramBounds.Error()}, {"numbers", -1, ErrHistogramBounds.Error()},
		{"tenths", 3, "[-3.5 31.083333333333336 65.66666666666667 100.25] [8 0 1]"},
		{"one element", 3, "[3.5 3.5] [1]"}, {"one element", 0, "[3.5 3.5] [1]"}, {"all equal", 4, "[2 2] [3]"},
		{"empty partitions", 3, ErrHistogramRange.Error()}, {"NaN", 3, ErrHistogramRange.Error()}, {"infinity", 3, ErrHistogramRange.Error()},
		{"far from zero", 4, "[1.000000004e+09 1.000000007e+09 1.00000001e+09 1.000000013e+09 1.000000016e+09] [1 1 0 2]"},
		{"halves of the last digit", 4, "[5e-07 1.0000000000000002e-06 1.5e-06 2.0000000000000003e-06 2.5e-06] [1 0 1 1]"},
	} {
		bounds, counts, err := Histogram(ctx, Parallelize(sc, facts[c.in], 2), c.buckets)
		got := fmt.Sprint(bounds, counts)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s in %d: %s, want %s", c.in, c.buckets, got, c.want)
		}
	}
	for _, c := range []struct {
		in     string
		bounds []float64
		want   string
	}{
		{"numbers", []float64{0, 2, 5, 10}, "[1 3 6]"}, {"tenths", []float64{0, 2, 5, 10}, "[6 1 0]"}, {"all equal", []float64{0, 2, 5, 10}, "[0 3 0]"},
		{"NaN", []float64{0, 2, 5, 10}, "[1 1 0]"}, {"infinity", []float64{0, 2, 5, 10}, "[1 1 0]"}, {"empty partitions", []float64{0, 2, 5, 10}, "[0 0 0]"},
		{"numbers", []float64{1, 5, 5, 10}, "[4 1 5]"}, {"numbers", []float64{-inf, 5, inf}, "[4 6]"}, {"NaN", []float64{1, 5, nan}, "[2 1]"},
		{"numbers", []float64{1}, "[] " + ErrHistogramBounds.Error()}, {"numbers", nil, "[] " + ErrHistogramBounds.Error()},
	} {
		counts, err := HistogramBounds(ctx, Parallelize(sc, facts[c.in], 2), c.bounds)
		got := fmt.Sprint(counts)
		if err != nil {
			got += " " + err.Error()
		}
		if got != c.want {
			t.Errorf("%s between %v: %s, want %s", c.in, c.bounds, got, c.want)
		}
	}
}

// TestEvenHistogram computes buckets: bounds that are not even are taken for even, as in Spark.
func TestEvenHistogram(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	numbers := Parallelize(sc, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 3)
	for _, c := range []struct {
		bounds []float64
		want   string
	}{
		{[]float64{0, 5, 10}, "[4 6]"}, {[]float64{0, 1, 10}, "[4 6]"}, {[]float64{3, 3}, "[1]"}, {[]float64{4, 6}, "[3]"},
	} {
		if got := fmt.Sprint(must[[]int64](t)(EvenHistogram(ctx, numbers, c.bounds))); got != c.want {
			t.Errorf("%v: %s, want %s", c.bounds, got, c.want)
		}
	}
	if _, err := EvenHistogram(ctx, numbers, []float64{1}); !errors.Is(err, ErrHistogramBounds) {
		t.Error(err)
	}
	if got := fmt.Sprint(must[[]int64](t)(EvenHistogram(ctx, Empty[int](sc), []float64{0, 1}))); got != "[0]" {
		t.Error("no partitions:", got)
	}
}

// TestStatisticsUnderFaults counts each element once, however often its task is tried.
func TestStatisticsUnderFaults(t *testing.T) {
	for seed := range uint64(4) {
		sc := newTestContext(t, WithFaults(seed, 0.5))
		s := must[StatCounter](t)(Stats(context.Background(), Range(sc, 1, 1001, 1, 20)))
		if s.Count() != 1000 || !near(s.Sum(), 500500) {
			t.Errorf("seed %d: %v", seed, s)
		}
	}
}

// broken is an RDD whose second partition fails after its first element.
func broken(sc *Context, cause error) *RDD[int64] {
	return MapPartitions(Range(sc, 0, 8, 1, 2), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		return func(yield func(int64, error) bool) {
			for v, err := range in {
				if v == 5 {
					err = Permanent(cause)
				}
				if !yield(v, err) || err != nil {
					return
				}
			}
		}
	})
}

// TestActionsPassErrorsOn has every action meet an element that cannot be computed.
func TestActionsPassErrorsOn(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	cause := errors.New("no such element")
	r := broken(sc, cause)
	pairs := KeyBy(r, func(v int64) int64 { return v })
	zero := func() int64 { return 0 }
	order := func(a, b int64) int { return int(a - b) }
	_, _, histogram := Histogram(ctx, r, 3)
	var iterated error
	for _, iterated = range ToLocalIterator(ctx, r, PrefetchPartitions()) {
	}
	for name, err := range map[string]error{
		"sum":                      second(Sum(ctx, r)),
		"stats":                    second(Stats(ctx, r)),
		"histogram":                histogram,
		"takeOrdered":              second(TakeOrderedFunc(ctx, r, 3, order)),
		"top":                      second(Top(ctx, r, 3)),
		"max":                      second(Max(ctx, r)),
		"min":                      second(MinFunc(ctx, r, order)),
		"takeSample":               second(TakeSample(ctx, r, false, 3, 1)),
		"takeSample, replacing":    second(TakeSample(ctx, r, true, 3, 1)),
		"treeReduce":               second(TreeReduce(ctx, r, add, 2)),
		"treeAggregate":            second(TreeAggregate(ctx, r, zero, add, add, 2)),
		"toLocalIterator":          iterated,
		"collectAsMap":             second(CollectAsMap(ctx, pairs)),
		"collectAsKeyMap":          second(CollectAsKeyMap(ctx, pairs)),
		"reduceByKeyLocally":       second(ReduceByKeyLocally(ctx, pairs, add)),
		"countByKey":               second(CountByKey(ctx, pairs)),
		"countByValue":             second(CountByValue(ctx, r)),
		"countApproxDistinct":      second(CountApproxDistinct(ctx, r, 0.05)),
		"countApproxDistinctByKey": second(CountApproxDistinctByKey(pairs, 0.05).Collect(ctx)),
		"lookup":                   second(Lookup(ctx, pairs, 1)),
		"take":                     second(r.Take(ctx, 8)),
		"countApprox":              second(CountApprox(ctx, r, forever, 0.9)),
		"countByValueApprox":       second(CountByValueApprox(ctx, r, forever, 0.9)),
		"sumApprox":                second(SumApprox(ctx, r, forever, 0.9)),
	} {
		if !errors.Is(err, cause) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
