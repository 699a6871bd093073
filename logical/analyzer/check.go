package analyzer

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// check looks over a resolved plan for what no single rule sees (Spark's CheckAnalysis): aggregates, windows and generators outside of the places
// made for them.
func check(n logical.Node) error {
	var err error
	logical.WalkNodes(n, func(n logical.Node) bool {
		if err == nil {
			err = checkMaps(n)
		}
		for _, e := range n.Exprs() {
			if err == nil {
				err = checkExpr(n, e)
			}
		}
		return err == nil
	})
	return err
}

// checkMaps refuses to compare rows with maps for equality: maps of the same entries in another order would count as different.
func checkMaps(n logical.Node) error {
	switch n := n.(type) {
	case *logical.Distinct:
	case *logical.SetOp:
		if n.Kind == logical.Union && n.All {
			return nil
		}
	default:
		return nil
	}
	for _, a := range n.Output() {
		if holdsMap(a.T) {
			return columnar.Errorf("UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE", "The feature is not supported: Cannot have MAP type columns in DataFrame which calls set operations (INTERSECT, EXCEPT, etc.), but the type of column `%s` is %q.", a.Name, a.T.SQL())
		}
	}
	return nil
}

// holdsMap says whether values of a type are or contain maps.
func holdsMap(t columnar.Type) bool {
	switch t.Kind {
	case columnar.Map:
		return true
	case columnar.Array:
		return holdsMap(t.Elem())
	case columnar.Struct:
		for _, f := range t.Fields() {
			if holdsMap(f.Type) {
				return true
			}
		}
	}
	return false
}

func checkExpr(n logical.Node, e logical.Expr) error {
	var err error
	logical.Walk(e, func(x logical.Expr) bool {
		switch x := x.(type) {
		case logical.SubqueryExpr:
			if err == nil {
				err = check(x.Subplan())
			}
		case *groupingRef:
			err = columnar.Errorf("UNSUPPORTED_GROUPING_EXPRESSION", "grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.").At(x.pos)
		case *logical.WindowExpr:
			if _, ok := n.(*logical.Window); !ok {
				err = columnar.Errorf("UNSUPPORTED_EXPR_FOR_OPERATOR", "A query operator contains one or more unsupported expressions. Consider to rewrite it to avoid window functions, aggregate functions, and generator functions in the WHERE clause. Invalid expressions: [%q]", x).At(position(x.Pos, x.Func))
			}
		case *logical.Call:
			err = checkCall(n, x)
		}
		return err == nil
	})
	return err
}

// checkCall refuses functions that the operator cannot compute.
func checkCall(n logical.Node, c *logical.Call) error {
	switch {
	case c.Fn.IsAggregate():
		switch n.(type) {
		case *logical.Aggregate, *logical.Window:
			return nil
		}
	case c.Fn.IsWindow():
		if _, ok := n.(*logical.Window); ok {
			return nil
		}
		return columnar.Errorf("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "Window function %q requires an OVER clause.", c).At(c.Pos)
	case c.Fn.IsGenerator():
		if g, ok := n.(*logical.Generate); ok && g.Gen == logical.Expr(c) {
			return nil
		}
		if _, ok := n.(*logical.Project); ok {
			return columnar.Errorf("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "The generator is not supported: nested in expressions %q.", c).At(c.Pos)
		}
		return columnar.Errorf("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", "The generator is not supported: outside the SELECT clause, found: %s.", n).At(c.Pos)
	default:
		return nil
	}
	return columnar.Errorf("UNSUPPORTED_EXPR_FOR_OPERATOR", "A query operator contains one or more unsupported expressions. Consider to rewrite it to avoid window functions, aggregate functions, and generator functions in the WHERE clause. Invalid expressions: [%q]", c).At(c.Pos)
}

// checkAggregateCall refuses aggregates of aggregates.
func checkAggregateCall(c *logical.Call) error {
	for _, a := range c.Children() {
		if aggregateIn(a) != nil {
			return columnar.Errorf("NESTED_AGGREGATE_FUNCTION", "It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.").At(c.Pos)
		}
		if hasWindow(a) {
			return columnar.Errorf("UNSUPPORTED_EXPR_FOR_OPERATOR", "It is not allowed to use a window function inside an aggregate function. Please use the inner window function in a sub-query. Invalid expressions: [%q]", a).At(c.Pos)
		}
		if hasGenerator(a) {
			return columnar.Errorf("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "The generator is not supported: nested in expressions %q.", c).At(c.Pos)
		}
	}
	return nil
}

// checkCondition checks the condition of WHERE.
func checkCondition(e logical.Expr, clause string) error {
	if hasWindow(e) {
		return windowMisplaced(clause, e)
	}
	var bad []string
	logical.Walk(e, func(x logical.Expr) bool {
		c, ok := x.(*logical.Call)
		if ok && c.Fn.IsAggregate() {
			bad = append(bad, x.String())
			return false
		}
		return true
	})
	if g := generatorIn(e); g != nil {
		return columnar.Errorf("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", "The generator is not supported: outside the SELECT clause, found: Filter %s.", e).At(g.Position())
	}
	if len(bad) > 0 {
		return columnar.Errorf("INVALID_WHERE_CONDITION", "The %s condition %q contains invalid expressions: %s.\nRewrite the query to avoid window functions, aggregate functions, and generator functions in the %s clause.", clause, e, strings.Join(bad, ", "), clause).At(e.Position())
	}
	return checkBoolean(e)
}

// generatorIn is the first generator within an expression; nil if there is none.
func generatorIn(e logical.Expr) logical.Expr {
	var found logical.Expr
	logical.Walk(e, func(x logical.Expr) bool {
		if c, ok := x.(*logical.Call); ok && c.Fn.IsGenerator() && found == nil {
			found = x
		}
		return found == nil
	})
	return found
}

// checkBoolean checks that a filter's condition is a boolean.
func checkBoolean(e logical.Expr) error {
	if t := e.Type(); t.Kind != columnar.Boolean {
		return columnar.Errorf("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "Cannot resolve %q due to data type mismatch: Filter expression %q of type %q is not a boolean.", e, e, t.SQL()).At(e.Position())
	}
	return nil
}

func checkJoinCondition(e logical.Expr) error {
	if t := e.Type(); t.Kind != columnar.Boolean {
		return columnar.Errorf("JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", "The join condition %q has the invalid type %q, expected \"BOOLEAN\".", e, t.SQL()).At(e.Position())
	}
	if a := aggregateIn(e); a != nil {
		return columnar.Errorf("UNSUPPORTED_EXPR_FOR_OPERATOR", "A query operator contains one or more unsupported expressions. Consider to rewrite it to avoid window functions, aggregate functions, and generator functions in the WHERE clause. Invalid expressions: [%q]", a).At(e.Position())
	}
	return nil
}

func checkAggregateFilter(e logical.Expr) error {
	switch {
	case e.Type().Kind != columnar.Boolean && e.Type().Kind != columnar.Void:
		return columnar.Errorf("INVALID_AGGREGATE_FILTER.NOT_BOOLEAN", "The FILTER expression %q in an aggregate function is invalid. FILTER expression is not of type BOOLEAN. It should be a boolean expression.", e).At(e.Position())
	case aggregateIn(e) != nil:
		return columnar.Errorf("INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE", "The FILTER expression %q in an aggregate function is invalid. Expected a FILTER expression without an aggregation, but found %q.", e, aggregateIn(e)).At(e.Position())
	case hasWindow(e):
		return columnar.Errorf("INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION", "The FILTER expression %q in an aggregate function is invalid. Expected a FILTER expression without a window function, but found %q.", e, e).At(e.Position())
	}
	return nil
}
