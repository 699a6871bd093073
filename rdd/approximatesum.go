package rdd

import (
	"context"
	"iter"
	"math"
	"time"
)

// SumApprox adds the elements of the partitions whose tasks end within the timeout up, and estimates the whole sum from
// them, with bounds of the given confidence. The job goes on after the timeout, as RunApproximateJob says. Of the
// options it heeds Tag.
func SumApprox[T Number](ctx context.Context, r *RDD[T], timeout time.Duration, confidence float64, opts ...Option) (*PartialResult[BoundedDouble], error) {
	return statisticApprox(ctx, r, timeout, confidence, sumBounds, opts)
}

// MeanApprox is the mean of the elements, estimated as SumApprox estimates their sum.
func MeanApprox[T Number](ctx context.Context, r *RDD[T], timeout time.Duration, confidence float64, opts ...Option) (*PartialResult[BoundedDouble], error) {
	return statisticApprox(ctx, r, timeout, confidence, meanBounds, opts)
}

// statisticApprox gathers a StatCounter and has bounds made from it.
func statisticApprox[T Number](ctx context.Context, r *RDD[T], timeout time.Duration, confidence float64,
	bounds func(*statEvaluator) BoundedDouble, opts []Option) (*PartialResult[BoundedDouble], error) {
	total, err := approximable(ctx, r, confidence)
	if err != nil {
		return nil, err
	}
	e := &statEvaluator{share: share{total: total}, confidence: confidence, bounds: bounds}
	return RunApproximateJob(ctx, r, func(_ *TaskContext, in iter.Seq2[T, error]) (StatCounter, error) { return seeAll(in) },
		e, timeout, opts...)
}

// statEvaluator estimates a figure of a population that was seen in part.
type statEvaluator struct {
	share
	confidence float64
	bounds     func(*statEvaluator) BoundedDouble
	seen       StatCounter
}

func (e *statEvaluator) Merge(_ int, s StatCounter) { e.merged++; e.seen.Merge(s) }
func (e *statEvaluator) Current() BoundedDouble     { return e.bounds(e) }

// unbounded is an estimate without bounds.
func unbounded(mean, confidence float64) BoundedDouble {
	return BoundedDouble{mean, confidence, math.Inf(-1), math.Inf(1)}
}

// meanBounds are symmetric: the mean of a sample is distributed by Student's t, which for large samples is normal.
func meanBounds(e *statEvaluator) BoundedDouble {
	mean := e.seen.Mean()
	switch {
	case e.all():
		return exactly(mean)
	case e.seen.n == 0:
		return unbounded(0, 0)
	case e.seen.n == 1:
		return unbounded(mean, e.confidence)
	}
	d := e.factor() * math.Sqrt(e.seen.SampleVariance()/float64(e.seen.n))
	return BoundedDouble{mean, e.confidence, mean - d, mean + d}
}

// sumBounds adds, to the sum that was seen, mean times count of what was not seen; the variance is that of the product of
// two independent variables.
func sumBounds(e *statEvaluator) BoundedDouble {
	sum, n, p := e.seen.Sum(), float64(e.seen.n), e.fraction()
	switch {
	case e.all():
		return exactly(sum)
	case e.seen.n == 0:
		return unbounded(0, 0)
	}
	mean, count := e.seen.Mean(), n*(1-p)/p
	meanVar, countVar := e.seen.SampleVariance()/n, n*(1-p)/(p*p)
	all := sum + mean*count
	if math.IsNaN(meanVar) {
		return unbounded(all, e.confidence)
	}
	d := e.factor() * math.Sqrt(mean*mean*countVar+count*count*meanVar+meanVar*countVar)
	return BoundedDouble{all, e.confidence, all - d, all + d}
}

// largeSample is from where on a sample's mean is taken for normally distributed.
const largeSample = 100

// factor is how many standard deviations the bounds are away.
func (e *statEvaluator) factor() float64 {
	q := (1 + e.confidence) / 2
	if e.seen.n > largeSample {
		return normalQuantile(q)
	}
	return studentQuantile(int(e.seen.n-1), q)
}
