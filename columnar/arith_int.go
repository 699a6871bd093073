package columnar

import (
	"fmt"
	"math/bits"
	"unsafe"
)

type wholeNumber interface {
	int8 | int16 | int32 | int64
}

// integers computes over integers and intervals of one unit. Sums, differences and products run over all rows without a branch,
// gathering signs of overflow on the way; only if there is one are the rows that count looked at again.
func integers[T wholeNumber](k arithKernel, a *Fixed[T], b Vector) (Vector, error) {
	y, c, isConst := operand[T](b)
	at := func(i int) T {
		if isConst {
			return c
		}
		return y[i]
	}
	if k.op >= Div {
		return divideIntegers(k, a, b, at)
	}
	out := MakeFixed[T](k.p, k.t, k.rows.N)
	out.Valid = mergeValid(k.p, a, b, k.rows.N)
	var overflow bool
	if isConst {
		overflow = integersConst(k.op, out.Values, a.Values, c)
	} else {
		overflow = integersVector(k.op, out.Values, a.Values, y)
	}
	if !overflow || k.mode == CastLegacy {
		return out, nil
	}
	bad := func(i int) bool { return overflows(k.op, a.Values[i], at(i)) }
	fail := func(i int) error { return integerOverflow(k.op, a.Typ, int64(a.Values[i]), int64(at(i))) }
	if err := invalid(k, out, bad, fail); err != nil {
		return nil, err
	}
	return out, nil
}

func integersVector[T wholeNumber](op ArithOp, dst, x, y []T) (overflow bool) {
	x, y = x[:len(dst)], y[:len(dst)]
	var signs T
	switch op {
	case Add:
		for i := range dst {
			a, b := x[i], y[i]
			r := a + b
			dst[i] = r
			signs |= (a ^ r) & (b ^ r)
		}
	case Sub:
		for i := range dst {
			a, b := x[i], y[i]
			r := a - b
			dst[i] = r
			signs |= (a ^ b) & (a ^ r)
		}
	case Mul:
		var spill int64
		for i := range dst {
			r, s := product(x[i], y[i])
			dst[i] = r
			spill |= s
		}
		return spill != 0
	}
	return signs < 0
}

func integersConst[T wholeNumber](op ArithOp, dst, x []T, c T) (overflow bool) {
	x = x[:len(dst)]
	var signs T
	switch op {
	case Add:
		for i := range dst {
			a := x[i]
			r := a + c
			dst[i] = r
			signs |= (a ^ r) & (c ^ r)
		}
	case Sub:
		for i := range dst {
			a := x[i]
			r := a - c
			dst[i] = r
			signs |= (a ^ c) & (a ^ r)
		}
	case Mul:
		var spill int64
		for i := range dst {
			r, s := product(x[i], c)
			dst[i] = r
			spill |= s
		}
		return spill != 0
	}
	return signs < 0
}

// product is x × y wrapped around, and something other than 0 if that is not the exact product.
func product[T wholeNumber](x, y T) (r T, spill int64) {
	hi, lo := bits.Mul64(uint64(x), uint64(y))
	// Mul64 takes both for unsigned: a negative one has added the other, shifted by 64 bits.
	high := int64(hi) - int64(x)>>63&int64(y) - int64(y)>>63&int64(x)
	r = T(lo)
	return r, (high ^ int64(lo)>>63) | (int64(r) ^ int64(lo))
}

func overflows[T wholeNumber](op ArithOp, x, y T) bool {
	switch op {
	case Add:
		return (x^(x+y))&(y^(x+y)) < 0
	case Sub:
		return (x^y)&(x^(x-y)) < 0
	}
	_, spill := product(x, y)
	return spill != 0
}

// divideIntegers computes div, % and pmod row by row; the division is what takes the time.
func divideIntegers[T wholeNumber](k arithKernel, a *Fixed[T], b Vector, at func(i int) T) (Vector, error) {
	valid := mergeValid(k.p, a, b, k.rows.N)
	zero := func(i int) bool { return at(i) == 0 }
	fail := func(int) error { return zeroDivisor(k.op) }
	if k.op == IntDiv {
		out := MakeFixed[int64](k.p, k.t, k.rows.N)
		out.Valid = valid
		err := invalid(k, out, zero, fail)
		for i := 0; i < k.rows.Count() && err == nil; i++ {
			r := k.rows.Row(i)
			if out.Valid == nil || out.Valid.Get(r) {
				out.Values[r], err = k.quotient(out, r, int64(a.Values[r]), int64(at(r)))
			}
		}
		return out, err
	}
	out := MakeFixed[T](k.p, k.t, k.rows.N)
	out.Valid = valid
	if err := invalid(k, out, zero, fail); err != nil {
		return nil, err
	}
	for i := range k.rows.Count() {
		r := k.rows.Row(i)
		if out.Valid == nil || out.Valid.Get(r) {
			out.Values[r] = intMod(k.op, a.Values[r], at(r))
		}
	}
	return out, nil
}

// quotient is x / y for y ≠ 0; only the least number divided by -1 overflows.
func (k arithKernel) quotient(out *Fixed[int64], r int, x, y int64) (int64, error) {
	if q := x / y; y != -1 || x != q || x == 0 || k.mode == CastLegacy {
		return q, nil
	}
	if k.mode == CastANSI {
		return 0, arithmeticOverflow("Overflow in integral divide", "try_divide")
	}
	clearValid(k.p, out, r)
	return 0, nil
}

// intMod is x % y or pmod. As in Spark, r + y is computed in 32 bits for the smaller types, and wraps around in the others.
func intMod[T wholeNumber](op ArithOp, x, y T) T {
	r := x % y
	if op != Pmod || r >= 0 {
		return r
	}
	if unsafe.Sizeof(r) < 4 {
		return T((int32(r) + int32(y)) % int32(y))
	}
	return (r + y) % y
}

// arithmeticOverflow is the error of a computation that left its type; try names the function that gives NULL instead, if any.
func arithmeticOverflow(message, try string) error {
	hint := ""
	if try != "" {
		hint = " Use '" + try + "' to tolerate overflow and return NULL instead."
	}
	return Errorf("ARITHMETIC_OVERFLOW", `%s.%s If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error.`, message, hint)
}

func integerOverflow(op ArithOp, t Type, x, y int64) error {
	try := "try_" + arithNames[op]
	switch t.Kind {
	case TinyInt, SmallInt:
		symbol := [...]string{Add: "+", Sub: "-", Mul: "*"}[op]
		return Errorf("BINARY_ARITHMETIC_OVERFLOW", "%dS %s %dS caused overflow. Use `%s` to ignore overflow problem and return NULL.", x, symbol, y, try)
	case YearMonthInterval, DayTimeInterval:
		return Errorf("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION",
			"Integer overflow while operating with intervals. Use '%s' to tolerate overflow and return NULL instead.", try)
	}
	return arithmeticOverflow(integerName(t)+" overflow", try)
}

func integerName(t Type) string {
	if t.Layout() == LayoutInt64 {
		return "long"
	}
	return "integer"
}

func zeroDivisor(op ArithOp) error {
	if op == Mod || op == Pmod {
		return Errorf("REMAINDER_BY_ZERO", "%s", "Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead."+ansiHint)
	}
	return Errorf("DIVIDE_BY_ZERO", "%s", "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead."+ansiHint)
}

const ansiHint = ` If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error.`

// Negate computes -v for numbers and intervals. The least integer of its type has no negative: an ARITHMETIC_OVERFLOW with ansi, itself
// without.
func Negate(p *Pool, ansi bool, v Vector, rows Rows) (Vector, error) {
	return signed(p, ansi, v, rows, true)
}

// Abs computes the distance of v from zero for numbers and intervals, with Negate's rule for the least integer.
func Abs(p *Pool, ansi bool, v Vector, rows Rows) (Vector, error) {
	return signed(p, ansi, v, rows, false)
}

// signed negates all values, or just the negative ones.
func signed(p *Pool, ansi bool, v Vector, rows Rows, all bool) (Vector, error) {
	t := v.Type()
	switch t.Layout() {
	case LayoutInt8:
		return UnaryErr(p, v, t, rows, func(x int8) (int8, bool, error) { return negated(ansi, t, x, all) })
	case LayoutInt16:
		return UnaryErr(p, v, t, rows, func(x int16) (int16, bool, error) { return negated(ansi, t, x, all) })
	case LayoutInt32:
		return UnaryErr(p, v, t, rows, func(x int32) (int32, bool, error) { return negated(ansi, t, x, all) })
	case LayoutInt64:
		return UnaryErr(p, v, t, rows, func(x int64) (int64, bool, error) { return negated(ansi, t, x, all) })
	case LayoutFloat32:
		return Unary(p, v, t, rows, func(x float32) float32 { return negatedFloat(x, all) }), nil
	case LayoutFloat64:
		return Unary(p, v, t, rows, func(x float64) float64 { return negatedFloat(x, all) }), nil
	case LayoutInt128:
		return Unary(p, v, t, rows, func(x Int128) Int128 {
			if all {
				return x.Neg()
			}
			return x.Abs()
		}), nil
	case LayoutInterval:
		return UnaryErr(p, v, t, rows, func(x Interval) (Interval, bool, error) {
			return Interval{-x.Months, -x.Days, -x.Micros}, true, nil
		})
	}
	return nil, Errorf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "%s", fmt.Sprintf("there is no negative of %s.", t.SQL()))
}

func negated[T wholeNumber](ansi bool, t Type, x T, all bool) (T, bool, error) {
	if x >= 0 && !all {
		return x, true, nil
	}
	if r := -x; r != x || x == 0 || !ansi && !t.IsInterval() {
		return r, true, nil
	}
	if t.IsInterval() {
		return 0, false, Errorf("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", "Integer overflow while operating with intervals.")
	}
	return 0, false, arithmeticOverflow(integerName(t)+" overflow", "")
}

func negatedFloat[T float32 | float64](x T, all bool) T {
	switch {
	case all:
		return -x
	case x <= 0: // not x < 0: the distance of -0.0 from zero is 0.0
		return 0 - x
	}
	return x
}
