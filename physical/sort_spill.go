package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
)

// spill writes what is kept to disk as a sorted run. It implements the callback of rdd.TaskContext.Reserve.
func (s *rowSorter) spill(int64) (freed int64, err error) {
	if s.emitting || len(s.kept) == 0 {
		return 0, nil
	}
	run := newSpilledRows(s.tc, "sort", s.full, s.metrics)
	all, idx := s.sortKept()
	for b := range inOrder(nil, all, idx) {
		if err := run.add(b); err != nil {
			return 0, err
		}
	}
	if err := run.finish(); err != nil {
		return 0, err
	}
	s.runs = append(s.runs, run)
	freed = s.reserve.Used()
	s.reserve.Shrink(freed)
	s.rows, s.bytes = 0, 0
	return freed, nil
}

// runCursor is a place in a sorted stream.
type runCursor struct {
	next func() (columnar.Batch, error, bool)
	b    columnar.Batch
	keys []columnar.Vector
	row  int
	run  int // its number
	over bool
}

// advance goes to the next row.
func (c *runCursor) advance(p *sortPlan) error {
	for c.row++; c.row >= c.b.Len; c.row = 0 {
		b, err, ok := c.next()
		if err != nil {
			return err
		}
		if !ok {
			c.over = true
			return nil
		}
		c.b, c.keys = b, p.keyCols(b)
	}
	return nil
}

// merge gives the rows of all runs in order.
func (s *rowSorter) merge(yield func(columnar.Batch, error) bool) {
	var cursors []*runCursor
	for i, r := range s.runs {
		next, stop := iter.Pull2(r.batches())
		defer stop()
		c := &runCursor{next: next, row: -1, run: i}
		if err := c.advance(s.sortPlan); err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		if !c.over {
			cursors = append(cursors, c)
		}
	}
	for i := len(cursors)/2 - 1; i >= 0; i-- {
		s.sink(cursors, i)
	}
	for len(cursors) > 0 {
		var b columnar.Batch
		var err error
		if b, cursors, err = s.mergeBatch(cursors); err == nil {
			err = s.tc.Err()
		}
		if !yield(b, err) || err != nil {
			return
		}
	}
}

// mergeBatch takes the next rows from the heap of cursors.
func (s *rowSorter) mergeBatch(cursors []*runCursor) (columnar.Batch, []*runCursor, error) {
	builders := make([]columnar.Builder, len(s.sortPlan.rows.Fields))
	for i, f := range s.sortPlan.rows.Fields {
		builders[i] = columnar.NewBuilder(f.Type, columnar.BatchRows)
	}
	n := 0
	for ; n < columnar.BatchRows && len(cursors) > 0; n++ {
		c := cursors[0]
		for i, b := range builders {
			b.Append(c.b.Cols[i], c.row)
		}
		if err := c.advance(s.sortPlan); err != nil {
			return columnar.Batch{}, nil, err
		}
		if c.over {
			last := len(cursors) - 1
			cursors[0], cursors = cursors[last], cursors[:last]
		}
		s.sink(cursors, 0)
	}
	out := columnar.Batch{Schema: s.sortPlan.rows, Len: n}
	for _, b := range builders {
		out.Cols = append(out.Cols, b.Build())
	}
	return out, cursors, nil
}

// sink moves cursor i of the heap down to where no cursor below it comes first.
func (s *rowSorter) sink(cursors []*runCursor, i int) {
	for {
		least := i
		for k := 2*i + 1; k <= 2*i+2 && k < len(cursors); k++ {
			if s.before(cursors[k], cursors[least]) {
				least = k
			}
		}
		if least == i {
			return
		}
		cursors[i], cursors[least] = cursors[least], cursors[i]
		i = least
	}
}

// before orders the rows at two cursors. Of equal ones that of the earlier run comes first.
func (s *rowSorter) before(a, b *runCursor) bool {
	c := compareRows(s.keys, a.keys, a.row, b.keys, b.row)
	return c < 0 || c == 0 && a.run < b.run
}
