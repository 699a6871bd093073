package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
)

// joinsOf runs every kind of join and gives the results of each in one order.
func joinsOf(t *testing.T, a *RDD[Pair[string, int64]], b *RDD[Pair[string, string]]) map[string][]string {
	t.Helper()
	ctx := context.Background()
	found := map[string][]string{}
	collected(t, found, "join", Join(a, b, NumPartitions(2)))
	collected(t, found, "left", LeftOuterJoin(a, b, NumPartitions(2)))
	collected(t, found, "right", RightOuterJoin(a, b, NumPartitions(2)))
	collected(t, found, "full", FullOuterJoin(a, b, NumPartitions(2)))
	collected(t, found, "subtract", SubtractByKey(a, b, NumPartitions(2)))
	collected(t, found, "intersection", Intersection(Keys(a), Keys(b), NumPartitions(2)))
	if n, err := Join(a, b).Take(ctx, 5); err != nil || len(n) != 5 {
		t.Errorf("take of a join: %d %v", len(n), err)
	}
	return found
}

// collected books the elements of r as sorted texts.
func collected[T any](t *testing.T, found map[string][]string, name string, r *RDD[T]) {
	t.Helper()
	vs, err := r.Collect(context.Background())
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, v := range vs {
		found[name] = append(found[name], fmt.Sprint(v))
	}
	slices.Sort(found[name])
}

// TestJoinsGoToDisk: joins of more than fits into memory give what they give in memory, also where all or most values have
// one key, and leave nothing behind.
func TestJoinsGoToDisk(t *testing.T) {
	shapes := map[string]func(i int64) string{
		"many keys":         func(i int64) string { return fmt.Sprintf("key %d", i%9000) },
		"one key":           func(i int64) string { return "the same for all" },
		"one key among few": func(i int64) string { return fmt.Sprintf("key %d", max(i%100, 90)) },
	}
	for name, key := range shapes {
		left, right := int64(20_000), int64(12_000)
		if name != "many keys" {
			left, right = 40, 4000
		}
		var want map[string][]string
		for _, limit := range []int64{1 << 30, 192 << 10} {
			sc := newTestContext(t, WithThreads(2), WithMemory(limit))
			a := Map(Range(sc, 0, left, 1, 3), func(i int64) Pair[string, int64] { return KV(key(i), i) })
			b := Map(Range(sc, right/2, right+right/2, 1, 3), func(i int64) Pair[string, string] {
				return KV(key(i), fmt.Sprintf("a value that takes some room in memory: %040d", i))
			})
			got := joinsOf(t, a, b)
			if want == nil {
				want = got
				continue
			}
			for kind := range want {
				if !slices.Equal(got[kind], want[kind]) {
					t.Errorf("%s, %s: %d results, want %d", name, kind, len(got[kind]), len(want[kind]))
				}
			}
			if u := sc.Memory().Usage(); u.Execution > limit/2 {
				t.Errorf("%s: memory left: %+v", name, u)
			}
			sc.Close()
		}
	}
}

// TestJoinSpills: it does spill, and what cannot be encoded is an error.
func TestJoinSpills(t *testing.T) {
	ctx := context.Background()
	p := NewHashPartitioner[int64](1)
	var seen recorder
	sc := newTestContext(t, WithThreads(1), WithMemory(192<<10), WithListener(&seen))
	placed := MapPartitions(Range(sc, 0, 20_000, 1, 1), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[Pair[int64, int64], error] {
		return keyed(in, func(v int64) int64 { return v })
	}, PartitionedBy(p))
	if n, err := Join(placed, placed).Count(ctx); err != nil || n != 20_000 {
		t.Fatalf("%d %v", n, err)
	}
	if m := shuffleMetrics(&seen); m.SpillBytes == 0 {
		t.Error("nothing was spilled")
	}
	sc = newTestContext(t, WithThreads(1), WithMemory(192<<10))
	functions := MapPartitions(Range(sc, 0, 20_000, 1, 1), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[Pair[int64, func()], error] {
		return keyed(in, func(int64) func() { return nil })
	}, PartitionedBy(p))
	var refused *MemoryError
	if _, err := Join(functions, functions).Count(ctx); !errors.As(err, &refused) {
		t.Errorf("functions that do not fit into memory: %v", err)
	}
}

// keyed pairs numbers with what is made of them.
func keyed[V any](in iter.Seq2[int64, error], f func(int64) V) iter.Seq2[Pair[int64, V], error] {
	return func(yield func(Pair[int64, V], error) bool) {
		for v, err := range in {
			if !yield(Pair[int64, V]{v, f(v)}, err) {
				return
			}
		}
	}
}
