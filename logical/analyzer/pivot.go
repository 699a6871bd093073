package analyzer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// pivot resolves PIVOT. Aggregates of plain numbers are computed once for each group and value of the FOR columns, and then moved into columns, so that a
// value that a group does not have is NULL even for count; others are computed column by column with a FILTER, as in Spark.
func (q *query) pivot(n *logical.Pivot) (relation, error) {
	input, err := q.plan(n.Input)
	if err != nil {
		return relation{}, err
	}
	p := &pivoting{q: q, n: n, input: input}
	s := q.scopeOf(relation{node: input})
	if err := p.resolve(s); err != nil {
		return relation{}, err
	}
	if err := p.pivotValues(); err != nil {
		return relation{}, err
	}
	node, err := p.plan()
	return relation{node: node}, err
}

type pivoting struct {
	q      *query
	n      *logical.Pivot
	input  logical.Node
	aggs   []logical.Expr
	names  []string // of aggs; "" for an unaliased only one
	by     logical.Expr
	group  []logical.Expr
	values []logical.Expr
	labels []string
}

// resolve resolves the aggregates, the FOR columns and the groups: all columns that neither of them mentions.
func (p *pivoting) resolve(s *scope) error {
	used := map[logical.ID]bool{}
	note := func(e logical.Expr) {
		logical.Walk(e, func(e logical.Expr) bool {
			if a, ok := e.(*logical.Attr); ok {
				used[a.ID] = true
			}
			return true
		})
	}
	for _, e := range p.n.Aggregates {
		name := ""
		if al, ok := e.(*logical.Alias); ok {
			name, e = al.Name, al.Child
		}
		x, err := p.q.expr(e, s)
		if err != nil {
			return err
		}
		if c, ok := aggregateIn(x).(*logical.Call); ok {
			if err := checkAggregateCall(c); err != nil {
				return err
			}
		} else {
			return columnar.Errorf("_LEGACY_ERROR_TEMP_1006", "Aggregate expression required for pivot, but '%s' did not appear in any aggregate function.", x).At(e.Position())
		}
		if name == "" && len(p.n.Aggregates) > 1 {
			name = x.String()
		}
		note(x)
		p.aggs, p.names = append(p.aggs, plain(x)), append(p.names, name)
	}
	by, err := p.q.exprs(p.n.For, s)
	if err != nil {
		return err
	}
	for i, e := range by {
		if note(e); !e.Type().IsOrderable() {
			return columnar.Errorf("INCOMPARABLE_PIVOT_COLUMN", "Invalid pivot column `%s`. Pivot columns must be comparable.", e).At(p.n.For[i].Position())
		}
	}
	if p.by = plain(by[0]); len(by) > 1 {
		if p.by, err = p.q.expr(&logical.UnresolvedCall{Name: []string{"struct"}, Args: plainAll(by), Pos: p.n.Pos}, s); err != nil {
			return err
		}
		p.by = plain(p.by)
	}
	if p.n.GroupBy != nil {
		g, err := p.q.exprs(p.n.GroupBy, s)
		p.group = plainAll(g)
		return err
	}
	for _, a := range p.input.Output() {
		if !used[a.ID] {
			p.group = append(p.group, a)
		}
	}
	return nil
}

// pivotValues resolves the IN list, whose values must be constants of the FOR columns' type.
func (p *pivoting) pivotValues() error {
	for _, e := range p.n.Values {
		label := ""
		if al, ok := e.(*logical.Alias); ok {
			label, e = al.Name, al.Child
		}
		x, err := p.q.expr(e, p.q.scopeOf(relation{node: p.input}))
		if err != nil {
			return err
		}
		l, err := p.q.a.constant(plain(x))
		if err != nil {
			return err
		}
		if l == nil {
			return columnar.Errorf("NON_LITERAL_PIVOT_VALUES", "Literal expressions required for pivot values, found %q.", x).At(e.Position())
		}
		if from, to := l.Value.Type(), p.by.Type(); from != to && !columnar.CanCast(from, to, p.q.a.castMode()) {
			return columnar.Errorf("PIVOT_VALUE_DATA_TYPE_MISMATCH", "Invalid pivot value '%s': value data type %s does not match pivot column data type %s.", columnar.FormatValue(l.Value, 0), from, to).At(e.Position())
		}
		if label == "" {
			label = pivotLabel(l)
		}
		p.values, p.labels = append(p.values, p.q.a.implicit(l, p.by.Type())), append(p.labels, label)
	}
	return nil
}

// pivotLabel is the name of a value's column.
func pivotLabel(l *logical.Literal) string {
	if l.Value.IsNull(0) {
		return "null"
	}
	return columnar.FormatValue(l.Value, 0)
}

func (p *pivoting) plan() (logical.Node, error) {
	if p.wholeNumbers() {
		return p.twice()
	}
	agg := &logical.Aggregate{Group: p.group, Input: p.input}
	agg.List = append(agg.List, p.groupColumns()...)
	for i, v := range p.values {
		match, err := p.matching(p.by, v)
		if err != nil {
			return nil, err
		}
		for k, a := range p.aggs {
			x, err := logical.TransformExpr(a, func(e logical.Expr) (logical.Expr, error) { return p.filtered(e, match) })
			if err != nil {
				return nil, err
			}
			agg.List = append(agg.List, logical.NewAlias(x, p.name(i, k)))
		}
	}
	return agg, nil
}

// wholeNumbers says whether all aggregates are of types that Spark's PivotFirst knows.
func (p *pivoting) wholeNumbers() bool {
	for _, a := range p.aggs {
		if t := a.Type(); !t.IsNumeric() && t.Kind != columnar.Boolean {
			return false
		}
	}
	return true
}

// groupColumns are the groups as columns.
func (p *pivoting) groupColumns() []logical.Expr {
	out := make([]logical.Expr, len(p.group))
	for i, g := range p.group {
		if out[i] = g; !isAttr(g) {
			out[i] = logical.NewAlias(g, g.String())
		}
	}
	return out
}

func isAttr(e logical.Expr) bool { _, ok := e.(*logical.Attr); return ok }

// matching is by <=> value.
func (p *pivoting) matching(by, value logical.Expr) (logical.Expr, error) {
	e, err := p.q.expr(&logical.UnresolvedCall{Name: []string{"<=>"}, Args: []logical.Expr{by, value}, Pos: p.n.Pos}, &scope{q: p.q})
	if err != nil {
		return nil, err
	}
	return plain(e), nil
}

// filtered restricts an aggregate call to the rows that match.
func (p *pivoting) filtered(e, match logical.Expr) (logical.Expr, error) {
	c, ok := e.(*logical.Call)
	if !ok || !c.Fn.IsAggregate() {
		return e, nil
	}
	d := *c
	if d.Filter != nil {
		both, err := p.q.expr(logical.NewCall("and", d.Filter, match), &scope{q: p.q})
		if err != nil {
			return nil, err
		}
		match = plain(both)
	}
	d.Filter = match
	return &d, nil
}

// name is that of the column of value i and aggregate k.
func (p *pivoting) name(i, k int) string {
	if len(p.aggs) == 1 {
		return p.labels[i]
	}
	return p.labels[i] + "_" + p.names[k]
}

// twice aggregates by groups and FOR columns, then picks each value's result.
func (p *pivoting) twice() (logical.Node, error) {
	groups := p.groupColumns()
	by := logical.NewAlias(p.by, "__pivot_col")
	inner := &logical.Aggregate{Group: append(p.group[:len(p.group):len(p.group)], p.by), List: append(groups[:len(groups):len(groups)], by), Input: p.input}
	results := make([]*logical.Alias, len(p.aggs))
	for k, a := range p.aggs {
		results[k] = logical.NewAlias(a, a.String())
		inner.List = append(inner.List, results[k])
	}
	keys := attrExprs(logical.AttrsOf(groups))
	outer := &logical.Aggregate{Group: keys, List: keys[:len(keys):len(keys)], Input: inner}
	for i, v := range p.values {
		match, err := p.matching(by.Attr(), v)
		if err != nil {
			return nil, err
		}
		for k, r := range results {
			pick, err := p.q.expr(&logical.UnresolvedCall{Name: []string{"first"}, Args: []logical.Expr{r.Attr()}, Filter: match, Pos: p.n.Pos}, &scope{q: p.q})
			if err != nil {
				return nil, err
			}
			outer.List = append(outer.List, logical.NewAlias(plain(pick), p.name(i, k)))
		}
	}
	return outer, nil
}
