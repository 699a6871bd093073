// Command gosql runs Spark SQL over files: statements given on the command line, SQL files, standard input, or a shell.
//
//	gosql                                  shell
//	gosql sales.csv taxi=trips/*.parquet   shell with each data file or folder as a view
//	gosql report.sql                       run a SQL file
//	gosql sales.csv -c "SELECT count(*) FROM sales"
//
// Results go to standard output, everything else to standard error. The exit code is 0 if all went well, 1 if a statement failed, 2 for a usage error and 130
// after an interrupt.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	_ "time/tzdata" // time zones where the system has none, as in an image from scratch

	"github.com/spf13/cobra"

	"github.com/gosql-engine/gosql"
)

// The exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

func main() {
	if os.Getenv("GO_FAILPOINTS_HTTP") != "" {
		// The SQL parser's failpoint package has opened an HTTP server on that address before main began.
		fmt.Fprintln(os.Stderr, "gosql: GO_FAILPOINTS_HTTP is set, which makes a library open an HTTP server: unset it")
		os.Exit(exitUsage)
	}
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// errUsage marks errors in the use of the command.
var errUsage = errors.New("usage")

// run is main without the process: it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var o options
	code := exitOK
	cmd := o.command()
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	cmd.RunE = func(cmd *cobra.Command, positional []string) error {
		if o.version {
			fmt.Fprintln(stdout, versionText())
			return nil
		}
		var err error
		code, err = o.start(positional, stdin, stdout, stderr)
		return err
	}
	err := cmd.Execute()
	switch {
	case err == nil:
		return code
	case errors.Is(err, errFailed):
		return max(code, exitFailed)
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	fmt.Fprintln(stderr, "gosql: "+strings.ReplaceAll(strings.TrimPrefix(err.Error(), errUsage.Error()+": "), "gosql: ", ""))
	if errors.Is(err, errUsage) || isFlagError(err) {
		fmt.Fprintln(stderr, "Try 'gosql --help'.")
		return exitUsage
	}
	return exitFailed
}

// isFlagError says whether cobra could not make sense of the flags: its errors have no type of their own, but come before RunE.
func isFlagError(err error) bool {
	for _, s := range []string{"unknown flag", "unknown shorthand", "flag needs an argument", "invalid argument"} {
		if strings.HasPrefix(err.Error(), s) {
			return true
		}
	}
	return false
}

// start opens the session and runs what was asked for, or the shell.
func (o *options) start(positional []string, stdin io.Reader, stdout, stderr io.Writer) (code int, err error) {
	inputs, err := o.inputs(positional, stdin)
	if err != nil {
		return exitUsage, err
	}
	if err := o.check(stdout); err != nil {
		return exitUsage, err
	}
	endProfile, err := profileTo(o.profile)
	if err != nil {
		return exitUsage, err
	}
	defer func() { err = errors.Join(err, endProfile()) }()
	session, err := gosql.NewSession(o.sessionOptions()...)
	if err != nil {
		return exitUsage, fmt.Errorf("%w: %w", errUsage, err)
	}
	defer session.Close()
	o.tuneRuntime(session)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process
	r := &runner{session: session, options: o, out: stdout, err: stderr}
	for _, d := range inputs.data {
		if err := d.register(session); err != nil {
			r.report(err, place{})
			return exitFailed, errFailed
		}
	}
	if inputs.shell {
		return newShell(r, stdin).loop(ctx)
	}
	err = r.runAll(ctx, inputs.scripts)
	if err == nil && r.failed {
		err = errFailed
	}
	if ctx.Err() != nil {
		return exitInterrupted, context.Canceled
	}
	return exitOK, err
}
