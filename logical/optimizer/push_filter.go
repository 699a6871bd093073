package optimizer

import "github.com/gosql-engine/gosql/logical"

// PushDownFilter moves conditions towards the data, so that everything above handles fewer rows:
//
//	SELECT * FROM (SELECT a, b + 1 AS c FROM t) WHERE c > 5   =>   SELECT a, b + 1 AS c FROM t WHERE b + 1 > 5
//
// A condition passes a node only if the node gives the same rows for it either way; the cases are at each of the functions below. Conditions that are not
// deterministic, and those with subqueries that could not be made joins, stay where they are.
var pushDownFilter = Rule{"PushDownFilter", topDown(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	switch n := n.(type) {
	case *logical.Filter:
		return o.pushFilter(n), nil
	case *logical.Join:
		return o.pushJoinCondition(n), nil
	}
	return n, nil
})}

func (o *Optimizer) pushFilter(n *logical.Filter) logical.Node {
	switch in := n.Input.(type) {
	case *logical.Project:
		return o.pushThrough(n, in, definitions(in.List), func(c logical.Node) logical.Node {
			return &logical.Project{List: in.List, Input: c}
		}, in.Input)
	case *logical.Aggregate:
		return o.pushThroughAggregate(n, in)
	case *logical.Window:
		return o.pushThroughKeys(n, in, in.Input, references(in.PartitionBy...))
	case *logical.Sort, *logical.Repartition:
		return o.pushThroughKeys(n, in, in.Children()[0], idsOf(in.Output()))
	case *logical.Generate:
		return o.pushThroughKeys(n, in, in.Input, idsOf(in.Input.Output()))
	case *logical.SetOp:
		return o.pushThroughUnion(n, in)
	case *logical.Join:
		return o.pushIntoJoin(n, in)
	}
	return n
}

// movable says whether a condition may be computed for other rows than those it stands over: it must be deterministic.
func movable(e logical.Expr) bool { return deterministic(e) }

// pushThrough moves the conditions that read only columns with a substitutable definition below a projection.
func (o *Optimizer) pushThrough(n *logical.Filter, over logical.Node, by map[logical.ID]logical.Expr, build func(logical.Node) logical.Node, input logical.Node) logical.Node {
	var down, stay []logical.Expr
	for _, c := range conjuncts(n.Cond) {
		if movable(c) && canSubstitute(c, by) && !anyAggregate(c, by) {
			down = append(down, substitute(c, by))
		} else {
			stay = append(stay, c)
		}
	}
	if len(down) == 0 {
		return n
	}
	return o.filtered(stay, build(o.filtered(down, input)))
}

// anyAggregate says whether a column that a condition reads is made by an aggregate or window function.
func anyAggregate(e logical.Expr, by map[logical.ID]logical.Expr) bool {
	for id := range references(e) {
		if d := by[id]; d != nil && logical.Any(d, isAggregateOrWindow) {
			return true
		}
	}
	return false
}

func isAggregateOrWindow(e logical.Expr) bool {
	if _, ok := e.(*logical.WindowExpr); ok {
		return true
	}
	c, ok := e.(*logical.Call)
	return ok && (c.Fn.IsAggregate() || c.Fn.IsGenerator())
}

// pushThroughAggregate moves conditions on grouping columns below: they keep or drop whole groups. Without groups there is nothing to move: a filter below a grand
// total would change it.
func (o *Optimizer) pushThroughAggregate(n *logical.Filter, in *logical.Aggregate) logical.Node {
	if len(in.Group) == 0 {
		return n
	}
	return o.pushThrough(n, in, definitions(in.List), func(c logical.Node) logical.Node {
		return &logical.Aggregate{Group: in.Group, List: in.List, Input: c}
	}, in.Input)
}

// pushThroughKeys moves the conditions that read only the given columns below a node that leaves those columns alone and, for rows that differ in them, treats the
// rows apart (a window's partitions).
func (o *Optimizer) pushThroughKeys(n *logical.Filter, over, input logical.Node, keys idSet) logical.Node {
	var down, stay []logical.Expr
	for _, c := range conjuncts(n.Cond) {
		if refs := references(c); movable(c) && refs.within(keys) && len(refs) > 0 && !hasSubquery(c) {
			down = append(down, c)
		} else {
			stay = append(stay, c)
		}
	}
	if len(down) == 0 {
		return n
	}
	kids := append([]logical.Node(nil), over.Children()...)
	kids[0] = o.filtered(down, input)
	return o.filtered(stay, over.WithChildren(kids))
}

// pushThroughUnion copies the conditions into each input of a UNION ALL.
func (o *Optimizer) pushThroughUnion(n *logical.Filter, in *logical.SetOp) logical.Node {
	if in.Kind != logical.Union || !in.All || !movable(n.Cond) || hasSubquery(n.Cond) {
		return n
	}
	inputs := make([]logical.Node, len(in.Inputs))
	for i, c := range in.Inputs {
		by := map[logical.ID]logical.Expr{}
		for k, a := range in.Cols {
			by[a.ID] = c.Output()[k]
		}
		inputs[i] = &logical.Filter{Cond: substitute(n.Cond, by), Input: c}
	}
	return in.WithChildren(inputs)
}

// pushIntoJoin moves conditions over a join to the side that they are about, or into the join's own condition:
//
//   - to a side all of whose rows appear only as themselves: both sides of inner joins, the left side of left joins;
//   - not to the side that an outer join fills with NULLs: SELECT * FROM a LEFT JOIN b ON … WHERE b.x IS NULL asks for the filled rows;
//   - into an inner join's condition if they read both sides.
func (o *Optimizer) pushIntoJoin(n *logical.Filter, j *logical.Join) logical.Node {
	if j.Lateral {
		return n
	}
	leftIDs, rightIDs := idsOf(j.Left.Output()), idsOf(j.Right.Output())
	var left, right, on, stay []logical.Expr
	for _, c := range conjuncts(n.Cond) {
		refs := references(c)
		switch {
		case !movable(c) || len(refs) == 0:
			stay = append(stay, c)
		case refs.within(leftIDs) && pushesLeft(j.Type):
			left = append(left, c)
		case refs.within(rightIDs) && pushesRight(j.Type):
			right = append(right, c)
		case (j.Type == logical.Inner || j.Type == logical.Cross) && !hasSubquery(c):
			on = append(on, c)
		default:
			stay = append(stay, c)
		}
	}
	if len(left)+len(right)+len(on) == 0 {
		return n
	}
	out := *j
	out.Left, out.Right = o.filtered(left, j.Left), o.filtered(right, j.Right)
	if len(on) > 0 {
		out.Type = logical.Inner
		out.Cond = o.and(append(conjuncts(j.Cond), on...))
	}
	return o.filtered(stay, &out)
}

func pushesLeft(t logical.JoinType) bool {
	return t != logical.RightOuter && t != logical.FullOuter
}

func pushesRight(t logical.JoinType) bool {
	return t == logical.Inner || t == logical.Cross || t == logical.RightOuter
}

// pushJoinCondition moves those parts of a join's own condition that read one side only to that side, where a row that fails them would find no partner and not
// appear anyway: both sides of inner joins, the right side of left outer, semi and anti joins, the left side of right outer joins. A null-aware anti join keeps
// its condition: a row of the right side that fails it must not take part.
func (o *Optimizer) pushJoinCondition(j *logical.Join) logical.Node {
	if j.Cond == nil || j.Lateral {
		return j
	}
	leftIDs, rightIDs := idsOf(j.Left.Output()), idsOf(j.Right.Output())
	toLeft := j.Type == logical.Inner || j.Type == logical.RightOuter || j.Type == logical.LeftSemi || j.Type == logical.Cross
	toRight := j.Type != logical.RightOuter && j.Type != logical.FullOuter && !j.NullAware
	var left, right, on []logical.Expr
	for _, c := range conjuncts(j.Cond) {
		refs := references(c)
		switch {
		case !movable(c) || len(refs) == 0 || hasSubquery(c):
			on = append(on, c)
		case refs.within(leftIDs) && toLeft:
			left = append(left, c)
		case refs.within(rightIDs) && toRight:
			right = append(right, c)
		default:
			on = append(on, c)
		}
	}
	if len(left)+len(right) == 0 {
		return j
	}
	out := *j
	out.Left, out.Right, out.Cond = o.filtered(left, j.Left), o.filtered(right, j.Right), nil
	if len(on) > 0 {
		out.Cond = o.and(on)
	}
	return &out
}
