package rdd

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"
)

// ApproximateEvaluator makes an answer from the results of some of a job's tasks. Its methods are called one at a time.
type ApproximateEvaluator[U, R any] interface {
	// Merge takes the result of a partition, once for each.
	Merge(part int, v U)
	// Current is the answer by what was merged so far. It must share nothing with later answers.
	Current() R
}

// PartialResult is the answer of an approximate action: at first by the tasks that had ended in time, and exact once
// all have (Spark's PartialResult). Safe for concurrent use.
type PartialResult[R any] struct {
	initial R
	inTime  bool

	done  chan struct{} // closed when final and err are set
	final R
	err   error
}

// Initial is the answer that was there when the time was up.
func (p *PartialResult[R]) Initial() R { return p.initial }

// InitialIsFinal tells whether all tasks ended in time, so that Initial is exact.
func (p *PartialResult[R]) InitialIsFinal() bool { return p.inTime }

// Done is closed when the job has ended: Final will not wait.
func (p *PartialResult[R]) Done() <-chan struct{} { return p.done }

// Final waits for the job to end and gives the exact answer. The context of the action, or closing the Context, ends a
// job that is no longer wanted.
func (p *PartialResult[R]) Final() (R, error) {
	<-p.done
	return p.final, p.err
}

// String shows the best answer so far, as Spark does: (partial: [1.000, 3.000]) or (final: [2.000, 2.000]).
func (p *PartialResult[R]) String() string {
	select {
	case <-p.done:
		if p.err == nil {
			return fmt.Sprintf("(final: %v)", p.final)
		}
	default:
	}
	return fmt.Sprintf("(partial: %v)", p.initial)
}

// RunApproximateJob runs task over every partition of r and gives what e makes of the results of those that end within
// the timeout. The job goes on after that, until it ends or ctx does; a failure is an error here when it comes in time,
// and of PartialResult.Final when it comes later. A timeout that is not positive is up at once. Of the options it heeds
// Tag.
func RunApproximateJob[T, U, R any](ctx context.Context, r *RDD[T], task func(tc *TaskContext, in iter.Seq2[T, error]) (U, error),
	e ApproximateEvaluator[U, R], timeout time.Duration, opts ...Option) (*PartialResult[R], error) {
	j := approximateJob[T, U, R]{r: r, task: task, evaluator: e}
	p := &PartialResult[R]{done: make(chan struct{})}
	go func() {
		p.final, p.err = j.run(ctx, opts)
		close(p.done)
	}()
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-p.done:
		p.initial, p.inTime = p.final, true
		if p.err != nil {
			return nil, p.err
		}
		return p, nil
	case <-timer.C:
	}
	var err error
	p.initial, err = j.current()
	return p, err
}

// approximateJob is a job whose results are merged under a lock, so that the answer can be asked for meanwhile.
type approximateJob[T, U, R any] struct {
	r    *RDD[T]
	task func(tc *TaskContext, in iter.Seq2[T, error]) (U, error)

	mu        sync.Mutex
	evaluator ApproximateEvaluator[U, R]
}

// run is the job. It has a goroutine of its own, where a panic of the evaluator would end the process.
func (j *approximateJob[T, U, R]) run(ctx context.Context, opts []Option) (final R, err error) {
	defer recoverTask(&err)
	if err := RunJob(ctx, j.r, nil, j.task, func(part int, v U) bool { j.merge(part, v); return true }, opts...); err != nil {
		return final, err
	}
	return j.current()
}

// merge hands a result to the evaluator.
func (j *approximateJob[T, U, R]) merge(part int, v U) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.evaluator.Merge(part, v)
}

// current asks the evaluator.
func (j *approximateJob[T, U, R]) current() (answer R, err error) {
	defer recoverTask(&err)
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.evaluator.Current(), nil
}
