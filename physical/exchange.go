package physical

import (
	"fmt"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Exchange moves rows between partitions so that they are distributed as Dist says: the cut between two stages. Only ensure.go makes
// exchanges, and the planner for an explicit REPARTITION.
type Exchange struct {
	unary
	Dist Distribution
}

// NewExchange distributes the child's rows.
func NewExchange(child Operator, d Distribution) *Exchange { return &Exchange{unary{child}, d} }

// Output implements Operator.
func (e *Exchange) Output() []*logical.Attr { return e.Child.Output() }

// Schema implements Operator.
func (e *Exchange) Schema() *columnar.Schema { return e.Child.Schema() }

// WithChildren implements Operator.
func (e *Exchange) WithChildren(c []Operator) Operator { return NewExchange(c[0], e.Dist) }

// String implements Operator.
func (e *Exchange) String() string { return "Exchange " + e.Dist.String() }

// Provides implements Operator. Rows arrive in no order that is known.
func (e *Exchange) Provides() []Distribution {
	d := e.Dist
	if d.Partitioning != Range {
		d.Order = nil
	} else {
		d.Order = append([]*logical.SortKey(nil), d.Order...)
	}
	return []Distribution{d}
}

// Lower implements Operator.
func (e *Exchange) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	switch e.Dist.Partitioning {
	case Single:
		return e.lowerSplit(x, 1, func(*rdd.TaskContext) (splitter, error) { return singleSplitter{}, nil })
	case Hash:
		return e.lowerHash(x)
	case RoundRobin:
		n := uint32(e.Dist.N)
		return e.lowerSplit(x, e.Dist.N, func(tc *rdd.TaskContext) (splitter, error) {
			return &roundRobinSplitter{next: uint32(tc.Partition()) % n, n: n}, nil
		})
	case Range:
		return e.lowerRange(x)
	}
	return nil, fmt.Errorf("physical: an exchange cannot be lowered with the distribution %s", e.Dist)
}
