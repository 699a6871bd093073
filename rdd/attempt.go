package rdd

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// attempt is how one attempt of a task is cancelled apart from the others of its stage. It costs nothing until somebody
// asks for the context.
type attempt struct {
	rival  atomic.Bool // another attempt of the task runs or ran at the same time
	claims bool        // it will be the one that counts; guarded by taskScheduler.mu
	begun  time.Time   // only with speculation

	dead   atomic.Bool
	mu     sync.Mutex
	why    error // set before dead
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// Context is done when the attempt should stop: its job was cancelled, its executor lost, or another attempt of the task
// was quicker. Actions must not be called with it. May be called by any goroutine.
func (tc *TaskContext) Context() context.Context {
	a := &tc.attempt
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ctx == nil {
		a.ctx, a.cancel = context.WithCancelCause(tc.ctx)
		if a.dead.Load() {
			a.cancel(a.why)
		}
	}
	return a.ctx
}

// Err tells why the task should stop, or nil: loops poll it every ≤ 64 K rows. May be called by any goroutine.
func (tc *TaskContext) Err() error {
	if tc.attempt.dead.Load() {
		return tc.attempt.why
	}
	if tc.ctx.Err() != nil {
		return context.Cause(tc.ctx)
	}
	return nil
}

// kill asks the attempt to stop.
func (tc *TaskContext) kill(why error) {
	a := &tc.attempt
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.dead.Load() {
		return
	}
	a.why = why
	a.dead.Store(true)
	if a.cancel != nil {
		a.cancel(why)
	}
}

// over lets go of the context.
func (a *attempt) over() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cancel != nil {
		a.cancel(nil)
	}
}

// accepted tells whether an attempt that did its work may count. It is asked before the attempt's clean-up, which drops
// what it wrote if not.
func (tc *TaskContext) accepted() error {
	if tc.executor.lost.Load() {
		return errExecutorLost
	}
	if tc.attempt.rival.Load() {
		return tc.job.sc.tasks.claim(tc.slot)
	}
	return nil
}
