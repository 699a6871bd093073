package javafmt

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// regexFlags are the modes that (?idmsuxU) switches.
type regexFlags struct {
	foldCase, unixLines, multiline, dotAll, unicodeCase, comments, unicodeClass bool
}

func (f *regexFlags) set(letter byte, on bool) bool {
	switch letter {
	case 'i':
		f.foldCase = on
	case 'd':
		f.unixLines = on
	case 'm':
		f.multiline = on
	case 's':
		f.dotAll = on
	case 'u':
		f.unicodeCase = on
	case 'x':
		f.comments = on
	case 'U':
		f.unicodeClass, f.unicodeCase = on, on
	default:
		return false
	}
	return true
}

// translator rewrites a java.util.regex pattern for RE2. No flag of RE2 is ever
// set around it: each element is written out as what it means under Java's
// flags at that place, since the same letters mean other things there.
type translator struct {
	pattern string
	pos     int
	flags   regexFlags
	outer   []regexFlags // those to return to at the end of each open group
	out     strings.Builder
	// end stands for a $ (or \Z) that may also match before a final line end.
	end    string
	hasEnd bool
}

func (t *translator) invalid(format string, args ...any) error {
	return &Error{"INVALID_PARAMETER_VALUE.PATTERN", "22023",
		fmt.Sprintf("The regular expression %q is invalid: ", t.pattern) + fmt.Sprintf(format, args...)}
}

func (t *translator) unsupported(what string) error {
	return &Error{"UNSUPPORTED_FEATURE", "0A000",
		fmt.Sprintf("The regular expression %q uses %s, which is not supported", t.pattern, what)}
}

func (t *translator) more() bool { return t.pos < len(t.pattern) }

func (t *translator) next() rune {
	r, size := utf8.DecodeRuneInString(t.pattern[t.pos:])
	t.pos += size
	return r
}

// accept skips s if the pattern goes on with it.
func (t *translator) accept(s string) bool {
	if strings.HasPrefix(t.pattern[t.pos:], s) {
		t.pos += len(s)
		return true
	}
	return false
}

func (t *translator) translate() error {
	for t.more() {
		if err := t.element(); err != nil {
			return err
		}
	}
	if len(t.outer) > 0 {
		return t.invalid("Unclosed group")
	}
	return nil
}

func (t *translator) element() error {
	switch r := t.next(); r {
	case '\\':
		return t.escape()
	case '[':
		s, err := t.class()
		if err == nil {
			s.writeTo(&t.out)
		}
		return err
	case '(':
		return t.openGroup()
	case ')':
		if len(t.outer) == 0 {
			return t.invalid("Unmatched closing ')'")
		}
		t.flags = t.outer[len(t.outer)-1]
		t.outer = t.outer[:len(t.outer)-1]
		t.out.WriteByte(')')
	case '.':
		t.dot()
	case '^':
		if t.flags.multiline {
			t.out.WriteString("(?m:^)")
		} else {
			t.out.WriteString(`\A`)
		}
	case '$':
		t.dollar()
	case '*', '+', '?':
		t.out.WriteRune(r)
		return t.quantifierSuffix()
	case '{':
		return t.repeat()
	case '|':
		t.out.WriteByte('|')
	default:
		if t.flags.comments && t.skipComment(r) {
			return nil
		}
		t.literal(r)
	}
	return nil
}

func (t *translator) skipComment(r rune) bool {
	if r == '#' {
		if n := strings.IndexByte(t.pattern[t.pos:], '\n'); n >= 0 {
			t.pos += n + 1
		} else {
			t.pos = len(t.pattern)
		}
		return true
	}
	return r == ' ' || '\t' <= r && r <= '\r'
}

func (t *translator) dot() {
	switch {
	case t.flags.dotAll:
		t.out.WriteString("(?s:.)")
	case t.flags.unixLines:
		t.out.WriteString(`[^\n]`)
	default:
		t.out.WriteString(`[^\n\r\x{85}\x{2028}\x{2029}]`)
	}
}

func (t *translator) dollar() {
	if t.flags.multiline {
		t.out.WriteString("(?m:$)")
		return
	}
	t.hasEnd = true
	t.out.WriteString(t.end)
}

func (t *translator) literal(r rune) {
	if t.flags.foldCase {
		if s := t.fold(newRuneSet(r, r)); len(s) > 1 {
			s.writeTo(&t.out)
			return
		}
	}
	if r < utf8.RuneSelf && !isLetter(r) && (r < '0' || r > '9') {
		fmt.Fprintf(&t.out, `\x{%X}`, r)
		return
	}
	t.out.WriteRune(r)
}

func (t *translator) fold(s runeSet) runeSet {
	switch {
	case !t.flags.foldCase:
		return s
	case t.flags.unicodeCase:
		return s.foldUnicode()
	}
	return s.foldASCII()
}

func (t *translator) quantifierSuffix() error {
	switch {
	case t.accept("?"):
		t.out.WriteByte('?')
	case t.accept("+"):
		return t.unsupported("a possessive quantifier")
	}
	return nil
}

func (t *translator) repeat() error {
	start := t.pos
	end := strings.IndexByte(t.pattern[start:], '}')
	if end < 0 {
		return t.invalid("Unclosed counted closure")
	}
	low, high, ranged := strings.Cut(t.pattern[start:start+end], ",")
	m, err := strconv.ParseUint(low, 10, 31)
	if err != nil {
		return t.invalid("Illegal repetition")
	}
	n := m
	if ranged && high != "" {
		if n, err = strconv.ParseUint(high, 10, 31); err != nil || n < m {
			return t.invalid("Illegal repetition range")
		}
	}
	if max(m, n) > 1000 {
		return t.unsupported("more than 1000 repetitions")
	}
	t.pos = start + end + 1
	t.out.WriteString(t.pattern[start-1 : t.pos])
	return t.quantifierSuffix()
}

func (t *translator) openGroup() error {
	if !t.accept("?") {
		t.outer = append(t.outer, t.flags)
		t.out.WriteByte('(')
		return nil
	}
	for _, known := range [...]struct{ prefix, what string }{
		{"=", "lookahead (?=…)"}, {"!", "lookahead (?!…)"}, {"<=", "lookbehind (?<=…)"},
		{"<!", "lookbehind (?<!…)"}, {">", "an atomic group (?>…)"},
	} {
		if t.accept(known.prefix) {
			return t.unsupported(known.what)
		}
	}
	if t.accept("<") {
		name, ok := t.until('>')
		if !ok || !isGroupName(name) {
			return t.invalid("named capturing group is missing trailing '>'")
		}
		t.outer = append(t.outer, t.flags)
		t.out.WriteString("(?P<" + name + ">")
		return nil
	}
	return t.inlineFlags()
}

func (t *translator) inlineFlags() error {
	before, on := t.flags, true
	for t.more() {
		switch c := t.pattern[t.pos]; {
		case c == '-' && on:
			on = false
		case c == ':':
			t.pos++
			t.outer = append(t.outer, before)
			t.out.WriteString("(?:")
			return nil
		case c == ')':
			t.pos++
			return nil
		case !t.flags.set(c, on):
			return t.invalid("Unknown inline modifier")
		}
		t.pos++
	}
	return t.invalid("Unknown inline modifier")
}

// until returns the text up to end and skips both.
func (t *translator) until(end byte) (string, bool) {
	n := strings.IndexByte(t.pattern[t.pos:], end)
	if n < 0 {
		return "", false
	}
	text := t.pattern[t.pos : t.pos+n]
	t.pos += n + 1
	return text, true
}

func isGroupName(name string) bool {
	for i, r := range name {
		if !isLetter(r) && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
