package physical

import (
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// orderedRows keeps the rows of an aggregate call with an ordering of its own until all are there.
type orderedRows struct {
	batches []columnar.Batch // the arguments, then the ordering keys
	groups  []uint32         // of the rows of all batches
	bytes   int64
}

// keepOrdered keeps rows for the end.
func (c *callRun) keepOrdered(rows columnar.Rows, group []uint32, args, keys []columnar.Vector) error {
	if c.ordered == nil {
		c.ordered = &orderedRows{}
	}
	schema := &columnar.Schema{}
	cols := append(append([]columnar.Vector(nil), args...), keys...)
	for _, v := range cols {
		schema.Fields = append(schema.Fields, columnar.Field{Type: v.Type(), Nullable: true})
	}
	b := columnar.Batch{Schema: schema, Cols: cols, Len: rows.N, Sel: rows.Sel}.Compact(nil).Retain()
	c.ordered.batches = append(c.ordered.batches, b)
	c.ordered.groups = append(c.ordered.groups, group...)
	c.ordered.bytes += 3*b.Bytes() + // twice more when they are sorted
		int64(len(group))*4
	return nil
}

// feed updates the accumulator with all rows in their order; those that are equal in it stay in the order in which they came.
func (o *orderedRows) feed(ec *logical.EvalContext, c *callRun) error {
	all := columnar.ConcatBatches(o.batches[0].Schema, o.batches)
	idx := make([]int32, all.Len)
	for i := range idx {
		idx[i] = int32(i)
	}
	keys := all.Cols[c.at.nargs:]
	slices.SortStableFunc(idx, func(a, b int32) int { return compareRows(c.call.OrderBy, keys, int(a), keys, int(b)) })
	group := make([]uint32, len(idx))
	for i, r := range idx {
		group[i] = o.groups[r]
	}
	all.Sel = idx
	sorted := all.Compact(nil)
	return c.acc.Update(ec, group, columnar.AllRows(sorted.Len), sorted.Cols[:c.at.nargs])
}
