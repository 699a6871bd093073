package javafmt

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Purpose says what a pattern is compiled for: Spark rejects some letters in
// patterns for parsing and reads fractions of a second of any length there.
type Purpose uint8

// The two purposes of a Formatter.
const (
	ForFormatting Purpose = iota // date_format, from_unixtime, writing files
	ForParsing                   // to_date, to_timestamp, unix_timestamp, reading files
)

// Formatter is a compiled pattern of java.time.format.DateTimeFormatter with
// Spark's restrictions and the US locale. It is immutable and safe for
// concurrent use; compiling costs about a microsecond, so keep one per pattern.
type Formatter struct {
	pattern  string
	purpose  Purpose
	elements []element
}

// Pattern returns the text the Formatter was compiled from.
func (f *Formatter) Pattern() string { return f.pattern }

// String returns the pattern, for EXPLAIN.
func (f *Formatter) String() string { return f.pattern }

// element is one printer-parser of the pattern.
type element struct {
	kind     elementKind
	field    field
	min, max int8 // digits of a number or a fraction
	// subsequent is the digits of the fixed-width numbers that follow without a
	// separator and that a number of variable width must leave to them.
	subsequent int8
	sign       signStyle
	style      textStyle
	offset     offsetPattern
	literal    string
	optional   []element // of kindOptional
}

type elementKind uint8

const (
	kindLiteral elementKind = iota
	kindNumber
	kindReduced // a year of two digits, in 2000..2099
	kindFraction
	kindText
	kindOffset          // X, x, Z
	kindLocalizedOffset // O, ZZZZ: GMT+8
	kindZoneID          // VV
	kindZoneText        // z
	kindOptional        // [ … ]
)

type signStyle uint8

const (
	signNormal      signStyle = iota // a minus where needed
	signNotNegative                  // none accepted
	signExceedsPad                   // a plus too when the number is wider than its padding
)

type textStyle uint8

const (
	styleShort textStyle = iota
	styleFull
)

// NewFormatter compiles a pattern as Spark's DateTimeFormatterHelper does. The
// error is an *Error with Spark's condition.
func NewFormatter(pattern string, purpose Purpose) (*Formatter, error) {
	converted, err := convertPattern(pattern, purpose)
	if err != nil {
		return nil, orUpgradeError(pattern, err)
	}
	c := &patternCompiler{pattern: converted, purpose: purpose}
	c.active = []*section{{valueIndex: -1}}
	if err := c.compile(); err != nil {
		return nil, orUpgradeError(pattern, err)
	}
	for len(c.active) > 1 { // sections left open end with the pattern
		c.endOptional()
	}
	return &Formatter{pattern: pattern, purpose: purpose, elements: c.active[0].elements}, nil
}

// convertPattern rejects the letters whose meaning changed between Spark 2 and
// 3 and makes years signed (y into u) unless an era is given with them.
func convertPattern(pattern string, purpose Purpose) (string, *Error) {
	parts := strings.Split(pattern, "'")
	era := false
	for i := 0; i < len(parts); i += 2 {
		era = era || strings.Contains(parts[i], "G")
	}
	for i := 0; i < len(parts); i += 2 {
		if err := checkLetters(parts[i], pattern, purpose); err != nil {
			return "", err
		}
		if !era {
			parts[i] = strings.ReplaceAll(parts[i], "y", "u")
		}
	}
	return strings.Join(parts, "'"), nil
}

func checkLetters(part, pattern string, purpose Purpose) *Error {
	if i := strings.IndexAny(part, "YWwuec"); i >= 0 {
		return &Error{"INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", "42K0B",
			fmt.Sprintf("All week-based patterns are unsupported since Spark 3.0, detected week-based character: %c. Use the SQL function EXTRACT instead.", part[i])}
	}
	illegal := "ABnNp"
	if purpose == ForParsing {
		illegal += "EFqQ"
	}
	if i := strings.IndexAny(part, illegal); i >= 0 {
		return &Error{"INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "22007",
			fmt.Sprintf("Unrecognized datetime pattern: %s. Illegal pattern character found in datetime pattern: %c.", pattern, part[i])}
	}
	for _, long := range [...]string{"GGGGG", "MMMMM", "LLLLL", "EEEEE", "QQQQQ", "qqqqq", "yyyyyyy"} {
		if strings.Contains(part, long) {
			return &Error{"INVALID_DATETIME_PATTERN.LENGTH", "22007",
				fmt.Sprintf("Unrecognized datetime pattern: %s. Too many letters in datetime pattern: %s.", pattern, long)}
		}
	}
	return nil
}

// orUpgradeError turns err into the error about changed behaviour if Spark 2,
// which used java.text.SimpleDateFormat, would have taken the pattern.
func orUpgradeError(pattern string, err *Error) *Error {
	if !isSimpleDateFormat(pattern) {
		return err
	}
	return &Error{"INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION", "42K0B",
		fmt.Sprintf("Fail to recognize '%s' pattern in the DateTimeFormatter: %s", pattern, err.Message)}
}

func isSimpleDateFormat(pattern string) bool {
	parts := strings.Split(pattern, "'")
	for i := 0; i < len(parts); i += 2 {
		if strings.Contains(parts[i], "XXXX") {
			return false
		}
		for _, r := range parts[i] {
			if isLetter(r) && !strings.ContainsRune("GyMdkHmsSEDFwWahKzZYuXL", r) {
				return false
			}
		}
	}
	return len(parts)%2 == 1
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func invalidPattern(format string, args ...any) *Error {
	return &Error{"INVALID_DATETIME_PATTERN.WITH_SUGGESTION", "22007", fmt.Sprintf(format, args...)}
}

// section collects the elements of the pattern or of one optional part of it.
type section struct {
	elements   []element
	valueIndex int // the number that adjacent digits are shared with, or -1
}

type patternCompiler struct {
	pattern string
	purpose Purpose
	active  []*section // the last is the innermost
}

func (c *patternCompiler) compile() *Error {
	for i := 0; i < len(c.pattern); {
		r, size := utf8.DecodeRuneInString(c.pattern[i:])
		switch {
		case isLetter(r):
			n := i + 1
			for n < len(c.pattern) && c.pattern[n] == c.pattern[i] {
				n++
			}
			if err := c.letter(c.pattern[i], n-i); err != nil {
				return err
			}
			i = n
			continue
		case r == '\'':
			n, err := c.quoted(i)
			if err != nil {
				return err
			}
			i = n
			continue
		case r == '[':
			c.top().valueIndex = -1
			c.active = append(c.active, &section{valueIndex: -1})
		case r == ']':
			if len(c.active) == 1 {
				return invalidPattern("Pattern invalid as it contains ] without previous [")
			}
			c.endOptional()
		case r == '{' || r == '}' || r == '#':
			return invalidPattern("Pattern includes reserved character: '%c'", r)
		default:
			c.add(element{kind: kindLiteral, literal: c.pattern[i : i+size]})
		}
		i += size
	}
	return nil
}

// quoted compiles the literal whose opening quote is at i and returns where the
// pattern goes on. Two quotes, inside or alone, stand for one.
func (c *patternCompiler) quoted(i int) (int, *Error) {
	var text strings.Builder
	for n := i + 1; n < len(c.pattern); n++ {
		switch {
		case c.pattern[n] != '\'':
			text.WriteByte(c.pattern[n])
		case n+1 < len(c.pattern) && c.pattern[n+1] == '\'':
			text.WriteByte('\'')
			n++
		default:
			if text.Len() == 0 {
				text.WriteByte('\'')
			}
			c.add(element{kind: kindLiteral, literal: text.String()})
			return n + 1, nil
		}
	}
	return 0, invalidPattern("Pattern ends with an incomplete string literal: %s", c.pattern)
}

func (c *patternCompiler) top() *section { return c.active[len(c.active)-1] }

func (c *patternCompiler) endOptional() {
	inner := c.top()
	c.active = c.active[:len(c.active)-1]
	if len(inner.elements) > 0 {
		c.add(element{kind: kindOptional, optional: inner.elements})
	}
}

// add appends an element that takes no part in the sharing of digits.
func (c *patternCompiler) add(e element) {
	s := c.top()
	s.valueIndex = -1
	s.elements = append(s.elements, e)
}

// addNumber appends a number. One of fixed width that follows a number without
// a separator takes its digits from the end of the run, as in yyyyMMdd; a
// number of variable width starts a run of its own.
func (c *patternCompiler) addNumber(e element) {
	s := c.top()
	shared := s.valueIndex
	s.elements = append(s.elements, e)
	s.valueIndex = len(s.elements) - 1
	if shared < 0 {
		return
	}
	if e.min == e.max && e.sign == signNotNegative {
		s.elements[shared].subsequent += e.max
		s.valueIndex = shared
		return
	}
	s.elements[shared].subsequent = 0
}
