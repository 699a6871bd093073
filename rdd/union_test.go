package rdd

import (
	"context"
	"fmt"
	"iter"
	"testing"
)

// placed is an RDD of n partitions, each with its index, that prefers the places that at names.
func placed(sc *Context, at ...[]string) *RDD[int] {
	return New(sc, nil, fixedPartitions(len(at)), func(_ *TaskContext, p Partition) iter.Seq2[int, error] {
		return inMemory([]int{p.Index()})
	}, PreferredLocations(func(p Partition) []string { return at[p.Index()] }))
}

// locationsOf lists the preferred locations of all partitions.
func locationsOf(t *testing.T, l Lineage) (all [][]string) {
	t.Helper()
	for _, p := range must[[]Partition](t)(l.Partitions(context.Background())) {
		all = append(all, l.PreferredLocations(p))
	}
	return all
}

func TestUnionOfOnePartitioning(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	ctx := context.Background()
	p := NewHashPartitioner[int64](2)
	part := func(from, to int64) *RDD[Pair[int64, int64]] {
		return PartitionBy(KeyBy(Range(sc, from, to, 1, 3), func(v int64) int64 { return v }), p).Cache()
	}
	a, b := part(0, 4), part(2, 6)
	both := a.Union(Empty[Pair[int64, int64]](sc), b)
	if both.Partitioner() != Partitioner(p) {
		t.Fatalf("the partitioner is gone: %v", both.Partitioner())
	}
	if got, want := show(t, both), "[[{0 0} {2 2} {2 2} {4 4}] [{1 1} {3 3} {3 3} {5 5}]]"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	seen.reset()
	must[int64](t)(ReduceByKey(both, add).Count(ctx))
	for _, s := range eventsOf[*StageCompleted](&seen) {
		if s.Metrics.ShuffleReadBytes+s.Metrics.ShuffleWriteBytes > 0 {
			t.Errorf("a shuffle above a union of one partitioning: %+v", s.Metrics)
		}
	}
	for name, r := range map[string]*RDD[Pair[int64, int64]]{
		"another partitioner": a.Union(PartitionBy(b, NewHashPartitioner[int64](3))),
		"none":                a.Union(KeyBy(Range(sc, 0, 2, 1, 2), func(v int64) int64 { return v })),
		"of nothing":          Union[Pair[int64, int64]](sc),
	} {
		if r.Partitioner() != nil {
			t.Errorf("union with %s has a partitioner", name)
		}
	}
}

func TestUnionPrefersWhereItsParentsDo(t *testing.T) {
	sc := newTestContext(t)
	a := placed(sc, []string{"x"}, nil)
	b := placed(sc, []string{"y", "z"})
	if got := fmt.Sprint(locationsOf(t, a.Union(b))); got != "[[x] [] [y z]]" {
		t.Error(got)
	}
	p := NewHashPartitioner[int](1)
	aligned := func(at ...string) *RDD[int] {
		return New[int](sc, nil, fixedPartitions(1), nil, PartitionedBy(p), PreferredLocations(func(Partition) []string { return at }))
	}
	for _, r := range []*RDD[int]{aligned("x"), aligned("y"), aligned("y")} {
		must[[]Partition](t)(r.Partitions(context.Background()))
	}
	most := Union(sc, aligned("x", "y"), aligned("z"), aligned("z", "y"), aligned("y"))
	if got := fmt.Sprint(locationsOf(t, most)); got != "[[y]]" {
		t.Error("not where most parents are:", got)
	}
}

func TestUnionDependencies(t *testing.T) {
	sc := newTestContext(t)
	u := Range(sc, 0, 4, 1, 2).Union(Range(sc, 0, 4, 1, 3))
	must[[]Partition](t)(u.Partitions(context.Background()))
	var got [][]int
	for p := range 5 {
		for _, d := range u.Dependencies() {
			got = append(got, d.(*Narrow).Parents(p))
		}
	}
	if want := "[[0] [] [1] [] [] [0] [] [1] [] [2]]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}
