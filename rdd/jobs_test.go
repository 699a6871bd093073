package rdd

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hanging is an RDD whose tasks end when they are cancelled.
func hanging(sc *Context, started chan<- int) *RDD[int64] {
	return MapPartitions(Range(sc, 0, 2, 1, 2), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		started <- tc.Job()
		<-tc.Context().Done()
		return failed[int64](tc.Err())
	})
}

func TestCancellingJobs(t *testing.T) {
	for name, c := range map[string]struct {
		cancel func(sc *Context, job int)
		says   string
	}{
		"by id":    {func(sc *Context, job int) { sc.CancelJob(job) }, "job 0 cancelled"},
		"by group": {func(sc *Context, _ int) { sc.CancelJobGroup("nightly") }, `job 0 cancelled as part of job group "nightly"`},
		"by tag":   {func(sc *Context, _ int) { sc.CancelJobsWithTag("report") }, "report"},
		"all":      {func(sc *Context, _ int) { sc.CancelAllJobs() }, "job 0 cancelled"},
		"by stage": {func(sc *Context, _ int) { sc.CancelStage(sc.StatusTracker().ActiveStages()[0]) }, "because stage"},
	} {
		t.Run(name, func(t *testing.T) {
			sc := newTestContext(t)
			ctx := within(t, 5*time.Second)
			started := make(chan int, 8)
			f := CountAsync(ctx, hanging(sc, started).Repartition(2), JobGroup("nightly", "the nightly report"), Tag("report"))
			job := <-started
			sc.CancelJobGroup("another")
			sc.CancelJobsWithTag("another")
			sc.CancelJob(job + 1)
			sc.CancelStage(99)
			if f.err != nil || !slices.Equal(sc.StatusTracker().ActiveJobs(), []int{job}) {
				t.Fatal("cancelled by the names of others")
			}
			c.cancel(sc, job)
			_, err := f.Wait(ctx)
			if !errors.Is(err, ErrJobCancelled) || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want %q", err, c.says)
			}
			if n := must[int64](t)(Range(sc, 0, 5, 1, 2).Count(ctx)); n != 5 {
				t.Error("later jobs are harmed")
			}
		})
	}
}

func TestDeadline(t *testing.T) {
	sc := newTestContext(t)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if _, err := hanging(sc, make(chan int, 8)).Count(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("want the deadline, got %v", err)
	}
}

func TestNestedJobsAreOfTheirGroup(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	must[[]int64](t)(SortBy(Range(sc, 0, 100, 1, 4), func(v int64) int64 { return -v }).Collect(context.Background(), JobGroup("g", "sorts")))
	starts := eventsOf[*JobStart](&seen)
	if len(starts) < 2 {
		t.Fatalf("%d jobs, want a sampling job and the sort", len(starts))
	}
	for _, e := range starts {
		if e.Group != "g" || e.Description != "sorts" {
			t.Errorf("job %d: group %q, description %q", e.Job, e.Group, e.Description)
		}
	}
	if ids := sc.StatusTracker().JobsOfGroup("g"); len(ids) != len(starts) {
		t.Errorf("jobs of the group: %v", ids)
	}
}

func TestActionInsideATaskIsAnError(t *testing.T) {
	sc := newTestContext(t, WithThreads(1))
	ctx := within(t, 5*time.Second)
	other := Range(sc, 0, 3, 1, 1)
	tries := 0
	_, err := TryMap(Range(sc, 0, 2, 1, 1), func(int64) (int64, error) { tries++; return other.Count(ctx) }).Collect(ctx)
	if !errors.Is(err, errActionInTask) || tries != 1 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}

func TestListenersMayStartJobs(t *testing.T) {
	var sc *Context
	var once atomic.Bool
	var counted atomic.Int64
	sc = newTestContext(t, WithThreads(1), WithListener(ListenerFunc(func(e Event) {
		if _, ok := e.(*JobEnd); ok && once.CompareAndSwap(false, true) {
			n, _ := Range(sc, 0, 7, 1, 2).Count(within(t, 5*time.Second))
			counted.Store(n)
		}
	})))
	must[int64](t)(Range(sc, 0, 3, 1, 1).Count(within(t, 5*time.Second)))
	if counted.Load() != 7 {
		t.Errorf("the listener's job counted %d", counted.Load())
	}
}

func TestFutures(t *testing.T) {
	sc := newTestContext(t)
	ctx := within(t, 5*time.Second)
	r := Range(sc, 0, 100, 1, 5)
	count, collect, take := CountAsync(ctx, r), CollectAsync(ctx, r), TakeAsync(ctx, r, 30)
	var sum atomic.Int64
	each := ForeachAsync(ctx, r, func(v int64) error { sum.Add(v); return nil })
	if n := must[int64](t)(count.Wait(ctx)); n != 100 {
		t.Error(n)
	}
	if vs := must[[]int64](t)(collect.Wait(ctx)); len(vs) != 100 {
		t.Error(vs)
	}
	if vs := must[[]int64](t)(take.Wait(ctx)); len(vs) != 30 {
		t.Error(vs)
	}
	if must[struct{}](t)(each.Wait(ctx)); sum.Load() != 4950 {
		t.Error(sum.Load())
	}
	if ids := take.JobIDs(); len(ids) != 2 { // a wave of one partition, and one of four
		t.Errorf("jobs %v", ids)
	}
	if _, err := Submit(ctx, func(context.Context) (int, error) { panic("boom") }).Wait(ctx); !errors.As(err, new(*PanicError)) {
		t.Errorf("panic: %v", err)
	}
}

func TestFutureCancel(t *testing.T) {
	sc := newTestContext(t)
	ctx := within(t, 5*time.Second)
	enough := errors.New("enough")
	for _, why := range []error{enough, nil} {
		started := make(chan int, 8)
		f := CountAsync(ctx, hanging(sc, started))
		job := <-started
		soon, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := f.Wait(soon); !errors.Is(err, context.Canceled) {
			t.Errorf("waiting with a context that is over: %v", err)
		}
		if !slices.Equal(f.JobIDs(), []int{job}) {
			t.Errorf("jobs %v, want %d", f.JobIDs(), job)
		}
		f.Cancel(why)
		<-f.Done()
		want := why
		if want == nil {
			want = ErrJobCancelled
		}
		if _, err := f.Wait(ctx); !errors.Is(err, want) {
			t.Errorf("cancelled with %v: %v", why, err)
		}
	}
}

func TestStatusTracker(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[2,1,64]"))
	ctx := within(t, 5*time.Second)
	st := sc.StatusTracker()
	gate := make(chan struct{})
	second := make(chan struct{}, 1)
	r := MapPartitions(Range(sc, 0, 4, 1, 4), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		if tc.Partition() == 3 {
			second <- struct{}{}
			<-gate
		}
		return in
	})
	f := CountAsync(ctx, r, JobGroup("g", "counts"))
	<-second
	var stage StageStatus
	eventually(t, "three tasks are done", func() bool {
		for _, id := range st.ActiveStages() {
			stage, _ = st.Stage(id)
		}
		return stage.Completed == 3
	})
	if stage.Running != 1 || stage.Tasks != 4 || stage.Failed != 0 || stage.Group != "g" {
		t.Errorf("stage %+v", stage)
	}
	ids := st.ActiveJobs()
	if len(ids) != 1 || !slices.Equal(ids, f.JobIDs()) || !slices.Equal(st.JobsOfGroup("g"), ids) {
		t.Fatalf("jobs %v", ids)
	}
	if j, ok := st.Job(ids[0]); !ok || j.Status != JobRunning || j.Description != "counts" || !slices.Equal(j.Stages, []int{stage.ID}) {
		t.Errorf("job %+v", j)
	}
	busy := 0
	for _, e := range st.Executors() {
		busy += e.RunningTasks
	}
	if busy != 1 || len(st.Executors()) != 2 {
		t.Errorf("executors %+v", st.Executors())
	}
	close(gate)
	must[int64](t)(f.Wait(ctx))
	if j, ok := st.Job(ids[0]); !ok || j.Status != JobSucceeded || len(st.ActiveJobs())+len(st.ActiveStages()) != 0 {
		t.Errorf("afterwards: %+v, active %v", j, st.ActiveJobs())
	}
	if s, ok := st.Stage(stage.ID); !ok || s.Completed != 4 || s.Running != 0 {
		t.Errorf("afterwards: %+v", s)
	}
	boom := errors.New("boom")
	_, err := TryMap(r, func(int64) (int64, error) { return 0, Permanent(boom) }).Count(ctx)
	if j, ok := st.Job(ids[0] + 1); !ok || j.Status != JobFailed || !errors.Is(j.Err, boom) {
		t.Errorf("failed job %+v (%v)", j, err)
	}
	if _, ok := st.Job(99); ok {
		t.Error("a job that never was is known")
	}
}

// TestOneRDDManyActions runs actions on one lineage from many goroutines.
func TestOneRDDManyActions(t *testing.T) {
	sc := newTestContext(t)
	ctx := within(t, 10*time.Second)
	r := SortByKey(ReduceByKey(KeyBy(Range(sc, 0, 1000, 1, 5), func(v int64) int64 { return v % 50 }), add)).Cache()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if n, err := r.Count(ctx); n != 50 || err != nil {
				t.Errorf("count = %d, %v", n, err)
			}
			if vs, err := Keys(r).Take(ctx, 3); !slices.Equal(vs, []int64{0, 1, 2}) || err != nil {
				t.Errorf("take: %v, %v", vs, err)
			}
			r.ToDebugString(ctx)
		})
	}
	wg.Wait()
}
