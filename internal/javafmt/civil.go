package javafmt

// The calendar is the proleptic Gregorian one, as in java.time and in Spark's
// DATE. Days count from 1970-01-01; years are astronomical (0 is 1 BC).

const (
	daysPerCycle = 146097 // 400 years
	// epochShift is the days from 0000-03-01 to 1970-01-01.
	epochShift = 719468
	// cycleShift moves all days of an int32 (and all microseconds of an int64)
	// to the positive side, so that division is division of unsigned numbers.
	cycleShift = 15000
)

// CivilFromDays returns the date of the given day since 1970-01-01. It is right
// for |days| <= 2^31, which holds all of Spark's dates and timestamps.
//
// The arithmetic is that of Neri and Schneider, "Euclidean affine functions and
// their application to calendar algorithms": three multiplications where the
// usual way has five divisions.
func CivilFromDays(days int64) (year, month, day int) {
	n := uint64(days+epochShift+daysPerCycle*cycleShift)*4 + 3
	century := n / daysPerCycle
	ofCentury := uint32(n % daysPerCycle / 4)
	p := uint64(4*ofCentury+3) * 2939745
	ofYear := uint32(p) / 2939745 / 4
	m := 2141*ofYear + 197913
	year = int(100*century+p>>32) - 400*cycleShift
	month = int(m >> 16)
	day = int(m&0xffff/2141) + 1
	if ofYear >= 306 { // January and February end the computational year
		return year + 1, month - 12, day
	}
	return year, month, day
}

// DaysFromCivil returns the day since 1970-01-01 of a date. The month must be
// in 1..12; the day may be any number and counts on from the first of the
// month.
func DaysFromCivil(year, month, day int) int64 {
	y := int64(year)
	if month <= 2 {
		y--
		month += 12
	}
	cycle := y / 400
	if y < 0 && y%400 != 0 {
		cycle--
	}
	ofCycle := y - cycle*400
	ofYear := int64(153*(month-3)+2)/5 + int64(day) - 1
	return cycle*daysPerCycle + ofCycle*365 + ofCycle/4 - ofCycle/100 + ofYear - epochShift
}

// IsLeap reports whether the year has a 29 February.
func IsLeap(year int) bool {
	return year&3 == 0 && (year%100 != 0 || year%400 == 0)
}

// DaysInMonth returns the length of a month in 1..12.
func DaysInMonth(year, month int) int {
	if month == 2 {
		if IsLeap(year) {
			return 29
		}
		return 28
	}
	return 30 + (month+month>>3)&1
}

// DayOfYear returns 1 for 1 January and 365 or 366 for 31 December.
func DayOfYear(year, month, day int) int {
	n := [...]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}[month-1] + day
	if month > 2 && IsLeap(year) {
		n++
	}
	return n
}

// Weekday returns the day of the week of a day since 1970-01-01, by ISO: 1 is
// Monday, 7 is Sunday.
func Weekday(days int64) int {
	w := (days + 3) % 7
	if w < 0 {
		w += 7
	}
	return int(w) + 1
}
