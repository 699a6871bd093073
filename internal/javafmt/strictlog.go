package javafmt

import "math"

// The logarithm of 2 in two parts: the first has so many trailing zero bits that
// its product with an exponent is exact.
const (
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
)

// StrictLog is java.lang.StrictMath.log, which Spark's ln, log and randn use:
// the algorithm of fdlibm, bit by bit. math.Log may differ in the last bit.
//
// It writes x as 2^k (1+f) with f small and sums a polynomial in s = f/(2+f).
// The conversions to float64 forbid fused multiply-add, which would round
// differently on other processors.
func StrictLog(x float64) float64 {
	k := int32(0)
	switch {
	case x == 0:
		return math.Inf(-1)
	case x < 0:
		return math.NaN()
	case x != x || x > math.MaxFloat64:
		return x
	case x < 0x1p-1022:
		k, x = -54, x*0x1p54
	}
	b := math.Float64bits(x)
	high := int32(b >> 32)
	k += high>>20 - 1023
	high &= 0xfffff
	i := (high + 0x95f64) & 0x100000 // halve x when 1+f would pass sqrt(2)
	k += i >> 20
	f := math.Float64frombits(uint64(high|(i^0x3ff00000))<<32|b&0xffffffff) - 1
	dk := float64(k)
	if (0xfffff & (2 + high)) < 3 { // |f| < 2^-20
		return strictLogNearOne(f, dk)
	}
	s := f / (2 + f)
	z := s * s
	w := z * z
	even := w * (3.999999999940941908e-01 + float64(w*(2.222219843214978396e-01+float64(w*1.531383769920937332e-01))))
	odd := z * (6.666666666666735130e-01 + float64(w*(2.857142874366239149e-01+float64(w*(1.818357216161805012e-01+float64(w*1.479819860511658591e-01))))))
	sum := odd + even
	if (high-0x6147a)|(0x6b851-high) > 0 {
		half := 0.5 * f * f
		if k == 0 {
			return f - (half - float64(s*(half+sum)))
		}
		return float64(dk*ln2Hi) - ((half - (float64(s*(half+sum)) + float64(dk*ln2Lo))) - f)
	}
	if k == 0 {
		return f - float64(s*(f-sum))
	}
	return float64(dk*ln2Hi) - ((float64(s*(f-sum)) - float64(dk*ln2Lo)) - f)
}

// strictLogNearOne is StrictLog of 2^dk (1+f) for |f| < 2^-20, where three terms
// of the series are enough.
func strictLogNearOne(f, dk float64) float64 {
	if f == 0 {
		return float64(dk*ln2Hi) + float64(dk*ln2Lo)
	}
	r := float64(f*f) * (0.5 - float64(0.33333333333333333*f))
	if dk == 0 {
		return f - r
	}
	return float64(dk*ln2Hi) - ((r - float64(dk*ln2Lo)) - f)
}
