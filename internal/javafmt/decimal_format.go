package javafmt

import (
	"math"
	"strconv"
	"strings"
)

// DecimalFormat is a compiled pattern of java.text.DecimalFormat in the US
// locale, rounding half to even as Spark's format_number does. It is immutable
// and safe for concurrent use.
type DecimalFormat struct {
	positive, negative affixes
	minInt             int
	minFrac, maxFrac   int
	group              int // digits between commas, 0 for none
	showPoint          bool
	shift              int // 2 for per cent, 3 for per mille
}

type affixes struct{ prefix, suffix string }

// NewDecimalFormat compiles a pattern such as "#,##0.00". The error is an *Error
// for what Java refuses, and for exponents, which are not supported.
func NewDecimalFormat(pattern string) (*DecimalFormat, error) {
	f := &DecimalFormat{}
	p := &decimalPattern{pattern: pattern}
	if err := p.subpattern(f); err != nil {
		return nil, err
	}
	f.positive = p.affixes
	f.negative = affixes{"-" + p.prefix, p.suffix}
	if p.pos < len(pattern) { // after the semicolon
		q := &decimalPattern{pattern: pattern, pos: p.pos + 1}
		if err := q.subpattern(&DecimalFormat{}); err != nil {
			return nil, err
		}
		if q.affixes != p.affixes && q.digitsSeen {
			f.negative = q.affixes
		}
	}
	return f, nil
}

// NewFixedDecimalFormat is the format of format_number(x, d): commas and d
// digits after the point; d must not be negative.
func NewFixedDecimalFormat(d int) *DecimalFormat {
	return &DecimalFormat{negative: affixes{prefix: "-"}, minInt: 1, minFrac: d, maxFrac: d, group: 3}
}

// decimalPattern reads one half of a pattern.
type decimalPattern struct {
	pattern string
	pos     int
	affixes
	left, zeros, right int // #, 0, and # after a 0
	point, group       int // digits before the point, and since the last comma; -1 for none
	digitsSeen         bool
}

func (p *decimalPattern) invalid(what string) error {
	return &Error{"INVALID_PARAMETER_VALUE.PATTERN", "22023", what + " in pattern \"" + p.pattern + "\""}
}

func (p *decimalPattern) subpattern(f *DecimalFormat) (err error) {
	p.point, p.group = -1, -1
	if p.prefix, err = p.affix("#0,.", f); err != nil {
		return err
	}
	if err = p.number(); err != nil {
		return err
	}
	if p.suffix, err = p.affix("", f); err != nil {
		return err
	}
	if p.zeros == 0 && p.left > 0 && p.point >= 0 { // ###.### has one digit before the point
		n := max(p.point, 1)
		p.right, p.left, p.zeros = p.left-n, n-1, 1
	}
	if p.point >= 0 && (p.point < p.left || p.point > p.left+p.zeros) || p.group == 0 {
		return p.invalid("Malformed digits")
	}
	total := p.left + p.zeros + p.right
	f.minInt = total - p.left
	if p.point >= 0 {
		f.minInt = p.point - p.left
		f.maxFrac, f.minFrac = total-p.point, p.left+p.zeros-p.point
	}
	f.group = max(p.group, 0)
	f.showPoint = p.point == 0 || p.point == total
	return nil
}

// affix reads literal text up to a character of stop or to the semicolon.
func (p *decimalPattern) affix(stop string, f *DecimalFormat) (string, error) {
	var out strings.Builder
	quoted := false
	for ; p.pos < len(p.pattern); p.pos++ {
		c := p.pattern[p.pos]
		rest := p.pattern[p.pos:]
		switch {
		case c == '\'' && strings.HasPrefix(rest, "''"):
			out.WriteByte('\'')
			p.pos++
		case c == '\'':
			quoted = !quoted
		case quoted:
			out.WriteByte(c)
		case c == ';' || strings.IndexByte(stop, c) >= 0:
			return out.String(), nil
		case stop == "" && strings.IndexByte("#0,.", c) >= 0:
			return "", p.invalid("Unquoted special character '" + string(c) + "'")
		case c == '%':
			f.shift = 2
			out.WriteByte(c)
		case strings.HasPrefix(rest, "‰"):
			f.shift = 3
			out.WriteString("‰")
			p.pos += len("‰") - 1
		case strings.HasPrefix(rest, "¤"):
			out.WriteByte('$')
			p.pos += len("¤") - 1
		default:
			out.WriteByte(c)
		}
	}
	if quoted {
		return "", p.invalid("Unclosed quote")
	}
	return out.String(), nil
}

func (p *decimalPattern) number() error {
	for ; p.pos < len(p.pattern); p.pos++ {
		switch p.pattern[p.pos] {
		case '#', '0':
			p.digitsSeen = true
			switch {
			case p.pattern[p.pos] == '0' && p.right > 0:
				return p.invalid("Unexpected '0'")
			case p.pattern[p.pos] == '0':
				p.zeros++
			case p.zeros > 0:
				p.right++
			default:
				p.left++
			}
			if p.group >= 0 && p.point < 0 {
				p.group++
			}
		case ',':
			p.group = 0
		case '.':
			if p.point >= 0 {
				return p.invalid("Multiple decimal separators")
			}
			p.point = p.left + p.zeros + p.right
		case 'E':
			return &Error{"UNSUPPORTED_FEATURE", "0A000", "An exponent in the number pattern \"" + p.pattern + "\" is not supported"}
		default:
			return nil
		}
	}
	return nil
}

// AppendInt appends the formatted v to dst.
func (f *DecimalFormat) AppendInt(dst []byte, v int64) []byte {
	var buf [24]byte
	return f.AppendDecimal(dst, string(strconv.AppendInt(buf[:0], v, 10)))
}

// AppendDecimal appends the formatted decimal number, given in plain notation
// such as "-12.50".
func (f *DecimalFormat) AppendDecimal(dst []byte, plain string) []byte {
	d, negative := digitsOf(plain)
	d = f.shifted(d)
	return f.append(dst, d.round(d.point+f.maxFrac, true), negative)
}

// AppendDouble appends the formatted v to dst. FLOAT is widened to double
// first, as in Spark.
func (f *DecimalFormat) AppendDouble(dst []byte, v float64) []byte {
	v *= [...]float64{1, 10, 100, 1000}[f.shift]
	switch {
	case v != v:
		return append(dst, "NaN"...)
	case math.IsInf(v, 0):
		a := f.positive
		if v < 0 {
			a = f.negative
		}
		return append(append(append(dst, a.prefix...), "∞"...), a.suffix...)
	}
	d, negative := doubleDigits(v)
	if len(d.text) > d.point+f.maxFrac {
		// The digits are only the nearest decimal; what is rounded is the exact value.
		var buf [64]byte
		d, _ = digitsOf(string(strconv.AppendFloat(buf[:0], math.Abs(v), 'f', f.maxFrac, 64)))
	}
	return f.append(dst, d, negative)
}

func (f *DecimalFormat) shifted(d digits) digits {
	if len(d.text) > 0 {
		d.point += f.shift
	}
	return d
}

func (f *DecimalFormat) append(dst []byte, d digits, negative bool) []byte {
	a := f.positive
	if negative {
		a = f.negative
	}
	dst = append(dst, a.prefix...)
	whole := max(d.point, f.minInt)
	hasFraction := f.minFrac > 0 || len(d.text) > max(d.point, 0) || len(d.text) > 0 && d.point < 0
	if whole <= 0 && !hasFraction {
		whole = 1
	}
	for i := range max(whole, 0) {
		left := whole - i // digits still to come, this one included
		if i > 0 && f.group > 0 && left%f.group == 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, d.at(d.point-left))
	}
	if hasFraction || f.showPoint {
		dst = append(dst, '.')
	}
	for i := range f.maxFrac {
		if i >= f.minFrac && d.point+i >= len(d.text) {
			break
		}
		dst = append(dst, d.at(d.point+i))
	}
	return append(dst, a.suffix...)
}
