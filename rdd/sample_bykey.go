package rdd

import (
	"fmt"
	"iter"
	"math"
)

// SampleByKey samples the pairs of each key at the fraction given for the key, as Sample does: in one pass, so that the
// sizes come out as random as the choice. A negative fraction is an error of the action, and so is a key without one.
func SampleByKey[K comparable, V any](r *RDD[Pair[K, V]], withReplacement bool, fractions map[K]float64, seed uint64) *RDD[Pair[K, V]] {
	if err := checkFractions(fractions); err != nil {
		return invalid[Pair[K, V]](r.sc, "SampleByKey", err)
	}
	return derive(r, "SampleByKey", func(_ *TaskContext, p Partition, in iter.Seq2[Pair[K, V], error]) iter.Seq2[Pair[K, V], error] {
		return func(yield func(Pair[K, V], error) bool) {
			random := partitionRandom(seed, p.Index())
			copies := newTable[K, func() int](keyOpsOf[K]())
			for k, f := range fractions { // in any order: a sampler draws nothing before its key comes
				next, _ := copies.find(k)
				*next = lazily(func() func() int { return copiesOf(random, withReplacement, f) })
			}
			repeated(in, yield, func(kv Pair[K, V]) (int, error) {
				next := copies.lookup(kv.Key)
				if next == nil {
					return 0, Permanent(fmt.Errorf("sampleByKey: no fraction for key %v", kv.Key))
				}
				return (*next)(), nil
			})
		}
	}, []Option{PreservesPartitioning(), byPosition(r)})
}

// checkFractions refuses what is no fraction for sampling by key.
func checkFractions[K comparable](fractions map[K]float64) error {
	for k, f := range fractions {
		if !(f >= 0) || math.IsInf(f, 1) {
			return fmt.Errorf("sampleByKey: fraction %v of key %v is not a number of at least 0", f, k)
		}
	}
	return nil
}

// lazily makes a sampler when it is first asked: keys draw their first random numbers in the order in which the data has
// them, not in that of a map.
func lazily(make func() func() int) func() int {
	var next func() int
	return func() int {
		if next == nil {
			next = make()
		}
		return next()
	}
}

// repeated gives each element of a stream as often as copies says.
func repeated[T any](in iter.Seq2[T, error], yield func(T, error) bool, copies func(T) (int, error)) {
	for v, err := range in {
		n := 0
		if err == nil {
			n, err = copies(v)
		}
		if err != nil {
			yield(v, err)
			return
		}
		for range n {
			if !yield(v, nil) {
				return
			}
		}
	}
}
