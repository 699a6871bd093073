package javafmt

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Arg is a value given to Printf.
type Arg struct {
	kind  argKind
	bits  uint8 // of an integer
	int   int64
	float float64
	text  string
	class string
}

type argKind uint8

const (
	argNull argKind = iota
	argBool
	argInt
	argFloat
	argText
)

// NullArg is SQL's NULL. It prints as null under any conversion.
func NullArg() Arg { return Arg{} }

// BoolArg is a BOOLEAN.
func BoolArg(v bool) Arg {
	a := Arg{kind: argBool, class: "java.lang.Boolean", text: "false"}
	if v {
		a.int, a.text = 1, "true"
	}
	return a
}

// IntArg is an integer of 8, 16, 32 or 64 bits; the width matters to %x and %o
// of negative numbers.
func IntArg(v int64, bits int) Arg {
	class := map[int]string{8: "java.lang.Byte", 16: "java.lang.Short", 32: "java.lang.Integer", 64: "java.lang.Long"}[bits]
	return Arg{kind: argInt, int: v, bits: uint8(bits), class: class}
}

// DoubleArg is a DOUBLE.
func DoubleArg(v float64) Arg {
	return Arg{kind: argFloat, float: v, text: Double(v), class: "java.lang.Double"}
}

// FloatArg is a FLOAT.
func FloatArg(v float32) Arg {
	return Arg{kind: argFloat, float: float64(v), text: Float(v), class: "java.lang.Float"}
}

// StringArg is a STRING.
func StringArg(v string) Arg { return Arg{kind: argText, text: v, class: "java.lang.String"} }

// OtherArg is a value of a type that only %s can print, as text; class is the
// Java class that messages name (Spark passes DECIMAL as its own class).
func OtherArg(text, class string) Arg { return Arg{kind: argText, text: text, class: class} }

func (a *Arg) string() string {
	switch a.kind {
	case argNull:
		return "null"
	case argInt:
		return strconv.FormatInt(a.int, 10)
	}
	return a.text
}

// specifier is one %[index$][flags][width][.precision]conversion.
type specifier struct {
	text       string
	index      int // 0: the next argument, -1: the one before
	flags      string
	width      int // -1: none
	precision  int // -1: none
	conversion byte
}

func (s *specifier) has(flag byte) bool { return strings.IndexByte(s.flags, flag) >= 0 }

// AppendPrintf appends what java.util.Formatter makes of the format in the US
// locale, which is Spark's format_string. The error is an *Error with the name
// of the Java exception in its message.
func AppendPrintf(dst []byte, format string, args []Arg) ([]byte, error) {
	next, last := 0, -1
	for i := 0; i < len(format); {
		n := strings.IndexByte(format[i:], '%')
		if n < 0 {
			return append(dst, format[i:]...), nil
		}
		dst = append(dst, format[i:i+n]...)
		s, end, err := parseSpecifier(format, i+n)
		if err != nil {
			return dst, err
		}
		i = end
		if s.conversion == 'n' {
			dst = append(dst, '\n')
			continue
		}
		if s.conversion == '%' {
			dst = s.pad(dst, "%")
			continue
		}
		switch {
		case s.index > 0:
			last = s.index - 1
		case s.index == 0:
			last = next
			next++
		}
		if last < 0 || last >= len(args) {
			return dst, printfError("MissingFormatArgumentException", "Format specifier '"+s.text+"'")
		}
		if dst, err = s.appendArg(dst, &args[last]); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// maxPrintfWidth bounds width and precision: a format from data must not be able
// to ask for gigabytes of padding.
const maxPrintfWidth = 1 << 24

func printfError(exception, message string) error {
	return &Error{"INVALID_PARAMETER_VALUE.PATTERN", "22023", "java.util." + exception + ": " + message}
}

func parseSpecifier(format string, start int) (s specifier, end int, err error) {
	pos := start + 1
	s = specifier{width: -1, precision: -1}
	number := func() (int, bool) {
		from := pos
		for pos < len(format) && isDigit(format[pos]) {
			pos++
		}
		v, err := strconv.ParseInt(format[from:pos], 10, 32)
		return int(v), err == nil
	}
	if v, ok := number(); ok && pos < len(format) && format[pos] == '$' && v > 0 {
		s.index = v
		pos++
	} else {
		pos = start + 1
	}
	from := pos
	for pos < len(format) && strings.IndexByte("-#+ 0,(<", format[pos]) >= 0 {
		if format[pos] == '<' {
			s.index = -1
		}
		pos++
	}
	s.flags = format[from:pos]
	if v, ok := number(); ok {
		s.width = v
	}
	if pos+1 < len(format) && format[pos] == '.' && isDigit(format[pos+1]) {
		pos++
		s.precision, _ = number()
	}
	if max(s.width, s.precision) > maxPrintfWidth {
		return s, 0, printfError("IllegalFormatWidthException", strconv.Itoa(max(s.width, s.precision)))
	}
	if pos >= len(format) {
		return s, 0, printfError("UnknownFormatConversionException", "Conversion = '%'")
	}
	s.conversion = format[pos]
	end = pos + 1
	s.text = format[start:end]
	return s, end, s.check()
}

func (s *specifier) check() error {
	switch {
	case strings.IndexByte("bBhHsScCdoxXeEfgGn%", s.conversion) < 0:
		if strings.IndexByte("aAtT", s.conversion) >= 0 {
			return &Error{"UNSUPPORTED_FEATURE", "0A000", "The format specifier '%" + string(s.conversion) + "' is not supported"}
		}
		return printfError("UnknownFormatConversionException", "Conversion = '"+string(s.conversion)+"'")
	case (s.has('-') || s.has('0')) && s.width < 0:
		return printfError("MissingFormatWidthException", s.text)
	case s.has('-') && s.has('0') || s.has('+') && s.has(' '):
		return printfError("IllegalFormatFlagsException", "Flags = '"+s.flags+"'")
	case s.precision >= 0 && strings.IndexByte("cCdoxX", s.conversion) >= 0:
		return printfError("IllegalFormatPrecisionException", strconv.Itoa(s.precision))
	}
	allowed := map[byte]string{'d': "-+ 0,(<", 'o': "-#0<", 'x': "-#0<", 'X': "-#0<", 'e': "-#+ 0(<", 'E': "-#+ 0(<",
		'f': "-#+ 0,(<", 'g': "-+ 0,(<", 'G': "-+ 0,(<", 'n': "", '%': "-"}[s.conversion]
	if allowed == "" && s.conversion != 'n' {
		allowed = "-<"
	}
	for _, flag := range []byte(s.flags) {
		if strings.IndexByte(allowed, flag) < 0 {
			return printfError("FormatFlagsConversionMismatchException", "Conversion = "+string(s.conversion)+", Flags = "+string(flag))
		}
	}
	return nil
}

// pad appends text in the field's width.
func (s *specifier) pad(dst []byte, text string) []byte {
	fill := strings.Repeat(" ", max(0, s.width-utf8.RuneCountInString(text)))
	if s.has('-') {
		return append(append(dst, text...), fill...)
	}
	return append(append(dst, fill...), text...)
}

func (s *specifier) appendArg(dst []byte, a *Arg) ([]byte, error) {
	text, err := s.format(a)
	if err != nil {
		return dst, err
	}
	if strings.IndexByte("BHSCXEG", s.conversion) >= 0 {
		text = strings.ToUpper(text)
	}
	return s.pad(dst, text), nil
}

func (s *specifier) format(a *Arg) (string, error) {
	lower := s.conversion | 0x20
	switch {
	case lower == 'b':
		return s.cut(strconv.FormatBool(a.kind != argNull && (a.kind != argBool || a.int == 1))), nil
	case lower == 's' || a.kind == argNull:
		return s.cut(a.string()), nil
	case lower == 'h':
		return s.cut(strconv.FormatUint(uint64(uint32(a.hash())), 16)), nil
	case lower == 'c' && a.kind == argInt && a.bits < 64:
		if a.int < 0 || a.int > utf8.MaxRune {
			return "", printfError("IllegalFormatCodePointException", "Code point = 0x"+strconv.FormatUint(uint64(uint32(a.int)), 16))
		}
		return string(rune(a.int)), nil
	case s.conversion == 'd' && a.kind == argInt:
		digits, negative := strings.CutPrefix(strconv.FormatInt(a.int, 10), "-")
		return s.signed(digits, negative), nil
	case (lower == 'x' || lower == 'o') && a.kind == argInt:
		return s.unsigned(uint64(a.int) & (1<<a.bits - 1)), nil
	case strings.IndexByte("efg", lower) >= 0 && a.kind == argFloat:
		return s.real(a), nil
	}
	return "", printfError("IllegalFormatConversionException", string(lower)+" != "+a.class)
}

// cut applies the precision of %s: the most characters to print.
func (s *specifier) cut(text string) string {
	if s.precision >= 0 {
		for i := range text {
			if s.precision == 0 {
				return text[:i]
			}
			s.precision--
		}
	}
	return text
}

func (a *Arg) hash() int32 {
	switch {
	case a.kind == argBool && a.int == 1:
		return 1231
	case a.kind == argBool:
		return 1237
	case a.kind == argInt && a.bits == 64:
		return int32(a.int ^ int64(uint64(a.int)>>32))
	case a.kind == argInt:
		return int32(a.int)
	case a.class == "java.lang.Float":
		return int32(math.Float32bits(float32(a.float)))
	case a.kind == argFloat:
		b := math.Float64bits(a.float)
		return int32(b ^ b>>32)
	}
	return StringHashCode(a.text)
}

func (s *specifier) unsigned(v uint64) string {
	base, prefix := 16, "0x"
	if s.conversion == 'o' {
		base, prefix = 8, "0"
	}
	text := strconv.FormatUint(v, base)
	if !s.has('#') {
		prefix = ""
	}
	if s.has('0') {
		text = strings.Repeat("0", max(0, s.width-len(prefix)-len(text))) + text
	}
	return prefix + text
}

// signed puts commas, sign and leading zeros around the digits of a number,
// which may have a fraction or an exponent.
func (s *specifier) signed(text string, negative bool) string {
	whole := strings.IndexByte(text, '.')
	if whole < 0 {
		whole = len(text)
	}
	if s.has(',') {
		for i := whole - 3; i > 0; i -= 3 {
			text = text[:i] + "," + text[i:]
		}
	}
	prefix, suffix := "", ""
	switch {
	case negative && s.has('('):
		prefix, suffix = "(", ")"
	case negative:
		prefix = "-"
	case s.has('+'):
		prefix = "+"
	case s.has(' '):
		prefix = " "
	}
	if s.has('0') {
		text = strings.Repeat("0", max(0, s.width-len(prefix)-len(text)-len(suffix))) + text
	}
	return prefix + text + suffix
}

// real prints a double. Java rounds the digits of Double.toString half up, not
// the exact value.
func (s *specifier) real(a *Arg) string {
	switch {
	case a.float != a.float:
		return "NaN"
	case math.IsInf(a.float, 0):
		plain := specifier{flags: strings.NewReplacer("0", "", ",", "").Replace(s.flags)}
		return plain.signed("Infinity", a.float < 0)
	}
	precision := s.precision
	if precision < 0 {
		precision = 6
	}
	d, negative := digitsOf(a.text)
	conversion := s.conversion | 0x20
	if conversion == 'g' {
		precision = max(precision, 1)
		d = d.round(precision, false)
		switch {
		case len(d.text) == 0:
			conversion, precision = 'f', precision-1
		case d.point-1 < -4 || d.point-1 >= precision:
			conversion, precision = 'e', precision-1
		default:
			conversion, precision = 'f', precision-d.point
		}
	}
	if conversion == 'e' {
		return s.signed(s.scientific(d, precision), negative)
	}
	text := string(d.round(d.point+precision, false).appendFixed(nil, precision))
	if s.has('#') && precision == 0 {
		text += "."
	}
	return s.signed(text, negative)
}

func (s *specifier) scientific(d digits, precision int) string {
	d = d.round(precision+1, false)
	exp := 0
	if len(d.text) > 0 {
		exp = d.point - 1
	}
	text := string(digits{d.text, 1}.appendFixed(nil, precision))
	if s.has('#') && precision == 0 {
		text += "."
	}
	sign := "e+"
	if exp < 0 {
		sign, exp = "e-", -exp
	}
	if exp < 10 {
		sign += "0"
	}
	return text + sign + strconv.Itoa(exp)
}
