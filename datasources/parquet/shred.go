package parquet

import (
	"github.com/gosql-engine/gosql/columnar"
)

// entry is a place at which a column has a value: a row of the vector, or, with row -1, nothing, because something around it is
// NULL or empty; def tells what.
type entry struct {
	row      int32
	def, rep int32
}

// shredder takes vectors of a column apart into the levels and values of its leaves.
type shredder struct {
	typ      columnar.Type
	def      int32 // the definition level of a value that is not NULL
	rep      int32 // of a list's or map's entries but the first
	optional bool
	children []*shredder
	leaf     *leafBuffer
}

// shred adds the values of v at the entries, or at all its rows if there are none.
func (s *shredder) shred(v columnar.Vector, entries []entry) {
	v = columnar.Flatten(nil, v, columnar.AllRows(v.Len()))
	if s.leaf != nil {
		s.leaf.add(v, entries)
		return
	}
	if entries == nil {
		entries = make([]entry, v.Len())
		for i := range entries {
			entries[i] = entry{row: int32(i)}
		}
	}
	switch {
	case s.typ.Kind == columnar.Struct:
		below := s.present(v, entries)
		for i, c := range s.children {
			c.shred(v.(*columnar.StructVector).Fields[i], below)
		}
	case s.typ.Kind == columnar.Array:
		l := v.(*columnar.List)
		s.children[0].shred(l.Elems, s.unnest(l.Offsets, s.present(v, entries)))
	default:
		m := v.(*columnar.MapVector)
		below := s.unnest(m.Offsets, s.present(v, entries))
		s.children[0].shred(m.Keys, below)
		s.children[1].shred(m.Values, below)
	}
}

// present ends the entries whose value is NULL.
func (s *shredder) present(v columnar.Vector, entries []entry) []entry {
	if !v.HasNulls() {
		return entries
	}
	out := make([]entry, len(entries))
	for i, e := range entries {
		if e.row >= 0 && v.IsNull(int(e.row)) {
			e = entry{-1, s.def - 1, e.rep}
		}
		out[i] = e
	}
	return out
}

// unnest replaces each list by its elements; an empty one becomes an entry without a row.
func (s *shredder) unnest(offsets []int32, entries []entry) []entry {
	out := make([]entry, 0, len(entries))
	for _, e := range entries {
		if e.row < 0 {
			out = append(out, e)
			continue
		}
		lo, hi := offsets[e.row], offsets[e.row+1]
		if lo == hi {
			out = append(out, entry{-1, s.def, e.rep})
			continue
		}
		for k := lo; k < hi; k++ {
			out = append(out, entry{k, 0, e.rep})
			e.rep = s.rep
		}
	}
	return out
}
