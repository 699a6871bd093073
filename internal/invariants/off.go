//go:build !invariants

package invariants

// Enabled reports whether this build carries the checks.
const Enabled = false

// Violation is the value Check panics with in builds that carry the checks;
// declared here too, so that code which recovers it compiles in both.
type Violation struct{ Message string }

// Error makes a Violation readable where a recovered panic is printed.
func (v Violation) Error() string { return "broken invariant: " + v.Message }

// Check does nothing in this build.
func Check(bool, string, ...any) {}

// CheckNoError does nothing in this build.
func CheckNoError(error, string) {}
