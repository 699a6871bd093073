package functions

import (
	"math"

	"github.com/gosql-engine/gosql/internal/javafmt"
)

// Spark computes with Java's StrictMath, which is fdlibm to the last bit. Go's package math is a little different for these functions,
// so that they are computed here by fdlibm's methods.

// strictExp is StrictMath.exp: x = k·ln 2 + r, e^r by a rational approximation, scaled by 2^k.
func strictExp(x float64) float64 {
	const (
		ln2Hi = 6.93147180369123816490e-01
		ln2Lo = 1.90821492927058770002e-10
		p1    = 1.66666666666666019037e-01
		p2    = -2.77777777770155933842e-03
		p3    = 6.61375632143793436117e-05
		p4    = -1.65339022054652515390e-06
		p5    = 4.13813679705723846039e-08
	)
	switch {
	case x != x || math.IsInf(x, 1):
		return x
	case x > 7.09782712893383973096e+02:
		return math.Inf(1)
	case x < -7.45133219101941108420e+02:
		return 0
	case math.Abs(x) < 1.0/(1<<28):
		return 1 + x
	}
	var hi, lo, k float64
	if a := math.Abs(x); a > 0.5*math.Ln2 {
		k = math.Trunc(x/math.Ln2 + math.Copysign(0.5, x))
		if a < 1.5*math.Ln2 {
			k = math.Copysign(1, x)
		}
		hi, lo = x-float64(k*ln2Hi), k*ln2Lo
		x = hi - lo
	}
	t := x * x
	c := x - float64(t*(p1+float64(t*(p2+float64(t*(p3+float64(t*(p4+float64(t*p5)))))))))
	if k == 0 {
		return 1 - (float64(x*c)/(c-2) - x)
	}
	return math.Ldexp(1-((lo-float64(x*c)/(2-c))-hi), int(k))
}

// strictLog10 is StrictMath.log10: the exponent times log10 2, in two parts, and the logarithm of the mantissa.
func strictLog10(x float64) float64 {
	const (
		ivLn10  = 4.34294481903251816668e-01
		log2Hi  = 3.01029995663611771306e-01
		log2Lo  = 3.69423907715893078616e-13
		twoTo54 = 1 << 54
	)
	switch {
	case x == 0:
		return math.Inf(-1)
	case x < 0 || x != x:
		return math.NaN()
	case math.IsInf(x, 1):
		return x
	}
	k := 0
	if x < 0x1p-1022 {
		x *= twoTo54
		k = -54
	}
	frac, exp := math.Frexp(x) // x = frac·2^exp, frac in [0.5, 1)
	k += exp - 1
	frac *= 2
	if k < 0 {
		k++
		frac /= 2
	}
	y := float64(k)
	z := float64(y*log2Lo) + float64(ivLn10*javafmt.StrictLog(frac))
	return z + float64(y*log2Hi)
}

func strictCosh(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < 0.5*math.Ln2:
		t := math.Expm1(a)
		w := 1 + t
		if a < 1.0/(1<<55) {
			return w
		}
		return 1 + float64(t*t)/(w+w)
	case a < 22:
		t := strictExp(a)
		return float64(0.5*t) + 0.5/t
	case a < 7.09782712893383973096e+02:
		return 0.5 * strictExp(a)
	}
	w := strictExp(0.5 * a)
	return float64(0.5*w) * w
}

func strictSinh(x float64) float64 {
	a, h := math.Abs(x), math.Copysign(0.5, x)
	switch {
	case a < 22:
		if a < 1.0/(1<<28) {
			return x
		}
		t := math.Expm1(a)
		if a < 1 {
			return h * (2*t - float64(t*t)/(t+1))
		}
		return h * (t + t/(t+1))
	case a < 7.09782712893383973096e+02:
		return h * strictExp(a)
	}
	w := strictExp(0.5 * a)
	return float64(h*w) * w
}

func strictTanh(x float64) float64 {
	a := math.Abs(x)
	var z float64
	switch {
	case x != x:
		return x
	case a >= 22:
		z = 1
	case a < 1.0/(1<<55):
		return x
	case a >= 1:
		z = 1 - 2/(math.Expm1(2*a)+2)
	default:
		t := math.Expm1(-2 * a)
		z = -t / (t + 2)
	}
	return math.Copysign(z, x)
}
