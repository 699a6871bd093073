package functions

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// argument makes a constant of "text:type"; "NULL" is VOID.
func argument(t *testing.T, s string) logical.Expr {
	t.Helper()
	if s == "NULL" {
		return logical.Null(columnar.VoidType)
	}
	at := strings.LastIndexByte(s, '@')
	typ, err := columnar.ParseType(s[at+1:])
	if err != nil {
		t.Fatal(err)
	}
	v, err := columnar.Cast(columnar.CastContext{}, columnar.NewStrings(s[:at]), typ, columnar.AllRows(1))
	if err != nil {
		t.Fatal(err)
	}
	return logical.NewLiteral(v)
}

// evalCall resolves and computes a call of constants for three rows, of which two are selected, and shows the last with its type.
func evalCall(t *testing.T, zone *time.Location, name string, texts ...string) string {
	t.Helper()
	f := Lookup(name)
	if f == nil {
		t.Fatalf("there is no function %s", name)
	}
	args := make([]logical.Expr, len(texts))
	types := make([]columnar.Type, len(texts))
	for i, s := range texts {
		args[i] = argument(t, s)
		types[i] = args[i].Type()
	}
	resolve := func() ([]columnar.Type, columnar.Type, error) { return f.Type(types) }
	if f.TypeExprs != nil {
		resolve = func() ([]columnar.Type, columnar.Type, error) { return f.TypeExprs(args) }
	}
	condition := func(err error) string {
		var e *columnar.Error
		if errors.As(err, &e) {
			return "[" + e.Condition + "] " + e.Message
		}
		return err.Error()
	}
	coerced, result, err := resolve()
	if err != nil {
		return condition(err)
	}
	vectors := make([]columnar.Vector, len(args))
	for i, a := range args {
		v, err := columnar.Cast(columnar.CastContext{Zone: zone}, a.(*logical.Literal).Value, coerced[i], columnar.AllRows(1))
		if err != nil {
			return condition(err)
		}
		vectors[i] = columnar.NewConst(v, 3)
	}
	ec := &logical.EvalContext{Context: t.Context(), ANSI: true, Zone: zone, ZoneName: zone.String(), Now: time.Unix(1_700_000_000, 0)}
	rows := columnar.Rows{N: 3, Sel: []int32{0, 2}}
	out, err := f.Kind.(logical.Scalar)(ec, rows, vectors)
	if err != nil {
		return condition(err)
	}
	if out.Type() != result && !out.IsNull(2) {
		t.Errorf("%s(%s) is %s and not %s", name, strings.Join(texts, ", "), out.Type(), result)
	}
	if out.Len() != 3 {
		t.Errorf("%s(%s) has %d rows and not 3", name, strings.Join(texts, ", "), out.Len())
	}
	return string(columnar.AppendHive(nil, out, 2, zone, columnar.BinaryUTF8))
}

func TestDatetime(t *testing.T) {
	f := func(want, name string, args ...string) {
		t.Helper()
		got := evalCall(t, time.UTC, name, args...)
		if got != want && !(strings.HasPrefix(want, "[") && strings.HasPrefix(got, want)) {
			t.Errorf("%s(%s) = %s, want %s", name, strings.Join(args, ", "), got, want)
		}
	}
	f("2016-09-30", "add_months", "2016-08-31@date", "1@int")
	f("2024-02-29", "add_months", "2024-01-31@string", "1@int")
	f("2016-07-31", "date_add", "2016-07-30@string", "1@int")
	f("[DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE]", "date_add", "2016-07-30@string", "1@bigint")
	f("2016-07-29", "date_sub", "2016-07-30@date", "1@tinyint")
	f("NULL", "date_sub", "2016-07-30@date", "NULL")
	f("-1", "datediff", "2009-07-30@string", "2009-07-31@string")
	f("3.94959677", "months_between", "1997-02-28 10:30:00@string", "1996-10-30@string")
	f("3.9495967741935485", "months_between", "1997-02-28 10:30:00@string", "1996-10-30@string", "false@boolean")
	f("1.0", "months_between", "2024-02-29@date", "2024-01-31@date")
	f("2009-01-31", "last_day", "2009-01-12@string")
	f("2015-01-20", "next_day", "2015-01-14@string", "TU@string")
	f("2015-01-21", "next_day", "2015-01-14@string", "wednesday@string")
	f("NULL", "next_day", "NULL", "xx@string")
	f("[ILLEGAL_DAY_OF_WEEK]", "next_day", "2024-02-29@date", "xx@string")
	f("2019-07-29", "trunc", "2019-08-04@string", "week@string")
	f("2019-07-01", "trunc", "2019-08-04@string", "quarter@string")
	f("NULL", "trunc", "2019-08-04@string", "day@string")
	f("2015-01-01 00:00:00", "date_trunc", "YEAR@string", "2015-03-05T09:32:05.359@string")
	f("2015-03-05 09:32:05.123", "date_trunc", "MILLISECOND@string", "2015-03-05T09:32:05.123456@string")
	f("2024-02-26 00:00:00", "date_trunc", "week@string", "2024-02-29 10:00:00@timestamp")
	f("NULL", "date_trunc", "nonsense@string", "2024-01-01@timestamp")
	f("5", "dayofweek", "2009-07-30@string")
	f("1", "dayofweek", "2024-03-03@date")
	f("3", "weekday", "2009-07-30@string")
	f("8", "weekofyear", "2008-02-20@string")
	f("53", "weekofyear", "2021-01-03@date")
	f("60", "dayofyear", "2024-02-29@date")
	f("Wed", "dayname", "2008-02-20@date")
	f("Feb", "monthname", "2008-02-20@string")
	f("12", "hour", "2018-02-14 12:58:59@string")
	f("59", "second", "1969-12-31 23:59:59.5@timestamp_ntz")
	f("33", "extract", "week@string", "2019-08-12 01:00:00.123456@timestamp")
	f("1.000001", "date_part", "SECONDS@string", "2019-10-01 00:00:01.000001@timestamp")
	f("2020", "extract", "yearofweek@string", "2021-01-01@date")
	f("11", "extract", "MONTH@string", "2021-11@interval year to month")
	f("55", "extract", "MINUTE@string", "123 23:55:59.002001@interval day to second")
	f("-23", "extract", "hours@string", "-1 23:55:59.002001@interval day to second")
	f("30.001001", "date_part", "seconds@string", "5 hours 30.001001 seconds@interval")
	f("[INVALID_EXTRACT_FIELD] Cannot extract `epochs` from", "date_part", "epochs@string", "2024-12-31@date")
	f("[INVALID_EXTRACT_FIELD]", "extract", "DAY@string", "2021-11@interval year to month")
	f("2016", "date_format", "2016-04-08@string", "y@string")
	f("2024-02-29 Thu", "date_format", "2024-02-29@date", "yyyy-MM-dd EEE@string")
	f("[INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION]", "date_format", "2024-12-30@date", "YYYY@string")
	f("2023/11/14", "from_unixtime", "1700000000@bigint", "yyyy/MM/dd@string")
	f("1970-01-01 00:00:00", "from_unixtime", "0@int")
	f("2009-07-30", "to_date", "2009-07-30 04:17:52@string")
	f("2024-02-03", "to_date", "Feb 3, 2024@string", "MMM d, yyyy@string")
	f("[CAST_INVALID_INPUT]", "to_date", "2024-02-30@string")
	f("NULL", "try_to_date", "foo@string", "yyyy-MM-dd@string")
	f("2024-02-29 13:02:00", "to_timestamp", "02/29/2024 01:02 PM@string", "MM/dd/yyyy hh:mm a@string")
	f("[CANNOT_PARSE_TIMESTAMP] Text '2024-13-01' could not be parsed", "to_timestamp", "2024-13-01@string", "yyyy-MM-dd@string")
	f("NULL", "try_to_timestamp", "garbage@string")
	f("2024-01-01 10:00:00", "to_timestamp_ntz", "2024-01-01 10:00:00@string")
	f("1704067200", "unix_timestamp", "01-2024@string", "MM-yyyy@string")
	f("1700000000", "unix_timestamp")
	f("1460073600", "to_unix_timestamp", "2016-04-08@date")
	f("1969-12-31 23:59:59.999", "timestamp_millis", "-1@int")
	f("2008-12-25 15:30:00.123", "timestamp_seconds", "1230219000.123@decimal(13,3)")
	f("[DATETIME_OVERFLOW]", "timestamp_seconds", "9223372036854775807@bigint")
	f("[DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE]", "timestamp_millis", "5@string")
	f("[DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE]", "unix_micros", "2024-01-01@string")
	f("-1", "unix_seconds", "1969-12-31 23:59:59.5@timestamp")
	f("10957", "unix_date", "2000-01-01@date")
	f("1969-12-31", "date_from_unix_date", "-1@int")
	f("2024-02-29", "make_date", "2024@int", "2@int", "29@int")
	f("[DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION] Invalid date 'February 29' as '2023' is not a leap year.", "make_date", "2023@int", "2@int", "29@int")
	f("[DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION] Invalid value for MonthOfYear (valid values 1 - 12): 13.", "make_date", "2023@int", "13@int", "29@int")
	f("NULL", "make_date", "2019@int", "7@int", "NULL")
	f("2014-12-28 05:30:45.887", "make_timestamp", "2014@int", "12@int", "28@int", "6@int", "30@int", "45.887@decimal(5,3)", "CET@string")
	f("2019-07-01 00:00:00", "make_timestamp_ntz", "2019@int", "6@int", "30@int", "23@int", "59@int", "60@int")
	f("[INVALID_FRACTION_OF_SECOND]", "make_timestamp", "2019@int", "6@int", "30@int", "23@int", "59@int", "60.007@decimal(5,3)")
	f("2014-12-28 00:00:00", "make_timestamp", "2014-12-28@date")
	f("NULL", "try_make_timestamp", "2024@int", "13@int", "22@int", "15@int", "30@int", "0@int")
	f("1 years 2 months 25 days 5 hours 6 minutes 7.5 seconds", "make_interval", "1@int", "2@int", "3@int", "4@int", "5@int", "6@int", "7.5@decimal(2,1)")
	f("0 seconds", "make_interval")
	f("NULL", "try_make_interval", "2147483647@int")
	f("[INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION]", "make_interval", "2147483647@int")
	f("1 02:03:04.500000000", "make_dt_interval", "1@int", "2@int", "3@int", "4.5@decimal(2,1)")
	f("2-2", "make_ym_interval", "1@int", "14@int")
	f("2016-08-31 09:00:00", "from_utc_timestamp", "2016-08-31@string", "Asia/Seoul@string")
	f("2016-08-30 15:00:00", "to_utc_timestamp", "2016-08-31@string", "Asia/Seoul@string")
	f("[INVALID_TIMEZONE]", "to_utc_timestamp", "2016-08-31@string", "Asia/Nowhere@string")
	f("2021-12-05 15:00:00", "convert_timezone", "Europe/Brussels@string", "America/Los_Angeles@string", "2021-12-06 00:00:00@timestamp_ntz")
	f("2022-02-28 00:00:00", "timestampadd", "MONTH@string", "-1@int", "2022-03-31@timestamp_ntz")
	f("[INVALID_PARAMETER_VALUE.DATETIME_UNIT]", "timestampadd", "secs@string", "-1@int", "2022-03-31@timestamp_ntz")
	f("1", "timestampdiff", "MONTH@string", "2022-01-31@timestamp", "2022-03-30@timestamp")
	f("-365", "timestampdiff", "DAY@string", "2022-01-01@date", "2021-01-01@date")
}

func TestDatetimeInZones(t *testing.T) {
	f := func(zone, want, name string, args ...string) {
		t.Helper()
		loc, err := columnar.ParseZone(zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := evalCall(t, loc, name, args...); got != want {
			t.Errorf("%s: %s(%s) = %s, want %s", zone, name, strings.Join(args, ", "), got, want)
		}
	}
	f("America/Los_Angeles", "1969-12-31 16:00:00", "from_unixtime", "0@int")
	f("America/Los_Angeles", "1460098800", "unix_timestamp", "2016-04-08@string", "yyyy-MM-dd@string")
	f("America/Los_Angeles", "4", "hour", "2024-01-01 12:00:00@timestamp")
	f("Europe/Paris", "2024-03-31 00:00:00", "date_trunc", "DAY@string", "2024-03-31 10:00:00@timestamp")
	f("Europe/Paris", "2024-04-01 00:30:00", "timestampadd", "DAY@string", "1@int", "2024-03-30 23:30:00@timestamp")
	f("Europe/Paris", "2024-02-29 CET", "date_format", "2024-02-29@date", "yyyy-MM-dd z@string")
	f("Europe/Paris", "Europe/Paris", "current_timezone")
	f("Asia/Seoul", "2023-11-15", "current_date")
}

func TestMisc(t *testing.T) {
	f := func(want, name string, args ...string) {
		t.Helper()
		if got := evalCall(t, time.UTC, name, args...); got != want {
			t.Errorf("%s(%s) = %s, want %s", name, strings.Join(args, ", "), got, want)
		}
	}
	f("8cde774d6f7333752ed72cacddb05126", "md5", "Spark@string")
	f("85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c", "sha", "Spark@string")
	f("529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b", "sha2", "Spark@string", "0@int")
	f("NULL", "sha2", "Spark@string", "1@int")
	f("1557323817", "crc32", "Spark@string")
	f("false", "equal_null", "1@int", "11@string")
	f("true", "equal_null", "NULL", "NULL")
	f("[USER_RAISED_EXCEPTION] no", "raise_error", "no@string")
	f("1", "monotonically_increasing_id")
	f("42", "hash", "NULL")
}
