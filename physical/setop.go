package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// union gives the rows of all inputs, one after the other.
type union struct {
	inputs []Operator
	cols   []*logical.Attr
}

// setOp plans UNION ALL directly, UNION as the distinct rows of that. INTERSECT and EXCEPT reach the planner only as the joins and
// aggregates that the optimizer makes of them.
func (p *planner) setOp(n *logical.SetOp) (Operator, error) {
	if n.Kind != logical.Union {
		return p.setOpByCounts(n)
	}
	u := &union{cols: n.Cols}
	for _, in := range n.Inputs {
		op, err := p.plan(in)
		if err != nil {
			return nil, err
		}
		u.inputs = append(u.inputs, op)
	}
	if n.All {
		return u, nil
	}
	return p.distinctOf(u), nil
}

// Output, Schema, Children, WithChildren, Requires, Provides and String implement Operator.
func (u *union) Output() []*logical.Attr  { return u.cols }
func (u *union) Schema() *columnar.Schema { return schemaOf(u.cols) }
func (u *union) Children() []Operator     { return u.inputs }
func (u *union) WithChildren(c []Operator) Operator {
	return &union{inputs: c, cols: u.cols}
}
func (u *union) Requires() []Distribution { return nil }
func (u *union) Provides() []Distribution { return nil }
func (u *union) String() string           { return "Union" }

// Lower implements Operator.
func (u *union) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	schema := u.Schema()
	parts := make([]*rdd.RDD[columnar.Batch], len(u.inputs))
	for i, in := range u.inputs {
		r, err := x.RDD(in)
		if err != nil {
			return nil, err
		}
		parts[i] = rdd.Map(r, func(b columnar.Batch) columnar.Batch {
			b.Schema = schema
			return b
		})
	}
	return rdd.Union(x.SC, parts...), nil
}
