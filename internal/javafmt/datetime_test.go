package javafmt

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestDateTimeOfJava compares with answers of the real DateTimeFormatter.
func TestDateTimeOfJava(t *testing.T) {
	data, err := os.ReadFile("testdata/datetime.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		got := ""
		if cells[0] == "parse" {
			got = parsedAs(t, cells[1], cells[2])
		} else {
			got = formattedAs(t, cells[1], cells[2])
		}
		if want := cells[3]; got != want {
			t.Errorf("%s %q %q: got %s, want %s", cells[0], cells[1], cells[2], got, want)
		}
	}
}

func parsedAs(t *testing.T, pattern, text string) string {
	f, err := NewFormatter(pattern, ForParsing)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Parse(text)
	switch {
	case err != nil && strings.Contains(err.Error(), "DATETIME_OVERFLOW"):
		return "!long overflow"
	case err != nil:
		return "!" + err.Error()
	case p.HasOffset:
		zone := strconv.Itoa(p.Offset)
		for _, id := range [...]string{"UTC+01:00", "GMT+08:00", "GMT0", "UTC", "GMT"} {
			// Java keeps these as ids of zones; the offset says the same.
			if strings.HasSuffix(text, id) && (strings.HasSuffix(pattern, "VV") || strings.HasSuffix(pattern, "z")) {
				zone = id
				break
			}
		}
		return fmt.Sprint(p.LocalMicros, " ", zone)
	case p.Zone != "":
		return fmt.Sprint(p.LocalMicros, " ", p.Zone)
	}
	return fmt.Sprint(p.LocalMicros, " -")
}

func formattedAs(t *testing.T, pattern, moment string) string {
	f, err := NewFormatter(pattern, ForFormatting)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(moment, ",")
	micros, err1 := strconv.ParseInt(parts[0], 10, 64)
	offset, err2 := strconv.Atoi(parts[1])
	out, err3 := f.Format(nil, Zoned{LocalMicros: micros, Offset: offset, Zone: parts[2], DST: parts[3] == "true"})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestNewFormatterErrors(t *testing.T) {
	const (
		upgrade = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION"
		week    = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN"
		illegal = "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER"
		length  = "INVALID_DATETIME_PATTERN.LENGTH"
		invalid = "INVALID_DATETIME_PATTERN.WITH_SUGGESTION"
	)
	f := func(purpose Purpose, condition string, patterns ...string) {
		t.Helper()
		for _, pattern := range patterns {
			_, err := NewFormatter(pattern, purpose)
			var e *Error
			if !errors.As(err, &e) || e.Condition != condition {
				t.Errorf("NewFormatter(%q) = %v, want %s", pattern, err, condition)
			}
		}
	}
	f(ForFormatting, upgrade, "GGGGG", "yyyyyyyyyyyy", "MMMMM", "LLLLL", "EEEEE", "FF", "ddd", "DDDD", "HHH", "hhh",
		"kkk", "KKK", "mmm", "sss", "SSSSSSSSSS", "aa", "zzzzz", "ZZZZZZ", "Y", "w", "W", "u", "YYYY-MM-dd", "yyyy]", "{yyyy}")
	f(ForFormatting, length, "qqqqq", "QQQQQ")
	f(ForFormatting, illegal, "A", "B", "n", "N", "p")
	f(ForFormatting, week, "e", "c")
	f(ForFormatting, invalid, "V", "XXXXXX", "OO", "xxxxxx", "yyyy-MM-dd'", "j")
	f(ForParsing, upgrade, "E", "yyyy-MM-dd EEE", "F")
	f(ForParsing, illegal, "q", "Q")
}

func BenchmarkFormat(b *testing.B) {
	f, _ := NewFormatter("yyyy-MM-dd HH:mm:ss.SSSSSS", ForFormatting)
	var buf []byte
	for i := range b.N {
		buf, _ = f.Format(buf[:0], Zoned{LocalMicros: int64(i) * 1_000_003})
	}
}

func BenchmarkParse(b *testing.B) {
	f, _ := NewFormatter("yyyy-MM-dd HH:mm:ss", ForParsing)
	for range b.N {
		if _, err := f.Parse("2024-02-29 13:14:15"); err != nil {
			b.Fatal(err)
		}
	}
}
