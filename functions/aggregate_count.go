package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// grow makes s at least n long; new elements are zero. Capacity doubles, so that groups that come one by one cost nothing.
func grow[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:max(n, len(s))]
	}
	out := make([]T, n, max(n, 2*cap(s)))
	copy(out, s)
	return out
}

// counter is count(…): the rows in which no argument is NULL.
type counter struct{ n []int64 }

// Resize, StateTypes, State, Result and Bytes implement logical.Accumulator.
func (c *counter) Resize(groups int)                 { c.n = grow(c.n, groups) }
func (c *counter) StateTypes() []columnar.Type       { return []columnar.Type{columnar.BigIntType} }
func (c *counter) State() ([]columnar.Vector, error) { return []columnar.Vector{c.vector()}, nil }
func (c *counter) Bytes() int64                      { return int64(cap(c.n)) * 8 }
func (c *counter) vector() columnar.Vector           { return columnar.NewFixed(columnar.BigIntType, c.n, nil) }
func (c *counter) Result(*logical.EvalContext) (columnar.Vector, error) {
	return c.vector(), nil
}

// Update implements logical.Accumulator.
func (c *counter) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	var nullable []columnar.Vector
	for _, a := range args {
		if a.HasNulls() {
			nullable = append(nullable, a)
		}
	}
	if len(nullable) > 0 {
		present := columnar.IsNotNull(ec.Pool, nullable[0], rows)
		for _, a := range nullable[1:] {
			present = columnar.And(ec.Pool, present, columnar.IsNotNull(ec.Pool, a, rows), rows)
		}
		c.countBits(group, rows, present.Bits)
		return nil
	}
	switch {
	case len(c.n) == 1:
		c.n[0] += int64(len(group))
	case len(c.n) <= fewGroups && fewRows(len(group)):
		var t fewTotals
		t.count(group)
		for g := range c.n {
			c.n[g] += t.of(g)
		}
	default:
		for _, g := range group {
			c.n[g]++
		}
	}
	return nil
}

func (c *counter) countBits(group []uint32, rows columnar.Rows, bits columnar.Bitmap) {
	if len(c.n) == 1 && rows.Sel == nil {
		c.n[0] += int64(bits.Count(rows.N))
		return
	}
	for i, g := range group {
		r := uint(rows.Row(i))
		c.n[g] += int64(bits[r>>6] >> (r & 63) & 1)
	}
}

// Merge implements logical.Accumulator.
func (c *counter) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	if k, ok := state[0].(*columnar.Const); ok {
		n := columnar.Int64At(k.Value, 0)
		for _, g := range group {
			c.n[g] += n
		}
		return nil
	}
	for i, n := range flat[int64](state[0]).Values {
		c.n[group[i]] += n
	}
	return nil
}

// trueCounter is count_if: the rows in which the argument is TRUE.
type trueCounter struct{ counter }

// Update implements logical.Accumulator.
func (c *trueCounter) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	b, ok := columnar.Flatten(ec.Pool, args[0], rows).(*columnar.Bool)
	if !ok {
		return nil // VOID
	}
	bits := b.Bits
	if b.Valid != nil {
		bits = columnar.And(ec.Pool, b, columnar.IsNotNull(ec.Pool, b, rows), rows).Bits
	}
	c.countBits(group, rows, bits)
	return nil
}

// flat is a dense vector of fixed-width values in physical form.
func flat[T columnar.Native](v columnar.Vector) *columnar.Fixed[T] {
	return columnar.Flatten(nil, v, columnar.AllRows(v.Len())).(*columnar.Fixed[T])
}

// present is a validity bitmap of the flags, nil when all are set.
func present(seen []uint8) columnar.Bitmap {
	for i, s := range seen {
		if s == 0 {
			valid := columnar.FullBitmap(len(seen))
			for k := i; k < len(seen); k++ {
				valid.Put(k, seen[k] != 0)
			}
			return valid
		}
	}
	return nil
}
