package javafmt

import (
	"fmt"
	"strconv"
)

const (
	microsPerSecond = 1_000_000
	microsPerDay    = 86_400 * microsPerSecond
)

// Zoned is a moment as a Formatter prints it.
type Zoned struct {
	LocalMicros int64  // microseconds from 1970-01-01 00:00 on the wall clock of the zone
	Offset      int    // seconds east of UTC at that moment
	Zone        string // the zone's id, for VV and z: "America/Los_Angeles", "Z", "+08:00"
	DST         bool   // summer time, for z
}

// moment holds the fields of a Zoned, computed once per value.
type moment struct {
	year, month, day int
	days             int64
	hour, minute     int
	second, micro    int
}

func newMoment(localMicros int64) moment {
	days, rest := localMicros/microsPerDay, localMicros%microsPerDay
	if rest < 0 {
		days, rest = days-1, rest+microsPerDay
	}
	m := moment{days: days}
	m.year, m.month, m.day = CivilFromDays(days)
	seconds := int(rest / microsPerSecond)
	m.micro = int(rest % microsPerSecond)
	m.hour, m.minute, m.second = seconds/3600, seconds/60%60, seconds%60
	return m
}

// Format appends t to dst. It fails only where Java does: on a number wider
// than its letters allow.
func (f *Formatter) Format(dst []byte, t Zoned) ([]byte, error) {
	m := newMoment(t.LocalMicros)
	return appendElements(dst, f.elements, &m, &t)
}

func appendElements(dst []byte, elements []element, m *moment, t *Zoned) ([]byte, error) {
	for i := range elements {
		e := &elements[i]
		switch e.kind {
		case kindLiteral:
			dst = append(dst, e.literal...)
		case kindNumber:
			v := m.get(e.field)
			if e.max == 2 && uint64(v) < 100 { // Fast path - MM, dd, HH, mm, ss
				dst = appendTwoDigits(dst, int(v))
				continue
			}
			var err error
			if dst, err = appendNumber(dst, e, v); err != nil {
				return dst, err
			}
		case kindReduced:
			dst = appendTwoDigits(dst, int(max(m.get(e.field), -m.get(e.field))%100))
		case kindFraction:
			dst = appendFractionDigits(dst, m.micro, int(e.max))
		case kindText:
			dst = append(dst, textOf(e.field, e.style, m.get(e.field))...)
		case kindOffset:
			dst = appendOffset(dst, e, t.Offset)
		case kindLocalizedOffset:
			dst = appendLocalizedOffset(dst, e.style, t.Offset)
		case kindZoneID:
			dst = append(dst, t.Zone...)
		case kindZoneText:
			dst = append(dst, zoneText(t.Zone, t.DST, e.style)...)
		case kindOptional:
			mark := len(dst)
			out, err := appendElements(dst, e.optional, m, t)
			if dst = out; err != nil { // Java leaves out what cannot be printed
				dst = dst[:mark]
			}
		}
	}
	return dst, nil
}

func (m *moment) get(f field) int64 {
	switch f {
	case fieldEra:
		if m.year > 0 {
			return 1
		}
		return 0
	case fieldYear:
		return int64(m.year)
	case fieldYearOfEra:
		if m.year > 0 {
			return int64(m.year)
		}
		return int64(1 - m.year)
	case fieldQuarter:
		return int64((m.month + 2) / 3)
	case fieldMonth:
		return int64(m.month)
	case fieldDayOfYear:
		return int64(DayOfYear(m.year, m.month, m.day))
	case fieldDayOfMonth:
		return int64(m.day)
	case fieldAlignedWeekday:
		return int64((m.day-1)%7 + 1)
	case fieldWeekday:
		return int64(Weekday(m.days))
	}
	return m.getTime(f)
}

func (m *moment) getTime(f field) int64 {
	switch f {
	case fieldAmPm:
		return int64(m.hour / 12)
	case fieldHourOfAmPm:
		return int64(m.hour % 12)
	case fieldClockHourOfAmPm:
		return int64((m.hour+11)%12 + 1)
	case fieldHour:
		return int64(m.hour)
	case fieldClockHour:
		return int64((m.hour+23)%24 + 1)
	case fieldMinute:
		return int64(m.minute)
	case fieldSecond:
		return int64(m.second)
	}
	return int64(m.micro) * 1000
}

func appendTwoDigits(dst []byte, v int) []byte {
	return append(dst, byte('0'+v/10), byte('0'+v%10))
}

func appendNumber(dst []byte, e *element, v int64) ([]byte, error) {
	var buf [20]byte
	digits := strconv.AppendInt(buf[:0], max(v, -v), 10)
	if len(digits) > int(e.max) {
		return dst, &Error{"INVALID_DATETIME_PATTERN.LENGTH", "22007", fmt.Sprintf(
			"Field %s cannot be printed as the value %d exceeds the maximum print width of %d", fieldNames[e.field], v, e.max)}
	}
	switch {
	case v < 0 && e.sign == signNotNegative:
		return dst, &Error{"INVALID_DATETIME_PATTERN.LENGTH", "22007", fmt.Sprintf(
			"Field %s cannot be printed as the value %d cannot be negative according to the SignStyle", fieldNames[e.field], v)}
	case v < 0:
		dst = append(dst, '-')
	case e.sign == signExceedsPad && len(digits) > int(e.min):
		dst = append(dst, '+')
	}
	for n := len(digits); n < int(e.min); n++ {
		dst = append(dst, '0')
	}
	return append(dst, digits...), nil
}

func appendFractionDigits(dst []byte, micro, width int) []byte {
	unit := 100_000
	for range width {
		if unit == 0 {
			dst = append(dst, '0')
			continue
		}
		dst = append(dst, byte('0'+micro/unit%10))
		unit /= 10
	}
	return dst
}

// HasZone reports whether the pattern has a letter for the zone or its offset
// (V z O X x Z), which a time without zone cannot fill.
func (f *Formatter) HasZone() bool { return hasZone(f.elements) }

func hasZone(elements []element) bool {
	for _, e := range elements {
		switch e.kind {
		case kindOffset, kindLocalizedOffset, kindZoneID, kindZoneText:
			return true
		case kindOptional:
			if hasZone(e.optional) {
				return true
			}
		}
	}
	return false
}
