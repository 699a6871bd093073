package columnar

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// parseSeeds are texts that the parsers' fast and slow paths differ about if they differ at all.
var parseSeeds = []string{
	"", " ", "0", "-0", "+5", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1.5", ".5", "5.", ".", "-.5", "1e5", "1E-400",
	"1e400", "123456789012345", "1234567890123456", "0.1", "99.995",
	"2024-02-29", "2023-02-29", "2024-1-5", "2024-12-31 23:59:59", "2024-12-31T23:59:59.123456789",
	"2024-12-31 24:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "2024-06-01 10:00:00+01:00", "-0044-03-15", "2024-13-01", "2024-00-10",
	" 2024-01-01 ", "1 day 2 hours", "-1.5 seconds", "interval 3 weeks", "\x00 7 \x7f", "0x1p3", "1d", "NaN", "-inf",
}

func FuzzParsers(f *testing.F) {
	for _, s := range parseSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkInt64(t, s)
		checkFloat64(t, s)
		checkDecimal(t, s)
		checkDate(t, s)
		checkTimestamp(t, s)
		if v, err := ParseInterval([]byte(s)); err == nil {
			again, err := ParseInterval(appendCalendarInterval(nil, v))
			if err != nil || again != v {
				t.Errorf("interval %q = %v, whose text reads back as %v, %v", s, v, again, err)
			}
		}
		ParseSchema(s) // must not panic
	})
}

func checkInt64(t *testing.T, s string) {
	want, err := strconv.ParseInt(string(trimBlank([]byte(s))), 10, 64)
	if got, ok := ParseInt64([]byte(s)); ok != (err == nil) || ok && got != want {
		t.Errorf("ParseInt64(%q) = %d, %v; want %d, %v", s, got, ok, want, err)
	}
}

var plainFloat = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

func checkFloat64(t *testing.T, s string) {
	text := string(trimBlank([]byte(s)))
	if !plainFloat.MatchString(text) {
		return
	}
	want, _ := strconv.ParseFloat(text, 64)
	if got, ok := ParseFloat64([]byte(s)); !ok || math.Float64bits(got) != math.Float64bits(want) {
		t.Errorf("ParseFloat64(%q) = %v, %v; want %v", s, got, ok, want)
	}
}

func checkDecimal(t *testing.T, s string) {
	text := string(trimBlank([]byte(s)))
	if !plainFloat.MatchString(text) || len(text) > 40 || strings.ContainsAny(text, "eE") {
		return
	}
	r, _ := new(big.Rat).SetString(text)
	scaled := new(big.Rat).Mul(r, big.NewRat(100, 1))
	half := big.NewRat(int64(scaled.Sign()), 2)
	sum := scaled.Add(scaled, half)
	want := new(big.Int).Quo(sum.Num(), sum.Denom())
	fits := len(new(big.Int).Abs(want).String()) <= 20
	got, ok := ParseDecimalText([]byte(s), 20, 2)
	if ok != fits || ok && got.Text(0) != want.String() {
		t.Errorf("ParseDecimalText(%q, 20, 2) = %s, %v; want %s, %v", s, got.Text(0), ok, want, fits)
	}
}

var datePattern = regexp.MustCompile(`^([+-]?[0-9]{4,7})(?:-([0-9]{1,2})(?:-([0-9]{1,2})(?:[ T](?s:.*))?)?)?$`)

func checkDate(t *testing.T, s string) {
	m := datePattern.FindStringSubmatch(string(trimBlank([]byte(s))))
	year, month, day := 0, 1, 1
	ok := m != nil
	for i, p := range []*int{&year, &month, &day} {
		if ok && m[i+1] != "" {
			*p, _ = strconv.Atoi(m[i+1])
		}
	}
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	ok = ok && d.Month() == time.Month(month) && d.Day() == day
	want := floorDiv(d.Unix(), 86400)
	ok = ok && want == int64(int32(want))
	if got, gotOK := ParseDate([]byte(s)); gotOK != ok || ok && int64(got) != want {
		t.Errorf("ParseDate(%q) = %d, %v; want %d, %v", s, got, gotOK, want, ok)
	}
}

// checkTimestamp compares the fast path with the slow one, and what was read with its text.
func checkTimestamp(t *testing.T, s string) {
	if fast, ok := fixedTimestamp([]byte(s)); ok {
		fields, ok := readTimestamp([]byte(s))
		slow, fits := fields.micros()
		if !ok || !fits || slow != fast {
			t.Errorf("%q is %d on the fast path and %d, %v on the slow one", s, fast, slow, ok)
		}
	}
	if us, ok := ParseTimestampNTZ([]byte(s)); ok {
		text := appendTimestamp(nil, us)
		if again, ok := ParseTimestampNTZ(text); !ok || again != us {
			t.Errorf("%q = %s, which reads back as %d, %v", s, text, again, ok)
		}
	}
}

func TestZoneLikeTheLibrary(t *testing.T) {
	for _, name := range []string{"Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "+05:30", "UTC", "Africa/Casablanca"} {
		loc, err := ParseZone(name)
		if err != nil {
			t.Fatal(err)
		}
		z := NewZone(loc)
		for s := int64(-3_000_000_000); s < 4_000_000_000; s += 1_234_567 {
			_, offset := time.Unix(s, 0).In(loc).Zone()
			local := z.ToLocal(s * MicrosPerSecond)
			if local != (s+int64(offset))*MicrosPerSecond {
				t.Fatalf("%s: ToLocal(%d) = %d", name, s, local)
			}
			back, ok := z.FromLocal(local)
			fresh, _ := NewZone(loc).FromLocal(local)
			if !ok || back != fresh || z.ToLocal(back) != local {
				t.Fatalf("%s: FromLocal(%d) = %d, without memory %d", name, local, back, fresh)
			}
		}
	}
	for _, bad := range []string{"", "Local", "../etc/passwd", "+19", "-18:30", "Mars/Base", "+1:2:3", "utc", "PSTX", "+aa"} {
		if _, err := ParseZone(bad); err == nil {
			t.Errorf("ParseZone(%q) gives no error", bad)
		}
	}
}

func TestParseType(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		typ, err := ParseType(in)
		got := typ.String()
		if err != nil {
			got = err.(*Error).Condition
		}
		if got != want {
			t.Errorf("ParseType(%q) = %s, want %s", in, got, want)
		}
	}
	f("BIGINT", "bigint")
	f(" long ", "bigint")
	f("dec", "decimal(10,0)")
	f("NUMERIC(5)", "decimal(5,0)")
	f("decimal( 38 , 38 )", "decimal(38,38)")
	f("varchar(10)", "string")
	f("timestamp_ltz", "timestamp")
	f("interval", "interval")
	f("INTERVAL YEAR TO MONTH", "interval year to month")
	f("interval day", "interval day")
	f("interval hour to second", "interval hour to second")
	f("array<map<string, struct<a: int NOT NULL COMMENT 'x', `b c`:double>>>", "array<map<string,struct<a:int,b c:double>>>")
	f("struct<a int, b string>", "struct<a:int,b:string>")
	f("struct<>", "struct<>")
	f("BINT", "UNSUPPORTED_DATATYPE")
	f("", "PARSE_SYNTAX_ERROR")
	f("int int", "PARSE_SYNTAX_ERROR")
	f("array<int", "PARSE_SYNTAX_ERROR")
	f("array", "INCOMPLETE_TYPE_DEFINITION.ARRAY")
	f("char", "DATATYPE_MISSING_SIZE")
	f("decimal(39)", "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION")
	f("decimal(5,6)", "DECIMAL_SCALE_EXCEEDS_PRECISION")
	f("interval month to year", "PARSE_SYNTAX_ERROR")
}

func TestParseSchema(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		s, err := ParseSchema(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			return
		}
		got := s.String()
		for _, c := range s.Fields {
			if !c.Nullable {
				got += " " + c.Name + "!"
			}
		}
		if got != want {
			t.Errorf("ParseSchema(%q) = %s, want %s", in, got, want)
		}
	}
	f("a INT, b STRING NOT NULL COMMENT 'it''s'", "struct<a:int,b:string> b!")
	f("a: int, `x``y`: array<int>", "struct<a:int,x`y:array<int>>")
	f("struct<a:int,b:date>", "struct<a:int,b:date>")
	f("", "struct<>")
	if _, err := ParseSchema("a INT b"); err == nil {
		t.Error("no error for a INT b")
	}
}

// Every condition that Spark's own test answers name has the SQLSTATE that stands beside it there.
func TestSQLState(t *testing.T) {
	files, _ := filepath.Glob("../../shared/corpora/spark-4.0/results/*.out")
	more, _ := filepath.Glob("../../shared/corpora/spark-4.0/results/*/*.out")
	if len(files) == 0 {
		t.Skip("the corpus ../shared/corpora/spark-4.0 is not there")
	}
	pattern := regexp.MustCompile(`"errorClass" : "([^"]*)",\s*"sqlState" : "([^"]*)"`)
	seen := 0
	for _, name := range append(files, more...) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pattern.FindAllSubmatch(data, -1) {
			seen++
			if got := SQLState(string(m[1])); got != string(m[2]) {
				t.Errorf("SQLState(%s) = %s, want %s", m[1], got, m[2])
			}
		}
	}
	if seen < 1000 {
		t.Errorf("only %d conditions found in the corpus", seen)
	}
}

func TestFormat(t *testing.T) {
	f := func(v Vector, text, sql, hive string) {
		t.Helper()
		if got := FormatValue(v, 0); got != text {
			t.Errorf("FormatValue(%s) = %s, want %s", v.Type(), got, text)
		}
		if got := FormatSQL(v, 0, nil); got != sql {
			t.Errorf("FormatSQL(%s) = %s, want %s", v.Type(), got, sql)
		}
		if got := string(AppendHive(nil, v, 0, nil, BinaryUTF8)); got != hive {
			t.Errorf("AppendHive(%s) = %s, want %s", v.Type(), got, hive)
		}
	}
	f(ScalarOf(int8(1)), "1", "1Y", "1")
	f(ScalarOf(1e10), "1.0E10", "1.0E10D", "1.0E10")
	f(ScalarOf(math.Inf(-1)), "-Infinity", "-Infinity", "-Infinity")
	f(NewStrings("it's"), "it's", `'it\'s'`, "it's")
	f(NewFixed(DateType, []int32{-1}, nil), "1969-12-31", "DATE '1969-12-31'", "1969-12-31")
	f(NewFixed(DayTimeType(0, 3), []int64{-MicrosPerDay - 500_000}, nil), "INTERVAL '-1 00:00:00.5' DAY TO SECOND",
		"INTERVAL '-1 00:00:00.5' DAY TO SECOND", "-1 00:00:00.500000000")
	f(NewFixed(DayTimeType(0, 3), []int64{math.MinInt64}, nil), "INTERVAL '-106751991 04:00:54.775808' DAY TO SECOND",
		"INTERVAL '-106751991 04:00:54.775808' DAY TO SECOND", "-106751991 04:00:54.775808000")
	f(NewFixed(YearMonthType(0, 1), []int32{-14}, nil), "INTERVAL '-1-2' YEAR TO MONTH", "INTERVAL '-1-2' YEAR TO MONTH", "-1-2")
	f(NewFixed(CalendarType, []Interval{{-14, 3, -1}}, nil), "-1 years -2 months 3 days -0.000001 seconds",
		"-1 years -2 months 3 days -0.000001 seconds", "-1 years -2 months 3 days -0.000001 seconds")
	f(NullVector(IntType, 1), "NULL", "NULL", "NULL")
}

func BenchmarkCast(b *testing.B) {
	text := func(f func(i int) string) Vector {
		sb := NewStringsBuilder(nil, StringType, BatchRows)
		for i := range BatchRows {
			sb.AppendString(f(i))
		}
		return sb.Build()
	}
	ints := make([]int32, BatchRows)
	for i := range ints {
		ints[i] = int32(i * 7919)
	}
	cases := []struct {
		name string
		v    Vector
		to   Type
	}{
		{"int-double", NewFixed(IntType, ints, nil), DoubleType},
		{"int-bigint", NewFixed(IntType, ints, nil), BigIntType},
		{"int-string", NewFixed(IntType, ints, nil), StringType},
		{"string-int", text(func(i int) string { return strconv.Itoa(i * 7919) }), IntType},
		{"string-double", text(func(i int) string { return fmt.Sprintf("%d.%02d", i*31, i%100) }), DoubleType},
		{"string-decimal", text(func(i int) string { return fmt.Sprintf("%d.%02d", i*31, i%100) }), DecimalType(15, 2)},
		{"string-date", text(func(i int) string { return fmt.Sprintf("2024-%02d-%02d", i%12+1, i%28+1) }), DateType},
		{"string-timestamp", text(func(i int) string { return fmt.Sprintf("2024-%02d-%02d 10:11:12.5", i%12+1, i%28+1) }), TimestampType},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			p := new(Pool)
			for range b.N {
				if _, err := Cast(CastContext{Pool: p}, c.v, c.to, AllRows(BatchRows)); err != nil {
					b.Fatal(err)
				}
				p.Reset()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*BatchRows), "ns/row")
		})
	}
}

func TestBinaryStyles(t *testing.T) {
	v := NewStrings("Sp\xff")
	v.Typ = BinaryType
	for name, want := range map[string]string{
		"UTF-8": "Sp\xff", "BASIC": "[83, 112, -1]", "BASE64": "U3D/", "HEX": "5370FF", "HEX_DISCRETE": "[53 70 FF]",
	} {
		if got := string(AppendHive(nil, v, 0, nil, BinaryStyles[name])); got != want {
			t.Errorf("in the style %s: %q, want %q", name, got, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"9:8:1.000001": "09:08:01.000001", " 14:30 ": "14:30:00", "T23:59:59.9999999": "23:59:59.999999", "00:00:00.5": "00:00:00.5",
		"24:00:00": "", "12": "", "1:60": "", "12:00:00Z": "", "2024-01-01 12:00:00": "",
	} {
		v, err := Cast(CastContext{Mode: CastTry}, NewStrings(text), TimeType(6), AllRows(1))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if !v.IsNull(0) {
			got = string(AppendString(nil, v, 0, nil))
		}
		if got != want {
			t.Errorf("%q as a time is %q, want %q", text, got, want)
		}
	}
}
