package columnar

import (
	"math"

	"github.com/gosql-engine/gosql/internal/javafmt"
)

// build makes a STRING or BINARY vector row by row; text appends the value of a row.
func (c *casting) build(v Vector, rows Rows, text func(dst []byte, i int) []byte) Vector {
	n := v.Len()
	out := NewStringsBuilder(c.Pool, c.to, n)
	var buf []byte
	next := 0
	for k := range rows.Count() {
		i := rows.Row(k)
		for ; next < i; next++ {
			out.Append(nil)
		}
		next++
		if v.IsNull(i) {
			out.AppendNull()
			continue
		}
		buf = text(buf[:0], i)
		out.Append(buf)
	}
	for ; next < n; next++ {
		out.Append(nil)
	}
	return out.Build()
}

// toString casts anything to STRING.
func (c *casting) toString(v Vector, rows Rows) Vector {
	if s, ok := v.(*Strings); ok {
		return s.retyped(c.to)
	}
	f := formatter{zone: c.zone, scientific: c.Mode == CastLegacy}
	switch v := v.(type) { // without a type switch for each row where there are many
	case *Fixed[int32]:
		return c.build(v, rows, func(dst []byte, i int) []byte { return f.appendInt32(dst, v.Values[i], v.Typ) })
	case *Fixed[int64]:
		return c.build(v, rows, func(dst []byte, i int) []byte { return f.appendInt64(dst, v.Values[i], v.Typ) })
	case *Fixed[float64]:
		return c.build(v, rows, func(dst []byte, i int) []byte { return javafmt.AppendDouble(dst, v.Values[i]) })
	}
	return c.build(v, rows, func(dst []byte, i int) []byte { return f.append(dst, v, i) })
}

// retyped is the same bytes as another type of layout LayoutBytes.
func (v *Strings) retyped(t Type) *Strings {
	out := *v
	out.Typ = t
	return &out
}

// fromString parses text, or takes it for bytes.
func (c *casting) fromString(v *Strings, rows Rows) (Vector, error) {
	if c.from.Kind == Binary { // to STRING has been dealt with
		return nil, CastMismatch(c.from, c.to, c.Mode, "CAST")
	}
	switch c.to.Kind {
	case Binary:
		return v.retyped(c.to), nil
	case Boolean:
		return c.parseBools(v, rows)
	case TinyInt:
		return parseIntegers[int8](c, v, rows)
	case SmallInt:
		return parseIntegers[int16](c, v, rows)
	case Int:
		return parseIntegers[int32](c, v, rows)
	case BigInt:
		return parseIntegers[int64](c, v, rows)
	case Float:
		return parseRows(c, v, rows, c.malformed, ParseFloat32)
	case Double:
		return parseRows(c, v, rows, c.malformed, ParseFloat64)
	case Decimal:
		return c.parseDecimals(v, rows)
	case Date:
		return parseRows(c, v, rows, c.malformed, ParseDate)
	case Timestamp:
		return parseRows(c, v, rows, c.malformed, func(s []byte) (int64, bool) { return ParseTimestamp(s, c.zone) })
	case TimestampNTZ:
		return parseRows(c, v, rows, c.malformed, ParseTimestampNTZ)
	case Time:
		return parseRows(c, v, rows, c.malformed, func(s []byte) (int64, bool) {
			nanos, ok := ParseTime(s)
			return truncateTime(nanos, c.to.Precision), ok
		})
	}
	return c.parseIntervals(v, rows)
}

func (c *casting) parseBools(v *Strings, rows Rows) (Vector, error) {
	out := MakeBool(c.Pool, v.Len())
	m := nullMarks{v.Valid, true}
	err := c.tryRows(v, rows, &m, c.malformed, func(i int) bool {
		b, ok := ParseBool(v.At(i))
		if b {
			out.Bits.Set(i)
		}
		return ok
	})
	out.Valid, out.Lent = m.valid, out.Lent || v.Lent && v.Valid != nil
	return out, err
}

func parseIntegers[R wholeNumber](c *casting, v *Strings, rows Rows) (Vector, error) {
	parse := ParseInt64
	if c.Mode == CastLegacy {
		parse = ParseInt64Truncating
	}
	return parseRows(c, v, rows, c.malformed, func(s []byte) (R, bool) {
		x, ok := parse(s)
		return R(x), ok && int64(R(x)) == x
	})
}

// parseDecimals tells numbers that are malformed from those that are too large.
func (c *casting) parseDecimals(v *Strings, rows Rows) (Vector, error) {
	var digits [64]byte
	fail := func(_ Vector, i int) *Error {
		d, ok := readDecimal(v.At(i), digits[:])
		switch {
		case !ok:
			return c.malformed(v, i)
		case d.integralDigits() > MaxPrecision:
			return Errorf("NUMERIC_OUT_OF_SUPPORTED_RANGE",
				"The value %s cannot be interpreted as a numeric since it has more than 38 digits.", v.Str(i))
		}
		return DecimalRangeError(d.plain(), c.to)
	}
	precision, scale := int(c.to.Precision), int(c.to.Scale)
	if precision > MaxPrecision64 {
		return parseRows(c, v, rows, fail, func(s []byte) (Int128, bool) { return ParseDecimalText(s, precision, scale) })
	}
	return parseRows(c, v, rows, fail, func(s []byte) (int64, bool) {
		x, ok := ParseDecimalText(s, precision, scale)
		return x.Int64(), ok
	})
}

// plain is the number without exponent; it has at most 38 digits before the point.
func (d decimalText) plain() string {
	scale := max(0, -d.exponent)
	b := make([]byte, 0, len(d.digits)+2)
	if d.neg {
		b = append(b, '-')
	}
	whole := len(d.digits) - scale
	if whole <= 0 {
		b = append(b, '0')
	} else {
		b = append(b, d.digits[:whole]...)
	}
	for range max(0, min(d.exponent, math.MaxInt16)) {
		b = append(b, '0')
	}
	if scale == 0 {
		return string(b)
	}
	b = append(b, '.')
	for range min(-min(whole, 0), math.MaxInt16) {
		b = append(b, '0')
	}
	return string(append(b, d.digits[max(whole, 0):]...))
}
