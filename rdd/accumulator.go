package rdd

import "sync"

// Accumulator adds up values from tasks. Only the update of a successful attempt counts, so in the tasks of an action
// each partition counts exactly once under retries; in map stages a partition that is computed again counts again, as
// in Spark. Safe for concurrent use.
type Accumulator[T any] struct {
	id   int64
	name string
	add  func(a, b T) T

	mu    sync.Mutex
	value T
}

// NewAccumulator makes an accumulator that starts at zero and combines by add, which must be associative and
// commutative, with zero as its neutral element.
func NewAccumulator[T any](sc *Context, name string, zero T, add func(a, b T) T) *Accumulator[T] {
	return &Accumulator[T]{id: sc.accumulatorIDs.Add(1), name: name, add: add, value: zero}
}

// NewCounter makes an accumulator of int64 sums.
func NewCounter(sc *Context, name string) *Accumulator[int64] {
	return NewAccumulator(sc, name, 0, func(a, b int64) int64 { return a + b })
}

// Name is what the accumulator is called.
func (a *Accumulator[T]) Name() string { return a.name }

// Value is the sum over the tasks that have succeeded so far.
func (a *Accumulator[T]) Value() T {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.value
}

// Add adds v within a task; it is for the task's goroutine.
func (a *Accumulator[T]) Add(tc *TaskContext, v T) {
	for _, u := range tc.updates {
		if p, ok := u.(*pendingUpdate[T]); ok && p.of == a {
			p.value = a.add(p.value, v)
			return
		}
	}
	tc.updates = append(tc.updates, &pendingUpdate[T]{a, v})
}

// accumulatorUpdate is what a task has added, kept until the attempt is accepted.
type accumulatorUpdate interface{ merge() }

// mergeUpdates adds the task's updates up. The add functions are the user's and may panic.
func (tc *TaskContext) mergeUpdates() (err error) {
	defer recoverTask(&err)
	for _, u := range tc.updates {
		u.merge()
	}
	return nil
}

// pendingUpdate is what one attempt has added to one accumulator.
type pendingUpdate[T any] struct {
	of    *Accumulator[T]
	value T
}

// merge adds it to the accumulator.
func (p *pendingUpdate[T]) merge() {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.of.value = p.of.add(p.of.value, p.value)
}
