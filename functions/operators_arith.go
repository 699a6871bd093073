package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// arithmetic is an operator over numbers, intervals, dates and timestamps, or the try_ function of it.
type arithmetic struct {
	op     columnar.ArithOp
	symbol string
	try    bool // NULL in place of errors
	exact  bool // decimal results keep the digits behind the point (spark.sql.decimalOperations.allowPrecisionLoss=false)
}

const numberOrInterval = `("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH" or "INTERVAL")`

// types is the operator's TypeExprs.
func (o arithmetic) types(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	if err := arity(o.symbol, len(args), 2, 2); err != nil {
		return nil, columnar.VoidType, err
	}
	a, b := args[0].Type(), args[1].Type()
	if r, coerced := o.temporal(a, b); r != nil {
		return coerced, r.result(coerced[0], coerced[1]), nil
	}
	coerced, result, ok := o.numericTypes(args)
	if !ok {
		want := numberOrInterval
		if o.op != columnar.Add && o.op != columnar.Sub {
			want = `"NUMERIC"`
		}
		if err := o.temporalMismatch(a, b); err != nil {
			return nil, result, err
		}
		return nil, result, operandMismatch(want, a, b)
	}
	return coerced, result, nil
}

// eval is the operator's Scalar. The arguments have been coerced, so that their types decide again which rule it is.
func (o arithmetic) eval(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	a, b := args[0], args[1]
	if r, coerced := o.temporal(a.Type(), b.Type()); r != nil {
		t := r.result(coerced[0], coerced[1])
		return r.eval(temporalCall{ec: ec, rows: rows, op: o.op, try: o.try, t: t}, a, b)
	}
	t := a.Type()
	switch {
	case t.Kind == columnar.Decimal:
		t = o.decimalResult(t, b.Type())
	case o.op == columnar.IntDiv:
		t = columnar.BigIntType
	}
	if o.try {
		return columnar.TryArith(ec.Pool, o.op, a, b, t, rows)
	}
	return columnar.Arith(ec.Pool, o.op, ec.ANSI, a, b, t, rows)
}

// pretty is (a + b), except where Spark makes functions of the operators on dates.
func (o arithmetic) pretty(name string, args []logical.Expr) string {
	a, b := args[0], args[1]
	if r, _ := o.temporal(a.Type(), b.Type()); r != nil && r.pretty != nil {
		return r.pretty(o.symbol, a, b)
	}
	if name != o.symbol || o.op == columnar.Pmod {
		return name + "(" + a.String() + ", " + b.String() + ")"
	}
	return "(" + a.String() + " " + o.symbol + " " + b.String() + ")"
}

// alwaysNullable: with ANSI off a division by zero and an overflow are NULL, and that is not known here.
func alwaysNullable([]logical.Expr) bool { return true }

func (o arithmetic) function(f logical.Function) *logical.Function {
	f.TypeExprs, f.Kind, f.Nullable = o.types, logical.Scalar(o.eval), alwaysNullable
	if !o.try {
		f.PrettyExprs = o.pretty
	}
	return &f
}

// arithmeticOperators are the operators of numbers, intervals, dates and timestamps.
var arithmeticOperators = arithmeticOf(false)

// arithmeticOf makes the operators; exact: decimal results keep the digits behind the point.
func arithmeticOf(exact bool) []*logical.Function {
	return []*logical.Function{
		arithmetic{op: columnar.Add, exact: exact, symbol: "+"}.function(logical.Function{
			Name:  "+",
			Usage: "expr1 + expr2: the sum of two numbers or intervals, or a date or timestamp moved by days or an interval.",
			Examples: []logical.Example{
				{SQL: "SELECT 1 + 2", Result: "3"},
				{SQL: "SELECT 1.50 + 2.5", Result: "4.00"},
				{SQL: "SELECT DATE'2024-01-31' + INTERVAL 1 MONTH", Result: "2024-02-29"},
			},
		}),
		arithmetic{op: columnar.Sub, exact: exact, symbol: "-"}.function(logical.Function{
			Name:  "-",
			Usage: "expr1 - expr2: the difference of two numbers, intervals, dates or timestamps, or a date or timestamp moved back.",
			Examples: []logical.Example{
				{SQL: "SELECT 2 - 1", Result: "1"},
				{SQL: "SELECT DATE'2024-01-31' - 1", Result: "2024-01-30"},
				{SQL: "SELECT DATE'2024-01-31' - DATE'2024-01-01'", Result: "INTERVAL '30' DAY"},
			},
		}),
		arithmetic{op: columnar.Mul, exact: exact, symbol: "*"}.function(logical.Function{
			Name:     "*",
			Usage:    "expr1 * expr2: the product of two numbers, or of an interval and a number.",
			Examples: []logical.Example{{SQL: "SELECT 2 * 3", Result: "6"}, {SQL: "SELECT 1.50 * 2.5", Result: "3.750"}},
		}),
		arithmetic{op: columnar.Div, exact: exact, symbol: "/"}.function(logical.Function{
			Name:     "/",
			Usage:    "expr1 / expr2: the quotient as a DOUBLE, of decimals as a DECIMAL, of an interval and a number as an interval.",
			Examples: []logical.Example{{SQL: "SELECT 3 / 2", Result: "1.5"}, {SQL: "SELECT 2L / 2L", Result: "1.0"}},
		}),
		arithmetic{op: columnar.IntDiv, exact: exact, symbol: "div"}.function(logical.Function{
			Name:     "div",
			Usage:    "expr1 div expr2: the whole part of the quotient of two numbers or intervals, as a BIGINT.",
			Examples: []logical.Example{{SQL: "SELECT 3 div 2", Result: "1"}, {SQL: "SELECT -7.5 div 2.0", Result: "-3"}},
		}),
		arithmetic{op: columnar.Mod, exact: exact, symbol: "%"}.function(logical.Function{
			Name:     "%",
			Aliases:  []string{"mod"},
			Usage:    "expr1 % expr2, or mod(expr1, expr2): what is left by a division; it has the sign of expr1.",
			Examples: []logical.Example{{SQL: "SELECT 2 % 1.8", Result: "0.2"}, {SQL: "SELECT mod(-7, 3)", Result: "-1"}},
		}),
		arithmetic{op: columnar.Pmod, exact: exact, symbol: "pmod"}.function(logical.Function{
			Name:     "pmod",
			Usage:    "pmod(expr1, expr2): the positive one of the remainders of expr1 and expr2.",
			Examples: []logical.Example{{SQL: "SELECT pmod(10, 3)", Result: "1"}, {SQL: "SELECT pmod(-10, 3)", Result: "2"}},
		}),
	}
}

// signFunctions are the signs before an operand.
var signFunctions = []*logical.Function{
	{
		Name:     "negative",
		Usage:    "-expr, or negative(expr): the number or interval of the other sign.",
		Examples: []logical.Example{{SQL: "SELECT negative(1)", Result: "-1"}},
		Type:     numeric("negative", true),
		Pretty:   func(_ string, args []string) string { return "(- " + args[0] + ")" },
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.Negate(ec.Pool, ec.ANSI, args[0], rows)
		}),
	},
	{
		Name:     "positive",
		Usage:    "+expr, or positive(expr): the number or interval itself.",
		Examples: []logical.Example{{SQL: "SELECT positive(1)", Result: "1"}},
		Type:     numeric("positive", true),
		Pretty:   func(_ string, args []string) string { return "(+ " + args[0] + ")" },
		Kind: logical.Scalar(func(_ *logical.EvalContext, _ columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return args[0], nil
		}),
	},
}

var tryArithmetic = []*logical.Function{
	arithmetic{op: columnar.Add, symbol: "try_add", try: true}.function(logical.Function{
		Name:     "try_add",
		Usage:    "try_add(expr1, expr2): expr1 + expr2, or NULL if that overflows.",
		Examples: []logical.Example{{SQL: "SELECT try_add(1, 2)", Result: "3"}, {SQL: "SELECT try_add(2147483647, 1)", Result: "NULL"}},
	}),
	arithmetic{op: columnar.Sub, symbol: "try_subtract", try: true}.function(logical.Function{
		Name:     "try_subtract",
		Usage:    "try_subtract(expr1, expr2): expr1 - expr2, or NULL if that overflows.",
		Examples: []logical.Example{{SQL: "SELECT try_subtract(2, 1)", Result: "1"}, {SQL: "SELECT try_subtract(-2147483648, 1)", Result: "NULL"}},
	}),
	arithmetic{op: columnar.Mul, symbol: "try_multiply", try: true}.function(logical.Function{
		Name:     "try_multiply",
		Usage:    "try_multiply(expr1, expr2): expr1 * expr2, or NULL if that overflows.",
		Examples: []logical.Example{{SQL: "SELECT try_multiply(2, 3)", Result: "6"}, {SQL: "SELECT try_multiply(2147483647, 2)", Result: "NULL"}},
	}),
	arithmetic{op: columnar.Div, symbol: "try_divide", try: true}.function(logical.Function{
		Name:     "try_divide",
		Usage:    "try_divide(expr1, expr2): expr1 / expr2, or NULL if expr2 is 0.",
		Examples: []logical.Example{{SQL: "SELECT try_divide(3, 2)", Result: "1.5"}, {SQL: "SELECT try_divide(1, 0)", Result: "NULL"}},
	}),
	arithmetic{op: columnar.Mod, symbol: "try_mod", try: true}.function(logical.Function{
		Name:     "try_mod",
		Usage:    "try_mod(expr1, expr2): expr1 % expr2, or NULL if expr2 is 0.",
		Examples: []logical.Example{{SQL: "SELECT try_mod(3, 2)", Result: "1"}, {SQL: "SELECT try_mod(1, 0)", Result: "NULL"}},
	}),
}
