package sql

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// intervalUnit is a unit of an interval literal. Units of a year-month interval
// count months, the others microseconds; field is the unit's place in the
// interval's type.
type intervalUnit struct {
	yearMonth bool
	field     uint8
	count     int64
}

const (
	microsSecond = int64(1_000_000)
	microsDay    = 24 * 60 * 60 * microsSecond
)

var intervalUnitOf = map[string]intervalUnit{
	"YEAR": {true, 0, 12}, "MONTH": {true, 1, 1},
	"WEEK": {false, 0, 7 * microsDay}, "DAY": {false, 0, microsDay}, "HOUR": {false, 1, 3600 * microsSecond}, "MINUTE": {false, 2, 60 * microsSecond},
	"SECOND": {false, 3, microsSecond}, "MILLISECOND": {false, 3, 1000}, "MICROSECOND": {false, 3, 1},
}

// unitOf reads a unit, singular or plural.
func unitOf(t token) (intervalUnit, bool) {
	if t.kind != word {
		return intervalUnit{}, false
	}
	u, ok := intervalUnitOf[t.upper]
	if !ok {
		u, ok = intervalUnitOf[strings.TrimSuffix(t.upper, "S")]
	}
	return u, ok
}

// intervalSum adds up the parts of a literal.
type intervalSum struct {
	months, days, micros int64
	months1, time1       bool // has year-month parts, has day-time parts
	first, last          uint8
	bad                  bool // overflow, or a value that is no number
}

// add counts a value of a unit in. Weeks and days are kept apart from the
// microseconds so that no sum overflows before its literal would.
func (s *intervalSum) add(value string, u intervalUnit) {
	seen := s.months1 || s.time1
	if !seen || u.field < s.first {
		s.first = u.field
	}
	if !seen || u.field > s.last {
		s.last = u.field
	}
	if u.yearMonth {
		s.months1 = true
		s.months = s.plus(s.months, value, u.count)
		return
	}
	s.time1 = true
	if u.count >= microsDay {
		s.days = s.plus(s.days, value, u.count/microsDay)
		return
	}
	whole, fraction, _ := strings.Cut(value, ".")
	if whole == "" || whole == "-" || whole == "+" {
		whole += "0"
	}
	s.micros = s.plus(s.micros, whole, u.count)
	if fraction != "" {
		s.fraction(fraction, u, strings.HasPrefix(whole, "-"))
	}
}

// fraction adds the digits after the point of a number of seconds.
func (s *intervalSum) fraction(digits string, u intervalUnit, negative bool) {
	if u.count != microsSecond || len(digits) > 9 {
		s.bad = true
		return
	}
	sign := ""
	if negative {
		sign = "-"
	}
	s.micros = s.plus(s.micros, sign+(digits + "000000")[:6], 1)
}

// plus adds value times count to sum, and notes text that is no number and
// results that do not fit.
func (s *intervalSum) plus(sum int64, value string, count int64) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(value, "+"), 10, 64)
	if err != nil || n > math.MaxInt64/count || n < math.MinInt64/count {
		s.bad = true
		return sum
	}
	n *= count
	if r := sum + n; (r > sum) == (n > 0) {
		return r
	}
	s.bad = true
	return sum
}

// literal is the value of the sum, whose type follows from the units.
func (s *intervalSum) literal() *logical.Literal {
	micros := s.micros + s.days*microsDay
	if s.months1 {
		return logical.NewLiteral(columnar.NewFixed(columnar.YearMonthType(s.first, s.last), []int32{int32(s.months)}, nil))
	}
	return logical.NewLiteral(columnar.NewFixed(columnar.DayTimeType(s.first, s.last), []int64{micros}, nil))
}

// valid says whether the sum can be a literal.
func (s *intervalSum) valid() bool {
	return !s.bad && (s.months1 || s.time1) && s.months >= math.MinInt32 && s.months <= math.MaxInt32 &&
		s.days <= math.MaxInt64/microsDay && s.days >= math.MinInt64/microsDay
}

// interval walks an INTERVAL literal: value unit …, 'text' unit TO unit, or
// 'value unit …' as one string.
func (w *walker) interval(c *cursor) bool {
	t := c.peek()
	sub := &cursor{toks: c.toks, i: c.i + 1, end: c.end}
	var sum intervalSum
	typed := sub.peek().kind == str && !isUnit(sub.at(1))
	switch {
	case typed:
		w.intervalText(&sum, sub.next())
	case w.unitToUnit(&sum, sub):
	case !w.intervalParts(&sum, sub, true):
		return false
	}
	text := w.src[t.beg:sub.at(-1).end]
	switch {
	case (sub.peek().kind == num || sub.peek().kind == str) && isUnit(sub.at(1)) || sub.peek().isWord("TO") && isUnit(sub.at(1)):
		w.fail(errorAt(t.beg, "_LEGACY_ERROR_TEMP_0024", "Can only have a single from-to unit in the interval literal syntax."))
	case sum.months1 && sum.time1:
		w.fail(errorAt(t.beg, "_LEGACY_ERROR_TEMP_0029", "Cannot mix year-month and day-time fields: %s.", text))
	case !sum.valid() && typed:
		w.fail(errorAt(t.beg, condTypedLiteral, `The value of the typed literal "INTERVAL" is invalid: '%s'.`, sub.at(-1).text))
	case !sum.valid():
		w.fail(errorAt(t.beg, condInterval+".INTERVAL_PARSING", "Error parsing '%s' to interval. Error parsing interval string: it is out of range.", text))
	}
	c.i = sub.i
	l := sum.literal()
	l.Pos = position(t.beg)
	w.value(t.beg, l)
	return true
}

func isUnit(t token) bool { _, ok := unitOf(t); return ok }

// intervalParts reads value unit pairs; false means that there are none. In the
// text of a statement, written, a string has to be a number.
func (w *walker) intervalParts(sum *intervalSum, c *cursor, written bool) (found bool) {
	for {
		k, sign := 0, ""
		if c.peek().isOp("+", "-") {
			k, sign = 1, c.peek().text
		}
		v, u := c.at(k), c.at(k+1)
		unit, ok := unitOf(u)
		if !ok || v.kind != num && v.kind != str {
			return found
		}
		if written && v.kind == str && !numberInText.MatchString(v.text) {
			w.fail(errorAt(v.beg, "_LEGACY_ERROR_TEMP_0026", "Can only use numbers in the interval value part for multiple unit value pairs interval form, but got invalid value: %s.", v.text))
		}
		sum.add(signed(sign == "-", v.text), unit)
		c.i += k + 2
		found = true
	}
}

var numberInText = regexp.MustCompile(`^\s*[-+]?\s*(\d+(\.\d*)?|\.\d+)\s*$`)

// signed is a number as written in a string, perhaps with space around its own
// sign, under another sign before the string.
func signed(negative bool, text string) string {
	text = strings.TrimSpace(text)
	body := strings.TrimSpace(strings.TrimLeft(text, "+-"))
	if strings.HasPrefix(text, "-") != negative {
		return "-" + body
	}
	return body
}

// intervalText reads the parts of INTERVAL '1 day 2 hours'.
func (w *walker) intervalText(sum *intervalSum, t token) {
	toks, err := lex(t.text, w.opts)
	if err != nil {
		sum.bad = true
		return
	}
	c := &cursor{toks: toks}
	c.accept("INTERVAL")
	w.intervalParts(sum, c, false)
	sum.bad = sum.bad || !c.done()
}

// unitToUnit reads [-]'…' unit TO unit.
func (w *walker) unitToUnit(sum *intervalSum, c *cursor) bool {
	k := 0
	if c.peek().isOp("+", "-") {
		k = 1
	}
	if c.at(k).kind != str || !c.at(k+2).isWord("TO") {
		return false
	}
	from, ok1 := unitOf(c.at(k + 1))
	to, ok2 := unitOf(c.at(k + 3))
	if !ok1 || !ok2 || from.yearMonth != to.yearMonth || from.field >= to.field {
		w.fail(errorAt(c.at(k).beg, condInterval+".UNSUPPORTED_FROM_TO_EXPRESSION", "Cannot support (interval '%s' %s to %s) expression.",
			c.at(k).text, strings.ToLower(c.at(k+1).text), strings.ToLower(c.at(k+3).text)))
	}
	text := strings.TrimSpace(c.at(k).text)
	if !betweenUnits(sum, text, c.peek().isOp("-"), from, to) {
		w.unmatchedFormat(c.at(k), from, to)
	}
	_, months, _ := strings.Cut(strings.TrimLeft(text, "+-"), "-")
	if m := strings.TrimLeft(months, "0"); from.yearMonth && len(m) > 1 && m != "10" && m != "11" {
		w.fail(errorAt(c.at(k).beg, condInterval+".INTERVAL_PARSING", "Error parsing '%s' to interval. Error parsing interval year-month string: month %s outside range [0, 11].", text, months))
	}
	c.i += k + 4
	return true
}

var (
	dayTimeUnits   = [...]string{"DAY", "HOUR", "MINUTE", "SECOND"}
	yearMonthUnits = [...]string{"YEAR", "MONTH"}
)

// unmatchedFormat stops at text that does not have the fields its units ask for.
func (w *walker) unmatchedFormat(t token, from, to intervalUnit) {
	if from.yearMonth {
		w.fail(errorAt(t.beg, condInterval+".UNMATCHED_FORMAT_STRING", "Error parsing '%s' to interval. Interval string does not match year-month format of `[+|-]y-m`, `INTERVAL [+|-]'[+|-]y-m' YEAR TO MONTH` when cast to interval year to month: %s.", t.text, t.text))
	}
	units := strings.ToLower(dayTimeUnits[from.field] + " to " + dayTimeUnits[to.field])
	w.fail(errorAt(t.beg, condInterval+".UNMATCHED_FORMAT_STRING_WITH_NOTICE", "Error parsing '%s' to interval. Interval string does not match day-time format when cast to interval %s: %s. Set \"spark.sql.legacy.fromDayTimeString.enabled\" to \"true\" to restore the behavior before Spark 3.0.", t.text, units, t.text))
}

// betweenUnits adds the fields of 1-2 or 1 02:03:04.5; false means that the
// text has another form.
func betweenUnits(sum *intervalSum, text string, negative bool, from, to intervalUnit) bool {
	if strings.HasPrefix(text, "-") {
		negative = !negative
	}
	text = strings.TrimLeft(text, "+-")
	for field := from.field; field <= to.field; field++ {
		n := digits(text, 0)
		if n == 0 {
			return false
		}
		if field == 3 && n < len(text) && text[n] == '.' {
			n = digits(text, n+1)
		}
		unit := dayTimeUnits[:]
		if from.yearMonth {
			unit = yearMonthUnits[:]
		}
		sum.add(signed(negative, text[:n]), intervalUnitOf[unit[field]])
		text = text[n:]
		if field < to.field {
			rest := strings.TrimLeft(text, separator(from, field))
			if len(rest) == len(text) || len(text)-len(rest) > 1 && text[0] != ' ' {
				return false
			}
			text = rest
		}
	}
	return text == ""
}

// separator is what stands between a field and the next.
func separator(from intervalUnit, field uint8) string {
	switch {
	case from.yearMonth:
		return "-"
	case field == 0:
		return " "
	}
	return ":"
}
