package analyzer

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// windowScope is the windows of a WINDOW clause.
type windowScope struct {
	names []string
	specs []logical.WindowSpec
}

// withWindows makes a WINDOW clause known to the expressions of its SELECT.
func (q *query) withWindows(n *logical.WithWindows) (relation, error) {
	outside := q.windows
	defer func() { q.windows = outside }()
	q.windows = &windowScope{n.Names, n.Specs}
	return q.resolve(n.Input)
}

// namedWindow fills a window that refers to a named one.
func (q *query) namedWindow(s logical.WindowSpec) (logical.WindowSpec, error) {
	for range 32 { // named windows may build on named windows
		if s.Ref == "" {
			return s, nil
		}
		found := false
		if q.windows != nil {
			for i, n := range q.windows.names {
				if strings.EqualFold(n, s.Ref) {
					base := q.windows.specs[i]
					s, found = merged(base, s), true
					break
				}
			}
		}
		if !found {
			break
		}
	}
	return s, columnar.Errorf("MISSING_WINDOW_SPECIFICATION", "Window specification is not defined in the WINDOW clause for %s. For more information about WINDOW clauses, please refer to 'https://spark.apache.org/docs/latest/sql-ref-syntax-qry-select-window.html'.", s.Ref).At(s.Pos)
}

// merged is a named window with what the one that refers to it adds.
func merged(base, s logical.WindowSpec) logical.WindowSpec {
	if len(s.PartitionBy) > 0 {
		base.PartitionBy = s.PartitionBy
	}
	if len(s.OrderBy) > 0 {
		base.OrderBy = s.OrderBy
	}
	if s.Frame != nil {
		base.Frame = s.Frame
	}
	return base
}

// windowExpr resolves a function over a window and fills in the frame.
func (q *query) windowExpr(e *logical.WindowExpr, s *scope) (logical.Expr, error) {
	spec, err := q.namedWindow(e.Spec)
	if err != nil {
		return nil, err
	}
	out := &logical.WindowExpr{Pos: e.Pos, Spec: logical.WindowSpec{Pos: spec.Pos}}
	inner := *s
	inner.inside = nil // the function over a window is no aggregate of the groups
	if call, ok := e.Func.(*logical.UnresolvedCall); ok {
		out.Func, err = q.call(call, &inner)
	} else {
		out.Func, err = q.expr(e.Func, &inner)
	}
	if err != nil {
		return nil, err
	}
	if out.Spec.PartitionBy, err = q.exprs(spec.PartitionBy, s); err != nil {
		return nil, err
	}
	for _, k := range spec.OrderBy {
		child, err := q.expr(k.Child, s)
		if err != nil {
			return nil, err
		}
		out.Spec.OrderBy = append(out.Spec.OrderBy, &logical.SortKey{Child: child, Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	return q.framed(out, spec.Frame, s)
}

// framed checks the function and gives the window its frame: the one written, or the default.
func (q *query) framed(w *logical.WindowExpr, frame *logical.Frame, s *scope) (logical.Expr, error) {
	c, ok := plain(w.Func).(*logical.Call)
	if !ok || !c.Fn.IsWindow() && !c.Fn.IsAggregate() {
		return nil, columnar.Errorf("UNSUPPORTED_EXPR_FOR_WINDOW", "Expression %q not supported within a window function.", w.Func).At(w.Pos)
	}
	if nestedWindow(w) {
		return nil, columnar.Errorf("_LEGACY_ERROR_TEMP_1029", "It is not allowed to use a window function inside another window function.").At(w.Pos)
	}
	if c.Distinct {
		return nil, columnar.Errorf("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", "Distinct window functions are not supported: %q.", w).At(w.Pos)
	}
	if wholeGroup[c.Fn.Name] && (len(w.Spec.OrderBy) > 0 || frame != nil) {
		return nil, columnar.Errorf("INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC", "Cannot specify ORDER BY or a window frame for %q.", c).At(w.Pos)
	}
	if c.Fn.IsWindow() {
		if len(w.Spec.OrderBy) == 0 && needsOrder[c.Fn.Name] {
			return nil, columnar.Errorf("WINDOW_FUNCTION_WITHOUT_ORDER", "Window function %s requires window to be ordered, please add ORDER BY clause. For example SELECT %s(value_expr) OVER (PARTITION BY window_partition ORDER BY window_ordering) from table.", c, c.Name).At(w.Pos)
		}
		fixed := fixedFrame(c)
		if fixed != nil && frame != nil && !sameFrame(frame, fixed) {
			return nil, columnar.Errorf("WINDOW_FUNCTION_AND_FRAME_MISMATCH", "%q function can only be evaluated in an ordered row-based window frame with a single offset: %q.", c, w).At(w.Pos)
		}
		if fixed != nil {
			w.Spec.Frame = fixed
			return w, nil
		}
	}
	if frame == nil {
		w.Spec.Frame = defaultFrame(len(w.Spec.OrderBy) > 0)
		return w, nil
	}
	return q.writtenFrame(w, frame, s)
}

// wholeGroup are the aggregate functions that order their values themselves, so that a window of theirs has neither order nor frame.
var wholeGroup = map[string]bool{"median": true, "percentile_cont": true, "percentile_disc": true}

// needsOrder are the window functions that mean nothing without an order.
var needsOrder = map[string]bool{
	"row_number": true, "rank": true, "dense_rank": true, "percent_rank": true, "cume_dist": true, "ntile": true, "lag": true, "lead": true,
}

// fixedFrame is the frame of a window function that allows no other, or nil.
func fixedFrame(c *logical.Call) *logical.Frame {
	switch c.Fn.Name {
	case "row_number", "rank", "dense_rank", "percent_rank", "ntile":
		return &logical.Frame{Unit: logical.FrameRows, Start: logical.Bound{Kind: logical.UnboundedPreceding}, End: logical.Bound{Kind: logical.CurrentRow}}
	case "cume_dist":
		return &logical.Frame{Unit: logical.FrameRange, Start: logical.Bound{Kind: logical.UnboundedPreceding}, End: logical.Bound{Kind: logical.CurrentRow}}
	case "lag", "lead":
		var offset logical.Expr = logical.Lit(int32(1))
		if len(c.Args) > 1 {
			offset = c.Args[1]
		}
		if l, ok := offset.(*logical.Literal); ok && c.Fn.Name == "lag" && !l.Value.IsNull(0) && l.Value.Type() == columnar.IntType {
			offset = logical.Lit(int32(-columnar.Int64At(l.Value, 0)))
		}
		b := logical.Bound{Kind: logical.Following, Offset: offset}
		return &logical.Frame{Unit: logical.FrameRows, Start: b, End: b}
	}
	return nil
}

func sameFrame(a, b *logical.Frame) bool {
	return a.Unit == b.Unit && a.Start.Kind == b.Start.Kind && a.End.Kind == b.End.Kind
}

// defaultFrame is the frame where none is written: up to the current row's peers in an ordered window, else all of the partition.
func defaultFrame(ordered bool) *logical.Frame {
	if ordered {
		return &logical.Frame{Unit: logical.FrameRange, Start: logical.Bound{Kind: logical.UnboundedPreceding}, End: logical.Bound{Kind: logical.CurrentRow}}
	}
	return &logical.Frame{Unit: logical.FrameRows, Start: logical.Bound{Kind: logical.UnboundedPreceding}, End: logical.Bound{Kind: logical.UnboundedFollowing}}
}

// writtenFrame resolves a frame's offsets and checks the frame against the ordering.
func (q *query) writtenFrame(w *logical.WindowExpr, f *logical.Frame, s *scope) (logical.Expr, error) {
	frame := *f
	w.Spec.Frame = &frame
	for i, b := range []*logical.Bound{&frame.Start, &frame.End} {
		if b.Offset == nil {
			continue
		}
		x, err := q.expr(b.Offset, s)
		if err != nil {
			return nil, err
		}
		if b.Offset = plain(x); logical.Any(b.Offset, func(e logical.Expr) bool { _, ok := e.(*logical.Attr); return ok }) {
			return nil, frameError("SPECIFIED_WINDOW_FRAME_WITHOUT_FOLDABLE", w, "Window frame "+[]string{"lower", "upper"}[i]+" bound \""+x.String()+"\" is not a literal.")
		}
	}
	if err := checkFrame(w); err != nil {
		return nil, err
	}
	return q.frameTypes(w)
}

// frameTypes brings the offsets to the type in which the frame counts.
func (q *query) frameTypes(w *logical.WindowExpr) (logical.Expr, error) {
	f := w.Spec.Frame
	for i, b := range []*logical.Bound{&f.Start, &f.End} {
		if b.Offset == nil {
			continue
		}
		t := b.Offset.Type()
		if f.Unit == logical.FrameRows {
			if t.Kind > columnar.Int || t.Kind < columnar.TinyInt {
				return nil, frameError("SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", w, "The data type of the "+[]string{"lower", "upper"}[i]+" bound \""+t.SQL()+"\" does not match the expected data type \"INT\".")
			}
			b.Offset = q.a.implicit(b.Offset, columnar.IntType)
			continue
		}
		key := w.Spec.OrderBy[0].Child.Type()
		want, ok := rangeOffset(key, t)
		switch {
		case ok:
		case !key.IsNumeric() && !key.IsInterval() && key.Kind != columnar.Date && key.Kind != columnar.Timestamp && key.Kind != columnar.TimestampNTZ:
			return nil, frameError("SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", w, "The data type of the "+[]string{"lower", "upper"}[i]+" bound \""+key.SQL()+"\" does not match the expected data type \"(NUMERIC OR INTERVAL DAY TO SECOND OR INTERVAL YEAR TO MONTH OR INTERVAL)\".")
		default:
			return nil, frameError("RANGE_FRAME_INVALID_TYPE", w, "The data type \""+key.SQL()+"\" used in the order specification does not support the data type \""+t.SQL()+"\" which is used in the range frame.")
		}
		b.Offset = q.a.implicit(b.Offset, want)
	}
	return w, nil
}

// rangeOffset is the type of offsets over an ordering of type key.
func rangeOffset(key, offset columnar.Type) (columnar.Type, bool) {
	switch {
	case key.Kind == columnar.Date:
		return offset, offset.IsInteger() && offset.Kind != columnar.BigInt || offset.Kind == columnar.YearMonthInterval || offset.Kind == columnar.CalendarInterval ||
			offset.Kind == columnar.DayTimeInterval && offset.Scale == 0
	case key.Kind == columnar.Timestamp || key.Kind == columnar.TimestampNTZ:
		return offset, offset.IsInterval()
	case key.IsNumeric():
		return key, columnar.CanCast(offset, key, columnar.CastANSI)
	}
	return key, key == offset
}

// checkFrame refuses frames that make no sense.
func checkFrame(w *logical.WindowExpr) error {
	f := w.Spec.Frame
	offsets := f.Start.Offset != nil || f.End.Offset != nil
	switch {
	case f.Start.Kind == logical.UnboundedFollowing || f.End.Kind == logical.UnboundedPreceding:
		return frameError("SPECIFIED_WINDOW_FRAME_INVALID_BOUND", w, "Window frame upper bound \""+boundText(f.End)+"\" does not follow the lower bound \""+boundText(f.Start)+"\".")
	case f.Start.Kind > f.End.Kind:
		return frameError("SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON", w, "The lower bound of a window frame must be less than or equal to the upper bound.")
	case f.Unit == logical.FrameRange && offsets && len(w.Spec.OrderBy) == 0:
		return frameError("RANGE_FRAME_WITHOUT_ORDER", w, "A range window frame cannot be used in an unordered window specification.")
	case f.Unit == logical.FrameRange && offsets && len(w.Spec.OrderBy) > 1:
		return frameError("RANGE_FRAME_MULTI_ORDER", w, "A range window frame with value boundaries cannot be used in a window specification with multiple order by expressions: "+logical.JoinStrings(w.Spec.OrderBy)+".")
	}
	return nil
}

func boundText(b logical.Bound) string {
	if b.Offset != nil {
		return b.Offset.String()
	}
	return b.String()
}

func frameError(condition string, w *logical.WindowExpr, message string) error {
	text := w.Spec.Frame.String()
	if strings.HasPrefix(condition, "RANGE_FRAME") {
		full := w.String()
		text = full[strings.LastIndex(full, " OVER (")+len(" OVER "):]
	}
	return columnar.Errorf("DATATYPE_MISMATCH."+condition, "Cannot resolve %q due to data type mismatch: %s", text, message).At(position(w.Pos, w.Func))
}

// nestedWindow says whether there is a window function among the parts of another.
func nestedWindow(w *logical.WindowExpr) bool {
	for _, c := range w.Children() {
		if hasWindow(c) {
			return true
		}
	}
	return false
}

// hasWindow says whether an expression holds a window function.
func hasWindow(e logical.Expr) bool {
	return logical.Any(e, func(e logical.Expr) bool { _, ok := e.(*logical.WindowExpr); return ok })
}

// extractWindows computes the window functions of expressions in Window nodes over n, one for each partitioning and ordering.
func extractWindows(n logical.Node, exprs []logical.Expr) (logical.Node, []logical.Expr, error) {
	var windows []*logical.Window
	var made []*logical.Alias
	replace := func(e logical.Expr) (logical.Expr, error) {
		w, ok := e.(*logical.WindowExpr)
		if !ok {
			return e, nil
		}
		for _, m := range made {
			if sameWindowExpr(m.Child.(*logical.WindowExpr), w) {
				return m.Attr(), nil
			}
		}
		al := logical.NewAlias(w, w.String())
		made = append(made, al)
		for _, win := range windows {
			if sameSpec(win, w) {
				win.List = append(win.List, al)
				return al.Attr(), nil
			}
		}
		windows = append(windows, &logical.Window{List: []logical.Expr{al}, PartitionBy: w.Spec.PartitionBy, OrderBy: w.Spec.OrderBy})
		return al.Attr(), nil
	}
	out := make([]logical.Expr, len(exprs))
	for i, e := range exprs {
		var err error
		if out[i], err = logical.TransformExpr(e, replace); err != nil {
			return nil, nil, err
		}
	}
	for _, w := range windows {
		w.Input = n
		n = w
	}
	return n, out, nil
}

func sameSpec(w *logical.Window, e *logical.WindowExpr) bool {
	return equalAll(w.PartitionBy, e.Spec.PartitionBy) && equalAll(keyExprs(w.OrderBy), keyExprs(e.Spec.OrderBy))
}

func sameWindowExpr(a, b *logical.WindowExpr) bool {
	return a == b || a.Spec.Frame.String() == b.Spec.Frame.String() && equalAll(a.Spec.PartitionBy, b.Spec.PartitionBy) &&
		equalAll(keyExprs(a.Spec.OrderBy), keyExprs(b.Spec.OrderBy)) && logical.Equal(a.Func, b.Func)
}

func keyExprs(keys []*logical.SortKey) []logical.Expr {
	out := make([]logical.Expr, len(keys))
	for i, k := range keys {
		out[i] = k
	}
	return out
}

func equalAll(a, b []logical.Expr) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !logical.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func windowMisplaced(clause string, e logical.Expr) error {
	return columnar.Errorf("_LEGACY_ERROR_TEMP_1034", "It is not allowed to use window functions inside %s clause.", clause).At(e.Position())
}
