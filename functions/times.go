package functions

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// timeType is TIME with microseconds; its values count nanoseconds.
var timeType = columnar.TimeType(6)

const nanosPerMicro = 1000

// timeFunctions are the functions of times of day.
var timeFunctions = []*logical.Function{
	{
		Name:     "make_time",
		Usage:    "make_time(hour, minute, second) - the time of day with these fields.",
		Examples: []logical.Example{{SQL: "SELECT make_time(6, 30, 45.887)", Result: "06:30:45.887"}},
		Type:     fixed("make_time", timeType, columnar.IntType, columnar.IntType, secondsParam),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return perRow(ec, timeType, rows, args, func(r int) (int64, bool, error) {
				us, err := clockOfFields(columnar.Int64At(args[0], r), columnar.Int64At(args[1], r), columnar.Int64At(args[2], r))
				return us * nanosPerMicro, true, err
			})
		}),
	},
	parsedTime("to_time", false), parsedTime("try_to_time", true),
	{
		Name:     "time_diff",
		Usage:    "time_diff(unit, start, end) - whole units from one time of day to another; units are HOUR, MINUTE, SECOND, MILLISECOND and MICROSECOND.",
		Examples: []logical.Example{{SQL: "SELECT time_diff('HOUR', make_time(20, 30, 29), make_time(21, 30, 29))", Result: "1"}},
		Type:     fixed("time_diff", columnar.BigIntType, columnar.StringType, timeType, timeType),
		Kind: number(columnar.BigIntType, func(args []columnar.Vector, r int) (int64, bool, error) {
			unit, err := unitOfTime("time_diff", columnar.StringAt(args[0], r))
			if err != nil {
				return 0, false, err
			}
			return (columnar.Int64At(args[2], r) - columnar.Int64At(args[1], r)) / unit, true, nil
		}),
	},
	{
		Name:     "time_trunc",
		Usage:    "time_trunc(unit, time) - the time of day cut to whole units.",
		Examples: []logical.Example{{SQL: "SELECT time_trunc('HOUR', make_time(9, 32, 5.359))", Result: "09:00:00"}},
		Type:     fixed("time_trunc", timeType, columnar.StringType, timeType),
		Kind: number(timeType, func(args []columnar.Vector, r int) (int64, bool, error) {
			unit, err := unitOfTime("time_trunc", columnar.StringAt(args[0], r))
			if err != nil {
				return 0, false, err
			}
			t := columnar.Int64At(args[1], r)
			return t - t%unit, true, nil
		}),
	},
	timeTo("time_to_seconds", "seconds with microseconds", columnar.DecimalType(14, 6), nanosPerMicro, "23445.887000"),
	timeTo("time_to_millis", "milliseconds", columnar.BigIntType, 1000*nanosPerMicro, "23445887"),
	timeTo("time_to_micros", "microseconds", columnar.BigIntType, nanosPerMicro, "23445887000"),
	timeFrom("time_from_seconds", "seconds", columnar.DecimalType(18, 6), nanosPerMicro),
	timeFrom("time_from_millis", "milliseconds", columnar.BigIntType, 1000*nanosPerMicro),
	timeFrom("time_from_micros", "microseconds", columnar.BigIntType, nanosPerMicro),
}

// unitOfTime is a unit's length in nanoseconds.
func unitOfTime(function, name string) (int64, error) {
	switch strings.ToUpper(name) {
	case "HOUR":
		return columnar.MicrosPerHour * nanosPerMicro, nil
	case "MINUTE":
		return columnar.MicrosPerMinute * nanosPerMicro, nil
	case "SECOND":
		return columnar.MicrosPerSecond * nanosPerMicro, nil
	case "MILLISECOND":
		return 1000 * nanosPerMicro, nil
	case "MICROSECOND":
		return nanosPerMicro, nil
	}
	return 0, columnar.Errorf("INVALID_PARAMETER_VALUE.TIME_UNIT", "The value of parameter(s) `unit` in `%s` is invalid: expects one of the units 'HOUR', 'MINUTE', 'SECOND', 'MILLISECOND', 'MICROSECOND', but got '%s'.", function, name)
}

// timeTo counts units of so many nanoseconds since midnight; example is its answer for 06:30:45.887.
func timeTo(name, what string, result columnar.Type, unit int64, example string) *logical.Function {
	return &logical.Function{
		Name:     name,
		Usage:    name + "(time) - the " + what + " since midnight.",
		Examples: []logical.Example{{SQL: "SELECT " + name + "(make_time(6, 30, 45.887))", Result: example}},
		Type:     fixed(name, result, timeType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.Unary(ec.Pool, args[0], result, rows, func(nanos int64) int64 { return nanos / unit }), nil
		}),
	}
}

// timeFrom is the way back from timeTo; numbers that are not of one day are an error.
func timeFrom(name, what string, param columnar.Type, unit int64) *logical.Function {
	return &logical.Function{
		Name:     name,
		Usage:    name + "(number) - the time of day so many " + what + " after midnight.",
		Examples: []logical.Example{{SQL: "SELECT " + name + "(0)", Result: "00:00:00"}},
		Type:     fixed(name, timeType, param),
		Kind: number(timeType, func(args []columnar.Vector, r int) (int64, bool, error) {
			n := columnar.Int64At(args[0], r)
			if n < 0 || n >= columnar.MicrosPerDay*nanosPerMicro/unit {
				return 0, false, fieldOutOfBounds("Invalid value for SecondOfDay (valid values 0 - 86399): %s %s", columnar.FormatValue(args[0], r), what)
			}
			return n * unit, true, nil
		}),
	}
}

// parsedTime is to_time or try_to_time: text by a pattern, or as a cast reads it.
func parsedTime(name string, try bool) *logical.Function {
	return &logical.Function{
		Name:     name,
		Usage:    name + "(text[, pattern]) - the time of day that text says, by a pattern of datetime letters or as a cast reads it.",
		Examples: []logical.Example{{SQL: "SELECT " + name + "('12.10.05', 'HH.mm.ss')", Result: "12:10:05"}},
		Type:     optional(name, 1, timeType, columnar.StringType, columnar.StringType),
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			compiled := patterns{purpose: javafmt.ForParsing}
			return perRow(ec, timeType, rows, args, func(r int) (int64, bool, error) {
				text, format := columnar.StringAt(args[0], r), "HH:mm:ss.SSSSSS"
				nanos, ok := int64(0), false
				if len(args) == 1 {
					nanos, ok = columnar.ParseTime([]byte(text))
				} else {
					format = columnar.StringAt(args[1], r)
					f, err := compiled.compile(format)
					if err != nil {
						return 0, false, err
					}
					if parsed, err := f.Parse(text); err == nil {
						nanos, ok = floorMod(parsed.LocalMicros, columnar.MicrosPerDay)*nanosPerMicro, true
					}
				}
				if ok || try {
					return nanos, ok, nil
				}
				return 0, false, columnar.Errorf("CANNOT_PARSE_TIME", "The input string '%s' cannot be parsed to a TIME value because it does not match the datetime format '%s'.", text, format)
			})
		}),
	}
}

// shiftTime moves a time of day by a day-time interval; beyond midnight there is none.
func shiftTime(c temporalCall, a, b columnar.Vector) (columnar.Vector, error) {
	sign := c.sign()
	return columnar.PairwiseErr(c.ec.Pool, a, b, c.t, c.rows, func(t, micros int64) (int64, bool, error) {
		if micros <= -columnar.MicrosPerDay || micros >= columnar.MicrosPerDay {
			return 0, false, c.fail(datetimeOverflow("a time of day moved by a day or more"))
		}
		moved := t + sign*micros*nanosPerMicro
		if moved < 0 || moved >= columnar.MicrosPerDay*nanosPerMicro {
			return 0, false, c.fail(datetimeOverflow("the result is not a time of day"))
		}
		return moved, true, nil
	})
}
