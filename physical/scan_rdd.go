package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// RDDTable is a table whose rows are those of an RDD. It is not scanned: the planner puts the RDD in the plan, so that its lineage goes
// on into the query's.
type RDDTable interface {
	logical.Table
	RDD() *rdd.RDD[columnar.Batch] // batches of the table's schema
}

// existing gives the wanted columns of an RDD's batches.
type existing struct {
	leaf
	node   *logical.Relation
	table  RDDTable
	schema *columnar.Schema
}

func newExisting(n *logical.Relation, t RDDTable) Operator {
	return &existing{node: n, table: t, schema: schemaOf(n.Cols)}
}

func (e *existing) Output() []*logical.Attr          { return e.node.Cols }
func (e *existing) Schema() *columnar.Schema         { return e.schema }
func (e *existing) WithChildren([]Operator) Operator { return e }
func (e *existing) String() string {
	return "Scan " + e.table.String() + "[" + joinExprs(attrExprs(e.node.Cols)) + "]"
}

// Lower implements Operator.
func (e *existing) Lower(*Exec) (*rdd.RDD[columnar.Batch], error) {
	return rdd.Map(e.table.RDD(), func(b columnar.Batch) columnar.Batch {
		cols := make([]columnar.Vector, len(e.node.Ordinals))
		for i, o := range e.node.Ordinals {
			cols[i] = b.Cols[o]
		}
		return columnar.Batch{Schema: e.schema, Cols: cols, Len: b.Len, Sel: b.Sel}
	}), nil
}
