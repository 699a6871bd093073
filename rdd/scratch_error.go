package rdd

import "fmt"

// ScratchError is the failure of an operation on a temporary file. Unwrap gives the system's error: errors.Is finds
// syscall.ENOSPC when the disk is full.
type ScratchError struct {
	Op   string // "create", "write", "read"
	Kind string // what the file holds: "shuffle data", "spill of sort"
	Path string
	Err  error
}

// Error says what was attempted, with which file.
func (e *ScratchError) Error() string {
	return fmt.Sprintf("cannot %s file %s (%s): %v", e.Op, e.Path, e.Kind, e.Err)
}

// Unwrap gives the system's error.
func (e *ScratchError) Unwrap() error { return e.Err }

// SpillLimitError is the failure of a write that would take the temporary files beyond WithSpillLimit. All sizes are in
// bytes.
type SpillLimitError struct {
	Kind   string // what was to be written
	Wanted int64
	Used   int64 // by all temporary files of the Context
	Limit  int64
}

// Error names limit and use.
func (e *SpillLimitError) Error() string {
	return fmt.Sprintf("temporary files may take %s on disk: %s are in use, and %s wants %s more", formatBytes(e.Limit),
		formatBytes(e.Used), e.Kind, formatBytes(e.Wanted))
}

// scratchFaults makes the temporary files fail for tests; a nil one is none. Methods may be called by any goroutine.
type scratchFaults interface {
	// create may refuse a new file.
	create(kind, path string) error
	// write may refuse n bytes at an offset: allowed of them are written, and then err is the write's error.
	write(kind, path string, at int64, n int) (allowed int, err error)
	// sealed is told of each file once all was written and nothing read; it may alter, cut or delete the file.
	sealed(kind, path string)
	// read may refuse to read n bytes at an offset.
	read(kind, path string, at int64, n int) error
}
