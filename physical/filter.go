package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Filter keeps the rows for which Cond is TRUE. It narrows the selection of a batch and copies nothing.
type Filter struct {
	unary
	Cond logical.Expr
}

// NewFilter filters the child's rows.
func NewFilter(cond logical.Expr, child Operator) *Filter { return &Filter{unary{child}, cond} }

// Output, Schema, WithChildren and String implement Operator.
func (f *Filter) Output() []*logical.Attr            { return f.Child.Output() }
func (f *Filter) Schema() *columnar.Schema           { return f.Child.Schema() }
func (f *Filter) WithChildren(c []Operator) Operator { return NewFilter(f.Cond, c[0]) }
func (f *Filter) String() string                     { return "Filter " + f.Cond.String() }

// Lower implements Operator.
func (f *Filter) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(f.Child)
	if err != nil {
		return nil, err
	}
	preds, err := x.bindPredicate(f.Cond, f.Child.Output())
	if err != nil {
		return nil, err
	}
	return mapBatches(in, preds.open, rdd.PreservesPartitioning()), nil
}

// predicate is a condition cut into its conjuncts, which are evaluated one after the other, each for the rows that the ones before
// have left. In SQL the order of evaluation is free, but an error must not come from rows that an earlier conjunct removed: so the
// order is kept as written.
type predicate struct{ bound *Bound }

func (x *Exec) bindPredicate(cond logical.Expr, input []*logical.Attr) (predicate, error) {
	b, err := x.Bind(conjuncts(cond, nil), input)
	return predicate{b}, err
}

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
			v, err := ev.conjunct(i, b, rows)
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

// conjunct evaluates conjunct i anew for the rows that are left: what an earlier one computed of the same expression was for more rows,
// which is as good.
func (ev *Evaluation) conjunct(i int, b columnar.Batch, rows columnar.Rows) (columnar.Vector, error) {
	return ev.exprs[i].Eval(ev.ec, b, rows)
}
