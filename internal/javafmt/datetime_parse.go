package javafmt

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Parsed is what a Formatter read. At most one of Zone and HasOffset is set;
// with neither, the text is a time on the session's wall clock.
type Parsed struct {
	LocalMicros int64 // microseconds from 1970-01-01 00:00 on the wall clock
	Offset      int   // seconds east of UTC
	HasOffset   bool
	Zone        string // a region's id, known to the time zone database
}

// ParseError says why a text does not fit a pattern, in Java's words (the
// message parameter of Spark's CANNOT_PARSE_TIMESTAMP).
type ParseError struct {
	Text   string
	Index  int    // in bytes: where reading stopped
	Reason string // if empty, the text at Index does not fit
}

// Error returns the message of java.time's exception.
func (e *ParseError) Error() string {
	if e.Index < 0 {
		return e.Reason
	}
	text := e.Text
	if utf8.RuneCountInString(text) > 64 {
		text = string([]rune(text)[:64]) + "..."
	}
	message := "Text '" + text + "' could not be parsed"
	index := 0 // in UTF-16 units, as Java counts
	for _, r := range e.Text[:e.Index] {
		if index++; r >= 0x10000 {
			index++
		}
	}
	switch e.Reason {
	case "":
		return message + " at index " + strconv.Itoa(index)
	case unparsedText:
		return message + ", unparsed text found at index " + strconv.Itoa(index)
	}
	return message + ": " + e.Reason
}

const unparsedText = "unparsed text"

// Parse reads the whole of text. Fields that the pattern lacks are those of
// 1970-01-01 00:00, as in Spark. The error is a *ParseError, or an *Error
// DATETIME_OVERFLOW for a date that a timestamp cannot hold. The Formatter must
// have been made ForParsing.
func (f *Formatter) Parse(text string) (Parsed, error) {
	var p parsed
	end := parseElements(text, 0, f.elements, &p)
	switch {
	case end < 0:
		return Parsed{}, &ParseError{Text: text, Index: ^end, Reason: p.failure}
	case end < len(text):
		return Parsed{}, &ParseError{Text: text, Index: end, Reason: unparsedText}
	}
	out, reason, inText := p.resolve()
	if reason == overflow {
		return Parsed{}, &Error{"DATETIME_OVERFLOW", "22008", "Datetime operation overflow: " + strconv.Quote(text) + " read as " + strconv.Quote(f.pattern)}
	}
	if reason != "" {
		err := &ParseError{Text: text, Reason: reason, Index: -1}
		if inText {
			err.Index = 0
		}
		return Parsed{}, err
	}
	return out, nil
}

// parsed holds the fields read so far. It is copied where an optional section
// begins, so that a failed section leaves no trace.
type parsed struct {
	values    [fieldCount]int64
	has       uint32 // bit f: values[f] was read
	offset    int
	hasOffset bool
	zone      string
	failure   string // a reason other than "the text does not fit"
}

func (p *parsed) isSet(f field) bool { return p.has&(1<<f) != 0 }

// set stores a field read between start and end. A field read twice must have
// the same value.
func (p *parsed) set(f field, v int64, start, end int) int {
	if p.isSet(f) && p.values[f] != v {
		return ^start
	}
	p.values[f] = v
	p.has |= 1 << f
	return end
}

func (p *parsed) setOffset(offset, start, end int) int {
	if p.hasOffset && p.offset != offset {
		return ^start
	}
	p.offset, p.hasOffset = offset, true
	return end
}

func (p *parsed) setZone(zone string, start, end int) int {
	if p.zone != "" && p.zone != zone {
		return ^start
	}
	p.zone = zone
	return end
}

// parseElements reads text from pos on and returns the position after what it
// read, or the complement of the position where it failed.
func parseElements(text string, pos int, elements []element, p *parsed) int {
	for i := range elements {
		e := &elements[i]
		switch e.kind {
		case kindLiteral:
			pos = parseLiteral(text, pos, e.literal)
		case kindNumber, kindReduced:
			pos = parseNumber(text, pos, e, p)
		case kindFraction:
			pos = parseFraction(text, pos, e, p)
		case kindText:
			pos = parseText(text, pos, e, p)
		case kindOffset:
			pos = parseOffset(text, pos, e, p)
		case kindLocalizedOffset:
			pos = parseLocalizedOffset(text, pos, e.style, p)
		case kindZoneID:
			pos = parseZoneID(text, pos, p)
		case kindZoneText:
			pos = parseZoneText(text, pos, e.style, p)
		case kindOptional:
			attempt := *p
			end := parseElements(text, pos, e.optional, &attempt)
			if attempt.failure != "" {
				p.failure = attempt.failure
				return end
			}
			if end >= 0 {
				*p, pos = attempt, end
			}
		}
		if pos < 0 {
			return pos
		}
	}
	return pos
}

func equalFold(a, b string) bool { return a == b || strings.EqualFold(a, b) }

func parseLiteral(text string, pos int, literal string) int {
	end := pos + len(literal)
	if end > len(text) || !equalFold(text[pos:end], literal) {
		return ^pos
	}
	return end
}

func parseNumber(text string, start int, e *element, p *parsed) int {
	pos := start
	if pos == len(text) {
		return ^start
	}
	sign := byte(0)
	if c := text[pos]; c == '+' || c == '-' {
		if e.sign == signNotNegative || e.sign == signNormal && c == '+' {
			return ^start
		}
		sign = c
		pos++
	}
	digits := 0
	width := int(e.max) + int(e.subsequent)
	for digits < width && pos+digits < len(text) && isDigit(text[pos+digits]) {
		digits++
	}
	if e.subsequent > 0 {
		digits = min(digits, max(int(e.min), digits-int(e.subsequent)))
	}
	if digits < int(e.min) {
		return ^pos
	}
	value := int64(0)
	for _, c := range []byte(text[pos : pos+digits]) {
		if value > (1<<63-1)/10-1 {
			return ^pos
		}
		value = value*10 + int64(c-'0')
	}
	end := pos + digits
	switch {
	case sign == '-' && value == 0:
		return ^start
	case sign == '-':
		value = -value
	case e.sign == signExceedsPad && sign == '+' && digits <= int(e.min):
		return ^start
	case e.sign == signExceedsPad && sign == 0 && digits > int(e.min):
		return ^start
	}
	if e.kind == kindReduced {
		value += 2000
	}
	return p.set(e.field, value, pos, end)
}

func parseFraction(text string, start int, e *element, p *parsed) int {
	pos := start
	value := int64(0)
	for pos < len(text) && pos-start < int(e.max) && isDigit(text[pos]) {
		value = value*10 + int64(text[pos]-'0')
		pos++
	}
	if pos-start < int(e.min) {
		return ^start
	}
	for n := pos - start; n < 9; n++ {
		value *= 10
	}
	return p.set(e.field, value, start, pos)
}

func parseText(text string, start int, e *element, p *parsed) int {
	names, first := texts(e.field, e.style)
	for i, name := range names {
		name = cutText(e.field, e.style, name)
		if end := start + len(name); end <= len(text) && equalFold(text[start:end], name) {
			return p.set(e.field, first+int64(i), start, end)
		}
	}
	return ^start
}
