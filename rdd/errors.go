package rdd

import (
	"errors"
	"fmt"
	"strings"
)

// TaskError is returned by actions when a task failed as often as is allowed, or failed in a way that trying again
// cannot mend. Unwrap gives the last attempt's error, so errors.As finds what the user's function returned.
type TaskError struct {
	Stage     int
	Partition int
	Attempts  int // how often it was tried
	Err       error
}

// Error names the task.
func (e *TaskError) Error() string {
	return fmt.Sprintf("task %d of stage %d failed (attempt %d): %v", e.Partition, e.Stage, e.Attempts, e.Err)
}

// Unwrap gives the error of the last attempt.
func (e *TaskError) Unwrap() error { return e.Err }

// PanicError is the failure of a task whose code panicked.
type PanicError struct {
	Value string // the panic's value, printed
	Stack []byte // of the task's goroutine
	Err   error  // the panic's value, when it was an error
}

// Error is the printed value; the stack is apart.
func (e *PanicError) Error() string { return "panic: " + e.Value }

// Unwrap gives the panic's value when it was an error.
func (e *PanicError) Unwrap() error { return e.Err }

// FetchFailedError is the failure of a task that found a shuffle output missing or damaged. The scheduler answers it
// by recomputing that output and running the stage again; users see it only when that failed too often.
type FetchFailedError struct {
	Shuffle int // id of the shuffle dependency
	Map     int // index of the map partition whose output is lost
	Err     error

	dep *ShuffleDependency
	out *outputSlot
}

// Error names the shuffle and the map output.
func (e *FetchFailedError) Error() string {
	return fmt.Sprintf("cannot fetch output %d of shuffle %d: %v", e.Map, e.Shuffle, e.Err)
}

// Unwrap gives the cause.
func (e *FetchFailedError) Unwrap() error { return e.Err }

// MemoryError is returned by Reservation.Grow when the budget does not allow n more bytes even after spilling.
type MemoryError struct {
	Owner   string // who asked
	Wanted  int64  // bytes asked for
	Limit   int64  // the budget
	Largest []MemoryUse
	// Contended tells that other tasks held memory: the task is tried again, and that is not counted against it.
	Contended bool
}

// MemoryUse is what one owner holds.
type MemoryUse struct {
	Owner string
	Bytes int64
}

// Error lists the largest consumers.
func (e *MemoryError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "memory limit of %s reached: %q wants %s more", formatBytes(e.Limit), e.Owner, formatBytes(e.Wanted))
	for i, u := range e.Largest {
		sep := ", "
		if i == 0 {
			sep = "; largest: "
		}
		fmt.Fprintf(&b, "%s%q %s", sep, u.Owner, formatBytes(u.Bytes))
	}
	return b.String()
}

// formatBytes writes a size with one decimal and a binary unit.
func formatBytes(n int64) string {
	units := [...]string{"B", "KiB", "MiB", "GiB", "TiB"}
	f, i := float64(n), 0
	for f >= 1024 && i < len(units)-1 {
		f, i = f/1024, i+1
	}
	if i == 0 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", f, units[i])
}

// permanent is implemented by errors that another attempt cannot mend, such as a bad cast in ANSI mode. Tasks that fail
// with one are not tried again.
type permanent interface{ Permanent() bool }

// isPermanent tells whether anything in err's chain says that it is.
func isPermanent(err error) bool {
	var p permanent
	return errors.As(err, &p) && p.Permanent()
}

// Permanent marks err as one that another attempt cannot mend, so that the task is not tried again. An error type can
// instead have a method Permanent() bool.
func Permanent(err error) error { return &permanentError{err} }

type permanentError struct{ error }

func (e *permanentError) Permanent() bool { return true }
func (e *permanentError) Unwrap() error   { return e.error }
