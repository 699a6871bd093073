package columnar

import (
	"strconv"
	"time"

	"github.com/gosql-engine/gosql/internal/javafmt"
)

// FormatValue is row i of v as CAST AS STRING gives it in UTC; NULL gives NULL. v may have any form.
func FormatValue(v Vector, i int) string {
	if v.IsNull(i) {
		return "NULL"
	}
	return string(AppendString(nil, v, i, time.UTC))
}

// AppendString appends row i of v as CAST AS STRING gives it, and nothing for NULL. v may have any form; zone (nil: UTC) is for
// timestamps.
func AppendString(dst []byte, v Vector, i int, zone *time.Location) []byte {
	if v.IsNull(i) {
		return dst
	}
	f := formatter{zone: NewZone(zone)}
	return f.append(dst, v, i)
}

// formatter writes values as text. One serves all rows of a vector.
type formatter struct {
	zone       *Zone
	scientific bool // decimals by BigDecimal.toString, as with ANSI mode off
}

// append writes row i, which is not NULL.
func (f *formatter) append(dst []byte, v Vector, i int) []byte {
	v, i = resolve(v, i)
	switch v := v.(type) {
	case *Bool:
		return strconv.AppendBool(dst, v.Bits.Get(i))
	case *Strings:
		return append(dst, v.At(i)...)
	case *Fixed[int8]:
		if v.Typ.Kind == Void {
			return append(dst, "NULL"...)
		}
		return strconv.AppendInt(dst, int64(v.Values[i]), 10)
	case *Fixed[int16]:
		return strconv.AppendInt(dst, int64(v.Values[i]), 10)
	case *Fixed[int32]:
		return f.appendInt32(dst, v.Values[i], v.Typ)
	case *Fixed[int64]:
		return f.appendInt64(dst, v.Values[i], v.Typ)
	case *Fixed[Int128]:
		return f.appendDecimal(dst, v.Values[i], int(v.Typ.Scale))
	case *Fixed[float32]:
		return javafmt.AppendFloat(dst, v.Values[i])
	case *Fixed[float64]:
		return javafmt.AppendDouble(dst, v.Values[i])
	case *Fixed[Interval]:
		return appendCalendarInterval(dst, v.Values[i])
	case *List:
		return f.appendList(dst, v, i)
	case *MapVector:
		return f.appendMap(dst, v, i)
	case *StructVector:
		return f.appendStruct(dst, v, i)
	}
	return dst
}

func (f *formatter) appendInt32(dst []byte, x int32, t Type) []byte {
	switch t.Kind {
	case Date:
		return appendDate(dst, int64(x))
	case YearMonthInterval:
		return appendYearMonth(dst, x, t)
	}
	return strconv.AppendInt(dst, int64(x), 10)
}

func (f *formatter) appendInt64(dst []byte, x int64, t Type) []byte {
	switch t.Kind {
	case Timestamp:
		return appendTimestamp(dst, f.zone.ToLocal(x))
	case TimestampNTZ:
		return appendTimestamp(dst, x)
	case DayTimeInterval:
		return appendDayTime(dst, x, t)
	case Decimal:
		return f.appendDecimal(dst, Int128From(x), int(t.Scale))
	case Time:
		dst = appendClock(dst, x/1000)
		return appendFraction(dst, x/1000%MicrosPerSecond)
	}
	return strconv.AppendInt(dst, x, 10)
}

func (f *formatter) appendDecimal(dst []byte, x Int128, scale int) []byte {
	if f.scientific {
		return appendScientific(dst, x, scale)
	}
	return x.AppendText(dst, scale)
}

// appendScientific is java.math.BigDecimal.toString, which goes over to an exponent for small numbers with many digits behind the
// point: 1E-7, 0E-8, 1.2E-9.
func appendScientific(dst []byte, x Int128, scale int) []byte {
	digits := x.Abs().AppendText(nil, 0)
	exponent := len(digits) - 1 - scale
	if exponent >= -6 {
		return x.AppendText(dst, scale)
	}
	if x.Sign() < 0 {
		dst = append(dst, '-')
	}
	dst = append(dst, digits[0])
	if len(digits) > 1 {
		dst = append(append(dst, '.'), digits[1:]...)
	}
	return strconv.AppendInt(append(dst, 'E'), int64(exponent), 10)
}

// appendElement writes an entry of a nested value, where NULL is "null".
func (f *formatter) appendElement(dst []byte, v Vector, i int) []byte {
	if v.IsNull(i) {
		return append(dst, "null"...)
	}
	return f.append(dst, v, i)
}

func (f *formatter) appendList(dst []byte, v *List, i int) []byte {
	dst = append(dst, '[')
	for k := v.Offsets[i]; k < v.Offsets[i+1]; k++ {
		if k > v.Offsets[i] {
			dst = append(dst, ", "...)
		}
		dst = f.appendElement(dst, v.Elems, int(k))
	}
	return append(dst, ']')
}

func (f *formatter) appendMap(dst []byte, v *MapVector, i int) []byte {
	dst = append(dst, '{')
	for k := v.Offsets[i]; k < v.Offsets[i+1]; k++ {
		if k > v.Offsets[i] {
			dst = append(dst, ", "...)
		}
		dst = f.appendElement(dst, v.Keys, int(k))
		dst = append(dst, " -> "...)
		dst = f.appendElement(dst, v.Values, int(k))
	}
	return append(dst, '}')
}

func (f *formatter) appendStruct(dst []byte, v *StructVector, i int) []byte {
	dst = append(dst, '{')
	for k, field := range v.Fields {
		if k > 0 {
			dst = append(dst, ", "...)
		}
		dst = f.appendElement(dst, field, i)
	}
	return append(dst, '}')
}

// FormatSQL is row i of v as a literal that Spark's error messages show: 1L, 1.5BD, 'it\'s', DATE '2024-01-01', NULL.
func FormatSQL(v Vector, i int, zone *time.Location) string {
	if v.IsNull(i) {
		return "NULL"
	}
	text := string(AppendString(nil, v, i, zone))
	switch v.Type().Kind {
	case TinyInt:
		return text + "Y"
	case SmallInt:
		return text + "S"
	case BigInt:
		return text + "L"
	case Decimal:
		return text + "BD"
	case Double:
		if c := text[len(text)-1]; c >= '0' && c <= '9' {
			return text + "D"
		}
	case String:
		return quoteSQL(text)
	case Binary:
		return "X'" + string(appendHex(nil, text)) + "'"
	case Date, Timestamp, TimestampNTZ, Time:
		name, _, _ := cutByte(v.Type().SQL(), '(')
		return name + " '" + text + "'"
	}
	return text
}

func cutByte(s string, c byte) (before, after string, found bool) {
	for i := range len(s) {
		if s[i] == c {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// quoteSQL is the string literal of s with Spark's escapes.
func quoteSQL(s string) string {
	b := make([]byte, 0, len(s)+2)
	b = append(b, '\'')
	for i := range len(s) {
		if s[i] == '\\' || s[i] == '\'' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return string(append(b, '\''))
}

func appendHex(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		dst = append(dst, digits[s[i]>>4], digits[s[i]&15])
	}
	return dst
}
