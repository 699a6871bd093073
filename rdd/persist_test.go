package rdd

import (
	"context"
	"errors"
	"fmt"
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

// countedParts is an RDD of parts partitions of n elements each, with the number of partitions computed so far.
func countedParts(sc *Context, parts, n int) (*RDD[string], *atomic.Int32) {
	computed := new(atomic.Int32)
	return MapPartitionsWithIndex(Range(sc, 0, int64(parts), 1, parts), func(i int, _ iter.Seq2[int64, error]) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			computed.Add(1)
			for k := range n {
				if !yield(fmt.Sprintf("element %d of partition %d", k, i), nil) {
					return
				}
			}
		}
	}), computed
}

func TestStorageLevelNames(t *testing.T) {
	described := map[StorageLevel]string{
		MemoryOnly: "Memory Deserialized 1x Replicated", MemoryAndDiskSer2: "Disk Memory Serialized 2x Replicated",
		DiskOnly3: "Disk Serialized 3x Replicated", OffHeap: "Disk Memory (off heap) Serialized 1x Replicated",
	}
	for name, level := range levelNames {
		if got, err := ParseStorageLevel(strings.ToLower(name)); err != nil || got != level || level.String() != name {
			t.Errorf("%s: %v, %v, %s", name, got, err, level)
		}
		if want, ok := described[level]; ok && level.Description() != want {
			t.Errorf("%s is described as %q, want %q", name, level.Description(), want)
		}
		made, err := NewStorageLevel(level.UseDisk(), level.UseMemory(), level.UseOffHeap(), level.Deserialized(), level.Replication())
		if err != nil || made != level {
			t.Errorf("%s made of its parts: %v, %v", name, made, err)
		}
	}
	if _, err := ParseStorageLevel("MEMORY"); err == nil || !strings.Contains(err.Error(), "MEMORY_AND_DISK_SER_2") {
		t.Errorf("an unknown name: %v", err)
	}
	for _, n := range []int{0, 40} {
		if _, err := NewStorageLevel(true, false, false, false, n); err == nil {
			t.Errorf("%d copies", n)
		}
	}
	if _, err := NewStorageLevel(false, true, true, true, 1); err == nil {
		t.Error("off heap and deserialised")
	}
}

func TestEveryStorageLevelKeeps(t *testing.T) {
	ctx := context.Background()
	for name, level := range levelNames {
		if level == StorageNone {
			continue
		}
		t.Run(name, func(t *testing.T) {
			sc := newTestContext(t, WithMaster("local-cluster[3,1,64]"))
			r, computed := countedParts(sc, 4, 100)
			r.Persist(level)
			want := must[[]string](t)(r.Collect(ctx))
			if got := must[[]string](t)(r.Collect(ctx)); !slices.Equal(got, want) || computed.Load() != 4 {
				t.Errorf("%d partitions computed, %d elements the second time", computed.Load(), len(got))
			}
			info := sc.StorageInfo()[0]
			if info.CachedPartitions != 4 || info.Partitions != 4 || info.Level != level ||
				(info.MemoryBytes > 0) != level.UseMemory() || (info.DiskBytes > 0) == level.UseMemory() ||
				(info.OffHeapBytes > 0) != level.UseOffHeap() {
				t.Errorf("%+v", info)
			}
			for i := range 4 {
				copies := 0
				for _, s := range sc.stores() {
					if s.has(blockID{r.ID(), i}) {
						copies++
					}
				}
				if copies != level.Replication() {
					t.Errorf("%d copies of block %d", copies, i)
				}
			}
			loseAndReadAgain(t, sc, r, level, computed, want)
			r.Unpersist()
			if u := sc.Memory().Usage(); u.Storage != 0 || len(sc.StorageInfo()) != 0 {
				t.Errorf("after Unpersist: %+v", u)
			}
		})
	}
}

// loseAndReadAgain takes executors away, one after the other.
func loseAndReadAgain(t *testing.T, sc *Context, r *RDD[string], level StorageLevel, computed *atomic.Int32, want []string) {
	for _, lost := range []int{0, 1} {
		held := 0
		for i := range 4 {
			if sc.executors.all()[0].blocks.has(blockID{r.ID(), i}) {
				held++
			}
		}
		before := computed.Load()
		if err := sc.LoseExecutor(fmt.Sprintf("executor-%d", lost), "test"); err != nil {
			t.Fatal(err)
		}
		again := held
		if level.Replication() > 1 { // also the second time: copies were made up for
			again = 0
		}
		if got := must[[]string](t)(r.Collect(context.Background())); !slices.Equal(got, want) || int(computed.Load()-before) != again {
			t.Errorf("%d partitions computed again, want %d", computed.Load()-before, again)
		}
	}
}

func TestEvictedBlocksGoToDiskAndComeBack(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		level     StorageLevel
		recompute bool
	}{{MemoryOnly, true}, {MemoryOnlySer, true}, {MemoryAndDisk, false}, {MemoryAndDiskSer, false}, {OffHeap, false}} {
		t.Run(c.level.String(), func(t *testing.T) {
			var seen recorder
			sc := newTestContext(t, WithMemory(1<<20), WithMaster("local[1]"), WithListener(&seen))
			r, computed := countedParts(sc, 4, 2000)
			r.Persist(c.level)
			want := must[[]string](t)(r.Collect(ctx))
			if err := inTask(t, sc, func(tc *TaskContext) error { return tc.Reserve("x", nil).Grow(600 << 10) }); err != nil {
				t.Fatal(err)
			}
			if u := sc.Memory().Usage(); u.Storage < 150<<10 {
				t.Errorf("more than needed was evicted: %+v", u)
			}
			other := Range(sc, 0, 100_000, 1, 2).Cache() // 400 KB a partition: other RDDs' blocks make room
			must[int64](t)(other.Count(ctx))
			info := sc.storageInfo(r.node)
			if (info.CachedPartitions == 4) == c.recompute || (info.DiskBytes > 0) == c.recompute {
				t.Errorf("after the eviction: %+v", info)
			}
			other.Unpersist()
			got := must[[]string](t)(r.Collect(ctx))
			if again := computed.Load() > 4; again != c.recompute || !slices.Equal(got, want) {
				t.Errorf("%d partitions computed", computed.Load())
			}
			if info := sc.storageInfo(r.node); info.CachedPartitions != 4 || info.MemoryBytes < 200<<10 {
				t.Errorf("not back in memory: %+v", info)
			}
			moved := 0
			for _, e := range eventsOf[*BlockUpdated](&seen) {
				if e.RDD == r.ID() && e.DiskBytes > 0 && e.MemoryBytes == 0 {
					moved++
				}
			}
			if (moved > 0) == c.recompute {
				t.Errorf("%d events of blocks that went to disk", moved)
			}
		})
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	ctx := context.Background()
	for _, level := range []StorageLevel{MemoryOnly, MemoryOnlySer, MemoryAndDisk, MemoryAndDiskSer, OffHeap} {
		t.Run(level.String(), func(t *testing.T) {
			sc := newTestContext(t, WithMemory(300<<10), WithMaster("local[1]"))
			r, computed := countedParts(sc, 5, 4000) // 200 KiB a partition when it is a slice, 110 KiB encoded
			r.Persist(level)
			want := must[[]string](t)(r.Collect(ctx))
			kept := 0
			for i := range 5 {
				if sc.blockStored(blockID{r.ID(), i}) {
					kept++
				}
			}
			if !sc.blockStored(blockID{r.ID(), 0}) {
				t.Error("the first partition was evicted for another one of the same RDD")
			}
			if got := must[[]string](t)(r.Collect(ctx)); !slices.Equal(got, want) || len(got) != 20_000 || int(computed.Load()) != 5+5-kept {
				t.Errorf("%d elements, %d partitions computed, %d kept", len(got), computed.Load(), kept)
			}
			if level.UseDisk() != (kept == 5) {
				t.Errorf("%d partitions kept", kept)
			}
		})
	}
}

func TestStorageNeverTakesFromExecution(t *testing.T) {
	sc := newTestContext(t, WithMemory(1<<20), WithMaster("local[2,1]"))
	ctx := context.Background()
	err := inTask(t, sc, func(tc *TaskContext) error {
		spilled := false
		r := tc.Reserve("sort", func(int64) (int64, error) { spilled = true; return 0, nil })
		if err := r.Grow(900 << 10); err != nil {
			return err
		}
		cached := Range(sc, 0, 50_000, 1, 1).Cache()
		if n, err := CountAsync(ctx, cached).Wait(ctx); err != nil || n != 50_000 { // the task itself must not run a job
			return fmt.Errorf("%d, %w", n, err)
		}
		if u := sc.Memory().Usage(); spilled || u.Storage != 0 || r.Used() != 900<<10 {
			return fmt.Errorf("storage took from execution: %+v", u)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestProtectedStorage: execution evicts storage down to its protected share and no further.
func TestProtectedStorage(t *testing.T) {
	for _, c := range []struct {
		share   float64
		granted bool
	}{{0.2, true}, {0.6, false}} {
		sc := newTestContext(t, WithMemory(1<<20), WithMaster("local[1]"), WithStorageFraction(c.share))
		must[int64](t)(Range(sc, 0, 120_000, 1, 12).Cache().Count(context.Background())) // 960 KB
		err := inTask(t, sc, func(tc *TaskContext) error {
			return tc.Reserve("x", func(int64) (int64, error) { return 0, nil }).Grow(500 << 10)
		})
		if (err == nil) != c.granted {
			t.Errorf("storage fraction %v: %v", c.share, err)
		}
	}
	for _, conf := range []map[string]string{{"spark.memory.storageFraction": "1.5"}, {"spark.memory.fraction": "x"}} {
		if _, err := NewContext(WithConf(conf)); err == nil {
			t.Errorf("%v is accepted", conf)
		}
	}
}

func TestDamagedCachedBlocks(t *testing.T) {
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
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			var seen recorder
			sc := newTestContext(t, WithSpillDir(dir), WithListener(&seen), WithMaster("local[2,1]"))
			r, computed := countedParts(sc, 3, 100)
			want := must[[]string](t)(r.Persist(DiskOnly).Collect(ctx))
			files, _ := filepath.Glob(filepath.Join(dir, "*", "cached-block-*"))
			if err := damage(files[1]); err != nil {
				t.Fatal(err)
			}
			if got := must[[]string](t)(r.Collect(ctx)); !slices.Equal(got, want) || computed.Load() != 4 {
				t.Errorf("%d elements, %d partitions computed, want the damaged one again", len(got), computed.Load())
			}
			told := 0
			for _, e := range eventsOf[*BlockUpdated](&seen) {
				if e.Err != nil {
					told++
				}
			}
			if told != 1 {
				t.Errorf("%d events of damage", told)
			}
		})
	}
}

func TestOneTaskComputesABlock(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	var computing, most, computed atomic.Int32
	var entered sync.WaitGroup
	entered.Add(4)
	r := MapPartitionsWithIndex(Range(sc, 0, 1, 1, 1), func(_ int, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		return func(yield func(int64, error) bool) {
			most.Store(max(most.Load(), computing.Add(1)))
			defer computing.Add(-1)
			computed.Add(1)
			entered.Wait() // until all four tasks are in
			in(yield)
		}
	}).Cache()
	wait := MapPartitions(r, func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		entered.Done()
		return in
	})
	errs := make(chan error)
	for range 4 {
		go func() {
			n, err := wait.Count(ctx)
			if n != 1 {
				err = errors.Join(err, fmt.Errorf("count %d", n))
			}
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if computed.Load() != 1 || most.Load() != 1 {
		t.Errorf("computed %d times, %d at once", computed.Load(), most.Load())
	}
}

func TestZipWithItselfWhileItDoesNotFit(t *testing.T) {
	sc := newTestContext(t, WithMemory(64<<10), WithMaster("local[1]"))
	r := Range(sc, 0, 40_000, 1, 1).Cache() // a task that waited for itself would wait for ever
	n := must[int64](t)(Zip(r, r).Count(context.Background()))
	if n != 40_000 {
		t.Error(n)
	}
}

func TestPersistErrors(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	r := Range(sc, 0, 10, 1, 2).Cache().Cache().Persist(DiskOnly)
	child := Map(r, func(v int64) int64 { return v })
	_, err := child.Count(ctx)
	var pe *PersistError
	if !errors.As(err, &pe) || pe.RDD != r.ID() || !strings.Contains(err.Error(), "already kept at MEMORY_ONLY") {
		t.Errorf("a second level: %v", err)
	}
	r.Unpersist().Persist(DiskOnly)
	if n := must[int64](t)(child.Count(ctx)); n != 10 || r.StorageLevel() != DiskOnly {
		t.Errorf("%d at %s", n, r.StorageLevel())
	}
	funcs := func() *RDD[func()] { return Map(Range(sc, 0, 3, 1, 1), func(int64) func() { return func() {} }) }
	if n := must[int64](t)(funcs().Persist(MemoryOnly2).Count(ctx)); n != 3 {
		t.Error("functions can be kept in memory as they are")
	}
	if _, err := funcs().Persist(MemoryAndDisk).Count(ctx); err == nil || !strings.Contains(err.Error(), "func()") {
		t.Errorf("functions on disk: %v", err)
	}
}

func TestUnpersistWhileReading(t *testing.T) {
	for _, level := range []StorageLevel{MemoryOnly, OffHeap, DiskOnly} {
		sc := newTestContext(t)
		r, _ := countedParts(sc, 1, 10_000)
		r.Persist(level)
		must[int64](t)(r.Count(context.Background()))
		n := 0
		err := r.Foreach(context.Background(), func(s string) error {
			if n == 0 {
				r.Unpersist()
			}
			if want := fmt.Sprintf("element %d of partition 0", n); s != want {
				return fmt.Errorf("%q, want %q", s, want)
			}
			n++
			return nil
		})
		if u := sc.Memory().Usage(); err != nil || n != 10_000 || u.Storage != 0 {
			t.Errorf("%s: %v after %d elements; %+v", level, err, n, u)
		}
	}
}

func TestUnreachablePersistedRDDs(t *testing.T) {
	sc := newTestContext(t, WithThreads(1))
	ctx := context.Background()
	var child *RDD[int64]
	func() {
		kept := Range(sc, 0, 1000, 1, 1).Cache()
		lost := Range(sc, 0, 1000, 1, 1).Cache()
		must[int64](t)(kept.Count(ctx))
		must[int64](t)(lost.Count(ctx))
		child = Map(kept, func(v int64) int64 { return v })
		if l := sc.PersistentRDDs(); len(l) != 2 || l[0].ID() != kept.ID() {
			t.Errorf("persistent: %v", l)
		}
	}()
	collectUntil(t, func() bool { return sc.Memory().Usage().Storage < 10_000 })
	for range 3 {
		runtime.GC()
	}
	if l := sc.StorageInfo(); len(l) != 1 || l[0].CachedPartitions != 1 {
		t.Errorf("what a child can reach was dropped: %+v", l)
	}
	runtime.KeepAlive(child)
	child = nil
	collectUntil(t, func() bool { return sc.Memory().Usage().Storage == 0 && len(sc.PersistentRDDs()) == 0 })
}

// collectUntil runs the garbage collector until done; cleanups run some time after it.
func collectUntil(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatal("not dropped by the garbage collector")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

func TestUnrollReservesStepByStep(t *testing.T) {
	conf := defaultStoring()
	counting := &countingManager{MemoryManager: newUnifiedMemory(1<<30, &conf, nil)}
	sc := newTestContext(t, WithMemoryManager(counting), WithThreads(1))
	must[int64](t)(Range(sc, 0, 500_000, 1, 1).Cache().Count(context.Background()))
	if n, u := counting.calls.Load(), sc.Memory().Usage(); n > 40 || u.Storage != 4_000_000 || u.Peak > 6_500_000 {
		t.Errorf("%d calls for 4 MB, %+v", n, u)
	}
}
