package javafmt

import "strconv"

// appendOffset prints an offset as X, x and Z do; e.literal stands for zero.
func appendOffset(dst []byte, e *element, offset int) []byte {
	mark := len(dst)
	sign, abs := byte('+'), offset
	if offset < 0 {
		sign, abs = '-', -offset
	}
	hours, minutes, seconds := abs/3600%100, abs/60%60, abs%60
	printed := hours
	dst = appendTwoDigits(append(dst, sign), hours)
	if !e.offset.minutesOptional || minutes > 0 {
		dst = appendOffsetPart(dst, e.offset.colon, minutes)
		printed += minutes
		if e.offset.seconds && seconds > 0 {
			dst = appendOffsetPart(dst, e.offset.colon, seconds)
			printed += seconds
		}
	}
	if printed == 0 {
		return append(dst[:mark], e.literal...)
	}
	return dst
}

func appendOffsetPart(dst []byte, colon bool, v int) []byte {
	if colon {
		dst = append(dst, ':')
	}
	return appendTwoDigits(dst, v)
}

// appendLocalizedOffset prints GMT, GMT+8 or GMT+08:00.
func appendLocalizedOffset(dst []byte, style textStyle, offset int) []byte {
	dst = append(dst, "GMT"...)
	if offset == 0 {
		return dst
	}
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	dst = append(dst, sign)
	hours, minutes, seconds := offset/3600, offset/60%60, offset%60
	if style == styleFull {
		dst = appendOffsetPart(appendTwoDigits(dst, hours), true, minutes)
	} else {
		dst = strconv.AppendInt(dst, int64(hours), 10)
		if minutes != 0 || seconds != 0 {
			dst = appendOffsetPart(dst, true, minutes)
		}
	}
	if seconds != 0 {
		dst = appendOffsetPart(dst, true, seconds)
	}
	return dst
}

// parseOffset reads an offset as X, x and Z do. It returns the position after
// it, or the complement of start if there is none.
func parseOffset(text string, start int, e *element, p *parsed) int {
	if start == len(text) {
		return ^start
	}
	if end := start + len(e.literal); end <= len(text) && equalFold(text[start:end], e.literal) {
		return p.setOffset(0, start, end)
	}
	if text[start] != '+' && text[start] != '-' {
		return ^start
	}
	hours, end := parseOffsetPart(text, start+1, false)
	if end < 0 {
		return ^start
	}
	minutes, next := parseOffsetPart(text, end, e.offset.colon)
	seconds := 0
	switch {
	case next >= 0:
		end = next
		if e.offset.seconds {
			if seconds, next = parseOffsetPart(text, end, e.offset.colon); next >= 0 {
				end = next
			}
		}
	case !e.offset.minutesOptional:
		return ^start
	}
	if hours > 23 {
		p.failure = "Value out of range: Hour[0-23], Minute[0-59], Second[0-59]"
		return ^start
	}
	offset := hours*3600 + minutes*60 + seconds
	if text[start] == '-' {
		offset = -offset
	}
	return p.setOffset(offset, start, end)
}

// parseOffsetPart reads two digits of at most 59, after a colon if so asked. It
// returns the position after them, or -1.
func parseOffsetPart(text string, pos int, colon bool) (value, end int) {
	if colon {
		if pos >= len(text) || text[pos] != ':' {
			return 0, -1
		}
		pos++
	}
	if pos+2 > len(text) || !isDigit(text[pos]) || !isDigit(text[pos+1]) {
		return 0, -1
	}
	value = int(text[pos]-'0')*10 + int(text[pos+1]-'0')
	if value > 59 {
		return 0, -1
	}
	return value, pos + 2
}

// parseLocalizedOffset reads GMT, GMT+8 or GMT+08:00.
func parseLocalizedOffset(text string, start int, style textStyle, p *parsed) int {
	pos := start + 3
	if pos > len(text) || !equalFold(text[start:pos], "GMT") {
		return ^start
	}
	if pos == len(text) || text[pos] != '+' && text[pos] != '-' {
		return p.setOffset(0, start, pos)
	}
	negative := text[pos] == '-'
	hours, end := parseOffsetPart(text, pos+1, false)
	if end < 0 {
		if style == styleFull || pos+1 >= len(text) || !isDigit(text[pos+1]) {
			return ^start
		}
		hours, end = int(text[pos+1]-'0'), pos+2
	}
	minutes, next := parseOffsetPart(text, end, true)
	seconds := 0
	if next >= 0 {
		end = next
		if seconds, next = parseOffsetPart(text, end, true); next >= 0 {
			end = next
		}
	} else if style == styleFull {
		return ^start
	}
	offset := hours*3600 + minutes*60 + seconds
	if negative {
		offset = -offset
	}
	return p.setOffset(offset, start, end)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
