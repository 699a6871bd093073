package columnar

import (
	"math"
	"math/bits"
	"strconv"
)

// Int128 is a signed 128-bit integer in two's complement, the memory form of decimals with more than 18 digits (Arrow's
// Decimal128, little-endian).
type Int128 struct {
	Lo uint64
	Hi int64
}

// Int128From is v.
func Int128From(v int64) Int128 { return Int128{uint64(v), v >> 63} }

// pow10 holds the powers of ten that fit: 10^0 to 10^38.
var pow10 = func() (t [MaxPrecision + 1]Int128) {
	t[0] = Int128From(1)
	for i := 1; i < len(t); i++ {
		hi, lo := bits.Mul64(t[i-1].Lo, 10)
		t[i] = Int128{lo, t[i-1].Hi*10 + int64(hi)}
	}
	return t
}()

// pow10x64 holds the powers of ten that fit an int64.
var pow10x64 = func() (t [MaxPrecision64 + 1]int64) {
	t[0] = 1
	for i := 1; i < len(t); i++ {
		t[i] = t[i-1] * 10
	}
	return t
}()

// Pow10 is 10^n for n from 0 to 38.
func Pow10(n int) Int128 { return pow10[n] }

// Pow10Int64 is 10^n for n from 0 to 18.
func Pow10Int64(n int) int64 { return pow10x64[n] }

// IsInt64 says whether a fits an int64.
func (a Int128) IsInt64() bool { return a.Hi == int64(a.Lo)>>63 }

// Int64 is the low half of a, which is a itself if IsInt64.
func (a Int128) Int64() int64 { return int64(a.Lo) }

// Sign is -1, 0 or 1.
func (a Int128) Sign() int {
	switch {
	case a.Hi < 0:
		return -1
	case a.Hi|int64(a.Lo) == 0:
		return 0
	}
	return 1
}

// Cmp orders a and b: -1, 0 or 1.
func (a Int128) Cmp(b Int128) int {
	switch {
	case a == b:
		return 0
	case a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo:
		return -1
	}
	return 1
}

// Less says whether a < b.
func (a Int128) Less(b Int128) bool { return a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo }

// Add is a + b; ok is false when that does not fit, and the sum is then wrapped around.
func (a Int128) Add(b Int128) (sum Int128, ok bool) {
	lo, carry := bits.Add64(a.Lo, b.Lo, 0)
	hi := a.Hi + b.Hi + int64(carry)
	return Int128{lo, hi}, (a.Hi^hi)&(b.Hi^hi) >= 0
}

// Sub is a - b; ok is false when that does not fit, and the difference is then wrapped around.
func (a Int128) Sub(b Int128) (diff Int128, ok bool) {
	lo, borrow := bits.Sub64(a.Lo, b.Lo, 0)
	hi := a.Hi - b.Hi - int64(borrow)
	return Int128{lo, hi}, (a.Hi^b.Hi)&(a.Hi^hi) >= 0
}

// Neg is -a (and -2^127 for itself, which no decimal reaches).
func (a Int128) Neg() Int128 {
	lo, borrow := bits.Sub64(0, a.Lo, 0)
	return Int128{lo, -a.Hi - int64(borrow)}
}

// Abs is the distance of a from zero.
func (a Int128) Abs() Int128 {
	if a.Hi < 0 {
		return a.Neg()
	}
	return a
}

// Mul is a × b; ok is false when that does not fit.
func (a Int128) Mul(b Int128) (product Int128, ok bool) {
	if a.IsInt64() && b.IsInt64() {
		hi, lo := bits.Mul64(a.Lo, b.Lo)
		// Mul64 took both for unsigned: take the two's complement weights away again.
		return Int128{lo, int64(hi) - (a.Hi & int64(b.Lo)) - (b.Hi & int64(a.Lo))}, true
	}
	p := mul256(a.Abs(), b.Abs())
	return p.signed(a.Hi^b.Hi < 0)
}

// QuoRem divides a by b ≠ 0, towards zero; the remainder has the sign of a.
func (a Int128) QuoRem(b Int128) (q, r Int128) {
	if a.IsInt64() && b.IsInt64() && a.Lo != 1<<63 {
		x, y := int64(a.Lo), int64(b.Lo)
		return Int128From(x / y), Int128From(x % y)
	}
	uq, ur := divide256(uint256{a.Abs().Lo, uint64(a.Abs().Hi)}, b.Abs())
	q, r = Int128{uq[0], int64(uq[1])}, ur
	if a.Hi^b.Hi < 0 {
		q = q.Neg()
	}
	if a.Hi < 0 {
		r = r.Neg()
	}
	return q, r
}

// DivRound is a / b rounded to the nearest integer, halves away from zero (HALF_UP); b ≠ 0.
func (a Int128) DivRound(b Int128) Int128 {
	q, _ := roundedQuotient(uint256{a.Abs().Lo, uint64(a.Abs().Hi)}, b.Abs()).signed(a.Hi^b.Hi < 0)
	return q
}

// MulDivRound is a × b / c rounded HALF_UP, exact in 256 bits until then; ok is false when the result does not fit. c ≠ 0.
func MulDivRound(a, b, c Int128) (q Int128, ok bool) {
	return roundedQuotient(mul256(a.Abs(), b.Abs()), c.Abs()).signed(a.Hi^b.Hi^c.Hi < 0)
}

// MulDiv is a × b / c truncated towards zero, with the remainder, exact in 256 bits; ok is false when the quotient does not fit. c ≠ 0.
func MulDiv(a, b, c Int128) (q, r Int128, ok bool) {
	uq, r := divide256(mul256(a.Abs(), b.Abs()), c.Abs())
	q, ok = uq.signed(a.Hi^b.Hi^c.Hi < 0)
	if a.Hi^b.Hi < 0 {
		r = r.Neg()
	}
	return q, r, ok
}

// Rescale changes the number of fractional digits of a decimal from one scale to another, rounding HALF_UP; ok is false when the
// result does not fit 38 digits.
func (a Int128) Rescale(from, to int) (v Int128, ok bool) {
	switch d := to - from; {
	case d == 0:
		return a, true
	case d > MaxPrecision:
		return Int128{}, a == Int128{}
	case d > 0:
		v, ok = a.Mul(pow10[d])
		return v, ok && v.FitsPrecision(MaxPrecision)
	case d < -MaxPrecision:
		return Int128{}, true
	default:
		return a.DivRound(pow10[-d]), true
	}
}

// FitsPrecision says whether a has at most p digits.
func (a Int128) FitsPrecision(p int) bool {
	m := a.Abs()
	return m.Hi >= 0 && m.Less(pow10[p])
}

// Digits is the number of decimal digits of a without sign; 1 for 0.
func (a Int128) Digits() int {
	n := 1
	for m := a.Abs(); n <= MaxPrecision && !m.Less(pow10[n]); {
		n++
	}
	return n
}

// ToFloat64 is the double nearest to a / 10^scale.
func (a Int128) ToFloat64(scale int) float64 {
	if m := a.Abs(); m.Hi == 0 && m.Lo <= 1<<53 && scale <= 22 {
		// Both operands are exact, so the one division rounds correctly.
		return float64(int64(a.Lo)) / exactPow10[scale]
	}
	f, _ := strconv.ParseFloat(string(a.AppendText(nil, scale)), 64)
	return f
}

// exactPow10 holds the powers of ten that are exact doubles.
var exactPow10 = func() (t [23]float64) {
	for i := range t {
		t[i] = math.Pow10(i)
	}
	return t
}()

// Text is a / 10^scale in plain digits, with exactly scale of them behind the point.
func (a Int128) Text(scale int) string { return string(a.AppendText(nil, scale)) }

// AppendText appends Text(scale) to dst.
func (a Int128) AppendText(dst []byte, scale int) []byte {
	var buf [2 * MaxPrecision]byte
	digits := a.digits(&buf)
	if a.Hi < 0 {
		dst = append(dst, '-')
	}
	if scale == 0 {
		return append(dst, digits...)
	}
	if n := len(digits) - scale; n > 0 {
		dst = append(dst, digits[:n]...)
		dst = append(dst, '.')
		return append(dst, digits[n:]...)
	}
	dst = append(dst, '0', '.')
	for range scale - len(digits) {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// digits writes the digits of |a| to the end of buf.
func (a Int128) digits(buf *[2 * MaxPrecision]byte) []byte {
	const chunk = 1e19 // the largest power of ten in 64 bits
	m := a.Abs()
	hi, lo, end := uint64(m.Hi), m.Lo, len(buf)
	for hi != 0 {
		var r uint64
		q := hi / chunk
		lo, r = bits.Div64(hi%chunk, lo, chunk)
		hi = q
		for range 19 {
			end--
			buf[end] = byte('0' + r%10)
			r /= 10
		}
	}
	for {
		end--
		buf[end] = byte('0' + lo%10)
		lo /= 10
		if lo == 0 {
			return buf[end:]
		}
	}
}

// ParseDecimal reads digits with an optional sign and point (no exponent, no spaces): the unscaled value and the number of
// digits behind the point. ok is false for other text and for more than 38 significant digits.
func ParseDecimal(s string) (v Int128, scale int, ok bool) {
	neg := s != "" && s[0] == '-'
	if neg || s != "" && s[0] == '+' {
		s = s[1:]
	}
	seen, point := false, false
	for _, c := range []byte(s) {
		switch {
		case c == '.' && !point:
			point = true
			continue
		case c < '0' || c > '9':
			return Int128{}, 0, false
		}
		seen = true
		if point {
			scale++
		}
		if !v.Less(pow10[MaxPrecision-1]) {
			return Int128{}, 0, false
		}
		v, _ = v.Mul(Int128From(10))
		v, _ = v.Add(Int128From(int64(c - '0')))
	}
	if neg {
		v = v.Neg()
	}
	return v, scale, seen
}
