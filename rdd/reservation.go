package rdd

import (
	"context"
	"sync"
)

// Reservation is a growing claim of one operator on the memory budget. Methods of a task's reservation are for the
// task's goroutine; those of a shared one (Context.Reserve, TaskContext.ReserveJob) may be called by any.
type Reservation struct {
	manager  MemoryManager
	ctx      context.Context
	consumer Consumer
	spill    func(want int64) (freed int64, err error)
	task     *TaskContext // nil for a shared reservation

	mu      sync.Mutex // shared reservations only
	used    int64
	granted int64
}

// reserveStep is how much is asked of the manager at once, so that small Grows take no lock.
const reserveStep = 64 << 10

// Grow asks for n more bytes. When the manager refuses, first this reservation's spill and then those of the task's
// other reservations are called, on this goroutine, until enough is free; when that does not help either it waits for
// other tasks to end. The answer is a *MemoryError, and the reservation is as before, when all others wait, too.
func (r *Reservation) Grow(n int64) error { return r.grow(n, true) }

// TryGrow is Grow for who can do with less: it does not wait for other tasks to end.
func (r *Reservation) TryGrow(n int64) error { return r.grow(n, false) }

func (r *Reservation) grow(n int64, patient bool) error {
	if r.task == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
	}
	if n <= 0 || r.used+n <= r.granted {
		r.used += n
		return nil
	}
	if err := r.injectedSpill(n); err != nil {
		return err
	}
	err := r.acquire(n)
	for err != nil && r.task != nil {
		if _, ok := err.(*MemoryError); !ok {
			return err
		}
		freed, spillErr := r.task.spillFor(r, n)
		if spillErr != nil {
			return spillErr
		}
		if freed == 0 && !patient {
			return err
		}
		if freed == 0 {
			return r.acquirePatiently(n, err)
		}
		err = r.acquire(n)
	}
	return err
}

// acquire gets the bytes from the manager: a whole step when it can, exactly what is missing when it cannot.
func (r *Reservation) acquire(n int64) error {
	if r.used+n <= r.granted {
		r.used += n
		return nil
	}
	missing := r.used + n - r.granted
	step := missing
	if missing < reserveStep {
		step = reserveStep
	}
	err := r.manager.Acquire(r.ctx, r.consumer, step)
	if err != nil && step > missing {
		step = missing
		err = r.manager.Acquire(r.ctx, r.consumer, step)
	}
	if err != nil {
		return err
	}
	r.granted += step
	r.used += n
	if r.task != nil {
		r.task.grew(step)
	}
	return nil
}

// acquirePatiently waits for other tasks where the manager allows it; refusal is its answer so far.
func (r *Reservation) acquirePatiently(n int64, refusal error) error {
	m, ok := r.manager.(patientManager)
	if !ok {
		return refusal
	}
	missing := r.used + n - r.granted
	if err := m.acquirePatiently(r.ctx, r.consumer, missing); err != nil {
		return err
	}
	r.granted += missing
	r.used += n
	r.task.grew(missing)
	return nil
}

// Shrink gives n bytes back.
func (r *Reservation) Shrink(n int64) {
	if r.task == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
	}
	r.used = max(r.used-n, 0)
	// Slack of a step stays, so that a sawtooth of Grow and Shrink stays off the manager's lock.
	if slack := r.granted - r.used; slack > 2*reserveStep {
		r.give(slack - reserveStep)
	}
}

// Release gives everything back. The reservation may grow again; a task's reservations are released when it ends.
func (r *Reservation) Release() {
	if r.task == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
	}
	r.used = 0
	if r.granted > 0 {
		r.give(r.granted)
	}
}

// Used is how many bytes are reserved.
func (r *Reservation) Used() int64 {
	if r.task == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
	}
	return r.used
}

// give hands n granted bytes back to the manager.
func (r *Reservation) give(n int64) {
	r.granted -= n
	r.manager.Release(r.consumer, n)
	if r.task != nil {
		r.task.grew(-n)
	}
}

// injectedSpill makes some Grows spill although there is room, when faults are being injected: a spill that is only
// run under real pressure is a spill that was never tested.
func (r *Reservation) injectedSpill(n int64) error {
	if r.task == nil || r.spill == nil || !r.task.faults().spillNow() {
		return nil
	}
	_, err := r.spill(n)
	return err
}
