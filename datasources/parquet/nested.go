package parquet

import (
	"errors"

	"github.com/gosql-engine/gosql/columnar"
)

// stream reads the levels and values of one leaf of a nested column.
type stream interface {
	// fill takes the next rows.
	fill(rows int) error
	// levels are those of the rows taken, one pair for each value or NULL or empty list.
	levels() (def, rep []int32)
	// vector is the leaf's values of the rows taken, with an entry for each definition level that is at least slotDef.
	vector(slotDef int) (columnar.Vector, error)
	close()
}

// leafStream is the stream of a leaf with values of type T.
type leafStream[T physical] struct {
	*source[T]
	convert  converter[T]
	pageDef  []int32
	pageRep  []int32
	at       int // in the page's levels
	def, rep []int32
	vals     []T
}

func newStream[T physical](c *chunk, convert converter[T]) *leafStream[T] {
	return &leafStream[T]{source: newSource[T](c), convert: convert}
}

func (s *leafStream[T]) levels() (def, rep []int32) { return s.def, s.rep }

func (s *leafStream[T]) fill(rows int) error {
	s.resetBuffers()
	s.def, s.rep, s.vals = s.def[:0], s.rep[:0], nil
	started := 0
	for {
		if s.at == len(s.pageDef) {
			if s.chunk.left == 0 {
				break
			}
			if err := s.nextLevels(); err != nil {
				return err
			}
		}
		end := s.at
		for end < len(s.pageRep) {
			if s.pageRep[end] == 0 {
				if started == rows {
					break
				}
				started++
			}
			end++
		}
		if err := s.take(end); err != nil {
			return err
		}
		if s.at < len(s.pageDef) {
			break
		}
	}
	if started < rows {
		return errCut
	}
	return nil
}

// nextLevels reads a page and all of its levels.
func (s *leafStream[T]) nextLevels() error {
	if err := s.advance(); err != nil {
		return err
	}
	n := s.page.left
	s.page.left, s.at = 0, 0
	s.pageDef, s.pageRep = resize(s.pageDef, n), resize(s.pageRep, n)
	if s.leaf.maxDef > 0 {
		if err := s.page.def.decode(s.pageDef); err != nil {
			return err
		}
	} else {
		clear(s.pageDef)
	}
	if s.leaf.maxRep > 0 {
		return s.page.rep.decode(s.pageRep)
	}
	clear(s.pageRep)
	return nil
}

func resize(b []int32, n int) []int32 {
	if cap(b) < n {
		return make([]int32, n)
	}
	return b[:n]
}

// take moves the page's levels up to end, and their values, to the rows taken.
func (s *leafStream[T]) take(end int) error {
	m := 0
	for _, d := range s.pageDef[s.at:end] {
		if int(d) > s.leaf.maxDef {
			return errors.New("definition levels are damaged")
		}
		if int(d) == s.leaf.maxDef {
			m++
		}
	}
	s.def = append(s.def, s.pageDef[s.at:end]...)
	s.rep = append(s.rep, s.pageRep[s.at:end]...)
	s.at = end
	k := len(s.vals)
	s.vals = append(s.vals, make([]T, m)...)
	return s.values(s.vals[k:])
}

func (s *leafStream[T]) vector(slotDef int) (columnar.Vector, error) {
	slots := 0
	for _, d := range s.def {
		if int(d) >= slotDef {
			slots++
		}
	}
	if slots == len(s.vals) {
		return s.convert(nil, s.vals, nil, s.bufs)
	}
	valid := columnar.NewBitmap(slots)
	vals := make([]T, slots)
	slot, next := 0, 0
	for _, d := range s.def {
		if int(d) < slotDef {
			continue
		}
		if int(d) == s.leaf.maxDef {
			valid.Set(slot)
			vals[slot] = s.vals[next]
			next++
		}
		slot++
	}
	return s.convert(nil, vals, valid, s.bufs)
}

// nested reads a column of structs, lists or maps. Its vectors are owned.
type nested struct {
	root    *bound
	streams map[int]stream // by column chunk
}

func (c *nested) close() {
	for _, s := range c.streams {
		s.close()
	}
}

func (c *nested) skip(n int) error {
	for _, s := range c.streams {
		if err := s.fill(n); err != nil {
			return err
		}
	}
	return nil
}

func (c *nested) read(_ *columnar.Pool, n int, _ []int32) (columnar.Vector, error) {
	if err := c.skip(n); err != nil {
		return nil, err
	}
	v, err := c.assemble(c.root)
	if err == nil && v.Len() != n {
		err = errors.New("a nested column's levels are damaged")
	}
	return v, err
}

// assemble makes the vector of a node: one entry for each place that the lists around it give it.
func (c *nested) assemble(b *bound) (columnar.Vector, error) {
	n := b.file
	if n.leaf != nil {
		v, err := c.streams[n.leaf.index].vector(n.slotDef)
		return v, err
	}
	def, rep := c.streams[b.leaves(nil)[0]].levels()
	if b.want.Kind == columnar.Struct {
		return c.structs(b, def, rep)
	}
	offsets, valid := lists(n, def, rep)
	parts := make([]columnar.Vector, len(b.children))
	for i, k := range b.children {
		var err error
		if parts[i], err = c.assemble(k); err != nil {
			return nil, err
		}
		if parts[i].Len() != int(offsets[len(offsets)-1]) {
			return nil, errors.New("the parts of a nested column do not agree")
		}
	}
	if b.want.Kind == columnar.Map {
		return &columnar.MapVector{Typ: b.want, Offsets: offsets, Keys: parts[0], Values: parts[1], Valid: valid}, nil
	}
	return &columnar.List{Typ: b.want, Offsets: offsets, Elems: parts[0], Valid: valid}, nil
}

// lists finds the lists of a node in the levels of a leaf below it.
func lists(n *node, def, rep []int32) (offsets []int32, valid columnar.Bitmap) {
	offsets = append(make([]int32, 0, len(def)+1), 0)
	full := true
	valid = columnar.NewBitmap(len(def))
	for i, d := range def {
		switch r := int(rep[i]); {
		case int(d) < n.slotDef || r > n.rep:
		case r == n.rep:
			offsets[len(offsets)-1]++
		default:
			if int(d) >= n.def {
				valid.Set(len(offsets) - 1)
			} else {
				full = false
			}
			last := offsets[len(offsets)-1]
			if int(d) >= n.elemDef {
				last++
			}
			offsets = append(offsets, last)
		}
	}
	if full {
		return offsets, nil
	}
	return offsets, valid[:columnar.Words(len(offsets)-1)]
}

func (c *nested) structs(b *bound, def, rep []int32) (columnar.Vector, error) {
	n := b.file
	out := &columnar.StructVector{Typ: b.want}
	valid, full := columnar.NewBitmap(len(def)), true
	for i, d := range def {
		if int(d) < n.slotDef || int(rep[i]) > n.rep {
			continue
		}
		if int(d) >= n.def {
			valid.Set(out.N)
		} else {
			full = false
		}
		out.N++
	}
	if !full {
		out.Valid = valid[:columnar.Words(out.N)]
	}
	for _, k := range b.children {
		if k.file == nil {
			out.Fields = append(out.Fields, columnar.NullVector(k.want, out.N))
			continue
		}
		f, err := c.assemble(k)
		if err != nil {
			return nil, err
		}
		if f.Len() != out.N {
			return nil, errors.New("the parts of a nested column do not agree")
		}
		out.Fields = append(out.Fields, f)
	}
	return out, nil
}
