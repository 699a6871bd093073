package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// expand gives, for each batch, one batch for each projection.
type expand struct {
	unary
	node   *logical.Expand
	schema *columnar.Schema
}

func newExpand(n *logical.Expand, child Operator) *expand {
	return &expand{unary{child}, n, schemaOf(n.Cols)}
}

func (e *expand) Output() []*logical.Attr            { return e.node.Cols }
func (e *expand) Schema() *columnar.Schema           { return e.schema }
func (e *expand) WithChildren(c []Operator) Operator { return newExpand(e.node, c[0]) }
func (e *expand) Provides() []Distribution           { return nil }
func (e *expand) String() string                     { return e.node.String() }

// Lower implements Operator.
func (e *expand) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(e.Child)
	if err != nil {
		return nil, err
	}
	var bounds []*Bound
	for _, p := range e.node.Projections {
		b, err := x.Bind(p, e.Child.Output())
		if err != nil {
			return nil, err
		}
		bounds = append(bounds, b)
	}
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			evs := make([]*Evaluation, len(bounds))
			for i, b := range bounds {
				var err error
				if evs[i], err = b.Open(tc); err != nil {
					yield(columnar.Batch{}, err)
					return
				}
			}
			for b, err := range in {
				for i := 0; i < len(evs) && err == nil; i++ {
					evs[i].Next(b)
					var cols []columnar.Vector // of the batch's own: Retain keeps it
					if cols, err = evs[i].All(b, nil); err == nil &&
						!yield(columnar.Batch{Schema: e.schema, Cols: cols, Len: b.Len, Sel: b.Sel}, nil) {
						return
					}
				}
				if err != nil {
					yield(columnar.Batch{}, err)
					return
				}
			}
		}
	}), nil
}
