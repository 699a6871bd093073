package rdd

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// eventually waits until what is true, for things that other goroutines bring about.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !cond(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within five seconds", what)
		}
	}
}

// within gives a context that ends a test which hangs.
func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestAddedExecutorTakesWaitingTasks(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithThreads(1), WithListener(&seen))
	both := make(chan string, 2)
	release := make(chan struct{})
	done := make(chan error)
	go func() { // two tasks that only end when both run
		_, err := MapPartitions(Range(sc, 0, 2, 1, 2), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
			both <- tc.Executor()
			<-release
			return in
		}).Count(context.Background())
		done <- err
	}()
	first := <-both
	id := must[string](t)(sc.AddExecutor(1))
	if second := <-both; second != id || first == id {
		t.Errorf("tasks on %s and %s, the new executor is %s", first, second, id)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if sc.Slots() != 2 || !slices.Equal(sc.Executors(), []string{"executor-0", id}) {
		t.Errorf("%d slots on %v", sc.Slots(), sc.Executors())
	}
	if added := eventsOf[*ExecutorAdded](&seen); len(added) != 1 || *added[0] != (ExecutorAdded{id, "localhost", 1}) {
		t.Errorf("events %v", added)
	}
	if _, err := sc.AddExecutor(0); err == nil {
		t.Error("an executor without slots was added")
	}
	sc.Close()
	if _, err := sc.AddExecutor(1); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestDecommissionLosesNothing takes two of three executors away after a shuffle was written and its result cached.
func TestDecommissionLosesNothing(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithMaster("local-cluster[3,1,64]"), WithListener(&seen))
	ctx := within(t, 5*time.Second)
	var mapped, reduced atomic.Int32
	source := Map(Range(sc, 0, 90, 1, 9), func(v int64) Pair[int, int64] { mapped.Add(1); return KV(int(v%6), v) })
	d := NewExchange(source, 6, nil)
	cached := Map(ReadShuffle[int64](d, nil), func(v int64) int64 { reduced.Add(1); return v }).Cache()
	want := must[[]int64](t)(cached.Collect(ctx))
	for _, id := range []string{"executor-1", "executor-0"} {
		if err := sc.DecommissionExecutor(id); err != nil {
			t.Fatal(err)
		}
		if got := must[[]int64](t)(cached.Collect(ctx)); !slices.Equal(got, want) {
			t.Errorf("cached, without %s: %v", id, got)
		}
		if got := must[[]int64](t)(ReadShuffle[int64](d, nil).Collect(ctx)); !slices.Equal(got, want) {
			t.Errorf("shuffled, without %s: %v", id, got)
		}
	}
	if mapped.Load() != 90 || reduced.Load() != 90 {
		t.Errorf("%d elements mapped and %d reduced: something was computed again", mapped.Load(), reduced.Load())
	}
	gone := eventsOf[*ExecutorDecommissioned](&seen)
	if len(gone) != 2 || gone[1].Heir != "executor-2" || !slices.Equal(sc.Executors(), []string{"executor-2"}) {
		t.Errorf("decommissioned %v, left %v", gone, sc.Executors())
	}
	if err := sc.DecommissionExecutor("executor-2"); err == nil {
		t.Error("the last executor was decommissioned")
	}
	if err := sc.DecommissionExecutor("executor-1"); err == nil {
		t.Error("an executor was decommissioned twice")
	}
	id := must[string](t)(sc.AddExecutor(1)) // what was taken over is lost with the one who took it
	if err := sc.LoseExecutor("executor-2", "test"); err != nil {
		t.Fatal(err)
	}
	if got := must[[]int64](t)(cached.Collect(ctx)); !slices.Equal(got, want) || mapped.Load() != 180 || reduced.Load() != 180 {
		t.Errorf("on %s alone: %d mapped, %d reduced, %v", id, mapped.Load(), reduced.Load(), got)
	}
}

func TestDecommissionLetsTasksEnd(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithMaster("local-cluster[2,1,64]"), WithListener(&seen))
	running, release := make(chan string, 2), make(chan struct{})
	var tries atomic.Int32
	var mu sync.Mutex
	later := map[string]int{}
	done := make(chan error)
	go func() {
		_, err := MapPartitions(Range(sc, 0, 10, 1, 10), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
			if tc.Partition() < 2 {
				running <- tc.Executor()
				<-release
			} else {
				mu.Lock()
				later[tc.Executor()]++
				mu.Unlock()
			}
			tries.Add(1)
			return in
		}).Cache().Count(context.Background())
		done <- err
	}()
	<-running
	<-running
	if err := sc.DecommissionExecutor("executor-0"); err != nil {
		t.Fatal(err)
	}
	if n := len(eventsOf[*ExecutorDecommissioned](&seen)); n != 0 {
		t.Error("decommissioned while a task runs there")
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	eventually(t, "the move", func() bool { return len(eventsOf[*ExecutorDecommissioned](&seen)) == 1 })
	if tries.Load() != 10 || later["executor-0"] != 0 || later["executor-1"] != 8 {
		t.Errorf("%d tries, later tasks on %v", tries.Load(), later)
	}
	if e := eventsOf[*ExecutorDecommissioned](&seen)[0]; e.CachedBlocks != 1 {
		t.Errorf("%d cached blocks moved, want the one of the task that ended there", e.CachedBlocks)
	}
}

// TestExecutorsComeAndGo changes the executors all the time under a running program.
func TestExecutorsComeAndGo(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[3,2,64]"))
	ctx := within(t, 10*time.Second)
	want := must[[]string](t)(manyStages(newTestContext(t)).Collect(ctx))
	stop, stopped := make(chan struct{}), make(chan struct{})
	losses := make(chan bool, 2) // a stage survives three
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(200 * time.Microsecond):
			}
			ids := sc.Executors()
			switch i % 9 {
			case 0, 3, 6:
				sc.AddExecutor(2)
			case 8:
				select {
				case <-losses:
					sc.LoseExecutor(ids[0], "test")
				default:
				}
			case 2, 5:
				sc.DecommissionExecutor(ids[len(ids)/2])
			}
		}
	}()
	for range 5 {
		for len(losses) < cap(losses) {
			losses <- true
		}
		if got, err := manyStages(sc).Collect(ctx); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v: %v", err, got)
		}
	}
	close(stop)
	<-stopped
}
