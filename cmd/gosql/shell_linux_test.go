package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo terminal with the shell at its other end.
type terminal struct {
	t    *testing.T
	keys *os.File
	cmd  *exec.Cmd
	done chan error
	mu   sync.Mutex
	seen bytes.Buffer // all that the shell has printed
	read int          // how much of it expect has consumed
}

// openTerminal starts the shell on a pseudo terminal of 100 by 40 characters, its home being dir.
func openTerminal(t *testing.T, dir string, args ...string) *terminal {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	fd := int(keys.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 100}); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, dir, []string{"TERM=xterm", "NO_COLOR=1"}, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	p := &terminal{t: t, keys: keys, cmd: cmd, done: make(chan error, 1)}
	go p.collect()
	go func() { p.done <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		keys.Close()
	})
	return p
}

func (p *terminal) collect() {
	chunk := make([]byte, 4096)
	for {
		n, err := p.keys.Read(chunk)
		p.mu.Lock()
		p.seen.Write(chunk[:n])
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// patience is how long expect waits.
const patience = 10 * time.Second

// expect waits until the shell has printed a text, after what earlier calls waited for.
func (p *terminal) expect(text string) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		p.mu.Lock()
		i := bytes.Index(p.seen.Bytes()[p.read:], []byte(text))
		if i >= 0 {
			p.read += i + len(text)
		}
		p.mu.Unlock()
		if i >= 0 {
			return
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.t.Fatalf("the shell did not print %q but\n%q", text, p.seen.Bytes()[p.read:])
}

// press sends keys.
func (p *terminal) press(keys string) {
	p.t.Helper()
	if _, err := p.keys.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

// line types a line and waits for what it prints and for the next prompt.
func (p *terminal) line(text string, want ...string) {
	p.t.Helper()
	p.press(text + "\r")
	for _, w := range want {
		p.expect(w)
	}
	p.expect(promptFirst)
}

// leave waits for the end of the shell and returns its exit code.
func (p *terminal) leave() int {
	p.t.Helper()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		_ = p.cmd.Process.Signal(syscall.SIGQUIT) // prints where its goroutines stand
		<-p.done
		time.Sleep(100 * time.Millisecond)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.t.Fatalf("the shell did not end; it printed %s", p.seen.Bytes()[p.read:])
		return -1
	}
}

func TestShell(t *testing.T) {
	dir := t.TempDir()
	people := filepath.Join(dir, "people.csv")
	if err := os.WriteFile(people, []byte("name,salary\nAnn,30\nBob,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := openTerminal(t, dir, "people.csv")
	p.expect("Type .help for help")
	p.expect(promptFirst)
	p.line("SELECT 40 + 2 AS answer;", "│ answer │", "│    int │", "│     42 │", "1 row")

	// A statement goes on until its semicolon; one inside quotes does not end it.
	p.press("SELECT 'a;b' AS x,\r")
	p.expect(promptMore)
	p.line("  2 AS y;", "│ a;b    │   2 │")

	p.line(".tables", "people")
	p.line(".schema people", "salary", "int")
	p.line(`\d+ people`, "name", "string")
	p.line("SELECT name, salary FROM people ORDER BY name;", "│ Bob    │   NULL │")
	p.line("SELECT nope FROM people;", "UNRESOLVED_COLUMN.WITH_SUGGESTION", "(line 1, column 8)", "^")
	p.line("SELECT 1 / 0;", "DIVIDE_BY_ZERO")

	// Completion of a table's, a column's and a function's name.
	p.press("SELECT max(sala\t) AS most FROM peop\t;\r")
	p.expect("│   30 │")
	p.expect(promptFirst)

	p.line(".mode csv", "")
	p.line("SELECT name FROM people;", "name\r\nAnn\r\nBob\r\n")
	p.line(".mode nope", "unknown format")
	p.line(".mode parquet", "binary")
	p.line(".mode table", "")
	p.line(".maxrows 2", "maxrows 2")
	p.line("SELECT id FROM range(5);", "│      1 │", "2 rows, and more that are not shown")
	p.line(".maxrows some", "takes a number")
	p.line(".timer on", "timer on")
	p.line("SELECT 7 AS seven;", "Run time: real")
	p.line(".timer off", "timer off")
	p.line(".explain SELECT count(*) FROM people", "Physical Plan")
	p.line(".help", ".quit", "Ctrl-C")
	p.line(".nope", "unknown command")
	p.line(".set spark.sql.shuffle.partitions=3", "3")
	p.press("\x04")
	if code := p.leave(); code != exitOK {
		t.Errorf("Ctrl-D ended the shell with %d, want 0", code)
	}
}

func TestShellOutputAndRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "two.sql"), []byte("SELECT 1 AS a;\nSELECT nope;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := openTerminal(t, dir)
	p.expect(promptFirst)
	p.line(".mode csv", "")
	p.line(".once once.csv", "")
	p.line("SELECT 1 AS a;", "")
	p.line("SELECT 2 AS b;", "b\r\n2\r\n")
	p.line(".output all.csv", "")
	p.line("SELECT 3 AS c;", "")
	p.line("SELECT 4 AS d;", "")
	p.line(".output", "")
	p.line(".read two.sql", "a\r\n1\r\n", "two.sql:2:8: [UNRESOLVED_COLUMN")
	p.line(".read nope.sql", "no such file")
	p.press(".quit\r")
	p.leave()
	for name, want := range map[string]string{"once.csv": "a\n1\n", "all.csv": "c\n3\nd\n4\n"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q (%v), want %q", name, got, err, want)
		}
	}
}

// TestInterrupt: Ctrl-C ends a run, by the exit code of an interrupt.
func TestInterrupt(t *testing.T) {
	var stdout, stderr bytes.Buffer
	cmd := command(t, t.TempDir(), nil, "-c", "SELECT 1 AS a; SELECT count(*) FROM range(1000000000000) WHERE hash(id) = 1; SELECT 2 AS b")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the exit code is what matters
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if stdout.String() != "a\n1\n" || stderr.String() != "interrupted\n" {
		t.Errorf("printed %q and %q", stdout.String(), stderr.String())
	}
}

func TestShellInterrupt(t *testing.T) {
	dir := t.TempDir()
	p := openTerminal(t, dir)
	p.expect(promptFirst)
	p.press("SELECT half a statement\r")
	p.expect(promptMore)
	p.press("\x03")
	p.expect(promptFirst)
	p.press("SELECT count(*) FROM range(1000000000000) WHERE hash(id) % 3 = 7;\r")
	p.expect("stage 1 of")
	start := time.Now()
	p.press("\x03")
	p.expect("interrupted")
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("cancelling took %s", took)
	}
	p.expect(promptFirst)
	p.line("SELECT 'still here' AS s;", "still here")
	p.press("\x04")
	if code := p.leave(); code != exitOK {
		t.Errorf("exit code %d", code)
	}
}

func TestShellHistory(t *testing.T) {
	dir := t.TempDir()
	p := openTerminal(t, dir)
	p.expect(promptFirst)
	p.press("SELECT 1\r")
	p.expect(promptMore)
	p.line("AS one;", "one")
	p.line(" SELECT 2 AS not_kept;", "not_kept")
	p.line("SET my.password = 'x';", "")
	p.line("SELECT 3 AS three;", "three")
	p.press("\x04")
	p.leave()
	path := filepath.Join(dir, ".local", "state", "gosql", "history")
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm() != 0o600 {
		t.Errorf("the history's mode is %o, want 600", st.Mode().Perm())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"SELECT 1\nAS one;", "SELECT 3 AS three;"}
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		var got string
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatalf("line %d, %q: %v", i+1, line, err)
		}
		if i >= len(want) || got != want[i] {
			t.Errorf("entry %d is %q, want one of %q", i+1, got, want)
		}
	}

	// The next shell recalls a statement of two lines as one and runs it.
	q := openTerminal(t, dir)
	q.expect(promptFirst)
	q.press("\x1b[A\x1b[A")
	q.expect("SELECT 1" + string(lineBreak) + "AS one;")
	q.line("", "│ one │")
}
