package gosql_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gosql-engine/gosql"
)

// fuzzMode is a way to run a query that must not change its answer.
type fuzzMode struct {
	name    string
	opts    []gosql.SessionOption
	session *gosql.Session
}

// fuzzModes are the ways, the first of which the others are compared with; seed is that of the failures.
func fuzzModes(t *testing.T, seed uint64) []*fuzzMode {
	set := gosql.WithSetting
	modes := []*fuzzMode{
		{name: "default"},
		{name: "no optimizer", opts: []gosql.SessionOption{set("spark.sql.optimizer.excludedRules", "*")}},
		{name: "1 partition", opts: []gosql.SessionOption{set("spark.sql.shuffle.partitions", "1"), gosql.WithWorkers(1)}},
		{name: "7 partitions", opts: []gosql.SessionOption{set("spark.sql.shuffle.partitions", "7"), gosql.WithWorkers(3)}},
		{name: "batches of 1", opts: []gosql.SessionOption{set("spark.gosql.batch.rows", "1")}},
		{name: "batches of 3", opts: []gosql.SessionOption{set("spark.gosql.batch.rows", "3"), set("spark.sql.adaptive.enabled", "false")}},
		{name: "no broadcast", opts: []gosql.SessionOption{set("spark.sql.autoBroadcastJoinThreshold", "-1")}},
		{name: "little memory", opts: []gosql.SessionOption{gosql.WithMemoryLimit("1MB"), set("spark.sql.autoBroadcastJoinThreshold", "-1")}},
		{name: "failures", opts: []gosql.SessionOption{gosql.WithTaskFailures(seed, 0.2)}},
	}
	for _, m := range modes {
		m.session = newSession(t, append([]gosql.SessionOption{set("spark.sql.shuffle.partitions", "3")}, m.opts...)...)
		for _, text := range fuzzTables {
			if _, err := m.session.SQL(text).Collect(context.Background()); err != nil {
				t.Fatalf("%s: %s: %v", m.name, text, err)
			}
		}
	}
	return modes
}

// outOfMemory is the failure of a query that the memory limit refuses.
const outOfMemory = "UNABLE_TO_ACQUIRE_MEMORY"

// answer is the rows in some fixed order, or the condition of the error. −0 is 0 here, as which of equal values a group keeps is open.
func (m *fuzzMode) answer(text string) (answer, failure string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	rows, err := m.session.SQL(text).Collect(ctx)
	var e *gosql.Error
	switch {
	case errors.As(err, &e) && strings.HasPrefix(e.Condition, "INTERNAL"):
		return "", e.Condition + ": " + e.Message
	case errors.As(err, &e):
		return "", e.Condition
	case err != nil:
		return "", "error without a condition: " + err.Error()
	}
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = strings.ReplaceAll(" "+fmt.Sprintf("%v", r)+" ", "=-0,", "=0,")
		lines[i] = strings.ReplaceAll(lines[i], "=-0)", "=0)")
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n"), ""
}

func envNumber(t *testing.T, name string, otherwise uint64) uint64 {
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestRandomQueriesAgree writes random queries and runs each in every mode: they must give the same rows, or fail with the same condition. GOSQL_FUZZ_SEED
// is the seed of the first query, GOSQL_FUZZ_SECONDS how long it goes on.
func TestRandomQueriesAgree(t *testing.T) {
	first := envNumber(t, "GOSQL_FUZZ_SEED", 1)
	seconds := envNumber(t, "GOSQL_FUZZ_SECONDS", 6)
	modes := fuzzModes(t, first)
	start := time.Now()
	seed, wrong, rows, refused := first, 0, 0, map[string]int{}
	for ; time.Since(start) < time.Duration(seconds)*time.Second && wrong < 20; seed++ {
		text := newFuzzer(seed).top()
		answer, failure := modes[0].answer(text)
		if failure != "" {
			refused[failure]++
		}
		if answer != "" {
			rows++
		}
		if strings.Contains(failure, "INTERNAL") || strings.Contains(failure, "without a condition") {
			t.Errorf("seed %d: %s\n%s", seed, failure, text)
			wrong++
			continue
		}
		for _, m := range modes[1:] {
			a, f := m.answer(text)
			if m.name == "little memory" && f == outOfMemory {
				refused[m.name]++
				continue
			}
			if a != answer || f != failure {
				t.Errorf("seed %d: default gave %s\n%s\nbut %s gave %s\n%s\nfor\n%s", seed, failure, answer, m.name, f, a, text)
				wrong++
				break
			}
		}
	}
	t.Logf("seeds %d to %d: %d queries in %d modes, %d with rows; conditions: %v", first, seed-1, seed-first, len(modes), rows, refused)
}

// TestWriteRandomQueries writes a script of random queries to the file GOSQL_FUZZ_SCRIPT, to be run by another engine too.
func TestWriteRandomQueries(t *testing.T) {
	path := os.Getenv("GOSQL_FUZZ_SCRIPT")
	if path == "" {
		t.Skip("GOSQL_FUZZ_SCRIPT is not set")
	}
	first, count := envNumber(t, "GOSQL_FUZZ_SEED", 1), envNumber(t, "GOSQL_FUZZ_COUNT", 400)
	script := strings.Join(fuzzTables, ";\n") + ";\n"
	for seed := first; seed < first+count; seed++ {
		script += newFuzzer(seed).top() + ";\n"
	}
	if err := os.WriteFile(path, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
}
