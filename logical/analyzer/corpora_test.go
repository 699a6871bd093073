package analyzer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/logical/analyzer"
	"github.com/gosql-engine/gosql/sql"
)

const corpora = "../../../shared/corpora/"

func analyze(c logical.Catalog, text string) (logical.Node, error) {
	n, err := sql.Parse(text)
	if err != nil {
		return nil, err
	}
	conf := analyzer.DefaultConf()
	return analyzer.Analyze(context.Background(), n, analyzer.Env{Catalog: c, Conf: conf})
}

// positionOf is the byte offset plus one at which an error stands; 0 if unknown.
func positionOf(err error) int {
	var e *columnar.Error
	if errors.As(err, &e) {
		return int(e.Pos)
	}
	return 0
}

// conditionOf is the name of an error's condition.
func conditionOf(err error) string {
	var e *columnar.Error
	if errors.As(err, &e) {
		return e.Condition
	}
	return err.Error()
}

var tpch = map[string]string{
	"customer": "c_custkey bigint, c_name string, c_address string, c_nationkey int, c_phone string, c_acctbal decimal(12,2), c_mktsegment string, c_comment string",
	"lineitem": "l_orderkey bigint, l_partkey bigint, l_suppkey bigint, l_linenumber int, l_quantity decimal(12,2), l_extendedprice decimal(12,2), l_discount decimal(12,2), l_tax decimal(12,2), l_returnflag string, l_linestatus string, l_shipdate date, l_commitdate date, l_receiptdate date, l_shipinstruct string, l_shipmode string, l_comment string",
	"nation":   "n_nationkey int, n_name string, n_regionkey int, n_comment string",
	"orders":   "o_orderkey bigint, o_custkey bigint, o_orderstatus string, o_totalprice decimal(12,2), o_orderdate date, o_orderpriority string, o_clerk string, o_shippriority int, o_comment string",
	"part":     "p_partkey bigint, p_name string, p_mfgr string, p_brand string, p_type string, p_size int, p_container string, p_retailprice decimal(12,2), p_comment string",
	"partsupp": "ps_partkey bigint, ps_suppkey bigint, ps_availqty int, ps_supplycost decimal(12,2), ps_comment string",
	"region":   "r_regionkey int, r_name string, r_comment string",
	"supplier": "s_suppkey bigint, s_name string, s_address string, s_nationkey int, s_phone string, s_acctbal decimal(12,2), s_comment string",
}

func TestTPCH(t *testing.T) {
	c := newCatalog()
	for name, ddl := range tpch {
		c.add(name, ddl)
	}
	files, _ := filepath.Glob(corpora + "spark-4.0/tpch/*.sql")
	if len(files) == 0 {
		t.Skip("the TPC-H queries are not here")
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		n, err := analyze(c, string(text))
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
			continue
		}
		verify(t, filepath.Base(f), n)
	}
}

// verify checks what every resolved plan must be: no unresolved part, and every column used made below.
func verify(t *testing.T, name string, n logical.Node) {
	t.Helper()
	if err := wellFormed(n, nil); err != nil {
		t.Errorf("%s: %v\n%s", name, err, tree(n))
	}
}

func wellFormed(n logical.Node, outer []*logical.Attr) error {
	have := map[logical.ID]bool{}
	for _, c := range n.Children() {
		for _, a := range c.Output() {
			have[a.ID] = true
		}
		scope := outer
		if j, ok := n.(*logical.Join); ok && j.Lateral && c == j.Right {
			scope = append(append([]*logical.Attr(nil), outer...), j.Left.Output()...)
		}
		if err := wellFormed(c, scope); err != nil {
			return err
		}
	}
	if _, ok := n.(*logical.Relation); ok {
		return nil
	}
	var err error
	for _, e := range n.Exprs() {
		logical.Walk(e, func(e logical.Expr) bool {
			switch e := e.(type) {
			case *logical.Attr:
				if !have[e.ID] {
					err = fmt.Errorf("%s: column %s (%d) is not below", n, e.Name, e.ID)
				}
			case *logical.OuterRef:
				found := false
				for _, a := range outer {
					found = found || a.ID == e.Attr.ID
				}
				if !found {
					err = fmt.Errorf("%s: outer column %s (%d) is not around", n, e.Attr.Name, e.Attr.ID)
				}
			case logical.SubqueryExpr:
				scope := append([]*logical.Attr(nil), outer...)
				for _, c := range n.Children() {
					scope = append(scope, c.Output()...)
				}
				if err == nil {
					err = wellFormed(e.Subplan(), scope)
				}
			}
			if kind := fmt.Sprintf("%T", e); strings.Contains(kind, "Unresolved") || strings.Contains(kind, "analyzer.") {
				err = fmt.Errorf("%s: %s is left", n, kind)
			}
			return err == nil
		})
	}
	if kind := fmt.Sprintf("%T", n); err == nil && strings.Contains(kind, "Unresolved") {
		err = fmt.Errorf("%s is left", kind)
	}
	return err
}

func tree(n logical.Node) string {
	var b strings.Builder
	var walk func(n logical.Node, depth int)
	walk = func(n logical.Node, depth int) {
		b.WriteString(strings.Repeat("  ", depth) + n.String() + "\n")
		for _, c := range n.Children() {
			walk(c, depth+1)
		}
	}
	walk(n, 0)
	return b.String()
}

// TestTPCDS analyzes the TPC-DS queries over the schemas of the data set, where that is at hand.
func TestTPCDS(t *testing.T) {
	c := newCatalog()
	ddl, err := os.ReadFile("testdata/tpcds.ddl")
	if err != nil {
		t.Skip(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(ddl)), "\n") {
		name, schema, _ := strings.Cut(line, ": ")
		c.add(name, schema)
	}
	for _, dir := range []string{"tpcds", "tpcds-v2.7.0", "tpcds-modifiedQueries"} {
		files, _ := filepath.Glob(corpora + "spark-4.0/" + dir + "/*.sql")
		failed := 0
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			n, err := analyze(c, string(text))
			if err != nil {
				failed++
				t.Errorf("%s/%s: %v", dir, filepath.Base(f), err)
				continue
			}
			verify(t, dir+"/"+filepath.Base(f), n)
		}
		t.Logf("%s: %d of %d analyzed", dir, len(files)-failed, len(files))
	}
}

type golden struct{ file, sql, schema, output string }

var errorClass = regexp.MustCompile(`"errorClass" : "([^"]+)"`)

func goldens() (out []golden) {
	filepath.Walk(corpora+"spark-4.0/results", func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() || !strings.HasSuffix(path, ".sql.out") || strings.Contains(path, "nonansi") || strings.Contains(path, "udf") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(corpora+"spark-4.0/results", path)
		for _, part := range strings.Split(string(data), "\n-- !query\n")[1:] {
			q, rest, _ := strings.Cut(part, "\n-- !query schema\n")
			schema, output, _ := strings.Cut(rest, "\n-- !query output\n")
			out = append(out, golden{rel, q, strings.TrimSpace(schema), output})
		}
		return nil
	})
	return out
}

// TestSparkGoldens analyzes the queries of Spark's own tests and compares the schema, or the condition of the error, with Spark's. Statements that need
// functions that are not there are left out. The log lists what differs, by condition.
func TestSparkGoldens(t *testing.T) {
	all := goldens()
	if len(all) == 0 {
		t.Skip("Spark's test results are not here")
	}
	var c *catalog
	file := ""
	var total, agree, missing int
	differ := map[string][]string{}
	for _, g := range all {
		if g.file != file {
			c, file = newCatalog(), g.file
			suiteTables(c)
		}
		n, err := sql.Parse(g.sql)
		if err != nil {
			continue
		}
		if v, ok := n.(*logical.CreateView); ok {
			define(c, v)
			continue
		}
		if v, ok := n.(*logical.CreateTable); ok && v.Plan == nil && v.Table.Schema != nil {
			c.plans[strings.ToLower(v.Table.Name[len(v.Table.Name)-1])] = logical.NewRelation(table{v.Table.Schema}, "spark_catalog.default."+v.Table.Name[len(v.Table.Name)-1])
			continue
		}
		if _, ok := n.(logical.Command); ok {
			continue
		}
		r, err := analyze(c, g.sql)
		if err != nil && (conditionOf(err) == "UNRESOLVED_ROUTINE" || conditionOf(err) == "UNRESOLVABLE_TABLE_VALUED_FUNCTION") && !strings.Contains(g.output, "UNRESOLVED_ROUTINE") {
			missing++
			differ["missing "+firstName(err.Error())] = append(differ["missing "+firstName(err.Error())], "")
			continue
		}
		if err == nil {
			if bad := wellFormed(r, nil); bad != nil {
				t.Errorf("%s: %s\n%v", g.file, g.sql, bad)
			}
		}
		want, got := expected(g), ""
		if err != nil {
			got = conditionOf(err)
		} else {
			got = logical.Schema(r).String()
		}
		total++
		m := errorClass.FindStringSubmatch(g.output)
		if got == want || err == nil && g.schema == "struct<>" && m != nil && runtimeError(m[1]) {
			agree++
			continue
		}
		var key string
		if err != nil {
			key = "error " + got
		} else if m != nil {
			key = "accepted " + m[1]
		} else {
			key = "schema"
		}
		differ[key] = append(differ[key], fmt.Sprintf("%s: %s\n      want %s\n      got  %s", g.file, g.sql, want, got+details(err)))
	}
	var keys []string
	for k := range differ {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return len(differ[keys[i]]) > len(differ[keys[j]]) })
	for _, k := range keys {
		t.Logf("== %d %s", len(differ[k]), k)
		for i, d := range differ[k] {
			if d != "" && i < 400 {
				t.Log("    ", d)
			}
		}
	}
	t.Logf("%d of %d statements agree; %d need functions that are not there", agree, total, missing)
	if agree*100 < total*86 { // the rest: session variables, Python functions, types of single functions, settings that the test does not follow
		t.Errorf("only %d of %d statements agree with Spark", agree, total)
	}
}

func details(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

func firstName(s string) string {
	_, s, _ = strings.Cut(s, "`")
	s, _, _ = strings.Cut(s, "`")
	return s
}

func expected(g golden) string {
	if m := errorClass.FindStringSubmatch(g.output); m != nil && g.schema == "struct<>" {
		return m[1]
	}
	return g.schema
}

// runtimeError says whether Spark finds an error only when the query runs.
func runtimeError(condition string) bool {
	for _, p := range []string{"CAST_", "ARITHMETIC", "DIVIDE", "CANNOT_PARSE", "NUMERIC_VALUE", "INVALID_ARRAY", "INVALID_INDEX", "CONVERSION", "INTERVAL_", "USER_RAISED",
		"SCALAR_SUBQUERY", "DATETIME_", "INVALID_PARAMETER", "INCONSISTENT", "MALFORMED", "REMAINDER", "FAILED_FUNCTION", "ILLEGAL", "INVALID_FRACTION", "INVALID_DATETIME", "ROW_SUBQUERY"} {
		if strings.HasPrefix(condition, p) {
			return true
		}
	}
	return false
}

func define(c *catalog, v *logical.CreateView) {
	plan := v.Plan
	if len(v.Cols) > 0 {
		plan = &logical.SubqueryAlias{Alias: "v", Cols: v.Cols, Input: plan}
	}
	n, err := analyzer.Analyze(context.Background(), plan, analyzer.Env{Catalog: c, Conf: analyzer.DefaultConf()})
	if err == nil {
		c.plans[strings.ToLower(v.Name[len(v.Name)-1])] = n
	}
}

// suiteTables are the tables that Spark's test suite makes before it runs the files.
func suiteTables(c *catalog) {
	c.add("testdata", "key int, value string")
	c.add("arraydata", "arraycol array<int>, nestedarraycol array<array<int>>")
	c.add("mapdata", "mapcol map<int,string>")
	c.add("tenk1", "unique1 int, unique2 int, two int, four int, ten int, twenty int, hundred int, thousand int, twothousand int, fivethous int, tenthous int, odd int, even int, stringu1 string, stringu2 string, string4 string")
	c.add("onek", "unique1 int, unique2 int, two int, four int, ten int, twenty int, hundred int, thousand int, twothousand int, fivethous int, tenthous int, odd int, even int, stringu1 string, stringu2 string, string4 string")
	c.add("aggtest", "a int, b float")
	c.add("int4_tbl", "f1 int")
	c.add("int8_tbl", "q1 bigint, q2 bigint")
	c.add("float8_tbl", "f1 double")
}
