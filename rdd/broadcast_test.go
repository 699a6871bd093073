package rdd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// readBroadcast reads b in tasks of all executors.
func readBroadcast(sc *Context, b *Broadcast[[]string], want []string) error {
	return Range(sc, 0, 24, 1, 24).ForeachPartition(context.Background(), func(tc *TaskContext, _ iter.Seq2[int64, error]) error {
		got, err := b.ValueIn(tc)
		if err == nil && !slices.Equal(got, want) {
			err = fmt.Errorf("got %d strings", len(got))
		}
		return err
	})
}

func TestBroadcastIsSentOncePerExecutor(t *testing.T) {
	var seen recorder
	var damaged atomic.Int32
	sc := newTestContext(t, WithMaster("local-cluster[3,2,64]"), WithListener(&seen),
		WithConf(map[string]string{"spark.broadcast.blockSize": "100k"}), func(c *config) {
			c.storing.broadcastWire = func(piece, try int, sent []byte) []byte {
				if piece == 1 && damaged.Add(-1) >= 0 {
					got := bytes.Clone(sent)
					got[5] ^= 1
					return got
				}
				return sent
			}
		})
	want := slices.Repeat([]string{"some", "words"}, 30_000)
	b := must[*Broadcast[[]string]](t)(NewBroadcast(sc, want))
	sends := func() map[string]int {
		m := map[string]int{}
		for _, e := range eventsOf[*BroadcastSent](&seen) {
			if m[e.Executor]++; e.Broadcast != b.ID() || e.Pieces != 4 || e.Bytes < 3000 {
				t.Errorf("%+v", e)
			}
		}
		return m
	}
	for range 2 {
		if err := readBroadcast(sc, b, want); err != nil {
			t.Fatal(err)
		}
	}
	if m := sends(); len(m) == 0 || slices.Max(slices.Collect(mapValues(m))) != 1 {
		t.Errorf("sends by executor: %v", m)
	}
	before := sc.Memory().Usage().Execution
	b.Unpersist()
	if after := sc.Memory().Usage().Execution; before == 0 || after >= before {
		t.Errorf("memory %d, after Unpersist %d", before, after)
	}
	seen.reset()
	damaged.Store(1)
	if err := readBroadcast(sc, b, want); err != nil {
		t.Errorf("a damaged piece: %v", err)
	}
	resent := 0
	for _, e := range eventsOf[*BroadcastSent](&seen) {
		resent += e.Resent
	}
	if m := sends(); len(m) == 0 || resent != 1 {
		t.Errorf("after Unpersist: %v, %d pieces sent again", m, resent)
	}
	if err := sc.LoseExecutor("executor-1", "test"); err != nil {
		t.Fatal(err)
	}
	if err := readBroadcast(sc, b, want); err != nil {
		t.Errorf("after a loss: %v", err)
	}
	b.Destroy()
	err := readBroadcast(sc, b, want)
	var te *TaskError
	if !errors.As(err, &te) || te.Attempts != 1 || !strings.Contains(err.Error(), fmt.Sprintf("broadcast %d: it was destroyed", b.ID())) {
		t.Errorf("after Destroy: %v", err)
	}
	err = Range(sc, 0, 2, 1, 2).Foreach(context.Background(), func(int64) error { b.Value(); return nil })
	if !errors.As(err, new(*BroadcastError)) {
		t.Errorf("Value after Destroy: %v", err)
	}
	if u := sc.Memory().Usage(); u.Execution != 0 {
		t.Errorf("after Destroy: %+v", u)
	}
}

// mapValues gives the values of m.
func mapValues(m map[string]int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

func TestBroadcastWithoutCodecGoesByReference(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[2,1,64]"))
	b := must[*Broadcast[func() int]](t)(NewBroadcast(sc, func() int { return 7 }))
	err := Range(sc, 0, 4, 1, 4).ForeachPartition(context.Background(), func(tc *TaskContext, _ iter.Seq2[int64, error]) error {
		f, err := b.ValueIn(tc)
		if err == nil && f() != 7 {
			err = errors.New("another function")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestUnreachableBroadcastsAreDropped(t *testing.T) {
	sc := newTestContext(t, WithMaster("local-cluster[2,1,64]"))
	func() {
		b := must[*Broadcast[[]string]](t)(NewBroadcast(sc, slices.Repeat([]string{"word"}, 50_000)))
		if err := readBroadcast(sc, b, b.Value()); err != nil || sc.Memory().Usage().Execution == 0 {
			t.Errorf("%v, %+v", err, sc.Memory().Usage())
		}
		runtime.KeepAlive(b)
	}()
	collectUntil(t, func() bool { return sc.Memory().Usage().Execution == 0 })
}
