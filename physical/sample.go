package physical

import (
	"math"
	"math/rand/v2"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// sample keeps rows by chance. Without replacement a row stays when Spark's XORShiftRandom, seeded by Seed and the partition as in
// Spark, falls between the bounds.
type sample struct {
	unary
	node *logical.Sample
}

func newSample(n *logical.Sample, child Operator) *sample { return &sample{unary{child}, n} }

func (s *sample) Output() []*logical.Attr            { return s.Child.Output() }
func (s *sample) Schema() *columnar.Schema           { return s.Child.Schema() }
func (s *sample) WithChildren(c []Operator) Operator { return newSample(s.node, c[0]) }
func (s *sample) String() string                     { return s.node.String() }

// Lower implements Operator.
func (s *sample) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(s.Child)
	if err != nil {
		return nil, err
	}
	return mapBatches(in, func(tc *rdd.TaskContext) (func(columnar.Batch) (columnar.Batch, error), error) {
		seed := s.node.Seed + int64(tc.Partition())
		draw := s.bernoulli(javafmt.NewRandom(seed))
		if s.node.WithReplacement {
			draw = s.poisson(rand.New(rand.NewPCG(uint64(seed), 0)))
		}
		buf := []int32{} // never nil: a batch without a selection has all its rows
		return func(b columnar.Batch) (columnar.Batch, error) {
			buf = buf[:0]
			for i := range b.Live() {
				for range draw() {
					buf = append(buf, int32(b.LiveRows().Row(i)))
				}
			}
			b.Sel = buf
			if s.node.WithReplacement {
				b = b.Compact(nil) // a selection holds a row once
			}
			return b, nil
		}, nil
	}, rdd.WithDeterminacy(rdd.Unordered)), nil
}

// bernoulli draws 1 or 0.
func (s *sample) bernoulli(r *javafmt.Random) func() int {
	return func() int {
		if x := r.NextDouble(); x >= s.node.Lower && x < s.node.Upper {
			return 1
		}
		return 0
	}
}

// poisson draws how often a row comes, Upper-Lower on average (Knuth's method: the mean is small).
func (s *sample) poisson(r *rand.Rand) func() int {
	limit := math.Exp(s.node.Lower - s.node.Upper)
	return func() int {
		k := 0
		for p := r.Float64(); p > limit; p *= r.Float64() {
			k++
		}
		return k
	}
}
