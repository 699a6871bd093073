package columnar

import "math"

// ArithOp is a binary arithmetic operator.
type ArithOp uint8

// The arithmetic operators.
const (
	Add ArithOp = iota
	Sub
	Mul
	Div    // of floating types and decimals: / has no integer form in Spark
	IntDiv // the SQL operator div: of BIGINT, decimals and intervals, to BIGINT
	Mod    // has the sign of the dividend
	Pmod   // the positive modulus: has the sign of the divisor
)

var arithNames = [...]string{Add: "add", Sub: "subtract", Mul: "multiply", Div: "divide", IntDiv: "divide", Mod: "mod", Pmod: "mod"}

// Arith computes a op b for the selected rows; NULL where either is. The operands are of one numeric or interval type, except that
// decimals may differ in precision and scale; t is the result's type as Spark derives it. Where a row has no result, with ansi there is an
// error (ARITHMETIC_OVERFLOW, BINARY_ARITHMETIC_OVERFLOW, NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION, DIVIDE_BY_ZERO, REMAINDER_BY_ZERO);
// without it, integers wrap around and everything else is NULL. A Const on the right has loops of its own.
func Arith(p *Pool, op ArithOp, ansi bool, a, b Vector, t Type, rows Rows) (Vector, error) {
	mode := CastLegacy
	if ansi {
		mode = CastANSI
	}
	return arith(p, op, mode, a, b, t, rows)
}

// TryArith is Arith with NULL for every row that has no result, integers included, as try_add and its kin want it.
func TryArith(p *Pool, op ArithOp, a, b Vector, t Type, rows Rows) (Vector, error) {
	return arith(p, op, CastTry, a, b, t, rows)
}

func arith(p *Pool, op ArithOp, mode CastMode, a, b Vector, t Type, rows Rows) (Vector, error) {
	ca, aConst := a.(*Const)
	cb, bConst := b.(*Const)
	switch {
	case aConst && ca.IsNull(0) || bConst && cb.IsNull(0):
		return NullVector(t, rows.N), nil
	case aConst && bConst && rows.Count() > 0 && rows.N != 1:
		one, err := arith(p, op, mode, ca.Value, cb.Value, t, AllRows(1))
		if err != nil {
			return nil, err
		}
		return NewConst(one, rows.N), nil
	case a.Type().Kind == Void || b.Type().Kind == Void:
		return NullVector(t, rows.N), nil
	}
	k := arithKernel{p, op, mode, t, rows}
	if out := k.inDictionary(a, b); out != nil {
		return out, nil
	}
	a = Flatten(p, a, rows)
	if !bConst {
		b = Flatten(p, b, rows)
	}
	if a.Type().Kind == Decimal {
		return k.decimals(a, b)
	}
	switch a := a.(type) {
	case *Fixed[int8]:
		return integers(k, a, b)
	case *Fixed[int16]:
		return integers(k, a, b)
	case *Fixed[int32]:
		return integers(k, a, b)
	case *Fixed[int64]:
		return integers(k, a, b)
	case *Fixed[float32]:
		return floats(k, a, b)
	case *Fixed[float64]:
		return floats(k, a, b)
	}
	return nil, Errorf("DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", "there is no %s of %s.", arithNames[op], a.Type().SQL())
}

// arithKernel is what the loops of one call share.
type arithKernel struct {
	p    *Pool
	op   ArithOp
	mode CastMode
	t    Type
	rows Rows
}

// operand is the right side of a loop: values, or one value for all rows.
func operand[T Native](b Vector) (values []T, c T, isConst bool) {
	if k, ok := b.(*Const); ok {
		return nil, k.Value.(*Fixed[T]).Values[0], true
	}
	return b.(*Fixed[T]).Values, c, false
}

// invalid makes an error, or NULLs of those selected rows of out that bad says true of; rows that are NULL are not asked. It is called when a
// loop over all rows has seen a sign of trouble, perhaps in a row that does not count.
func invalid[T Native](k arithKernel, out *Fixed[T], bad func(i int) bool, fail func(i int) error) error {
	for i := range k.rows.Count() {
		r := k.rows.Row(i)
		if out.Valid != nil && !out.Valid.Get(r) || !bad(r) {
			continue
		}
		if k.mode == CastANSI {
			return fail(r)
		}
		clearValid(k.p, out, r)
	}
	return nil
}

func clearValid[T Native](p *Pool, out *Fixed[T], r int) {
	if out.Valid == nil {
		out.Valid = AllocBitmap(p, len(out.Values))
		out.Valid.SetAll(len(out.Values))
	}
	out.Valid.Clear(r)
}

// floats computes over FLOAT and DOUBLE, where only a zero divisor is an error.
func floats[T float32 | float64](k arithKernel, a *Fixed[T], b Vector) (Vector, error) {
	out := MakeFixed[T](k.p, k.t, k.rows.N)
	out.Valid = mergeValid(k.p, a, b, k.rows.N)
	y, c, isConst := operand[T](b)
	switch k.op {
	case Add, Sub, Mul:
		if isConst {
			floatsConst(k.op, out.Values, a.Values, c)
		} else {
			floatsVector(k.op, out.Values, a.Values, y)
		}
		return out, nil
	}
	at := func(i int) T {
		if isConst {
			return c
		}
		return y[i]
	}
	if err := invalid(k, out, func(i int) bool { return at(i) == 0 }, func(int) error { return zeroDivisor(k.op) }); err != nil {
		return nil, err
	}
	if k.op == Div {
		x, dst := a.Values, out.Values
		if isConst {
			for i := range dst {
				dst[i] = x[i] / c
			}
			return out, nil
		}
		for i := range dst {
			dst[i] = x[i] / y[i]
		}
		return out, nil
	}
	for i := range k.rows.Count() {
		r := k.rows.Row(i)
		out.Values[r] = floatMod(k.op, a.Values[r], at(r))
	}
	return out, nil
}

func floatsVector[T float32 | float64](op ArithOp, dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	switch op {
	case Add:
		for i := range dst {
			dst[i] = x[i] + y[i]
		}
	case Sub:
		for i := range dst {
			dst[i] = x[i] - y[i]
		}
	case Mul:
		for i := range dst {
			dst[i] = x[i] * y[i]
		}
	}
}

func floatsConst[T float32 | float64](op ArithOp, dst, x []T, c T) {
	x = x[:len(dst)]
	switch op {
	case Add:
		for i := range dst {
			dst[i] = x[i] + c
		}
	case Sub:
		for i := range dst {
			dst[i] = x[i] - c
		}
	case Mul:
		for i := range dst {
			dst[i] = x[i] * c
		}
	}
}

func floatMod[T float32 | float64](op ArithOp, x, y T) T {
	r := T(math.Mod(float64(x), float64(y)))
	if op == Pmod && r < 0 {
		return T(math.Mod(float64(r+y), float64(y)))
	}
	return r
}
