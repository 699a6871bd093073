package datasources

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/gosql-engine/gosql/columnar"
)

// PathNotFound is the error for a path at which there is nothing.
func PathNotFound(path string) error {
	return columnar.Errorf("PATH_NOT_FOUND", "There is nothing at the path %q.", path)
}

// CannotInfer is the error for data that do not show a schema.
func CannotInfer(format, path string) error {
	return columnar.Errorf("UNABLE_TO_INFER_SCHEMA", "No schema can be found out for %s at %q; give one.", format, path)
}

// ReadError is the error for a file that could not be read: FAILED_READ_FILE.NO_HINT around the cause. An error that has a
// condition already stays as it is, and so does a cancellation.
func ReadError(path string, cause error) error {
	var known *columnar.Error
	switch {
	case cause == nil:
		return nil
	case errors.As(cause, &known):
		return cause
	case errors.Is(cause, fs.ErrNotExist):
		return columnar.Errorf("FAILED_READ_FILE.FILE_NOT_EXIST",
			"The file %q is gone: it was there when the query was planned.", path)
	case errors.Is(cause, errCancelled):
		return cause
	}
	return columnar.Errorf("FAILED_READ_FILE.NO_HINT", "Reading the file %q failed: %w.", path, cause)
}

// errCancelled wraps the cause of a context that ended, so that ReadError does not blame the file.
var errCancelled = errors.New("read cancelled")

// Cancelled returns the error to end a read with when its context is done.
func Cancelled(cause error) error { return fmt.Errorf("%w: %w", errCancelled, cause) }

// Recovered turns a panic of a decoder into the error of the file. It is deferred at the file boundary:
//
//	defer datasources.Recovered(path, &err)
func Recovered(path string, err *error) {
	if r := recover(); r != nil {
		*err = columnar.Errorf("FAILED_READ_FILE.NO_HINT", "Reading the file %q failed: its content is damaged (%v).", path, r)
	}
}

func fileChanged(f *File, size int64) error {
	return columnar.Errorf("FAILED_READ_FILE.FILE_CHANGED",
		"The file %q was changed after the query was planned: it had %d bytes and has %d.", f.Path, f.Size, size)
}
