package functions

import (
	"math"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// mathGroup are the functions of numbers.
var mathGroup = slices.Concat(doubleFunctions, binaryDoubleFunctions, roundFunctions, numberFunctions, baseFunctions, bitFunctions, randomFunctions)

// doubleFunction is a function of one DOUBLE. Pretty names in capitals are Spark's.
func doubleFunction(name, pretty, usage, example, result string, f func(float64) float64) *logical.Function {
	return partialFunction(name, pretty, usage, example, result, func(x float64) (float64, bool) { return f(x), true })
}

// partialFunction is a doubleFunction that is NULL where f says false.
func partialFunction(name, pretty, usage, example, result string, f func(float64) (float64, bool)) *logical.Function {
	out := &logical.Function{
		Name: name, Usage: usage, Examples: []logical.Example{{SQL: "SELECT " + example, Result: result}},
		Type: fixed(name, columnar.DoubleType, columnar.DoubleType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.UnaryErr(ec.Pool, args[0], columnar.DoubleType, rows, func(x float64) (float64, bool, error) {
				y, ok := f(x)
				return y, ok, nil
			})
		}),
	}
	if pretty != name {
		out.Pretty = func(_ string, args []string) string { return pretty + "(" + args[0] + ")" }
	}
	if _, ok := f(-2); !ok {
		out.Nullable = alwaysNullable
	}
	return out
}

var doubleFunctions = []*logical.Function{
	doubleFunction("sqrt", "SQRT", "sqrt(expr): the square root; NaN of a negative number.", "sqrt(4)", "2.0", math.Sqrt),
	doubleFunction("cbrt", "CBRT", "cbrt(expr): the cube root.", "cbrt(27.0)", "3.0", math.Cbrt),
	doubleFunction("exp", "EXP", "exp(expr): e to the power of expr.", "exp(0)", "1.0", strictExp),
	doubleFunction("expm1", "EXPM1", "expm1(expr): exp(expr) - 1, exact near 0.", "expm1(0)", "0.0", math.Expm1),
	partialFunction("ln", "ln", "ln(expr): the natural logarithm; NULL of 0 and negative numbers.", "ln(1)", "0.0", logOf(javafmt.StrictLog)),
	partialFunction("log2", "LOG2", "log2(expr): the logarithm to base 2; NULL of 0 and negative numbers.", "log2(2)", "1.0",
		logOf(func(x float64) float64 { return javafmt.StrictLog(x) / javafmt.StrictLog(2) })),
	partialFunction("log10", "LOG10", "log10(expr): the logarithm to base 10; NULL of 0 and negative numbers.", "log10(10)", "1.0", logOf(strictLog10)),
	partialFunction("log1p", "LOG1P", "log1p(expr): ln(1 + expr), exact near 0; NULL at and below -1.", "log1p(0)", "0.0",
		func(x float64) (float64, bool) { return math.Log1p(x), !(x <= -1) }),
	doubleFunction("sin", "SIN", "sin(expr): the sine of an angle in radians.", "sin(0)", "0.0", sin),
	doubleFunction("cos", "COS", "cos(expr): the cosine of an angle in radians.", "cos(0)", "1.0", cos),
	doubleFunction("tan", "TAN", "tan(expr): the tangent of an angle in radians.", "tan(0)", "0.0", tan),
	doubleFunction("cot", "COT", "cot(expr): the cotangent of an angle in radians.", "cot(1)", "0.6420926159343306",
		func(x float64) float64 { return 1 / tan(x) }),
	doubleFunction("sec", "SEC", "sec(expr): the secant of an angle in radians.", "sec(0)", "1.0", func(x float64) float64 { return 1 / cos(x) }),
	doubleFunction("csc", "CSC", "csc(expr): the cosecant of an angle in radians.", "csc(1)", "1.1883951057781212",
		func(x float64) float64 { return 1 / sin(x) }),
	doubleFunction("asin", "ASIN", "asin(expr): the angle in radians whose sine is expr.", "asin(0)", "0.0", strictAsin),
	doubleFunction("acos", "ACOS", "acos(expr): the angle in radians whose cosine is expr.", "acos(1)", "0.0", strictAcos),
	doubleFunction("atan", "ATAN", "atan(expr): the angle in radians whose tangent is expr.", "atan(0)", "0.0", math.Atan),
	doubleFunction("sinh", "SINH", "sinh(expr): the hyperbolic sine.", "sinh(0)", "0.0", strictSinh),
	doubleFunction("cosh", "COSH", "cosh(expr): the hyperbolic cosine.", "cosh(0)", "1.0", strictCosh),
	doubleFunction("tanh", "TANH", "tanh(expr): the hyperbolic tangent.", "tanh(0)", "0.0", strictTanh),
	doubleFunction("asinh", "ASINH", "asinh(expr): the inverse of sinh.", "asinh(0)", "0.0", math.Asinh),
	doubleFunction("acosh", "ACOSH", "acosh(expr): the inverse of cosh.", "acosh(1)", "0.0",
		func(x float64) float64 { return javafmt.StrictLog(x + math.Sqrt(float64(x*x)-1)) }),
	doubleFunction("atanh", "ATANH", "atanh(expr): the inverse of tanh.", "atanh(0)", "0.0",
		func(x float64) float64 { return 0.5 * (math.Log1p(x) - math.Log1p(-x)) }),
	doubleFunction("degrees", "DEGREES", "degrees(expr): radians as degrees.", "degrees(3.141592653589793)", "180.0",
		func(x float64) float64 { return x * 57.29577951308232 }),
	doubleFunction("radians", "RADIANS", "radians(expr): degrees as radians.", "radians(180)", "3.141592653589793",
		func(x float64) float64 { return x * 0.017453292519943295 }),
	doubleFunction("rint", "rint", "rint(expr): the nearest whole number as a DOUBLE, the even one of two.", "rint(12.3456)", "12.0", math.RoundToEven),
	signFunction("sign", "sign"), signFunction("signum", "SIGNUM"),
}

func logOf(log func(float64) float64) func(float64) (float64, bool) {
	return func(x float64) (float64, bool) { return log(x), !(x <= 0) }
}

// signFunction also takes intervals.
func signFunction(name, pretty string) *logical.Function {
	f := doubleFunction(name, pretty, name+"(expr): -1.0, 0.0 or 1.0 as expr is negative, zero or positive.", name+"(40)", "1.0", sign)
	f.Type = func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if len(args) == 1 && (args[0].Kind == columnar.YearMonthInterval || args[0].Kind == columnar.DayTimeInterval) {
			return args, columnar.DoubleType, nil
		}
		return fixed(name, columnar.DoubleType, columnar.DoubleType)(args)
	}
	double := f.Kind.(logical.Scalar)
	f.Kind = logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		switch args[0].Type().Kind {
		case columnar.YearMonthInterval:
			return columnar.Unary(ec.Pool, args[0], columnar.DoubleType, rows, func(x int32) float64 { return sign(float64(x)) }), nil
		case columnar.DayTimeInterval:
			return columnar.Unary(ec.Pool, args[0], columnar.DoubleType, rows, func(x int64) float64 { return sign(float64(x)) }), nil
		}
		return double(ec, rows, args)
	})
	return f
}

func sign(x float64) float64 {
	if x > 0 {
		return 1
	}
	if x < 0 {
		return -1
	}
	return x // 0, -0, NaN
}

func binaryDouble(name, pretty, usage, example, result string, f func(x, y float64) float64) *logical.Function {
	out := &logical.Function{
		Name: name, Usage: usage, Examples: []logical.Example{{SQL: "SELECT " + example, Result: result}},
		Type: fixed(name, columnar.DoubleType, columnar.DoubleType, columnar.DoubleType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.Pairwise(ec.Pool, args[0], args[1], columnar.DoubleType, rows, f), nil
		}),
	}
	if pretty != name {
		out.Pretty = func(_ string, args []string) string { return pretty + "(" + args[0] + ", " + args[1] + ")" }
	}
	return out
}

var binaryDoubleFunctions = []*logical.Function{
	binaryDouble("pow", "pow", "pow(expr1, expr2): expr1 to the power of expr2.", "pow(2, 3)", "8.0", strictPow),
	binaryDouble("power", "POWER", "power(expr1, expr2): expr1 to the power of expr2.", "power(2, 3)", "8.0", strictPow),
	binaryDouble("atan2", "ATAN2", "atan2(y, x): the angle in radians of the point (x, y).", "atan2(0, 0)", "0.0",
		// Adding 0 makes -0.0 to 0.0, as Spark does.
		func(y, x float64) float64 { return math.Atan2(y+0, x+0) }),
	binaryDouble("hypot", "HYPOT", "hypot(expr1, expr2): the length of the vector, without overflow on the way.", "hypot(3, 4)", "5.0", math.Hypot),
	{
		Name: "log", Usage: "log(base, expr): the logarithm of expr to base; log(expr) is the natural one. NULL of 0 and negative numbers.",
		Examples: []logical.Example{{SQL: "SELECT log(10, 100)", Result: "2.0"}, {SQL: "SELECT log(1)", Result: "0.0"}},
		Type:     optional("log", 1, columnar.DoubleType, columnar.DoubleType, columnar.DoubleType), Nullable: alwaysNullable,
		Pretty: func(_ string, args []string) string {
			if len(args) == 1 {
				return "LOG(E(), " + args[0] + ")"
			}
			return "LOG(" + args[0] + ", " + args[1] + ")"
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			if len(args) == 1 {
				return columnar.UnaryErr(ec.Pool, args[0], columnar.DoubleType, rows, func(x float64) (float64, bool, error) {
					return javafmt.StrictLog(x), !(x <= 0), nil
				})
			}
			return columnar.PairwiseErr(ec.Pool, args[0], args[1], columnar.DoubleType, rows, func(b, x float64) (float64, bool, error) {
				return javafmt.StrictLog(x) / javafmt.StrictLog(b), !(b <= 0 || x <= 0), nil
			})
		}),
	},
	constantFunction("pi", "PI", math.Pi, "3.141592653589793"),
	constantFunction("e", "E", math.E, "2.718281828459045"),
	{
		Name: "isnan", Usage: "isnan(expr): whether expr is NaN; FALSE of NULL.",
		Examples: []logical.Example{{SQL: "SELECT isnan(cast('NaN' as double))", Result: "true"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			return fixed("isnan", columnar.BooleanType, columnar.DoubleType)(args)
		},
		Nullable: never,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			nan := columnar.NewConst(columnar.ScalarOf(math.NaN()), rows.N)
			return columnar.EqNullSafe(ec.Pool, args[0], nan, rows), nil
		}),
	},
}

func constantFunction(name, pretty string, v float64, text string) *logical.Function {
	return &logical.Function{
		Name: name, Usage: name + "(): the number " + text + ".", Examples: []logical.Example{{SQL: "SELECT " + name + "()", Result: text}},
		Type: fixed(name, columnar.DoubleType), Pretty: func(string, []string) string { return pretty + "()" }, Nullable: never,
		Kind: logical.Scalar(func(_ *logical.EvalContext, rows columnar.Rows, _ []columnar.Vector) (columnar.Vector, error) {
			return columnar.NewConst(columnar.ScalarOf(v), rows.N), nil
		}),
	}
}
