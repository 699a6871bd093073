package functions

import (
	"cmp"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// mapping is the elements of the selected rows of an ARRAY or MAP vector, one after the other, as a lambda gets them.
type mapping struct {
	ec      *logical.EvalContext
	in      columnar.Batch
	v       columnar.Vector
	offsets []int32 // of each row, among the elements listed here
	valid   columnar.Bitmap
	idx     []int32 // of each element: its place in parts
	outer   []int32 // its row
	index   []int32 // its place in the row, from 0
	parts   []columnar.Vector
}

func newMapping(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, arg logical.Evaluator) (*mapping, error) {
	v, err := arg.Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	m := &mapping{ec: ec, in: in, v: v}
	from := rangesOf(v)
	m.offsets, m.valid, err = buildRanges(rows, func() int { return len(m.idx) }, func(r int) (bool, error) {
		lo, hi := from.at(r)
		for i := lo; i < hi; i++ {
			m.idx, m.outer, m.index = append(m.idx, i), append(m.outer, int32(r)), append(m.index, i-lo)
		}
		return !v.IsNull(r), nil
	})
	for _, p := range entryVectors(v) {
		m.parts = append(m.parts, columnar.Take(ec.Pool, p, m.idx))
	}
	return m, err
}

// apply computes a lambda for every element.
func (m *mapping) apply(f logical.Evaluator, params ...columnar.Vector) (columnar.Vector, error) {
	return applyLambda(m.ec, m.in, f, m.outer, params)
}

func applyLambda(ec *logical.EvalContext, in columnar.Batch, f logical.Evaluator, outer []int32, params []columnar.Vector) (columnar.Vector, error) {
	if len(outer) == 0 {
		return columnar.NullVector(f.Type(), 0), nil
	}
	l, ok := f.(logical.LambdaEvaluator)
	if !ok {
		return applyValue(ec, in, f, outer)
	}
	v, err := l.EvalLambda(ec, in, outer, params)
	if err == nil && v.Type() != f.Type() {
		return nil, columnar.Errorf("INTERNAL_ERROR", "a lambda function of type %s gave %s.", f.Type().SQL(), v.Type().SQL())
	}
	return v, err
}

// applyValue computes a value that stands for a lambda without parameters.
func applyValue(ec *logical.EvalContext, in columnar.Batch, f logical.Evaluator, outer []int32) (columnar.Vector, error) {
	rows := slices.Clone(outer)
	slices.Sort(rows)
	v, err := f.Eval(ec, in, columnar.Rows{N: in.Len, Sel: slices.Compact(rows)})
	if err != nil {
		return nil, err
	}
	return columnar.Take(ec.Pool, v, outer), nil
}

// applyIndexed computes a lambda of the element and its index.
func (m *mapping) applyIndexed(f logical.Evaluator) (columnar.Vector, error) {
	return m.apply(f, m.parts[0], columnar.NewFixed(columnar.IntType, m.index, nil))
}

func (m *mapping) list(elems columnar.Vector) columnar.Vector {
	return &columnar.List{Typ: columnar.ArrayOf(elems.Type()), Offsets: m.offsets, Elems: elems, Valid: m.valid}
}

// narrowed is the offsets when only the elements for which truth is TRUE stay, and the places of those in parts.
func (m *mapping) narrowed(truth columnar.Vector) (offsets, kept []int32) {
	bits := truthOf(m.ec.Pool, truth, columnar.AllRows(truth.Len()))
	offsets = make([]int32, len(m.offsets))
	for r := range len(offsets) - 1 {
		for i := m.offsets[r]; i < m.offsets[r+1]; i++ {
			if bits.True(int(i)) {
				kept = append(kept, i)
			}
		}
		offsets[r+1] = int32(len(kept))
	}
	return offsets, kept
}

func transformArray(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	m, err := newMapping(ec, in, rows, args[0])
	if err != nil {
		return nil, err
	}
	elems, err := m.applyIndexed(args[1])
	if err != nil {
		return nil, err
	}
	return m.list(elems), nil
}

func filterArray(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	m, err := newMapping(ec, in, rows, args[0])
	if err != nil {
		return nil, err
	}
	truth, err := m.applyIndexed(args[1])
	if err != nil {
		return nil, err
	}
	offsets, kept := m.narrowed(truth)
	return &columnar.List{Typ: m.v.Type(), Offsets: offsets, Elems: columnar.Take(ec.Pool, m.parts[0], kept), Valid: m.valid}, nil
}

// quantified is exists, decided by the first TRUE, or forall, decided by the first FALSE.
func quantified(decisive bool) logical.Lazy {
	return func(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
		m, err := newMapping(ec, in, rows, args[0])
		if err != nil {
			return nil, err
		}
		v, err := m.apply(args[1], m.parts[0])
		if err != nil {
			return nil, err
		}
		truth := columnar.Flatten(ec.Pool, v, columnar.AllRows(v.Len()))
		return truthRows(func(_ []columnar.Vector, r int) (is, known bool) {
			known = true
			for i := int(m.offsets[r]); i < int(m.offsets[r+1]); i++ {
				if truth.IsNull(i) {
					known = false
				} else if columnar.BoolAt(truth, i) == decisive {
					return decisive, true
				}
			}
			return !decisive, known
		})(ec, rows, []columnar.Vector{m.v})
	}
}

// aggregateArray folds all rows at once, an element of each at a time, the rows of the longest arrays first: so those not done yet are always
// the first ones.
func aggregateArray(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	m, err := newMapping(ec, in, rows, args[0])
	if err != nil {
		return nil, err
	}
	start, err := args[1].Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	var order []int32
	length := func(r int32) int32 { return m.offsets[r+1] - m.offsets[r] }
	for k := range rows.Count() {
		if r := rows.Row(k); !m.v.IsNull(r) {
			order = append(order, int32(r))
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(length(b), length(a)) })
	acc, err := m.fold(args[2], columnar.Take(ec.Pool, start, order), order)
	if err != nil {
		return nil, err
	}
	if len(args) == 4 {
		if acc, err = applyLambda(ec, in, args[3], order, []columnar.Vector{acc}); err != nil {
			return nil, err
		}
	}
	back := make([]int32, rows.N)
	for i := range back {
		back[i] = -1
	}
	for i, r := range order {
		back[r] = int32(i)
	}
	return columnar.TakeNullable(ec.Pool, acc, back), nil
}

// fold computes the last value of each row of order from the first ones in acc.
func (m *mapping) fold(merge logical.Evaluator, acc columnar.Vector, order []int32) (columnar.Vector, error) {
	var done []columnar.Vector // of the rows that are finished, the last ones first
	idx := make([]int32, 0, len(order))
	for step := int32(0); ; step++ {
		idx = idx[:0]
		for _, r := range order {
			at := m.offsets[r] + step
			if at >= m.offsets[r+1] {
				break
			}
			idx = append(idx, at)
		}
		if len(idx) < len(order) {
			done = append(done, acc.Slice(len(idx), len(order)))
			acc, order = acc.Slice(0, len(idx)), order[:len(idx)]
		}
		if len(idx) == 0 {
			break
		}
		var err error
		if acc, err = applyLambda(m.ec, m.in, merge, order, []columnar.Vector{acc, columnar.Take(m.ec.Pool, m.parts[0], idx)}); err != nil {
			return nil, err
		}
	}
	if len(done) == 0 {
		return columnar.NullVector(acc.Type(), 0), nil
	}
	slices.Reverse(done)
	return columnar.Concat(acc.Type(), done), nil
}

func zipWith(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	var lists [2]columnar.Vector
	for i := range lists {
		var err error
		if lists[i], err = args[i].Eval(ec, in, rows); err != nil {
			return nil, err
		}
	}
	left, right := rangesOf(lists[0]), rangesOf(lists[1])
	var idx [2][]int32
	var outer []int32
	offsets, valid, err := buildRanges(rows, func() int { return len(outer) }, func(r int) (bool, error) {
		if anyNull(lists[:], r) {
			return false, nil
		}
		lo, hi := left.at(r)
		lo2, hi2 := right.at(r)
		for i := range max(hi-lo, hi2-lo2) {
			idx[0], idx[1] = append(idx[0], within(lo+i, hi)), append(idx[1], within(lo2+i, hi2))
			outer = append(outer, int32(r))
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	params := make([]columnar.Vector, 2)
	for i, l := range lists {
		params[i] = columnar.TakeNullable(ec.Pool, entryVectors(l)[0], idx[i])
	}
	elems, err := applyLambda(ec, in, args[2], outer, params)
	if err != nil {
		return nil, err
	}
	return &columnar.List{Typ: columnar.ArrayOf(elems.Type()), Offsets: offsets, Elems: elems, Valid: valid}, nil
}

// within is i, or -1 if that is not below the end.
func within(i, end int32) int32 {
	if i < end {
		return i
	}
	return -1
}

func filterMap(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	m, err := newMapping(ec, in, rows, args[0])
	if err != nil {
		return nil, err
	}
	truth, err := m.apply(args[1], m.parts...)
	if err != nil {
		return nil, err
	}
	offsets, kept := m.narrowed(truth)
	return &columnar.MapVector{Typ: m.v.Type(), Offsets: offsets, Keys: columnar.Take(ec.Pool, m.parts[0], kept),
		Values: columnar.Take(ec.Pool, m.parts[1], kept), Valid: m.valid}, nil
}

func transformValues(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	m, err := newMapping(ec, in, rows, args[0])
	if err != nil {
		return nil, err
	}
	values, err := m.apply(args[1], m.parts...)
	if err != nil {
		return nil, err
	}
	t := columnar.MapOf(m.v.Type().Key(), values.Type())
	return &columnar.MapVector{Typ: t, Offsets: m.offsets, Keys: m.parts[0], Values: values, Valid: m.valid}, nil
}

func transformKeys(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	m, err := newMapping(ec, in, rows, args[0])
	if err != nil {
		return nil, err
	}
	keys, err := m.apply(args[1], m.parts...)
	if err != nil {
		return nil, err
	}
	out := newMapMaker(columnar.MapOf(keys.Type(), m.v.Type().Elem()), rows.Count())
	return out.build(rows, func(r int) (bool, error) {
		for i := int(m.offsets[r]); i < int(m.offsets[r+1]); i++ {
			if err := out.add(keys, i, m.parts[1], i); err != nil {
				return false, err
			}
		}
		return !m.v.IsNull(r), nil
	})
}

func zipMaps(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	var maps [2]columnar.Vector
	for i := range maps {
		var err error
		if maps[i], err = args[i].Eval(ec, in, rows); err != nil {
			return nil, err
		}
	}
	left, right := rangesOf(maps[0]), rangesOf(maps[1])
	a, b := entryVectors(maps[0]), entryVectors(maps[1])
	keys := columnar.NewBuilder(maps[0].Type().Key(), rows.Count())
	var idx [2][]int32
	var outer []int32
	offsets, valid, err := buildRanges(rows, keys.Len, func(r int) (bool, error) {
		if anyNull(maps[:], r) {
			return false, nil
		}
		lo, hi := left.at(r)
		lo2, hi2 := right.at(r)
		for i := lo; i < hi; i++ {
			keys.Append(a[0], int(i))
			idx[0], idx[1], outer = append(idx[0], i), append(idx[1], findKey(b[0], lo2, hi2, a[0], int(i))), append(outer, int32(r))
		}
		for i := lo2; i < hi2; i++ {
			if findKey(a[0], lo, hi, b[0], int(i)) < 0 {
				keys.Append(b[0], int(i))
				idx[0], idx[1], outer = append(idx[0], -1), append(idx[1], i), append(outer, int32(r))
			}
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	ks := keys.Build()
	values, err := applyLambda(ec, in, args[2], outer, []columnar.Vector{ks, columnar.TakeNullable(ec.Pool, a[1], idx[0]), columnar.TakeNullable(ec.Pool, b[1], idx[1])})
	if err != nil {
		return nil, err
	}
	return &columnar.MapVector{Typ: columnar.MapOf(ks.Type(), values.Type()), Offsets: offsets, Keys: ks, Values: values, Valid: valid}, nil
}
