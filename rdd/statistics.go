package rdd

import (
	"context"
	"iter"
)

// Number is any type of real numbers. Statistics are computed in float64, as Spark's DoubleRDDFunctions do for every
// numeric type; integers beyond 2⁵³ lose their last digits there.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr | ~float32 | ~float64
}

// Sum adds all elements up, in partition order, as float64; 0 when there are none.
func Sum[T Number](ctx context.Context, r *RDD[T], opts ...Option) (float64, error) {
	return Aggregate(ctx, r, func() float64 { return 0 }, func(sum float64, v T) float64 { return sum + float64(v) },
		func(a, b float64) float64 { return a + b }, opts...)
}

// Stats gives count, mean, variance, largest and smallest of the elements in one pass. As in Spark, an RDD whose
// partitions are all empty has a StatCounter that has seen nothing, and one without partitions has none: ErrEmpty.
func Stats[T Number](ctx context.Context, r *RDD[T], opts ...Option) (StatCounter, error) {
	parts := map[int]StatCounter{}
	err := RunJob(ctx, r, nil, func(_ *TaskContext, in iter.Seq2[T, error]) (StatCounter, error) { return seeAll(in) },
		func(p int, s StatCounter) bool { parts[p] = s; return true }, opts...)
	if err == nil && len(parts) == 0 {
		err = ErrEmpty
	}
	var all StatCounter
	if err != nil {
		return all, err
	}
	for _, s := range inOrder(parts) {
		all.Merge(s)
	}
	return all, nil
}

// statistic asks Stats for one figure.
func statistic[T Number](ctx context.Context, r *RDD[T], figure func(StatCounter) float64, opts []Option) (float64, error) {
	s, err := Stats(ctx, r, opts...)
	if err != nil {
		return 0, err
	}
	return figure(s), nil
}

// Mean is the mean of the elements; 0 when all partitions are empty, and ErrEmpty when there is no partition.
func Mean[T Number](ctx context.Context, r *RDD[T], opts ...Option) (float64, error) {
	return statistic(ctx, r, StatCounter.Mean, opts)
}

// Variance is that of the elements as a whole population (Spark's variance and popVariance); NaN when all partitions
// are empty, and ErrEmpty when there is no partition.
func Variance[T Number](ctx context.Context, r *RDD[T], opts ...Option) (float64, error) {
	return statistic(ctx, r, StatCounter.Variance, opts)
}

// SampleVariance is the variance of what the elements are a sample of; NaN for fewer than two elements, and ErrEmpty
// when there is no partition.
func SampleVariance[T Number](ctx context.Context, r *RDD[T], opts ...Option) (float64, error) {
	return statistic(ctx, r, StatCounter.SampleVariance, opts)
}

// Stdev is the square root of Variance (Spark's stdev and popStdev).
func Stdev[T Number](ctx context.Context, r *RDD[T], opts ...Option) (float64, error) {
	return statistic(ctx, r, StatCounter.Stdev, opts)
}

// SampleStdev is the square root of SampleVariance.
func SampleStdev[T Number](ctx context.Context, r *RDD[T], opts ...Option) (float64, error) {
	return statistic(ctx, r, StatCounter.SampleStdev, opts)
}
