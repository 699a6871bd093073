package rdd

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var errFlakyMachine = errors.New("flaky machine")

// failingOn counts the tasks it starts on the named executors, all of which fail. Tasks elsewhere wait until there were
// enough of them, so that every executor gets its share.
func failingOn(sc *Context, n int, bad, enough *atomic.Int32, executors ...string) *RDD[int64] {
	return MapPartitions(Range(sc, 0, int64(n), 1, n), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		if slices.Contains(executors, tc.Executor()) {
			bad.Add(1)
			return failed[int64](errFlakyMachine)
		}
		for bad.Load() < enough.Load() && tc.Err() == nil {
			time.Sleep(50 * time.Microsecond)
		}
		return in
	})
}

func TestFailingExecutorIsExcluded(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithMaster("local-cluster[3,1,64]"), WithHosts("a", "b", "c"), WithExclusion(), WithListener(&seen),
		WithConf(map[string]string{"spark.excludeOnFailure.timeout": "50ms"}))
	var bad, enough atomic.Int32
	enough.Store(2)
	r := failingOn(sc, 30, &bad, &enough, "executor-1")
	ctx := within(t, 10*time.Second)
	if n := must[int64](t)(r.Count(ctx)); n != 30 {
		t.Fatalf("count = %d", n)
	}
	if bad.Load() != 2 {
		t.Errorf("%d tasks on the failing executor, want it excluded from the stage after 2", bad.Load())
	}
	excluded := eventsOf[*ExecutorExcluded](&seen)
	if len(excluded) != 2 || excluded[0].Executor != "executor-1" || excluded[0].Stage != 0 || excluded[1].Stage != -1 || excluded[1].Failures != 2 {
		t.Errorf("events %+v", excluded)
	}
	if len(eventsOf[*ExecutorUnexcluded](&seen)) == 0 { // else the machine was too slow for this look
		must[int64](t)(r.Count(ctx))
		if n := bad.Load(); n != 2 && len(eventsOf[*ExecutorUnexcluded](&seen)) == 0 {
			t.Errorf("%d tasks on the failing executor in the second job, want none", n-2)
		}
	}
	eventually(t, "the end of the exclusion", func() bool { return len(eventsOf[*ExecutorUnexcluded](&seen)) > 0 })
	enough.Store(bad.Load() + 1)
	must[int64](t)(r.Count(ctx)) // ends only when the executor gets a task again
}

func TestNoExecutorLeftIsAnError(t *testing.T) {
	for name, hosts := range map[string][]string{"executors": {"a", "b"}, "one host": {"a"}} {
		sc := newTestContext(t, WithMaster("local-cluster[2,1,64]"), WithHosts(hosts...), WithExclusion(), WithMaxTaskFailures(100))
		var bad, enough atomic.Int32
		_, err := failingOn(sc, 4, &bad, &enough, "executor-0", "executor-1").Count(within(t, 5*time.Second))
		if err == nil || !errors.Is(err, errFlakyMachine) || !strings.Contains(err.Error(), "spark.excludeOnFailure") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneTaskIsNotTriedTwiceOnAnExecutor(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[3,1,64]"), WithHosts("a", "b", "c"), WithExclusion())
	tried := make(chan string, 8)
	_, err := MapPartitions(Range(sc, 0, 1, 1, 1), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		tried <- tc.Executor()
		if tc.Attempt() < 2 {
			return failed[int64](errFlakyMachine)
		}
		return in
	}).Count(within(t, 5*time.Second))
	a, b, c := <-tried, <-tried, <-tried
	if err != nil || a == b || b == c || a == c {
		t.Errorf("tried on %s, %s and %s: %v", a, b, c, err)
	}
}
