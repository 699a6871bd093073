package columnar

import "fmt"

// Pos is a place in the text of a statement: the byte offset plus one. 0 means unknown.
type Pos int32

// Error is an error that a user of SQL may have caused. Its Condition is Spark's name of the error condition, from which follows
// the SQLSTATE. It stands in this package because kernels raise it; every layer above uses it.
type Error struct {
	Condition string // "CAST_INVALID_INPUT", "UNRESOLVED_COLUMN.WITH_SUGGESTION"
	Message   string // one or more sentences, without condition and SQLSTATE
	Pos       Pos    // where in the statement
	Cause     error  // what is wrapped, or nil
}

// Errorf makes an error of the condition. An argument for %w becomes its Cause.
func Errorf(condition, format string, args ...any) *Error {
	e := fmt.Errorf(format, args...)
	out := &Error{Condition: condition, Message: e.Error()}
	if u, ok := e.(interface{ Unwrap() error }); ok {
		out.Cause = u.Unwrap()
	}
	return out
}

// At returns the error with its place set, unless it had one.
func (e *Error) At(p Pos) *Error {
	if e.Pos == 0 && p != 0 {
		c := *e
		c.Pos = p
		return &c
	}
	return e
}

// Error is "[CONDITION] message SQLSTATE: 12345".
func (e *Error) Error() string {
	return "[" + e.Condition + "] " + e.Message + " SQLSTATE: " + SQLState(e.Condition)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }
