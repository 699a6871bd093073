package optimizer

import "github.com/gosql-engine/gosql/logical"

// PushDownSemiJoin moves a semi or anti join below an inner join, to the side that its condition is about, where it drops rows before they are joined:
//
//	SELECT * FROM a JOIN b ON a.k = b.k WHERE a.x IN (SELECT y FROM s)   =>   (a LEFT SEMI JOIN s ON a.x = s.y) JOIN b ON a.k = b.k
//
// It is a filter like others, so that it may not pass to the side that an outer join fills with NULLs. But it is a costly one: it stays above a join that leaves fewer rows than the side
// has, such as one with a handful of suppliers.
var pushDownSemiJoin = Rule{"PushDownSemiJoin", topDown(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	semi, ok := n.(*logical.Join)
	if !ok || semi.Type != logical.LeftSemi && semi.Type != logical.LeftAnti || semi.Cond == nil || semi.Lateral {
		return n, nil
	}
	below, ok := semi.Left.(*logical.Join)
	if !ok || below.Lateral || below.Type == logical.LeftMark || below.Type == logical.LeftSingle {
		return n, nil
	}
	est := logical.NewEstimator()
	refs := references(semi.Cond)
	for id := range idsOf(semi.Right.Output()) {
		delete(refs, id)
	}
	inner, moved := *below, *semi
	switch {
	case len(refs) == 0:
		return n, nil
	case pushesLeft(below.Type) && refs.within(idsOf(below.Left.Output())) && est.Of(below.Left).Rows <= est.Of(below).Rows:
		moved.Left = below.Left
		inner.Left = &moved
	case pushesRight(below.Type) && refs.within(idsOf(below.Right.Output())) && est.Of(below.Right).Rows <= est.Of(below).Rows:
		moved.Left = below.Right
		inner.Right = &moved
	default:
		return n, nil
	}
	return &inner, nil
})}

// ReduceAggregateInput drops, before they are grouped, the rows whose groups a join above will drop:
//
//	SELECT * FROM (SELECT k, avg(x) FROM big GROUP BY k) a JOIN small s ON a.k = s.k
//	=>   … FROM (SELECT k, avg(x) FROM big LEFT SEMI JOIN small ON big.k = small.k GROUP BY k) a JOIN small …
//
// The joined columns must be grouping columns, so that a group is kept or dropped as a whole. The small side is computed twice, which pays only if it reads much less than the
// aggregate does and has far fewer rows than there are groups.
var reduceAggregateInput = Rule{"ReduceAggregateInput", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	j, ok := n.(*logical.Join)
	if !ok || j.Type != logical.Inner || j.Cond == nil || j.Lateral {
		return n, nil
	}
	out := *j
	if l := o.reduceSide(j.Left, j.Right, j.Cond); l != nil {
		out.Left = l
		return &out, nil
	}
	if r := o.reduceSide(j.Right, j.Left, j.Cond); r != nil {
		out.Right = r
		return &out, nil
	}
	return n, nil
})}

// smallerBy is how many times smaller the small side must be.
const smallerBy = 8

// reduceSide is the side that holds the aggregate, reduced by the keys of the small one; nil if that is not possible or does not pay.
func (o *Optimizer) reduceSide(side, small logical.Node, cond logical.Expr) logical.Node {
	switch n := side.(type) {
	case *logical.Project:
		by := definitions(n.List)
		if !canSubstitute(cond, by) {
			return nil
		}
		if in := o.reduceSide(n.Input, small, substitute(cond, by)); in != nil {
			return &logical.Project{List: n.List, Input: in}
		}
	case *logical.Filter:
		if in := o.reduceSide(n.Input, small, cond); in != nil {
			return &logical.Filter{Cond: n.Cond, Input: in}
		}
	case *logical.Aggregate:
		return o.reduceAggregate(n, small, cond)
	}
	return nil
}

func (o *Optimizer) reduceAggregate(n *logical.Aggregate, small logical.Node, cond logical.Expr) logical.Node {
	if in, ok := n.Input.(*logical.Join); ok && in.Type == logical.LeftSemi {
		return nil // reduced already
	}
	keys := o.groupKeyConditions(n, small, cond)
	est := logical.NewEstimator()
	if len(keys) == 0 || est.Of(small).Rows*smallerBy > est.Of(n).Rows || rowsRead(est, small)*smallerBy/2 > rowsRead(est, n.Input) {
		return nil
	}
	semi := &logical.Join{Type: logical.LeftSemi, Left: n.Input, Right: small, Cond: o.and(keys)}
	return &logical.Aggregate{Group: n.Group, List: n.List, Input: semi}
}

// groupKeyConditions are the equalities between a grouping column and the small side, over the columns of the aggregate's input.
func (o *Optimizer) groupKeyConditions(n *logical.Aggregate, small logical.Node, cond logical.Expr) []logical.Expr {
	by, other := definitions(n.List), idsOf(small.Output())
	input := idsOf(n.Input.Output())
	var out []logical.Expr
	for _, c := range conjuncts(cond) {
		a, b, ok := columnPair(c)
		if !ok {
			continue
		}
		if other[a.ID] {
			a, b = b, a
		}
		key, plain := by[a.ID].(*logical.Attr)
		if !plain || !other[b.ID] || !input[key.ID] || !contains(n.Group, key) {
			continue
		}
		out = append(out, o.call("=", key, b))
	}
	return out
}

// rowsRead is the number of rows that a plan's tables give.
func rowsRead(est *logical.Estimator, n logical.Node) float64 {
	if len(n.Children()) == 0 {
		return est.Of(n).Rows
	}
	sum := 0.0
	for _, c := range n.Children() {
		sum += rowsRead(est, c)
	}
	return sum
}
