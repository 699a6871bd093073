package analyzer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// join resolves a join of any kind. USING and NATURAL become a condition and a Project that shows each key once; the other copies of the keys are
// hidden columns, which * leaves out and t.key still finds.
func (q *query) join(n *logical.Join) (relation, error) {
	left, err := q.input(n.Left)
	if err != nil {
		return left, err
	}
	j := &logical.Join{Type: n.Type, Left: left.node, Lateral: n.Lateral, Pos: n.Pos, Hint: n.Hint}
	right, err := q.rightSide(n, left, j)
	if err != nil {
		return right, err
	}
	j.Right = right.node
	keys := n.Using
	if n.Natural {
		keys = sharedNames(left.columns(), right.columns())
	}
	if n.Natural || len(n.Using) > 0 {
		return q.using(j, keys, left, right, n)
	}
	if n.Cond != nil {
		s := q.scopeOf(relation{node: j.Left, hidden: left.hidden})
		s.layers[0] = append(s.layers[0][:len(s.layers[0]):len(s.layers[0])], right.columns()...)
		if h := right.hiddenColumns(); len(h) > 0 {
			s.layers = append(s.layers, h)
		}
		cond, err := q.expr(n.Cond, s)
		if err != nil {
			return relation{}, err
		}
		if err := checkJoinCondition(cond); err != nil {
			return relation{}, err
		}
		j.Cond = plain(cond)
	}
	hidden := left.hidden
	if j.Type != logical.LeftSemi && j.Type != logical.LeftAnti {
		hidden = append(hidden[:len(hidden):len(hidden)], right.hidden...)
	}
	return relation{node: j, hidden: hidden}, nil
}

// rightSide resolves a join's right input; in a lateral join it may refer to the left.
func (q *query) rightSide(n *logical.Join, left relation, j *logical.Join) (relation, error) {
	inner := q
	if n.Lateral {
		inner = &query{a: q.a, outer: q.scopeOf(left), ctes: q.ctes}
	}
	right, err := inner.input(n.Right)
	if err != nil {
		return right, err
	}
	if n.Lateral {
		if j.Lateral = len(inner.refs) > 0; n.Type == logical.RightOuter || n.Type == logical.FullOuter {
			return right, columnar.Errorf("INVALID_LATERAL_JOIN_TYPE", "The %s JOIN with LATERAL correlation is not allowed because an OUTER subquery cannot correlate to its join partner. Remove the LATERAL correlation or use an INNER JOIN, or LEFT OUTER JOIN instead.", n.Type).At(n.Pos)
		}
	}
	return apart(left, right), nil
}

// apart gives the right side columns of its own where the two sides share some.
func apart(left, right relation) relation {
	shared := false
	for _, a := range right.node.Output() {
		shared = shared || hasAttr(left.node.Output(), a.ID)
	}
	if !shared {
		return right
	}
	ids := map[logical.ID]bool{}
	produced(right.node, ids)
	r := &renewer{ids: map[logical.ID]logical.ID{}}
	for id := range ids {
		r.ids[id] = logical.NewID()
	}
	return relation{node: r.plan(right.node), hidden: r.attrs(right.hidden)}
}

// sharedNames are the names that both sides have, in the order of the left.
func sharedNames(left, right []*logical.Attr) []string {
	var out []string
	for _, a := range left {
		if len(matches([]string{a.Name}, right)) > 0 {
			out = append(out, a.Name)
		}
	}
	return out
}

// using makes the condition and the columns of a join by equal names.
func (q *query) using(j *logical.Join, keys []string, left, right relation, n *logical.Join) (relation, error) {
	var lk, rk []*logical.Attr
	for _, k := range keys {
		l, err := q.usingKey(k, left.columns(), "left", n)
		if err != nil {
			return relation{}, err
		}
		r, err := q.usingKey(k, right.columns(), "right", n)
		if err != nil {
			return relation{}, err
		}
		eq, err := q.expr(&logical.UnresolvedCall{Name: []string{"="}, Args: []logical.Expr{l, r}, Pos: n.Pos}, &scope{q: q})
		if err != nil {
			return relation{}, err
		}
		if j.Cond == nil {
			j.Cond = plain(eq)
		} else if eq, err = q.expr(logical.NewCall("and", j.Cond, eq), &scope{q: q}); err != nil {
			return relation{}, err
		} else {
			j.Cond = plain(eq)
		}
		lk, rk = append(lk, l), append(rk, r)
	}
	if j.Type == logical.LeftSemi || j.Type == logical.LeftAnti {
		return relation{node: &logical.Project{List: attrExprs(without(left.columns(), lk, lk)), Input: j}}, nil
	}
	return q.usingColumns(j, lk, rk, left, right)
}

// usingColumns shows the keys first, then the other columns of both sides.
func (q *query) usingColumns(j *logical.Join, lk, rk []*logical.Attr, left, right relation) (relation, error) {
	out := map[logical.ID]*logical.Attr{}
	for _, a := range j.Output() {
		out[a.ID] = a
	}
	var list []logical.Expr
	var hidden []*logical.Attr
	for i := range lk {
		l, r := out[lk[i].ID], out[rk[i].ID]
		switch j.Type {
		case logical.RightOuter:
			list, hidden = append(list, r), append(hidden, l)
		case logical.FullOuter:
			c, err := q.expr(logical.NewCall("coalesce", l, r), &scope{q: q})
			if err != nil {
				return relation{}, err
			}
			list, hidden = append(list, logical.NewAlias(plain(c), l.Name)), append(hidden, l, r)
		default:
			list, hidden = append(list, l), append(hidden, r)
		}
	}
	rest := append(without(left.columns(), lk, nil), without(right.columns(), rk, nil)...)
	hidden = append(hidden, append(left.hiddenColumns(), right.hiddenColumns()...)...)
	for _, a := range rest {
		list = append(list, out[a.ID])
	}
	for i, a := range hidden {
		hidden[i] = out[a.ID]
		list = append(list, out[a.ID])
	}
	return relation{node: &logical.Project{List: list, Input: j}, hidden: hidden}, nil
}

// without is first and then the columns that are not keys.
func without(cols, keys, first []*logical.Attr) []*logical.Attr {
	out := first[:len(first):len(first)]
	for _, a := range cols {
		if !hasAttr(keys, a.ID) {
			out = append(out, a)
		}
	}
	return out
}

func (q *query) usingKey(name string, cols []*logical.Attr, side string, n *logical.Join) (*logical.Attr, error) {
	found := matches([]string{name}, cols)
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		near := nearest([]string{name}, cols)
		return nil, columnar.Errorf("UNRESOLVED_USING_COLUMN_FOR_JOIN", "USING column %s cannot be resolved on the %s side of the join. The %s-side columns: [%s].", quoteParts([]string{name}), side, side, joinNames(near)).At(n.Pos)
	}
	_, err := q.column(&logical.UnresolvedAttr{Parts: []string{name}, Pos: n.Pos}, cols)
	return nil, err
}
