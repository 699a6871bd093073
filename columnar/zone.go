package columnar

import (
	"math"
	"strings"
	"sync"
	"time"
)

// Units of timestamps, in microseconds.
const (
	MicrosPerSecond = 1_000_000
	MicrosPerMinute = 60 * MicrosPerSecond
	MicrosPerHour   = 60 * MicrosPerMinute
	MicrosPerDay    = 24 * MicrosPerHour
)

// Zone converts between instants and the clock of a time zone, remembering the last stretch between two transitions, so that rows
// that lie close in time cost one comparison. Not safe for concurrent use; making one is cheap.
type Zone struct {
	loc    *time.Location
	lo, hi int64 // seconds since the epoch: offset holds in [lo, hi)
	offset int64 // seconds east of Greenwich
}

// NewZone returns the clock of a location; nil is UTC.
func NewZone(loc *time.Location) *Zone {
	z := &Zone{loc: loc}
	if loc == nil || loc == time.UTC {
		z.loc, z.lo, z.hi = time.UTC, math.MinInt64, math.MaxInt64
	}
	return z
}

// Offset is the zone's distance from UTC at an instant, in seconds east.
func (z *Zone) Offset(unixSeconds int64) int64 {
	if unixSeconds < z.lo || unixSeconds >= z.hi {
		z.load(unixSeconds)
	}
	return z.offset
}

func (z *Zone) load(unixSeconds int64) {
	t := time.Unix(unixSeconds, 0).In(z.loc)
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	z.lo, z.hi, z.offset = math.MinInt64, math.MaxInt64, int64(offset)
	if !start.IsZero() {
		z.lo = start.Unix()
	}
	if !end.IsZero() {
		z.hi = end.Unix()
	}
}

// ToLocal turns an instant (microseconds since the epoch) into what the zone's clock shows, as a TIMESTAMP_NTZ value.
func (z *Zone) ToLocal(micros int64) int64 {
	return micros + z.Offset(floorDiv(micros, MicrosPerSecond))*MicrosPerSecond
}

// FromLocal is the instant at which the zone's clock shows a TIMESTAMP_NTZ value. As in java.time, of two instants the earlier one
// is taken, and a time that a clock skips is moved on by the length of the gap. ok is false when the instant does not fit.
func (z *Zone) FromLocal(local int64) (micros int64, ok bool) {
	const day = 86400
	s := floorDiv(local, MicrosPerSecond)
	// Fast path - no transition within a day. (A stretch without an end has lo or hi at the ends of int64.)
	if u := s - z.offset; u-day < z.lo && z.lo != math.MinInt64 || u+day >= z.hi && z.hi != math.MaxInt64 || z.lo == z.hi {
		return subtractSeconds(local, z.resolve(s))
	}
	return subtractSeconds(local, z.offset)
}

func subtractSeconds(micros, seconds int64) (int64, bool) {
	u := micros - seconds*MicrosPerSecond
	return u, seconds == 0 || (seconds > 0) == (u < micros)
}

// resolve finds the offset that java.time uses for a local time given in seconds.
func (z *Zone) resolve(s int64) int64 {
	const day = 86400
	before, after := z.Offset(s-day), z.Offset(s+day)
	if z.Offset(s-before) == before {
		return before
	}
	if z.Offset(s-after) == after {
		return after
	}
	return before
}

// ParseZone finds a time zone by what Spark takes for one: a region ("Europe/Paris"), "Z", an offset ("+1", "+01:30", "-0130",
// "+01:30:15"), the same after UTC, GMT or UT, or one of Java's old abbreviations ("PST"). Names are case-sensitive.
func ParseZone(name string) (*time.Location, error) {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location), nil
	}
	loc := findZone(name)
	if loc == nil {
		return nil, Errorf("INVALID_TIMEZONE", "The timezone: %s is invalid. The timezone must be either a region-based zone ID or a zone offset. "+
			"Region IDs must have the form 'area/city', such as 'America/Los_Angeles'. Zone offsets must be in the format '(+|-)HH', '(+|-)HH:mm’ "+
			"or '(+|-)HH:mm:ss', e.g '-08' , '+01:00' or '-13:33:33', and must be in the range from -18:00 to +18:00. 'Z' and 'UTC' are accepted as "+
			"synonyms for '+00:00'.", name)
	}
	zones.Store(name, loc)
	return loc, nil
}

// zones caches the valid names; there are about 600, and offsets of at most 18 hours.
var zones sync.Map

func findZone(name string) *time.Location {
	switch name {
	case "Z", "UTC", "GMT", "UT", "GMT0", "UTC0", "Etc/UTC", "Zulu":
		return time.UTC
	}
	if name == "" {
		return nil
	}
	if c := name[0]; c == '+' || c == '-' {
		return offsetZone(name, name)
	}
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" && (rest[0] == '+' || rest[0] == '-') {
			return offsetZone(name, rest)
		}
	}
	if long, ok := javaZoneAbbreviations[name]; ok {
		if long[0] == '-' {
			return offsetZone(name, long)
		}
		name = long
	}
	if len(name) < 2 || name == "Local" || !validRegion(name) {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// validRegion keeps names that java.time's pattern allows, and with it paths out of the time zone folder away.
func validRegion(name string) bool {
	for i, c := range []byte(name) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789~/._+-", rune(c))) {
			return false
		}
	}
	return !strings.Contains(name, "..")
}

// offsetZone reads ±h, ±hh, ±h:mm, ±hh:m, ±hh:mm, ±hhmm, ±hh:mm:ss and ±hhmmss up to 18 hours.
func offsetZone(name, s string) *time.Location {
	parts, ok := offsetParts(s[1:])
	if !ok || parts[1] > 59 || parts[2] > 59 {
		return nil
	}
	seconds := parts[0]*3600 + parts[1]*60 + parts[2]
	if seconds > 18*3600 {
		return nil
	}
	if seconds == 0 {
		return time.UTC
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone(name, seconds)
}

func offsetParts(s string) (parts [3]int, ok bool) {
	fields := strings.Split(s, ":")
	if len(fields) == 1 {
		switch len(s) {
		case 4:
			fields = []string{s[:2], s[2:]}
		case 6:
			fields = []string{s[:2], s[2:4], s[4:]}
		}
	}
	if len(fields) > 3 {
		return parts, false
	}
	for i, f := range fields {
		short := len(f) == 1 && (i == 0 || i == 1 && len(fields) == 2)
		if len(f) != 2 && !short {
			return parts, false
		}
		for _, c := range []byte(f) {
			if c < '0' || c > '9' {
				return parts, false
			}
			parts[i] = parts[i]*10 + int(c-'0')
		}
	}
	return parts, true
}

// javaZoneAbbreviations is java.time.ZoneId.SHORT_IDS.
var javaZoneAbbreviations = map[string]string{
	"ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires", "ART": "Africa/Cairo",
	"AST": "America/Anchorage", "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka", "CAT": "Africa/Harare", "CNT": "America/St_Johns",
	"CST": "America/Chicago", "CTT": "Asia/Shanghai", "EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris",
	"IET": "America/Indiana/Indianapolis", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan",
	"NST": "Pacific/Auckland", "PLT": "Asia/Karachi", "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico",
	"PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh",
	"EST": "-05:00", "MST": "-07:00", "HST": "-10:00",
}

// floorDiv is a / b rounded down; b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// floorMod is a - b·floorDiv(a, b), which is in [0, b).
func floorMod(a, b int64) int64 {
	m := a % b
	if m < 0 {
		m += b
	}
	return m
}
