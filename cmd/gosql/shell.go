package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/sql"
)

// shell reads statements from a terminal and runs them until .quit or the end of input.
type shell struct {
	*runner
	edit   editor
	hist   *history
	timer  bool
	target io.WriteCloser // where .output and .once send results; nil: standard output
	once   bool           // only those of the next statements typed
	stdout io.Writer
}

// editor is the line editor behind the shell, so that another can take its place.
type editor interface {
	ReadLine(prompt string) (string, error) // io.EOF at the end, errInterrupt after Ctrl-C
	SetHistory(entries []string)
	Close() error
}

// errInterrupt is returned by an editor's ReadLine after Ctrl-C.
var errInterrupt = errors.New("interrupted")

const (
	promptFirst = "gosql> "
	promptMore  = "   ...> "
)

// shownRows is how many rows of a table the shell shows unless told otherwise: a query whose table goes on is ended.
const shownRows = 1000

func newShell(r *runner, stdin io.Reader) *shell {
	s := &shell{runner: r, stdout: r.out, hist: openHistory()}
	r.maxRows = shownRows
	s.edit = newEditor(s, stdin)
	s.edit.SetHistory(s.hist.entries)
	return s
}

// loop is the shell's life; it returns the exit code.
func (s *shell) loop(ctx context.Context) (int, error) {
	defer s.edit.Close()
	fmt.Fprintf(s.err, "%s\nType .help for help, .quit or Ctrl-D to leave.\n", versionText())
	for {
		text, err := s.read()
		switch {
		case errors.Is(err, errInterrupt):
			continue
		case errors.Is(err, io.EOF):
			return exitOK, nil
		case err != nil:
			return exitFailed, err
		}
		if s.remember(text); s.isCommand(text) {
			if s.command(ctx, strings.TrimSpace(text)) {
				return exitOK, nil
			}
			continue
		}
		once := s.once
		s.runText(text, "")
		if once {
			s.closeOutput()
		}
	}
}

// isCommand says whether a line is for the shell rather than SQL.
func (s *shell) isCommand(text string) bool {
	t := strings.TrimSpace(text)
	return strings.HasPrefix(t, ".") || strings.HasPrefix(t, `\`) || t == "quit" || t == "exit" || t == "help"
}

// read gathers lines until they end a statement, as the tokenizer sees it: a semicolon inside quotes or comments ends nothing.
func (s *shell) read() (string, error) {
	var text string
	prompt := promptFirst
	for {
		line, err := s.edit.ReadLine(prompt)
		if err != nil {
			if errors.Is(err, io.EOF) && strings.TrimSpace(text) != "" {
				return text, nil
			}
			return "", err
		}
		if text == "" {
			text = line
		} else {
			text += "\n" + line
		}
		if strings.TrimSpace(text) == "" {
			text = ""
			continue
		}
		if s.isCommand(text) || complete(text) {
			return text, nil
		}
		prompt = promptMore
	}
}

// complete says whether a text holds statements only, the last one with its semicolon.
func complete(text string) bool {
	st := sql.Split(text)
	if len(st) == 0 {
		return true
	}
	last := st[len(st)-1]
	return last.Terminated && last.Open == ""
}

// remember adds a statement to the history, unless it begins with a space.
func (s *shell) remember(text string) {
	if strings.HasPrefix(text, " ") {
		return
	}
	s.hist.add(strings.TrimSpace(text))
	s.edit.SetHistory(s.hist.entries)
}

// runText runs statements; Ctrl-C cancels the one that runs and leaves the shell alive.
func (s *shell) runText(text, name string) {
	for _, st := range sql.Split(text) {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		at := place{}
		if name != "" {
			at = placeOf(name, text, st)
		}
		start := time.Now()
		err := s.statement(ctx, st.Text, at)
		if s.timer {
			u := s.session.Usage()
			fmt.Fprintf(s.err, "Run time: real %.3f s, peak %s, spilled %s\n", time.Since(start).Seconds(), byteText(u.PeakBytes), byteText(u.SpilledBytes))
		}
		interrupted := ctx.Err() != nil
		stop()
		if err != nil || interrupted {
			return
		}
	}
}

// byteText is a size for people.
func byteText(n int64) string {
	units := []string{"B", "KB", "MB", "GB", "TB"}
	f, u := float64(n), 0
	for f >= 1024 && u < len(units)-1 {
		f, u = f/1024, u+1
	}
	if u == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[u])
}
