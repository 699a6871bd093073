package sql

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
)

// Error is an error with its place in the text of a statement. Every error of
// this package's entry points is one; Locate makes one of the errors that
// later layers raise about the same text.
type Error struct {
	Err     *columnar.Error // condition and message
	Offset  int             // byte offset in the text
	Line    int             // from 1
	Column  int             // in characters, from 1
	Snippet string          // the line of text that holds Offset
}

// Error renders the message as Spark does, followed by the place and by the
// line of text with a caret below the offending character.
func (e *Error) Error() string {
	return fmt.Sprintf("%s (line %d, column %d)\n%s", e.Err.Error(), e.Line, e.Column, e.Caret())
}

// Unwrap returns the error without its place.
func (e *Error) Unwrap() error { return e.Err }

// Caret returns the line of text that holds the error and, below it, a line
// with a caret under the offending character. Tabs stay tabs in both, so that
// the caret lines up on any terminal.
func (e *Error) Caret() string {
	var pad strings.Builder
	for i, r := range []rune(e.Snippet) {
		if i >= e.Column-1 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		pad.WriteRune(r)
	}
	return e.Snippet + "\n" + pad.String() + "^"
}

// Locate returns err with its line and column in text, if err is or wraps a
// *columnar.Error that knows its position; otherwise it returns err itself.
func Locate(text string, err error) error {
	var placed *Error
	var plain *columnar.Error
	if errors.As(err, &placed) || !errors.As(err, &plain) || plain.Pos == 0 {
		return err
	}
	offset := min(int(plain.Pos)-1, len(text))
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	end := len(text)
	if i := strings.IndexByte(text[offset:], '\n'); i >= 0 {
		end = offset + i
	}
	return &Error{
		Err:     plain,
		Offset:  offset,
		Line:    strings.Count(text[:offset], "\n") + 1,
		Column:  utf8.RuneCountInString(text[start:offset]) + 1,
		Snippet: strings.TrimSuffix(text[start:end], "\r"),
	}
}

// Spark's conditions that this package raises.
const (
	condSyntax          = "PARSE_SYNTAX_ERROR"
	condEmpty           = "PARSE_EMPTY_STATEMENT"
	condUnclosedComment = "UNCLOSED_BRACKETED_COMMENT"
	condTypedLiteral    = "INVALID_TYPED_LITERAL"
	condNumericRange    = "INVALID_NUMERIC_LITERAL_RANGE"
	condStatement       = "INVALID_SQL_SYNTAX"
	condFeature         = "UNSUPPORTED_FEATURE"
	condDuplicateCTE    = "DUPLICATED_CTE_NAMES"
	condInterval        = "INVALID_INTERVAL_FORMAT"
	condInternal        = "INTERNAL_ERROR"
)

// errorAt makes an error about the token or node that begins at a byte offset.
func errorAt(offset int, condition, format string, args ...any) *columnar.Error {
	return columnar.Errorf(condition, format, args...).At(position(offset))
}

// position is the columnar.Pos of a byte offset; Pos counts from one.
func position(offset int) columnar.Pos { return columnar.Pos(offset + 1) }

// syntaxError is PARSE_SYNTAX_ERROR near some text, "" being the end of input;
// hint, which may be empty, says what is wrong with it.
func syntaxError(offset int, near, hint string) *columnar.Error {
	if near == "" {
		near = "end of input"
	} else {
		near = "'" + near + "'"
	}
	if hint != "" {
		hint = ": " + hint
	}
	return errorAt(offset, condSyntax, "Syntax error at or near %s%s.", near, hint)
}

// bail carries an error out of the recursive descent; only this package panics
// with it, and every entry point recovers it (see catch). Returning an error
// from each of the walker's functions would double their length.
type bail struct{ err error }

// catch turns a bail in flight into the error of the calling entry point.
func catch(err *error) {
	switch e := recover().(type) {
	case nil:
	case bail:
		*err = e.err
	default:
		panic(e)
	}
}
