package analyzer

import (
	"errors"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// constant computes an expression of constants, for the places where SQL wants one: LIMIT, VALUES, the arguments of table functions. It returns nil
// for an expression that needs rows.
func (a *analyzer) constant(e logical.Expr) (*logical.Literal, error) {
	if l, ok := e.(*logical.Literal); ok {
		return l, nil
	}
	v, err := a.evaluate(e)
	if err != nil || v == nil {
		var c *columnar.Error
		if errors.As(err, &c) {
			err = c.At(e.Position())
		}
		return nil, err
	}
	return &logical.Literal{Value: columnar.Flatten(nil, v, columnar.AllRows(1)), Text: e.String(), Pos: e.Position()}, nil
}

// evaluate computes the only value of a constant expression, as one row; nil for others.
func (a *analyzer) evaluate(e logical.Expr) (columnar.Vector, error) {
	switch e := e.(type) {
	case *logical.Literal:
		return e.Value, nil
	case *logical.Alias:
		return a.evaluate(e.Child)
	case *logical.Cast:
		v, err := a.evaluate(e.Child)
		if v == nil || err != nil {
			return nil, err
		}
		return columnar.Cast(columnar.CastContext{Mode: e.Mode, Zone: a.env.Conf.Zone}, v, e.To, columnar.AllRows(1))
	case *logical.GetField:
		v, err := a.evaluate(e.Child)
		s, ok := v.(*columnar.StructVector)
		if err != nil || !ok || s.IsNull(0) {
			return nil, err
		}
		return s.Fields[e.Index], nil
	case *logical.Call:
		return a.evaluateCall(e)
	}
	return nil, nil
}

func (a *analyzer) evaluateCall(c *logical.Call) (columnar.Vector, error) {
	if c.Fn.NonDeterministic {
		return nil, nil
	}
	args := make([]columnar.Vector, len(c.Args))
	evals := make([]logical.Evaluator, len(c.Args))
	for i, x := range c.Args {
		v, err := a.evaluate(x)
		if v == nil || err != nil {
			return nil, err
		}
		args[i] = columnar.NewConst(columnar.Flatten(nil, v, columnar.AllRows(1)), 1)
		evals[i] = constantEvaluator{args[i]}
	}
	conf := a.env.Conf
	ec := &logical.EvalContext{Context: a.ctx, ANSI: conf.ANSI, Zone: conf.Zone, ZoneName: conf.ZoneName, Now: conf.Now, Session: conf.Session, State: &logical.CallState{}}
	switch f := c.Fn.Kind.(type) {
	case logical.Scalar:
		return f(ec, columnar.AllRows(1), args)
	case logical.Lazy:
		return f(ec, columnar.NewBatch(columnar.NewSchema(), 1), columnar.AllRows(1), evals)
	}
	return nil, nil
}

// constantEvaluator is a value as an argument of a lazy function.
type constantEvaluator struct{ v columnar.Vector }

func (e constantEvaluator) Type() columnar.Type { return e.v.Type() }
func (e constantEvaluator) Constant() columnar.Vector {
	return columnar.Flatten(nil, e.v, columnar.AllRows(1))
}
func (e constantEvaluator) Eval(*logical.EvalContext, columnar.Batch, columnar.Rows) (columnar.Vector, error) {
	return e.v, nil
}
