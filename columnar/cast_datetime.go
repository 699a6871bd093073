package columnar

import (
	"math"
	"strconv"
)

// fromDate casts days. To numbers and BOOLEAN, which ANSI mode forbids, everything is NULL.
func (c *casting) fromDate(v *Fixed[int32], rows Rows) (Vector, error) {
	switch c.to.Kind {
	case Timestamp:
		return mapRows(c, v, rows, c.tooFar, func(days int32) (int64, bool) {
			local, ok := timesInt64(int64(days), MicrosPerDay)
			if !ok {
				return 0, false
			}
			return c.zone.FromLocal(local)
		})
	case TimestampNTZ:
		return mapRows(c, v, rows, c.tooFar, func(days int32) (int64, bool) { return timesInt64(int64(days), MicrosPerDay) })
	}
	return NullVector(c.to, v.Len()), nil
}

// tooFar is the failure for dates outside the 290,000 years of timestamps.
func (c *casting) tooFar(v Vector, i int) *Error {
	return Errorf("DATETIME_OVERFLOW", "Datetime operation overflow: cast %s to %s.", FormatSQL(v, i, c.Zone), c.to.SQL())
}

// fromTimestamp casts instants.
func (c *casting) fromTimestamp(v *Fixed[int64], rows Rows) (Vector, error) {
	switch c.to.Kind {
	case Date:
		return mapAll(c, v, rows, func(us int64) int32 { return int32(floorDiv(c.zone.ToLocal(us), MicrosPerDay)) }), nil
	case TimestampNTZ:
		return mapAll(c, v, rows, c.zone.ToLocal), nil
	case Boolean:
		return testRows(c, v, rows, func(us int64) bool { return us != 0 }), nil
	case TinyInt:
		return secondsOf[int8](c, v, rows)
	case SmallInt:
		return secondsOf[int16](c, v, rows)
	case Int:
		return secondsOf[int32](c, v, rows)
	case BigInt:
		return secondsOf[int64](c, v, rows)
	case Float:
		return mapAll(c, v, rows, func(us int64) float32 { return float32(float64(us) / MicrosPerSecond) }), nil
	case Double:
		return mapAll(c, v, rows, func(us int64) float64 { return float64(us) / MicrosPerSecond }), nil
	case Decimal: // by way of a double, as in Spark
		var text [32]byte
		var digits [64]byte
		return toDecimal(c, v, rows, func(us int64) (Int128, bool) {
			s := strconv.AppendFloat(text[:0], float64(us)/MicrosPerSecond, 'e', -1, 64)
			d, _ := readDecimal(s, digits[:])
			return d.unscaled(int(c.to.Scale))
		})
	}
	return nil, CastMismatch(c.from, c.to, c.Mode, "CAST")
}

func secondsOf[R wholeNumber](c *casting, v *Fixed[int64], rows Rows) (Vector, error) {
	return mapRows(c, v, rows, c.overflow, func(us int64) (R, bool) {
		s := floorDiv(us, MicrosPerSecond)
		return R(s), int64(R(s)) == s
	})
}

// fromTimestampNTZ casts clock times without zone.
func (c *casting) fromTimestampNTZ(v *Fixed[int64], rows Rows) (Vector, error) {
	if c.to.Kind == Date {
		return mapAll(c, v, rows, func(us int64) int32 { return int32(floorDiv(us, MicrosPerDay)) }), nil
	}
	return mapRows(c, v, rows, c.tooFar, c.zone.FromLocal)
}

// fromYearMonth casts months: to numbers of the type's last unit, or to other fields.
func (c *casting) fromYearMonth(v *Fixed[int32], rows Rows) (Vector, error) {
	if c.to.Kind == YearMonthInterval {
		unit := int32(1)
		if c.to.Scale == 0 {
			unit = 12
		}
		return mapAll(c, v, rows, func(m int32) int32 { return m - m%unit }), nil
	}
	unit := int32(1)
	if c.from.Scale == 0 {
		unit = 12
	}
	count := func(m int32) int64 { return int64(m / unit) }
	return intervalToNumber(c, v, rows, count, func(m int32) (Int128, int) { return Int128From(count(m)), 0 })
}

// fromDayTime casts microseconds: to numbers of the type's last unit, or to other fields.
func (c *casting) fromDayTime(v *Fixed[int64], rows Rows) (Vector, error) {
	if c.to.Kind == DayTimeInterval {
		unit := int64(1)
		if c.to.Scale < 3 {
			unit = dayTimeUnits[c.to.Scale]
		}
		return mapAll(c, v, rows, func(us int64) int64 { return us - us%unit }), nil
	}
	unit := dayTimeUnits[c.from.Scale]
	count := func(us int64) int64 { return us / unit }
	return intervalToNumber(c, v, rows, count, func(us int64) (Int128, int) {
		if c.from.Scale == 3 {
			return Int128From(us), 6
		}
		return Int128From(count(us)), 0
	})
}

// intervalToNumber casts to whole numbers, where overflow is an error even with ANSI mode off, and to decimals.
func intervalToNumber[A int32 | int64](c *casting, v *Fixed[A], rows Rows, count func(A) int64, exact func(A) (Int128, int)) (Vector, error) {
	if c.to.Kind == Decimal {
		fail := func(_ Vector, i int) *Error {
			d, scale := exact(v.Values[i])
			return DecimalRangeError(d.Text(scale), c.to)
		}
		return intervalToDecimal(c, v, rows, fail, exact)
	}
	strict := c.strict()
	switch c.to.Kind {
	case TinyInt:
		return countUnits[A, int8](strict, v, rows, count)
	case SmallInt:
		return countUnits[A, int16](strict, v, rows, count)
	case Int:
		return countUnits[A, int32](strict, v, rows, count)
	}
	return countUnits[A, int64](strict, v, rows, count)
}

func countUnits[A int32 | int64, R wholeNumber](c *casting, v *Fixed[A], rows Rows, count func(A) int64) (Vector, error) {
	return mapRows(c, v, rows, c.overflow, func(x A) (R, bool) {
		n := count(x)
		return R(n), int64(R(n)) == n
	})
}

func intervalToDecimal[A int32 | int64](c *casting, v *Fixed[A], rows Rows, fail failure, exact func(A) (Int128, int)) (Vector, error) {
	scaled := func(x A) (Int128, bool) {
		d, scale := exact(x)
		d, ok := d.Rescale(scale, int(c.to.Scale))
		return d, ok && d.FitsPrecision(int(c.to.Precision))
	}
	if c.to.Precision > MaxPrecision64 {
		return mapRows(c, v, rows, fail, scaled)
	}
	return mapRows(c, v, rows, fail, func(x A) (int64, bool) {
		d, ok := scaled(x)
		return d.Int64(), ok
	})
}

// decimalMonths takes a decimal for a number of the last unit of the year-month type: rounded to months, then cut to the unit.
func (c *casting) decimalMonths(x Int128, scale int) (int32, bool) {
	unit := int64(1)
	if c.to.Scale == 0 {
		unit = 12
	}
	m, ok := MulDivRound(x, Int128From(unit), pow10[scale])
	n := m.Int64()
	return int32(n - n%unit), ok && m.IsInt64() && n <= math.MaxInt32 && n >= math.MinInt32
}

// decimalMicros does the same for a day-time type and microseconds.
func (c *casting) decimalMicros(x Int128, scale int) (int64, bool) {
	unit := dayTimeUnits[c.to.Scale]
	m, ok := MulDivRound(x, Int128From(unit), pow10[scale])
	n := m.Int64()
	if c.to.Scale < 3 {
		n -= n % unit
	}
	return n, ok && m.IsInt64()
}
