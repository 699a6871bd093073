package gosql

import (
	"context"
	"strconv"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// recursion runs the recursive and shared queries of a plan, so that what is left can be optimized and planned as one query.
type recursion struct {
	session *Session
	ctx     context.Context
	done    map[logical.ID][]columnar.Batch // the rows of those that have run, by the ID that all copies in the plan share
	uses    map[logical.ID]int              // how often the plan has them
	wanted  map[logical.ID]int64            // how many rows a LIMIT above asks for
}

// runRecursions puts the rows of its recursive and shared queries into a resolved plan. It runs them: also for EXPLAIN, which shows the plan of the rest.
func (s *Session) runRecursions(ctx context.Context, n logical.Node) (logical.Node, error) {
	r := &recursion{session: s, ctx: ctx, done: map[logical.ID][]columnar.Batch{}, uses: map[logical.ID]int{}, wanted: map[logical.ID]int64{}}
	r.count(n)
	if len(r.uses) == 0 {
		return n, nil
	}
	r.limits(n)
	return r.replace(n)
}

// count counts the uses of recursive and shared queries in a plan and the plans of its subqueries.
func (r *recursion) count(n logical.Node) {
	logical.WalkNodes(n, func(n logical.Node) bool {
		switch n := n.(type) {
		case *logical.Recursion:
			r.uses[n.Work]++
		case *logical.Shared:
			r.uses[n.Name]++
		}
		for _, e := range n.Exprs() {
			logical.Walk(e, func(e logical.Expr) bool {
				if s, ok := e.(logical.SubqueryExpr); ok {
					r.count(s.Subplan())
				}
				return true
			})
		}
		return true
	})
}

// replace goes through a plan and the plans of its subqueries, innermost first.
func (r *recursion) replace(n logical.Node) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) (logical.Node, error) {
		switch n := n.(type) {
		case *logical.Recursion:
			return r.rows(n.Work, n.Cols, func() ([]columnar.Batch, error) { return r.rounds(n) })
		case *logical.Shared:
			if r.uses[n.Name] == 1 {
				return n.Input, nil
			}
			return r.rows(n.Name, n.Output(), func() ([]columnar.Batch, error) { return r.session.collect(r.ctx, n.Input) })
		}
		return logical.TransformSubqueries(n, r.replace)
	})
}

// rows is a relation of a query's rows, which are computed at its first use.
func (r *recursion) rows(id logical.ID, cols []*logical.Attr, compute func() ([]columnar.Batch, error)) (logical.Node, error) {
	rows, ok := r.done[id]
	if !ok {
		var err error
		if rows, err = compute(); err != nil {
			return nil, err
		}
		r.done[id] = rows
	}
	return &logical.Local{Cols: cols, Batches: rows}, nil
}

// limits finds the recursive queries of which a LIMIT wants no more than its rows: those may never end of themselves.
func (r *recursion) limits(n logical.Node) {
	logical.WalkNodes(n, func(n logical.Node) bool {
		l, ok := n.(*logical.Limit)
		if !ok {
			return true
		}
		count, ok := l.Count.(*logical.Literal)
		if !ok || l.Offset != nil {
			return true
		}
		in := l.Input
		for {
			switch x := in.(type) {
			case *logical.Project:
				in = x.Input
				continue
			case *logical.SubqueryAlias:
				in = x.Input
				continue
			case *logical.Recursion:
				r.wanted[x.Work] = columnar.Int64At(count.Value, 0)
			}
			return true
		}
	})
	for work, n := range r.uses {
		if n > 1 {
			delete(r.wanted, work) // another use may want all
		}
	}
}

// rounds runs a recursive query to its end.
func (r *recursion) rounds(c *logical.Recursion) ([]columnar.Batch, error) {
	limit := c.MaxRounds
	if limit == 0 {
		limit, _ = strconv.Atoi(r.session.Get("spark.sql.cteRecursionLevelLimit"))
	}
	maxRows, _ := strconv.ParseInt(r.session.Get("spark.sql.cteRecursionRowLimit"), 10, 64)
	last, err := r.session.collect(r.ctx, c.Anchor)
	if err != nil {
		return nil, err
	}
	all, n := last, count(last)
	for round := 1; count(last) > 0; round++ {
		if w, ok := r.wanted[c.Work]; ok && n >= w {
			break
		}
		if round > limit {
			return nil, columnar.Errorf("RECURSION_LEVEL_LIMIT_EXCEEDED", "Recursion level limit %d reached but query has not exhausted, try increasing it like 'WITH RECURSIVE t(col) MAX RECURSION LEVEL 200'.", limit)
		}
		if n > maxRows {
			return nil, columnar.Errorf("RECURSION_ROW_LIMIT_EXCEEDED", "Recursion row limit %d reached but query has not exhausted, try setting a larger LIMIT value when querying the CTE relation.", maxRows)
		}
		step, err := bindWork(c.Step, c.Work, last)
		if err != nil {
			return nil, err
		}
		if last, err = r.session.collect(r.ctx, step); err != nil {
			return nil, err
		}
		all, n = append(all[:len(all):len(all)], last...), n+count(last)
	}
	return all, nil
}

// bindWork puts the rows of the last round into a step.
func bindWork(n logical.Node, work logical.ID, rows []columnar.Batch) (logical.Node, error) {
	return logical.Transform(n, func(n logical.Node) (logical.Node, error) {
		if w, ok := n.(*logical.WorkTable); ok && w.Work == work {
			return &logical.Local{Cols: w.Cols, Batches: rows}, nil
		}
		return n, nil
	})
}

func count(batches []columnar.Batch) int64 {
	var n int64
	for _, b := range batches {
		n += b.Rows()
	}
	return n
}
