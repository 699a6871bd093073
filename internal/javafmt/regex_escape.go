package javafmt

import (
	"strconv"
	"strings"
	"unicode"
)

// escape translates what follows a backslash outside a character class.
func (t *translator) escape() error {
	if !t.more() {
		return t.invalid("Unexpected internal error near the end: \\")
	}
	switch c := t.pattern[t.pos]; c {
	case 'Q':
		t.pos++
		text, rest, _ := strings.Cut(t.pattern[t.pos:], `\E`)
		t.pos = len(t.pattern) - len(rest)
		for _, r := range text {
			t.literal(r)
		}
		return nil
	case 'E':
		t.pos++
		return nil
	case 'A', 'z':
		t.out.WriteString(t.pattern[t.pos-1 : t.pos+1])
		t.pos++
		return nil
	case 'b', 'B':
		t.out.WriteString(t.pattern[t.pos-1 : t.pos+1])
		t.pos++
		switch {
		case t.accept("{"):
			return t.unsupported("a grapheme boundary \\b{g}")
		case t.flags.unicodeClass:
			return t.unsupported("a word boundary under (?U)")
		}
		return nil
	case 'Z':
		t.pos++
		t.hasEnd = true
		t.out.WriteString(t.end)
		return nil
	case 'R':
		t.pos++
		t.out.WriteString(`(?:\r\n|[\n-\r\x{85}\x{2028}\x{2029}])`)
		return nil
	case 'G':
		return t.unsupported("the end of the last match \\G")
	case 'N':
		return t.unsupported("a character name \\N{…}")
	case 'X':
		return t.unsupported("a grapheme cluster \\X")
	case 'k', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return t.unsupported("a back-reference")
	}
	if s, ok, err := t.escapedSet(); ok || err != nil {
		if err == nil {
			s.writeTo(&t.out)
		}
		return err
	}
	r, err := t.escapedRune()
	if err == nil {
		t.literal(r)
	}
	return err
}

// escapedSet reads the classes \d \w \s \h \v \p and their opposites.
func (t *translator) escapedSet() (s runeSet, ok bool, err error) {
	c := t.pattern[t.pos]
	switch c | 0x20 {
	case 'd':
		s = digitSet
		if t.flags.unicodeClass {
			s = tableSet(unicode.Nd)
		}
	case 'w':
		s = wordSet
		if t.flags.unicodeClass {
			s = tableSet(unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.M, unicode.Nd, unicode.Pc, unicode.Join_Control)
		}
	case 's':
		s = spaceSet
		if t.flags.unicodeClass {
			s = tableSet(unicode.White_Space)
		}
	case 'h':
		s = horizontalSet
	case 'v':
		s = verticalSet
	case 'p':
		t.pos++
		s, err = t.property()
		if c == 'P' {
			s = s.negate()
		}
		return s, true, err
	default:
		return nil, false, nil
	}
	t.pos++
	if c < 'a' {
		s = s.negate()
	}
	return s, true, nil
}

func (t *translator) property() (runeSet, error) {
	name, ok := "", t.accept("{")
	switch {
	case ok:
		if name, ok = t.until('}'); !ok {
			return nil, t.invalid("Unclosed character family")
		}
	case t.more():
		name = string(t.next())
	}
	if t.flags.unicodeClass && len(name) > 2 && !strings.HasPrefix(name, "Is") && !strings.HasPrefix(name, "java") {
		return nil, t.unsupported("\\p{" + name + "} under (?U)")
	}
	s, ok := propertySet(name)
	switch {
	case ok && t.flags.foldCase && (name == "Lower" || name == "Upper" || name == "Ll" || name == "Lu"):
		return t.fold(s), nil
	case ok:
		return s, nil
	case strings.HasPrefix(name, "In") || strings.HasPrefix(name, "java") || strings.Contains(name, "="):
		return nil, t.unsupported("the character family \\p{" + name + "}")
	}
	return nil, t.invalid("Unknown character property name {%s}", name)
}

// escapedRune reads an escape that stands for one character.
func (t *translator) escapedRune() (rune, error) {
	r := t.next()
	switch r {
	case 't':
		return '\t', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 'f':
		return '\f', nil
	case 'a':
		return '\a', nil
	case 'e':
		return 0x1b, nil
	case 'c':
		if !t.more() {
			return 0, t.invalid("Illegal control escape sequence")
		}
		return t.next() ^ 64, nil
	case '0':
		return t.octal()
	case 'x':
		if t.accept("{") {
			digits, ok := t.until('}')
			v, err := strconv.ParseUint(digits, 16, 32)
			if !ok || err != nil || v > unicode.MaxRune {
				return 0, t.invalid("Unclosed hexadecimal escape sequence")
			}
			return rune(v), nil
		}
		return t.hex(2)
	case 'u':
		high, err := t.hex(4)
		if err != nil || high < 0xd800 || high > 0xdbff || !t.accept(`\u`) {
			return high, err
		}
		low, err := t.hex(4)
		return 0x10000 + (high-0xd800)<<10 + (low - 0xdc00), err
	}
	if isLetter(r) {
		return 0, t.invalid("Illegal/unsupported escape sequence \\%c", r)
	}
	return r, nil
}

func (t *translator) hex(digits int) (rune, error) {
	end := t.pos + digits
	if end > len(t.pattern) {
		return 0, t.invalid("Illegal hexadecimal escape sequence")
	}
	v, err := strconv.ParseUint(t.pattern[t.pos:end], 16, 32)
	if err != nil {
		return 0, t.invalid("Illegal hexadecimal escape sequence")
	}
	t.pos = end
	return rune(v), nil
}

func (t *translator) octal() (rune, error) {
	v, n := rune(0), 0
	for n < 3 && t.more() && '0' <= t.pattern[t.pos] && t.pattern[t.pos] <= '7' && v*8+rune(t.pattern[t.pos]-'0') <= 0o377 {
		v = v*8 + rune(t.pattern[t.pos]-'0')
		t.pos++
		n++
	}
	if n == 0 {
		return 0, t.invalid("Illegal octal escape sequence")
	}
	return v, nil
}

// class reads a character class after its opening bracket: ranges, escapes,
// nested classes (united) and && (intersected; it binds weakest).
func (t *translator) class() (runeSet, error) {
	negated := t.accept("^")
	var all, part runeSet
	intersected, empty := false, true
	for {
		switch {
		case !t.more():
			return nil, t.invalid("Unclosed character class")
		case t.accept("&&"):
			if intersected {
				part = all.intersect(part)
			}
			all, part, intersected = part, nil, true
			continue
		case !empty && t.accept("]"):
			if intersected {
				part = all.intersect(part)
			}
			if negated {
				part = part.negate()
			}
			return part, nil
		}
		s, err := t.classItem()
		if err != nil {
			return nil, err
		}
		empty = false
		part = part.union(s)
	}
}

func (t *translator) classItem() (runeSet, error) {
	if t.accept("[") {
		return t.class()
	}
	if t.accept(`\Q`) {
		text, rest, _ := strings.Cut(t.pattern[t.pos:], `\E`)
		t.pos = len(t.pattern) - len(rest)
		var s runeSet
		for _, r := range text {
			s = append(s, runeRange{r, r})
		}
		return t.fold(s.normalise()), nil
	}
	low, set, err := t.classRune()
	if err != nil || set != nil {
		return set, err
	}
	rest := t.pattern[t.pos:]
	if t.flags.comments && (low == '#' || t.skipComment(low)) && low != '#' {
		return nil, nil
	}
	if len(rest) < 2 || rest[0] != '-' || rest[1] == ']' || rest[1] == '[' || strings.HasPrefix(rest[1:], "&&") {
		return t.fold(newRuneSet(low, low)), nil
	}
	t.pos++
	high, set, err := t.classRune()
	if err != nil {
		return nil, err
	}
	if set != nil || high < low {
		return nil, t.invalid("Illegal character range")
	}
	return t.fold(newRuneSet(low, high)), nil
}

// classRune reads one character of a class, or an escape for a set of them.
func (t *translator) classRune() (rune, runeSet, error) {
	r := t.next()
	if r != '\\' {
		return r, nil, nil
	}
	if !t.more() {
		return 0, nil, t.invalid("Unclosed character class")
	}
	if s, ok, err := t.escapedSet(); ok || err != nil {
		return 0, s, err
	}
	r, err := t.escapedRune()
	return r, nil, err
}
