package gosql

import (
	"math"

	"github.com/gosql-engine/gosql/logical"
)

// The ends of window frames, for RowsBetween and RangeBetween; other numbers are offsets from the current row.
const (
	UnboundedPreceding int64 = math.MinInt64
	UnboundedFollowing int64 = math.MaxInt64
	CurrentRow         int64 = 0
)

// WindowSpec says over which rows, in which order, a window function is computed: PartitionBy("a").OrderBy("b").RowsBetween(-1, 1).
type WindowSpec struct {
	spec logical.WindowSpec
	err  error
}

// PartitionBy starts a window with one partition for each combination of the columns (Columns or names).
func PartitionBy(cols ...Value) WindowSpec { return WindowSpec{}.PartitionBy(cols...) }

// WindowOrderBy starts a window of all rows in the order of the columns.
func WindowOrderBy(cols ...Value) WindowSpec { return WindowSpec{}.OrderBy(cols...) }

// PartitionBy sets the partitioning.
func (w WindowSpec) PartitionBy(cols ...Value) WindowSpec {
	es, err := exprs(columns(cols))
	if w.err == nil {
		w.err = err
	}
	w.spec.PartitionBy = es
	return w
}

// OrderBy sets the ordering.
func (w WindowSpec) OrderBy(cols ...Value) WindowSpec {
	keys, err := sortKeys(columns(cols))
	if w.err == nil {
		w.err = err
	}
	w.spec.OrderBy = keys
	return w
}

// RowsBetween sets a frame counted in rows; negative numbers are rows before the current one.
func (w WindowSpec) RowsBetween(start, end int64) WindowSpec {
	w.spec.Frame = &logical.Frame{Unit: logical.FrameRows, Start: bound(start), End: bound(end)}
	return w
}

// RangeBetween sets a frame counted in values of the one ordering column.
func (w WindowSpec) RangeBetween(start, end int64) WindowSpec {
	w.spec.Frame = &logical.Frame{Unit: logical.FrameRange, Start: bound(start), End: bound(end)}
	return w
}

func bound(n int64) logical.Bound {
	switch {
	case n == UnboundedPreceding:
		return logical.Bound{Kind: logical.UnboundedPreceding}
	case n == UnboundedFollowing:
		return logical.Bound{Kind: logical.UnboundedFollowing}
	case n == CurrentRow:
		return logical.Bound{Kind: logical.CurrentRow}
	case n < 0:
		return logical.Bound{Kind: logical.Preceding, Offset: intLit(-n)}
	}
	return logical.Bound{Kind: logical.Following, Offset: intLit(n)}
}

func intLit(n int64) logical.Expr {
	if int64(int32(n)) == n {
		return logical.Lit(int32(n))
	}
	return logical.Lit(n)
}
