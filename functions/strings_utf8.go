package functions

import (
	"strings"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// utf8Functions check and mend texts that are not UTF-8.
var utf8Functions = []*logical.Function{
	{
		Name:     "is_valid_utf8",
		Usage:    "is_valid_utf8(str) - Returns whether str is UTF-8.",
		Examples: []logical.Example{{SQL: "SELECT is_valid_utf8(x'80')", Result: "false"}},
		Type:     fixed("is_valid_utf8", columnar.BooleanType, columnar.StringType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.StringsToBool(ec.Pool, args[0], rows, utf8.Valid), nil
		}),
	},
	{
		Name:     "make_valid_utf8",
		Usage:    "make_valid_utf8(str) - Returns str with U+FFFD in the place of each part that is not UTF-8.",
		Examples: []logical.Example{{SQL: "SELECT make_valid_utf8(x'61C262')", Result: "a\uFFFDb"}},
		Type:     fixed("make_valid_utf8", columnar.StringType, columnar.StringType),
		Kind:     mapText(func(dst, s []byte) ([]byte, bool) { return appendValid(dst, s), true }),
	},
	{
		Name:     "validate_utf8",
		Usage:    "validate_utf8(str) - Returns str, or an error if it is not UTF-8.",
		Examples: []logical.Example{{SQL: "SELECT validate_utf8('Spark')", Result: "Spark"}},
		Type:     fixed("validate_utf8", columnar.StringType, columnar.StringType),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			s := columnar.StringAt(args[0], r)
			if !utf8.ValidString(s) {
				return dst, false, columnar.Errorf("INVALID_UTF8_STRING", "Invalid UTF8 byte sequence found in string: %s.", escapedBytes(s))
			}
			return append(dst, s...), true, nil
		}),
	},
	{
		Name:     "try_validate_utf8",
		Usage:    "try_validate_utf8(str) - Returns str, or NULL if it is not UTF-8.",
		Examples: []logical.Example{{SQL: "SELECT try_validate_utf8(x'80')", Result: "NULL"}},
		Type:     fixed("try_validate_utf8", columnar.StringType, columnar.StringType),
		Nullable: alwaysNullable,
		Kind:     mapText(func(dst, s []byte) ([]byte, bool) { return append(dst, s...), utf8.Valid(s) }),
	},
}

// escapedBytes writes a text's bytes as \xNN.
func escapedBytes(s string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(`\x`)
		b.WriteByte(digits[s[i]>>4])
		b.WriteByte(digits[s[i]&15])
	}
	return b.String()
}

// appendValid appends s with U+FFFD for every longest beginning of a character that does not go on.
func appendValid(dst, s []byte) []byte {
	for len(s) > 0 {
		c, n := utf8.DecodeRune(s)
		if c != utf8.RuneError || n > 1 {
			dst = append(dst, s[:n]...)
			s = s[n:]
			continue
		}
		dst = utf8.AppendRune(dst, utf8.RuneError)
		s = s[begunRune(s):]
	}
	return dst
}

// begunRune is how many bytes of s, which does not begin with a character, could begin one; at least 1.
func begunRune(s []byte) int {
	n := 1
	for n < len(s) && n < utf8.UTFMax-1 && s[n]&0xC0 == 0x80 && couldBegin(s[:n+1]) {
		n++
	}
	return n
}

// couldBegin says whether the bytes are the beginning of some character.
func couldBegin(s []byte) bool {
	need := 0
	switch c := s[0]; {
	case c >= 0xF0 && c <= 0xF4:
		need = 4
	case c >= 0xE0 && c < 0xF0:
		need = 3
	case c >= 0xC2 && c < 0xE0:
		need = 2
	}
	if len(s) >= need {
		return false
	}
	for _, last := range []byte{0x80, 0x90, 0xA0, 0xBF} { // whichever the rest is, one of these second bytes is allowed
		whole := append([]byte(nil), s...)
		for len(whole) < need {
			whole = append(whole, last)
		}
		if utf8.Valid(whole) {
			return true
		}
	}
	return false
}
