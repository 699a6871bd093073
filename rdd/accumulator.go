package rdd

import "sync"

// Accumulator adds up values from tasks. Only the update of a successful attempt counts, so in the tasks of an action
// each partition counts exactly once under retries; in map stages a partition that is computed again counts again, as
// in Spark. Safe for concurrent use.
type Accumulator[T any] struct{ *FoldAccumulator[T, T] }

// NewAccumulator makes an accumulator that starts at zero and combines by add, which must be associative and
// commutative, with zero as its neutral element, and must not change its arguments.
func NewAccumulator[T any](sc *Context, name string, zero T, add func(a, b T) T) *Accumulator[T] {
	return &Accumulator[T]{NewFoldAccumulator(sc, name, func() T { return zero }, add, add)}
}

// NewCounter makes an accumulator of int64 sums.
func NewCounter(sc *Context, name string) *Accumulator[int64] {
	return NewAccumulator(sc, name, 0, func(a, b int64) int64 { return a + b })
}

// FoldAccumulator is an accumulator whose value has another type than what is added (Spark's AccumulatorV2): each
// attempt of a task folds what it adds into a zero of its own, and those of the successful ones are merged. What is said
// of Accumulator holds.
type FoldAccumulator[In, Acc any] struct {
	id    int64
	name  string
	zero  func() Acc
	add   func(Acc, In) Acc
	merge func(a, b Acc) Acc

	mu    sync.Mutex
	value Acc
}

// NewFoldAccumulator makes an accumulator that starts at zero(). add may change its first argument and give it back;
// merge must not change its arguments, because it is tried before it counts. The order of merges is that in which tasks
// end.
func NewFoldAccumulator[In, Acc any](sc *Context, name string, zero func() Acc, add func(Acc, In) Acc, merge func(a, b Acc) Acc) *FoldAccumulator[In, Acc] {
	return &FoldAccumulator[In, Acc]{id: sc.accumulatorIDs.Add(1), name: name, zero: zero, add: add, merge: merge, value: zero()}
}

// ID is unique among the accumulators of the Context.
func (a *FoldAccumulator[In, Acc]) ID() int64 { return a.id }

// Name is what the accumulator is called.
func (a *FoldAccumulator[In, Acc]) Name() string { return a.name }

// Value is the sum over the tasks that have succeeded so far.
func (a *FoldAccumulator[In, Acc]) Value() Acc {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.value
}

// Reset sets the value back to zero.
func (a *FoldAccumulator[In, Acc]) Reset() {
	zero := a.zero()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.value = zero
}

// Add adds v within a task; it is for the task's goroutine.
func (a *FoldAccumulator[In, Acc]) Add(tc *TaskContext, v In) {
	for _, u := range tc.updates {
		if p, ok := u.(*pendingUpdate[In, Acc]); ok && p.of == a {
			p.value = a.add(p.value, v)
			return
		}
	}
	tc.updates = append(tc.updates, &pendingUpdate[In, Acc]{of: a, value: a.add(a.zero(), v)})
}

// Tally is the value of a NumberAccumulator.
type Tally[N int64 | float64] struct {
	Sum   N
	Count int64 // of the numbers added
}

// Avg is the mean; NaN of no numbers.
func (t Tally[N]) Avg() float64 { return float64(t.Sum) / float64(t.Count) }

// NumberAccumulator sums and counts numbers (Spark's LongAccumulator and DoubleAccumulator).
type NumberAccumulator[N int64 | float64] struct {
	*FoldAccumulator[N, Tally[N]]
}

// NewLongAccumulator makes an accumulator of integers.
func NewLongAccumulator(sc *Context, name string) *NumberAccumulator[int64] {
	return newNumberAccumulator[int64](sc, name)
}

// NewDoubleAccumulator makes an accumulator of floating-point numbers. Their sum depends, in its last digits, on the
// order in which tasks end.
func NewDoubleAccumulator(sc *Context, name string) *NumberAccumulator[float64] {
	return newNumberAccumulator[float64](sc, name)
}

// newNumberAccumulator starts at no numbers.
func newNumberAccumulator[N int64 | float64](sc *Context, name string) *NumberAccumulator[N] {
	return &NumberAccumulator[N]{NewFoldAccumulator(sc, name, func() Tally[N] { return Tally[N]{} },
		func(t Tally[N], v N) Tally[N] { return Tally[N]{t.Sum + v, t.Count + 1} },
		func(a, b Tally[N]) Tally[N] { return Tally[N]{a.Sum + b.Sum, a.Count + b.Count} })}
}

// CollectionAccumulator gathers what tasks add (Spark's CollectionAccumulator). The values of one task are in the order
// in which it added them. They are kept in their Retained form.
type CollectionAccumulator[T any] struct{ *FoldAccumulator[T, []T] }

// NewCollectionAccumulator makes an empty one. Its Value must not be changed.
func NewCollectionAccumulator[T any](sc *Context, name string) *CollectionAccumulator[T] {
	kind := kindOf[T]()
	return &CollectionAccumulator[T]{NewFoldAccumulator(sc, name, func() []T { return nil },
		func(all []T, v T) []T { return append(all, kind.keep(v)) },
		func(a, b []T) []T { return append(a[:len(a):len(a)], b...) })}
}

// accumulatorUpdate is what a task has added, kept until the attempt is accepted.
type accumulatorUpdate interface {
	// prepare computes the accumulator's next value; it may panic, and changes nothing.
	prepare()
	// commit sets it. Between the two nobody else merges.
	commit()
	// told is what events tell of it, with the accumulator's value so far.
	told() AccumulatorUpdate
}

// AccumulatorUpdate is what events tell of an accumulator.
type AccumulatorUpdate struct {
	ID     int64
	Name   string
	Update any // what an attempt added; nil for a stage
	Value  any // of the accumulator when the event was told
}

// toldUpdates is what the attempt has added so far.
func (tc *TaskContext) toldUpdates() (all []AccumulatorUpdate) {
	for _, u := range tc.updates {
		all = append(all, u.told())
	}
	return all
}

// mergeUpdates adds the task's updates up: all of them, or none when a user's function panics, as the task is tried
// again then. The scheduler's lock is held, so that merges are one at a time.
func (tc *TaskContext) mergeUpdates() (err error) {
	defer recoverTask(&err)
	for _, u := range tc.updates {
		u.prepare()
	}
	for _, u := range tc.updates {
		u.commit()
	}
	return nil
}

// pendingUpdate is what one attempt has added to one accumulator.
type pendingUpdate[In, Acc any] struct {
	of    *FoldAccumulator[In, Acc]
	value Acc
	next  Acc
}

// prepare merges into next.
func (p *pendingUpdate[In, Acc]) prepare() { p.next = p.of.merge(p.of.Value(), p.value) }

// commit publishes next.
func (p *pendingUpdate[In, Acc]) commit() {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.of.value = p.next
}

// told has the parts in interfaces, which are not changed any more once the attempt is over.
func (p *pendingUpdate[In, Acc]) told() AccumulatorUpdate {
	return AccumulatorUpdate{ID: p.of.id, Name: p.of.name, Update: p.value, Value: p.of.Value()}
}
