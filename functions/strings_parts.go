package functions

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// sameAsFirst marks, in stringOrBinary, a parameter of the type of the first argument.
var sameAsFirst = columnar.VoidType

// stringParts take parts of strings, pad and trim.
var stringParts = []*logical.Function{
	{
		Name: "substring", Aliases: []string{"substr"},
		Usage:    "substring(str, pos[, len]) - Returns the part of str from position pos, counted from 1 (from the end if negative), of length len or to the end.",
		Examples: []logical.Example{{SQL: "SELECT substring('Spark SQL', 5)", Result: "k SQL"}, {SQL: "SELECT substring('Spark SQL', -3)", Result: "SQL"}, {SQL: "SELECT substring('Spark SQL', 5, 1)", Result: "k"}},
		Type:     stringOrBinary("substring", 2, columnar.IntType, columnar.IntType),
		Pretty:   withDefaults(3, "2147483647"),
		Kind:     logical.Scalar(evalSubstring),
	},
	{
		Name:     "left",
		Usage:    "left(str, len) - Returns the first len characters; the empty string if len is not positive.",
		Examples: []logical.Example{{SQL: "SELECT left('Spark SQL', 3)", Result: "Spa"}},
		Type:     stringOrBinary("left", 2, columnar.IntType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			one := columnar.NewConst(columnar.ScalarOf(int32(1)), rows.N)
			return evalSubstring(ec, rows, []columnar.Vector{args[0], one, args[1]})
		}),
	},
	{
		Name:     "right",
		Usage:    "right(str, len) - Returns the last len characters; the empty string if len is not positive.",
		Examples: []logical.Example{{SQL: "SELECT right('Spark SQL', 3)", Result: "SQL"}},
		Type:     fixed("right", columnar.StringType, columnar.StringType, columnar.IntType),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			s, n := columnar.StringAt(args[0], r), columnar.Int64At(args[1], r)
			if n <= 0 {
				return dst, true, nil
			}
			return append(dst, part(s, -n, n, false)...), true, nil
		}),
	},
	trimFunction("trim", "both ends", true, true),
	trimFunction("ltrim", "the left end", true, false),
	trimFunction("rtrim", "the right end", false, true),
	{
		Name:     "btrim",
		Usage:    "btrim(str[, trimStr]) - Removes spaces, or the characters of trimStr, from both ends of str.",
		Examples: []logical.Example{{SQL: "SELECT btrim('    SparkSQL   ')", Result: "SparkSQL"}, {SQL: "SELECT btrim('SSparkSQLS', 'SL')", Result: "parkSQ"}},
		Type:     optional("btrim", 1, columnar.StringType, columnar.StringType, columnar.StringType),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			set := " "
			if len(args) == 2 {
				set = columnar.StringAt(args[1], r)
			}
			return append(dst, strings.Trim(columnar.StringAt(args[0], r), set)...), true, nil
		}),
	},
	padFunction("lpad", "left", true),
	padFunction("rpad", "right", false),
	{
		Name:     "substring_index",
		Usage:    "substring_index(str, delim, count) - Returns str up to the count-th delim from the left, or, if count is negative, after the one from the right.",
		Examples: []logical.Example{{SQL: "SELECT substring_index('www.apache.org', '.', 2)", Result: "www.apache"}},
		Type:     fixed("substring_index", columnar.StringType, columnar.StringType, columnar.StringType, columnar.IntType),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			return append(dst, substringIndex(columnar.StringAt(args[0], r), columnar.StringAt(args[1], r), columnar.Int64At(args[2], r))...), true, nil
		}),
	},
	{
		Name:     "split_part",
		Usage:    "split_part(str, delimiter, partNum) - Returns a part of str, counted from 1 (from the end if negative); the empty string if there are fewer.",
		Examples: []logical.Example{{SQL: "SELECT split_part('11.12.13', '.', 3)", Result: "13"}},
		Type:     fixed("split_part", columnar.StringType, columnar.StringType, columnar.StringType, columnar.IntType),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			p, err := splitPart(columnar.StringAt(args[0], r), columnar.StringAt(args[1], r), columnar.Int64At(args[2], r))
			return append(dst, p...), true, err
		}),
	},
	{
		Name:     "overlay",
		Usage:    "overlay(input, replace, pos[, len]) - Replaces len characters of input, from position pos, by replace.",
		Examples: []logical.Example{{SQL: "SELECT overlay('Spark SQL' PLACING '_' FROM 6)", Result: "Spark_SQL"}, {SQL: "SELECT overlay('Spark SQL', 'ANSI ', 7, 0)", Result: "Spark ANSI SQL"}},
		Type:     stringOrBinary("overlay", 3, sameAsFirst, columnar.IntType, columnar.IntType),
		Pretty:   withDefaults(4, "-1"),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			isBytes := args[0].Type().Kind == columnar.Binary
			return text(args[0].Type(), func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
				s, with, pos := columnar.StringAt(args[0], r), columnar.StringAt(args[1], r), columnar.Int64At(args[2], r)
				n := int64(utf8.RuneCountInString(with))
				if isBytes {
					n = int64(len(with))
				}
				if len(args) == 4 {
					if k := columnar.Int64At(args[3], r); k >= 0 {
						n = k
					}
				}
				dst = append(dst, part(s, 1, pos-1, isBytes)...)
				dst = append(dst, with...)
				return append(dst, part(s, pos+n, math.MaxInt32, isBytes)...), true, nil
			})(ec, rows, args)
		}),
	},
}

// evalSubstring has a fast path for constant positions, which then run once for each entry of a dictionary.
func evalSubstring(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	t := args[0].Type()
	isBytes := t.Kind == columnar.Binary
	pos := constantOf(args[1])
	var length columnar.Vector
	constant := pos != nil && !pos.IsNull(0)
	if len(args) == 3 {
		length = constantOf(args[2])
		constant = constant && length != nil && !length.IsNull(0)
	}
	if constant {
		from, n := columnar.Int64At(pos, 0), int64(math.MaxInt32)
		if length != nil {
			n = columnar.Int64At(length, 0)
		}
		return columnar.StringsToStrings(ec.Pool, args[0], t, rows, func(dst, s []byte) ([]byte, bool) {
			return append(dst, part(string(s), from, n, isBytes)...), true
		}), nil
	}
	return text(t, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
		n := int64(math.MaxInt32)
		if len(args) == 3 {
			n = columnar.Int64At(args[2], r)
		}
		return append(dst, part(columnar.StringAt(args[0], r), columnar.Int64At(args[1], r), n, isBytes)...), true, nil
	})(ec, rows, args)
}

// part is the n characters (or bytes) from position pos on, as Spark's UTF8String.substringSQL counts: from 1, from the end if negative, and 0 as 1. A start before the text takes from
// the length what lies before it.
func part(s string, pos, n int64, isBytes bool) string {
	size := int64(len(s))
	if !isBytes {
		size = int64(utf8.RuneCountInString(s))
	}
	start := int64(0)
	switch {
	case pos > 0:
		start = pos - 1
	case pos < 0:
		start = size + pos
	}
	end := min(start+n, size)
	start = max(start, 0)
	if n <= 0 || start >= end {
		return ""
	}
	if isBytes || int(size) == len(s) {
		return s[start:end]
	}
	from := 0
	for range start {
		_, w := utf8.DecodeRuneInString(s[from:])
		from += w
	}
	to := from
	for range end - start {
		_, w := utf8.DecodeRuneInString(s[to:])
		to += w
	}
	return s[from:to]
}

// trimFunction is trim, ltrim or rtrim; called with two arguments, the first is the set of characters to remove.
func trimFunction(name, where string, left, right bool) *logical.Function {
	cut := func(s, set string) string {
		if left {
			s = strings.TrimLeft(s, set)
		}
		if right {
			s = strings.TrimRight(s, set)
		}
		return s
	}
	return &logical.Function{
		Name:     name,
		Usage:    name + "([trimStr,] str) - Removes spaces, or the characters of trimStr, from " + where + " of str.",
		Examples: []logical.Example{{SQL: "SELECT " + name + "('x') || '|'", Result: "x|"}},
		Type:     optional(name, 1, columnar.StringType, columnar.StringType, columnar.StringType),
		Pretty:   prettyTrim(left, right),
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			if len(args) == 1 {
				return append(dst, cut(columnar.StringAt(args[0], r), " ")...), true, nil
			}
			return append(dst, cut(columnar.StringAt(args[1], r), columnar.StringAt(args[0], r))...), true, nil
		}),
	}
}

// prettyTrim prints a call as Spark names it: trim(x), or TRIM(BOTH y FROM x).
func prettyTrim(left, right bool) func(string, []string) string {
	side := map[[2]bool]string{{true, true}: "BOTH", {true, false}: "LEADING", {false, true}: "TRAILING"}[[2]bool{left, right}]
	return func(name string, args []string) string {
		if len(args) == 2 {
			return "TRIM(" + side + " " + args[0] + " FROM " + args[1] + ")"
		}
		return name + "(" + strings.Join(args, ", ") + ")"
	}
}

func padFunction(name, side string, left bool) *logical.Function {
	example := logical.Example{SQL: "SELECT lpad('hi', 5, '??')", Result: "???hi"}
	if !left {
		example = logical.Example{SQL: "SELECT rpad('hi', 5, '??')", Result: "hi???"}
	}
	return &logical.Function{
		Name:     name,
		Usage:    name + "(str, len[, pad]) - Returns str filled with pad (spaces by default) on the " + side + " up to len characters, or cut to them.",
		Examples: []logical.Example{example},
		Type:     padType(name),
		PrettyExprs: func(name string, args []logical.Expr) string {
			fill := ", X'00')"
			if len(args) != 2 {
				fill = ")"
			} else if args[0].Type().Kind != columnar.Binary {
				fill = ",  )"
			}
			return name + "(" + logical.JoinStrings(args) + fill
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			isBytes := args[0].Type().Kind == columnar.Binary
			fill := " "
			if isBytes {
				fill = "\x00"
			}
			return text(args[0].Type(), func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
				with := fill
				if len(args) == 3 {
					with = columnar.StringAt(args[2], r)
				}
				return appendPadded(dst, columnar.StringAt(args[0], r), columnar.Int64At(args[1], r), with, left, isBytes), true, nil
			})(ec, rows, args)
		}),
	}
}

// padType: binary is filled with binary; a string on either side makes both strings.
func padType(name string) typing {
	binary := stringOrBinary(name, 2, columnar.IntType, sameAsFirst)
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if len(args) == 3 && args[2].Kind != columnar.Binary {
			return fixed(name, columnar.StringType, columnar.StringType, columnar.IntType, columnar.StringType)(args)
		}
		return binary(args)
	}
}

func appendPadded(dst []byte, s string, n int64, with string, left, isBytes bool) []byte {
	size := int64(utf8.RuneCountInString(s))
	if isBytes {
		size = int64(len(s))
	}
	if n <= size || with == "" {
		return append(dst, part(s, 1, n, isBytes)...)
	}
	width := int64(utf8.RuneCountInString(with))
	if isBytes {
		width = int64(len(with))
	}
	missing := min(n-size, maxText)
	fill := strings.Repeat(with, int(missing/width)) + part(with, 1, missing%width, isBytes)
	if left {
		return append(append(dst, fill...), s...)
	}
	return append(append(dst, s...), fill...)
}

func substringIndex(s, delim string, count int64) string {
	if delim == "" || count == 0 {
		return ""
	}
	if count > 0 {
		at := 0
		for range count {
			i := strings.Index(s[at:], delim)
			if i < 0 {
				return s
			}
			at += i + len(delim)
		}
		return s[:at-len(delim)]
	}
	at := len(s)
	for range -count {
		i := strings.LastIndex(s[:at], delim)
		if i < 0 {
			return s
		}
		at = i
	}
	return s[at+len(delim):]
}

func splitPart(s, delim string, n int64) (string, error) {
	if n == 0 {
		return "", columnar.Errorf("INVALID_INDEX_OF_ZERO", "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).")
	}
	parts := []string{s}
	if delim != "" {
		parts = strings.Split(s, delim)
	}
	if n < 0 {
		n += int64(len(parts)) + 1
	}
	if n < 1 || n > int64(len(parts)) {
		return "", nil
	}
	return parts[n-1], nil
}
