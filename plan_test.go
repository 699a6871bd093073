package gosql_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/gosql-engine/gosql"
	"github.com/gosql-engine/gosql/logical/optimizer"
)

var update = flag.Bool("update", false, "write the plans that come out into the files of testdata/plan")

// planTables are the views that the cases of testdata/plan are about.
var planTables = []string{
	"CREATE TEMP VIEW t AS SELECT * FROM VALUES (1, 10, 'x'), (2, 20, 'y'), (3, NULL, NULL) AS v(a, b, c)",
	"CREATE TEMP VIEW u AS SELECT * FROM VALUES (1, 100), (2, 200), (2, NULL) AS v(a, d)",
	"CREATE TEMP VIEW w AS SELECT * FROM VALUES (1, 5), (3, 6) AS v(a, e)",
	"CREATE TEMP VIEW weather USING parquet OPTIONS (path 'testdata/flights/weather.parquet')",
}

// planCase is one query of a .plan file. Cases are parted by empty lines:
//
//	# Why the rule is wanted here.
//	# expect=PushDownFilter
//	SELECT a FROM (SELECT * FROM t) WHERE a > 1
//	----
//	Project [a]
//	…
//
// "expect=Rule" says that the rule changes the plan, "expect-not=Rule" that it does not; several may follow each other.
type planCase struct {
	line           int
	head           []string // lines of comments
	sql            string
	tree           string
	expect, refuse []string
}

func parsePlans(text string) []planCase {
	var out []planCase
	line := 1
	for _, block := range strings.Split(text, "\n\n") {
		c := planCase{line: line}
		line += strings.Count(block, "\n") + 2
		body, tree, _ := strings.Cut(strings.Trim(block, "\n")+"\n", "----\n")
		c.tree = strings.TrimRight(tree, "\n")
		var sql []string
		for l := range strings.Lines(body) {
			l = strings.TrimRight(l, "\n")
			if !strings.HasPrefix(l, "#") {
				sql = append(sql, l)
				continue
			}
			c.head = append(c.head, l)
			for _, w := range strings.Fields(l) {
				if r, ok := strings.CutPrefix(w, "expect="); ok {
					c.expect = append(c.expect, r)
				} else if r, ok := strings.CutPrefix(w, "expect-not="); ok {
					c.refuse = append(c.refuse, r)
				}
			}
		}
		c.sql = strings.Join(sql, "\n")
		out = append(out, c)
	}
	return out
}

func (c planCase) String() string {
	lines := slices.Clone(c.head)
	if strings.TrimSpace(c.sql) != "" {
		lines = append(lines, strings.TrimRight(c.sql, "\n"), "----", c.tree)
	}
	return strings.Join(lines, "\n") + "\n"
}

// columnID is what plans must not show: it differs from run to run.
var columnID = regexp.MustCompile(`\w#\d`)

func newPlanSession(t *testing.T, setup []string) *gosql.Session {
	t.Helper()
	s, err := gosql.NewSession(gosql.WithWorkers(2), gosql.WithSetting("spark.sql.session.timeZone", "UTC"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, sql := range setup {
		if _, err := s.SQL(sql).Columns(); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	return s
}

// TestPlans compares the optimized plans of testdata/plan/*.plan, and which rules made them, with what the files say.
func TestPlans(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "plan", "*.plan"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no plans in testdata/plan (%v)", err)
	}
	s := newPlanSession(t, planTables)
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) { runPlans(t, s, f) })
	}
}

func runPlans(t *testing.T, s *gosql.Session, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cases := parsePlans(string(text))
	written := make([]string, len(cases))
	for i := range cases {
		c := &cases[i]
		if strings.TrimSpace(c.sql) != "" {
			c.run(t, s, path)
		}
		written[i] = c.String()
	}
	if *update {
		if err := os.WriteFile(path, []byte(strings.Join(written, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func (c *planCase) run(t *testing.T, s *gosql.Session, path string) {
	at := fmt.Sprintf("%s:%d: %s", path, c.line, c.sql)
	tree, fired, err := s.OptimizedPlan(t.Context(), c.sql)
	if err != nil {
		t.Errorf("%s: %v", at, err)
		return
	}
	for _, r := range c.expect {
		if fired[r] == 0 {
			t.Errorf("%s: rule %s did not change the plan; those that did: %v\n%s", at, r, fired, tree)
		}
	}
	for _, r := range c.refuse {
		if fired[r] > 0 {
			t.Errorf("%s: rule %s changed the plan\n%s", at, r, tree)
		}
	}
	tree = strings.TrimRight(tree, "\n")
	if id := columnID.FindString(tree); id != "" {
		t.Errorf("%s: the plan shows a column's id, %q:\n%s", at, id, tree)
	}
	if tree != c.tree && !*update {
		t.Errorf("%s: the plan is\n%s\nwant\n%s", at, tree, c.tree)
	}
	c.tree = tree
}

// TestEveryRuleHasPlans wants, for each rule of the optimizer, a file named after it that shows where it helps and where it must not act.
func TestEveryRuleHasPlans(t *testing.T) {
	seen := map[string]bool{}
	for _, phase := range optimizer.Phases {
		for _, rule := range phase.Rules {
			if seen[rule.Name] {
				continue
			}
			seen[rule.Name] = true
			path := filepath.Join("testdata", "plan", snakeCase(rule.Name)+".plan")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Errorf("rule %s has no plans: %v", rule.Name, err)
				continue
			}
			var expects, refuses bool
			for _, c := range parsePlans(string(text)) {
				expects = expects || slices.Contains(c.expect, rule.Name)
				refuses = refuses || slices.Contains(c.refuse, rule.Name)
			}
			if !expects || !refuses {
				t.Errorf("%s: want at least one expect=%s and one expect-not=%s", path, rule.Name, rule.Name)
			}
		}
	}
}

// snakeCase is PushDownFilter as push_down_filter.
func snakeCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
