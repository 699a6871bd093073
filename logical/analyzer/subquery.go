package analyzer

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// subquery resolves a subquery in an expression: names that it does not know are looked for in the scope around it.
func (q *query) subquery(e logical.SubqueryExpr, s *scope) (logical.Expr, error) {
	inner := &query{a: q.a, outer: s, ctes: q.ctes}
	plan, err := inner.plan(e.Subplan())
	if err != nil {
		return nil, err
	}
	outer := inner.refs
	switch e := e.(type) {
	case *logical.ScalarSubquery:
		if n := len(plan.Output()); n != 1 {
			return nil, columnar.Errorf("INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN", "Invalid subquery:\nScalar subquery must return only one column, but got %d.", n).At(e.Pos)
		}
	case *logical.InSubquery:
		return q.inSubquery(e, plan, outer, s)
	}
	return e.WithPlan(plan, outer), nil
}

// outerAggregate makes a column of the query around of an aggregate of that query's columns in a subquery of its HAVING:
//
//	SELECT a FROM s GROUP BY a HAVING EXISTS (SELECT * FROM t WHERE t.x = sum(s.b))
//
// before is the number of the query's references without those of the aggregate's arguments, which are no references of the query any more.
func (q *query) outerAggregate(e logical.Expr, before int) logical.Expr {
	c, ok := e.(*logical.Call)
	if !ok || !c.Fn.IsAggregate() || q.outer == nil || q.outer.groups == nil {
		return e
	}
	outer, local := false, false
	out, _ := logical.TransformExpr(c, func(x logical.Expr) (logical.Expr, error) {
		switch x := x.(type) {
		case *logical.Attr:
			local = true
		case *logical.OuterRef:
			outer = true
			return x.Attr, nil
		}
		return x, nil
	})
	if local || !outer {
		return e
	}
	q.refs = q.refs[:before:before]
	b := q.outer.groups
	for _, al := range b.outerAggregates {
		if logical.Equal(al.Child, out) {
			q.refer(al.Attr())
			return &logical.OuterRef{Attr: al.Attr()}
		}
	}
	al := logical.NewAlias(out, out.String())
	if b.outerAggregates == nil {
		b.outerAggregates = map[logical.ID]*logical.Alias{}
	}
	b.outerAggregates[al.ID] = al
	q.refer(al.Attr())
	return &logical.OuterRef{Attr: al.Attr()}
}

// inSubquery brings both sides of IN to common types.
func (q *query) inSubquery(e *logical.InSubquery, plan logical.Node, outer []*logical.Attr, s *scope) (logical.Expr, error) {
	values, err := q.exprs(e.Values, s)
	if err != nil {
		return nil, err
	}
	values, cols := q.unpacked(values, plan), plan.Output()
	out := &logical.InSubquery{Values: values, Plan: plan, Outer: outer, Pos: e.Pos}
	if len(values) != len(cols) {
		return nil, columnar.Errorf("DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH", "Cannot resolve %q due to data type mismatch: The number of columns in the left hand side of an IN subquery does not match the number of columns in the output of subquery. Left hand side columns(length: %d): [%s], right hand side columns(length: %d): [%s].",
			inText(out), len(values), quotedList(values), len(cols), quotedList(attrExprs(cols))).At(e.Pos)
	}
	types := make([]columnar.Type, len(cols))
	for i, c := range cols {
		t, ok := logical.CommonType(values[i].Type(), c.T)
		if !ok {
			return nil, inMismatch(out)
		}
		types[i] = t
	}
	for i, v := range values {
		values[i] = q.a.implicit(v, types[i])
	}
	out.Values, out.Plan = values, q.a.castColumns(plan, types)
	return out, nil
}

// unpacked takes a struct on the left of IN apart, where the subquery has as many columns as the struct has fields.
func (q *query) unpacked(values []logical.Expr, plan logical.Node) []logical.Expr {
	if len(values) != 1 || len(plan.Output()) < 2 || values[0].Type().Kind != columnar.Struct {
		return values
	}
	fields := values[0].Type().Fields()
	if len(fields) != len(plan.Output()) {
		return values
	}
	out := make([]logical.Expr, len(fields))
	for i, f := range fields {
		out[i] = &logical.GetField{Child: values[0], Index: i, Name: f.Name, Pos: values[0].Position()}
	}
	return out
}

func inMismatch(e *logical.InSubquery) error {
	cols := e.Plan.Output()
	var left, right, differ []string
	for i, c := range cols {
		v := e.Values[i]
		left = append(left, `"`+v.Type().SQL()+`"`)
		right = append(right, `"`+c.T.SQL()+`"`)
		if _, ok := logical.CommonType(v.Type(), c.T); !ok {
			differ = append(differ, "("+v.String()+":"+v.Type().String()+", "+c.String()+":"+c.T.String()+")")
		}
	}
	return columnar.Errorf("DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH", "Cannot resolve %q due to data type mismatch: The data type of one or more elements in the left hand side of an IN subquery is not compatible with the data type of the output of the subquery. Mismatched columns: [%s], left side: [%s], right side: [%s].",
		inText(e), strings.Join(differ, ", "), strings.Join(left, ", "), strings.Join(right, ", ")).At(e.Pos)
}

// inText is an IN as Spark's messages write it: several values on the left are a struct.
func inText(e *logical.InSubquery) string {
	if len(e.Values) == 1 {
		return e.String()
	}
	var parts []string
	for _, v := range e.Values {
		parts = append(parts, "'"+v.String()+"', "+v.String())
	}
	return "(named_struct(" + strings.Join(parts, ", ") + ") IN (listquery()))"
}

func quotedList(es []logical.Expr) string {
	out := make([]string, len(es))
	for i, e := range es {
		out[i] = `"` + e.String() + `"`
	}
	return strings.Join(out, ", ")
}
