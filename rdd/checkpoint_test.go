package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

func TestCheckpointCutsTheLineage(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	var computed atomic.Int32
	program := func(sc *Context) *RDD[Pair[string, int64]] {
		ones := Map(Range(sc, 0, 100, 1, 4), func(v int64) Pair[string, int64] {
			computed.Add(1)
			return KV(fmt.Sprint("key ", v%7), v)
		})
		return ReduceByKey(ones, add, NumPartitions(3))
	}
	sc := newTestContext(t, WithCheckpointDir(dir))
	r := program(sc).Checkpoint()
	if _, err := os.Stat(filepath.Join(dir, "x")); r.IsCheckpointed() || r.CheckpointFile() != "" || err == nil {
		t.Error("written before the first action")
	}
	child := Map(r, func(p Pair[string, int64]) string { return fmt.Sprint(p) })
	want := must[[]string](t)(child.Collect(ctx))
	deps := r.Dependencies()
	if !r.IsCheckpointed() || len(deps) != 1 || deps[0].RDD().Name() != "ReliableCheckpointRDD" || computed.Load() != 100 {
		t.Errorf("checkpointed %v, %d dependencies, %d elements computed", r.IsCheckpointed(), len(deps), computed.Load())
	}
	if s := child.ToDebugString(ctx); !strings.Contains(s, "ReliableCheckpointRDD") || strings.Contains(s, "Range") {
		t.Errorf("lineage:\n%s", s)
	}
	if got := must[[]string](t)(child.Collect(ctx)); !slices.Equal(got, want) || computed.Load() != 100 {
		t.Errorf("%v after %d elements computed", got, computed.Load())
	}
	at := r.CheckpointFile()
	if err := sc.Close(); err != nil {
		t.Fatal(err)
	}
	again := newTestContext(t)
	p := NewHashPartitioner[string](3)
	opened := must[*RDD[Pair[string, int64]]](t)(OpenCheckpoint[Pair[string, int64]](again, at, PartitionedBy(p)))
	pairs := must[[]Pair[string, int64]](t)(ReduceByKey(opened, add).Collect(ctx)) // no shuffle: the partitioner holds
	texts := []string{}
	for _, kv := range pairs {
		texts = append(texts, fmt.Sprint(kv))
	}
	slices.Sort(texts)
	slices.Sort(want)
	if !slices.Equal(texts, want) || opened.Determinacy() != Determinate {
		t.Errorf("opened again: %v", texts)
	}
	for name, open := range map[string]func() error{
		"*rdd.HashPartitioner[string]/3": func() error {
			_, err := OpenCheckpoint[Pair[string, int64]](again, at, PartitionedBy(NewHashPartitioner[string](4)))
			return err
		},
		"not rdd.Pair[string,int32]": func() error { _, err := OpenCheckpoint[Pair[string, int32]](again, at); return err },
		"_metadata":                  func() error { _, err := OpenCheckpoint[int](again, dir); return err },
	} {
		if err := open(); err == nil || !errors.As(err, new(*CheckpointError)) || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want it to say %s", err, name)
		}
	}
}

// TestCheckpointFreesTheLineage: what is above a checkpoint can be collected.
func TestCheckpointFreesTheLineage(t *testing.T) {
	sc := newTestContext(t, WithCheckpointDir(t.TempDir()))
	ctx := context.Background()
	var gone atomic.Bool
	r := func() *RDD[int64] {
		top := Range(sc, 0, 100, 1, 4)
		runtime.AddCleanup(top.node, func(b *atomic.Bool) { b.Store(true) }, &gone)
		return Map(top.Repartition(3), func(v int64) int64 { return v })
	}()
	if err := r.CheckpointNow(ctx); err != nil {
		t.Fatal(err)
	}
	collectUntil(t, gone.Load)
	if n := must[int64](t)(r.Count(ctx)); n != 100 {
		t.Error(n)
	}
}

func TestDamagedCheckpoints(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		damage func(path string) error
		want   string
	}{
		"deleted": {os.Remove, "no such file"},
		"cut":     {func(path string) error { return os.Truncate(path, 20) }, "too early"},
		"altered": {func(path string) error {
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			raw[len(raw)/2] ^= 1
			return os.WriteFile(path, raw, 0o600)
		}, "checksum"},
	} {
		for _, kind := range []string{"part-00001", "_metadata"} {
			t.Run(kind+" "+name, func(t *testing.T) {
				sc := newTestContext(t, WithCheckpointDir(t.TempDir()), WithMaster("local[2,1]"))
				r, _ := countedParts(sc, 3, 100)
				if err := r.CheckpointNow(ctx); err != nil {
					t.Fatal(err)
				}
				files, _ := filepath.Glob(filepath.Join(r.CheckpointFile(), kind+"*"))
				if err := c.damage(files[0]); err != nil {
					t.Fatal(err)
				}
				opened, err := OpenCheckpoint[string](sc, r.CheckpointFile())
				if err == nil {
					_, err = opened.Collect(ctx)
				}
				var ce *CheckpointError
				if !errors.As(err, &ce) || ce.Path != files[0] {
					t.Fatalf("got %v", err)
				}
				if kind != "_metadata" && !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want it to say %q", err, c.want)
				}
			})
		}
	}
}

// TestHalfACheckpointIsNeverVisible fails every step of writing a checkpoint, one after the other.
func TestHalfACheckpointIsNeverVisible(t *testing.T) {
	ctx := context.Background()
	for _, op := range []vfs.Op{vfs.OpCreate, vfs.OpWrite, vfs.OpCommit, vfs.OpRename, vfs.OpMkdir} {
		t.Run(op.String(), func(t *testing.T) {
			inner := vfs.NewMemory()
			var healthy atomic.Bool
			faulty := vfs.NewFaulty(inner, vfs.Faults{Fail: func(o vfs.Op, _ string) error {
				if o == op && !healthy.Load() {
					return syscall.ENOSPC
				}
				return nil
			}})
			sc := newTestContext(t, WithFS("mem", faulty), WithCheckpointDir("mem://checkpoints"), WithMaster("local[2,1]"))
			r, computed := countedParts(sc, 3, 10)
			r.Checkpoint()
			_, err := r.Count(ctx)
			if !errors.Is(err, syscall.ENOSPC) || r.IsCheckpointed() || !strings.Contains(err.Error(), "cannot checkpoint") {
				t.Errorf("got %v", err)
			}
			if left := filesBelow(t, inner, "."); len(left) > 0 {
				t.Errorf("%v are left", left)
			}
			healthy.Store(true)
			if n := must[int64](t)(r.Count(ctx)); n != 30 || !r.IsCheckpointed() {
				t.Errorf("the next action: %d", n)
			}
			computed.Store(0)
			if n := must[int64](t)(r.Count(ctx)); n != 30 || computed.Load() != 0 {
				t.Errorf("%d, %d partitions computed", n, computed.Load())
			}
		})
	}
}

// filesBelow lists the files of a folder, at any depth.
func filesBelow(t *testing.T, fs vfs.FS, folder string) (files []string) {
	entries, err := fs.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		if e.IsDir() {
			files = append(files, filesBelow(t, fs, name)...)
		} else {
			files = append(files, name)
		}
	}
	return files
}

// TestIndeterminateCheckpoint: what was checkpointed stays, whatever a second computation would give.
func TestIndeterminateCheckpoint(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(8) {
		sc := newTestContext(t, WithCheckpointDir(t.TempDir()), WithFaults(seed, 0.3))
		var draw atomic.Int64
		r := MapPartitions(Range(sc, 0, 8, 1, 4), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
			return func(yield func(int64, error) bool) {
				for _, err := range in {
					if !yield(draw.Add(1), err) {
						return
					}
				}
			}
		}, WithDeterminacy(Indeterminate)).Repartition(3)
		if err := r.CheckpointNow(ctx); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		want := must[[]int64](t)(r.Collect(ctx))
		if got := must[[]int64](t)(r.Collect(ctx)); !slices.Equal(got, want) || len(got) != 8 || r.Determinacy() != Determinate {
			t.Errorf("seed %d: %v, then %v", seed, want, got)
		}
	}
}

func TestLocalCheckpoint(t *testing.T) {
	ctx := context.Background()
	sc := newTestContext(t, WithMaster("local-cluster[2,1,64]"))
	r, computed := countedParts(sc, 4, 10)
	r.Cache().LocalCheckpoint()
	if r.StorageLevel() != MemoryAndDisk {
		t.Errorf("kept at %s", r.StorageLevel())
	}
	must[[]string](t)(r.Take(ctx, 1)) // computes one partition; the checkpoint computes the others
	if !r.IsCheckpointed() || computed.Load() != 4 || r.CheckpointFile() != "" {
		t.Errorf("checkpointed %v, %d partitions computed", r.IsCheckpointed(), computed.Load())
	}
	if s := r.ToDebugString(ctx); !strings.Contains(s, "LocalCheckpointRDD") || strings.Contains(s, "Range") {
		t.Errorf("lineage:\n%s", s)
	}
	if n := must[int64](t)(r.Count(ctx)); n != 40 || computed.Load() != 4 {
		t.Errorf("%d elements, %d partitions computed", n, computed.Load())
	}
	if err := sc.LoseExecutor("executor-0", "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Count(ctx); err == nil || !strings.Contains(err.Error(), "local checkpoint of "+r.String()+" is lost") {
		t.Errorf("after the loss of blocks: %v", err)
	}
}

func TestCheckpointErrors(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	if _, err := Range(sc, 0, 10, 1, 2).Checkpoint().Count(ctx); !errors.Is(err, errNoCheckpointDir) {
		t.Errorf("without a folder: %v", err)
	}
	if err := sc.SetCheckpointDir("s3://bucket"); err == nil {
		t.Error("an unknown file system")
	}
	if err := sc.SetCheckpointDir(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	funcs := Map(Range(sc, 0, 3, 1, 1), func(int64) func() { return func() {} })
	if err := funcs.CheckpointNow(ctx); err == nil || !strings.Contains(err.Error(), "func()") {
		t.Errorf("functions: %v", err)
	}
}

func TestUnreachableCheckpointsAreCleaned(t *testing.T) {
	for _, clean := range []bool{true, false} {
		sc := newTestContext(t, WithCheckpointDir(t.TempDir()),
			WithConf(map[string]string{"spark.cleaner.referenceTracking.cleanCheckpoints": fmt.Sprint(clean)}))
		path := func() string {
			r := Range(sc, 0, 10, 1, 2)
			if err := r.CheckpointNow(context.Background()); err != nil {
				t.Fatal(err)
			}
			return r.CheckpointFile()
		}()
		exists := func() bool { _, err := os.Stat(path); return err == nil }
		if clean {
			collectUntil(t, func() bool { return !exists() })
			continue
		}
		runtime.GC()
		runtime.GC()
		if !exists() {
			t.Error("removed without being asked to")
		}
	}
}
