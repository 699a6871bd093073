package functions

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

var decodeFunctions = []*logical.Function{{
	Name: "decode",
	Usage: "decode(expr, search, result, …[, default]): the result behind the first search that equals expr, NULL being equal to NULL. " +
		"decode(bin, charset): the text that the bytes mean in a character set.",
	Examples: []logical.Example{
		{SQL: "SELECT decode(2, 1, 'Southlake', 2, 'San Francisco', 'Non domestic')", Result: "San Francisco"},
		{SQL: "SELECT decode(encode('abc', 'utf-8'), 'utf-8')", Result: "abc"},
	},
	Type: decodeTypes, Nullable: alwaysNullable, Kind: logical.Lazy(evalDecode),
}}

// decodeTypes: the expression and what it is compared with meet in one type, the results in another.
func decodeTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("decode", len(args), 2, -1); err != nil {
		return nil, columnar.VoidType, err
	}
	if len(args) == 2 {
		return fixed("decode", columnar.StringType, columnar.BinaryType, columnar.StringType)(args)
	}
	compared, results := args[:1:1], []columnar.Type(nil)
	isResult := func(i int) bool { return i > 0 && (i%2 == 0 || i == len(args)-1) }
	for i, a := range args[1:] {
		if isResult(i + 1) {
			results = append(results, a)
		} else {
			compared = append(compared, a)
		}
	}
	c, err := commonOf("decode", compared)
	if err != nil {
		return nil, c, err
	}
	t, err := commonOf("decode", results)
	coerced := make([]columnar.Type, len(args))
	for i := range args {
		if coerced[i] = c; isResult(i) {
			coerced[i] = t
		}
	}
	return coerced, t, err
}

func evalDecode(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	v, err := args[0].Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	if len(args) == 2 {
		return decodeText(ec, in, rows, v, args[1])
	}
	c := choosing{ec: ec, in: in, rows: rows, open: rows}
	t := args[2].Type()
	rest := args[1:]
	for ; len(rest) > 1 && c.open.Count() > 0; rest = rest[2:] {
		s, err := rest[0].Eval(ec, in, c.open)
		if err != nil {
			return nil, err
		}
		equal := columnar.EqNullSafe(ec.Pool, v, s, c.open)
		if v.Type().Kind == columnar.Void {
			equal = columnar.IsNull(ec.Pool, s, c.open)
		}
		if err := c.take(equal, rest[1]); err != nil {
			return nil, err
		}
	}
	if len(rest) == 1 {
		if err := c.otherwise(rest[0]); err != nil {
			return nil, err
		}
	}
	return c.result(t), nil
}

func decodeText(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, v columnar.Vector, charset logical.Evaluator) (columnar.Vector, error) {
	cs, err := charset.Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
		if v.IsNull(r) || cs.IsNull(r) {
			return dst, false, nil
		}
		return appendDecoded(dst, columnar.StringAt(v, r), columnar.StringAt(cs, r))
	})
}

// appendDecoded reads bytes in a character set; what has no meaning there is MALFORMED_CHARACTER_CODING.
func appendDecoded(dst []byte, b, charset string) ([]byte, bool, error) {
	ok := true
	switch strings.ToUpper(charset) {
	case "UTF-8":
		dst, ok = append(dst, b...), utf8.ValidString(b)
	case "US-ASCII", "ISO-8859-1":
		ascii := strings.EqualFold(charset, "US-ASCII")
		for i := range len(b) {
			ok = ok && (!ascii || b[i] < 0x80)
			dst = utf8.AppendRune(dst, rune(b[i]))
		}
	case "UTF-16", "UTF-16BE", "UTF-16LE":
		little := strings.EqualFold(charset, "UTF-16LE")
		if strings.EqualFold(charset, "UTF-16") && len(b) > 1 && (b[:2] == "\xfe\xff" || b[:2] == "\xff\xfe") {
			little = b[0] == 0xff
			b = b[2:]
		}
		dst, ok = appendUTF16(dst, b, little)
	case "UTF-32":
		ok = len(b)%4 == 0
		for ; ok && len(b) > 0; b = b[4:] {
			c := rune(b[0])<<24 | rune(b[1])<<16 | rune(b[2])<<8 | rune(b[3])
			ok = utf8.ValidRune(c)
			dst = utf8.AppendRune(dst, c)
		}
	default:
		return dst, false, columnar.Errorf("INVALID_PARAMETER_VALUE.CHARSET", "The value of parameter(s) `charset` in `decode` is invalid: "+
			"expects one of the iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8, but got %s.", charset)
	}
	if !ok {
		return dst, false, columnar.Errorf("MALFORMED_CHARACTER_CODING", "Invalid value found when performing `decode` with %s", charset)
	}
	return dst, true, nil
}

func appendUTF16(dst []byte, b string, little bool) ([]byte, bool) {
	unit := func(i int) rune {
		if little {
			return rune(b[i]) | rune(b[i+1])<<8
		}
		return rune(b[i])<<8 | rune(b[i+1])
	}
	if len(b)%2 == 1 {
		return dst, false
	}
	for i := 0; i < len(b); i += 2 {
		c := unit(i)
		if utf16.IsSurrogate(c) {
			i += 2
			if i >= len(b) {
				return dst, false
			}
			if c = utf16.DecodeRune(c, unit(i)); c == utf8.RuneError {
				return dst, false
			}
		}
		dst = utf8.AppendRune(dst, c)
	}
	return dst, true
}
