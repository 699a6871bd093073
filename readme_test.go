package gosql_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gosql-engine/gosql/functions"
	"github.com/gosql-engine/gosql/logical"
)

var updateDocs = flag.Bool("update-docs", false, "write docs/functions.md")

// block is a fenced piece of a Markdown file, with the output that the text block right after it shows, if there is one.
type block struct{ language, text, output string }

func markdownBlocks(t *testing.T, path string) []block {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	for _, m := range regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$").FindAllStringSubmatch(string(b), -1) {
		if m[1] == "text" && len(out) > 0 {
			out[len(out)-1].output = m[2]
		} else {
			out = append(out, block{language: m[1], text: m[2]})
		}
	}
	return out
}

// TestReadme runs every command and program of the documents, and compares what they print with what the documents say.
func TestReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the command and programs")
	}
	bin := filepath.Join(t.TempDir(), "gosql")
	build(t, "build", "-o", bin, "./cmd/gosql")
	for _, doc := range []string{"README.md", "docs/shell.md", "docs/sql.md", "docs/embedding.md"} {
		for i, b := range markdownBlocks(t, doc) {
			t.Run(fmt.Sprintf("%s/%d-%s", doc, i+1, b.language), func(t *testing.T) {
				got := ""
				switch b.language {
				case "sh":
					got = runLines(t, bin, b.text)
				case "sql":
					got = output(t, exec.Command(bin, "-c", b.text))
				case "go":
					if got = runProgram(t, b.text); b.output == "" {
						return
					}
				default:
					t.Fatalf("a block in %q is not run by this test", b.language)
				}
				if b.output != "" && got != b.output {
					t.Errorf("the document says\n%s\nbut what comes out is\n%s", b.output, got)
				}
			})
		}
	}
}

func build(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// runLines runs the lines of a shell block. "make test" is what runs this test, and go install and go get need a network.
func runLines(t *testing.T, bin, text string) string {
	t.Helper()
	out := ""
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		line = strings.Replace(line, "go run ./cmd/gosql", "gosql", 1)
		switch {
		case line == "make test", strings.HasPrefix(line, "go install "), strings.HasPrefix(line, "go get "):
		case line == "gosql" || strings.HasPrefix(line, "gosql ") || strings.Contains(line, "| gosql"):
			out += output(t, exec.Command("sh", "-c", "gosql() { "+bin+" \"$@\"; }; "+line))
		default:
			t.Errorf("line %q is no command of gosql", line)
		}
	}
	return out
}

func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s: %v\n%s", cmd, err, stderr.String())
	}
	return string(out)
}

// runProgram compiles a program and runs it; a piece that is no program of its own is put into one and compiled only.
func runProgram(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	whole := strings.HasPrefix(text, "package main")
	if !whole {
		text = pieceHead + text + "\n}\n\nfunc main() {}\n"
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if !whole {
		build(t, "vet", file)
		return ""
	}
	program := filepath.Join(dir, "program")
	build(t, "build", "-o", program, file)
	return output(t, exec.Command(program))
}

// pieceHead declares what the pieces of docs/embedding.md use.
const pieceHead = `package main

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net/http"
	"time"

	"github.com/gosql-engine/gosql"
)

var (
	_ = context.Background
	_ = errors.As
	_ = log.Println
	_ = slog.Default
	_ = http.StatusOK
	_ = time.Second
	_ = gosql.Col
)

type Flight struct{ Origin string; Delay *int64 }

func piece(ctx context.Context, spark *gosql.Session, w http.ResponseWriter, r *http.Request) {
`

// TestNotSupported holds the table of what is not supported against what happens.
func TestNotSupported(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(t)
	if err := s.SQL("CREATE TABLE t AS SELECT 1 AS a").Err(); err != nil {
		t.Fatal(err)
	}
	if err := s.SQL("CREATE TABLE u AS SELECT 1 AS a").Err(); err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\|[^|]*\\| `([^`]*)` \\| ([A-Z_.]+) \\|$").FindAllStringSubmatch(string(text), -1)
	if len(rows) < 5 {
		t.Fatalf("%d rows found", len(rows))
	}
	for _, m := range rows {
		_, err := s.SQL(m[1]).Collect(context.Background())
		if err == nil {
			t.Errorf("%s is supported: take it out of the table", m[1])
			continue
		}
		wantError(t, err, m[2])
	}
}

// TestFunctionsDocument checks that docs/functions.md is what the table of functions gives.
func TestFunctionsDocument(t *testing.T) {
	const path = "docs/functions.md"
	got := functionsDocument()
	if *updateDocs {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not current: run go test . -run %s -update-docs", path, t.Name())
	}
}

// kinds are the headings of docs/functions.md.
var kinds = []struct {
	title string
	is    func(logical.FunctionKind) bool
}{
	{"Functions and operators", func(k logical.FunctionKind) bool {
		switch k.(type) {
		case logical.Aggregator, logical.Generator, logical.Windower:
			return false
		}
		return true
	}},
	{"Aggregate functions", func(k logical.FunctionKind) bool { _, ok := k.(logical.Aggregator); return ok }},
	{"Window functions", func(k logical.FunctionKind) bool { _, ok := k.(logical.Windower); return ok }},
	{"Generators", func(k logical.FunctionKind) bool { _, ok := k.(logical.Generator); return ok }},
}

// functionsDocument is the text of docs/functions.md.
func functionsDocument() string {
	var b strings.Builder
	all := functions.Builtin()
	names := 0
	for _, f := range all {
		names += 1 + len(f.Aliases)
	}
	fmt.Fprintf(&b, "# Functions\n\n%d functions under %d names. `DESCRIBE FUNCTION EXTENDED name` shows more of each. This file is made from the table of functions by\n"+
		"`go test . -run TestFunctionsDocument -update-docs`; a test holds it current, and the examples are run by the tests of package functions.\n", len(all), names)
	escape := strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;")
	for _, k := range kinds {
		var list []*logical.Function
		for _, f := range all {
			if k.is(f.Kind) {
				list = append(list, f)
			}
		}
		slices.SortStableFunc(list, func(a, b *logical.Function) int { return strings.Compare(a.Name, b.Name) })
		fmt.Fprintf(&b, "\n## %s\n\n| name | also | what it does |\n|---|---|---|\n", k.title)
		for _, f := range list {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.ReplaceAll(f.Name, "|", `\|`), escape.Replace(strings.Join(f.Aliases, ", ")), escape.Replace(f.Usage))
		}
	}
	return b.String()
}
