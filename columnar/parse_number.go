package columnar

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"
	"unsafe"
)

// The parsers of this file take text as CAST(STRING AS …) does: blanks and control characters around the value are ignored. They
// report failure by ok alone, so that a reader of files can try types without building errors.

// isBlank says whether Spark trims the byte: white space and ISO control characters of ASCII.
func isBlank(c byte) bool { return c <= ' ' || c == 0x7f }

// trimBlank cuts blanks off both ends.
func trimBlank(s []byte) []byte {
	for len(s) > 0 && isBlank(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isBlank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

// ParseBool reads t, true, y, yes, 1 and f, false, n, no, 0 in any case.
func ParseBool(s []byte) (v, ok bool) {
	s = trimBlank(s)
	if len(s) == 0 || len(s) > 5 {
		return false, false
	}
	var buf [5]byte
	for i, c := range s {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		buf[i] = c
	}
	switch string(buf[:len(s)]) {
	case "t", "true", "y", "yes", "1":
		return true, true
	case "f", "false", "n", "no", "0":
		return false, true
	}
	return false, false
}

// ParseInt64 reads a whole number with an optional sign.
func ParseInt64(s []byte) (v int64, ok bool) {
	if len(s) == 0 || isBlank(s[0]) || isBlank(s[len(s)-1]) {
		s = trimBlank(s)
	}
	neg := false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		s = s[1:]
	}
	if len(s) == 0 {
		return 0, false
	}
	if len(s) > 18 {
		return parseLongInt64(s, neg)
	}
	for _, c := range s {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		v = v*10 + int64(d)
	}
	if neg {
		v = -v
	}
	return v, true
}

// parseLongInt64 is the slow path of ParseInt64 that looks out for overflow. s has no sign.
func parseLongInt64(s []byte, neg bool) (int64, bool) {
	var v uint64
	for _, c := range s {
		d := uint64(c - '0')
		hi, lo := bits.Mul64(v, 10)
		if d > 9 || hi != 0 || lo+d > 1<<63 || lo+d < lo {
			return 0, false
		}
		v = lo + d
	}
	switch {
	case neg:
		return -int64(v), true
	case v == 1<<63:
		return 0, false
	}
	return int64(v), true
}

// ParseInt64Truncating is ParseInt64 with ANSI mode off: digits behind a point are allowed and ignored, even "1." and ".".
func ParseInt64Truncating(s []byte) (v int64, ok bool) {
	s = trimBlank(s)
	point := bytes.IndexByte(s, '.')
	if point < 0 {
		return ParseInt64(s)
	}
	for _, c := range s[point+1:] {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	whole := s[:point]
	if len(whole) == 0 || len(whole) == 1 && (whole[0] == '-' || whole[0] == '+') {
		return 0, true
	}
	if isBlank(whole[len(whole)-1]) {
		return 0, false
	}
	return ParseInt64(whole)
}

// ParseFloat64 reads a number as java.lang.Double.parseDouble does, with its d and f suffixes and hexadecimal form, and NaN and
// Infinity by Spark's names in any case. Numbers out of range become infinite or zero.
func ParseFloat64(s []byte) (v float64, ok bool) {
	if v, ok := parseShortFloat(s); ok {
		return v, true
	}
	return parseFloat(s, 64)
}

// ParseFloat32 is ParseFloat64 for FLOAT: it rounds once, to the nearest float.
func ParseFloat32(s []byte) (v float32, ok bool) {
	f, ok := parseFloat(s, 32)
	return float32(f), ok
}

// parseShortFloat is the fast path for plain numbers of at most 15 digits: both the digits and the power of ten are then exact
// doubles, so that one division rounds correctly (Clinger).
func parseShortFloat(s []byte) (float64, bool) {
	neg := len(s) > 0 && s[0] == '-'
	if neg {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 16 {
		return 0, false
	}
	var m uint64
	point := -1
	for i, c := range s {
		if d := c - '0'; d <= 9 {
			m = m*10 + uint64(d)
			continue
		}
		if c != '.' || point >= 0 {
			return 0, false
		}
		point = i
	}
	if len(s) == 16 && point < 0 || len(s) == 1 && point == 0 {
		return 0, false
	}
	v := float64(m)
	if point >= 0 {
		v /= exactPow10[len(s)-1-point]
	}
	if neg {
		v = -v
	}
	return v, true
}

func parseFloat(s []byte, bitSize int) (float64, bool) {
	s = trimBlank(s)
	if len(s) == 0 {
		return 0, false
	}
	if c := s[len(s)-1] | 0x20; c == 'n' || c == 'f' || c == 'y' {
		if v, ok := parseSpecialFloat(s); ok {
			return v, true
		}
	}
	hex := bytes.ContainsAny(s, "xX")
	switch s[len(s)-1] {
	case 'd', 'D', 'f', 'F':
		if !hex || bytes.ContainsAny(s, "pP") {
			s = s[:len(s)-1]
		}
	}
	if len(s) == 0 || bytes.IndexByte(s, '_') >= 0 || bytes.ContainsAny(s, "iInN") {
		return 0, false
	}
	v, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(s), len(s)), bitSize)
	if err != nil && err.(*strconv.NumError).Err == strconv.ErrSyntax {
		return 0, false
	}
	return v, true
}

func parseSpecialFloat(s []byte) (float64, bool) {
	sign := 1
	name := s
	if s[0] == '+' || s[0] == '-' {
		if s[0] == '-' {
			sign = -1
		}
		name = s[1:]
	}
	switch {
	case bytes.EqualFold(name, []byte("inf")), bytes.EqualFold(name, []byte("infinity")):
		return math.Inf(sign), true
	case bytes.EqualFold(s, []byte("nan")), string(name) == "NaN":
		return math.NaN(), true
	}
	return 0, false
}

// decimalText is a decimal number as it was written: ±digits × 10^exponent. digits has no leading zeros.
type decimalText struct {
	neg      bool
	digits   []byte // only '0' to '9'; empty for zero
	exponent int
}

// readDecimal splits a number into its parts as java.math.BigDecimal does. The digits are gathered in buf where a point stands
// between them.
func readDecimal(s, buf []byte) (d decimalText, ok bool) {
	s = trimBlank(s)
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		d.neg = s[0] == '-'
		s = s[1:]
	}
	if e := bytes.IndexAny(s, "eE"); e >= 0 {
		exp, ok := ParseInt64(s[e+1:])
		if !ok || exp > math.MaxInt32 || exp < -math.MaxInt32 || isBlank(s[len(s)-1]) || isBlank(s[e+1]) {
			return d, false
		}
		d.exponent = int(exp)
		s = s[:e]
	}
	digits := s
	if point := bytes.IndexByte(s, '.'); point >= 0 {
		digits = append(append(buf[:0], s[:point]...), s[point+1:]...)
		d.exponent -= len(s) - 1 - point
	}
	if len(digits) == 0 {
		return d, false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return d, false
		}
	}
	d.digits = bytes.TrimLeft(digits, "0")
	return d, true
}

// integralDigits is the number of digits before the point.
func (d decimalText) integralDigits() int {
	if len(d.digits) == 0 {
		return 0
	}
	return max(len(d.digits)+d.exponent, 0)
}

// unscaled is the number × 10^scale, rounded HALF_UP; ok is false if that has more than 38 digits.
func (d decimalText) unscaled(scale int) (v Int128, ok bool) {
	n := len(d.digits) + d.exponent + scale // digits that the result has
	switch {
	case len(d.digits) == 0 || n < 0:
		return Int128{}, true
	case n > MaxPrecision:
		return Int128{}, false
	}
	kept := d.digits[:min(n, len(d.digits))]
	for len(kept) > 0 {
		k := min(len(kept), MaxPrecision64)
		var part int64
		for _, c := range kept[:k] {
			part = part*10 + int64(c-'0')
		}
		v, _ = v.Mul(pow10[k])
		v, _ = v.Add(Int128From(part))
		kept = kept[k:]
	}
	if n > len(d.digits) {
		v, _ = v.Mul(pow10[n-len(d.digits)])
	} else if n < len(d.digits) && d.digits[n] >= '5' {
		v, _ = v.Add(Int128From(1))
	}
	if d.neg {
		v = v.Neg()
	}
	return v, true
}

// ParseDecimalText reads a decimal number, also with an exponent, and gives it scale fractional digits, rounded HALF_UP. ok is
// false if the text is no number or the result has more than precision digits.
func ParseDecimalText(s []byte, precision, scale int) (v Int128, ok bool) {
	if x, ok := parseShortDecimal(s, scale); ok {
		return Int128From(x), precision > MaxPrecision64 || -pow10x64[precision] < x && x < pow10x64[precision]
	}
	var buf [64]byte
	d, ok := readDecimal(s, buf[:])
	if !ok {
		return Int128{}, false
	}
	v, ok = d.unscaled(scale)
	return v, ok && v.FitsPrecision(precision)
}

// parseShortDecimal is the fast path for plain numbers whose digits, filled up to scale, fit an int64 and need no rounding.
func parseShortDecimal(s []byte, scale int) (int64, bool) {
	neg := len(s) > 0 && s[0] == '-'
	if neg {
		s = s[1:]
	}
	v, digits, point := int64(0), 0, -1
	for i, c := range s {
		if d := c - '0'; d <= 9 {
			v = v*10 + int64(d)
			digits++
		} else if c == '.' && point < 0 {
			point = i
		} else {
			return 0, false
		}
		if digits > MaxPrecision64 {
			return 0, false
		}
	}
	missing := scale
	if point >= 0 {
		missing -= len(s) - 1 - point
	}
	if digits == 0 || missing < 0 || digits+missing > MaxPrecision64 {
		return 0, false
	}
	v *= pow10x64[missing]
	if neg {
		v = -v
	}
	return v, true
}
