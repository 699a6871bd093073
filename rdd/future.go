package rdd

import (
	"context"
	"slices"
	"sync"
)

// FutureAction is an action under way in the background. All its methods may be called by any goroutine, any number of
// times.
type FutureAction[R any] struct {
	done   chan struct{}
	cancel context.CancelCauseFunc
	ids    idCollector
	value  R     // set before done is closed
	err    error // likewise
}

// Submit calls an action, or any function that calls several, on a goroutine of its own:
//
//	words := rdd.Submit(ctx, func(ctx context.Context) (int64, error) { return lines.Count(ctx) })
//	…
//	n, err := words.Wait(ctx)
//
// action must use the ctx it is given, so that Cancel reaches its jobs. A panic of it becomes its error.
func Submit[R any](ctx context.Context, action func(ctx context.Context) (R, error)) *FutureAction[R] {
	f := &FutureAction[R]{done: make(chan struct{})}
	ctx, f.cancel = context.WithCancelCause(context.WithValue(ctx, collectorKey{}, &f.ids))
	go func() {
		defer close(f.done)
		defer f.cancel(nil)
		defer recoverTask(&f.err)
		f.value, f.err = action(ctx)
	}()
	return f
}

// Done is closed when the action has ended.
func (f *FutureAction[R]) Done() <-chan struct{} { return f.done }

// Cancel asks the action's jobs to stop, with a reason that the action's error has in its chain; nil stands for
// ErrJobCancelled. It does not wait.
func (f *FutureAction[R]) Cancel(why error) {
	if why == nil {
		why = ErrJobCancelled
	}
	f.cancel(why)
}

// Wait gives the result when the action has ended. When ctx is done first its cause is the error, and the action goes
// on.
func (f *FutureAction[R]) Wait(ctx context.Context) (R, error) {
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		var zero R
		return zero, context.Cause(ctx)
	}
}

// JobIDs lists the jobs that the action has started so far.
func (f *FutureAction[R]) JobIDs() []int { return f.ids.list() }

// CollectAsync is Collect in the background. It and its like are functions because methods are compiled for every element
// type there is.
func CollectAsync[T any](ctx context.Context, r *RDD[T], opts ...Option) *FutureAction[[]T] {
	return Submit(ctx, func(ctx context.Context) ([]T, error) { return r.Collect(ctx, opts...) })
}

// CountAsync is Count in the background.
func CountAsync[T any](ctx context.Context, r *RDD[T], opts ...Option) *FutureAction[int64] {
	return Submit(ctx, func(ctx context.Context) (int64, error) { return r.Count(ctx, opts...) })
}

// TakeAsync is Take in the background.
func TakeAsync[T any](ctx context.Context, r *RDD[T], n int, opts ...Option) *FutureAction[[]T] {
	return Submit(ctx, func(ctx context.Context) ([]T, error) { return r.Take(ctx, n, opts...) })
}

// ForeachAsync is Foreach in the background.
func ForeachAsync[T any](ctx context.Context, r *RDD[T], f func(T) error, opts ...Option) *FutureAction[struct{}] {
	return Submit(ctx, func(ctx context.Context) (struct{}, error) { return struct{}{}, r.Foreach(ctx, f, opts...) })
}

// idCollector gathers the ids of the jobs that are started under a context.
type idCollector struct {
	mu  sync.Mutex
	ids []int
}

func (c *idCollector) add(id int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ids = append(c.ids, id)
}

func (c *idCollector) list() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.ids)
}
