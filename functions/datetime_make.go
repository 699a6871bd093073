package functions

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// secondsParam is the type of seconds with microseconds.
var (
	secondsParam         = columnar.DecimalType(16, 6)
	intervalSecondsParam = columnar.DecimalType(18, 6)
)

// datetimeMakers are the functions that put dates, timestamps and intervals together.
var datetimeMakers = slices.Concat([]*logical.Function{
	{
		Name:     "make_date",
		Usage:    "make_date(year, month, day) - the date with these fields.",
		Examples: []logical.Example{{SQL: "SELECT make_date(2013, 7, 15)", Result: "2013-07-15"}},
		Type:     fixed("make_date", columnar.DateType, columnar.IntType, columnar.IntType, columnar.IntType), Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return perRow(ec, columnar.DateType, rows, args, func(r int) (int32, bool, error) {
				days, err := civilDate(args, r)
				if err == nil && days != int64(int32(days)) {
					err = datetimeOverflow("make_date")
				}
				if err != nil && !ec.ANSI {
					return 0, false, nil
				}
				return int32(days), true, err
			})
		}),
	},
	{
		Name:     "make_dt_interval",
		Usage:    "make_dt_interval([days[, hours[, mins[, secs]]]]) - the day-time interval with these fields; what is left out is 0.",
		Examples: []logical.Example{{SQL: "SELECT make_dt_interval(1, 12, 30, 01.001001)", Result: "INTERVAL '1 12:30:01.001001' DAY TO SECOND"}},
		Type:     optional("make_dt_interval", 0, columnar.DayTimeType(0, 3), columnar.IntType, columnar.IntType, columnar.IntType, intervalSecondsParam),
		Pretty:   withDefaults(4, "0", "0", "0", "0.000000"),
		Kind:     logical.Scalar(makeDayTime),
	},
	{
		Name:     "make_ym_interval",
		Usage:    "make_ym_interval([years[, months]]) - the year-month interval with these fields; what is left out is 0.",
		Examples: []logical.Example{{SQL: "SELECT make_ym_interval(1, 2)", Result: "INTERVAL '1-2' YEAR TO MONTH"}},
		Type:     optional("make_ym_interval", 0, columnar.YearMonthType(0, 1), columnar.IntType, columnar.IntType),
		Pretty:   withDefaults(2, "0", "0"),
		Kind:     logical.Scalar(makeYearMonth),
	},
	makeInterval("make_interval", false), makeInterval("try_make_interval", true),
},
	makeTimestamps("", false), makeTimestamps("_ltz", false), makeTimestamps("_ntz", true),
)

// fieldOutOfBounds is the error of a month 13, in Java's words.
func fieldOutOfBounds(format string, args ...any) error {
	return columnar.Errorf("DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION", format+".", args...)
}

// civilDate is the day of year, month and day, the first three arguments.
func civilDate(args []columnar.Vector, r int) (int64, error) {
	y, m, d := columnar.Int64At(args[0], r), columnar.Int64At(args[1], r), columnar.Int64At(args[2], r)
	switch {
	case y < -999_999_999 || y > 999_999_999:
		return 0, fieldOutOfBounds("Invalid value for Year (valid values -999999999 - 999999999): %d", y)
	case m < 1 || m > 12:
		return 0, fieldOutOfBounds("Invalid value for MonthOfYear (valid values 1 - 12): %d", m)
	case d < 1 || d > 31:
		return 0, fieldOutOfBounds("Invalid value for DayOfMonth (valid values 1 - 28/31): %d", d)
	case d > int64(javafmt.DaysInMonth(int(y), int(m))):
		if d == 29 {
			return 0, fieldOutOfBounds("Invalid date 'February 29' as '%d' is not a leap year", y)
		}
		return 0, fieldOutOfBounds("Invalid date '%s %d'", strings.ToUpper(time.Month(m).String()), d)
	}
	return javafmt.DaysFromCivil(int(y), int(m), int(d)), nil
}

// makeTimestamps are make_timestamp and try_make_timestamp with a suffix for the kind of timestamp. Without a suffix those that make timestamps
// without zone take one all the same, and pay no heed to it.
func makeTimestamps(suffix string, ntz bool) []*logical.Function {
	t, params, list := columnar.TimestampType, 7, "(year, month, day, hour, min, sec[, timezone]) or (date)"
	what := "the timestamp with these fields on the clock of the session's zone or the one given; 60 seconds are a minute more"
	if ntz {
		t, what = columnar.TimestampNTZType, "the timestamp without zone with these fields"
	}
	if suffix == "_ntz" {
		params, list = 6, "(year, month, day, hour, min, sec) or (date)"
	}
	types := []columnar.Type{columnar.IntType, columnar.IntType, columnar.IntType, columnar.IntType, columnar.IntType, secondsParam, columnar.StringType}
	makes := func(name, usage string, try bool) *logical.Function {
		return &logical.Function{
			Name: name, Usage: name + list + " - " + usage + ".",
			Examples: []logical.Example{{SQL: "SELECT " + name + "(2014, 12, 28, 6, 30, 45.887)", Result: "2014-12-28 06:30:45.887"}},
			Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
				switch {
				case len(args) == 1:
					return fixed(name, t, columnar.DateType)(args)
				case len(args) > 1 && len(args) < params-3:
					return optional(name, 2, t, columnar.DateType, timeType, columnar.StringType)(args)
				}
				return optional(name, 6, t, types[:params]...)(args)
			},
			Nullable: alwaysNullable,
			Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
				if len(args) == 1 { // the midnight of a date
					return columnar.Cast(columnar.CastContext{Pool: ec.Pool, Zone: ec.Zone, Mode: castMode(ec)}, args[0], t, rows)
				}
				back, of, fields := fromClock(ec, t), timestampOfFields, args
				if args[0].Type().Kind == columnar.Date {
					of = timestampOfDateTime
				}
				if n := len(args); ntz && (n == 3 || n == 7) { // a zone, which makes no difference
					fields = args[:n-1]
				}
				return perRow(ec, t, rows, args, func(r int) (int64, bool, error) {
					us, err := of(fields, r, back)
					if err != nil && (try || !ec.ANSI) {
						return 0, false, nil
					}
					return us, true, err
				})
			}),
		}
	}
	return []*logical.Function{
		makes("make_timestamp"+suffix, what, false), makes("try_make_timestamp"+suffix, what+"; NULL where there is none", true),
	}
}

// timestampOfFields is the timestamp of year to second, and perhaps a zone.
func timestampOfFields(args []columnar.Vector, r int, back func(int64) (int64, bool)) (int64, error) {
	days, err := civilDate(args, r)
	if err != nil {
		return 0, err
	}
	clock, err := clockOfFields(columnar.Int64At(args[3], r), columnar.Int64At(args[4], r), columnar.Int64At(args[5], r))
	if err != nil {
		return 0, err
	}
	return timestampOfClock(days, clock, args[6:], r, back)
}

// timestampOfDateTime is the timestamp of a date and a time of day, and perhaps a zone.
func timestampOfDateTime(args []columnar.Vector, r int, back func(int64) (int64, bool)) (int64, error) {
	return timestampOfClock(columnar.Int64At(args[0], r), columnar.Int64At(args[1], r)/nanosPerMicro, args[2:], r, back)
}

// clockOfFields is the time of day in microseconds; 60 seconds are a minute more.
func clockOfFields(h, m, us int64) (int64, error) {
	switch {
	case h < 0 || h > 23:
		return 0, fieldOutOfBounds("Invalid value for HourOfDay (valid values 0 - 23): %d", h)
	case m < 0 || m > 59:
		return 0, fieldOutOfBounds("Invalid value for MinuteOfHour (valid values 0 - 59): %d", m)
	case us/columnar.MicrosPerSecond == 60 && us%columnar.MicrosPerSecond != 0:
		return 0, columnar.Errorf("INVALID_FRACTION_OF_SECOND", "Valid range for seconds is [0, 60] (inclusive), but the provided value is %s. To avoid "+
			"this error, use `try_make_timestamp`, which returns NULL on error. If you do not want to use the session default timestamp version of this "+
			"function, use `try_make_timestamp_ntz` or `try_make_timestamp_ltz`.", strings.TrimRight(columnar.FormatValue(columnar.NewFixed(secondsParam, []int64{us}, nil), 0), "0"))
	case us < 0 || us > 60*columnar.MicrosPerSecond:
		return 0, fieldOutOfBounds("Invalid value for SecondOfMinute (valid values 0 - 59): %d", us/columnar.MicrosPerSecond)
	}
	return h*columnar.MicrosPerHour + m*columnar.MicrosPerMinute + us, nil
}

// timestampOfClock is the moment of a day and a time on the clock of the zone given, or else of the session's.
func timestampOfClock(days, clock int64, zone []columnar.Vector, r int, back func(int64) (int64, bool)) (int64, error) {
	local, ok := addScaled(clock, days, columnar.MicrosPerDay)
	if len(zone) > 0 {
		loc, err := columnar.ParseZone(columnar.StringAt(zone[0], r))
		if err != nil {
			return 0, err
		}
		back = columnar.NewZone(loc).FromLocal
	}
	if ok {
		local, ok = back(local)
	}
	if !ok {
		return 0, datetimeOverflow("make_timestamp")
	}
	return local, nil
}

// fieldOf is argument i of row r, or 0 if it was left out.
func fieldOf(args []columnar.Vector, i, r int) int64 {
	if i >= len(args) {
		return 0
	}
	return columnar.Int64At(args[i], r)
}

// intervalFieldsOverflow is the error of an interval whose fields do not fit.
func intervalFieldsOverflow() error {
	return columnar.Errorf("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION",
		"Integer overflow while operating with intervals. Try devising appropriate values for the interval parameters.")
}

// calls without arguments are not NULL and have one row's value for all rows, which perRow gives too.
func makeDayTime(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	return perRow(ec, columnar.DayTimeType(0, 3), rows, args, func(r int) (int64, bool, error) {
		us, ok := clockMicros(fieldOf(args, 1, r), fieldOf(args, 2, r), fieldOf(args, 3, r))
		if ok {
			us, ok = addScaled(us, fieldOf(args, 0, r), columnar.MicrosPerDay)
		}
		if !ok {
			return 0, false, intervalFieldsOverflow()
		}
		return us, true, nil
	})
}

// clockMicros is hours, minutes and microseconds together.
func clockMicros(hours, minutes, micros int64) (int64, bool) {
	us, ok := addScaled(micros, minutes, columnar.MicrosPerMinute)
	if !ok {
		return 0, false
	}
	return addScaled(us, hours, columnar.MicrosPerHour)
}

func makeYearMonth(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	return perRow(ec, columnar.YearMonthType(0, 1), rows, args, func(r int) (int32, bool, error) {
		months := fieldOf(args, 0, r)*12 + fieldOf(args, 1, r)
		if months > math.MaxInt32 || months < math.MinInt32 {
			return 0, false, intervalFieldsOverflow()
		}
		return int32(months), true, nil
	})
}

// makeInterval is make_interval or, with NULL in place of overflow, try_make_interval.
func makeInterval(name string, try bool) *logical.Function {
	ints := repeatType(columnar.IntType, 6)
	usage := "%s([years[, months[, weeks[, days[, hours[, mins[, secs]]]]]]]) - the interval with these fields; what is left out is 0."
	return &logical.Function{
		Name: name, Usage: fmt.Sprintf(usage, name),
		Examples: []logical.Example{{SQL: "SELECT " + name + "(0, 1, 0, 1, 0, 0, 100.000001)", Result: "1 months 1 days 1 minutes 40.000001 seconds"}},
		Type:     optional(name, 0, columnar.CalendarType, append(ints, intervalSecondsParam)...), Nullable: alwaysNullable,
		Pretty: withDefaults(7, "0", "0", "0", "0", "0", "0", "0.000000"),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return perRow(ec, columnar.CalendarType, rows, args, func(r int) (columnar.Interval, bool, error) {
				months := fieldOf(args, 0, r)*12 + fieldOf(args, 1, r)
				days := fieldOf(args, 2, r)*7 + fieldOf(args, 3, r)
				us, ok := clockMicros(fieldOf(args, 4, r), fieldOf(args, 5, r), fieldOf(args, 6, r))
				if !ok || months != int64(int32(months)) || days != int64(int32(days)) {
					if try || !ec.ANSI {
						return columnar.Interval{}, false, nil
					}
					return columnar.Interval{}, false, intervalFieldsOverflow()
				}
				return columnar.Interval{Months: int32(months), Days: int32(days), Micros: us}, true, nil
			})
		}),
	}
}
