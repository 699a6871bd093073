package rdd

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"syscall"
	"testing"
)

// BenchmarkEmptyTasks measures the scheduler: ns/op is the cost of one task that does nothing.
func BenchmarkEmptyTasks(b *testing.B) {
	sc := newTestContext(b, WithThreads(2))
	r := New(sc, nil, fixedPartitions(b.N), func(*TaskContext, Partition) iter.Seq2[int, error] {
		return func(func(int, error) bool) {}
	})
	b.ResetTimer()
	if _, err := r.Count(context.Background()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSmallJob is an action over one partition.
func BenchmarkSmallJob(b *testing.B) {
	sc := newTestContext(b, WithThreads(2))
	r := Range(sc, 0, 1, 1, 1)
	for b.Loop() {
		if _, err := r.Count(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// heavy stands for a columnar batch: an element that is moved by reference.
type heavy struct{ data []int64 }

func (h heavy) Bytes() int64  { return int64(len(h.data)) * 8 }
func (h heavy) Rows() int64   { return int64(len(h.data)) }
func (h heavy) Retain() heavy { return h }

// BenchmarkExchangeBlocks moves batches by reference; ns/op is the cost of one batch from map to reduce side.
func BenchmarkExchangeBlocks(b *testing.B) {
	sc := newTestContext(b, WithThreads(2), WithMemory(1<<40))
	batch := heavy{make([]int64, 2048)}
	src := Map(Range(sc, 0, int64(b.N), 1, 2), func(v int64) Pair[int, heavy] { return Pair[int, heavy]{int(v % 16), batch} })
	b.ResetTimer()
	if _, err := Exchange(src, 16).Count(context.Background()); err != nil {
		b.Fatal(err)
	}
}

// cpuTime reports the processor time of the loop per element, beside the time on the clock, which others share.
func cpuTime(b *testing.B, run func()) {
	used := func() int64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	b.ResetTimer()
	begin := used()
	run()
	b.ReportMetric(float64(used()-begin)/float64(b.N), "cpu-ns/op")
}

// counted runs Count over what build makes of b.N elements; ns/op is the cost of one of them.
func counted[T any](b *testing.B, build func(sc *Context, n int64) *RDD[T]) {
	sc := newTestContext(b, WithThreads(2))
	r := build(sc, int64(b.N))
	cpuTime(b, func() {
		if _, err := r.Count(context.Background()); err != nil {
			b.Fatal(err)
		}
	})
}

// scrambled pairs n numbers with keys below distinct.
func scrambled(sc *Context, n, distinct int64) *RDD[Pair[int64, int64]] {
	return KeyBy(Range(sc, 0, n, 1, 4), func(v int64) int64 { return int64(mix64(uint64(v)) % uint64(distinct)) })
}

func BenchmarkRangeMapSum(b *testing.B) {
	sc := newTestContext(b, WithThreads(2))
	r := Map(Range(sc, 0, int64(b.N), 1, 2), func(v int64) int64 { return v * 3 })
	cpuTime(b, func() {
		if _, err := Aggregate(context.Background(), r, func() int64 { return 0 }, add, add); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkFilterCount(b *testing.B) {
	counted(b, func(sc *Context, n int64) *RDD[int64] {
		return Range(sc, 0, n, 1, 4).Filter(func(v int64) bool { return v%3 == 0 })
	})
}

func BenchmarkReduceByKey(b *testing.B) {
	counted(b, func(sc *Context, n int64) *RDD[Pair[int64, int64]] {
		return ReduceByKey(scrambled(sc, n, 1_000_000), add, NumPartitions(4))
	})
}

func BenchmarkReduceByKeyFew(b *testing.B) {
	counted(b, func(sc *Context, n int64) *RDD[Pair[int64, int64]] {
		return ReduceByKey(scrambled(sc, n, 1_000), add, NumPartitions(4))
	})
}

func BenchmarkGroupByKey(b *testing.B) {
	counted(b, func(sc *Context, n int64) *RDD[int] {
		groups := GroupByKey(scrambled(sc, n, 1_000_000), NumPartitions(4))
		return Map(groups, func(g Pair[int64, []int64]) int { return len(g.Val) })
	})
}

func BenchmarkSortByKey(b *testing.B) {
	counted(b, func(sc *Context, n int64) *RDD[Pair[int64, int64]] {
		return SortByKey(scrambled(sc, n, 1<<62), NumPartitions(4))
	})
}

func BenchmarkJoin(b *testing.B) {
	counted(b, func(sc *Context, n int64) *RDD[Pair[int64, Pair[int64, int64]]] {
		left, right := scrambled(sc, n/2, n/2+1), KeyBy(Range(sc, 0, n/2, 1, 4), func(v int64) int64 {
			return int64(mix64(uint64(v+n)) % uint64(n/2+1))
		})
		return Join(left, right, NumPartitions(4))
	})
}

func BenchmarkDistinct(b *testing.B) {
	counted(b, func(sc *Context, n int64) *RDD[int64] {
		return Distinct(Keys(scrambled(sc, n, 1_000_000)), NumPartitions(4))
	})
}

func BenchmarkWordCount(b *testing.B) {
	words := make([]string, 10_000)
	for i := range words {
		words[i] = fmt.Sprintf("word%d", mix64(uint64(i))%1_000_000)
	}
	counted(b, func(sc *Context, n int64) *RDD[Pair[string, int64]] {
		lines := Map(Range(sc, 0, n/10+1, 1, 4), func(v int64) string {
			at := mix64(uint64(v)) % uint64(len(words)-10)
			return strings.Join(words[at:at+10], " ")
		})
		ones := Map(FlatMap(lines, strings.FieldsSeq), func(w string) Pair[string, int64] { return KV(w, int64(1)) })
		return ReduceByKey(ones, add, NumPartitions(4))
	})
}
