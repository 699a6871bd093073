package physical

import (
	"iter"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Sort orders the rows of each partition by Keys. Rows that are equal keep their order.
type Sort struct {
	unary
	Keys []*logical.SortKey
}

// NewSort sorts the child's partitions.
func NewSort(child Operator, keys []*logical.SortKey) *Sort { return &Sort{unary{child}, keys} }

// Output, Schema, WithChildren and String implement Operator.
func (s *Sort) Output() []*logical.Attr            { return s.Child.Output() }
func (s *Sort) Schema() *columnar.Schema           { return s.Child.Schema() }
func (s *Sort) WithChildren(c []Operator) Operator { return NewSort(c[0], s.Keys) }
func (s *Sort) String() string                     { return "Sort [" + logical.JoinStrings(s.Keys) + "]" }

// Provides implements Operator: the child's partitioning, with the order.
func (s *Sort) Provides() []Distribution {
	out := []Distribution{{Order: s.Keys}}
	for _, d := range s.Child.Provides() {
		d.Order = s.Keys
		out = append(out, d)
	}
	return out
}

// ordered is where a global sort stands in a plan: it requires its child's rows to be in order over all partitions, and ensure.go puts
// the exchange and the sort below it.
type ordered struct {
	unary
	keys []*logical.SortKey
}

func (o *ordered) Output() []*logical.Attr            { return o.Child.Output() }
func (o *ordered) Schema() *columnar.Schema           { return o.Child.Schema() }
func (o *ordered) WithChildren(c []Operator) Operator { return &ordered{unary{c[0]}, o.keys} }
func (o *ordered) String() string                     { return "Ordered [" + logical.JoinStrings(o.keys) + "]" }
func (o *ordered) Requires() []Distribution {
	return []Distribution{{Partitioning: Single, Order: o.keys}}
}
func (o *ordered) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) { return x.RDD(o.Child) }

// sort plans ORDER BY and SORT BY.
func (p *planner) sort(n *logical.Sort) (Operator, error) {
	child, err := p.plan(n.Input)
	if err != nil {
		return nil, err
	}
	if !n.Global {
		return NewSort(child, n.Keys), nil
	}
	return &ordered{unary{child}, n.Keys}, nil
}

// topN plans ORDER BY with LIMIT.
func (p *planner) topN(n *logical.Sort, count, offset int64) (Operator, error) {
	child, err := p.sort(n)
	if err != nil {
		return nil, err
	}
	return &Limit{unary{child}, count, offset}, nil
}

// Lower implements Operator.
func (s *Sort) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(s.Child)
	if err != nil {
		return nil, err
	}
	keys := make([]logical.Expr, len(s.Keys))
	for i, k := range s.Keys {
		keys[i] = k.Child
	}
	bound, err := x.Bind(keys, s.Child.Output())
	if err != nil {
		return nil, err
	}
	schema := s.Schema()
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			b, err := s.sorted(tc, bound, schema, in)
			if err != nil || b.Len > 0 {
				yield(b, err)
			}
		}
	}), nil
}

// sorted keeps the whole partition and sorts it.
func (s *Sort) sorted(tc *rdd.TaskContext, bound *Bound, schema *columnar.Schema, in iter.Seq2[columnar.Batch, error]) (columnar.Batch, error) {
	reserve := tc.Reserve("sort", nil)
	var kept []columnar.Batch
	for b, err := range in {
		if err != nil {
			return b, err
		}
		b = b.Compact(nil).Retain()
		if err := reserve.Grow(b.Bytes()); err != nil {
			return b, err
		}
		kept = append(kept, b)
	}
	all := columnar.ConcatBatches(schema, kept)
	ev, err := bound.Open(tc)
	if err != nil {
		return all, err
	}
	ev.Next(all)
	cols, err := ev.All(all, nil)
	if err != nil {
		return all, err
	}
	idx := make([]int32, all.Len)
	for i := range idx {
		idx[i] = int32(i)
	}
	slices.SortStableFunc(idx, func(a, b int32) int { return compareRows(s.Keys, cols, int(a), cols, int(b)) })
	all.Sel = idx
	return all.Compact(nil), nil
}

// compareRows orders row i of a and row j of b by the keys.
func compareRows(keys []*logical.SortKey, a []columnar.Vector, i int, b []columnar.Vector, j int) int {
	for k, key := range keys {
		x, y := a[k].IsNull(i), b[k].IsNull(j)
		var c int
		switch {
		case x && y:
			continue
		case x || y:
			if x == key.NullsFirst {
				return -1
			}
			return 1
		default:
			c = columnar.CompareAt(a[k], i, b[k], j)
		}
		if key.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}
