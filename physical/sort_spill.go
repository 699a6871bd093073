package physical

import (
	"bufio"
	"errors"
	"io"
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// sortedRun is rows that were sorted and written to a file, with their computed keys.
type sortedRun struct {
	file   *rdd.ScratchFile
	schema *columnar.Schema
}

// spillBuffer is the size of the buffer through which runs are written and read.
const spillBuffer = 256 << 10

// spill writes what is kept to disk as a sorted run. It implements the callback of rdd.TaskContext.Reserve.
func (s *rowSorter) spill(int64) (freed int64, err error) {
	if s.emitting || len(s.kept) == 0 {
		return 0, nil
	}
	file, err := s.tc.SpillFile("sort")
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriterSize(file, spillBuffer)
	all, idx := s.sortKept()
	for b := range inOrder(nil, all, idx) {
		if err := columnar.EncodeBatch(w, b); err != nil {
			return 0, err
		}
	}
	if err := w.Flush(); err != nil {
		return 0, err
	}
	s.metrics.Spilled.Add(file.Size())
	s.runs = append(s.runs, &sortedRun{file, s.full})
	freed = s.reserve.Used()
	s.reserve.Shrink(freed)
	s.rows = 0
	return freed, nil
}

// batches reads a run from its start.
func (r *sortedRun) batches() iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		if _, err := r.file.Seek(0, io.SeekStart); err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		in := bufio.NewReaderSize(r.file, spillBuffer)
		for {
			if _, err := in.Peek(1); errors.Is(err, io.EOF) {
				return
			}
			b, err := columnar.DecodeBatch(in, r.schema)
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// runCursor is a place in a sorted stream.
type runCursor struct {
	next func() (columnar.Batch, error, bool)
	b    columnar.Batch
	keys []columnar.Vector
	row  int
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
	for _, r := range s.runs {
		next, stop := iter.Pull2(r.batches())
		defer stop()
		c := &runCursor{next: next, row: -1}
		if err := c.advance(s.sortPlan); err != nil {
			yield(columnar.Batch{}, err)
			return
		}
		if !c.over {
			cursors = append(cursors, c)
		}
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

// mergeBatch takes the next rows. Of equal ones that of the earlier run comes first. The runs are few, for each is as large as a task's share of
// the memory: so the least row is looked for among all.
func (s *rowSorter) mergeBatch(cursors []*runCursor) (columnar.Batch, []*runCursor, error) {
	builders := make([]columnar.Builder, len(s.sortPlan.rows.Fields))
	for i, f := range s.sortPlan.rows.Fields {
		builders[i] = columnar.NewBuilder(f.Type, columnar.BatchRows)
	}
	n := 0
	for ; n < columnar.BatchRows && len(cursors) > 0; n++ {
		least := 0
		for k := 1; k < len(cursors); k++ {
			if compareRows(s.keys, cursors[k].keys, cursors[k].row, cursors[least].keys, cursors[least].row) < 0 {
				least = k
			}
		}
		c := cursors[least]
		for i, b := range builders {
			b.Append(c.b.Cols[i], c.row)
		}
		if err := c.advance(s.sortPlan); err != nil {
			return columnar.Batch{}, nil, err
		}
		if c.over {
			cursors = append(cursors[:least:least], cursors[least+1:]...)
		}
	}
	out := columnar.Batch{Schema: s.sortPlan.rows, Len: n}
	for _, b := range builders {
		out.Cols = append(out.Cols, b.Build())
	}
	return out, cursors, nil
}
