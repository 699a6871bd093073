package invariants

import (
	"errors"
	"testing"
)

func TestCheck(t *testing.T) {
	broken := func(f func()) (message string) {
		defer func() {
			if v, ok := recover().(Violation); ok {
				message = v.Error()
			}
		}()
		f()
		return ""
	}
	f := func(name string, check func(), want string) {
		t.Helper()
		if !Enabled {
			want = ""
		}
		if got := broken(check); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	f("true", func() { Check(true, "never") }, "")
	f("false", func() { Check(false, "%d rows, not %d", 1, 2) }, "broken invariant: 1 rows, not 2")
	f("no error", func() { CheckNoError(nil, "never") }, "")
	f("error", func() { CheckNoError(errors.New("bad offset"), "batch") }, "broken invariant: batch: bad offset")
}
