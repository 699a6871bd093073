package rdd

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// newTestContext makes a Context that is closed at the end of the test, which then must leave no goroutine and no file.
func newTestContext(t testing.TB, opts ...ContextOption) *Context {
	t.Helper()
	before, dir := runtime.NumGoroutine(), t.TempDir()
	sc, err := NewContext(append([]ContextOption{WithThreads(4), WithSpillDir(dir)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sc.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Errorf("files left behind: %v", left)
		}
		for deadline := time.Now().Add(2 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d goroutines before, %d after Close", before, runtime.NumGoroutine())
			}
		}
	})
	return sc
}

// must takes the value of a call that must not fail: must[T](t)(f()).
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// recorder keeps all events.
type recorder struct {
	mu     sync.Mutex
	events []Event
}

func (r *recorder) OnEvent(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

func eventsOf[E Event](r *recorder) (found []E) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e, ok := e.(E); ok {
			found = append(found, e)
		}
	}
	return found
}

func (r *recorder) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = nil
}

func add(a, b int64) int64 { return a + b }

func TestNothingRunsBeforeAnAction(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	var computed atomic.Int32
	source := Map(Range(sc, 0, 100, 1, 4), func(v int64) int64 { computed.Add(1); return v })
	keyed := SortByKey(ReduceByKey(KeyBy(source, func(v int64) int64 { return v % 7 }), add))
	indexed := ZipWithIndex(keyed.Union(keyed).Repartition(3))
	TextFile(sc, filepath.Join(t.TempDir(), "absent"), 2)
	if computed.Load() != 0 || len(seen.events) != 0 {
		t.Fatalf("%d elements computed and %d events before any action", computed.Load(), len(seen.events))
	}
	if n := must[int64](t)(indexed.Count(context.Background())); n != 14 {
		t.Fatalf("count = %d", n)
	}
}

func TestNarrowChainIsPipelined(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	var trace []string
	r := Map(Parallelize(sc, []int{1, 2, 3}, 1), func(v int) int { trace = append(trace, "a"); return v })
	r = Map(r.Filter(func(v int) bool { trace = append(trace, "b"); return v != 1 }), func(v int) int { trace = append(trace, "c"); return v })
	must[[]int](t)(r.Collect(context.Background()))
	if got := strings.Join(trace, ""); got != "abaabbcc" {
		t.Errorf("operators ran in the order %s: chunks of 1 and 2 elements do not go through the chain one by one", got)
	}
	if n := len(eventsOf[*TaskStart](&seen)); n != 1 {
		t.Errorf("%d tasks for one partition", n)
	}
}

func TestEventsTellTheStory(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	pairs := KeyBy(Range(sc, 0, 100, 1, 3), func(v int64) int64 { return v % 5 })
	must[[]Pair[int64, int64]](t)(ReduceByKey(pairs, add, NumPartitions(2)).Collect(context.Background(), Tag("report")))
	starts, ends := eventsOf[*JobStart](&seen), eventsOf[*JobEnd](&seen)
	if len(starts) != 1 || len(ends) != 1 || starts[0].Tag != "report" || ends[0].Err != nil {
		t.Fatalf("jobs: %v %v", starts, ends)
	}
	stages := eventsOf[*StageCompleted](&seen)
	if len(stages) != 2 || stages[0].Shuffle < 0 || stages[1].Shuffle != -1 || stages[0].Tasks != 3 || stages[1].Tasks != 2 {
		t.Fatalf("stages: %+v", stages)
	}
	if w, r := stages[0].Metrics, stages[1].Metrics; w.ShuffleWriteRows != 15 || r.ShuffleReadRows != 15 || w.ShuffleWriteBytes != 15*16 || r.ResultRows != 5 {
		t.Errorf("metrics: %+v then %+v", w, r)
	}
	if s, e := len(eventsOf[*TaskStart](&seen)), len(eventsOf[*TaskEnd](&seen)); s != 5 || e != 5 {
		t.Errorf("%d task starts, %d ends", s, e)
	}
}

func TestRetries(t *testing.T) {
	sc := newTestContext(t)
	flaky := errors.New("flaky")
	for _, c := range []struct {
		name     string
		failures int32
		err      error
		attempts int32 // expected
		ok       bool
	}{
		{"three failures are survived", 3, flaky, 4, true},
		{"four are not", 4, flaky, 4, false},
		{"a permanent one is not tried again", 9, Permanent(flaky), 1, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tries atomic.Int32
			r := TryMap(Parallelize(sc, []int{1}, 1), func(v int) (int, error) {
				if tries.Add(1) <= c.failures {
					return 0, c.err
				}
				return v, nil
			})
			_, err := r.Collect(context.Background())
			var te *TaskError
			if (err == nil) != c.ok || tries.Load() != c.attempts || !c.ok && (!errors.Is(err, flaky) || !errors.As(err, &te)) {
				t.Errorf("after %d tries: %v", tries.Load(), err)
			}
		})
	}
}

func TestPanicIsTaskFailure(t *testing.T) {
	sc := newTestContext(t, WithMaster("local[2,1]"))
	_, err := Map(Parallelize(sc, []int{1}, 1), func(v int) int { panic("boom") }).Collect(context.Background())
	var p *PanicError
	if !errors.As(err, &p) || !strings.Contains(string(p.Stack), "TestPanicIsTaskFailure") || !strings.Contains(err.Error(), "boom") {
		t.Fatalf("want a PanicError with the stack, got %v", err)
	}
	var te *TaskError
	if !errors.As(err, &te) || te.Attempts != 1 {
		t.Errorf("local[2,1] allows one attempt: %v", err)
	}
}

func TestStagesWithOutputsAreSkipped(t *testing.T) {
	var seen recorder
	sc := newTestContext(t, WithListener(&seen))
	ctx := context.Background()
	var mapped atomic.Int32
	source := Map(Range(sc, 0, 60, 1, 6), func(v int64) int64 { mapped.Add(1); return v })
	r := ReduceByKey(KeyBy(source, func(v int64) int64 { return v % 4 }), add)
	first := must[[]Pair[int64, int64]](t)(r.Collect(ctx))
	second := must[[]Pair[int64, int64]](t)(MapValues(r, func(v int64) int64 { return v }).Collect(ctx))
	if !slices.Equal(first, second) || mapped.Load() != 60 {
		t.Errorf("map side ran over %d elements, want 60", mapped.Load())
	}
	if n := len(eventsOf[*StageSubmitted](&seen)); n != 3 {
		t.Errorf("%d stages, want 3: map, result, result", n)
	}
}

func TestIndependentStagesRunTogether(t *testing.T) {
	sc := newTestContext(t)
	meet := make(chan struct{})
	side := func() *RDD[Pair[int64, int64]] { // each side's map task waits for the other's
		once := Map(Range(sc, 0, 1, 1, 1), func(v int64) Pair[int64, int64] {
			select {
			case meet <- struct{}{}:
			case <-meet:
			case <-time.After(5 * time.Second):
				panic("the other stage did not run")
			}
			return KV(v, v)
		})
		return PartitionBy(once, NewHashPartitioner[int64](2))
	}
	if got := must[int64](t)(Join(side(), side(), NumPartitions(2)).Count(context.Background())); got != 1 {
		t.Error(got)
	}
}

func TestCancel(t *testing.T) {
	sc := newTestContext(t)
	endless := FromSeq(sc, func(yield func(int, error) bool) {
		for i := 0; yield(i, nil); i++ {
		}
	})
	why := errors.New("enough")
	for name, action := range map[string]func(ctx context.Context) error{
		"result": func(ctx context.Context) error { _, err := endless.Count(ctx); return err },
		"map stage": func(ctx context.Context) error {
			_, err := endless.Repartition(2).Filter(func(int) bool { return false }).Count(ctx)
			return err
		},
		"stream": func(ctx context.Context) error {
			for _, err := range Stream(ctx, endless.Filter(func(int) bool { return false }), 2) {
				return err
			}
			return nil
		},
	} {
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
		begin := time.Now()
		err := action(ctx)
		if took := time.Since(begin); !errors.Is(err, why) || took > time.Second {
			t.Errorf("%s: %v after %v", name, err, took)
		}
	}
}

func TestCloseEndsRunningJobs(t *testing.T) {
	before := runtime.NumGoroutine()
	sc := must[*Context](t)(NewContext(WithThreads(2)))
	started := make(chan struct{})
	ended := make(chan error)
	go func() {
		var once sync.Once
		_, err := FromSeq(sc, func(yield func(int, error) bool) {
			once.Do(func() { close(started) })
			for yield(0, nil) {
			}
		}).Count(context.Background())
		ended <- err
	}()
	<-started
	if err := sc.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("running job: %v", err)
	}
	if _, err := Range(sc, 0, 1, 1, 1).Count(context.Background()); !errors.Is(err, ErrClosed) {
		t.Errorf("later job: %v", err)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func TestRunJobStopsWhenEachSaysSo(t *testing.T) {
	sc := newTestContext(t, WithThreads(1))
	var ran atomic.Int32
	err := RunJob(context.Background(), Range(sc, 0, 1000, 1, 1000), nil,
		func(tc *TaskContext, in iter.Seq2[int64, error]) (int, error) {
			ran.Add(1)
			time.Sleep(time.Millisecond)
			return tc.Partition(), nil
		},
		func(part, v int) bool { return v < 3 })
	if err != nil || ran.Load() > 500 {
		t.Errorf("%v after %d tasks", err, ran.Load())
	}
	if err := RunJob(context.Background(), Range(sc, 0, 10, 1, 2), []int{5},
		func(*TaskContext, iter.Seq2[int64, error]) (int, error) { return 0, nil },
		func(int, int) bool { return true }); err == nil {
		t.Error("partition 5 of 2 was accepted")
	}
}

func TestContextOptions(t *testing.T) {
	for _, c := range []struct {
		master             string
		slots, parallelism int
		bad                bool
	}{
		{"local", 1, 1, false}, {"local[3]", 3, 3, false}, {"local[*]", runtime.GOMAXPROCS(0), runtime.GOMAXPROCS(0), false},
		{"local[2,8]", 2, 2, false}, {"local-cluster[3,2,64]", 6, 6, false},
		{"local[0]", 0, 0, true}, {"spark://host", 0, 0, true}, {"local[x]", 0, 0, true},
	} {
		sc, err := NewContext(WithMaster(c.master))
		if (err != nil) != c.bad {
			t.Errorf("%s: %v", c.master, err)
		}
		if err != nil {
			continue
		}
		if sc.Slots() != c.slots || sc.DefaultParallelism() != c.parallelism {
			t.Errorf("%s: %d slots, parallelism %d", c.master, sc.Slots(), sc.DefaultParallelism())
		}
		sc.Close()
	}
	sc := newTestContext(t, WithThreads(2), WithParallelism(5))
	if ps := must[[]Partition](t)(Range(sc, 0, 9, 1, 0).Partitions(context.Background())); len(ps) != 5 {
		t.Errorf("%d partitions by default, want 5", len(ps))
	}
}

func TestSpillFolderIsPrivate(t *testing.T) {
	dir := t.TempDir()
	sc := newTestContext(t, WithSpillDir(dir), WithShuffleFiles())
	must[int64](t)(Range(sc, 0, 10, 1, 2).Repartition(2).Count(context.Background()))
	folders, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(folders) != 1 {
		t.Fatalf("folders: %v", folders)
	}
	if info := must[os.FileInfo](t)(os.Stat(folders[0])); info.Mode().Perm() != 0o700 {
		t.Errorf("folder mode %v", info.Mode())
	}
	files, _ := filepath.Glob(filepath.Join(folders[0], "*"))
	if len(files) != 4 {
		t.Errorf("two map tasks wrote %d files, want a data and an index file each", len(files))
	}
	for _, f := range files {
		if info := must[os.FileInfo](t)(os.Stat(f)); info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v", f, info.Mode())
		}
	}
	sc.Close()
	if folders, _ := filepath.Glob(filepath.Join(dir, "*")); len(folders) != 0 {
		t.Errorf("left behind: %v", folders)
	}
}
