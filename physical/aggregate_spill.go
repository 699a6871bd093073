package physical

import (
	"github.com/gosql-engine/gosql/columnar"
)

// aggregateSpill is where an aggregation puts its groups when memory is short: files by a part of the keys' hash, each holding keys and
// states. At the end each is merged by itself, and is cut again if it is still too large.
type aggregateSpill struct {
	parts    *spilledGroups // what has been written since the aggregation, or the merging of a part, began; nil: nothing
	level    int            // how often the groups at hand have been cut already
	emitting bool           // the table is being given away
}

// spilledGroups is groups in files.
type spilledGroups struct {
	states *parting
	// rows are, by call, those that a DISTINCT or ordered call keeps beside its state: the groups' keys, the arguments and the ordering. Its state is made of them
	// again, and not written.
	rows []*parting
}

// How many parts one spill makes, and how often it is done: spillParts^maxSpillLevel parts in all.
const (
	spillBits     = 4
	spillParts    = 1 << spillBits
	maxSpillLevel = 6
)

// keepsRows says whether the state of a call does not tell all.
func (a *aggregation) keepsRows(c *aggregateCall) bool {
	return a.h.stage.takesRows(c) && (c.call.Distinct || len(c.call.OrderBy) > 0)
}

// spillFunc is the callback for the reservation; nil where spilling would not help.
func (a *aggregation) spillFunc() func(int64) (int64, error) {
	useful := len(a.h.Keys) > 0
	for i := range a.h.calls {
		useful = useful || a.keepsRows(&a.h.calls[i])
	}
	if !useful || a.h.stage.local() {
		return nil
	}
	return func(int64) (int64, error) { return a.spill() }
}

// spill writes all groups and empties the table.
func (a *aggregation) spill() (freed int64, err error) {
	s := &a.spills
	n := a.groups.len()
	if s.emitting || n == 0 || s.level >= maxSpillLevel || a.rows == 0 {
		return 0, nil
	}
	if err := a.writeGroups(n); err != nil {
		return 0, err
	}
	freed = a.reserve.Used()
	a.reserve.Shrink(freed)
	a.groups = nil // its memory is to be freed
	return freed, a.reset()
}

// writeGroups appends the groups, and the rows that calls keep, to the files of their parts.
func (a *aggregation) writeGroups(n int) error {
	keys := a.groups.keys()
	hashes := make([]uint64, n)
	columnar.Hash(keys, columnar.AllRows(n), hashes)
	all := columnar.Batch{Len: n, Cols: append([]columnar.Vector(nil), keys...)}
	for i := range a.calls {
		c := &a.calls[i]
		c.acc.Resize(n)
		if a.keepsRows(&a.h.calls[i]) {
			continue
		}
		state, err := c.acc.State()
		if err != nil {
			return at(err, c.call.Pos)
		}
		all.Cols = append(all.Cols, state...)
	}
	s := &a.spills
	if s.parts == nil {
		s.parts = &spilledGroups{states: a.parting(all.Cols), rows: make([]*parting, len(a.calls))}
	}
	all.Schema = s.parts.states.schema
	if err := s.parts.states.add(all, hashes); err != nil {
		return err
	}
	for i := range a.calls {
		if err := a.writeRows(i, keys, hashes); err != nil {
			return err
		}
	}
	return nil
}

// parting opens files for rows of these columns.
func (a *aggregation) parting(cols []columnar.Vector) *parting {
	schema := &columnar.Schema{}
	for _, c := range cols {
		schema.Fields = append(schema.Fields, columnar.Field{Type: c.Type(), Nullable: true})
	}
	return newParting(a.tc, "aggregate", schema, a.metrics, a.spills.level)
}

// writeRows appends the rows that call i keeps.
func (a *aggregation) writeRows(i int, keys []columnar.Vector, hashes []uint64) error {
	return a.calls[i].kept(func(groups []int32, cols []columnar.Vector) error {
		b := columnar.Batch{Len: len(groups)}
		for _, k := range keys {
			b.Cols = append(b.Cols, columnar.Take(nil, k, groups))
		}
		b.Cols = append(b.Cols, cols...)
		of := make([]uint64, len(groups))
		for r, g := range groups {
			of[r] = hashes[g]
		}
		if a.spills.parts.rows[i] == nil {
			a.spills.parts.rows[i] = a.parting(b.Cols)
		}
		b.Schema = a.spills.parts.rows[i].schema
		return a.spills.parts.rows[i].add(b, of)
	})
}

// kept gives the rows that a call keeps, a few at a time: their groups, and the arguments with the ordering behind them.
func (c *callRun) kept(give func(groups []int32, cols []columnar.Vector) error) error {
	switch {
	case c.ordered != nil:
		from := 0
		for _, b := range c.ordered.batches {
			groups := make([]int32, b.Len)
			for r := range groups {
				groups[r] = int32(c.ordered.groups[from+r])
			}
			from += b.Len
			if err := give(groups, b.Cols); err != nil {
				return err
			}
		}
	case c.seen != nil:
		cols := c.seen.keys()
		groups := cols[0].(*columnar.Fixed[int32]).Values
		for lo := 0; lo < len(groups); lo += splitRows {
			hi := min(lo+splitRows, len(groups))
			part := make([]columnar.Vector, len(cols)-1)
			for k, v := range cols[1:] {
				part[k] = v.Slice(lo, hi)
			}
			if err := give(groups[lo:hi], part); err != nil {
				return err
			}
		}
	}
	return nil
}
