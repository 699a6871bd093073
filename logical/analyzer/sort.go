package analyzer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// sort resolves ORDER BY and SORT BY: positions and columns of the select list first, then columns of its input.
func (q *query) sort(n *logical.Sort) (relation, error) {
	r, err := q.resolve(n.Input)
	if err != nil {
		return r, err
	}
	out := &logical.Sort{Global: n.Global}
	if n.All && len(matches([]string{"all"}, r.output())) == 0 {
		out.Keys = sortAll(r, n.Keys[0])
	} else if out.Keys, err = q.sortKeys(n.Keys, r); err != nil {
		return r, err
	}
	for _, k := range out.Keys {
		if t := k.Child.Type(); !t.IsOrderable() {
			return r, columnar.Errorf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", `Cannot resolve "%s" due to data type mismatch: The `+"`sortorder`"+` does not support ordering on type "%s".`, k, t.SQL()).At(k.Position())
		}
	}
	return r.over(func(n logical.Node) logical.Node { return &logical.Sort{Keys: out.Keys, Global: out.Global, Input: n} }), nil
}

// over puts an operator that keeps the columns over a relation.
func (r relation) over(f func(logical.Node) logical.Node) relation {
	if r.block != nil {
		r.block.tail = append(r.block.tail, f)
		return r
	}
	return relation{node: f(r.node), hidden: r.hidden}
}

// output are the columns that a relation shows.
func (r relation) output() []*logical.Attr {
	if r.block != nil {
		return r.block.output()
	}
	return r.columns()
}

// sortAll is ORDER BY ALL: all columns, in the direction of its only key.
func sortAll(r relation, k *logical.SortKey) []*logical.SortKey {
	var out []*logical.SortKey
	for _, a := range r.output() {
		out = append(out, &logical.SortKey{Child: a, Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	return out
}

func (q *query) sortKeys(keys []*logical.SortKey, r relation) ([]*logical.SortKey, error) {
	var out []*logical.SortKey
	cols := r.output()
	for _, k := range keys {
		e := k.Child
		if i, ok := ordinalOf(e); ok && q.a.env.Conf.OrderByOrdinal {
			if i < 1 || i > len(cols) {
				return nil, columnar.Errorf("ORDER_BY_POS_OUT_OF_RANGE", "ORDER BY position %d is not in select list (valid range is [1, %d]).", i, len(cols)).At(e.Position())
			}
			e = cols[i-1]
		}
		e, err := q.behind(e, r)
		if err != nil {
			return nil, err
		}
		out = append(out, &logical.SortKey{Child: e, Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	return out, nil
}

// behind resolves an expression that stands behind a select list and may need columns that the list does not have.
func (q *query) behind(e logical.Expr, r relation) (logical.Expr, error) {
	if r.block == nil {
		out, err := q.expr(e, q.scopeOf(r))
		if err != nil {
			return nil, err
		}
		return plain(out), nil
	}
	s := r.block.outputScope()
	out, err := q.expr(e, s)
	if err != nil {
		return nil, r.block.betterError(err, e)
	}
	if g, ok := generatorOf(out); ok {
		return nil, columnar.Errorf("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", "The generator is not supported: outside the SELECT clause, found: Sort.").At(g.Pos)
	}
	return r.block.reach(plain(out))
}

// betterError suggests the names of the select list for a name that is nowhere.
func (b *block) betterError(err error, e logical.Expr) error {
	u, ok := e.(*logical.UnresolvedAttr)
	if c, is := err.(*columnar.Error); ok && is && len(c.Condition) > 17 && c.Condition[:17] == "UNRESOLVED_COLUMN" {
		return unresolvedColumn(u.Parts, b.output(), u.Pos)
	}
	return err
}

// repartition resolves DISTRIBUTE BY and the repartitioning hints.
func (q *query) repartition(n *logical.Repartition) (relation, error) {
	r, err := q.resolve(n.Input)
	if err != nil {
		return r, err
	}
	c := *n
	c.By = nil
	for _, e := range n.By {
		x, err := q.behind(e, r)
		if err != nil {
			return r, err
		}
		c.By = append(c.By, x)
	}
	if c.Keys, err = q.sortKeys(n.Keys, r); err != nil {
		return r, err
	}
	return r.over(func(n logical.Node) logical.Node { d := c; d.Input = n; return &d }), nil
}

// limit resolves LIMIT and OFFSET, which are constants.
func (q *query) limit(n *logical.Limit) (relation, error) {
	r, err := q.input(n.Input)
	if err != nil {
		return r, err
	}
	out := &logical.Limit{Input: r.node}
	if out.Count, err = q.rowCount(n.Count, "limit", q.scopeOf(r)); err != nil {
		return r, err
	}
	if out.Offset, err = q.rowCount(n.Offset, "offset", q.scopeOf(r)); err != nil {
		return r, err
	}
	return relation{node: out, hidden: r.hidden}, nil
}

// rowCount resolves the expression of LIMIT, OFFSET or TABLESAMPLE (n ROWS) to a literal; nil stays nil.
func (q *query) rowCount(e logical.Expr, what string, s *scope) (logical.Expr, error) {
	if e == nil {
		return nil, nil
	}
	if u, ok := e.(*logical.UnresolvedAttr); ok && len(u.Parts) == 1 && u.Parts[0] == "ALL" {
		return nil, nil
	}
	x, err := q.expr(e, s)
	if err != nil {
		return nil, err
	}
	fail := func(condition, reason string) (logical.Expr, error) {
		return nil, columnar.Errorf("INVALID_LIMIT_LIKE_EXPRESSION."+condition, "The limit like expression %q is invalid. %s", x, reason).At(e.Position())
	}
	l, err := q.a.constant(plain(x))
	switch {
	case err != nil:
		return nil, err
	case l == nil:
		return fail("IS_UNFOLDABLE", "The "+what+" expression must evaluate to a constant value.")
	case !l.Value.Type().IsInteger() || l.Value.Type().Kind == columnar.BigInt:
		return fail("DATA_TYPE", "The "+what+` expression must be integer type, but got "`+l.Value.Type().SQL()+`".`)
	case l.Value.IsNull(0):
		return fail("IS_NULL", "The evaluated "+what+" expression must not be null.")
	case columnar.Int64At(l.Value, 0) < 0:
		return fail("IS_NEGATIVE", "The "+what+" expression must be equal to or greater than 0, but got "+columnar.FormatValue(l.Value, 0)+".")
	}
	return l, nil
}
