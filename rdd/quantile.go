package rdd

import "math"

// normalQuantile is the q-quantile of the standard normal distribution.
func normalQuantile(q float64) float64 { return math.Sqrt2 * math.Erfinv(2*q-1) }

// studentQuantile is the q-quantile, q ≥ ½, of Student's t with a whole number of degrees of freedom. Written with the
// angle atan(t/√degrees) its distribution is a finite sum (Abramowitz and Stegun 26.7.3 and 26.7.4), which grows with
// the angle: bisection finds the angle to the last bit.
func studentQuantile(degrees int, q float64) float64 {
	if q >= 1 {
		return math.Inf(1)
	}
	low, high := 0.0, math.Pi/2
	for {
		middle := (low + high) / 2
		if middle <= low || middle >= high {
			return math.Sqrt(float64(degrees)) * math.Tan(middle)
		}
		if studentWithin(degrees, middle) < 2*q-1 {
			low = middle
		} else {
			high = middle
		}
	}
}

// studentWithin is the probability that |t| ≤ √degrees·tan(angle).
func studentWithin(degrees int, angle float64) float64 {
	sin, cos := math.Sincos(angle)
	odd := degrees % 2
	term, sum := 1.0, 0.0
	if odd == 1 {
		term = cos
	}
	for k := odd; k < degrees-1; k += 2 { // the powers of the cosine up to degrees−2
		sum += term
		term *= cos * cos * float64(k+1) / float64(k+2)
	}
	if odd == 1 {
		return 2 / math.Pi * (angle + sin*sum)
	}
	return sin * sum
}

// maxPoissonMean is from where on the Poisson distribution is taken for normal: its quantiles then are off by less than
// 10⁻⁸ of themselves.
const maxPoissonMean = 1e8

// poissonQuantile is the least k of which the Poisson distribution with the given mean says that P(X ≤ k) ≥ q. It adds
// the probabilities up around the mean, where all that counts is, relative to the one at the mean: their ratios are
// simple, and the whole sum scales them.
func poissonQuantile(mean, q float64) float64 {
	switch {
	case q <= 0 || mean == 0:
		return 0
	case q >= 1:
		return math.Inf(1)
	case mean > maxPoissonMean:
		return math.Max(0, math.Round(mean+normalQuantile(q)*math.Sqrt(mean)))
	}
	const negligible = 1e-20
	first, weight := math.Floor(mean), 1.0
	for ; first > 0 && weight > negligible; first-- {
		weight *= first / mean
	}
	total := 0.0
	for k, w := first, weight; k <= mean || w > negligible; k++ {
		total += w
		w *= mean / (k + 1)
	}
	below := weight
	for k, w := first, weight; ; k++ {
		if below >= q*total {
			return k
		}
		w *= mean / (k + 1)
		below += w
	}
}
