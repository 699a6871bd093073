package slt

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql"
)

var update = flag.Bool("update", false, "write the answers that come out into the files")

// mode is a way to run the whole suite; every mode must give the same answers.
type mode struct {
	name string
	opts []gosql.SessionOption
}

func modes(t *testing.T) []mode {
	set := gosql.WithSetting
	out := []mode{
		{"default", nil},
		{"partitions1", []gosql.SessionOption{set("spark.sql.shuffle.partitions", "1"), gosql.WithWorkers(1)}},
		{"partitions7", []gosql.SessionOption{set("spark.sql.shuffle.partitions", "7"), gosql.WithWorkers(3)}},
		{"batch1", []gosql.SessionOption{set("spark.gosql.batch.rows", "1")}},
		{"batch3", []gosql.SessionOption{set("spark.gosql.batch.rows", "3")}},
		{"nooptimizer", []gosql.SessionOption{set("spark.sql.optimizer.excludedRules", "*")}},
		{"memory", []gosql.SessionOption{gosql.WithMemoryLimit("4MB")}},
		{"nobroadcast", []gosql.SessionOption{set("spark.sql.autoBroadcastJoinThreshold", "-1")}},
	}
	seeds := 1
	if s := os.Getenv("GOSQL_CHAOS_SEEDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("GOSQL_CHAOS_SEEDS=%q: %v", s, err)
		}
		seeds = n
	}
	for seed := range seeds {
		out = append(out, mode{"failures" + strconv.Itoa(seed+1), []gosql.SessionOption{gosql.WithTaskFailures(uint64(seed+1), 0.2)}})
	}
	return out
}

// TestSuite runs every file of testdata/sql in every mode.
func TestSuite(t *testing.T) {
	root := filepath.Join("..", "..", "testdata", "sql")
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".slt") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no .slt files below %s", root)
	}
	all := modes(t)
	if *update {
		all = all[:1]
	}
	for _, m := range all {
		t.Run(m.name, func(t *testing.T) {
			for _, f := range files {
				rel, _ := filepath.Rel(root, f)
				t.Run(rel, func(t *testing.T) {
					t.Parallel()
					runFile(t, f, m)
				})
			}
		})
	}
}

func runFile(t *testing.T, path string, m mode) {
	records, err := Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	opts := append([]gosql.SessionOption{gosql.WithWorkers(2), gosql.WithSetting("spark.sql.session.timeZone", "America/Los_Angeles")}, m.opts...)
	s, err := gosql.NewSession(opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	vars := variables(t)
	outcomes := make([]Outcome, len(records))
	for i, r := range records {
		if r.Kind == "comment" {
			continue
		}
		if reason, ok := r.Skip[m.name]; ok {
			t.Logf("%s:%d: skipped in mode %s: %s", path, r.Line, m.name, reason)
			continue
		}
		o := r.Run(t.Context(), s, vars)
		// An update fills in rows and conditions, but not that a statement fails, or no longer does.
		if o.Wrong != "" && !(*update && (o.Error == "") == (r.Error == "")) {
			t.Errorf("%s:%d: mode %s:\n%s\n%s", path, r.Line, m.name, r.SQL, o.Wrong)
			o = Outcome{Rows: r.Want, Error: r.Error}
		}
		outcomes[i] = o
	}
	if *update {
		if err := Write(path, records, outcomes); err != nil {
			t.Fatal(err)
		}
	}
}

// variables are the words that stand for folders in the SQL of a file.
func variables(t *testing.T) *strings.Replacer {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return strings.NewReplacer("$ROOT", filepath.ToSlash(root), "$TMP", filepath.ToSlash(t.TempDir()))
}
