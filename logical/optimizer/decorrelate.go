package optimizer

import (
	"errors"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
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

// overDomain computes a correlated plan for all distinct values of the referenced columns of input, which become columns of the plan.
func (o *Optimizer) overDomain(n, input logical.Node, c *correlation) (decorrelated, error) {
	m := domain{correlation: c, input: input, cols: map[logical.ID]*logical.Attr{}}
	for _, a := range c.columns(n) {
		m.outer = append(m.outer, a)
		m.cols[a.ID] = logical.NewAttr(a.Name, a.T, a.Null)
	}
	var d decorrelated
	plan, err := m.push(n)
	if err != nil {
		return d, err
	}
	d.plan = plan
	for _, a := range m.outer {
		d.conds = append(d.conds, o.call("<=>", a, m.cols[a.ID]))
	}
	return d, nil
}

// domain is the distinct values of the referenced columns. push gives plans whose columns are those of the plan without references, and then the domain's.
type domain struct {
	*correlation
	input logical.Node
	outer []*logical.Attr
	cols  map[logical.ID]*logical.Attr // by the ID of the outer column
}

// attrs is the domain's columns, in order.
func (m *domain) attrs() []*logical.Attr {
	out := make([]*logical.Attr, len(m.outer))
	for i, a := range m.outer {
		out[i] = m.cols[a.ID]
	}
	return out
}

// values is the plan of the distinct values, with columns of the given IDs.
func (m *domain) values(cols []*logical.Attr) logical.Node {
	list := make([]logical.Expr, len(cols))
	for i, a := range cols {
		list[i] = &logical.Alias{Child: m.outer[i], Name: a.Name, ID: a.ID}
	}
	return &logical.Aggregate{Group: attrExprs(m.outer), List: list, Input: m.input}
}

// bind makes columns of the domain of references.
func (m *domain) bind(e logical.Expr) (logical.Expr, error) {
	if r, ok := e.(*logical.OuterRef); ok {
		if a := m.cols[r.Attr.ID]; a != nil {
			return a, nil
		}
	}
	return e, nil
}

func (m *domain) push(n logical.Node) (logical.Node, error) {
	if !m.plan(n) {
		return &logical.Join{Type: logical.Cross, Left: n, Right: m.values(m.attrs())}, nil
	}
	bound, err := logical.MapExprs(n, m.bind)
	if err != nil {
		return nil, err
	}
	switch n := bound.(type) {
	case *logical.Filter:
		in, err := m.push(n.Input)
		return &logical.Filter{Cond: n.Cond, Input: in}, err
	case *logical.Project:
		in, err := m.push(n.Input)
		return &logical.Project{List: append(n.List[:len(n.List):len(n.List)], attrExprs(m.attrs())...), Input: in}, err
	case *logical.OneRow:
		return m.values(m.attrs()), nil
	case *logical.Aggregate:
		return m.pushAggregate(n)
	case *logical.Generate:
		in, err := m.push(n.Input)
		if err != nil {
			return nil, err
		}
		g := &logical.Generate{Gen: n.Gen, Outer: n.Outer, Cols: n.Cols, Input: in}
		return &logical.Project{List: append(attrExprs(n.Output()), attrExprs(m.attrs())...), Input: g}, nil
	case *logical.Sort:
		in, err := m.push(n.Input)
		return &logical.Sort{Keys: n.Keys, Global: n.Global, Input: in}, err
	case *logical.Limit:
		return m.pushLimit(n)
	case *logical.Join:
		return m.pushJoin(n)
	case *logical.SetOp:
		return m.pushUnion(n)
	case *logical.Window:
		in, err := m.push(n.Input)
		if err != nil {
			return nil, err
		}
		return m.window(n, in), nil
	}
	return nil, unsupportedCorrelation(n)
}

func unsupportedCorrelation(n logical.Node) error {
	return columnar.Errorf("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED", "Unsupported subquery expression: Accessing outer query column is not allowed in this location: %s.", n)
}

// window adds the domain to the partitioning of windows.
func (m *domain) window(n *logical.Window, in logical.Node) logical.Node {
	by := append(n.PartitionBy[:len(n.PartitionBy):len(n.PartitionBy)], attrExprs(m.attrs())...)
	list := make([]logical.Expr, len(n.List))
	for i, e := range n.List {
		a := e.(*logical.Alias)
		w := *a.Child.(*logical.WindowExpr)
		w.Spec.PartitionBy = by
		list[i] = &logical.Alias{Child: &w, Name: a.Name, ID: a.ID}
	}
	out := &logical.Window{List: list, PartitionBy: by, OrderBy: n.OrderBy, Input: in}
	return &logical.Project{List: append(attrExprs(n.Output()), attrExprs(m.attrs())...), Input: out}
}

// pushAggregate groups by the domain too. A total becomes groups, of which values that meet no row have none: those get theirs by a left join with the domain.
func (m *domain) pushAggregate(n *logical.Aggregate) (logical.Node, error) {
	in, err := m.push(n.Input)
	if err != nil {
		return nil, err
	}
	if len(n.Group) > 0 {
		return &logical.Aggregate{Group: append(n.Group[:len(n.Group):len(n.Group)], attrExprs(m.attrs())...),
			List: append(n.List[:len(n.List):len(n.List)], attrExprs(m.attrs())...), Input: in}, nil
	}
	var keys []*logical.Attr
	keyed := make([]logical.Expr, len(m.outer))
	var conds []logical.Expr
	for i, a := range m.attrs() {
		k := logical.NewAlias(a, a.Name)
		keyed[i] = k
		keys = append(keys, k.Attr())
		conds = append(conds, m.o.call("<=>", a, k.Attr()))
	}
	matched := logical.NewAlias(logical.Lit(true), "matched")
	agg := &logical.Aggregate{Group: attrExprs(m.attrs()), List: append(append(n.List[:len(n.List):len(n.List)], keyed...), matched), Input: in}
	join := &logical.Join{Type: logical.LeftOuter, Left: m.values(m.attrs()), Right: agg, Cond: m.o.and(conds)}
	var list []logical.Expr
	for _, e := range n.List {
		a, ok := e.(*logical.Alias)
		if !ok {
			return nil, unsupportedCorrelation(n)
		}
		// The value gets an ID of its own below, so that the one above can take the place of the one that the query knows.
		inner := logical.NewAlias(a.Child, a.Name)
		for k, x := range agg.List {
			if x == e {
				agg.List[k] = inner
			}
		}
		empty := m.o.castTo(m.o.onEmpty(a.Child), a.Type())
		value := m.o.call("if", m.o.call("isnull", matched.Attr().AsNullable()), empty, inner.Attr().AsNullable())
		list = append(list, &logical.Alias{Child: value, Name: a.Name, ID: a.ID})
	}
	return &logical.Project{List: append(list, attrExprs(m.attrs())...), Input: join}, nil
}

// pushLimit numbers the rows of each value of the domain and keeps the first ones.
func (m *domain) pushLimit(n *logical.Limit) (logical.Node, error) {
	input := n.Input
	var keys []*logical.SortKey
	if s, ok := input.(*logical.Sort); ok {
		bound, err := logical.MapExprs(s, m.bind)
		if err != nil {
			return nil, err
		}
		keys, input = bound.(*logical.Sort).Keys, s.Input
	}
	if len(keys) == 0 {
		keys = []*logical.SortKey{{Child: logical.Lit(int32(1)), NullsFirst: true}}
	}
	in, err := m.push(input)
	if err != nil {
		return nil, err
	}
	cols := in.Output()
	by := attrExprs(m.attrs())
	spec := logical.WindowSpec{PartitionBy: by, OrderBy: keys, Frame: &logical.Frame{Unit: logical.FrameRows,
		Start: logical.Bound{Kind: logical.UnboundedPreceding}, End: logical.Bound{Kind: logical.CurrentRow}}}
	number := logical.NewAlias(&logical.WindowExpr{Func: m.o.call("row_number"), Spec: spec}, "rn")
	w := &logical.Window{List: []logical.Expr{number}, PartitionBy: by, OrderBy: keys, Input: in}
	var conds []logical.Expr
	rn := m.o.castTo(number.Attr(), columnar.BigIntType)
	first := m.o.castTo(logical.Lit(int32(0)), columnar.BigIntType)
	if n.Offset != nil {
		first = m.o.castTo(n.Offset, columnar.BigIntType)
		conds = append(conds, m.o.call(">", rn, first))
	}
	if n.Count != nil {
		conds = append(conds, m.o.call("<=", rn, m.o.call("+", first, m.o.castTo(n.Count, columnar.BigIntType))))
	}
	return onlyColumns(m.o.filtered(conds, w), cols), nil
}

// pushJoin pushes into the side that refers to the domain; if both do, or rows of the other side come without a match, they meet on it.
func (m *domain) pushJoin(n *logical.Join) (logical.Node, error) {
	l, r := m.plan(n.Left), m.plan(n.Right)
	out := *n
	var err error
	switch {
	case n.Lateral:
		return nil, unsupportedCorrelation(n)
	case !r && n.Type != logical.RightOuter && n.Type != logical.FullOuter:
		out.Left, err = m.push(n.Left)
	case !l && (n.Type == logical.Inner || n.Type == logical.Cross || n.Type == logical.RightOuter):
		out.Right, err = m.push(n.Right)
	default:
		return m.pushBoth(n)
	}
	if err != nil {
		return nil, err
	}
	return &logical.Project{List: append(attrExprs(n.Output()), attrExprs(m.attrs())...), Input: &out}, nil
}

// pushBoth pushes into both sides of a join, which then compares their values of the domain too. The join's are those of a side of which no row gets lost.
func (m *domain) pushBoth(n *logical.Join) (logical.Node, error) {
	left, err := m.push(n.Left)
	if err != nil {
		return nil, err
	}
	right, err := m.push(n.Right)
	if err != nil {
		return nil, err
	}
	out := *n
	var conds []logical.Expr
	lk, rk := m.renamed(), m.renamed()
	list := attrExprs(n.Output())
	for i, a := range m.attrs() {
		l, r := lk[i].Attr(), rk[i].Attr()
		conds = append(conds, m.o.call("<=>", l, r))
		var value logical.Expr = l
		switch n.Type {
		case logical.RightOuter:
			value = r
		case logical.FullOuter:
			value = m.o.call("coalesce", l.AsNullable(), r.AsNullable())
		}
		list = append(list, &logical.Alias{Child: value, Name: a.Name, ID: a.ID})
	}
	out.Left = &logical.Project{List: append(attrExprs(n.Left.Output()), aliasExprs(lk)...), Input: left}
	out.Right = &logical.Project{List: append(attrExprs(n.Right.Output()), aliasExprs(rk)...), Input: right}
	if n.NullAware && n.Type == logical.LeftAnti {
		out.NullAware = false // it knows one comparison only
		conds = append(conds, m.o.call("or", n.Cond, m.o.call("isnull", n.Cond)))
	} else {
		conds = append(conds, conjuncts(n.Cond)...)
	}
	out.Cond = m.o.and(conds)
	if out.Type == logical.Cross {
		out.Type = logical.Inner
	}
	return &logical.Project{List: list, Input: &out}, nil
}

// renamed are the domain's columns under new IDs.
func (m *domain) renamed() []*logical.Alias {
	var out []*logical.Alias
	for _, a := range m.attrs() {
		out = append(out, logical.NewAlias(a, a.Name))
	}
	return out
}

func aliasExprs(as []*logical.Alias) []logical.Expr {
	out := make([]logical.Expr, len(as))
	for i, a := range as {
		out[i] = a
	}
	return out
}

// pushUnion pushes into each input; the domain's columns get new IDs above.
func (m *domain) pushUnion(n *logical.SetOp) (logical.Node, error) {
	if n.Kind != logical.Union || !n.All {
		return nil, unsupportedCorrelation(n)
	}
	out := *n
	out.Inputs = make([]logical.Node, len(n.Inputs))
	for i, in := range n.Inputs {
		c, err := m.push(in)
		if err != nil {
			return nil, err
		}
		out.Inputs[i] = &logical.Project{List: append(attrExprs(in.Output()), attrExprs(m.attrs())...), Input: c}
	}
	var over []*logical.Attr
	list := attrExprs(n.Cols)
	for _, a := range m.attrs() {
		u := logical.NewAttr(a.Name, a.T, a.Null)
		over = append(over, u)
		list = append(list, &logical.Alias{Child: u, Name: a.Name, ID: a.ID})
	}
	out.Cols = append(n.Cols[:len(n.Cols):len(n.Cols)], over...)
	return &logical.Project{List: list, Input: &out}, nil
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
