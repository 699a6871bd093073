package columnar

import "time"

// CastContext is what a cast depends on besides its input.
type CastContext struct {
	Pool *Pool // where the result is allocated; nil: owned memory
	Mode CastMode
	Zone *time.Location // the session's time zone; nil: UTC
}

// Cast converts the selected rows of v to a type.
func Cast(cc CastContext, v Vector, to Type, rows Rows) (Vector, error) {
	if v.Type() == to {
		return v, nil
	}
	return nil, Errorf("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "cannot cast %q to %q.", v.Type().SQL(), to.SQL())
}

// CanCast says whether values of a type can be cast to another at all.
func CanCast(from, to Type, mode CastMode) bool { return from == to }

// CastKeepsNotNull says whether a value that is not NULL is never cast to NULL in ANSI mode.
func CastKeepsNotNull(from, to Type) bool { return from == to }
