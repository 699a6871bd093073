package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
)

// RunJob is the action under all actions: it runs task over each of the given partitions of r (all when parts is nil),
// after the shuffles they depend on. each is called with the results on the caller's goroutine, one at a time, in the
// order in which tasks end, once per partition; when it returns false the rest is cancelled and RunJob returns nil.
// It returns when no task of the job runs any more. Cancelling ctx ends it with the context's cause. Of the options it
// heeds Tag.
func RunJob[T, R any](ctx context.Context, r *RDD[T], parts []int, task func(tc *TaskContext, in iter.Seq2[T, error]) (R, error),
	each func(part int, v R) (more bool), opts ...Option) error {
	return runTasks(ctx, r.node, parts, func(tc *TaskContext, p Partition) (any, error) {
		return task(tc, watched(tc, r.Iterate(tc, p)))
	}, taking(each), opts)
}

// taking is each for results in interfaces.
func taking[R any](each func(part int, v R) (more bool)) func(part int, v any) (more bool) {
	return func(part int, v any) bool {
		result, _ := v.(R) // a nil R of interface type does not assert, and is its own zero
		return each(part, result)
	}
}

// runUntyped is RunJob for tasks that read chunks.
func runUntyped(ctx context.Context, r anyRDD, parts []int, task func(in anyChunks) (any, error), each func(part int, v any) (more bool), opts []Option) error {
	return runTasks(ctx, r.node, parts, func(tc *TaskContext, p Partition) (any, error) {
		return task(watchedChunks(tc, r.elements, r.chunks(tc, p)))
	}, each, opts)
}

// runTasks is RunJob for tasks that open their partition themselves. Results travel in interfaces, one a task, so that the
// scheduler is compiled once and not for every element type.
func runTasks(ctx context.Context, r *node, parts []int, task func(tc *TaskContext, p Partition) (any, error),
	each func(part int, v any) (more bool), opts []Option) error {
	if err := runResults(ctx, r, parts, task, each, opts); err != nil {
		return err
	}
	return r.sc.checkpointMarked(ctx, r)
}

// runResults is runTasks that leaves alone what is marked to be checkpointed after the action.
func runResults(ctx context.Context, r Lineage, parts []int, task func(tc *TaskContext, p Partition) (any, error),
	each func(part int, v any) (more bool), opts []Option) (err error) {
	j, err := r.lineage().sc.startJob(ctx, r, newSettings(opts))
	if err != nil {
		return err
	}
	defer func() { j.end(err) }()
	chosen, err := choosePartitions(j.ctx, r, parts)
	if err != nil {
		return err
	}
	q := &resultQueue{wake: make(chan struct{}, 1)}
	st := resultStage(r, chosen, task, q.push)
	ended := make(chan error, 1)
	go func() { ended <- j.runStage(st.stage()) }()
	return q.deliver(j, ended, each)
}

// choosePartitions lists the partitions with the given indexes; nil stands for all.
func choosePartitions(ctx context.Context, l Lineage, parts []int) ([]Partition, error) {
	all, err := l.Partitions(ctx)
	if err != nil || parts == nil {
		return all, err
	}
	chosen := make([]Partition, len(parts))
	for i, p := range parts {
		if p < 0 || p >= len(all) {
			return nil, fmt.Errorf("partition %d is outside [0,%d)", p, len(all))
		}
		chosen[i] = all[p]
	}
	return chosen, nil
}

// results is a result stage: which of the chosen partitions are done.
type results struct {
	r      Lineage
	parts  []Partition
	task   func(tc *TaskContext, p Partition) (any, error)
	accept func(part int, v any) // called under the scheduler's lock

	window *window
	mu     sync.Mutex
	done   []bool
}

// resultStage makes a result stage over parts, all of them still to do.
func resultStage(r Lineage, parts []Partition, task func(tc *TaskContext, p Partition) (any, error),
	accept func(part int, v any)) *results {
	return &results{r: r, parts: parts, task: task, accept: accept, done: make([]bool, len(parts))}
}

// errIndeterminateResult ends a job that would otherwise give a mixture of two different computations.
var errIndeterminateResult = errors.New("an indeterminate stage was computed anew after some of its results were delivered")

// stage is how the scheduler sees the result stage.
func (s *results) stage() *stage {
	return &stage{
		last: s.r, shuffle: -1, window: s.window, madeFrom: new(provenance),
		missing: s.missing,
		restart: func() error {
			if len(s.missing()) < len(s.parts) {
				return errIndeterminateResult
			}
			return nil
		},
		body: func(tc *TaskContext, t stageTask) (func(), error) {
			v, err := s.task(tc, t.part)
			if err != nil {
				return nil, err
			}
			tc.metrics.ResultBytes += valueSize(v)
			return func() { s.commit(t.rank, v) }, nil
		},
	}
}

// missing lists what is still to do, with its position in parts as rank.
func (s *results) missing() []stageTask {
	s.mu.Lock()
	defer s.mu.Unlock()
	todo := make([]stageTask, 0, len(s.parts))
	for i, p := range s.parts {
		if !s.done[i] {
			todo = append(todo, stageTask{p, i})
		}
	}
	return todo
}

// commit books a result; it happens once per position.
func (s *results) commit(i int, v any) {
	s.mu.Lock()
	s.done[i] = true
	s.mu.Unlock()
	s.accept(s.parts[i].Index(), v)
}

// watched is the stream of a result task, with its rows counted and, when one was chosen for this attempt, a fault in
// the middle.
func watched[T any](tc *TaskContext, in iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		failAt := tc.faults().midway()
		n := int64(0)
		defer func() { tc.metrics.ResultRows += n }()
		for v, err := range in {
			if n == failAt {
				yield(v, errInjected)
				return
			}
			n++
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// watchedChunks is watched for chunks.
func watchedChunks(tc *TaskContext, of chunkType, in anyChunks) anyChunks {
	return func(yield func(any, error) bool) {
		failAt := tc.faults().midway()
		n := int64(0)
		defer func() { tc.metrics.ResultRows += n }()
		for chunk, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			length := int64(of.length(chunk))
			if left := failAt - n; failAt >= 0 && left < length {
				if left == 0 || yield(of.part(chunk, 0, int(left)), nil) {
					yield(nil, errInjected)
				}
				return
			}
			n += length
			if !yield(chunk, nil) {
				return
			}
		}
	}
}

// resultQueue carries results from the tasks, which never wait, to the goroutine of the action.
type resultQueue struct {
	mu    sync.Mutex
	items []partResult
	wake  chan struct{}
}

// partResult is the result of one partition.
type partResult struct {
	part  int
	value any
}

// push never blocks: it is called under the scheduler's lock.
func (q *resultQueue) push(part int, v any) {
	q.mu.Lock()
	q.items = append(q.items, partResult{part, v})
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take empties the queue.
func (q *resultQueue) take() []partResult {
	q.mu.Lock()
	defer q.mu.Unlock()
	items := q.items
	q.items = nil
	return items
}

// deliver hands results to each until the stage has ended and the queue is empty, or each wants no more.
func (q *resultQueue) deliver(j *job, ended <-chan error, each func(part int, v any) bool) error {
	running := true
	var err error
	defer func() {
		if running { // each stopped, or panicked
			j.cancel(errStopped)
			<-ended
		}
	}()
	for running {
		select {
		case <-q.wake:
		case err = <-ended:
			running = false
		}
		for _, item := range q.take() {
			if err == nil && !each(item.part, item.value) {
				return nil
			}
		}
	}
	return err
}

// errStopped is the cause of cancellation when the caller has all it wants.
var errStopped = errors.New("stopped by the caller")

// Materialize runs the map stage of d, unless its outputs exist, and gives the sizes of what each map partition wrote:
// what adaptive planning decides from. Of the options it heeds Tag.
func Materialize(ctx context.Context, d *ShuffleDependency, opts ...Option) (sizes []MapStatus, err error) {
	sc := d.Parent.lineage().sc
	j, err := sc.startJob(ctx, d.Parent, newSettings(opts))
	if err != nil {
		return nil, err
	}
	defer func() { j.end(err) }()
	if !d.complete() {
		if err := j.runShuffle(d); err != nil {
			return nil, err
		}
	}
	return d.statuses(), nil
}
