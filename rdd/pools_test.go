package rdd

import (
	"context"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// slotShares fills four slots with a first job, queues a job of ten tasks for each of two pools behind it, and tells how many
// of the four slots each pool gets when the first job ends.
func slotShares(t *testing.T, opts ...ContextOption) map[string]int {
	t.Helper()
	sc := newTestContext(t, opts...)
	ctx, cancel := context.WithCancel(within(t, 5*time.Second))
	defer cancel()
	started := make(chan string, 100)
	first, rest := make(chan struct{}), make(chan struct{})
	job := func(pool string, tasks int, release chan struct{}) *FutureAction[int64] {
		return CountAsync(ctx, MapPartitions(Range(sc, 0, int64(tasks), 1, tasks), func(tc *TaskContext, in iter.Seq2[int64, error]) iter.Seq2[int64, error] {
			started <- pool
			select {
			case <-release:
			case <-tc.Context().Done():
			}
			return in
		}), Pool(pool))
	}
	jobs := []*FutureAction[int64]{job("first", 4, first)}
	for range 4 {
		<-started
	}
	for i, pool := range []string{"a", "b"} {
		jobs = append(jobs, job(pool, 10, rest))
		eventually(t, "the job is queued", func() bool { return len(sc.StatusTracker().ActiveStages()) == i+2 })
		eventually(t, "its tasks are queued", func() bool { sc.tasks.mu.Lock(); defer sc.tasks.mu.Unlock(); return len(sc.tasks.sets) == i+2 })
	}
	close(first)
	got := map[string]int{}
	for range 4 {
		got[<-started]++
	}
	close(rest)
	for _, j := range jobs {
		must[int64](t)(j.Wait(ctx))
	}
	return got
}

func TestPoolsShareSlots(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fairscheduler.xml")
	if err := os.WriteFile(file, []byte(`<?xml version="1.0"?>
<allocations>
  <pool name="a"><schedulingMode>FAIR</schedulingMode><weight>1</weight><minShare>0</minShare></pool>
  <pool name="b"><weight>3</weight></pool>
</allocations>`), 0o600); err != nil {
		t.Fatal(err)
	}
	fair := WithScheduling(FairScheduling)
	for _, c := range []struct {
		name string
		opts []ContextOption
		want map[string]int
	}{
		{"FIFO", nil, map[string]int{"a": 4}},
		{"equal pools", []ContextOption{fair}, map[string]int{"a": 2, "b": 2}},
		{"weights", []ContextOption{fair, WithPool(PoolSpec{Name: "b", Weight: 3})}, map[string]int{"a": 1, "b": 3}},
		{"minimum share", []ContextOption{fair, WithPool(PoolSpec{Name: "b", MinShare: 4})}, map[string]int{"b": 4}},
		{"a file", []ContextOption{WithConf(map[string]string{"spark.scheduler.mode": "FAIR", "spark.scheduler.allocation.file": file})},
			map[string]int{"a": 1, "b": 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := slotShares(t, c.opts...); !maps.Equal(got, c.want) {
				t.Errorf("slots went to %v, want %v", got, c.want)
			}
		})
	}
	for _, bad := range []string{"<allocations><pool name='a'><schedulingMode>LIFO</schedulingMode></pool></allocations>", "<allocations>"} {
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := NewContext(WithConf(map[string]string{"spark.scheduler.allocation.file": file})); err == nil {
			t.Errorf("accepted %s", bad)
		}
	}
}

func TestJobsOfOnePool(t *testing.T) {
	old, young := &taskSet{running: 3}, &taskSet{running: 1}
	for mode, want := range map[SchedulingMode][]*taskSet{FIFOScheduling: {old, young}, FairScheduling: {young, old}} {
		s := newSharing([]PoolSpec{{Name: "p", Mode: mode}})
		old.pool, young.pool = s.pool("p"), s.pool("p")
		if got := s.order([]*taskSet{old, young}); !slices.Equal(got, want) {
			t.Errorf("mode %d: the wrong job goes first", mode)
		}
	}
}
