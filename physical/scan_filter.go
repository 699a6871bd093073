package physical

import (
	"iter"
	"maps"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Conditions over a scan and the keys of joins above it are handed down to a scan that can apply them while it reads: it decodes the other
// columns only where rows are left, and leaves out what cannot match.

// openFilter makes a filter of a scan for one task.
type openFilter func(tc *rdd.TaskContext) (logical.RowFilter, error)

// countParents counts, over a plan that is about to be lowered, how many operators read each one.
func (x *Exec) countParents(op Operator) {
	if _, seen := x.parents[op]; seen {
		return
	}
	x.parents[op] = 0
	for _, c := range op.Children() {
		x.countParents(c)
		x.parents[c]++
	}
}

// filters says whether rows that its only reader drops can be dropped by a scan.
func (x *Exec) filters(s *Scan) bool {
	f, ok := s.scan.(logical.FilteringScan)
	return ok && f.AppliesFilters() && x.parents[s] <= 1
}

func allDeterministic(es []logical.Expr) bool {
	for _, e := range es {
		if !deterministic(e) {
			return false
		}
	}
	return true
}

// predicates are conjuncts in pieces, each of neighbours that read the same columns: columns of later ones are decoded for few rows.
func (x *Exec) predicates(conds []logical.Expr, input []*logical.Attr) ([]predicate, error) {
	var out []predicate
	for lo, hi := 0, 1; lo < len(conds); lo, hi = hi, hi+1 {
		for hi < len(conds) && maps.Equal(columnsOf(conds[lo]), columnsOf(conds[hi])) {
			hi++
		}
		bound, err := x.Bind(conds[lo:hi], input)
		if err != nil {
			return nil, err
		}
		out = append(out, predicate{bound})
	}
	return out, nil
}

// conditions is the filter that conditions over the scan's columns make. What it takes is subtracted from the time of the scan in m.
func (s *Scan) conditions(p predicate, m *Metrics) openFilter {
	_, columns := pickAttrs(s.Output(), columnsOf(p.bound.exprs...))
	return func(tc *rdd.TaskContext) (logical.RowFilter, error) {
		apply, err := p.open(tc)
		return &conditionFilter{columns: columns, apply: apply, metrics: m}, err
	}
}

// conditionFilter keeps the rows for which conditions are true.
type conditionFilter struct {
	columns []int
	apply   func(columnar.Batch) (columnar.Batch, error)
	metrics *Metrics
}

// Columns and Bounds implement logical.RowFilter. The scan has had the conditions as filters when it was planned.
func (f *conditionFilter) Columns() []int         { return f.columns }
func (f *conditionFilter) Bounds() []logical.Expr { return nil }

// Keep implements logical.RowFilter.
func (f *conditionFilter) Keep(b columnar.Batch) (columnar.Batch, error) {
	from := time.Now()
	b, err := f.apply(b)
	f.metrics.Nanos.Add(-int64(time.Since(from)))
	return b, err
}

// timed adds the time that a stream takes until each batch comes.
func (m *Metrics) timed(in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		from := time.Now()
		for b, err := range in {
			m.Nanos.Add(int64(time.Since(from)))
			if !yield(b, err) {
				return
			}
			from = time.Now()
		}
		m.Nanos.Add(int64(time.Since(from)))
	}
}

// pushKeys hands the keys of a broadcast join down to the scan that its probe side's keys come from, if rows without a match have no part in
// the result.
func (x *Exec) pushKeys(j *HashJoin, probe Operator, probeKeys []logical.Expr, table func(*rdd.TaskContext) (*joinTable, error)) error {
	if !j.mode.dropsUnmatched() {
		return nil
	}
	ids := make([]logical.ID, len(probeKeys))
	for i, k := range probeKeys {
		a, ok := k.(*logical.Attr)
		if !ok {
			return nil
		}
		ids[i] = a.ID
	}
	s, ids := x.scanBelow(probe, ids)
	if s == nil {
		return nil
	}
	keys := make([]logical.Expr, len(ids))
	columns := make([]int, len(ids))
	for i, id := range ids {
		for c, a := range s.Output() {
			if a.ID == id {
				keys[i], columns[i] = a, c
			}
		}
	}
	bound, err := x.Bind(keys, s.Output())
	if err != nil {
		return err
	}
	x.scanFilters[s] = append(x.scanFilters[s], func(tc *rdd.TaskContext) (logical.RowFilter, error) {
		t, err := table(tc)
		if err != nil {
			return nil, err
		}
		ev, err := bound.Open(tc)
		return &joinKeyFilter{columns: columns, attrs: keys, table: t, keys: ev, lookups: rdd.Scratch[lookups](tc, "join filter")}, err
	})
	return nil
}

// scanBelow is the scan whose columns the columns ids of op are, if operators between them only pass its rows on or drop some, and if it may
// drop rows itself; with the columns' IDs there.
func (x *Exec) scanBelow(op Operator, ids []logical.ID) (*Scan, []logical.ID) {
	if x.parents[op] > 1 {
		return nil, nil
	}
	switch op := op.(type) {
	case *Scan:
		if x.filters(op) && hasAll(op, ids) {
			return op, ids
		}
	case *Filter:
		if allDeterministic(op.Conds) {
			return x.scanBelow(op.Child, ids)
		}
	case *Project:
		if ids, ok := renamedFrom(op.List, ids); ok && allDeterministic(op.List) {
			return x.scanBelow(op.Child, ids)
		}
	case *HashJoin:
		probe, _, _, _ := op.sides()
		if op.Broadcast && !op.mode.tracksBuild() && hasAll(probe, ids) {
			return x.scanBelow(probe, ids)
		}
	}
	return nil, nil
}

// hasAll says whether an operator gives all the columns.
func hasAll(op Operator, ids []logical.ID) bool {
	have := idSet(op.Output())
	for _, id := range ids {
		if !have[id] {
			return false
		}
	}
	return true
}

// renamedFrom is the columns that a projection passes on under the IDs.
func renamedFrom(list []logical.Expr, ids []logical.ID) ([]logical.ID, bool) {
	out := make([]logical.ID, len(ids))
	for i, id := range ids {
		found := false
		for _, e := range list {
			switch e := e.(type) {
			case *logical.Attr:
				if e.ID == id {
					out[i], found = id, true
				}
			case *logical.Alias:
				if a, ok := e.Child.(*logical.Attr); ok && e.ID == id {
					out[i], found = a.ID, true
				}
			}
		}
		if !found {
			return nil, false
		}
	}
	return out, true
}

// joinKeyFilter drops rows whose keys a join's table does not have.
type joinKeyFilter struct {
	columns []int
	attrs   []logical.Expr
	table   *joinTable
	keys    *Evaluation
	cols    []columnar.Vector
	likely  adaptiveFilter
	*lookups
}

// lookups is the memory in which words are looked up.
type lookups struct {
	words []uint64
	heads []int32
	sel   []int32
}

// Columns implements logical.RowFilter.
func (f *joinKeyFilter) Columns() []int { return f.columns }

// Keep implements logical.RowFilter. Keys that would have to be hashed are left to the join, which does it for fewer rows.
func (f *joinKeyFilter) Keep(b columnar.Batch) (columnar.Batch, error) {
	n := b.Live()
	if f.likely.off || n == 0 || !f.table.exact() {
		return b, nil
	}
	f.keys.Next(b)
	var err error
	if f.cols, err = f.keys.All(b, f.cols); err != nil {
		return b, err
	}
	rows := b.LiveRows()
	f.words = sized(f.words, n)
	f.table.words(f.keys.Context().Pool, f.cols, rows, f.words)
	if f.likely.filter == nil {
		f.heads = sized(f.heads, n)
		f.table.find(f.words, f.heads)
		f.likely.watch(f.table, f.heads)
		return b, nil
	}
	f.sel = sized(f.sel, n)
	_, kept := f.likely.narrow(f.words, rows, f.sel)
	if len(kept) < n {
		b.Sel = kept
	}
	return b, nil
}

// Bounds implements logical.RowFilter: keys lie between the least and the greatest of the table.
func (f *joinKeyFilter) Bounds() []logical.Expr {
	if !f.table.exact() || f.table.n == 0 {
		return nil
	}
	var out []logical.Expr
	for i, c := range f.table.packer.cols {
		least := integer(f.attrs[i].Type(), c.least)
		greatest := integer(f.attrs[i].Type(), int64(uint64(c.least)+c.span))
		if c.nulls == 0 && least != nil && greatest != nil {
			out = append(out, boundary(">=", f.attrs[i], least), boundary("<=", f.attrs[i], greatest))
		}
	}
	return out
}

func boundary(op string, column logical.Expr, value columnar.Vector) logical.Expr {
	return &logical.Call{Fn: &logical.Function{Name: op}, Args: []logical.Expr{column, &logical.Literal{Value: value}}, T: columnar.BooleanType}
}

// integer is a value of a type that is laid out as an integer; nil if it does not fit.
func integer(t columnar.Type, v int64) columnar.Vector {
	switch l := t.Layout(); {
	case l == columnar.LayoutInt8 && int64(int8(v)) == v:
		return columnar.NewFixed(t, []int8{int8(v)}, nil)
	case l == columnar.LayoutInt16 && int64(int16(v)) == v:
		return columnar.NewFixed(t, []int16{int16(v)}, nil)
	case l == columnar.LayoutInt32 && int64(int32(v)) == v:
		return columnar.NewFixed(t, []int32{int32(v)}, nil)
	case l == columnar.LayoutInt64:
		return columnar.NewFixed(t, []int64{v}, nil)
	}
	return nil
}
