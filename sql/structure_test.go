package sql

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// shape prints an expression so that its structure shows: (operator operands).
func shape(e logical.Expr) string {
	switch e := e.(type) {
	case *logical.Literal:
		if e.Value.IsNull(0) {
			return "NULL"
		}
		v := columnar.FormatValue(e.Value, 0)
		switch e.Type().Kind {
		case columnar.Int, columnar.Boolean:
			return v
		case columnar.String:
			return "'" + v + "'"
		}
		return v + ":" + e.Type().String()
	case *logical.UnresolvedCall:
		name := strings.Join(e.Name, ".")
		if e.Distinct {
			name += " distinct"
		}
		if e.IgnoreNulls {
			name += " ignore nulls"
		}
		return "(" + strings.Join(append([]string{name}, shapes(e.Children())...), " ") + ")"
	case *logical.Cast:
		return "(cast " + shape(e.Child) + " " + e.To.String() + ")"
	case *logical.Alias:
		return shape(e.Child) + " AS " + e.Name
	case *logical.SortKey:
		return strings.TrimPrefix(e.String(), e.Child.String()) + " " + shape(e.Child)
	case *logical.Lambda:
		return "(" + strings.Join(lambdaParams(e), " ") + " -> " + shape(e.Body) + ")"
	case *logical.UnresolvedExtract:
		if e.Dot {
			return "(. " + shape(e.Child) + " " + shape(e.Key) + ")"
		}
		return "(at " + shape(e.Child) + " " + shape(e.Key) + ")"
	case *logical.InSubquery:
		return "(in-query " + strings.Join(shapes(e.Values), " ") + " " + planShape(e.Plan) + ")"
	case *logical.ScalarSubquery:
		return "(query " + planShape(e.Plan) + ")"
	case *logical.Exists:
		return "(exists " + planShape(e.Plan) + ")"
	}
	return e.String()
}

func lambdaParams(l *logical.Lambda) (names []string) {
	for _, p := range l.Params {
		names = append(names, p.Name)
	}
	return names
}

func shapes(es []logical.Expr) (out []string) {
	for _, e := range es {
		out = append(out, shape(e))
	}
	return out
}

// planShape prints a plan as nested calls: Project[a](Relation t).
func planShape(n logical.Node) string {
	switch n := n.(type) {
	case *logical.UnresolvedRelation:
		return strings.Join(n.Name, ".")
	case *logical.OneRow:
		return "OneRow"
	case *logical.Project:
		return fmt.Sprintf("Project[%s](%s)", strings.Join(shapes(n.List), ", "), planShape(n.Input))
	case *logical.Aggregate:
		all := ""
		if n.GroupAll {
			all = "ALL"
		}
		return fmt.Sprintf("Aggregate[%s%s][%s](%s)", all, strings.Join(groupShapes(n.Group), ", "), strings.Join(shapes(n.List), ", "), planShape(n.Input))
	case *logical.Join:
		return joinShape(n)
	case *logical.SubqueryAlias:
		return fmt.Sprintf("%s%s:%s", n.Alias, columnsShape(n.Cols), planShape(n.Input))
	case *logical.SetOp:
		return n.String() + "(" + planShapes(n.Inputs) + ")"
	case *logical.With:
		s := "With["
		for _, c := range n.CTEs {
			s += c.Name + columnsShape(c.Cols) + "=" + planShape(c.Plan) + ";"
		}
		return s + "](" + planShape(n.Input) + ")"
	case *logical.Values:
		s := "Values["
		for _, r := range n.Rows {
			s += "(" + strings.Join(shapes(r), ",") + ")"
		}
		return s + "]"
	case *logical.Hint:
		return fmt.Sprintf("Hint[%s %s](%s)", n.Name, strings.Join(shapes(n.Args), ","), planShape(n.Input))
	case *logical.LateralView:
		return fmt.Sprintf("LateralView[%v %s %s %v](%s)", n.Outer, shape(n.Gen), n.Alias, n.Cols, planShape(n.Input))
	case *logical.UnresolvedTableFunction:
		return fmt.Sprintf("%s(%s)", strings.Join(n.Name, "."), strings.Join(shapes(n.Args), ", "))
	}
	return genericShape(n)
}

func genericShape(n logical.Node) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", n), "*logical.")
	return fmt.Sprintf("%s[%s](%s)", name, strings.Join(shapes(n.Exprs()), ", "), planShapes(n.Children()))
}

func groupShapes(es []logical.Expr) (out []string) {
	for _, e := range es {
		g, ok := e.(*logical.GroupingAnalytics)
		if !ok {
			out = append(out, shape(e))
			continue
		}
		var sets []string
		for _, s := range g.Sets {
			sets = append(sets, "("+strings.Join(groupShapes(s), " ")+")")
		}
		out = append(out, [...]string{"rollup", "cube", "sets"}[g.Kind]+strings.Join(sets, ""))
	}
	return out
}

func columnsShape(cols []string) string {
	if cols == nil {
		return ""
	}
	return "(" + strings.Join(cols, ",") + ")"
}

func joinShape(n *logical.Join) string {
	kind := n.Type.String()
	if n.Natural {
		kind = "Natural" + kind
	}
	if n.Lateral {
		kind = "Lateral" + kind
	}
	on := ""
	if n.Cond != nil {
		on = " on " + shape(n.Cond)
	}
	if n.Using != nil {
		on = " using " + strings.Join(n.Using, ",")
	}
	return kind + "(" + planShape(n.Left) + ", " + planShape(n.Right) + on + ")"
}

func planShapes(ns []logical.Node) string {
	var out []string
	for _, n := range ns {
		out = append(out, planShape(n))
	}
	return strings.Join(out, ", ")
}

// parsed is the shape of an expression or query, or its error's condition.
func parsed(text string) string {
	if toks, err := lex(text, Options{}); err == nil && len(toks) > 0 && isQuery(&cursor{toks: mustTree(text)}) {
		n, err := Parse(text)
		if err != nil {
			return "error"
		}
		return planShape(n)
	}
	e, err := ParseExpr(text)
	if err != nil {
		return "error"
	}
	return shape(e)
}

func mustTree(text string) []token {
	toks, err := parseTree(text, Options{})
	if err != nil {
		return nil
	}
	return toks
}

func checkShapes(t *testing.T, cases [][2]string) {
	t.Helper()
	for _, c := range cases {
		if got := parsed(c[0]); got != c[1] {
			t.Errorf("%s\n got %s\nwant %s", c[0], got, c[1])
		}
	}
}
