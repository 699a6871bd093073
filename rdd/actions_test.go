package rdd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestTakeComputesNoMoreThanItNeeds(t *testing.T) {
	for _, c := range []struct {
		conf        map[string]string
		from        int64 // the first element that is kept
		take, parts int
	}{
		{nil, 0, 0, 0}, {nil, 0, -1, 0}, {nil, 0, 1, 1}, {nil, 0, 10, 1}, {nil, 0, 11, 2}, {nil, 0, 50, 5}, {nil, 0, 51, 6}, {nil, 0, 251, 26}, {nil, 0, 1000, 100},
		{nil, 50, 1, 25}, {nil, 250, 1, 100}, // nothing found: 1 + 4 + 20 + the rest
		{map[string]string{"spark.rdd.limit.scaleUpFactor": "2"}, 50, 1, 9},
		{map[string]string{"spark.rdd.limit.initialNumPartitions": "7"}, 0, 1, 7},
	} {
		sc := newTestContext(t, WithConf(c.conf))
		var computed sync.Map
		r := MapPartitionsWithIndex(Range(sc, 0, 1000, 1, 100), func(i int, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
			computed.Store(i, true)
			return in
		}).Filter(func(v int64) bool { return v >= c.from })
		got := must[[]int64](t)(r.Take(context.Background(), c.take))
		n := 0
		computed.Range(func(any, any) bool { n++; return true })
		if len(got) != max(c.take, 0) || n != c.parts {
			t.Errorf("take(%d) from %d, %v: %d elements from %d partitions, want %d", c.take, c.from, c.conf, len(got), n, c.parts)
		}
	}
}

// TestTakeOrdered compares with sorting everything, ties in their order included.
func TestTakeOrdered(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	type row struct{ key, at int }
	rows := make([]row, 500)
	for i := range rows {
		rows[i] = row{i * 7919 % 23, i}
	}
	byKey := func(a, b row) int { return cmp.Compare(a.key, b.key) }
	ascending, descending := slices.Clone(rows), slices.Clone(rows)
	slices.SortStableFunc(ascending, byKey)
	slices.SortStableFunc(descending, backwards(byKey))
	for _, parts := range []int{1, 4, 700} {
		r := Parallelize(sc, rows, parts)
		for _, n := range []int{0, 1, 22, 23, 100, 500, 9999} {
			least := min(n, len(rows))
			if got := must[[]row](t)(TakeOrderedFunc(ctx, r, n, byKey)); !slices.Equal(got, ascending[:least]) {
				t.Errorf("takeOrdered(%d) of %d partitions: %v", n, parts, got)
			}
			if got := must[[]row](t)(TopFunc(ctx, r, n, byKey)); !slices.Equal(got, descending[:least]) {
				t.Errorf("top(%d) of %d partitions: %v", n, parts, got)
			}
		}
		if first, last := must[row](t)(MinFunc(ctx, r, byKey)), must[row](t)(MaxFunc(ctx, r, byKey)); first != ascending[0] || last != descending[0] {
			t.Errorf("min %v, max %v: the first of equal ones is wanted", first, last)
		}
	}
	vs := Parallelize(sc, []float64{2, nan, -inf, 1, nan, inf}, 3)
	if got := fmt.Sprint(must[[]float64](t)(Top(ctx, vs, 3)), must[[]float64](t)(TakeOrdered(ctx, vs, 2))); got != "[NaN NaN +Inf] [-Inf 1]" {
		t.Error("NaN is the largest:", got)
	}
	for _, none := range []*RDD[float64]{Empty[float64](sc), Parallelize(sc, []float64{}, 2)} {
		if got := must[[]float64](t)(Top(ctx, none, 3)); got == nil || len(got) != 0 {
			t.Error("of nothing:", got)
		}
	}
	for name, err := range map[string]error{"top": second(Top(ctx, vs, -1)), "takeOrdered": second(TakeOrdered(ctx, vs, -1)), "takeSample": second(TakeSample(ctx, vs, true, -1, 0))} {
		if !errors.Is(err, ErrNegativeCount) {
			t.Errorf("%s of −1: %v", name, err)
		}
	}
}

// TestForemostForgets holds no more than twice what is wanted.
func TestForemostForgets(t *testing.T) {
	f := foremost[int]{n: 10, compare: cmp.Compare[int]}
	for v := 10_000; v > 0; v-- { // the worst order: each is wanted
		if f.wants(v) {
			f.add(v)
		}
		if len(f.kept) > 2*f.n {
			t.Fatalf("%d kept", len(f.kept))
		}
	}
	if got := f.sorted(); !slices.Equal(got, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
		t.Error(got)
	}
}

func TestTakeSample(t *testing.T) {
	ctx := context.Background()
	sc := newTestContext(t)
	r := Range(sc, 0, 1000, 1, 7)
	for _, n := range []int{0, 1, 10, 999, 1000, 5000} {
		for _, replace := range []bool{false, true} {
			got := must[[]int64](t)(TakeSample(ctx, r, replace, n, 42))
			again := must[[]int64](t)(TakeSample(ctx, r, replace, n, 42))
			want := n
			if !replace {
				want = min(n, 1000)
			}
			different := map[int64]bool{}
			for _, v := range got {
				different[v] = true
			}
			if len(got) != want || !slices.Equal(got, again) || !replace && len(different) != want || replace && n == 5000 && len(different) < 950 {
				t.Errorf("%d, replace %v: %d elements, %d different, repeats: %v", n, replace, len(got), len(different), slices.Equal(got, again))
			}
			if n == 999 && (slices.IsSorted(got) || slices.Equal(got, must[[]int64](t)(TakeSample(ctx, r, replace, n, 43)))) {
				t.Errorf("replace %v: in order, or the same for another seed", replace)
			}
		}
	}
	for _, none := range []*RDD[int64]{Empty[int64](sc), Range(sc, 0, 0, 1, 3)} {
		if got := must[[]int64](t)(TakeSample(ctx, none, true, 5, 1)); len(got) != 0 {
			t.Error("of nothing:", got)
		}
	}
	faulty := newTestContext(t, WithFaults(3, 0.5))
	if got := must[[]int64](t)(TakeSample(ctx, Range(faulty, 0, 1000, 1, 7), false, 20, 42)); !slices.Equal(got, must[[]int64](t)(TakeSample(ctx, r, false, 20, 42))) {
		t.Error("retries chose others:", got)
	}
}

// TestTakeSampleIsUniform draws often from partitions of very different sizes: each element must be chosen about
// equally often, at each place (χ² with 9 degrees of freedom is over 40 once in 100,000 times).
func TestTakeSampleIsUniform(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	r := Parallelize(sc, []int{0}, 1).Union(Parallelize(sc, []int{1, 2}, 1), Parallelize(sc, []int{3, 4, 5, 6, 7, 8, 9}, 1))
	for _, replace := range []bool{false, true} {
		const rounds, n = 600, 3
		var counts [n][10]float64
		for seed := range uint64(rounds) {
			for place, v := range must[[]int](t)(TakeSample(ctx, r, replace, n, seed)) {
				counts[place][v]++
			}
		}
		for place := range counts {
			chi := 0.0
			for _, c := range counts[place] {
				chi += (c - rounds/10) * (c - rounds/10) / (rounds / 10)
			}
			if chi > 40 {
				t.Errorf("replace %v, place %d: %v, χ² %v", replace, place, counts[place], chi)
			}
		}
	}
}

// TestTreeLevels has Spark's numbers of partitions.
func TestTreeLevels(t *testing.T) {
	for _, c := range []struct {
		partitions, depth int
		toOne             bool
		want              string
	}{
		{1, 2, false, "[]"}, {1, 2, true, "[]"}, {4, 2, false, "[]"}, {5, 2, false, "[]"}, {16, 2, false, "[4]"}, {100, 1, false, "[]"},
		{100, 2, false, "[10]"}, {100, 3, false, "[20 4]"}, {1000, 3, false, "[100 10]"}, {1000, 4, false, "[166 27 4]"}, {7, 9, false, "[3]"},
		{1024, 10, false, "[512 256 128 64 32 16 8 4]"}, {16, 2, true, "[4 1]"}, {100, 3, true, "[20 4 1]"},
	} {
		if got := fmt.Sprint(treeLevels(c.partitions, c.depth, c.toOne)); got != c.want {
			t.Errorf("%d partitions, depth %d, to one %v: %s, want %s", c.partitions, c.depth, c.toOne, got, c.want)
		}
	}
}

// TestTreeAggregate joins in tasks: as many stages as the tree has levels, and the same answer in partition order.
func TestTreeAggregate(t *testing.T) {
	var seen recorder
	sc, ctx := newTestContext(t, WithListener(&seen)), context.Background()
	letters := Parallelize(sc, strings.Split("abcdefghijklmnopqrstuvwxyz", ""), 26)
	concat := func(a, b string) string { return a + b }
	empty := func() string { return "" }
	for _, c := range []struct {
		depth int
		opts  []Option
		tasks string
	}{
		{1, nil, "[26]"}, {2, nil, "[26 4]"}, {3, nil, "[26 8 2]"}, {5, nil, "[26 13 6 3]"}, {3, []Option{FinalAggregateOnExecutor()}, "[26 8 2 1]"},
		{1, []Option{FinalAggregateOnExecutor()}, "[26 1]"},
	} {
		seen.reset()
		got := must[string](t)(TreeAggregate(ctx, letters, empty, concat, concat, c.depth, c.opts...))
		var tasks []int
		for _, s := range eventsOf[*StageCompleted](&seen) {
			tasks = append(tasks, s.Tasks)
		}
		if fmt.Sprint(tasks) != c.tasks || got != "abcdefghijklmnopqrstuvwxyz" {
			t.Errorf("depth %d: %q in stages of %v tasks, want %s", c.depth, got, tasks, c.tasks)
		}
		if got := must[string](t)(TreeReduce(ctx, letters, concat, c.depth, c.opts...)); got != "abcdefghijklmnopqrstuvwxyz" {
			t.Errorf("depth %d, reduce: %q", c.depth, got)
		}
	}
	if _, err := TreeAggregate(ctx, letters, empty, concat, concat, 0); err == nil || !strings.Contains(err.Error(), "got 0") {
		t.Error("depth 0:", err)
	}
	few := letters.Filter(func(s string) bool { return s == "q" })
	if got := must[string](t)(TreeReduce(ctx, few, concat, 3)); got != "q" {
		t.Errorf("partitions without elements: %q", got)
	}
	for _, none := range []*RDD[string]{Empty[string](sc), letters.Filter(func(string) bool { return false })} {
		if got := must[string](t)(TreeAggregate(ctx, none, empty, concat, concat, 3)); got != "" {
			t.Errorf("aggregate of nothing: %q", got)
		}
		if _, err := TreeReduce(ctx, none, concat, 3); !errors.Is(err, ErrEmpty) {
			t.Error("reduce of nothing:", err)
		}
	}
	faulty := Parallelize(newTestContext(t, WithFaults(5, 0.4)), strings.Split("abcdefghijklmnopqrstuvwxyz", ""), 26)
	if got := must[string](t)(TreeReduce(ctx, faulty, concat, 5)); got != "abcdefghijklmnopqrstuvwxyz" {
		t.Errorf("under faults: %q", got)
	}
}

// TestZeros uses zero once a partition and once for the whole, as Spark does.
func TestZeros(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	for _, c := range []struct {
		in   *RDD[int64]
		want int64
	}{
		{Parallelize(sc, []int64{3, 1, 2, 2, 5}, 3), 53}, {Empty[int64](sc), 10}, {Parallelize(sc, []int64{}, 2), 30},
	} {
		if got := must[int64](t)(c.in.Fold(ctx, 10, add)); got != c.want {
			t.Errorf("fold: %d, want %d", got, c.want)
		}
		if got := must[int64](t)(Aggregate(ctx, c.in, func() int64 { return 10 }, add, add)); got != c.want {
			t.Errorf("aggregate: %d, want %d", got, c.want)
		}
	}
}

// TestKeyedResults has keys of several values, in several partitions, and NaNs.
func TestKeyedResults(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	r := Parallelize(sc, []Pair[float64, int]{{1, 1}, {nan, 2}, {2, 3}, {1, 4}, {nan, 5}, {math.Copysign(0, -1), 6}, {0, 7}}, 4)
	m := must[*KeyMap[float64, int]](t)(CollectAsKeyMap(ctx, r))
	var order []float64
	for k := range m.All() {
		order = append(order, k)
	}
	if got := fmt.Sprint(order); m.Len() != 4 || got != "[1 NaN 2 -0]" {
		t.Errorf("%d keys: %s", m.Len(), got)
	}
	for k, want := range map[float64]int{1: 4, 2: 3, 0: 7} {
		if v, ok := m.Get(k); !ok || v != want {
			t.Errorf("the last value of %v is %d, want %d", k, v, want)
		}
	}
	if v, ok := m.Get(nan); !ok || v != 5 {
		t.Errorf("NaN: %v, %v", v, ok)
	}
	if v, ok := m.Get(3); ok || v != 0 {
		t.Errorf("absent: %v, %v", v, ok)
	}
	tens := func(a, b int) int { return a*10 + b }
	for name, c := range map[string][2]string{
		"collectAsMap":       {fmt.Sprint(must[map[float64]int](t)(CollectAsMap(ctx, r))), "map[NaN:5 0:7 1:4 2:3]"},
		"reduceByKeyLocally": {fmt.Sprint(must[map[float64]int](t)(ReduceByKeyLocally(ctx, r, tens))), "map[NaN:25 0:67 1:14 2:3]"},
		"countByKey":         {fmt.Sprint(must[map[float64]int64](t)(CountByKey(ctx, r))), "map[NaN:2 0:2 1:2 2:1]"},
		"countByValue":       {fmt.Sprint(must[map[float64]int64](t)(CountByValue(ctx, Keys(r)))), "map[NaN:2 0:2 1:2 2:1]"},
		"none as map":        {fmt.Sprint(must[map[float64]int](t)(CollectAsMap(ctx, Empty[Pair[float64, int]](sc)))), "map[]"},
		"none by key":        {fmt.Sprint(must[map[float64]int](t)(ReduceByKeyLocally(ctx, Empty[Pair[float64, int]](sc), tens))), "map[]"},
		"none counted":       {fmt.Sprint(must[map[float64]int64](t)(CountByValue(ctx, Empty[float64](sc)))), "map[]"},
		"lookup":             {fmt.Sprint(must[[]int](t)(Lookup(ctx, r, nan))), "[2 5]"},
		"lookup of none":     {fmt.Sprint(must[[]int](t)(Lookup(ctx, r, 9))), "[]"},
	} {
		if got := strings.Replace(c[0], "-0:", "0:", 1); got != c[1] {
			t.Errorf("%s: %s, want %s", name, got, c[1])
		}
	}
}

// TestLookupKnowsThePartition computes only the one that can hold the key, also when ranges are not sampled yet.
func TestLookupKnowsThePartition(t *testing.T) {
	var seen recorder
	sc, ctx := newTestContext(t, WithListener(&seen)), context.Background()
	pairs := KeyBy(Range(sc, 0, 100, 1, 4), func(v int64) int64 { return v })
	for name, r := range map[string]*RDD[Pair[int64, int64]]{
		"hash":   PartitionBy(pairs, NewHashPartitioner[int64](5)),
		"ranges": SortByKey(pairs, NumPartitions(5)),
	} {
		for _, key := range []int64{0, 55, 99} {
			seen.reset()
			if got := must[[]int64](t)(Lookup(ctx, r, key)); !slices.Equal(got, []int64{key}) {
				t.Errorf("%s: %v under %d", name, got, key)
			}
			stages := eventsOf[*StageCompleted](&seen)
			if last := stages[len(stages)-1]; last.Tasks != 1 {
				t.Errorf("%s: %d tasks", name, last.Tasks)
			}
		}
	}
}

// TestToLocalIterator runs a job for each partition, and none for those that the loop does not reach.
func TestToLocalIterator(t *testing.T) {
	for _, c := range []struct {
		opts  []Option
		upTo  int64
		tasks int
	}{
		{nil, 99, 5}, {nil, 19, 1}, {nil, 20, 2}, {[]Option{PrefetchPartitions()}, 99, 5},
	} {
		var seen recorder
		sc := newTestContext(t, WithListener(&seen))
		var got []int64
		for v, err := range ToLocalIterator(context.Background(), Range(sc, 0, 100, 1, 5), c.opts...) {
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, v); v == c.upTo {
				break
			}
		}
		if !slices.IsSorted(got) || int64(len(got)) != c.upTo+1 {
			t.Errorf("up to %d: %v", c.upTo, got)
		}
		if jobs, tasks := eventsOf[*JobStart](&seen), eventsOf[*TaskStart](&seen); len(tasks) != c.tasks || len(jobs) != c.tasks {
			t.Errorf("up to %d: %d jobs, %d tasks, want %d", c.upTo, len(jobs), len(tasks), c.tasks)
		}
	}
}

// TestToLocalIteratorPrefetches computes the second partition while the first is consumed, and leaves none behind.
func TestToLocalIteratorPrefetches(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	started := make(chan struct{}, 5)
	r := MapPartitionsWithIndex(Range(sc, 0, 10, 1, 5), func(_ int, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		started <- struct{}{}
		return in
	})
	for _, err := range ToLocalIterator(ctx, r, PrefetchPartitions()) {
		if err != nil {
			t.Fatal(err)
		}
		<-started
		<-started // without prefetching nothing else would start
		break
	}
	for range ToLocalIterator(ctx, Empty[int64](sc)) {
		t.Error("an element of nothing")
	}
	blocked, cancel := context.WithCancel(ctx)
	for _, err := range ToLocalIterator(blocked, gated(sc, 10, 5, 1, nil)) {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			break
		}
		cancel()
	}
	cancel()
}

// TestKeptElements has the actions keep elements that are only lent: kept ones say so.
func TestKeptElements(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	lentRDD := Map(Range(sc, 0, 20, 1, 3), func(v int64) lentValue { return lentValue{v, false} })
	byValue := func(a, b lentValue) int { return cmp.Compare(a.v, b.v) }
	kept := map[string][]lentValue{
		"take":        must[[]lentValue](t)(lentRDD.Take(ctx, 9)),
		"takeOrdered": must[[]lentValue](t)(TakeOrderedFunc(ctx, lentRDD, 9, byValue)),
		"top":         must[[]lentValue](t)(TopFunc(ctx, lentRDD, 9, byValue)),
		"sample":      must[[]lentValue](t)(TakeSample(ctx, lentRDD, false, 9, 1)),
		"draws":       must[[]lentValue](t)(TakeSample(ctx, lentRDD, true, 9, 1)),
		"lookup":      must[[]lentValue](t)(Lookup(ctx, KeyBy(lentRDD, func(v lentValue) int64 { return v.v % 2 }), 1)),
		"max":         {must[lentValue](t)(MaxFunc(ctx, lentRDD, byValue))},
		"reduced":     {must[lentValue](t)(TreeReduce(ctx, lentRDD, func(a, b lentValue) lentValue { return b }, 2))},
	}
	for v, err := range ToLocalIterator(ctx, lentRDD) {
		if err != nil {
			t.Fatal(err)
		}
		kept["iterator"] = append(kept["iterator"], v)
	}
	for name, vs := range kept {
		for _, v := range vs {
			if !v.kept {
				t.Errorf("%s gives an element that was only lent", name)
				break
			}
		}
	}
}

type lentValue struct {
	v    int64
	kept bool
}

func (l lentValue) Retain() lentValue { return lentValue{l.v, true} }

// TestCountApproxDistinct stays within three standard deviations, over many sizes and precisions.
func TestCountApproxDistinct(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	for _, relativeSD := range []float64{0.2, 0.05, 0.01} {
		for _, n := range []int64{0, 1, 10, 100, 1000, 20_000} {
			vs := Map(Range(sc, 0, 2*n, 1, 4), func(v int64) int64 { return v % max(n, 1) * 1000 })
			got := must[int64](t)(CountApproxDistinct(ctx, vs, relativeSD))
			if math.Abs(float64(got-n)) > 3*relativeSD*float64(n)+0.5 {
				t.Errorf("%d distinct values, relative deviation %v: %d", n, relativeSD, got)
			}
		}
	}
	for _, n := range []int64{100, 1000} { // the sparse form is nearly exact
		if got := must[int64](t)(CountApproxDistinctWithin(ctx, Range(sc, 0, n, 1, 4), 16, 25)); math.Abs(float64(got-n)) > 1 {
			t.Errorf("sparse: %d of %d", got, n)
		}
	}
	if got := must[int64](t)(CountApproxDistinct(ctx, Parallelize(sc, []float64{nan, 0, math.Copysign(0, -1), nan, 1}, 2), 0.05)); got != 3 {
		t.Errorf("NaN and −0: %d", got)
	}
	if got := must[int64](t)(CountApproxDistinct(ctx, Empty[string](sc), 0.05)); got != 0 {
		t.Errorf("no partitions: %d", got)
	}
	for want, err := range map[string]error{
		"accuracy (1e-05) must be greater than 0.000017": second(CountApproxDistinct(ctx, Range(sc, 0, 1, 1, 1), 0.00001)),
		"p (3) must be >= 4":                             second(CountApproxDistinctWithin(ctx, Range(sc, 0, 1, 1, 1), 3, 0)),
		"p (5) cannot be greater than sp (4)":            second(CountApproxDistinctWithin(ctx, Range(sc, 0, 1, 1, 1), 5, 4)),
		"sp (33) must be <= 32":                          second(CountApproxDistinctWithin(ctx, Range(sc, 0, 1, 1, 1), 5, 33)),
		"p (2) must be >= 4":                             second(CountApproxDistinctByKeyWithin(KeyBy(Range(sc, 0, 1, 1, 1), func(v int64) int64 { return v }), 2, 0).Collect(ctx)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestCountApproxDistinctByKey(t *testing.T) {
	sc, ctx := newTestContext(t), context.Background()
	pairs := Map(Range(sc, 0, 12_000, 1, 4), func(v int64) Pair[string, int64] { // 10,000 values of a, 1,000 of b
		if v < 10_000 {
			return KV("a", v)
		}
		return KV("b", v%1000)
	})
	for name, r := range map[string]*RDD[Pair[string, int64]]{
		"registers": CountApproxDistinctByKey(pairs, 0.05),
		"sparse":    CountApproxDistinctByKeyWithin(pairs, 9, 20, NumPartitions(3)),
	} {
		counts := must[map[string]int64](t)(CollectAsMap(ctx, r))
		if math.Abs(float64(counts["a"])-10_000) > 1500 || math.Abs(float64(counts["b"])-1000) > 150 || len(counts) != 2 {
			t.Errorf("%s: %v", name, counts)
		}
	}
}

// TestDistinctSketchBias averages many sketches: the mean error must be far below that of one, at the counts where the
// plain estimate of HyperLogLog is known to be wrong by up to a third, and in both forms.
func TestDistinctSketchBias(t *testing.T) {
	const precision, sketches = 6, 300
	for _, sparse := range []int{0, 12} {
		for _, n := range []int{5, 20, 64, 100, 160, 320, 1000} {
			total, value := 0.0, uint64(n)*1_000_003
			for range sketches {
				s := newDistinctSketch(precision, sparse)
				for range n {
					value++
					s.add(evenHash(value))
				}
				total += float64(s.estimate())
			}
			if bias := total/sketches/float64(n) - 1; math.Abs(bias) > 4*1.04/8/math.Sqrt(sketches)+0.5/float64(n)/4 {
				t.Errorf("sparse precision %d, %d values: biased by %.3f", sparse, n, bias)
			}
		}
	}
}

// TestDistinctSketchForms gives the same registers whether values came to the sparse form first, or were merged.
func TestDistinctSketchForms(t *testing.T) {
	for _, n := range []uint64{1, 10, 100, 1000} {
		dense, sparse, left, right := newDistinctSketch(8, 0), newDistinctSketch(8, 14), newDistinctSketch(8, 14), newDistinctSketch(8, 14)
		for v := range n {
			h := evenHash(v)
			dense.add(h)
			sparse.add(h)
			if v%3 == 0 {
				left.add(h)
			} else {
				right.add(h)
			}
		}
		left.merge(right)
		if left.registers == nil && sparse.registers == nil && left.estimate() != sparse.estimate() {
			t.Errorf("%d values: %d merged, %d at once", n, left.estimate(), sparse.estimate())
		}
		for _, s := range []*distinctSketch{sparse, left} {
			if s.registers == nil {
				s.settle()
				s.toRegisters()
			}
			if !slices.Equal(s.registers, dense.registers) {
				t.Errorf("%d values: other registers", n)
			}
		}
	}
}
