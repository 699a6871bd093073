package analyzer

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// recursivePlan resolves a named query that reads itself: the operands of its UNION ALL that do not are the anchor, the others the step.
func (q *query) recursivePlan(c *cte) (logical.Node, error) {
	anchors, steps, err := recursiveParts(c)
	if err != nil {
		return nil, err
	}
	inner := &query{a: q.a, outer: q.outer, ctes: c.ctes}
	anchor, err := inner.plan(anchors)
	if err != nil {
		return nil, err
	}
	if anchor, err = renamedColumns(anchor, c); err != nil {
		return nil, err
	}
	work := &logical.WorkTable{Name: c.Name, Work: logical.NewID()}
	out := &logical.Recursion{Name: c.Name, Work: work.Work, Anchor: anchor, MaxRounds: c.MaxRounds}
	for _, a := range anchor.Output() {
		out.Cols = append(out.Cols, logical.NewAttr(a.Name, a.T, true))
		work.Cols = append(work.Cols, logical.NewAttr(a.Name, a.T, true))
	}
	c.work = work
	step, err := inner.plan(steps)
	c.work = nil
	if err != nil {
		return nil, err
	}
	if len(inner.refs) > 0 {
		return nil, columnar.Errorf("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED", "Unsupported subquery expression: Accessing outer query column is not allowed in this location: the recursive query %s.", quoteParts([]string{c.Name})).At(c.Pos)
	}
	if err := checkRecursion(step, work.Work); err != nil {
		return nil, columnar.Errorf("INVALID_RECURSIVE_REFERENCE.PLACE", "Invalid recursive reference found inside WITH RECURSIVE clause. Recursive references cannot be used on the right side of left outer/semi/anti joins, on the left side of right outer joins, in full outer joins, in aggregates, window functions or sorts").At(c.Pos)
	}
	out.Step, err = q.stepColumns(step, out.Cols, c)
	return out, err
}

// recursiveParts parts the operands of a recursive query's UNION ALL.
func recursiveParts(c *cte) (anchor, step logical.Node, err error) {
	invalid := columnar.Errorf("INVALID_RECURSIVE_CTE", "Invalid recursive definition found. Recursive queries must contain an UNION or an UNION ALL statement with 2 children. The first child needs to be the anchor term without any recursive references. Any top level inner CTE must not contain self references.").At(c.Pos)
	u, ok := c.Plan.(*logical.SetOp)
	if !ok || u.Kind != logical.Union || mentions(u.Inputs[0], c.Name) {
		return nil, nil, invalid
	}
	if !u.All {
		return nil, nil, columnar.Errorf("UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE", "The UNION operator is not yet supported within recursive common table expressions (WITH clauses that refer to themselves, directly or indirectly). Please use UNION ALL instead.").At(c.Pos)
	}
	n := 0
	for n < len(u.Inputs) && !mentions(u.Inputs[n], c.Name) {
		n++
	}
	for _, in := range u.Inputs[n:] {
		if !mentions(in, c.Name) {
			return nil, nil, invalid
		}
	}
	return operands(u, u.Inputs[:n]), operands(u, u.Inputs[n:]), nil
}

// operands is the UNION ALL of some of its inputs.
func operands(u *logical.SetOp, inputs []logical.Node) logical.Node {
	if len(inputs) == 1 {
		return inputs[0]
	}
	out := *u
	out.Inputs = inputs
	return &out
}

// renamedColumns gives the columns of a recursive query's anchor the names behind its own.
func renamedColumns(n logical.Node, c *cte) (logical.Node, error) {
	out := n.Output()
	if len(c.Cols) == 0 {
		return n, nil
	}
	if len(c.Cols) != len(out) {
		return nil, columnar.Errorf("ASSIGNMENT_ARITY_MISMATCH", "The number of columns or variables assigned or aliased: %d does not match the number of source expressions: %d.", len(c.Cols), len(out)).At(c.Pos)
	}
	list := make([]logical.Expr, len(out))
	for i, a := range out {
		list[i] = logical.NewAlias(a, c.Cols[i])
	}
	return &logical.Project{List: list, Input: n}, nil
}

// stepColumns casts a step's columns to those of the anchor, which must be able to hold them.
func (q *query) stepColumns(step logical.Node, cols []*logical.Attr, c *cte) (logical.Node, error) {
	out := step.Output()
	if len(out) != len(cols) {
		return nil, columnar.Errorf("NUM_COLUMNS_MISMATCH", "UNION can only be performed on inputs with the same number of columns, but the first input has %d columns and the %s input has %d columns.", len(cols), ordinalWord(1), len(out)).At(c.Pos)
	}
	types := make([]columnar.Type, len(cols))
	for i, a := range cols {
		types[i] = a.T
		if t, ok := logical.CommonType(a.T, out[i].T); !ok || t != a.T {
			return nil, columnar.Errorf("CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE", "Failed to merge incompatible data types %q and %q. Please check the data types of the columns being merged and ensure that they are compatible. If necessary, consider casting the columns to compatible data types before attempting the merge.", a.T.SQL(), out[i].T.SQL()).At(c.Pos)
		}
	}
	return q.a.castColumns(step, types), nil
}

// errRecursivePlace says that a step reads the recursive query where the rows of one round are not enough to know.
var errRecursivePlace = columnar.Errorf("INVALID_RECURSIVE_REFERENCE.PLACE", "Invalid recursive reference.")

// checkRecursion refuses steps whose rows do not come from the last round's alone: below an aggregate, or where an outer join fills in for missing rows.
func checkRecursion(n logical.Node, work logical.ID) error {
	var err error
	logical.WalkNodes(n, func(n logical.Node) bool {
		for i, c := range n.Children() {
			if placeForbidden(n, i) && readsWork(c, work) {
				err = errRecursivePlace
			}
		}
		for _, e := range n.Exprs() {
			logical.Walk(e, func(e logical.Expr) bool {
				if s, ok := e.(logical.SubqueryExpr); ok && readsWork(s.Subplan(), work) {
					err = errRecursivePlace
				}
				return true
			})
		}
		return err == nil
	})
	return err
}

// placeForbidden says whether a node's child may not read the recursive query.
func placeForbidden(n logical.Node, child int) bool {
	switch n := n.(type) {
	case *logical.Aggregate, *logical.Distinct, *logical.Window, *logical.Sort, *logical.Limit, *logical.Recursion:
		return true
	case *logical.SetOp:
		return n.Kind != logical.Union || !n.All
	case *logical.Join:
		switch n.Type {
		case logical.FullOuter:
			return true
		case logical.RightOuter:
			return child == 0
		case logical.LeftOuter, logical.LeftSemi, logical.LeftAnti:
			return child == 1
		}
	}
	return false
}

func readsWork(n logical.Node, work logical.ID) bool {
	found := false
	logical.WalkNodes(n, func(n logical.Node) bool {
		w, ok := n.(*logical.WorkTable)
		found = found || ok && w.Work == work
		return !found
	})
	return found
}

// workTable is the recursive query's own name inside its step.
func (q *query) workTable(c *cte) (relation, error) {
	a := &logical.SubqueryAlias{Alias: c.Name, Input: q.a.own(c.work), Pos: c.Pos}
	node, err := aliased(a, []string{c.Name})
	return relation{node: node}, err
}
