package optimizer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// isCall says whether e is a call of the built-in function of that name.
func isCall(e logical.Expr, name string) (*logical.Call, bool) {
	c, ok := e.(*logical.Call)
	return c, ok && c.Fn.Name == name
}

// conjuncts parts a condition at its ANDs; nil gives none.
func conjuncts(e logical.Expr) []logical.Expr {
	if e == nil {
		return nil
	}
	if c, ok := isCall(e, "and"); ok {
		return append(conjuncts(c.Args[0]), conjuncts(c.Args[1])...)
	}
	return []logical.Expr{e}
}

// disjuncts parts a condition at its ORs.
func disjuncts(e logical.Expr) []logical.Expr {
	if c, ok := isCall(e, "or"); ok {
		return append(disjuncts(c.Args[0]), disjuncts(c.Args[1])...)
	}
	return []logical.Expr{e}
}

// references is the set of columns that an expression reads, those of the query around it not among them.
func references(es ...logical.Expr) idSet {
	s := idSet{}
	for _, e := range es {
		if e == nil {
			continue
		}
		logical.Walk(e, func(e logical.Expr) bool {
			switch e := e.(type) {
			case *logical.Attr:
				s[e.ID] = true
			case logical.SubqueryExpr:
				for _, a := range e.OuterRefs() {
					s[a.ID] = true
				}
			}
			return true
		})
	}
	return s
}

// idSet is a set of columns.
type idSet map[logical.ID]bool

func idsOf(attrs []*logical.Attr) idSet {
	s := idSet{}
	for _, a := range attrs {
		s[a.ID] = true
	}
	return s
}

// within says whether all of s is in t.
func (s idSet) within(t idSet) bool {
	for id := range s {
		if !t[id] {
			return false
		}
	}
	return true
}

func (s idSet) add(t idSet) {
	for id := range t {
		s[id] = true
	}
}

// deterministic says whether an expression gives the same value each time it is computed for a row.
func deterministic(e logical.Expr) bool {
	return !logical.Any(e, func(e logical.Expr) bool {
		c, ok := e.(*logical.Call)
		return ok && c.Fn.NonDeterministic
	})
}

// hasSubquery says whether an expression holds a subquery.
func hasSubquery(e logical.Expr) bool {
	return logical.Any(e, func(e logical.Expr) bool { _, ok := e.(logical.SubqueryExpr); return ok })
}

// substitute replaces columns by the expressions that make them.
func substitute(e logical.Expr, by map[logical.ID]logical.Expr) logical.Expr {
	out, err := logical.TransformExpr(e, func(e logical.Expr) (logical.Expr, error) {
		if a, ok := e.(*logical.Attr); ok {
			if r, ok := by[a.ID]; ok {
				return r, nil
			}
		}
		if s, ok := e.(logical.SubqueryExpr); ok && len(s.OuterRefs()) > 0 {
			return substituteOuter(s, by), nil
		}
		return e, nil
	})
	if err != nil {
		return e // the function above never fails
	}
	return out
}

// substituteOuter renames the outer references of a subquery where a column is replaced by a plain column. Other replacements are kept out by
// canSubstitute.
func substituteOuter(s logical.SubqueryExpr, by map[logical.ID]logical.Expr) logical.Expr {
	renamed := map[logical.ID]*logical.Attr{}
	var outer []*logical.Attr
	for _, a := range s.OuterRefs() {
		if r, ok := by[a.ID].(*logical.Attr); ok {
			renamed[a.ID] = r
			a = r
		}
		outer = append(outer, a)
	}
	if len(renamed) == 0 {
		return s
	}
	plan, err := renameOuter(s.Subplan(), renamed)
	if err != nil {
		return s
	}
	return s.WithPlan(plan, outer)
}

func renameOuter(n logical.Node, by map[logical.ID]*logical.Attr) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) (logical.Node, error) {
		return logical.MapExprs(n, func(e logical.Expr) (logical.Expr, error) {
			switch e := e.(type) {
			case *logical.OuterRef:
				if a := by[e.Attr.ID]; a != nil {
					return &logical.OuterRef{Attr: a}, nil
				}
			case logical.SubqueryExpr:
				p, err := renameOuter(e.Subplan(), by)
				if err != nil || p == e.Subplan() {
					return e, err
				}
				return e.WithPlan(p, e.OuterRefs()), nil
			}
			return e, nil
		})
	})
}

// canSubstitute says whether the columns that a condition reads can be replaced by the expressions that make them: those must be deterministic, and a subquery's
// outer references must stay plain columns.
func canSubstitute(e logical.Expr, by map[logical.ID]logical.Expr) bool {
	ok := true
	logical.Walk(e, func(e logical.Expr) bool {
		switch e := e.(type) {
		case *logical.Attr:
			if r := by[e.ID]; r != nil && (!deterministic(r) || hasSubquery(r)) {
				ok = false
			}
		case logical.SubqueryExpr:
			for _, a := range e.OuterRefs() {
				if r := by[a.ID]; r != nil {
					if _, plain := r.(*logical.Attr); !plain {
						ok = false
					}
				}
			}
		}
		return ok
	})
	return ok
}

// definitions maps the columns that a select list makes to the expressions that make them.
func definitions(list []logical.Expr) map[logical.ID]logical.Expr {
	by := map[logical.ID]logical.Expr{}
	for _, e := range list {
		switch e := e.(type) {
		case *logical.Alias:
			by[e.ID] = e.Child
		case *logical.Attr:
			by[e.ID] = e
		}
	}
	return by
}

// attrExprs turns columns into expressions.
func attrExprs(attrs []*logical.Attr) []logical.Expr {
	out := make([]logical.Expr, len(attrs))
	for i, a := range attrs {
		out[i] = a
	}
	return out
}

// filtered puts a filter of the conditions above a plan; none leaves the plan as it is.
func (o *Optimizer) filtered(conds []logical.Expr, n logical.Node) logical.Node {
	if len(conds) == 0 {
		return n
	}
	return &logical.Filter{Cond: o.and(conds), Input: n}
}

// call is a resolved call of a built-in function whose arguments have the right types already.
func (o *Optimizer) call(name string, args ...logical.Expr) logical.Expr {
	f := o.conf.Function(name)
	types := make([]columnar.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	c := &logical.Call{Fn: f, Args: args}
	if f.TypeExprs != nil {
		_, c.T, _ = f.TypeExprs(args)
	} else {
		_, c.T, _ = f.Type(types)
	}
	c.Null = f.IsNullable(args)
	return c
}

// and joins conditions by AND; none are TRUE.
func (o *Optimizer) and(conds []logical.Expr) logical.Expr { return o.fold("and", conds, true) }

// or joins conditions by OR; none are FALSE.
func (o *Optimizer) or(conds []logical.Expr) logical.Expr { return o.fold("or", conds, false) }

func (o *Optimizer) fold(op string, conds []logical.Expr, none bool) logical.Expr {
	if len(conds) == 0 {
		return logical.Lit(none)
	}
	out := conds[0]
	for _, c := range conds[1:] {
		out = o.call(op, out, c)
	}
	return out
}
