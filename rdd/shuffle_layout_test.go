package rdd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// layouts are the ways in which shuffles write files; each name is that of a file layout, but for the first.
var layouts = []struct {
	name string
	conf map[string]string
}{
	{"memory first", nil},
	{"bypass", map[string]string{"spark.gosql.shuffle.memoryFirst": "false"}},
	{"sort", map[string]string{"spark.gosql.shuffle.memoryFirst": "false", "spark.shuffle.sort.bypassMergeThreshold": "0"}},
	{"hash", map[string]string{"spark.gosql.shuffle.memoryFirst": "false", "spark.shuffle.manager": "hash"}},
	{"consolidated hash", map[string]string{"spark.gosql.shuffle.memoryFirst": "false", "spark.shuffle.manager": "hash", "spark.shuffle.consolidateFiles": "true"}},
}

// filesIn lists the temporary files below a spill folder.
func scratchFilesIn(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

// shuffleMetrics sums the metrics of all stages.
func shuffleMetrics(seen *recorder) (sum TaskMetrics) {
	for _, s := range eventsOf[*StageCompleted](seen) {
		sum.Add(&s.Metrics)
	}
	return sum
}

func TestFilesOfShuffleLayouts(t *testing.T) {
	const maps, reducers, slots = 6, 5, 2
	ctx := context.Background()
	for i, want := range []int{0, 2 * maps, 2 * maps, maps * reducers, slots * reducers} {
		t.Run(layouts[i].name, func(t *testing.T) {
			dir := t.TempDir()
			var seen recorder
			sc := newTestContext(t, WithThreads(slots), WithSpillDir(dir), WithConf(layouts[i].conf), WithListener(&seen))
			r := Range(sc, 0, 6000, 1, maps).Repartition(reducers)
			if n := must[int64](t)(r.Count(ctx)); n != 6000 {
				t.Errorf("%d elements", n)
			}
			if files := scratchFilesIn(t, dir); len(files) != want {
				t.Errorf("%d files, want %d: %v", len(files), want, files)
			}
			m := shuffleMetrics(&seen)
			if m.ShuffleFiles != int64(want) || m.ShuffleWriteRows != 6000 || m.ShuffleReadRows != 6000 ||
				m.ShuffleWriteBytes != m.ShuffleReadBytes || m.SpillBytes != 0 || (m.FetchWait > 0) != (want > 0) {
				t.Errorf("metrics: %+v", m)
			}
			if onDisk := sc.spill.used.Load(); want > 0 && (m.ShuffleWriteBytes > onDisk || m.ShuffleWriteBytes < onDisk*8/10) {
				t.Errorf("%d bytes counted, %d are on disk", m.ShuffleWriteBytes, onDisk)
			}
			seen.reset()
			must[int64](t)(r.Count(ctx)) // reads the outputs again
			if m := shuffleMetrics(&seen); m.ShuffleWriteRows != 0 || m.ShuffleReadRows != 6000 {
				t.Errorf("second job: %+v", m)
			}
			runtime.KeepAlive(r)
		})
	}
}

// layoutPrograms are programs whose answer, as text, must not depend on how shuffles are written.
var layoutPrograms = []struct {
	name string
	run  func(ctx context.Context, sc *Context) (any, error)
}{
	{"word count", func(ctx context.Context, sc *Context) (any, error) {
		words := FlatMap(Range(sc, 0, 3000, 1, 5), func(v int64) iter.Seq[string] {
			return strings.FieldsSeq(fmt.Sprintf("w%d w%d common", v%97, v%1009))
		})
		ones := Map(words, func(w string) Pair[string, int] { return KV(w, 1) })
		return SortByKey(ReduceByKey(ones, func(a, b int) int { return a + b }, NumPartitions(4))).Collect(ctx)
	}},
	{"groupByKey", func(ctx context.Context, sc *Context) (any, error) {
		r := KeyBy(Range(sc, 0, 3000, 1, 5), func(v int64) int64 { return v % 71 })
		return SortByKey(GroupByKey(r, NumPartitions(3))).Collect(ctx)
	}},
	{"sortByKey", func(ctx context.Context, sc *Context) (any, error) {
		r := KeyBy(Range(sc, 0, 3000, 1, 5), func(v int64) int64 { return v * 7919 % 1000 })
		return SortByKey(r, NumPartitions(4)).Collect(ctx)
	}},
	{"partitionBy", func(ctx context.Context, sc *Context) (any, error) {
		r := KeyBy(Range(sc, 0, 3000, 1, 5), func(v int64) string { return fmt.Sprint(v % 50) })
		return Glom(PartitionBy(r, NewHashPartitioner[string](7))).Collect(ctx)
	}},
	{"join", func(ctx context.Context, sc *Context) (any, error) {
		a := KeyBy(Range(sc, 0, 900, 1, 3), func(v int64) int64 { return v % 300 })
		b := KeyBy(Range(sc, 0, 700, 1, 2), func(v int64) int64 { return v % 500 })
		return SortBy(Map(Join(a, b, NumPartitions(3)), func(p Pair[int64, Pair[int64, int64]]) string { return fmt.Sprint(p) }),
			func(s string) string { return s }).Collect(ctx)
	}},
	{"custom codec", func(ctx context.Context, sc *Context) (any, error) {
		r := Map(Range(sc, 0, 3000, 1, 5), func(v int64) Pair[int, string] { return KV(int(v%4), fmt.Sprint(v)) })
		return Glom(Exchange(r, 4, Encoding[string](lineCodec{}))).Collect(ctx)
	}},
}

// lineCodec is a codec that can do no more than the interface asks.
type lineCodec struct{ plainCodec[string] }

// plainCodec hides what a derived codec can do beside.
type plainCodec[T any] struct{}

func (plainCodec[T]) derived() Codec[T] {
	c, err := CodecOf[T]()
	if err != nil {
		panic(err)
	}
	return c
}

func (c plainCodec[T]) Encode(w io.Writer, vs []T) error       { return c.derived().Encode(w, vs) }
func (c plainCodec[T]) Decode(r io.Reader) iter.Seq2[T, error] { return c.derived().Decode(r) }

func TestShuffleLayoutsAgree(t *testing.T) {
	ctx := context.Background()
	for _, p := range layoutPrograms {
		want := must[any](t)(p.run(ctx, newTestContext(t)))
		for _, l := range layouts[1:] {
			for packing, opts := range map[string][]ContextOption{
				"":       nil,
				" lz4":   {WithShuffleCompression("lz4")},
				" zstd":  {WithShuffleCompression("zstd")},
				" fault": {WithFaults(7, 0.2)},
			} {
				t.Run(p.name+"/"+l.name+packing, func(t *testing.T) {
					sc := newTestContext(t, append(opts, WithConf(l.conf))...)
					if got := must[any](t)(p.run(ctx, sc)); fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("got %.200v\nwant %.200v", got, want)
					}
				})
			}
		}
	}
}

// TestSortShuffleSpills has map tasks that write much more than their memory.
func TestSortShuffleSpills(t *testing.T) {
	ctx := context.Background()
	text := strings.Repeat("z", 200)
	source := func(sc *Context) *RDD[Pair[int, string]] {
		return Map(Range(sc, 0, 30_000, 1, 3), func(v int64) Pair[int, string] { return KV(int(v*31%300), fmt.Sprint(v, text)) })
	}
	for name, codec := range map[string]Codec[string]{"element by element": must[Codec[string]](t)(CodecOf[string]()), "slices": lineCodec{}} {
		t.Run(name, func(t *testing.T) {
			want := must[[][]string](t)(Glom(Exchange(source(newTestContext(t)), 300)).Collect(ctx))
			dir := t.TempDir()
			var seen recorder
			sc := newTestContext(t, WithSpillDir(dir), WithThreads(2), WithMemory(2<<20), WithShuffleFiles(), WithListener(&seen))
			d := NewExchange(source(sc), 300, codec)
			must[[]MapStatus](t)(Materialize(ctx, d))
			if m := shuffleMetrics(&seen); m.SpillBytes < 1<<20 || m.SpillMemoryBytes < 1<<20 || m.ShuffleFiles != 6 {
				t.Errorf("metrics: %+v", m)
			}
			if files := scratchFilesIn(t, dir); len(files) != 6 {
				t.Errorf("files: %v", files)
			}
			for i, r := range want {
				got := must[[]string](t)(ReadShuffle[string](d, []BlockRange{{FromPart: i, ToPart: i + 1}}).Collect(ctx))
				if !slices.Equal(got, r) {
					t.Fatalf("reducer %d: %d elements, want %d", i, len(got), len(r))
				}
				if i%50 != 0 {
					break
				}
			}
			if peak := sc.Memory().Usage().Peak; peak > 2<<20 {
				t.Errorf("peak %d", peak)
			}
		})
	}
}

// TestMapSideCombineSpills has tables that are larger than memory: each map output still has every key once.
func TestMapSideCombineSpills(t *testing.T) {
	ctx := context.Background()
	var seen recorder
	sc := newTestContext(t, WithThreads(2), WithMemory(1<<20), WithShuffleFiles(), WithListener(&seen))
	r := KeyBy(Range(sc, 0, 80_000, 1, 2), func(v int64) int64 { return v % 20_000 })
	if n := must[int64](t)(ReduceByKey(r, add, NumPartitions(4)).Count(ctx)); n != 20_000 {
		t.Errorf("%d keys", n)
	}
	if m := shuffleMetrics(&seen); m.ShuffleWriteRows != 40_000 || m.SpillBytes == 0 {
		t.Errorf("%d rows written, %d bytes spilled; want each of 20,000 keys from both map tasks", m.ShuffleWriteRows, m.SpillBytes)
	}
}

func TestDamageInEveryLayout(t *testing.T) {
	ctx := context.Background()
	damages := map[string]func(path string) error{
		"deleted": os.Remove,
		"cut":     func(path string) error { return os.Truncate(path, 30) },
		"altered": func(path string) error {
			raw, err := os.ReadFile(path)
			if err == nil && len(raw) > 40 {
				raw[len(raw)/2] ^= 4
				err = os.WriteFile(path, raw, 0o600)
			}
			return err
		},
	}
	for _, l := range layouts[1:] {
		for name, damage := range damages {
			for _, all := range []bool{false, true} {
				t.Run(fmt.Sprint(l.name, " ", name, " all=", all), func(t *testing.T) {
					dir := t.TempDir()
					sc := newTestContext(t, WithThreads(2), WithSpillDir(dir), WithConf(l.conf))
					r := SortByKey(KeyBy(Range(sc, 0, 3000, 1, 7), func(v int64) int64 { return v * 31 % 997 }), NumPartitions(3))
					want := must[[]Pair[int64, int64]](t)(r.Collect(ctx))
					files := scratchFilesIn(t, dir)
					if !all {
						files = files[len(files)/2 : len(files)/2+1]
					}
					for _, f := range files {
						if err := damage(f); err != nil {
							t.Fatal(err)
						}
					}
					if got := must[[]Pair[int64, int64]](t)(r.Collect(ctx)); !slices.Equal(got, want) {
						t.Errorf("a different answer: %d elements", len(got))
					}
				})
			}
		}
	}
}

// TestFullDiskFailsClearly has no room for shuffle files, from the start or after a while.
func TestFullDiskFailsClearly(t *testing.T) {
	ctx := context.Background()
	for _, l := range layouts[1:] {
		for _, room := range []int64{0, 3000} {
			t.Run(fmt.Sprint(l.name, room), func(t *testing.T) {
				dir := t.TempDir()
				disk := &failingDisk{onWrite: func(_ string, at int64, n int) (int, error) {
					if at+int64(n) > room {
						return n / 2, syscall.ENOSPC
					}
					return n, nil
				}}
				sc := newTestContext(t, WithSpillDir(dir), WithConf(l.conf), withScratchFaults(disk))
				_, err := Range(sc, 0, 20_000, 1, 4).Repartition(3).Count(ctx)
				var se *ScratchError
				if !errors.Is(err, syscall.ENOSPC) || !errors.As(err, &se) || !strings.HasPrefix(se.Kind, "shuffle") {
					t.Errorf("got %v", err)
				}
				room = 1 << 40
				if n := must[int64](t)(Range(sc, 0, 20_000, 1, 4).Repartition(3).Count(ctx)); n != 20_000 {
					t.Errorf("%d elements once there was room", n)
				}
			})
		}
	}
}

// TestOutputsMoveToFilesUnderPressure keeps a finished shuffle in memory and then sorts something large.
func TestOutputsMoveToFilesUnderPressure(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	var seen recorder
	sc := newTestContext(t, WithSpillDir(dir), WithThreads(2), WithMemory(4<<20), WithListener(&seen))
	text := strings.Repeat("q", 1000)
	d := NewExchange(Map(Range(sc, 0, 2400, 1, 4), func(v int64) Pair[int, string] { return KV(int(v%3), text) }), 3,
		must[Codec[string]](t)(CodecOf[string]()))
	must[[]MapStatus](t)(Materialize(ctx, d))
	if files := scratchFilesIn(t, dir); len(files) > 0 {
		t.Fatalf("the outputs are in files already: %v", files)
	}
	before := sc.Memory().Usage().Execution
	if n := must[int64](t)(sc.hold(ctx, 3<<20)); n != 3<<20 {
		t.Fatal(n)
	}
	if files := scratchFilesIn(t, dir); len(files) == 0 || len(files)%2 != 0 {
		t.Errorf("files: %v", files)
	}
	if after := sc.Memory().Usage().Execution; after >= before {
		t.Errorf("%d bytes in memory before, %d after", before, after)
	}
	seen.reset()
	if n := must[int64](t)(ReadShuffle[string](d, nil).Count(ctx)); n != 2400 {
		t.Errorf("%d elements", n)
	}
	if m := shuffleMetrics(&seen); m.ShuffleWriteRows != 0 {
		t.Error("the outputs were written again")
	}
	d.Release()
	if files := scratchFilesIn(t, dir); len(files) > 0 {
		t.Errorf("files after Release: %v", files)
	}
}

// hold has a task reserve n bytes, without being able to spill.
func (sc *Context) hold(ctx context.Context, n int64) (held int64, err error) {
	one := MapPartitions(Range(sc, 0, 1, 1, 1), func(tc *TaskContext, _ iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		return func(yield func(int64, error) bool) { yield(n, tc.Reserve("test", nil).Grow(n)) }
	})
	return one.First(ctx)
}

// TestPressureOnAFullDiskKeepsOutputs refuses the memory rather than losing outputs that cannot be written.
func TestPressureOnAFullDiskKeepsOutputs(t *testing.T) {
	ctx := context.Background()
	disk := &failingDisk{onWrite: func(string, int64, int) (int, error) { return 0, syscall.ENOSPC }}
	sc := newTestContext(t, WithThreads(2), WithMemory(4<<20), withScratchFaults(disk))
	text := strings.Repeat("q", 1000)
	d := NewExchange(Map(Range(sc, 0, 2400, 1, 4), func(v int64) Pair[int, string] { return KV(int(v%3), text) }), 3,
		must[Codec[string]](t)(CodecOf[string]()))
	must[[]MapStatus](t)(Materialize(ctx, d))
	var me *MemoryError
	if _, err := sc.hold(ctx, 3<<20); !errors.As(err, &me) {
		t.Errorf("got %v", err)
	}
	if n := must[int64](t)(ReadShuffle[string](d, nil).Count(ctx)); n != 2400 {
		t.Errorf("%d elements", n)
	}
	if used := sc.spill.used.Load(); used != 0 {
		t.Errorf("%d bytes counted on disk", used)
	}
}

func TestForgottenOutputsAreCleanedInEveryLayout(t *testing.T) {
	ctx := context.Background()
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			dir := t.TempDir()
			var seen recorder
			sc := newTestContext(t, WithSpillDir(dir), WithConf(l.conf), WithListener(&seen))
			func() {
				r := Range(sc, 0, 1000, 1, 4).Repartition(2)
				must[int64](t)(r.Count(ctx))
				runtime.GC()
				runtime.GC()
				seen.reset()
				must[int64](t)(r.Count(ctx))
				if stages := eventsOf[*StageSubmitted](&seen); len(stages) != 1 {
					t.Errorf("the second job ran %d stages: its outputs were dropped while the RDD is in use", len(stages))
				}
				runtime.KeepAlive(r)
			}()
			for range 400 {
				runtime.GC()
				if len(scratchFilesIn(t, dir)) == 0 && sc.Memory().Usage().Execution == 0 {
					return
				}
				time.Sleep(time.Millisecond)
			}
			t.Errorf("kept for an RDD that is out of reach: files %v, memory %+v", scratchFilesIn(t, dir), sc.Memory().Usage())
		})
	}
}

func TestTypesThatCannotBeEncoded(t *testing.T) {
	ctx := context.Background()
	type hooked struct{ Call func() }
	program := func(sc *Context, started *int, n int64) *RDD[Pair[int64, hooked]] {
		r := Map(Range(sc, 0, n, 1, 1), func(v int64) Pair[int64, hooked] { *started++; return KV(v, hooked{}) })
		return PartitionBy(r, NewHashPartitioner[int64](2))
	}
	started := 0
	forced := newTestContext(t, WithShuffleFiles())
	_, err := program(forced, &started, 10).Count(ctx)
	if err == nil || !strings.Contains(err.Error(), "func()") || !strings.Contains(err.Error(), "Call") || started > 0 {
		t.Errorf("forced files: %v, after %d elements", err, started)
	}
	roomy := newTestContext(t)
	if n := must[int64](t)(program(roomy, &started, 10).Count(ctx)); n != 10 {
		t.Errorf("%d elements", n)
	}
	small := newTestContext(t, WithMemory(1<<20))
	_, err = program(small, &started, 100_000).Count(ctx)
	var me *MemoryError
	if !errors.As(err, &me) || me.Owner != "shuffle" || !strings.Contains(err.Error(), "func()") {
		t.Errorf("little memory: %v", err)
	}
}
