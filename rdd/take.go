package rdd

import (
	"context"
	"iter"
	"math"
)

// Take gives the first n elements in partition order; none when n is not positive. It looks at the first partition, then
// at as many more as seem needed by what it found, or at four times as many as it has seen when it found nothing, but
// never at more than that (spark.rdd.limit.initialNumPartitions and spark.rdd.limit.scaleUpFactor change the 1 and the
// 4). Partitions beyond are never computed. Of the options it heeds Tag.
func (r *RDD[T]) Take(ctx context.Context, n int, opts ...Option) ([]T, error) {
	taken := []T{}
	all, err := r.listed(ctx)
	if err != nil || n <= 0 {
		return taken, err
	}
	for seen := 0; seen < all && len(taken) < n; {
		parts := make([]int, min(r.sc.conf.limiting.wave(seen, len(taken), n), all-seen))
		for i := range parts {
			parts[i] = seen + i
		}
		got, err := r.takeWave(ctx, parts, n-len(taken), opts)
		if err != nil {
			return nil, err
		}
		taken = append(taken, got...)
		seen += len(parts)
	}
	return taken, nil
}

// limitingConf is how Take grows.
type limitingConf struct {
	initial int // partitions of the first wave
	scaleUp int // by how much a wave may be larger than all before it
}

// defaultLimiting are Spark's defaults.
func defaultLimiting() limitingConf { return limitingConf{initial: 1, scaleUp: 4} }

// limitingKeys are the keys of Take.
var limitingKeys = []confKey{
	{"spark.rdd.limit.initialNumPartitions", intKey(1, func(c *config, n int) { c.limiting.initial = n })},
	{"spark.rdd.limit.scaleUpFactor", intKey(2, func(c *config, n int) { c.limiting.scaleUp = n })},
}

// wave is how many partitions to look at next, by Spark's rule: half as many more as what was found says.
func (l limitingConf) wave(seen, taken, wanted int) int {
	if seen == 0 {
		return l.initial
	}
	most := seen * l.scaleUp
	if taken == 0 {
		return most
	}
	guess := 1.5 * float64(wanted-taken) * float64(seen) / float64(taken)
	return int(min(math.Ceil(guess), float64(most)))
}

// takeWave takes up to n elements from some partitions.
func (r *RDD[T]) takeWave(ctx context.Context, parts []int, n int, opts []Option) ([]T, error) {
	got := map[int][]T{}
	err := runChunks(ctx, r, parts, func(_ *TaskContext, in iter.Seq2[[]T, error]) ([]T, error) {
		var vs []T
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			if vs = r.kind.keepAll(vs, chunk[:min(len(chunk), n-len(vs))]); len(vs) == n {
				break
			}
		}
		return vs, nil
	}, func(p int, vs []T) bool { got[p] = vs; return true }, opts)
	if err != nil {
		return nil, err
	}
	var taken []T
	for _, vs := range inOrder(got) {
		taken = append(taken, vs[:min(len(vs), n-len(taken))]...)
	}
	return taken, nil
}

// First is the first element in partition order; without elements the error is ErrEmpty.
func (r *RDD[T]) First(ctx context.Context, opts ...Option) (T, error) {
	vs, err := r.Take(ctx, 1, opts...)
	if err != nil || len(vs) == 0 {
		var zero T
		if err == nil {
			err = ErrEmpty
		}
		return zero, err
	}
	return vs[0], nil
}

// IsEmpty tells whether there is no element.
func (r *RDD[T]) IsEmpty(ctx context.Context, opts ...Option) (bool, error) {
	vs, err := r.Take(ctx, 1, opts...)
	return err == nil && len(vs) == 0, err
}
