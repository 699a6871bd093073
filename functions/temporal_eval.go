package functions

import (
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
)

// addMonths moves a date (days since the epoch) by months; a day that the new month lacks becomes its last.
func addMonths(days int32, months int64) int32 {
	year, month, day := javafmt.CivilFromDays(int64(days))
	index := int64(year)*12 + int64(month-1) + months
	year, month = int(floorDivide(index, 12)), int(index-floorDivide(index, 12)*12)+1
	return int32(javafmt.DaysFromCivil(year, month, min(day, javafmt.DaysInMonth(year, month))))
}

// floorDivide is a / b rounded down.
func floorDivide(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// splitMicros parts a local timestamp into its day and the microseconds of the day.
func splitMicros(local int64) (days, micros int64) {
	days = floorDivide(local, columnar.MicrosPerDay)
	return days, local - days*columnar.MicrosPerDay
}

// addInterval moves an instant, or a timestamp without zone if z is nil, by months and days on the calendar of the zone and then by
// microseconds of elapsed time, as java.time does. ok is false when the result does not fit.
func addInterval(z *columnar.Zone, ts int64, by columnar.Interval) (moved int64, ok bool) {
	if by.Months != 0 || by.Days != 0 {
		local := ts
		if z != nil {
			local = z.ToLocal(ts)
		}
		days, micros := splitMicros(local)
		if by.Months != 0 {
			days = int64(addMonths(int32(days), int64(by.Months)))
		}
		days += int64(by.Days)
		if days > math.MaxInt64/columnar.MicrosPerDay || days < math.MinInt64/columnar.MicrosPerDay {
			return 0, false
		}
		ts = days*columnar.MicrosPerDay + micros
		if z != nil {
			if ts, ok = z.FromLocal(ts); !ok {
				return 0, false
			}
		}
	}
	sum := ts + by.Micros
	return sum, (ts^sum)&(by.Micros^sum) >= 0
}

func shiftDateByDays(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	sign := int32(c.sign())
	return columnar.Pairwise(c.ec.Pool, a, b, columnar.DateType, c.rows, func(d, n int32) int32 { return d + sign*n }), nil
}

func shiftDateByInterval(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	sign := c.sign()
	return columnar.Pairwise(c.ec.Pool, a, b, columnar.DateType, c.rows, func(d int32, n int64) int32 {
		return d + int32(sign*(n/columnar.MicrosPerDay))
	}), nil
}

// moveBy moves dates and timestamps by intervals of any kind.
func moveBy(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	switch a.Type().Kind {
	case columnar.String:
		return shiftString(c, a, b)
	case columnar.Date:
		return shiftDate(c, a, b)
	}
	var z *columnar.Zone
	if a.Type().Kind == columnar.Timestamp {
		z = columnar.NewZone(c.ec.Zone)
	}
	p, t, sign := c.ec.Pool, a.Type(), c.sign()
	move := func(ts int64, by columnar.Interval) (int64, bool, error) {
		moved, ok := addInterval(z, ts, columnar.Interval{Months: int32(sign) * by.Months, Days: int32(sign) * by.Days, Micros: sign * by.Micros})
		if !ok {
			return 0, false, c.fail(temporalOverflow())
		}
		return moved, true, nil
	}
	switch b.Type().Kind {
	case columnar.YearMonthInterval:
		return columnar.PairwiseErr(p, a, b, t, c.rows, func(ts int64, months int32) (int64, bool, error) {
			return move(ts, columnar.Interval{Months: months})
		})
	case columnar.DayTimeInterval:
		return columnar.PairwiseErr(p, a, b, t, c.rows, func(ts, micros int64) (int64, bool, error) {
			days := micros / columnar.MicrosPerDay
			return move(ts, columnar.Interval{Days: int32(days), Micros: micros - days*columnar.MicrosPerDay})
		})
	}
	return columnar.PairwiseErr(p, a, b, t, c.rows, move)
}

// shiftString moves a timestamp that is a string, and gives a string.
func shiftString(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	cc := columnar.CastContext{Pool: c.ec.Pool, Zone: c.ec.Zone}
	if !c.ec.ANSI {
		cc.Mode = columnar.CastLegacy
	}
	ts, err := columnar.Cast(cc, a, columnar.TimestampType, c.rows)
	if err != nil {
		return nil, err
	}
	if ts, err = moveBy(c, ts, b); err != nil {
		return nil, err
	}
	return columnar.Cast(cc, ts, columnar.StringType, c.rows)
}

func shiftDate(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	sign := c.sign()
	if b.Type().Kind == columnar.YearMonthInterval {
		return columnar.Pairwise(c.ec.Pool, a, b, columnar.DateType, c.rows, func(d, months int32) int32 {
			return addMonths(d, sign*int64(months))
		}), nil
	}
	return columnar.PairwiseErr(c.ec.Pool, a, b, columnar.DateType, c.rows, func(d int32, by columnar.Interval) (int32, bool, error) {
		if by.Micros != 0 {
			return 0, false, c.fail(columnar.Errorf("INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION",
				"Cannot add an interval to a date because its microseconds part is not 0. "+
					"To resolve this, cast the input date to a timestamp, which supports the addition of intervals with non-zero microseconds."))
		}
		return addMonths(d, sign*int64(by.Months)) + int32(sign)*by.Days, true, nil
	})
}

func dateDifference(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	return columnar.Pairwise(c.ec.Pool, a, b, daysInterval, c.rows, func(x, y int32) int64 {
		return (int64(x) - int64(y)) * columnar.MicrosPerDay
	}), nil
}

// timestampDifference is the difference on the clock of the session's zone: a day is 24 hours even when summer time begins in it.
func timestampDifference(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	if a.Type().Kind == columnar.TimestampNTZ {
		return columnar.Pairwise(c.ec.Pool, a, b, wholeInterval, c.rows, func(x, y int64) int64 { return x - y }), nil
	}
	z := columnar.NewZone(c.ec.Zone)
	return columnar.Pairwise(c.ec.Pool, a, b, wholeInterval, c.rows, func(x, y int64) int64 { return z.ToLocal(x) - z.ToLocal(y) }), nil
}

func addIntervals(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	if c.t.Kind != columnar.CalendarInterval {
		if c.try {
			return columnar.TryArith(c.ec.Pool, c.op, a, b, c.t, c.rows)
		}
		return columnar.Arith(c.ec.Pool, c.op, true, a, b, c.t, c.rows)
	}
	sign := c.sign()
	return columnar.PairwiseErr(c.ec.Pool, a, b, c.t, c.rows, func(x, y columnar.Interval) (columnar.Interval, bool, error) {
		months, days := int64(x.Months)+sign*int64(y.Months), int64(x.Days)+sign*int64(y.Days)
		micros := x.Micros + sign*y.Micros
		overflow := sign > 0 && (x.Micros^micros)&(y.Micros^micros) < 0 || sign < 0 && (x.Micros^y.Micros)&(x.Micros^micros) < 0
		if overflow || int64(int32(months)) != months || int64(int32(days)) != days {
			return columnar.Interval{}, false, c.fail(intervalOverflow())
		}
		return columnar.Interval{Months: int32(months), Days: int32(days), Micros: micros}, true, nil
	})
}

func divideIntervals(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	if c.try {
		return columnar.TryArith(c.ec.Pool, c.op, a, b, c.t, c.rows)
	}
	return columnar.Arith(c.ec.Pool, c.op, c.ec.ANSI, a, b, c.t, c.rows)
}

// scaleInterval multiplies or divides an interval by a number, rounding HALF_UP.
func scaleInterval(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	switch a.Type().Kind {
	case columnar.YearMonthInterval:
		return scaleUnits[int32](c, a, b)
	case columnar.DayTimeInterval:
		return scaleUnits[int64](c, a, b)
	}
	return columnar.PairwiseErr(c.ec.Pool, a, b, c.t, c.rows, func(x columnar.Interval, f float64) (columnar.Interval, bool, error) {
		if c.op == columnar.Div {
			if f == 0 {
				return x, false, c.fail(intervalByZero())
			}
			return scaledCalendar(c, float64(x.Months)/f, float64(x.Days)/f, float64(x.Micros)/f)
		}
		return scaledCalendar(c, float64(x.Months)*f, float64(x.Days)*f, float64(x.Micros)*f)
	})
}

// scaledCalendar cuts months and days to whole ones; what is left of a day becomes time, what is left of a month is lost.
func scaledCalendar(c temporalCall, months, days, micros float64) (columnar.Interval, bool, error) {
	m, d := math.Trunc(months), math.Trunc(days)
	if math.Abs(m) > math.MaxInt32 || math.Abs(d) > math.MaxInt32 {
		return columnar.Interval{}, false, c.fail(intervalOverflow())
	}
	rest := micros + columnar.MicrosPerDay*(days-d)
	return columnar.Interval{Months: int32(m), Days: int32(d), Micros: int64(math.Floor(rest + 0.5))}, true, nil
}

// scaleUnits scales intervals of one unit by a BIGINT, a decimal or a DOUBLE.
func scaleUnits[T int32 | int64](c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	p, t := c.ec.Pool, c.t
	exact := func(x T, n columnar.Int128, scale int) (T, bool, error) {
		v, unit := columnar.Int128From(int64(x)), columnar.Pow10(scale)
		if c.op == columnar.Div {
			if n == (columnar.Int128{}) {
				return 0, false, c.fail(intervalByZero())
			}
			unit, n = n, unit
		}
		r, ok := columnar.MulDivRound(v, n, unit)
		if q := T(r.Int64()); ok && r.IsInt64() && int64(q) == r.Int64() {
			return q, true, nil
		}
		return 0, false, c.fail(intervalOverflow())
	}
	scale := int(b.Type().Scale)
	switch b.Type().Layout() {
	case columnar.LayoutInt64:
		return columnar.PairwiseErr(p, a, b, t, c.rows, func(x T, n int64) (T, bool, error) { return exact(x, columnar.Int128From(n), scale) })
	case columnar.LayoutInt128:
		return columnar.PairwiseErr(p, a, b, t, c.rows, func(x T, n columnar.Int128) (T, bool, error) { return exact(x, n, scale) })
	}
	return columnar.PairwiseErr(p, a, b, t, c.rows, func(x T, f float64) (T, bool, error) {
		r := float64(x) * f
		if c.op == columnar.Div {
			if f == 0 {
				return 0, false, c.fail(intervalByZero())
			}
			r = float64(x) / f
		}
		r = math.Round(r)
		if q := T(r); r == r && math.Abs(r) < 1<<63 && float64(q) == r {
			return q, true, nil
		}
		return 0, false, c.fail(intervalOverflow())
	})
}

func intervalByZero() error {
	return columnar.Errorf("INTERVAL_DIVIDED_BY_ZERO", "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.")
}

func intervalOverflow() error {
	return columnar.Errorf("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", "Integer overflow while operating with intervals.")
}

func temporalOverflow() error {
	return columnar.Errorf("DATETIME_OVERFLOW", "Datetime operation overflow: the result is not a timestamp.")
}
