package optimizer

import "github.com/gosql-engine/gosql/logical"

// OuterToInner makes an outer join an inner one where a filter above drops the rows that the join fills with NULLs:
//
//	SELECT * FROM a LEFT JOIN b ON a.k = b.k WHERE b.x > 1   =>   SELECT * FROM a JOIN b ON a.k = b.k WHERE b.x > 1
//
// The filter must not be TRUE for a row of NULLs: WHERE b.x IS NULL keeps them.
var outerToInner = Rule{"OuterToInner", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	f, ok := n.(*logical.Filter)
	if !ok {
		return n, nil
	}
	j, ok := f.Input.(*logical.Join)
	if !ok || j.Lateral {
		return n, nil
	}
	dropsLeft, dropsRight := false, false
	left, right := idsOf(j.Left.Output()), idsOf(j.Right.Output())
	for _, c := range conjuncts(f.Cond) {
		dropsLeft = dropsLeft || rejectsNulls(c, left)
		dropsRight = dropsRight || rejectsNulls(c, right)
	}
	out := *j
	switch {
	case j.Type == logical.FullOuter && dropsLeft && dropsRight:
		out.Type = logical.Inner
	case j.Type == logical.FullOuter && dropsLeft:
		out.Type = logical.LeftOuter
	case j.Type == logical.FullOuter && dropsRight:
		out.Type = logical.RightOuter
	case j.Type == logical.LeftOuter && dropsRight, j.Type == logical.RightOuter && dropsLeft:
		out.Type = logical.Inner
	default:
		return n, nil
	}
	return &logical.Filter{Cond: f.Cond, Input: &out}, nil
})}

// strict are functions that are NULL if any argument is.
var strict = map[string]bool{
	"=": true, "<": true, "<=": true, ">": true, ">=": true, "+": true, "-": true, "*": true, "/": true, "%": true, "like": true,
	"rlike": true, "substring": true, "upper": true, "lower": true, "year": true, "month": true, "negative": true, "abs": true, "in": true,
}

// rejectsNulls says whether a condition is certainly not TRUE when all columns of the set are NULL.
func rejectsNulls(e logical.Expr, of idSet) bool {
	c, ok := e.(*logical.Call)
	if !ok {
		return false
	}
	switch c.Fn.Name {
	case "and":
		return rejectsNulls(c.Args[0], of) || rejectsNulls(c.Args[1], of)
	case "or":
		return rejectsNulls(c.Args[0], of) && rejectsNulls(c.Args[1], of)
	case "isnotnull":
		return nullIfNull(c.Args[0], of)
	case "not":
		return nullIfNull(c.Args[0], of)
	}
	return nullIfNull(e, of)
}

// nullIfNull says whether an expression is NULL when all columns of the set are.
func nullIfNull(e logical.Expr, of idSet) bool {
	switch e := e.(type) {
	case *logical.Attr:
		return of[e.ID]
	case *logical.Cast:
		return nullIfNull(e.Child, of)
	case *logical.Call:
		if !strict[e.Fn.Name] {
			return false
		}
		if e.Fn.Name == "in" {
			return nullIfNull(e.Args[0], of)
		}
		for _, a := range e.Args {
			if nullIfNull(a, of) {
				return true
			}
		}
	}
	return false
}

// InferFilters adds what the equalities of an inner join imply:
//
//	a JOIN b ON a.k = b.k WHERE a.k = 5   =>   … AND b.k = 5
//
// Only comparisons of a column with a constant are carried over: they cost nothing and let the other side skip data.
var inferFilters = Rule{"InferFilters", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	j, ok := n.(*logical.Join)
	if !ok || j.Cond == nil || j.Lateral || j.NullAware {
		return n, nil
	}
	toRight := j.Type == logical.Inner || j.Type == logical.LeftOuter || j.Type == logical.LeftSemi || j.Type == logical.LeftAnti
	toLeft := j.Type == logical.Inner || j.Type == logical.RightOuter || j.Type == logical.LeftSemi
	out := *j
	leftCols := idsOf(j.Left.Output())
	leftConds, rightConds := constraints(j.Left), constraints(j.Right)
	for _, c := range conjuncts(j.Cond) {
		a, b, ok := columnPair(c)
		if !ok {
			continue
		}
		if !leftCols[a.ID] {
			a, b = b, a
		}
		if !leftCols[a.ID] || leftCols[b.ID] {
			continue // two columns of one side
		}
		if toRight {
			out.Right = o.carry(leftConds, rightConds, a, b, out.Right)
		}
		if toLeft {
			out.Left = o.carry(rightConds, leftConds, b, a, out.Left)
		}
	}
	if out.Left == j.Left && out.Right == j.Right {
		return n, nil
	}
	return &out, nil
})}

// columnPair is the two columns of an equality of the same type.
func columnPair(e logical.Expr) (a, b *logical.Attr, ok bool) {
	c, isEq := isCall(e, "=")
	if !isEq {
		return nil, nil, false
	}
	a, okA := c.Args[0].(*logical.Attr)
	b, okB := c.Args[1].(*logical.Attr)
	return a, b, okA && okB && a.T == b.T
}

// carry adds to a plan the conditions on column from of the other side, with to in its place, that the plan does not have yet.
func (o *Optimizer) carry(given, have []logical.Expr, from, to *logical.Attr, n logical.Node) logical.Node {
	var add []logical.Expr
	for _, c := range given {
		if refs := references(c); len(refs) != 1 || !refs[from.ID] || !constantComparison(c) {
			continue
		}
		moved := substitute(c, map[logical.ID]logical.Expr{from.ID: to})
		if !contains(have, moved) && !contains(add, moved) {
			add = append(add, moved)
		}
	}
	return o.filtered(add, n)
}

func contains(list []logical.Expr, e logical.Expr) bool {
	for _, x := range list {
		if logical.Equal(x, e) {
			return true
		}
	}
	return false
}

// constantComparison says whether e compares a column with constants.
func constantComparison(e logical.Expr) bool {
	c, ok := e.(*logical.Call)
	if !ok {
		return false
	}
	switch c.Fn.Name {
	case "=", "<", "<=", ">", ">=", "in", "like":
	default:
		return false
	}
	if _, ok := c.Args[0].(*logical.Attr); !ok {
		return false
	}
	for _, a := range c.Args[1:] {
		if _, ok := a.(*logical.Literal); !ok {
			return false
		}
	}
	return true
}

// constraints is the conditions that all rows of a plan satisfy, as far as they can be seen.
func constraints(n logical.Node) []logical.Expr {
	switch n := n.(type) {
	case *logical.Filter:
		return append(conjuncts(n.Cond), constraints(n.Input)...)
	case *logical.Project:
		var out []logical.Expr
		cols, names := idsOf(n.Output()), renames(n.List)
		for _, c := range constraints(n.Input) {
			if references(c).within(cols) {
				out = append(out, c)
			}
			if moved := substitute(c, names); moved != c && references(moved).within(cols) {
				out = append(out, moved)
			}
		}
		return out
	case *logical.Join:
		switch n.Type {
		case logical.Inner:
			return append(append(conjuncts(n.Cond), constraints(n.Left)...), constraints(n.Right)...)
		case logical.LeftSemi, logical.LeftAnti, logical.LeftOuter:
			return constraints(n.Left)
		}
	case *logical.Aggregate, *logical.Sort:
		var out []logical.Expr
		cols := idsOf(n.Output())
		for _, c := range constraints(n.Children()[0]) {
			if references(c).within(cols) {
				out = append(out, c)
			}
		}
		return out
	}
	return nil
}

// renames is, for each column that a list gives another name, the column of that name.
func renames(list []logical.Expr) map[logical.ID]logical.Expr {
	out := map[logical.ID]logical.Expr{}
	for _, e := range list {
		if a, ok := e.(*logical.Alias); ok {
			if from, ok := a.Child.(*logical.Attr); ok {
				out[from.ID] = &logical.Attr{Name: a.Name, ID: a.ID, T: a.Type(), Null: a.Nullable()}
			}
		}
	}
	return out
}

// ExtractCommonConjuncts takes out of an OR what all its branches have in common, so that it can become a join key or be pushed down:
//
//	(a = b AND x) OR (a = b AND y)   =>   a = b AND (x OR y)
//
// Of conditions over a join it also adds, for each side, what the branches say of that side alone:
//
//	(n1 = 'FRANCE' AND n2 = 'GERMANY') OR (n1 = 'GERMANY' AND n2 = 'FRANCE')   =>   … AND n1 IN ('FRANCE', 'GERMANY') AND …
var extractCommonConjuncts = Rule{"ExtractCommonConjuncts", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	switch n := n.(type) {
	case *logical.Filter:
		if cond, changed := o.extractCommon(n.Cond, sidesOf(n.Input)); changed {
			return &logical.Filter{Cond: cond, Input: n.Input}, nil
		}
	case *logical.Join:
		if n.Cond == nil || n.Type != logical.Inner {
			return n, nil
		}
		if cond, changed := o.extractCommon(n.Cond, sidesOf(n)); changed {
			j := *n
			j.Cond = cond
			return &j, nil
		}
	}
	return n, nil
})}

// sidesOf is the column sets of the relations that a tree of inner joins joins; nil for other plans.
func sidesOf(n logical.Node) []idSet {
	j, ok := n.(*logical.Join)
	if !ok || j.Type != logical.Inner && j.Type != logical.Cross || j.Lateral {
		return nil
	}
	var out []idSet
	for _, c := range []logical.Node{j.Left, j.Right} {
		if s := sidesOf(c); s != nil {
			out = append(out, s...)
		} else {
			out = append(out, idsOf(c.Output()))
		}
	}
	return out
}

func (o *Optimizer) extractCommon(cond logical.Expr, sides []idSet) (logical.Expr, bool) {
	all := conjuncts(cond)
	var out []logical.Expr
	changed := false
	for _, c := range all {
		branches := disjuncts(c)
		if len(branches) < 2 || !deterministic(c) {
			out = append(out, c)
			continue
		}
		common, rest := o.factor(branches)
		changed = changed || len(common) > 0
		out = append(out, common...)
		if rest == nil {
			continue
		}
		out = append(out, rest)
		for _, e := range o.perSide(disjuncts(rest), sides) {
			if !contains(all, e) && !contains(out, e) {
				out = append(out, e)
				changed = true
			}
		}
	}
	return o.and(out), changed
}

// factor parts the branches of an OR into what all have and what is left; nil is left if some branch has nothing more to ask.
func (o *Optimizer) factor(branches []logical.Expr) (common []logical.Expr, rest logical.Expr) {
	for _, e := range conjuncts(branches[0]) {
		inAll := true
		for _, b := range branches[1:] {
			inAll = inAll && contains(conjuncts(b), e)
		}
		if inAll && !contains(common, e) {
			common = append(common, e)
		}
	}
	if len(common) == 0 {
		return nil, o.or(branches)
	}
	left := make([]logical.Expr, len(branches))
	for i, b := range branches {
		var own []logical.Expr
		for _, e := range conjuncts(b) {
			if !contains(common, e) {
				own = append(own, e)
			}
		}
		if len(own) == 0 {
			return common, nil
		}
		left[i] = o.and(own)
	}
	return common, o.or(left)
}

// perSide is, for each side of a join, the OR of what each branch says of that side alone; a branch that says nothing of a side leaves nothing to add there.
func (o *Optimizer) perSide(branches []logical.Expr, sides []idSet) []logical.Expr {
	var out []logical.Expr
	for _, side := range sides {
		var parts []logical.Expr
		for _, b := range branches {
			var own []logical.Expr
			for _, e := range conjuncts(b) {
				if refs := references(e); len(refs) > 0 && refs.within(side) && !hasSubquery(e) {
					own = append(own, e)
				}
			}
			if len(own) == 0 {
				parts = nil
				break
			}
			parts = append(parts, o.and(own))
		}
		if parts != nil && len(parts) == len(branches) {
			out = append(out, o.or(parts))
		}
	}
	return out
}
