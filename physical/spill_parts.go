package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/rdd"
)

// parting puts rows into files by a part of their hash: each time that the rows of one part are too many, by the next bits of it.
type parting struct {
	tc      *rdd.TaskContext
	owner   string
	schema  *columnar.Schema
	metrics *Metrics
	level   int // how often the rows have been parted before
	files   [spillParts]*spilledRows
	rows    [spillParts][]int32
	block   []byte
}

func newParting(tc *rdd.TaskContext, owner string, schema *columnar.Schema, m *Metrics, level int) *parting {
	return &parting{tc: tc, owner: owner, schema: schema, metrics: m, level: level}
}

// partOf is the part of a hash at a level. It takes bits from the top of the half that neither exchanges use nor, but for huge ones, hash tables.
func partOf(hash uint64, level int) uint64 {
	return hash >> (32 - spillBits*(level+1)) & (spillParts - 1)
}

// add writes the live rows of a batch, of which hashes are those.
func (s *parting) add(b columnar.Batch, hashes []uint64) error {
	live := b.LiveRows()
	for p := range s.rows {
		s.rows[p] = s.rows[p][:0]
	}
	for i, h := range hashes {
		p := partOf(h, s.level)
		s.rows[p] = append(s.rows[p], int32(live.Row(i)))
	}
	for p, sel := range s.rows {
		if len(sel) == 0 {
			continue
		}
		if s.files[p] == nil {
			s.files[p] = newSpilledRows(s.tc, s.owner, s.schema, s.metrics)
			s.files[p].block = &s.block
		}
		for lo := 0; lo < len(sel); lo += splitRows {
			b.Sel = sel[lo:min(lo+splitRows, len(sel))]
			if err := s.files[p].add(b); err != nil {
				return err
			}
		}
	}
	return nil
}

// part is the rows of one part, in the order in which they came.
func (s *parting) part(p int) iter.Seq2[columnar.Batch, error] {
	if s == nil || s.files[p] == nil {
		return func(func(columnar.Batch, error) bool) {}
	}
	return s.files[p].batches()
}

// uniqueRows gives the first row of each combination of keys of a stream, as they come while memory lasts. When it does not, the keys that have been given
// and the rows that are still to come are parted by the keys' hash, and each part is done by itself.
type uniqueRows struct {
	tc      *rdd.TaskContext
	owner   string
	schema  *columnar.Schema
	metrics *Metrics
	keyed   *columnar.Schema // of the keys
	keys    func(b columnar.Batch) ([]columnar.Vector, error)
	give    func(b columnar.Batch) error // of rows that are first, lent
	reserve *rdd.Reservation
	groups  grouper
	group   []uint32
	hashes  []uint64
	sel     []int32
}

// run does a part: given is keys of which the rows have been given, rows the rest.
func (f *uniqueRows) run(given, rows iter.Seq2[columnar.Batch, error], level int) error {
	types := make([]columnar.Type, len(f.keyed.Fields))
	for i, k := range f.keyed.Fields {
		types[i] = k.Type
	}
	f.groups = newGrouper(types)
	var seen, later *parting // once there is too much
	for b, err := range given {
		if err == nil && seen == nil {
			f.assign(b.Cols, b.LiveRows())
			seen, later, err = f.bound(level)
		} else if err == nil {
			err = seen.add(b, f.hash(b.Cols, b.LiveRows()))
		}
		if err != nil {
			return err
		}
	}
	first := len(types) > 0 || f.groups.len() == 0
	for b, err := range rows {
		if err == nil {
			err = f.tc.Err()
		}
		if err == nil && b.Live() > 0 {
			seen, later, err = f.take(b, seen, later, level, &first)
		}
		if err != nil {
			return err
		}
	}
	f.groups = nil
	f.reserve.Release()
	if seen == nil {
		return nil
	}
	for p := range spillParts {
		if err := f.run(seen.part(p), later.part(p), level+1); err != nil {
			return err
		}
	}
	return nil
}

// take gives the rows of a batch that are first, or puts it off.
func (f *uniqueRows) take(b columnar.Batch, seen, later *parting, level int, first *bool) (*parting, *parting, error) {
	cols, err := f.keys(b)
	if err != nil {
		return seen, later, err
	}
	if seen != nil {
		return seen, later, later.add(b, f.hash(cols, b.LiveRows()))
	}
	rows := b.LiveRows()
	next := uint32(f.groups.len())
	if len(f.keyed.Fields) == 0 { // the one group is there from the start
		next = 1
		if *first {
			next, *first = 0, false
		}
	}
	f.assign(cols, rows)
	f.sel = f.sel[:0]
	for i, g := range f.group {
		if g == next { // new ones are numbered in the order of rows
			next++
			f.sel = append(f.sel, int32(rows.Row(i)))
		}
	}
	if b.Sel = f.sel; len(b.Sel) > 0 {
		if err := f.give(b); err != nil {
			return nil, nil, err
		}
	}
	return f.bound(level)
}

func (f *uniqueRows) assign(keys []columnar.Vector, rows columnar.Rows) {
	f.group = sized(f.group, rows.Count())
	f.groups.assign(keys, rows, f.group)
}

func (f *uniqueRows) hash(keys []columnar.Vector, rows columnar.Rows) []uint64 {
	f.hashes = sized(f.hashes, rows.Count())
	columnar.Hash(keys, rows, f.hashes)
	return f.hashes
}

// bound reserves memory for the keys; if there is not enough, it parts them.
func (f *uniqueRows) bound(level int) (seen, later *parting, err error) {
	more := max(f.groups.bytes()-f.reserve.Used(), 0)
	if level >= maxSpillLevel || f.groups.len() < leastSpill {
		return nil, nil, f.reserve.Grow(more)
	}
	if f.reserve.TryGrow(more) == nil {
		return nil, nil, nil
	}
	seen = newParting(f.tc, f.owner, f.keyed, f.metrics, level)
	later = newParting(f.tc, f.owner, f.schema, f.metrics, level)
	all := columnar.Batch{Schema: f.keyed, Len: f.groups.len(), Cols: f.groups.keys()}
	err = seen.add(all, f.hash(all.Cols, all.LiveRows()))
	f.groups = newGrouper(nil)
	f.reserve.Release()
	return seen, later, err
}

// leastSpill is how many groups are not worth a parting.
const leastSpill = 256
