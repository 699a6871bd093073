package sql

import (
	"strconv"
	"strings"
)

// string reads a quoted string. Inside, the quote is written twice or after a
// backslash. Escapes are Spark's (SparkParserUtils.unescapeSQLString) unless
// the session keeps backslashes (spark.sql.parser.escapedStringLiterals).
func (s *scanner) string(t *token) {
	quote := s.text[s.pos]
	var v strings.Builder
	for s.pos++; s.pos < len(s.text); {
		c := s.text[s.pos]
		switch {
		case c == '\\' && s.pos+1 < len(s.text) && s.opts.EscapedStringLiterals:
			v.WriteString(s.text[s.pos : s.pos+2])
			s.pos += 2
		case c == '\\' && s.pos+1 < len(s.text):
			s.pos += unescape(&v, s.rest())
		case c == quote && s.peek(1) == quote:
			v.WriteByte(c)
			s.pos += 2
		case c == quote:
			s.pos++
			t.kind, t.text = str, v.String()
			return
		default:
			v.WriteByte(c)
			s.pos++
		}
	}
	t.kind, t.text = bad, unclosedQuote
}

// unescape writes what the escape at the start of s (a backslash and at least
// one byte) stands for, and returns its length.
func unescape(v *strings.Builder, s string) int {
	switch c := s[1]; c {
	case 'u':
		if n, err := hexRune(s, 2, 4); err == nil {
			v.WriteRune(n)
			return 6
		}
	case 'U':
		if n, err := hexRune(s, 2, 8); err == nil {
			v.WriteRune(n)
			return 10
		}
	case '0', '1':
		if len(s) >= 4 && isOctal(s[2]) && isOctal(s[3]) {
			n, _ := strconv.ParseUint(s[1:4], 8, 8)
			v.WriteRune(rune(n))
			return 4
		}
		if c == '0' {
			v.WriteByte(0)
			return 2
		}
	case '%', '_': // stay escaped: they are escapes of LIKE, not of strings
		v.WriteString(s[:2])
		return 2
	}
	if i := strings.IndexByte("nrtbZ", s[1]); i >= 0 {
		v.WriteByte("\n\r\t\b\x1a"[i])
		return 2
	}
	v.WriteByte(s[1])
	return 2
}

func isOctal(c byte) bool { return c >= '0' && c <= '7' }

// hexRune reads n hexadecimal digits from s[from:].
func hexRune(s string, from, n int) (rune, error) {
	if len(s) < from+n {
		return 0, strconv.ErrSyntax
	}
	v, err := strconv.ParseUint(s[from:from+n], 16, 32)
	return rune(v), err
}

// rawString reads r'…': no escapes at all, so the quote cannot be inside.
func (s *scanner) rawString(t *token) {
	quote := s.peek(1)
	i := strings.IndexByte(s.text[s.pos+2:], quote)
	if i < 0 {
		t.kind, t.text = bad, unclosedQuote
		s.pos = len(s.text)
		return
	}
	t.kind, t.text = str, s.text[s.pos+2:s.pos+2+i]
	s.pos += i + 3
}

// dollarString reads $$…$$ and $tag$…$tag$.
func (s *scanner) dollarString(t *token) {
	i := strings.IndexByte(s.text[s.pos+1:], '$')
	tag := ""
	if i >= 0 {
		tag = s.text[s.pos : s.pos+i+2]
	}
	if i < 0 || strings.IndexFunc(tag[1:len(tag)-1], func(r rune) bool { return r < 0x80 && !isIdentByte(byte(r)) }) >= 0 {
		t.kind, t.text = bad, badCharacter
		s.pos++
		return
	}
	body := s.text[s.pos+len(tag):]
	end := strings.Index(body, tag)
	if end < 0 {
		t.kind, t.text = bad, unclosedQuote
		s.pos = len(s.text)
		return
	}
	t.kind, t.text = str, body[:end]
	s.pos += 2*len(tag) + end
}

// number reads a numeric literal, or a word that begins with a digit (2021_q1
// is an identifier in Spark).
func (s *scanner) number(t *token) {
	if n := numberLen(s.rest()); n > 0 {
		t.kind, t.text = num, s.text[s.pos:s.pos+n]
		s.pos += n
		return
	}
	t.kind = word
	s.identTail()
	if s.pos == t.beg { // ".5x": no number and no name
		s.pos++
		t.kind, t.text = punct, "."
	}
}

// numberLen returns the length of the longest numeric literal at the start of
// s that is not followed by a letter, digit or underscore; 0 if there is none.
func numberLen(s string) int {
	whole := digits(s, 0)
	ends := []int{whole}
	if whole < len(s) && s[whole] == '.' {
		ends = []int{digits(s, whole+1), whole}
	}
	for _, mantissa := range ends {
		if mantissa == 0 {
			continue
		}
		exponent := exponentEnd(s, mantissa)
		for _, end := range []int{exponent, mantissa} {
			n := end + suffixLen(s[end:], end == whole)
			if n == len(s) || !isIdentByte(s[n]) {
				return n
			}
		}
	}
	return 0
}

// digits is the end of the digits in s from i on.
func digits(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// exponentEnd is the end of an exponent at i, or i if there is none.
func exponentEnd(s string, i int) int {
	if i >= len(s) || s[i] != 'e' && s[i] != 'E' {
		return i
	}
	j := i + 1
	if j < len(s) && (s[j] == '+' || s[j] == '-') {
		j++
	}
	if end := digits(s, j); end > j {
		return end
	}
	return i
}

// suffixLen: D, F and BD follow any number, L, S and Y only integers.
func suffixLen(s string, integer bool) int {
	switch {
	case len(s) > 1 && strings.EqualFold(s[:2], "BD"):
		return 2
	case len(s) > 0 && strings.IndexByte("DFdf", s[0]) >= 0:
		return 1
	case len(s) > 0 && integer && strings.IndexByte("LSYlsy", s[0]) >= 0:
		return 1
	}
	return 0
}
