package columnar

import (
	"math"
	"unsafe"
)

// floating are the Go types of FLOAT and DOUBLE.
type floating interface{ float32 | float64 }

// fromBool casts TRUE to 1 and FALSE to 0.
func (c *casting) fromBool(v *Bool, rows Rows) (Vector, error) {
	switch c.to.Kind {
	case TinyInt:
		return boolToNumber[int8](c, v, rows), nil
	case SmallInt:
		return boolToNumber[int16](c, v, rows), nil
	case Int:
		return boolToNumber[int32](c, v, rows), nil
	case BigInt, Timestamp: // with ANSI mode off, TRUE is the first microsecond
		return boolToNumber[int64](c, v, rows), nil
	case Float:
		return boolToNumber[float32](c, v, rows), nil
	case Double:
		return boolToNumber[float64](c, v, rows), nil
	}
	digits := *c
	digits.to = TinyIntType
	whole, err := digits.fromBool(v, rows)
	if err != nil {
		return nil, err
	}
	return fromInteger(c, whole.(*Fixed[int8]), rows)
}

func boolToNumber[R number](c *casting, v *Bool, rows Rows) Vector {
	out, m := fixedFrom[R](c, v.N, v.Valid, v.Lent)
	out.Valid = m.valid
	for k := range rows.Count() {
		i := rows.Row(k)
		out.Values[i] = 0
		if v.Bits.Get(i) {
			out.Values[i] = 1
		}
	}
	return out
}

// fromInteger casts TINYINT, SMALLINT, INT and BIGINT.
func fromInteger[A wholeNumber](c *casting, v *Fixed[A], rows Rows) (Vector, error) {
	switch c.to.Kind {
	case Boolean:
		return testRows(c, v, rows, func(x A) bool { return x != 0 }), nil
	case TinyInt:
		return narrow[A, int8](c, v, rows)
	case SmallInt:
		return narrow[A, int16](c, v, rows)
	case Int:
		return narrow[A, int32](c, v, rows)
	case BigInt:
		return convert[A, int64](c, v, rows), nil
	case Float:
		return convert[A, float32](c, v, rows), nil
	case Double:
		return convert[A, float64](c, v, rows), nil
	case Decimal:
		return integerToDecimal(c, v, rows)
	case Timestamp:
		return mapAll(c, v, rows, func(x A) int64 { return secondsToMicros(int64(x)) }), nil
	case Binary:
		return integerToBinary(c, v, rows), nil
	case YearMonthInterval:
		return mapRows(c.strict(), v, rows, c.overflow, func(x A) (int32, bool) { return monthsOf(int64(x), c.to) })
	case DayTimeInterval:
		return mapRows(c.strict(), v, rows, c.overflow, func(x A) (int64, bool) { return timesInt64(int64(x), dayTimeUnits[c.to.Scale]) })
	}
	return nil, CastMismatch(c.from, c.to, c.Mode, "CAST")
}

// narrow casts to a type that may be smaller; with ANSI mode off numbers wrap around.
func narrow[A, R wholeNumber](c *casting, v *Fixed[A], rows Rows) (Vector, error) {
	if c.Mode == CastLegacy || widthOf[R]() >= widthOf[A]() {
		return convert[A, R](c, v, rows), nil
	}
	return mapRows(c, v, rows, c.overflow, func(x A) (R, bool) { return R(x), A(R(x)) == x })
}

// widthOf is the number of bytes of a type.
func widthOf[A Native]() int {
	var z A
	return int(unsafe.Sizeof(z))
}

// secondsToMicros saturates, as java.util.concurrent.TimeUnit does.
func secondsToMicros(s int64) int64 {
	switch {
	case s > math.MaxInt64/MicrosPerSecond:
		return math.MaxInt64
	case s < math.MinInt64/MicrosPerSecond:
		return math.MinInt64
	}
	return s * MicrosPerSecond
}

// timesInt64 is a × b if that fits; b > 0.
func timesInt64(a, b int64) (int64, bool) {
	return a * b, a <= math.MaxInt64/b && a >= math.MinInt64/b
}

// monthsOf is a number of the last unit of a year-month interval type in months.
func monthsOf(x int64, t Type) (int32, bool) {
	if t.Scale == 0 {
		if x > math.MaxInt32 || x < math.MinInt32 {
			return 0, false
		}
		x *= 12
	}
	return int32(x), x == int64(int32(x))
}

// integerToBinary gives the big-endian bytes, as with ANSI mode off.
func integerToBinary[A wholeNumber](c *casting, v *Fixed[A], rows Rows) Vector {
	width := widthOf[A]()
	return c.build(v, rows, func(dst []byte, i int) []byte {
		for shift := 8 * (width - 1); shift >= 0; shift -= 8 {
			dst = append(dst, byte(int64(v.Values[i])>>shift))
		}
		return dst
	})
}

// fromFloat casts FLOAT and DOUBLE.
func fromFloat[A floating](c *casting, v *Fixed[A], rows Rows) (Vector, error) {
	switch c.to.Kind {
	case Boolean:
		return testRows(c, v, rows, func(x A) bool { return x != 0 }), nil
	case TinyInt:
		return floatToInteger[A, int8](c, v, rows, math.MinInt8, math.MaxInt8)
	case SmallInt:
		return floatToInteger[A, int16](c, v, rows, math.MinInt16, math.MaxInt16)
	case Int:
		return floatToInteger[A, int32](c, v, rows, math.MinInt32, math.MaxInt32)
	case BigInt:
		return floatToInteger[A, int64](c, v, rows, math.MinInt64, math.MaxInt64)
	case Float:
		return convert[A, float32](c, v, rows), nil
	case Double:
		return convert[A, float64](c, v, rows), nil
	case Decimal:
		return floatToDecimal(c, v, rows)
	case Timestamp:
		return floatToTimestamp(c, v, rows)
	}
	return nil, CastMismatch(c.from, c.to, c.Mode, "CAST")
}

// floatToInteger cuts the fraction off. With ANSI mode off BIGINT and INT saturate, NaN is 0, and smaller types are the low bits of
// the INT.
func floatToInteger[A floating, R wholeNumber](c *casting, v *Fixed[A], rows Rows, least, most float64) (Vector, error) {
	if c.Mode == CastLegacy {
		return mapAll(c, v, rows, func(x A) R {
			n := saturate(float64(x))
			if widthOf[R]() < 8 {
				n = min(max(n, math.MinInt32), math.MaxInt32)
			}
			return R(n)
		}), nil
	}
	return mapRows(c, v, rows, c.overflow, func(x A) (R, bool) {
		f := float64(x)
		if math.Floor(f) <= most && math.Ceil(f) >= least {
			return R(saturate(f)), true
		}
		return 0, false
	})
}

// saturate is Java's (long) f.
func saturate(f float64) int64 {
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

// floatToTimestamp takes the number for seconds.
func floatToTimestamp[A floating](c *casting, v *Fixed[A], rows Rows) (Vector, error) {
	fail := func(v Vector, i int) *Error {
		f := Float64At(v, i)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return c.malformedValue(FormatValue(NewFixed(DoubleType, []float64{f}, nil), 0), DoubleType)
		}
		return overflowError(FormatValue(NewFixed(DoubleType, []float64{f * MicrosPerSecond}, nil), 0)+"D", DoubleType, BigIntType)
	}
	return mapRows(c, v, rows, fail, func(x A) (int64, bool) {
		f := float64(x)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return 0, false
		}
		f *= MicrosPerSecond
		inRange := f <= math.MaxInt64 && f >= math.MinInt64
		return saturate(f), inRange || c.Mode == CastLegacy
	})
}
