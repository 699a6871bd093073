package functions

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// stringFormats join, format, encode and decode.
var stringFormats = []*logical.Function{
	{
		Name:     "concat_ws",
		Usage:    "concat_ws(sep[, str | array(str)]+) - Joins strings and the elements of arrays of strings by sep, without NULLs.",
		Examples: []logical.Example{{SQL: "SELECT concat_ws(' ', 'Spark', 'SQL')", Result: "Spark SQL"}, {SQL: "SELECT concat_ws('/', 'foo', null, 'bar')", Result: "foo/bar"}},
		Type:     concatWSType,
		Nullable: func(args []logical.Expr) bool { return args[0].Nullable() },
		Kind:     logical.Scalar(evalConcatWS),
	},
	{
		Name: "format_string", Aliases: []string{"printf"},
		Usage:    "format_string(strfmt, obj, …) - Formats as C's printf does, in Java's dialect.",
		Examples: []logical.Example{{SQL: `SELECT format_string("Hello World %d %s", 100, "days")`, Result: "Hello World 100 days"}},
		Type:     formatStringType,
		Nullable: func(args []logical.Expr) bool { return args[0].Nullable() },
		Kind:     logical.Scalar(evalFormatString),
	},
	{
		Name:     "format_number",
		Usage:    "format_number(expr1, expr2) - Formats a number with expr2 decimal places and commas, or by a pattern such as '#,###.00'.",
		Examples: []logical.Example{{SQL: "SELECT format_number(12332.123456, 4)", Result: "12,332.1235"}, {SQL: "SELECT format_number(12332.123456, '##################.###')", Result: "12332.123"}},
		Type:     formatNumberType,
		Nullable: alwaysNullable,
		Kind:     text(columnar.StringType, formatNumber),
	},
	{
		Name:     "base64",
		Usage:    "base64(bin) - Returns bin in base 64, without line breaks.",
		Examples: []logical.Example{{SQL: "SELECT base64('Spark SQL')", Result: "U3BhcmsgU1FM"}},
		Type:     fixed("base64", columnar.StringType, columnar.BinaryType),
		Kind:     mapText(func(dst, s []byte) ([]byte, bool) { return base64.StdEncoding.AppendEncode(dst, s), true }),
	},
	{
		Name:     "unbase64",
		Usage:    "unbase64(str) - Returns the bytes that str stands for in base 64.",
		Examples: []logical.Example{{SQL: "SELECT CAST(unbase64('U3BhcmsgU1FM') AS STRING)", Result: "Spark SQL"}},
		Type:     fixed("unbase64", columnar.BinaryType, columnar.StringType),
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			return columnar.StringsToStringsErr(ec.Pool, args[0], columnar.BinaryType, rows, appendUnbase64)
		}),
	},
	{
		Name:     "encode",
		Usage:    "encode(str, charset) - Returns str in a character set: US-ASCII, ISO-8859-1, UTF-8, UTF-16BE, UTF-16LE, UTF-16 or UTF-32.",
		Examples: []logical.Example{{SQL: "SELECT hex(encode('abc', 'utf-8'))", Result: "616263"}},
		Type:     fixed("encode", columnar.BinaryType, columnar.StringType, columnar.StringType),
		Kind: text(columnar.BinaryType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			dst, err := appendEncoded(dst, columnar.StringAt(args[0], r), columnar.StringAt(args[1], r))
			return dst, true, err
		}),
	},
	{
		Name:     "elt",
		Usage:    "elt(n, input1, input2, …) - Returns the n-th input, counted from 1.",
		Examples: []logical.Example{{SQL: "SELECT elt(1, 'scala', 'java')", Result: "scala"}},
		Type:     eltType,
		Nullable: alwaysNullable,
		Kind:     logical.Scalar(evalElt),
	},
	{
		Name:     "url_encode",
		Usage:    "url_encode(str) - Returns str in application/x-www-form-urlencoded form.",
		Examples: []logical.Example{{SQL: "SELECT url_encode('https://spark.apache.org')", Result: "https%3A%2F%2Fspark.apache.org"}},
		Type:     fixed("url_encode", columnar.StringType, columnar.StringType),
		Kind: mapText(func(dst, s []byte) ([]byte, bool) {
			return append(dst, strings.ReplaceAll(url.QueryEscape(string(s)), "~", "%7E")...), true
		}),
	},
	{
		Name:     "url_decode",
		Usage:    "url_decode(str) - Returns the text that str stands for in application/x-www-form-urlencoded form.",
		Examples: []logical.Example{{SQL: "SELECT url_decode('https%3A%2F%2Fspark.apache.org')", Result: "https://spark.apache.org"}},
		Type:     fixed("url_decode", columnar.StringType, columnar.StringType),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			s := columnar.StringAt(args[0], r)
			plain, err := url.QueryUnescape(s)
			if err != nil {
				return dst, false, columnar.Errorf("CANNOT_DECODE_URL", "The provided URL cannot be decoded: %s. Please ensure that the URL is properly formatted and try again.", s)
			}
			return append(dst, plain...), true, nil
		}),
	},
	{
		Name:     "try_url_decode",
		Usage:    "try_url_decode(str) - url_decode, but NULL where str is not in that form.",
		Examples: []logical.Example{{SQL: "SELECT try_url_decode('http%3A%2F%2spark')", Result: "NULL"}},
		Type:     fixed("try_url_decode", columnar.StringType, columnar.StringType),
		Nullable: alwaysNullable,
		Kind: mapText(func(dst, s []byte) ([]byte, bool) {
			plain, err := url.QueryUnescape(string(s))
			return append(dst, plain...), err == nil
		}),
	},
	{
		Name:     "quote",
		Usage:    "quote(str) - Returns str in single quotes, with a backslash before each single quote in it.",
		Examples: []logical.Example{{SQL: `SELECT quote('Don\'t')`, Result: `'Don\'t'`}},
		Type:     fixed("quote", columnar.StringType, columnar.StringType),
		Kind: mapText(func(dst, s []byte) ([]byte, bool) {
			dst = append(dst, '\'')
			dst = append(dst, strings.ReplaceAll(string(s), "'", `\'`)...)
			return append(dst, '\''), true
		}),
	},
	{
		Name:      "mask",
		Usage:     "mask(input[, upperChar[, lowerChar[, digitChar[, otherChar]]]]) - Replaces letters by X and x and digits by n, or by the characters given; NULL keeps characters of that kind.",
		Examples:  []logical.Example{{SQL: "SELECT mask('abcd-EFGH-8765-4321')", Result: "xxxx-XXXX-nnnn-nnnn"}, {SQL: "SELECT mask('AbCD123-@$#', 'Q', 'q')", Result: "QqQQnnn-@$#"}},
		TypeExprs: maskType,
		Params: []logical.Param{{Name: "str"}, {Name: "upperChar", Default: logical.Lit("X")}, {Name: "lowerChar", Default: logical.Lit("x")},
			{Name: "digitChar", Default: logical.Lit("n")}, {Name: "otherChar", Default: logical.Null(columnar.StringType)}},
		Nullable: func(args []logical.Expr) bool { return args[0].Nullable() },
		Kind:     logical.Scalar(evalMask),
	},
}

// maskType: the characters to put in are constants of one character, or NULL.
func maskType(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	names := [...]string{"input", "upperChar", "lowerChar", "digitChar", "otherChar"}
	if err := arity("mask", len(args), 1, len(names)); err != nil {
		return nil, columnar.StringType, err
	}
	coerced := repeatType(columnar.StringType, len(args))
	for i, a := range args {
		if k := a.Type().Kind; k != columnar.String && k != columnar.Void {
			return nil, columnar.StringType, unexpectedType(i, "STRING", a.Type())
		}
	}
	for i, a := range args[1:] {
		if !foldable(a) {
			return nil, columnar.StringType, nonFoldable(names[i+1], "STRING", a)
		}
		if l, ok := a.(*logical.Literal); ok && !l.Value.IsNull(0) && utf8.RuneCountInString(columnar.StringAt(l.Value, 0)) != 1 {
			return nil, columnar.StringType, columnar.Errorf("DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE", "Length of `%s` should be 1.", names[i+1])
		}
	}
	return coerced, columnar.StringType, nil
}

func concatWSType(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("concat_ws", len(args), 1, -1); err != nil {
		return nil, columnar.StringType, err
	}
	coerced := make([]columnar.Type, len(args))
	for i, a := range args {
		coerced[i] = columnar.StringType
		if i > 0 && a.Kind == columnar.Array {
			coerced[i] = columnar.ArrayOf(columnar.StringType)
		} else if !logical.ImplicitCast(a, columnar.StringType) {
			return nil, columnar.StringType, unexpectedRaw(i, `("ARRAY<STRING>" or "STRING")`, a)
		}
	}
	return coerced, columnar.StringType, nil
}

func evalConcatWS(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	lists := make([]*columnar.List, len(args))
	for i, a := range args {
		if a.Type().Kind == columnar.Array {
			lists[i], _ = columnar.Flatten(ec.Pool, a, rows).(*columnar.List)
		}
	}
	return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
		if args[0].IsNull(r) {
			return dst, false, nil
		}
		sep, first := columnar.StringAt(args[0], r), true
		add := func(s string) {
			if !first {
				dst = append(dst, sep...)
			}
			first = false
			dst = append(dst, s...)
		}
		for i, a := range args[1:] {
			l := lists[i+1]
			switch {
			case a.IsNull(r):
			case l != nil:
				for k := int(l.Offsets[r]); k < int(l.Offsets[r+1]); k++ {
					if !l.Elems.IsNull(k) {
						add(columnar.StringAt(l.Elems, k))
					}
				}
			default:
				add(columnar.StringAt(a, r))
			}
		}
		return dst, true, nil
	})
}

func formatStringType(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("format_string", len(args), 1, -1); err != nil {
		return nil, columnar.StringType, err
	}
	if !logical.ImplicitCast(args[0], columnar.StringType) {
		return nil, columnar.StringType, unexpectedType(0, "STRING", args[0])
	}
	coerced := append([]columnar.Type{columnar.StringType}, args[1:]...)
	return coerced, columnar.StringType, nil
}

func evalFormatString(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	in := make([]javafmt.Arg, len(args)-1)
	return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
		if args[0].IsNull(r) {
			return dst, false, nil
		}
		for i, a := range args[1:] {
			in[i] = printfArg(ec, a, r)
		}
		dst, err := javafmt.AppendPrintf(dst, columnar.StringAt(args[0], r), in)
		return dst, true, javaError(err)
	})
}

// javaError gives an error of javafmt the form of ours.
func javaError(err error) error {
	var e *javafmt.Error
	if errors.As(err, &e) {
		return columnar.Errorf(e.Condition, "%s", e.Message)
	}
	return err
}

func printfArg(ec *logical.EvalContext, v columnar.Vector, r int) javafmt.Arg {
	if v.IsNull(r) {
		return javafmt.NullArg()
	}
	switch t := v.Type(); t.Kind {
	case columnar.Boolean:
		return javafmt.BoolArg(columnar.BoolAt(v, r))
	case columnar.TinyInt:
		return javafmt.IntArg(columnar.Int64At(v, r), 8)
	case columnar.SmallInt:
		return javafmt.IntArg(columnar.Int64At(v, r), 16)
	case columnar.Int, columnar.Date:
		return javafmt.IntArg(columnar.Int64At(v, r), 32)
	case columnar.BigInt, columnar.Timestamp, columnar.TimestampNTZ:
		return javafmt.IntArg(columnar.Int64At(v, r), 64)
	case columnar.Float:
		return javafmt.FloatArg(float32(columnar.Float64At(v, r)))
	case columnar.Double:
		return javafmt.DoubleArg(columnar.Float64At(v, r))
	case columnar.String:
		return javafmt.StringArg(columnar.StringAt(v, r))
	case columnar.Decimal:
		return javafmt.OtherArg(columnar.FormatValue(v, r), "org.apache.spark.sql.types.Decimal")
	}
	return javafmt.OtherArg(string(columnar.AppendString(nil, v, r, ec.Zone)), "java.lang.Object")
}

func formatNumberType(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("format_number", len(args), 2, 2); err != nil {
		return nil, columnar.StringType, err
	}
	first, second := args[0], args[1]
	if first.Kind == columnar.String || first.Kind == columnar.Void {
		first = columnar.DoubleType
	}
	if !first.IsNumeric() {
		return nil, columnar.StringType, unexpectedRaw(0, `"NUMERIC"`, args[0])
	}
	switch {
	case second.Kind == columnar.String:
	case logical.ImplicitCast(second, columnar.IntType):
		second = columnar.IntType
	default:
		return nil, columnar.StringType, unexpectedRaw(1, `("INT" or "STRING")`, args[1])
	}
	return []columnar.Type{first, second}, columnar.StringType, nil
}

func formatNumber(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
	var f *javafmt.DecimalFormat
	if args[1].Type().Kind == columnar.String {
		var err error
		pattern := columnar.StringAt(args[1], r)
		if pattern == "" {
			pattern = "#,###,###,###,###,###,##0"
		}
		if f, err = javafmt.NewDecimalFormat(pattern); err != nil {
			return dst, false, javaError(err)
		}
	} else {
		d := columnar.Int64At(args[1], r)
		if d < 0 {
			return dst, false, nil
		}
		f = javafmt.NewFixedDecimalFormat(int(d))
	}
	switch t := args[0].Type(); {
	case t.IsInteger():
		return f.AppendInt(dst, columnar.Int64At(args[0], r)), true, nil
	case t.Kind == columnar.Decimal:
		return f.AppendDecimal(dst, columnar.FormatValue(args[0], r)), true, nil
	}
	return f.AppendDouble(dst, columnar.Float64At(args[0], r)), true, nil
}

// appendUnbase64 decodes as Java's MIME decoder does: characters outside of the alphabet are skipped, padding may be missing.
func appendUnbase64(dst, s []byte) ([]byte, bool, error) {
	clean := make([]byte, 0, len(s))
	for _, c := range s {
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '+', c == '/':
			clean = append(clean, c)
		}
	}
	if len(clean)%4 == 1 {
		return dst, false, columnar.Errorf("CONVERSION_INVALID_INPUT", "The value '%s' (\"STRING\") cannot be converted to \"BINARY\" because it is malformed. Correct the value as per the syntax, or change its format. Use `try_to_binary` to tolerate malformed input and return NULL instead.", s)
	}
	out, err := base64.RawStdEncoding.AppendDecode(dst, clean)
	if err != nil {
		return dst, false, columnar.Errorf("CONVERSION_INVALID_INPUT", "The value '%s' (\"STRING\") cannot be converted to \"BINARY\" because it is malformed. Correct the value as per the syntax, or change its format. Use `try_to_binary` to tolerate malformed input and return NULL instead.", s)
	}
	return out, true, nil
}

// appendEncoded writes text in a character set; what the set lacks is MALFORMED_CHARACTER_CODING.
func appendEncoded(dst []byte, s, charset string) ([]byte, error) {
	malformed := func() error {
		return columnar.Errorf("MALFORMED_CHARACTER_CODING", "Invalid value found when performing `encode` with %s.", charset)
	}
	switch strings.ToUpper(charset) {
	case "UTF-8":
		return append(dst, s...), nil
	case "US-ASCII", "ISO-8859-1":
		limit := rune(0x100)
		if strings.EqualFold(charset, "US-ASCII") {
			limit = 0x80
		}
		for _, r := range s {
			if r >= limit {
				return dst, malformed()
			}
			dst = append(dst, byte(r))
		}
		return dst, nil
	case "UTF-16", "UTF-16BE", "UTF-16LE":
		if strings.EqualFold(charset, "UTF-16") {
			dst = append(dst, 0xfe, 0xff)
		}
		little := strings.EqualFold(charset, "UTF-16LE")
		for _, u := range utf16.Encode([]rune(s)) {
			if little {
				dst = append(dst, byte(u), byte(u>>8))
			} else {
				dst = append(dst, byte(u>>8), byte(u))
			}
		}
		return dst, nil
	case "UTF-32":
		for _, r := range s {
			dst = append(dst, byte(r>>24), byte(r>>16), byte(r>>8), byte(r))
		}
		return dst, nil
	}
	return dst, columnar.Errorf("INVALID_PARAMETER_VALUE.CHARSET", "The value of parameter(s) `charset` in `encode` is invalid: expects one of the iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8, but got %s.", charset)
}

func eltType(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("elt", len(args), 2, -1); err != nil {
		return nil, columnar.StringType, err
	}
	coerced := repeatType(columnar.StringType, len(args))
	coerced[0] = columnar.IntType
	if args[1].Kind == columnar.Binary {
		coerced = append([]columnar.Type{columnar.IntType}, repeatType(columnar.BinaryType, len(args)-1)...)
	}
	for i, a := range args {
		if !logical.ImplicitCast(a, coerced[i]) {
			return nil, columnar.StringType, unexpectedType(i, coerced[i].SQL(), a)
		}
	}
	return coerced, coerced[1], nil
}

func evalElt(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	return columnar.BuildStrings(ec.Pool, args[1].Type(), rows, func(dst []byte, r int) ([]byte, bool, error) {
		if args[0].IsNull(r) {
			return dst, false, nil
		}
		n := columnar.Int64At(args[0], r)
		if n < 1 || n >= int64(len(args)) {
			if !ec.ANSI {
				return dst, false, nil
			}
			return dst, false, columnar.Errorf("INVALID_ARRAY_INDEX", "The index %d is out of bounds. The array has %d elements. Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead.", n, len(args)-1)
		}
		if args[n].IsNull(r) {
			return dst, false, nil
		}
		return append(dst, columnar.StringAt(args[n], r)...), true, nil
	})
}

func evalMask(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	defaults := [...]string{"X", "x", "n"}
	return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
		if args[0].IsNull(r) {
			return dst, false, nil
		}
		var with [4]string // "" keeps
		copy(with[:], defaults[:])
		for i := range with {
			if i+1 < len(args) {
				if with[i] = ""; !args[i+1].IsNull(r) {
					with[i] = columnar.StringAt(args[i+1], r)
				}
			}
		}
		for _, c := range columnar.StringAt(args[0], r) {
			k := 3
			switch {
			case unicode.IsUpper(c):
				k = 0
			case unicode.IsLower(c):
				k = 1
			case unicode.IsDigit(c):
				k = 2
			}
			if with[k] == "" {
				dst = utf8.AppendRune(dst, c)
			} else {
				dst = append(dst, with[k]...)
			}
		}
		return dst, true, nil
	})
}
