package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/chzyer/readline"
	"github.com/spf13/cobra"

	"github.com/gosql-engine/gosql"
	"github.com/gosql-engine/gosql/datasources"
)

// options are the command's flags.
type options struct {
	scripts   []script // -c and -f, in order
	format    string
	keepGoing bool
	timing    string
	profile   string
	threads   int
	memory    string
	spill     string
	settings  []string
	files     []string // of keys
	ansi      bool
	version   bool

	given func(flag string) bool // whether the command line has the flag
}

// script is a piece of SQL to run, and where it came from.
type script struct {
	name string // file name, "-c" or "<stdin>"
	text string
	file string // to be read, if text is not there yet

	stream io.Reader // in the place of text: statements that are run as they come
}

const usageText = `gosql [DATA…] [-c SQL] [-f FILE]

DATA is a data file, folder or glob (name=path to name its view), or a .sql file to run.
Without -c, -f or a .sql file, gosql starts a shell, or reads statements from standard input if that is not a terminal.`

func (o *options) command() *cobra.Command {
	cmd := &cobra.Command{
		Use: "gosql", Long: usageText, SilenceErrors: true, SilenceUsage: true, Args: cobra.ArbitraryArgs,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	f := cmd.Flags()
	f.VarP(&scriptFlag{o, false}, "command", "c", "run SQL `text` (may be repeated, in order with -f)")
	f.VarP(&scriptFlag{o, true}, "file", "f", "run the SQL `file`; - is standard input")
	f.StringVar(&o.format, "format", "", "output: "+strings.Join(formatNames(), ", ")+" (default table on a terminal, csv otherwise)")
	f.BoolVar(&o.keepGoing, "keep-going", false, "go on after a failed statement (the exit code is 1 at the end)")
	f.StringVar(&o.timing, "timing", "", "json: one line for each statement on standard error")
	f.StringVar(&o.profile, "profile", "", "write a CPU profile of the run to the `file`, for go tool pprof")
	f.IntVar(&o.threads, "threads", 0, "tasks that run at once (default: the number of CPUs)")
	f.StringVar(&o.memory, "memory", "", "memory limit, such as 2GB")
	f.StringVar(&o.spill, "spill-limit", "", "limit of temporary files on disk, such as 50GB (default: the disk)")
	f.Var((*settingFlag)(o), "set", "set a configuration `key=value` (may be repeated)")
	f.Var((*settingFlag)(o), "conf", "the same as --set: Spark's name of it, with `key=value`")
	f.StringArrayVar(&o.files, "properties-file", nil, "set the keys that a `file` like spark-defaults.conf lists, where --set and --conf do not")
	f.BoolVar(&o.ansi, "ansi", true, "ANSI mode: errors in place of NULL or wrapped values")
	f.BoolVar(&o.version, "version", false, "print the version")
	o.given = f.Changed
	return cmd
}

// settingFlag appends to the settings, so that --set and --conf keep their order.
type settingFlag options

func (s *settingFlag) String() string     { return "" }
func (s *settingFlag) Type() string       { return "key=value" }
func (s *settingFlag) Set(v string) error { s.settings = append(s.settings, v); return nil }

// scriptFlag appends to the scripts, so that -c and -f keep their order.
type scriptFlag struct {
	o    *options
	file bool
}

func (s *scriptFlag) String() string { return "" }
func (s *scriptFlag) Type() string   { return "string" }
func (s *scriptFlag) Set(v string) error {
	if s.file {
		s.o.scripts = append(s.o.scripts, script{name: v, file: v})
	} else {
		s.o.scripts = append(s.o.scripts, script{name: "-c", text: v})
	}
	return nil
}

// check refuses values that no later step would.
func (o *options) check(stdout io.Writer) error {
	if o.timing != "" && o.timing != "json" {
		return fmt.Errorf("%w: --timing=%s: only json is known", errUsage, o.timing)
	}
	if o.threads < 0 {
		return fmt.Errorf("%w: --threads=%d: must be positive", errUsage, o.threads)
	}
	if o.format == "" {
		o.format = "csv"
		if isTerminal(stdout) {
			o.format = "table"
		}
	}
	f, ok := formats[o.format]
	if !ok {
		return fmt.Errorf("%w: --format=%s: there are %s", errUsage, o.format, strings.Join(formatNames(), ", "))
	}
	if f.binary && isTerminal(stdout) {
		return fmt.Errorf("%w: --format=%s is binary and not for a terminal: redirect the output", errUsage, o.format)
	}
	for _, kv := range o.settings {
		if !strings.Contains(kv, "=") {
			return fmt.Errorf("%w: --set %s: want key=value", errUsage, kv)
		}
	}
	return nil
}

func (o *options) sessionOptions() []gosql.SessionOption {
	var out []gosql.SessionOption
	if o.threads > 0 {
		out = append(out, gosql.WithWorkers(o.threads))
	}
	if o.memory != "" {
		out = append(out, gosql.WithMemoryLimit(o.memory))
	}
	if o.spill != "" {
		out = append(out, gosql.WithSpillLimit(o.spill))
	}
	if o.given("ansi") { // else the file of properties may say
		out = append(out, gosql.WithSetting("spark.sql.ansi.enabled", fmt.Sprint(o.ansi)))
	}
	for _, file := range o.files {
		out = append(out, gosql.WithPropertiesFile(file))
	}
	for _, kv := range o.settings {
		k, v, _ := strings.Cut(kv, "=")
		out = append(out, gosql.WithSetting(k, v))
	}
	return out
}

// tuneRuntime sets Go's collector for a program that does nothing but run queries: it collects rarely while there is room, and often when the heap comes near the
// session's limit. Of that operators reserve three quarters, so that the collector always has room.
func (o *options) tuneRuntime(session *gosql.Session) {
	debug.SetGCPercent(400)
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(session.MemoryLimit())
	}
}

// inputs is what a run works on.
type inputs struct {
	data    []dataFile
	scripts []script
	shell   bool
}

// dataFile is a view to be made of files.
type dataFile struct{ name, path string }

// register makes the view. A CSV file is read with header and inferred types.
func (d dataFile) register(s *gosql.Session) error {
	return s.Read().File(d.path).CreateTempView("`" + d.name + "`")
}

// inputs sorts the arguments into data and scripts, and decides whether to start a shell.
func (o *options) inputs(positional []string, stdin io.Reader) (inputs, error) {
	var in inputs
	for _, arg := range positional {
		if strings.HasSuffix(strings.ToLower(arg), ".sql") {
			in.scripts = append(in.scripts, script{name: arg, file: arg})
			continue
		}
		d, err := parseDataFile(arg)
		if err != nil {
			return in, err
		}
		for _, other := range in.data {
			if strings.EqualFold(other.name, d.name) {
				return in, fmt.Errorf("%w: %s and %s would both be the view %s: name one of them by name=path", errUsage, other.path, d.path, d.name)
			}
		}
		in.data = append(in.data, d)
	}
	in.scripts = append(in.scripts, o.scripts...)
	if len(in.scripts) == 0 {
		if in.shell = isTerminal(stdin); !in.shell {
			in.scripts = []script{{name: "<stdin>", file: "-"}}
		}
	}
	for i := range in.scripts {
		if err := in.scripts[i].load(stdin); err != nil {
			return in, err
		}
	}
	return in, nil
}

func (s *script) load(stdin io.Reader) error {
	if s.file == "" {
		return nil
	}
	if s.file == "-" {
		s.name, s.stream = "<stdin>", stdin
		return nil
	}
	b, err := os.ReadFile(s.file)
	s.text = strings.TrimPrefix(string(b), "\ufeff")
	return err
}

// parseDataFile reads name=path, or a path whose view is named after the file.
func parseDataFile(arg string) (dataFile, error) {
	if name, path, ok := strings.Cut(arg, "="); ok && !strings.ContainsAny(name, `/\*.`) {
		if name == "" || path == "" {
			return dataFile{}, fmt.Errorf("%w: %q: want name=path", errUsage, arg)
		}
		return dataFile{name, path}, nil
	}
	_, name := datasources.FormatOf(filepath.ToSlash(arg))
	if name == "" || strings.ContainsAny(name, "*?[{") {
		return dataFile{}, fmt.Errorf("%w: cannot tell the name of the view for %q: use name=%s", errUsage, arg, arg)
	}
	return dataFile{name, arg}, nil
}

// isTerminal says whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	return readline.IsTerminal(int(f.Fd()))
}

func versionText() string {
	s := "gosql " + gosql.Version
	if info, ok := debug.ReadBuildInfo(); ok {
		s += " (" + info.GoVersion
		for _, kv := range info.Settings {
			if kv.Key == "vcs.revision" {
				s += ", " + kv.Value[:min(12, len(kv.Value))]
			}
		}
		s += ")"
	}
	return s
}
