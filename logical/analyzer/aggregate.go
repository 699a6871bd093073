package analyzer

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// hasAggregate says whether an expression calls an aggregate function, other than over a window.
func hasAggregate(e logical.Expr) bool { return aggregateIn(e) != nil }

// aggregateIn is the first aggregate call of an expression, or nil.
func aggregateIn(e logical.Expr) logical.Expr {
	switch x := e.(type) {
	case *logical.Call:
		if x.Fn.IsAggregate() {
			return x
		}
	case *groupingRef:
		return x
	case *logical.WindowExpr:
		kids := x.Children()
		for _, c := range append(x.Func.Children(), kids[1:]...) {
			if a := aggregateIn(c); a != nil {
				return a
			}
		}
		return nil
	}
	for _, c := range e.Children() {
		if a := aggregateIn(c); a != nil {
			return a
		}
	}
	return nil
}

// aggregate starts the block of a SELECT with GROUP BY.
func (q *query) aggregate(n *logical.Aggregate) (relation, error) {
	input, err := q.from(n.Input)
	if err != nil {
		return input, err
	}
	b := &block{q: q, input: input, grouped: true, groupAll: n.GroupAll, lateral: map[logical.ID]bool{}}
	if err := b.list(n.List); err != nil {
		return relation{}, err
	}
	if n.GroupAll && len(matches([]string{"all"}, input.columns())) > 0 { // a column called all comes first
		n, b.groupAll = &logical.Aggregate{Group: []logical.Expr{&logical.UnresolvedAttr{Parts: []string{"all"}}}}, false
	}
	if n.GroupAll {
		return relation{block: b}, b.groupByAll()
	}
	if err := b.groupBy(n.Group); err != nil {
		return relation{}, err
	}
	return relation{block: b}, nil
}

// groupByAll groups by all items without aggregates.
func (b *block) groupByAll() error {
	for _, e := range b.items {
		if al, ok := e.(*logical.Alias); ok {
			e = al.Child
		}
		if refersTo(e, b.lateral) {
			return lateralInGroupBy(e.Position())
		}
		if !hasAggregate(e) && !hasWindow(e) {
			b.group = append(b.group, e)
		}
	}
	return nil
}

func lateralInGroupBy(pos columnar.Pos) error {
	return columnar.Errorf("UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_GROUP_BY", "The feature is not supported: Referencing a lateral column alias via GROUP BY alias/ALL is not supported yet.").At(pos)
}

// groupBy resolves the items of GROUP BY.
func (b *block) groupBy(items []logical.Expr) error {
	var sets [][][]logical.Expr // for each item the sets of expressions that it stands for
	var rest []logical.Expr
	analytics := false
	for _, e := range items {
		g, ok := e.(*logical.GroupingAnalytics)
		if ok {
			for _, k := range g.Rest {
				r, err := b.groupItem(k)
				if err != nil {
					return err
				}
				rest = append(rest, r)
			}
			s, err := b.analytics(g)
			if err != nil {
				return err
			}
			sets, analytics = append(sets, s), true
			continue
		}
		r, err := b.groupItem(e)
		if err != nil {
			return err
		}
		sets = append(sets, [][]logical.Expr{{r}})
	}
	if analytics {
		return b.groupingSets(sets, rest)
	}
	for _, s := range sets {
		if !b.isGroup(s[0][0]) {
			b.group = append(b.group, s[0][0])
		}
	}
	return nil
}

// groupItem resolves an expression of GROUP BY: a position in the select list, an expression over the input, an alias of the select list.
func (b *block) groupItem(e logical.Expr) (logical.Expr, error) {
	if i, ok := ordinalOf(e); ok && b.q.a.env.Conf.GroupByOrdinal {
		return b.groupOrdinal(i, e)
	}
	s := b.q.scopeOf(b.input)
	if b.q.a.env.Conf.GroupByAliases {
		s.layers = append(s.layers, firstOfName(b.output()))
	}
	r, err := b.q.expr(e, s)
	if err != nil {
		return nil, err
	}
	r = b.inlineLateral(plain(r))
	if a := aggregateIn(r); a != nil {
		return nil, columnar.Errorf("GROUP_BY_AGGREGATE", "Aggregate functions are not allowed in GROUP BY, but found %s.", a).At(position(e.Position(), a))
	}
	if refersTo(r, b.lateral) {
		return nil, lateralInGroupBy(e.Position())
	}
	if t := r.Type(); holdsMap(t) || t.Kind == columnar.Variant {
		return nil, columnar.Errorf("GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", "The expression %q cannot be used as a grouping expression because its data type %q is not an orderable data type.", r, t.SQL()).At(e.Position())
	}
	return r, nil
}

// firstOfName drops columns whose name another one before them has.
func firstOfName(cols []*logical.Attr) []*logical.Attr {
	seen := map[string]bool{}
	var out []*logical.Attr
	for _, a := range cols {
		if k := strings.ToLower(a.Name); !seen[k] {
			seen[k] = true
			out = append(out, a)
		}
	}
	return out
}

func (b *block) groupOrdinal(i int, e logical.Expr) (logical.Expr, error) {
	if i < 1 || i > len(b.items) {
		return nil, columnar.Errorf("GROUP_BY_POS_OUT_OF_RANGE", "GROUP BY position %d is not in select list (valid range is [1, %d]).", i, len(b.items)).At(e.Position())
	}
	item := b.items[i-1]
	if hasAggregate(item) {
		return nil, columnar.Errorf("GROUP_BY_POS_AGGREGATE", "GROUP BY %d refers to an expression %s that contains an aggregate function. Aggregate functions are not allowed in GROUP BY.", i, item).At(e.Position())
	}
	if al, ok := item.(*logical.Alias); ok {
		return b.inline(al.Child), nil
	}
	return item, nil
}

// ordinalOf is the value of an integer literal, which ORDER BY and GROUP BY take for a position.
func ordinalOf(e logical.Expr) (int, bool) {
	l, ok := e.(*logical.Literal)
	if !ok || l.Value.Type() != columnar.IntType || l.Value.IsNull(0) {
		return 0, false
	}
	return int(columnar.Int64At(l.Value, 0)), true
}

// having resolves HAVING over its SELECT.
func (q *query) having(n *logical.Having) (relation, error) {
	r, err := q.resolve(n.Input)
	if err != nil {
		return r, err
	}
	b := r.block
	if b == nil || !b.grouped {
		return q.havingFilter(n, r)
	}
	cond, err := q.expr(n.Cond, b.havingScope())
	if err != nil {
		return r, err
	}
	cond = b.inline(plain(cond))
	if err := checkBoolean(cond); err != nil {
		return r, err
	}
	if hasWindow(cond) {
		return r, windowMisplaced("HAVING", cond)
	}
	b.having = cond
	return r, nil
}

// havingScope is the scope of HAVING: columns that are grouped by come before the select list, which may use their names for something else.
func (b *block) havingScope() *scope {
	s := b.outputScope()
	s.groups = b
	group := b.group
	if b.sets != nil {
		group = b.sets.exprs
	}
	var cols []*logical.Attr
	for _, g := range group {
		if a, ok := g.(*logical.Attr); ok {
			cols = append(cols, a)
		}
	}
	s.layers = append([][]*logical.Attr{cols}, s.layers...)
	return s
}

// havingFilter is HAVING over what is no aggregate (of a DataFrame or pipe): a filter.
func (q *query) havingFilter(n *logical.Having, r relation) (relation, error) {
	r, err := r.done()
	if err != nil {
		return r, err
	}
	cond, err := q.expr(n.Cond, q.scopeOf(r))
	if err != nil {
		return r, err
	}
	if err := checkBoolean(cond); err != nil {
		return r, err
	}
	return relation{node: &logical.Filter{Cond: plain(cond), Input: r.node}, hidden: r.hidden}, nil
}

// buildAggregate makes the block's Aggregate. When its list is all there is to compute, done is true and the node is the whole select list; otherwise
// the node gives the groups and aggregates, and exprs and gens are over it.
func (b *block) buildAggregate(list []logical.Expr) (node logical.Node, exprs []logical.Expr, gens []*logical.Generate, done bool, err error) {
	l := &lifter{b: b, group: b.group, layered: b.qualify != nil}
	node = b.input.node
	if b.sets != nil {
		node, l.group = b.sets.expand(node)
	} else {
		node, l.group = l.projected(node)
	}
	for _, e := range list {
		x, err := l.lift(e)
		if err != nil {
			return nil, nil, nil, false, err
		}
		exprs = append(exprs, x)
	}
	var having logical.Expr
	if l.having = b.having != nil; l.having {
		if having, err = l.lift(b.having); err != nil {
			return nil, nil, nil, false, err
		}
	}
	l.having = false
	for _, g := range b.gens {
		c := *g
		if c.Gen, err = l.lift(g.Gen); err != nil {
			return nil, nil, nil, false, err
		}
		gens = append(gens, &c)
	}
	if b.having == nil && b.sets == nil && len(gens) == 0 && len(b.lateral) == 0 && !l.layered {
		return &logical.Aggregate{Group: b.group, List: list, Input: node}, nil, nil, true, nil
	}
	node = &logical.Aggregate{Group: l.group, List: l.list, Input: node}
	if having != nil {
		node = &logical.Filter{Cond: having, Input: node}
	}
	return node, exprs, gens, false, nil
}

// projected computes subqueries among the group expressions below the Aggregate, which groups by their columns.
func (l *lifter) projected(input logical.Node) (logical.Node, []logical.Expr) {
	group := append([]logical.Expr(nil), l.group...)
	list := attrExprs(input.Output())
	for i, g := range group {
		if logical.Any(g, func(e logical.Expr) bool { _, ok := e.(logical.SubqueryExpr); return ok }) {
			al := logical.NewAlias(g, g.String())
			list, group[i], l.layered = append(list, al), al.Attr(), true
		}
	}
	if !l.layered {
		return input, l.group
	}
	return &logical.Project{List: list, Input: input}, group
}

// lifter parts expressions over groups into what the Aggregate computes (list) and what is computed over its output.
type lifter struct {
	b       *block
	group   []logical.Expr // those of the Aggregate: b.group, or the columns of Expand in the same order
	list    []logical.Expr
	having  bool // HAVING is being lifted
	layered bool // something must be computed above the Aggregate: a window, a subquery
}

func (l *lifter) lift(e logical.Expr) (logical.Expr, error) {
	for i, g := range l.b.group {
		if logical.Equal(g, e) {
			return l.column(l.group[i], g.String()), nil
		}
	}
	switch x := e.(type) {
	case *logical.Alias:
		c, err := l.lift(x.Child)
		if err != nil {
			return nil, err
		}
		return x.WithChildren([]logical.Expr{c}), nil
	case *logical.Attr:
		return l.attr(x)
	case *groupingRef:
		return l.b.grouping(l, x)
	case *logical.Call:
		if x.Fn.IsAggregate() {
			if err := checkAggregateCall(x); err != nil {
				return nil, err
			}
			return l.column(x, x.String()), nil
		}
	case *logical.WindowExpr:
		l.layered = true
		return l.window(x)
	case logical.SubqueryExpr:
		if _, scalar := x.(*logical.ScalarSubquery); !scalar {
			l.layered = true
		}
		s, err := l.outerRefs(x)
		if err != nil {
			return nil, err
		}
		return l.children(s)
	}
	return l.children(e)
}

func (l *lifter) children(e logical.Expr) (logical.Expr, error) {
	kids := e.Children()
	if len(kids) == 0 {
		return e, nil
	}
	out := make([]logical.Expr, len(kids))
	for i, c := range kids {
		var err error
		if out[i], err = l.lift(c); err != nil {
			return nil, err
		}
	}
	return e.WithChildren(out), nil
}

// attr lets pass what is made above the Aggregate; any other column had to be grouped by.
func (l *lifter) attr(a *logical.Attr) (logical.Expr, error) {
	if l.b.lateral[a.ID] {
		return a, nil
	}
	for _, g := range l.b.gens {
		if hasAttr(g.Cols, a.ID) {
			return a, nil
		}
	}
	switch {
	case l.having:
		return nil, unresolvedColumn([]string{a.Name}, l.b.output(), a.Pos)
	case l.b.groupAll:
		return nil, columnar.Errorf("UNRESOLVED_ALL_IN_GROUP_BY", "Cannot infer grouping columns for GROUP BY ALL based on the select clause. Please explicitly specify the grouping columns.").At(a.Pos)
	case len(l.b.group) == 0 && l.b.sets == nil:
		return nil, columnar.Errorf("MISSING_GROUP_BY", "The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses.").At(a.Pos)
	}
	return nil, columnar.Errorf("MISSING_AGGREGATION", "The non-aggregating expression %q is based on columns which are not participating in the GROUP BY clause.\nAdd the columns or the expression to the GROUP BY, aggregate the expression, or use %q if you do not care which of the values within a group is returned.", a, "any_value("+a.String()+")").At(a.Pos)
}

// column is the Aggregate's output column for an aggregate call or group expression.
func (l *lifter) column(e logical.Expr, name string) logical.Expr {
	if a, ok := e.(*logical.Attr); ok {
		if !hasAttr(logical.AttrsOf(l.list), a.ID) {
			l.list = append(l.list, a)
		}
		return a
	}
	for _, x := range l.list {
		if al, ok := x.(*logical.Alias); ok && logical.Equal(al.Child, e) {
			return al.Attr()
		}
	}
	al := logical.NewAlias(e, name)
	l.list = append(l.list, al)
	return al.Attr()
}

// window lifts the parts of a window function, which runs over the groups.
func (l *lifter) window(w *logical.WindowExpr) (logical.Expr, error) {
	kids := w.Children()
	out := make([]logical.Expr, len(kids))
	var err error
	if out[0], err = l.children(w.Func); err != nil {
		return nil, err
	}
	for i, c := range kids[1:] {
		if out[i+1], err = l.lift(c); err != nil {
			return nil, err
		}
	}
	return w.WithChildren(out), nil
}

// outerRefs makes the columns that a subquery refers to, and the aggregates, columns of the Aggregate. Below grouping sets those are other columns than the
// input's, so that the subquery must refer to them in its place.
func (l *lifter) outerRefs(s logical.SubqueryExpr) (logical.SubqueryExpr, error) {
	moved := map[logical.ID]*logical.Attr{}
	for _, a := range s.OuterRefs() {
		if al := l.b.outerAggregates[a.ID]; al != nil {
			l.layered = true
			if !hasAttr(logical.AttrsOf(l.list), al.ID) {
				l.list = append(l.list, al)
			}
			continue
		}
		if !l.b.owns(a) {
			continue
		}
		l.layered = true
		e, err := l.lift(a)
		if err != nil {
			return nil, err
		}
		if to, ok := e.(*logical.Attr); ok && to.ID != a.ID {
			moved[a.ID] = to
		}
	}
	if len(moved) == 0 {
		return s, nil
	}
	return moveOuterRefs(s, moved)
}

// moveOuterRefs makes a subquery, and those inside it, refer to other columns of the query around it.
func moveOuterRefs(s logical.SubqueryExpr, moved map[logical.ID]*logical.Attr) (logical.SubqueryExpr, error) {
	outer := append([]*logical.Attr(nil), s.OuterRefs()...)
	for i, a := range outer {
		if to := moved[a.ID]; to != nil {
			outer[i] = to
		}
	}
	plan, err := logical.TransformExprs(s.Subplan(), func(e logical.Expr) (logical.Expr, error) {
		switch e := e.(type) {
		case *logical.OuterRef:
			if to := moved[e.Attr.ID]; to != nil {
				return &logical.OuterRef{Attr: to}, nil
			}
		case logical.SubqueryExpr:
			return moveOuterRefs(e, moved)
		}
		return e, nil
	})
	return s.WithPlan(plan, outer), err
}
