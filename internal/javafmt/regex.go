package javafmt

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Regex is a compiled expression of java.util.regex, with the matching rules of
// java.util.regex.Matcher. It is immutable and safe for concurrent use;
// compiling is slow, so keep one per pattern.
//
// It runs on RE2, in time linear in the text. What RE2 cannot do (lookaround,
// back-references, possessive quantifiers, atomic groups) is refused by
// CompileRegex. Three things differ from Java 17: \b and \B know ASCII words only
// (as in Java 19 and later), under (?m) only \n ends a line, and no empty match
// lies between the two UTF-16 units of one character.
type Regex struct {
	pattern string
	re      *regexp.Regexp
	// beforeEnd is re with $ matching before any \n too; nil if there is no $.
	beforeEnd *regexp.Regexp
	// again is re anchored behind one character; nil if re never matches the
	// empty string.
	again *regexp.Regexp
}

// CompileRegex compiles a Java pattern. The error is an *Error with condition
// INVALID_PARAMETER_VALUE.PATTERN for what Java refuses as well and
// UNSUPPORTED_FEATURE for what only this package refuses.
func CompileRegex(pattern string) (*Regex, error) {
	t := &translator{pattern: pattern, end: `\z`}
	re, err := t.compile()
	if err != nil {
		return nil, err
	}
	r := &Regex{pattern: pattern, re: re}
	if t.hasEnd {
		lines := &translator{pattern: pattern, end: "(?m:$)"}
		if r.beforeEnd, err = lines.compile(); err != nil {
			return nil, err
		}
	}
	parsed, err := syntax.Parse(t.out.String(), syntax.Perl)
	if err != nil {
		return nil, t.invalid("%v", err)
	}
	if matchesEmpty(parsed) {
		if r.again, err = regexp.Compile(`\A(?s:.)(?:` + t.out.String() + `)`); err != nil {
			return nil, t.invalid("%v", err)
		}
	}
	return r, nil
}

func (t *translator) compile() (*regexp.Regexp, error) {
	if err := t.translate(); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(t.out.String())
	if err != nil {
		if s, ok := err.(*syntax.Error); ok && s.Code == syntax.ErrLarge {
			return nil, t.unsupported("too many repetitions")
		}
		return nil, t.invalid("%v", err)
	}
	return re, nil
}

// matchesEmpty reports whether the expression can match without reading a
// character.
func matchesEmpty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return matchesEmpty(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || matchesEmpty(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !matchesEmpty(sub) {
				return false
			}
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if matchesEmpty(sub) {
				return true
			}
		}
		return false
	}
	return true
}

// String returns the Java pattern.
func (r *Regex) String() string { return r.pattern }

// GroupCount returns the number of capturing groups, without group 0.
func (r *Regex) GroupCount() int { return r.re.NumSubexp() }

// MatchString reports whether some part of s matches (Matcher.find).
func (r *Regex) MatchString(s string) bool {
	re, shorter := r.forText(s)
	return re.MatchString(s) || shorter >= 0 && re.MatchString(s[:shorter])
}

// FindSubmatchIndex returns the first match in s as pairs of byte positions, of
// group 0 and of each group (-1 where a group took no part), or nil.
func (r *Regex) FindSubmatchIndex(s string) []int {
	re, shorter := r.forText(s)
	m := re.FindStringSubmatchIndex(s)
	if shorter < 0 {
		return m
	}
	return earlier(m, re.FindStringSubmatchIndex(s[:shorter]))
}

// FindAllSubmatchIndex returns the matches that repeated Matcher.find gives, at
// most limit of them unless limit is negative. Unlike in Go, an empty match may
// begin where the match before it ends: in "aab" the expression a* matches
// "aa", "" and "".
func (r *Regex) FindAllSubmatchIndex(s string, limit int) [][]int {
	re, shorter := r.forText(s)
	found := re.FindAllStringSubmatchIndex(s, limit)
	if shorter >= 0 {
		found = merge(found, re.FindAllStringSubmatchIndex(s[:shorter], limit))
	}
	if r.again == nil || len(found) == 0 {
		return found
	}
	var all [][]int
	for i, m := range found {
		all = append(all, m)
		if m[0] == m[1] || i+1 < len(found) && found[i+1][0] == m[1] {
			continue
		}
		if empty := r.emptyAt(s, m[1]); empty != nil {
			all = append(all, empty)
		}
	}
	if limit >= 0 && len(all) > limit {
		all = all[:limit]
	}
	return all
}

// emptyAt returns the match at pos if it is empty. The character before pos is
// kept in view, for \b and ^.
func (r *Regex) emptyAt(s string, pos int) []int {
	_, size := utf8.DecodeLastRuneInString(s[:pos])
	start := pos - size
	m := r.again.FindStringSubmatchIndex(s[start:])
	if m == nil || m[1] != size {
		return nil
	}
	m[0] = size
	for i := range m {
		if m[i] >= 0 {
			m[i] += start
		}
	}
	return m
}

// forText chooses the expression for s by what $ means there: the end, or also
// the place before a line end that ends s. Fast path - s has a single newline,
// as its last character: RE2's own $ says the same. Slow path - for other line
// ends, matches must be looked for both in s and in s[:shorter].
func (r *Regex) forText(s string) (re *regexp.Regexp, shorter int) {
	if r.beforeEnd == nil || s == "" {
		return r.re, -1
	}
	if s[len(s)-1] == '\n' {
		if strings.IndexByte(s, '\n') == len(s)-1 && !strings.HasSuffix(s, "\r\n") {
			return r.beforeEnd, -1
		}
		return r.re, len(strings.TrimSuffix(s[:len(s)-1], "\r"))
	}
	for _, end := range [...]string{"\r", "\u0085", "\u2028", "\u2029"} {
		if strings.HasSuffix(s, end) {
			return r.re, len(s) - len(end)
		}
	}
	return r.re, -1
}

// earlier returns the match that begins first, the longer of two that begin
// together; a and b may be nil.
func earlier(a, b []int) []int {
	if a == nil || b != nil && (b[0] < a[0] || b[0] == a[0] && b[1] > a[1]) {
		return b
	}
	return a
}

// merge joins two lists of matches of one text, leaving out those that overlap
// an earlier one.
func merge(a, b [][]int) (all [][]int) {
	for len(a) > 0 || len(b) > 0 {
		var m []int
		switch {
		case len(a) == 0:
			m, b = b[0], b[1:]
		case len(b) == 0:
			m, a = a[0], a[1:]
		case &earlier(a[0], b[0])[0] == &a[0][0]:
			m, a = a[0], a[1:]
		default:
			m, b = b[0], b[1:]
		}
		if n := len(all); n == 0 || m[0] > all[n-1][0] && m[0] >= all[n-1][1] {
			all = append(all, m)
		}
	}
	return all
}

// Replacement is a compiled replacement of Matcher.replaceAll: $1 and ${name}
// stand for groups, a backslash takes the next character as it is.
type Replacement struct {
	parts []replacementPart
}

type replacementPart struct {
	literal string
	group   int // -1: literal
}

// CompileReplacement compiles a replacement for matches of r. The error is an
// *Error where Java throws: a group that r lacks, a trailing $ or backslash.
func (r *Regex) CompileReplacement(text string) (*Replacement, error) {
	out := &Replacement{}
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			out.parts = append(out.parts, replacementPart{literal.String(), -1})
			literal.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i++; i == len(text) {
				return nil, invalidReplacement(text, "character to be escaped is missing")
			}
			literal.WriteByte(text[i])
		case '$':
			group, end, reason := r.groupReference(text, i+1)
			if reason != "" {
				return nil, invalidReplacement(text, reason)
			}
			flush()
			out.parts = append(out.parts, replacementPart{group: group})
			i = end - 1
		default:
			literal.WriteByte(text[i])
		}
	}
	flush()
	return out, nil
}

func invalidReplacement(text, reason string) error {
	return &Error{"INVALID_PARAMETER_VALUE.PATTERN", "22023", "The replacement '" + text + "' is invalid: " + reason}
}

// groupReference reads what follows a $ and returns the group and where the
// text goes on. It takes as many digits as still name a group.
func (r *Regex) groupReference(text string, pos int) (group, end int, reason string) {
	if pos == len(text) {
		return 0, 0, "Illegal group reference: group index is missing"
	}
	if text[pos] == '{' {
		name, _, ok := strings.Cut(text[pos+1:], "}")
		switch group = r.re.SubexpIndex(name); {
		case !ok || !isGroupName(name):
			return 0, 0, "named capturing group is missing trailing '}'"
		case group < 0:
			return 0, 0, "No group with name {" + name + "}"
		}
		return group, pos + len(name) + 2, ""
	}
	if !isDigit(text[pos]) {
		return 0, 0, "Illegal group reference"
	}
	group, end = int(text[pos]-'0'), pos+1
	if group > r.GroupCount() {
		return 0, 0, "No group " + text[pos:end]
	}
	for end < len(text) && isDigit(text[end]) && group*10+int(text[end]-'0') <= r.GroupCount() {
		group = group*10 + int(text[end]-'0')
		end++
	}
	return group, end, ""
}

// AppendReplaceAll appends s to dst with every match replaced.
func (r *Regex) AppendReplaceAll(dst []byte, s string, with *Replacement) []byte {
	last := 0
	for _, m := range r.FindAllSubmatchIndex(s, -1) {
		dst = append(dst, s[last:m[0]]...)
		dst = with.Append(dst, s, m)
		last = m[1]
	}
	return append(dst, s[last:]...)
}

// Append appends the replacement of one match of s.
func (p *Replacement) Append(dst []byte, s string, match []int) []byte {
	for _, part := range p.parts {
		switch {
		case part.group < 0:
			dst = append(dst, part.literal...)
		case match[2*part.group] >= 0:
			dst = append(dst, s[match[2*part.group]:match[2*part.group+1]]...)
		}
	}
	return dst
}

// Split is java.util.regex.Pattern.split: the parts of s between matches, at
// most limit of them if it is positive (the last keeps the rest). Otherwise all
// are kept, also empty ones at the end. An empty match at the start of s splits
// nothing off.
func (r *Regex) Split(s string, limit int) []string {
	var parts []string
	last := 0
	for _, m := range r.FindAllSubmatchIndex(s, -1) {
		if limit > 0 && len(parts) == limit-1 {
			break
		}
		if m[1] == 0 { // empty, at the start
			continue
		}
		parts = append(parts, s[last:m[0]])
		last = m[1]
	}
	return append(parts, s[last:])
}
