package rdd

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync"
	"testing"
)

// TestPanicsOfUserCodeAreContained panics wherever the engine calls the user.
func TestPanicsOfUserCodeAreContained(t *testing.T) {
	ctx := context.Background()
	badListing := func(sc *Context) *RDD[int64] {
		return New(sc, nil, func(context.Context) ([]Partition, error) { panic("listing") },
			func(*TaskContext, Partition) iter.Seq2[int64, error] { return nil })
	}
	for _, c := range []struct {
		name, want string
		run        func(sc *Context) error
	}{
		{"listing", "listing", func(sc *Context) error { _, err := badListing(sc).Count(ctx); return err }},
		{"listing below a shuffle", "listing", func(sc *Context) error { _, err := badListing(sc).Repartition(2).Count(ctx); return err }},
		{"accumulator", "adding", func(sc *Context) error {
			acc := NewAccumulator(sc, "bad", 0, func(int, int) int { panic("adding") })
			return Range(sc, 0, 4, 1, 2).ForeachPartition(ctx, func(tc *TaskContext, _ iter.Seq2[int64, error]) error {
				acc.Add(tc, 1)
				return nil
			})
		}},
		{"completion hook", "hook", func(sc *Context) error {
			return Range(sc, 0, 4, 1, 2).ForeachPartition(ctx, func(tc *TaskContext, _ iter.Seq2[int64, error]) error {
				tc.OnComplete(func(error) { panic("hook") })
				return tc.Reserve("x", nil).Grow(1000)
			})
		}},
		{"spill", "spilling", func(sc *Context) error {
			return Range(sc, 0, 1, 1, 1).ForeachPartition(ctx, func(tc *TaskContext, _ iter.Seq2[int64, error]) error {
				return tc.Reserve("x", func(int64) (int64, error) { panic("spilling") }).Grow(1 << 40)
			})
		}},
		{"comparison with an error", "not text", func(sc *Context) error {
			_, err := Map(Range(sc, 0, 1, 1, 1), func(int64) int { panic(errors.New("not text")) }).Count(ctx)
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sc := newTestContext(t)
			err := c.run(sc)
			var p *PanicError
			if !errors.As(err, &p) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			if u := sc.Memory().Usage(); u.Execution != 0 {
				t.Errorf("memory left: %+v", u)
			}
			if n := must[int64](t)(Range(sc, 0, 10, 1, 3).Count(ctx)); n != 10 {
				t.Errorf("the Context is of no use any more: %d", n)
			}
		})
	}
}

func TestListenersCannotBreakTheEngine(t *testing.T) {
	sc := newTestContext(t, WithListener(ListenerFunc(func(Event) { panic("listener") })))
	if n := must[int64](t)(Range(sc, 0, 10, 1, 3).Repartition(2).Count(context.Background())); n != 10 {
		t.Error(n)
	}
}

func TestPanicInEachAndYield(t *testing.T) {
	sc := newTestContext(t)
	r := Range(sc, 0, 100, 1, 10)
	for name, f := range map[string]func(){
		"each": func() {
			RunJob(context.Background(), r, nil, func(*TaskContext, iter.Seq2[int64, error]) (int, error) { return 0, nil },
				func(int, int) bool { panic("each") })
		},
		"stream": func() {
			for range Stream(context.Background(), r, 2) {
				panic("loop body")
			}
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: the caller's own panic was swallowed", name)
				}
			}()
			f()
		}()
	}
}

func TestLentValuesInsidePairsAreKept(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	pairs := func() *RDD[Pair[int, lent]] {
		return Parallelize(sc, []Pair[int, lent]{{1, lent{v: 1}}, {2, lent{v: 2}}, {1, lent{v: 3}}}, 2)
	}
	p := NewHashPartitioner[int](2)
	check := func(name string, kept bool) {
		if !kept {
			t.Errorf("%s kept a value that was only lent", name)
		}
	}
	for _, kv := range must[[]Pair[int, lent]](t)(PartitionBy(pairs(), p).Collect(ctx)) {
		check("partitionBy", kv.Val.kept)
	}
	known := MapPartitions(pairs().Coalesce(1), func(_ *TaskContext, in iter.Seq2[Pair[int, lent], error]) iter.Seq2[Pair[int, lent], error] {
		return in
	}, PartitionedBy(NewHashPartitioner[int](1)))
	for _, g := range must[[]Pair[int, []lent]](t)(GroupByKey(known).Collect(ctx)) {
		for _, v := range g.Val {
			check("groupByKey in place", v.kept)
		}
	}
	for _, j := range must[[]Pair[int, Pair[lent, lent]]](t)(Join(known, known).Collect(ctx)) {
		check("join in place", j.Val.Val.kept)
	}
	for _, kv := range must[[]Pair[int, lent]](t)(pairs().Take(ctx, 3)) {
		check("take", kv.Val.kept)
	}
}

func TestEmptyParents(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	none := Empty[Pair[int, int]](sc)
	some := Parallelize(sc, []Pair[int, int]{{1, 2}}, 1)
	for name, count := range map[string]func(context.Context, ...Option) (int64, error){
		"repartition": none.Repartition(3).Count,
		"reduceByKey": ReduceByKey(none, func(a, b int) int { return a + b }).Count,
		"sortByKey":   SortByKey(none).Count,
		"join":        Join(some, none).Count,
		"coalesce":    none.Coalesce(2).Count,
		"zip":         ZipWithIndex(none).Count,
		"no parts":    Union[Pair[int, int]](sc).Count,
	} {
		if n, err := count(ctx); n != 0 || err != nil {
			t.Errorf("%s of nothing: %d, %v", name, n, err)
		}
	}
	for range Stream(ctx, none, 1) {
		t.Error("an element from nowhere")
	}
}

// TestConcurrentUse runs jobs that share lineage, caches and shuffles from many goroutines.
func TestConcurrentUse(t *testing.T) {
	sc := newTestContext(t, WithFaults(3, 0.1))
	ctx := context.Background()
	shared := ReduceByKey(KeyBy(Range(sc, 0, 2000, 1, 8), func(v int64) int64 { return v % 50 }), add).Cache()
	sorted := SortByKey(shared, NumPartitions(3))
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			if n, err := sorted.Count(ctx); err != nil || n != 50 {
				t.Errorf("sorted: %d, %v", n, err)
			}
			limited, cancel := context.WithCancel(ctx)
			if i%3 == 0 {
				cancel() // while others run the same stages
			}
			if n, err := Join(shared, sorted).Count(limited); i%3 != 0 && (err != nil || n != 50) {
				t.Errorf("join: %d, %v", n, err)
			}
			cancel()
		})
	}
	wg.Wait()
}
