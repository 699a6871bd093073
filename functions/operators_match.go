package functions

import (
	"bytes"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// matcher tests one text.
type matcher interface{ match(s []byte) bool }

// compiler makes a matcher of a pattern.
type compiler func(pattern []byte) (matcher, error)

// matchRows tests each row of text against its pattern. A constant pattern is compiled once for a call site, others once a row.
func matchRows(ec *logical.EvalContext, rows columnar.Rows, text, pattern columnar.Vector, compile compiler) (columnar.Vector, error) {
	if c := constantOf(pattern); c != nil {
		if c.IsNull(0) || rows.Count() == 0 {
			return columnar.NullVector(columnar.BooleanType, rows.N), nil
		}
		m, err := cachedMatcher(ec.State, c, compile)
		if err != nil {
			return nil, err
		}
		return columnar.StringsToBool(ec.Pool, text, rows, m.match), nil
	}
	out := columnar.MakeBool(ec.Pool, rows.N)
	out.Valid = columnar.AllocBitmap(ec.Pool, rows.N)
	for i := range rows.Count() {
		r := rows.Row(i)
		if text.IsNull(r) || pattern.IsNull(r) {
			continue
		}
		m, err := compile([]byte(columnar.StringAt(pattern, r)))
		if err != nil {
			return nil, err
		}
		out.Valid.Set(r)
		out.Bits.Put(r, m.match(bytesOf(columnar.StringAt(text, r))))
	}
	return out, nil
}

func cachedMatcher(state *logical.CallState, pattern columnar.Vector, compile compiler) (matcher, error) {
	if state == nil {
		return compile([]byte(columnar.StringAt(pattern, 0)))
	}
	if m, ok := state.Value.(matcher); ok {
		return m, nil
	}
	m, err := compile([]byte(columnar.StringAt(pattern, 0)))
	if err == nil {
		state.Value = m
	}
	return m, err
}

// bytesOf is s without a copy; the result must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// escapeOf is the escape character that a call gives, or the backslash.
func escapeOf(args []columnar.Vector) (rune, error) {
	if len(args) < 3 {
		return '\\', nil
	}
	c := constantOf(args[2])
	if c == nil && args[2].Len() > 0 {
		c = args[2].Slice(0, 1)
	}
	if c != nil && !c.IsNull(0) {
		if s := columnar.StringAt(c, 0); utf8.RuneCountInString(s) == 1 {
			e, _ := utf8.DecodeRuneInString(s)
			return e, nil
		}
	}
	return 0, columnar.Errorf("INVALID_ESCAPE_CHAR", "`EscapeChar` should be a string literal of length one.")
}

func evalLike(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	escape, err := escapeOf(args)
	if err != nil {
		return nil, err
	}
	return matchRows(ec, rows, args[0], args[1], func(pattern []byte) (matcher, error) { return compileLike(pattern, escape) })
}

// foldedPattern matches without regard to case.
type foldedPattern struct{ *likePattern }

func (p foldedPattern) match(s []byte) bool { return p.likePattern.match(bytes.ToLower(s)) }

func evalILike(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	escape, err := escapeOf(args)
	if err != nil {
		return nil, err
	}
	return matchRows(ec, rows, args[0], args[1], func(pattern []byte) (matcher, error) {
		p, err := compileLike(bytes.ToLower(pattern), escape)
		return foldedPattern{p}, err
	})
}

// regexMatcher finds a match of Java's regular expressions anywhere in a text.
type regexMatcher struct{ re *javafmt.Regex }

func (m regexMatcher) match(s []byte) bool {
	return m.re.MatchString(unsafe.String(unsafe.SliceData(s), len(s)))
}

func evalRLike(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	return matchRows(ec, rows, args[0], args[1], func(pattern []byte) (matcher, error) {
		re, err := javafmt.CompileRegex(string(pattern))
		if err != nil {
			return nil, columnar.Errorf("INVALID_PARAMETER_VALUE.PATTERN", "The value of parameter(s) `regexp` in `rlike` is invalid: '%s'. %w", pattern, err)
		}
		return regexMatcher{re}, nil
	})
}

var matchOperators = []*logical.Function{
	{
		Name:  "like",
		Usage: "str LIKE pattern [ESCAPE escape]: whether the whole of str fits pattern, in which _ stands for one character and % for any text.",
		Examples: []logical.Example{
			{SQL: "SELECT 'Spark' LIKE '_park'", Result: "true"},
			{SQL: `SELECT '%SystemDrive%\\Users' LIKE '/%SystemDrive/%//Users%' ESCAPE '/'`, Result: "false"},
		},
		Type: optional("like", 2, columnar.BooleanType, columnar.StringType, columnar.StringType, columnar.StringType),
		Pretty: func(_ string, args []string) string {
			s := args[0] + " LIKE " + args[1]
			if len(args) == 3 {
				s += " ESCAPE '" + args[2] + "'"
			}
			return s
		},
		Kind: logical.Scalar(evalLike),
	},
	{
		Name: "ilike", Usage: "str ILIKE pattern [ESCAPE escape]: LIKE without regard to upper and lower case.",
		Examples: []logical.Example{{SQL: "SELECT ilike('Spark', '_Park')", Result: "true"}},
		Type:     optional("ilike", 2, columnar.BooleanType, columnar.StringType, columnar.StringType, columnar.StringType),
		Pretty:   func(_ string, args []string) string { return "ilike(" + args[0] + ", " + args[1] + ")" },
		Kind:     logical.Scalar(evalILike),
	},
	{
		Name: "rlike", Aliases: []string{"regexp", "regexp_like"},
		Usage:    "str RLIKE regexp: whether a part of str matches a regular expression of Java's dialect.",
		Examples: []logical.Example{{SQL: "SELECT regexp_like('Spark', 'p.*k')", Result: "true"}, {SQL: "SELECT 'Spark' RLIKE '^p'", Result: "false"}},
		Type:     fixed("rlike", columnar.BooleanType, columnar.StringType, columnar.StringType),
		Pretty: func(name string, args []string) string {
			return strings.ToUpper(name) + "(" + args[0] + ", " + args[1] + ")"
		},
		Kind: logical.Scalar(evalRLike),
	},
}
