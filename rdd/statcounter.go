package rdd

import (
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
)

// StatCounter gathers count, mean, variance, largest and smallest of numbers in one pass, in a way that stays exact
// where a sum of squares would cancel (Welford's method, and Chan's for merging); its results are those of Spark's
// org.apache.spark.util.StatCounter. The zero StatCounter has seen nothing. Not safe for concurrent use.
type StatCounter struct {
	n        int64
	mean, m2 float64 // m2 is the sum of the squared distances from the mean
	max, min float64 // meaningless while n is 0
}

// NewStatCounter has seen the numbers given.
func NewStatCounter(vs ...float64) StatCounter {
	var s StatCounter
	for _, v := range vs {
		s.Add(v)
	}
	return s
}

// Add sees one more number (Spark's merge of a value).
func (s *StatCounter) Add(v float64) {
	delta := v - s.mean
	s.n++
	s.mean += delta / float64(s.n)
	s.m2 += delta * (v - s.mean)
	if s.n == 1 {
		s.max, s.min = v, v
		return
	}
	s.max, s.min = max(s.max, v), min(s.min, v) // NaN, once seen, stays
}

// Merge sees all that o has seen (Spark's merge of a StatCounter); o is not changed.
func (s *StatCounter) Merge(o StatCounter) {
	switch {
	case o.n == 0:
		return
	case s.n == 0:
		*s = o
		return
	}
	delta, n, m := o.mean-s.mean, float64(s.n), float64(o.n)
	switch { // where one side is much larger its mean is only corrected, which rounds less than a weighted sum
	case o.n*10 < s.n:
		s.mean += delta * m / (n + m)
	case s.n*10 < o.n:
		s.mean = o.mean - delta*n/(n+m)
	default:
		s.mean = (s.mean*n + o.mean*m) / (n + m)
	}
	s.m2 += o.m2 + delta*delta*n*m/(n+m)
	s.n += o.n
	s.max, s.min = max(s.max, o.max), min(s.min, o.min)
}

// Count is how many numbers were seen.
func (s StatCounter) Count() int64 { return s.n }

// Mean is their mean; 0 when there were none.
func (s StatCounter) Mean() float64 { return s.mean }

// Sum is their sum, made from the mean.
func (s StatCounter) Sum() float64 { return float64(s.n) * s.mean }

// Max is the largest; −∞ when there were none, NaN when there was a NaN.
func (s StatCounter) Max() float64 {
	if s.n == 0 {
		return math.Inf(-1)
	}
	return s.max
}

// Min is the smallest; +∞ when there were none, NaN when there was a NaN.
func (s StatCounter) Min() float64 {
	if s.n == 0 {
		return math.Inf(1)
	}
	return s.min
}

// Variance is the variance of the numbers as a whole population (Spark's variance and popVariance); NaN when there were
// none.
func (s StatCounter) Variance() float64 {
	if s.n == 0 {
		return math.NaN()
	}
	return s.m2 / float64(s.n)
}

// SampleVariance is the variance of what the numbers are a sample of: the divisor is one less. NaN for fewer than two.
func (s StatCounter) SampleVariance() float64 {
	if s.n <= 1 {
		return math.NaN()
	}
	return s.m2 / float64(s.n-1)
}

// Stdev is the square root of Variance (Spark's stdev and popStdev).
func (s StatCounter) Stdev() float64 { return math.Sqrt(s.Variance()) }

// SampleStdev is the square root of SampleVariance.
func (s StatCounter) SampleStdev() float64 { return math.Sqrt(s.SampleVariance()) }

// String is what Spark prints: (count: 3, mean: 2.000000, stdev: 0.816497, max: 3.000000, min: 1.000000).
func (s StatCounter) String() string {
	return fmt.Sprintf("(count: %d, mean: %s, stdev: %s, max: %s, min: %s)", s.n, javaFixed(s.mean, 6),
		javaFixed(s.Stdev(), 6), javaFixed(s.Max(), 6), javaFixed(s.Min(), 6))
}

// seeAll counts a whole stream.
func seeAll[T Number](in iter.Seq2[T, error]) (s StatCounter, err error) {
	for v, err := range in {
		if err != nil {
			return s, err
		}
		s.Add(float64(v))
	}
	return s, nil
}

// javaFixed writes f as Java's %.nf does: the shortest decimal that means f, rounded half up. Go rounds the binary
// value, so that 0.0000005 would become 0.000000.
func javaFixed(f float64, decimals int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(f, 'f', -1, 64), ".")
	if len(fraction) <= decimals {
		return whole + "." + fraction + strings.Repeat("0", decimals-len(fraction))
	}
	digits, up := []byte(whole+"."+fraction[:decimals]), fraction[decimals] >= '5'
	for i := len(digits) - 1; up && i >= 0; i-- {
		switch digits[i] {
		case '.', '-':
		case '9':
			digits[i] = '0'
		default:
			digits[i]++
			up = false
		}
	}
	if !up {
		return string(digits)
	}
	if digits[0] == '-' {
		return "-1" + string(digits[1:])
	}
	return "1" + string(digits)
}
