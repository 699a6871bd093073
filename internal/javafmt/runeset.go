package javafmt

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// runeSet is a set of characters as sorted, disjoint, inclusive ranges.
type runeSet []runeRange

type runeRange struct{ lo, hi rune }

// newRuneSet makes a set of pairs lo, hi.
func newRuneSet(pairs ...rune) runeSet {
	var s runeSet
	for i := 0; i < len(pairs); i += 2 {
		s = append(s, runeRange{pairs[i], pairs[i+1]})
	}
	return s.normalise()
}

func tableSet(tables ...*unicode.RangeTable) runeSet {
	var s runeSet
	for _, t := range tables {
		for _, r := range t.R16 {
			s = s.appendStride(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			s = s.appendStride(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	return s.normalise()
}

func (s runeSet) appendStride(lo, hi, stride rune) runeSet {
	if stride == 1 {
		return append(s, runeRange{lo, hi})
	}
	for r := lo; r <= hi; r += stride {
		s = append(s, runeRange{r, r})
	}
	return s
}

func (s runeSet) normalise() runeSet {
	slices.SortFunc(s, func(a, b runeRange) int { return int(a.lo - b.lo) })
	out := s[:0]
	for _, r := range s {
		if n := len(out); n > 0 && r.lo <= out[n-1].hi+1 {
			out[n-1].hi = max(out[n-1].hi, r.hi)
			continue
		}
		out = append(out, r)
	}
	return out
}

func (s runeSet) union(t runeSet) runeSet {
	return append(slices.Clone(s), t...).normalise()
}

func (s runeSet) negate() runeSet {
	var out runeSet
	next := rune(0)
	for _, r := range s {
		if r.lo > next {
			out = append(out, runeRange{next, r.lo - 1})
		}
		next = r.hi + 1
	}
	if next <= unicode.MaxRune {
		out = append(out, runeRange{next, unicode.MaxRune})
	}
	return out
}

func (s runeSet) intersect(t runeSet) runeSet {
	return s.negate().union(t.negate()).negate()
}

// foldASCII adds the other case of every ASCII letter in the set.
func (s runeSet) foldASCII() runeSet {
	lower := s.intersect(newRuneSet('A', 'Z'))
	for i := range lower {
		lower[i].lo += 'a' - 'A'
		lower[i].hi += 'a' - 'A'
	}
	upper := s.intersect(newRuneSet('a', 'z'))
	for i := range upper {
		upper[i].lo -= 'a' - 'A'
		upper[i].hi -= 'a' - 'A'
	}
	return s.union(lower).union(upper)
}

// foldUnicode adds all characters that differ from one of the set in case only.
func (s runeSet) foldUnicode() runeSet {
	out := slices.Clone(s)
	for _, r := range s {
		for c := r.lo; c <= r.hi; c++ {
			for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
				out = append(out, runeRange{f, f})
			}
		}
	}
	return out.normalise()
}

// writeTo appends the set as a character class of RE2.
func (s runeSet) writeTo(out *strings.Builder) {
	if len(s) == 0 {
		out.WriteString(`[^\x00-\x{10FFFF}]`)
		return
	}
	out.WriteByte('[')
	for _, r := range s {
		if r.lo == r.hi {
			fmt.Fprintf(out, `\x{%X}`, r.lo)
		} else {
			fmt.Fprintf(out, `\x{%X}-\x{%X}`, r.lo, r.hi)
		}
	}
	out.WriteByte(']')
}

var (
	digitSet          = newRuneSet('0', '9')
	wordSet           = newRuneSet('0', '9', 'A', 'Z', '_', '_', 'a', 'z')
	spaceSet          = newRuneSet('\t', '\r', ' ', ' ')
	horizontalSet     = newRuneSet('\t', '\t', ' ', ' ', 0xa0, 0xa0, 0x1680, 0x1680, 0x180e, 0x180e, 0x2000, 0x200a, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000)
	verticalSet       = newRuneSet('\n', '\r', 0x85, 0x85, 0x2028, 0x2029)
	punctuationSet    = newRuneSet('!', '/', ':', '@', '[', '`', '{', '~')
	javaWhitespaceSet = newRuneSet('\t', '\r', 0x1c, 0x20, 0x1680, 0x1680, 0x2000, 0x2006, 0x2008, 0x200a, 0x2028, 0x2029, 0x205f, 0x205f, 0x3000, 0x3000)
)

// propertySet returns the characters of \p{name}: the POSIX classes (ASCII
// only), the java… methods, general categories, scripts and binary properties.
func propertySet(name string) (runeSet, bool) {
	switch name {
	case "Lower":
		return newRuneSet('a', 'z'), true
	case "Upper":
		return newRuneSet('A', 'Z'), true
	case "ASCII":
		return newRuneSet(0, 0x7f), true
	case "Alpha":
		return newRuneSet('A', 'Z', 'a', 'z'), true
	case "Digit":
		return digitSet, true
	case "Alnum":
		return newRuneSet('0', '9', 'A', 'Z', 'a', 'z'), true
	case "Punct":
		return punctuationSet, true
	case "Graph":
		return newRuneSet('!', '~'), true
	case "Print":
		return newRuneSet(' ', '~'), true
	case "Blank":
		return newRuneSet('\t', '\t', ' ', ' '), true
	case "Cntrl":
		return newRuneSet(0, 0x1f, 0x7f, 0x7f), true
	case "XDigit":
		return newRuneSet('0', '9', 'A', 'F', 'a', 'f'), true
	case "Space":
		return spaceSet, true
	}
	return unicodeSet(name)
}

func unicodeSet(name string) (runeSet, bool) {
	switch name {
	case "javaLowerCase", "IsLowercase":
		return tableSet(unicode.Ll, unicode.Other_Lowercase), true
	case "javaUpperCase", "IsUppercase":
		return tableSet(unicode.Lu, unicode.Other_Uppercase), true
	case "javaAlphabetic", "IsAlphabetic":
		return tableSet(unicode.L, unicode.Nl, unicode.Other_Alphabetic), true
	case "javaLetter", "IsLetter":
		return tableSet(unicode.L), true
	case "javaDigit", "IsDigit":
		return tableSet(unicode.Nd), true
	case "javaLetterOrDigit":
		return tableSet(unicode.L, unicode.Nd), true
	case "javaWhitespace":
		return javaWhitespaceSet, true
	case "javaSpaceChar":
		return tableSet(unicode.Z), true
	case "javaTitleCase", "IsTitlecase":
		return tableSet(unicode.Lt), true
	case "IsWhite_Space", "IsWhiteSpace":
		return tableSet(unicode.White_Space), true
	case "IsPunctuation":
		return tableSet(unicode.P), true
	case "IsControl":
		return tableSet(unicode.Cc), true
	case "IsIdeographic":
		return tableSet(unicode.Ideographic), true
	case "L1":
		return newRuneSet(0, 0xff), true
	case "all":
		return newRuneSet(0, unicode.MaxRune), true
	}
	if key, value, ok := strings.Cut(name, "="); ok {
		switch strings.ToLower(key) {
		case "sc", "script", "gc", "general_category":
			name = value
		default:
			return nil, false
		}
	}
	name = strings.TrimPrefix(name, "Is")
	if t, ok := unicode.Categories[name]; ok {
		return tableSet(t), true
	}
	for script, t := range unicode.Scripts {
		if strings.EqualFold(script, name) {
			return tableSet(t), true
		}
	}
	return nil, false
}
