package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Project computes List, of Attrs and Aliases, for each row.
type Project struct {
	unary
	List   []logical.Expr
	out    []*logical.Attr
	schema *columnar.Schema
}

// NewProject computes the list of the child's rows.
func NewProject(list []logical.Expr, child Operator) *Project {
	out := logical.AttrsOf(list)
	return &Project{unary{child}, list, out, schemaOf(out)}
}

// Output implements Operator.
func (p *Project) Output() []*logical.Attr { return p.out }

// Schema implements Operator.
func (p *Project) Schema() *columnar.Schema { return p.schema }

// WithChildren implements Operator.
func (p *Project) WithChildren(c []Operator) Operator { return NewProject(p.List, c[0]) }

// String implements Operator.
func (p *Project) String() string { return "Project [" + joinExprs(p.List) + "]" }

// Provides implements Operator: the child's distributions under the new names.
func (p *Project) Provides() []Distribution { return renamed(p.Child.Provides(), p.List) }

// Lower implements Operator.
func (p *Project) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(p.Child)
	if err != nil {
		return nil, err
	}
	bound, err := x.Bind(p.List, p.Child.Output())
	if err != nil {
		return nil, err
	}
	opts := []rdd.Option{rdd.PreservesPartitioning()}
	dense := false
	for _, e := range p.List {
		if !deterministic(e) {
			dense = true // functions such as monotonically_increasing_id count live rows only
			opts = append(opts, rdd.WithDeterminacy(rdd.Indeterminate))
		}
	}
	return mapBatches(in, func(tc *rdd.TaskContext) (func(columnar.Batch) (columnar.Batch, error), error) {
		ev, err := bound.Open(tc)
		if err != nil {
			return nil, err
		}
		return func(b columnar.Batch) (columnar.Batch, error) {
			if dense {
				b = b.Compact(nil)
			}
			ev.Next(b)
			cols, err := ev.All(b, nil) // a list of its own for each batch: Retain keeps it
			return columnar.Batch{Schema: p.schema, Cols: cols, Len: b.Len, Sel: b.Sel}, err
		}, nil
	}, opts...), nil
}
