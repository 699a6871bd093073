package sql

import (
	"strings"
	"sync"
	"testing"

	"github.com/gosql-engine/gosql/logical"
)

func TestExpressions(t *testing.T) {
	checkShapes(t, [][2]string{
		{"m['k'].f[0]", "(at (. (at m 'k') 'f') 0)"}, {"a.b.c.d.e", "a.b.c.d.e"}, {"(a).b", "(. a 'b')"}, {"f(x).y", "(. (f x) 'y')"},
		{"-1::int", "(cast -1 int)"}, {"a::array<array<int>>[0]", "(at (cast a array<array<int>>) 0)"},
		{"TRY_CAST('1' AS DOUBLE)", "(cast '1' double)"}, {"cast (a as decimal(10, 2)) + 1", "(+ (cast a decimal(10,2)) 1)"},
		{"transform(a, x -> x + 1)", "(transform a (x -> (+ x 1)))"}, {"aggregate(a, 0, (acc, x) -> acc + x)", "(aggregate a 0 (acc x -> (+ acc x)))"},
		{"f(a => 1, b => 'x')", "(f a => 1 b => x)"}, {"count(DISTINCT a, b)", "(count distinct a b)"},
		{"sum(x) FILTER (WHERE x > 1)", "(sum x (> x 1))"}, {"first(x) IGNORE NULLS", "(first ignore nulls x)"}, {"first(x IGNORE NULLS)", "(first ignore nulls x)"},
		{"percentile_cont(0.5) WITHIN GROUP (ORDER BY v DESC)", "(percentile_cont 0.5:decimal(1,1)  DESC NULLS LAST v)"},
		{"CASE x WHEN 1 THEN 'a' ELSE b END", "(case (= x 1) 'a' b)"}, {"CASE WHEN a THEN b END", "(case a b)"},
		{"x LIKE 'a%' ESCAPE '!'", "(like x 'a%' '!')"}, {"x NOT LIKE ANY ('a', 'b')", "(or (not (like x 'a')) (not (like x 'b')))"},
		{"x LIKE ALL ('a', 'b')", "(and (like x 'a') (like x 'b'))"}, {"x RLIKE 'a' OR y", "(or (rlike x 'a') y)"}, {"x REGEXP 'a'", "(rlike x 'a')"},
		{"x IS NULL", "(isnull x)"}, {"x IS NOT NULL AND y", "(and (isnotnull x) y)"}, {"x IS NOT TRUE", "(not (<=> x true))"},
		{"(a, b) IN ((1, 2), (3, 4))", "(in (struct a b) (struct 1 2) (struct 3 4))"}, {"a NOT IN (SELECT 1)", "(not (in-query a Project[1](OneRow)))"},
		{"(a, b) IN (SELECT 1, 2)", "(in-query a b Project[1, 2](OneRow))"}, {"a + (SELECT 1)", "(+ a (query Project[1](OneRow)))"},
		{"NOT EXISTS (SELECT 1)", "(not (exists Project[1](OneRow)))"}, {"exists(a, x -> x)", "(exists a (x -> x))"},
		{"EXTRACT(DAY FROM d)", "(extract 'DAY' d)"}, {"TRIM(BOTH 'x' FROM s)", "(trim 'x' s)"}, {"TRIM(LEADING FROM s)", "(ltrim s)"}, {"trim(s)", "(trim s)"},
		{"SUBSTRING(s FROM 2 FOR 3)", "(substring s 2 3)"}, {"POSITION('a' IN s)", "(locate 'a' s)"}, {"OVERLAY(s PLACING 'x' FROM 2)", "(overlay s 'x' 2)"},
		{"current_date", "current_date"}, {"current_date()", "(current_date)"}, {"current_date.x", "current_date.x"},
		{"struct(1 AS a, b)", "(struct 1 AS a b)"}, {"a COLLATE utf8_binary", "(collate a 'utf8_binary')"}, {"IDENTIFIER('a.' || 'b')", "a.b"},
		{"DATE '2020-01-02'", "2020-01-02:date"}, {"X'1F'", "\x1f:binary"}, {"INTERVAL 1 YEAR 2 MONTHS", "INTERVAL '1-2' YEAR TO MONTH:interval year to month"},
		{"INTERVAL '1 2:3:4.5' DAY TO SECOND", "INTERVAL '1 02:03:04.5' DAY TO SECOND:interval day to second"}, {"INTERVAL -3 DAYS", "INTERVAL '-3' DAY:interval day"},
		{"INTERVAL '5 minutes'", "INTERVAL '05' MINUTE:interval minute"}, {"interval", "interval"}, {"INTERVAL '-1-2' YEAR TO MONTH", "INTERVAL '-1-2' YEAR TO MONTH:interval year to month"},
		{".5", "0.5:decimal(1,1)"}, {"5.", "5:decimal(1,0)"}, {"1.10", "1.10:decimal(3,2)"}, {"1e3", "1000.0:double"}, {"123456789012345678901234567890", "123456789012345678901234567890:decimal(30,0)"},
		{"? + :name", "(+ ? :name)"}, {"a AS b", "a AS b"}, {"explode(m) AS (k, v)", "explode(m) AS (k, v)"},
	})
}

func TestQueries(t *testing.T) {
	checkShapes(t, [][2]string{
		{"FROM t", "t"}, {"FROM t SELECT a WHERE b", "Project[a](Filter[b](t))"}, {"TABLE t", "t"}, {"SELECT * FROM a.b.c.t", "Project[*](a.b.c.t)"},
		{"VALUES (1, 'a'), (2, 'b') AS t(x, y)", "t(x,y):Values[(1,'a')(2,'b')]"}, {"SELECT * FROM VALUES 1, 2", "Project[*](Values[(1)(2)])"},
		{"(SELECT a FROM t LIMIT 1) LIMIT 2", "Limit[2](Limit[1](Project[a](t)))"}, {"SELECT DISTINCT a FROM t", "Distinct[](Project[a](t))"},
		{"SELECT a FROM t GROUP BY ALL", "Aggregate[ALL][a](t)"}, {"SELECT 1 HAVING true", "Having[true](Aggregate[][1](OneRow))"},
		{"SELECT a FROM t DISTRIBUTE BY c SORT BY b", "Sort[ ASC NULLS FIRST b](Repartition[c](Project[a](t)))"},
		{"SELECT a FROM t LIMIT ALL OFFSET 3", "Limit[3](Project[a](t))"}, {"SELECT a FROM t LIMIT 1 + 1", "Limit[(+ 1 1)](Project[a](t))"},
		{"SELECT * FROM a, b JOIN c ON a.x = c.x", "Project[*](Inner(Inner(a, b), c on (= a.x c.x)))"},
		{"SELECT * FROM a JOIN b USING (x, y) CROSS JOIN c", "Project[*](Cross(Inner(a, b using x,y), c))"},
		{"SELECT * FROM (a JOIN b) AS j(x, y)", "Project[*](j(x,y):Inner(a, b))"}, {"SELECT * FROM a, LATERAL (SELECT a.x) l", "Project[*](LateralInner(a, l:Project[a.x](OneRow)))"},
		{"SELECT * FROM range(1, 10) AS r(id)", "Project[*](r(id):range(1, 10))"}, {"SELECT * FROM f(TABLE(t), n => 2)", "Project[*](f(table(), n => 2))"},
		{"SELECT * FROM csv.`/a/b c.csv`", "Project[*](csv./a/b c.csv)"}, {"SELECT * FROM IDENTIFIER('a.t') x", "Project[*](x:a.t)"},
		{"SELECT * FROM t LATERAL VIEW OUTER explode(a) v AS c WHERE d", "Project[*](Filter[d](LateralView[true (explode a) v [c]](t)))"},
		{"SELECT * FROM t LATERAL VIEW posexplode(a) AS i, c", "Project[*](LateralView[false (posexplode a)  [i c]](t))"},
		{"SELECT * FROM t PIVOT (sum(a) AS s FOR (x, y) IN ((1, 2) AS o)) p", "Project[*](p:Pivot[(sum a) AS s, x, y, (struct 1 2) AS o](t))"},
		{"SELECT * FROM t UNPIVOT INCLUDE NULLS (v FOR n IN (a, b AS c)) u", "Project[*](u:Unpivot[](t))"},
		{"SELECT * FROM t TABLESAMPLE (10 PERCENT) REPEATABLE (1) x", "Project[*](x:UnresolvedSample[](t))"},
		{"SELECT * EXCEPT (a, b.c) FROM t", "Project[*](t)"}, {"SELECT t.*, count(*) FROM t", "Project[t.*, (count *)](t)"},
		{"WITH a AS (SELECT 1), b(x) AS (TABLE a) SELECT * FROM b", "With[a=Project[1](OneRow);b(x)=a;](Project[*](b))"},
		{"WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) TABLE r", "With[r=Union All(Project[1](OneRow), Project[(+ n 1)](r));](r)"},
		{"SELECT f(x) OVER w FROM t WINDOW w AS (PARTITION BY a)", "WithWindows[](Project[f(x) OVER w](t))"},
		{"SELECT sum(x) OVER (ORDER BY y RANGE BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)", "Project[sum(x) OVER (ORDER BY y ASC NULLS FIRST RANGE BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)](OneRow)"},
		{"SELECT start, end, order FROM t WHERE end > start AND group = 1 ORDER BY order", "Sort[ ASC NULLS FIRST order](Project[start, end, order](Filter[(and (> end start) (= group 1))](t)))"},
		{"SELECT CASE WHEN end > 1 THEN end ELSE end END FROM t", "Project[(case (> end 1) end end)](t)"},
		{"SELECT a limit FROM t", "Project[a AS limit](t)"}, {"SELECT offset, window FROM t", "Project[offset, window](t)"},
	})
}

func TestPipes(t *testing.T) {
	checkShapes(t, [][2]string{
		{"FROM t |> WHERE a |> SELECT t.b", "Project[t.b](Filter[a](t))"}, {"TABLE t |> EXTEND a + 1 AS b", "Project[*, (+ a 1) AS b](t)"},
		{"FROM t |> AS u |> SELECT u.a", "Project[u.a](u:t)"}, {"FROM t |> ORDER BY a |> LIMIT 2 OFFSET 1", "Limit[2, 1](Sort[ ASC NULLS FIRST a](t))"},
		{"FROM t |> AGGREGATE sum(a) AS s, count(*) GROUP BY b, c AS d", "Aggregate[b, c][b, c AS d, (sum a) AS s, (count *)](t)"},
		{"FROM t |> AGGREGATE sum(a)", "Aggregate[][(sum a)](t)"}, {"FROM t |> AGGREGATE GROUP BY a", "Aggregate[a][a](t)"},
		{"FROM t |> LEFT JOIN u ON t.a = u.a |> UNION ALL TABLE w", "Union All(LeftOuter(t, u on (= t.a u.a)), w)"},
		{"FROM t |> EXCEPT TABLE u |> INTERSECT TABLE v", "Intersect(Except(t, u), v)"}, {"FROM t |> TABLESAMPLE (5 ROWS)", "UnresolvedSample[](t)"},
		{"FROM t |> PIVOT (sum(a) FOR b IN (1, 2))", "Pivot[(sum a), b, 1, 2](t)"}, {"FROM t |> UNPIVOT (v FOR n IN (a, b))", "Unpivot[](t)"},
		{"SELECT a FROM t UNION ALL SELECT b FROM u |> WHERE c", "Filter[c](Union All(Project[a](t), Project[b](u)))"},
		{"FROM t |> LATERAL VIEW explode(a) v AS c", "LateralView[false (explode a) v [c]](t)"}, {"FROM t |> ORDER BY a ORDER BY b", "Sort[ ASC NULLS FIRST b](Sort[ ASC NULLS FIRST a](t))"},
		{"FROM t |> JOIN u", "Inner(t, u)"}, {"FROM t |> WHERE a |> WHERE b", "Filter[b](Filter[a](t))"},
		{"FROM t |> AGGREGATE sum(a) GROUP BY ALL", "error"}, {"FROM t |> SET a.b = 1", "error"}, {"FROM t |> NONSENSE", "error"}, {"FROM t |>", "error"},
		{"FROM t |> SELECT DISTINCT a", "Distinct[](Project[a](t))"},
	})
	n, err := Parse("FROM t |> SET a = b + 1, c = 2 |> DROP d, e")
	if err != nil {
		t.Fatal(err)
	}
	drop := n.(*logical.Project)
	set := drop.Input.(*logical.Project).List[0].(*logical.UnresolvedStar)
	if len(set.Replace) != 2 || shape(set.Replace[0]) != "(+ b 1) AS a" {
		t.Errorf("SET: %v", set.Replace)
	}
	if star := drop.List[0].(*logical.UnresolvedStar); len(star.Except) != 2 || star.Except[1][0] != "e" {
		t.Errorf("DROP: %v", star.Except)
	}
}

// TestParameters: question marks are numbered in the order of the text.
func TestParameters(t *testing.T) {
	n, err := Parse("FROM t SELECT ?, :n WHERE a = ? LIMIT ?")
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	logical.WalkNodes(n, func(n logical.Node) bool {
		for _, e := range n.Exprs() {
			logical.Walk(e, func(e logical.Expr) bool {
				if p, ok := e.(*logical.Parameter); ok && p.Name == "" {
					got = append(got, p.Index)
				}
				return true
			})
		}
		return true
	})
	if len(got) != 3 || got[0] != 2 || got[1] != 0 || got[2] != 1 {
		t.Errorf("parameters from the top of the plan: %v", got)
	}
}

// TestPositions: expressions and relations know their place in the text.
func TestPositions(t *testing.T) {
	text := "SELECT a + missing FROM nowhere n WHERE f(b) > (c || 'x')"
	n, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) int { return strings.Index(text, s) + 1 }
	p := n.(*logical.Project)
	if got := p.List[0].(*logical.UnresolvedCall).Args[1].Position(); int(got) != at("missing") {
		t.Errorf("missing at %d, want %d", got, at("missing"))
	}
	f := p.Input.(*logical.Filter)
	if got := f.Cond.(*logical.UnresolvedCall).Args[0].Position(); int(got) != at("f(b)") {
		t.Errorf("f at %d, want %d", got, at("f(b)"))
	}
	if got := f.Input.(*logical.SubqueryAlias).Input.(*logical.UnresolvedRelation).Pos; int(got) != at("nowhere") {
		t.Errorf("nowhere at %d, want %d", got, at("nowhere"))
	}
}

func TestOptions(t *testing.T) {
	o := Options{DoubleQuotedIdentifiers: true, EscapedStringLiterals: true}
	e, err := o.ParseExpr(`"a ""b" = '\d'`)
	if err != nil || shape(e) != `(= a "b '\d')` {
		t.Errorf("%v %v", e, err)
	}
}

// TestNesting: text that nests too deeply is an error, not a crash.
func TestNesting(t *testing.T) {
	for _, text := range []string{
		"SELECT " + strings.Repeat("(", 100_000), "SELECT " + strings.Repeat("NOT ", 100_000) + "a", "SELECT " + strings.Repeat("- ", 100_000) + "a",
		"SELECT " + strings.Repeat("CASE WHEN ", 100_000) + "a", "SELECT a" + strings.Repeat("::int", 100_000), "SELECT a" + strings.Repeat("[0]", 100_000),
	} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%.40s… parses", text)
		}
	}
	long := "SELECT a" + strings.Repeat(" + a", 20_000) + ", b" + strings.Repeat(" AND b", 20_000)
	if _, err := Parse(long); err != nil {
		t.Errorf("a long chain: %v", err)
	}
}

func TestConcurrent(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 50 {
				if got := parsed("SELECT a || b FROM t WHERE x = DATE '2020-01-01'"); !strings.HasPrefix(got, "Project[(concat a b)]") {
					t.Errorf("got %s", got)
				}
			}
		}()
	}
	wg.Wait()
}
