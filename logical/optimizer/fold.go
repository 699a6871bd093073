package optimizer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// FoldConstants computes what does not depend on any row:
//
//	WHERE d < DATE'1998-12-01' - INTERVAL 90 DAY   =>   WHERE d < DATE'1998-09-02'
//
// A computation that fails is left where it stands: SELECT CASE WHEN a THEN 1/0 END FROM t must fail only if a row gets there.
var foldConstants = Rule{"FoldConstants", func(o *Optimizer, n logical.Node) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) (logical.Node, error) {
		if _, ok := n.(*logical.Limit); ok {
			return n, nil
		}
		return logical.MapExprs(n, o.foldExpr)
	})
}}

func (o *Optimizer) foldExpr(e logical.Expr) (logical.Expr, error) {
	switch e := e.(type) {
	case *logical.Cast:
		if l, ok := e.Child.(*logical.Literal); ok {
			v, err := columnar.Cast(columnar.CastContext{Mode: e.Mode, Zone: o.conf.Zone}, l.Value, e.To, columnar.AllRows(1))
			if err == nil {
				return o.constant(e, v), nil
			}
		}
	case *logical.Call:
		if v := o.evaluate(e); v != nil {
			return o.constant(e, v), nil
		}
	case *logical.GetField:
		if l, ok := e.Child.(*logical.Literal); ok {
			if s, ok := columnar.Flatten(nil, l.Value, columnar.AllRows(1)).(*columnar.StructVector); ok && !s.IsNull(0) {
				return o.constant(e, s.Fields[e.Index].Slice(0, 1)), nil
			}
		}
	}
	return e, nil
}

// constant is the literal of a value, which keeps the name that the expression had.
func (o *Optimizer) constant(e logical.Expr, v columnar.Vector) logical.Expr {
	return &logical.Literal{Value: columnar.Flatten(nil, v, columnar.AllRows(1)).Slice(0, 1), Text: e.String(), Pos: e.Position()}
}

// evalContext is what functions see that are computed here.
func (o *Optimizer) evalContext() *logical.EvalContext {
	return &logical.EvalContext{Context: o.ctx, ANSI: o.conf.ANSI, Zone: o.conf.Zone, ZoneName: o.conf.ZoneName, Now: o.conf.Now,
		Session: o.conf.Session, State: &logical.CallState{}}
}

// evaluate computes a call of constants; nil if it is not one, or fails.
func (o *Optimizer) evaluate(e *logical.Call) columnar.Vector {
	if e.Fn.NonDeterministic || e.Filter != nil || e.Distinct {
		return nil
	}
	for _, a := range e.Args {
		if _, ok := a.(*logical.Literal); !ok {
			return nil
		}
	}
	ec := o.evalContext()
	rows := columnar.AllRows(1)
	var v columnar.Vector
	var err error
	switch f := e.Fn.Kind.(type) {
	case logical.Scalar:
		args := make([]columnar.Vector, len(e.Args))
		for i, a := range e.Args {
			args[i] = columnar.NewConst(a.(*logical.Literal).Value, 1)
		}
		v, err = f(ec, rows, args)
	case logical.Lazy:
		args := make([]logical.Evaluator, len(e.Args))
		for i, a := range e.Args {
			args[i] = constantEvaluator{a.(*logical.Literal).Value}
		}
		v, err = f(ec, columnar.Batch{Schema: &columnar.Schema{}, Len: 1}, rows, args)
	}
	if err != nil || v == nil || v.Type() != e.T {
		return nil
	}
	return v
}

// constantEvaluator is the Evaluator of a literal.
type constantEvaluator struct{ value columnar.Vector }

func (c constantEvaluator) Type() columnar.Type       { return c.value.Type() }
func (c constantEvaluator) Constant() columnar.Vector { return c.value }
func (c constantEvaluator) Eval(_ *logical.EvalContext, in columnar.Batch, _ columnar.Rows) (columnar.Vector, error) {
	return columnar.NewConst(c.value, in.Len), nil
}

// truth tells a literal condition: TRUE, or never TRUE (FALSE or NULL).
func truth(e logical.Expr) (isTrue, known bool) {
	l, ok := e.(*logical.Literal)
	if !ok || l.Value.Type().Kind != columnar.Boolean && !l.Value.IsNull(0) {
		return false, false
	}
	return !l.Value.IsNull(0) && columnar.BoolAt(l.Value, 0), true
}

// SimplifyBooleans drops what AND, OR and NOT do not need:
//
//	a AND TRUE => a,   a OR TRUE => TRUE,   NOT NOT a => a,   a BETWEEN x AND y => a >= x AND a <= y
//
// BETWEEN is taken apart so that every rule and source that knows comparisons knows it too.
//
// a AND FALSE becomes FALSE even where a could fail: Spark does so too. NULL operands are left alone, since a AND NULL is FALSE or NULL.
var simplifyBooleans = Rule{"SimplifyBooleans", func(o *Optimizer, n logical.Node) (logical.Node, error) {
	return logical.TransformExprs(n, o.simplifyBoolean)
}}

func (o *Optimizer) simplifyBoolean(e logical.Expr) (logical.Expr, error) {
	c, ok := e.(*logical.Call)
	if !ok {
		return e, nil
	}
	switch c.Fn.Name {
	case "and", "or":
		return simplifyJunction(c), nil
	case "between":
		if deterministic(c.Args[0]) && !hasSubquery(c) {
			return o.call("and", o.call(">=", c.Args[0], c.Args[1]), o.call("<=", c.Args[0], c.Args[2])), nil
		}
	case "not":
		if inner, ok := isCall(c.Args[0], "not"); ok {
			return inner.Args[0], nil
		}
	}
	return e, nil
}

func simplifyJunction(c *logical.Call) logical.Expr {
	isAnd := c.Fn.Name == "and"
	for i, a := range c.Args {
		l, ok := a.(*logical.Literal)
		if !ok || l.Value.IsNull(0) {
			continue
		}
		if columnar.BoolAt(l.Value, 0) == isAnd {
			return c.Args[1-i]
		}
		return l
	}
	return c
}

// SimplifyCasts drops casts to the type that the value has.
var simplifyCasts = Rule{"SimplifyCasts", func(o *Optimizer, n logical.Node) (logical.Node, error) {
	return logical.TransformExprs(n, func(e logical.Expr) (logical.Expr, error) {
		if c, ok := e.(*logical.Cast); ok && c.Child.Type() == c.To {
			return c.Child, nil
		}
		return e, nil
	})
}}

// PruneEmpty replaces a filter that no row can pass, and what needs rows of it, by a relation without rows:
//
//	SELECT * FROM t WHERE 1 = 2   =>   an empty LocalRelation
//
// A grand total of no rows is still a row, so that an Aggregate without groups stays.
var pruneEmpty = Rule{"PruneEmpty", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	switch n := n.(type) {
	case *logical.Filter:
		isTrue, known := truth(n.Cond)
		switch {
		case known && isTrue:
			return n.Input, nil
		case known, isEmpty(n.Input):
			return emptyOf(n), nil
		}
	case *logical.Project, *logical.Sort, *logical.Window, *logical.Sample:
		if isEmpty(n.Children()[0]) {
			return emptyOf(n), nil
		}
	case *logical.Aggregate:
		if len(n.Group) > 0 && isEmpty(n.Input) {
			return emptyOf(n), nil
		}
	case *logical.Join:
		l, r := isEmpty(n.Left), isEmpty(n.Right)
		switch n.Type {
		case logical.Inner, logical.Cross:
			if l || r {
				return emptyOf(n), nil
			}
		case logical.LeftOuter, logical.LeftAnti, logical.LeftMark, logical.LeftSingle:
			if l {
				return emptyOf(n), nil
			}
		case logical.LeftSemi:
			if l || r {
				return emptyOf(n), nil
			}
		}
	}
	return n, nil
})}

func isEmpty(n logical.Node) bool {
	l, ok := n.(*logical.Local)
	return ok && len(l.Batches) == 0 && len(l.Cols) > 0
}

func emptyOf(n logical.Node) logical.Node { return &logical.Local{Cols: n.Output()} }
