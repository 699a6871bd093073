package gosql

import (
	"errors"
	"fmt"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/sql"
)

// ErrClosed is returned by queries of a session that has been closed.
var ErrClosed = errors.New("gosql: the session is closed")

// errSessions is the mistake of putting DataFrames of two sessions together.
var errSessions = errors.New("gosql: the DataFrames are of different sessions")

// Error is an error that a statement or its data caused: Spark's condition, a message, and the place in the statement.
type Error struct {
	Condition string // Spark's name: "UNRESOLVED_COLUMN.WITH_SUGGESTION"
	SQLState  string
	Message   string // without condition and SQLSTATE
	Line      int    // in the statement, from 1; 0 if unknown
	Column    int    // in characters, from 1
	Caret     string // the line of the statement and, below it, a caret under the place
	cause     error
}

// Error is the message as Spark prints it, with the place and a caret under it where it is known.
func (e *Error) Error() string {
	s := fmt.Sprintf("[%s] %s", e.Condition, e.Message)
	if e.SQLState != "" {
		s += " SQLSTATE: " + e.SQLState
	}
	if e.Line > 0 {
		s += fmt.Sprintf(" (line %d, column %d)\n%s", e.Line, e.Column, e.Caret)
	}
	return s
}

// Unwrap returns the error of the layer below.
func (e *Error) Unwrap() error { return e.cause }

// withSource turns the errors of the layers below into an *Error, with the place in text, if it is known. Others are returned as they are.
func withSource(err error, text string) error {
	var done *Error
	var e *columnar.Error
	if err == nil || errors.As(err, &done) || !errors.As(err, &e) {
		return err
	}
	out := &Error{Condition: e.Condition, SQLState: columnar.SQLState(e.Condition), Message: e.Message, cause: err}
	var at *sql.Error
	if text != "" && errors.As(sql.Locate(text, err), &at) {
		out.Line, out.Column, out.Caret = at.Line, at.Column, at.Caret()
	}
	return out
}
