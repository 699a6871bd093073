package sql

import (
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// text is a string literal.
func (w *walker) text(pos int, s string) logical.Expr {
	l := logical.Lit(s)
	l.Pos = position(pos)
	return l
}

// adjacentStrings skips one or more string literals: 'a' 'b' is 'ab'.
func (w *walker) adjacentStrings(c *cursor) string {
	s := c.next().text
	for c.peek().kind == str {
		s += c.next().text
	}
	return s
}

// constant walks NULL, TRUE and FALSE.
func (w *walker) constant(c *cursor) bool {
	t := c.peek()
	if c.at(1).isPunct(".") || c.at(1).isGroup("(") {
		return false
	}
	c.i++
	l := logical.Null(columnar.VoidType)
	if t.upper != "NULL" {
		l = logical.Lit(t.upper == "TRUE")
	}
	l.Pos = position(t.beg)
	w.value(t.beg, l)
	return true
}

// number walks a numeric literal.
func (w *walker) number(c *cursor, negative bool) {
	t := c.next()
	text := t.text
	if negative {
		text = "-" + text
	}
	v := w.numeric(t, strings.ToUpper(text))
	w.value(t.beg, &logical.Literal{Value: v, Pos: position(t.beg)})
}

// numeric decodes a literal by its suffix, as Spark's AstBuilder does.
func (w *walker) numeric(t token, text string) columnar.Vector {
	body, suffix := text, ""
	for _, s := range []string{"BD", "L", "S", "Y", "F", "D"} {
		if strings.HasSuffix(text, s) {
			body, suffix = strings.TrimSuffix(text, s), s
			break
		}
	}
	switch suffix {
	case "Y":
		return columnar.ScalarOf(int8(w.integer(t, body, 8, "tinyint")))
	case "S":
		return columnar.ScalarOf(int16(w.integer(t, body, 16, "smallint")))
	case "L":
		return columnar.ScalarOf(w.integer(t, body, 64, "bigint"))
	case "F":
		return columnar.ScalarOf(float32(w.float(t, body, 32, "float")))
	case "D":
		return columnar.ScalarOf(w.float(t, body, 64, "double"))
	case "BD":
		return w.decimal(t, body)
	}
	if strings.Contains(body, "E") {
		return columnar.ScalarOf(w.float(t, body, 64, "double"))
	}
	if i, err := strconv.ParseInt(body, 10, 32); err == nil {
		return columnar.ScalarOf(int32(i))
	}
	if i, err := strconv.ParseInt(body, 10, 64); err == nil {
		return columnar.ScalarOf(i)
	}
	return w.decimal(t, body)
}

// integer and float decode a number whose suffix says how wide it is.
func (w *walker) integer(t token, text string, bits int, typeName string) int64 {
	i, err := strconv.ParseInt(text, 10, bits)
	if err != nil {
		low, high := int64(-1)<<(bits-1), int64(1)<<(bits-1)-1
		w.outOfRange(t, text, typeName, strconv.FormatInt(low, 10), strconv.FormatInt(high, 10))
	}
	return i
}

func (w *walker) float(t token, text string, bits int, typeName string) float64 {
	f, err := strconv.ParseFloat(text, bits)
	if err != nil {
		limit := "1.7976931348623157E+308"
		if bits == 32 {
			limit = "3.4028234663852886E+38"
		}
		w.outOfRange(t, text, typeName, "-"+limit, limit)
	}
	return f
}

// outOfRange stops at a number that its type cannot hold.
func (w *walker) outOfRange(t token, text, typeName, low, high string) {
	w.fail(errorAt(t.beg, condNumericRange, "Numeric literal %s is outside the valid range for %s with minimum value of %s and maximum value of %s. Please adjust the value accordingly.",
		text, typeName, low, high))
}

// decimal decodes a literal of exactly the precision and scale it is written in.
func (w *walker) decimal(t token, text string) columnar.Vector {
	mantissa, exponent, _ := strings.Cut(text, "E")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	e, _ := strconv.Atoi(exponent)
	unscaled, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok || e > 1000 || e < -1000 {
		w.unexpected(t, "")
	}
	scale := len(fraction) - e
	if scale < 0 {
		unscaled.Mul(unscaled, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-scale)), nil))
		scale = 0
	}
	precision := max(len(new(big.Int).Abs(unscaled).String()), scale, 1)
	if precision > columnar.MaxPrecision {
		w.fail(errorAt(t.beg, "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "Decimal precision %d exceeds max precision %d.", precision, columnar.MaxPrecision))
	}
	typ := columnar.DecimalType(precision, scale)
	if precision <= columnar.MaxPrecision64 {
		return columnar.NewFixed(typ, []int64{unscaled.Int64()}, nil)
	}
	return columnar.NewFixed(typ, []columnar.Int128{int128(unscaled)}, nil)
}

// int128 is v in two's complement.
func int128(v *big.Int) columnar.Int128 {
	if v.Sign() < 0 {
		v = new(big.Int).Add(v, new(big.Int).Lsh(big.NewInt(1), 128))
	}
	low := new(big.Int).And(v, new(big.Int).SetUint64(1<<64-1))
	return columnar.Int128{Lo: low.Uint64(), Hi: int64(new(big.Int).Rsh(v, 64).Uint64())}
}

// literalTypes are the types of TYPE 'text' literals.
var literalTypes = map[string]columnar.Type{
	"DATE": columnar.DateType, "TIMESTAMP_NTZ": columnar.TimestampNTZType, "TIMESTAMP_LTZ": columnar.TimestampType, "TIMESTAMP": columnar.TimestampType,
	"TIME": columnar.TimeType(6),
}

// typedLiteral walks DATE '…', TIMESTAMP '…' and X'…'.
func (w *walker) typedLiteral(c *cursor) bool {
	t, s := c.peek(), c.at(1)
	if s.kind != str || c.at(-1).isPunct(".") {
		return false
	}
	c.i += 2
	if t.upper == "X" {
		w.value(t.beg, w.hexLiteral(t, s.text))
		return true
	}
	typ, ok := literalTypes[t.upper]
	if !ok {
		w.unknownLiteral(t)
	}
	if t.upper == "TIMESTAMP" && w.opts.TimestampNTZ && !hasZone(s.text) {
		typ = columnar.TimestampNTZType
	}
	var v columnar.Vector
	var err error
	if typ.Kind != columnar.Time {
		v = specialTime(s.text, typ, w.opts.zone())
	}
	if v == nil {
		cc := columnar.CastContext{Mode: columnar.CastANSI, Zone: w.opts.zone()}
		v, err = columnar.Cast(cc, columnar.NewStrings(s.text), typ, columnar.AllRows(1))
	}
	if err != nil || v.IsNull(0) {
		w.fail(errorAt(t.beg, condTypedLiteral, `The value of the typed literal "%s" is invalid: '%s'.`, t.upper, s.text))
	}
	w.value(t.beg, &logical.Literal{Value: v, Text: w.literalText(t.upper, typ, v), Pos: position(t.beg)})
	return true
}

// hasZone says whether the text of a timestamp ends in a time zone.
func hasZone(text string) bool {
	cc := columnar.CastContext{Mode: columnar.CastTry, Zone: time.UTC}
	here, err := columnar.Cast(cc, columnar.NewStrings(text), columnar.TimestampType, columnar.AllRows(1))
	cc.Zone = time.FixedZone("", 3600)
	there, err2 := columnar.Cast(cc, columnar.NewStrings(text), columnar.TimestampType, columnar.AllRows(1))
	if err != nil || err2 != nil || here.IsNull(0) || there.IsNull(0) {
		return false
	}
	return columnar.Int64At(here, 0) == columnar.Int64At(there, 0)
}

// unknownLiteral stops at a literal of a type that has no literals.
func (w *walker) unknownLiteral(t token) {
	w.fail(errorAt(t.beg, "UNSUPPORTED_TYPED_LITERAL", `Literals of the type "%s" are not supported. Supported types are "DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP", "INTERVAL", "X", "TIME".`, t.upper))
}

// specialTime is the value of the words that Spark takes in literals of dates
// and timestamps (SparkDateTimeUtils.convertSpecialDate); nil for other text.
// A zone behind the word is allowed and has no effect, as in Spark.
func specialTime(text string, typ columnar.Type, zone *time.Location) columnar.Vector {
	text = strings.TrimSpace(text)
	special, zoneName, _ := strings.Cut(text, " ")
	now := time.Now().In(zone)
	t := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, zone)
	switch strings.ToLower(special) {
	case "epoch":
		t = time.Unix(0, 0).UTC()
	case "now":
		if zoneName != "" {
			return nil
		}
		if typ != columnar.DateType {
			t = now
		}
	case "today":
	case "tomorrow":
		t = t.AddDate(0, 0, 1)
	case "yesterday":
		t = t.AddDate(0, 0, -1)
	default:
		return nil
	}
	local := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	switch typ {
	case columnar.DateType:
		return columnar.NewFixed(typ, []int32{int32(local.Unix() / 86400)}, nil)
	case columnar.TimestampNTZType:
		return columnar.NewFixed(typ, []int64{local.UnixMicro()}, nil)
	}
	return columnar.NewFixed(typ, []int64{t.UnixMicro()}, nil)
}

// literalText is the name of a date or timestamp literal: Spark shows the value
// in its own spelling, with the type before it.
func (w *walker) literalText(word string, typ columnar.Type, v columnar.Vector) string {
	zone := w.opts.zone()
	switch typ {
	case columnar.TimestampType:
		word = "TIMESTAMP"
	case columnar.TimestampNTZType:
		word, zone = "TIMESTAMP_NTZ", time.UTC
	}
	return word + " '" + string(columnar.AppendString(nil, v, 0, zone)) + "'"
}

// hexLiteral decodes X'1F'; an odd number of digits gets a zero before it.
func (w *walker) hexLiteral(t token, text string) logical.Expr {
	digits := text
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	b := make([]byte, len(digits)/2)
	for i := range b {
		v, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		if err != nil {
			w.fail(errorAt(t.beg, condTypedLiteral, `The value of the typed literal "X" is invalid: '%s'.`, text))
		}
		b[i] = byte(v)
	}
	v := columnar.NewStrings(string(b))
	v.Typ = columnar.BinaryType
	return &logical.Literal{Value: v, Text: "X'" + strings.ToUpper(digits) + "'", Pos: position(t.beg)}
}
