package physical

import (
	"fmt"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// aggregateCall is an aggregate function in a plan. Between phases its state travels in columns of its own.
type aggregateCall struct {
	call   *logical.Call
	raw    bool // in a mixed phase: it takes rows, where the others take states
	result *logical.Attr
	state  []*logical.Attr
}

func newAggregateCall(c *logical.Call) aggregateCall {
	a := aggregateCall{call: c, result: logical.NewAttr(c.String(), c.T, c.Null)}
	if acc, err := newAccumulator(c); err == nil { // an error shows when the operator is lowered
		for _, t := range acc.StateTypes() {
			a.state = append(a.state, logical.NewAttr("buf", t, true))
		}
	}
	return a
}

func newAccumulator(c *logical.Call) (logical.Accumulator, error) {
	types := make([]columnar.Type, len(c.Args))
	for i, a := range c.Args {
		types[i] = a.Type()
	}
	acc, err := c.Fn.Kind.(logical.Aggregator)(types)
	return acc, at(err, c.Pos)
}

// aggregateStage says what of its calls a phase takes and gives.
type aggregateStage uint8

// The phases. Those that give results, and the merge, want the rows of a group together.
const (
	stagePartial      aggregateStage = iota // rows → states, within a task
	stageFinal                              // states → results
	stageComplete                           // rows → results
	stageMerge                              // states → states, of all tasks
	stageMixed                              // states, and rows for raw calls → results
	stageMixedPartial                       // states, and rows for raw calls → states, within a task
)

var stageNames = [...]string{"partial_", "", "", "merge_", "", "partial_"}

func (s aggregateStage) local() bool { return s == stagePartial || s == stageMixedPartial }
func (s aggregateStage) givesState() bool {
	return s == stagePartial || s == stageMerge || s == stageMixedPartial
}

// takesRows says whether a call takes rows in the phase, not states.
func (s aggregateStage) takesRows(c *aggregateCall) bool {
	switch s {
	case stagePartial, stageComplete:
		return true
	case stageMixed, stageMixedPartial:
		return c.raw
	}
	return false
}

// HashAggregate groups rows by Keys and computes aggregate functions of each group, in one phase of several. Without keys there is one
// group even of no rows.
type HashAggregate struct {
	unary
	Keys   []logical.Expr // Attrs and Aliases
	calls  []aggregateCall
	stage  aggregateStage
	spread []logical.Expr // by which a phase that is not local wants the rows spread; nil: by Keys
	out    []*logical.Attr
	schema *columnar.Schema
}

func newHashAggregate(child Operator, keys []logical.Expr, calls []aggregateCall, stage aggregateStage) *HashAggregate {
	h := &HashAggregate{unary: unary{child}, Keys: keys, calls: calls, stage: stage, out: logical.AttrsOf(keys)}
	for i := range calls {
		if stage.givesState() {
			h.out = append(h.out, calls[i].state...)
		} else {
			h.out = append(h.out, calls[i].result)
		}
	}
	h.schema = schemaOf(h.out)
	return h
}

// Output implements Operator.
func (h *HashAggregate) Output() []*logical.Attr { return h.out }

// Schema implements Operator.
func (h *HashAggregate) Schema() *columnar.Schema { return h.schema }

// WithChildren implements Operator.
func (h *HashAggregate) WithChildren(c []Operator) Operator {
	out := *h
	out.Child = c[0]
	return &out
}

// Requires implements Operator.
func (h *HashAggregate) Requires() []Distribution {
	switch {
	case h.stage.local():
		return nil
	case h.spread != nil:
		return []Distribution{HashBy(h.spread)}
	}
	keys := make([]logical.Expr, len(h.Keys))
	for i, k := range h.Keys {
		keys[i] = stripAlias(k)
	}
	return []Distribution{HashBy(keys)}
}

// Provides implements Operator: groups stay where their rows were, in no order.
func (h *HashAggregate) Provides() []Distribution {
	ds := renamed(h.Child.Provides(), h.Keys)
	for i := range ds {
		ds[i].Order = nil
		if ds[i].Partitioning == Range {
			ds[i] = Distribution{}
		}
	}
	return ds
}

// String implements Operator.
func (h *HashAggregate) String() string {
	calls := ""
	for i, c := range h.calls {
		if i > 0 {
			calls += ", "
		}
		calls += stageNames[h.stage] + c.call.String()
	}
	return fmt.Sprintf("HashAggregate(keys=[%s], functions=[%s])", joinExprs(h.Keys), calls)
}

// fused is the aggregate in one phase where its child is the partial phase of the same: no exchange came between, because the rows were
// spread right already.
func (h *HashAggregate) fused() Operator {
	p, ok := h.Child.(*HashAggregate)
	if !ok || h.stage != stageFinal || p.stage != stagePartial {
		return h
	}
	f := newHashAggregate(p.Child, p.Keys, h.calls, stageComplete)
	return f
}

// boundCalls are an aggregate's expressions, bound: first the keys, then for each call its arguments (or states), filter and ordering.
type boundCalls struct {
	bound *Bound
	at    []callAt
}

// callAt is where a call's expressions stand; -1: none.
type callAt struct{ args, nargs, filter, order, norder int }

func (h *HashAggregate) bind(x *Exec) (*boundCalls, error) {
	exprs := append([]logical.Expr(nil), h.Keys...)
	b := &boundCalls{}
	for i := range h.calls {
		c := &h.calls[i]
		at := callAt{args: len(exprs), filter: -1, order: -1}
		if h.stage.takesRows(c) {
			exprs = append(exprs, c.call.Args...)
			at.nargs = len(c.call.Args)
			if c.call.Filter != nil {
				at.filter = len(exprs)
				exprs = append(exprs, c.call.Filter)
			}
			at.order, at.norder = len(exprs), len(c.call.OrderBy)
			for _, k := range c.call.OrderBy {
				exprs = append(exprs, k.Child)
			}
		} else {
			exprs = append(exprs, attrExprs(c.state)...)
			at.nargs = len(c.state)
		}
		b.at = append(b.at, at)
	}
	var err error
	b.bound, err = x.Bind(exprs, h.Child.Output())
	return b, err
}

// Lower implements Operator.
func (h *HashAggregate) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(h.Child)
	if err != nil {
		return nil, err
	}
	for i := range h.calls {
		if _, err := newAccumulator(h.calls[i].call); err != nil {
			return nil, err
		}
	}
	bound, err := h.bind(x)
	if err != nil {
		return nil, err
	}
	size, m := x.Conf.batchRows(), x.Metrics(h)
	return rdd.MapPartitions(in, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			a := &aggregation{h: h, tc: tc, at: bound.at, size: size, metrics: m, yield: yield}
			var err error // of this task: the one outside is shared by all
			if a.ev, err = bound.bound.Open(tc); err == nil {
				err = a.run(in)
			}
			if err != nil && err != errStopped {
				yield(columnar.Batch{}, err)
			}
		}
	}), nil
}
