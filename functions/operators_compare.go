package functions

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// comparedTypes is the typing of the comparison operators: both sides meet in one type, which must have an order.
func comparedTypes(symbol string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(symbol, len(args), 2, 2); err != nil {
			return nil, columnar.BooleanType, err
		}
		t, ok := logical.CommonType(args[0], args[1])
		if !ok {
			return nil, columnar.BooleanType, operandMismatch("", args[0], args[1])
		}
		return repeatType(t, 2), columnar.BooleanType, orderable(symbol, t)
	}
}

// orderable is the error of a type whose values cannot be compared. Intervals of the calendar can be found equal, though.
func orderable(symbol string, t columnar.Type) error {
	if t.IsOrderable() || t.Kind == columnar.CalendarInterval && (symbol == "=" || symbol == "<=>" || symbol == "in") {
		return nil
	}
	return columnar.Errorf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "The `%s` does not support ordering on type %q.", symbol, t.SQL())
}

// infix is (a op b).
func infix(symbol string) func(string, []string) string {
	return func(_ string, args []string) string { return "(" + strings.Join(args, " "+symbol+" ") + ")" }
}

func comparison(op columnar.CmpOp, f logical.Function) *logical.Function {
	f.Type, f.Pretty = comparedTypes(f.Name), infix(f.Name)
	f.Kind = logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.Compare(ec.Pool, op, args[0], args[1], rows), nil
	})
	return &f
}

func never([]logical.Expr) bool { return false }

var comparisonOperators = []*logical.Function{
	comparison(columnar.Eq, logical.Function{
		Name: "=", Aliases: []string{"=="}, Usage: "expr1 = expr2: whether both are equal; NULL if either is NULL.",
		Examples: []logical.Example{{SQL: "SELECT 2 = 2", Result: "true"}, {SQL: "SELECT 1 = '1'", Result: "true"}, {SQL: "SELECT NULL = NULL", Result: "NULL"}},
	}),
	comparison(columnar.Lt, logical.Function{
		Name: "<", Usage: "expr1 < expr2: whether expr1 is less.",
		Examples: []logical.Example{{SQL: "SELECT 1 < 2", Result: "true"}, {SQL: "SELECT 1.1 < '1'", Result: "false"}},
	}),
	comparison(columnar.Le, logical.Function{
		Name: "<=", Usage: "expr1 <= expr2: whether expr1 is less or equal.", Examples: []logical.Example{{SQL: "SELECT 2 <= 2", Result: "true"}},
	}),
	comparison(columnar.Gt, logical.Function{
		Name: ">", Usage: "expr1 > expr2: whether expr1 is greater.", Examples: []logical.Example{{SQL: "SELECT 2 > 1", Result: "true"}},
	}),
	comparison(columnar.Ge, logical.Function{
		Name: ">=", Usage: "expr1 >= expr2: whether expr1 is greater or equal.", Examples: []logical.Example{{SQL: "SELECT 2 >= 1", Result: "true"}},
	}),
	{
		Name: "<=>", Usage: "expr1 <=> expr2: whether both are equal or both NULL; never NULL itself.",
		Examples: []logical.Example{{SQL: "SELECT 2 <=> 2", Result: "true"}, {SQL: "SELECT NULL <=> NULL", Result: "true"}},
		Type:     comparedTypes("<=>"), Pretty: infix("<=>"), Nullable: never,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			if args[0].Type().Kind == columnar.Void {
				return columnar.IsNull(ec.Pool, args[1], rows), nil
			}
			return columnar.EqNullSafe(ec.Pool, args[0], args[1], rows), nil
		}),
	},
	{
		Name: "!=", Aliases: []string{"<>"}, Usage: "expr1 != expr2: whether the two differ; NULL if either is NULL.",
		Examples: []logical.Example{{SQL: "SELECT 1 != 2", Result: "true"}},
		Pretty:   func(_ string, args []string) string { return "(NOT (" + strings.Join(args, " = ") + "))" },
		Kind: logical.Rewrite(func(args []logical.Expr) (logical.Expr, error) {
			return logical.NewCall("not", logical.NewCall("=", args...)), nil
		}),
	},
	{
		Name: "equal_null", Usage: "equal_null(expr1, expr2): expr1 <=> expr2.",
		Examples: []logical.Example{{SQL: "SELECT equal_null(3, 3)", Result: "true"}, {SQL: "SELECT equal_null(NULL, 'a')", Result: "false"}},
		Type:     comparedTypes("equal_null"), Nullable: never,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.EqNullSafe(ec.Pool, args[0], args[1], rows), nil
		}),
	},
	{
		Name: "between", Usage: "expr BETWEEN lower AND upper: whether expr is neither below nor above the two.",
		Examples: []logical.Example{{SQL: "SELECT 0.5 BETWEEN 0.1 AND 1.0", Result: "true"}},
		Type:     betweenTypes,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			lower := columnar.Compare(ec.Pool, columnar.Ge, args[0], args[1], rows)
			return columnar.And(ec.Pool, lower, columnar.Compare(ec.Pool, columnar.Le, args[0], args[2], rows), rows), nil
		}),
	},
	{
		Name: "isnull", Usage: "expr IS NULL, or isnull(expr): whether it is NULL.",
		Examples: []logical.Example{{SQL: "SELECT isnull(1)", Result: "false"}, {SQL: "SELECT NULL IS NULL", Result: "true"}},
		Type:     anyTypes("isnull", 1, 1, columnar.BooleanType), Nullable: never,
		Pretty: func(_ string, args []string) string { return "(" + args[0] + " IS NULL)" },
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.IsNull(ec.Pool, args[0], rows), nil
		}),
	},
	{
		Name: "isnotnull", Usage: "expr IS NOT NULL, or isnotnull(expr): whether it is not NULL.",
		Examples: []logical.Example{{SQL: "SELECT isnotnull(1)", Result: "true"}},
		Type:     anyTypes("isnotnull", 1, 1, columnar.BooleanType), Nullable: never,
		Pretty: func(_ string, args []string) string { return "(" + args[0] + " IS NOT NULL)" },
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.IsNotNull(ec.Pool, args[0], rows), nil
		}),
	},
	inOperator,
}

// betweenTypes: Spark compares expr with each bound on its own, but a type in which all three meet exists whenever both comparisons do and
// gives the same answers but for strings against numbers of two kinds.
func betweenTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("between", len(args), 3, 3); err != nil {
		return nil, columnar.BooleanType, err
	}
	t, ok := logical.CommonTypeOf(args)
	if !ok {
		return nil, columnar.BooleanType, differentTypes("between", args)
	}
	return repeatType(t, 3), columnar.BooleanType, orderable("between", t)
}
