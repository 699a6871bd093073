package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// needs skips where a program is absent.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("there is no %s here: %v", p, err)
		}
	}
}

func TestPipe(t *testing.T) {
	needs(t, "sh", "cat")
	sc := newTestContext(t)
	r := Range(sc, 0, 5, 1, 2) // [0 1] [2 3 4]
	dir := t.TempDir()
	type options = PipeOptions[int64]
	for _, c := range []struct {
		name    string
		command []string
		opts    options
		want    string
	}{
		{"cat", []string{"cat"}, options{}, "[[0 1] [2 3 4]]"},
		{"split command", PipeCommand(" cat  - "), options{}, "[[0 1] [2 3 4]]"},
		{"environment", []string{"sh", "-c", `cat >/dev/null; echo "$GREETING you"`}, options{Env: map[string]string{"GREETING": "hey"}}, "[[hey you] [hey you]]"},
		{"folder", []string{"sh", "-c", "cat >/dev/null; pwd"}, options{Dir: dir}, fmt.Sprintf("[[%s] [%[1]s]]", dir)},
		{"context lines", []string{"cat"}, options{PrintContext: func(println func(string)) { println("a"); println("b") }}, "[[a b 0 1] [a b 2 3 4]]"},
		{"own elements", []string{"cat"}, options{PrintElement: func(v int64, println func(string)) {
			for range v {
				println(fmt.Sprint("<", v, ">"))
			}
		}}, "[[<1>] [<2> <2> <3> <3> <3> <4> <4> <4> <4>]]"},
		{"no last line end", []string{"sh", "-c", `cat >/dev/null; printf 'a\r\nb\n\nc'`}, options{}, "[[a b  c] [a b  c]]"},
		{"input left unread", []string{"sh", "-c", "echo done"}, options{}, "[[done] [done]]"},
		{"output closed early", []string{"sh", "-c", "exec >&-; cat >/dev/null"}, options{}, "[[] []]"},
	} {
		if got := show(t, Pipe(r, c.command, c.opts)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got := show(t, Pipe(Empty[int64](sc), []string{"cat"}, options{})); got != "[]" {
		t.Errorf("nothing: %s", got)
	}
	if got := show(t, Pipe(Range(sc, 0, 0, 1, 2), []string{"cat"}, options{})); got != "[[] []]" {
		t.Errorf("empty partitions: %s", got)
	}
}

// TestPipeOfMuch moves far more than a pipe holds in both directions at once.
func TestPipeOfMuch(t *testing.T) {
	needs(t, "cat")
	sc := newTestContext(t)
	wide := Map(Range(sc, 0, 20_000, 1, 2), func(v int64) string { return fmt.Sprintf("%030d", v) })
	got := must[[]string](t)(Pipe(wide, []string{"cat"}, PipeOptions[string]{}).Collect(context.Background()))
	if len(got) != 20_000 || got[0] != fmt.Sprintf("%030d", 0) || got[19_999] != fmt.Sprintf("%030d", 19_999) {
		t.Errorf("%d lines", len(got))
	}
	needs(t, "head")
	if got := show(t, Pipe(wide, []string{"head", "-n", "1"}, PipeOptions[string]{})); got != fmt.Sprintf("[[%030d] [%030d]]", 0, 10_000) {
		t.Error(got)
	}
}

func TestPipeErrors(t *testing.T) {
	needs(t, "sh", "cat")
	sc := newTestContext(t)
	ctx := context.Background()
	r := Range(sc, 0, 4, 1, 1)
	none := PipeOptions[int64]{}
	_, err := Pipe(r, []string{"sh", "-c", "cat >/dev/null; echo so sorry >&2; exit 3"}, none).Collect(ctx)
	var failed *PipeError
	var exit *exec.ExitError
	if !errors.As(err, &failed) || !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Fatalf("exit status: %v", err)
	}
	for _, want := range []string{"sh -c", "exit status 3", "so sorry"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not tell %q", err, want)
		}
	}
	if _, err := Pipe(r, []string{"no-such-program-anywhere"}, none).Count(ctx); !errors.As(err, &failed) {
		t.Errorf("unknown program: %v", err)
	}
	for _, command := range [][]string{nil, {""}} {
		if _, err := Pipe(r, command, none).Count(ctx); err == nil {
			t.Errorf("command %q was accepted", command)
		}
	}
	if _, err := Pipe(brokenAfter(sc, 2, 1), []string{"cat"}, none).Count(ctx); !errors.Is(err, errBroken) {
		t.Errorf("broken source: %v", err)
	}
	panics := PipeOptions[int64]{PrintElement: func(int64, func(string)) { panic("printing") }}
	var p *PanicError
	if _, err := Pipe(r, []string{"cat"}, panics).Count(ctx); !errors.As(err, &p) {
		t.Errorf("panic in PrintElement: %v", err)
	}
}

// TestPipeIsKilled leaves and cancels commands that would run for an hour, with children that hold their output.
func TestPipeIsKilled(t *testing.T) {
	needs(t, "sh", "sleep")
	sc := newTestContext(t)
	forever := []string{"sh", "-c", "echo ready; sleep 3600; echo never"}
	r := Range(sc, 0, 4, 1, 1)
	got := must[[]string](t)(Pipe(r, forever, PipeOptions[int64]{}).Take(context.Background(), 1))
	if fmt.Sprint(got) != "[ready]" {
		t.Error(got)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err := Pipe(r, forever, PipeOptions[int64]{}).Foreach(ctx, func(string) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestPipeInFoldersOfItsOwn(t *testing.T) {
	needs(t, "sh", "cat", "pwd")
	sc := newTestContext(t)
	in := t.TempDir()
	dirs := must[[]string](t)(Pipe(Range(sc, 0, 2, 1, 2), []string{"sh", "-c", "cat >mine; pwd; ls"}, PipeOptions[int64]{SeparateDir: true, Dir: in}).Collect(context.Background()))
	if len(dirs) != 4 || dirs[0] == dirs[2] || dirs[1] != "mine" || filepath.Dir(dirs[0]) != in {
		t.Errorf("%q", dirs)
	}
	if left, _ := os.ReadDir(in); len(left) > 0 {
		t.Errorf("folders left behind: %v", left)
	}
}

func TestPipeYieldsWhileItIsFed(t *testing.T) {
	needs(t, "cat")
	sc := newTestContext(t)
	fed, endless := 0, New(sc, nil, fixedPartitions(1), func(*TaskContext, Partition) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			for yield(strings.Repeat("x", 1000), nil) {
			}
		}
	})
	counted := Map(endless, func(s string) string { fed++; return s })
	if n := len(must[[]string](t)(Pipe(counted, []string{"cat"}, PipeOptions[string]{}).Take(context.Background(), 10))); n != 10 {
		t.Error(n)
	}
	if fed == 0 {
		t.Error("nothing was fed")
	}
}
