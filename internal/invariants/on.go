//go:build invariants

package invariants

import "fmt"

// Enabled reports whether this build carries the checks.
const Enabled = true

// Violation is the value Check panics with. A task that meets one fails with
// its stack; it never reaches a user as a wrong answer.
type Violation struct{ Message string }

// Error makes a Violation readable where a recovered panic is printed.
func (v Violation) Error() string { return "broken invariant: " + v.Message }

// Check panics with a Violation when cond is false.
func Check(cond bool, format string, args ...any) {
	if !cond {
		panic(Violation{fmt.Sprintf(format, args...)})
	}
}

// CheckNoError panics with a Violation when err is not nil; what says which
// verification failed.
func CheckNoError(err error, what string) {
	if err != nil {
		panic(Violation{what + ": " + err.Error()})
	}
}
