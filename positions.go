package gosql

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// Expressions carry their places in the text of the statement that they came from. A plan that outlives its statement (a view's), or an expression that goes into another query (Expr), must
// lose them: the place would be looked up in a text that it is not of.

// forgetPlaces is a plan without places.
func forgetPlaces(n logical.Node) logical.Node {
	out, err := logical.Transform(n, func(n logical.Node) (logical.Node, error) {
		n, err := logical.MapExprs(n, forgetPlace)
		if err != nil {
			return nil, err
		}
		return logical.TransformSubqueries(n, func(p logical.Node) (logical.Node, error) { return forgetPlaces(p), nil })
	})
	if err != nil {
		return n // forgetPlace never fails
	}
	return out
}

// forgetPlace is an expression without its own place; those of its operands are for TransformExpr.
func forgetPlace(e logical.Expr) (logical.Expr, error) {
	switch e := e.(type) {
	case *logical.Call:
		if e.Pos != 0 {
			out := *e
			out.Pos = 0
			return &out, nil
		}
	case *logical.Cast:
		if e.Pos != 0 {
			out := *e
			out.Pos = 0
			return &out, nil
		}
	case *logical.UnresolvedAttr:
		out := *e
		out.Pos = columnar.Pos(0)
		return &out, nil
	case *logical.UnresolvedCall:
		out := *e
		out.Pos = columnar.Pos(0)
		return &out, nil
	}
	return e, nil
}
