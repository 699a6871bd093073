package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gosql-engine/gosql/sql"
)

// runStream runs statements as they come: each once the line with its semicolon was read, and the last one at the end. So another
// program can write a statement, read its result, and write the next.
func (r *runner) runStream(ctx context.Context, name string, in io.Reader) error {
	lines := bufio.NewReader(in)
	pending, before := "", 0 // what has not been run, and how many lines came before it
	for first := true; ; first = false {
		line, err := lines.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("cannot read %s: %w", name, err)
		}
		if first {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		pending += line
		end := err != nil
		if !end && (!strings.Contains(line, ";") || !complete(pending)) {
			continue
		}
		if err := r.runText(ctx, name, pending, before); err != nil || end {
			return err
		}
		before += strings.Count(pending, "\n")
		pending = ""
	}
}

// runText runs the statements of a text, up to the first that fails unless told to keep going. before is the number of lines that
// came before the text.
func (r *runner) runText(ctx context.Context, name, text string, before int) error {
	for _, st := range sql.Split(text) {
		at := placeOf(name, text, st)
		at.line += before
		if err := r.statement(ctx, st.Text, at); err != nil {
			r.failed = true
			if ctx.Err() != nil || !r.options.keepGoing {
				return errFailed
			}
		}
	}
	return nil
}
