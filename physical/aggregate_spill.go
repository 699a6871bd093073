package physical

import (
	"bufio"
	"errors"
	"io"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// aggregateSpill is where an aggregation puts its groups when memory is short: files by a part of the keys' hash, each holding keys and
// states. At the end each is merged by itself, and is cut again if it is still too large.
type aggregateSpill struct {
	files    []*spillFile
	level    int // how often the groups at hand have been cut already
	schema   *columnar.Schema
	emitting bool // the table is being given away
}

// spillFile is one part.
type spillFile struct {
	file  *rdd.ScratchFile
	level int
}

// The parts that one spill makes, and how often it is done: parts^maxLevel parts in all.
const (
	spillBits     = 4
	spillParts    = 1 << spillBits
	maxSpillLevel = 6
)

// spillFunc is the callback for the reservation; nil where the state does not tell all: DISTINCT and ordered calls keep values beside it.
func (a *aggregation) spillFunc() func(int64) (int64, error) {
	if len(a.h.Keys) == 0 || a.h.stage.local() {
		return nil
	}
	for i := range a.h.calls {
		c := &a.h.calls[i]
		if a.h.stage.takesRows(c) && (c.call.Distinct || len(c.call.OrderBy) > 0) {
			return nil
		}
	}
	return func(int64) (int64, error) { return a.spill() }
}

// spill writes all groups and empties the table.
func (a *aggregation) spill() (freed int64, err error) {
	s := &a.spills
	n := a.groups.len()
	if s.emitting || n == 0 || s.level >= maxSpillLevel {
		return 0, nil
	}
	if err := a.writeParts(n); err != nil {
		return 0, err
	}
	freed = a.reserve.Used()
	a.reserve.Shrink(freed)
	a.groups = nil // its memory is to be freed
	return freed, a.reset()
}

// writeParts appends the groups to the files of their parts.
func (a *aggregation) writeParts(n int) error {
	s := &a.spills
	all := columnar.Batch{Len: n, Cols: a.groups.keys()}
	hashes := make([]uint64, n)
	columnar.Hash(all.Cols, all.LiveRows(), hashes)
	for i := range a.calls {
		a.calls[i].acc.Resize(n)
		state, err := a.calls[i].acc.State()
		if err != nil {
			return at(err, a.calls[i].call.Pos)
		}
		all.Cols = append(all.Cols, state...)
	}
	if s.schema == nil {
		s.schema = &columnar.Schema{}
		for _, c := range all.Cols {
			s.schema.Fields = append(s.schema.Fields, columnar.Field{Type: c.Type(), Nullable: true})
		}
	}
	all.Schema = s.schema
	// From the top of the half that neither exchanges use nor, but for huge ones, hash tables.
	shift := 32 - spillBits*(s.level+1)
	var rows [spillParts][]int32
	for i, h := range hashes {
		p := h >> shift & (spillParts - 1)
		rows[p] = append(rows[p], int32(i))
	}
	if s.files == nil {
		s.files = make([]*spillFile, spillParts)
	}
	for p, sel := range rows {
		if len(sel) == 0 {
			continue
		}
		all.Sel = sel
		if err := a.writePart(p, all); err != nil {
			return err
		}
	}
	return nil
}

// writePart appends rows to a part's file.
func (a *aggregation) writePart(p int, b columnar.Batch) error {
	s := &a.spills
	if s.files[p] == nil {
		f, err := a.tc.SpillFile("aggregate")
		if err != nil {
			return err
		}
		s.files[p] = &spillFile{f, s.level + 1}
	}
	counted := &countingWriter{to: s.files[p].file}
	for lo := 0; lo < len(b.Sel); lo += splitRows {
		piece := b
		piece.Sel = b.Sel[lo:min(lo+splitRows, len(b.Sel))]
		if err := columnar.EncodeBatch(counted, piece); err != nil {
			return err
		}
	}
	a.metrics.Spilled.Add(counted.n)
	a.tc.Metrics().SpillBytes += counted.n
	return nil
}

// countingWriter counts what passes through it.
type countingWriter struct {
	to io.Writer
	n  int64
}

// Write implements io.Writer.
func (w *countingWriter) Write(b []byte) (int, error) {
	n, err := w.to.Write(b)
	w.n += int64(n)
	return n, err
}

// finishSpilled merges part after part and gives the groups of each.
func (a *aggregation) finishSpilled() error {
	s := &a.spills
	if _, err := a.spill(); err != nil {
		return err
	}
	todo := s.files
	for len(todo) > 0 {
		part := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if part == nil {
			continue
		}
		s.files, s.level = nil, part.level
		if err := a.mergePart(part); err != nil {
			return err
		}
		if s.files != nil { // cut again
			if _, err := a.spill(); err != nil {
				return err
			}
			todo = append(todo, s.files...)
			continue
		}
		if err := a.flush(); err != nil {
			return err
		}
		a.reserve.Release()
		if err := a.reset(); err != nil {
			return err
		}
	}
	return nil
}

// mergePart reads a part back into the table.
func (a *aggregation) mergePart(part *spillFile) error {
	if _, err := part.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(part.file, spillBuffer)
	for {
		if _, err := in.Peek(1); errors.Is(err, io.EOF) {
			return nil
		}
		b, err := columnar.DecodeBatch(in, a.spills.schema)
		if err != nil {
			return err
		}
		if err := a.mergeGroups(b); err != nil {
			return err
		}
	}
}

// mergeGroups adds groups with their states.
func (a *aggregation) mergeGroups(b columnar.Batch) error {
	k := len(a.h.Keys)
	a.group = sized(a.group, b.Len)
	a.groups.assign(b.Cols[:k], b.LiveRows(), a.group)
	for i := range a.calls {
		c := &a.calls[i]
		n := len(c.acc.StateTypes())
		c.acc.Resize(a.groups.len())
		if err := c.acc.Merge(a.ev.ec, a.group, b.Cols[k:k+n]); err != nil {
			return at(err, c.call.Pos)
		}
		k += n
	}
	return a.account()
}
