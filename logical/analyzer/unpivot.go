package analyzer

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// unpivot resolves UNPIVOT to an Expand with one projection for each entry of its IN list, and drops rows without values unless told otherwise.
func (q *query) unpivot(n *logical.Unpivot) (relation, error) {
	input, err := q.plan(n.Input)
	if err != nil {
		return relation{}, err
	}
	s := q.scopeOf(relation{node: input})
	values, names, err := q.unpivotValues(n, s)
	if err != nil {
		return relation{}, err
	}
	ids, err := q.unpivotIDs(n, input, values, s)
	if err != nil {
		return relation{}, err
	}
	return q.unpivotPlan(n, input, ids, values, names)
}

// unpivotValues resolves the columns of each entry and the entries' names.
func (q *query) unpivotValues(n *logical.Unpivot, s *scope) (values [][]logical.Expr, names []string, err error) {
	for _, c := range n.Columns {
		cols, err := q.unpivotColumns(c.Cols, s)
		if err != nil {
			return nil, nil, err
		}
		for len(n.ValueCols) == 1 && len(cols) > 1 { // a star stands for several entries
			values, names, cols = append(values, cols[:1:1]), append(names, cols[0].String()), cols[1:]
		}
		if len(cols) != len(n.ValueCols) {
			return nil, nil, columnar.Errorf("UNPIVOT_VALUE_SIZE_MISMATCH", "All unpivot value columns must have the same size as there are value column names (%d).", len(n.ValueCols)).At(n.Pos)
		}
		name := c.Name
		if name == "" {
			parts := make([]string, len(cols))
			for i, e := range cols {
				parts[i] = e.String()
			}
			name = strings.Join(parts, "_")
		}
		values, names = append(values, cols), append(names, name)
	}
	if len(values) == 0 {
		return nil, nil, columnar.Errorf("UNPIVOT_REQUIRES_VALUE_COLUMNS", "At least one value column needs to be specified for UNPIVOT, all columns specified as ids.").At(n.Pos)
	}
	return values, names, nil
}

func (q *query) unpivotColumns(es []logical.Expr, s *scope) ([]logical.Expr, error) {
	var out []logical.Expr
	for _, e := range es {
		if star, ok := e.(*logical.UnresolvedStar); ok {
			cols, err := q.star(star, s)
			if err != nil {
				return nil, err
			}
			out = append(out, cols...)
			continue
		}
		x, err := q.expr(e, s)
		if err != nil {
			return nil, err
		}
		out = append(out, plain(x))
	}
	return out, nil
}

// unpivotIDs are the columns that every row keeps: those given, or all that are not turned.
func (q *query) unpivotIDs(n *logical.Unpivot, input logical.Node, values [][]logical.Expr, s *scope) ([]logical.Expr, error) {
	if n.IDs != nil {
		return q.unpivotColumns(n.IDs, s)
	}
	turned := map[logical.ID]bool{}
	for _, row := range values {
		for _, e := range row {
			if a, ok := e.(*logical.Attr); ok {
				turned[a.ID] = true
			}
		}
	}
	var out []logical.Expr
	for _, a := range input.Output() {
		if !turned[a.ID] {
			out = append(out, a)
		}
	}
	return out, nil
}

func (q *query) unpivotPlan(n *logical.Unpivot, input logical.Node, ids []logical.Expr, values [][]logical.Expr, names []string) (relation, error) {
	x := &logical.Expand{Input: input}
	for _, e := range ids {
		a := columnOf(e)
		x.Cols = append(x.Cols, logical.NewAttr(a.Name, a.T, e.Nullable(), a.Qualifier...))
	}
	x.Cols = append(x.Cols, logical.NewAttr(n.NameCol, columnar.StringType, false))
	for i, name := range n.ValueCols {
		types := make([]columnar.Type, len(values))
		for k, row := range values {
			types[k] = row[i].Type()
		}
		t, ok := logical.CommonTypeOf(types)
		if !ok || mixesText(types) {
			return relation{}, columnar.Errorf("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "Unpivot value columns must share a least common type, some types do not: [%s].", unpivotTypes(values, i)).At(n.Pos)
		}
		for _, row := range values {
			row[i] = q.a.implicit(row[i], t)
		}
		x.Cols = append(x.Cols, logical.NewAttr(name, t, true))
	}
	for k, row := range values {
		p := append(ids[:len(ids):len(ids)], logical.Lit(names[k]))
		x.Projections = append(x.Projections, append(p, row...))
	}
	if n.IncludeNulls {
		return relation{node: x}, nil
	}
	return q.withValues(x, x.Cols[len(x.Cols)-len(n.ValueCols):])
}

// withValues drops the rows in which all the columns are NULL.
func (q *query) withValues(n logical.Node, cols []*logical.Attr) (relation, error) {
	var cond logical.Expr
	for _, c := range cols {
		e := logical.Expr(logical.NewCall("isnotnull", c))
		if cond == nil {
			cond = e
		} else {
			cond = logical.NewCall("or", cond, e)
		}
	}
	cond, err := q.expr(cond, &scope{q: q})
	if err != nil {
		return relation{}, err
	}
	return relation{node: &logical.Filter{Cond: plain(cond), Input: n}}, nil
}

func unpivotTypes(values [][]logical.Expr, i int) string {
	var parts []string
	for _, row := range values {
		parts = append(parts, `"`+row[i].Type().SQL()+`" (`+quoteParts([]string{row[i].String()})+")")
	}
	return strings.Join(parts, ", ")
}

// mixesText says whether some of the types, but not all, are text: UNPIVOT does not read text as other values.
func mixesText(types []columnar.Type) bool {
	texts, others := 0, 0
	for _, t := range types {
		switch t.Kind {
		case columnar.Void:
		case columnar.String:
			texts++
		default:
			others++
		}
	}
	return texts > 0 && others > 0
}
