package functions

import (
	"cmp"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// newExtreme makes the accumulator of min or max for a type.
func newExtreme(t columnar.Type, greatest bool) logical.Accumulator {
	switch t.Layout() {
	case columnar.LayoutInt8:
		return &extreme[int8]{of: t, greatest: greatest}
	case columnar.LayoutInt16:
		return &extreme[int16]{of: t, greatest: greatest}
	case columnar.LayoutInt32:
		return &extreme[int32]{of: t, greatest: greatest}
	case columnar.LayoutInt64:
		return &extreme[int64]{of: t, greatest: greatest}
	case columnar.LayoutFloat32:
		return &extreme[float32]{of: t, greatest: greatest}
	case columnar.LayoutFloat64:
		return &extreme[float64]{of: t, greatest: greatest}
	}
	return &pick{of: t, better: func(v columnar.Vector, i int, w columnar.Vector, j int) bool {
		c := columnar.CompareAt(v, i, w, j)
		return c < 0 && !greatest || c > 0 && greatest
	}, skipNulls: true}
}

// extreme is min or max of values that Go can compare. NaN is greater than any other number.
type extreme[T cmp.Ordered] struct {
	of       columnar.Type
	greatest bool
	best     []T
	seen     []uint8
}

// Resize, Bytes, StateTypes, State and Result implement logical.Accumulator.
func (a *extreme[T]) Resize(groups int)           { a.best, a.seen = grow(a.best, groups), grow(a.seen, groups) }
func (a *extreme[T]) Bytes() int64                { return int64(cap(a.best))*8 + int64(cap(a.seen)) }
func (a *extreme[T]) StateTypes() []columnar.Type { return []columnar.Type{a.of} }
func (a *extreme[T]) State() ([]columnar.Vector, error) {
	return []columnar.Vector{a.vector()}, nil
}
func (a *extreme[T]) Result(*logical.EvalContext) (columnar.Vector, error) { return a.vector(), nil }

// Merge implements logical.Accumulator.
func (a *extreme[T]) Merge(ec *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	return a.Update(ec, group, columnar.AllRows(len(group)), state)
}

func (a *extreme[T]) vector() columnar.Vector {
	valid := present(a.seen)
	switch best := any(a.best).(type) {
	case []int8:
		return columnar.NewFixed(a.of, best, valid)
	case []int16:
		return columnar.NewFixed(a.of, best, valid)
	case []int32:
		return columnar.NewFixed(a.of, best, valid)
	case []int64:
		return columnar.NewFixed(a.of, best, valid)
	case []float32:
		return columnar.NewFixed(a.of, best, valid)
	case []float64:
		return columnar.NewFixed(a.of, best, valid)
	}
	panic("unreachable: newExtreme makes these only")
}

// Update implements logical.Accumulator.
func (a *extreme[T]) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	var values []T
	var valid columnar.Bitmap
	switch v := columnar.Flatten(ec.Pool, args[0], rows).(type) {
	case *columnar.Fixed[int8]:
		values, valid = any(v.Values).([]T), v.Valid
	case *columnar.Fixed[int16]:
		values, valid = any(v.Values).([]T), v.Valid
	case *columnar.Fixed[int32]:
		values, valid = any(v.Values).([]T), v.Valid
	case *columnar.Fixed[int64]:
		values, valid = any(v.Values).([]T), v.Valid
	case *columnar.Fixed[float32]:
		values, valid = any(v.Values).([]T), v.Valid
	case *columnar.Fixed[float64]:
		values, valid = any(v.Values).([]T), v.Valid
	}
	if a.greatest {
		a.raise(group, rows, values, valid)
	} else {
		a.lower(group, rows, values, valid)
	}
	return nil
}

func (a *extreme[T]) raise(group []uint32, rows columnar.Rows, values []T, valid columnar.Bitmap) {
	best, seen := a.best, a.seen
	if valid == nil && rows.Sel == nil {
		for i, x := range values[:len(group)] {
			if g := group[i]; seen[g] == 0 || x > best[g] || x != x {
				best[g], seen[g] = x, sumSeen
			}
		}
		return
	}
	for i, g := range group {
		r := rows.Row(i)
		if valid != nil && !valid.Get(r) {
			continue
		}
		if x := values[r]; seen[g] == 0 || x > best[g] || x != x {
			best[g], seen[g] = x, sumSeen
		}
	}
}

func (a *extreme[T]) lower(group []uint32, rows columnar.Rows, values []T, valid columnar.Bitmap) {
	best, seen := a.best, a.seen
	if valid == nil && rows.Sel == nil {
		for i, x := range values[:len(group)] {
			if g := group[i]; seen[g] == 0 || x < best[g] || best[g] != best[g] {
				best[g], seen[g] = x, sumSeen
			}
		}
		return
	}
	for i, g := range group {
		r := rows.Row(i)
		if valid != nil && !valid.Get(r) {
			continue
		}
		if x := values[r]; seen[g] == 0 || x < best[g] || best[g] != best[g] {
			best[g], seen[g] = x, sumSeen
		}
	}
}
