package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/gosql-engine/gosql"
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/sql"
)

// errFailed says that a statement failed and that the error has been reported.
var errFailed = errors.New("a statement failed")

// runner runs statements one after another and prints their results.
type runner struct {
	session *gosql.Session
	options *options
	out     io.Writer
	err     io.Writer
	count   int  // statements so far
	failed  bool // one has failed
}

// place is where a statement stands: in a file, from a line on.
type place struct {
	name string
	line int // of the statement's first line; 0 if there is no file
}

// result is what a statement gave, ready to be written in one pass. Batches are lent.
type result struct {
	number  int
	schema  *columnar.Schema
	batches iter.Seq2[columnar.Batch, error]
	zone    *time.Location
}

// runAll runs the statements of the scripts in order, up to the first that fails unless told to keep going.
func (r *runner) runAll(ctx context.Context, scripts []script) error {
	for _, s := range scripts {
		for _, st := range sql.Split(s.text) {
			at := place{name: s.name, line: st.Line}
			if err := r.statement(ctx, st.Text, at); err != nil {
				r.failed = true
				if ctx.Err() != nil || !r.options.keepGoing {
					return errFailed
				}
			}
		}
	}
	return nil
}

// timing is a line of --timing=json.
type timing struct {
	Statement int     `json:"statement"`
	Ms        float64 `json:"ms"`
	Rows      int64   `json:"rows"`
	Peak      int64   `json:"peak_bytes"`
	Spilled   int64   `json:"spilled_bytes"`
	Error     string  `json:"error,omitempty"`
}

// statement runs one statement, writes its result and reports its error.
func (r *runner) statement(ctx context.Context, text string, at place) error {
	r.count++
	start := time.Now()
	r.session.ResetUsage()
	rows, err := r.write(ctx, text)
	if err != nil {
		r.report(err, at)
	}
	if r.options.timing == "json" {
		u := r.session.Usage()
		t := timing{Statement: r.count, Ms: float64(time.Since(start).Microseconds()) / 1000, Rows: rows, Peak: u.PeakBytes, Spilled: u.SpilledBytes}
		if err != nil {
			t.Error = err.Error()
		}
		line, _ := json.Marshal(t) // a struct of numbers and a string cannot fail
		fmt.Fprintf(r.err, "%s\n", line)
	}
	return err
}

// write runs a statement and writes its rows in the chosen format. What a format prints of a statement that fails half-way is up to the format: those that
// cannot stream hold everything back, so that no half answer looks whole.
func (r *runner) write(ctx context.Context, text string) (rows int64, err error) {
	df := r.session.SQL(text)
	schema, err := df.Schema()
	if err != nil {
		return 0, err
	}
	f := formats[r.options.format]
	if schema.Len() == 0 && !f.always {
		for _, err := range df.Batches(ctx) {
			if err != nil {
				return 0, err
			}
		}
		return 0, nil
	}
	counted := func(yield func(columnar.Batch, error) bool) {
		for b, err := range df.Batches(ctx) {
			rows += b.Rows()
			if !yield(b, err) {
				return
			}
		}
	}
	res := result{number: r.count, schema: schema, batches: counted, zone: r.session.Zone()}
	var w bytes.Buffer
	err = f.write(&flusher{buf: &w, out: r.out}, res)
	if err == nil {
		_, err = r.out.Write(w.Bytes())
	}
	return rows, err
}

// flusher passes output on in large pieces.
type flusher struct {
	buf *bytes.Buffer
	out io.Writer
}

// flushSize is how much output is gathered before it is passed on.
const flushSize = 1 << 16

func (f *flusher) Write(p []byte) (int, error) {
	f.buf.Write(p)
	if f.buf.Len() < flushSize {
		return len(p), nil
	}
	_, err := f.out.Write(f.buf.Bytes())
	f.buf.Reset()
	return len(p), err
}

// errorJSON is an error in the format jsonresult.
type errorJSON struct {
	Condition string `json:"condition"`
	SQLState  string `json:"sqlState"`
	Message   string `json:"message"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
}

// report writes an error: to standard error, and in jsonresult also as that statement's result.
func (r *runner) report(err error, at place) {
	var e *gosql.Error
	isSQL := errors.As(err, &e)
	if r.options.format == "jsonresult" && r.count > 0 {
		out := errorJSON{Message: err.Error()}
		if isSQL {
			out = errorJSON{e.Condition, e.SQLState, e.Message, e.Line, e.Column}
		}
		line, _ := json.Marshal(map[string]any{"statement": r.count, "error": out}) // strings and numbers cannot fail
		fmt.Fprintf(r.out, "%s\n", line)
	}
	prefix := ""
	if at.line > 0 {
		line, column := at.line, 1
		if isSQL && e.Line > 0 {
			line, column = at.line+e.Line-1, e.Column
		}
		prefix = fmt.Sprintf("%s:%d:%d: ", at.name, line, column)
	}
	fmt.Fprintf(r.err, "%s%s\n", prefix, err)
}
