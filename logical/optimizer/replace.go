package optimizer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// EliminateSubqueryAlias drops the names of subqueries, which nothing refers to once columns are known by their IDs:
//
//	SELECT t.a FROM (SELECT a FROM s) t   =>   SELECT a FROM s
//
// An alias whose columns have IDs of their own becomes a projection that renames them.
var eliminateSubqueryAlias = Rule{"EliminateSubqueryAlias", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	s, ok := n.(*logical.SubqueryAlias)
	if !ok {
		return n, nil
	}
	in := s.Input.Output()
	list := make([]logical.Expr, len(in))
	same := true
	for i, a := range s.Attrs {
		list[i] = in[i]
		if a.ID != in[i].ID {
			same = false
			list[i] = &logical.Alias{Child: in[i], Name: a.Name, ID: a.ID}
		}
	}
	if same {
		return s.Input, nil
	}
	return &logical.Project{List: list, Input: s.Input}, nil
})}

// ReplaceDistinct makes DISTINCT an aggregate without aggregate functions:
//
//	SELECT DISTINCT a, b FROM t   =>   SELECT a, b FROM t GROUP BY a, b
//
// DropDuplicates on some columns takes the others from the first row of each group.
var replaceDistinct = Rule{"ReplaceDistinct", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	d, ok := n.(*logical.Distinct)
	if !ok {
		return n, nil
	}
	cols := d.Input.Output()
	if len(d.On) == 0 {
		return &logical.Aggregate{Group: attrExprs(cols), List: attrExprs(cols), Input: d.Input}, nil
	}
	keys := references(d.On...)
	list := make([]logical.Expr, len(cols))
	for i, a := range cols {
		list[i] = a
		if !keys[a.ID] {
			list[i] = &logical.Alias{Child: o.call("first", a), Name: a.Name, ID: a.ID}
		}
	}
	return &logical.Aggregate{Group: d.On, List: list, Input: d.Input}, nil
})}

// ReplaceSetOps makes INTERSECT and EXCEPT joins that take NULLs for equal, and UNION a UNION ALL under a DISTINCT:
//
//	SELECT a FROM s INTERSECT SELECT b FROM t   =>   SELECT DISTINCT a FROM s LEFT SEMI JOIN t ON a <=> b
//
// The ALL forms count: each side adds a column of +1 or -1, or a count for each side, and rows come back as often as the counts say.
var replaceSetOps = Rule{"ReplaceSetOps", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	s, ok := n.(*logical.SetOp)
	if !ok {
		return n, nil
	}
	switch {
	case s.Kind == logical.Union && s.All:
		return n, nil
	case s.Kind == logical.Union:
		all := *s
		all.All = true
		return &logical.Distinct{Input: &all}, nil
	case s.All:
		return o.replaceSetOpAll(s), nil
	}
	left, right := s.Inputs[0], s.Inputs[1]
	join := &logical.Join{Type: logical.LeftSemi, Left: left, Right: right}
	if s.Kind == logical.Except {
		join.Type = logical.LeftAnti
	}
	var conds []logical.Expr
	for i, a := range left.Output() {
		conds = append(conds, o.call("<=>", a, right.Output()[i]))
	}
	join.Cond = o.and(conds)
	return &logical.Distinct{Input: renamed(join, join.Output(), s.Cols)}, nil
})}

// renamed gives the columns from of a plan the names and IDs of to.
func renamed(n logical.Node, from, to []*logical.Attr) logical.Node {
	list := make([]logical.Expr, len(to))
	for i, a := range to {
		list[i] = &logical.Alias{Child: from[i], Name: a.Name, ID: a.ID}
	}
	return &logical.Project{List: list, Input: n}
}

// replaceSetOpAll counts the copies of each row on both sides and gives it as often as the operation says:
// max(0, left-right) times for EXCEPT ALL, min(left, right) times for INTERSECT ALL.
func (o *Optimizer) replaceSetOpAll(s *logical.SetOp) logical.Node {
	side := func(n logical.Node, l, r int64) logical.Node {
		list := append(attrExprs(n.Output()), logical.NewAlias(logical.Lit(l), "l"), logical.NewAlias(logical.Lit(r), "r"))
		return &logical.Project{List: list, Input: n}
	}
	inputs := []logical.Node{side(s.Inputs[0], 1, 0), side(s.Inputs[1], 0, 1)}
	l, r := logical.NewAttr("l", columnar.BigIntType, false), logical.NewAttr("r", columnar.BigIntType, false)
	cols := make([]*logical.Attr, len(s.Cols))
	for i, a := range s.Cols {
		c := *a
		c.ID = logical.NewID()
		cols[i] = &c
	}
	union := &logical.SetOp{Kind: logical.Union, All: true, Inputs: inputs, Cols: append(cols[:len(cols):len(cols)], l, r)}
	suml, sumr := logical.NewAlias(o.call("sum", l), "l"), logical.NewAlias(o.call("sum", r), "r")
	agg := &logical.Aggregate{Group: attrExprs(cols), List: append(attrExprs(cols), suml, sumr), Input: union}
	times := o.call("least", suml.Attr(), sumr.Attr())
	if s.Kind == logical.Except {
		times = o.call("-", suml.Attr(), sumr.Attr())
	}
	// A generator that repeats a row makes nothing of a count that is not positive.
	gen := &logical.Generate{Gen: o.call("replicate_rows", times), Cols: []*logical.Attr{logical.NewAttr("n", columnar.BigIntType, false)}, Input: agg}
	return renamed(gen, cols, s.Cols)
}
