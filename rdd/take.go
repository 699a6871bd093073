package rdd

import (
	"context"
	"math"
)

// Take gives the first n elements in partition order; none when n is not positive. It looks at the first partition, then
// at as many more as seem needed by what it found, or at four times as many as it has seen when it found nothing, but
// never at more than that (spark.rdd.limit.initialNumPartitions and spark.rdd.limit.scaleUpFactor change the 1 and the
// 4). Partitions beyond are never computed. Of the options it heeds Tag.
func (r *RDD[T]) Take(ctx context.Context, n int, opts ...Option) ([]T, error) {
	taken, err := anyRDD{r.node}.take(ctx, n, opts)
	if err != nil {
		return nil, err
	}
	return taken.([]T), nil
}

// take is Take.
func (r anyRDD) take(ctx context.Context, n int, opts []Option) (any, error) {
	all, err := r.listed(ctx)
	if err != nil {
		return nil, err
	}
	var taken []any
	for seen, found := 0, 0; seen < all && found < n; {
		parts := make([]int, min(r.sc.conf.limiting.wave(seen, found, n), all-seen))
		for i := range parts {
			parts[i] = seen + i
		}
		got, err := r.takeWave(ctx, parts, n-found, opts)
		if err != nil {
			return nil, err
		}
		taken = append(taken, got)
		found += r.elements.length(got)
		seen += len(parts)
	}
	return r.elements.join(taken), nil
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
func (r anyRDD) takeWave(ctx context.Context, parts []int, n int, opts []Option) (any, error) {
	got := map[int]any{}
	err := runUntyped(ctx, r, parts, func(in anyChunks) (any, error) {
		vs, found := r.elements.join(nil), 0
		for chunk, err := range in {
			if err != nil {
				return nil, err
			}
			most := min(r.elements.length(chunk), n-found)
			vs = r.elements.keepChunk(vs, r.elements.part(chunk, 0, most))
			if found += most; found == n {
				break
			}
		}
		return vs, nil
	}, func(p int, vs any) bool { got[p] = vs; return true }, opts)
	var taken []any
	for _, vs := range inOrder(got) {
		most := min(r.elements.length(vs), n)
		taken = append(taken, r.elements.part(vs, 0, most))
		n -= most
	}
	return r.elements.join(taken), err
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
	vs, err := anyRDD{r.node}.take(ctx, 1, opts)
	return err == nil && r.kind.length(vs) == 0, err
}
