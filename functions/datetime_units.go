package functions

import (
	"fmt"
	"math"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// datetimeUnits are the functions that count in units of time.
var datetimeUnits = []*logical.Function{
	{
		Name: "timestampadd",
		Usage: "timestampadd(unit, quantity, timestamp) - the timestamp so many units later: YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, " +
			"MILLISECOND or MICROSECOND.",
		Examples: []logical.Example{{SQL: "SELECT timestampadd(MONTH, -1, TIMESTAMP'2022-03-31 00:00:00')", Result: "2022-02-28 00:00:00"}},
		Type:     timestampAddTypes,
		Kind:     logical.Scalar(timestampAdd),
	},
	{
		Name:     "timestampdiff",
		Usage:    "timestampdiff(unit, start, end) - the number of whole units from start to end.",
		Examples: []logical.Example{{SQL: "SELECT timestampdiff(MONTH, TIMESTAMP'2022-01-31 00:00:00', TIMESTAMP'2022-03-30 00:00:00')", Result: "1"}},
		Type:     fixed("timestampdiff", columnar.BigIntType, columnar.StringType, columnar.TimestampType, columnar.TimestampType),
		Kind:     logical.Scalar(timestampDiff),
	},
	{
		Name:     "timestamp_seconds",
		Usage:    "timestamp_seconds(seconds) - the moment so many seconds, perhaps with a fraction, after 1970-01-01 00:00:00 UTC.",
		Examples: []logical.Example{{SQL: "SELECT CAST(timestamp_seconds(1.25) AS DOUBLE)", Result: "1.25"}},
		Type:     secondsTypes, Nullable: alwaysNullable,
		Kind: logical.Scalar(timestampSeconds),
	},
	{
		Name:     "timestamp_millis",
		Usage:    "timestamp_millis(milliseconds) - the moment so many milliseconds after 1970-01-01 00:00:00 UTC.",
		Examples: []logical.Example{{SQL: "SELECT CAST(timestamp_millis(1250) AS DOUBLE)", Result: "1.25"}},
		Type:     wholeNumber("timestamp_millis", columnar.TimestampType),
		Kind:     timestampOf(1000, "milliseconds"),
	},
	{
		Name:     "timestamp_micros",
		Usage:    "timestamp_micros(microseconds) - the moment so many microseconds after 1970-01-01 00:00:00 UTC.",
		Examples: []logical.Example{{SQL: "SELECT CAST(timestamp_micros(1250000) AS DOUBLE)", Result: "1.25"}},
		Type:     wholeNumber("timestamp_micros", columnar.TimestampType),
		Kind:     timestampOf(1, "microseconds"),
	},
	{
		Name:     "unix_seconds",
		Usage:    "unix_seconds(timestamp) - the seconds from 1970-01-01 00:00:00 UTC, rounded down.",
		Examples: []logical.Example{{SQL: "SELECT unix_seconds(TIMESTAMP'1970-01-01 00:00:01Z')", Result: "1"}},
		Type:     instantType("unix_seconds"),
		Kind:     unixCount(columnar.MicrosPerSecond),
	},
	{
		Name:     "unix_millis",
		Usage:    "unix_millis(timestamp) - the milliseconds from 1970-01-01 00:00:00 UTC, rounded down.",
		Examples: []logical.Example{{SQL: "SELECT unix_millis(TIMESTAMP'1970-01-01 00:00:01Z')", Result: "1000"}},
		Type:     instantType("unix_millis"),
		Kind:     unixCount(1000),
	},
	{
		Name:     "unix_micros",
		Usage:    "unix_micros(timestamp) - the microseconds from 1970-01-01 00:00:00 UTC.",
		Examples: []logical.Example{{SQL: "SELECT unix_micros(TIMESTAMP'1970-01-01 00:00:01Z')", Result: "1000000"}},
		Type:     instantType("unix_micros"),
		Kind:     unixCount(1),
	},
	{
		Name:     "unix_date",
		Usage:    "unix_date(date) - the days from 1970-01-01.",
		Examples: []logical.Example{{SQL: "SELECT unix_date(DATE'1970-01-02')", Result: "1"}},
		Type:     fixed("unix_date", columnar.IntType, columnar.DateType),
		Kind:     dateField(func(days int64) int64 { return days }),
	},
	{
		Name:     "date_from_unix_date",
		Usage:    "date_from_unix_date(days) - the date so many days after 1970-01-01.",
		Examples: []logical.Example{{SQL: "SELECT date_from_unix_date(1)", Result: "1970-01-02"}},
		Type:     fixed("date_from_unix_date", columnar.DateType, columnar.IntType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.Unary(ec.Pool, args[0], columnar.DateType, rows, func(days int32) int32 { return days }), nil
		}),
	},
}

// timeUnit is a unit of timestampadd and timestampdiff: so many months, or days, or microseconds.
type timeUnit struct{ months, days, micros int64 }

var timeUnits = map[string]timeUnit{
	"YEAR": {months: 12}, "QUARTER": {months: 3}, "MONTH": {months: 1}, "WEEK": {days: 7}, "DAY": {days: 1}, "DAYOFYEAR": {days: 1},
	"HOUR": {micros: columnar.MicrosPerHour}, "MINUTE": {micros: columnar.MicrosPerMinute}, "SECOND": {micros: columnar.MicrosPerSecond},
	"MILLISECOND": {micros: 1000}, "MICROSECOND": {micros: 1},
}

// unitOf is the unit that the first argument names; it is a constant.
func unitOf(function string, v columnar.Vector, row int) (timeUnit, error) {
	name := columnar.StringAt(v, row)
	u, ok := timeUnits[strings.ToUpper(name)]
	if !ok {
		return u, columnar.Errorf("INVALID_PARAMETER_VALUE.DATETIME_UNIT", "The value of parameter(s) `unit` in `%s` is invalid: expects one of the units "+
			"without quotes YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, but got the string literal '%s'.",
			function, name)
	}
	return u, nil
}

func timestampAddTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("timestampadd", len(args), 3, 3); err != nil {
		return nil, columnar.TimestampType, err
	}
	t, err := timestampParam(2, args[2])
	if err == nil && !logical.ImplicitCast(args[1], columnar.BigIntType) {
		err = unexpectedType(1, "BIGINT", args[1])
	}
	return []columnar.Type{columnar.StringType, columnar.BigIntType, t}, t, err
}

func timestampAdd(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	t := args[2].Type()
	local, back := localClock(ec, t), fromClock(ec, t)
	return perRow(ec, t, rows, args, func(r int) (int64, bool, error) {
		unit, err := unitOf("timestampadd", args[0], r)
		if err != nil {
			return 0, false, err
		}
		n, us := columnar.Int64At(args[1], r), columnar.Int64At(args[2], r)
		out, ok := us, true
		switch {
		case unit.micros > 0:
			out, ok = addScaled(us, n, unit.micros)
		case unit.days > 0:
			if out, ok = addScaled(local(us), n, unit.days*columnar.MicrosPerDay); ok {
				out, ok = back(out)
			}
		default:
			if ok = n <= math.MaxInt32 && n >= math.MinInt32; ok {
				out, ok = shiftMonths(local(us), n*unit.months)
			}
			if ok {
				out, ok = back(out)
			}
		}
		if !ok {
			return 0, false, datetimeOverflow("add " + columnar.FormatValue(args[1], r) + " " + strings.ToUpper(columnar.StringAt(args[0], r)) + " to " +
				columnar.FormatSQL(args[2], r, ec.Zone))
		}
		return out, true, nil
	})
}

// addScaled is a + n·unit; unit > 0.
func addScaled(a, n, unit int64) (int64, bool) {
	if n > math.MaxInt64/unit || n < math.MinInt64/unit {
		return 0, false
	}
	sum := a + n*unit
	return sum, (n >= 0) == (sum >= a)
}

// shiftMonths moves a time on the clock by months.
func shiftMonths(local, months int64) (int64, bool) {
	days := plusMonths(floorDiv(local, columnar.MicrosPerDay), months)
	return addScaled(floorMod(local, columnar.MicrosPerDay), days, columnar.MicrosPerDay)
}

func timestampDiff(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	zone := columnar.NewZone(ec.Zone)
	return perRow(ec, columnar.BigIntType, rows, args, func(r int) (int64, bool, error) {
		unit, err := unitOf("timestampdiff", args[0], r)
		if err != nil {
			return 0, false, err
		}
		start, end := zone.ToLocal(columnar.Int64At(args[1], r)), zone.ToLocal(columnar.Int64At(args[2], r))
		switch {
		case unit.micros > 0:
			return (end - start) / unit.micros, true, nil
		case unit.days > 0:
			return (end - start) / (unit.days * columnar.MicrosPerDay), true, nil
		}
		return wholeMonths(start, end) / unit.months, true, nil
	})
}

// wholeMonths is the number of months that have passed in full.
func wholeMonths(start, end int64) int64 {
	y1, m1, d1 := javafmt.CivilFromDays(floorDiv(start, columnar.MicrosPerDay))
	y2, m2, d2 := javafmt.CivilFromDays(floorDiv(end, columnar.MicrosPerDay))
	months := int64(y2-y1)*12 + int64(m2-m1)
	left := int64(d2-d1)*columnar.MicrosPerDay + floorMod(end, columnar.MicrosPerDay) - floorMod(start, columnar.MicrosPerDay)
	switch {
	case months > 0 && left < 0:
		months--
	case months < 0 && left > 0:
		months++
	}
	return months
}

// secondsTypes is the typing of timestamp_seconds: any number as it is.
func secondsTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("timestamp_seconds", len(args), 1, 1); err != nil {
		return nil, columnar.TimestampType, err
	}
	t := args[0]
	switch {
	case t.IsInteger() || t.Kind == columnar.Void:
		t = columnar.BigIntType
	case t.Kind == columnar.Float:
		t = columnar.DoubleType
	case !t.IsNumeric():
		return nil, columnar.TimestampType, unexpectedType(0, "NUMERIC", t)
	}
	return []columnar.Type{t}, columnar.TimestampType, nil
}

func timestampSeconds(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	switch t := args[0].Type(); t.Kind {
	case columnar.Double: // NaN and the infinities are NULL
		return columnar.UnaryErr(ec.Pool, args[0], columnar.TimestampType, rows, func(s float64) (int64, bool, error) {
			us := s * columnar.MicrosPerSecond
			if math.Abs(us) > math.MaxInt64 && !math.IsInf(s, 0) {
				return 0, false, longOverflow()
			}
			return int64(us), !math.IsNaN(us) && !math.IsInf(us, 0), nil
		})
	case columnar.Decimal:
		return perRow(ec, columnar.TimestampType, rows, args, func(r int) (int64, bool, error) {
			us, rest, ok := columnar.MulDiv(columnar.DecimalAt(args[0], r), columnar.Int128From(columnar.MicrosPerSecond), columnar.Pow10(int(t.Scale)))
			switch {
			case !ok || !us.IsInt64():
				return 0, false, longOverflow()
			case rest != columnar.Int128{}:
				return 0, false, columnar.Errorf("ARITHMETIC_OVERFLOW", "Rounding necessary. If necessary set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.")
			}
			return us.Int64(), true, nil
		})
	}
	return timestampOf(columnar.MicrosPerSecond, "seconds")(ec, rows, args)
}

// wholeNumber is the typing of a function of an integer of any size.
func wholeNumber(name string, result columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 1); err != nil {
			return nil, result, err
		}
		if t := args[0]; !t.IsInteger() && t.Kind != columnar.Void {
			return nil, result, unexpectedType(0, "INTEGRAL", t)
		}
		return []columnar.Type{columnar.BigIntType}, result, nil
	}
}

// timestampOf takes a number for a count of units of so many microseconds; name is the unit's.
func timestampOf(unit int64, name string) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.UnaryErr(ec.Pool, args[0], columnar.TimestampType, rows, func(n int64) (int64, bool, error) {
			us, ok := addScaled(0, n, unit)
			if !ok {
				return 0, false, datetimeOverflow(fmt.Sprintf("create a TIMESTAMP from %dL %s since the epoch", n, name))
			}
			return us, true, nil
		})
	}
}

func longOverflow() error {
	return columnar.Errorf("ARITHMETIC_OVERFLOW", "long overflow. If necessary set \"spark.sql.ansi.enabled\" to \"false\" to bypass this error.")
}

// instantType is the typing of a function of a timestamp, which text is not taken for. One without zone is counted as if in UTC.
func instantType(name string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		coerced, result, err := timestampOr(name, columnar.BigIntType)(args)
		if err == nil && args[0].Kind == columnar.String {
			err = unexpectedType(0, "(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)", args[0])
		}
		return coerced, result, err
	}
}

// unixCount counts whole units of so many microseconds since the epoch.
func unixCount(unit int64) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.Unary(ec.Pool, args[0], columnar.BigIntType, rows, func(us int64) int64 { return floorDiv(us, unit) }), nil
	}
}
