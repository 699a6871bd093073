package rdd

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"
)

// ranOn runs a job of n tasks that prefer places, and tells on which executor each ran. Task 0 holds its slot until
// another task has run when hold is set.
func ranOn(t *testing.T, sc *Context, n int, hold bool, prefer func(i int) []string) []string {
	t.Helper()
	var once sync.Once
	other := make(chan struct{})
	r := New(sc, nil, fixedPartitions(n), func(tc *TaskContext, p Partition) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			switch {
			case p.Index() > 0:
				once.Do(func() { close(other) })
			case hold:
				select {
				case <-other:
				case <-tc.Context().Done():
				}
			}
			yield(tc.Executor(), nil)
		}
	}, PreferredLocations(func(p Partition) []string { return prefer(p.Index()) }))
	return must[[]string](t)(r.Collect(within(t, 10*time.Second)))
}

func TestLocalityLevels(t *testing.T) {
	always := func(places ...string) func(int) []string { return func(int) []string { return places } }
	for _, c := range []struct {
		name          string
		process, node time.Duration
		hold          bool
		prefer        func(i int) []string
		want          []string // executors that may be used
		must          []string // of them, that must be
	}{
		{"an executor is waited for", time.Hour, time.Hour, false, always("executor-0"), []string{"executor-0"}, nil},
		{"its host is next", time.Millisecond, time.Hour, true, always("executor-0"), []string{"executor-0", "executor-2"}, []string{"executor-2"}},
		{"then anything", time.Millisecond, time.Millisecond, true, always("executor-0"),
			[]string{"executor-0", "executor-1", "executor-2", "executor-3"}, nil},
		{"a host is waited for", time.Hour, time.Hour, true, always("b"), []string{"executor-1", "executor-3"}, []string{"executor-1", "executor-3"}},
		{"what is not there is not waited for", time.Hour, time.Hour, true, always("executor-9", "nowhere"),
			[]string{"executor-0", "executor-1", "executor-2", "executor-3"}, nil},
		{"tasks without preference do not wait", time.Hour, time.Hour, true, func(i int) []string {
			if i == 0 {
				return []string{"executor-0"}
			}
			return nil
		}, []string{"executor-0", "executor-1", "executor-2", "executor-3"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			sc := newTestContext(t, WithMaster("local-cluster[4,1,64]"), WithHosts("a", "b"), WithConf(map[string]string{
				"spark.locality.wait.process": fmt.Sprintf("%dus", c.process.Microseconds()),
				"spark.locality.wait.node":    fmt.Sprintf("%dus", c.node.Microseconds())}))
			ran := ranOn(t, sc, 8, c.hold, c.prefer)
			for i, e := range ran {
				if !slices.Contains(c.want, e) {
					t.Errorf("task %d ran on %s, want one of %v", i, e, c.want)
				}
			}
			for _, e := range c.must {
				if !slices.Contains(ran, e) {
					t.Errorf("nothing ran on %s: %v", e, ran)
				}
			}
		})
	}
}

// TestLostExecutorIsNotWaitedFor has tasks wait for a busy executor that is then lost.
func TestLostExecutorIsNotWaitedFor(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[2,1,64]"), WithLocalityWait(time.Hour))
	busy := make(chan struct{})
	var once sync.Once
	r := New(sc, nil, fixedPartitions(4), func(tc *TaskContext, p Partition) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			if tc.Executor() == "executor-1" {
				once.Do(func() { close(busy) })
				<-tc.Context().Done() // the loss cancels it
				yield("", tc.Err())
				return
			}
			yield(tc.Executor(), nil)
		}
	}, PreferredLocations(func(Partition) []string { return []string{"executor-1"} }))
	f := CollectAsync(within(t, 5*time.Second), r)
	<-busy
	if err := sc.LoseExecutor("executor-1", "test"); err != nil {
		t.Fatal(err)
	}
	if ran := must[[]string](t)(f.Wait(context.Background())); !slices.Equal(ran, slices.Repeat([]string{"executor-0"}, 4)) {
		t.Errorf("ran on %v", ran)
	}
}

func TestCachedPartitionsAreReadWhereTheyAre(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[3,1,64]"), WithLocalityWait(time.Hour))
	where := func(r *RDD[int64]) []string {
		return must[[]string](t)(MapPartitions(r, func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[string, error] {
			return func(yield func(string, error) bool) {
				for range in {
				}
				yield(tc.Executor(), nil)
			}
		}).Collect(within(t, 5*time.Second)))
	}
	cached := Range(sc, 0, 90, 1, 9).Cache()
	first := where(cached)
	for range 3 {
		if again := where(cached.Filter(func(int64) bool { return true })); !slices.Equal(again, first) {
			t.Errorf("stored on %v, read on %v", first, again)
		}
	}
}

func TestMakeRDD(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[3,1,64]"), WithLocalityWait(time.Hour))
	r := MakeRDD(sc, Placed[int]{[]int{1, 2}, []string{"executor-2"}}, Placed[int]{[]int{3}, []string{"executor-0"}}, Placed[int]{nil, nil})
	if got := must[[]int](t)(r.Collect(context.Background())); !slices.Equal(got, []int{1, 2, 3}) {
		t.Error(got)
	}
	on := must[[]string](t)(MapPartitions(r, func(tc *TaskContext, in iter.Seq2[int, error]) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) { yield(tc.Executor(), nil) }
	}).Collect(context.Background()))
	if len(on) != 3 || on[0] != "executor-2" || on[1] != "executor-0" {
		t.Errorf("ran on %v", on)
	}
}
