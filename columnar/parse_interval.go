package columnar

import (
	"math"
	"strings"
)

// ParseInterval reads a CALENDAR INTERVAL: "1 year -2 days 3.5 seconds", in any case, perhaps after the word interval. Units are
// year, month, week, day, hour, minute, second, millisecond and microsecond, also with an s; only seconds may have a fraction, of at
// most nine digits. Errors are INVALID_INTERVAL_FORMAT with Spark's subcondition.
func ParseInterval(s []byte) (Interval, error) {
	text := string(trimBlank(s))
	p := intervalReader{input: string(s), s: strings.ToLower(text)}
	if err := p.prefix(); err != nil {
		return Interval{}, err
	}
	for p.skipBlank(); p.i < len(p.s); p.skipBlank() {
		if err := p.part(); err != nil {
			return Interval{}, err
		}
	}
	return p.out, nil
}

// intervalReader takes the text of a calendar interval apart.
type intervalReader struct {
	input, s string // as given; trimmed and in lower case
	i        int    // in s
	out      Interval
}

func (p *intervalReader) peek() byte {
	if p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

func (p *intervalReader) skipBlank() {
	for p.i < len(p.s) && isBlank(p.s[p.i]) {
		p.i++
	}
}

// word is the whole blank-separated word around the current place, for errors.
func (p *intervalReader) word() string {
	lo, hi := min(p.i, len(p.s)), p.i
	for lo > 0 && !isBlank(p.s[lo-1]) {
		lo--
	}
	for hi < len(p.s) && !isBlank(p.s[hi]) {
		hi++
	}
	return p.s[lo:max(hi, lo)]
}

// lastWord is the word that the text ends with.
func (p *intervalReader) lastWord() string {
	p.i = len(p.s)
	for p.i > 0 && isBlank(p.s[p.i-1]) {
		p.i--
	}
	return p.word()
}

func (p *intervalReader) fail(sub, format string, args ...any) error {
	return intervalError(p.input, sub, format, args...)
}

// intervalError is INVALID_INTERVAL_FORMAT.sub about a text.
func intervalError(input, sub, format string, args ...any) *Error {
	return Errorf("INVALID_INTERVAL_FORMAT."+sub, "Error parsing '%s' to interval. Please ensure that the value provided is in a valid format for "+
		"defining an interval. You can reference the documentation for the correct format. "+format, append([]any{input}, args...)...)
}

// prefix consumes the word interval.
func (p *intervalReader) prefix() error {
	if rest, ok := strings.CutPrefix(p.s, "interval"); ok {
		if rest != "" && !isBlank(rest[0]) {
			return p.fail("INVALID_PREFIX", "Invalid interval prefix %s.", p.word())
		}
		p.i = len("interval")
		p.skipBlank()
	}
	if p.i == len(p.s) {
		return p.fail("INPUT_IS_EMPTY", "Interval string cannot be empty.")
	}
	return nil
}

// part consumes one signed number with its unit and adds it up.
func (p *intervalReader) part() error {
	neg := false
	if c := p.peek(); c == '-' || c == '+' {
		neg = c == '-'
		p.i++
		if p.skipBlank(); p.i == len(p.s) {
			return p.fail("MISSING_NUMBER", "Expect a number after %s but hit EOL.", p.lastWord())
		}
		if c := p.peek(); c != '.' && c-'0' > 9 {
			return p.fail("INVALID_VALUE", "Invalid value %s.", p.word())
		}
	} else if c != '.' && c-'0' > 9 {
		return p.fail("UNRECOGNIZED_NUMBER", "Unrecognized number %s.", p.word())
	}
	value, micros, fraction, err := p.number()
	if err != nil {
		return err
	}
	if p.skipBlank(); p.i == len(p.s) {
		return p.fail("MISSING_UNIT", "Expect a unit name after %s but hit EOL.", p.lastWord())
	}
	if neg {
		value, micros = -value, -micros
	}
	return p.unit(value, micros, fraction)
}

// number consumes digits, perhaps with a fraction, which is returned in microseconds.
func (p *intervalReader) number() (value, micros int64, fraction bool, err error) {
	digits := 0
	for ; p.peek()-'0' <= 9; p.i++ {
		d := int64(p.peek() - '0')
		if value > (math.MaxInt64-d)/10 {
			return 0, 0, false, p.fail("ARITHMETIC_EXCEPTION", "Uncaught arithmetic exception while parsing '%s'.", p.input)
		}
		value = value*10 + d
		digits++
	}
	if p.peek() == '.' {
		fraction = true
		p.i++
		unit := int64(100_000_000) // of nanoseconds
		nanos := int64(0)
		for ; p.peek()-'0' <= 9; p.i++ {
			if unit == 0 {
				return 0, 0, false, p.fail("INVALID_PRECISION", "Interval can only support nanosecond precision, %s is out of range.", p.word())
			}
			nanos += int64(p.peek()-'0') * unit
			unit /= 10
			digits++
		}
		micros = nanos / 1000
	}
	if digits == 0 || p.i < len(p.s) && !isBlank(p.peek()) {
		return 0, 0, false, p.fail("INVALID_VALUE", "Invalid value %s.", p.word())
	}
	return value, micros, fraction, nil
}

// unit consumes a unit's name and adds value of it.
func (p *intervalReader) unit(value, micros int64, fraction bool) error {
	word := p.word()
	if fraction && word[0] != 's' {
		return p.fail("INVALID_FRACTION", "%s cannot have fractional part.", word)
	}
	ok := true
	switch strings.TrimSuffix(word, "s") {
	case "year":
		ok = addTo32(&p.out.Months, value, 12)
	case "month":
		ok = addTo32(&p.out.Months, value, 1)
	case "week":
		ok = addTo32(&p.out.Days, value, 7)
	case "day":
		ok = addTo32(&p.out.Days, value, 1)
	case "hour":
		ok = addTo64(&p.out.Micros, value, MicrosPerHour)
	case "minute":
		ok = addTo64(&p.out.Micros, value, MicrosPerMinute)
	case "second":
		ok = addTo64(&p.out.Micros, value, MicrosPerSecond) && addTo64(&p.out.Micros, micros, 1)
	case "millisecond":
		ok = addTo64(&p.out.Micros, value, 1000)
	case "microsecond":
		ok = addTo64(&p.out.Micros, value, 1)
	default:
		return p.fail("INVALID_UNIT", "Invalid unit %s.", word)
	}
	if !ok {
		return p.fail("ARITHMETIC_EXCEPTION", "Uncaught arithmetic exception while parsing '%s'.", p.input)
	}
	p.i += len(word)
	return nil
}

func addTo64(sum *int64, value, unit int64) bool {
	v, ok := timesInt64(value, unit)
	old := *sum
	*sum += v
	return ok && (v >= 0) == (*sum >= old)
}

func addTo32(sum *int32, value, unit int64) bool {
	v, ok := timesInt64(value, unit)
	if !ok || v > math.MaxInt32 || v < math.MinInt32 {
		return false
	}
	v += int64(*sum)
	*sum = int32(v)
	return v == int64(*sum)
}
