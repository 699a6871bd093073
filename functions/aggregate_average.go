package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// newAverage makes the accumulator of avg for a type: a sum and a count. Integers are averaged as doubles, as in Spark.
func newAverage(t columnar.Type, try bool) logical.Accumulator {
	a := &average{of: t, result: averageResult(t), try: try}
	switch {
	case t.Kind == columnar.Decimal:
		a.sum = &wideSum{of: t, result: sumResult(t), try: try}
	case t.IsInterval():
		a.sum = &intSum{of: t, result: sumResult(t), try: try}
	default:
		a.sum = &floatSum{of: t}
	}
	return a
}

// average is a sum and the number of its values.
type average struct {
	of, result columnar.Type
	try        bool
	sum        logical.Accumulator
	n          counter
}

// Resize, Bytes, StateTypes, State and Merge implement logical.Accumulator.
func (a *average) Resize(groups int) { a.sum.Resize(groups); a.n.Resize(groups) }
func (a *average) Bytes() int64      { return a.sum.Bytes() + a.n.Bytes() }
func (a *average) StateTypes() []columnar.Type {
	return append(a.sum.StateTypes(), columnar.BigIntType)
}
func (a *average) State() ([]columnar.Vector, error) {
	s, err := a.sum.State()
	return append(s, a.n.vector()), err
}
func (a *average) Merge(ec *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	k := len(state) - 1
	if err := a.n.Merge(ec, group, state[k:]); err != nil {
		return err
	}
	return a.sum.Merge(ec, group, state[:k])
}

// Update implements logical.Accumulator.
func (a *average) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	if err := a.n.Update(ec, group, rows, args); err != nil {
		return err
	}
	if f, ok := a.sum.(*floatSum); ok && a.of.IsInteger() {
		addAsFloats(ec, f, group, rows, args[0])
		return nil
	}
	return a.sum.Update(ec, group, rows, args)
}

func addAsFloats(ec *logical.EvalContext, f *floatSum, group []uint32, rows columnar.Rows, v columnar.Vector) {
	switch v := columnar.Flatten(ec.Pool, v, rows).(type) {
	case *columnar.Fixed[int8]:
		addConverted(f, group, rows, v)
	case *columnar.Fixed[int16]:
		addConverted(f, group, rows, v)
	case *columnar.Fixed[int32]:
		addConverted(f, group, rows, v)
	case *columnar.Fixed[int64]:
		addConverted(f, group, rows, v)
	}
}

func addConverted[T int8 | int16 | int32 | int64](f *floatSum, group []uint32, rows columnar.Rows, v *columnar.Fixed[T]) {
	sum, seen := f.sum, f.seen
	if v.Valid == nil && rows.Sel == nil {
		for i, x := range v.Values[:len(group)] {
			sum[group[i]] += float64(x)
			seen[group[i]] = sumSeen
		}
		return
	}
	for i, g := range group {
		r := rows.Row(i)
		if v.Valid == nil || v.Valid.Get(r) {
			sum[g] += float64(v.Values[r])
			seen[g] = sumSeen
		}
	}
}

// Result implements logical.Accumulator.
func (a *average) Result(ec *logical.EvalContext) (columnar.Vector, error) {
	switch s := a.sum.(type) {
	case *floatSum:
		out := make([]float64, len(s.sum))
		for i, x := range s.sum {
			out[i] = x / float64(a.n.n[i])
		}
		return columnar.NewFixed(columnar.DoubleType, out, present(s.seen)), nil
	case *wideSum:
		return a.decimalResult(ec, s)
	case *intSum:
		return a.intervalResult(s)
	}
	panic("unreachable: newAverage makes these sums only")
}

// decimalResult divides exactly and rounds once, HALF_UP.
func (a *average) decimalResult(ec *logical.EvalContext, s *wideSum) (columnar.Vector, error) {
	out := make([]columnar.Int128, len(s.sum))
	valid := present(s.seen)
	scale := columnar.Pow10(int(a.result.Scale) - int(a.of.Scale))
	for i, x := range s.sum {
		n := a.n.n[i]
		if n == 0 {
			continue
		}
		q, ok := columnar.MulDivRound(x, scale, columnar.Int128From(n))
		if ok && s.seen[i]&sumOver == 0 && q.FitsPrecision(int(a.result.Precision)) {
			out[i] = q
			continue
		}
		if ec.ANSI && !a.try {
			return nil, sumOverflow(a.result)
		}
		if valid == nil {
			valid = columnar.FullBitmap(len(out))
		}
		valid.Clear(i)
	}
	return decimals(a.result, out, valid), nil
}

// intervalResult divides and rounds HALF_UP.
func (a *average) intervalResult(s *intSum) (columnar.Vector, error) {
	out := make([]int64, len(s.sum))
	for i, x := range s.sum {
		if n := a.n.n[i]; n > 0 {
			out[i] = columnar.Int128From(x).DivRound(columnar.Int128From(n)).Int64()
		}
	}
	valid, err := s.valid()
	if err != nil {
		return nil, err
	}
	if a.result.Layout() != columnar.LayoutInt32 {
		return columnar.NewFixed(a.result, out, valid), nil
	}
	months := make([]int32, len(out))
	for i, x := range out {
		months[i] = int32(x)
	}
	return columnar.NewFixed(a.result, months, valid), nil
}
