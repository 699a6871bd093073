package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
)

// finishSpilled merges part after part and gives the groups of each.
func (a *aggregation) finishSpilled() error {
	if _, err := a.spill(); err != nil {
		return err
	}
	return a.finishParts()
}

// finishParts does so with what has been written last, and with what is cut again on the way.
func (a *aggregation) finishParts() error {
	s := &a.spills
	level, parts := s.level, s.parts
	defer func() { s.level = level }()
	for p := range spillParts {
		s.parts, s.level = nil, level+1
		if len(a.h.Keys) == 0 {
			s.level = maxSpillLevel // one group cannot be cut
		}
		if err := a.mergePart(parts, p); err != nil {
			return err
		}
		if s.parts != nil { // cut again
			if err := a.finishSpilled(); err != nil {
				return err
			}
		} else if err := a.flushPart(); err != nil {
			return err
		}
		a.reserve.Release()
		if err := a.reset(); err != nil {
			return err
		}
	}
	return nil
}

// flushPart gives the groups of a part, if it has any.
func (a *aggregation) flushPart() error {
	if a.rows == 0 {
		return nil // nothing was merged; without keys there would be a group all the same
	}
	return a.flush()
}

// mergePart reads a part back into the table: the states, the rows of ordered calls, and last, as they spill in their own way, those of DISTINCT
// calls.
func (a *aggregation) mergePart(parts *spilledGroups, p int) error {
	for b, err := range parts.states.part(p) {
		if err == nil {
			err = a.mergeGroups(b)
		}
		if err != nil {
			return err
		}
	}
	for i := range a.calls {
		if len(a.calls[i].call.OrderBy) == 0 {
			continue
		}
		for b, err := range parts.rows[i].part(p) {
			if err == nil {
				err = a.keepAgain(i, b)
			}
			if err != nil {
				return err
			}
		}
	}
	for i := range a.calls {
		if len(a.calls[i].call.OrderBy) > 0 {
			continue
		}
		if err := a.mergeRows(i, parts.rows[i].part(p)); err != nil {
			return err
		}
	}
	return nil
}

// mergeGroups adds groups with their states.
func (a *aggregation) mergeGroups(b columnar.Batch) error {
	a.rows += b.Len
	a.assign(b)
	k := len(a.h.Keys)
	for i := range a.calls {
		c := &a.calls[i]
		c.acc.Resize(a.groups.len())
		if a.keepsRows(&a.h.calls[i]) {
			continue
		}
		n := len(c.acc.StateTypes())
		if err := c.acc.Merge(a.ev.ec, a.group, b.Cols[k:k+n]); err != nil {
			return at(err, c.call.Pos)
		}
		k += n
	}
	return a.account()
}

// assign finds the groups of rows that begin with their keys.
func (a *aggregation) assign(b columnar.Batch) {
	a.group = sized(a.group, b.Len)
	a.groups.assign(b.Cols[:len(a.h.Keys)], b.LiveRows(), a.group)
}

// keepAgain gives an ordered call rows that it kept before.
func (a *aggregation) keepAgain(i int, b columnar.Batch) error {
	c := &a.calls[i]
	a.rows += b.Len
	a.assign(b)
	k := len(a.h.Keys)
	args, keys := b.Cols[k:k+c.at.nargs], b.Cols[k+c.at.nargs:]
	c.acc.Resize(a.groups.len())
	rows, group := b.LiveRows(), a.group
	if c.call.Distinct {
		rows, group = c.unseen(rows, group, args)
	}
	if err := c.keepOrdered(rows, group, args, keys); err != nil {
		return err
	}
	return a.account()
}

// mergeRows gives a DISTINCT call the values that it kept before, each once. Where their groups have been written again meanwhile, they follow.
func (a *aggregation) mergeRows(i int, in iter.Seq2[columnar.Batch, error]) error {
	c := &a.calls[i]
	k := len(a.h.Keys)
	u := &uniqueRows{tc: a.tc, owner: "aggregate", metrics: a.metrics, reserve: a.tc.Reserve("aggregate", nil)}
	u.schema, u.keyed = &columnar.Schema{}, &columnar.Schema{Fields: []columnar.Field{{Type: columnar.IntType}}}
	for _, key := range a.h.Keys {
		u.schema.Fields = append(u.schema.Fields, columnar.Field{Type: key.Type(), Nullable: true})
	}
	for _, arg := range c.call.Args {
		f := columnar.Field{Type: arg.Type(), Nullable: true}
		u.schema.Fields, u.keyed.Fields = append(u.schema.Fields, f), append(u.keyed.Fields, f)
	}
	u.keys = func(b columnar.Batch) ([]columnar.Vector, error) {
		a.assign(b)
		of := make([]int32, b.Len)
		for r, g := range a.group {
			of[r] = int32(g)
		}
		return append([]columnar.Vector{columnar.NewFixed(columnar.IntType, of, nil)}, b.Cols[k:]...), nil
	}
	u.give = func(b columnar.Batch) error {
		group := make([]uint32, len(b.Sel))
		for r, row := range b.Sel {
			group[r] = a.group[row]
		}
		c.acc.Resize(a.groups.len())
		if err := c.acc.Update(a.ev.ec, group, b.LiveRows(), b.Cols[k:]); err != nil {
			return at(err, c.call.Pos)
		}
		return a.account()
	}
	if a.spills.parts != nil {
		return a.writeAgain(i, in)
	}
	a.spills.emitting = true
	defer func() { a.spills.emitting = false }()
	return u.run(func(func(columnar.Batch, error) bool) {}, in, 0)
}

// writeAgain appends rows that a call keeps to the files of their parts.
func (a *aggregation) writeAgain(i int, in iter.Seq2[columnar.Batch, error]) error {
	var hashes []uint64
	for b, err := range in {
		if err != nil {
			return err
		}
		if a.spills.parts.rows[i] == nil {
			a.spills.parts.rows[i] = a.parting(b.Cols)
		}
		hashes = sized(hashes, b.Len)
		columnar.Hash(b.Cols[:len(a.h.Keys)], b.LiveRows(), hashes)
		if err := a.spills.parts.rows[i].add(b, hashes); err != nil {
			return err
		}
	}
	return nil
}
