package columnar

import (
	"math/big"
	"math/bits"
)

// decimalOperand reads one side of a decimal computation, whatever its width; a Const repeats its only value (mask is 0 then).
type decimalOperand struct {
	narrow []int64
	wide   []Int128
	mask   int
	scale  int
	digits int
}

func newDecimalOperand(v Vector) decimalOperand {
	d := decimalOperand{mask: -1, scale: int(v.Type().Scale), digits: int(v.Type().Precision)}
	if c, ok := v.(*Const); ok {
		v, d.mask = c.Value, 0
	}
	if w, ok := v.(*Fixed[Int128]); ok {
		d.wide = w.Values
	} else {
		d.narrow = v.(*Fixed[int64]).Values
	}
	return d
}

func (d *decimalOperand) at(i int) Int128 {
	if d.wide != nil {
		return d.wide[i&d.mask]
	}
	return Int128From(d.narrow[i&d.mask])
}

// decimals computes over decimals of any widths and scales. Where the result's type has room for every result of the operands' types,
// as Spark's derivation makes it up to 38 digits, the loops check nothing.
func (k arithKernel) decimals(a, b Vector) (Vector, error) {
	x, y := newDecimalOperand(a), newDecimalOperand(b)
	valid := mergeValid(k.p, a, b, k.rows.N)
	if k.op == IntDiv {
		return k.decimalIntDiv(x, y, valid)
	}
	if k.t.Layout() == LayoutInt64 {
		out := MakeFixed[int64](k.p, k.t, k.rows.N)
		out.Valid = valid
		if k.narrowDecimals(out.Values, x, y) {
			return out, nil
		}
		return out, decimalRows(k, out, x, y, func(v Int128) int64 { return v.Int64() })
	}
	out := MakeFixed[Int128](k.p, k.t, k.rows.N)
	out.Valid = valid
	if k.wideProducts(out.Values, x, y) || k.shortProducts(out.Values, x, y) {
		return out, nil
	}
	return out, decimalRows(k, out, x, y, func(v Int128) Int128 { return v })
}

// inDictionary computes a column in a small dictionary with a constant once for each entry, such as 1 - discount, and keeps the codes. It does so
// only where no entry can fail, as one that no selected row has must not; nil if it is another case.
func (k arithKernel) inDictionary(a, b Vector) Vector {
	d, constant := a, b
	if _, ok := a.(*Const); ok {
		d, constant = b, a
	}
	dict, ok := d.(*Dict)
	c, isConst := constant.(*Const)
	if !ok || !isConst || k.t.Kind != Decimal || k.t.Layout() != LayoutInt64 || 4*dict.Values.Len() > k.rows.Count() {
		return nil
	}
	in, ok := dict.Values.(*Fixed[int64])
	if !ok || in.Typ.Kind != Decimal || c.Value.Type().Layout() != LayoutInt64 || c.Value.Type().Kind != Decimal {
		return nil
	}
	n := len(in.Values)
	x, y := Vector(in), Vector(c)
	if d != a {
		x, y = Flatten(k.p, NewConst(c.Value, n), AllRows(n)), in
	}
	out := MakeFixed[int64](k.p, k.t, n)
	if !k.narrowDecimals(out.Values, newDecimalOperand(x), newDecimalOperand(y)) {
		return nil
	}
	out.Valid = copyValid(k.p, in, n)
	return &Dict{Codes: dict.Codes, Values: out, Valid: dict.Valid, Lent: dict.Lent}
}

// narrowDecimals computes sums and products that fit an int64 whatever the values are; false if that is not sure.
func (k arithKernel) narrowDecimals(dst []int64, x, y decimalOperand) bool {
	if x.narrow == nil || y.narrow == nil {
		return false
	}
	scale := max(x.scale, y.scale)
	switch k.op {
	case Add, Sub:
		if int(k.t.Scale) != scale || int(k.t.Precision) < max(x.digits-x.scale, y.digits-y.scale)+scale+1 {
			return false
		}
		mx, my := Pow10Int64(scale-x.scale), Pow10Int64(scale-y.scale)
		if k.op == Sub {
			my = -my
		}
		if y.mask == 0 {
			c := y.narrow[0] * my
			for i, v := range x.narrow[:len(dst)] {
				dst[i] = v*mx + c
			}
			return true
		}
		right := y.narrow[:len(dst)]
		for i, v := range x.narrow[:len(dst)] {
			dst[i] = v*mx + right[i]*my
		}
		return true
	case Mul:
		if int(k.t.Scale) != x.scale+y.scale || int(k.t.Precision) < x.digits+y.digits {
			return false
		}
		if y.mask == 0 {
			c := y.narrow[0]
			for i, v := range x.narrow[:len(dst)] {
				dst[i] = v * c
			}
			return true
		}
		right := y.narrow[:len(dst)]
		for i, v := range x.narrow[:len(dst)] {
			dst[i] = v * right[i]
		}
		return true
	}
	return false
}

// wideProducts computes 128-bit products of 64-bit decimals, the common case of price × (1 - discount); false if it is another case.
func (k arithKernel) wideProducts(dst []Int128, x, y decimalOperand) bool {
	if k.op != Mul || x.narrow == nil || y.narrow == nil || int(k.t.Scale) != x.scale+y.scale || int(k.t.Precision) < x.digits+y.digits {
		return false
	}
	if k.rows.Sel != nil && sparse(k.rows) {
		for _, r := range k.rows.Sel {
			dst[r] = longProduct(x.narrow[r], y.narrow[int(r)&y.mask])
		}
		return true
	}
	for i, v := range x.narrow[:len(dst)] {
		dst[i] = longProduct(v, y.narrow[i&y.mask])
	}
	return true
}

// longProduct is v × w in 128 bits.
func longProduct(v, w int64) Int128 {
	hi, lo := bits.Mul64(uint64(v), uint64(w))
	return Int128{lo, int64(hi) - v>>63&w - w>>63&v}
}

// shortProducts computes products of decimals that are wide by their types, where the values are not: those of two 64-bit values are below
// 2^126, which 38 digits hold. It is false if another value turns up.
func (k arithKernel) shortProducts(dst []Int128, x, y decimalOperand) bool {
	if k.op != Mul || int(k.t.Precision) != MaxPrecision || int(k.t.Scale) != x.scale+y.scale {
		return false
	}
	long := int64(0) // not 0 once a high word is more than a sign
	for i := range k.rows.Count() {
		r := k.rows.Row(i)
		a, b := x.at(r), y.at(r)
		v, w := int64(a.Lo), int64(b.Lo)
		long |= (a.Hi ^ v>>63) | (b.Hi ^ w>>63)
		dst[r] = longProduct(v, w)
	}
	return long == 0
}

// decimalRows computes row by row in 128 bits, checking each result against the type.
func decimalRows[T Native](k arithKernel, out *Fixed[T], x, y decimalOperand, store func(Int128) T) error {
	compute := k.decimalFunc(x.scale, y.scale)
	for i := range k.rows.Count() {
		r := k.rows.Row(i)
		if out.Valid != nil && !out.Valid.Get(r) {
			continue
		}
		a, b := x.at(r), y.at(r)
		if k.op >= Div && b == (Int128{}) {
			if k.mode == CastANSI {
				return zeroDivisor(k.op)
			}
			clearValid(k.p, out, r)
			continue
		}
		v, ok := compute(a, b)
		if !ok || !v.FitsPrecision(int(k.t.Precision)) {
			exact := k.exact(a, x.scale, b, y.scale)
			if v, ok = int128FromBig(exact); !ok || !v.FitsPrecision(int(k.t.Precision)) {
				if k.mode == CastANSI {
					return outOfRange(exact, k.t)
				}
				clearValid(k.p, out, r)
				continue
			}
		}
		out.Values[r] = store(v)
	}
	return nil
}

// decimalFunc is the operator on unscaled values of scales sx and sy, with the result at the result type's scale; ok is false when an
// intermediate result leaves 128 bits, whether or not the result does.
func (k arithKernel) decimalFunc(sx, sy int) func(x, y Int128) (Int128, bool) {
	scale, top := int(k.t.Scale), max(sx, sy)
	aligned := func(x, y Int128) (Int128, Int128, bool) {
		a, ok := x.Mul(pow10[top-sx])
		b, ok2 := y.Mul(pow10[top-sy])
		return a, b, ok && ok2
	}
	switch k.op {
	case Add, Sub:
		return func(x, y Int128) (Int128, bool) {
			if k.op == Sub {
				y = y.Neg()
			}
			a, b, ok := aligned(x, y)
			sum, ok2 := a.Add(b)
			if !ok || !ok2 {
				return sum, false
			}
			return sum.Rescale(top, scale)
		}
	case Mul:
		if scale >= sx+sy {
			return func(x, y Int128) (Int128, bool) { return x.Mul(y) }
		}
		return func(x, y Int128) (Int128, bool) { return MulDivRound(x, y, pow10[sx+sy-scale]) }
	case Div:
		// x/10^sx ÷ y/10^sy = (x × 10^shift ÷ y) / 10^scale
		shift := scale - sx + sy
		if shift < 0 || shift > MaxPrecision {
			return func(x, y Int128) (Int128, bool) { return Int128{}, false }
		}
		return func(x, y Int128) (Int128, bool) { return MulDivRound(x, pow10[shift], y) }
	}
	return func(x, y Int128) (Int128, bool) {
		a, b, ok := aligned(x, y)
		if !ok {
			return a, false
		}
		_, r := a.QuoRem(b)
		if k.op == Pmod && r.Sign() < 0 {
			s, _ := r.Add(b)
			_, r = s.QuoRem(b)
		}
		return r.Rescale(top, scale)
	}
}

// decimalIntDiv is div: the whole part of the quotient as a BIGINT, of which Spark keeps the low 64 bits.
func (k arithKernel) decimalIntDiv(x, y decimalOperand, valid Bitmap) (Vector, error) {
	out := MakeFixed[int64](k.p, k.t, k.rows.N)
	out.Valid = valid
	for i := range k.rows.Count() {
		r := k.rows.Row(i)
		if out.Valid != nil && !out.Valid.Get(r) {
			continue
		}
		b := y.at(r)
		if b == (Int128{}) {
			if k.mode == CastANSI {
				return nil, zeroDivisor(k.op)
			}
			clearValid(k.p, out, r)
			continue
		}
		q := new(big.Int).Quo(scaledBig(x.at(r), y.scale), scaledBig(b, x.scale))
		low := new(big.Int).And(q, maxUint64)
		out.Values[r] = int64(low.Uint64())
	}
	return out, nil
}

var maxUint64 = new(big.Int).SetUint64(1<<64 - 1)

// exact is the result as an unscaled value of the result's scale, rounded HALF_UP, however large: the slow path of values near 38 digits
// and the text of overflow errors. y is not 0 in a division.
func (k arithKernel) exact(x Int128, sx int, y Int128, sy int) *big.Int {
	top, scale := max(sx, sy), int(k.t.Scale)
	a, b := scaledBig(x, top-sx), scaledBig(y, top-sy)
	switch k.op {
	case Add:
		return rescaleBig(a.Add(a, b), top, scale)
	case Sub:
		return rescaleBig(a.Sub(a, b), top, scale)
	case Mul:
		return rescaleBig(new(big.Int).Mul(scaledBig(x, 0), scaledBig(y, 0)), sx+sy, scale)
	case Div:
		return quoRound(a.Mul(a, scaledBig(Int128From(1), scale)), b)
	}
	r := new(big.Int).Rem(a, b)
	if k.op == Pmod && r.Sign() < 0 {
		r.Rem(r.Add(r, b), b)
	}
	return rescaleBig(r, top, scale)
}

// scaledBig is x × 10^n.
func scaledBig(x Int128, n int) *big.Int {
	v := new(big.Int).SetInt64(x.Hi)
	v.Lsh(v, 64).Add(v, new(big.Int).SetUint64(x.Lo))
	return v.Mul(v, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
}

func rescaleBig(v *big.Int, from, to int) *big.Int {
	if to >= from {
		return v.Mul(v, scaledBig(Int128From(1), to-from))
	}
	return quoRound(v, scaledBig(Int128From(1), from-to))
}

// quoRound is a / b rounded to nearest, halves away from zero.
func quoRound(a, b *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(a, b, new(big.Int))
	if r.Lsh(r.Abs(r), 1).CmpAbs(b) >= 0 {
		q.Add(q, big.NewInt(int64(a.Sign()*b.Sign())))
	}
	return q
}

func int128FromBig(v *big.Int) (Int128, bool) {
	if v.BitLen() > 127 {
		return Int128{}, false
	}
	lo := new(big.Int).And(v, maxUint64).Uint64()
	return Int128{lo, new(big.Int).Rsh(v, 64).Int64()}, true
}

// outOfRange is the error of an unscaled value that does not fit its decimal type.
func outOfRange(v *big.Int, t Type) error {
	digits, sign := new(big.Int).Abs(v).String(), ""
	if v.Sign() < 0 {
		sign = "-"
	}
	scale := int(t.Scale)
	for len(digits) <= scale {
		digits = "0" + digits
	}
	if scale > 0 {
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	return Errorf("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
		`%s%s cannot be represented as Decimal(%d, %d). If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error, and return NULL instead.`,
		sign, digits, t.Precision, t.Scale)
}
