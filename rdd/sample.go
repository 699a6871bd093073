package rdd

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
)

// Sample keeps each element with probability fraction, or, with replacement, repeats it as often as a Poisson
// distribution with that mean says. The choice depends on the seed, the partition and the element's position in it, so
// it repeats; over elements that come in any order the sample is Indeterminate. A fraction that is negative, not a
// finite number or, without replacement, above 1 is an error of the action.
func (r *RDD[T]) Sample(withReplacement bool, fraction float64, seed uint64) *RDD[T] {
	if !(fraction >= 0) || math.IsInf(fraction, 1) || !withReplacement && fraction > 1 {
		return invalid[T](r.sc, "Sample", fmt.Errorf("sample: fraction %v is not in the range that sampling allows", fraction))
	}
	return ofType[T](anyRDD{r.node}.thinned("Sample", func(p Partition) func() int {
		return copiesOf(partitionRandom(seed, p.Index()), withReplacement, fraction)
	}))
}

// thinned has each element as often as a function made for its partition says, which is asked for every element in turn.
func (r anyRDD) thinned(name string, times func(p Partition) func() int) anyRDD {
	return newUntyped(r.sc, OneToOne(r.node), r.Partitions, func(tc *TaskContext, p Partition) anyChunks {
		return resampled(r.elements, r.chunks(tc, p), times(p))
	}, childOptions(r.node, name, []Option{PreservesPartitioning(), byPosition(r.node)})...)
}

// resampled has each element of a stream as often as next says.
func resampled(of chunkType, in anyChunks, next func() int) anyChunks {
	return func(yield func(any, error) bool) {
		picked := make([]int32, 0, maxChunk)
		for chunk, err := range in {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range of.length(chunk) {
				for range next() {
					if picked = append(picked, int32(i)); len(picked) < maxChunk {
						continue
					}
					if !yield(of.pick(chunk, picked), nil) {
						return
					}
					picked = picked[:0]
				}
			}
			if len(picked) > 0 && !yield(of.pick(chunk, picked), nil) {
				return
			}
			picked = picked[:0]
		}
	}
}

// invalid is the RDD of a transformation whose arguments make no sense: its actions fail with err.
func invalid[T any](sc *Context, name string, err error) *RDD[T] {
	return ofType[T](newUntyped(sc, nil, func(context.Context) ([]Partition, error) { return nil, err },
		func(*TaskContext, Partition) anyChunks { return failedChunks(err) }, Named(name)))
}

// partitionRandom is the source of random numbers of one partition.
func partitionRandom(seed uint64, partition int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, mix64(uint64(partition)+1)))
}

// maxGapFraction is the largest fraction for which it is cheaper to draw how many elements to leave out than to draw
// for each of them.
const maxGapFraction = 0.4

// copiesOf gives a function that says how often the next element is in the sample.
func copiesOf(random *rand.Rand, withReplacement bool, fraction float64) func() int {
	switch {
	case fraction == 0:
		return func() int { return 0 }
	case withReplacement && fraction <= maxGapFraction:
		return gaps(random, -fraction, func() int { return poissonFromOne(random, fraction) })
	case withReplacement:
		return func() int { return poisson(random, fraction) }
	case fraction <= maxGapFraction:
		return gaps(random, math.Log1p(-fraction), func() int { return 1 })
	}
	return func() int {
		if random.Float64() < fraction {
			return 1
		}
		return 0
	}
}

// gaps leaves elements out by one draw for each gap: logMiss is the logarithm of the probability that an element is
// left out, so that the lengths of gaps are geometric; hit says how often an element that is not left out is taken.
func gaps(random *rand.Rand, logMiss float64, hit func() int) func() int {
	draw := func() int64 {
		gap := math.Log(1-random.Float64()) / logMiss
		return int64(math.Min(gap, math.MaxInt64/2))
	}
	left := draw()
	return func() int {
		if left > 0 {
			left--
			return 0
		}
		left = draw()
		return hit()
	}
}

// poisson draws by Knuth's method in steps, so that large means do not underflow.
func poisson(random *rand.Rand, mean float64) int {
	const step = 500
	n, p := 0, 1.0
	for left := mean; ; {
		p *= random.Float64()
		for p < 1 && left > 0 {
			part := math.Min(left, step)
			p *= math.Exp(part)
			left -= part
		}
		if p <= 1 {
			return n
		}
		n++
	}
}

// poissonFromOne draws from a Poisson distribution with a small mean, given that the result is not 0: the first factor
// of Knuth's product is then above exp(-mean).
func poissonFromOne(random *rand.Rand, mean float64) int {
	least := math.Exp(-mean)
	p := least + (1-least)*random.Float64()
	for n := 1; ; n++ {
		if p *= random.Float64(); p <= least {
			return n
		}
	}
}
