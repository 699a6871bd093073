package physical

import (
	"fmt"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// repartition plans an explicit REPARTITION or COALESCE. The exchange that was asked for is made even where the rows are spread in
// that way already, as in Spark.
func (p *planner) repartition(n *logical.Repartition) (Operator, error) {
	child, err := p.plan(n.Input)
	if err != nil {
		return nil, err
	}
	parts := n.N
	if parts == 0 {
		parts = p.conf.partitions()
	}
	switch {
	case n.Coalesce:
		return &coalesce{unary{child}, parts}, nil
	case len(n.Keys) > 0:
		return NewExchange(child, Distribution{Partitioning: Range, Order: n.Keys, N: parts}), nil
	case len(n.By) > 0:
		return NewExchange(child, Distribution{Partitioning: Hash, Keys: n.By, N: parts}), nil
	case parts == 1:
		return NewExchange(child, Distribution{Partitioning: Single, N: 1}), nil
	}
	return NewExchange(child, Distribution{Partitioning: RoundRobin, N: parts}), nil
}

// coalesce joins neighbouring partitions without moving rows.
type coalesce struct {
	unary
	n int
}

func (c *coalesce) Output() []*logical.Attr               { return c.Child.Output() }
func (c *coalesce) Schema() *columnar.Schema              { return c.Child.Schema() }
func (c *coalesce) WithChildren(kids []Operator) Operator { return &coalesce{unary{kids[0]}, c.n} }
func (c *coalesce) String() string                        { return fmt.Sprintf("Coalesce %d", c.n) }

// Provides implements Operator.
func (c *coalesce) Provides() []Distribution {
	if c.n == 1 {
		return []Distribution{{Partitioning: Single, N: 1}}
	}
	return nil
}

// Lower implements Operator.
func (c *coalesce) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(c.Child)
	if err != nil {
		return nil, err
	}
	return in.Coalesce(c.n), nil
}
