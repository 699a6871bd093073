package javafmt

import "strings"

// field is what a pattern letter stands for.
type field uint8

const (
	fieldEra field = iota
	fieldYear
	fieldYearOfEra
	fieldQuarter
	fieldMonth
	fieldDayOfYear
	fieldDayOfMonth
	fieldAlignedWeekday // F: 1 for the days 1, 8, 15 … of the month, 2 for 2, 9 …
	fieldWeekday
	fieldAmPm
	fieldHourOfAmPm
	fieldClockHourOfAmPm
	fieldHour
	fieldClockHour
	fieldMinute
	fieldSecond
	fieldNano
	fieldCount
)

// fieldNames are those of java.time.temporal.ChronoField, for messages.
var fieldNames = [fieldCount]string{
	fieldEra: "Era", fieldYear: "Year", fieldYearOfEra: "YearOfEra", fieldQuarter: "QuarterOfYear",
	fieldMonth: "MonthOfYear", fieldDayOfYear: "DayOfYear", fieldDayOfMonth: "DayOfMonth",
	fieldAlignedWeekday: "AlignedDayOfWeekInMonth", fieldWeekday: "DayOfWeek", fieldAmPm: "AmPmOfDay",
	fieldHourOfAmPm: "HourOfAmPm", fieldClockHourOfAmPm: "ClockHourOfAmPm", fieldHour: "HourOfDay",
	fieldClockHour: "ClockHourOfDay", fieldMinute: "MinuteOfHour", fieldSecond: "SecondOfMinute", fieldNano: "NanoOfSecond",
}

// letter compiles a run of n equal pattern letters.
func (c *patternCompiler) letter(l byte, n int) *Error {
	switch l {
	case 'u', 'y':
		return c.year(l, n)
	case 'M', 'L':
		return c.numberOrText(l, n, fieldMonth)
	case 'Q', 'q':
		return c.numberOrText(l, n, fieldQuarter)
	case 'd', 'H', 'k', 'K', 'h', 'm', 's', 'D', 'F':
		return c.number(l, n)
	case 'G', 'E', 'a':
		return c.text(l, n)
	case 'S':
		return c.fraction(n)
	case 'V', 'z', 'X', 'x', 'Z', 'O':
		return c.zone(l, n)
	case 'v', 'g':
		return &Error{"INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "22007",
			"Unsupported pattern letter in " + c.pattern + ": " + string(l)}
	}
	return invalidPattern("Unknown pattern letter: %c", l)
}

func tooMany(l byte) *Error { return invalidPattern("Too many pattern letters: %c", l) }

func (c *patternCompiler) year(l byte, n int) *Error {
	f := fieldYear
	if l == 'y' {
		f = fieldYearOfEra
	}
	switch {
	case n > 19:
		return invalidPattern("The maximum width must be from 1 to 19 inclusive but was %d", n)
	case n == 2:
		c.addNumber(element{kind: kindReduced, field: f, min: 2, max: 2, sign: signNotNegative})
	case n < 4:
		c.addNumber(element{kind: kindNumber, field: f, min: int8(n), max: 19})
	default:
		c.addNumber(element{kind: kindNumber, field: f, min: int8(n), max: 19, sign: signExceedsPad})
	}
	return nil
}

func (c *patternCompiler) numberOrText(l byte, n int, f field) *Error {
	switch n {
	case 1:
		c.addNumber(element{kind: kindNumber, field: f, min: 1, max: 19})
	case 2:
		c.addNumber(element{kind: kindNumber, field: f, min: 2, max: 2, sign: signNotNegative})
	case 3:
		c.add(element{kind: kindText, field: f, style: styleShort})
	case 4:
		c.add(element{kind: kindText, field: f, style: styleFull})
	default:
		return tooMany(l)
	}
	return nil
}

func (c *patternCompiler) number(l byte, n int) *Error {
	fields := [...]field{fieldDayOfMonth, fieldHour, fieldClockHour, fieldHourOfAmPm, fieldClockHourOfAmPm,
		fieldMinute, fieldSecond, fieldDayOfYear, fieldAlignedWeekday}
	e := element{kind: kindNumber, field: fields[strings.IndexByte("dHkKhmsDF", l)]}
	switch {
	case n == 1:
		e.min, e.max = 1, 19
	case l == 'F' || n > 3 || n == 3 && l != 'D':
		return tooMany(l)
	case l == 'D':
		e.min, e.max, e.sign = int8(n), 3, signNotNegative
	default:
		e.min, e.max, e.sign = 2, 2, signNotNegative
	}
	c.addNumber(e)
	return nil
}

func (c *patternCompiler) text(l byte, n int) *Error {
	e := element{kind: kindText}
	switch {
	case l == 'a' && n == 1:
		e.field = fieldAmPm
	case l == 'a' || n > 4:
		return tooMany(l)
	case l == 'G':
		e.field = fieldEra
	default:
		e.field = fieldWeekday
	}
	if n == 4 {
		e.style = styleFull
	}
	c.add(e)
	return nil
}

// fraction compiles S. A pattern for parsing takes any number of digits up to n.
func (c *patternCompiler) fraction(n int) *Error {
	if n > 9 {
		return invalidPattern("Maximum width must be from 1 to 9 inclusive but was %d", n)
	}
	e := element{kind: kindFraction, field: fieldNano, min: int8(n), max: int8(n), sign: signNotNegative}
	if c.purpose == ForParsing && n > 1 {
		e.min = 1
		c.add(e)
		return nil
	}
	c.addNumber(e)
	return nil
}

func (c *patternCompiler) zone(l byte, n int) *Error {
	e := element{kind: kindOffset, literal: "Z"}
	switch {
	case l == 'V' && n != 2:
		return invalidPattern("Pattern letter count must be 2: V")
	case l == 'V':
		e.kind = kindZoneID
	case l == 'O' && n != 1 && n != 4:
		return invalidPattern("Pattern letter count must be 1 or 4: O")
	case n > 5 || l == 'z' && n > 4:
		return tooMany(l)
	case l == 'O' || l == 'Z' && n == 4:
		e.kind = kindLocalizedOffset
	case l == 'z':
		e.kind = kindZoneText
	case l == 'Z' && n < 4:
		e.literal, e.offset = "+0000", offsetPatterns[2]
	default:
		e.offset = offsetPatterns[n]
		if l == 'x' {
			e.literal = [...]string{1: "+00", 2: "+0000", 3: "+00:00", 4: "+0000", 5: "+00:00"}[n]
		}
	}
	if n == 4 {
		e.style = styleFull
	}
	c.add(e)
	return nil
}

// offsetPattern is the shape of a numeric offset from UTC: hours, then minutes,
// then seconds.
type offsetPattern struct {
	colon           bool
	minutesOptional bool
	seconds         bool // printed and parsed when not zero
}

// offsetPatterns is indexed by the number of letters X or x.
var offsetPatterns = [...]offsetPattern{
	1: {minutesOptional: true},
	2: {},
	3: {colon: true},
	4: {seconds: true},
	5: {colon: true, seconds: true},
}
