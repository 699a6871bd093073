package columnar

import (
	"strconv"

	"github.com/gosql-engine/gosql/internal/javafmt"
)

// appendDate writes yyyy-MM-dd; years outside 0 to 9999 have a sign.
func appendDate(dst []byte, days int64) []byte {
	y, m, d := javafmt.CivilFromDays(days)
	switch {
	case y > 9999:
		dst = strconv.AppendInt(append(dst, '+'), int64(y), 10)
	case y < 0:
		dst = append(dst, '-')
		y = -y
		fallthrough
	default:
		for limit := 1000; y < limit && limit > 1; limit /= 10 {
			dst = append(dst, '0')
		}
		dst = strconv.AppendInt(dst, int64(y), 10)
	}
	return append(dst, '-', byte('0'+m/10), byte('0'+m%10), '-', byte('0'+d/10), byte('0'+d%10))
}

// appendTimestamp writes yyyy-MM-dd HH:mm:ss and the fraction without trailing zeros.
func appendTimestamp(dst []byte, local int64) []byte {
	dst = append(appendDate(dst, floorDiv(local, MicrosPerDay)), ' ')
	clock := floorMod(local, MicrosPerDay)
	dst = appendClock(dst, clock)
	return appendFraction(dst, clock%MicrosPerSecond)
}

// appendClock writes HH:mm:ss of microseconds since midnight.
func appendClock(dst []byte, micros int64) []byte {
	s := int(micros / MicrosPerSecond)
	h, m, s := s/3600, s/60%60, s%60
	return append(dst, byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10), ':', byte('0'+s/10), byte('0'+s%10))
}

// appendFraction writes .ffffff without trailing zeros, and nothing for 0.
func appendFraction(dst []byte, micros int64) []byte {
	if micros == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := int64(100_000); micros > 0; unit /= 10 {
		dst = append(dst, byte('0'+micros/unit))
		micros %= unit
	}
	return dst
}

// appendYearMonth writes INTERVAL '1-2' YEAR TO MONTH, by the type's fields.
func appendYearMonth(dst []byte, months int32, t Type) []byte {
	dst = append(dst, "INTERVAL '"...)
	n := int64(months)
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	switch {
	case t.Scale == 0:
		dst = strconv.AppendInt(dst, n/12, 10)
	case t.Precision == 1:
		dst = strconv.AppendInt(dst, n, 10)
	default:
		dst = strconv.AppendInt(dst, n/12, 10)
		dst = strconv.AppendInt(append(dst, '-'), n%12, 10)
	}
	return appendIntervalFields(append(dst, "' "...), t)
}

// appendIntervalFields writes YEAR TO MONTH.
func appendIntervalFields(dst []byte, t Type) []byte {
	return append(dst, t.SQL()[len("INTERVAL "):]...)
}

// dayTimeUnits are the microseconds of DAY, HOUR, MINUTE and SECOND.
var dayTimeUnits = [...]int64{MicrosPerDay, MicrosPerHour, MicrosPerMinute, MicrosPerSecond}

// appendDayTime writes INTERVAL '1 02:03:04.5' DAY TO SECOND, by the type's fields.
func appendDayTime(dst []byte, micros int64, t Type) []byte {
	dst = append(dst, "INTERVAL '"...)
	rest := uint64(micros)
	if micros < 0 {
		dst, rest = append(dst, '-'), -rest
	}
	for field := t.Precision; field <= t.Scale; field++ {
		if field > t.Precision {
			sep := byte(':')
			if field == 1 {
				sep = ' '
			}
			dst = append(dst, sep)
		}
		n := rest / uint64(dayTimeUnits[field])
		rest %= uint64(dayTimeUnits[field])
		if n < 10 && field > 0 {
			dst = append(dst, '0')
		}
		dst = strconv.AppendUint(dst, n, 10)
	}
	if t.Scale == 3 {
		dst = appendFraction(dst, int64(rest))
	}
	return appendIntervalFields(append(dst, "' "...), t)
}

// appendCalendarInterval writes 1 years 2 months 3 days 4 hours 5 minutes 6.7 seconds, leaving out what is zero.
func appendCalendarInterval(dst []byte, v Interval) []byte {
	start := len(dst)
	unit := func(n int64, name string) {
		if n == 0 {
			return
		}
		if len(dst) > start {
			dst = append(dst, ' ')
		}
		dst = append(strconv.AppendInt(dst, n, 10), name...)
	}
	unit(int64(v.Months/12), " years")
	unit(int64(v.Months%12), " months")
	unit(int64(v.Days), " days")
	unit(v.Micros/MicrosPerHour, " hours")
	unit(v.Micros%MicrosPerHour/MicrosPerMinute, " minutes")
	if s := v.Micros % MicrosPerMinute; s != 0 {
		if len(dst) > start {
			dst = append(dst, ' ')
		}
		if s < 0 {
			dst, s = append(dst, '-'), -s
		}
		dst = strconv.AppendInt(dst, s/MicrosPerSecond, 10)
		dst = append(appendFraction(dst, s%MicrosPerSecond), " seconds"...)
	}
	if len(dst) == start {
		return append(dst, "0 seconds"...)
	}
	return dst
}
