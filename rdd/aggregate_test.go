package rdd

import (
	"context"
	"slices"
	"testing"
)

// TestAggregationInBoundedMemory combines far more keys than fit, and compares with the answer in plenty of memory.
func TestAggregationInBoundedMemory(t *testing.T) {
	ctx := context.Background()
	const n = 120_000
	source := func(sc *Context) *RDD[Pair[int64, int64]] {
		return Map(Range(sc, 0, n, 1, 4), func(v int64) Pair[int64, int64] { return KV(v*7919%(n/3), v) })
	}
	byKey := func(a, b Pair[int64, int64]) int { return compareKeys(a.Key, b.Key) }
	for _, program := range []struct {
		name string
		run  func(sc *Context) *RDD[Pair[int64, int64]]
	}{
		{"reduceByKey", func(sc *Context) *RDD[Pair[int64, int64]] { return ReduceByKey(source(sc), add, NumPartitions(2)) }},
		{"groupByKey keeps the order of values", func(sc *Context) *RDD[Pair[int64, int64]] {
			return MapValues(GroupByKey(source(sc), NumPartitions(2)), func(vs []int64) int64 {
				h := int64(len(vs))
				for _, v := range vs {
					h = h*1_000_003 + v
				}
				return h
			})
		}},
		{"one key with many values", func(sc *Context) *RDD[Pair[int64, int64]] {
			few := KeyBy(Range(sc, 0, n/4, 1, 4), func(v int64) int64 { return v % 3 })
			return MapValues(GroupByKey(few, NumPartitions(1)), func(vs []int64) int64 { return int64(len(vs)) })
		}},
	} {
		t.Run(program.name, func(t *testing.T) {
			want := must[[]Pair[int64, int64]](t)(program.run(newTestContext(t)).Collect(ctx))
			sc := newTestContext(t, WithMemory(600<<10), WithMaster("local[2,1]"))
			got := must[[]Pair[int64, int64]](t)(program.run(sc).Collect(ctx))
			slices.SortFunc(want, byKey)
			slices.SortFunc(got, byKey)
			if !slices.Equal(got, want) {
				t.Errorf("%d pairs, want %d", len(got), len(want))
			}
			written := sc.spill.written.Load()
			if u := sc.Memory().Usage(); written == 0 || u.Peak > 600<<10 {
				t.Errorf("%d bytes written, peak %d", written, u.Peak)
			}
		})
	}
}
