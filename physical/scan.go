package physical

import (
	"context"
	"fmt"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Scan reads the wanted columns of a table. The table uses the filters to skip what cannot match; rows that do not match may still
// come, and the Filter above drops them.
type Scan struct {
	leaf
	node   *logical.Relation
	scan   logical.Scan
	schema *columnar.Schema
}

// scan plans a read. Filters name columns that are read.
func (p *planner) scan(n *logical.Relation) (Operator, error) {
	if t, ok := n.Table.(RDDTable); ok {
		return newExisting(n, t), nil
	}
	req := logical.ScanRequest{
		Columns: n.Ordinals, Filters: n.Filters, Limit: n.Limit,
		Slots: p.conf.slots(), Batch: p.conf.BatchRows,
		Attrs: make([]*logical.Attr, len(n.Table.Schema().Fields)),
	}
	for i, o := range n.Ordinals {
		req.Attrs[o] = n.Cols[i]
	}
	s, err := n.Table.Scan(p.ctx, req)
	if err != nil {
		return nil, err
	}
	return &Scan{node: n, scan: s, schema: schemaOf(n.Cols)}, nil
}

// Output implements Operator.
func (s *Scan) Output() []*logical.Attr { return s.node.Cols }

// Schema implements Operator.
func (s *Scan) Schema() *columnar.Schema { return s.schema }

// WithChildren implements Operator.
func (s *Scan) WithChildren([]Operator) Operator { return s }

// String implements Operator.
func (s *Scan) String() string {
	text := fmt.Sprintf("Scan %s[%s] %s", s.node.Name, joinExprs(attrExprs(s.node.Cols)), s.node.Table)
	if len(s.node.Filters) > 0 {
		text += ", PushedFilters: [" + joinExprs(s.node.Filters) + "]"
	}
	return text
}

// scanTask is the work of one partition of a scan: neighbouring splits.
type scanTask struct {
	index  int
	splits []logical.Split
}

// Index implements rdd.Partition.
func (t *scanTask) Index() int { return t.index }

// tasksPerSlot is into how many tasks for each slot a scan is cut: enough for the last ones to even out.
const tasksPerSlot = 4

// packSplits puts neighbouring splits together until each task has about its share of the bytes. It depends on the splits and
// the number of slots only, so that two runs of a query give rows in the same order.
func packSplits(splits []logical.Split, slots int) []rdd.Partition {
	var total int64
	for _, s := range splits {
		total += max(s.Bytes(), 1)
	}
	share := max(total/int64(tasksPerSlot*slots), 1)
	var out []rdd.Partition
	var task *scanTask
	var have int64
	for _, s := range splits {
		size := max(s.Bytes(), 1)
		if task == nil || have+size/2 > share {
			task, have = &scanTask{index: len(out)}, 0
			out = append(out, task)
		}
		task.splits = append(task.splits, s)
		have += size
	}
	return out
}

// Lower implements Operator.
func (s *Scan) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) { return s.lower(x, nil) }

// lower makes an RDD of the rows that the filters keep, which are applied while the scan reads: conds, if any, first, then what joins
// above have put there.
func (s *Scan) lower(x *Exec, conds []predicate) (*rdd.RDD[columnar.Batch], error) {
	parts := packSplits(s.scan.Splits(), x.Conf.slots())
	m := x.Metrics(s)
	for _, split := range s.scan.Splits() {
		m.Bytes.Add(max(split.Bytes(), 0))
	}
	var filters []openFilter
	for _, c := range conds {
		filters = append(filters, s.conditions(c, m))
	}
	filters = append(filters, x.scanFilters[s]...)
	order := newFilterOrder(len(filters), len(conds), m)
	list := func(context.Context) ([]rdd.Partition, error) { return parts, nil }
	return rdd.New(x.SC, nil, list, func(tc *rdd.TaskContext, p rdd.Partition) iter.Seq2[columnar.Batch, error] {
		if conds != nil {
			return m.timed(s.read(tc, p.(*scanTask), filters, order, x.Conf.Maps))
		}
		return s.read(tc, p.(*scanTask), filters, order, x.Conf.Maps)
	}), nil
}

// read streams the splits of one task.
func (s *Scan) read(tc *rdd.TaskContext, t *scanTask, filters []openFilter, order *filterOrder, maps *logical.MapBudget) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		rc := &readContext{Context: tc.Context(), reserve: tc.Reserve("scan "+s.node.Name, nil), pool: rdd.Scratch[columnar.Pool](tc, "scan"), maps: maps}
		rc.pool.Reset()
		opened, err := order.open(tc, filters)
		if err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		for _, split := range t.splits {
			rc.filters = order.sorted(opened)
			for b, err := range s.scan.Read(rc, split) {
				if err == nil {
					err = tc.Err()
				}
				b.Schema = s.schema
				if !yield(b, err) || err != nil {
					return
				}
			}
		}
	}
}

// readContext is what a running read may use of its task.
type readContext struct {
	context.Context
	reserve *rdd.Reservation
	filters []logical.RowFilter
	pool    *columnar.Pool
	maps    *logical.MapBudget
}

// Grow, Filters, Pool and Maps implement logical.ReadContext.
func (r *readContext) Maps() *logical.MapBudget     { return r.maps }
func (r *readContext) Filters() []logical.RowFilter { return r.filters }
func (r *readContext) Pool() *columnar.Pool         { return r.pool }
func (r *readContext) Grow(n int64) error {
	if n < 0 {
		r.reserve.Shrink(-n)
		return nil
	}
	return r.reserve.Grow(n)
}
