package functions

import (
	"math"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// dateShifts are the functions that move dates or measure the way between them.
var dateShifts = []*logical.Function{
	{
		Name: "date_add", Aliases: []string{"dateadd"},
		Usage:    "date_add(date, days) - the date that many days later.",
		Examples: []logical.Example{{SQL: "SELECT date_add('2016-07-30', 1)", Result: "2016-07-31"}},
		Type:     dateAndDays("date_add"),
		Pretty:   named("date_add"),
		Kind:     moveDate(1),
	},
	{
		Name:     "date_sub",
		Usage:    "date_sub(date, days) - the date that many days earlier.",
		Examples: []logical.Example{{SQL: "SELECT date_sub('2016-07-30', 1)", Result: "2016-07-29"}},
		Type:     dateAndDays("date_sub"),
		Kind:     moveDate(-1),
	},
	{
		Name: "datediff", Aliases: []string{"date_diff"},
		Usage:    "datediff(end, start) - the number of days from start to end.",
		Examples: []logical.Example{{SQL: "SELECT datediff('2009-07-31', '2009-07-30')", Result: "1"}},
		Type:     fixed("datediff", columnar.IntType, columnar.DateType, columnar.DateType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.Pairwise(ec.Pool, args[0], args[1], columnar.IntType, rows, func(end, start int32) int32 { return end - start }), nil
		}),
	},
	{
		Name:     "add_months",
		Usage:    "add_months(date, months) - the date that many months later, or the last day of that month if it is shorter.",
		Examples: []logical.Example{{SQL: "SELECT add_months('2016-08-31', 1)", Result: "2016-09-30"}},
		Type:     fixed("add_months", columnar.DateType, columnar.DateType, columnar.IntType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.PairwiseErr(ec.Pool, args[0], args[1], columnar.DateType, rows, func(days, months int32) (int32, bool, error) {
				d := plusMonths(int64(days), int64(months))
				if d != int64(int32(d)) {
					return 0, false, datetimeOverflow("add_months")
				}
				return int32(d), true, nil
			})
		}),
	},
	{
		Name: "months_between",
		Usage: "months_between(timestamp1, timestamp2[, roundOff]) - the number of months from timestamp2 to timestamp1, in months of 31 days where the days of " +
			"the month differ; rounded to 8 digits unless roundOff is false.",
		Examples: []logical.Example{
			{SQL: "SELECT months_between('1997-02-28 10:30:00', '1996-10-30')", Result: "3.94959677"},
			{SQL: "SELECT months_between('1997-02-28 10:30:00', '1996-10-30', false)", Result: "3.9495967741935485"},
		},
		Type:   optional("months_between", 2, columnar.DoubleType, columnar.TimestampType, columnar.TimestampType, columnar.BooleanType),
		Pretty: withDefaults(3, "true"),
		Kind:   logical.Scalar(monthsBetween),
	},
	{
		Name:     "last_day",
		Usage:    "last_day(date) - the last day of the date's month.",
		Examples: []logical.Example{{SQL: "SELECT last_day('2009-01-12')", Result: "2009-01-31"}},
		Type:     fixed("last_day", columnar.DateType, columnar.DateType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.Unary(ec.Pool, args[0], columnar.DateType, rows, func(days int32) int32 {
				y, m, d := javafmt.CivilFromDays(int64(days))
				return days + int32(javafmt.DaysInMonth(y, m)-d)
			}), nil
		}),
	},
	{
		Name:     "next_day",
		Usage:    "next_day(date, day) - the first date after date that is the day of the week named: MO, MON, MONDAY and so on.",
		Examples: []logical.Example{{SQL: "SELECT next_day('2015-01-14', 'TU')", Result: "2015-01-20"}},
		Type:     fixed("next_day", columnar.DateType, columnar.DateType, columnar.StringType),
		Kind:     logical.Scalar(nextDay),
	},
}

// dateAndDays is the typing of a date and a number of days, which may not be wider than INT.
func dateAndDays(name string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 2, 2); err != nil {
			return nil, columnar.DateType, err
		}
		if !logical.ImplicitCast(args[0], columnar.DateType) {
			return nil, columnar.DateType, unexpectedType(0, "DATE", args[0])
		}
		if t := args[1]; !days(t) && t.Kind != columnar.String {
			return nil, columnar.DateType, unexpectedRaw(1, `("INT" or "SMALLINT" or "TINYINT")`, t)
		}
		return []columnar.Type{columnar.DateType, columnar.IntType}, columnar.DateType, nil
	}
}

// moveDate adds days times sign; like Spark it wraps around at the ends of the calendar.
func moveDate(sign int32) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.Pairwise(ec.Pool, args[0], args[1], columnar.DateType, rows, func(date, days int32) int32 { return date + sign*days }), nil
	}
}

// plusMonths moves a day by months, keeping the day of the month or taking the last of a shorter month.
func plusMonths(days, months int64) int64 {
	y, m, d := javafmt.CivilFromDays(days)
	n := int64(y)*12 + int64(m) - 1 + months
	y, m = int(floorDiv(n, 12)), int(floorMod(n, 12))+1
	return javafmt.DaysFromCivil(y, m, min(d, javafmt.DaysInMonth(y, m)))
}

// datetimeOverflow is the error of a result beyond the range of dates or timestamps.
func datetimeOverflow(operation string) error {
	return columnar.Errorf("DATETIME_OVERFLOW", "Datetime operation overflow: %s.", operation)
}

func monthsBetween(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	zone := columnar.NewZone(ec.Zone)
	return perRow(ec, columnar.DoubleType, rows, args, func(r int) (float64, bool, error) {
		months := monthsApart(zone.ToLocal(columnar.Int64At(args[0], r)), zone.ToLocal(columnar.Int64At(args[1], r)))
		if len(args) == 2 || columnar.BoolAt(args[2], r) {
			months = math.Floor(months*1e8+0.5) / 1e8
		}
		return months, true, nil
	})
}

// monthsApart is a whole number where both are the same day of the month or the last, whatever the time of day.
func monthsApart(a, b int64) float64 {
	da, db := floorDiv(a, columnar.MicrosPerDay), floorDiv(b, columnar.MicrosPerDay)
	y1, m1, d1 := javafmt.CivilFromDays(da)
	y2, m2, d2 := javafmt.CivilFromDays(db)
	months := float64((y1-y2)*12 + m1 - m2)
	if d1 == d2 || d1 == javafmt.DaysInMonth(y1, m1) && d2 == javafmt.DaysInMonth(y2, m2) {
		return months
	}
	s1, s2 := floorMod(a, columnar.MicrosPerDay)/columnar.MicrosPerSecond, floorMod(b, columnar.MicrosPerDay)/columnar.MicrosPerSecond
	seconds := int64(d1-d2)*86400 + s1 - s2
	return months + float64(seconds)/(31*86400)
}

// weekdayNumbers are the days of the week, Monday being 1, under the names that next_day takes.
var weekdayNumbers = func() map[string]int64 {
	out := map[string]int64{}
	for i, name := range []string{"MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"} {
		out[name], out[name[:3]], out[name[:2]] = int64(i+1), int64(i+1), int64(i+1)
	}
	return out
}()

func nextDay(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	return perRow(ec, columnar.DateType, rows, args, func(r int) (int32, bool, error) {
		name := columnar.StringAt(args[1], r)
		day, ok := weekdayNumbers[strings.ToUpper(name)]
		if !ok && ec.ANSI {
			return 0, false, columnar.Errorf("ILLEGAL_DAY_OF_WEEK", "Illegal input for day of week: %s.", name)
		}
		days := columnar.Int64At(args[0], r)
		return int32(days + floorMod(day-isoWeekday(days)-1, 7) + 1), ok, nil
	})
}
