package rdd

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// pipeProcess is a running command. Its own goroutines write and read, because it may refuse input until its output is
// taken; the task's goroutine does both in turns, so that the streams above and below run on no other.
type pipeProcess struct {
	tc      *TaskContext
	cmd     *exec.Cmd
	command []string
	stderr  tail
	stdin   io.WriteCloser
	stdout  io.ReadCloser
	input   chan []byte
	deaf    chan struct{} // closed when the process takes no more input
	lines   chan []string // closed at the end of the output
	readErr error         // why the output ended; set before lines is closed
	stopped chan struct{} // closed when nobody takes lines any more
	waited  bool
}

// startPipe starts the command with its two goroutines.
func startPipe(tc *TaskContext, command []string, env map[string]string, dir string, separate bool) (*pipeProcess, error) {
	if separate {
		own, err := separateDir(tc, dir)
		if err != nil {
			return nil, err
		}
		dir = own
	}
	p := &pipeProcess{tc: tc, command: command, input: make(chan []byte), deaf: make(chan struct{}),
		lines: make(chan []string), stopped: make(chan struct{})}
	p.cmd = exec.CommandContext(tc.Context(), command[0], command[1:]...)
	p.cmd.Dir = dir
	p.cmd.Env = os.Environ()
	for k, v := range env {
		p.cmd.Env = append(p.cmd.Env, k+"="+v)
	}
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = time.Second // for a grandchild that holds the standard error
	killTogether(p.cmd)
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err == nil {
		p.stdout, err = p.cmd.StdoutPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, &PipeError{Command: command, Err: err}
	}
	go p.feed()
	go p.read()
	return p, nil
}

// feed writes what comes over the channel to the process, until it is closed or the process reads no more.
func (p *pipeProcess) feed() {
	defer close(p.deaf)
	defer p.stdin.Close()
	for {
		select {
		case b, open := <-p.input:
			if !open {
				return
			}
			if _, err := p.stdin.Write(b); err != nil {
				return
			}
		case <-p.stopped:
			return
		}
	}
}

// linesAtOnce bounds the lines that are handed over together.
const linesAtOnce = 256

// read hands over the lines of the output: those that are there already together.
func (p *pipeProcess) read() {
	defer close(p.lines)
	in := bufio.NewReaderSize(p.stdout, pipeChunk)
	for {
		var batch []string
		for len(batch) == 0 || in.Buffered() > 0 && len(batch) < linesAtOnce {
			line, err := in.ReadString('\n')
			if line != "" {
				batch = append(batch, strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r"))
			}
			if err != nil {
				if err != io.EOF {
					p.readErr = err
				}
				p.handOver(batch)
				return
			}
		}
		if !p.handOver(batch) {
			return
		}
	}
}

// handOver gives lines to the task's goroutine; false when it takes no more.
func (p *pipeProcess) handOver(batch []string) bool {
	if len(batch) == 0 {
		return true
	}
	select {
	case p.lines <- batch:
		return true
	case <-p.stopped:
		return false
	}
}

// write hands input to the process and yields the lines that come meanwhile; false when the process reads no more.
func (p *pipeProcess) write(b []byte, yield func(string, error) bool) (more bool, err error) {
	lines := p.lines
	for {
		select {
		case p.input <- b:
			return true, nil
		case <-p.deaf:
			return false, nil
		case batch, open := <-lines:
			if !open {
				lines = nil // it may go on reading without saying anything
			}
			if !yieldLines(batch, yield) {
				return false, errPipeLeft
			}
		}
	}
}

// finish closes the input, yields the rest of the output, and waits for the process.
func (p *pipeProcess) finish(yield func(string, error) bool) error {
	close(p.input)
	for batch := range p.lines {
		if !yieldLines(batch, yield) {
			return errPipeLeft
		}
	}
	<-p.deaf
	p.waited = true
	err := p.cmd.Wait()
	if cancelled := p.tc.Err(); cancelled != nil {
		return cancelled
	}
	if err == nil {
		err = p.readErr
	}
	if err != nil {
		return &PipeError{Command: p.command, Stderr: string(p.stderr.text), Err: err}
	}
	return nil
}

// stop kills the process, if it still runs, and waits for the goroutines.
func (p *pipeProcess) stop() {
	if p.waited {
		return
	}
	close(p.stopped)
	p.cmd.Cancel()
	p.stdin.Close() // a grandchild may hold the other ends
	p.stdout.Close()
	for range p.lines {
	}
	<-p.deaf
	p.cmd.Wait()
}

// yieldLines passes lines on; false when the consumer leaves.
func yieldLines(lines []string, yield func(string, error) bool) bool {
	for _, l := range lines {
		if !yield(l, nil) {
			return false
		}
	}
	return true
}
