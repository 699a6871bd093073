package rdd

import (
	"iter"
	"math"
	"math/rand/v2"
)

// Sample keeps each element with probability fraction, or, with replacement, repeats it as often as a Poisson
// distribution with that mean says. The choice depends on the seed and the partition alone, so it repeats.
func (r *RDD[T]) Sample(withReplacement bool, fraction float64, seed uint64) *RDD[T] {
	return derive(r, "Sample", func(_ *TaskContext, p Partition, in iter.Seq2[T, error]) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			random := rand.New(rand.NewPCG(seed, uint64(p.Index())))
			for v, err := range in {
				if err != nil {
					yield(v, err)
					return
				}
				times := 0
				if withReplacement {
					times = poisson(random, fraction)
				} else if random.Float64() < fraction {
					times = 1
				}
				for range times {
					if !yield(v, nil) {
						return
					}
				}
			}
		}
	}, []Option{PreservesPartitioning()})
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
