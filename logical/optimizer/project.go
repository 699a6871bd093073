package optimizer

import "github.com/gosql-engine/gosql/logical"

// CombineFilters makes one filter of two that stand on each other, so that later rules see all conditions at once.
var combineFilters = Rule{"CombineFilters", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	outer, ok := n.(*logical.Filter)
	if !ok {
		return n, nil
	}
	inner, ok := outer.Input.(*logical.Filter)
	if !ok || !deterministic(outer.Cond) || !deterministic(inner.Cond) {
		// The inner filter decides for which rows rand() in the outer one is drawn.
		return n, nil
	}
	return &logical.Filter{Cond: o.call("and", inner.Cond, outer.Cond), Input: inner.Input}, nil
})}

// CollapseProjects makes one projection of two that stand on each other:
//
//	SELECT x + 1 FROM (SELECT a * 2 AS x FROM t)   =>   SELECT a * 2 + 1 FROM t
//
// An expression that is used more than once stays below, since it would be computed as often, unless it is a plain column or a literal; one that is not
// deterministic stays in any case: SELECT x, x FROM (SELECT rand() AS x).
var collapseProjects = Rule{"CollapseProjects", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	var list []logical.Expr
	var input logical.Node
	switch n := n.(type) {
	case *logical.Project:
		list, input = n.List, n.Input
	case *logical.Aggregate:
		list, input = n.Exprs(), n.Input
	default:
		return n, nil
	}
	inner, ok := input.(*logical.Project)
	if !ok || !cheapToInline(list, inner.List) {
		return n, nil
	}
	by := definitions(inner.List)
	out := make([]logical.Expr, len(list))
	for i, e := range list {
		if !canSubstitute(e, by) {
			return n, nil
		}
		out[i] = o.keepName(e, substitute(e, by))
	}
	if agg, ok := n.(*logical.Aggregate); ok {
		k := len(agg.Group)
		group := make([]logical.Expr, k)
		for i := range group {
			group[i] = unalias(out[i])
		}
		return &logical.Aggregate{Group: group, List: out[k:], Input: inner.Input}, nil
	}
	return &logical.Project{List: out, Input: inner.Input}, nil
})}

// keepName wraps what took the place of a column in an alias of its name and ID.
func (o *Optimizer) keepName(before, after logical.Expr) logical.Expr {
	a, ok := before.(*logical.Attr)
	if !ok {
		return after
	}
	if b, ok := after.(*logical.Attr); ok && b.ID == a.ID {
		return after
	}
	return &logical.Alias{Child: after, Name: a.Name, ID: a.ID}
}

func unalias(e logical.Expr) logical.Expr {
	if a, ok := e.(*logical.Alias); ok {
		return a.Child
	}
	return e
}

// cheapToInline says whether no costly expression of inner is used more than once by outer.
func cheapToInline(outer, inner []logical.Expr) bool {
	uses := map[logical.ID]int{}
	for _, e := range outer {
		logical.Walk(e, func(e logical.Expr) bool {
			if a, ok := e.(*logical.Attr); ok {
				uses[a.ID]++
			}
			if l, ok := e.(*logical.Lambda); ok {
				for id := range references(l.Body) {
					uses[id] += 2 // computed for each element
				}
			}
			return true
		})
	}
	for _, e := range inner {
		a, ok := e.(*logical.Alias)
		if !ok || uses[a.ID] == 0 {
			continue
		}
		switch a.Child.(type) {
		case *logical.Attr, *logical.Literal:
			continue
		}
		if uses[a.ID] > 1 || !deterministic(a.Child) || hasSubquery(a.Child) {
			return false
		}
	}
	return true
}

// RemoveNoopProject drops a projection that gives just its input's columns, in their order.
var removeNoopProject = Rule{"RemoveNoopProject", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	p, ok := n.(*logical.Project)
	if !ok {
		return n, nil
	}
	in := p.Input.Output()
	if len(in) != len(p.List) {
		return n, nil
	}
	for i, e := range p.List {
		a, ok := e.(*logical.Attr)
		if !ok || a.ID != in[i].ID || a.Name != in[i].Name {
			return n, nil
		}
	}
	return p.Input, nil
})}

// PruneColumns makes every node compute, and every relation read, only the columns that something above uses.
var pruneColumns = Rule{"PruneColumns", func(o *Optimizer, n logical.Node) (logical.Node, error) {
	return o.prune(n, idsOf(n.Output()))
}}

// prune reduces a plan to the wanted columns. It may give more than those, but not fewer.
func (o *Optimizer) prune(n logical.Node, want idSet) (logical.Node, error) {
	switch n := n.(type) {
	case *logical.Project:
		list := keepWanted(n.List, want)
		return o.pruneInto(n, func(c logical.Node) logical.Node { return &logical.Project{List: list, Input: c} }, len(list) != len(n.List), references(list...))
	case *logical.Aggregate:
		list := keepWanted(n.List, want)
		if len(n.Group) == 0 && len(list) == 0 && len(n.List) > 0 {
			list = n.List[:1] // a grand total needs a column to be a row of
		}
		need := references(list...)
		need.add(references(n.Group...))
		return o.pruneInto(n, func(c logical.Node) logical.Node { return &logical.Aggregate{Group: n.Group, List: list, Input: c} }, len(list) != len(n.List), need)
	case *logical.Window:
		list := keepWanted(n.List, want)
		if len(list) == 0 {
			return o.prune(n.Input, want)
		}
		need := references(n.Exprs()...)
		need.add(want)
		return o.pruneInto(n, func(c logical.Node) logical.Node {
			return &logical.Window{List: list, PartitionBy: n.PartitionBy, OrderBy: n.OrderBy, Input: c}
		}, len(list) != len(n.List), need)
	case *logical.Relation:
		return pruneRelation(n, want), nil
	case *logical.Local:
		return pruneLocal(n, want), nil
	case *logical.SetOp:
		return o.pruneUnion(n, want)
	case *logical.Expand:
		return o.pruneExpand(n, want)
	case *logical.Join:
		return o.pruneJoin(n, want)
	}
	need := idSet{}
	need.add(want)
	need.add(references(n.Exprs()...))
	return logical.TransformChildren(n, func(c logical.Node) (logical.Node, error) {
		return o.prune(c, need)
	})
}

// pruneInto prunes the only child of n and rebuilds n over it, if anything changed.
func (o *Optimizer) pruneInto(n logical.Node, build func(logical.Node) logical.Node, changed bool, need idSet) (logical.Node, error) {
	child := n.Children()[0]
	c, err := o.prune(child, need)
	if err != nil || c == child && !changed {
		return n, err
	}
	return build(c), nil
}

func keepWanted(list []logical.Expr, want idSet) []logical.Expr {
	var out []logical.Expr
	for _, e := range list {
		var id logical.ID
		switch e := e.(type) {
		case *logical.Attr:
			id = e.ID
		case *logical.Alias:
			id = e.ID
		}
		if want[id] {
			out = append(out, e)
		}
	}
	return out
}

func pruneRelation(n *logical.Relation, want idSet) logical.Node {
	out := *n
	out.Cols, out.Ordinals = nil, nil
	for i, a := range n.Cols {
		if want[a.ID] {
			out.Cols = append(out.Cols, a)
			out.Ordinals = append(out.Ordinals, n.Ordinals[i])
		}
	}
	if len(out.Cols) == len(n.Cols) {
		return n
	}
	return &out
}

func pruneLocal(n *logical.Local, want idSet) logical.Node {
	var keep []int
	for i, a := range n.Cols {
		if want[a.ID] {
			keep = append(keep, i)
		}
	}
	if len(keep) == len(n.Cols) {
		return n
	}
	return n.Select(keep)
}

// pruneJoin prunes each side, and puts a projection over a side that still gives more than is wanted, so that joins do not carry columns that only their
// own condition needed further down.
func (o *Optimizer) pruneJoin(n *logical.Join, want idSet) (logical.Node, error) {
	need := references(n.Exprs()...)
	need.add(want)
	return logical.TransformChildren(n, func(c logical.Node) (logical.Node, error) {
		p, err := o.prune(c, need)
		if err != nil {
			return nil, err
		}
		cols := p.Output()
		list := keepWanted(attrExprs(cols), need)
		if len(list) == len(cols) {
			return p, nil
		}
		return &logical.Project{List: list, Input: p}, nil
	})
}

// pruneUnion keeps the wanted positions of all inputs.
func (o *Optimizer) pruneUnion(n *logical.SetOp, want idSet) (logical.Node, error) {
	var cols []*logical.Attr
	var keep []int
	for i, a := range n.Cols {
		if want[a.ID] {
			cols, keep = append(cols, a), append(keep, i)
		}
	}
	same := len(keep) == len(n.Cols)
	inputs := make([]logical.Node, len(n.Inputs))
	for k, in := range n.Inputs {
		all := in.Output()
		list := make([]logical.Expr, len(keep))
		for i, p := range keep {
			list[i] = all[p]
		}
		c, err := o.prune(in, references(list...))
		if err != nil {
			return nil, err
		}
		inputs[k] = c
		if !sameColumns(c.Output(), list) {
			inputs[k] = &logical.Project{List: list, Input: c}
		}
		same = same && inputs[k] == in
	}
	if same {
		return n, nil
	}
	out := *n
	out.Inputs, out.Cols = inputs, cols
	return &out, nil
}

func sameColumns(cols []*logical.Attr, list []logical.Expr) bool {
	if len(cols) != len(list) {
		return false
	}
	for i, a := range cols {
		if list[i].(*logical.Attr).ID != a.ID {
			return false
		}
	}
	return true
}

func (o *Optimizer) pruneExpand(n *logical.Expand, want idSet) (logical.Node, error) {
	var cols []*logical.Attr
	projections := make([][]logical.Expr, len(n.Projections))
	for i, a := range n.Cols {
		if !want[a.ID] {
			continue
		}
		cols = append(cols, a)
		for k, p := range n.Projections {
			projections[k] = append(projections[k], p[i])
		}
	}
	need := idSet{}
	for _, p := range projections {
		need.add(references(p...))
	}
	return o.pruneInto(n, func(c logical.Node) logical.Node {
		return &logical.Expand{Projections: projections, Cols: cols, Input: c}
	}, len(cols) != len(n.Cols), need)
}
