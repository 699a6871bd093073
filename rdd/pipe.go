package rdd

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
)

// PipeOptions adjust Pipe; the zero value is Spark's default.
type PipeOptions[T any] struct {
	// Env are variables added to the environment of the process.
	Env map[string]string
	// Dir is the working directory; "" stands for this process's.
	Dir string
	// SeparateDir gives each task an empty working directory of its own, which is removed when the task ends. Dir is
	// then where it is made ("" for the spill folder's place).
	SeparateDir bool
	// PrintContext writes lines in front of the elements (Spark's printPipeContext).
	PrintContext func(println func(line string))
	// PrintElement writes an element, as any number of lines; without it fmt.Sprint's text is one (Spark's
	// printRDDElement).
	PrintElement func(v T, println func(line string))
}

// Pipe runs a command for each partition, writes the partition's elements to its standard input, one to a line, and
// gives the lines of its standard output, without their ends. An exit status other than 0 fails the task with a
// *PipeError. A command may leave its input unread, as head does. The process is killed when the consumer leaves, and
// when the task is cancelled or fails.
func Pipe[T any](r *RDD[T], command []string, opts PipeOptions[T]) *RDD[string] {
	if len(command) == 0 || command[0] == "" {
		return invalid[string](r.sc, "Pipe", errors.New("pipe: no command was given"))
	}
	return derive(r, "Pipe", func(tc *TaskContext, _ Partition, in iter.Seq2[T, error]) iter.Seq2[string, error] {
		return func(yield func(string, error) bool) {
			p, err := startPipe(tc, command, opts.Env, opts.Dir, opts.SeparateDir)
			if err == nil {
				defer p.stop()
				err = feedPipe(p, in, opts, yield)
			}
			if err != nil && err != errPipeLeft {
				yield("", err)
			}
		}
	}, []Option{byPosition(r)})
}

// PipeCommand splits a command at blanks, as Spark's pipe(String) does. It knows no quotes: for those, run a shell.
func PipeCommand(command string) []string { return strings.Fields(command) }

// PipeError is the failure of a command that Pipe ran.
type PipeError struct {
	Command []string
	Stderr  string // the end of what the command wrote to its standard error
	Err     error  // an *exec.ExitError, or why the command could not be run
}

// Error names the command, how it ended and what it said.
func (e *PipeError) Error() string {
	text := fmt.Sprintf("pipe: command %q: %v", strings.Join(e.Command, " "), e.Err)
	if e.Stderr != "" {
		text += ": " + strings.TrimSpace(e.Stderr)
	}
	return text
}

// Unwrap gives the cause.
func (e *PipeError) Unwrap() error { return e.Err }

// errPipeLeft ends a pipe whose consumer wants no more.
var errPipeLeft = errors.New("consumer left")

// pipeChunk is how many bytes of input are handed to the process at once.
const pipeChunk = 32 << 10

// feedPipe writes the elements, and gives the lines that come back meanwhile and afterwards.
func feedPipe[T any](p *pipeProcess, in iter.Seq2[T, error], opts PipeOptions[T], yield func(string, error) bool) error {
	var buf []byte
	println := func(line string) { buf = append(append(buf, line...), '\n') }
	if opts.PrintContext != nil {
		opts.PrintContext(println)
	}
	for v, err := range in {
		if err != nil {
			return err
		}
		if opts.PrintElement != nil {
			opts.PrintElement(v, println)
		} else {
			println(fmt.Sprint(v))
		}
		if len(buf) >= pipeChunk {
			more, err := p.write(buf, yield)
			if err != nil {
				return err
			}
			if !more {
				break // the process reads no more: what it says counts
			}
			buf = make([]byte, 0, pipeChunk+pipeChunk/4) // the writer has the old one
		}
	}
	if _, err := p.write(buf, yield); err != nil {
		return err
	}
	return p.finish(yield)
}

// separateDir makes a working directory for one task.
func separateDir(tc *TaskContext, in string) (string, error) {
	if in == "" {
		in = tc.job.sc.conf.spillDir
	}
	dir, err := os.MkdirTemp(in, "gosql-pipe-")
	if err != nil {
		return "", fmt.Errorf("pipe: cannot create a working directory: %w", err)
	}
	tc.OnComplete(func(error) { os.RemoveAll(dir) })
	return dir, nil
}

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

// maxPipeStderr bounds what a PipeError quotes.
const maxPipeStderr = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.text = append(t.text, b...)
	if over := len(t.text) - maxPipeStderr; over > 0 {
		t.text = t.text[over:]
	}
	return len(b), nil
}

var _ io.Writer = (*tail)(nil)
