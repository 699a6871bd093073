package analyzer_test

import (
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/logical"
)

func testCatalog() *catalog {
	c := newCatalog()
	c.fakes = true
	c.add("t", "a int, b bigint, s string, d decimal(10,2)")
	c.add("u", "a int, c int, s string")
	c.add("n", "id int, xs array<int>, m map<string,int>, st struct<f:int,g:struct<h:string>>, ss array<struct<f:int>>")
	return c
}

// TestPlans analyzes queries and compares the tree of the plan.
func TestPlans(t *testing.T) {
	f := func(query string, want ...string) {
		t.Helper()
		n, err := analyze(testCatalog(), query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			return
		}
		verify(t, query, n)
		var got []string
		for _, l := range strings.Split(strings.TrimSpace(tree(n)), "\n") {
			if l = strings.TrimSpace(l); !strings.HasPrefix(l, "Relation") && !strings.HasPrefix(l, "SubqueryAlias") {
				got = append(got, l)
			}
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", query, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	f("SELECT a FROM t ORDER BY b", "Project [a]", "Sort [b ASC NULLS FIRST]", "Project [a, b]")
	f("SELECT a FROM t ORDER BY 1 DESC LIMIT 2", "Limit [2]", "Sort [a DESC NULLS LAST]", "Project [a]")
	f("SELECT a AS x, sum(b) FROM t GROUP BY x HAVING max(b) > 1 ORDER BY min(b)",
		"Project [x, sum(b)]", "Sort [min(b) ASC NULLS FIRST]",
		"Project [a AS x, sum(b) AS sum(b), min(b) AS min(b)]", "Filter (max(b) > 1)",
		"Aggregate [a], [a, sum(b) AS sum(b), min(b) AS min(b), max(b) AS max(b)]")
	f("SELECT a, count(*) FROM t GROUP BY ALL", "Aggregate [a], [a, count(1) AS count(1)]")
	f("SELECT * FROM t JOIN u USING (a)", "Project [a, b, s, d, c, s]", "Project [a, b, s, d, c, s, a]", "Join Inner, (a = a)")
	f("SELECT t.a, u.a FROM t FULL JOIN u USING (a)", "Project [a, a]", "Project [coalesce(a, a) AS a, b, s, d, c, s, a, a]", "Join FullOuter, (a = a)")
	f("SELECT a + 1 AS x, x * 2 AS y, y + x FROM u", "Project [x, y, (y + x) AS (y + x)]", "Project [a, c, s, x, (x * 2) AS y]", "Project [a, c, s, (a + 1) AS x]")
	f("SELECT sum(a) OVER (PARTITION BY s) AS w FROM t",
		"Project [sum(a) OVER (PARTITION BY s ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS w]",
		"Window [sum(a) OVER (PARTITION BY s ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS sum(a) OVER (PARTITION BY s ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)]")
	f("SELECT explode(xs) AS x, id FROM n", "Project [x, id]", "Generate explode(xs)")
	f("SELECT id, k, v FROM n LATERAL VIEW OUTER explode(m) e AS k, v", "Project [id, k, v]", "Generate explode(m)")
	f("SELECT a, grouping(a) FROM t GROUP BY ROLLUP (a)",
		"Project [a AS a, (shiftright(spark_grouping_id, 0) & 1) AS grouping(a)]",
		"Aggregate [a, spark_grouping_id], [a, spark_grouping_id]", "Expand [a, b, s, d, a, spark_grouping_id]")
	f("SELECT a FROM t UNION SELECT b FROM t", "Union", "Project [a AS a]", "Project [a]", "Project [b]")
	f("SELECT * FROM t WHERE a IN (SELECT c FROM u WHERE u.s = t.s)", "Project [a, b, s, d]", "Filter (a IN (listquery(s)))")
	f("SELECT a FROM t TABLESAMPLE (5 ROWS)", "Project [a]", "Limit [5]")
	f("SELECT /*+ BROADCAST(u) */ t.a FROM t JOIN u ON t.a = u.a", "Project [a]", "Join Inner, (a = a)")
	f("SELECT /*+ COALESCE(3) */ a FROM t", "Repartition", "Project [a]")
}

// TestNames checks the names and types of columns.
func TestNames(t *testing.T) {
	f := func(query, want string) {
		t.Helper()
		n, err := analyze(testCatalog(), query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			return
		}
		verify(t, query, n)
		if got := logical.Schema(n).String(); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	f("SELECT A, t.b, a + b FROM t", "struct<A:int,b:bigint,(a + b):bigint>")
	f("SELECT st.f, st.g.h, xs[0], m['k'], m.k, ss.f FROM n", "struct<f:int,h:string,xs[0]:int,m[k]:int,k:int,f:array<int>>")
	f("SELECT st.* FROM n", "struct<f:int,g:struct<h:string>>")
	f("SELECT * EXCEPT (xs, st.g, ss) FROM n", "struct<id:int,m:map<string,int>,st:struct<f:int>>")
	f("SELECT struct(a, b AS c) AS x FROM t", "struct<x:struct<a:int,c:bigint>>")
	f("SELECT transform(xs, x -> x + id) FROM n", "struct<transform(xs, lambdafunction((namedlambdavariable() + id), namedlambdavariable())):array<int>>")
	f("SELECT transform(xs, (x, i) -> x * i) AS y FROM n", "struct<y:array<int>>")
	f("SELECT count(*), count(DISTINCT a) FILTER (WHERE b > 1) FROM t", "struct<count(1):bigint,count(DISTINCT a) FILTER (WHERE (b > 1)):bigint>")
	f("SELECT (SELECT max(c) FROM u WHERE u.a = t.a) FROM t", "struct<scalarsubquery(a):int>")
	f("WITH x AS (SELECT a FROM t), y(z) AS (SELECT * FROM x) SELECT y.z, x.a FROM y JOIN x ON z = a", "struct<z:int,a:int>")
	f("WITH x AS (SELECT 1 AS one) SELECT * FROM (WITH x AS (SELECT 2 AS two) SELECT * FROM x)", "struct<two:int>")
	f("SELECT * FROM t AS l JOIN t AS r ON l.a = r.b", "struct<a:int,b:bigint,s:string,d:decimal(10,2),a:int,b:bigint,s:string,d:decimal(10,2)>")
	f("SELECT * FROM t NATURAL LEFT JOIN u", "struct<a:int,s:string,b:bigint,d:decimal(10,2),c:int>")
	f("SELECT * FROM t LEFT SEMI JOIN u ON t.a = u.a", "struct<a:int,b:bigint,s:string,d:decimal(10,2)>")
	f("SELECT * FROM t, LATERAL (SELECT c FROM u WHERE u.a = t.a)", "struct<a:int,b:bigint,s:string,d:decimal(10,2),c:int>")
	f("SELECT * FROM u, LATERAL explode(array(u.a, u.c)) AS e(x)", "struct<a:int,c:int,s:string,x:int>")
	f("SELECT * FROM VALUES (1, 'a'), (2.5, NULL) AS v(x, y)", "struct<x:decimal(11,1),y:string>")
	f("SELECT a FROM u UNION ALL SELECT d FROM t", "struct<a:decimal(12,2)>")
	f("SELECT * FROM (SELECT a, s, c FROM u) PIVOT (sum(c) FOR s IN ('x', 'y' AS z))", "struct<a:int,x:bigint,z:bigint>")
	f("SELECT * FROM u UNPIVOT (v FOR k IN (a, c AS cc))", "struct<s:string,k:string,v:int>")
	f("SELECT row_number() OVER w FROM t WINDOW w AS (PARTITION BY a ORDER BY b)",
		"struct<row_number() OVER (PARTITION BY a ORDER BY b ASC NULLS FIRST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW):int>")
	f("SELECT a, rank() OVER (ORDER BY sum(b)) AS r FROM t GROUP BY a ORDER BY r, max(d)", "struct<a:int,r:int>")
	f("SELECT posexplode(xs) FROM n", "struct<pos:int,col:int>")
	f("SELECT sum(x) OVER (ORDER BY x) FROM (SELECT explode(xs) AS x FROM n)", "struct<sum(x) OVER (ORDER BY x ASC NULLS FIRST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW):bigint>")
	f("SELECT a FROM t GROUP BY a HAVING EXISTS (SELECT 1 FROM u WHERE u.a = t.a)", "struct<a:int>")
	f("SELECT * FROM range(3)", "struct<id:bigint>")
}

// TestErrors checks conditions, the texts that follow them and the places.
func TestErrors(t *testing.T) {
	f := func(query, condition, text string, pos int) {
		t.Helper()
		n, err := analyze(testCatalog(), query)
		if err == nil {
			t.Errorf("%s: no error\n%s", query, tree(n))
			return
		}
		if got := conditionOf(err); got != condition || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v, want [%s] %s", query, err, condition, text)
		}
		if got := positionOf(err); pos > 0 && got != pos {
			t.Errorf("%s: at %d, want %d", query, got, pos)
		}
	}
	f("SELECT aa FROM t", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "`aa` cannot be resolved. Did you mean one of the following? [`a`, `b`, `s`, `d`].", 8)
	f("SELECT x.a FROM t", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "`x`.`a`", 8)
	f("SELECT z", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "`z`", 8)
	f("SELECT a FROM t, u", "AMBIGUOUS_REFERENCE", "Reference `a` is ambiguous, could be: [`spark_catalog`.`default`.`t`.`a`, `spark_catalog`.`default`.`u`.`a`].", 8)
	f("SELECT * FROM nope", "TABLE_OR_VIEW_NOT_FOUND", "`nope`", 15)
	f("SELECT nope(1)", "UNRESOLVED_ROUTINE", "Cannot resolve routine `nope` on search path [`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`].", 8)
	f("SELECT st.zz FROM n", "FIELD_NOT_FOUND", "No such struct field `zz` in `f`, `g`.", 8)
	f("SELECT a, sum(b) FROM t", "MISSING_GROUP_BY", "", 8)
	f("SELECT a, b FROM t GROUP BY a", "MISSING_AGGREGATION", `"b"`, 11)
	f("SELECT sum(sum(a)) FROM t", "NESTED_AGGREGATE_FUNCTION", "", 8)
	f("SELECT a FROM t WHERE sum(a) > 1", "INVALID_WHERE_CONDITION", "sum(a)", 0)
	f("SELECT a FROM t WHERE a", "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "", 23)
	f("SELECT a FROM t GROUP BY 2", "GROUP_BY_POS_OUT_OF_RANGE", "position 2 is not in select list (valid range is [1, 1])", 26)
	f("SELECT sum(a) FROM t GROUP BY 1", "GROUP_BY_POS_AGGREGATE", "", 0)
	f("SELECT a FROM t GROUP BY sum(b)", "GROUP_BY_AGGREGATE", "", 0)
	f("SELECT a FROM t ORDER BY 3", "ORDER_BY_POS_OUT_OF_RANGE", "", 0)
	f("SELECT a FROM t LIMIT -1", "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "", 0)
	f("SELECT a FROM t UNION SELECT a, b FROM t", "NUM_COLUMNS_MISMATCH", "the second input has 2 columns", 0)
	f("SELECT xs FROM n UNION SELECT a FROM t", "INCOMPATIBLE_COLUMN_TYPE", "", 0)
	f("SELECT (SELECT a, b FROM t)", "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN", "but got 2", 0)
	f("SELECT sum(a) OVER w FROM t", "MISSING_WINDOW_SPECIFICATION", "for w.", 0)
	f("SELECT rank() FROM t", "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "", 8)
	f("SELECT a FROM t WHERE rank() OVER (ORDER BY a) = 1", "_LEGACY_ERROR_TEMP_1034", "inside WHERE clause", 0)
	f("SELECT 1 + explode(xs) FROM n", "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "", 0)
	f("SELECT grouping(a) FROM t GROUP BY a", "UNSUPPORTED_GROUPING_EXPRESSION", "", 0)
	f("WITH RECURSIVE r AS (SELECT * FROM r) SELECT * FROM r", "INVALID_RECURSIVE_CTE", "anchor", 0)
	f("WITH RECURSIVE r AS (SELECT 1 UNION SELECT * FROM r) SELECT * FROM r", "UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE", "UNION ALL", 0)
	f("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT max(n) FROM r) SELECT * FROM r", "INVALID_RECURSIVE_REFERENCE.PLACE", "in aggregates", 0)
	f("SELECT * FROM t JOIN u USING (b)", "UNRESOLVED_USING_COLUMN_FOR_JOIN", "on the right side", 0)
	f("SELECT upper(x -> x)", "INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "", 0)
	f("SELECT DISTINCT a FROM t ORDER BY b", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "[`a`]", 0)
	f("SELECT * FROM VALUES (1), (2, 3)", "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "", 0)
}
