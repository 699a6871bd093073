package logical

import (
	"slices"

	"github.com/gosql-engine/gosql/columnar"
)

// SubqueryExpr is an expression that holds a plan. Inside the plan, columns of the query around it appear as OuterRef; Outer lists
// them once the plan is resolved (empty: uncorrelated). Plan-rewriting code reaches the plans by WithPlan.
type SubqueryExpr interface {
	Expr
	Subplan() Node
	OuterRefs() []*Attr
	WithPlan(plan Node, outer []*Attr) SubqueryExpr
}

// ScalarSubquery is (SELECT …) as a value: the only column of its only row, NULL when there is no row, an error when there are
// several.
type ScalarSubquery struct {
	Leaf
	Plan  Node
	Outer []*Attr
	Pos   columnar.Pos
}

// Exists is EXISTS (SELECT …).
type Exists struct {
	Leaf
	Plan  Node
	Outer []*Attr
	Pos   columnar.Pos
}

// InSubquery is (values) IN (SELECT …); NOT IN is a "not" around it.
type InSubquery struct {
	Values []Expr
	Plan   Node
	Outer  []*Attr
	Pos    columnar.Pos
}

// Subplan implements SubqueryExpr.
func (e *ScalarSubquery) Subplan() Node { return e.Plan }

// OuterRefs implements SubqueryExpr.
func (e *ScalarSubquery) OuterRefs() []*Attr { return e.Outer }

// Nullable implements Expr.
func (e *ScalarSubquery) Nullable() bool { return true }

// WithChildren implements Expr.
func (e *ScalarSubquery) WithChildren([]Expr) Expr { return e }

// Position implements Expr.
func (e *ScalarSubquery) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *ScalarSubquery) String() string { return "scalarsubquery(" + outerText(e.Plan, e.Outer) + ")" }

// Type implements Expr.
func (e *ScalarSubquery) Type() columnar.Type {
	if out := e.Plan.Output(); len(out) > 0 {
		return out[0].T
	}
	return columnar.VoidType
}

// WithPlan implements SubqueryExpr.
func (e *ScalarSubquery) WithPlan(p Node, outer []*Attr) SubqueryExpr {
	return &ScalarSubquery{Plan: p, Outer: outer, Pos: e.Pos}
}

// Subplan implements SubqueryExpr.
func (e *Exists) Subplan() Node { return e.Plan }

// OuterRefs implements SubqueryExpr.
func (e *Exists) OuterRefs() []*Attr { return e.Outer }

// Type implements Expr.
func (e *Exists) Type() columnar.Type { return columnar.BooleanType }

// Nullable implements Expr.
func (e *Exists) Nullable() bool { return false }

// WithChildren implements Expr.
func (e *Exists) WithChildren([]Expr) Expr { return e }

// Position implements Expr.
func (e *Exists) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *Exists) String() string { return "exists(" + outerText(e.Plan, e.Outer) + ")" }

// WithPlan implements SubqueryExpr.
func (e *Exists) WithPlan(p Node, outer []*Attr) SubqueryExpr {
	return &Exists{Plan: p, Outer: outer, Pos: e.Pos}
}

// Subplan implements SubqueryExpr.
func (e *InSubquery) Subplan() Node { return e.Plan }

// OuterRefs implements SubqueryExpr.
func (e *InSubquery) OuterRefs() []*Attr { return e.Outer }

// Type implements Expr.
func (e *InSubquery) Type() columnar.Type { return columnar.BooleanType }

// Nullable implements Expr.
func (e *InSubquery) Nullable() bool { return true }

// Children implements Expr.
func (e *InSubquery) Children() []Expr { return e.Values }

// Position implements Expr.
func (e *InSubquery) Position() columnar.Pos { return e.Pos }

// String implements Expr.
func (e *InSubquery) String() string {
	return "(" + JoinStrings(e.Values) + " IN (listquery(" + outerText(e.Plan, e.Outer) + ")))"
}

// WithChildren implements Expr.
func (e *InSubquery) WithChildren(c []Expr) Expr {
	return &InSubquery{Values: c, Plan: e.Plan, Outer: e.Outer, Pos: e.Pos}
}

// WithPlan implements SubqueryExpr.
func (e *InSubquery) WithPlan(p Node, outer []*Attr) SubqueryExpr {
	return &InSubquery{Values: e.Values, Plan: p, Outer: outer, Pos: e.Pos}
}

// outerText names the columns of the query around a plan, once for each place where the plan refers to them, as Spark does. Those in outer to
// which only a WITH clause that nobody uses refers come last.
func outerText(plan Node, outer []*Attr) string {
	var refs []*Attr
	WalkNodes(plan, func(n Node) bool {
		for _, e := range n.Exprs() {
			Walk(e, func(e Expr) bool {
				if r, ok := e.(*OuterRef); ok {
					refs = append(refs, r.Attr)
				}
				return true
			})
		}
		return true
	})
	for _, a := range outer {
		if !slices.ContainsFunc(refs, func(r *Attr) bool { return r.ID == a.ID }) {
			refs = append(refs, a)
		}
	}
	return JoinStrings(refs)
}
