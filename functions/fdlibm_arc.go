package functions

import "math"

// arcRatio is fdlibm's approximation of (asin(x) - x) / x³ as a function of z = x².
func arcRatio(z float64) float64 {
	const (
		p0 = 1.66666666666666657415e-01
		p1 = -3.25565818622400915405e-01
		p2 = 2.01212532134862925881e-01
		p3 = -4.00555345006794114027e-02
		p4 = 7.91534994289814532176e-04
		p5 = 3.47933107596021167570e-05
		q1 = -2.40339491173441421878e+00
		q2 = 2.02094576023350569471e+00
		q3 = -6.88283971605453293030e-01
		q4 = 7.70381505559019352791e-02
	)
	p := z * (p0 + float64(z*(p1+float64(z*(p2+float64(z*(p3+float64(z*(p4+float64(z*p5))))))))))
	q := 1 + float64(z*(q1+float64(z*(q2+float64(z*(q3+float64(z*q4)))))))
	return p / q
}

const (
	halfPi   = 1.57079632679489655800e+00
	halfPiLo = 6.12323399573676603587e-17
)

// upperHalf cuts a double to its upper 32 bits.
func upperHalf(x float64) float64 { return math.Float64frombits(math.Float64bits(x) &^ 0xffffffff) }

// strictAcos is StrictMath.acos.
func strictAcos(x float64) float64 {
	switch a := math.Abs(x); {
	case a > 1 || x != x:
		return math.NaN()
	case x == 1:
		return 0
	case x == -1:
		return math.Pi
	case a < 0.5:
		if a < 0x1p-57 {
			return halfPi
		}
		return halfPi - (x - (halfPiLo - float64(x*arcRatio(x*x))))
	case x < 0:
		z := (1 + x) * 0.5
		s := math.Sqrt(z)
		w := float64(arcRatio(z)*s) - halfPiLo
		return math.Pi - 2*(s+w)
	}
	z := (1 - x) * 0.5
	s := math.Sqrt(z)
	head := upperHalf(s)
	rest := (z - float64(head*head)) / (s + head)
	return 2 * (head + (float64(arcRatio(z)*s) + rest))
}

// strictAsin is StrictMath.asin.
func strictAsin(x float64) float64 {
	const quarterPi = 7.85398163397448278999e-01
	a := math.Abs(x)
	switch {
	case a > 1 || x != x:
		return math.NaN()
	case a == 1:
		return float64(x*halfPi) + float64(x*halfPiLo)
	case a < 0.5:
		if a < 0x1p-27 {
			return x
		}
		return x + float64(x*arcRatio(x*x))
	}
	t := (1 - a) * 0.5
	r, s := arcRatio(t), math.Sqrt(t)
	var out float64
	if a >= 0.975 {
		out = halfPi - (2*(s+float64(s*r)) - halfPiLo)
	} else {
		head := upperHalf(s)
		c := (t - float64(head*head)) / (s + head)
		out = quarterPi - ((float64(2*s*r) - (halfPiLo - 2*c)) - (quarterPi - 2*head))
	}
	return math.Copysign(out, x)
}
