package physical

import (
	"errors"
	"iter"
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// errStopped says that the consumer wants no more.
var errStopped = errors.New("stopped")

// aggregation is a HashAggregate at work in one task.
type aggregation struct {
	h       *HashAggregate
	tc      *rdd.TaskContext
	ev      *Evaluation
	at      []callAt
	size    int // rows of the batches given
	metrics *Metrics
	yield   func(columnar.Batch, error) bool
	reserve *rdd.Reservation

	groups grouper
	calls  []callRun
	rows   int  // taken since the table was empty
	limit  int  // groups of a partial phase's table
	direct bool // the table does not reduce: each row is a group
	spills aggregateSpill

	keys  []columnar.Vector
	args  []columnar.Vector
	group []uint32
}

// A partial phase empties its table when it has partialGroups groups, while it is still in the processor's near cache; and gives up grouping
// when then more than notReduced of 10 rows were groups of their own. Where the rows so far let expect that there are no more than widestGroups
// groups in all, it goes on to that many and some: then each group goes on once, and a miss of the cache costs less than moving the row.
const (
	partialGroups = 1 << 16
	widestGroups  = 160_000
	notReduced    = 6
)

func (a *aggregation) run(in iter.Seq2[columnar.Batch, error]) error {
	a.reserve = a.tc.Reserve("aggregate", a.spillFunc())
	defer a.reserve.Release()
	if err := a.reset(); err != nil {
		return err
	}
	for b, err := range in {
		if err == nil {
			err = a.take(b)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case a.direct:
		return nil
	case a.spills.parts != nil:
		return a.finishSpilled()
	}
	return a.flush()
}

// reset begins an empty table.
func (a *aggregation) reset() error {
	if a.groups == nil {
		types := make([]columnar.Type, len(a.h.Keys))
		for i, k := range a.h.Keys {
			types[i] = k.Type()
		}
		a.groups = newGrouper(types)
	} else {
		a.groups.reset()
	}
	a.rows, a.limit, a.calls = 0, partialGroups, a.calls[:0]
	for i := range a.h.calls {
		c := &a.h.calls[i]
		acc, err := newAccumulator(c.call)
		if err != nil {
			return err
		}
		a.calls = append(a.calls, callRun{call: c.call, acc: acc, at: a.at[i], rows: a.h.stage.takesRows(c)})
	}
	return nil
}

// take adds a batch to the groups.
func (a *aggregation) take(b columnar.Batch) error {
	if b.Live() == 0 {
		return nil
	}
	if b.Sel != nil && a.h.stage != stagePartial && a.h.stage != stageComplete {
		b = b.Compact(nil) // states are merged dense
	}
	if a.direct {
		return a.passOn(b)
	}
	a.ev.Next(b)
	rows := b.LiveRows()
	a.rows += rows.Count()
	var err error
	if a.keys, err = a.evalRange(b, 0, len(a.h.Keys), a.keys); err != nil {
		return err
	}
	a.group = sized(a.group, rows.Count())
	a.groups.assign(a.keys, rows, a.group)
	for i := range a.calls {
		if err := a.update(&a.calls[i], b, rows); err != nil {
			return err
		}
	}
	return a.bound()
}

func (a *aggregation) evalRange(b columnar.Batch, from, n int, dst []columnar.Vector) ([]columnar.Vector, error) {
	dst = dst[:0]
	for i := from; i < from+n; i++ {
		v, err := a.ev.Eval(i, b, b.LiveRows())
		if err != nil {
			return nil, err
		}
		dst = append(dst, v)
	}
	return dst, nil
}

// update feeds one call.
func (a *aggregation) update(c *callRun, b columnar.Batch, rows columnar.Rows) error {
	c.acc.Resize(a.groups.len())
	group := a.group
	if c.rows && c.at.filter >= 0 {
		v, err := a.ev.Eval(c.at.filter, b, rows)
		if err != nil {
			return err
		}
		if rows, group = c.narrow(columnar.SelectTrue(v, rows, c.sel), rows, group); rows.Count() == 0 {
			return nil
		}
		b.Sel = rows.Sel
		defer a.ev.Narrowed()
	}
	args, err := a.evalRange(b, c.at.args, c.at.nargs, a.args)
	if err != nil {
		return err
	}
	a.args = args
	if !c.rows {
		return at(c.acc.Merge(a.ev.ec, group, args), c.call.Pos)
	}
	return at(c.update(a, b, rows, group, args), c.call.Pos)
}

// bound keeps the table within its limits: a partial phase gives what it has and begins anew.
func (a *aggregation) bound() error {
	partial := a.h.stage.local() && len(a.h.Keys) > 0
	if partial && a.groups.len() >= a.limit && !a.widened() {
		return a.empty()
	}
	err := a.account()
	if err != nil && partial {
		return a.empty()
	}
	return err
}

// widened raises the limit of the table if few more groups are to be expected. Of so many groups that are equally frequent, the rows so far would
// have shown expected many; fewer of groups that are not.
func (a *aggregation) widened() bool {
	expected := widestGroups * (1 - math.Exp(-float64(a.rows)/widestGroups))
	if a.limit > partialGroups || float64(a.groups.len()) > expected {
		return false
	}
	a.limit = widestGroups + widestGroups/4
	return true
}

// account reserves what the table holds. Doing so may spill it.
func (a *aggregation) account() error {
	used := a.groups.bytes()
	for i := range a.calls {
		used += a.calls[i].acc.Bytes() + a.calls[i].bytes()
	}
	delta := used - a.reserve.Used()
	if delta <= 0 {
		a.reserve.Shrink(-delta)
		return nil
	}
	err := a.reserve.TryGrow(delta)
	if a.rows == 0 || a.groups.len() == 0 {
		// It was spilled to make room for itself, and needs none now.
		a.reserve.Shrink(a.reserve.Used())
		return nil
	}
	if err != nil && !(a.h.stage.local() && len(a.h.Keys) > 0) { // that one can give what it has, and need not wait
		err = a.reserve.Grow(delta)
	}
	return err
}

// empty gives the partial table, and decides whether grouping on is worth it.
func (a *aggregation) empty() error {
	a.direct = a.h.stage == stagePartial && a.groups.len()*10 > a.rows*notReduced && !a.filtered()
	if err := a.flush(); err != nil {
		return err
	}
	a.reserve.Release()
	return a.reset()
}

// filtered says whether some call passes over rows.
func (a *aggregation) filtered() bool {
	for i := range a.calls {
		if a.calls[i].at.filter >= 0 || a.calls[i].call.IgnoreNulls {
			return true
		}
	}
	return false
}

// passOn gives each row as a group of its own.
func (a *aggregation) passOn(b columnar.Batch) error {
	b = b.Compact(nil)
	a.ev.Next(b)
	keys, err := a.evalRange(b, 0, len(a.h.Keys), nil)
	if err != nil {
		return err
	}
	cols := keys
	for i := range a.calls {
		state, err := a.rowStates(&a.calls[i], b)
		if err != nil {
			return err
		}
		cols = append(cols, state...)
	}
	if !a.yield(columnar.Batch{Schema: a.h.schema, Cols: cols, Len: b.Len}, nil) {
		return errStopped
	}
	return nil
}

// rowStates are a call's states of the rows of a dense batch, each a group of its own.
func (a *aggregation) rowStates(c *callRun, b columnar.Batch) ([]columnar.Vector, error) {
	args, err := a.evalRange(b, c.at.args, c.at.nargs, a.args)
	if err != nil {
		return nil, at(err, c.call.Pos)
	}
	a.args = args
	if l, ok := c.acc.(logical.Lifter); ok {
		return l.Lift(a.ev.ec, args, b.Len), nil
	}
	acc, err := newAccumulator(c.call)
	if err != nil {
		return nil, err
	}
	a.group = sized(a.group, b.Len)
	for i := range a.group {
		a.group[i] = uint32(i)
	}
	acc.Resize(b.Len)
	if err := acc.Update(a.ev.ec, a.group, b.LiveRows(), args); err != nil {
		return nil, at(err, c.call.Pos)
	}
	state, err := acc.State()
	return state, at(err, c.call.Pos)
}

// flush gives all groups.
func (a *aggregation) flush() error {
	n := a.groups.len()
	if n == 0 {
		return nil
	}
	a.spills.emitting = true
	defer func() { a.spills.emitting = false }()
	all := columnar.Batch{Schema: a.h.schema, Len: n, Cols: a.groups.keys()}
	for i := range a.calls {
		c := &a.calls[i]
		c.acc.Resize(n)
		vs, err := c.finish(a)
		if err != nil {
			return at(err, c.call.Pos)
		}
		all.Cols = append(all.Cols, vs...)
	}
	for lo := 0; lo < n; lo += a.size {
		if !a.yield(all.Slice(lo, min(lo+a.size, n)), nil) {
			return errStopped
		}
	}
	return nil
}

// callRun is one call's part of an aggregation.
type callRun struct {
	call    *logical.Call
	acc     logical.Accumulator
	at      callAt
	rows    bool    // it takes rows, not states
	seen    grouper // of a DISTINCT call: groups with argument values
	ordered *orderedRows

	sel   []int32
	group []uint32
	ids   []uint32
}

func (c *callRun) bytes() int64 {
	var n int64
	if c.seen != nil {
		n += c.seen.bytes()
	}
	if c.ordered != nil {
		n += c.ordered.bytes
	}
	return n
}

// narrow restricts rows, of the groups given, to those in sel, which is a part of them in the same order.
func (c *callRun) narrow(sel []int32, rows columnar.Rows, group []uint32) (columnar.Rows, []uint32) {
	c.sel = sel
	if len(sel) == rows.Count() {
		return rows, group
	}
	out := sized(c.group, len(sel))
	c.group = out
	if rows.Sel == nil {
		for i, r := range sel {
			out[i] = group[r]
		}
		return columnar.Rows{N: rows.N, Sel: sel}, out
	}
	k := 0
	for i, r := range sel {
		for rows.Sel[k] != r {
			k++
		}
		out[i] = group[k]
	}
	return columnar.Rows{N: rows.N, Sel: sel}, out
}

// update adds rows: without those that IGNORE NULLS passes over and those that DISTINCT has seen; ordered ones are kept for the end.
func (c *callRun) update(a *aggregation, b columnar.Batch, rows columnar.Rows, group []uint32, args []columnar.Vector) error {
	if c.call.IgnoreNulls && len(args) > 0 && args[0].HasNulls() {
		sel := make([]int32, 0, rows.Count())
		for i := range rows.Count() {
			if r := rows.Row(i); !args[0].IsNull(r) {
				sel = append(sel, int32(r))
			}
		}
		group = append([]uint32(nil), group...) // it may be c.group, which narrow writes
		rows, group = c.narrow(sel, rows, group)
	}
	if c.call.Distinct {
		rows, group = c.unseen(rows, group, args)
	}
	if rows.Count() == 0 {
		return nil
	}
	if c.at.norder > 0 {
		keys, err := a.evalRange(b, c.at.order, c.at.norder, nil)
		if err != nil {
			return err
		}
		return c.keepOrdered(rows, group, args, keys)
	}
	return c.acc.Update(a.ev.ec, group, rows, args)
}

// unseen narrows rows to the first of each group with its argument values.
func (c *callRun) unseen(rows columnar.Rows, group []uint32, args []columnar.Vector) (columnar.Rows, []uint32) {
	if c.seen == nil {
		types := []columnar.Type{columnar.IntType}
		for _, v := range args {
			types = append(types, v.Type())
		}
		c.seen = newGrouper(types)
	}
	of := make([]int32, rows.N)
	for i, g := range group {
		of[rows.Row(i)] = int32(g)
	}
	c.ids = sized(c.ids, len(group))
	next := uint32(c.seen.len())
	c.seen.assign(append([]columnar.Vector{columnar.NewFixed(columnar.IntType, of, nil)}, args...), rows, c.ids)
	sel := make([]int32, 0, len(group))
	out := make([]uint32, 0, len(group))
	for i, id := range c.ids {
		if id == next { // new ones are numbered in the order of rows
			next++
			sel, out = append(sel, int32(rows.Row(i))), append(out, group[i])
		}
	}
	return columnar.Rows{N: rows.N, Sel: sel}, out
}

// finish is the states or results of all groups.
func (c *callRun) finish(a *aggregation) ([]columnar.Vector, error) {
	if c.ordered != nil {
		if err := c.ordered.feed(a.ev.ec, c); err != nil {
			return nil, err
		}
	}
	if a.h.stage.givesState() {
		return c.acc.State()
	}
	v, err := c.acc.Result(a.ev.ec)
	return []columnar.Vector{v}, err
}
