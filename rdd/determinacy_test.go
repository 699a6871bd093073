package rdd

import (
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// lossy is a program over a shuffle whose map side is counted, and which loses one of two executors when its last
// result task begins: before any result was delivered, or after the first one was.
type lossy struct {
	sc        *Context
	mapped    atomic.Int32
	delivered chan struct{}
	once      sync.Once
}

// source deals elements that, when random is set, are others in each run.
func (l *lossy) source(random bool) *RDD[int64] {
	var opts []Option
	if random {
		opts = append(opts, WithDeterminacy(Indeterminate))
	}
	return MapPartitions(Range(l.sc, 0, 40, 1, 4), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		run := int64(l.mapped.Add(1)-1) / 4 * 1000
		return func(yield func(int64, error) bool) {
			for v, err := range in {
				if random {
					v += run
				}
				if !yield(v, err) || err != nil {
					return
				}
			}
		}
	}, opts...).Repartition(3)
}

// run collects r; the task of the last partition loses an executor, after a delivery when late is set.
func (l *lossy) run(t *testing.T, r *RDD[int64], late bool) (all []int64, err error) {
	ctx := within(t, 5*time.Second)
	err = RunJob(ctx, r, nil, func(tc *TaskContext, in iter.Seq2[int64, error]) (vs []int64, err error) {
		switch {
		case tc.StageAttempt() > 0:
		case tc.Partition() == 2:
			l.once.Do(func() {
				if late {
					<-l.delivered
				}
				other := "executor-0"
				if tc.Executor() == other {
					other = "executor-1"
				}
				l.sc.LoseExecutor(other, "test")
			})
		case !late || tc.Partition() == 1: // keeps its executor busy until the end
			<-tc.Context().Done()
			return nil, tc.Err()
		}
		for v, err := range in {
			if err != nil {
				return nil, err
			}
			vs = append(vs, v)
		}
		return vs, nil
	}, func(_ int, vs []int64) bool {
		if all = append(all, vs...); l.delivered != nil {
			select {
			case <-l.delivered:
			default:
				close(l.delivered)
			}
		}
		return true
	})
	slices.Sort(all)
	return all, err
}

func TestDeterminacyDecidesWhatIsRerun(t *testing.T) {
	indexed := func(r *RDD[int64]) *RDD[int64] { return Values(ZipWithIndex(r)) }
	same := func(r *RDD[int64]) *RDD[int64] { return r }
	for _, c := range []struct {
		name   string
		random bool
		late   bool // a result was delivered before the loss
		then   func(*RDD[int64]) *RDD[int64]
		mapped func(n int32) bool
		fails  bool
	}{
		{"determinate, early", false, false, same, func(n int32) bool { return n > 4 && n < 8 }, false},
		{"determinate, late", false, true, same, func(n int32) bool { return n > 4 && n < 8 }, false},
		{"random, early: all is run again", true, false, same, func(n int32) bool { return n == 8 }, false},
		{"random, late: the job is given up", true, true, same, func(n int32) bool { return n <= 8 }, true},
		{"random and indexed, late", true, true, indexed, func(n int32) bool { return n <= 8 }, true},
		{"indexed, early", false, false, indexed, func(n int32) bool { return n > 4 && n < 8 }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &lossy{sc: newTestContext(t, WithMaster("local-cluster[2,2,64]"), WithLocalityWait(0)), delivered: make(chan struct{})}
			all, err := l.run(t, c.then(l.source(c.random)), c.late)
			if !c.mapped(l.mapped.Load()) {
				t.Errorf("%d map tasks ran for 4 partitions", l.mapped.Load())
			}
			if c.fails {
				if !errors.Is(err, errIndeterminateResult) || !strings.Contains(err.Error(), "indeterminate") {
					t.Errorf("want the job given up, got %v", err)
				}
				return
			}
			if err != nil || len(all) != 40 {
				t.Fatalf("%d elements, %v", len(all), err)
			}
			for i, v := range all {
				if want := int64(i); v%1000 != want || v/1000 != all[0]/1000 {
					t.Fatalf("a mixture of two runs: %v", all)
				}
			}
		})
	}
}

// TestStageIsGivenUpAfterItsAttempts loses the outputs each time they are read.
func TestStageIsGivenUpAfterItsAttempts(t *testing.T) {
	for attempts, conf := range map[int]map[string]string{4: nil, 2: {"spark.stage.maxConsecutiveAttempts": "2"}} {
		var seen recorder
		sc := newTestContext(t, WithListener(&seen), WithConf(conf))
		d := NewExchange(Map(Range(sc, 0, 4, 1, 2), func(v int64) Pair[int, int64] { return KV(0, v) }), 1, nil)
		_, err := MapPartitions(ReadShuffle[int64](d, nil), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
			d.Release()
			return in
		}).Count(within(t, 5*time.Second))
		tried := 0
		for _, e := range eventsOf[*StageSubmitted](&seen) {
			if e.Shuffle < 0 {
				tried++
			}
		}
		if !errors.As(err, new(*FetchFailedError)) || tried != attempts {
			t.Errorf("given up after %d attempts, want %d: %v", tried, attempts, err)
		}
	}
}

// TestPositionsAreNotCountedOnOthers counts the elements of a stage whose next run gives other numbers of them.
func TestPositionsAreNotCountedOnOthers(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[2,2,64]"))
	ctx := within(t, 5*time.Second)
	var run atomic.Int64
	random := MapPartitions(Range(sc, 0, 40, 1, 4), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		n := run.Add(1)
		return func(yield func(int64, error) bool) {
			for v, err := range in {
				if v%10 < n && (!yield(v, err) || err != nil) {
					return
				}
			}
		}
	}, WithDeterminacy(Indeterminate))
	r := ZipWithIndex(random.Repartition(3))
	counted := must[[]Pair[int64, int64]](t)(r.Collect(ctx))
	if again := must[[]Pair[int64, int64]](t)(r.Collect(ctx)); !slices.Equal(again, counted) {
		t.Error("while the shuffle is there the answer stays")
	}
	if err := sc.LoseExecutor("executor-1", "test"); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Collect(ctx); !errors.Is(err, errIndeterminateResult) {
		t.Errorf("%v: %v", err, got)
	}
}
