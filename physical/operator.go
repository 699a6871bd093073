package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Operator is a step of a physical plan. Operators are immutable; WithChildren makes changed copies. One operator value stands at one
// place of a plan, or at several that give the same rows: it is lowered once.
type Operator interface {
	// Output lists the columns of the operator's batches, in order. Two with one ID hold the same values.
	Output() []*logical.Attr
	Schema() *columnar.Schema
	Children() []Operator
	WithChildren(children []Operator) Operator
	// Requires says for each child how its rows must be spread and ordered; nil: in any way. ensure.go sees to it.
	Requires() []Distribution
	// Provides lists the distributions of the operator's rows that hold, all at once, given those of its children.
	Provides() []Distribution
	// Lower makes the RDD of the operator's batches. Children are lowered by x.RDD. It may run jobs, for what must be known first.
	Lower(x *Exec) (*rdd.RDD[columnar.Batch], error)
	// String is the operator's line in EXPLAIN, without its children.
	String() string
}

// leaf is embedded by operators without children.
type leaf struct{}

// Children, Requires and Provides implement Operator.
func (leaf) Children() []Operator     { return nil }
func (leaf) Requires() []Distribution { return nil }
func (leaf) Provides() []Distribution { return nil }

// unary is embedded by operators with one child. By default they leave its rows where they are, in their order.
type unary struct{ Child Operator }

// Children, Requires and Provides implement Operator.
func (u unary) Children() []Operator     { return []Operator{u.Child} }
func (u unary) Requires() []Distribution { return nil }
func (u unary) Provides() []Distribution { return u.Child.Provides() }

// schemaOf is the schema of a list of columns.
func schemaOf(out []*logical.Attr) *columnar.Schema {
	fields := make([]columnar.Field, len(out))
	for i, a := range out {
		fields[i] = columnar.Field{Name: a.Name, Type: a.T, Nullable: a.Null}
	}
	return &columnar.Schema{Fields: fields}
}

// attrExprs is the columns as expressions.
func attrExprs(attrs []*logical.Attr) []logical.Expr {
	out := make([]logical.Expr, len(attrs))
	for i, a := range attrs {
		out[i] = a
	}
	return out
}
