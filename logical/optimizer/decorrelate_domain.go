package optimizer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

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
	keyed := make([]logical.Expr, len(m.outer))
	var conds []logical.Expr
	for i, a := range m.attrs() {
		k := logical.NewAlias(a, a.Name)
		keyed[i] = k
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
	below := map[logical.ID]logical.Expr{} // the condition may read the domain too
	for i, a := range m.attrs() {
		l, r := lk[i].Attr(), rk[i].Attr()
		below[a.ID] = l
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
	switch {
	case n.Cond == nil:
	case n.NullAware && n.Type == logical.LeftAnti:
		out.NullAware = false // it knows one comparison only
		cond := substitute(n.Cond, below)
		conds = append(conds, m.o.call("or", cond, m.o.call("isnull", cond)))
	default:
		conds = append(conds, conjuncts(substitute(n.Cond, below))...)
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
