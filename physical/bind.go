package physical

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Bound is a list of expressions bound to the columns of an operator's input, with subqueries run and constants folded. It is shared
// by the operator's tasks; each opens it for itself.
type Bound struct {
	x       *Exec
	exprs   []logical.Expr
	columns map[logical.ID]int
	shared  map[string]int
	values  map[logical.Expr]constants
}

// Bind prepares the expressions for evaluation over batches with the input columns. It runs the subqueries that they hold.
func (x *Exec) Bind(exprs []logical.Expr, input []*logical.Attr) (*Bound, error) {
	b := &Bound{x: x, columns: map[logical.ID]int{}, values: map[logical.Expr]constants{}, shared: map[string]int{}}
	for i, a := range input {
		if _, ok := b.columns[a.ID]; !ok {
			b.columns[a.ID] = i
		}
	}
	for _, e := range exprs {
		if err := b.runSubqueries(e); err != nil {
			return nil, err
		}
	}
	fold := &compiler{columns: b.columns, values: b.values, clock: new(int)}
	for _, e := range exprs {
		f, err := logical.TransformExpr(e, func(e logical.Expr) (logical.Expr, error) { return x.fold(fold, e), nil })
		if err != nil {
			return nil, err
		}
		b.exprs = append(b.exprs, f)
		b.countShared(f)
	}
	_, err := b.compile()
	return b, err
}

// runSubqueries computes the values of uncorrelated subqueries.
func (b *Bound) runSubqueries(e logical.Expr) (err error) {
	logical.Walk(e, func(e logical.Expr) bool {
		s, ok := e.(logical.SubqueryExpr)
		if ok && err == nil {
			b.values[s], err = b.x.Subquery(s)
		}
		return err == nil
	})
	return err
}

// fold replaces an expression of constants by its value. One that fails is left as it is: it may never be evaluated, and where it is
// the error shows then.
func (x *Exec) fold(c *compiler, e logical.Expr) logical.Expr {
	switch e := e.(type) {
	case *logical.Cast:
	case *logical.Call:
		if e.Fn.NonDeterministic || len(e.Args) == 0 {
			return e
		}
	default:
		return e
	}
	for _, a := range e.Children() {
		if _, ok := a.(*logical.Literal); !ok {
			return e
		}
	}
	ev, err := c.compileOne(e)
	if err != nil {
		return e
	}
	one := columnar.Batch{Len: 1}
	v, err := ev.Eval(x.evalContext(nil), one, columnar.AllRows(1))
	if err != nil || v.Len() != 1 {
		return e
	}
	return &logical.Literal{Value: columnar.Flatten(nil, v, columnar.AllRows(1)), Text: e.String(), Pos: e.Position()}
}

// countShared counts how often each computation occurs where it is evaluated for all rows of the batch.
func (b *Bound) countShared(e logical.Expr) {
	logical.Walk(e, func(x logical.Expr) bool {
		switch x := x.(type) {
		case *logical.Call:
			if _, scalar := x.Fn.Kind.(logical.Scalar); !scalar {
				return false
			}
		case *logical.Cast:
		case *logical.Alias, *logical.SortKey:
			return true
		default:
			return false
		}
		if deterministic(x) {
			b.shared[exprKey(x)]++
		}
		return true
	})
}

// compile makes evaluators for one task.
func (b *Bound) compile() (*Evaluation, error) {
	ev := &Evaluation{}
	c := &compiler{columns: b.columns, values: b.values, clock: &ev.clock, memos: map[string]*memo{}}
	for _, n := range b.shared {
		if n > 1 {
			c.shared = b.shared
		}
	}
	for _, e := range b.exprs {
		of, err := c.compile(e)
		if err != nil {
			return nil, err
		}
		ev.exprs = append(ev.exprs, of)
	}
	return ev, nil
}

// Open makes the expressions ready for a task.
func (b *Bound) Open(tc *rdd.TaskContext) (*Evaluation, error) {
	ev, err := b.compile()
	if err != nil {
		return nil, err
	}
	ev.ec = b.x.evalContext(tc)
	ev.ec.Pool = rdd.Scratch[columnar.Pool](tc, "expressions")
	ev.ec.Pool.Reset()
	return ev, nil
}

// Evaluation is a Bound at work in one task. Not safe for concurrent use.
type Evaluation struct {
	ec    *logical.EvalContext
	exprs []logical.Evaluator
	clock int
	rows  int64
}

// Next begins a batch: what was computed of the batch before is gone, and its borrowed memory is used again.
func (ev *Evaluation) Next(b columnar.Batch) {
	ev.clock++
	ev.ec.Pool.Reset()
	ev.ec.RowBase = ev.rows
	ev.rows += int64(b.Len)
}

// Narrowed says that what has been computed of the batch may be of some of its rows only, so that nothing more may be made of it.
func (ev *Evaluation) Narrowed() { ev.clock++ }

// Eval computes expression i for the rows of the batch. The result is borrowed until the next call of Next.
func (ev *Evaluation) Eval(i int, b columnar.Batch, rows columnar.Rows) (columnar.Vector, error) {
	return ev.exprs[i].Eval(ev.ec, b, rows)
}

// All computes all expressions for the live rows of the batch, into dst.
func (ev *Evaluation) All(b columnar.Batch, dst []columnar.Vector) ([]columnar.Vector, error) {
	rows := b.LiveRows()
	if dst == nil {
		dst = make([]columnar.Vector, 0, len(ev.exprs))
	}
	dst = dst[:0]
	for i := range ev.exprs {
		v, err := ev.exprs[i].Eval(ev.ec, b, rows)
		if err != nil {
			return nil, err
		}
		dst = append(dst, v)
	}
	return dst, nil
}

// Context is what the evaluation depends on besides its input; its Pool lends memory until the next call of Next.
func (ev *Evaluation) Context() *logical.EvalContext { return ev.ec }
