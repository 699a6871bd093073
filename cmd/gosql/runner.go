package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

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
	maxRows int  // most rows of a table on a terminal; 0 for all
	count   int  // statements so far
	failed  bool // one has failed
}

// place is where a statement stands: in a file, from a line on.
type place struct {
	name         string
	line, column int // of the statement's beginning, from 1; 0 if it was typed into a shell
}

// result is what a statement gave, ready to be written in one pass. Batches are lent.
type result struct {
	number  int
	schema  *columnar.Schema
	batches iter.Seq2[columnar.Batch, error]
	zone    *time.Location
	maxRows int // most rows that a table shows; 0 for all
	binary  columnar.BinaryStyle
}

// runAll runs the statements of the scripts in order, up to the first that fails unless told to keep going.
func (r *runner) runAll(ctx context.Context, scripts []script) error {
	for _, s := range scripts {
		var err error
		if s.stream != nil {
			err = r.runStream(ctx, s.name, s.stream)
		} else {
			err = r.runText(ctx, s.name, s.text, 0)
		}
		if err != nil {
			return err
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
	bar := startProgress(r)
	rows, err := r.write(ctx, text, bar)
	bar.stop()
	if err != nil {
		r.report(err, at)
	}
	if r.options.timing == "json" {
		u := r.session.Usage()
		t := timing{Statement: r.count, Ms: float64(time.Since(start).Microseconds()) / 1000, Rows: rows, Peak: u.PeakBytes, Spilled: u.SpilledBytes}
		if err != nil {
			t.Error = place{}.describe(err, nil)
		}
		fmt.Fprintf(r.err, "%s\n", appendJSON(nil, t))
	}
	return err
}

// write runs a statement and writes its rows in the chosen format. What a format prints of a statement that fails half-way is up to the format: those that
// cannot stream hold everything back, so that no half answer looks whole.
// The progress bar goes away before the first byte of the result.
func (r *runner) write(ctx context.Context, text string, bar *progress) (rows int64, err error) {
	df := r.session.SQLContext(ctx, text)
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
	res := result{number: r.count, schema: schema, batches: counted, zone: r.session.Zone(),
		binary: columnar.BinaryStyles[strings.ToUpper(r.session.Get("spark.sql.binaryOutputStyle"))]}
	if isTerminal(r.out) {
		res.maxRows = r.maxRows
	}
	w := &flusher{out: r.out, first: bar.stop}
	if err = f.write(w, res); err == nil {
		err = w.flush()
	}
	return rows, err
}

// flusher passes output on in large pieces.
type flusher struct {
	buf   bytes.Buffer
	out   io.Writer
	first func() // called before anything is passed on
}

// flushSize is how much output is gathered before it is passed on.
const flushSize = 1 << 16

func (f *flusher) Write(p []byte) (int, error) {
	if len(p) >= flushSize/4 { // long enough to go on as it is
		if err := f.flush(); err != nil {
			return 0, err
		}
		return f.out.Write(p)
	}
	f.buf.Write(p)
	if f.buf.Len() < flushSize {
		return len(p), nil
	}
	return len(p), f.flush()
}

func (f *flusher) flush() error {
	f.first()
	if f.buf.Len() == 0 {
		return nil
	}
	_, err := f.out.Write(f.buf.Bytes())
	f.buf.Reset()
	return err
}

// errorJSON is an error in the format jsonresult.
type errorJSON struct {
	Condition string `json:"condition"`
	SQLState  string `json:"sqlState"`
	Message   string `json:"message"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
}

// failureJSON is the object that --format=jsonresult prints for a statement that failed.
type failureJSON struct {
	Statement int       `json:"statement"`
	Error     errorJSON `json:"error"`
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
		fmt.Fprintf(r.out, "%s\n", appendJSON(nil, failureJSON{r.count, out}))
	}
	fmt.Fprintln(r.err, at.describe(err, e))
}

// placeOf is where a statement of a text stands.
func placeOf(name, text string, st sql.Statement) place {
	begin := strings.LastIndexByte(text[:st.Start], '\n') + 1
	return place{name: name, line: st.Line, column: utf8.RuneCountInString(text[begin:st.Start]) + 1}
}

// describe is an error's text, headed by file, line and column where there is a file: those of the error if they are known, of the statement otherwise. e is err as an error of SQL, or nil.
func (p place) describe(err error, e *gosql.Error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case p.line == 0:
		return err.Error()
	case e == nil || e.Line == 0:
		return fmt.Sprintf("%s:%d:%d: %s", p.name, p.line, p.column, err)
	}
	column := e.Column
	if e.Line == 1 {
		column += p.column - 1
	}
	bare := *e
	bare.Line = 0
	return fmt.Sprintf("%s:%d:%d: %s\n%s", p.name, p.line+e.Line-1, column, &bare, e.Caret)
}
