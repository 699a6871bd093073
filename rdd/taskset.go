package rdd

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// taskBody computes one partition of a stage; what it returns is called once, when the attempt is accepted.
type taskBody func(tc *TaskContext, t stageTask) (commit func(), err error)

// stageTask is a task of a stage: a partition and its place among those the stage was asked for.
type stageTask struct {
	part Partition
	rank int
}

// taskSet is one attempt of a stage: the tasks that are still to be done. Its fields are guarded by taskScheduler.mu.
type taskSet struct {
	job    *job
	info   StageInfo
	body   taskBody
	tasks  []taskState
	next   int   // tasks before it were started at least once
	again  []int // positions of failed tasks, to be started anew
	window *window

	madeFrom generations // what the tasks read

	pool       *pool       // nil unless pools share fairly
	placed     *placement  // nil when no task has a preference
	excluded   *exclusion  // nil when executors are not excluded
	stragglers *stragglers // nil without speculation

	ctx     context.Context
	cancel  context.CancelCauseFunc
	running int // attempts, those on lost executors among them
	left    int
	failed  int // attempts
	err     error
	done    chan struct{}
	metrics TaskMetrics
	added   map[int64]accumulatorUpdate // one for each accumulator that tasks added to
}

// taskState is a task and its tries so far.
type taskState struct {
	stageTask
	attempts int
	failures int
	yielded  int  // attempts that gave way to other tasks that held memory
	live     int8 // attempts that can still succeed
	claimed  bool // one of several attempts is about to be accepted
	finished bool
}

// window holds back the tasks of a result stage whose partitions are too far ahead of what was delivered.
type window struct{ limit int } // tasks of rank ≥ limit wait; guarded by taskScheduler.mu

// open tells whether the window lets task i start.
func (ts *taskSet) open(i int) bool {
	return ts.window == nil || ts.tasks[i].rank < ts.window.limit
}

// choose takes the next task for a slot: a failed one first, then in order or by preference, then a copy of a
// straggler. Without preferences and exclusions the first two are two comparisons.
func (ts *taskSet) choose(s *taskScheduler, sl *slot) (i int, ok bool) {
	if ts.excluded != nil && ts.excluded.bars(s, sl.executor) {
		return 0, false
	}
	if i, ok := ts.chooseAgain(sl.executor); ok {
		return i, true
	}
	if ts.placed != nil {
		i, ok = ts.choosePlaced(s, sl.executor)
	} else {
		i, ok = ts.chooseNext()
	}
	if !ok && ts.stragglers != nil {
		return ts.chooseStraggler(s, sl)
	}
	return i, ok
}

// chooseAgain takes a task that failed; it goes anywhere but to an executor that it is excluded from.
func (ts *taskSet) chooseAgain(e *executor) (i int, ok bool) {
	for n := len(ts.again) - 1; n >= 0; n-- {
		i := ts.again[n]
		if ts.excluded != nil && ts.excluded.barsTask(i, e) {
			continue
		}
		ts.again = append(ts.again[:n], ts.again[n+1:]...)
		return i, true
	}
	return 0, false
}

// chooseNext takes the first task that has not started.
func (ts *taskSet) chooseNext() (i int, ok bool) {
	for ts.next < len(ts.tasks) && ts.tasks[ts.next].attempts > 0 { // started by preference
		ts.next++
	}
	if ts.next < len(ts.tasks) && ts.open(ts.next) {
		ts.next++
		return ts.next - 1, true
	}
	return 0, false
}

// errExecutorLost fails the attempts that ran on a lost executor; it is not counted against the task.
var errExecutorLost = errors.New("executor lost")

// errRival ends the attempts of a task that another attempt has finished.
var errRival = errors.New("another attempt of the task succeeded")

// maxYields is how often a task may give way for memory before that counts as failing. Whoever it gives way to ends some
// time, so more is a manager of memory that only says so; but that may take long, and a task that is tried again at once
// takes what the others wait for: it comes back later and later.
const (
	maxYields = 1000
	maxPause  = 50 * time.Millisecond
)

// retryLater queues task i anew after a pause. s.mu is held.
func (s *taskScheduler) retryLater(ts *taskSet, i int) {
	pause := min(time.Millisecond<<min(ts.tasks[i].yielded, 10), maxPause)
	time.AfterFunc(pause, func() {
		s.mu.Lock()
		defer s.unlock()
		if ts.err == nil {
			ts.retry(i)
			s.dispatch()
		}
	})
}

// fail decides whether task i is tried again or its stage given up. s.mu is held.
func (s *taskScheduler) fail(ts *taskSet, i int, e *executor, err error) {
	t := &ts.tasks[i]
	var fetch *FetchFailedError
	var memory *MemoryError
	switch {
	case t.finished: // by another attempt
		return
	case errors.As(err, &fetch): // before the next, because its cause can be a lost executor, on the other side
		ts.giveUp(err)
		return
	case errors.Is(err, errInjected) || errors.Is(err, errExecutorLost) || errors.Is(err, errRival):
		ts.retry(i)
		return
	case ts.ctx.Err() != nil:
		ts.giveUp(context.Cause(ts.ctx))
		return
	case errors.As(err, &memory) && memory.Contended && t.yielded < s.sc.conf.scheduling.maxYields:
		t.yielded++
		s.retryLater(ts, i)
		return
	}
	t.failures++
	ts.failed++
	if t.failures >= s.sc.conf.scheduling.maxFailures || isPermanent(err) {
		ts.giveUp(&TaskError{Stage: ts.info.ID, Partition: t.part.Index(), Attempts: t.attempts, Err: err})
		return
	}
	if ts.excluded != nil {
		ts.excluded.count(s, ts, i, e, err)
	}
	ts.retry(i)
}

// retry queues task i anew, unless another attempt of it runs.
func (ts *taskSet) retry(i int) {
	if ts.tasks[i].live == 0 {
		ts.again = append(ts.again, i)
	}
}

// giveUp starts no more tasks and cancels the running ones. The scheduler's mu is held.
func (ts *taskSet) giveUp(err error) {
	if ts.err == nil {
		ts.err = err
	}
	ts.again, ts.next = nil, len(ts.tasks)
	if ts.placed != nil {
		ts.placed.stop()
		ts.placed = nil
	}
	ts.stragglers = nil
	ts.cancel(err)
}

// over tells whether nothing is left to do and nobody is at it.
func (ts *taskSet) over() bool { return ts.running == 0 && (ts.left == 0 || ts.err != nil) }

// succeeded books the success of task i. The scheduler's mu is held.
func (ts *taskSet) succeeded(i int, tc *TaskContext) {
	ts.metrics.Add(&tc.metrics)
	if len(tc.updates) > 0 && tc.job.sc.events.wanted() {
		if ts.added == nil {
			ts.added = map[int64]accumulatorUpdate{}
		}
		for _, u := range tc.updates {
			ts.added[u.told().ID] = u
		}
	}
	ts.tasks[i].finished = true
	ts.left--
	if ts.stragglers != nil {
		ts.stragglers.took = append(ts.stragglers.took, time.Since(tc.slot.begun))
	}
}

// accumulated tells of the accumulators that the tasks added to, in the order of their ids. The set is over.
func (ts *taskSet) accumulated() (all []AccumulatorUpdate) {
	for _, id := range slices.Sorted(maps.Keys(ts.added)) {
		a := ts.added[id].told()
		a.Update = nil
		all = append(all, a)
	}
	return all
}
