package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// dotCommand is a command of the shell itself.
type dotCommand struct {
	names []string // the first is shown; others are aliases, psql's among them
	args  string
	help  string
	run   func(s *shell, ctx context.Context, arg string) (quit bool)
}

// dotCommands are all of them, in the order of .help.
func dotCommands() []dotCommand {
	return []dotCommand{
		{[]string{".help", `\?`, "help"}, "", "show this text", (*shell).help},
		{[]string{".tables", `\dt`, `\d`}, "", "list tables and views", sqlCommand("SHOW TABLES")},
		{[]string{".schema", `\d+`}, "NAME", "show the columns of a table or view", (*shell).schema},
		{[]string{".functions", `\df`}, "[PATTERN]", "list functions", (*shell).functions},
		{[]string{".mode", `\mode`}, "[FORMAT]", "show or set the output format", (*shell).mode},
		{[]string{".maxrows"}, "[N]", "show or set how many rows of a table are shown; 0 for all", (*shell).setMaxRows},
		{[]string{".timer", `\timing`}, "[on|off]", "show the time after each statement", (*shell).setTimer},
		{[]string{".read", `\i`}, "FILE", "run the statements of a file", (*shell).readFile},
		{[]string{".output", `\o`}, "[FILE]", "send results to a file, or back to the terminal", (*shell).output},
		{[]string{".once"}, "FILE", "send the results of the next statement to a file", (*shell).outputOnce},
		{[]string{".explain", `\explain`}, "SQL", "show the plans and stages of a query", (*shell).explain},
		{[]string{".set", `\set`}, "[KEY=VALUE]", "show or change settings", (*shell).set},
		{[]string{".quit", ".exit", `\q`, "quit", "exit"}, "", "leave", func(*shell, context.Context, string) bool { return true }},
	}
}

// command runs a dot command and says whether to leave.
func (s *shell) command(ctx context.Context, line string) (quit bool) {
	line = strings.TrimSuffix(line, ";")
	word, arg, _ := strings.Cut(line, " ")
	for _, c := range dotCommands() {
		for _, n := range c.names {
			if strings.EqualFold(n, word) {
				return c.run(s, ctx, strings.TrimSpace(arg))
			}
		}
	}
	fmt.Fprintf(s.err, "unknown command %q; .help lists the commands\n", word)
	return false
}

func (s *shell) help(context.Context, string) bool {
	for _, c := range dotCommands() {
		fmt.Fprintf(s.err, "%-28s %s\n", strings.TrimSpace(c.names[0]+" "+c.args), c.help)
	}
	fmt.Fprintln(s.err, "A statement ends with a semicolon and may go over several lines. Ctrl-C cancels it.")
	return false
}

// sqlCommand is a dot command that stands for a statement.
func sqlCommand(text string) func(*shell, context.Context, string) bool {
	return func(s *shell, _ context.Context, _ string) bool {
		s.runText(text, "")
		return false
	}
}

func (s *shell) schema(_ context.Context, arg string) bool {
	if arg == "" {
		fmt.Fprintln(s.err, ".schema needs the name of a table or view; .tables lists them")
		return false
	}
	s.runText("DESCRIBE TABLE "+arg, "")
	return false
}

func (s *shell) functions(_ context.Context, arg string) bool {
	if arg != "" {
		s.runText("SHOW FUNCTIONS LIKE '"+strings.ReplaceAll(arg, "'", `\'`)+"'", "")
		return false
	}
	s.runText("SHOW FUNCTIONS", "")
	return false
}

func (s *shell) mode(_ context.Context, arg string) bool {
	switch f, ok := formats[arg]; {
	case arg == "":
		fmt.Fprintf(s.err, "%s (there are %s)\n", s.options.format, strings.Join(formatNames(), ", "))
	case !ok:
		fmt.Fprintf(s.err, "unknown format %q; there are %s\n", arg, strings.Join(formatNames(), ", "))
	case f.binary && s.target == nil:
		fmt.Fprintf(s.err, "%s is binary and not for a terminal: use .output FILE before\n", arg)
	default:
		s.options.format = arg
	}
	return false
}

func (s *shell) setMaxRows(_ context.Context, arg string) bool {
	if arg != "" {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 0 {
			fmt.Fprintf(s.err, ".maxrows takes a number of rows, or 0 for all, not %q\n", arg)
			return false
		}
		s.maxRows = n
	}
	fmt.Fprintf(s.err, "maxrows %d\n", s.maxRows)
	return false
}

func (s *shell) setTimer(_ context.Context, arg string) bool {
	switch strings.ToLower(arg) {
	case "on":
		s.timer = true
	case "off":
		s.timer = false
	case "":
		s.timer = !s.timer
	default:
		fmt.Fprintf(s.err, ".timer takes on or off, not %q\n", arg)
		return false
	}
	fmt.Fprintf(s.err, "timer %s\n", map[bool]string{true: "on", false: "off"}[s.timer])
	return false
}

func (s *shell) readFile(_ context.Context, arg string) bool {
	sc := script{name: arg, file: arg}
	if err := sc.load(nil); err != nil {
		fmt.Fprintln(s.err, err)
		return false
	}
	s.runText(sc.text, arg)
	return false
}

func (s *shell) output(_ context.Context, arg string) bool {
	s.closeOutput()
	if arg == "" || arg == "stdout" {
		return false
	}
	f, err := os.Create(arg)
	if err != nil {
		fmt.Fprintln(s.err, err)
		return false
	}
	s.target, s.out = f, f
	return false
}

func (s *shell) outputOnce(ctx context.Context, arg string) bool {
	if arg == "" {
		fmt.Fprintln(s.err, ".once needs the name of a file")
		return false
	}
	s.output(ctx, arg)
	s.once = s.target != nil
	return false
}

// closeOutput sends results to standard output again.
func (s *shell) closeOutput() {
	if s.target == nil {
		return
	}
	if err := s.target.Close(); err != nil {
		fmt.Fprintln(s.err, err)
	}
	s.target, s.out, s.once = nil, s.stdout, false
	if formats[s.options.format].binary {
		s.options.format = "table"
	}
}

func (s *shell) explain(ctx context.Context, arg string) bool {
	text, err := s.session.SQL(strings.TrimSuffix(arg, ";")).Explain(ctx, "extended")
	if err != nil {
		fmt.Fprintln(s.err, err)
		return false
	}
	fmt.Fprintln(s.out, text)
	return false
}

func (s *shell) set(_ context.Context, arg string) bool {
	if arg == "" {
		s.runText("SET -v", "")
		return false
	}
	s.runText("SET "+arg, "")
	return false
}
