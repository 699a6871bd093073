package analyzer

import (
	"fmt"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// values resolves an inline table: the rows' types meet column by column. Rows of constants become a Local table, others (with rand(), or with
// columns of a query around this one) a union of one-row projections.
func (q *query) values(n *logical.Values) (relation, error) {
	rows := make([][]logical.Expr, len(n.Rows))
	for i, r := range n.Rows {
		if len(r) != len(n.Rows[0]) {
			return relation{}, columnar.Errorf("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "Invalid inline table. Inline table expected %d columns but found %d columns in row %d.", len(n.Rows[0]), len(r), i).At(position(n.Pos, r[0]))
		}
		for _, e := range r {
			x, err := q.inlineValue(e)
			if err != nil {
				return relation{}, err
			}
			rows[i] = append(rows[i], x)
		}
	}
	cols, err := q.inlineTypes(rows, n.Pos)
	if err != nil {
		return relation{}, err
	}
	local, err := q.local(rows, cols)
	if err != nil || local != nil {
		return relation{node: local}, err
	}
	return relation{node: unionOf(rows, cols)}, nil
}

func (q *query) inlineValue(e logical.Expr) (logical.Expr, error) {
	if al, ok := e.(*logical.Alias); ok {
		e = al.Child
	}
	x, err := q.expr(e, &scope{q: q})
	if err != nil {
		return nil, err
	}
	if a := aggregateIn(x); a != nil || hasWindow(x) {
		return nil, columnar.Errorf("INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE", "Invalid inline table. Cannot evaluate the expression %q in inline table definition.", x).At(e.Position())
	}
	if g, ok := generatorOf(x); ok {
		return nil, columnar.Errorf("INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE", "Invalid inline table. Cannot evaluate the expression %q in inline table definition.", g).At(g.Pos)
	}
	return plain(x), nil
}

// inlineTypes makes the columns col1, col2, … and casts the values to their types.
func (q *query) inlineTypes(rows [][]logical.Expr, pos columnar.Pos) ([]*logical.Attr, error) {
	var cols []*logical.Attr
	for c := range rows[0] {
		types := make([]columnar.Type, len(rows))
		nullable := false
		for i, r := range rows {
			types[i] = r[c].Type()
			nullable = nullable || r[c].Nullable()
		}
		name := fmt.Sprintf("col%d", c+1)
		t, ok := logical.CommonTypeOf(types)
		if !ok {
			return nil, columnar.Errorf("INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", "Invalid inline table. Found incompatible types in the column `%s` for inline table.", name).At(pos)
		}
		for _, r := range rows {
			r[c] = q.a.implicit(r[c], t)
		}
		cols = append(cols, logical.NewAttr(name, t, nullable))
	}
	return cols, nil
}

// local computes the rows; nil if some value is no constant.
func (q *query) local(rows [][]logical.Expr, cols []*logical.Attr) (logical.Node, error) {
	builders := make([]columnar.Builder, len(cols))
	for i, c := range cols {
		builders[i] = columnar.NewBuilder(c.T, len(rows))
	}
	for _, r := range rows {
		for i, e := range r {
			l, err := q.a.constant(e)
			if err != nil {
				return nil, err
			}
			if l == nil {
				return nil, nil
			}
			if l.Value.IsNull(0) {
				cols[i].Null = true
				builders[i].AppendNull()
				continue
			}
			builders[i].Append(l.Value, 0)
		}
	}
	n := &logical.Local{Cols: cols}
	vs := make([]columnar.Vector, len(cols))
	for i, b := range builders {
		vs[i] = b.Build()
	}
	n.Batches = []columnar.Batch{columnar.NewBatch(logical.Schema(n), len(rows), vs...)}
	return n, nil
}

// unionOf is rows as a union of projections of one row each.
func unionOf(rows [][]logical.Expr, cols []*logical.Attr) logical.Node {
	inputs := make([]logical.Node, len(rows))
	for i, r := range rows {
		list := make([]logical.Expr, len(r))
		for c, e := range r {
			list[c] = logical.NewAlias(e, cols[c].Name)
		}
		inputs[i] = &logical.Project{List: list, Input: &logical.OneRow{}}
	}
	if len(inputs) == 1 {
		return inputs[0]
	}
	return &logical.SetOp{Kind: logical.Union, All: true, Inputs: inputs, Cols: cols}
}
