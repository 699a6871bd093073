package javafmt

import (
	"math"
	"math/bits"
	"strconv"
)

// Double returns f as java.lang.Double.toString prints it, which is what
// CAST(f AS STRING) gives: the fewest digits that read back as f (but see
// appendWhole), at least one on each side of the point; plain for
// 1e-3 <= |f| < 1e7 and 1.0E10 otherwise.
func Double(f float64) string {
	var buf [32]byte
	return string(AppendDouble(buf[:0], f))
}

// Float is Double for java.lang.Float.toString.
func Float(f float32) string {
	var buf [32]byte
	return string(AppendFloat(buf[:0], f))
}

// AppendDouble appends Double(f) to dst.
func AppendDouble(dst []byte, f float64) []byte {
	if dst, special := appendSpecial(dst, f); special {
		return dst
	}
	// Fast path - whole numbers such as counts and amounts.
	if i := int64(f); -1e7 < f && f < 1e7 && float64(i) == f && (i != 0 || !math.Signbit(f)) {
		return append(strconv.AppendInt(dst, i, 10), '.', '0')
	}
	if a := math.Abs(f); 0x1p54 <= a && a < 0x1p63 {
		return appendWhole(dst, f, 53)
	}
	var buf [32]byte
	e := strconv.AppendFloat(buf[:0], f, 'e', -1, 64)
	if math.Abs(f) < 0x1p-1022 && isOneDigit(e) {
		e = strconv.AppendFloat(buf[:0], f, 'e', 1, 64)
	}
	return appendJavaLayout(dst, e)
}

// AppendFloat appends Float(f) to dst.
func AppendFloat(dst []byte, f float32) []byte {
	if dst, special := appendSpecial(dst, float64(f)); special {
		return dst
	}
	if a := math.Abs(float64(f)); 0x1p25 <= a && a < 0x1p63 {
		return appendWhole(dst, float64(f), 24)
	}
	var buf [32]byte
	e := strconv.AppendFloat(buf[:0], float64(f), 'e', -1, 32)
	if math.Abs(float64(f)) < 0x1p-126 && isOneDigit(e) {
		e = strconv.AppendFloat(buf[:0], float64(f), 'e', 1, 64)
	}
	return appendJavaLayout(dst, e)
}

// appendWhole prints a number whose last bit stands for 2 or more and that fits
// a long. Java before 19 does not look for the fewest digits there but drops
// those below the last bit's weight, so 2^62 is 4.6116860184273879E18 and not
// 4.611686018427388E18. Spark's published answers are made on Java 17, so they
// have it too.
func appendWhole(dst []byte, f float64, mantissaBits int) []byte {
	v := uint64(math.Abs(f))
	unit := uint64(1)
	if spare := bits.Len64(v) - 2 - mantissaBits; spare > 1 {
		for range spare * 30103 / 100000 { // floor(log10(2^spare))
			unit *= 10
		}
	}
	digits := v / unit
	if unit > 1 && v%unit >= unit/2 {
		digits++
	}
	if f < 0 {
		dst = append(dst, '-')
	}
	var buf [24]byte
	e := strconv.AppendUint(buf[:0], digits*unit, 10)
	exp := len(e) - 1
	for e[len(e)-1] == '0' {
		e = e[:len(e)-1]
	}
	dst = appendFraction(append(dst, e[0], '.'), e[1:])
	return strconv.AppendInt(append(dst, 'E'), int64(exp), 10)
}

func appendSpecial(dst []byte, f float64) ([]byte, bool) {
	switch {
	case f != f:
		return append(dst, "NaN"...), true
	case f > math.MaxFloat64:
		return append(dst, "Infinity"...), true
	case f < -math.MaxFloat64:
		return append(dst, "-Infinity"...), true
	}
	return dst, false
}

// isOneDigit reports whether e, as printed by verb 'e', has a single digit of
// mantissa. Java always gives two, so where the spacing of floats is wide (the
// subnormals) it prints the nearest two-digit number: 4.9E-324, not 5.0E-324.
func isOneDigit(e []byte) bool {
	if e[0] == '-' {
		e = e[1:]
	}
	return e[1] == 'e'
}

// appendJavaLayout lays out the output of strconv's verb 'e' ("-1.25e+07") in
// Java's way.
func appendJavaLayout(dst, e []byte) []byte {
	if e[0] == '-' {
		dst = append(dst, '-')
		e = e[1:]
	}
	end := len(e) - 1
	for e[end] != 'e' {
		end--
	}
	exp := 0
	for _, c := range e[end+2:] {
		exp = exp*10 + int(c-'0')
	}
	if e[end+1] == '-' {
		exp = -exp
	}
	first, fraction := e[0], e[:0]
	if end > 2 {
		fraction = e[2:end]
	}
	if len(fraction) == 1 && fraction[0] == '0' {
		fraction = fraction[:0]
	}
	switch {
	case first == '0':
		return append(dst, "0.0"...)
	case exp < -3 || exp >= 7:
		dst = appendFraction(append(dst, first, '.'), fraction)
		return strconv.AppendInt(append(dst, 'E'), int64(exp), 10)
	case exp < 0:
		dst = append(append(dst, "0.00"[:1-exp]...), first)
		return append(dst, fraction...)
	}
	dst = append(dst, first)
	for ; exp > 0; exp-- {
		if len(fraction) == 0 {
			dst = append(dst, '0')
			continue
		}
		dst, fraction = append(dst, fraction[0]), fraction[1:]
	}
	return appendFraction(append(dst, '.'), fraction)
}

func appendFraction(dst, fraction []byte) []byte {
	if len(fraction) == 0 {
		return append(dst, '0')
	}
	return append(dst, fraction...)
}
