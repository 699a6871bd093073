package rdd

import (
	"errors"
	"math"
)

// faults injects failures that must be survived; threshold 0 is off.
type faults struct {
	seed      uint64
	threshold float64
}

// errInjected is the error of an injected failure; it is not counted against the task.
var errInjected = errors.New("injected fault")

// draw is a number in [0,1) that depends on the seed and the coordinates alone, so that a run can be repeated.
func (f *faults) draw(coordinates ...int) float64 {
	h := f.seed
	for _, c := range coordinates {
		h = mix64(h ^ uint64(c)*0x9e3779b97f4a7c15)
	}
	return float64(h>>11) / (1 << 53)
}

// taskFaults are the faults of one task attempt.
type taskFaults struct{ tc *TaskContext }

// faultPlan is what befalls an attempt.
type faultPlan uint8

// The fates of an attempt. Their order is that of an attempt's life, but for the last.
const (
	noFault    faultPlan = iota
	faultFirst           // fails before it begins
	faultMid             // fails while it streams
	faultLast            // fails after all its work was done, before it is accepted
	faultFetch           // finds a shuffle output gone
)

// maxInjectedAttempt is the first attempt (of a task, or of a stage for fetch failures) that is left alone.
const maxInjectedAttempt = 2

// plan decides once per attempt.
func (t *taskFaults) plan() faultPlan {
	f := &t.tc.job.sc.conf.faults
	if f.threshold <= 0 {
		return noFault
	}
	i := &t.tc.info
	d := f.draw(i.Stage.ID, i.Stage.Attempt, i.Partition, i.Attempt)
	if d >= f.threshold || i.Attempt >= maxInjectedAttempt {
		return noFault
	}
	p := faultFirst + faultPlan(math.Mod(d/f.threshold*64, 4))
	if p == faultFetch && i.Stage.Attempt >= maxInjectedAttempt {
		return faultFirst
	}
	return p
}

// spillNow says whether the next Grow is made to spill.
func (t *taskFaults) spillNow() bool {
	f := &t.tc.job.sc.conf.faults
	if f.threshold <= 0 {
		return false
	}
	t.tc.spills++
	i := &t.tc.info
	return f.draw(i.Stage.ID, i.Partition, int(t.tc.spills), -1) < f.threshold
}

// midway is the number of elements after which a stream fails, or -1.
func (t *taskFaults) midway() int64 {
	if t.tc.fault != faultMid {
		return -1
	}
	f := &t.tc.job.sc.conf.faults
	return int64(f.draw(t.tc.info.Stage.ID, t.tc.info.Partition, -2) * 8)
}

// hookPoint is a place in the engine where a test can make something happen.
type hookPoint uint8

// The places. Each is passed on the goroutine of a task that holds no lock.
const (
	hookTaskBegin  hookPoint = iota // an attempt is about to run
	hookTaskEnd                     // its body has ended without an error, and nothing is accepted yet
	hookFetch                       // a map output is about to be read
	hookCacheWrite                  // a partition was computed and is about to be kept
	hookBroadcast                   // a broadcast value is asked for
	hookUser                        // in the functions of a test's program; the engine does not pass it
	hookPoints
)

// taskHooks is what a test hangs into a Context: at is called at every place, and its error or panic is the attempt's.
type taskHooks interface {
	at(p hookPoint, tc *TaskContext) error
}

// passes tells the hooks, if there are any, that the task passes p.
func (tc *TaskContext) passes(p hookPoint) error {
	if h := tc.job.sc.hooks; h != nil {
		return h.at(p, tc)
	}
	return nil
}
