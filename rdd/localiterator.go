package rdd

import (
	"context"
	"iter"
)

// PrefetchPartitions has ToLocalIterator compute the next partition while the caller consumes the present one.
func PrefetchPartitions() Option { return func(s *settings) { s.prefetch = true } }

// ToLocalIterator gives all elements in partition order while holding one partition: each partition is a job of its
// own, which starts when the partition before it is used up, so that leaving the loop computes nothing more. A shuffle
// below is written once, by the first of these jobs; what is costly and narrow is best persisted first. With
// PrefetchPartitions two partitions are held, and the loop cancels and awaits the one that it leaves behind. The
// iterator may be used several times. [Stream] computes several partitions ahead in one job. Of the options it heeds
// PrefetchPartitions and Tag.
func ToLocalIterator[T any](ctx context.Context, r *RDD[T], opts ...Option) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		parts, err := anyRDD{r.node}.listed(ctx)
		if err != nil {
			cancel()
			yield(*new(T), err)
			return
		}
		l := localIteration[T]{r: r, ctx: ctx, parts: parts, opts: opts, ahead: newSettings(opts).prefetch}
		defer func() {
			cancel()
			if l.next != nil {
				<-l.next
			}
		}()
		for i := range parts {
			vs, err := l.partition(i)
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, v := range vs {
				if !yield(v, nil) {
					return
				}
			}
		}
	}
}

// localIteration is one use of ToLocalIterator.
type localIteration[T any] struct {
	r     *RDD[T]
	ctx   context.Context
	parts int
	opts  []Option
	ahead bool
	next  chan fetchedPartition[T] // of the job under way, if there is one
}

// fetchedPartition is what a job made of a partition.
type fetchedPartition[T any] struct {
	elements []T
	err      error
}

// partition gives partition i, and begins the one after it when that was asked for.
func (l *localIteration[T]) partition(i int) ([]T, error) {
	if !l.ahead {
		return l.fetch(i)
	}
	if l.next == nil {
		l.begin(i)
	}
	got := <-l.next
	l.next = nil
	if got.err == nil && i+1 < l.parts {
		l.begin(i + 1)
	}
	return got.elements, got.err
}

// begin starts the job of a partition.
func (l *localIteration[T]) begin(i int) {
	done := make(chan fetchedPartition[T], 1)
	l.next = done
	go func() {
		vs, err := l.fetch(i)
		done <- fetchedPartition[T]{vs, err}
	}()
}

// fetch runs the job of a partition.
func (l *localIteration[T]) fetch(i int) (elements []T, err error) {
	vs, err := anyRDD{l.r.node}.collect(l.ctx, []int{i}, l.opts)
	if err != nil {
		return nil, err
	}
	return vs.([]T), nil
}
