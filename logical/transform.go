package logical

// TransformExpr rewrites an expression bottom-up: f sees each node with its children rewritten. It returns e itself when nothing
// changed, so that identity tells whether anything did.
func TransformExpr(e Expr, f func(Expr) (Expr, error)) (Expr, error) {
	kids := e.Children()
	changed, err := transformExprs(kids, f)
	if err != nil {
		return nil, err
	}
	if changed != nil {
		e = e.WithChildren(changed)
	}
	return f(e)
}

// transformExprs returns nil when no element changed.
func transformExprs(es []Expr, f func(Expr) (Expr, error)) ([]Expr, error) {
	var out []Expr
	for i, e := range es {
		n, err := TransformExpr(e, f)
		if err != nil {
			return nil, err
		}
		if n != e && out == nil {
			out = append([]Expr(nil), es...)
		}
		if out != nil {
			out[i] = n
		}
	}
	return out, nil
}

// Transform rewrites a plan bottom-up: f sees each node with its children rewritten, and returns its argument to leave it alone. The
// plan itself is returned when nothing changed. Plans inside subquery expressions are not entered: see TransformSubqueries.
func Transform(n Node, f func(Node) (Node, error)) (Node, error) {
	n, err := TransformChildren(n, func(c Node) (Node, error) { return Transform(c, f) })
	if err != nil {
		return nil, err
	}
	return f(n)
}

// TransformDown rewrites a plan top-down: f sees a node before its children (those of what it returned) are rewritten.
func TransformDown(n Node, f func(Node) (Node, error)) (Node, error) {
	n, err := f(n)
	if err != nil {
		return nil, err
	}
	return TransformChildren(n, func(c Node) (Node, error) { return TransformDown(c, f) })
}

// TransformChildren replaces each child of n by f of it; n itself is returned when none changed.
func TransformChildren(n Node, f func(Node) (Node, error)) (Node, error) {
	var out []Node
	kids := n.Children()
	for i, c := range kids {
		r, err := f(c)
		if err != nil {
			return nil, err
		}
		if r != c && out == nil {
			out = append([]Node(nil), kids...)
		}
		if out != nil {
			out[i] = r
		}
	}
	if out == nil {
		return n, nil
	}
	return n.WithChildren(out), nil
}

// MapExprs rewrites each expression of the node n (not of its children) bottom-up with f.
func MapExprs(n Node, f func(Expr) (Expr, error)) (Node, error) {
	changed, err := transformExprs(n.Exprs(), f)
	if err != nil || changed == nil {
		return n, err
	}
	return n.WithExprs(changed), nil
}

// TransformExprs rewrites the expressions of all nodes of a plan bottom-up.
func TransformExprs(n Node, f func(Expr) (Expr, error)) (Node, error) {
	return Transform(n, func(n Node) (Node, error) { return MapExprs(n, f) })
}

// TransformSubqueries replaces the plan of each subquery expression that the node n holds by f of it.
func TransformSubqueries(n Node, f func(Node) (Node, error)) (Node, error) {
	return MapExprs(n, func(e Expr) (Expr, error) {
		s, ok := e.(SubqueryExpr)
		if !ok {
			return e, nil
		}
		p, err := f(s.Subplan())
		if err != nil || p == s.Subplan() {
			return e, err
		}
		return s.WithPlan(p, s.OuterRefs()), nil
	})
}

// Walk visits an expression and all below it, outermost first, while visit says true.
func Walk(e Expr, visit func(Expr) bool) {
	if !visit(e) {
		return
	}
	for _, c := range e.Children() {
		Walk(c, visit)
	}
}

// Any says whether an expression or one below it satisfies f.
func Any(e Expr, f func(Expr) bool) bool {
	found := false
	Walk(e, func(x Expr) bool {
		found = found || f(x)
		return !found
	})
	return found
}

// WalkNodes visits a plan, root first, while visit says true.
func WalkNodes(n Node, visit func(Node) bool) {
	if !visit(n) {
		return
	}
	for _, c := range n.Children() {
		WalkNodes(c, visit)
	}
}
