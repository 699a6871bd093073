package logical

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
)

// FrameUnit says in what a window frame is counted.
type FrameUnit uint8

// The units of frames.
const (
	FrameRows  FrameUnit = iota // physical rows
	FrameRange                  // values of the one ordering expression; peers belong together
)

// BoundKind is the form of one end of a window frame.
type BoundKind uint8

// The kinds of bounds, from first to last.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// Bound is one end of a frame; Offset is set for Preceding and Following.
type Bound struct {
	Kind   BoundKind
	Offset Expr
}

// Frame is ROWS or RANGE BETWEEN Start AND End.
type Frame struct {
	Unit       FrameUnit
	Start, End Bound
}

// String implements fmt.Stringer.
func (b Bound) String() string {
	switch b.Kind {
	case UnboundedPreceding:
		return "UNBOUNDED PRECEDING"
	case Preceding:
		return b.Offset.String() + " PRECEDING"
	case CurrentRow:
		return "CURRENT ROW"
	case Following:
		return b.Offset.String() + " FOLLOWING"
	}
	return "UNBOUNDED FOLLOWING"
}

// String is the frame in SQL.
func (f *Frame) String() string {
	unit := "ROWS"
	if f.Unit == FrameRange {
		unit = "RANGE"
	}
	return unit + " BETWEEN " + f.Start.String() + " AND " + f.End.String()
}

// WindowSpec is what stands behind OVER. Ref names a window of the WINDOW clause that this one is or builds on.
type WindowSpec struct {
	Ref         string
	PartitionBy []Expr
	OrderBy     []*SortKey
	Frame       *Frame // nil: the default of the function and ordering; the analyzer fills it in
	Pos         columnar.Pos
}

// WindowExpr is a function over a window: Func is an UnresolvedCall, later a Call of an aggregate or window function.
type WindowExpr struct {
	Func Expr
	Spec WindowSpec
	Pos  columnar.Pos
}

// Type implements Expr.
func (e *WindowExpr) Type() columnar.Type { return e.Func.Type() }

// Nullable implements Expr.
func (e *WindowExpr) Nullable() bool { return e.Func.Nullable() }

// Position implements Expr.
func (e *WindowExpr) Position() columnar.Pos { return e.Pos }

// Children are the function, the partition keys, the sort keys and the frame's offsets.
func (e *WindowExpr) Children() []Expr {
	out := append([]Expr{e.Func}, e.Spec.PartitionBy...)
	for _, k := range e.Spec.OrderBy {
		out = append(out, k)
	}
	if f := e.Spec.Frame; f != nil {
		for _, b := range []Bound{f.Start, f.End} {
			if b.Offset != nil {
				out = append(out, b.Offset)
			}
		}
	}
	return out
}

// WithChildren takes the children in the order of Children.
func (e *WindowExpr) WithChildren(c []Expr) Expr {
	out := *e
	out.Func, c = c[0], c[1:]
	n := len(e.Spec.PartitionBy)
	out.Spec.PartitionBy, c = c[:n:n], c[n:]
	out.Spec.OrderBy = make([]*SortKey, len(e.Spec.OrderBy))
	for i := range out.Spec.OrderBy {
		out.Spec.OrderBy[i] = c[i].(*SortKey)
	}
	c = c[len(out.Spec.OrderBy):]
	if e.Spec.Frame != nil {
		f := *e.Spec.Frame
		for _, b := range []*Bound{&f.Start, &f.End} {
			if b.Offset != nil {
				b.Offset, c = c[0], c[1:]
			}
		}
		out.Spec.Frame = &f
	}
	return &out
}

// String is func(…) OVER (PARTITION BY … ORDER BY … frame).
func (e *WindowExpr) String() string {
	var parts []string
	if e.Spec.Ref != "" && e.Spec.Frame == nil && len(e.Spec.PartitionBy)+len(e.Spec.OrderBy) == 0 {
		return e.function() + " OVER " + e.Spec.Ref
	}
	if len(e.Spec.PartitionBy) > 0 {
		parts = append(parts, "PARTITION BY "+JoinStrings(e.Spec.PartitionBy))
	}
	if len(e.Spec.OrderBy) > 0 {
		parts = append(parts, "ORDER BY "+JoinStrings(e.Spec.OrderBy))
	}
	if e.Spec.Frame != nil {
		parts = append(parts, e.Spec.Frame.String())
	}
	return e.function() + " OVER (" + strings.Join(parts, " ") + ")"
}

// function is the function as Spark names it: the ranks in capitals, without the sort keys that they look at.
func (e *WindowExpr) function() string {
	if c, ok := e.Func.(*Call); ok && ranks[c.Fn.Name] {
		return strings.ToUpper(c.Fn.Name) + "()"
	}
	return e.Func.String()
}

var ranks = map[string]bool{"rank": true, "dense_rank": true, "percent_rank": true}
