package rdd

import (
	"context"
	"fmt"
	"iter"
	"math"
	"time"
)

// BoundedDouble is an estimate with the bounds between which the true value lies with the given confidence. What is
// known exactly has confidence 1 and equal bounds; what is not known at all has confidence 0.
type BoundedDouble struct{ Mean, Confidence, Low, High float64 }

// String shows the bounds, as Spark does: [1.000, 3.000].
func (b BoundedDouble) String() string {
	return fmt.Sprintf("[%s, %s]", javaFixed(b.Low, 3), javaFixed(b.High, 3))
}

// exactly is a value that is known.
func exactly(v float64) BoundedDouble { return BoundedDouble{v, 1, v, v} }

// CountApprox counts the elements of the partitions whose tasks end within the timeout, and estimates from them how many
// there are in all, with bounds of the given confidence (between 0 and 1; Spark's default is 0.95). The job goes on
// after the timeout, as RunApproximateJob says. Of the options it heeds Tag.
func CountApprox[T any](ctx context.Context, r *RDD[T], timeout time.Duration, confidence float64, opts ...Option) (*PartialResult[BoundedDouble], error) {
	total, err := approximable(ctx, r, confidence)
	if err != nil {
		return nil, err
	}
	e := &countEvaluator{share: share{total: total}, confidence: confidence}
	return RunApproximateJob(ctx, r, func(_ *TaskContext, in iter.Seq2[T, error]) (n int64, err error) {
		for _, err := range in {
			if err != nil {
				return 0, err
			}
			n++
		}
		return n, nil
	}, e, timeout, opts...)
}

// CountByValueApprox is CountByValue by the partitions whose tasks end within the timeout, with bounds as CountApprox
// has them. Values that were not seen are not in the map; a NaN is as in CollectAsMap. Of the options it heeds Tag.
func CountByValueApprox[T comparable](ctx context.Context, r *RDD[T], timeout time.Duration, confidence float64,
	opts ...Option) (*PartialResult[map[T]BoundedDouble], error) {
	total, err := approximable(ctx, r, confidence)
	if err != nil {
		return nil, err
	}
	ops := keyOpsOf[T]()
	e := &groupedCountEvaluator[T]{share: share{total: total}, confidence: confidence, counts: newTable[T, int64](ops)}
	return RunApproximateJob(ctx, r, func(_ *TaskContext, in iter.Seq2[T, error]) (*table[T, int64], error) {
		counts := newTable[T, int64](ops)
		for v, err := range in {
			if err != nil {
				return nil, err
			}
			n, _ := counts.find(v)
			*n++
		}
		return counts, nil
	}, e, timeout, opts...)
}

// CountByKeyApprox is CountByKey by the partitions whose tasks end within the timeout, as CountByValueApprox is
// CountByValue.
func CountByKeyApprox[K comparable, V any](ctx context.Context, r *RDD[Pair[K, V]], timeout time.Duration, confidence float64,
	opts ...Option) (*PartialResult[map[K]BoundedDouble], error) {
	return CountByValueApprox(ctx, Keys(r), timeout, confidence, opts...)
}

// approximable checks the confidence and gives the number of partitions.
func approximable[T any](ctx context.Context, r *RDD[T], confidence float64) (int, error) {
	if !(confidence >= 0 && confidence <= 1) {
		return 0, fmt.Errorf("rdd: confidence (%v) must be in [0,1]", confidence)
	}
	return anyRDD{r.node}.listed(ctx)
}

// share is how much of a job was merged.
type share struct{ merged, total int }

func (s share) all() bool         { return s.merged == s.total }
func (s share) fraction() float64 { return float64(s.merged) / float64(s.total) }

// countEvaluator estimates a count.
type countEvaluator struct {
	share
	confidence float64
	sum        int64
}

func (e *countEvaluator) Merge(_ int, n int64) { e.merged++; e.sum += n }

func (e *countEvaluator) Current() BoundedDouble {
	switch {
	case e.all():
		return exactly(float64(e.sum))
	case e.sum == 0:
		return BoundedDouble{High: math.Inf(1)}
	}
	return countBounds(e.confidence, e.sum, e.fraction())
}

// countBounds extrapolates a count that was seen in a fraction p of the partitions: what the others hold is taken for
// Poisson distributed around what they would hold at the same rate.
func countBounds(confidence float64, seen int64, p float64) BoundedDouble {
	n := float64(seen)
	rest := n * (1 - p) / p
	return BoundedDouble{n + rest, confidence, n + poissonQuantile(rest, (1-confidence)/2), n + poissonQuantile(rest, (1+confidence)/2)}
}

// groupedCountEvaluator estimates a count for each value.
type groupedCountEvaluator[T comparable] struct {
	share
	confidence float64
	counts     *table[T, int64]
}

func (e *groupedCountEvaluator[T]) Merge(_ int, counts *table[T, int64]) {
	e.merged++
	for _, c := range counts.entries {
		n, _ := e.counts.find(c.Key)
		*n += c.Val
	}
}

func (e *groupedCountEvaluator[T]) Current() map[T]BoundedDouble {
	bounds := make(map[T]BoundedDouble, len(e.counts.entries))
	for _, c := range e.counts.entries {
		if e.all() {
			bounds[c.Key] = exactly(float64(c.Val))
		} else {
			bounds[c.Key] = countBounds(e.confidence, c.Val, e.fraction())
		}
	}
	return bounds
}
