package rdd

import (
	"context"
	"slices"
	"sync"
	"time"
)

// taskScheduler hands tasks to free slots, in the order of the jobs (FIFO) or as pools share them (FAIR). A slot has a
// goroutine only while there is work, so that an idle Context has none.
type taskScheduler struct {
	sc *Context

	mu      sync.Mutex
	idle    []*slot
	sets    []*taskSet // by job, then stage
	sharing *sharing   // of slots between pools; nil for FIFO
	banned  *banned    // executors excluded from everything; nil when exclusion is off
	watch   *time.Timer
	untold  []Event // to be told when mu is free
}

// tellLater keeps an event until mu is given back. s.mu is held.
func (s *taskScheduler) tellLater(e Event) {
	if s.sc.events.wanted() {
		s.untold = append(s.untold, e)
	}
}

// unlock gives mu back and tells what happened under it.
func (s *taskScheduler) unlock() {
	untold := s.untold
	s.untold = nil
	s.mu.Unlock()
	for _, e := range untold {
		s.sc.events.tell(e)
	}
}

// newTaskScheduler makes a scheduler over the slots of all executors, all idle.
func newTaskScheduler(sc *Context) *taskScheduler {
	s := &taskScheduler{sc: sc}
	if sc.conf.scheduling.mode == FairScheduling {
		s.sharing = newSharing(sc.conf.scheduling.pools)
	}
	if sc.conf.scheduling.exclude.enabled {
		s.banned = &banned{failures: map[string][]time.Time{}, executors: map[string]ban{}, hosts: map[string]ban{}}
	}
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
		// Behind submit: a set that was given up before it is on the list would never be taken off, and never end.
		s.submit(ts)
		stop := context.AfterFunc(ts.job.ctx, func() { s.abort(ts, context.Cause(ts.job.ctx)) })
		<-ts.done
		stop()
	}
	if s.sc.events.wanted() {
		now := time.Now()
		s.sc.events.tell(&StageCompleted{StageInfo: ts.info, Err: ts.err, Metrics: ts.metrics, Time: now, Took: now.Sub(begin),
			Accumulators: ts.accumulated()})
	}
	return ts.err
}

// submit puts ts in its place among the sets and starts what can start.
func (s *taskScheduler) submit(ts *taskSet) {
	s.mu.Lock()
	defer s.unlock()
	if s.sharing != nil {
		ts.pool = s.sharing.pool(ts.job.properties.pool)
	}
	if s.banned != nil {
		ts.excluded = newExclusion(&s.sc.conf.scheduling.exclude)
	}
	if s.sc.conf.scheduling.speculation.enabled {
		ts.stragglers = &stragglers{}
		s.startWatch()
	}
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
	defer s.unlock()
	if limit > w.limit {
		w.limit = limit
		s.dispatch()
	}
}

// dispatch offers every free slot to the sets. s.mu is held.
func (s *taskScheduler) dispatch() {
	for n := len(s.idle) - 1; n >= 0 && len(s.sets) > 0; n-- {
		sl := s.idle[n]
		ts, i := s.pick(sl)
		if ts == nil {
			continue
		}
		s.idle = slices.Delete(s.idle, n, n+1)
		sl.executor.busy++
		s.begin(sl, ts, i)
		go s.work(sl)
	}
	if s.banned != nil {
		s.abortStuck()
	}
}

// pick chooses the next task for a slot, or nil. s.mu is held.
func (s *taskScheduler) pick(sl *slot) (*taskSet, int) {
	sets := s.sets
	if s.sharing != nil {
		sets = s.sharing.order(sets)
	}
	for _, ts := range sets {
		if i, ok := ts.choose(s, sl); ok {
			return ts, i
		}
	}
	return nil, 0
}

// begin books a new attempt of task i on a slot. s.mu is held.
func (s *taskScheduler) begin(sl *slot, ts *taskSet, i int) {
	t, tc := &ts.tasks[i], new(TaskContext)
	tc.ctx, tc.job, tc.madeFrom, tc.executor, tc.slot = ts.ctx, ts.job, ts.madeFrom, sl.executor, sl
	tc.info.Stage, tc.info.Task, tc.info.Executor = ts.info, s.sc.taskIDs.Add(1), sl.executor.id
	tc.info.Partition, tc.info.Attempt = t.part.Index(), t.attempts
	if t.live > 0 {
		s.rivals(ts, i, func(o *slot) { o.tc.attempt.rival.Store(true) })
		tc.attempt.rival.Store(true)
		tc.info.Speculative = true
	}
	if ts.stragglers != nil {
		sl.begun = time.Now()
	}
	if ts.pool != nil {
		ts.pool.running++
	}
	ts.running++
	t.attempts++
	t.live++
	sl.set, sl.task, sl.tc, sl.orphan = ts, i, tc, false
}

// rivals calls f for every slot that runs an attempt of task i. s.mu is held.
func (s *taskScheduler) rivals(ts *taskSet, i int, f func(*slot)) {
	for _, e := range s.sc.executors.all() {
		for _, sl := range e.slots {
			if sl.set == ts && sl.task == i && !sl.orphan {
				f(sl)
			}
		}
	}
}

// work runs tasks on a slot until there is none left for it.
func (s *taskScheduler) work(sl *slot) {
	for {
		commit, err := sl.tc.run(sl.set, sl.set.tasks[sl.task].stageTask)
		s.mu.Lock()
		s.finish(sl, commit, err)
		e := sl.executor
		if e.closed.Load() {
			s.leave(sl)
			return
		}
		ts, i := s.pick(sl)
		if ts == nil {
			e.busy--
			s.idle = append(s.idle, sl)
			s.dispatch() // what this slot must not take another may
			s.unlock()
			return
		}
		s.begin(sl, ts, i)
		s.unlock()
	}
}

// leave ends the goroutine of a slot of an executor that takes no more tasks. It gives s.mu back.
func (s *taskScheduler) leave(sl *slot) {
	e := sl.executor
	e.busy--
	drained := e.busy == 0 && e.draining
	s.dispatch() // a failed task goes to another slot; this one is gone
	s.unlock()
	if drained {
		s.sc.bequeath(e)
	}
}

// finish books the end of the attempt on a slot. s.mu is held, so commits are one at a time and in step with the book.
func (s *taskScheduler) finish(sl *slot, commit func(), err error) {
	ts, i, tc := sl.set, sl.task, sl.tc
	t := &ts.tasks[i]
	ts.running--
	if ts.pool != nil {
		ts.pool.running--
	}
	if !sl.orphan {
		t.live--
	}
	sl.set, sl.tc = nil, nil
	if tc.attempt.claims && err != nil { // it had won, but its clean-up failed
		t.claimed = false
	}
	if err == nil && tc.executor.lost.Load() {
		err = errExecutorLost
	}
	if err == nil && t.finished {
		err = errRival
	}
	if err == nil {
		err = tc.mergeUpdates()
	}
	switch {
	case err == nil:
		if commit != nil {
			commit()
		}
		ts.succeeded(i, tc)
		if t.live > 0 {
			s.rivals(ts, i, func(o *slot) { o.tc.kill(errRival) })
		}
	case ts.err != nil || sl.orphan: // being given up, or queued anew already: the error is a consequence
	default:
		s.fail(ts, i, sl.executor, err)
	}
	if ts.over() {
		s.retire(ts)
	}
}

// claim decides between attempts of one task that may both succeed: the first to ask is accepted.
func (s *taskScheduler) claim(sl *slot) error {
	s.mu.Lock()
	defer s.unlock()
	t := &sl.set.tasks[sl.task]
	if t.finished || t.claimed {
		return errRival
	}
	t.claimed, sl.tc.attempt.claims = true, true
	return nil
}

// abort gives a set up from outside: its job was cancelled.
func (s *taskScheduler) abort(ts *taskSet, err error) {
	s.mu.Lock()
	defer s.unlock()
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
	if ts.placed != nil {
		ts.placed.stop()
	}
	for k, o := range s.sets {
		if o == ts {
			s.sets = slices.Delete(s.sets, k, k+1) // clears the freed place: a finished job must not stay reachable
			if ts.excluded != nil && ts.err == nil {
				s.ban(ts.excluded)
			}
			close(ts.done)
			return
		}
	}
}

// addSlots gives the slots of a new executor work.
func (s *taskScheduler) addSlots(e *executor) {
	s.mu.Lock()
	defer s.unlock()
	if !e.closed.Load() {
		s.idle = append(s.idle, e.slots...)
		s.dispatch()
	}
}

// dropSlots forgets the idle slots of an executor that was closed. Where it was lost, the attempts that run there are
// cancelled, and their tasks start elsewhere at once.
func (s *taskScheduler) dropSlots(e *executor) {
	s.mu.Lock()
	defer s.unlock()
	s.idle = slices.DeleteFunc(s.idle, func(sl *slot) bool { return sl.executor == e })
	if e.lost.Load() {
		for _, sl := range e.slots {
			s.orphan(sl)
		}
	}
	s.dispatch() // tasks that waited for this executor may go elsewhere now
}

// orphan gives up on the attempt that runs on a slot. s.mu is held.
func (s *taskScheduler) orphan(sl *slot) {
	ts := sl.set
	if ts == nil || sl.orphan {
		return
	}
	sl.orphan = true
	sl.tc.kill(errExecutorLost)
	t := &ts.tasks[sl.task]
	t.live--
	if sl.tc.attempt.claims {
		t.claimed = false
	}
	if ts.err == nil && !t.finished {
		ts.retry(sl.task)
	}
}

// drain is dropSlots for a decommission: it tells whether no task runs there any more. Otherwise the last one to end
// finishes the decommission.
func (s *taskScheduler) drain(e *executor) (idle bool) {
	s.dropSlots(e)
	s.mu.Lock()
	defer s.unlock()
	e.draining = e.busy > 0
	return !e.draining
}
