package javafmt

import (
	"fmt"
	"strconv"
	"strings"
)

// fieldRanges are the valid values of the fields that can be parsed, and how
// Java writes them in messages.
var fieldRanges = [fieldCount]struct {
	low, high int64
	text      string
}{
	fieldYear:            {-999999999, 999999999, "-999999999 - 999999999"},
	fieldYearOfEra:       {1, 1000000000, "1 - 999999999/1000000000"},
	fieldMonth:           {1, 12, "1 - 12"},
	fieldDayOfYear:       {1, 366, "1 - 365/366"},
	fieldDayOfMonth:      {1, 31, "1 - 28/31"},
	fieldAmPm:            {0, 1, "0 - 1"},
	fieldHourOfAmPm:      {0, 11, "0 - 11"},
	fieldClockHourOfAmPm: {1, 12, "1 - 12"},
	fieldHour:            {0, 23, "0 - 23"},
	fieldClockHour:       {1, 24, "1 - 24"},
	fieldMinute:          {0, 59, "0 - 59"},
	fieldSecond:          {0, 59, "0 - 59"},
	fieldNano:            {0, 999999999, "0 - 999999999"},
}

// overflow is the reason for a moment that microseconds cannot tell.
const overflow = "long overflow"

// check returns a reason if any of the fields was read and is out of range.
func (p *parsed) check(fields ...field) string {
	for _, f := range fields {
		r := &fieldRanges[f]
		if v := p.values[f]; p.isSet(f) && (v < r.low || v > r.high) {
			return fmt.Sprintf("Invalid value for %s (valid values %s): %d", fieldNames[f], r.text, v)
		}
	}
	return ""
}

func (p *parsed) or(f field, missing int) int {
	if p.isSet(f) {
		return int(p.values[f])
	}
	return missing
}

// resolve turns the fields into a moment, strictly: fields that say the same
// thing twice must agree. It gives the reason if they do not make one; inText
// says that Java reports it as an error of the text and not of Spark's
// completion of a partial date.
func (p *parsed) resolve() (out Parsed, reason string, inText bool) {
	if reason = p.resolveYear(); reason != "" {
		return out, reason, true
	}
	days, reason := p.resolveDate()
	if reason != "" && p.hasFullDate() {
		return out, reason, true
	}
	micros, timeReason := p.resolveTime()
	if timeReason != "" {
		return out, timeReason, true
	}
	if reason != "" {
		return out, reason, false
	}
	const maxDays = 106_751_991 // beyond, microseconds leave int64
	if days > maxDays || days < -maxDays || days == maxDays && days*microsPerDay+micros < 0 {
		return out, overflow, false
	}
	out = Parsed{LocalMicros: days*microsPerDay + micros, Offset: p.offset, HasOffset: p.hasOffset, Zone: p.zone}
	if p.zone != "" {
		out.Offset, out.HasOffset = 0, false
	}
	return out, "", false
}

func (p *parsed) resolveYear() string {
	if !p.isSet(fieldYearOfEra) {
		return ""
	}
	if reason := p.check(fieldYearOfEra); reason != "" {
		return reason
	}
	year := p.values[fieldYearOfEra]
	if p.isSet(fieldEra) && p.values[fieldEra] == 0 {
		year = 1 - year
	}
	p.set(fieldYear, year, 0, 0)
	return ""
}

// hasFullDate reports whether Java itself makes a date of the fields.
func (p *parsed) hasFullDate() bool {
	return p.isSet(fieldYear) && (p.isSet(fieldDayOfYear) || p.isSet(fieldMonth) && p.isSet(fieldDayOfMonth))
}

func (p *parsed) resolveDate() (days int64, reason string) {
	if reason = p.check(fieldYear); reason != "" {
		return 0, reason
	}
	year := p.or(fieldYear, 1970)
	byMonth := p.isSet(fieldYear) && p.isSet(fieldMonth) && p.isSet(fieldDayOfMonth)
	if p.isSet(fieldDayOfYear) && !byMonth {
		return p.resolveYearDay(year)
	}
	if reason = p.check(fieldMonth, fieldDayOfMonth); reason != "" {
		return 0, reason
	}
	month, day := p.or(fieldMonth, 1), p.or(fieldDayOfMonth, 1)
	switch {
	case day <= DaysInMonth(year, month):
	case day == 29:
		return 0, "Invalid date 'February 29' as '" + strconv.Itoa(year) + "' is not a leap year"
	default:
		return 0, "Invalid date '" + strings.ToUpper(monthNames[month-1]) + " " + strconv.Itoa(day) + "'"
	}
	if got := DayOfYear(year, month, day); p.isSet(fieldDayOfYear) && p.or(fieldDayOfYear, 0) != got {
		return 0, p.conflict(fieldDayOfYear, int64(got), year, month, day)
	}
	return DaysFromCivil(year, month, day), ""
}

func (p *parsed) resolveYearDay(year int) (days int64, reason string) {
	reason = p.check(fieldDayOfYear)
	if reason == "" && !p.isSet(fieldYear) {
		reason = p.check(fieldMonth, fieldDayOfMonth)
	}
	if reason != "" {
		return 0, reason
	}
	ofYear := p.or(fieldDayOfYear, 1)
	if ofYear == 366 && !IsLeap(year) {
		return 0, "Invalid date 'DayOfYear 366' as '" + strconv.Itoa(year) + "' is not a leap year"
	}
	days = DaysFromCivil(year, 1, ofYear)
	_, month, day := CivilFromDays(days)
	if p.isSet(fieldMonth) && p.or(fieldMonth, 0) != month {
		return 0, p.conflict(fieldMonth, int64(month), year, month, day)
	}
	if p.isSet(fieldDayOfMonth) && p.or(fieldDayOfMonth, 0) != day {
		return 0, p.conflict(fieldDayOfMonth, int64(day), year, month, day)
	}
	return days, ""
}

// conflict words a contradiction. Java and Spark word it the other way round
// from each other.
func (p *parsed) conflict(f field, derived int64, year, month, day int) string {
	first, second, end := derived, p.values[f], ""
	if !p.isSet(fieldYear) {
		first, second, end = second, first, "."
	}
	return fmt.Sprintf("Conflict found: Field %s %d differs from %s %d derived from %04d-%02d-%02d%s",
		fieldNames[f], first, fieldNames[f], second, year, month, day, end)
}

func (p *parsed) resolveTime() (micros int64, reason string) {
	reason = p.check(fieldClockHour, fieldClockHourOfAmPm, fieldAmPm, fieldHourOfAmPm, fieldHour, fieldMinute, fieldSecond, fieldNano)
	if reason != "" {
		return 0, reason
	}
	hour, known := p.values[fieldHour], p.isSet(fieldHour)
	merge := func(v int64, from field) {
		if known && hour != v && reason == "" {
			reason = fmt.Sprintf("Conflict found: HourOfDay %d differs from HourOfDay %d while resolving  %s", hour, v, fieldNames[from])
		}
		hour, known = v, true
	}
	if p.isSet(fieldClockHour) {
		merge(p.values[fieldClockHour]%24, fieldClockHour)
	}
	half, hasHalf := p.values[fieldHourOfAmPm], p.isSet(fieldHourOfAmPm)
	if p.isSet(fieldClockHourOfAmPm) {
		v := p.values[fieldClockHourOfAmPm] % 12
		if hasHalf && half != v {
			return 0, fmt.Sprintf("Conflict found: HourOfAmPm %d differs from HourOfAmPm %d while resolving  ClockHourOfAmPm", half, v)
		}
		half, hasHalf = v, true
	}
	afternoon, hasAmPm := p.values[fieldAmPm], p.isSet(fieldAmPm)
	switch {
	case hasHalf && hasAmPm:
		merge(afternoon*12+half, fieldAmPm)
	case known && hasAmPm && hour/12 != afternoon:
		reason = fmt.Sprintf("Conflict found: Field AmPmOfDay %d differs from AmPmOfDay %d derived from %02d:%02d",
			hour/12, afternoon, hour, p.values[fieldMinute])
	case known && hasHalf && hour%12 != half:
		reason = fmt.Sprintf("Conflict found: Field HourOfAmPm %d differs from HourOfAmPm %d derived from %02d:%02d",
			hour%12, half, hour, p.values[fieldMinute])
	case !known && hasHalf: // neither AM nor PM is taken as AM
		hour = half
	case !known && hasAmPm:
		hour = afternoon * 12
	}
	seconds := hour*3600 + p.values[fieldMinute]*60 + p.values[fieldSecond]
	return seconds*microsPerSecond + p.values[fieldNano]/1000, reason
}
