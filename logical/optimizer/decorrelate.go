package optimizer

import (
	"errors"
	"slices"

	"github.com/gosql-engine/gosql/logical"
)

// decorrelated is a subquery's plan without references to the query around it, and the conditions of the join that puts them back.
type decorrelated struct {
	plan  logical.Node
	conds []logical.Expr
}

// errCannotPullUp says that correlated conditions cannot be moved to the top of a subquery.
var errCannotPullUp = errors.New("correlated condition cannot be pulled up")

// decorrelate frees a subquery's plan of its references to the plan around it, input. Where its correlated conditions can be moved to the top they become the join's; otherwise the
// plan is computed for all distinct values of the referenced columns at once (Neumann and Kemper, "Unnesting Arbitrary Queries", BTW 2015).
//
// The plan may also refer to queries further out. Those references stay, as constants: they are freed when that query's turn comes, after the subqueries in this plan
// have become joins.
func (o *Optimizer) decorrelate(n, input logical.Node) (decorrelated, error) {
	n, err := o.rewriteNested(n)
	if err != nil {
		return decorrelated{}, err
	}
	c := &correlation{o: o, here: idsOf(input.Output())}
	d, err := c.pullUp(n, false)
	if err == errCannotPullUp {
		return o.overDomain(n, input, c)
	}
	return d, err
}

// rewriteNested makes joins of the subqueries and lateral joins inside a subquery's plan.
func (o *Optimizer) rewriteNested(n logical.Node) (logical.Node, error) {
	for range maxNestedRounds {
		next, err := logical.Transform(n, o.rewriteSubqueriesOf)
		if err == nil {
			next, err = logical.Transform(next, o.rewriteLateralJoin)
		}
		if err != nil || next == n {
			return next, err
		}
		n = next
	}
	return n, nil
}

// maxNestedRounds bounds the rounds of rewriteNested: an aggregate's subqueries take two.
const maxNestedRounds = 8

// correlation is the references of a subquery's plan to one of the queries around it: the one that has the columns here.
type correlation struct {
	o    *Optimizer
	here idSet
}

// plan says whether a plan has such references.
func (c *correlation) plan(n logical.Node) bool { return len(c.columns(n)) > 0 }

// columns are the columns that a plan refers to, each once.
func (c *correlation) columns(n logical.Node) []*logical.Attr {
	var out []*logical.Attr
	seen := idSet{}
	logical.WalkNodes(n, func(n logical.Node) bool {
		for _, e := range n.Exprs() {
			logical.Walk(e, func(e logical.Expr) bool {
				if r, ok := e.(*logical.OuterRef); ok && c.here[r.Attr.ID] && !seen[r.Attr.ID] {
					seen[r.Attr.ID] = true
					out = append(out, r.Attr)
				}
				return true
			})
		}
		return true
	})
	return out
}

// expr says whether an expression has such references.
func (c *correlation) expr(e logical.Expr) bool {
	return logical.Any(e, func(e logical.Expr) bool {
		r, ok := e.(*logical.OuterRef)
		return ok && c.here[r.Attr.ID]
	})
}

func (c *correlation) exprs(es []logical.Expr) bool { return slices.ContainsFunc(es, c.expr) }

// asColumns makes plain columns of the references: what they are in the join's condition.
func (c *correlation) asColumns(e logical.Expr) logical.Expr {
	out, err := logical.TransformExpr(e, func(e logical.Expr) (logical.Expr, error) {
		if r, ok := e.(*logical.OuterRef); ok && c.here[r.Attr.ID] {
			return r.Attr, nil
		}
		return e, nil
	})
	if err != nil {
		return e // the function above never fails
	}
	return out
}

// pullUp moves the correlated conditions of a plan's filters to its top. totals allows aggregates without groups, which then get groups: the caller minds that those give no row of
// no rows.
func (c *correlation) pullUp(n logical.Node, totals bool) (decorrelated, error) {
	if !c.plan(n) {
		return decorrelated{plan: n}, nil
	}
	switch n := n.(type) {
	case *logical.Filter:
		return c.pullUpFilter(n, totals)
	case *logical.Project:
		return c.pullUpProject(n, totals)
	case *logical.Aggregate:
		return c.pullUpAggregate(n, totals)
	case *logical.Sort:
		if c.exprs(n.Exprs()) {
			return decorrelated{}, errCannotPullUp
		}
		return c.pullUp(n.Input, totals)
	case *logical.Join:
		return c.pullUpJoin(n)
	}
	return decorrelated{}, errCannotPullUp
}

func (c *correlation) pullUpFilter(n *logical.Filter, totals bool) (decorrelated, error) {
	d, err := c.pullUp(n.Input, totals)
	if err != nil {
		return d, err
	}
	if _, ok := d.plan.(*logical.Aggregate); ok && totals && n.Input != d.plan {
		return d, errCannotPullUp // HAVING over a total: whether there is a row depends on the value
	}
	var stay []logical.Expr
	for _, e := range conjuncts(n.Cond) {
		switch {
		case !c.expr(e):
			stay = append(stay, e)
		case hasSubquery(e):
			return d, errCannotPullUp
		default:
			d.conds = append(d.conds, c.asColumns(e))
		}
	}
	d.plan = c.o.filtered(stay, d.plan)
	return d, nil
}

// innerColumns is the columns of a plan that the conditions read.
func innerColumns(conds []logical.Expr, n logical.Node) []*logical.Attr {
	refs := references(conds...)
	var out []*logical.Attr
	for _, a := range n.Output() {
		if refs[a.ID] {
			out = append(out, a)
		}
	}
	return out
}

// withColumns adds columns to a select list that lacks them.
func withColumns(list []logical.Expr, cols []*logical.Attr) []logical.Expr {
	have := idsOf(logical.AttrsOf(list))
	out := list[:len(list):len(list)]
	for _, a := range cols {
		if !have[a.ID] {
			out = append(out, a)
		}
	}
	return out
}

func (c *correlation) pullUpProject(n *logical.Project, totals bool) (decorrelated, error) {
	if c.exprs(n.List) {
		return decorrelated{}, errCannotPullUp
	}
	d, err := c.pullUp(n.Input, totals)
	if err != nil {
		return d, err
	}
	d.plan = &logical.Project{List: withColumns(n.List, innerColumns(d.conds, d.plan)), Input: d.plan}
	return d, nil
}

// pullUpAggregate groups by the columns that correlate too. That is right only for equalities: each row of the query around then meets the rows of exactly one group.
func (c *correlation) pullUpAggregate(n *logical.Aggregate, totals bool) (decorrelated, error) {
	if c.exprs(n.Exprs()) || len(n.Group) == 0 && !totals {
		return decorrelated{}, errCannotPullUp
	}
	d, err := c.pullUp(n.Input, false)
	if err != nil {
		return d, err
	}
	inner := idsOf(d.plan.Output())
	for _, e := range d.conds {
		if !isKeyEquality(e, inner) {
			return d, errCannotPullUp
		}
	}
	cols := innerColumns(d.conds, d.plan)
	have := references(n.Group...)
	group := n.Group[:len(n.Group):len(n.Group)]
	for _, a := range cols {
		if !have[a.ID] {
			group = append(group, a)
		}
	}
	d.plan = &logical.Aggregate{Group: group, List: withColumns(n.List, cols), Input: d.plan}
	return d, nil
}

// isKeyEquality says whether a condition is column = expression of other columns only.
func isKeyEquality(e logical.Expr, inner idSet) bool {
	c, ok := isCall(e, "=")
	if !ok {
		return false
	}
	for i, a := range c.Args {
		if col, ok := a.(*logical.Attr); ok && inner[col.ID] {
			other := references(c.Args[1-i])
			for id := range other {
				if inner[id] {
					return false
				}
			}
			return true
		}
	}
	return false
}

func (c *correlation) pullUpJoin(n *logical.Join) (decorrelated, error) {
	inner := n.Type == logical.Inner || n.Type == logical.Cross
	rightFree := !c.plan(n.Right)
	if n.Lateral || !inner && !rightFree || n.Type == logical.FullOuter || n.Type == logical.RightOuter {
		return decorrelated{}, errCannotPullUp
	}
	left, err := c.pullUp(n.Left, false)
	if err != nil {
		return left, err
	}
	right, err := c.pullUp(n.Right, false)
	if err != nil {
		return right, err
	}
	out := *n
	out.Left, out.Right = left.plan, right.plan
	d := decorrelated{conds: append(left.conds, right.conds...)}
	var stay []logical.Expr
	for _, e := range conjuncts(n.Cond) {
		switch {
		case !c.expr(e):
			stay = append(stay, e)
		case !inner || hasSubquery(e):
			return d, errCannotPullUp
		default:
			d.conds = append(d.conds, c.asColumns(e))
		}
	}
	if out.Cond = nil; len(stay) > 0 {
		out.Cond = c.o.and(stay)
	}
	d.plan = &out
	return d, nil
}

// RewriteLateral makes ordinary joins of lateral ones:
//
//	SELECT * FROM s, LATERAL (SELECT sum(x) FROM t WHERE t.k = s.k)
//
// is a join of s with the sums by k.
var rewriteLateral = Rule{"RewriteLateral", everywhere((*Optimizer).rewriteLateralJoin)}

func (o *Optimizer) rewriteLateralJoin(n logical.Node) (logical.Node, error) {
	j, ok := n.(*logical.Join)
	if !ok || !j.Lateral {
		return n, nil
	}
	cols := j.Output()
	out := *j
	out.Lateral = false
	d, err := o.decorrelate(j.Right, j.Left)
	if err != nil {
		return nil, err
	}
	out.Right = d.plan
	conds := append(conjuncts(j.Cond), d.conds...)
	if len(conds) > 0 {
		out.Cond = o.and(conds)
		if out.Type == logical.Cross {
			out.Type = logical.Inner
		}
	}
	return onlyColumns(&out, cols), nil
}
