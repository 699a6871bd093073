package rdd

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"testing"
)

func TestSetOperations(t *testing.T) {
	sc := newTestContext(t)
	nan := math.NaN()
	a := Parallelize(sc, []float64{1, nan, 2, 2, 0, nan, 3}, 3)
	b := Parallelize(sc, []float64{nan, 3, math.Copysign(0, -1), 9, 3}, 2)
	none := Empty[float64](sc)
	one, three := NumPartitions(1), NumPartitions(3)
	for _, c := range []struct{ name, got, want string }{
		{"intersection", show(t, Intersection(a, b, one)), "[[NaN 0 3]]"},
		{"intersection partitions", fmt.Sprint(len(must[[][]float64](t)(Glom(Intersection(a, b, three)).Collect(context.Background())))), "3"},
		{"intersection with nothing", show(t, Intersection(a, none, one)), "[[]]"},
		{"nothing in intersection", show(t, Intersection(none, a, one)), "[[]]"},
		{"subtract", show(t, Subtract(a, b, one)), "[[1 2 2]]"},
		{"subtract nothing", show(t, Subtract(a, none, one)), "[[1 NaN 2 2 0 NaN 3]]"},
		{"subtract from nothing", show(t, Subtract(none, a, one)), "[[]]"},
		{"subtract itself", show(t, Subtract(a, a, one)), "[[]]"},
		{"distinct", show(t, Distinct(a, one)), "[[1 NaN 2 0 3]]"},
		{"groupBy", show(t, GroupBy(a, func(v float64) bool { return v > 1 }, one)), "[[{false [1 NaN 0 NaN]} {true [2 2 3]}]]"},
		{"subtractByKey", show(t, SubtractByKey(KeyBy(a, func(v float64) float64 { return v }), KeyBy(b, func(v float64) float64 { return v }), one)), "[[{1 1} {2 2} {2 2}]]"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
}

func TestSubtractByKeyIsPartitionedAsItsLeftSide(t *testing.T) {
	sc := newTestContext(t)
	two, nine := NewHashPartitioner[int64](2), NewHashPartitioner[int64](9)
	left, right := PartitionBy(byParity(Range(sc, 0, 9, 1, 3)), two), PartitionBy(byParity(Range(sc, 0, 9, 1, 3)), nine)
	if p := SubtractByKey(left, right).Partitioner(); p != Partitioner(two) {
		t.Errorf("the left side is partitioned by %v, the result by %v", two, p)
	}
	if p := SubtractByKey(left, right, PartitionedBy(nine)).Partitioner(); p != Partitioner(nine) {
		t.Errorf("PartitionedBy was not heeded: %v", p)
	}
}

// TestCoPartitionedFamiliesShuffleNothing counts the shuffled bytes of operators whose parents are partitioned as the
// result already.
func TestCoPartitionedFamiliesShuffleNothing(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	ctx := context.Background()
	p := NewHashPartitioner[int64](3)
	side := func() *RDD[Pair[int64, int64]] {
		r := PartitionBy(KeyBy(Range(sc, 0, 60, 1, 4), func(v int64) int64 { return v % 7 }), p).Cache()
		must[int64](t)(r.Count(ctx))
		return r
	}
	a, b, c, d := side(), side(), side(), side()
	for _, op := range []struct {
		name  string
		count func(context.Context, ...Option) (int64, error)
		want  int64
	}{
		{"subtractByKey", SubtractByKey(a, b).Count, 0},
		{"cogroup", CoGroup(a, b).Count, 7},
		{"cogroup3", CoGroup3(a, b, c).Count, 7},
		{"cogroup4", CoGroup4(a, b, c, d).Count, 7},
		{"distinct", Distinct(a).Count, 60},
		{"groupByKey", GroupByKey(a).Count, 7},
		{"aggregateByKey", AggregateByKey(a, func() int64 { return 0 }, add, add).Count, 7},
		{"leftOuterJoin", LeftOuterJoin(a, MapValues(b, func(int64) int { return 1 })).Count, 60 * 60 / 7},
		{"repartition and sort", RepartitionAndSortWithinPartitions(a, p).Count, 60},
		{"partitionBy", PartitionBy(a, NewHashPartitioner[int64](3)).Count, 60},
	} {
		seen.reset()
		n := must[int64](t)(op.count(ctx))
		if n != op.want && op.name != "leftOuterJoin" {
			t.Errorf("%s: %d elements, want %d", op.name, n, op.want)
		}
		for _, s := range eventsOf[*StageCompleted](&seen) {
			if moved := s.Metrics.ShuffleReadBytes + s.Metrics.ShuffleWriteBytes; moved > 0 || s.Shuffle >= 0 {
				t.Errorf("%s: %d bytes were shuffled", op.name, moved)
			}
		}
	}
	seen.reset()
	must[int64](t)(CoGroup3(a, b, MapPartitions(c, func(_ *TaskContext, in iter.Seq2[Pair[int64, int64], error]) iter.Seq2[Pair[int64, int64], error] {
		return in
	})).Count(ctx))
	if written := eventsOf[*StageCompleted](&seen); !slices.ContainsFunc(written, func(s *StageCompleted) bool { return s.Metrics.ShuffleWriteBytes > 0 }) {
		t.Error("the counter sees no shuffle where there must be one")
	}
}

func TestCartesian(t *testing.T) {
	sc := newTestContext(t)
	a, b := Parallelize(sc, []string{"a", "b", "c"}, 2), Range(sc, 0, 3, 1, 2) // [a] [b c], [0] [1 2]
	if got := show(t, Cartesian(a, b)); got != "[[{a 0}] [{a 1} {a 2}] [{b 0} {c 0}] [{b 1} {b 2} {c 1} {c 2}]]" {
		t.Error(got)
	}
	at := Cartesian(placed(sc, []string{"x"}, []string{"y"}), placed(sc, []string{"x", "z"}))
	if got := fmt.Sprint(locationsOf(t, at)); got != "[[x z] [y x z]]" {
		t.Error(got)
	}
	var parents [][]int
	for p := range 2 {
		for _, d := range at.Dependencies() {
			parents = append(parents, d.(*Narrow).Parents(p))
		}
	}
	if got := fmt.Sprint(parents); got != "[[0] [0] [1] [0]]" {
		t.Error(got)
	}
	for _, kv := range must[[]Pair[int, lent]](t)(Cartesian(Parallelize(sc, []int{1, 2}, 1), Parallelize(sc, []lent{{v: 1}}, 1)).Collect(context.Background())) {
		if !kv.Val.kept {
			t.Error("cartesian kept a value that was only lent")
		}
	}
}

// TestCartesianKeepsOrComputesAgain counts how often the right side is computed, with memory for it and without.
func TestCartesianKeepsOrComputesAgain(t *testing.T) {
	for _, c := range []struct {
		memory int64
		want   int
	}{{64 << 20, 1}, {1 << 20, 4}} { // 3 left elements, and once in vain to keep it
		sc := newTestContext(t, WithThreads(1), WithMemory(c.memory))
		computed := 0
		right := MapPartitions(Range(sc, 0, 200_000, 1, 1), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
			computed++
			return in
		})
		if n := must[int64](t)(Cartesian(Range(sc, 0, 3, 1, 1), right).Count(context.Background())); n != 600_000 {
			t.Errorf("%d pairs", n)
		}
		if computed != c.want {
			t.Errorf("with %d bytes the right side was computed %d times, want %d", c.memory, computed, c.want)
		}
	}
}

func TestCoGroupOfMany(t *testing.T) {
	sc := newTestContext(t)
	nan := math.NaN()
	a := Parallelize(sc, []Pair[float64, int]{{1, 10}, {nan, 11}, {1, 12}}, 2)
	b := Parallelize(sc, []Pair[float64, string]{{2, "x"}, {nan, "y"}}, 2)
	c := Parallelize(sc, []Pair[float64, bool]{{1, true}}, 1)
	none := Empty[Pair[float64, int]](sc)
	one := NumPartitions(1)
	if got := show(t, CoGroup3(a, b, c, one)); got != "[[{1 {[10 12] [] [true]}} {NaN {[11] [y] []}} {2 {[] [x] []}}]]" {
		t.Error(got)
	}
	if got := show(t, CoGroup4(a, b, c, none, one)); got != "[[{1 {[10 12] [] [true] []}} {NaN {[11] [y] [] []}} {2 {[] [x] [] []}}]]" {
		t.Error(got)
	}
	lents := PartitionBy(Parallelize(sc, []Pair[int, lent]{{1, lent{v: 1}}, {1, lent{v: 2}}}, 1), NewHashPartitioner[int](1))
	for _, g := range must[[]Pair[int, Groups3[lent, lent, lent]]](t)(CoGroup3(lents, lents, lents).Collect(context.Background())) {
		if !g.Val.First[0].kept || !g.Val.Third[1].kept {
			t.Error("cogroup kept a value that was only lent")
		}
	}
}

func TestCoGroupSpills(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithMemory(2<<20), WithMaster("local[1,1]"), WithListener(&seen))
	keyed := KeyBy(Range(sc, 0, 60_000, 1, 2), func(v int64) int64 { return v % 5000 })
	sizes := Map(CoGroup3(keyed, keyed, keyed, NumPartitions(1)), func(g Pair[int64, Groups3[int64, int64, int64]]) int {
		return len(g.Val.First)*10000 + len(g.Val.Second)*100 + len(g.Val.Third)
	})
	got := must[[]int](t)(Distinct(sizes, NumPartitions(1)).Collect(context.Background()))
	if !slices.Equal(got, []int{121212}) {
		t.Errorf("sizes of groups: %v", got)
	}
	spilled := int64(0)
	for _, s := range eventsOf[*StageCompleted](&seen) {
		spilled += s.Metrics.SpillBytes
	}
	if spilled == 0 {
		t.Error("groups of more than the budget did not spill")
	}
}
