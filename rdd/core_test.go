package rdd

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

func newTestContext(t testing.TB, opts ...ContextOption) *Context {
	t.Helper()
	sc, err := NewContext(append([]ContextOption{WithThreads(4), WithSpillDir(t.TempDir())}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sc.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return sc
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestSmoke(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	r := Range(sc, 0, 1000, 1, 7)
	if n := must[int64](t)(r.Count(ctx)); n != 1000 {
		t.Errorf("count = %d", n)
	}
	sum := must[int64](t)(Map(r, func(v int64) int64 { return 2 * v }).Reduce(ctx, func(a, b int64) int64 { return a + b }))
	if sum != 999000 {
		t.Errorf("sum = %d", sum)
	}
	pairs := KeyBy(r, func(v int64) int64 { return v % 10 })
	got := must[[]Pair[int64, int64]](t)(ReduceByKey(pairs, func(a, b int64) int64 { return a + b }, NumPartitions(3)).Collect(ctx))
	if len(got) != 10 {
		t.Errorf("groups = %v", got)
	}
	i := 0
	for v, err := range Stream(ctx, r, 2) {
		if err != nil || v != int64(i) {
			t.Fatal(v, err)
		}
		i++
		if i == 500 {
			break
		}
	}
	if got := must[[]int64](t)(r.Take(ctx, 300)); len(got) != 300 || got[299] != 299 {
		t.Error(got)
	}
}

func TestPanicIsTaskFailure(t *testing.T) {
	sc := newTestContext(t)
	var tries atomic.Int32
	_, err := Map(Parallelize(sc, []int{1}, 1), func(v int) int { tries.Add(1); panic("boom") }).Collect(context.Background())
	var p *PanicError
	var te *TaskError
	if !errors.As(err, &p) || !strings.Contains(string(p.Stack), "TestPanicIsTaskFailure") {
		t.Fatalf("want a PanicError with the stack, got %v", err)
	}
	if !errors.As(err, &te) || te.Attempts != 4 || tries.Load() != 4 {
		t.Fatalf("want 4 attempts, got %v after %d", err, tries.Load())
	}
}

func TestFaultsGiveTheSameAnswer(t *testing.T) {
	ctx := context.Background()
	program := func(sc *Context) []Pair[int64, []int64] {
		r := KeyBy(Range(sc, 0, 5000, 1, 13), func(v int64) int64 { return v % 17 })
		g := GroupByKey(r.Filter(func(p Pair[int64, int64]) bool { return p.Val%3 != 0 }), NumPartitions(5))
		flat := FlatMapValues(g, func(vs []int64) iter.Seq[int64] { return slices.Values(vs) })
		again := GroupByKey(KeyBy(Values(flat), func(v int64) int64 { return v % 11 }).Union(r.Repartition(3)), NumPartitions(4))
		return must[[]Pair[int64, []int64]](t)(again.Collect(ctx))
	}
	want := program(newTestContext(t))
	for seed := range uint64(30) {
		var ends, failed atomic.Int32
		sc := newTestContext(t, WithFaults(seed, 0.3), WithListener(ListenerFunc(func(e Event) {
			if te, ok := e.(*TaskEnd); ok {
				ends.Add(1)
				if te.Err != nil {
					failed.Add(1)
				}
			}
		})))
		got := program(sc)
		if !slices.EqualFunc(got, want, func(a, b Pair[int64, []int64]) bool {
			return a.Key == b.Key && slices.Equal(a.Val, b.Val)
		}) {
			t.Fatalf("seed %d: a different answer", seed)
		}
		if failed.Load() == 0 {
			t.Errorf("seed %d: no task of %d failed", seed, ends.Load())
		}
	}
}
