package rdd

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
)

// TestEveryAccumulatorCountsOnce adds in an action whose tasks fail in all ways.
func TestEveryAccumulatorCountsOnce(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(10) {
		sc := newTestContext(t, WithFaults(seed, 0.4), WithMaster("local-cluster[2,2,64]"))
		long, double := NewLongAccumulator(sc, "long"), NewDoubleAccumulator(sc, "double")
		all := NewCollectionAccumulator[int64](sc, "all")
		words := NewFoldAccumulator(sc, "by remainder", func() map[int64]int { return map[int64]int{} },
			func(m map[int64]int, v int64) map[int64]int { m[v%3]++; return m },
			func(a, b map[int64]int) map[int64]int {
				sum := maps.Clone(a)
				for k, n := range b {
					sum[k] += n
				}
				return sum
			})
		err := Range(sc, 0, 100, 1, 8).Repartition(5).ForeachPartition(ctx, func(tc *TaskContext, in iter.Seq2[int64, error]) error {
			for v, err := range in {
				if err != nil {
					return err
				}
				long.Add(tc, v)
				double.Add(tc, float64(v)/2)
				all.Add(tc, v)
				words.Add(tc, v)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		got := slices.Sorted(slices.Values(all.Value()))
		if l := long.Value(); l != (Tally[int64]{4950, 100}) || l.Avg() != 49.5 || double.Value().Sum != 2475 ||
			len(got) != 100 || got[99] != 99 || words.Value()[0] != 34 || words.Value()[1] != 33 {
			t.Errorf("seed %d: %v, %v, %d values, %v", seed, l, double.Value(), len(got), words.Value())
		}
		long.Reset()
		if long.Value().Count != 0 || long.Name() != "long" || long.ID() == double.ID() {
			t.Errorf("after Reset: %v", long.Value())
		}
	}
}

// TestAccumulatorsMergeTogether: when one of a task's accumulators cannot be merged none is, as the task is tried again.
func TestAccumulatorsMergeTogether(t *testing.T) {
	sc := newTestContext(t, WithThreads(1))
	var merges atomic.Int32
	good := NewCounter(sc, "good")
	bad := NewFoldAccumulator(sc, "bad", func() int { return 0 }, func(a, v int) int { return a + v }, func(a, b int) int {
		if merges.Add(1) == 1 {
			panic(errors.New("the first merge"))
		}
		return a + b
	})
	err := Range(sc, 0, 3, 1, 3).ForeachPartition(context.Background(), func(tc *TaskContext, _ iter.Seq2[int64, error]) error {
		good.Add(tc, 1)
		bad.Add(tc, 1)
		return nil
	})
	if err != nil || good.Value() != 3 || bad.Value() != 3 {
		t.Errorf("%v: %d and %d, want 3 of each", err, good.Value(), bad.Value())
	}
}
