package sql

import (
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

// corpora is where real queries and Spark's golden files are kept, outside of
// the repository.
const corpora = "../../shared/corpora"

func needCorpora(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(corpora); err != nil {
		t.Skipf("no corpora at %s", corpora)
	}
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// golden is one statement of Spark's own tests with what Spark says about it.
type golden struct {
	file, sql, schema, output string
}

// rejected says whether Spark's parser or analyzer refuses the statement.
func (g golden) rejected() bool {
	return strings.Contains(g.output, "Exception") && strings.Contains(g.schema, "struct<>")
}

// goldens reads Spark's .sql.out files.
func goldens(t *testing.T) (out []golden) {
	t.Helper()
	root := filepath.Join(corpora, "spark-4.0/results")
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".out") {
			return err
		}
		name, _ := filepath.Rel(root, path)
		for _, s := range strings.Split("\n"+readFile(t, path), "\n-- !query\n")[1:] {
			sql, rest, ok := strings.Cut(s, "\n-- !query schema\n")
			schema, output, ok2 := strings.Cut(rest, "\n-- !query output\n")
			if ok && ok2 {
				out = append(out, golden{name, sql, schema, output})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (g golden) options() Options {
	return Options{DoubleQuotedIdentifiers: strings.Contains(g.file, "double-quoted-identifiers-enabled")}
}

// isQueryText says whether a statement begins with SELECT, WITH or VALUES.
func isQueryText(sql string) bool {
	toks, err := lex(sql, Options{})
	return err == nil && len(toks) > 0 && toks[0].isWord("SELECT", "WITH", "VALUES")
}

// TestBenchmarkCorpora: every statement of the benchmarks has to parse.
func TestBenchmarkCorpora(t *testing.T) {
	needCorpora(t)
	for _, glob := range []string{
		"tpch-queries/*.sql", "spark-4.0/tpch/*.sql", "spark-4.0/tpcds/*.sql", "spark-4.0/tpcds-v2.7.0/*.sql",
		"spark-4.0/tpcds-modifiedQueries/*.sql", "spark-4.0/ssb/*.sql", "clickbench/spark.queries.sql",
	} {
		files, err := filepath.Glob(filepath.Join(corpora, glob))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files (%v)", glob, err)
		}
		total, passed := 0, 0
		for _, f := range files {
			for _, s := range Split(readFile(t, f)) {
				total++
				if _, err := Parse(s.Text); err != nil {
					t.Errorf("%s: %v", f, err)
					continue
				}
				passed++
			}
		}
		t.Logf("%-40s %4d of %4d", glob, passed, total)
	}
}

// TestSparkGoldens: of the queries that Spark answers, at least 97 % parse.
// Commands are counted too, by their first word.
func TestSparkGoldens(t *testing.T) {
	needCorpora(t)
	type count struct{ total, passed int }
	counts := map[string]*count{}
	add := func(kind string, ok bool) {
		c := counts[kind]
		if c == nil {
			c = &count{}
			counts[kind] = c
		}
		c.total++
		if ok {
			c.passed++
		}
	}
	for _, g := range goldens(t) {
		_, err := g.options().Parse(g.sql)
		switch query := isQueryText(g.sql); {
		case query && g.rejected() && strings.Contains(g.output, "ParseException"):
			add("queries that Spark's parser rejects", err == nil)
		case query && g.rejected():
		case query:
			add("queries", err == nil)
			if err != nil && os.Getenv("GOSQL_SHOW_FAILURES") != "" {
				t.Logf("%s: %v\n%s", g.file, err, g.sql)
			}
		case !g.rejected():
			add(strings.ToUpper(strings.Fields(g.sql + " ?")[0]), err == nil)
			if err != nil && os.Getenv("GOSQL_SHOW_FAILURES") != "" {
				t.Logf("%s: %v\n%s", g.file, err, g.sql)
			}
		}
	}
	var kinds []string
	for k := range counts {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	for _, k := range kinds {
		c := counts[k]
		t.Logf("%-40s %5d of %5d  %5.1f %%", k, c.passed, c.total, 100*float64(c.passed)/float64(c.total))
	}
	commands := count{}
	for k, c := range counts {
		if k == strings.ToUpper(k) { // the first word of a command
			commands.total += c.total
			commands.passed += c.passed
		}
	}
	t.Logf("%-40s %5d of %5d", "commands", commands.passed, commands.total)
	if commands.passed*100 < commands.total*97 {
		t.Errorf("%d of %d commands parse, want at least 97 %%", commands.passed, commands.total)
	}
	if q := counts["queries"]; q.passed*100 < q.total*97 {
		t.Errorf("%d of %d queries parse, want at least 97 %%", q.passed, q.total)
	}
}
