package physical

import (
	"context"
	"errors"
	"fmt"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// collected is rows of a plan that are held for the rest of a query: a broadcast or a subquery.
type collected struct {
	batches []columnar.Batch // dense and owned
	reserve *rdd.Reservation
	users   int // operators that read them
}

// collect runs a plan now and gives its rows in order. Their memory is reserved until the query ends.
func (x *Exec) collect(op Operator) (*collected, error) {
	r, err := x.RDD(op)
	if err != nil {
		return nil, err
	}
	reserve := x.reserve("collected " + op.String())
	c := &collected{reserve: reserve}
	for b, err := range rdd.Stream(x.Context, settling(r), 4*x.Conf.slots(), rdd.Encoding(batchCodec{op.Schema()}), rdd.Tag(x.Conf.Tag)) {
		if err == nil {
			err = reserve.Grow(b.Bytes())
		}
		if err != nil {
			reserve.Release()
			return nil, err
		}
		c.batches = append(c.batches, b)
	}
	return c, nil
}

// reserve opens a claim that is given back when the query ends.
func (x *Exec) reserve(owner string) *rdd.Reservation {
	r := x.SC.Reserve(owner)
	context.AfterFunc(x.Context, r.Release)
	x.held = append(x.held, r)
	return r
}

// release gives back all that is reserved, so that the next query finds it free; the end of the context does so a moment later.
func (x *Exec) release() {
	for _, r := range x.held {
		r.Release()
	}
}

// reserveTable claims what a table of a broadcast will take.
func (x *Exec) reserveTable(owner string, bytes int64) error {
	r := x.reserve(owner)
	x.tables = append(x.tables, r)
	return r.Grow(bytes)
}

// Broadcast is all rows of a child that an Exchange of Broadcast makes: every task may read them.
func (x *Exec) Broadcast(child Operator) ([]columnar.Batch, error) {
	if c := x.broadcasts[child]; c != nil {
		return c.batches, nil
	}
	c, err := x.collectOnce(child)
	if err != nil {
		return nil, err
	}
	c.users++
	x.broadcasts[child] = c
	m := x.Metrics(child)
	for _, b := range c.batches {
		m.Rows.Add(int64(b.Len))
	}
	return c.batches, nil
}

// collectOnce gives the rows of a broadcast; one that computes what an earlier one does is not run again.
func (x *Exec) collectOnce(child Operator) (*collected, error) {
	e, ok := child.(*Exchange)
	if !ok || e.Dist.Partitioning != Broadcast {
		return x.collect(child)
	}
	key, ok := exchangeKey(e)
	if !ok {
		key = fmt.Sprintf("%p", e.Child) // the same child may be asked for by several exchanges
	}
	if c := x.collected[key]; c != nil {
		x.Metrics(e).Reused.Store(true)
		return c, nil
	}
	c, err := x.collect(e.Child)
	if err == nil {
		x.collected[key] = c
	}
	return c, err
}

// forget gives a broadcast's memory back when its last reader wants it no more.
func (x *Exec) forget(child Operator) {
	c := x.broadcasts[child]
	delete(x.broadcasts, child)
	if c == nil {
		return
	}
	if c.users--; c.users > 0 {
		return
	}
	for key, other := range x.collected {
		if other == c {
			delete(x.collected, key)
		}
	}
	c.reserve.Release()
}

// tooLarge is why an operator cannot be lowered as it is: what it broadcasts does not fit the memory.
type tooLarge struct {
	op  Operator
	err error
}

// Error implements error.
func (t *tooLarge) Error() string { return t.err.Error() }

// Unwrap gives the lack of memory.
func (t *tooLarge) Unwrap() error { return t.err }

// outgrown marks the error of an operator whose broadcast child could not be collected, if that is for lack of memory; others are
// returned as they are.
func (x *Exec) outgrown(op, child Operator, err error) error {
	var memory *rdd.MemoryError
	var below *tooLarge
	if errors.As(err, &below) || !errors.As(err, &memory) {
		return err
	}
	x.forget(child)
	return &tooLarge{op, err}
}

// settle lowers a plan. Where a broadcast does not fit the memory it makes the plan do without, and begins anew with what has been
// collected by then.
func (x *Exec) settle(op Operator) (*rdd.RDD[columnar.Batch], Operator, error) {
	for {
		r, err := x.RDD(op)
		next := x.without(op, err)
		if next == nil {
			return r, op, err
		}
		op = next
		x.relower()
	}
}

// collectSubquery is collect for a plan of its own, with broadcasts as far as they fit.
func (x *Exec) collectSubquery(op Operator) (*collected, error) {
	for {
		c, err := x.collect(op)
		next := x.without(op, err)
		if next == nil {
			return c, err
		}
		op = next
	}
}

// without is the plan to try after an error: without the broadcast that was too large. It is nil if that was not the error.
func (x *Exec) without(op Operator, err error) Operator {
	var large *tooLarge
	if !errors.As(err, &large) {
		return nil
	}
	next := (&unbroadcast{large.op, map[Operator]Operator{}}).rewrite(op)
	if next == op {
		return nil
	}
	return ensure(next, &x.Conf)
}

// relower forgets what was lowered, but not what was collected: operators know of each other through it, as scans do of the joins above them.
func (x *Exec) relower() {
	for _, r := range x.tables {
		r.Release()
	}
	x.tables = nil
	clear(x.lowered)
	clear(x.exchanges)
	clear(x.scanFilters)
	clear(x.parents)
}

// unbroadcast rewrites a plan so that an operator does not broadcast. An operator that stands at several places stays one.
type unbroadcast struct {
	target Operator
	done   map[Operator]Operator
}

func (u *unbroadcast) rewrite(op Operator) Operator {
	if out := u.done[op]; out != nil {
		return out
	}
	out := op
	kids := op.Children()
	next := make([]Operator, len(kids))
	changed := false
	for i, k := range kids {
		next[i] = u.rewrite(k)
		changed = changed || next[i] != k
	}
	if changed {
		out = op.WithChildren(next)
	}
	if op == u.target {
		out = withoutBroadcast(out)
	}
	u.done[op] = out
	return out
}

// withoutBroadcast is the operator that does the same with children of any size: a hash join whose two sides are spread, or a nested loop over
// a build side that each task reads from where it is.
func withoutBroadcast(op Operator) Operator {
	switch op := op.(type) {
	case *HashJoin:
		if op.mode.nullAware {
			c := *op
			c.blocks = true
			return c.WithChildren([]Operator{unwrapped(op.Left), unwrapped(op.Right)})
		}
		return newHashJoin(op.spec, unwrapped(op.Left), unwrapped(op.Right), op.BuildLeft, false)
	case *NestedLoopJoin:
		c := *op
		c.blocks = true
		return c.WithChildren([]Operator{unwrapped(op.Left), unwrapped(op.Right)})
	case *gathered:
		return unwrapped(op.Child)
	}
	return op
}

// unwrapped is what an exchange of Broadcast broadcasts.
func unwrapped(op Operator) Operator {
	if e, ok := op.(*Exchange); ok && e.Dist.Partitioning == Broadcast {
		return e.Child
	}
	return op
}
