package functions

import (
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// regexps match regular expressions of Java's dialect.
var regexps = []*logical.Function{
	{
		Name:     "regexp_replace",
		Usage:    "regexp_replace(str, regexp, rep[, position]) - Replaces all parts of str that match regexp by rep, from a position on.",
		Examples: []logical.Example{{SQL: `SELECT regexp_replace('100-200', '(\\d+)', 'num')`, Result: "num-num"}},
		Type:     optional("regexp_replace", 3, columnar.StringType, columnar.StringType, columnar.StringType, columnar.StringType, columnar.IntType),
		Pretty:   withDefault(3, "1"),
		Kind:     text(columnar.StringType, regexpReplace),
	},
	{
		Name:     "regexp_extract",
		Usage:    "regexp_extract(str, regexp[, idx]) - Returns group idx (1 by default) of the first match of regexp; the empty string if there is none.",
		Examples: []logical.Example{{SQL: `SELECT regexp_extract('100-200', '(\\d+)-(\\d+)', 1)`, Result: "100"}},
		Type:     optional("regexp_extract", 2, columnar.StringType, columnar.StringType, columnar.StringType, columnar.IntType),
		Pretty:   withDefault(2, "1"),
		Kind: text(columnar.StringType, func(ec *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			re, err := regexOf(ec, "regexp_extract", columnar.StringAt(args[1], r))
			if err != nil {
				return dst, false, err
			}
			g, err := groupIndex(re, "regexp_extract", args, r)
			if err != nil {
				return dst, false, err
			}
			s := columnar.StringAt(args[0], r)
			if m := re.FindSubmatchIndex(s); m != nil && m[2*g] >= 0 {
				dst = append(dst, s[m[2*g]:m[2*g+1]]...)
			}
			return dst, true, nil
		}),
	},
	{
		Name:     "regexp_extract_all",
		Usage:    "regexp_extract_all(str, regexp[, idx]) - Returns group idx (1 by default) of all matches of regexp.",
		Examples: []logical.Example{{SQL: `SELECT regexp_extract_all('100-200, 300-400', '(\\d+)-(\\d+)', 1)`, Result: "[100, 300]"}},
		Type:     optional("regexp_extract_all", 2, columnar.ArrayOf(columnar.StringType), columnar.StringType, columnar.StringType, columnar.IntType),
		Pretty:   withDefault(2, "1"),
		Kind: textLists(func(ec *logical.EvalContext, args []columnar.Vector, r int) ([]string, error) {
			re, err := regexOf(ec, "regexp_extract_all", columnar.StringAt(args[1], r))
			if err != nil {
				return nil, err
			}
			g, err := groupIndex(re, "regexp_extract_all", args, r)
			if err != nil {
				return nil, err
			}
			s := columnar.StringAt(args[0], r)
			var out []string
			for _, m := range re.FindAllSubmatchIndex(s, -1) {
				if m[2*g] < 0 {
					out = append(out, "")
				} else {
					out = append(out, s[m[2*g]:m[2*g+1]])
				}
			}
			return out, nil
		}),
	},
	{
		Name:     "regexp_count",
		Usage:    "regexp_count(str, regexp) - Returns how often regexp matches in str.",
		Examples: []logical.Example{{SQL: "SELECT regexp_count('Steven Jones and Stephen Smith are the best players', 'Ste(v|ph)en')", Result: "2"}},
		Type:     fixed("regexp_count", columnar.IntType, columnar.StringType, columnar.StringType),
		Kind: regexNumber("regexp_count", func(re *javafmt.Regex, s string) (int32, bool) {
			return int32(len(re.FindAllSubmatchIndex(s, -1))), true
		}),
	},
	{
		Name:     "regexp_instr",
		Usage:    "regexp_instr(str, regexp) - Returns the position of the first match of regexp, counted from 1; 0 if there is none.",
		Examples: []logical.Example{{SQL: `SELECT regexp_instr('user@spark.apache.org', '@[^.]*')`, Result: "5"}},
		Type:     optional("regexp_instr", 2, columnar.IntType, columnar.StringType, columnar.StringType, columnar.IntType),
		Pretty:   withDefault(2, "0"),
		Kind: regexNumber("regexp_instr", func(re *javafmt.Regex, s string) (int32, bool) {
			m := re.FindSubmatchIndex(s)
			if m == nil {
				return 0, true
			}
			return int32(utf8.RuneCountInString(s[:m[0]]) + 1), true
		}),
	},
	{
		Name:     "regexp_substr",
		Usage:    "regexp_substr(str, regexp) - Returns the first match of regexp; NULL if there is none.",
		Examples: []logical.Example{{SQL: "SELECT regexp_substr('Steven Jones and Stephen Smith are the best players', 'Ste(v|ph)en')", Result: "Steven"}},
		Type:     fixed("regexp_substr", columnar.StringType, columnar.StringType, columnar.StringType),
		Nullable: alwaysNullable,
		Kind: text(columnar.StringType, func(ec *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			re, err := regexOf(ec, "regexp_substr", columnar.StringAt(args[1], r))
			if err != nil {
				return dst, false, err
			}
			s := columnar.StringAt(args[0], r)
			m := re.FindSubmatchIndex(s)
			if m == nil || m[0] == m[1] {
				return dst, false, nil
			}
			return append(dst, s[m[0]:m[1]]...), true, nil
		}),
	},
	{
		Name:     "split",
		Usage:    "split(str, regex[, limit]) - Splits str at the matches of regex, into at most limit parts if that is positive.",
		Examples: []logical.Example{{SQL: "SELECT split('oneAtwoBthreeC', '[ABC]')", Result: "[one, two, three, ]"}, {SQL: "SELECT split('oneAtwoBthreeC', '[ABC]', 2)", Result: "[one, twoBthreeC]"}},
		Type:     optional("split", 2, columnar.ArrayOf(columnar.StringType), columnar.StringType, columnar.StringType, columnar.IntType),
		Pretty:   withDefault(2, "-1"),
		Kind: textLists(func(ec *logical.EvalContext, args []columnar.Vector, r int) ([]string, error) {
			re, err := regexOf(ec, "split", columnar.StringAt(args[1], r))
			if err != nil {
				return nil, err
			}
			limit := int64(-1)
			if len(args) == 3 {
				if limit = columnar.Int64At(args[2], r); limit == 0 {
					limit = -1 // Java would drop empty parts at the end
				}
			}
			s := columnar.StringAt(args[0], r)
			parts := re.Split(s, int(limit))
			if n := len(parts); columnar.StringAt(args[1], r) == "" && s != "" && n > 1 && parts[n-1] == "" && limit < 0 {
				parts = parts[:n-1] // an empty pattern parts every character, and leaves nothing at the end
			}
			return parts, nil
		}),
	},
}

// withDefault prints a call with the default of argument i when it was left out, as Spark does.
func withDefault(i int, value string) func(string, []string) string {
	return func(name string, args []string) string {
		if len(args) == i {
			args = append(args[:i:i], value)
		}
		out := name + "("
		for k, a := range args {
			if k > 0 {
				out += ", "
			}
			out += a
		}
		return out + ")"
	}
}

// regexCache keeps the pattern that a call site compiled last: nearly always the only one.
type regexCache struct {
	pattern string
	re      *javafmt.Regex
	rep     string
	with    *javafmt.Replacement
}

func cacheOf(ec *logical.EvalContext) *regexCache {
	if ec.State == nil {
		return &regexCache{}
	}
	c, ok := ec.State.Value.(*regexCache)
	if !ok {
		c = &regexCache{}
		ec.State.Value = c
	}
	return c
}

// regexOf compiles a pattern, once for each call site as long as it stays the same.
func regexOf(ec *logical.EvalContext, function, pattern string) (*javafmt.Regex, error) {
	c := cacheOf(ec)
	if c.re != nil && c.pattern == pattern {
		return c.re, nil
	}
	re, err := javafmt.CompileRegex(pattern)
	if err != nil {
		return nil, patternError(function, pattern, err)
	}
	c.pattern, c.re, c.with = string(append([]byte(nil), pattern...)), re, nil
	return re, nil
}

// patternError is Spark's INVALID_PARAMETER_VALUE.PATTERN, unless the pattern is valid in Java but not supported here.
func patternError(function, pattern string, err error) error {
	e := javaError(err)
	if c, ok := e.(*columnar.Error); ok && c.Condition != "INVALID_PARAMETER_VALUE.PATTERN" {
		return c
	}
	return columnar.Errorf("INVALID_PARAMETER_VALUE.PATTERN", "The value of parameter(s) `regexp` in `%s` is invalid: '%s'.", function, pattern)
}

func groupIndex(re *javafmt.Regex, function string, args []columnar.Vector, r int) (int, error) {
	g := int64(1)
	if len(args) == 3 {
		g = columnar.Int64At(args[2], r)
	}
	if g < 0 || g > int64(re.GroupCount()) {
		return 0, columnar.Errorf("INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", "The value of parameter(s) `idx` in `%s` is invalid: Expects group index between 0 and %d, but got %d.", function, re.GroupCount(), g)
	}
	return int(g), nil
}

func regexpReplace(ec *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
	re, err := regexOf(ec, "regexp_replace", columnar.StringAt(args[1], r))
	if err != nil {
		return dst, false, err
	}
	c, rep := cacheOf(ec), columnar.StringAt(args[2], r)
	with := c.with
	if with == nil || c.rep != rep {
		if with, err = re.CompileReplacement(rep); err != nil {
			return dst, false, javaError(err)
		}
		c.rep, c.with = string(append([]byte(nil), rep...)), with
	}
	s, from := columnar.StringAt(args[0], r), 0
	if len(args) == 4 {
		pos := columnar.Int64At(args[3], r)
		if pos < 1 {
			return dst, false, columnar.Errorf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "The `position` must be between (0, 2147483647] (current value = %d).", pos)
		}
		for range pos - 1 {
			if from >= len(s) {
				return append(dst, s...), true, nil
			}
			_, w := utf8.DecodeRuneInString(s[from:])
			from += w
		}
	}
	dst = append(dst, s[:from]...)
	return re.AppendReplaceAll(dst, s[from:], with), true, nil
}

// regexNumber is a Scalar of a number that a regular expression finds in a text.
func regexNumber(function string, f func(re *javafmt.Regex, s string) (int32, bool)) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		return number(columnar.IntType, func(args []columnar.Vector, r int) (int32, bool, error) {
			re, err := regexOf(ec, function, columnar.StringAt(args[1], r))
			if err != nil {
				return 0, false, err
			}
			n, ok := f(re, columnar.StringAt(args[0], r))
			return n, ok, nil
		})(ec, rows, args)
	}
}

// textLists is a Scalar of rows of lists of text, NULL where an argument is.
func textLists(f func(ec *logical.EvalContext, args []columnar.Vector, r int) ([]string, error)) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		elems := columnar.NewStringsBuilder(nil, columnar.StringType, rows.N)
		out := &columnar.List{Typ: columnar.ArrayOf(columnar.StringType), Offsets: make([]int32, 1, rows.N+1)}
		end := func(row int) {
			for len(out.Offsets) <= row+1 {
				out.Offsets = append(out.Offsets, int32(elems.Len()))
			}
		}
		for k := range rows.Count() {
			r := rows.Row(k)
			end(r - 1)
			if anyNull(args, r) {
				if out.Valid == nil {
					out.Valid = columnar.FullBitmap(rows.N)
				}
				out.Valid.Clear(r)
				continue
			}
			parts, err := f(ec, args, r)
			if err != nil {
				return nil, err
			}
			for _, p := range parts {
				elems.AppendString(p)
			}
			end(r)
		}
		end(rows.N - 1)
		out.Elems = elems.Build()
		return out, nil
	}
}
