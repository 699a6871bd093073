package rdd

import (
	"context"
	"sync"
	"sync/atomic"
)

// attempt is how one attempt of a task is cancelled apart from the others of its stage. It is small, and costs nothing
// until somebody asks for the context or cancels.
type attempt struct {
	rival  atomic.Bool // another attempt of the task runs or ran at the same time
	dead   atomic.Bool // it was cancelled
	claims bool        // it will be the one that counts; guarded by taskScheduler.mu

	mu  sync.Mutex
	own *ownContext
}

// ownContext is the context of one attempt.
type ownContext struct {
	why    error // set before attempt.dead
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// owned gives the place of the context. a.mu is held.
func (a *attempt) owned() *ownContext {
	if a.own == nil {
		a.own = new(ownContext)
	}
	return a.own
}

// Context is done when the attempt should stop: its job was cancelled, its executor lost, or another attempt of the task
// was quicker. Actions must not be called with it. May be called by any goroutine.
func (tc *TaskContext) Context() context.Context {
	a := &tc.attempt
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.owned()
	if o.ctx == nil {
		o.ctx, o.cancel = context.WithCancelCause(tc.ctx)
		if a.dead.Load() {
			o.cancel(o.why)
		}
	}
	return o.ctx
}

// Err tells why the task should stop, or nil: loops poll it every ≤ 64 K rows. May be called by any goroutine.
func (tc *TaskContext) Err() error {
	if tc.attempt.dead.Load() {
		return tc.attempt.own.why
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
	o := a.owned()
	o.why = why
	a.dead.Store(true)
	if o.cancel != nil {
		o.cancel(why)
	}
}

// over lets go of the context.
func (a *attempt) over() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.own != nil && a.own.cancel != nil {
		a.own.cancel(nil)
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
