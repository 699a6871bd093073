package sql

import (
	"math"
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
	switch {
	case s.months1 && s.time1:
		v := columnar.NewFixed(columnar.CalendarType, []columnar.Interval{{Months: int32(s.months), Days: int32(s.days), Micros: s.micros}}, nil)
		return &logical.Literal{Value: v, Text: "INTERVAL '" + columnar.FormatValue(v, 0) + "'"}
	case s.months1:
		return logical.NewLiteral(columnar.NewFixed(columnar.YearMonthType(s.first, s.last), []int32{int32(s.months)}, nil))
	}
	return logical.NewLiteral(columnar.NewFixed(columnar.DayTimeType(s.first, s.last), []int64{micros}, nil))
}

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
	switch {
	case sub.peek().kind == str && !isUnit(sub.at(1)):
		w.intervalText(&sum, sub.next())
	case w.unitToUnit(&sum, sub):
	case !w.intervalParts(&sum, sub):
		return false
	case sum.months1 && sum.time1:
		w.fail(errorAt(t.beg, condInterval+".UNSUPPORTED_FROM_TO_EXPRESSION", "Cannot mix year-month and day-time fields in an interval literal."))
	}
	text := w.src[c.at(1).beg:sub.at(-1).end]
	if !sum.valid() {
		w.fail(errorAt(t.beg, condInterval+".UNRECOGNIZED_NUMBER", "Error parsing '%s' to interval. Please ensure that the value provided is in a valid format for defining an interval.", text))
	}
	c.i = sub.i
	l := sum.literal()
	l.Pos = position(t.beg)
	w.value(t.beg, l)
	return true
}

func isUnit(t token) bool { _, ok := unitOf(t); return ok }

// intervalParts reads value unit pairs; false means that there are none.
func (w *walker) intervalParts(sum *intervalSum, c *cursor) (any bool) {
	for {
		k, sign := 0, ""
		if c.peek().isOp("+", "-") {
			k, sign = 1, c.peek().text
		}
		v, u := c.at(k), c.at(k+1)
		unit, ok := unitOf(u)
		if !ok || v.kind != num && v.kind != str {
			return any
		}
		sum.add(signed(sign == "-", v.text), unit)
		c.i += k + 2
		any = true
	}
}

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
	w.intervalParts(sum, c)
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
	betweenUnits(sum, signed(c.peek().isOp("-"), c.at(k).text), from, to)
	c.i += k + 4
	return true
}

var dayTimeUnits = [...]string{"DAY", "HOUR", "MINUTE", "SECOND"}
var yearMonthUnits = [...]string{"YEAR", "MONTH"}

// betweenUnits splits 1-2 or 1 02:03:04.5 into its fields.
func betweenUnits(sum *intervalSum, text string, from, to intervalUnit) {
	negative := strings.HasPrefix(text, "-")
	text = strings.TrimPrefix(text, "-")
	units, fields := dayTimeUnits[:], strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ':' })
	if from.yearMonth {
		units, fields = yearMonthUnits[:], strings.Split(text, "-")
	}
	if len(fields) != int(to.field-from.field)+1 {
		sum.bad = true
		return
	}
	for i, f := range fields {
		sum.bad = sum.bad || f == "" || !isDigit(f[0])
		sum.add(signed(negative, f), intervalUnitOf[units[int(from.field)+i]])
	}
}
