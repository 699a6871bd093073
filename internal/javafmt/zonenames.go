package javafmt

import (
	_ "embed"
	"strings"
	"sync"
	"time"
)

// zoneNames are the US-locale names of all time zones as Java 17 prints them
// (TimeZone.getDisplayName for each of ZoneId.getAvailableZoneIds): a line holds
// the short standard and summer name, the long ones, and the ids they are for.
//
//go:embed zonenames.txt
var zoneNames string

// zoneNameTable indexes zoneNames by zone id. It is built on the first use of z
// in a pattern, which most programs never see.
var zoneNameTable = sync.OnceValue(func() map[string][4]string {
	table := make(map[string][4]string, 640)
	for line := range strings.Lines(zoneNames) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		for id := range strings.FieldsSeq(parts[4]) {
			table[id] = [4]string(parts[:4])
		}
	}
	return table
})

// zoneText returns the name that z (short) and zzzz (full) print. Zones without
// a name, which are the fixed offsets, print their id.
func zoneText(id string, dst bool, style textStyle) string {
	names, ok := zoneNameTable()[id]
	if !ok {
		return id
	}
	i := 0
	if dst {
		i++
	}
	if style == styleFull {
		i += 2
	}
	return names[i]
}

// preferredZones are the zones that Java reads an ambiguous North American name
// as; other names are read as any zone that bears them.
var preferredZones = [...]string{
	"America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York",
	"America/Anchorage", "America/Halifax", "Pacific/Honolulu",
}

// parseZoneID reads a zone id or an offset as VV does.
func parseZoneID(text string, start int, p *parsed) int {
	if start == len(text) {
		return ^start
	}
	rest := text[start:]
	id := offsetPatterns[5]
	switch {
	case rest[0] == '+' || rest[0] == '-':
		return parseOffset(text, start, &element{literal: "Z", offset: id}, p)
	case len(rest) >= 3 && (equalFold(rest[:3], "UTC") || equalFold(rest[:3], "GMT")):
		return parsePrefixedOffset(text, start, start+3, p)
	case len(rest) >= 2 && equalFold(rest[:2], "UT"):
		return parsePrefixedOffset(text, start, start+2, p)
	}
	end := start
	for end < len(text) && (isLetter(rune(text[end])) || isDigit(text[end]) || strings.IndexByte("/_+-", text[end]) >= 0) {
		end++
	}
	for ; end > start+3; end-- { // shorter ids, such as EST, are names and not regions
		if name := text[start:end]; name != "Local" && isZone(name) {
			return p.setZone(name, start, end)
		}
	}
	if rest[0] == 'Z' || rest[0] == 'z' {
		return p.setOffset(0, start, start+1)
	}
	return ^start
}

// isZone reports whether the time zone database has the name.
func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil
}

// parsePrefixedOffset reads what may follow UTC, GMT or UT, which end at pos.
func parsePrefixedOffset(text string, start, pos int, p *parsed) int {
	if pos-start == 3 && pos < len(text) && text[pos] == '0' && equalFold(text[start:pos], "GMT") {
		return p.setOffset(0, start, pos+1) // GMT0 is an id of its own
	}
	attempt := *p
	e := element{literal: "0", offset: offsetPatterns[5]}
	if pos < len(text) && text[pos] != '0' {
		if end := parseOffset(text, pos, &e, &attempt); end >= 0 {
			*p = attempt
			return end
		}
	}
	return p.setOffset(0, start, pos)
}

// parseZoneText reads what z prints: a name, or an id.
func parseZoneText(text string, start int, style textStyle, p *parsed) int {
	best, zone := 0, ""
	try := func(id string, names [4]string) {
		for i := range 2 {
			if style == styleFull {
				i += 2
			}
			name := names[i]
			if len(name) > best && start+len(name) <= len(text) && equalFold(text[start:start+len(name)], name) {
				best, zone = len(name), id
			}
		}
	}
	for _, id := range preferredZones {
		try(id, zoneNameTable()[id])
	}
	if best > 0 {
		return p.setZone(zone, start, start+best)
	}
	return parseZoneID(text, start, p)
}
