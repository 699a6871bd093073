package analyzer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// qualify resolves QUALIFY over its SELECT: a condition on window functions, written in it or in the select list, that is asked before DISTINCT and ORDER BY.
func (q *query) qualify(n *logical.Qualify) (relation, error) {
	r, err := q.resolve(n.Input)
	if err != nil {
		return r, err
	}
	b := r.block
	if b == nil {
		return r, columnar.Errorf("QUALIFY_REQUIRES_WINDOW_FUNCTION", "The QUALIFY clause requires at least one window function in the current SELECT list or the QUALIFY condition.").At(n.Cond.Position())
	}
	cond, err := q.expr(n.Cond, b.outputScope())
	if err != nil {
		return r, b.betterError(err, n.Cond)
	}
	cond = b.inline(plain(cond))
	if err := checkBoolean(cond); err != nil {
		return r, err
	}
	windows := hasWindow(cond)
	for _, e := range b.items {
		windows = windows || hasWindow(e)
	}
	if !windows {
		return r, columnar.Errorf("QUALIFY_REQUIRES_WINDOW_FUNCTION", "The QUALIFY clause requires at least one window function in the current SELECT list or the QUALIFY condition.").At(n.Cond.Position())
	}
	b.grouped = b.grouped || hasAggregate(cond)
	b.qualify = cond
	return r, nil
}
