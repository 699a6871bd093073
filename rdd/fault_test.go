package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// manyStages is a program with narrow chains, combining and plain shuffles, unions and a repartition.
func manyStages(sc *Context) *RDD[string] {
	r := KeyBy(Range(sc, 0, 5000, 1, 13), func(v int64) int64 { return v % 17 })
	groups := GroupByKey(r.Filter(func(p Pair[int64, int64]) bool { return p.Val%3 != 0 }), NumPartitions(5))
	flat := FlatMapValues(groups, func(vs []int64) iter.Seq[int64] { return slices.Values(vs) })
	again := KeyBy(Values(flat), func(v int64) int64 { return v % 11 }).Union(r.Repartition(3))
	sums := ReduceByKey(again, add, NumPartitions(4))
	joined := Join(sums, AggregateByKey(r, func() int64 { return 0 }, add, add), NumPartitions(3))
	return SortBy(Map(joined, func(p Pair[int64, Pair[int64, int64]]) string { return fmt.Sprint(p) }), func(s string) string { return s })
}

func TestFaultsGiveTheSameAnswer(t *testing.T) {
	ctx := context.Background()
	want := must[[]string](t)(manyStages(newTestContext(t)).Collect(ctx))
	if len(want) != 17 {
		t.Fatalf("%d results", len(want))
	}
	for seed := range uint64(40) {
		var failed, fetches atomic.Int32
		opts := []ContextOption{WithFaults(seed, 0.3), WithListener(ListenerFunc(func(e Event) {
			if te, ok := e.(*TaskEnd); ok && te.Err != nil {
				failed.Add(1)
				if errors.As(te.Err, new(*FetchFailedError)) {
					fetches.Add(1)
				}
			}
		}))}
		switch seed % 4 {
		case 1:
			opts = append(opts, WithShuffleFiles())
		case 2:
			opts = append(opts, WithMaster("local-cluster[3,2,64]"))
		case 3:
			opts = append(opts, WithMemory(256<<10))
		}
		got, err := manyStages(newTestContext(t, opts...)).Collect(ctx)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("seed %d: %v\n got %v\nwant %v", seed, err, got, want)
		}
		if failed.Load() == 0 {
			t.Errorf("seed %d: no task failed", seed)
		}
		t.Logf("seed %d: %d failed tasks, %d of them fetch failures", seed, failed.Load(), fetches.Load())
	}
}

func TestLostExecutorIsRebuiltFromLineage(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[3,1,64]"))
	ctx := context.Background()
	var mapped atomic.Int32
	source := MapPartitionsWithIndex(Range(sc, 0, 90, 1, 9), func(_ int, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		mapped.Add(1)
		return in
	})
	d := NewExchange(Map(source, func(v int64) Pair[int, int64] { return KV(int(v%2), v) }), 2, nil)
	sizes := must[[]MapStatus](t)(Materialize(ctx, d))
	held := 0
	for _, s := range sizes {
		if s.Executor == "executor-1" {
			held++
		}
	}
	cached := ReadShuffle[int64](d, nil).Cache()
	want := must[[]int64](t)(cached.Collect(ctx))
	for _, id := range []string{"executor-1", "executor-0"} {
		if err := sc.LoseExecutor(id, "test"); err != nil {
			t.Fatal(err)
		}
		mapped.Store(0)
		if got := must[[]int64](t)(ReadShuffle[int64](d, nil).Collect(ctx)); !slices.Equal(got, want) {
			t.Errorf("after losing %s: %v", id, got)
		}
		if id == "executor-1" && int(mapped.Load()) != held {
			t.Errorf("%d map tasks were run again, want the %d that were lost", mapped.Load(), held)
		}
		if got := must[[]int64](t)(cached.Collect(ctx)); !slices.Equal(got, want) {
			t.Errorf("cached, after losing %s: %v", id, got)
		}
	}
	if err := sc.LoseExecutor("executor-2", "test"); err == nil {
		t.Error("the last executor could be lost")
	}
}

// TestDamagedShuffleFiles deletes, cuts and alters files between two jobs.
func TestDamagedShuffleFiles(t *testing.T) {
	ctx := context.Background()
	damages := map[string]func(path string) error{
		"deleted": os.Remove,
		"cut":     func(path string) error { return os.Truncate(path, 20) },
		"altered": func(path string) error {
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			raw[len(raw)-1] ^= 1
			return os.WriteFile(path, raw, 0o600)
		},
	}
	for name, damage := range damages {
		for _, kind := range []string{"shuffle-data", "shuffle-index"} {
			t.Run(kind+" "+name, func(t *testing.T) {
				dir := t.TempDir()
				var seen recorder
				sc := newTestContext(t, WithSpillDir(dir), WithShuffleFiles(), WithListener(&seen))
				r := Range(sc, 0, 1000, 1, 4).Repartition(3)
				want := must[[]int64](t)(r.Collect(ctx))
				files, _ := filepath.Glob(filepath.Join(dir, "*", kind+"-*"))
				slices.Sort(files)
				if err := damage(files[1]); err != nil {
					t.Fatal(err)
				}
				seen.reset()
				if got := must[[]int64](t)(r.Collect(ctx)); !slices.Equal(got, want) {
					t.Errorf("a different answer: %d elements", len(got))
				}
				recomputed := 0
				for _, s := range eventsOf[*StageSubmitted](&seen) {
					if s.Shuffle >= 0 {
						recomputed += s.Tasks
					}
				}
				if recomputed != 1 {
					t.Errorf("%d map tasks were run again, want 1", recomputed)
				}
			})
		}
	}
}

func TestTasksRunWhereTheyPrefer(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithMaster("local-cluster[2,1,64]"), WithListener(&seen))
	ctx := context.Background()
	r := New(sc, nil, fixedPartitions(6), func(tc *TaskContext, p Partition) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			time.Sleep(2 * time.Millisecond) // so that both executors get their share
			yield(tc.Executor(), nil)
		}
	}, PreferredLocations(func(p Partition) []string { return []string{fmt.Sprintf("executor-%d", p.Index()/3)} }))
	cached := Map(r, func(s string) string { return s }).Cache()
	ran := must[[]string](t)(cached.Collect(ctx))
	home := 0
	for i, e := range ran {
		if e == fmt.Sprintf("executor-%d", i/3) {
			home++
		}
	}
	if home < 4 { // without preferences the two would take turns; the quicker one may take some of the other's in the end
		t.Errorf("tasks ran on %v", ran)
	}
	where := Map(cached.Filter(func(string) bool { return true }), func(s string) string { return s })
	seen.reset()
	must[[]string](t)(MapPartitions(where, func(tc *TaskContext, in iter.Seq2[string, error]) iter.Seq2[string, error] {
		time.Sleep(2 * time.Millisecond)
		return in
	}).Collect(ctx))
	home = 0
	for _, e := range eventsOf[*TaskEnd](&seen) {
		if e.Executor == ran[e.Partition] {
			home++
		}
	}
	if home < 4 {
		t.Errorf("%d of 6 cached partitions were read where they are", home)
	}
}

func TestFetchFailuresEndInTheEnd(t *testing.T) {
	sc := newTestContext(t)
	d := NewExchange(Map(Range(sc, 0, 4, 1, 2), func(v int64) Pair[int, int64] { return KV(0, v) }), 1, nil)
	r := MapPartitions(ReadShuffle[int64](d, nil), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		d.Release() // whenever a reducer begins, all outputs vanish
		return in
	})
	_, err := r.Collect(context.Background())
	var fetch *FetchFailedError
	if !errors.As(err, &fetch) || fetch.Shuffle != d.ID {
		t.Errorf("want the fetch failure, got %v", err)
	}
}

// TestIndeterminateStageIsRunWhole loses one output of a stage whose every run gives something else.
func TestIndeterminateStageIsRunWhole(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[2,1,64]"))
	ctx := context.Background()
	var run atomic.Int64
	source := MapPartitionsWithIndex(Range(sc, 0, 8, 1, 4), func(i int, in iter.Seq2[int64, error]) iter.Seq2[Pair[int, int64], error] {
		n := run.Add(1)
		return func(yield func(Pair[int, int64], error) bool) { yield(KV(i%2, n), nil) }
	}, WithDeterminacy(Indeterminate))
	d := NewExchange(source, 2, nil)
	must[[]MapStatus](t)(Materialize(ctx, d))
	if err := sc.LoseExecutor("executor-1", "test"); err != nil {
		t.Fatal(err)
	}
	for _, v := range must[[]int64](t)(ReadShuffle[int64](d, nil).Collect(ctx)) {
		if v <= 4 {
			t.Errorf("output %d of the first run was used beside those of the second", v)
		}
	}
}

func TestAccumulatorsCountOnce(t *testing.T) {
	for seed := range uint64(10) {
		sc := newTestContext(t, WithFaults(seed, 0.4))
		rows := NewCounter(sc, "rows")
		err := Range(sc, 0, 1000, 1, 20).ForeachPartition(context.Background(), func(tc *TaskContext, in iter.Seq2[int64, error]) error {
			for _, err := range in {
				if err != nil {
					return err
				}
				rows.Add(tc, 1)
			}
			return nil
		})
		if err != nil || rows.Value() != 1000 {
			t.Errorf("seed %d: %v, %s = %d", seed, err, rows.Name(), rows.Value())
		}
	}
}

func TestFaultsAreRepeatable(t *testing.T) {
	story := func() (failed []int) {
		sc := newTestContext(t, WithThreads(1), WithFaults(7, 0.3), WithListener(ListenerFunc(func(e Event) {
			if te, ok := e.(*TaskEnd); ok && te.Err != nil {
				failed = append(failed, te.Partition)
			}
		})))
		must[int64](t)(Range(sc, 0, 100, 1, 30).Count(context.Background()))
		return failed
	}
	if a, b := story(), story(); len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("two runs with one seed: %v and %v", a, b)
	}
}

// TestExecutorLostWhileItIsRead loses the executor that holds half of the outputs when a reducer has already begun.
func TestExecutorLostWhileItIsRead(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[2,1,64]"))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var once sync.Once
	d := NewExchange(Map(Range(sc, 0, 40, 1, 8), func(v int64) Pair[int, int64] { return KV(int(v%4), v) }), 4, nil)
	must[[]MapStatus](t)(Materialize(ctx, d))
	r := MapPartitions(ReadShuffle[int64](d, nil), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		once.Do(func() {
			other := "executor-0"
			if tc.Executor() == other {
				other = "executor-1"
			}
			sc.LoseExecutor(other, "test")
		})
		return in
	})
	if n := must[int64](t)(r.Count(ctx)); n != 40 {
		t.Errorf("count = %d", n)
	}
}
