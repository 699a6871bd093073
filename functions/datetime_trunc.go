package functions

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// datetimeTruncations are the functions that cut dates and timestamps down to a unit.
var datetimeTruncations = []*logical.Function{
	{
		Name:  "trunc",
		Usage: "trunc(date, unit) - the first day of the date's YEAR, QUARTER, MONTH or WEEK (also YYYY, YY, MM, MON); NULL for other units.",
		Examples: []logical.Example{
			{SQL: "SELECT trunc('2019-08-04', 'week')", Result: "2019-07-29"},
			{SQL: "SELECT trunc('2009-02-12', 'MM')", Result: "2009-02-01"},
		},
		Type:     fixed("trunc", columnar.DateType, columnar.DateType, columnar.StringType),
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			levels := truncLevels(ec, rows, args[1])
			return columnar.PairwiseErr(ec.Pool, args[0], levels, columnar.DateType, rows, func(days, level int32) (int32, bool, error) {
				return int32(truncDate(int64(days), truncLevel(level))), truncLevel(level) >= toWeek, nil
			})
		}),
	},
	{
		Name: "date_trunc",
		Usage: "date_trunc(unit, timestamp) - the timestamp cut down to a YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND " +
			"(also YYYY, YY, MM, MON, DD); NULL for other units.",
		Examples: []logical.Example{
			{SQL: "SELECT date_trunc('MM', '2015-03-05T09:32:05.359')", Result: "2015-03-01 00:00:00"},
			{SQL: "SELECT date_trunc('HOUR', '2015-03-05T09:32:05.359')", Result: "2015-03-05 09:00:00"},
		},
		Type:     fixed("date_trunc", columnar.TimestampType, columnar.StringType, columnar.TimestampType),
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			zone := columnar.NewZone(ec.Zone)
			levels := truncLevels(ec, rows, args[0])
			return columnar.PairwiseErr(ec.Pool, levels, args[1], columnar.TimestampType, rows, func(level int32, us int64) (int64, bool, error) {
				return truncTimestamp(zone, us, truncLevel(level)), level != 0, nil
			})
		}),
	},
}

// truncLevel is a unit to cut down to, the larger the coarser.
type truncLevel int32

// The levels; 0 is a unit that there is not.
const (
	toMicrosecond truncLevel = iota + 1
	toMillisecond
	toSecond
	toMinute
	toHour
	toDay
	toWeek
	toMonth
	toQuarter
	toYear
)

var truncLevelNames = map[string]truncLevel{
	"MICROSECOND": toMicrosecond, "MILLISECOND": toMillisecond, "SECOND": toSecond, "MINUTE": toMinute, "HOUR": toHour, "DAY": toDay, "DD": toDay,
	"WEEK": toWeek, "MON": toMonth, "MONTH": toMonth, "MM": toMonth, "QUARTER": toQuarter, "YEAR": toYear, "YYYY": toYear, "YY": toYear,
}

// truncLevels reads the units, 0 for those that there are not.
func truncLevels(ec *logical.EvalContext, rows columnar.Rows, units columnar.Vector) columnar.Vector {
	return columnar.StringsTo(ec.Pool, units, columnar.IntType, rows, func(s []byte) (int32, bool) {
		return int32(truncLevelNames[strings.ToUpper(string(s))]), true
	})
}

// truncDate cuts a day down to a week or coarser.
func truncDate(days int64, level truncLevel) int64 {
	y, m, d := javafmt.CivilFromDays(days)
	switch level {
	case toWeek:
		return days - isoWeekday(days) + 1
	case toMonth:
		return days - int64(d) + 1
	case toQuarter:
		return javafmt.DaysFromCivil(y, (m-1)/3*3+1, 1)
	case toYear:
		return javafmt.DaysFromCivil(y, 1, 1)
	}
	return days
}

// truncTimestamp cuts an instant down by the zone's clock.
func truncTimestamp(zone *columnar.Zone, us int64, level truncLevel) int64 {
	down := func(x, unit int64) int64 { return x - floorMod(x, unit) }
	switch level {
	case toMicrosecond:
		return us
	case toMillisecond:
		return down(us, 1000)
	case toSecond:
		return down(us, columnar.MicrosPerSecond)
	}
	local := zone.ToLocal(us)
	offset := local - us
	switch level {
	case toMinute:
		return down(local, columnar.MicrosPerMinute) - offset
	case toHour:
		return down(local, columnar.MicrosPerHour) - offset
	}
	start, _ := zone.FromLocal(truncDate(floorDiv(local, columnar.MicrosPerDay), level) * columnar.MicrosPerDay)
	return start
}
