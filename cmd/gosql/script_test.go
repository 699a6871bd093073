package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the commands of testdata/cli print into the files")

// asCommand in the environment makes the test binary be the command, so that a test can start it as a process.
const asCommand = "GOSQL_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

// command is the process "gosql args", in a folder, with a clean environment.
func command(t *testing.T, dir string, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Dir = dir
	cmd.Env = append([]string{asCommand + "=1", "TZ=UTC", "HOME=" + dir, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}, env...)
	return cmd
}

// archive is a file of testdata/cli in the txtar format: a transcript, then files, each below a line "-- name --".
type archive struct {
	transcript string
	files      string            // as written
	content    map[string]string // by name
}

func parseArchive(text string) archive {
	a := archive{content: map[string]string{}}
	name, start := "", strings.Index(text, "\n-- ")
	if start < 0 {
		a.transcript = text
		return a
	}
	a.transcript, a.files = text[:start+1], text[start+1:]
	for _, line := range strings.SplitAfter(a.files, "\n") {
		if n, ok := strings.CutPrefix(strings.TrimSpace(line), "-- "); ok && strings.HasSuffix(n, " --") {
			name = strings.TrimSuffix(n, " --")
			a.content[name] = ""
		} else if name != "" {
			a.content[name] += line
		}
	}
	return a
}

// words parts a command line as a shell does, with single and double quotes and no escapes.
func words(line string) []string {
	var out []string
	var cur strings.Builder
	var quote rune
	started := false
	for _, r := range line + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, started = r, true
		case quote == 0 && r == ' ':
			if started {
				out = append(out, cur.String())
			}
			cur.Reset()
			started = false
		default:
			cur.WriteRune(r)
			started = true
		}
	}
	return out
}

// unstable are the parts of output that differ from run to run, and what stands for them.
var unstable = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`"ms":[0-9.]+`), `"ms":N`},
	{regexp.MustCompile(`"peak_bytes":[0-9]+`), `"peak_bytes":N`},
	{regexp.MustCompile(`\(go1\.[^)]*\)`), `(go1.N)`},
	{regexp.MustCompile(`part-[0-9a-f-]+`), `part-N`},
}

// execute runs a line of a transcript and returns what a transcript shows below it: standard output, standard error with "2> " before each line, and the exit code if
// it is not 0. Words before "gosql" are environment variables; "< file" and "> file" redirect.
func execute(t *testing.T, dir, line string) string {
	t.Helper()
	w := words(line)
	var env, args []string
	for len(w) > 0 && w[0] != "gosql" {
		env, w = append(env, w[0]), w[1:]
	}
	var stdout, stderr bytes.Buffer
	var stdin []byte
	target := ""
	for i := 1; i < len(w); i++ {
		switch {
		case w[i] == "<" && i+1 < len(w):
			b, err := os.ReadFile(filepath.Join(dir, w[i+1]))
			if err != nil {
				t.Fatal(err)
			}
			stdin, i = b, i+1
		case w[i] == ">" && i+1 < len(w):
			target, i = filepath.Join(dir, w[i+1]), i+1
		default:
			args = append(args, w[i])
		}
	}
	cmd := command(t, dir, env, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", line, err)
	}
	if target != "" {
		if err := os.WriteFile(target, stdout.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		stdout.Reset()
	}
	return shown(stdout.String(), stderr.String(), cmd.ProcessState.ExitCode())
}

func shown(stdout, stderr string, code int) string {
	out := stdout
	if out != "" && !strings.HasSuffix(out, "\n") {
		out += "\n"
	}
	for _, l := range strings.SplitAfter(stderr, "\n") {
		if l != "" {
			out += strings.TrimRight("2> "+strings.TrimSuffix(l, "\n"), " ") + "\n"
		}
	}
	if code != 0 {
		out += fmt.Sprintf("[exit %d]\n", code)
	}
	for _, u := range unstable {
		out = u.pattern.ReplaceAllString(out, u.with)
	}
	return out
}

// TestScripts runs the transcripts of testdata/cli: lines that begin with "$ " are run, in a folder with the archive's files and the sample data, and what follows
// is what they print; lines that begin with # are comments.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/cli/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			a := parseArchive(string(text))
			got := transcript(t, a)
			if *update {
				if err := os.WriteFile(path, []byte(got+a.files), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != a.transcript {
				t.Errorf("%s: %s\nrun with -update to accept", path, firstDifference(a.transcript, got))
			}
		})
	}
}

func transcript(t *testing.T, a archive) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "flights"), os.DirFS("../../testdata/flights")); err != nil {
		t.Fatal(err)
	}
	for name, text := range a.content {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	inOutput := false
	for _, line := range strings.SplitAfter(a.transcript, "\n") {
		switch {
		case strings.HasPrefix(line, "$ "):
			out.WriteString(line + execute(t, dir, strings.TrimSpace(line[2:])))
			inOutput = true
		case strings.HasPrefix(line, "#"):
			if inOutput {
				out.WriteString("\n")
			}
			out.WriteString(line)
			inOutput = false
		}
	}
	return out.String()
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	command := ""
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d, after %q:\nwant %q\ngot  %q", i+1, command, a, b)
		}
		if strings.HasPrefix(a, "$ ") {
			command = a
		}
	}
	return "no difference"
}
