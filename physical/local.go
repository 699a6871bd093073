package physical

import (
	"context"
	"fmt"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// local gives the rows of the plan itself, in one partition.
type local struct {
	leaf
	cols    []*logical.Attr
	batches []columnar.Batch
}

func (l *local) Output() []*logical.Attr          { return l.cols }
func (l *local) Schema() *columnar.Schema         { return schemaOf(l.cols) }
func (l *local) WithChildren([]Operator) Operator { return l }
func (l *local) Provides() []Distribution         { return []Distribution{{Partitioning: Single, N: 1}} }
func (l *local) String() string {
	if len(l.cols) == 0 {
		return "Scan OneRowRelation[]"
	}
	return "LocalTableScan [" + joinExprs(attrExprs(l.cols)) + "]"
}

// Lower implements Operator. Batches are cut to the usual size.
func (l *local) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	schema, size := l.Schema(), x.Conf.batchRows()
	var cut []columnar.Batch
	for _, b := range l.batches {
		b.Schema = schema
		b = b.Compact(nil)
		for lo := 0; lo < b.Len; lo += size {
			piece := b.Slice(lo, min(lo+size, b.Len))
			cut = append(cut, piece)
		}
	}
	return rdd.Parallelize(x.SC, cut, 1), nil
}

// numbers gives the rows of range().
type numbers struct {
	leaf
	node *logical.Range
}

func (r *numbers) Output() []*logical.Attr          { return r.node.Output() }
func (r *numbers) Schema() *columnar.Schema         { return schemaOf(r.node.Output()) }
func (r *numbers) WithChildren([]Operator) Operator { return r }
func (r *numbers) String() string                   { return r.node.String() }

// count is the number of values; in unsigned arithmetic, as End-Start may not fit an int64.
func (r *numbers) count() uint64 {
	n := r.node
	switch {
	case n.Step > 0 && n.Start < n.End:
		return (uint64(n.End)-uint64(n.Start)-1)/uint64(n.Step) + 1
	case n.Step < 0 && n.Start > n.End:
		return (uint64(n.Start)-uint64(n.End)-1)/(-uint64(n.Step)) + 1
	}
	return 0
}

// Lower implements Operator.
func (r *numbers) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	if r.node.Step == 0 {
		return nil, fmt.Errorf("range: step cannot be 0")
	}
	total, parts := r.count(), uint64(r.node.Slices)
	if parts == 0 {
		parts = uint64(x.Conf.slots())
	}
	size := uint64(x.Conf.batchRows())
	schema := r.Schema()
	list := func(context.Context) ([]rdd.Partition, error) { return rdd.PartitionRange(int(parts)), nil }
	return rdd.New(x.SC, nil, list, func(tc *rdd.TaskContext, p rdd.Partition) iter.Seq2[columnar.Batch, error] {
		i := uint64(p.Index())
		q, rest := total/parts, total%parts
		from, to := i*q+i*rest/parts, (i+1)*q+(i+1)*rest/parts
		return func(yield func(columnar.Batch, error) bool) {
			for lo := from; lo < to; lo += size {
				if err := tc.Err(); err != nil {
					yield(columnar.Batch{}, err)
					return
				}
				values := make([]int64, min(size, to-lo))
				v := r.node.Start + int64(lo)*r.node.Step
				for k := range values {
					values[k] = v
					v += r.node.Step
				}
				if !yield(columnar.NewBatch(schema, len(values), columnar.NewFixed(columnar.BigIntType, values, nil)), nil) {
					return
				}
			}
		}
	}), nil
}
