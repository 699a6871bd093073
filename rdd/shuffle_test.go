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
	"sync/atomic"
	"testing"
	"time"
)

// lent is an element that is only borrowed until it is retained.
type lent struct {
	v    int64
	kept bool
}

func (l lent) Retain() lent { return lent{l.v, true} }

// batch stands for a columnar batch, which knows its size.
type batch struct {
	vals []int64
	id   int
}

func (b batch) Bytes() int64 { return int64(len(b.vals)) * 8 }
func (b batch) Rows() int64  { return int64(len(b.vals)) }

func TestExchangeMovesByReference(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	shared := []int64{1, 2, 3}
	src := Parallelize(sc, []Pair[int, batch]{{1, batch{shared, 0}}, {0, batch{nil, 1}}, {1, batch{shared[:1], 2}}}, 2)
	d := NewExchange(src, 3, nil)
	sizes := must[[]MapStatus](t)(Materialize(ctx, d))
	if got := fmt.Sprint(sizes[0].Rows, sizes[0].Bytes, sizes[1].Rows); got != "[0 3 0] [0 24 0] [0 1 0]" {
		t.Errorf("sizes: %s", got)
	}
	parts := must[[][]batch](t)(Glom(ReadShuffle[batch](d, nil)).Collect(ctx))
	if len(parts) != 3 || len(parts[0]) != 1 || len(parts[1]) != 2 || len(parts[2]) != 0 {
		t.Fatalf("parts: %v", parts)
	}
	if &parts[1][0].vals[0] != &shared[0] {
		t.Error("the batch was copied on its way")
	}
	kept := must[[]lent](t)(Exchange(Parallelize(sc, []Pair[int, lent]{{0, lent{v: 7}}}, 1), 1).Collect(ctx))
	if !kept[0].kept {
		t.Error("the shuffle kept an element that was only lent")
	}
}

func TestExchangeErrors(t *testing.T) {
	sc := newTestContext(t)
	ctx := context.Background()
	if _, err := Exchange(Parallelize(sc, []Pair[int, int]{{3, 1}}, 1), 3).Collect(ctx); err == nil || !strings.Contains(err.Error(), "target 3") {
		t.Errorf("target outside: %v", err)
	}
	d := NewExchange(Parallelize(sc, []Pair[int, int]{{0, 1}}, 1), 1, nil)
	if _, err := ReadShuffle[string](d, nil).Collect(ctx); err == nil || !strings.Contains(err.Error(), "int") {
		t.Errorf("wrong element type: %v", err)
	}
}

func TestReadShuffleRanges(t *testing.T) {
	for _, files := range []bool{false, true} {
		opts := []ContextOption{}
		if files {
			opts = append(opts, WithShuffleFiles())
		}
		sc := newTestContext(t, opts...)
		codec := must[Codec[string]](t)(CodecOf[string]())
		src := MapPartitionsWithIndex(Range(sc, 0, 4, 1, 4), func(m int, _ iter.Seq2[int64, error]) iter.Seq2[Pair[int, string], error] {
			return func(yield func(Pair[int, string], error) bool) {
				for r := range 3 {
					time.Sleep(time.Duration(4-m) * time.Millisecond) // later maps finish first
					if !yield(KV(r, fmt.Sprintf("m%dr%d", m, r)), nil) {
						return
					}
				}
			}
		})
		d := NewExchange(src, 3, codec)
		ranges := []BlockRange{{0, 2, 0, 0}, {2, 3, 0, 2}, {2, 3, 2, 4}, {1, 1, 0, 0}}
		got := must[[][]string](t)(Glom(ReadShuffle[string](d, ranges)).Collect(context.Background()))
		want := "[[m0r0 m1r0 m2r0 m3r0 m0r1 m1r1 m2r1 m3r1] [m0r2 m1r2] [m2r2 m3r2] []]"
		if fmt.Sprint(got) != want {
			t.Errorf("files %v: %v", files, got)
		}
	}
}

func TestShuffleGoesToDiskWhenMemoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	var seen recorder
	sc := newTestContext(t, WithSpillDir(dir), WithMemory(2<<20), WithListener(&seen))
	ctx := context.Background()
	text := strings.Repeat("x", 1000)
	r := Map(Range(sc, 0, 10_000, 1, 4), func(v int64) Pair[int64, string] { return KV(v, text) })
	moved := PartitionBy(r, NewHashPartitioner[int64](8))
	if n := must[int64](t)(moved.Count(ctx)); n != 10_000 {
		t.Errorf("count = %d", n)
	}
	spilled := int64(0)
	for _, s := range eventsOf[*StageCompleted](&seen) {
		spilled += s.Metrics.SpillBytes
	}
	if spilled < 6<<20 || sc.Memory().Usage().Peak > 2<<20 {
		t.Errorf("%d bytes spilled, peak %d", spilled, sc.Memory().Usage().Peak)
	}
	noCodec := NewExchange(Map(r, func(p Pair[int64, string]) Pair[int, Pair[int64, string]] { return KV(0, p) }), 1, nil)
	_, err := Materialize(ctx, noCodec)
	var me *MemoryError
	if !errors.As(err, &me) || me.Owner != "shuffle" || len(me.Largest) == 0 {
		t.Errorf("without a codec: %v", err)
	}
	for _, dep := range moved.Dependencies() {
		dep.(*ShuffleDependency).Release()
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(left) > 0 {
		t.Errorf("files after Release: %v", left)
	}
	if u := sc.Memory().Usage(); u.Execution != 0 {
		t.Errorf("memory after Release: %+v", u)
	}
}

func TestForgottenShufflesAreCleaned(t *testing.T) {
	dir := t.TempDir()
	sc := newTestContext(t, WithSpillDir(dir), WithShuffleFiles())
	func() {
		must[int64](t)(Range(sc, 0, 100, 1, 2).Repartition(2).Count(context.Background()))
	}()
	for range 200 {
		runtime.GC()
		if left, _ := filepath.Glob(filepath.Join(dir, "*", "*")); len(left) == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("the files of an unreachable shuffle were kept")
}

func TestReleaseWhenDone(t *testing.T) {
	sc := newTestContext(t)
	ctx, cancel := context.WithCancel(context.Background())
	src := Map(Range(sc, 0, 1000, 1, 2), func(v int64) Pair[int, int64] { return KV(int(v%2), v) })
	r := Exchange(src, 2, ReleaseWhenDone(ctx))
	must[int64](t)(r.Count(ctx))
	if u := sc.Memory().Usage(); u.Execution == 0 {
		t.Error("nothing was kept for a second job")
	}
	cancel()
	for range 1000 {
		if sc.Memory().Usage().Execution == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("after the end of the scope: %+v", sc.Memory().Usage())
}

func TestStreamDeliversInOrder(t *testing.T) {
	sc := newTestContext(t)
	r := MapPartitionsWithIndex(Range(sc, 0, 100, 1, 20), func(i int, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		time.Sleep(time.Duration(20-i) * 100 * time.Microsecond)
		return in
	})
	var got []int64
	for v, err := range Stream(context.Background(), r, 4) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	if len(got) != 100 || !slices.IsSorted(got) {
		t.Errorf("got %v", got)
	}
}

func TestStreamKeepsItsDistance(t *testing.T) {
	sc := newTestContext(t)
	var started atomic.Int32
	r := MapPartitionsWithIndex(Range(sc, 0, 40, 1, 40), func(i int, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		started.Add(1)
		return in
	})
	for v, err := range Stream(context.Background(), r, 3) {
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond)
		if n := int64(started.Load()); n > v+1+3 {
			t.Errorf("while partition %d is delivered %d have started, want at most 3 ahead", v, n)
		}
		if v == 10 {
			break
		}
	}
	if n := started.Load(); n > 14 {
		t.Errorf("%d partitions were computed for a consumer that left after 11", n)
	}
}

func TestStreamErrors(t *testing.T) {
	sc := newTestContext(t)
	bad := errors.New("bad row")
	r := TryMap(Range(sc, 0, 10, 1, 5), func(v int64) (int64, error) {
		if v == 6 {
			return 0, Permanent(bad)
		}
		return v, nil
	})
	var got []int64
	var last error
	for v, err := range Stream(context.Background(), r, 1) {
		if err != nil {
			last = err
			continue
		}
		got = append(got, v)
	}
	if !errors.Is(last, bad) || !slices.Equal(got, []int64{0, 1, 2, 3, 4, 5}) {
		t.Errorf("got %v, then %v", got, last)
	}
}

func TestStreamSpillsResults(t *testing.T) {
	sc := newTestContext(t, WithMemory(1<<20))
	text := strings.Repeat("y", 1000)
	r := Map(Range(sc, 0, 8000, 1, 2), func(v int64) string { return text })
	codec := must[Codec[string]](t)(CodecOf[string]())
	n := 0
	for v, err := range Stream(context.Background(), r, 2, Encoding(codec)) {
		if err != nil || v != text {
			t.Fatal(err)
		}
		n++
	}
	if n != 8000 {
		t.Errorf("%d elements", n)
	}
	var me *MemoryError
	for _, err := range Stream(context.Background(), r, 2) {
		if err != nil && !errors.As(err, &me) {
			t.Errorf("without a codec: %v", err)
		}
	}
	if me == nil {
		t.Error("results beyond the budget were kept without a codec")
	}
	if u := sc.Memory().Usage(); u.Execution != 0 {
		t.Errorf("memory left: %+v", u)
	}
}

func TestBlockFileFormat(t *testing.T) {
	spill := &spillFolder{in: t.TempDir()}
	coder := coderFor[int64](settings{})
	f := must[*blockFile](t)(newBlockFile(spill))
	for _, b := range []struct {
		bucket int
		vs     []int64
	}{{2, []int64{1, 2}}, {0, []int64{3}}, {2, []int64{4}}} {
		if err := appendBlock(f, b.bucket, b.vs, coder); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.seal(); err != nil {
		t.Fatal(err)
	}
	for bucket, want := range [][]int64{{3}, nil, {1, 2, 4}} {
		var got []int64
		for v, err := range scattered(typed[int64](readBucket(f, bucket, coder, nil))) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
		}
		if !slices.Equal(got, want) {
			t.Errorf("bucket %d: %v, want %v", bucket, got, want)
		}
	}
	f.remove()
	if _, err := os.Stat(f.data.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("removed file: %v", err)
	}
	if err := spill.remove(); err != nil {
		t.Fatal(err)
	}
}
