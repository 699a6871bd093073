package optimizer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// constantCount is a limit's number, if it is known; -1 otherwise.
func constantCount(e logical.Expr) int64 {
	l, ok := e.(*logical.Literal)
	if !ok || l.Value.IsNull(0) || !l.Value.Type().IsInteger() {
		return -1
	}
	return columnar.Int64At(l.Value, 0)
}

// CombineLimits makes one LIMIT of two that stand on each other: LIMIT 3 over LIMIT 10 is LIMIT 3.
var combineLimits = Rule{"CombineLimits", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	outer, ok := n.(*logical.Limit)
	if !ok {
		return n, nil
	}
	inner, ok := outer.Input.(*logical.Limit)
	if !ok || outer.Offset != nil || inner.Offset != nil {
		return n, nil
	}
	a, b := constantCount(outer.Count), constantCount(inner.Count)
	if a < 0 || b < 0 {
		return n, nil
	}
	return &logical.Limit{Count: logical.Lit(min(a, b)), Input: inner.Input}, nil
})}

// PushDownLimit moves a LIMIT below what keeps the number and order of rows (a projection), and copies it into the inputs of a UNION ALL and into the side of an outer
// join that gives at least a row for each of its rows:
//
//	SELECT * FROM a LEFT JOIN b ON … LIMIT 5   =>   SELECT * FROM (SELECT * FROM a LIMIT 5) LEFT JOIN b ON … LIMIT 5
//
// The copy counts the offset too. A LIMIT over a Sort stays on it: together they are a top-N.
var pushDownLimit = Rule{"PushDownLimit", topDown(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	l, ok := n.(*logical.Limit)
	if !ok || l.Count == nil {
		return n, nil
	}
	count, offset := constantCount(l.Count), int64(0)
	if l.Offset != nil {
		offset = constantCount(l.Offset)
	}
	if count < 0 || offset < 0 {
		return n, nil
	}
	local := logical.Lit(count + offset)
	switch in := l.Input.(type) {
	case *logical.Project:
		if !allDeterministic(in.List) || anySubquery(in.List) {
			return n, nil
		}
		return &logical.Project{List: in.List, Input: &logical.Limit{Count: l.Count, Offset: l.Offset, Input: in.Input}}, nil
	case *logical.SetOp:
		if in.Kind != logical.Union || !in.All {
			return n, nil
		}
		inputs := make([]logical.Node, len(in.Inputs))
		for i, c := range in.Inputs {
			if boundedBy(c, count+offset) {
				return n, nil
			}
			inputs[i] = &logical.Limit{Count: local, Input: c}
		}
		return l.WithChildren([]logical.Node{in.WithChildren(inputs)}), nil
	case *logical.Join:
		if in.Type != logical.LeftOuter || in.Lateral || boundedBy(in.Left, count+offset) {
			return n, nil
		}
		j := *in
		j.Left = &logical.Limit{Count: local, Input: in.Left}
		return l.WithChildren([]logical.Node{&j}), nil
	case *logical.Relation:
		if in.Limit >= 0 && in.Limit <= count+offset {
			return n, nil
		}
		r := *in
		r.Limit = count + offset
		return l.WithChildren([]logical.Node{&r}), nil
	}
	return n, nil
})}

func allDeterministic(list []logical.Expr) bool {
	for _, e := range list {
		if !deterministic(e) {
			return false
		}
	}
	return true
}

func anySubquery(list []logical.Expr) bool {
	for _, e := range list {
		if hasSubquery(e) {
			return true
		}
	}
	return false
}

// boundedBy says whether a plan is seen to give at most n rows.
func boundedBy(p logical.Node, n int64) bool {
	switch p := p.(type) {
	case *logical.Limit:
		c := constantCount(p.Count)
		return c >= 0 && c <= n
	case *logical.Project:
		return boundedBy(p.Input, n)
	case *logical.OneRow:
		return n >= 1
	case *logical.Aggregate:
		return len(p.Group) == 0 && n >= 1
	}
	return false
}

// PushIntoRelation gives a table the conditions that stand over it, so that it can skip files, row groups and pages that cannot match. The filter stays: the scan says at
// planning time which conditions it has decided exactly.
var pushIntoRelation = Rule{"PushIntoRelation", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	f, ok := n.(*logical.Filter)
	if !ok {
		return n, nil
	}
	r, ok := f.Input.(*logical.Relation)
	if !ok || len(r.Filters) > 0 {
		return n, nil
	}
	var down []logical.Expr
	for _, c := range conjuncts(f.Cond) {
		if deterministic(c) && !hasSubquery(c) {
			down = append(down, c)
		}
	}
	if len(down) == 0 {
		return n, nil
	}
	out := *r
	out.Filters = down
	out.Limit = -1
	return &logical.Filter{Cond: f.Cond, Input: &out}, nil
})}
