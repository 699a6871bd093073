package functions

import (
	"math"
	"strconv"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// rounding is a way to drop digits.
type rounding uint8

const (
	halfUp   rounding = iota // to nearest, halves away from zero
	halfEven                 // to nearest, halves to the even neighbour
	up                       // ceil
	down                     // floor
)

// divide is v / unit, rounded; unit > 0.
func (m rounding) divide(v, unit columnar.Int128) columnar.Int128 {
	q, r := v.QuoRem(unit)
	step := int64(0)
	rest, _ := unit.Sub(r.Abs())
	switch half := r.Abs().Cmp(rest); m { // the remainder against what is missing to the next multiple
	case halfUp:
		if half >= 0 {
			step = int64(v.Sign())
		}
	case halfEven:
		if half > 0 || half == 0 && q.Lo&1 == 1 {
			step = int64(v.Sign())
		}
	case up:
		if r.Sign() > 0 {
			step = 1
		}
	case down:
		if r.Sign() < 0 {
			step = -1
		}
	}
	q, _ = q.Add(columnar.Int128From(step))
	return q
}

// rescale rounds an unscaled decimal of a scale to so many fractional digits (negative: to tens, hundreds, …) and returns it with scale to.
func (m rounding) rescale(v columnar.Int128, scale, digits, to int) columnar.Int128 {
	if digits >= scale {
		out, _ := v.Rescale(scale, to)
		return out
	}
	drop := scale - digits
	if drop > columnar.MaxPrecision {
		if m == up && v.Sign() > 0 || m == down && v.Sign() < 0 {
			out, _ := columnar.Int128From(int64(v.Sign())).Rescale(digits, to)
			return out
		}
		return columnar.Int128{}
	}
	out, _ := m.divide(v, columnar.Pow10(drop)).Rescale(digits, to)
	return out
}

// double rounds the decimal that the shortest text of x spells, as Java's BigDecimal of a double's text does: 1.005 has no 5 in binary.
func (m rounding) double(x float64, digits int) float64 {
	if x != x || math.IsInf(x, 0) || digits > 330 {
		return x
	}
	if digits >= 0 && digits <= 15 {
		// Fast path - the scaled value is far from a half, and division rounds as parsing the digits would.
		unit := float64(columnar.Pow10Int64(digits))
		if y := math.Abs(x) * unit; y < 1<<52 {
			whole := math.Floor(y)
			if f := y - whole; math.Abs(f-0.5) > 1e-4 {
				if f > 0.5 {
					whole++
				}
				return math.Copysign(whole/unit, x) + 0
			}
		}
	}
	mantissa, exp := shortestDigits(x)
	v, scale := columnar.Int128From(mantissa), -exp
	if scale <= digits {
		return x
	}
	if scale-digits > columnar.MaxPrecision {
		return 0
	}
	q := m.divide(v, columnar.Pow10(scale-digits))
	out, _ := strconv.ParseFloat(q.Text(0)+"e"+strconv.Itoa(-digits), 64)
	return out + 0
}

// shortestDigits is x as mantissa × 10^exp with the fewest digits that read back as x.
func shortestDigits(x float64) (mantissa int64, exp int) {
	var buf [32]byte
	text := strconv.AppendFloat(buf[:0], x, 'e', -1, 64) // -d.ddde±dd
	i, negative := 0, false
	if text[0] == '-' {
		i, negative = 1, true
	}
	point := false
	for ; text[i] != 'e'; i++ {
		if text[i] == '.' {
			point = true
			continue
		}
		mantissa = mantissa*10 + int64(text[i]-'0')
		if point {
			exp--
		}
	}
	e, _ := strconv.Atoi(string(text[i+1:]))
	if negative {
		mantissa = -mantissa
	}
	return mantissa, exp + e
}

// roundFunction is round or bround.
func roundFunction(name string, mode rounding, usage string, examples ...logical.Example) *logical.Function {
	return &logical.Function{
		Name: name, Usage: usage, Examples: examples, Nullable: alwaysNullable,
		TypeExprs: func(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
			if err := arity(name, len(args), 1, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			t := args[0].Type()
			switch {
			case t.Kind == columnar.Void || t.Kind == columnar.String:
				t = columnar.DoubleType
			case !t.IsNumeric():
				return nil, t, unexpectedType(0, "NUMERIC", t)
			}
			digits, err := constantScale(name, args)
			if err != nil {
				return nil, t, err
			}
			return []columnar.Type{t, columnar.IntType}[:len(args)], roundedType(t, digits), nil
		},
		Pretty: func(_ string, args []string) string {
			if len(args) == 1 {
				args = append(args, "0")
			}
			return name + "(" + args[0] + ", " + args[1] + ")"
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			digits, null := scaleOf(args)
			if null {
				return columnar.NullVector(roundedType(args[0].Type(), 0), rows.N), nil
			}
			return roundRows(ec, rows, args[0], mode, digits)
		}),
	}
}

// constantScale is the scale that a call gives, which has to be a constant; 0 if it gives none or NULL.
func constantScale(name string, args []logical.Expr) (int, error) {
	if len(args) < 2 {
		return 0, nil
	}
	if !logical.ImplicitCast(args[1].Type(), columnar.IntType) {
		return 0, unexpectedType(1, "INT", args[1].Type())
	}
	v := foldedConstant(args[1])
	if v == nil {
		return 0, columnar.Errorf("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "the input `scale` of `%s` should be a foldable %q expression; however, got %q.",
			name, "INT", args[1].String())
	}
	if v.IsNull(0) || !v.Type().IsInteger() {
		return 0, nil
	}
	return int(columnar.Int64At(v, 0)), nil
}

// foldedConstant is the value of a literal, or of a negated or cast one; nil for other expressions.
func foldedConstant(e logical.Expr) columnar.Vector {
	switch e := e.(type) {
	case *logical.Literal:
		return e.Value
	case *logical.Cast:
		v := foldedConstant(e.Child)
		if v == nil {
			return nil
		}
		out, err := columnar.Cast(columnar.CastContext{Mode: e.Mode}, v, e.To, columnar.AllRows(1))
		if err != nil {
			return nil
		}
		return columnar.Flatten(nil, out, columnar.AllRows(1))
	case *logical.Call:
		if e.Fn.Name != "negative" || len(e.Args) != 1 {
			return nil
		}
		v := foldedConstant(e.Args[0])
		if v == nil {
			return nil
		}
		out, err := columnar.Negate(nil, true, v, columnar.AllRows(1))
		if err != nil {
			return nil
		}
		return columnar.Flatten(nil, out, columnar.AllRows(1))
	}
	return nil
}

func scaleOf(args []columnar.Vector) (digits int, null bool) {
	if len(args) < 2 || args[1].Len() == 0 {
		return 0, false
	}
	if args[1].IsNull(0) {
		return 0, true
	}
	return int(columnar.Int64At(args[1], 0)), false
}

// roundedType: a decimal may gain a whole digit, and keeps no more fractional ones than it is rounded to; other types stay.
func roundedType(t columnar.Type, digits int) columnar.Type {
	if t.Kind != columnar.Decimal {
		return t
	}
	whole := int(t.Precision) - int(t.Scale) + 1
	if digits < 0 {
		return columnar.DecimalType(min(max(whole, 1-digits), columnar.MaxPrecision), 0)
	}
	scale := min(int(t.Scale), digits)
	return columnar.DecimalType(min(whole+scale, columnar.MaxPrecision), scale)
}

func roundRows(ec *logical.EvalContext, rows columnar.Rows, v columnar.Vector, mode rounding, digits int) (columnar.Vector, error) {
	t := v.Type()
	switch t.Kind {
	case columnar.Decimal:
		return roundDecimals(ec, rows, v, mode, digits, roundedType(t, digits))
	case columnar.Double:
		return columnar.Unary(ec.Pool, v, t, rows, func(x float64) float64 { return mode.double(x, digits) }), nil
	case columnar.Float:
		return columnar.Unary(ec.Pool, v, t, rows, func(x float32) float32 { return float32(mode.double(float64(x), digits)) }), nil
	case columnar.TinyInt:
		return roundIntegers[int8](ec, rows, v, mode, digits)
	case columnar.SmallInt:
		return roundIntegers[int16](ec, rows, v, mode, digits)
	case columnar.Int:
		return roundIntegers[int32](ec, rows, v, mode, digits)
	}
	return roundIntegers[int64](ec, rows, v, mode, digits)
}

func roundIntegers[T integer](ec *logical.EvalContext, rows columnar.Rows, v columnar.Vector, mode rounding, digits int) (columnar.Vector, error) {
	if digits >= 0 {
		return v, nil
	}
	return columnar.UnaryErr(ec.Pool, v, v.Type(), rows, func(x T) (T, bool, error) {
		r := mode.rescale(columnar.Int128From(int64(x)), 0, digits, 0)
		if out := T(r.Int64()); r.IsInt64() && int64(out) == r.Int64() || !ec.ANSI {
			return out, true, nil
		}
		return 0, false, overflow("Overflow")
	})
}

// roundDecimals rounds to so many digits and gives decimals of type t.
func roundDecimals(ec *logical.EvalContext, rows columnar.Rows, v columnar.Vector, mode rounding, digits int, t columnar.Type) (columnar.Vector, error) {
	scale := int(v.Type().Scale)
	one := func(x columnar.Int128) (columnar.Int128, bool, error) {
		r := mode.rescale(x, scale, digits, int(t.Scale))
		if r.FitsPrecision(int(t.Precision)) {
			return r, true, nil
		}
		if ec.ANSI {
			return r, false, columnar.DecimalRangeError(r.Text(int(t.Scale)), t)
		}
		return r, false, nil
	}
	narrow := func(r columnar.Int128, ok bool, err error) (int64, bool, error) { return r.Int64(), ok, err }
	in, out := v.Type().Layout() == columnar.LayoutInt64, t.Layout() == columnar.LayoutInt64
	switch {
	case in && out:
		return columnar.UnaryErr(ec.Pool, v, t, rows, func(x int64) (int64, bool, error) { return narrow(one(columnar.Int128From(x))) })
	case in:
		return columnar.UnaryErr(ec.Pool, v, t, rows, func(x int64) (columnar.Int128, bool, error) { return one(columnar.Int128From(x)) })
	case out:
		return columnar.UnaryErr(ec.Pool, v, t, rows, func(x columnar.Int128) (int64, bool, error) { return narrow(one(x)) })
	}
	return columnar.UnaryErr(ec.Pool, v, t, rows, one)
}

func overflow(message string) error {
	return columnar.Errorf("ARITHMETIC_OVERFLOW", `%s. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error.`, message)
}

// boundFunction is ceil or floor.
func boundFunction(name string, aliases []string, pretty string, mode rounding, usage string, examples ...logical.Example) *logical.Function {
	return &logical.Function{
		Name: name, Aliases: aliases, Usage: usage, Examples: examples,
		TypeExprs: func(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
			if err := arity(name, len(args), 1, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			t := args[0].Type()
			switch {
			case t.Kind == columnar.Void || t.Kind == columnar.String:
				t = columnar.DoubleType
			case !t.IsNumeric():
				return nil, t, unexpectedType(0, "NUMERIC", t)
			}
			if len(args) == 2 {
				digits, err := constantScale(name, args)
				t = logical.DecimalOf(t)
				return []columnar.Type{t, columnar.IntType}, roundedType(t, digits), err
			}
			if t.Kind == columnar.Decimal {
				return []columnar.Type{t}, roundedType(t, 0), nil
			}
			if t.IsInteger() {
				t = columnar.BigIntType
			} else {
				t = columnar.DoubleType
			}
			return []columnar.Type{t}, columnar.BigIntType, nil
		},
		Pretty: func(as string, args []string) string {
			if len(args) == 1 && (as == name || as == "") {
				as = pretty
			}
			return callText(as, args)
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			t := args[0].Type()
			if t.Kind == columnar.Decimal {
				digits, null := scaleOf(args)
				if null {
					return columnar.NullVector(roundedType(t, 0), rows.N), nil
				}
				return roundDecimals(ec, rows, args[0], mode, digits, roundedType(t, digits))
			}
			if t.Kind == columnar.BigInt {
				return args[0], nil
			}
			return columnar.UnaryErr(ec.Pool, args[0], columnar.BigIntType, rows, func(x float64) (int64, bool, error) { return wholeDouble(ec, mode, x) })
		}),
	}
}

// wholeDouble is the ceiling or floor of x as a BIGINT; past its ends an error, or without ANSI the end itself.
func wholeDouble(ec *logical.EvalContext, mode rounding, x float64) (int64, bool, error) {
	if mode == up {
		x = math.Ceil(x)
	} else {
		x = math.Floor(x)
	}
	switch {
	case x >= -(1<<63) && x < 1<<63:
		return int64(x), true, nil
	case ec.ANSI:
		return 0, false, overflow("long overflow")
	case x > 0:
		return math.MaxInt64, true, nil
	case x < 0:
		return math.MinInt64, true, nil
	}
	return 0, true, nil // NaN
}

var roundFunctions = []*logical.Function{
	roundFunction("round", halfUp, "round(expr, d): expr rounded to d digits behind the point, halves away from zero.",
		logical.Example{SQL: "SELECT round(2.5, 0)", Result: "3"}),
	roundFunction("bround", halfEven, "bround(expr, d): expr rounded to d digits behind the point, halves to the even neighbour.",
		logical.Example{SQL: "SELECT bround(2.5, 0)", Result: "2"}, logical.Example{SQL: "SELECT bround(25, -1)", Result: "20"}),
	boundFunction("ceil", []string{"ceiling"}, "CEIL", up, "ceil(expr[, d]): the least whole number (or number of d digits) not below expr.",
		logical.Example{SQL: "SELECT ceil(-0.1)", Result: "0"}, logical.Example{SQL: "SELECT ceil(3.1411, 3)", Result: "3.142"}),
	boundFunction("floor", nil, "FLOOR", down, "floor(expr[, d]): the greatest whole number (or number of d digits) not above expr.",
		logical.Example{SQL: "SELECT floor(-0.1)", Result: "-1"}, logical.Example{SQL: "SELECT floor(3.1411, -3)", Result: "0"}),
}
