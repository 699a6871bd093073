package analyzer

import "github.com/gosql-engine/gosql/logical"

// own returns a plan whose columns no other part of the statement has: the plan itself at its first use, a copy with new IDs at later ones. Without
// it, the two sides of a self-join would be the same columns.
func (a *analyzer) own(n logical.Node) logical.Node {
	ids := map[logical.ID]bool{}
	produced(n, ids)
	again := false
	for id := range ids {
		again = again || a.seen[id]
		a.seen[id] = true
	}
	if !again {
		return n
	}
	fresh := refresh(n, ids)
	clear(ids)
	produced(fresh, ids)
	for id := range ids {
		a.seen[id] = true
	}
	return fresh
}

// produced collects the IDs of the columns that a plan makes, those of plans inside expressions included.
func produced(n logical.Node, ids map[logical.ID]bool) {
	logical.WalkNodes(n, func(n logical.Node) bool {
		for _, a := range nodeColumns(n) {
			ids[a.ID] = true
		}
		for _, e := range n.Exprs() {
			logical.Walk(e, func(e logical.Expr) bool {
				switch e := e.(type) {
				case *logical.Alias:
					ids[e.ID] = true
				case logical.SubqueryExpr:
					produced(e.Subplan(), ids)
				}
				return true
			})
		}
		return true
	})
}

// nodeColumns are the columns that a node makes other than by aliases.
func nodeColumns(n logical.Node) []*logical.Attr {
	switch n := n.(type) {
	case *logical.Relation:
		return n.Cols
	case *logical.Local:
		return n.Cols
	case *logical.Range:
		return []*logical.Attr{n.Col}
	case *logical.SetOp:
		return n.Cols
	case *logical.Recursion:
		return n.Cols
	case *logical.WorkTable:
		return n.Cols
	case *logical.Generate:
		return n.Cols
	case *logical.Expand:
		return n.Cols
	case *logical.Join:
		if n.Mark != nil {
			return []*logical.Attr{n.Mark}
		}
	}
	return nil
}

// refresh copies a plan with new IDs for the columns in ids.
func refresh(n logical.Node, ids map[logical.ID]bool) logical.Node {
	r := &renewer{ids: map[logical.ID]logical.ID{}}
	for id := range ids {
		r.ids[id] = logical.NewID()
	}
	return r.plan(n)
}

type renewer struct{ ids map[logical.ID]logical.ID }

func (r *renewer) plan(n logical.Node) logical.Node {
	out, _ := logical.Transform(n, func(n logical.Node) (logical.Node, error) {
		n = r.columns(n)
		return logical.MapExprs(n, r.expr)
	})
	return out
}

func (r *renewer) attr(a *logical.Attr) *logical.Attr {
	id, ok := r.ids[a.ID]
	if !ok {
		return a
	}
	c := *a
	c.ID = id
	return &c
}

func (r *renewer) attrs(as []*logical.Attr) []*logical.Attr {
	out := make([]*logical.Attr, len(as))
	for i, a := range as {
		out[i] = r.attr(a)
	}
	return out
}

func (r *renewer) expr(e logical.Expr) (logical.Expr, error) {
	switch e := e.(type) {
	case *logical.Attr:
		return r.attr(e), nil
	case *logical.OuterRef:
		if a := r.attr(e.Attr); a != e.Attr {
			return &logical.OuterRef{Attr: a}, nil
		}
	case *logical.Alias:
		if id, ok := r.ids[e.ID]; ok {
			c := *e
			c.ID = id
			return &c, nil
		}
	case logical.SubqueryExpr:
		return e.WithPlan(r.plan(e.Subplan()), r.attrs(e.OuterRefs())), nil
	}
	return e, nil
}

// columns renews the columns of a node that are not expressions.
func (r *renewer) columns(n logical.Node) logical.Node {
	switch n := n.(type) {
	case *logical.Relation:
		c := *n
		c.Cols = r.attrs(n.Cols)
		return &c
	case *logical.Local:
		c := *n
		c.Cols = r.attrs(n.Cols)
		return &c
	case *logical.Range:
		c := *n
		c.Col = r.attr(n.Col)
		return &c
	case *logical.SetOp:
		c := *n
		c.Cols = r.attrs(n.Cols)
		return &c
	case *logical.Recursion:
		c := *n
		c.Cols = r.attrs(n.Cols)
		return &c
	case *logical.WorkTable:
		c := *n
		c.Cols = r.attrs(n.Cols)
		return &c
	case *logical.Generate:
		c := *n
		c.Cols = r.attrs(n.Cols)
		return &c
	case *logical.Expand:
		c := *n
		c.Cols = r.attrs(n.Cols)
		return &c
	case *logical.SubqueryAlias:
		c := *n
		c.Attrs = r.attrs(n.Attrs)
		return &c
	case *logical.Join:
		if n.Mark != nil {
			c := *n
			c.Mark = r.attr(n.Mark)
			return &c
		}
	}
	return n
}
