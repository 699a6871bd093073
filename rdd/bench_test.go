package rdd

import (
	"context"
	"iter"
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

func BenchmarkRangeMapSum(b *testing.B) {
	sc := newTestContext(b, WithThreads(2))
	r := Map(Range(sc, 0, int64(b.N), 1, 2), func(v int64) int64 { return v * 3 })
	b.ResetTimer()
	if _, err := Aggregate(context.Background(), r, func() int64 { return 0 }, add, add); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkReduceByKey(b *testing.B) {
	sc := newTestContext(b, WithThreads(2))
	r := KeyBy(Range(sc, 0, int64(b.N), 1, 4), func(v int64) int64 { return int64(mix64(uint64(v)) % 1_000_000) })
	b.ResetTimer()
	if _, err := ReduceByKey(r, add).Count(context.Background()); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkSortByKey(b *testing.B) {
	sc := newTestContext(b, WithThreads(2))
	r := KeyBy(Range(sc, 0, int64(b.N), 1, 4), func(v int64) int64 { return int64(mix64(uint64(v))) })
	b.ResetTimer()
	if _, err := SortByKey(r).Count(context.Background()); err != nil {
		b.Fatal(err)
	}
}
