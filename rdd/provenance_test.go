package rdd

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"sync/atomic"
	"testing"
)

// randomPairs gives each key another value whenever it is computed.
func randomPairs(sc *Context) *RDD[Pair[int64, int64]] {
	return MapPartitions(Range(sc, 0, 40, 1, 4), func(_ *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[Pair[int64, int64], error] {
		return func(yield func(Pair[int64, int64], error) bool) {
			for v, err := range in {
				if !yield(KV(v, rand.Int64()), err) {
					return
				}
			}
		}
	}, WithDeterminacy(Indeterminate))
}

// shuffled is r dealt out by key, with the dependency.
func shuffled(r *RDD[Pair[int64, int64]], n int) (*ShuffleDependency, *RDD[Pair[int64, int64]]) {
	d := NewExchange(Map(r, func(p Pair[int64, int64]) Pair[int, Pair[int64, int64]] { return KV(int(p.Key)%n, p) }), n, nil)
	return d, ReadShuffle[Pair[int64, int64]](d, nil)
}

// expectSame joins two RDDs made from the same random values.
func expectSame(t *testing.T, a, b *RDD[Pair[int64, int64]]) {
	t.Helper()
	rows := must[[]Pair[int64, Pair[int64, int64]]](t)(Join(a, b, NumPartitions(3)).Collect(t.Context()))
	if len(rows) != 40 {
		t.Errorf("%d rows, want 40", len(rows))
	}
	for _, p := range rows {
		if p.Val.Key != p.Val.Val {
			t.Fatalf("key %d has two values: one side was made from another computation", p.Key)
		}
	}
}

// TestSiblingsAreMadeFromOneComputation loses an indeterminate shuffle and one of two shuffles made from it: the other
// one, whose outputs are all there, must be computed anew too.
func TestSiblingsAreMadeFromOneComputation(t *testing.T) {
	sc := newTestContext(t)
	source, read := shuffled(randomPairs(sc), 3)
	left, a := shuffled(read, 2)
	right, b := shuffled(read, 5)
	must[[]MapStatus](t)(Materialize(t.Context(), left))
	must[[]MapStatus](t)(Materialize(t.Context(), right))
	expectSame(t, a, b)
	source.Release()
	expectSame(t, a, b)
	left.Release()
	expectSame(t, a, b)
}

// TestProvenanceGoesThroughStages: one side is two shuffles away from what was lost, and the shuffle between them keeps
// its outputs.
func TestProvenanceGoesThroughStages(t *testing.T) {
	sc := newTestContext(t)
	source, read := shuffled(randomPairs(sc), 3)
	_, near := shuffled(read, 2)
	far, a := shuffled(near, 4)
	must[[]MapStatus](t)(Materialize(t.Context(), far))
	source.Release()
	_, b := shuffled(read, 5)
	expectSame(t, a, b)
}

// TestStageDoesNotMixComputations has a shuffle computed anew by another job between two tasks of a result stage.
func TestStageDoesNotMixComputations(t *testing.T) {
	sc := newTestContext(t, WithThreads(2))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	source, read := shuffled(randomPairs(sc), 2)
	var gate atomic.Bool
	delivered, renewed := make(chan struct{}), make(chan error, 1)
	late := MapPartitions(read, func(tc *TaskContext, in iter.Seq2[Pair[int64, int64], error]) iter.Seq2[Pair[int64, int64], error] {
		return func(yield func(Pair[int64, int64], error) bool) {
			if tc.Partition() == 1 && gate.CompareAndSwap(false, true) {
				<-delivered
				source.Release()
				_, err := Submit(ctx, func(ctx context.Context) ([]MapStatus, error) { return Materialize(ctx, source) }).Wait(ctx)
				renewed <- err // a job of the program around, as a task must not run one
			}
			in(yield)
		}
	})
	err := RunJob(ctx, late, nil, func(_ *TaskContext, in iter.Seq2[Pair[int64, int64], error]) (int, error) {
		n := 0
		for _, err := range in {
			if err != nil {
				return 0, err
			}
			n++
		}
		return n, nil
	}, func(part, _ int) bool {
		if part == 0 {
			close(delivered)
		}
		return true
	})
	if err := <-renewed; err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, errIndeterminateResult) {
		t.Errorf("partitions of two computations were delivered: %v", err)
	}
}
