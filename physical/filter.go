package physical

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Filter keeps the rows for which all of Conds are TRUE. It narrows the selection of a batch and copies nothing.
type Filter struct {
	unary
	Conds []logical.Expr // conjuncts, in the order in which they are evaluated
}

// NewFilter filters the child's rows.
func NewFilter(cond logical.Expr, child Operator) *Filter {
	return &Filter{unary{child}, conjuncts(cond, nil)}
}

// filter plans a filter. Over a scan it leaves out the conditions that the table has decided exactly.
func (p *planner) filter(n *logical.Filter) (Operator, error) {
	if w, ok := n.Input.(*logical.Window); ok && p.planned[w] == nil {
		return p.over(w.Input, func(c Operator) Operator { return NewFilter(n.Cond, newWindow(w, rankLimited(w, n.Cond, c))) })
	}
	child, err := p.plan(n.Input)
	if err != nil {
		return nil, err
	}
	s, ok := child.(*Scan)
	if !ok {
		return NewFilter(n.Cond, child), nil
	}
	var left []logical.Expr
	residual := s.scan.Residual()
	for _, c := range conjuncts(n.Cond, nil) {
		if indexOfExpr(s.node.Filters, c) < 0 || indexOfExpr(residual, c) >= 0 {
			left = append(left, c)
		}
	}
	if len(left) == 0 {
		return child, nil
	}
	return &Filter{unary{child}, left}, nil
}

// Output implements Operator.
func (f *Filter) Output() []*logical.Attr { return f.Child.Output() }

// Schema implements Operator.
func (f *Filter) Schema() *columnar.Schema { return f.Child.Schema() }

// WithChildren implements Operator.
func (f *Filter) WithChildren(c []Operator) Operator { return &Filter{unary{c[0]}, f.Conds} }

// String implements Operator.
func (f *Filter) String() string {
	parts := make([]string, len(f.Conds))
	for i, c := range f.Conds {
		parts[i] = c.String()
	}
	return "Filter " + strings.Join(parts, " AND ")
}

// Lower implements Operator.
func (f *Filter) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	if s, ok := f.Child.(*Scan); ok && x.filters(s) && allDeterministic(f.Conds) {
		conds, err := x.predicates(f.Conds, s.Output())
		if err != nil {
			return nil, err
		}
		return s.lower(x, conds)
	}
	bound, err := x.Bind(f.Conds, f.Child.Output())
	if err != nil {
		return nil, err
	}
	in, err := x.RDD(f.Child)
	if err != nil {
		return nil, err
	}
	return mapBatches(in, predicate{bound}.open, rdd.PreservesPartitioning()), nil
}

// predicate is a condition cut into its conjuncts, which are evaluated one after the other, each for the rows that the ones before
// have left. In SQL the order of evaluation is free, but an error must not come from rows that an earlier conjunct removed: so the
// order is kept as written.
type predicate struct{ bound *Bound }

// conjuncts appends the parts of an AND to dst.
func conjuncts(e logical.Expr, dst []logical.Expr) []logical.Expr {
	if c, ok := e.(*logical.Call); ok && c.Fn.Name == "and" && len(c.Args) == 2 {
		return conjuncts(c.Args[1], conjuncts(c.Args[0], dst))
	}
	return append(dst, e)
}

// open makes the filter of one task: it gives the batch with the selection narrowed, valid until the next call.
func (p predicate) open(tc *rdd.TaskContext) (func(columnar.Batch) (columnar.Batch, error), error) {
	ev, err := p.bound.Open(tc)
	if err != nil {
		return nil, err
	}
	bufs := rdd.Scratch[[2][]int32](tc, "selection")
	return func(b columnar.Batch) (columnar.Batch, error) {
		ev.Next(b)
		for i := range ev.exprs {
			rows := b.LiveRows()
			if rows.Count() == 0 {
				break
			}
			v, err := ev.Eval(i, b, rows) // what an earlier conjunct computed of the same was for more rows, which is as good
			if err != nil {
				return b, err
			}
			buf := &bufs[i&1] // the selection before, which is read meanwhile, is in the other one
			*buf = columnar.SelectTrue(v, rows, *buf)
			if len(*buf) < rows.Count() {
				b.Sel = *buf
			}
		}
		return b, nil
	}, nil
}
