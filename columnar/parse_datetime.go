package columnar

import (
	"math"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/internal/javafmt"
)

// ParseDate reads a date as CAST(STRING AS DATE) does: [+-]yyyy[yyy], yyyy-[m]m and yyyy-[m]m-[d]d, the last with anything behind a
// blank or T. The result is days since 1970-01-01.
func ParseDate(s []byte) (days int32, ok bool) {
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		if y, m, d, ok := fixedDate(s); ok {
			return int32(javafmt.DaysFromCivil(y, m, d)), true
		}
	}
	p := fieldReader{s: trimBlank(s)}
	year, ok := p.year(7)
	if !ok {
		return 0, false
	}
	month, day := 1, 1
	if p.next('-') {
		if month, ok = p.number(1, 2); !ok {
			return 0, false
		}
		if p.next('-') {
			if day, ok = p.number(1, 2); !ok {
				return 0, false
			}
			if p.next(' ') || p.next('T') {
				p.s = nil
			}
		}
	}
	if len(p.s) > 0 || !validDate(year, month, day) {
		return 0, false
	}
	n := javafmt.DaysFromCivil(year, month, day)
	return int32(n), n == int64(int32(n))
}

// fixedDate reads yyyy-mm-dd from the first ten bytes; the dashes have been seen.
func fixedDate(s []byte) (y, m, d int, ok bool) {
	a, b, c, e := s[0]-'0', s[1]-'0', s[2]-'0', s[3]-'0'
	f, g, h, i := s[5]-'0', s[6]-'0', s[8]-'0', s[9]-'0'
	if a > 9 || b > 9 || c > 9 || e > 9 || f > 9 || g > 9 || h > 9 || i > 9 {
		return 0, 0, 0, false
	}
	y, m, d = int(a)*1000+int(b)*100+int(c)*10+int(e), int(f)*10+int(g), int(h)*10+int(i)
	return y, m, d, validDate(y, m, d)
}

func validDate(y, m, d int) bool {
	return m >= 1 && m <= 12 && d >= 1 && (d <= 28 || d <= javafmt.DaysInMonth(y, m))
}

// ParseTimestamp reads a timestamp as CAST(STRING AS TIMESTAMP) does: a date, then after a blank or T [h]h[:[m]m[:[s]s[.fraction]]],
// and after seconds a time zone. A time alone ("10:11", "T10") is of today. Without a zone in the text the clock is zone's. Digits
// beyond microseconds are cut off.
func ParseTimestamp(s []byte, zone *Zone) (micros int64, ok bool) {
	local, ok := fixedTimestamp(s)
	if ok {
		return zone.FromLocal(local)
	}
	f, ok := readTimestamp(s)
	if !ok {
		return 0, false
	}
	if f.zone != "" {
		loc, err := ParseZone(f.zone)
		if err != nil {
			return 0, false
		}
		zone = NewZone(loc)
	}
	if f.timeOnly {
		y, m, d := time.Now().In(zone.loc).Date()
		f.year, f.month, f.day = y, int(m), d
	}
	if local, ok = f.micros(); !ok {
		return 0, false
	}
	return zone.FromLocal(local)
}

// ParseTimestampNTZ reads a timestamp as CAST(STRING AS TIMESTAMP_NTZ) does: like ParseTimestamp, but a zone in the text is checked
// and ignored, and a time alone is no timestamp.
func ParseTimestampNTZ(s []byte) (micros int64, ok bool) {
	if local, ok := fixedTimestamp(s); ok {
		return local, true
	}
	f, ok := readTimestamp(s)
	if !ok || f.timeOnly {
		return 0, false
	}
	if f.zone != "" {
		if _, err := ParseZone(f.zone); err != nil {
			return 0, false
		}
	}
	return f.micros()
}

// fixedTimestamp is the fast path for "yyyy-mm-dd hh:mm:ss[.f…]" without zone, with blank or T.
func fixedTimestamp(s []byte) (micros int64, ok bool) {
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[10] != ' ' && s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	y, m, d, ok := fixedDate(s[:10])
	if !ok {
		return 0, false
	}
	a, b, c, e, f, g := s[11]-'0', s[12]-'0', s[14]-'0', s[15]-'0', s[17]-'0', s[18]-'0'
	if a > 9 || b > 9 || c > 5 || e > 9 || f > 5 || g > 9 || a*10+b > 23 {
		return 0, false
	}
	micros = (int64(a*10+b)*3600 + int64(c*10+e)*60 + int64(f*10+g)) * MicrosPerSecond
	if len(s) > 19 {
		fraction, ok := fixedFraction(s[19:])
		if !ok {
			return 0, false
		}
		micros += fraction
	}
	return javafmt.DaysFromCivil(y, m, d)*MicrosPerDay + micros, true
}

// fixedFraction reads ".f…" as microseconds.
func fixedFraction(s []byte) (int64, bool) {
	if s[0] != '.' {
		return 0, false
	}
	v, unit := int64(0), int64(100_000)
	for _, c := range s[1:] {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		v += int64(d) * unit
		unit /= 10
	}
	return v, true
}

// timestampFields is what a timestamp's text says.
type timestampFields struct {
	year, month, day, hour, minute, second int
	fraction                               int64 // microseconds
	zone                                   string
	timeOnly                               bool
}

// micros is the timestamp on a calendar without zone.
func (f *timestampFields) micros() (int64, bool) {
	if !validDate(f.year, f.month, f.day) || f.hour > 23 || f.minute > 59 || f.second > 59 {
		return 0, false
	}
	days := javafmt.DaysFromCivil(f.year, f.month, f.day)
	clock := int64(f.hour*3600+f.minute*60+f.second)*MicrosPerSecond + f.fraction
	// The clock is counted back from the next midnight where the day's start would not fit.
	if days < 0 {
		days, clock = days+1, clock-MicrosPerDay
	}
	if days > math.MaxInt64/MicrosPerDay || days < math.MinInt64/MicrosPerDay {
		return 0, false
	}
	m := days * MicrosPerDay
	if clock > 0 && m > math.MaxInt64-clock || clock < 0 && m < math.MinInt64-clock {
		return 0, false
	}
	return m + clock, true
}

// readTimestamp is the slow path of the timestamp parsers: every form that Spark takes.
func readTimestamp(s []byte) (f timestampFields, ok bool) {
	startsWithT := len(s) > 0 && s[0] == 'T'
	p := fieldReader{s: trimBlank(s)}
	f.month, f.day = 1, 1
	if startsWithT || p.looksLikeTime() {
		f.timeOnly = true
		p.next('T')
		return f, p.clock(&f)
	}
	if f.year, ok = p.year(6); !ok {
		return f, false
	}
	for i, field := range []*int{&f.month, &f.day} {
		if len(p.s) == 0 {
			return f, true
		}
		if !p.next('-') {
			return f, false
		}
		if *field, ok = p.number(1, 2); !ok {
			return f, false
		}
		if i == 1 && len(p.s) == 0 {
			return f, true
		}
	}
	if !p.next(' ') && !p.next('T') {
		return f, false
	}
	return f, p.clock(&f)
}

// fieldReader takes a date or a time apart from the left.
type fieldReader struct{ s []byte }

// next consumes c if it comes next.
func (p *fieldReader) next(c byte) bool {
	if len(p.s) == 0 || p.s[0] != c {
		return false
	}
	p.s = p.s[1:]
	return true
}

// number consumes all digits that follow, which must be between least and most.
func (p *fieldReader) number(least, most int) (v int, ok bool) {
	n := 0
	for n < len(p.s) && p.s[n]-'0' <= 9 {
		if n < 9 {
			v = v*10 + int(p.s[n]-'0')
		}
		n++
	}
	p.s = p.s[n:]
	return v, n >= least && n <= most
}

// year consumes an optional sign and four or more digits.
func (p *fieldReader) year(most int) (v int, ok bool) {
	neg := len(p.s) > 0 && p.s[0] == '-'
	if !neg || !p.next('-') {
		p.next('+')
	}
	v, ok = p.number(4, most)
	if neg {
		v = -v
	}
	return v, ok
}

// looksLikeTime says whether one or two digits and a colon come next.
func (p *fieldReader) looksLikeTime() bool {
	return len(p.s) > 1 && p.s[1] == ':' || len(p.s) > 2 && p.s[2] == ':'
}

// clock consumes the rest: [h]h[:[m]m[:[s]s[.fraction][zone]]].
func (p *fieldReader) clock(f *timestampFields) (ok bool) {
	for i, field := range []*int{&f.hour, &f.minute, &f.second} {
		if i > 0 {
			if len(p.s) == 0 {
				return true
			}
			if !p.next(':') {
				return false
			}
		}
		if *field, ok = p.number(1, 2); !ok {
			return false
		}
	}
	if p.next('.') {
		unit := int64(100_000)
		for len(p.s) > 0 && p.s[0]-'0' <= 9 {
			f.fraction += int64(p.s[0]-'0') * unit
			unit /= 10
			p.s = p.s[1:]
		}
	}
	f.zone = strings.TrimFunc(string(p.s), func(r rune) bool { return r <= ' ' })
	return len(p.s) == 0 || f.zone != ""
}

// SpecialDate is the value of the words that Spark takes in DATE literals: epoch, now, today, tomorrow and yesterday, in any case,
// perhaps with a time zone behind (checked and ignored). now is the query's start.
func SpecialDate(s string, zone *time.Location, now time.Time) (days int32, ok bool) {
	word, _, ok := specialWord(s)
	if !ok {
		return 0, false
	}
	y, m, d := now.In(zone).Date()
	today := int32(javafmt.DaysFromCivil(y, int(m), d))
	switch word {
	case "epoch":
		return 0, true
	case "now", "today":
		return today, true
	case "tomorrow":
		return today + 1, true
	case "yesterday":
		return today - 1, true
	}
	return 0, false
}

// SpecialTimestamp is SpecialDate for TIMESTAMP literals: the days begin at midnight of zone, or of the zone named in the text.
func SpecialTimestamp(s string, zone *time.Location, now time.Time) (micros int64, ok bool) {
	word, named, ok := specialWord(s)
	if !ok {
		return 0, false
	}
	if named != nil {
		zone = named
	}
	switch word {
	case "epoch":
		return 0, true
	case "now":
		return now.UnixMicro(), true
	}
	days, ok := SpecialDate(word, zone, now)
	if !ok {
		return 0, false
	}
	return NewZone(zone).FromLocal(int64(days) * MicrosPerDay)
}

// specialWord splits "today Europe/Paris".
func specialWord(s string) (word string, zone *time.Location, ok bool) {
	s = string(trimBlank([]byte(s)))
	n := 0
	for n < len(s) && s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' {
		n++
	}
	if n == 0 {
		return "", nil, false
	}
	if rest := strings.TrimLeft(s[n:], " \t"); rest != "" {
		loc, err := ParseZone(rest)
		if err != nil {
			return "", nil, false
		}
		zone = loc
	}
	return strings.ToLower(s[:n]), zone, true
}
