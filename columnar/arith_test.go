package columnar

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func condition(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Condition
	}
	return ""
}

// exactInt is op on whole numbers without limits; nil for a zero divisor.
func exactInt(op ArithOp, x, y int64) *big.Int {
	a, b, z := big.NewInt(x), big.NewInt(y), new(big.Int)
	switch op {
	case Add:
		return z.Add(a, b)
	case Sub:
		return z.Sub(a, b)
	case Mul:
		return z.Mul(a, b)
	}
	if y == 0 {
		return nil
	}
	switch op {
	case IntDiv:
		return z.Quo(a, b)
	case Mod:
		return z.Rem(a, b)
	}
	z.Rem(a, b)
	if z.Sign() < 0 && y > 0 {
		z.Add(z, b)
	}
	return z
}

func TestIntegerArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, typ := range []Type{TinyIntType, SmallIntType, IntType, BigIntType} {
		ops := []ArithOp{Add, Sub, Mul, Mod, Pmod}
		if typ == BigIntType {
			ops = append(ops, IntDiv)
		}
		for range 300 {
			n := []int{1, 2, 64, 100}[r.IntN(4)]
			rows := randomRows(r, n)
			a, b := randomVector(r, typ, n, form(r.IntN(int(forms)))), randomVector(r, typ, n, form(r.IntN(int(forms))))
			checkIntegers(t, ops[r.IntN(len(ops))], a, b, typ, rows)
		}
	}
}

func checkIntegers(t *testing.T, op ArithOp, a, b Vector, typ Type, rows Rows) {
	t.Helper()
	bits := map[Kind]int{TinyInt: 8, SmallInt: 16, Int: 32, BigInt: 64}[typ.Kind]
	lo := new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(1), uint(bits-1)))
	hi := new(big.Int).Not(lo)
	want := make([]*big.Int, rows.N) // nil: NULL in try mode
	failing := false
	for i := range rows.Count() {
		k := rows.Row(i)
		if a.IsNull(k) || b.IsNull(k) {
			continue
		}
		want[k] = exactInt(op, Int64At(a, k), Int64At(b, k))
		if op == Pmod && bits >= 32 && want[k] != nil && want[k].Sign() < 0 && Int64At(b, k) == lo.Int64() {
			// Spark's sum of the remainder and the least integer wraps around.
			want[k].Add(want[k], lo).Add(want[k], new(big.Int).Lsh(big.NewInt(1), uint(bits)))
		}
		if want[k] == nil || want[k].Cmp(lo) < 0 || want[k].Cmp(hi) > 0 {
			want[k], failing = nil, true
		}
	}
	try, err := TryArith(nil, op, a, b, typ, rows)
	if err != nil {
		t.Fatal(err)
	}
	ansi, err := Arith(nil, op, true, a, b, typ, rows)
	if failing != (err != nil) {
		t.Fatalf("%s of %s: error %v, want one: %v", arithNames[op], typ, err, failing)
	}
	for i := range rows.Count() {
		k := rows.Row(i)
		for _, got := range []Vector{try, ansi} {
			if got == nil || failing && got == ansi {
				continue
			}
			if got.IsNull(k) != (want[k] == nil) || want[k] != nil && want[k].Int64() != Int64At(got, k) {
				t.Fatalf("%s of %s, row %d: NULL %v, want %v", arithNames[op], typ, k, got.IsNull(k), want[k])
			}
		}
	}
}

func TestArithmeticConditions(t *testing.T) {
	f := func(op ArithOp, a, b Vector, typ Type, want string) {
		t.Helper()
		if _, err := Arith(nil, op, true, a, b, typ, AllRows(1)); condition(err) != want {
			t.Errorf("%s of %s: %v, want %s", arithNames[op], a.Type(), err, want)
		}
		if _, err := Arith(nil, op, true, a, b, typ, Rows{N: 1, Sel: []int32{}}); err != nil {
			t.Errorf("%s of %s: an error although no row is selected: %v", arithNames[op], a.Type(), err)
		}
	}
	least := ScalarOf(int64(math.MinInt64))
	f(Add, ScalarOf(int8(127)), ScalarOf(int8(1)), TinyIntType, "BINARY_ARITHMETIC_OVERFLOW")
	f(Mul, ScalarOf(int16(300)), ScalarOf(int16(300)), SmallIntType, "BINARY_ARITHMETIC_OVERFLOW")
	f(Sub, ScalarOf(int32(math.MinInt32)), ScalarOf(int32(1)), IntType, "ARITHMETIC_OVERFLOW")
	f(Mul, least, ScalarOf(int64(-1)), BigIntType, "ARITHMETIC_OVERFLOW")
	f(IntDiv, least, ScalarOf(int64(-1)), BigIntType, "ARITHMETIC_OVERFLOW")
	f(Mod, least, ScalarOf(int64(-1)), BigIntType, "")
	f(IntDiv, least, ScalarOf(int64(0)), BigIntType, "DIVIDE_BY_ZERO")
	f(Mod, least, ScalarOf(int64(0)), BigIntType, "REMAINDER_BY_ZERO")
	f(Pmod, ScalarOf(int32(1)), ScalarOf(int32(0)), IntType, "REMAINDER_BY_ZERO")
	f(Div, ScalarOf(1.0), ScalarOf(0.0), DoubleType, "DIVIDE_BY_ZERO")
	f(Mod, ScalarOf(1.0), ScalarOf(math.Copysign(0, -1)), DoubleType, "REMAINDER_BY_ZERO")
	f(Div, decimal("1.5"), decimal("0.0"), DecimalType(6, 4), "DIVIDE_BY_ZERO")
	f(Mul, decimal("99999999999999999999999999999999999999"), decimal("10"), DecimalType(38, 0), "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION")
	f(Add, NewFixed(DayTimeType(0, 3), []int64{math.MaxInt64}, nil), NewFixed(DayTimeType(0, 3), []int64{1}, nil), DayTimeType(0, 3),
		"INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION")
}

// decimal is one row with the decimal that the text spells, of the least precision that holds it.
func decimal(text string) Vector {
	v, scale, ok := ParseDecimal(text)
	if !ok {
		panic("not a decimal: " + text)
	}
	t := DecimalType(max(v.Digits(), scale, 1), scale)
	if t.Layout() == LayoutInt64 {
		return NewFixed(t, []int64{v.Int64()}, nil)
	}
	return NewFixed(t, []Int128{v}, nil)
}

// The answers are Spark's.
func TestDecimalArithmetic(t *testing.T) {
	f := func(a string, op ArithOp, b string, typ Type, want string) {
		t.Helper()
		got, err := Arith(nil, op, true, decimal(a), decimal(b), typ, AllRows(1))
		if err != nil {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s %s %s: %v", a, arithNames[op], b, err)
			}
			return
		}
		text := DecimalAt(got, 0).Text(int(typ.Scale))
		if typ.Kind == BigInt {
			text = Int128From(Int64At(got, 0)).Text(0)
		}
		if text != want {
			t.Errorf("%s %s %s = %s, want %s", a, arithNames[op], b, text, want)
		}
	}
	f("1.50", Add, "2.5", DecimalType(4, 2), "4.00")
	f("1.50", Sub, "2.5", DecimalType(4, 2), "-1.00")
	f("1.50", Mul, "2.5", DecimalType(6, 3), "3.750")
	f("1.50", Div, "2.5", DecimalType(8, 6), "0.600000")
	f("1", Div, "3", DecimalType(8, 6), "0.333333")
	f("-2", Div, "3", DecimalType(8, 6), "-0.666667")
	f("-7.5", Mod, "2.0", DecimalType(2, 1), "-1.5")
	f("-7.5", Pmod, "2.0", DecimalType(2, 1), "0.5")
	f("-7.5", IntDiv, "2.0", BigIntType, "-3")
	f("99999999999999999999", IntDiv, "0.1", BigIntType, "3875820019684212726")
	f("99999999999999999999", Mod, "0.3", DecimalType(1, 1), "0.0")
	f("99999999999999999999999999999999999999", Add, "1", DecimalType(38, 0), "100000000000000000000000000000000000000 cannot be represented as Decimal(38, 0)")
	f("99999999999999999999999999999999999999", Div, "0.1", DecimalType(38, 6), "999999999999999999999999999999999999990.000000 cannot be represented as Decimal(38, 6)")
	f("12345678901234567890123456789.123456789", Add, "0.1234567891", DecimalType(38, 8), "12345678901234567890123456789.24691358")
	f("99999999999999999999999999999.9", Mul, "0.333333333", DecimalType(38, 8), "33333333299999999999999999999.96666667")
}

// TestDecimalFuzz compares with exact fractions, over operands of all widths and result types derived as Spark does or narrower.
func TestDecimalFuzz(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	random := func(n int) Vector {
		p := 1 + r.IntN(MaxPrecision)
		s := r.IntN(p + 1)
		b := NewBuilder(DecimalType(p, s), n)
		for range n {
			v := randomInt128(r)
			_, v = v.QuoRem(Pow10(p))
			if r.IntN(10) == 0 {
				v = Int128{}
			}
			if p <= MaxPrecision64 {
				b.Append(NewFixed(DecimalType(p, s), []int64{v.Int64()}, nil), 0)
			} else {
				b.Append(NewFixed(DecimalType(p, s), []Int128{v}, nil), 0)
			}
		}
		if r.IntN(3) == 0 {
			return NewConst(b.Build().Slice(0, 1), n)
		}
		return b.Build()
	}
	for range 3000 {
		a, b := random(3), random(3)
		op := []ArithOp{Add, Sub, Mul, Div, Mod, Pmod}[r.IntN(6)]
		typ := decimalResult(op, a.Type(), b.Type())
		got, err := TryArith(nil, op, a, b, typ, AllRows(3))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			want := exactDecimal(op, DecimalAt(a, i), a.Type(), DecimalAt(b, i), b.Type(), typ)
			if got.IsNull(i) != (want == nil) || want != nil && bigOf(DecimalAt(got, i)).Cmp(want) != 0 {
				t.Fatalf("%s %s %s as %s: got NULL %v, want %v", DecimalAt(a, i).Text(int(a.Type().Scale)), arithNames[op],
					DecimalAt(b, i).Text(int(b.Type().Scale)), typ, got.IsNull(i), want)
			}
		}
	}
}

// decimalResult is Spark's derivation of result types (DecimalPrecision), which package logical has for use.
func decimalResult(op ArithOp, a, b Type) Type {
	p1, s1, p2, s2 := int(a.Precision), int(a.Scale), int(b.Precision), int(b.Scale)
	var p, s int
	switch op {
	case Add, Sub:
		s = max(s1, s2)
		p = max(p1-s1, p2-s2) + s + 1
	case Mul:
		p, s = p1+p2+1, s1+s2
	case Div:
		s = max(6, s1+p2+1)
		p = p1 - s1 + s2 + s
	default:
		s = max(s1, s2)
		p = min(p1-s1, p2-s2) + s
	}
	if p > MaxPrecision {
		whole := p - s
		s = max(MaxPrecision-whole, min(s, 6))
		p = MaxPrecision
	}
	return DecimalType(max(p, 1), s)
}

// exactDecimal is the unscaled result rounded HALF_UP, nil for NULL.
func exactDecimal(op ArithOp, x Int128, a Type, y Int128, b, t Type) *big.Int {
	p := new(big.Rat).SetFrac(bigOf(x), bigOf(Pow10(int(a.Scale))))
	q := new(big.Rat).SetFrac(bigOf(y), bigOf(Pow10(int(b.Scale))))
	if op >= Div && y == (Int128{}) {
		return nil
	}
	mod := func(p, q *big.Rat) *big.Rat {
		n := new(big.Rat).Quo(p, q)
		whole := new(big.Rat).SetInt(new(big.Int).Quo(n.Num(), n.Denom()))
		return new(big.Rat).Sub(p, whole.Mul(whole, q))
	}
	z := new(big.Rat)
	switch op {
	case Add:
		z.Add(p, q)
	case Sub:
		z.Sub(p, q)
	case Mul:
		z.Mul(p, q)
	case Div:
		z.Quo(p, q)
	default:
		z = mod(p, q)
		if op == Pmod && z.Sign() < 0 {
			z = mod(z.Add(z, q), q)
		}
	}
	z.Mul(z, new(big.Rat).SetInt(bigOf(Pow10(int(t.Scale)))))
	v := quoRound(new(big.Int).Set(z.Num()), z.Denom())
	if new(big.Int).Abs(v).Cmp(bigOf(Pow10(int(t.Precision)))) >= 0 {
		return nil
	}
	return v
}

func TestFloatArithmetic(t *testing.T) {
	f := func(op ArithOp, x, y, want float64) {
		t.Helper()
		for _, b := range []Vector{NewFixed(DoubleType, []float64{y, y}, nil), NewConst(ScalarOf(y), 2)} {
			got, err := Arith(nil, op, true, NewFixed(DoubleType, []float64{x, x}, nil), b, DoubleType, AllRows(2))
			if err != nil || compareFloat(Float64At(got, 1), want) != 0 {
				t.Errorf("%s of %g and %g: %v, want %g", arithNames[op], x, y, err, want)
			}
		}
	}
	f(Add, 1.5, 2, 3.5)
	f(Sub, 1.5, 2, -0.5)
	f(Mul, 1.5, 2, 3)
	f(Div, 1.5, 2, 0.75)
	f(Mod, -7.5, 2, -1.5)
	f(Pmod, -7.5, 2, 0.5)
	f(Pmod, 7.5, -2, 1.5)
	f(Div, math.Inf(1), math.Inf(1), math.NaN())
	f(Mod, 1, math.NaN(), math.NaN())
}

func TestLegacyArithmetic(t *testing.T) {
	got, err := Arith(nil, Add, false, ScalarOf(int32(math.MaxInt32)), ScalarOf(int32(1)), IntType, AllRows(1))
	if err != nil || Int64At(got, 0) != math.MinInt32 {
		t.Errorf("without ansi integers wrap around: %v", err)
	}
	got, err = Arith(nil, Div, false, ScalarOf(1.0), ScalarOf(0.0), DoubleType, AllRows(1))
	if err != nil || !got.IsNull(0) {
		t.Errorf("without ansi 1 / 0 is NULL: %v", err)
	}
}

func TestNegateAbs(t *testing.T) {
	f := func(v Vector, neg, abs Vector) {
		t.Helper()
		n, errN := Negate(nil, true, v, AllRows(1))
		a, errA := Abs(nil, true, v, AllRows(1))
		for _, c := range []struct {
			got, want Vector
			err       error
		}{{n, neg, errN}, {a, abs, errA}} {
			if c.want == nil {
				if condition(c.err) != "ARITHMETIC_OVERFLOW" {
					t.Errorf("%s: %v, want an overflow", v.Type(), c.err)
				}
			} else if c.err != nil || !EqualAt(c.got, 0, c.want, 0) {
				t.Errorf("%s: wrong result, error %v", v.Type(), c.err)
			}
		}
	}
	f(ScalarOf(int8(-5)), ScalarOf(int8(5)), ScalarOf(int8(5)))
	f(ScalarOf(int8(-128)), nil, nil)
	f(ScalarOf(int64(math.MinInt64)), nil, nil)
	f(ScalarOf(int32(7)), ScalarOf(int32(-7)), ScalarOf(int32(7)))
	f(ScalarOf(-1.5), ScalarOf(1.5), ScalarOf(1.5))
	f(decimal("-12345678901234567890.5"), decimal("12345678901234567890.5"), decimal("12345678901234567890.5"))
	if v, _ := Abs(nil, true, ScalarOf(math.Copysign(0, -1)), AllRows(1)); math.Signbit(Float64At(v, 0)) {
		t.Error("abs(-0.0) is -0.0")
	}
}
