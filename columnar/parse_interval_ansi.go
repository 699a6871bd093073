package columnar

import (
	"math"
	"strings"
)

// fieldRange is the largest value of HOUR, MINUTE and SECOND behind a larger field.
var fieldRange = [...]int64{math.MaxInt64, 23, 59, 59}

// ParseYearMonthInterval reads an interval of the fields of t, in months: "5" for one field, "1-2" for two, or the whole literal
// ("INTERVAL '1-2' YEAR TO MONTH"), with a sign in either place. Errors are INVALID_INTERVAL_FORMAT.
func ParseYearMonthInterval(s []byte, t Type) (int32, error) {
	body, neg, ok := intervalBody(string(trimBlank(s)), t)
	if !ok {
		return 0, unmatchedInterval(string(s), t)
	}
	first, second, two := strings.Cut(body, "-")
	y, ok := leadingNumber(first)
	m := int64(0)
	if two {
		var okMonth bool
		m, okMonth = leadingNumber(second)
		ok = ok && okMonth
	}
	if !ok || two != (t.Precision != t.Scale) {
		return 0, unmatchedInterval(string(s), t)
	}
	months := y
	if t.Precision == 0 {
		var fits bool
		months, fits = timesInt64(y, 12)
		ok = fits && m <= 11
		months += m
	}
	if neg {
		months = -months
	}
	if !ok || months != int64(int32(months)) {
		return 0, intervalError(string(s), "INTERVAL_PARSING", "Error parsing interval year-month string.")
	}
	return int32(months), nil
}

// ParseDayTimeInterval reads an interval of the fields of t, in microseconds: "1 02:03:04.5" and its parts, or the whole literal,
// with a sign in either place; digits beyond microseconds are cut off. Errors are INVALID_INTERVAL_FORMAT.
func ParseDayTimeInterval(s []byte, t Type) (int64, error) {
	body, neg, ok := intervalBody(string(trimBlank(s)), t)
	if !ok {
		return 0, unmatchedInterval(string(s), t)
	}
	total := int64(0)
	fits := true
	for field := t.Precision; field <= t.Scale; field++ {
		var text string
		text, body, ok = cutField(body, field, t)
		n, fraction := int64(0), int64(0)
		if ok && field == 3 {
			text, fraction, ok = cutFraction(text)
		}
		if ok {
			n, ok = leadingNumber(text)
		}
		if !ok || field > t.Precision && len(text) > 2 {
			return 0, unmatchedInterval(string(s), t)
		}
		if field > t.Precision && n > fieldRange[field] {
			return 0, intervalError(string(s), "DAY_TIME_PARSING", "Error parsing interval day-time string: requirement failed: %s %d outside range [0, %d].",
				dayTimeFields[field], n, fieldRange[field])
		}
		if neg {
			n, fraction = -n, -fraction
		}
		fits = fits && addTo64(&total, n, dayTimeUnits[field]) && addTo64(&total, fraction, 1)
	}
	if !fits {
		return 0, intervalError(string(s), "DAY_TIME_PARSING", "Error parsing interval day-time string: requirement failed: %s is out of range.",
			dayTimeFields[t.Precision])
	}
	return total, nil
}

// cutField takes the text of a field, which ends with a blank after days, a colon after the others and the text after the last.
func cutField(body string, field uint8, t Type) (text, rest string, ok bool) {
	if field == t.Scale {
		return body, "", true
	}
	sep := ":"
	if field == 0 {
		sep = " "
	}
	return strings.Cut(body, sep)
}

// cutFraction takes "4.5" apart; the fraction, of one to nine digits, is returned in microseconds.
func cutFraction(text string) (whole string, micros int64, ok bool) {
	whole, fraction, point := strings.Cut(text, ".")
	if point && (fraction == "" || len(fraction) > 9) {
		return whole, 0, false
	}
	unit := int64(100_000)
	for _, c := range []byte(fraction) {
		if c < '0' || c > '9' {
			return whole, 0, false
		}
		micros += int64(c-'0') * unit
		unit /= 10
	}
	return whole, micros, true
}

// leadingNumber reads digits alone; numbers beyond int64 are its largest.
func leadingNumber(s string) (int64, bool) {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	if s == "" {
		return 0, false
	}
	n, ok := ParseInt64([]byte(s))
	if !ok {
		n = math.MaxInt64
	}
	return n, true
}

// intervalBody strips the sign, and of a literal the word INTERVAL, the quotes and the fields, which must be those of t.
func intervalBody(s string, t Type) (body string, neg, ok bool) {
	sign := func() {
		if s != "" && (s[0] == '-' || s[0] == '+') {
			neg = neg != (s[0] == '-')
			s = s[1:]
		}
	}
	if len(s) > 9 && strings.EqualFold(s[:8], "interval") && isBlank(s[8]) {
		s = strings.TrimLeft(s[8:], " \t\r\n")
		sign()
		if s == "" || s[0] != '\'' {
			return "", false, false
		}
		quoted, fields, found := strings.Cut(s[1:], "'")
		if !found || fields == "" || !isBlank(fields[0]) || !strings.EqualFold(strings.Join(strings.Fields(fields), " "), t.SQL()[len("INTERVAL "):]) {
			return "", false, false
		}
		s = quoted
	}
	sign()
	return s, neg, true
}

// unmatchedInterval is the error for text that has not the form of an interval type.
func unmatchedInterval(input string, t Type) *Error {
	pattern := ""
	fields := t.SQL()[len("INTERVAL "):]
	if t.Kind == YearMonthInterval {
		pattern = []string{"y", "y-m", "m"}[t.Precision+t.Scale]
	} else {
		for f := t.Precision; f <= t.Scale; f++ {
			pattern += []string{"d", "h", "m", "s.n"}[f]
			switch {
			case f == t.Scale:
			case f == 0:
				pattern += " "
			default:
				pattern += ":"
			}
		}
	}
	name, sub, notice := "year-month", "UNMATCHED_FORMAT_STRING", ""
	if t.Kind == DayTimeInterval {
		name, sub = "day-time", "UNMATCHED_FORMAT_STRING_WITH_NOTICE"
		notice = " Set \"spark.sql.legacy.fromDayTimeString.enabled\" to \"true\" to restore the behavior before Spark 3.0."
	}
	return intervalError(input, sub, "Interval string does not match %s format of `[+|-]%s`, `INTERVAL [+|-]'[+|-]%s' %s` when cast to %s: %s.%s",
		name, pattern, pattern, fields, t.String(), input, notice)
}

// parseIntervals casts text to intervals. Text that is no CALENDAR INTERVAL is NULL in every mode; with ANSI mode off other
// intervals are errors all the same, as in Spark.
func (c *casting) parseIntervals(v *Strings, rows Rows) (Vector, error) {
	strict := *c.strict()
	var last error
	fail := func(Vector, int) *Error { return last.(*Error) }
	switch c.to.Kind {
	case CalendarInterval:
		strict.Mode = CastTry
		return parseRows(&strict, v, rows, fail, func(s []byte) (Interval, bool) {
			x, err := ParseInterval(s)
			return x, err == nil
		})
	case YearMonthInterval:
		return parseRows(&strict, v, rows, fail, func(s []byte) (x int32, ok bool) {
			x, last = ParseYearMonthInterval(s, c.to)
			return x, last == nil
		})
	case DayTimeInterval:
		return parseRows(&strict, v, rows, fail, func(s []byte) (x int64, ok bool) {
			x, last = ParseDayTimeInterval(s, c.to)
			return x, last == nil
		})
	}
	return nil, CastMismatch(c.from, c.to, c.Mode, "CAST")
}
