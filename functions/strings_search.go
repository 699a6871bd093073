package functions

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// stringSearch look for one string in another.
var stringSearch = []*logical.Function{
	searchFunction("contains", "Says whether right occurs in left.", bytes.Contains,
		logical.Example{SQL: "SELECT contains('Spark SQL', 'Spark')", Result: "true"}),
	searchFunction("startswith", "Says whether left begins with right.", bytes.HasPrefix,
		logical.Example{SQL: "SELECT startswith('Spark SQL', 'Spark')", Result: "true"}),
	searchFunction("endswith", "Says whether left ends with right.", bytes.HasSuffix,
		logical.Example{SQL: "SELECT endswith('Spark SQL', 'SQL')", Result: "true"}),
	{
		Name:     "instr",
		Usage:    "instr(str, substr[, start[, occurrence]]) - Returns the position of substr in str, counted from 1, at or after start (at or before it, from the end, if negative); 0 if it does not occur so often.",
		Examples: []logical.Example{{SQL: "SELECT instr('SparkSQL', 'SQL')", Result: "6"}, {SQL: "SELECT instr('abcabc', 'b', -1, 2)", Result: "2"}},
		Type:     optional("instr", 2, columnar.IntType, columnar.StringType, columnar.StringType, columnar.IntType, columnar.IntType),
		Pretty: func(name string, args []string) string {
			if len(args) == 3 {
				args = append(args[:3:3], "1")
			}
			return callText(name, args)
		},
		Kind: number(columnar.IntType, func(args []columnar.Vector, r int) (int32, bool, error) {
			start, nth := int64(1), int64(1)
			if len(args) > 2 {
				start = columnar.Int64At(args[2], r)
			}
			if len(args) > 3 {
				nth = columnar.Int64At(args[3], r)
			}
			at, err := occurrence(columnar.StringAt(args[0], r), columnar.StringAt(args[1], r), start, nth)
			return at, true, err
		}),
	},
	{
		Name: "locate", Aliases: []string{"position"},
		Usage:    "locate(substr, str[, pos]) - Returns the position of substr in str at or after pos, counted from 1; 0 if it does not occur.",
		Examples: []logical.Example{{SQL: "SELECT locate('bar', 'foobarbar')", Result: "4"}, {SQL: "SELECT locate('bar', 'foobarbar', 5)", Result: "7"}},
		Type:     optional("locate", 2, columnar.IntType, columnar.StringType, columnar.StringType, columnar.IntType),
		Params:   []logical.Param{{Name: "substr"}, {Name: "str"}, {Name: "pos", Default: logical.Lit(int32(1))}},
		Pretty: func(name string, args []string) string {
			if len(args) == 2 {
				args = append(args, "1")
			}
			return name + "(" + strings.Join(args, ", ") + ")"
		},
		Kind: number(columnar.IntType, func(args []columnar.Vector, r int) (int32, bool, error) {
			from := int64(1)
			if len(args) == 3 {
				from = columnar.Int64At(args[2], r)
			}
			return position(columnar.StringAt(args[1], r), columnar.StringAt(args[0], r), from), true, nil
		}),
	},
	{
		Name:     "find_in_set",
		Usage:    "find_in_set(str, list) - Returns the position of str, counted from 1, in a list parted by commas; 0 if it is not there or holds a comma.",
		Examples: []logical.Example{{SQL: "SELECT find_in_set('ab','abc,b,ab,c,def')", Result: "3"}},
		Type:     fixed("find_in_set", columnar.IntType, columnar.StringType, columnar.StringType),
		Kind: number(columnar.IntType, func(args []columnar.Vector, r int) (int32, bool, error) {
			s := columnar.StringAt(args[0], r)
			if strings.Contains(s, ",") {
				return 0, true, nil
			}
			for i, p := range strings.Split(columnar.StringAt(args[1], r), ",") {
				if p == s {
					return int32(i + 1), true, nil
				}
			}
			return 0, true, nil
		}),
	},
}

// searchFunction is a predicate of two strings, or two binary values.
func searchFunction(name, what string, f func(s, part []byte) bool, example logical.Example) *logical.Function {
	base := stringOrBinary(name, 2, sameAsFirst)
	return &logical.Function{
		Name: name, Usage: name + "(left, right) - " + what, Examples: []logical.Example{example},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			coerced, _, err := base(args)
			return coerced, columnar.BooleanType, err
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			if p := constantOf(args[1]); p != nil && !p.IsNull(0) {
				want := []byte(columnar.StringAt(p, 0))
				return columnar.StringsToBool(ec.Pool, args[0], rows, func(s []byte) bool { return f(s, want) }), nil
			}
			return truths(ec, rows, args, func(r int) bool {
				return f([]byte(columnar.StringAt(args[0], r)), []byte(columnar.StringAt(args[1], r)))
			}), nil
		}),
	}
}

// truths computes a boolean for each selected row, NULL where an argument is.
func truths(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector, f func(r int) bool) columnar.Vector {
	out := columnar.MakeBool(ec.Pool, rows.N)
	for k := range rows.Count() {
		r := rows.Row(k)
		if anyNull(args, r) {
			if out.Valid == nil {
				out.Valid = columnar.AllocBitmap(ec.Pool, rows.N)
				out.Valid.SetAll(rows.N)
			}
			out.Valid.Clear(r)
			continue
		}
		out.Bits.Put(r, f(r))
	}
	return out
}

// position is the place of part in s at or after from, in characters from 1; 0 if there is none.
// occurrence is the position of the nth occurrence of part in s from start on; from start backwards if that is negative.
func occurrence(s, part string, start, nth int64) (int32, error) {
	if nth < 1 {
		return 0, columnar.Errorf("INVALID_PARAMETER_VALUE.POSITIVE", "The value of parameter(s) `occurrence` in `instr` is invalid: expects a positive number, but got %d.", nth)
	}
	if start >= 0 {
		at := position(s, part, start)
		for ; nth > 1 && at > 0; nth-- {
			at = position(s, part, int64(at)+1)
		}
		return at, nil
	}
	for at := int64(utf8.RuneCountInString(s)) + 1 + start; at > 0; at-- {
		if position(s, part, at) != int32(at) {
			continue
		}
		if nth--; nth == 0 {
			return int32(at), nil
		}
	}
	return 0, nil
}

func position(s, part string, from int64) int32 {
	if from < 1 {
		return 0
	}
	at := 0
	for range from - 1 {
		if at >= len(s) {
			return 0
		}
		_, w := utf8.DecodeRuneInString(s[at:])
		at += w
	}
	i := strings.Index(s[at:], part)
	if i < 0 {
		return 0
	}
	return int32(utf8.RuneCountInString(s[:at+i]) + 1)
}
