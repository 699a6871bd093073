package functions

import "math"

// strictPow is StrictMath.pow. Cases without a logarithm of their own are as in Go, but that 1 to an infinite or undefined power is NaN.
func strictPow(x, y float64) float64 {
	switch a := math.Abs(x); {
	case y != y || a == 1 && math.IsInf(y, 0):
		return math.NaN()
	case x == 0 || x != x || math.IsInf(x, 0) || y == 0 || math.Abs(y) > 1<<31 || y == 1 || y == 2 || y == -1 || a == 1:
		return math.Pow(x, y)
	case y == 0.5 && x > 0:
		return math.Sqrt(x)
	case x < 0 && y != math.Trunc(y):
		return math.NaN()
	case x < 0 && math.Mod(y, 2) != 0:
		return -powerOfTwo(y, a)
	default:
		return powerOfTwo(y, a)
	}
}

// powerOfTwo is 2^(y·log2 x) for x > 0, the exponent being kept in two doubles.
func powerOfTwo(y, x float64) float64 {
	const (
		lg2   = 6.93147180559945286227e-01
		lg2Hi = 6.93147182464599609375e-01
		lg2Lo = -1.90465429995776804525e-09
		limit = 8.0085662595372944372e-17 // -(1024 - log2(the greatest double and half its last digit))
		p1    = 1.66666666666666019037e-01
		p2    = -2.77777777770155933842e-03
		p3    = 6.61375632143793436117e-05
		p4    = -1.65339022054652515390e-06
		p5    = 4.13813679705723846039e-08
	)
	t1, t2 := log2Parts(x)
	y1 := upperHalf(y)
	low := float64((y-y1)*t1) + float64(y*t2)
	high := float64(y1 * t1)
	z := low + high
	switch {
	case z > 1024 || z == 1024 && low+limit > z-high:
		return math.Inf(1)
	case z < -1075 || z == -1075 && low <= z-high:
		return 0
	}
	n := 0
	if math.Abs(z) > 0.5 {
		whole := math.Floor(math.Abs(z) + 0.5)
		n = int(math.Copysign(whole, z))
		high -= float64(n)
	}
	t := upperHalf(low + high)
	u := t * lg2Hi
	v := float64((low-(t-high))*lg2) + float64(t*lg2Lo)
	z = u + v
	w := v - (z - u)
	t = z * z
	c := z - float64(t*(p1+float64(t*(p2+float64(t*(p3+float64(t*(p4+float64(t*p5)))))))))
	r := float64(z*c)/(c-2) - (w + float64(z*w))
	return math.Ldexp(1-(r-z), n)
}

// log2Parts is log2 x as the sum of two doubles, the first with 21 zero bits at least. x = 2^n·m, and m lies near 1 or near 3/2.
func log2Parts(x float64) (t1, t2 float64) {
	const (
		l1   = 5.99999999999994648725e-01
		l2   = 4.28571428578550184252e-01
		l3   = 3.33333329818377432918e-01
		l4   = 2.72728123808534006489e-01
		l5   = 2.30660745775561754067e-01
		l6   = 2.06975017800338417784e-01
		cp   = 9.61796693925975554329e-01 // 2/(3 ln 2), and in two parts
		cpHi = 9.61796700954437255859e-01
		cpLo = -7.02846165095275826516e-09
	)
	n := 0
	if x < 0x1p-1022 {
		x *= 1 << 53
		n = -53
	}
	bits := math.Float64bits(x)
	n += int(bits>>52) - 0x3ff
	mantissa := uint32(bits>>32) & 0xfffff
	near, nearHi, nearLo := 1.0, 0.0, 0.0
	odd := uint64(0)
	exponent := uint64(0x3ff)
	switch {
	case mantissa <= 0x3988e: // below √(3/2)
	case mantissa < 0xbb67a: // below √3
		near, nearHi, nearLo, odd = 1.5, 5.84962487220764160156e-01, 1.35003920212974897128e-08, 1
	default:
		n++
		exponent--
	}
	x = math.Float64frombits(bits&(1<<52-1) | exponent<<52)
	u, v := x-near, 1/(x+near)
	s := u * v
	sHi := upperHalf(s)
	tHi := math.Float64frombits((math.Float64bits(x)>>33|0x20000000)<<32 + 0x00080000<<32 + odd<<50)
	tLo := x - (tHi - near)
	sLo := v * ((u - float64(sHi*tHi)) - float64(sHi*tLo))
	s2 := s * s
	r := float64(s2*s2) * (l1 + float64(s2*(l2+float64(s2*(l3+float64(s2*(l4+float64(s2*(l5+float64(s2*l6))))))))))
	r += sLo * (sHi + s)
	s2 = sHi * sHi
	tHi = upperHalf(3 + s2 + r)
	tLo = r - ((tHi - 3) - s2)
	u = sHi * tHi
	v = float64(sLo*tHi) + float64(tLo*s)
	pHi := upperHalf(u + v)
	pLo := v - (pHi - u)
	zHi := cpHi * pHi
	zLo := float64(cpLo*pHi) + float64(pLo*cp) + nearLo
	t := float64(n)
	t1 = upperHalf(((zHi + zLo) + nearHi) + t)
	return t1, zLo - (((t1 - t) - nearHi) - zHi)
}
