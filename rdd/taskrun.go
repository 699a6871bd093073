package rdd

import (
	"fmt"
	"runtime/debug"
	"time"
)

// run executes one attempt: events, injected faults, the body with its panics turned into errors, and the clean-up.
func (tc *TaskContext) run(ts *taskSet, t stageTask) (commit func(), err error) {
	bus := &tc.job.sc.events
	begin, collected := time.Now(), 0.0
	if bus.wanted() {
		collected = gcSeconds()
		bus.tell(&TaskStart{TaskInfo: tc.info, Time: begin})
	}
	tc.fault = tc.faults().plan()
	if tc.fault == faultFirst {
		err = errInjected
	} else {
		commit, err = tc.guarded(ts, t)
	}
	if err == nil && tc.fault == faultLast {
		err = errInjected
	}
	if err == nil {
		err = tc.accepted()
	}
	err = tc.end(err)
	tc.attempt.over()
	end := time.Now()
	tc.metrics.RunTime = end.Sub(begin)
	if bus.wanted() {
		tc.metrics.GCTime = gcTimeSince(collected)
		ended := &TaskEnd{TaskInfo: tc.info, Err: err, Metrics: tc.metrics, Time: end}
		if err == nil {
			ended.Accumulators = tc.toldUpdates()
		}
		bus.tell(ended)
	}
	return commit, err
}

// guarded runs the body; its panics become the task's error.
func (tc *TaskContext) guarded(ts *taskSet, t stageTask) (commit func(), err error) {
	defer recoverTask(&err)
	if err := tc.passes(hookTaskBegin); err != nil {
		return nil, err
	}
	if commit, err = ts.body(tc, t); err == nil {
		err = tc.passes(hookTaskEnd)
	}
	return commit, err
}

// recoverTask turns a panic into an error with the stack of the goroutine.
func recoverTask(err *error) {
	v := recover()
	if v == nil {
		return
	}
	p := &PanicError{Value: fmt.Sprint(v), Stack: debug.Stack()}
	p.Err, _ = v.(error)
	*err = p
}
