package rdd

import (
	"context"
	"fmt"
	"iter"
	"sync"
)

// Stream runs r and gives its elements in partition order, each partition once its task has succeeded. Tasks never wait
// for the consumer: they write retained elements to result blocks, which go to disk by the option Encoding when memory
// is short, and fail with a *MemoryError when there is no codec. At most ahead (at least 1) partitions behind the one
// being delivered are started. Leaving the loop cancels the job and waits for its tasks; an error ends the stream, a
// *ResultLostError when a result block that went to disk cannot be read back.
// The iterator may be used several times; each use is a job. Of the options it heeds Encoding and Tag.
func Stream[T any](ctx context.Context, r *RDD[T], ahead int, opts ...Option) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		s := newSettings(opts)
		j, err := r.sc.startJob(ctx, r, s)
		if err != nil {
			yield(zero, err)
			return
		}
		defer func() { j.end(err) }()
		parts, err := r.Partitions(j.ctx)
		if err != nil {
			yield(zero, err)
			return
		}
		left := false
		err = newDelivery(j, anyRDD{r.node}, parts, max(ahead, 1), coderOf(codecFor[T](s))).run(func(chunk any, err error) bool {
			if err != nil {
				left = !yield(zero, err)
				return false
			}
			for _, v := range chunk.([]T) {
				if left = !yield(v, nil); left {
					return false
				}
			}
			return true
		})
		if err == nil && !left {
			if err = r.sc.checkpointMarked(ctx, r); err != nil {
				yield(zero, err)
			}
		}
	}
}

// ResultLostError is given by Stream when the result of a partition, which had gone to disk for lack of memory, cannot be
// read back. The partition is not computed again, as part of it may have been delivered.
type ResultLostError struct {
	Partition int // position in the stream
	Err       error
}

// Error names the partition.
func (e *ResultLostError) Error() string {
	return fmt.Sprintf("result of partition %d is lost: %v", e.Partition, e.Err)
}

// Unwrap gives the cause.
func (e *ResultLostError) Unwrap() error { return e.Err }

// delivery is one Stream under way.
type delivery struct {
	j      *job
	stage  *results
	ahead  int
	mu     sync.Mutex
	ready  []*blocks // by position
	wake   chan struct{}
	ended  chan error
	over   bool
	result error
}

// newDelivery prepares the result stage, whose tasks write blocks of one bucket.
func newDelivery(j *job, r anyRDD, parts []Partition, ahead int, coder chunkType) *delivery {
	d := &delivery{j: j, ahead: ahead, ready: make([]*blocks, len(parts)), wake: make(chan struct{}, 1),
		ended: make(chan error, 1)}
	write := func(tc *TaskContext, p Partition) (any, error) {
		w, first := newBlockWriter(tc, "results", 1, coder), make([]int32, maxChunk)
		for chunk, err := range watchedChunks(tc, r.elements, r.chunks(tc, p)) {
			if err != nil {
				return nil, err
			}
			if err := w.add(first[:r.elements.length(chunk)], chunk); err != nil {
				return nil, err
			}
		}
		b, err := w.seal()
		if err != nil {
			return nil, err
		}
		tc.metrics.ResultBytes += b.sizes.Bytes[0]
		return b, nil
	}
	d.stage = resultStage(r.node, parts, write, d.put)
	d.stage.window = &window{limit: ahead}
	return d
}

// put takes a finished block; it is called under the scheduler's lock and never blocks.
func (d *delivery) put(part int, v any) {
	d.mu.Lock()
	d.ready[part] = v.(*blocks)
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// run delivers partition after partition; it returns when no task runs any more.
func (d *delivery) run(yield func(any, error) bool) error {
	go func() { d.ended <- d.j.runStage(d.stage.stage()) }()
	defer d.stop()
	for i := range d.ready {
		b, err := d.await(i)
		if err != nil {
			yield(nil, err)
			return err
		}
		// This partition is on its way out: the window moves before the consumer, who may be slow, has taken it.
		d.j.sc.tasks.widen(d.stage.window, i+1+d.ahead)
		var lost error
		more := b.read(0, nil, func(chunk any, err error) bool {
			if err != nil {
				lost = &ResultLostError{Partition: i, Err: err}
			}
			return yield(chunk, lost)
		})
		b.drop()
		if !more {
			return lost
		}
	}
	return nil
}

// await waits for a partition's block.
func (d *delivery) await(i int) (*blocks, error) {
	for {
		d.mu.Lock()
		b := d.ready[i]
		d.ready[i] = nil
		d.mu.Unlock()
		if b != nil {
			return b, nil
		}
		if d.over {
			return nil, d.result
		}
		select {
		case <-d.wake:
		case d.result = <-d.ended:
			d.over = true
		}
	}
}

// stop cancels what still runs, waits for it, and drops what was not delivered.
func (d *delivery) stop() {
	if !d.over {
		d.j.cancel(errStopped)
		<-d.ended
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, b := range d.ready {
		if b != nil {
			b.drop()
		}
	}
}
