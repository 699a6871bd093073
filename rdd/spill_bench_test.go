package rdd

import (
	"context"
	"testing"
	"time"
)

// BenchmarkFourTimesTheMemory sorts and aggregates in plenty of memory and in a quarter of what the data takes, and
// reports both rates and their ratio.
func BenchmarkFourTimesTheMemory(b *testing.B) {
	const n = 2_000_000
	ctx := context.Background()
	pairs := func(sc *Context, keys uint64) *RDD[Pair[int64, int64]] {
		return KeyBy(Range(sc, 0, n, 1, 4), func(v int64) int64 { return int64(mix64(uint64(v)) % keys) })
	}
	for _, program := range []struct {
		name string
		size int64 // of the data in memory
		run  func(sc *Context) (int64, error)
	}{
		{"sortByKey", n * 16, func(sc *Context) (int64, error) { return SortByKey(pairs(sc, 1<<62), NumPartitions(4)).Count(ctx) }},
		{"reduceByKey", n * 28, func(sc *Context) (int64, error) { return ReduceByKey(pairs(sc, n), add, NumPartitions(4)).Count(ctx) }},
	} {
		b.Run(program.name, func(b *testing.B) {
			rate := func(opts ...ContextOption) float64 {
				sc := newTestContext(b, append(opts, WithThreads(2))...)
				begin := time.Now()
				if _, err := program.run(sc); err != nil {
					b.Fatal(err)
				}
				return n / time.Since(begin).Seconds()
			}
			for b.Loop() {
				roomy, tight := rate(WithMemory(16*program.size)), rate(WithMemory(program.size/4))
				b.ReportMetric(roomy/1e6, "Mrows/s-memory")
				b.ReportMetric(tight/1e6, "Mrows/s-quarter")
				b.ReportMetric(tight/roomy, "ratio")
			}
		})
	}
}
