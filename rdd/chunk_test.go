package rdd

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// TestChunksAreNotPiledUp shows that a chain holds at most a chunk between two operators: however long the partition,
// a source is never further ahead of the end of the chain than the chunks of its operators.
func TestChunksAreNotPiledUp(t *testing.T) {
	sc := newTestContext(t)
	const n, operators = 100_000, 3
	var given, ahead int64
	source := New(sc, nil, fixedPartitions(1), func(*TaskContext, Partition) iter.Seq2[int64, error] {
		return func(yield func(int64, error) bool) {
			for given = 1; given <= n && yield(given, nil); given++ {
			}
		}
	})
	chain := FlatMap(Map(source, func(v int64) int64 { return v }).Filter(func(int64) bool { return true }),
		func(v int64) iter.Seq[int64] { return slices.Values([]int64{v, v}) })
	err := chain.Foreach(context.Background(), func(v int64) error {
		ahead = max(ahead, given-v)
		return nil
	})
	if err != nil || given <= n {
		t.Fatalf("%d elements, error %v", given, err)
	}
	if ahead > maxChunk*(operators+1) {
		t.Errorf("the source was %d elements ahead of the sink", ahead)
	}
}

func TestFewElementsAreComputedForFew(t *testing.T) {
	sc := newTestContext(t)
	sources := map[string]*RDD[int]{
		"slice":  Parallelize(sc, make([]int, 10_000), 1),
		"range":  Map(Range(sc, 0, 10_000, 1, 1), func(v int64) int { return int(v) }),
		"stream": FromSeq(sc, func(yield func(int, error) bool) { inMemory(make([]int, 10_000))(yield) }),
		"cached": Parallelize(sc, make([]int, 10_000), 1).Cache(),
	}
	for name, source := range sources {
		for _, want := range []struct{ take, most int64 }{{1, 1}, {3, 3}, {100, 200}} {
			var computed atomic.Int64
			r := Map(source, func(v int) int { computed.Add(1); return v })
			if got := must[[]int](t)(r.Take(context.Background(), int(want.take))); int64(len(got)) != want.take {
				t.Errorf("%s: took %d of %d", name, len(got), want.take)
			}
			if n := computed.Load(); n > want.most {
				t.Errorf("%s: %d elements computed for %d", name, n, want.take)
			}
		}
	}
}

func TestAnEndlessExpansionCanBeTakenFrom(t *testing.T) {
	sc := newTestContext(t)
	r := FlatMap(Parallelize(sc, []int{7}, 1), func(v int) iter.Seq[int] {
		return func(yield func(int) bool) {
			for yield(v) {
			}
		}
	})
	if got := must[[]int](t)(r.Take(context.Background(), 5000)); len(got) != 5000 || got[4999] != 7 {
		t.Errorf("took %d elements", len(got))
	}
}

// TestChunksOfLargeElementsAreShort counts how many large elements are made before the first of them is used, from the
// start and when elements grow large on the way; the chunk in which they grow may be full.
func TestChunksOfLargeElementsAreShort(t *testing.T) {
	sc := newTestContext(t)
	large := strings.Repeat("x", maxChunkBytes/2)
	for _, small := range []int{0, maxChunk} {
		var made, used, ahead int
		r := Map(Range(sc, 0, 4*maxChunk, 1, 1), func(int64) string {
			if made++; made <= small {
				return "small"
			}
			return large
		})
		err := r.Foreach(context.Background(), func(string) error {
			if used++; used > 2*small {
				ahead = max(ahead, made-used)
			}
			return nil
		})
		if err != nil || used != 4*maxChunk || ahead > 2 {
			t.Errorf("after %d small elements %d large ones were made ahead of their use: %v", small, ahead, err)
		}
	}
}

func TestElementsBeforeAnErrorAreDelivered(t *testing.T) {
	sc := newTestContext(t, WithMaxTaskFailures(1))
	boom := errors.New("boom")
	chunked := TryFlatMap(Range(sc, 0, 1000, 1, 1), func(v int64) iter.Seq2[int64, error] {
		return func(yield func(int64, error) bool) {
			if v == 900 {
				yield(0, boom)
				return
			}
			_ = yield(v, nil) && yield(-v, nil)
		}
	})
	got, err := chunked.Take(t.Context(), 1801)
	if !errors.Is(err, boom) {
		t.Errorf("%d elements, error %v", len(got), err)
	}
	if got := must[[]int64](t)(chunked.Take(t.Context(), 1800)); len(got) != 1800 || got[1799] != -899 {
		t.Errorf("%d elements before the error", len(got))
	}
	tried := TryMap(Range(sc, 0, 1000, 1, 1), func(v int64) (int64, error) {
		if v == 100 {
			return 0, boom
		}
		return v, nil
	})
	streamed := FromSeq(sc, func(yield func(int64, error) bool) {
		for v := range int64(100) {
			if !yield(v, nil) {
				return
			}
		}
		yield(0, boom)
	})
	for name, r := range map[string]*RDD[int64]{"tried": tried, "streamed": streamed} {
		for _, r := range []*RDD[int64]{r, Map(r, func(v int64) int64 { return v }).Filter(func(int64) bool { return true })} {
			if got, err := r.Take(context.Background(), 100); err != nil || len(got) != 100 || got[99] != 99 {
				t.Errorf("%s: took %d elements before the error: %v", name, len(got), err)
			}
			if _, err := r.Count(context.Background()); !errors.Is(err, boom) {
				t.Errorf("%s: counting gave %v", name, err)
			}
		}
	}
}

// lentCell is an element that its maker uses again: it is only good until the next one is made.
type lentCell struct{ at *int64 }

func (c lentCell) Retain() lentCell { v := *c.at; return lentCell{&v} }

func TestLentElementsTravelAlone(t *testing.T) {
	sc := newTestContext(t)
	var cell int64
	lent := Map(Range(sc, 0, 5000, 1, 1), func(v int64) lentCell { cell = v; return lentCell{&cell} })
	check := func(name string, got []int64) {
		t.Helper()
		for i, v := range got {
			if v != int64(i) {
				t.Fatalf("%s: element %d is %d", name, i, v)
			}
		}
		if len(got) != 5000 {
			t.Fatalf("%s: %d elements", name, len(got))
		}
	}
	read := func(c lentCell) int64 { return *c.at }
	check("mapped", must[[]int64](t)(Map(lent.Filter(func(lentCell) bool { return true }), read).Collect(context.Background())))
	pairs := KeyBy(lent, read)
	check("values", must[[]int64](t)(Map(Values(MapValues(pairs, func(c lentCell) lentCell { return c })), read).Collect(context.Background())))
	kept := must[[]lentCell](t)(lent.Collect(context.Background()))
	var got []int64
	for _, c := range kept {
		got = append(got, *c.at)
	}
	check("collected", got)
}
