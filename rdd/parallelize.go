package rdd

import (
	"context"
	"iter"
)

// pollEvery is how many elements a source gives between two looks at the task's context.
const pollEvery = 1024

// Parallelize makes an RDD of a slice, which must not be changed any more. Partition i of n holds the elements from
// i·len/n up to (i+1)·len/n, as Spark's does; n ≤ 0 stands for the Context's parallelism.
func Parallelize[T any](sc *Context, vs []T, n int) *RDD[T] {
	n = sc.partitionsOr(n)
	return newChunked(sc, nil, fixedPartitions(n), func(tc *TaskContext, p Partition) iter.Seq2[[]T, error] {
		return sliced(tc, vs[sliceStart(p.Index(), len(vs), n):sliceStart(p.Index()+1, len(vs), n)])
	}, Named("ParallelCollection"))
}

// sliceStart is i·length/n without overflow of the product for any slice that fits in memory.
func sliceStart(i, length, n int) int {
	q, r := length/n, length%n
	return i*q + i*r/n
}

// polled passes the task's cancellation on; false when the stream must end.
func polled[T any](tc *TaskContext, yield func(T, error) bool) bool {
	if err := tc.Err(); err != nil {
		yield(*new(T), err)
		return false
	}
	return true
}

// partitionsOr is n, or the default when n is not positive.
func (sc *Context) partitionsOr(n int) int {
	if n > 0 {
		return n
	}
	return sc.conf.parallelism
}

// fixedPartitions lists n partitions that are known from the start.
func fixedPartitions(n int) listPartitions {
	return func(context.Context) ([]Partition, error) { return PartitionRange(n), nil }
}

// Range is the numbers from start up to but not including end, step apart, computed where they are used. A step of 0
// is an error of the action. n ≤ 0 stands for the Context's parallelism.
func Range(sc *Context, start, end, step int64, n int) *RDD[int64] {
	n = sc.partitionsOr(n)
	kind := kindOf[int64]()
	return newChunked(sc, nil, fixedPartitions(n), func(tc *TaskContext, p Partition) iter.Seq2[[]int64, error] {
		if step == 0 {
			return failed[[]int64](Permanent(errZeroStep))
		}
		count := rangeCount(start, end, step)
		from, to := rangeStart(p.Index(), count, n), rangeStart(p.Index()+1, count, n)
		return func(yield func([]int64, error) bool) {
			out := newChunker(kind, yield)
			v := start + int64(from)*step
			for from < to && polled(tc, yield) {
				out.buf = out.buf[:min(uint64(out.limit), to-from)]
				from += uint64(len(out.buf))
				for i := range out.buf {
					out.buf[i] = v
					v += step
				}
				if !out.flush() {
					return
				}
			}
		}
	}, Named("Range"))
}

// rangeError is the error of a Range that cannot be.
type rangeError string

func (e rangeError) Error() string { return string(e) }

const errZeroStep = rangeError("range: step cannot be 0")

// rangeCount is the number of elements; in unsigned arithmetic, as end-start may not fit in an int64.
func rangeCount(start, end, step int64) uint64 {
	switch {
	case step > 0 && start < end:
		return (uint64(end)-uint64(start)-1)/uint64(step) + 1
	case step < 0 && start > end:
		return (uint64(start)-uint64(end)-1)/(-uint64(step)) + 1
	}
	return 0
}

// rangeStart is i·count/n without overflow.
func rangeStart(i int, count uint64, n int) uint64 {
	q, r := count/uint64(n), count%uint64(n)
	return uint64(i)*q + uint64(i)*r/uint64(n)
}

// Empty is the RDD without partitions.
func Empty[T any](sc *Context) *RDD[T] {
	r := New(sc, nil, fixedPartitions(0), func(*TaskContext, Partition) iter.Seq2[T, error] {
		return func(func(T, error) bool) {}
	}, Named("Empty"))
	r.parts.Store(new([]Partition)) // known from the start, so that a union can tell
	return r
}

// FromSeq makes an RDD of one partition whose elements seq gives. seq is iterated anew for every computation of the
// partition, so it must be able to start over and should give the same again.
func FromSeq[T any](sc *Context, seq iter.Seq2[T, error]) *RDD[T] {
	return New(sc, nil, fixedPartitions(1), func(tc *TaskContext, _ Partition) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			i := 0
			for v, err := range seq {
				if i%pollEvery == 0 && !polled(tc, yield) {
					return
				}
				i++
				if !yield(v, err) || err != nil {
					return
				}
			}
		}
	}, Named("FromSeq"))
}
