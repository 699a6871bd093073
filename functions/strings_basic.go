package functions

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// stringBasics change case, measure, reverse and repeat.
var stringBasics = []*logical.Function{
	{
		Name: "upper", Aliases: []string{"ucase"},
		Usage:    "upper(str) - Returns str in upper case.",
		Examples: []logical.Example{{SQL: "SELECT upper('SparkSql')", Result: "SPARKSQL"}},
		Type:     fixed("upper", columnar.StringType, columnar.StringType),
		Kind:     mapText(func(dst, s []byte) ([]byte, bool) { return appendCase(dst, s, 'a', 'z', upperText), true }),
	},
	{
		Name: "lower", Aliases: []string{"lcase"},
		Usage:    "lower(str) - Returns str in lower case.",
		Examples: []logical.Example{{SQL: "SELECT lower('SparkSql')", Result: "sparksql"}},
		Type:     fixed("lower", columnar.StringType, columnar.StringType),
		Kind:     mapText(func(dst, s []byte) ([]byte, bool) { return appendCase(dst, s, 'A', 'Z', lowerText), true }),
	},
	{
		Name:     "initcap",
		Usage:    "initcap(str) - Returns str with the first letter of each word in upper case and the others in lower case; words are parted by spaces.",
		Examples: []logical.Example{{SQL: "SELECT initcap('sPark sql')", Result: "Spark Sql"}},
		Type:     fixed("initcap", columnar.StringType, columnar.StringType),
		Kind:     mapText(func(dst, s []byte) ([]byte, bool) { return appendInitcap(dst, string(s)), true }),
	},
	{
		Name: "length", Aliases: []string{"len", "char_length", "character_length"},
		Usage:    "length(expr) - Returns the number of characters of a string, or of bytes of binary data.",
		Examples: []logical.Example{{SQL: "SELECT length('Spark SQL ')", Result: "10"}, {SQL: "SELECT length(x'537061726b2053514c')", Result: "9"}},
		Type:     measured("length"),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			count := func(s []byte) int32 { return int32(utf8.RuneCount(s)) }
			if args[0].Type().Kind == columnar.Binary {
				count = func(s []byte) int32 { return int32(len(s)) }
			}
			return measureText(count)(ec, rows, args)
		}),
	},
	{
		Name:     "octet_length",
		Usage:    "octet_length(expr) - Returns the number of bytes of a string or of binary data.",
		Examples: []logical.Example{{SQL: "SELECT octet_length('Spark SQL')", Result: "9"}},
		Type:     measured("octet_length"),
		Kind:     measureText(func(s []byte) int32 { return int32(len(s)) }),
	},
	{
		Name:     "bit_length",
		Usage:    "bit_length(expr) - Returns the number of bits of a string or of binary data.",
		Examples: []logical.Example{{SQL: "SELECT bit_length('Spark SQL')", Result: "72"}},
		Type:     measured("bit_length"),
		Kind:     measureText(func(s []byte) int32 { return int32(len(s)) * 8 }),
	},
	{
		Name:     "ascii",
		Usage:    "ascii(str) - Returns the code point of the first character, 0 for the empty string.",
		Examples: []logical.Example{{SQL: "SELECT ascii('222')", Result: "50"}, {SQL: "SELECT ascii(2)", Result: "50"}},
		Type:     fixed("ascii", columnar.IntType, columnar.StringType),
		Kind: measureText(func(s []byte) int32 {
			if len(s) == 0 {
				return 0
			}
			r, _ := utf8.DecodeRune(s)
			return r
		}),
	},
	{
		Name: "chr", Aliases: []string{"char"},
		Usage:    "chr(expr) - Returns the character whose code is expr modulo 256; the empty string if expr is negative.",
		Examples: []logical.Example{{SQL: "SELECT chr(65)", Result: "A"}},
		Type:     fixed("chr", columnar.StringType, columnar.BigIntType),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			n := columnar.Int64At(args[0], r)
			if n < 0 {
				return dst, true, nil
			}
			return utf8.AppendRune(dst, rune(n&0xff)), true, nil
		}),
	},
	{
		Name:     "space",
		Usage:    "space(n) - Returns n spaces.",
		Examples: []logical.Example{{SQL: "SELECT concat(space(2), '1')", Result: "  1"}},
		Type:     fixed("space", columnar.StringType, columnar.IntType),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			return appendRepeat(dst, " ", columnar.Int64At(args[0], r))
		}),
	},
	{
		Name:     "repeat",
		Usage:    "repeat(str, n) - Returns str n times.",
		Examples: []logical.Example{{SQL: "SELECT repeat('123', 2)", Result: "123123"}},
		Type:     fixed("repeat", columnar.StringType, columnar.StringType, columnar.IntType),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			return appendRepeat(dst, columnar.StringAt(args[0], r), columnar.Int64At(args[1], r))
		}),
	},
	{
		Name:     "translate",
		Usage:    "translate(input, from, to) - Replaces each character of from by the one at its place in to; those without are removed.",
		Examples: []logical.Example{{SQL: "SELECT translate('AaBbCc', 'abc', '123')", Result: "A1B2C3"}},
		Type:     fixed("translate", columnar.StringType, columnar.StringType, columnar.StringType, columnar.StringType),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			return appendTranslate(dst, columnar.StringAt(args[0], r), columnar.StringAt(args[1], r), columnar.StringAt(args[2], r)), true, nil
		}),
	},
	{
		Name:     "replace",
		Usage:    "replace(str, search[, replace]) - Replaces all occurrences of search by replace, which is empty by default.",
		Examples: []logical.Example{{SQL: "SELECT replace('ABCabc', 'abc', 'DEF')", Result: "ABCDEF"}},
		Type:     optional("replace", 2, columnar.StringType, columnar.StringType, columnar.StringType, columnar.StringType),
		Pretty:   withDefaults(3, ""),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			search, with := columnar.StringAt(args[1], r), ""
			if len(args) == 3 {
				with = columnar.StringAt(args[2], r)
			}
			s := columnar.StringAt(args[0], r)
			if search != "" {
				s = strings.ReplaceAll(s, search, with)
			}
			return append(dst, s...), true, nil
		}),
	},
	{
		Name:     "soundex",
		Usage:    "soundex(str) - Returns the Soundex code of str.",
		Examples: []logical.Example{{SQL: "SELECT soundex('Miller')", Result: "M460"}},
		Type:     fixed("soundex", columnar.StringType, columnar.StringType),
		Kind:     mapText(func(dst, s []byte) ([]byte, bool) { return appendSoundex(dst, s), true }),
	},
	{
		Name:     "levenshtein",
		Usage:    "levenshtein(str1, str2[, threshold]) - Returns the edit distance of two strings; -1 if it is above the threshold.",
		Examples: []logical.Example{{SQL: "SELECT levenshtein('kitten', 'sitting')", Result: "3"}, {SQL: "SELECT levenshtein('kitten', 'sitting', 2)", Result: "-1"}},
		Type:     optional("levenshtein", 2, columnar.IntType, columnar.StringType, columnar.StringType, columnar.IntType),
		Kind: number(columnar.IntType, func(args []columnar.Vector, r int) (int32, bool, error) {
			d := levenshtein([]rune(columnar.StringAt(args[0], r)), []rune(columnar.StringAt(args[1], r)))
			if len(args) == 3 && int64(d) > columnar.Int64At(args[2], r) {
				return -1, true, nil
			}
			return d, true, nil
		}),
	},
	{
		Name:     "luhn_check",
		Usage:    "luhn_check(str) - Says whether a string of digits satisfies the Luhn formula.",
		Examples: []logical.Example{{SQL: "SELECT luhn_check('8112189876')", Result: "true"}, {SQL: "SELECT luhn_check('79927398714')", Result: "false"}},
		Type:     fixed("luhn_check", columnar.BooleanType, columnar.StringType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.StringsToBool(ec.Pool, args[0], rows, luhn), nil
		}),
	},
}

// appendCase changes the case of ASCII text byte by byte, and of other text by the rules of Unicode.
func appendCase(dst, s []byte, lo, hi byte, other func(string) string) []byte {
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return append(dst, other(string(s))...)
		}
	}
	n := len(dst)
	dst = append(dst, s...)
	for i, c := range dst[n:] {
		if c >= lo && c <= hi {
			dst[n+i] = c ^ 0x20
		}
	}
	return dst
}

// The characters that become several in another case (Unicode's SpecialCasing.txt), which Go's own functions map one to one.
var (
	upperSpecial = strings.NewReplacer("ß", "SS", "ŉ", "ʼN", "ǰ", "J̌", "ﬀ", "FF", "ﬁ", "FI", "ﬂ", "FL", "ﬃ", "FFI", "ﬄ", "FFL", "ﬅ", "ST", "ﬆ", "ST", "և", "ԵՒ")
	titleSpecial = map[rune]string{'ß': "Ss", 'ﬁ': "Fi", 'ﬂ': "Fl", 'ﬀ': "Ff", 'ﬃ': "Ffi", 'ﬄ': "Ffl", 'ﬅ': "St", 'ﬆ': "St"}
	lowerSpecial = strings.NewReplacer("İ", "i̇")
)

func upperText(s string) string { return strings.ToUpper(upperSpecial.Replace(s)) }
func lowerText(s string) string { return strings.ToLower(lowerSpecial.Replace(s)) }

func appendInitcap(dst []byte, s string) []byte {
	first := true
	for _, r := range s {
		if special, ok := titleSpecial[r]; first && ok {
			dst = append(dst, special...)
		} else if first {
			dst = utf8.AppendRune(dst, unicode.ToTitle(r))
		} else {
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
		first = r == ' '
	}
	return dst
}

// maxText is the longest text that a function may make: a vector's buffers hold at most 2 GiB.
const maxText = 1<<31 - 16

func appendRepeat(dst []byte, s string, n int64) ([]byte, bool, error) {
	if n <= 0 {
		return dst, true, nil
	}
	if int64(len(s))*n > maxText {
		return dst, false, columnar.Errorf("COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION", "Can't create a text of %d bytes, which is more than the limit of %d.", int64(len(s))*n, maxText)
	}
	for range n {
		dst = append(dst, s...)
	}
	return dst, true, nil
}

func appendTranslate(dst []byte, s, from, to string) []byte {
	with := map[rune]rune{}
	target := []rune(to)
	for i, r := range []rune(from) {
		if _, ok := with[r]; ok {
			continue
		}
		with[r] = -1
		if i < len(target) {
			with[r] = target[i]
		}
	}
	for _, r := range s {
		t, ok := with[r]
		switch {
		case !ok:
			dst = utf8.AppendRune(dst, r)
		case t >= 0:
			dst = utf8.AppendRune(dst, t)
		}
	}
	return dst
}

// soundexCodes are the digits of A to Z; 7 marks letters that are skipped without parting equal codes (H and W), 0 those that part them.
const soundexCodes = "01230127022455012623017202"

func appendSoundex(dst, s []byte) []byte {
	if len(s) == 0 {
		return dst
	}
	upper := bytes.ToUpper(s)
	if upper[0] < 'A' || upper[0] > 'Z' {
		return append(dst, s...)
	}
	code := []byte{upper[0], '0', '0', '0'}
	last, n := soundexCodes[upper[0]-'A'], 1
	for _, c := range upper[1:] {
		if n == len(code) {
			break
		}
		if c < 'A' || c > 'Z' {
			last = '0'
			continue
		}
		d := soundexCodes[c-'A']
		if d == '7' {
			continue
		}
		if d != '0' && d != last {
			code[n] = d
			n++
		}
		last = d
	}
	return append(dst, code...)
}

func levenshtein(a, b []rune) int32 {
	row := make([]int32, len(b)+1)
	for j := range row {
		row[j] = int32(j)
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = int32(i + 1)
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

func luhn(s []byte) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		d := int(s[i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return len(s) > 0 && sum%10 == 0
}
