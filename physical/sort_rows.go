package physical

import (
	"iter"
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// sortPlan is what the tasks of a sort share. Rows are kept with the values of those keys that are not columns already.
type sortPlan struct {
	keys     []*logical.SortKey
	at       []int // the column of each key, in rows with computed keys
	computed *Bound
	rows     *columnar.Schema
	full     *columnar.Schema // rows with the computed keys
	metrics  *Metrics
}

// newSortPlan prepares for sorting batches of the input columns.
func newSortPlan(x *Exec, keys []*logical.SortKey, input []*logical.Attr, m *Metrics) (*sortPlan, error) {
	p := &sortPlan{keys: keys, rows: schemaOf(input), metrics: m}
	full := append([]columnar.Field(nil), p.rows.Fields...)
	var exprs []logical.Expr
	for _, k := range keys {
		at := -1
		for i, a := range input {
			if sameExpr(a, k.Child) {
				at = i
			}
		}
		if at < 0 {
			at = len(full)
			exprs = append(exprs, k.Child)
			full = append(full, columnar.Field{Type: k.Type(), Nullable: true})
		}
		p.at = append(p.at, at)
	}
	p.full = &columnar.Schema{Fields: full}
	var err error
	p.computed, err = x.Bind(exprs, input)
	return p, err
}

// keyCols is the key columns of a batch with computed keys.
func (p *sortPlan) keyCols(b columnar.Batch) []columnar.Vector {
	cols := make([]columnar.Vector, len(p.at))
	for i, at := range p.at {
		cols[i] = b.Cols[at]
	}
	return cols
}

// withKeys adds the computed keys to a batch, dense and owned.
func (p *sortPlan) withKeys(ev *Evaluation, b columnar.Batch) (columnar.Batch, error) {
	b = b.Compact(nil).Retain()
	ev.Next(b)
	computed, err := ev.All(b, nil)
	if err != nil {
		return b, err
	}
	out := columnar.Batch{Schema: p.full, Len: b.Len, Cols: append(make([]columnar.Vector, 0, len(p.full.Fields)), b.Cols...)}
	for _, c := range computed {
		out.Cols = append(out.Cols, c.Retain())
	}
	return out, nil
}

// withoutKeys takes the computed keys away again.
func (p *sortPlan) withoutKeys(b columnar.Batch) columnar.Batch {
	b.Schema, b.Cols = p.rows, b.Cols[:len(p.rows.Fields)]
	return b
}

// sorted is a stream's rows in order. The batches are lent.
func (p *sortPlan) sorted(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		s, err := p.open(tc)
		for b, e := range in {
			if err != nil {
				break
			}
			if err = e; err == nil && b.Live() > 0 {
				err = s.add(b)
			}
		}
		if err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		s.emit(yield)
	}
}

// rowSorter sorts the rows of one task.
type rowSorter struct {
	*sortPlan
	tc       *rdd.TaskContext
	ev       *Evaluation
	reserve  *rdd.Reservation
	kept     []columnar.Batch // with keys, not sorted yet
	rows     int
	bytes    int64          // of kept
	runs     []*spilledRows // on disk, each in order
	emitting bool
}

func (p *sortPlan) open(tc *rdd.TaskContext) (*rowSorter, error) {
	s := &rowSorter{sortPlan: p, tc: tc}
	s.reserve = tc.Reserve("sort", s.spill)
	var err error
	s.ev, err = p.computed.Open(tc)
	return s, err
}

// sortOverhead is the memory of a row's normalised key while it is sorted.
const sortOverhead = 48

// add keeps a batch's rows.
func (s *rowSorter) add(b columnar.Batch) error {
	b, err := s.withKeys(s.ev, b)
	if err != nil {
		return err
	}
	if s.rows > math.MaxInt32-b.Len {
		if _, err := s.spill(0); err != nil {
			return err
		}
	}
	return s.keep(b)
}

// keep keeps rows with their keys, a few at a time if they are too many for the memory.
func (s *rowSorter) keep(b columnar.Batch) error {
	own := ownBytes(b)
	if b.Bytes() > 2*own {
		b = tightened(b) // else a few rows would keep alive what many share
	}
	need := 2*own + sortOverhead*int64(b.Len) // once more for the dense copy that is made to sort
	err := s.reserve.TryGrow(need)
	if err != nil && b.Len > columnar.BatchRows {
		for lo := 0; lo < b.Len; lo += columnar.BatchRows {
			part := b.Slice(lo, min(lo+columnar.BatchRows, b.Len))
			if err := s.keep(tightened(part)); err != nil {
				return err
			}
		}
		return nil
	}
	if err != nil {
		err = s.reserve.Grow(need)
	}
	if err != nil {
		return err
	}
	s.kept, s.rows, s.bytes = append(s.kept, b), s.rows+b.Len, s.bytes+own
	return nil
}

// sortKept sorts what is kept: its rows and their order.
func (s *rowSorter) sortKept() (columnar.Batch, []int32) {
	all := columnar.ConcatBatches(s.full, s.kept)
	s.kept = nil
	return all, sortIndex(s.keys, s.keyCols(all), all.Len)
}

// emit gives all rows in order. Nothing is spilled any more.
func (s *rowSorter) emit(yield func(columnar.Batch, error) bool) {
	defer s.reserve.Release()
	if len(s.runs) > 0 { // memory is short: the rest goes to disk, too
		if _, err := s.spill(0); err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		s.emitting = true
		s.merge(yield)
		return
	}
	s.emitting = true
	all, idx := s.sortKept()
	s.reserve.Shrink(s.bytes)
	pool := rdd.Scratch[columnar.Pool](s.tc, "sort")
	for b := range inOrder(pool, s.withoutKeys(all), idx) {
		if err := s.tc.Err(); err != nil {
			yield(b, err)
			return
		}
		if !yield(b, nil) {
			return
		}
		pool.Reset()
	}
}

// inOrder cuts rows, in the order of idx, into batches.
func inOrder(pool *columnar.Pool, all columnar.Batch, idx []int32) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		for lo := 0; lo < len(idx); lo += columnar.BatchRows {
			b := all
			b.Sel = idx[lo:min(lo+columnar.BatchRows, len(idx))]
			if !yield(b.Compact(pool), nil) {
				return
			}
		}
	}
}
