package rdd

import (
	"cmp"
	"context"
	"slices"
	"testing"
)

func TestRepartitionAndSortWithinPartitions(t *testing.T) {
	sc := newTestContext(t)
	pairs := Parallelize(sc, []Pair[int, string]{{5, "a"}, {2, "b"}, {3, "c"}, {2, "d"}, {4, "e"}, {1, "f"}, {2, "g"}}, 3)
	p := NewHashPartitioner[int](2)
	for _, c := range []struct{ name, got, want string }{
		{"ascending", show(t, RepartitionAndSortWithinPartitions(pairs, p)), "[[{2 b} {2 d} {2 g} {4 e}] [{1 f} {3 c} {5 a}]]"},
		{"descending", show(t, RepartitionAndSortWithinPartitions(pairs, p, Descending())), "[[{4 e} {2 b} {2 d} {2 g}] [{5 a} {3 c} {1 f}]]"},
		{"custom order", show(t, RepartitionAndSortWithinPartitionsFunc(pairs, p, func(a, b int) int { return cmp.Compare(a%4, b%4) })),
			"[[{4 e} {2 b} {2 d} {2 g}] [{5 a} {1 f} {3 c}]]"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
	if got := RepartitionAndSortWithinPartitions(pairs, p).Partitioner(); got != Partitioner(p) {
		t.Errorf("the partitioner is gone: %v", got)
	}
}

func TestRepartitionAndSortSpills(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithMemory(256<<10), WithMaster("local[1,1]"), WithListener(&seen))
	keyed := KeyBy(Range(sc, 0, 60_000, 1, 2), func(v int64) int64 { return v * 7919 % 60_000 })
	parts := must[[][]int64](t)(Glom(Keys(RepartitionAndSortWithinPartitions(keyed, NewHashPartitioner[int64](2)))).Collect(context.Background()))
	for i, p := range parts {
		if len(p) != 30_000 || !slices.IsSorted(p) {
			t.Errorf("partition %d: %d elements, sorted: %v", i, len(p), slices.IsSorted(p))
		}
	}
	spilled := int64(0)
	for _, s := range eventsOf[*StageCompleted](&seen) {
		spilled += s.Metrics.SpillBytes
	}
	if spilled == 0 {
		t.Error("1.9 MB were sorted in 256 KB without spilling")
	}
}

// TestFilterByRangeComputesOnlyItsPartitions counts the tasks.
func TestFilterByRangeComputesOnlyItsPartitions(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	ctx := context.Background()
	keyed := KeyBy(Range(sc, 0, 100, 1, 4), func(v int64) int64 { return v * 37 % 100 })
	for _, c := range []struct {
		name         string
		r            *RDD[Pair[int64, int64]]
		lower, upper int64
		count        int64
		tasks        int
	}{
		{"sorted", SortByKey(keyed, NumPartitions(10)), 25, 34, 10, 2},
		{"descending", SortByKey(keyed, NumPartitions(10), Descending()), 25, 34, 10, 2},
		{"values mapped since", MapValues(SortByKey(keyed, NumPartitions(10)), func(v int64) int64 { return -v }), 0, 5, 6, 1},
		{"everything", SortByKey(keyed, NumPartitions(10)), -5, 500, 100, 10},
		{"outside", SortByKey(keyed, NumPartitions(10)), 500, 600, 0, 1},
		{"upside down", SortByKey(keyed, NumPartitions(10)), 60, 50, 0, 2},
		{"no range partitioner", keyed, 25, 34, 10, 4},
	} {
		must[int64](t)(c.r.Count(ctx))
		f := FilterByRange(c.r, c.lower, c.upper)
		seen.reset()
		n := must[int64](t)(f.Count(ctx))
		if tasks := len(eventsOf[*TaskEnd](&seen)); n != c.count || tasks != c.tasks {
			t.Errorf("%s: %d pairs by %d tasks, want %d by %d", c.name, n, tasks, c.count, c.tasks)
		}
	}
}
