package functions

import "math"

// sin, cos and tan are computed by fdlibm's kernels after reduction to an eighth of a turn: Go's differ from Java's in the last
// digit for about one argument in six. Past reducible arguments Go's are used.

// reduceLimit is how far the three-part reduction is exact.
const reduceLimit = 1 << 20

// reduce gives x - n·π/2 as a sum of two doubles, at most π/4 away from 0.
func reduce(x float64) (n int, hi, lo float64) {
	if math.Abs(x) <= math.Pi/4 {
		return 0, x, 0
	}
	const (
		p1 = 1.57079632673412561417e+00 // first 33 bits of π/2
		p2 = 6.07710050630396597660e-11 // next 33
		p3 = 2.02226624871116645580e-21 // next 33
		t3 = 8.47842766036889956997e-32
	)
	k := math.RoundToEven(x * (2 / math.Pi))
	r := x - float64(k*p1)
	w := float64(k * p2)
	t := r
	r = t - w
	w = (t - r) - w // what the subtraction lost
	u := float64(k * p3)
	v := r
	r = v - u
	w += (v - r) - u - float64(k*t3)
	hi = r + w
	return int(int64(k)) & 3, hi, (r - hi) + w
}

func kernelSin(x, y float64) float64 {
	const (
		s1 = -1.66666666666666324348e-01
		s2 = 8.33333333332248946124e-03
		s3 = -1.98412698298579493134e-04
		s4 = 2.75573137070700676789e-06
		s5 = -2.50507602534068634195e-08
		s6 = 1.58969099521155010221e-10
	)
	z := x * x
	v := z * x
	r := s2 + float64(z*(s3+float64(z*(s4+float64(z*(s5+float64(z*s6)))))))
	if y == 0 {
		return x + float64(v*(s1+float64(z*r)))
	}
	return x - ((float64(z*(float64(0.5*y)-float64(v*r))) - y) - float64(v*s1))
}

func kernelCos(x, y float64) float64 {
	const (
		c1 = 4.16666666666666019037e-02
		c2 = -1.38888888888741095749e-03
		c3 = 2.48015872894767294178e-05
		c4 = -2.75573143513906633035e-07
		c5 = 2.08757232129817482790e-09
		c6 = -1.13596475577881948265e-11
	)
	z := x * x
	r := z * (c1 + float64(z*(c2+float64(z*(c3+float64(z*(c4+float64(z*(c5+float64(z*c6))))))))))
	a := math.Abs(x)
	if a < 0.3 {
		return 1 - (float64(0.5*z) - (float64(z*r) - float64(x*y)))
	}
	q := 0.28125
	if a <= 0.78125 {
		// A quarter of x with its low half cut off, so that 1 - q is exact.
		q = math.Float64frombits((math.Float64bits(a) - 0x0020000000000000) &^ 0xffffffff)
	}
	h := float64(0.5*z) - q
	return (1 - q) - (h - (float64(z*r) - float64(x*y)))
}

func sin(x float64) float64 {
	if !(math.Abs(x) < reduceLimit) {
		return math.Sin(x)
	}
	n, hi, lo := reduce(x)
	switch n {
	case 0:
		return kernelSin(hi, lo)
	case 1:
		return kernelCos(hi, lo)
	case 2:
		return -kernelSin(hi, lo)
	}
	return -kernelCos(hi, lo)
}

func cos(x float64) float64 {
	if !(math.Abs(x) < reduceLimit) {
		return math.Cos(x)
	}
	n, hi, lo := reduce(x)
	switch n {
	case 0:
		return kernelCos(hi, lo)
	case 1:
		return -kernelSin(hi, lo)
	case 2:
		return -kernelCos(hi, lo)
	}
	return kernelSin(hi, lo)
}

func tan(x float64) float64 {
	if !(math.Abs(x) < reduceLimit) {
		return math.Tan(x)
	}
	n, hi, lo := reduce(x)
	if n&1 == 0 {
		return kernelTan(hi, lo, false)
	}
	return kernelTan(hi, lo, true)
}

var tanCoefficients = [...]float64{
	3.33333333333334091986e-01, 1.33333333333201242699e-01, 5.39682539762260521377e-02, 2.18694882948595424599e-02, 8.86323982359930005737e-03,
	3.59207910759131235356e-03, 1.45620945432529025516e-03, 5.88041240820264096874e-04, 2.46463134818469906812e-04, 7.81794442939557092300e-05,
	7.14072491382608190305e-05, -1.85586374855275456654e-05, 2.59073051863633712884e-05,
}

// kernelTan is the tangent of x + y, or its negative reciprocal.
func kernelTan(x, y float64, reciprocal bool) float64 {
	const (
		quarter   = 7.85398163397448278999e-01
		quarterLo = 3.06161699786838301793e-17
	)
	near := math.Abs(x) >= 0.6744
	negative := x < 0
	if near {
		if negative {
			x, y = -x, -y
		}
		x, y = (quarter-x)+(quarterLo-y), 0
	}
	t := &tanCoefficients
	z := x * x
	w := z * z
	r := t[1] + float64(w*(t[3]+float64(w*(t[5]+float64(w*(t[7]+float64(w*(t[9]+float64(w*t[11])))))))))
	v := z * (t[2] + float64(w*(t[4]+float64(w*(t[6]+float64(w*(t[8]+float64(w*(t[10]+float64(w*t[12]))))))))))
	s := z * x
	r = y + float64(z*(float64(s*(r+v))+y))
	r += t[0] * s
	w = x + r
	if near {
		u := 1.0
		if reciprocal {
			u = -1
		}
		out := u - 2*(x-(float64(w*w)/(w+u)-r))
		if negative {
			return -out
		}
		return out
	}
	if !reciprocal {
		return w
	}
	// -1/w, to more digits than a division gives.
	head := math.Float64frombits(math.Float64bits(w) &^ 0xffffffff)
	rest := r - (head - x)
	a := -1 / w
	b := math.Float64frombits(math.Float64bits(a) &^ 0xffffffff)
	return b + float64(a*(1+float64(b*head)+float64(b*rest)))
}
