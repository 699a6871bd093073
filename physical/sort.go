package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Sort orders the rows of each partition by Keys. Rows that are equal keep their order. When memory is short it writes sorted runs to disk and
// merges them.
type Sort struct {
	unary
	Keys []*logical.SortKey
}

// NewSort sorts the child's partitions.
func NewSort(child Operator, keys []*logical.SortKey) *Sort { return &Sort{unary{child}, keys} }

// Output, Schema, WithChildren and String implement Operator.
func (s *Sort) Output() []*logical.Attr { return s.Child.Output() }

// Schema implements Operator.
func (s *Sort) Schema() *columnar.Schema { return s.Child.Schema() }

// WithChildren implements Operator.
func (s *Sort) WithChildren(c []Operator) Operator { return NewSort(c[0], s.Keys) }

// String implements Operator.
func (s *Sort) String() string { return "Sort [" + logical.JoinStrings(s.Keys) + "]" }

// Provides implements Operator: the child's partitioning, with the order. Ranges of other keys than those sorted by are no longer claimed: the rows would be taken for
// ordered over all partitions.
func (s *Sort) Provides() []Distribution {
	out := []Distribution{{Order: s.Keys}}
	for _, d := range s.Child.Provides() {
		if d.Partitioning == Range && !startsWith(s.Keys, d.Order) {
			continue
		}
		d.Order = s.Keys
		out = append(out, d)
	}
	return out
}

// startsWith says whether an ordering begins with the keys of another.
func startsWith(keys, first []*logical.SortKey) bool {
	if len(first) > len(keys) {
		return false
	}
	for i, k := range first {
		if !logical.Equal(k, keys[i]) {
			return false
		}
	}
	return true
}

// ordered is where a global sort stands in a plan: it requires its child's rows to be in order over all partitions, and ensure.go puts
// the exchange and the sort below it.
type ordered struct {
	unary
	keys []*logical.SortKey
	many bool // enough rows for several partitions
}

// Output implements Operator.
func (o *ordered) Output() []*logical.Attr { return o.Child.Output() }

// Schema implements Operator.
func (o *ordered) Schema() *columnar.Schema { return o.Child.Schema() }

// WithChildren implements Operator.
func (o *ordered) WithChildren(c []Operator) Operator {
	return &ordered{unary{c[0]}, o.keys, o.many}
}

// String implements Operator.
func (o *ordered) String() string { return "Ordered [" + logical.JoinStrings(o.keys) + "]" }

// Requires implements Operator.
func (o *ordered) Requires() []Distribution {
	d := Distribution{Partitioning: Single, Order: o.keys}
	if o.many {
		d.Partitioning = Range
	}
	return []Distribution{d}
}

// Lower implements Operator.
func (o *ordered) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) { return x.RDD(o.Child) }

// manyRows is from how many estimated rows on a global sort is cut into ranges: finding the bounds costs a pass over the input.
const manyRows = 1 << 20

// sort plans ORDER BY and SORT BY.
func (p *planner) sort(n *logical.Sort) (Operator, error) {
	child, err := p.plan(n.Input)
	if err != nil {
		return nil, err
	}
	if !n.Global {
		return NewSort(child, n.Keys), nil
	}
	many := logical.NewEstimator().Of(n.Input).Rows > manyRows
	return &ordered{unary{child}, n.Keys, many}, nil
}

// Lower implements Operator.
func (s *Sort) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(s.Child)
	if err != nil {
		return nil, err
	}
	plan, err := newSortPlan(x, s.Keys, s.Child.Output(), x.Metrics(s))
	if err != nil {
		return nil, err
	}
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return plan.sorted(tc, in)
	}), nil
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
