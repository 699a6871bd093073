package rdd

import (
	"context"
	"errors"
	"iter"
	"math"
	"slices"
)

// The errors of histograms.
var (
	// ErrHistogramBounds is returned when a histogram would have no bucket.
	ErrHistogramBounds = errors.New("rdd: buckets array must have at least two elements")
	// ErrHistogramRange is returned by Histogram when the elements have no range that could be divided.
	ErrHistogramRange = errors.New("rdd: histogram on either an empty RDD or RDD containing +/-infinity or NaN")
)

// Histogram counts the elements in as many buckets of equal width between the smallest and the largest of them; bounds
// has one more element than counts. Each bucket holds its lower bound but not its upper one, only the last holds both.
// When all elements are equal there is one bucket. Elements that are not finite, and partitions without any element,
// are ErrHistogramRange; an RDD without partitions is ErrEmpty. It takes two jobs: one finds the range.
func Histogram[T Number](ctx context.Context, r *RDD[T], buckets int, opts ...Option) (bounds []float64, counts []int64, err error) {
	s, err := Stats(ctx, r, opts...)
	if err != nil {
		return nil, nil, err
	}
	least, most := s.Min(), s.Max()
	if s.Count() == 0 || math.IsNaN(least) || math.IsInf(least, 0) || math.IsInf(most, 0) {
		return nil, nil, ErrHistogramRange
	}
	bounds = evenBounds(least, most, buckets)
	counts, err = EvenHistogram(ctx, r, bounds, opts...)
	return bounds, counts, err
}

// evenBounds divides a range; the last bound is exactly the range's end, which the steps may miss.
func evenBounds(least, most float64, buckets int) []float64 {
	if least == most {
		return []float64{least, least}
	}
	var bounds []float64
	for i := range max(buckets, 0) {
		bounds = append(bounds, least+float64(i)*(most-least)/float64(buckets))
	}
	return append(bounds, most)
}

// HistogramBounds counts the elements between bounds, which must be sorted and at least two: counts[i] is how many are
// at least bounds[i] and less than bounds[i+1], and the last bucket holds its upper bound, too. Elements outside of all
// buckets are not counted. NaN lies above +∞, as everywhere in this package, so it counts only under a bound of NaN.
func HistogramBounds[T Number](ctx context.Context, r *RDD[T], bounds []float64, opts ...Option) (counts []int64, err error) {
	bounds = slices.Clone(bounds)
	return histogram(ctx, r, len(bounds)-1, func(v float64) int {
		at, exact := slices.BinarySearchFunc(bounds, v, compareKeys[float64])
		switch {
		case at == len(bounds):
			return -1
		case exact && at < len(bounds)-1:
			return at
		}
		return at - 1 // −1 is below the first bound
	}, opts)
}

// EvenHistogram is HistogramBounds for bounds that are equally far apart: the bucket is computed, not searched for
// (Spark's histogram with evenBuckets). Only the first and the last bound and their number matter.
func EvenHistogram[T Number](ctx context.Context, r *RDD[T], bounds []float64, opts ...Option) (counts []int64, err error) {
	n := len(bounds) - 1
	if n < 1 {
		return nil, ErrHistogramBounds
	}
	least, most := bounds[0], bounds[n]
	return histogram(ctx, r, n, func(v float64) int {
		switch {
		case !(v >= least && v <= most):
			return -1
		case most == least:
			return 0
		}
		return min(int((v-least)/(most-least)*float64(n)), n-1)
	}, opts)
}

// histogram counts the elements by bucket; those of bucket −1 are left out.
func histogram[T Number](ctx context.Context, r *RDD[T], buckets int, bucket func(float64) int, opts []Option) ([]int64, error) {
	if buckets < 1 {
		return nil, ErrHistogramBounds
	}
	total := make([]int64, buckets)
	err := RunJob(ctx, r, nil, func(_ *TaskContext, in iter.Seq2[T, error]) ([]int64, error) {
		counts := make([]int64, buckets)
		for v, err := range in {
			if err != nil {
				return nil, err
			}
			if b := bucket(float64(v)); b >= 0 {
				counts[b]++
			}
		}
		return counts, nil
	}, func(_ int, counts []int64) bool {
		for i, n := range counts {
			total[i] += n
		}
		return true
	}, opts...)
	if err != nil {
		return nil, err
	}
	return total, nil
}
