package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

func TestParallelizeSlicesAsSpark(t *testing.T) {
	sc := newTestContext(t)
	for _, row := range sparkFacts(t, "parallelize.csv") {
		if row[2] != "Scala Seq (JavaSparkContext)" && row[2] != "range" {
			continue // Python's slices are those of its serialiser's batches
		}
		var r *RDD[int64]
		if row[2] == "range" {
			bounds := strings.Split(strings.Trim(row[0], "range()"), ",")
			r = Range(sc, int64(atoi(t, bounds[0])), int64(atoi(t, bounds[1])), int64(atoi(t, bounds[2])), atoi(t, row[1]))
		} else {
			r = Parallelize(sc, make([]int64, atoi(t, row[0])), atoi(t, row[1]))
		}
		var sizes, firsts []string
		for _, part := range must[[][]int64](t)(Glom(r).Collect(context.Background())) {
			sizes = append(sizes, strconv.Itoa(len(part)))
			if len(part) == 0 {
				firsts = append(firsts, "-")
			} else {
				firsts = append(firsts, fmt.Sprint(part[0]))
			}
		}
		if got := strings.Join(sizes, " "); got != row[3] {
			t.Errorf("%s in %s: %s, want %s", row[0], row[1], got, row[3])
		}
		if got := strings.Join(firsts, " "); row[2] == "range" && got != row[4] {
			t.Errorf("%s in %s begin with %s, want %s", row[0], row[1], got, row[4])
		}
	}
}

func TestRangeEdges(t *testing.T) {
	sc := newTestContext(t)
	for _, c := range []struct {
		start, end, step int64
		want             string
	}{
		{0, 0, 1, "[]"}, {5, 0, 1, "[]"}, {5, 0, -2, "[5 3 1]"}, {0, 7, 3, "[0 3 6]"},
		{math.MaxInt64 - 2, math.MaxInt64, 1, "[9223372036854775805 9223372036854775806]"},
		{math.MinInt64, math.MaxInt64, math.MaxInt64, "[-9223372036854775808 -1 9223372036854775806]"},
		{math.MaxInt64, math.MinInt64, math.MinInt64, "[9223372036854775807 -1]"},
	} {
		if got := fmt.Sprint(must[[]int64](t)(Range(sc, c.start, c.end, c.step, 3).Collect(context.Background()))); got != c.want {
			t.Errorf("range(%d,%d,%d) = %s, want %s", c.start, c.end, c.step, got, c.want)
		}
	}
	if _, err := Range(sc, 0, 1, 0, 1).Count(context.Background()); err == nil {
		t.Error("a step of 0 was accepted")
	}
}

// TestTransformations compares each transformation with what it must give, partition by partition where it matters.
func TestTransformations(t *testing.T) {
	sc := newTestContext(t)
	nums := Range(sc, 0, 8, 1, 3) // [0 1] [2 3 4] [5 6 7]
	letters := Parallelize(sc, strings.Split("abcdefgh", ""), 3)
	left := Parallelize(sc, []Pair[string, int]{{"a", 1}, {"b", 2}, {"a", 3}, {"c", 4}}, 2)
	right := Parallelize(sc, []Pair[string, string]{{"a", "x"}, {"d", "y"}, {"a", "z"}}, 2)
	one := NumPartitions(1)
	for _, c := range []struct{ name, got, want string }{
		{"map", show(t, Map(nums, func(v int64) int64 { return v * v })), "[[0 1] [4 9 16] [25 36 49]]"},
		{"flatMap", show(t, FlatMap(nums, func(v int64) iter.Seq[int64] { return slices.Values(make([]int64, v%3)) })), "[[0] [0 0 0] [0 0 0]]"},
		{"filter", show(t, nums.Filter(func(v int64) bool { return v%2 == 0 })), "[[0] [2 4] [6]]"},
		{"mapPartitionsWithIndex", show(t, MapPartitionsWithIndex(nums, func(i int, in iter.Seq2[int64, error]) iter.Seq2[int, error] {
			return inMemory([]int{i * 10})
		})), "[[0] [10] [20]]"},
		{"glom", show(t, Glom(nums)), "[[[0 1]] [[2 3 4]] [[5 6 7]]]"},
		{"union", show(t, nums.Union(Range(sc, 0, 2, 1, 1), Empty[int64](sc))), "[[0 1] [2 3 4] [5 6 7] [0 1]]"},
		{"coalesce", show(t, nums.Coalesce(2)), "[[0 1] [2 3 4 5 6 7]]"},
		{"coalesce to more", show(t, nums.Coalesce(9)), "[[0 1] [2 3 4] [5 6 7]]"},
		{"zip", show(t, Zip(nums, letters)), "[[{0 a} {1 b}] [{2 c} {3 d} {4 e}] [{5 f} {6 g} {7 h}]]"},
		{"zipWithIndex", show(t, ZipWithIndex(letters)), "[[{a 0} {b 1}] [{c 2} {d 3} {e 4}] [{f 5} {g 6} {h 7}]]"},
		{"keyBy and mapValues", show(t, MapValues(KeyBy(nums, func(v int64) bool { return v > 3 }), func(v int64) int64 { return -v })),
			"[[{false 0} {false -1}] [{false -2} {false -3} {true -4}] [{true -5} {true -6} {true -7}]]"},
		{"keys", show(t, Keys(left)), "[[a b] [a c]]"},
		{"values", show(t, Values(left)), "[[1 2] [3 4]]"},
		{"reduceByKey", show(t, ReduceByKey(left, func(a, b int) int { return a*10 + b }, one)), "[[{a 13} {b 2} {c 4}]]"},
		{"groupByKey", show(t, GroupByKey(left, one)), "[[{a [1 3]} {b [2]} {c [4]}]]"},
		{"foldByKey", show(t, FoldByKey(left, 100, func(a, b int) int { return a + b }, one)), "[[{a 204} {b 102} {c 104}]]"},
		{"partitionBy", show(t, PartitionBy(left, NewHashPartitioner[string](2))), "[[{b 2}] [{a 1} {a 3} {c 4}]]"},
		{"cogroup", show(t, CoGroup(left, right, one)), "[[{a {[1 3] [x z]}} {b {[2] []}} {c {[4] []}} {d {[] [y]}}]]"},
		{"join", show(t, Join(left, right, one)), "[[{a {1 x}} {a {1 z}} {a {3 x}} {a {3 z}}]]"},
		{"leftOuterJoin", show(t, LeftOuterJoin(left, right, one)),
			"[[{a {1 {x true}}} {a {1 {z true}}} {b {2 { false}}} {a {3 {x true}}} {a {3 {z true}}} {c {4 { false}}}]]"},
		{"rightOuterJoin", show(t, RightOuterJoin(left, right, one)),
			"[[{a {{1 true} x}} {a {{3 true} x}} {d {{0 false} y}} {a {{1 true} z}} {a {{3 true} z}}]]"},
		{"fullOuterJoin", show(t, FullOuterJoin(left.Filter(func(p Pair[string, int]) bool { return p.Val > 1 }), right, one)),
			"[[{b {{2 true} { false}}} {a {{3 true} {x true}}} {a {{3 true} {z true}}} {c {{4 true} { false}}} {d {{0 false} {y true}}}]]"},
		{"subtractByKey", show(t, SubtractByKey(left, right, one)), "[[{b 2} {c 4}]]"},
		{"distinct", show(t, Distinct(Map(nums, func(v int64) int64 { return v % 3 }), one)), "[[0 1 2]]"},
		{"sortByKey", show(t, SortByKey(left, one)), "[[{a 1} {a 3} {b 2} {c 4}]]"},
		{"sortBy descending", show(t, SortBy(nums, func(v int64) int64 { return v % 4 }, one, Descending())), "[[3 7 2 6 1 5 0 4]]"},
		{"sortBy in ranges", show(t, SortBy(nums, func(v int64) int64 { return -v }, NumPartitions(2))), "[[7 6 5 4] [3 2 1 0]]"},
		{"repartition keeps all", show(t, SortBy(nums.Repartition(5), func(v int64) int64 { return v }, one)), "[[0 1 2 3 4 5 6 7]]"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s\n want %s", c.name, c.got, c.want)
		}
	}
}

// show prints an RDD partition by partition. It prints in the tasks: an RDD of slices for each element type would have
// all methods of RDD compiled once more.
func show[T any](t *testing.T, r *RDD[T]) string {
	t.Helper()
	parts := map[int][]string{}
	err := RunJob(context.Background(), r, nil, func(_ *TaskContext, in iter.Seq2[T, error]) (texts []string, err error) {
		for v, err := range in {
			if err != nil {
				return nil, err
			}
			texts = append(texts, fmt.Sprint(v))
		}
		return texts, nil
	}, func(p int, texts []string) bool { parts[p] = texts; return true })
	if err != nil {
		t.Fatal(err)
	}
	all := make([][]string, len(parts))
	for p, texts := range parts {
		all[p] = texts
	}
	return fmt.Sprint(all)
}

func TestActions(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	words := Parallelize(sc, []string{"a", "b", "c", "d", "e"}, 3)
	concat := func(a, b string) string { return a + b }
	none := Empty[string](sc)
	if got := must[string](t)(words.Reduce(ctx, concat)); got != "abcde" {
		t.Errorf("reduce in partition order: %q", got)
	}
	if _, err := none.Reduce(ctx, concat); !errors.Is(err, ErrEmpty) {
		t.Errorf("reduce of nothing: %v", err)
	}
	if got := must[string](t)(words.Fold(ctx, "-", concat)); got != "--a-bc-de" {
		t.Errorf("fold: %q", got)
	}
	length := must[int](t)(Aggregate(ctx, words, func() int { return 0 }, func(n int, s string) int { return n + len(s) }, func(a, b int) int { return a + b }))
	if length != 5 {
		t.Errorf("aggregate: %d", length)
	}
	if got := must[string](t)(words.First(ctx)); got != "a" {
		t.Errorf("first: %q", got)
	}
	if _, err := none.First(ctx); !errors.Is(err, ErrEmpty) {
		t.Errorf("first of nothing: %v", err)
	}
	if !must[bool](t)(none.IsEmpty(ctx)) || must[bool](t)(words.IsEmpty(ctx)) {
		t.Error("isEmpty")
	}
	var visited atomic.Int32
	if err := words.Foreach(ctx, func(string) error { visited.Add(1); return nil }); err != nil || visited.Load() != 5 {
		t.Errorf("foreach: %v, %d", err, visited.Load())
	}
	pairs := KeyBy(words, func(s string) bool { return s > "b" })
	if got := must[map[bool]int64](t)(CountByKey(ctx, pairs)); fmt.Sprint(got) != "map[false:2 true:3]" {
		t.Errorf("countByKey: %v", got)
	}
	grouped := PartitionBy(pairs, NewHashPartitioner[bool](2))
	for name, r := range map[string]*RDD[Pair[bool, string]]{"unknown": pairs, "known": grouped} {
		if got := must[[]string](t)(Lookup(ctx, r, true)); !slices.Equal(got, []string{"c", "d", "e"}) {
			t.Errorf("lookup with partitioner %s: %v", name, got)
		}
	}
}

func TestUnequalZips(t *testing.T) {
	sc := newTestContext(t)
	if _, err := Zip(Range(sc, 0, 4, 1, 2), Range(sc, 0, 4, 1, 3)).Collect(context.Background()); err == nil {
		t.Error("unequal partitions were zipped")
	}
	for _, n := range []int64{3, 5} {
		if _, err := Zip(Range(sc, 0, 4, 1, 1), Range(sc, 0, n, 1, 1)).Collect(context.Background()); !errors.Is(err, errUnequalZip) {
			t.Errorf("4 with %d elements: %v", n, err)
		}
	}
}

func TestCoPartitionedShufflesNothing(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	ctx := context.Background()
	p := NewHashPartitioner[int64](4)
	side := func() *RDD[Pair[int64, int64]] {
		return PartitionBy(KeyBy(Range(sc, 0, 100, 1, 3), func(v int64) int64 { return v % 9 }), p).Cache()
	}
	a, b := side(), side()
	must[int64](t)(a.Count(ctx))
	must[int64](t)(b.Count(ctx))
	seen.reset()
	joined := ReduceByKey(MapValues(Join(a, b), func(p Pair[int64, int64]) int64 { return p.Key }), add)
	must[[]Pair[int64, int64]](t)(joined.Collect(ctx))
	for _, s := range eventsOf[*StageCompleted](&seen) {
		if s.Shuffle >= 0 || s.Metrics.ShuffleReadBytes > 0 || s.Metrics.ShuffleWriteBytes > 0 {
			t.Errorf("a shuffle between co-partitioned RDDs: %+v", s)
		}
	}
}

func TestSortSpillsAndMerges(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithMemory(1<<20), WithMaster("local[2,1]"), WithListener(&seen))
	random := rand.New(rand.NewPCG(1, 2))
	type row struct {
		key float64
		at  int
	}
	rows := make([]row, 200_000)
	for i := range rows {
		rows[i] = row{float64(random.IntN(5000)), i}
		if i%1000 == 0 {
			rows[i].key = math.NaN()
		}
	}
	got := must[[]row](t)(SortBy(Parallelize(sc, rows, 4), func(r row) float64 { return r.key }, NumPartitions(3)).Collect(context.Background()))
	slices.SortStableFunc(rows, func(a, b row) int { return compareKeys(a.key, b.key) })
	for i := range rows {
		if got[i].at != rows[i].at {
			t.Fatalf("position %d: %v, want %v", i, got[i], rows[i])
		}
	}
	spilled := int64(0)
	for _, s := range eventsOf[*StageCompleted](&seen) {
		if s.Shuffle < 0 {
			spilled += s.Metrics.SpillBytes
		}
	}
	if spilled == 0 {
		t.Error("4 MB were sorted in 1 MB without spilling")
	}
}

// TestSortMergesInLevels: with little memory there are more runs than can be merged at once, and elements so large that a
// handful of them is a run.
func TestSortMergesInLevels(t *testing.T) {
	sc := newTestContext(t, WithMemory(300<<10), WithMaster("local[2,1]"))
	runs, inLevels := 0, false
	check := func(name string, elements []string) {
		t.Helper()
		err := inTask(t, sc, func(tc *TaskContext) error {
			order := sortOrder[string]{compare: func(a, b string) int { return strings.Compare(a[:4], b[:4]) }}
			s := &sorter[string]{tc: tc, order: order, coder: coderFor[string](settings{})}
			s.res = tc.Reserve("sort", s.spill)
			defer s.close()
			s.expect(10)
			for chunk := range slices.Chunk(elements, 16) {
				if err := s.add(chunk); err != nil {
					return err
				}
			}
			runs = s.runs
			var got []string
			s.emit(func(chunk []string, e error) bool { got = append(got, chunk...); return e == nil })
			inLevels = s.runs < runs
			slices.SortStableFunc(elements, order.compare)
			if !slices.Equal(got, elements) {
				return fmt.Errorf("%d elements, not those in order", len(got))
			}
			return nil
		})
		if err != nil || !inLevels {
			t.Errorf("%s: %v; %d runs, in levels: %v", name, err, runs, inLevels)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	var small, large []string
	for i := range 60_000 {
		small = append(small, fmt.Sprintf("%04d %d", random.IntN(5000), i))
	}
	for i := range 600 {
		large = append(large, fmt.Sprintf("%04d %d", random.IntN(50), i)+strings.Repeat("x", 12<<10))
	}
	check("small elements", small)
	check("large elements", large)
}

func TestSample(t *testing.T) {
	sc := newTestContext(t)
	r := Range(sc, 0, 100_000, 1, 4)
	for _, replace := range []bool{false, true} {
		for _, fraction := range []float64{0, 0.1, 0.7} {
			n := must[int64](t)(r.Sample(replace, fraction, 42).Count(context.Background()))
			if math.Abs(float64(n)-fraction*100_000) > 1500 {
				t.Errorf("replace %v, fraction %v: %d", replace, fraction, n)
			}
		}
	}
	a := must[[]int64](t)(r.Sample(true, 0.01, 7).Collect(context.Background()))
	if b := must[[]int64](t)(r.Sample(true, 0.01, 7).Collect(context.Background())); !slices.Equal(a, b) {
		t.Error("one seed gave two samples")
	}
}

func TestToDebugString(t *testing.T) {
	sc := newTestContext(t)
	r := ReduceByKey(KeyBy(Range(sc, 0, 10, 1, 3), func(v int64) int64 { return v }), add, NumPartitions(2)).Cache()
	got := MapValues(r, func(v int64) int64 { return v }).ToDebugString(context.Background())
	want := `(2) MapValues[4] []
 |  ReduceByKey[3] [Memory Deserialized 1x Replicated]
 |  ShuffledRDD[2] []
 +-(3) Map[1] []
    |  Range[0] []
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
