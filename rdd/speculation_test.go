package rdd

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"testing"
	"time"
)

// quickSpeculation looks every millisecond and calls a task slow after a few.
var quickSpeculation = WithConf(map[string]string{"spark.speculation": "true", "spark.speculation.interval": "1ms",
	"spark.speculation.quantile": "0.5", "spark.speculation.multiplier": "1.5", "spark.speculation.minTaskRuntime": "5ms"})

// TestStragglerIsCopied has the first attempt of the last task hang: until it is cancelled, or until the copy is done.
func TestStragglerIsCopied(t *testing.T) {
	for name, c := range map[string]struct {
		master string
		heeds  bool // the straggler notices that it is cancelled
	}{
		"another executor": {"local-cluster[2,2,64]", true},
		"another slot":     {"local[3]", true},
		"result dropped":   {"local-cluster[2,2,64]", false},
	} {
		t.Run(name, func(t *testing.T) {
			var seen recorder
			sc := newTestContext(t, WithMaster(c.master), quickSpeculation, WithListener(&seen))
			counted := NewCounter(sc, "tasks")
			copied := make(chan struct{})
			var delivered [10]atomic.Int32
			var hung, quick string
			err := RunJob(within(t, 5*time.Second), Range(sc, 0, 10, 1, 10), nil,
				func(tc *TaskContext, in iter.Seq2[int64, error]) (int, error) {
					counted.Add(tc, 1)
					switch {
					case tc.Partition() == 9 && tc.Attempt() == 0:
						hung = tc.Executor()
						if c.heeds {
							<-tc.Context().Done()
							return 0, tc.Err()
						}
						<-copied
						time.Sleep(5 * time.Millisecond) // the copy is accepted meanwhile
					case tc.Partition() == 9:
						quick = tc.Executor()
						close(copied)
					}
					return tc.Attempt(), nil
				}, func(part, attempt int) bool {
					delivered[part].Add(1)
					if part == 9 && attempt != 1 {
						t.Errorf("the result of attempt %d was delivered", attempt)
					}
					return true
				})
			if err != nil {
				t.Fatal(err)
			}
			for i := range delivered {
				if n := delivered[i].Load(); n != 1 {
					t.Errorf("partition %d delivered %d times", i, n)
				}
			}
			if counted.Value() != 10 {
				t.Errorf("accumulator %d, want one for each task", counted.Value())
			}
			if same := hung == quick; same != (c.master == "local[3]") {
				t.Errorf("the straggler on %s, its copy on %s", hung, quick)
			}
			copies := 0
			for _, e := range eventsOf[*TaskStart](&seen) {
				if e.Speculative {
					copies++
				}
			}
			if copies != 1 {
				t.Errorf("%d tasks copied, want 1", copies)
			}
			for _, e := range eventsOf[*TaskEnd](&seen) {
				if won := e.Partition != 9 || e.Attempt == 1; won != (e.Err == nil) {
					t.Errorf("partition %d, attempt %d: %v", e.Partition, e.Attempt, e.Err)
				}
			}
		})
	}
}

// TestCopyThatFailsLeavesTheFirst has the copy fail for good, while the first attempt goes on.
func TestCopyThatFailsLeavesTheFirst(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[2,2,64]"), quickSpeculation)
	failed := make(chan struct{})
	_, err := MapPartitions(Range(sc, 0, 10, 1, 10), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		if tc.Partition() == 9 {
			if tc.Attempt() == 1 {
				close(failed)
				panic("the copy fails")
			}
			<-failed
		}
		return in
	}).Count(within(t, 5*time.Second))
	if err != nil {
		t.Error(err)
	}
}

func TestNoCopiesWithoutSpeculation(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[2,2,64]"))
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	var attempts atomic.Int32
	_, err := MapPartitions(Range(sc, 0, 4, 1, 4), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		if tc.Partition() == 3 {
			attempts.Add(1)
			<-tc.Context().Done()
		}
		return in
	}).Count(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || attempts.Load() != 1 {
		t.Errorf("%v after %d attempts, want the deadline", err, attempts.Load())
	}
}
