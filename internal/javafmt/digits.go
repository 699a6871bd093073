package javafmt

import (
	"strconv"
	"strings"
)

// digits is a decimal number 0.d1d2d3… × 10^point, without its sign. There are
// no leading or trailing zeros; zero has no digits.
type digits struct {
	text  []byte
	point int
}

// digitsOf reads plain or scientific decimal notation ("12.5", "1.0E-7").
func digitsOf(text string) (d digits, negative bool) {
	negative = strings.HasPrefix(text, "-")
	text = strings.TrimPrefix(text, "-")
	mantissa, exponent, hasExponent := strings.Cut(text, "E")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d = digits{append([]byte(whole), fraction...), len(whole)}
	if hasExponent {
		exp, _ := strconv.Atoi(exponent)
		d.point += exp
	}
	return d.trim(), negative
}

func doubleDigits(f float64) (d digits, negative bool) {
	var buf [32]byte
	return digitsOf(string(AppendDouble(buf[:0], f)))
}

func (d digits) trim() digits {
	for len(d.text) > 0 && d.text[0] == '0' {
		d.text, d.point = d.text[1:], d.point-1
	}
	for len(d.text) > 0 && d.text[len(d.text)-1] == '0' {
		d.text = d.text[:len(d.text)-1]
	}
	if len(d.text) == 0 {
		d.point = 0
	}
	return d
}

// at returns digit i after the start of the number, '0' outside of the text.
func (d digits) at(i int) byte {
	if i < 0 || i >= len(d.text) {
		return '0'
	}
	return d.text[i]
}

// round keeps n digits of the text. Half goes to the even neighbour, or up.
func (d digits) round(n int, toEven bool) digits {
	if n >= len(d.text) {
		return d
	}
	if n < 0 {
		return digits{}
	}
	up := d.text[n] >= '5'
	if toEven && d.text[n] == '5' && len(d.text) == n+1 {
		up = n > 0 && d.text[n-1]&1 == 1
	}
	out := digits{append([]byte{'0'}, d.text[:n]...), d.point + 1}
	if up {
		i := n
		for ; out.text[i] == '9'; i-- {
			out.text[i] = '0'
		}
		out.text[i]++
	}
	return out.trim()
}

// appendFixed appends the number with exactly the given digits after the point.
func (d digits) appendFixed(dst []byte, fraction int) []byte {
	if d.point <= 0 {
		dst = append(dst, '0')
	}
	for i := range max(d.point, 0) {
		dst = append(dst, d.at(i))
	}
	if fraction > 0 {
		dst = append(dst, '.')
	}
	for i := range fraction {
		dst = append(dst, d.at(d.point+i))
	}
	return dst
}
