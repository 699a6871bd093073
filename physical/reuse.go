package physical

import (
	"fmt"
	"reflect"

	"github.com/gosql-engine/gosql/logical"
)

// Two parts of a statement often compute the same: a view or WITH query that is named twice, or a subquery over the tables of the query
// around it. Where both end in an exchange, the second reads what the first has written (Spark's ReuseExchangeAndSubquery): the exchanges
// of one execution are known by a text of what they compute, in which columns are numbered by their first occurrence.

// exchangeKey is a text that is the same for exchanges that give the same rows in the same columns; ok is false for an exchange
// that only equals itself.
func exchangeKey(e *Exchange) (key string, ok bool) {
	w := &keyWriter{columns: map[logical.ID]int{}}
	ok = w.operator(e)
	return w.String(), ok && !w.single
}

// operator writes a plan, inputs first, and says whether it knows how.
func (w *keyWriter) operator(op Operator) bool {
	w.WriteByte('[')
	for _, c := range op.Children() {
		if !w.operator(c) {
			return false
		}
	}
	if !w.own(op) {
		return false
	}
	for _, a := range op.Output() {
		fmt.Fprintf(w, " %s", a.Type().String())
		w.column(a.ID)
	}
	w.WriteByte(']')
	return true
}

// own writes what an operator does to its inputs. Those that are not listed equal only themselves.
func (w *keyWriter) own(op Operator) bool {
	switch op := op.(type) {
	case *Scan:
		return w.scan(op)
	case *Filter:
		w.WriteString("filter")
		w.exprs(op.Conds)
	case *Project:
		w.WriteString("project")
		w.exprs(op.List)
	case *HashAggregate:
		fmt.Fprintf(w, "aggregate%d", op.stage)
		w.exprs(op.Keys)
		for i := range op.calls {
			fmt.Fprintf(w, "%t", op.calls[i].raw)
			w.expr(op.calls[i].call)
		}
	case *Exchange:
		if op.Dist.Partitioning == RoundRobin {
			return false
		}
		fmt.Fprintf(w, "exchange%d:%d", op.Dist.Partitioning, op.Dist.N)
		w.exprs(op.Dist.Keys)
		w.order(op.Dist.Order)
	case *HashJoin:
		fmt.Fprintf(w, "hashjoin%t%t%t", op.BuildLeft, op.Broadcast, op.blocks)
		w.join(op.spec)
	case *MergeJoin:
		w.WriteString("mergejoin")
		w.join(op.spec)
	case *Sort:
		w.WriteString("sort")
		w.order(op.Keys)
	default:
		return false
	}
	return true
}

// scan writes which columns of which table are read. Tables are compared as pointers: what cannot be is equal to nothing.
func (w *keyWriter) scan(s *Scan) bool {
	t := reflect.ValueOf(s.node.Table)
	if t.Kind() != reflect.Pointer || s.node.Limit >= 0 {
		return false
	}
	fmt.Fprintf(w, "scan%x%v", t.Pointer(), s.node.Ordinals)
	for _, c := range s.node.Cols {
		w.column(c.ID)
	}
	w.exprs(s.node.Filters)
	return true
}

func (w *keyWriter) join(s *joinSpec) {
	fmt.Fprintf(w, "%d%v%t", s.kind, s.nullSafe, s.nullAware)
	w.exprs(s.leftKeys)
	w.exprs(s.rightKeys)
	w.exprs(s.residual)
}

func (w *keyWriter) order(keys []*logical.SortKey) {
	for _, k := range keys {
		w.expr(k)
	}
	w.WriteByte(';')
}
