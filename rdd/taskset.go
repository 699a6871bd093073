package rdd

import (
	"context"
	"errors"
	"slices"
	"sync"
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
	next   int                 // tasks before it were started at least once
	again  []int               // positions of failed tasks, to be started anew
	local  map[*executor][]int // tasks that prefer an executor
	window *window

	madeFrom generations // what the tasks read

	ctx     context.Context
	cancel  context.CancelCauseFunc
	running int
	left    int
	err     error
	done    chan struct{}
	metrics TaskMetrics
}

// taskState is a task and its tries so far.
type taskState struct {
	stageTask
	attempts int
	failures int
	finished bool
}

// window holds back the tasks of a result stage whose partitions are too far ahead of what was delivered.
type window struct{ limit int } // tasks of rank ≥ limit wait; guarded by taskScheduler.mu

// taskScheduler hands tasks to free slots: those of the oldest job first, and within a job those of the oldest stage
// (FIFO). A slot has a goroutine only while there is work, so that an idle Context has none.
type taskScheduler struct {
	sc *Context

	mu   sync.Mutex
	idle []*slot
	sets []*taskSet // by job, then stage
}

// newTaskScheduler makes a scheduler over the slots of all executors, all idle.
func newTaskScheduler(sc *Context) *taskScheduler {
	s := &taskScheduler{sc: sc}
	// Slots are stacked in turns over the executors, so that few tasks spread over all of them.
	executors := sc.executors.all()
	for i := range executors[0].slots {
		for _, e := range executors {
			s.idle = append(s.idle, e.slots[i])
		}
	}
	return s
}

// run gives the tasks of ts to the slots and waits until none of them runs any more. It returns nil when all succeeded,
// and otherwise the reason why the rest was given up.
func (s *taskScheduler) run(ts *taskSet) error {
	ts.ctx, ts.cancel = context.WithCancelCause(ts.job.ctx)
	defer ts.cancel(nil)
	ts.done = make(chan struct{})
	ts.left = len(ts.tasks)
	begin := time.Now()
	if s.sc.events.wanted() {
		s.sc.events.tell(&StageSubmitted{StageInfo: ts.info, Time: begin})
	}
	if ts.left > 0 {
		stop := context.AfterFunc(ts.job.ctx, func() { s.abort(ts, context.Cause(ts.job.ctx)) })
		s.submit(ts)
		<-ts.done
		stop()
	}
	if s.sc.events.wanted() {
		now := time.Now()
		s.sc.events.tell(&StageCompleted{StageInfo: ts.info, Err: ts.err, Metrics: ts.metrics, Time: now, Took: now.Sub(begin)})
	}
	return ts.err
}

// submit puts ts in its place among the sets and starts what can start.
func (s *taskScheduler) submit(ts *taskSet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := len(s.sets)
	for at > 0 && older(ts, s.sets[at-1]) {
		at--
	}
	s.sets = slices.Insert(s.sets, at, ts)
	s.dispatch()
}

// older is the FIFO order: by job, and within a job by stage.
func older(a, b *taskSet) bool {
	if a.info.Job != b.info.Job {
		return a.info.Job < b.info.Job
	}
	return a.info.ID < b.info.ID
}

// widen lets the tasks of ranks below limit start.
func (s *taskScheduler) widen(w *window, limit int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if limit > w.limit {
		w.limit = limit
		s.dispatch()
	}
}

// dispatch starts tasks while there are free slots. s.mu is held.
func (s *taskScheduler) dispatch() {
	for len(s.idle) > 0 {
		sl := s.idle[len(s.idle)-1]
		ts, i := s.pick(sl)
		if ts == nil {
			return
		}
		s.idle = s.idle[:len(s.idle)-1]
		sl.executor.busy++
		attempt := ts.begin(i)
		go s.work(sl, ts, i, attempt)
	}
}

// pick chooses the next task for a slot, or nil: of the oldest stage that has one, a failed task first, then one that
// prefers the slot's executor, then the next in order. A slot is never left idle for a task elsewhere. s.mu is held.
func (s *taskScheduler) pick(sl *slot) (*taskSet, int) {
	for _, ts := range s.sets {
		if n := len(ts.again); n > 0 {
			i := ts.again[n-1]
			ts.again = ts.again[:n-1]
			return ts, i
		}
		if i, ok := ts.takeLocal(sl.executor); ok {
			return ts, i
		}
		for ts.next < len(ts.tasks) && ts.tasks[ts.next].attempts > 0 { // started by preference
			ts.next++
		}
		if ts.next < len(ts.tasks) && ts.open(ts.next) {
			ts.next++
			return ts, ts.next - 1
		}
	}
	return nil, 0
}

// begin counts a new attempt of task i. s.mu is held.
func (ts *taskSet) begin(i int) (attempt int) {
	ts.running++
	ts.tasks[i].attempts++
	return ts.tasks[i].attempts - 1
}

// work runs tasks on a slot until there is none left for it.
func (s *taskScheduler) work(sl *slot, ts *taskSet, i, attempt int) {
	for {
		tc := s.newTask(sl, ts, i, attempt)
		commit, err := tc.run(ts, ts.tasks[i].stageTask)
		s.mu.Lock()
		s.finish(ts, i, tc, commit, err)
		e := sl.executor
		if e.closed.Load() {
			e.busy--
			drained := e.busy == 0 && e.draining
			s.dispatch() // a failed task goes to another slot; this one is gone
			s.mu.Unlock()
			if drained {
				s.sc.bequeath(e)
			}
			return
		}
		ts, i = s.pick(sl)
		if ts == nil {
			e.busy--
			s.idle = append(s.idle, sl)
			s.mu.Unlock()
			return
		}
		attempt = ts.begin(i)
		s.mu.Unlock()
	}
}

// newTask makes the context of one attempt.
func (s *taskScheduler) newTask(sl *slot, ts *taskSet, i, attempt int) *TaskContext {
	return &TaskContext{
		ctx: ts.ctx, job: ts.job, madeFrom: ts.madeFrom, executor: sl.executor, slot: sl,
		info: TaskInfo{Stage: ts.info, Task: s.sc.taskIDs.Add(1), Partition: ts.tasks[i].part.Index(),
			Attempt: attempt, Executor: sl.executor.id},
	}
}

// finish books the end of an attempt. s.mu is held, so commits are one at a time and in step with the book.
func (s *taskScheduler) finish(ts *taskSet, i int, tc *TaskContext, commit func(), err error) {
	ts.running--
	t := &ts.tasks[i]
	if err == nil && tc.executor.lost.Load() {
		err = errExecutorLost
	}
	if err == nil {
		err = tc.mergeUpdates()
	}
	switch {
	case err == nil:
		if commit != nil {
			commit()
		}
		ts.metrics.Add(&tc.metrics)
		t.finished = true
		ts.left--
	case ts.err != nil: // being given up: the error is a consequence
	default:
		ts.failed(i, err, s.sc.conf.scheduling.maxFailures)
	}
	if ts.running == 0 && (ts.left == 0 || ts.err != nil) {
		s.retire(ts)
	}
}

// errExecutorLost fails the attempts that ran on a lost executor; it is not counted against the task.
var errExecutorLost = errors.New("executor lost")

// failed decides whether task i is tried again or its stage given up. The scheduler's mu is held.
func (ts *taskSet) failed(i int, err error, maxFailures int) {
	t := &ts.tasks[i]
	var fetch *FetchFailedError
	switch {
	case errors.As(err, &fetch): // first, because its cause can be a lost executor, on the other side
		ts.giveUp(err)
		return
	case errors.Is(err, errInjected) || errors.Is(err, errExecutorLost):
		ts.again = append(ts.again, i)
		return
	case ts.ctx.Err() != nil:
		ts.giveUp(context.Cause(ts.ctx))
		return
	}
	t.failures++
	if t.failures >= maxFailures || isPermanent(err) {
		ts.giveUp(&TaskError{Stage: ts.info.ID, Partition: t.part.Index(), Attempts: t.attempts, Err: err})
		return
	}
	ts.again = append(ts.again, i)
}

// giveUp starts no more tasks and cancels the running ones. The scheduler's mu is held.
func (ts *taskSet) giveUp(err error) {
	if ts.err == nil {
		ts.err = err
	}
	ts.again, ts.local, ts.next = nil, nil, len(ts.tasks)
	ts.cancel(err)
}

// abort gives a set up from outside: its job was cancelled.
func (s *taskScheduler) abort(ts *taskSet, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ts.left == 0 || ts.err != nil {
		return
	}
	ts.giveUp(err)
	if ts.running == 0 {
		s.retire(ts)
	}
}

// retire takes ts off the list. s.mu is held.
func (s *taskScheduler) retire(ts *taskSet) {
	for k, o := range s.sets {
		if o == ts {
			s.sets = slices.Delete(s.sets, k, k+1) // clears the freed place: a finished job must not stay reachable
			close(ts.done)
			return
		}
	}
}

// addSlots gives the slots of a new executor work.
func (s *taskScheduler) addSlots(e *executor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !e.closed.Load() {
		s.idle = append(s.idle, e.slots...)
		s.dispatch()
	}
}

// dropSlots forgets the idle slots of an executor that was closed.
func (s *taskScheduler) dropSlots(e *executor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = slices.DeleteFunc(s.idle, func(sl *slot) bool { return sl.executor == e })
}

// drain is dropSlots for a decommission: it tells whether no task runs there any more. Otherwise the last one to end
// finishes the decommission.
func (s *taskScheduler) drain(e *executor) (idle bool) {
	s.dropSlots(e)
	s.mu.Lock()
	defer s.mu.Unlock()
	e.draining = e.busy > 0
	return !e.draining
}
