package optimizer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// OptimizeSubplans applies the replacements of the first phase to the plans inside subquery expressions, so that the rules that make joins of them
// see the same nodes as everywhere.
var optimizeSubplans = Rule{"OptimizeSubplans", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	return logical.TransformSubqueries(n, func(p logical.Node) (logical.Node, error) {
		for range o.phases[0].Limit {
			next, err := o.round(o.phases[0], p)
			if err != nil || next == p {
				return p, err
			}
			p = next
		}
		return p, nil
	})
})}

// FinishSubplans optimizes the plans of subqueries that stay expressions: scalar ones without references to the query around them, which run once, before it.
var finishSubplans = Rule{"FinishSubplans", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	return logical.TransformSubqueries(n, o.run)
})}

// RewriteSubqueries makes joins of subqueries:
//
//	WHERE EXISTS (SELECT * FROM t WHERE t.k = s.k)         =>   s LEFT SEMI JOIN t ON t.k = s.k
//	WHERE a NOT IN (SELECT k FROM t)                       =>   s LEFT ANTI JOIN t ON a = k, aware of NULLs
//	WHERE x > (SELECT avg(y) FROM t WHERE t.k = s.k)       =>   s LEFT JOIN (SELECT k, avg(y) AS v FROM t GROUP BY k) ON … WHERE x > v
//	SELECT a IN (SELECT k FROM t)                          =>   s LEFT MARK JOIN t, with the mark in the place of the condition
//
// A scalar subquery without references to the query around it stays: it runs once, before the query. Those of a join's condition move to a filter above an inner join.
var rewriteSubqueries = Rule{"RewriteSubqueries", everywhere((*Optimizer).rewriteSubqueriesOf)}

func (o *Optimizer) rewriteSubqueriesOf(n logical.Node) (logical.Node, error) {
	if !needsRewrite(n) {
		return n, nil
	}
	n, err := logical.MapExprs(n, o.simplifyBoolean) // also where that is no rule: what an unknown IN gives depends on the NOT above it
	if err != nil {
		return nil, err
	}
	switch n := n.(type) {
	case *logical.Filter:
		return o.rewriteFilter(n)
	case *logical.Project:
		return o.rewriteUnary(n, n.Input)
	case *logical.Aggregate:
		return o.rewriteAggregate(n)
	case *logical.Sort, *logical.Window, *logical.Generate, *logical.Expand:
		return o.rewriteUnary(n, n.Children()[0])
	case *logical.Join:
		if n.Type == logical.Inner || n.Type == logical.Cross {
			cross := *n
			cross.Type, cross.Cond = logical.Cross, nil
			return o.rewriteFilter(&logical.Filter{Cond: n.Cond, Input: &cross})
		}
		if j, err := o.rewriteJoinCondition(n); j != nil || err != nil {
			return j, err
		}
	}
	return nil, columnar.Errorf("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY", "Unsupported subquery expression: a subquery in %s.", n)
}

// rewriteJoinCondition computes the subqueries in the condition of an outer, semi or anti join as columns of the side that they refer to; nil if one refers to both.
func (o *Optimizer) rewriteJoinCondition(j *logical.Join) (logical.Node, error) {
	cols := j.Output()
	out := *j
	leftIDs, rightIDs := idsOf(j.Left.Output()), idsOf(j.Right.Output())
	conds := conjuncts(j.Cond)
	for i, c := range conds {
		if !hasSubquery(c) {
			continue
		}
		var err error
		switch refs := subqueryReferences(c); {
		case refs.within(leftIDs):
			conds[i], out.Left, err = o.pullOut(c, out.Left, true)
		case refs.within(rightIDs):
			conds[i], out.Right, err = o.pullOut(c, out.Right, true)
		default:
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
	out.Cond = o.and(conds)
	return onlyColumns(&out, cols), nil
}

// subqueryReferences is the columns of the query around that the subqueries of an expression refer to, and those that they are compared with.
func subqueryReferences(e logical.Expr) idSet {
	refs := idSet{}
	logical.Walk(e, func(e logical.Expr) bool {
		if s, ok := e.(logical.SubqueryExpr); ok {
			refs.add(references(s))
		}
		return true
	})
	return refs
}

// needsRewrite says whether a node holds a subquery that cannot run by itself before the query.
func needsRewrite(n logical.Node) bool {
	for _, e := range n.Exprs() {
		if logical.Any(e, func(e logical.Expr) bool {
			s, ok := e.(logical.SubqueryExpr)
			if !ok {
				return false
			}
			_, scalar := s.(*logical.ScalarSubquery)
			return !scalar || len(s.OuterRefs()) > 0
		}) {
			return true
		}
	}
	return false
}

// rewriteFilter makes semi and anti joins of conjuncts that are subqueries, and joins with a value or mark of those inside other conditions.
func (o *Optimizer) rewriteFilter(n *logical.Filter) (logical.Node, error) {
	input := n.Input
	cols := input.Output()
	var stay []logical.Expr
	for _, c := range conjuncts(n.Cond) {
		next, done, err := o.rewriteConjunct(c, input)
		if err != nil {
			return nil, err
		}
		if done {
			input = next
			continue
		}
		stay = append(stay, c)
	}
	for i, c := range stay {
		var err error
		if stay[i], input, err = o.pullOut(c, input, true); err != nil {
			return nil, err
		}
	}
	return onlyColumns(o.filtered(stay, input), cols), nil
}

// onlyColumns projects a plan to some of its columns, unless it has just those.
func onlyColumns(n logical.Node, cols []*logical.Attr) logical.Node {
	if len(n.Output()) == len(cols) {
		return n
	}
	return &logical.Project{List: attrExprs(cols), Input: n}
}

// rewriteConjunct joins input with the subquery that a conjunct consists of; done is false if it is not just a subquery.
func (o *Optimizer) rewriteConjunct(c logical.Expr, input logical.Node) (joined logical.Node, done bool, err error) {
	kind := logical.LeftSemi
	if not, ok := isCall(c, "not"); ok {
		kind, c = logical.LeftAnti, not.Args[0]
	}
	switch s := c.(type) {
	case *logical.Exists:
		if len(s.Outer) == 0 {
			return nil, false, nil
		}
		d, err := o.decorrelate(dropLimits(s.Plan), input)
		if err != nil {
			return nil, false, err
		}
		return &logical.Join{Type: kind, Left: input, Right: d.plan, Cond: o.and(d.conds)}, true, nil
	case *logical.InSubquery:
		for _, v := range s.Values {
			if needsRewrite(&logical.Filter{Cond: v, Input: input}) {
				return nil, false, nil
			}
		}
		j, err := o.joinIn(s, input, kind)
		return j, true, err
	}
	return nil, false, nil
}

// joinIn joins input with the plan of an IN subquery.
func (o *Optimizer) joinIn(s *logical.InSubquery, input logical.Node, kind logical.JoinType) (*logical.Join, error) {
	values := s.Plan.Output()
	d, err := o.decorrelate(s.Plan, input)
	if err != nil {
		return nil, err
	}
	var eqs []logical.Expr
	nullable := false
	for i, v := range s.Values {
		eq := o.call("=", v, values[i])
		nullable = nullable || eq.Nullable()
		eqs = append(eqs, eq)
	}
	j := &logical.Join{Type: kind, Left: input, Right: d.plan}
	switch {
	case kind == logical.LeftSemi || !nullable:
		j.Cond = o.and(append(eqs, d.conds...))
	case kind == logical.LeftMark:
		j.NullAware = true
		for _, c := range d.conds {
			if c.Nullable() { // rows of which it is unknown whether they correlate do not
				c = o.call("<=>", c, logical.Lit(true))
			}
			eqs = append(eqs, c)
		}
		j.Cond = o.and(eqs)
	case len(eqs) == 1 && len(d.conds) == 0:
		j.NullAware = true
		j.Cond = eqs[0]
	default:
		// Several columns, or a correlated NOT IN: an unknown comparison counts as a match among the rows that correlate.
		match := o.and(eqs)
		j.Cond = o.and(append(d.conds, o.call("or", match, o.call("isnull", match))))
	}
	return j, nil
}

// dropLimits drops what does not change whether there are rows: sorting, and a LIMIT of at least one row.
func dropLimits(n logical.Node) logical.Node {
	switch x := n.(type) {
	case *logical.Sort:
		return dropLimits(x.Input)
	case *logical.Limit:
		if l, ok := x.Count.(*logical.Literal); ok && x.Offset == nil && !l.Value.IsNull(0) && columnar.Int64At(l.Value, 0) > 0 {
			return dropLimits(x.Input)
		}
	}
	return n
}

// rewriteUnary pulls the subqueries out of the expressions of a node with one input.
func (o *Optimizer) rewriteUnary(n logical.Node, input logical.Node) (logical.Node, error) {
	cols := n.Output()
	es := append([]logical.Expr(nil), n.Exprs()...)
	for i, e := range es {
		var err error
		if es[i], input, err = o.pullOut(e, input, false); err != nil {
			return nil, err
		}
	}
	kids := append([]logical.Node(nil), n.Children()...)
	kids[0] = input
	return onlyColumns(n.WithExprs(es).WithChildren(kids), cols), nil
}

// rewriteAggregate computes the subqueries among grouping expressions and aggregates in a projection below.
func (o *Optimizer) rewriteAggregate(n *logical.Aggregate) (logical.Node, error) {
	var below []logical.Expr
	es := append([]logical.Expr(nil), n.Exprs()...)
	for i, e := range es {
		es[i] = liftSubqueries(e, &below)
	}
	lifted := n.WithExprs(es)
	agg := lifted.(*logical.Aggregate)
	list := append(attrExprs(n.Input.Output()), below...)
	return agg.WithChildren([]logical.Node{&logical.Project{List: list, Input: n.Input}}), nil
}

// liftSubqueries replaces the subqueries of an expression that must become joins by columns to be computed below. NOT goes with the IN that it is over.
func liftSubqueries(e logical.Expr, below *[]logical.Expr) logical.Expr {
	of := e
	if not, ok := isCall(e, "not"); ok {
		of = not.Args[0]
	}
	s, ok := of.(logical.SubqueryExpr)
	if _, scalar := of.(*logical.ScalarSubquery); ok && (!scalar || len(s.OuterRefs()) > 0) {
		a := logical.NewAlias(e, e.String())
		*below = append(*below, a)
		return a.Attr()
	}
	kids := e.Children()
	changed := false
	out := make([]logical.Expr, len(kids))
	for i, c := range kids {
		out[i] = liftSubqueries(c, below)
		changed = changed || out[i] != c
	}
	if !changed {
		return e
	}
	return e.WithChildren(out)
}

// pullOut replaces each subquery inside an expression by a column of a join of input with the subquery's plan. condition says that the expression is the condition of a filter
// or join, of which only TRUE counts.
func (o *Optimizer) pullOut(e logical.Expr, input logical.Node, condition bool) (logical.Expr, logical.Node, error) {
	unknown := unknownOfValues
	if condition {
		unknown = unknownOfConditions
	}
	ins := unknown(e)
	out, err := logical.TransformExpr(e, func(x logical.Expr) (logical.Expr, error) {
		var r logical.Expr
		var err error
		switch s := x.(type) {
		case *logical.Exists:
			r, input, err = o.markExists(s, input)
		case *logical.InSubquery:
			r, input, err = o.markIn(s, input, ins[x])
		case *logical.ScalarSubquery:
			if len(s.Outer) == 0 {
				return x, nil
			}
			r, input, err = o.joinScalar(s, input)
		default:
			return x, nil
		}
		return r, err
	})
	return out, input, err
}

// unknownIn is what an IN is whose comparisons leave it open.
type unknownIn uint8

// The zero value is right for any IN, but dear: its join must tell three results apart.
const (
	unknownNull unknownIn = iota
	unknownFalse
	unknownTrue
)

// unknownOfConditions finds the INs of a condition for which NULL and FALSE come to the same: those below ANDs and ORs only.
func unknownOfConditions(e logical.Expr) map[logical.Expr]unknownIn {
	out := map[logical.Expr]unknownIn{}
	var visit func(e logical.Expr)
	visit = func(e logical.Expr) {
		out[e] = unknownFalse
		for _, op := range []string{"and", "or"} {
			if c, ok := isCall(e, op); ok {
				visit(c.Args[0])
				visit(c.Args[1])
			}
		}
	}
	visit(e)
	return out
}

// unknownOfValues is what Spark takes for unknown in select lists and the like, where its existence joins (RewritePredicateSubquery) know two results: IN is FALSE, and
// NOT IN is FALSE too. NULL is what the standard asks for.
func unknownOfValues(e logical.Expr) map[logical.Expr]unknownIn {
	out := map[logical.Expr]unknownIn{}
	logical.Walk(e, func(x logical.Expr) bool {
		if not, ok := isCall(x, "not"); ok {
			out[not.Args[0]] = unknownTrue
		}
		if out[x] == unknownNull {
			out[x] = unknownFalse
		}
		return true
	})
	return out
}

func (o *Optimizer) markExists(s *logical.Exists, input logical.Node) (logical.Expr, logical.Node, error) {
	if len(s.Outer) == 0 {
		// Runs once, before the query: are there rows among the first one?
		one := &logical.Limit{Count: logical.Lit(int32(1)), Input: dropLimits(s.Plan)}
		count := logical.NewAlias(o.call("count", logical.Lit(int32(1))), "count")
		plan := &logical.Aggregate{List: []logical.Expr{count}, Input: one}
		return o.call(">", &logical.ScalarSubquery{Plan: plan, Pos: s.Pos}, logical.Lit(int64(0))), input, nil
	}
	d, err := o.decorrelate(dropLimits(s.Plan), input)
	if err != nil {
		return nil, nil, err
	}
	mark := logical.NewAttr("exists", columnar.BooleanType, false)
	return mark, &logical.Join{Type: logical.LeftMark, Left: input, Right: d.plan, Cond: o.and(d.conds), Mark: mark}, nil
}

// markIn joins input with the plan of an IN that is no condition of its own.
func (o *Optimizer) markIn(s *logical.InSubquery, input logical.Node, unknown unknownIn) (logical.Expr, logical.Node, error) {
	kind := logical.LeftMark
	if unknown == unknownFalse {
		kind = logical.LeftSemi
	}
	j, err := o.joinIn(s, input, kind)
	if err != nil {
		return nil, nil, err
	}
	j.Type = logical.LeftMark
	j.Mark = logical.NewAttr("in", columnar.BooleanType, j.NullAware)
	if j.NullAware && unknown == unknownTrue {
		return o.call("coalesce", j.Mark, logical.Lit(true)), j, nil
	}
	return j.Mark, j, nil
}

// joinScalar joins input with the plan of a correlated scalar subquery. An aggregate without groups gives a row even of no rows, so that where no row matches the value is
// the aggregate of nothing (0 for count), not NULL.
func (o *Optimizer) joinScalar(s *logical.ScalarSubquery, input logical.Node) (logical.Expr, logical.Node, error) {
	value := s.Plan.Output()[0]
	if empty, ok := o.valueOnEmpty(s.Plan); ok {
		plan, err := o.rewriteNested(s.Plan)
		if err != nil {
			return nil, nil, err
		}
		c := &correlation{o: o, here: idsOf(input.Output())}
		if d, err := c.pullUp(plan, true); err == nil {
			matched := logical.NewAlias(logical.Lit(true), "matched")
			right := &logical.Project{List: append(attrExprs(d.plan.Output()), matched), Input: d.plan}
			var result logical.Expr = value.AsNullable()
			if !logical.IsNullLiteral(empty) {
				result = o.call("if", o.call("isnull", matched.Attr().AsNullable()), o.castTo(empty, value.T), result)
			}
			return result, &logical.Join{Type: logical.LeftOuter, Left: input, Right: right, Cond: o.and(d.conds)}, nil
		}
	}
	d, err := o.decorrelate(s.Plan, input)
	if err != nil {
		return nil, nil, err
	}
	return value.AsNullable(), &logical.Join{Type: logical.LeftSingle, Left: input, Right: d.plan, Cond: o.and(d.conds)}, nil
}

func (o *Optimizer) castTo(e logical.Expr, t columnar.Type) logical.Expr {
	if e.Type() == t {
		return e
	}
	return &logical.Cast{Child: e, To: t, Mode: columnar.CastANSI, Implicit: true}
}

// valueOnEmpty is the value of a scalar subquery whose aggregate, which has no groups, gets no rows; ok is false for subqueries of other form.
func (o *Optimizer) valueOnEmpty(n logical.Node) (logical.Expr, bool) {
	switch n := n.(type) {
	case *logical.Project:
		agg, ok := n.Input.(*logical.Aggregate)
		if !ok || len(agg.Group) > 0 {
			return nil, false
		}
		by := map[logical.ID]logical.Expr{}
		for _, e := range agg.List {
			if a, ok := e.(*logical.Alias); ok {
				by[a.ID] = o.onEmpty(a.Child)
			}
		}
		return o.onEmpty(substitute(unalias(n.List[0]), by)), true
	case *logical.Aggregate:
		return o.onEmpty(unalias(n.List[0])), len(n.Group) == 0
	}
	return nil, false
}

// onEmpty replaces the aggregates of an expression by their values of no rows: 0 for count, an empty array for collect_list, NULL for most.
func (o *Optimizer) onEmpty(e logical.Expr) logical.Expr {
	out, err := logical.TransformExpr(e, func(e logical.Expr) (logical.Expr, error) {
		if c, ok := e.(*logical.Call); ok && c.Fn.IsAggregate() {
			return o.emptyAggregate(c)
		}
		return o.foldExpr(e)
	})
	if err != nil {
		return e
	}
	return out
}

// emptyAggregate is what an aggregate gives of no rows.
func (o *Optimizer) emptyAggregate(c *logical.Call) (logical.Expr, error) {
	kind, ok := c.Fn.Kind.(logical.Aggregator)
	if !ok {
		return logical.Null(c.T), nil
	}
	types := make([]columnar.Type, len(c.Args))
	for i, a := range c.Args {
		types[i] = a.Type()
	}
	acc, err := kind(types)
	if err != nil {
		return nil, err
	}
	acc.Resize(1)
	v, err := acc.Result(o.evalContext())
	if err != nil {
		return nil, err
	}
	if v.IsNull(0) {
		return logical.Null(c.T), nil
	}
	return o.constant(c, v), nil
}
