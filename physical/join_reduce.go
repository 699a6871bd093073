package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// reduceRatio is by how much smaller the left side of a semi join must be for its keys to be worth looking up for every row of the
// right side first.
const reduceRatio = 8

// reduceRight plans a semi, anti or mark join whose left side is much the smaller: the right side first drops the rows whose keys
// the left side does not have (a semi-join reduction), so that what is made a table of is no larger than what matches. The left
// side is gathered once and read twice. ok is false where that would not pay.
func (p *planner) reduceRight(n *logical.Join, s *joinSpec, left, right Operator, est *logical.Estimator) (j Operator, ok bool) {
	switch s.kind {
	case logical.LeftSemi, logical.LeftAnti, logical.LeftMark:
	default:
		return nil, false
	}
	if s.nullAware || est.Bytes(n.Left) > p.conf.broadcastLimit()/2 || est.Of(n.Left).Rows*reduceRatio > est.Of(n.Right).Rows {
		return nil, false
	}
	semi := &joinSpec{kind: logical.LeftSemi, leftKeys: s.rightKeys, rightKeys: s.leftKeys, nullSafe: s.nullSafe, out: right.Output()}
	reduced := newHashJoin(semi, right, left, false, true)
	return newHashJoin(s, &gathered{unary{left}}, reduced, false, true), true
}

// gathered gives rows that are broadcast, too: from where they were collected, without computing them again.
type gathered struct{ unary }

// Output implements Operator.
func (g *gathered) Output() []*logical.Attr { return g.Child.Output() }

// Schema implements Operator.
func (g *gathered) Schema() *columnar.Schema { return g.Child.Schema() }

// WithChildren implements Operator.
func (g *gathered) WithChildren(c []Operator) Operator { return &gathered{unary{c[0]}} }

// Requires implements Operator.
func (g *gathered) Requires() []Distribution { return []Distribution{{Partitioning: Broadcast}} }

// Provides implements Operator.
func (g *gathered) Provides() []Distribution { return nil }

// String implements Operator.
func (g *gathered) String() string { return "Gathered" }

// Lower implements Operator.
func (g *gathered) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	batches, err := x.Broadcast(g.Child)
	if err != nil {
		return nil, x.outgrown(g, g.Child, err)
	}
	return rdd.Parallelize(x.SC, batches, min(len(batches), tasksPerSlot*x.Conf.slots())), nil
}
