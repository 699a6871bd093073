package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// inTask runs f as the one task of a job.
func inTask(t *testing.T, sc *Context, f func(tc *TaskContext) error) error {
	t.Helper()
	return Parallelize(sc, []int{0}, 1).ForeachPartition(context.Background(), func(tc *TaskContext, in iter.Seq2[int, error]) error {
		return f(tc)
	})
}

func TestReservationSpills(t *testing.T) {
	sc := newTestContext(t, WithMemory(1<<20), WithMaster("local[2,1]"))
	err := inTask(t, sc, func(tc *TaskContext) error {
		var order []string
		var a, b *Reservation
		a = tc.Reserve("a", func(want int64) (int64, error) {
			order = append(order, "a")
			n := a.Used()
			a.Shrink(n)
			return n, nil
		})
		b = tc.Reserve("b", func(want int64) (int64, error) { order = append(order, "b"); return 0, nil })
		c := tc.Reserve("c", nil)
		if err := errors.Join(a.Grow(600<<10), b.Grow(300<<10)); err != nil {
			return err
		}
		if err := c.Grow(400 << 10); err != nil {
			return fmt.Errorf("others could have spilled: %w", err)
		}
		if got := strings.Join(order, ""); got != "a" {
			return fmt.Errorf("spilled %s, want the largest, a", got)
		}
		err := c.Grow(700 << 10)
		var me *MemoryError
		if !errors.As(err, &me) || me.Owner != "c" || me.Wanted != 700<<10 || me.Limit != 1<<20 || len(me.Largest) < 2 || me.Largest[0].Owner != "c" {
			return fmt.Errorf("over the limit: %v", err)
		}
		if !strings.Contains(me.Error(), `"c" 400.0 KiB, "b" 300.0 KiB`) {
			return fmt.Errorf("message: %v", me)
		}
		if tc.Metrics().PeakMemory < 900<<10 {
			return fmt.Errorf("peak %d", tc.Metrics().PeakMemory)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if u := sc.Memory().Usage(); u.Execution != 0 || len(u.Owners) != 0 {
		t.Errorf("after the task: %+v", u)
	}
}

func TestSmallGrowsAreBatched(t *testing.T) {
	defaults := defaultStoring()
	counting := &countingManager{MemoryManager: newUnifiedMemory(1<<30, &defaults, nil)}
	sc := newTestContext(t, WithMemoryManager(counting))
	err := inTask(t, sc, func(tc *TaskContext) error {
		r := tc.Reserve("rows", nil)
		for range 10_000 {
			if err := r.Grow(16); err != nil {
				return err
			}
		}
		return nil
	})
	if n := counting.calls.Load(); err != nil || n > 4 {
		t.Errorf("%v, %d calls of the manager for 160 KB in small pieces", err, n)
	}
}

type countingManager struct {
	MemoryManager
	calls atomic.Int32
}

func (m *countingManager) Acquire(ctx context.Context, c Consumer, n int64) error {
	m.calls.Add(1)
	return m.MemoryManager.Acquire(ctx, c, n)
}

// TestRefusalsEnd: a manager that refuses for ever, telling that others hold what is missing, ends in an error.
func TestRefusalsEnd(t *testing.T) {
	defaults := defaultStoring()
	sc := newTestContext(t, WithMemoryManager(refusing{newUnifiedMemory(1<<30, &defaults, nil)}))
	attempts, most := 0, 10
	sc.conf.scheduling.maxYields = most
	err := inTask(t, sc, func(tc *TaskContext) error {
		attempts++
		return tc.Reserve("rows", nil).Grow(1)
	})
	if refused := (*MemoryError)(nil); !errors.As(err, &refused) || attempts <= most || attempts > most+4 {
		t.Errorf("%d attempts: %v", attempts, err)
	}
}

type refusing struct{ MemoryManager }

func (m refusing) Acquire(_ context.Context, c Consumer, n int64) error {
	return &MemoryError{Owner: c.Owner, Wanted: n, Contended: true}
}

func TestTasksShareMemoryFairly(t *testing.T) {
	defaults := defaultStoring()
	m := newUnifiedMemory(1000, &defaults, nil)
	ctx := context.Background()
	a, b := Consumer{Task: 1, Owner: "a"}, Consumer{Task: 2, Owner: "b"}
	if err := m.Acquire(ctx, a, 900); err != nil {
		t.Fatal(err)
	}
	if err := m.Acquire(ctx, b, 600); err == nil {
		t.Error("more than half of the pool for one task of two")
	}
	got := make(chan error)
	go func() { got <- m.Acquire(ctx, b, 200) }()
	select {
	case err := <-got:
		t.Fatalf("200 are within the guarantee of a quarter, so b waits; got %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	m.Release(a, 500)
	if err := <-got; err != nil {
		t.Errorf("b was promised its share: %v", err)
	}
	if err := m.Acquire(ctx, a, 200); err == nil {
		t.Error("a holds 400 of 1000 and asks for more than its half")
	}
	cancelled, cancel := context.WithCancel(ctx)
	c := Consumer{Task: 3, Owner: "c"}
	if err := m.Acquire(ctx, b, 130); err != nil {
		t.Fatal(err)
	}
	if err := m.Acquire(ctx, Consumer{Owner: "shared"}, 270); err != nil {
		t.Fatal(err)
	}
	go func() { got <- m.Acquire(cancelled, c, 50) }()
	time.Sleep(5 * time.Millisecond)
	cancel()
	if err := <-got; !errors.Is(err, context.Canceled) {
		t.Errorf("a waiter that was cancelled: %v", err)
	}
	if n := len(m.tasks); n != 2 {
		t.Errorf("%d tasks share the pool, want a and b", n)
	}
}

func TestExecutionEvictsStorage(t *testing.T) {
	sc := newTestContext(t, WithMemory(1<<20), WithMaster("local[1]"))
	ctx := context.Background()
	first := Range(sc, 0, 60_000, 1, 6).Cache() // 480 KB
	second := Range(sc, 0, 60_000, 1, 6).Cache()
	must[int64](t)(first.Count(ctx))
	must[int64](t)(second.Count(ctx))
	if u := sc.Memory().Usage(); u.Storage < 900<<10 {
		t.Errorf("both fit: %+v", u)
	}
	err := inTask(t, sc, func(tc *TaskContext) error { return tc.Reserve("x", nil).Grow(500 << 10) })
	if u := sc.Memory().Usage(); err != nil || u.Storage > 600<<10 || u.Storage < 300<<10 {
		t.Errorf("%v: storage %d, want room made for 500 KiB and no more", err, u.Storage)
	}
	for _, r := range []*RDD[int64]{first, second} { // both must stay reachable for their blocks to stay
		if n := must[int64](t)(r.Count(ctx)); n != 60_000 {
			t.Errorf("count over evicted blocks: %d", n)
		}
	}
}

func TestCacheComputesOnce(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	ctx := context.Background()
	var computed atomic.Int32
	r := Map(Parallelize(sc, []lent{{v: 1}, {v: 2}, {v: 3}}, 3), func(l lent) lent { computed.Add(1); return l }).Cache()
	if got := must[[]lent](t)(r.Take(ctx, 1)); len(got) != 1 || computed.Load() != 1 {
		t.Errorf("take: %v, %d computed", got, computed.Load())
	}
	for range 3 {
		for _, l := range must[[]lent](t)(r.Collect(ctx)) {
			if !l.kept {
				t.Error("the cache kept an element that was only lent")
			}
		}
	}
	if computed.Load() != 3 {
		t.Errorf("computed %d elements, want 3", computed.Load())
	}
	if n := len(eventsOf[*BlockUpdated](&seen)); n != 3 {
		t.Errorf("%d block events", n)
	}
	r.Unpersist()
	must[[]lent](t)(r.Collect(ctx))
	if computed.Load() != 6 || sc.Memory().Usage().Storage != 0 {
		t.Errorf("after Unpersist: computed %d, storage %d", computed.Load(), sc.Memory().Usage().Storage)
	}
}

func TestCacheCutsTheStageOff(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	ctx := context.Background()
	shuffled := Range(sc, 0, 100, 1, 2).Repartition(3)
	r := Map(shuffled, func(v int64) int64 { return v }).Cache()
	must[int64](t)(r.Count(ctx))
	for _, d := range shuffled.Dependencies() {
		d.(*ShuffleDependency).Release()
	}
	seen.reset()
	if n := must[int64](t)(r.Count(ctx)); n != 100 || len(eventsOf[*StageSubmitted](&seen)) != 1 {
		t.Errorf("count %d in %d stages: a cached RDD needs no parents", n, len(eventsOf[*StageSubmitted](&seen)))
	}
}

func TestPartitionsThatDoNotFitStream(t *testing.T) {
	sc := newTestContext(t, WithMemory(64<<10), WithMaster("local[1]"))
	r := Range(sc, 0, 100_000, 1, 2).Cache()
	for range 2 {
		if n := must[int64](t)(r.Count(context.Background())); n != 100_000 {
			t.Errorf("count = %d", n)
		}
	}
	if u := sc.Memory().Usage(); u.Storage != 0 {
		t.Errorf("half a partition was kept: %+v", u)
	}
}

func TestOnceBuildsOncePerExecutor(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[2,3,64]"))
	var built atomic.Int32
	key := NewOnceKey[string]()
	run := func(build func(tc *TaskContext) (string, error)) error {
		return Range(sc, 0, 60, 1, 60).ForeachPartition(context.Background(), func(tc *TaskContext, _ iter.Seq2[int64, error]) error {
			v, err := Once(tc, key, func() (string, error) { return build(tc) })
			if err == nil && v != "table" {
				return fmt.Errorf("got %q", v)
			}
			return err
		})
	}
	if err := run(func(tc *TaskContext) (string, error) {
		time.Sleep(time.Millisecond)
		built.Add(1)
		return "table", tc.ReserveJob("hash table").Grow(1 << 20)
	}); err != nil || built.Load() != 2 {
		t.Errorf("%v, built %d times by two executors", err, built.Load())
	}
	if u := sc.Memory().Usage(); u.Execution != 0 || u.Peak < 2<<20 {
		t.Errorf("after the job: %+v", u)
	}
	built.Store(0)
	err := run(func(*TaskContext) (string, error) { // the next job builds anew, and failures do not stick
		if built.Add(1) == 1 {
			panic("first build")
		}
		return "table", nil
	})
	if err != nil || built.Load() < 2 {
		t.Errorf("%v after %d builds", err, built.Load())
	}
}

func TestScratchKeepsCapacity(t *testing.T) {
	sc := newTestContext(t, WithThreads(1))
	var mu sync.Mutex
	fresh := 0
	err := Range(sc, 0, 10, 1, 10).ForeachPartition(context.Background(), func(tc *TaskContext, _ iter.Seq2[int64, error]) error {
		a, b := Scratch[[]int](tc, "buf"), Scratch[[]int](tc, "buf")
		if a == b {
			return errors.New("one buffer lent twice to a task")
		}
		for _, s := range []*[]int{a, b} {
			if cap(*s) == 0 {
				mu.Lock()
				fresh++
				mu.Unlock()
				*s = make([]int, 0, 100)
			}
		}
		return nil
	})
	if err != nil || fresh != 2 {
		t.Errorf("%v, %d fresh buffers for ten tasks of one slot", err, fresh)
	}
}

func TestBroadcast(t *testing.T) {
	sc := newTestContext(t, WithMemory(1<<20))
	big := must[*Broadcast[batch]](t)(NewBroadcast(sc, batch{vals: make([]int64, 64<<10)}))
	if _, err := NewBroadcast(sc, batch{vals: make([]int64, 64<<10)}); !errors.As(err, new(*MemoryError)) {
		t.Errorf("a second half MiB beyond the shared part: %v", err)
	}
	n := must[[]int](t)(Map(Parallelize(sc, []int{1}, 1), func(int) int { return len(big.Value().vals) }).Collect(context.Background()))
	if n[0] != 64<<10 {
		t.Error(n)
	}
	big.Destroy()
	if u := sc.Memory().Usage(); u.Execution != 0 {
		t.Errorf("after Destroy: %+v", u)
	}
}
