package sql

import (
	"testing"

	"github.com/gosql-engine/gosql/logical"
)

// TestSilentlyWrong covers what the TiDB parser, given the text as it is, would
// accept and misread (as MySQL means it, not as Spark does).
func TestSilentlyWrong(t *testing.T) {
	checkShapes(t, [][2]string{
		// join words that MySQL takes for aliases
		{"SELECT * FROM a FULL JOIN b ON x = y", "Project[*](FullOuter(a, b on (= x y)))"},
		{"SELECT * FROM a FULL OUTER JOIN b USING (k)", "Project[*](FullOuter(a, b using k))"},
		{"SELECT * FROM a ANTI JOIN b ON x = y", "Project[*](LeftAnti(a, b on (= x y)))"},
		{"SELECT * FROM a LEFT SEMI JOIN b ON x = y", "Project[*](LeftSemi(a, b on (= x y)))"},
		{"SELECT * FROM a SEMI JOIN b", "Project[*](LeftSemi(a, b))"},
		{"SELECT * FROM a NATURAL FULL JOIN b", "Project[*](NaturalFullOuter(a, b))"},
		// literal suffixes
		{"1L", "1:bigint"}, {"2S", "2:smallint"}, {"3Y", "3:tinyint"},
		{"SELECT 1.5D", "Project[1.5:double](OneRow)"}, {"SELECT 1.5BD", "Project[1.5:decimal(2,1)](OneRow)"},
		{"SELECT 1e3D", "Project[1000.0:double](OneRow)"}, {"2.5F", "2.5:float"},
		// strings
		{`"Name"`, "'Name'"}, {`'\d+'`, "'d+'"}, {`'\\d+'`, `'\d+'`}, {`r'\d+'`, `'\d+'`},
		{`'\u0041'`, "'A'"}, {`'\101'`, "'A'"}, {`'a''b'`, "'a'b'"}, {`'a' 'b'`, "'ab'"}, {`'\%'`, `'\%'`},
		// ||
		{"a || b", "(concat a b)"}, {"1 + 2 || 3", "(concat (+ 1 2) 3)"}, {"a || b * c", "(concat a (* b c))"}, {"a || b || c", "(concat (concat a b) c)"},
		// negation and bits
		{"! a = b", "(not (= a b))"}, {"NOT a = b", "(not (= a b))"}, {"NOT a AND b", "(and (not a) b)"},
		{"2 ^ 3 * 2", "(^ 2 (* 3 2))"}, {"1 | 2 ^ 3", "(| 1 (^ 2 3))"}, {"1 ^ 2 | 3", "(| (^ 1 2) 3)"}, {"1 ^ 2 & 3", "(^ 1 (& 2 3))"},
		{"a & b = c", "(= (& a b) c)"}, {"a & b << c", "(& a (<< b c))"}, {"a >>> 1 + 2", "(>>> a (+ 1 2))"}, {"1 + 2 & 3", "(& (+ 1 2) 3)"},
		{"1 | 2 ^ 3 | 4 & 5", "(| (| 1 (^ 2 3)) (& 4 5))"}, {"~a + b", "(+ (~ a) b)"}, {"- a * b", "(* (negative a) b)"},
		// names that MySQL's grammar replaces
		{"stddev(x)", "(stddev x)"}, {"std(x)", "(std x)"}, {"variance(x)", "(variance x)"}, {"mod(a, b)", "(mod a b)"},
		{"char(65)", "(char 65)"}, {"insert(a, 1, 2, b)", "(insert a 1 2 b)"}, {"count(*)", "(count *)"}, {"count (1)", "(count 1)"},
		// precedence of intervals
		{"ts - INTERVAL '1' DAY * 2", "(- ts (* INTERVAL '1' DAY:interval day 2))"},
		// grouping
		{"SELECT a FROM t GROUP BY CUBE (a, b)", "Aggregate[cube(a)(b)][a](t)"},
		{"SELECT a FROM t GROUP BY ROLLUP (a, (b, c))", "Aggregate[rollup(a)(b c)][a](t)"},
		{"SELECT a FROM t GROUP BY a, b WITH ROLLUP", "Aggregate[rollup(a)(b)][a](t)"},
		{"SELECT a FROM t GROUP BY a, b GROUPING SETS ((a, b), (a), ())", "Aggregate[sets(a b)(a)()][a](t)"},
		{"SELECT a FROM t GROUP BY GROUPING SETS (ROLLUP (a, b), c)", "Aggregate[sets(rollup(a)(b))(c)][a](t)"},
		// set operations
		{"TABLE a UNION TABLE b INTERSECT TABLE c", "Union(a, Intersect(b, c))"},
		{"TABLE a INTERSECT TABLE b UNION ALL TABLE c EXCEPT TABLE d", "Except(Union All(Intersect(a, b), c), d)"},
		{"SELECT a FROM t ORDER BY a UNION SELECT b FROM u", "error"},
		// predicates apply to whole comparisons
		{"a = b IN (1, 2)", "(in (= a b) 1 2)"}, {"a = b BETWEEN c AND d", "(between (= a b) c d)"}, {"a = b LIKE c", "(like (= a b) c)"},
		{"a < b = c", "(= (< a b) c)"}, {"a BETWEEN 1 AND 2 AND b", "(and (between a 1 2) b)"}, {"a NOT BETWEEN 1 AND 2", "(not (between a 1 2))"},
		{"a IS NOT DISTINCT FROM b", "(<=> a b)"}, {"a IS DISTINCT FROM b", "(not (<=> a b))"},
		// comments
		{"10 --comment\n+ 1", "(+ 10 1)"}, {"10 --comment", "10"}, {"1 /*! + 1 */", "1"}, {"1 /* /* nested */ still */ + 2", "(+ 1 2)"},
		{"1 # 2", "error"}, {"{fn x}", "error"}, {"a -> '$.x'", "error"},
		// others
		{"datediff(day, a, b)", "(timestampdiff 'DAY' a b)"}, {"datediff(a, b)", "(datediff a b)"}, {"date_add(d, 5)", "(date_add d 5)"},
		{"-9223372036854775808", "-9223372036854775808:bigint"}, {"-9223372036854775808L", "-9223372036854775808:bigint"},
		{"2147483648", "2147483648:bigint"}, {"9223372036854775808", "9223372036854775808:decimal(19,0)"},
		{"TRUE", "true"}, {"SELECT a FROM t LIMIT 5, 10", "error"},
		{"a == b", "(= a b)"}, {"a !> b", "(<= a b)"}, {"a <> b", "(not (= a b))"}, {"a DIV b", "(div a b)"},
		{"SELECT /*+ BROADCAST(b), COALESCE(3) */ * FROM a", "Hint[BROADCAST b](Hint[COALESCE 3](Project[*](a)))"},
		// words that MySQL reserves
		{"SELECT key, rank, `interval`, row_number FROM groups AS lead", "Project[key, rank, interval, row_number](lead:groups)"},
	})
}

// TestSilentlyWrongTypes: types that TiDB reads as others, and DESCRIBE.
func TestSilentlyWrongTypes(t *testing.T) {
	for text, want := range map[string]string{
		"CAST(x AS REAL)": "float", "CAST(x AS DECIMAL)": "decimal(10,0)", "CAST(x AS BOOLEAN)": "boolean", "x::bigint": "bigint",
	} {
		e, err := ParseExpr(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := e.(*logical.Cast).To.String(); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	n, err := Parse("DESCRIBE EXTENDED t")
	if err != nil {
		t.Fatal(err)
	}
	if d := n.(*logical.Describe); !d.Extended || len(d.Name) != 1 || d.Name[0] != "t" || d.Column != nil {
		t.Errorf("DESCRIBE EXTENDED t: %+v", d)
	}
}
