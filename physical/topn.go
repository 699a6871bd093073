package physical

import (
	"fmt"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// TopN gives the first Count rows of each partition in the order of Keys, in that order. It keeps little more than those: a row that comes behind the
// last of the Count best so far is dropped at once.
type TopN struct {
	unary
	Keys   []*logical.SortKey
	Count  int64
	Global bool // all rows are wanted in one partition
}

// largestTopN is up to how many rows a top-N is better than sorting.
const largestTopN = 100_000

// topN plans ORDER BY with LIMIT: the best rows of each partition, then the best of those.
func (p *planner) topN(n *logical.Sort, count, offset int64) (Operator, error) {
	if count > largestTopN-min(offset, largestTopN) {
		child, err := p.sort(n)
		return &Limit{unary{child}, count, offset}, err
	}
	child, err := p.plan(n.Input)
	if err != nil {
		return nil, err
	}
	child = narrowChild(child, attrExprs(n.Output()))
	local := &TopN{unary{child}, n.Keys, count + offset, false}
	return &Limit{unary{&TopN{unary{local}, n.Keys, count + offset, true}}, count, offset}, nil
}

// Output, Schema, WithChildren, Requires and String implement Operator.
func (t *TopN) Output() []*logical.Attr { return t.Child.Output() }

// Schema implements Operator.
func (t *TopN) Schema() *columnar.Schema { return t.Child.Schema() }

// WithChildren implements Operator.
func (t *TopN) WithChildren(c []Operator) Operator {
	return &TopN{unary{c[0]}, t.Keys, t.Count, t.Global}
}

// Requires implements Operator.
func (t *TopN) Requires() []Distribution {
	if t.Global {
		return []Distribution{{Partitioning: Single}}
	}
	return nil
}

// String implements Operator.
func (t *TopN) String() string {
	name := "LocalTopN"
	if t.Global {
		name = "TopN"
	}
	return fmt.Sprintf("%s %d [%s]", name, t.Count, logical.JoinStrings(t.Keys))
}

// Provides implements Operator.
func (t *TopN) Provides() []Distribution { return NewSort(t.Child, t.Keys).Provides() }

// Lower implements Operator.
func (t *TopN) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(t.Child)
	if err != nil {
		return nil, err
	}
	plan, err := newSortPlan(x, t.Keys, t.Child.Output(), x.Metrics(t))
	if err != nil {
		return nil, err
	}
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			best, err := t.best(tc, plan, in)
			if err != nil || best.Len > 0 {
				yield(plan.withoutKeys(best), err)
			}
		}
	}), nil
}

// best is the best rows of a stream, in order, with computed keys.
func (t *TopN) best(tc *rdd.TaskContext, plan *sortPlan, in iter.Seq2[columnar.Batch, error]) (columnar.Batch, error) {
	top := &topRows{sortPlan: plan, n: int(t.Count), reserve: tc.Reserve("top-N", nil)}
	var err error
	if top.ev, err = plan.computed.Open(tc); err != nil || t.Count == 0 {
		return columnar.ConcatBatches(plan.full, nil), err
	}
	for b, err := range in {
		if err == nil && b.Live() > 0 {
			err = top.add(b)
		}
		if err != nil {
			return columnar.ConcatBatches(plan.full, nil), err
		}
	}
	return top.prune(), nil
}

// topRows are the candidates of one task.
type topRows struct {
	*sortPlan
	n       int
	ev      *Evaluation
	reserve *rdd.Reservation
	kept    []columnar.Batch // with keys
	rows    int
	last    []columnar.Vector // the keys of the n-th best row, one row each; nil: fewer have come
	sel     []int32
}

// slackRows is how many rows more than n are kept between two prunings.
const slackRows = 4096

// add takes the rows of a batch that may be among the best.
func (t *topRows) add(b columnar.Batch) error {
	if t.last != nil {
		if b.Sel = t.better(b); len(b.Sel) == 0 {
			return nil
		}
	}
	b, err := t.withKeys(t.ev, b)
	if err != nil {
		return err
	}
	if t.last != nil && len(t.keys) > 1 {
		if b = t.beatingLast(b); b.Len == 0 {
			return nil
		}
	}
	if err := t.reserve.Grow(b.Bytes()); err != nil {
		return err
	}
	t.kept, t.rows = append(t.kept, b), t.rows+b.Len
	if t.rows < 2*t.n+slackRows {
		return nil
	}
	best := t.prune()
	t.kept, t.rows = []columnar.Batch{best}, best.Len
	t.reserve.Shrink(t.reserve.Used())
	return t.reserve.Grow(best.Bytes())
}

// prune sorts the candidates and keeps the best.
func (t *topRows) prune() columnar.Batch {
	all := columnar.ConcatBatches(t.full, t.kept)
	idx := sortIndex(t.keys, t.keyCols(all), all.Len)
	all.Sel = idx[:min(t.n, len(idx))]
	best := all.Compact(nil)
	for i, c := range best.Cols {
		best.Cols[i] = tight(c) // not the buffers of all that has passed
	}
	if best.Len == t.n {
		t.last = nil
		for _, c := range t.keyCols(best) {
			t.last = append(t.last, columnar.Flatten(nil, columnar.Take(nil, c, []int32{int32(t.n - 1)}), columnar.AllRows(1)))
		}
	}
	return best
}

// better selects the rows whose first key does not come behind that of the n-th best; all live ones if that key is computed.
func (t *topRows) better(b columnar.Batch) []int32 {
	t.sel = t.sel[:0]
	t.ev.Context().Pool.Reset()
	rows := b.LiveRows()
	if t.at[0] >= len(t.sortPlan.rows.Fields) {
		for i := range rows.Count() {
			t.sel = append(t.sel, int32(rows.Row(i)))
		}
		return t.sel
	}
	key, col, last := t.keys[0], b.Cols[t.at[0]], t.last[0]
	if !col.HasNulls() && !last.IsNull(0) {
		op := columnar.Le
		if key.Desc {
			op = columnar.Ge
		}
		t.sel = columnar.SelectTrue(columnar.Compare(t.ev.Context().Pool, op, col, columnar.NewConst(last, b.Len), rows), rows, t.sel)
		return t.sel
	}
	for i := range rows.Count() {
		r := rows.Row(i)
		if compareRows(t.keys[:1], []columnar.Vector{col}, r, t.last[:1], 0) <= 0 {
			t.sel = append(t.sel, int32(r))
		}
	}
	return t.sel
}

// beatingLast keeps the rows of a batch with keys that come before the n-th best.
func (t *topRows) beatingLast(b columnar.Batch) columnar.Batch {
	keys := t.keyCols(b)
	sel := make([]int32, 0, b.Len)
	for i := range b.Len {
		if compareRows(t.keys, keys, i, t.last, 0) < 0 {
			sel = append(sel, int32(i))
		}
	}
	if len(sel) < b.Len {
		b.Sel = sel
	}
	return b.Compact(nil)
}
