package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Window adds the columns that window functions give. Its input is spread by the partition keys and sorted by them and the ordering; it
// takes in whole partitions, many small ones at a time, and computes each function over all of them at once.
type Window struct {
	unary
	node *logical.Window
	out  []*logical.Attr
}

// window plans window functions.
func (p *planner) window(n *logical.Window) (Operator, error) {
	return p.over(n.Input, func(c Operator) Operator { return newWindow(n, c) })
}

func newWindow(n *logical.Window, child Operator) *Window {
	out := child.Output()
	return &Window{unary{child}, n, append(out[:len(out):len(out)], logical.AttrsOf(n.List)...)}
}

// Output, Schema, WithChildren and String implement Operator.
func (w *Window) Output() []*logical.Attr { return w.out }

// Schema implements Operator.
func (w *Window) Schema() *columnar.Schema { return schemaOf(w.out) }

// WithChildren implements Operator.
func (w *Window) WithChildren(c []Operator) Operator { return newWindow(w.node, c[0]) }

// String implements Operator.
func (w *Window) String() string { return "Window [" + joinExprs(w.node.List) + "]" }

// Requires implements Operator.
func (w *Window) Requires() []Distribution {
	d := HashBy(w.node.PartitionBy)
	d.Order = append(ascending(w.node.PartitionBy), w.node.OrderBy...)
	return []Distribution{d}
}

// Lower implements Operator.
func (w *Window) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(w.Child)
	if err != nil {
		return nil, err
	}
	plan, err := newWindowPlan(x, w)
	if err != nil {
		return nil, err
	}
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) { plan.run(tc, in, yield) }
	}), nil
}

// windowPlan is what the tasks share.
type windowPlan struct {
	schema    *columnar.Schema
	input     *columnar.Schema
	bound     *Bound // all expressions: partition keys, ordering, then what the functions read
	partition int    // number of partition keys
	order     []*logical.SortKey
	calls     []*windowCall
	metrics   *Metrics
	limit     int64 // bytes of a partition that are held
	pieceRows int   // of a partition that does not fit
}

// windowCall is one function over a window. Expressions are named by their index in windowPlan.bound; -1: none.
type windowCall struct {
	call       *logical.Call
	frame      logical.Frame
	args       []int
	filter     int
	start, end int // offsets of the frame
}

func newWindowPlan(x *Exec, w *Window) (*windowPlan, error) {
	p := &windowPlan{schema: w.Schema(), input: w.Child.Schema(), partition: len(w.node.PartitionBy), order: w.node.OrderBy, metrics: x.Metrics(w)}
	exprs := append([]logical.Expr(nil), w.node.PartitionBy...)
	for _, k := range w.node.OrderBy {
		exprs = append(exprs, k.Child)
	}
	add := func(e logical.Expr) int {
		if e == nil {
			return -1
		}
		exprs = append(exprs, e)
		return len(exprs) - 1
	}
	for _, item := range w.node.List {
		e, call, err := windowExpr(item)
		if err != nil {
			return nil, err
		}
		c := &windowCall{call: call, frame: frameOf(e, p.order)}
		for _, a := range call.Args {
			c.args = append(c.args, add(a))
		}
		c.filter, c.start, c.end = add(call.Filter), add(c.frame.Start.Offset), add(c.frame.End.Offset)
		p.calls = append(p.calls, c)
	}
	p.limit = x.blockLimit()
	p.pieceRows = int(min(max(x.blockLimit()/(workingCopies*rowBytes(p.schema)), leastPiece), windowRows))
	var err error
	p.bound, err = x.Bind(exprs, w.Child.Output())
	return p, err
}

// windowExpr takes an item of a window's list apart.
func windowExpr(item logical.Expr) (*logical.WindowExpr, *logical.Call, error) {
	e := item
	if a, ok := e.(*logical.Alias); ok {
		e = a.Child
	}
	if w, ok := e.(*logical.WindowExpr); ok {
		if c, ok := w.Func.(*logical.Call); ok {
			return w, c, nil
		}
	}
	return nil, nil, columnar.Errorf("INTERNAL_ERROR", "%s is no call of a function over a window.", item).At(item.Position())
}

// frameOf is the frame of a window expression. Without one it goes up to the current row's peers where there is an ordering, and over all else.
func frameOf(e *logical.WindowExpr, order []*logical.SortKey) logical.Frame {
	switch {
	case e.Spec.Frame != nil:
		return *e.Spec.Frame
	case len(order) > 0:
		return logical.Frame{Unit: logical.FrameRange, End: logical.Bound{Kind: logical.CurrentRow}}
	}
	return logical.Frame{End: logical.Bound{Kind: logical.UnboundedFollowing}}
}

// windowRows is about how many rows are computed at a time.
const windowRows = 16 << 10

// leastPiece is how many rows are taken at once however little memory there is.
const leastPiece = 512

// workingCopies is about how often the rows that are computed are in memory, with their arguments, frames and results.
const workingCopies = 3

// run cuts the sorted input where one partition ends and another begins, and computes the pieces.
func (p *windowPlan) run(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error], yield func(columnar.Batch, error) bool) {
	t := &windowTask{windowPlan: p, tc: tc, yield: yield, reserve: tc.Reserve("window", nil), wanted: windowRows}
	var err error
	if t.ev, err = p.bound.Open(tc); err != nil {
		yield(columnar.Batch{}, err)
		return
	}
	more := true
	for b, err := range in {
		if err == nil && b.Live() > 0 {
			more, err = t.take(b.Compact(nil).Retain())
		}
		if err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		if !more {
			return
		}
	}
	if t.beyond != nil {
		_, err = t.beyond.finish()
	} else {
		_, err = t.compute(true)
	}
	if err != nil {
		yield(columnar.Batch{}, err)
	}
}

// windowTask is the work of one task.
type windowTask struct {
	*windowPlan
	tc      *rdd.TaskContext
	ev      *Evaluation
	reserve *rdd.Reservation
	yield   func(columnar.Batch, error) bool
	kept    []columnar.Batch
	rows    int
	wanted  int         // rows to wait for
	beyond  *hugeWindow // the partition that comes in, if it does not fit; nil: it does so far
}

// take adds a batch, and computes when there are enough rows.
func (t *windowTask) take(b columnar.Batch) (more bool, err error) {
	if t.beyond != nil {
		n, err := t.beyond.belonging(b)
		if err == nil {
			err = t.beyond.take(b.Slice(0, n))
		}
		if err != nil || n == b.Len {
			return true, err
		}
		if more, err = t.beyond.finish(); !more || err != nil {
			return more, err
		}
		t.beyond, b = nil, b.Slice(n, b.Len)
	}
	t.kept, t.rows = append(t.kept, b), t.rows+b.Len
	short := t.reserve.TryGrow(workingCopies*ownBytes(b)) != nil || t.reserve.Used() > t.limit
	if t.rows < t.wanted && !short {
		return true, nil
	}
	if more, err = t.compute(false); !more || err != nil {
		return more, err
	}
	t.wanted = max(windowRows, 2*t.rows)
	if short && t.rows > 2*t.pieceRows {
		t.beyond, err = t.huge()
	}
	return true, err
}

// ownBytes is what the rows of a batch take, without what its columns share with others.
func ownBytes(b columnar.Batch) int64 {
	var n int64
	for _, c := range b.Cols {
		s, ok := c.(*columnar.Strings)
		if !ok {
			n += c.Bytes()
			continue
		}
		n += 16 * int64(len(s.Views))
		for i := range s.Views {
			if l := s.Views[i].Length; l > columnar.InlineLen {
				n += int64(l)
			}
		}
	}
	return n
}

// compute gives the rows of the partitions that are complete: all but the last one, unless the input is over. more is false when nobody
// wants further rows.
func (t *windowTask) compute(over bool) (more bool, err error) {
	if t.rows == 0 {
		return true, nil
	}
	all := columnar.ConcatBatches(t.input, t.kept)
	t.kept = append(t.kept[:0], all)
	t.ev.Next(all)
	cols, err := t.ev.All(all, nil)
	if err != nil {
		return false, err
	}
	part := newPartitions(cols[:t.partition], cols[t.partition:t.partition+len(t.order)], all.Len)
	n := all.Len
	if !over {
		if n = int(part.First[n-1]); n == 0 {
			return true, nil // one partition so far
		}
		for i, c := range cols {
			cols[i] = c.Slice(0, n)
		}
		part.truncate(n)
	}
	out := all.Slice(0, n)
	out.Schema = t.schema
	for _, c := range t.calls {
		v, err := t.call(c, part, cols)
		if err != nil {
			return false, at(err, c.call.Pos)
		}
		out.Cols = append(out.Cols, v)
	}
	t.kept, t.rows = t.kept[:0], 0
	t.reserve.Shrink(t.reserve.Used())
	if n < all.Len {
		rest := all.Slice(n, all.Len)
		t.kept, t.rows = append(t.kept, rest), rest.Len
		// More than that is asked for with the next rows; too much of it makes the partition a huge one.
		_ = t.reserve.TryGrow(workingCopies * ownBytes(rest))
	}
	for lo := 0; lo < n; lo += columnar.BatchRows {
		if err := t.tc.Err(); err != nil {
			return false, err
		}
		if !t.yield(out.Slice(lo, min(lo+columnar.BatchRows, n)), nil) {
			return false, nil
		}
	}
	return true, nil
}

// call computes one function for all rows.
func (t *windowTask) call(c *windowCall, p *partitions, cols []columnar.Vector) (columnar.Vector, error) {
	wp := logical.WindowPartition{N: p.n, First: p.First, Last: p.Last, PeerStart: p.PeerStart, PeerEnd: p.PeerEnd, IgnoreNulls: c.call.IgnoreNulls}
	for _, i := range c.args {
		wp.Args = append(wp.Args, cols[i])
	}
	if offsetOnly[c.call.Fn.Name] { // its frame is only another form of its offset
		wp.Lo, wp.Hi = p.First, p.Last
	} else {
		f := frames{partitions: p, key: nil, zone: t.ev.ec.Zone}
		if len(t.order) == 1 {
			f.key, f.desc = cols[t.partition], t.order[0].Desc
		}
		var err error
		if wp.Lo, wp.Hi, err = f.of(c, cols); err != nil {
			return nil, err
		}
	}
	switch fn := c.call.Fn.Kind.(type) {
	case logical.Windower:
		f, err := fn(argTypes(c.call))
		if err != nil {
			return nil, err
		}
		return f.Eval(t.ev.ec, wp)
	case logical.Aggregator:
		if v, ok := picked(c, &wp); ok {
			return v, nil
		}
		a := &frameAggregate{ec: t.ev.ec, make: func() (logical.Accumulator, error) { return fn(argTypes(c.call)) }, part: &wp}
		if c.filter >= 0 {
			a.filter = columnar.SelectTrue(cols[c.filter], columnar.AllRows(p.n), []int32{})
			a.filtered = true
		}
		return a.eval()
	}
	return nil, columnar.Errorf("UNSUPPORTED_EXPR_FOR_WINDOW", "Expression %q not supported within a window function.", c.call)
}

// offsetOnly are the functions that do not look at frames.
var offsetOnly = map[string]bool{"lag": true, "lead": true, "row_number": true, "rank": true, "dense_rank": true, "percent_rank": true, "cume_dist": true, "ntile": true}

func argTypes(c *logical.Call) []columnar.Type {
	ts := make([]columnar.Type, len(c.Args))
	for i, a := range c.Args {
		ts[i] = a.Type()
	}
	return ts
}
