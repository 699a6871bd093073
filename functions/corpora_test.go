package functions_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
)

// shared is the folder of real answers beside the repository.
const shared = "../../shared/data/"

func openShared(t *testing.T, name string) *os.File {
	f, err := os.Open(shared + name)
	if err != nil {
		t.Skipf("no answers to compare with: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// tally counts the answers that are right among those that can be asked for here, and logs the others.
type tally struct{ right, wrong, skipped int }

func (c *tally) compare(t *testing.T, expr string, got outcome, typ, value string) {
	switch {
	case got.err != nil && (conditionOf(got.err) == "PARSE_SYNTAX_ERROR" || strings.Contains(got.err.Error(), "there is no function") || strings.Contains(got.err.Error(), "cannot run") ||
		strings.Contains(got.err.Error(), "no function of rows")):
		c.skipped++
	case got.err != nil && value == "ERROR" && conditionOf(got.err) == typ:
		c.right++
	case got.err == nil && got.typ == typ && got.value == value:
		c.right++
	default:
		c.wrong++
		if testing.Verbose() {
			t.Logf("%s: got %s %s %v, want %s %s", expr, got.typ, got.value, got.err, typ, value)
		}
	}
}

func (c *tally) report(t *testing.T, floor int) {
	t.Logf("%d right, %d wrong, %d not computable without a session", c.right, c.wrong, c.skipped)
	if c.right*100 < floor*(c.right+c.wrong) {
		t.Errorf("less than %d %% are right", floor)
	}
}

var typeOf = regexp.MustCompile(`^SELECT CAST\(.* AS STRING\), typeof\((.*)\)$`)

// TestExpressions asks for the expressions of which Spark's values are known.
func TestExpressions(t *testing.T) {
	lines := bufio.NewScanner(openShared(t, "expressions.tsv"))
	var c tally
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		m := typeOf.FindStringSubmatch(cells[0])
		if len(cells) != 3 || m == nil || strings.Contains(m[1], " FROM (SELECT ") || strings.Contains(m[1], " FROM (FROM ") {
			continue
		}
		c.compare(t, m[1], run(m[1]), cells[2], cells[1])
	}
	c.report(t, 80)
}

// TestDocumentedExamples asks for the examples of Spark's own documentation that are one expression.
func TestDocumentedExamples(t *testing.T) {
	rows, err := csv.NewReader(openShared(t, "functions/examples.csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	losAngeles, err := columnar.ParseZone("America/Los_Angeles") // where the examples were run
	if err != nil {
		t.Fatal(err)
	}
	var c tally
	for _, r := range rows[1:] {
		expr, ok := strings.CutPrefix(strings.TrimSuffix(strings.TrimSpace(r[1]), ";"), "SELECT ")
		var types, values []string
		if !ok || json.Unmarshal([]byte(r[3]), &types) != nil || json.Unmarshal([]byte(r[4]), &values) != nil || len(types) != 1 || len(values) != 1 {
			continue
		}
		got := runIn(losAngeles, expr)
		got.value = got.hive
		c.compare(t, expr, got, types[0], values[0])
	}
	c.report(t, 80)
}
