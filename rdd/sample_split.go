package rdd

import (
	"fmt"
	"math"
)

// RandomSplit deals the elements at random over as many RDDs as there are weights; the chance of an element to be in one
// is its weight's share of their sum. Together the parts hold each element exactly once, and one seed gives the same
// parts again, as long as the elements of each partition come in one order: over others the parts are Indeterminate,
// and r should be persisted first. Each part computes r for itself. Weights that are negative or not finite, or that do
// not add up to more than 0, are an error.
func (r *RDD[T]) RandomSplit(weights []float64, seed uint64) ([]*RDD[T], error) {
	bounds, err := splitBounds(weights)
	parts := make([]*RDD[T], len(bounds))
	for i, b := range bounds {
		parts[i] = ofType[T](anyRDD{r.node}.slotOfDraw(b[0], b[1], seed))
	}
	return parts, err
}

// splitBounds divides [0, 1) by weights.
func splitBounds(weights []float64) ([][2]float64, error) {
	sum := 0.0
	for _, w := range weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, fmt.Errorf("randomSplit: weight %v is not a number of at least 0", w)
		}
		sum += w
	}
	if !(sum > 0) || math.IsInf(sum, 1) {
		return nil, fmt.Errorf("randomSplit: the weights %v do not add up to a number above 0", weights)
	}
	bounds, from := make([][2]float64, len(weights)), 0.0
	for i, reached := 0, 0.0; i < len(weights); i++ {
		reached += weights[i]
		to := reached / sum
		if reached == sum {
			to = 1 // whatever the rounding: no element is between two parts, or above the last
		}
		bounds[i] = [2]float64{from, to}
		from = to
	}
	return bounds, nil
}

// slotOfDraw keeps the elements whose random number is in [from, to).
func (r anyRDD) slotOfDraw(from, to float64, seed uint64) anyRDD {
	return r.thinned("RandomSplit", func(p Partition) func() int {
		random := partitionRandom(seed, p.Index())
		return func() int {
			if x := random.Float64(); x < from || x >= to {
				return 0
			}
			return 1
		}
	})
}
