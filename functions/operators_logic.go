package functions

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// booleans is the typing of AND, OR and NOT. Strings are cast; other types are not for logic.
func booleans(name string, n int) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), n, n); err != nil {
			return nil, columnar.BooleanType, err
		}
		for i, a := range args {
			if a.Kind == columnar.Boolean || a.Kind == columnar.String || a.Kind == columnar.Void {
				continue
			}
			if n == 1 {
				return nil, columnar.BooleanType, unexpectedType(i, "BOOLEAN", a)
			}
			return nil, columnar.BooleanType, operandMismatch(`"BOOLEAN"`, args[0], args[1])
		}
		return repeatType(columnar.BooleanType, n), columnar.BooleanType, nil
	}
}

var logicOperators = []*logical.Function{
	{
		Name: "and", Usage: "expr1 AND expr2: FALSE if either is FALSE, else NULL if either is NULL. expr2 is not computed for rows where expr1 is FALSE.",
		Examples: []logical.Example{
			{SQL: "SELECT true AND true", Result: "true"}, {SQL: "SELECT true AND NULL", Result: "NULL"}, {SQL: "SELECT false AND NULL", Result: "false"},
		},
		Type: booleans("and", 2), Pretty: infix("AND"), Kind: logical.Lazy(evalAnd),
	},
	{
		Name: "or", Usage: "expr1 OR expr2: TRUE if either is TRUE, else NULL if either is NULL. expr2 is not computed for rows where expr1 is TRUE.",
		Examples: []logical.Example{
			{SQL: "SELECT true OR false", Result: "true"}, {SQL: "SELECT true OR NULL", Result: "true"}, {SQL: "SELECT false OR NULL", Result: "NULL"},
		},
		Type: booleans("or", 2), Pretty: infix("OR"), Kind: logical.Lazy(evalOr),
	},
	{
		Name: "not", Aliases: []string{"!"}, Usage: "NOT expr, or ! expr: TRUE for FALSE and FALSE for TRUE.",
		Examples: []logical.Example{{SQL: "SELECT NOT true", Result: "false"}, {SQL: "SELECT ! false", Result: "true"}, {SQL: "SELECT NOT NULL", Result: "NULL"}},
		Type:     booleans("not", 1),
		Pretty:   func(_ string, args []string) string { return "(NOT " + strings.Join(args, ", ") + ")" },
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.Not(ec.Pool, args[0], rows), nil
		}),
	},
}

// evalAnd computes the right side for the rows where the left is TRUE or NULL only: it may fail for others.
func evalAnd(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	left, err := args[0].Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	open := columnar.SelectTrue(columnar.Or(ec.Pool, left, columnar.IsNull(ec.Pool, left, rows), rows), rows, columnar.Alloc[int32](ec.Pool, rows.Count()))
	return shortCircuit(ec, in, rows, left, open, args[1], columnar.And)
}

// evalOr computes the right side for the rows where the left is FALSE or NULL only.
func evalOr(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	left, err := args[0].Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	not := columnar.Not(ec.Pool, left, rows)
	open := columnar.SelectTrue(columnar.Or(ec.Pool, not, columnar.IsNull(ec.Pool, left, rows), rows), rows, columnar.Alloc[int32](ec.Pool, rows.Count()))
	return shortCircuit(ec, in, rows, left, open, args[1], columnar.Or)
}

// shortCircuit joins left with right, which is computed for the open rows. In the other rows right is unspecified, and left alone decides
// whatever it holds.
func shortCircuit(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, left columnar.Vector, open []int32, right logical.Evaluator,
	join func(p *columnar.Pool, a, b columnar.Vector, rows columnar.Rows) *columnar.Bool) (columnar.Vector, error) {
	if len(open) == 0 {
		return left, nil
	}
	some := rows
	if len(open) < rows.Count() {
		some = columnar.Rows{N: rows.N, Sel: open}
	}
	r, err := right.Eval(ec, in, some)
	if err != nil {
		return nil, err
	}
	return join(ec.Pool, left, r, rows), nil
}
