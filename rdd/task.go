package rdd

import (
	"context"
	"reflect"
	"sync"
	"time"
)

// TaskContext is what a running task attempt may ask of the engine. It belongs to the task's goroutine unless a method
// says otherwise, and must not be used after the task has ended.
type TaskContext struct {
	ctx      context.Context
	job      *job
	info     TaskInfo
	executor *executor
	slot     *slot
	metrics  TaskMetrics
	fault    faultPlan
	madeFrom generations // of the task's stage; not changed

	reservations []*Reservation
	held, spills int64 // bytes granted now; fault draws so far
	completion   []func(err error)
	updates      []accumulatorUpdate
	borrowed     []borrowedScratch
	attempt      attempt
}

// Partition is the index of the partition of the stage's last RDD that the task computes.
func (tc *TaskContext) Partition() int { return tc.info.Partition }

// Attempt counts the tries of this task within the stage attempt, from 0.
func (tc *TaskContext) Attempt() int { return tc.info.Attempt }

// Stage is the id of the stage.
func (tc *TaskContext) Stage() int { return tc.info.Stage.ID }

// StageAttempt counts the tries of the stage, from 0.
func (tc *TaskContext) StageAttempt() int { return tc.info.Stage.Attempt }

// Job is the id of the job.
func (tc *TaskContext) Job() int { return tc.info.Stage.Job }

// TaskID is unique to this attempt within the Context.
func (tc *TaskContext) TaskID() int64 { return tc.info.Task }

// Executor is the id of the executor that the task runs on.
func (tc *TaskContext) Executor() string { return tc.executor.id }

// Metrics are the task's counters, for sources and operators to add to.
func (tc *TaskContext) Metrics() *TaskMetrics { return &tc.metrics }

// OnComplete calls f when the attempt has ended, with its error or nil; the last one added runs first.
func (tc *TaskContext) OnComplete(f func(err error)) { tc.completion = append(tc.completion, f) }

// Reserve opens a claim on memory for owner, as errors name it. spill is called when memory is short: only on this
// task's goroutine, inside some Grow of this task, possibly while its operator emits; it frees what it can, Shrinks its
// reservation by that, and says how much that was, which may be 0. A nil spill is an operator that cannot. What is
// still reserved when the task ends is released.
func (tc *TaskContext) Reserve(owner string, spill func(want int64) (freed int64, err error)) *Reservation {
	r := &Reservation{manager: tc.job.sc.memory, ctx: tc.ctx, spill: spill, task: tc,
		consumer: Consumer{Task: tc.info.Task, Owner: owner}}
	tc.reservations = append(tc.reservations, r)
	return r
}

// ReserveJob opens a claim that lives until the job ends, for values made by Once. Its Grow neither waits nor spills.
// It may be used by any goroutine of the job.
func (tc *TaskContext) ReserveJob(owner string) *Reservation {
	r := tc.job.sc.Reserve(owner)
	tc.job.atEnd(r.Release)
	return r
}

// spillFor makes room for r: its own spill first, then the task's largest others, until want bytes are free.
func (tc *TaskContext) spillFor(r *Reservation, want int64) (freed int64, err error) {
	if r.spill != nil {
		if freed, err = r.spill(want); err != nil || freed >= want {
			return freed, err
		}
	}
	tried := map[*Reservation]bool{r: true}
	for freed < want {
		var largest *Reservation
		for _, o := range tc.reservations {
			if !tried[o] && o.spill != nil && o.used > 0 && (largest == nil || o.used > largest.used) {
				largest = o
			}
		}
		if largest == nil {
			return freed, nil
		}
		tried[largest] = true
		n, err := largest.spill(want - freed)
		if err != nil {
			return freed, err
		}
		freed += n
	}
	return freed, nil
}

// grew keeps the peak of what the task holds.
func (tc *TaskContext) grew(n int64) {
	tc.held += n
	tc.metrics.PeakMemory = max(tc.metrics.PeakMemory, tc.held)
}

// SpillFile creates a temporary file that is closed and removed when the task ends. Errors name the owner.
func (tc *TaskContext) SpillFile(owner string) (*ScratchFile, error) {
	f, err := tc.job.sc.spill.create("spill of " + owner)
	if err != nil {
		return nil, err
	}
	tc.OnComplete(func(error) { f.remove() })
	return f, nil
}

// faults decides what is injected into this attempt.
func (tc *TaskContext) faults() *taskFaults { return &taskFaults{tc} }

// end runs the completion hooks and gives back all that the attempt holds. Its error is err, or a hook's.
func (tc *TaskContext) end(err error) error {
	for i := len(tc.completion) - 1; i >= 0; i-- {
		if hookErr := tc.complete(tc.completion[i], err); err == nil {
			err = hookErr
		}
	}
	for _, r := range tc.reservations {
		r.Release()
	}
	for i := len(tc.borrowed) - 1; i >= 0; i-- {
		tc.slot.giveBack(tc.borrowed[i])
	}
	tc.borrowed = nil
	return err
}

// complete calls one hook; a panic of it fails the attempt, but not the hooks and releases after it.
func (tc *TaskContext) complete(hook func(error), cause error) (err error) {
	defer recoverTask(&err)
	hook(cause)
	return nil
}

// scratchKey tells scratch values apart.
type scratchKey struct {
	name string
	kind reflect.Type
}

// borrowedScratch is a value to be given back when the task ends.
type borrowedScratch struct {
	key   scratchKey
	value any
}

// Scratch lends a *T that keeps its capacity, never meaning, between the tasks of a worker: the task gets a zero T or
// one that an earlier task of the same slot was lent under the same name. Each call within a task lends another one.
func Scratch[T any](tc *TaskContext, name string) *T {
	key := scratchKey{name, reflect.TypeFor[T]()}
	v, ok := tc.slot.take(key).(*T)
	if !ok {
		v = new(T)
	}
	tc.borrowed = append(tc.borrowed, borrowedScratch{key, v})
	return v
}

// maxScratch bounds the values a slot keeps under one key.
const maxScratch = 8

// slot is one of an executor's places to run a task.
type slot struct {
	executor *executor
	scratch  map[scratchKey][]any

	// The attempt that runs on it; written under taskScheduler.mu, by the slot's own goroutine or before that starts.
	set    *taskSet
	task   int
	tc     *TaskContext
	begun  time.Time // only with speculation
	orphan bool      // its executor was lost: nobody waits for the result, only for the end
}

// take gives a value that an earlier task left, or nil. A slot runs one task at a time, so it needs no lock.
func (s *slot) take(k scratchKey) any {
	free := s.scratch[k]
	if len(free) == 0 {
		return nil
	}
	v := free[len(free)-1]
	s.scratch[k] = free[:len(free)-1]
	return v
}

// giveBack keeps a value for the next task.
func (s *slot) giveBack(b borrowedScratch) {
	if s.scratch == nil {
		s.scratch = map[scratchKey][]any{}
	}
	if free := s.scratch[b.key]; len(free) < maxScratch {
		s.scratch[b.key] = append(free, b.value)
	}
}

// OnceKey identifies a value that Once builds; make it with NewOnceKey, one per operator instance.
type OnceKey[V any] struct{ id *byte }

// NewOnceKey makes a key that equals no other.
func NewOnceKey[V any]() OnceKey[V] { return OnceKey[V]{new(byte)} }

// Once gives the value that build makes, built once per executor and job, however many tasks ask: the first builds, the
// others wait. A failed build is not kept; the next to ask tries again. The value lives until the job ends; memory for
// it is claimed with ReserveJob. build may use several goroutines, but must not use its task's own reservations for
// what outlives the task.
func Once[V any](tc *TaskContext, key OnceKey[V], build func() (V, error)) (V, error) {
	k := onceSlot{tc.executor, key.id}
	for {
		e, mine := tc.job.onceEntry(k)
		if mine {
			return buildOnce(tc.job, k, e, build)
		}
		select {
		case <-e.done:
			if e.err == nil {
				v, _ := e.value.(V) // a nil V of interface type does not assert, and is its own zero
				return v, nil
			}
			if tc.Err() != nil {
				var zero V
				return zero, tc.Err()
			}
		case <-tc.Context().Done():
			var zero V
			return zero, tc.Err()
		}
	}
}

// onceSlot is where a value of Once lives: one per executor and key.
type onceSlot struct {
	executor *executor
	id       *byte
}

// onceEntry is a value that is there or being built; value and err are set before done is closed.
type onceEntry struct {
	done  chan struct{}
	value any
	err   error
}

// buildOnce builds and publishes.
func buildOnce[V any](j *job, k onceSlot, e *onceEntry, build func() (V, error)) (v V, err error) {
	finished := false
	defer func() { // also when build panics: the waiters must not hang
		if !finished {
			err = context.Canceled
		}
		e.err = err
		if err == nil {
			e.value = v
		} else {
			j.forgetOnce(k)
		}
		close(e.done)
	}()
	v, err = build()
	finished = true
	return v, err
}

// onceTable holds the values of Once for one job.
type onceTable struct {
	mu      sync.Mutex
	entries map[onceSlot]*onceEntry
}

// onceEntry finds the entry of a slot, or makes one that the caller must build.
func (j *job) onceEntry(k onceSlot) (e *onceEntry, mine bool) {
	t := &j.once
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, ok := t.entries[k]; ok {
		return e, false
	}
	if t.entries == nil {
		t.entries = map[onceSlot]*onceEntry{}
	}
	e = &onceEntry{done: make(chan struct{})}
	t.entries[k] = e
	return e, true
}

// forgetOnce removes a failed entry, so that the next to ask builds anew.
func (j *job) forgetOnce(k onceSlot) {
	j.once.mu.Lock()
	defer j.once.mu.Unlock()
	delete(j.once.entries, k)
}
