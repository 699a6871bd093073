package functions

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// binaryFunctions make bytes of text.
var binaryFunctions = []*logical.Function{
	toBinary("to_binary", false, "Returns the bytes that a text stands for, in the format hex (the default), base64 or utf-8.", "SELECT to_binary('abc', 'utf-8')", "abc"),
	toBinary("try_to_binary", true, "Returns the bytes that a text stands for, as to_binary does; NULL where it is not of the format.", "SELECT try_to_binary('a!', 'base64')", "NULL"),
}

func toBinary(name string, try bool, usage, example, result string) *logical.Function {
	return &logical.Function{
		Name: name, Usage: name + "(str[, format]) - " + usage,
		Examples: []logical.Example{{SQL: example, Result: result}},
		Type:     optional(name, 1, columnar.BinaryType, columnar.StringType, columnar.StringType),
		Nullable: alwaysNullable,
		Kind: text(columnar.BinaryType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			s, format := columnar.StringAt(args[0], r), "hex"
			if len(args) == 2 {
				format = columnar.StringAt(args[1], r)
			}
			dst, err := bytesOfText(dst, s, format)
			if err != nil && try {
				return dst, false, nil
			}
			return dst, err == nil, err
		}),
	}
}

func bytesOfText(dst []byte, s, format string) ([]byte, error) {
	switch strings.ToLower(format) {
	case "hex":
		if len(s)%2 == 1 {
			s = "0" + s
		}
		b, err := hex.DecodeString(s)
		if err != nil {
			return dst, badBytes(s, "HEX")
		}
		return append(dst, b...), nil
	case "base64":
		b, ok := fromBase64(s)
		if !ok {
			return dst, badBytes(s, "BASE64")
		}
		return append(dst, b...), nil
	case "utf-8", "utf8":
		return append(dst, s...), nil
	}
	return dst, columnar.Errorf("DATATYPE_MISMATCH.INVALID_ARG_VALUE", "The `fmt` value must to be a \"case-insensitive STRING\" literal of valid values, 'hex', 'utf-8', 'utf8', or 'base64', but got %q.", format)
}

func badBytes(s, format string) error {
	return columnar.Errorf("CONVERSION_INVALID_INPUT", "The value '%s' (%s) cannot be converted to \"BINARY\" because it is malformed. Correct the value as per the syntax, or change its format. Use `try_to_binary` to tolerate malformed input and return NULL instead.", s, format)
}

// fromBase64 reads base64 as Spark does: spaces do not count, and padding may be left out but not half.
func fromBase64(s string) ([]byte, bool) {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, s)
	if strings.HasSuffix(s, "=") && len(s)%4 != 0 {
		return nil, false
	}
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
	return b, err == nil
}
