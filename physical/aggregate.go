package physical

import (
	"github.com/gosql-engine/gosql/logical"
)

// aggregate plans GROUP BY and aggregate functions: hash aggregates for the groups and calls, and a projection for what is computed of
// them.
func (p *planner) aggregate(n *logical.Aggregate) (Operator, error) {
	child, err := p.plan(n.Input)
	if err != nil {
		return nil, err
	}
	a := splitAggregate(n)
	op := a.operators(narrowChild(child, n.Exprs()))
	if sameColumns(a.list, op.Output()) {
		return op, nil
	}
	return NewProject(a.list, op), nil
}

func sameColumns(list []logical.Expr, out []*logical.Attr) bool {
	if len(list) != len(out) {
		return false
	}
	for i, e := range list {
		if a, ok := e.(*logical.Attr); !ok || a.ID != out[i].ID {
			return false
		}
	}
	return true
}

// aggregateParts is an aggregation taken apart: the groups, the aggregate calls, each once, and the select list over both.
type aggregateParts struct {
	keys  []logical.Expr // Attrs, or Aliases of what is computed
	calls []aggregateCall
	list  []logical.Expr
}

// splitAggregate takes the node apart. In the select list group expressions become the columns of the groups, calls those of results.
func splitAggregate(n *logical.Aggregate) *aggregateParts {
	a := &aggregateParts{}
	for _, g := range n.Group {
		if _, ok := g.(*logical.Attr); !ok {
			g = logical.NewAlias(g, g.String())
		}
		if outputOf(a.keys, stripAlias(g)) == nil {
			a.keys = append(a.keys, g)
		}
	}
	byKey := map[string]int{}
	for _, e := range n.List {
		a.list = append(a.list, a.rewrite(e, byKey))
	}
	return a
}

func stripAlias(e logical.Expr) logical.Expr {
	if al, ok := e.(*logical.Alias); ok {
		return al.Child
	}
	return e
}

func (a *aggregateParts) rewrite(e logical.Expr, byKey map[string]int) logical.Expr {
	if al, ok := e.(*logical.Alias); ok {
		return &logical.Alias{Child: a.rewrite(al.Child, byKey), Name: al.Name, ID: al.ID, Pos: al.Pos}
	}
	if key := outputOf(a.keys, e); key != nil {
		return key
	}
	if c, ok := e.(*logical.Call); ok && c.Fn.IsAggregate() {
		return a.result(c, byKey)
	}
	kids := e.Children()
	if len(kids) == 0 {
		return e
	}
	out := make([]logical.Expr, len(kids))
	for i, k := range kids {
		out[i] = a.rewrite(k, byKey)
	}
	return e.WithChildren(out)
}

// result is the column of a call's results.
func (a *aggregateParts) result(c *logical.Call, byKey map[string]int) logical.Expr {
	if c.Distinct && duplicateFree[c.Fn.Name] {
		plain := *c
		plain.Distinct = false
		c = &plain
	}
	key := exprKey(c)
	i, ok := byKey[key]
	if !ok {
		i = len(a.calls)
		byKey[key] = i
		a.calls = append(a.calls, newAggregateCall(c))
	}
	return a.calls[i].result
}

// duplicateFree are the functions to which a value that comes again adds nothing.
var duplicateFree = map[string]bool{
	"min": true, "max": true, "any_value": true, "bool_and": true, "bool_or": true, "every": true, "some": true, "any": true,
	"bit_and": true, "bit_or": true, "collect_set": true, "approx_count_distinct": true,
}

// operators chooses the phases.
//
//   - Plainly, each task aggregates its rows (partial), the states are spread by the groups and merged (final).
//   - DISTINCT calls that all have the same arguments: the rows are first made different by groups and arguments together, with the
//     states of the other calls beside them, in the same two phases; then the calls run over what is left.
//   - Else (several lists of DISTINCT arguments, ordered calls): the rows themselves are spread by the groups, and one phase does all,
//     with a set of the values seen for each DISTINCT call.
func (a *aggregateParts) operators(child Operator) Operator {
	distinct, simple := a.distinctArgs()
	switch {
	case !simple:
		return newHashAggregate(child, a.keys, a.calls, stageComplete)
	case distinct != nil:
		return a.distinctPhases(child, distinct)
	}
	partial := newHashAggregate(child, a.keys, a.calls, stagePartial)
	return newHashAggregate(partial, keyColumns(a.keys), a.calls, stageFinal)
}

// distinctArgs is the argument list that all DISTINCT calls share; simple is false where there are several or where order counts.
func (a *aggregateParts) distinctArgs() (args []logical.Expr, simple bool) {
	for _, c := range a.calls {
		switch {
		case len(c.call.OrderBy) > 0:
			return nil, false
		case !c.call.Distinct:
		case c.call.Filter != nil || len(c.call.Args) == 0:
			return nil, false
		case args == nil:
			args = c.call.Args
		default:
			if len(args) != len(c.call.Args) {
				return nil, false
			}
			for i := range args {
				if !sameExpr(args[i], c.call.Args[i]) {
					return nil, false
				}
			}
		}
	}
	return args, true
}

// distinctPhases plans one list of DISTINCT arguments.
func (a *aggregateParts) distinctPhases(child Operator, args []logical.Expr) Operator {
	inner := append([]logical.Expr(nil), a.keys...)
	columns := make([]logical.Expr, len(args))
	for i, e := range args {
		if made := outputOf(inner, e); made != nil {
			columns[i] = made
			continue
		}
		if _, ok := e.(*logical.Attr); !ok {
			e = logical.NewAlias(e, e.String())
		}
		inner = append(inner, e)
		columns[i] = keyColumns([]logical.Expr{e})[0]
	}
	var plain, outer []aggregateCall
	for _, c := range a.calls {
		if !c.call.Distinct {
			plain, outer = append(plain, c), append(outer, c)
			continue
		}
		once := *c.call
		once.Args, once.Distinct = columns, false
		c.call, c.raw = &once, true
		outer = append(outer, c)
	}
	keys, innerKeys := keyColumns(a.keys), keyColumns(inner)
	var op Operator = newHashAggregate(child, inner, plain, stagePartial)
	once := newHashAggregate(op, innerKeys, plain, stageMerge)
	if len(keys) > 0 {
		once.spread = keys // so that the calls need no exchange of their own
		return newHashAggregate(once, keys, outer, stageMixed)
	}
	return newHashAggregate(newHashAggregate(once, keys, outer, stageMixedPartial), keys, outer, stageFinal)
}

// keyColumns are the columns that group expressions make.
func keyColumns(keys []logical.Expr) []logical.Expr { return attrExprs(logical.AttrsOf(keys)) }
