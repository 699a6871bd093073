package functions

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// datetimeFields are the functions that take one field out of a date, a timestamp or an interval.
var datetimeFields = []*logical.Function{
	{
		Name:     "year",
		Usage:    "year(date) - the year of a date or timestamp.",
		Examples: []logical.Example{{SQL: "SELECT year('2016-07-30')", Result: "2016"}},
		Type:     fixed("year", columnar.IntType, columnar.DateType),
		Kind:     dateField(yearOf),
	},
	{
		Name:     "quarter",
		Usage:    "quarter(date) - the quarter of the year, 1 to 4.",
		Examples: []logical.Example{{SQL: "SELECT quarter('2016-08-31')", Result: "3"}},
		Type:     fixed("quarter", columnar.IntType, columnar.DateType),
		Kind:     dateField(quarterOf),
	},
	{
		Name:     "month",
		Usage:    "month(date) - the month of the year, 1 to 12.",
		Examples: []logical.Example{{SQL: "SELECT month('2016-07-30')", Result: "7"}},
		Type:     fixed("month", columnar.IntType, columnar.DateType),
		Kind:     dateField(monthOf),
	},
	{
		Name: "day", Aliases: []string{"dayofmonth"},
		Usage:    "day(date) - the day of the month, 1 to 31.",
		Examples: []logical.Example{{SQL: "SELECT day('2009-07-30')", Result: "30"}},
		Type:     fixed("day", columnar.IntType, columnar.DateType),
		Kind:     dateField(dayOf),
	},
	{
		Name:     "dayofweek",
		Usage:    "dayofweek(date) - the day of the week, 1 for Sunday to 7 for Saturday.",
		Examples: []logical.Example{{SQL: "SELECT dayofweek('2009-07-30')", Result: "5"}},
		Type:     fixed("dayofweek", columnar.IntType, columnar.DateType),
		Kind:     dateField(dayOfWeek),
	},
	{
		Name:     "weekday",
		Usage:    "weekday(date) - the day of the week, 0 for Monday to 6 for Sunday.",
		Examples: []logical.Example{{SQL: "SELECT weekday('2009-07-30')", Result: "3"}},
		Type:     fixed("weekday", columnar.IntType, columnar.DateType),
		Kind:     dateField(func(days int64) int64 { return int64(javafmt.Weekday(days)) - 1 }),
	},
	{
		Name:     "dayofyear",
		Usage:    "dayofyear(date) - the day of the year, 1 to 366.",
		Examples: []logical.Example{{SQL: "SELECT dayofyear('2016-04-09')", Result: "100"}},
		Type:     fixed("dayofyear", columnar.IntType, columnar.DateType),
		Kind:     dateField(dayOfYear),
	},
	{
		Name:     "weekofyear",
		Usage:    "weekofyear(date) - the week of the year by ISO: weeks begin on Monday, and week 1 has more than three days.",
		Examples: []logical.Example{{SQL: "SELECT weekofyear('2008-02-20')", Result: "8"}},
		Type:     fixed("weekofyear", columnar.IntType, columnar.DateType),
		Kind:     dateField(weekOfYear),
	},
	{
		Name:     "dayname",
		Usage:    "dayname(date) - the short English name of the day of the week.",
		Examples: []logical.Example{{SQL: "SELECT dayname(DATE'2008-02-20')", Result: "Wed"}},
		Type:     fixed("dayname", columnar.StringType, columnar.DateType),
		Kind: dateName(func(days int64) string {
			return [...]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}[javafmt.Weekday(days)-1]
		}),
	},
	{
		Name:     "monthname",
		Usage:    "monthname(date) - the short English name of the month.",
		Examples: []logical.Example{{SQL: "SELECT monthname('2008-02-20')", Result: "Feb"}},
		Type:     fixed("monthname", columnar.StringType, columnar.DateType),
		Kind: dateName(func(days int64) string {
			return [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}[monthOf(days)-1]
		}),
	},
	{
		Name:     "hour",
		Usage:    "hour(timestamp) - the hour of the day, 0 to 23.",
		Examples: []logical.Example{{SQL: "SELECT hour('2018-02-14 12:58:59')", Result: "12"}},
		Type:     timestampOr("hour", columnar.IntType),
		Kind:     clockField(columnar.MicrosPerHour, 24),
	},
	{
		Name:     "minute",
		Usage:    "minute(timestamp) - the minute of the hour, 0 to 59.",
		Examples: []logical.Example{{SQL: "SELECT minute('2009-07-30 12:58:59')", Result: "58"}},
		Type:     timestampOr("minute", columnar.IntType),
		Kind:     clockField(columnar.MicrosPerMinute, 60),
	},
	{
		Name:     "second",
		Usage:    "second(timestamp) - the second of the minute without fraction, 0 to 59.",
		Examples: []logical.Example{{SQL: "SELECT second('2018-02-14 12:58:59')", Result: "59"}},
		Type:     timestampOr("second", columnar.IntType),
		Kind:     clockField(columnar.MicrosPerSecond, 60),
	},
	{
		Name:      "extract",
		Usage:     "extract(field FROM source) - a field of a date, timestamp or interval: YEAR, QUARTER, MONTH, WEEK, DAY, DOW, DOY, HOUR, MINUTE, SECOND and others.",
		Examples:  []logical.Example{{SQL: "SELECT extract(doy FROM DATE'2019-08-12')", Result: "224"}},
		TypeExprs: extractTypes, Kind: logical.Scalar(extract), Pretty: prettyExtract,
	},
	{
		Name:      "datepart",
		Usage:     "datepart(field, source) - extract(field FROM source).",
		Examples:  []logical.Example{{SQL: "SELECT datepart('week', timestamp'2019-08-12 01:00:00.123456')", Result: "33"}},
		TypeExprs: extractTypes, Kind: logical.Scalar(extract), Pretty: prettyExtract,
	},
	{
		Name:      "date_part",
		Usage:     "date_part(field, source) - extract(field FROM source).",
		Examples:  []logical.Example{{SQL: "SELECT date_part('SECONDS', timestamp'2019-10-01 00:00:01.000001')", Result: "1.000001"}},
		TypeExprs: extractTypes, Kind: logical.Scalar(extract),
	},
}

func prettyExtract(name string, args []string) string {
	return name + "(" + strings.Join(args, " FROM ") + ")"
}

func yearOf(days int64) int64 {
	y, _, _ := javafmt.CivilFromDays(days)
	return int64(y)
}

func monthOf(days int64) int64 {
	_, m, _ := javafmt.CivilFromDays(days)
	return int64(m)
}

func dayOf(days int64) int64 {
	_, _, d := javafmt.CivilFromDays(days)
	return int64(d)
}

func quarterOf(days int64) int64  { return (monthOf(days) + 2) / 3 }
func dayOfWeek(days int64) int64  { return int64(javafmt.Weekday(days))%7 + 1 }
func isoWeekday(days int64) int64 { return int64(javafmt.Weekday(days)) }

func dayOfYear(days int64) int64 {
	y, m, d := javafmt.CivilFromDays(days)
	return int64(javafmt.DayOfYear(y, m, d))
}

// thursday is the day of the week that decides to which year the week belongs.
func thursday(days int64) int64 { return days - isoWeekday(days) + 4 }

func weekOfYear(days int64) int64 { return (dayOfYear(thursday(days))-1)/7 + 1 }
func yearOfWeek(days int64) int64 { return yearOf(thursday(days)) }

// dateField computes a number of each date.
func dateField(f func(days int64) int64) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.Unary(ec.Pool, args[0], columnar.IntType, rows, func(days int32) int32 { return int32(f(int64(days))) }), nil
	}
}

// dateName computes a text of each date.
func dateName(f func(days int64) string) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
			if args[0].IsNull(r) {
				return dst, false, nil
			}
			return append(dst, f(columnar.Int64At(args[0], r))...), true, nil
		})
	}
}

// clockField computes the number of whole units on the clock, counted up to limit.
func clockField(unit, limit int64) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		local := localClock(ec, args[0].Type())
		return columnar.Unary(ec.Pool, args[0], columnar.IntType, rows, func(us int64) int32 {
			return int32(floorMod(floorDiv(local(us), unit), limit))
		}), nil
	}
}

// extractField is a field that extract knows.
type extractField struct {
	names string // of the field in upper case, between blanks
	date  func(days int64) int64
	unit  int64 // of the clock, for fields that have no date function
	limit int64
}

var secondsType = columnar.DecimalType(8, 6)

// extractFields are the fields of dates and timestamps; SECOND is the last.
var extractFields = []extractField{
	{names: " YEAR Y YEARS YR YRS ", date: yearOf},
	{names: " YEAROFWEEK ", date: yearOfWeek},
	{names: " QUARTER QTR ", date: quarterOf},
	{names: " MONTH MON MONS MONTHS ", date: monthOf},
	{names: " WEEK W WEEKS ", date: weekOfYear},
	{names: " DAY D DAYS ", date: dayOf},
	{names: " DAYOFWEEK DOW ", date: dayOfWeek},
	{names: " DAYOFWEEK_ISO DOW_ISO ", date: isoWeekday},
	{names: " DOY ", date: dayOfYear},
	{names: " HOUR H HOURS HR HRS ", unit: columnar.MicrosPerHour, limit: 24},
	{names: " MINUTE M MIN MINS MINUTES ", unit: columnar.MicrosPerMinute, limit: 60},
	{names: " SECOND S SEC SECONDS SECS "},
}

func findExtractField(name string) *extractField {
	for i := range extractFields {
		if strings.Contains(extractFields[i].names, " "+strings.ToUpper(name)+" ") {
			return &extractFields[i]
		}
	}
	return nil
}

// canonical is the first of the field's names.
func (f *extractField) canonical() string { return strings.Fields(f.names)[0] }

// intervalFields are the fields that intervals of a kind have, and the results' types.
func intervalFields(t columnar.Type) map[string]columnar.Type {
	all := map[string]columnar.Type{
		"YEAR": columnar.IntType, "MONTH": columnar.TinyIntType, "DAY": columnar.IntType, "HOUR": columnar.TinyIntType,
		"MINUTE": columnar.TinyIntType, "SECOND": secondsType,
	}
	switch t.Kind {
	case columnar.YearMonthInterval:
		for _, name := range []string{"DAY", "HOUR", "MINUTE", "SECOND"} {
			delete(all, name)
		}
	case columnar.DayTimeInterval:
		delete(all, "YEAR")
		delete(all, "MONTH")
	}
	return all
}

// extractTypes finds the field, which is a constant, and what it is of the source.
func extractTypes(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	if err := arity("extract", len(args), 2, 2); err != nil {
		return nil, columnar.VoidType, err
	}
	lit, ok := args[0].(*logical.Literal)
	if !ok || lit.Type().Kind != columnar.String && lit.Type().Kind != columnar.Void {
		return nil, columnar.VoidType, columnar.Errorf("NON_FOLDABLE_ARGUMENT",
			"The function `extract` requires the parameter `field` to be a foldable expression of the type \"STRING\", but the actual argument is a non-foldable.")
	}
	source := args[1].Type()
	if lit.Value.IsNull(0) {
		return []columnar.Type{columnar.StringType, source}, columnar.DoubleType, nil
	}
	name := columnar.StringAt(lit.Value, 0)
	f := findExtractField(name)
	invalid := columnar.Errorf("INVALID_EXTRACT_FIELD", "Cannot extract `%s` from %q.", name, args[1].String())
	switch {
	case f == nil:
		return nil, columnar.VoidType, invalid
	case source.IsInterval():
		t, ok := intervalFields(source)[f.canonical()]
		if !ok {
			return nil, columnar.VoidType, invalid
		}
		return []columnar.Type{columnar.StringType, source}, t, nil
	case f.date != nil && source.Kind != columnar.Time:
		if !logical.ImplicitCast(source, columnar.DateType) {
			return nil, columnar.VoidType, unexpectedType(1, "DATE", source)
		}
		return []columnar.Type{columnar.StringType, columnar.DateType}, columnar.IntType, nil
	}
	if f.date != nil {
		return nil, columnar.VoidType, invalid
	}
	t, err := clockParam(1, source)
	result := columnar.IntType
	if f.unit == 0 {
		result = secondsType
	}
	return []columnar.Type{columnar.StringType, t}, result, err
}

// extract computes the field of the second argument that the first names.
func extract(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	source := args[1]
	if rows.Count() == 0 || args[0].IsNull(rows.Row(0)) {
		return columnar.NullVector(columnar.DoubleType, rows.N), nil
	}
	f := findExtractField(columnar.StringAt(args[0], rows.Row(0)))
	switch source.Type().Kind {
	case columnar.Date:
		return dateField(f.date)(ec, rows, args[1:])
	case columnar.YearMonthInterval, columnar.DayTimeInterval, columnar.CalendarInterval:
		return extractFromInterval(ec, rows, source, f.canonical())
	}
	if f.unit != 0 {
		return clockField(f.unit, f.limit)(ec, rows, args[1:])
	}
	local := localClock(ec, source.Type())
	return columnar.Unary(ec.Pool, source, secondsType, rows, func(us int64) int64 {
		return floorMod(local(us), columnar.MicrosPerMinute)
	}), nil
}

func extractFromInterval(ec *logical.EvalContext, rows columnar.Rows, v columnar.Vector, field string) (columnar.Vector, error) {
	t := intervalFields(v.Type())[field]
	parts := func(x columnar.Interval) int64 {
		switch field {
		case "YEAR":
			return int64(x.Months / 12)
		case "MONTH":
			return int64(x.Months % 12)
		case "DAY":
			return int64(x.Days)
		case "HOUR":
			return x.Micros / columnar.MicrosPerHour
		case "MINUTE":
			return x.Micros / columnar.MicrosPerMinute % 60
		}
		return x.Micros % columnar.MicrosPerMinute
	}
	switch v.Type().Kind {
	case columnar.YearMonthInterval:
		return numberFrom(ec, v, t, rows, func(m int32) int64 { return parts(columnar.Interval{Months: m}) }), nil
	case columnar.DayTimeInterval:
		return numberFrom(ec, v, t, rows, func(us int64) int64 {
			return parts(columnar.Interval{Days: int32(us / columnar.MicrosPerDay), Micros: us % columnar.MicrosPerDay})
		}), nil
	}
	return numberFrom(ec, v, t, rows, parts), nil
}

// numberFrom computes a number of type INT, TINYINT, BIGINT or small DECIMAL.
func numberFrom[A columnar.Native](ec *logical.EvalContext, v columnar.Vector, t columnar.Type, rows columnar.Rows, f func(A) int64) columnar.Vector {
	switch t.Kind {
	case columnar.TinyInt:
		return columnar.Unary(ec.Pool, v, t, rows, func(x A) int8 { return int8(f(x)) })
	case columnar.Int:
		return columnar.Unary(ec.Pool, v, t, rows, func(x A) int32 { return int32(f(x)) })
	}
	return columnar.Unary(ec.Pool, v, t, rows, f)
}
