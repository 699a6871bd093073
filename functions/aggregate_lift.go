package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// The states of groups of one row each (logical.Lifter): mostly the rows' own values. An aggregation whose keys hardly repeat passes rows on in
// this form.

var (
	oneSeen = columnar.NewFixed(columnar.TinyIntType, []int8{sumSeen}, nil)
	oneRow  = columnar.NewFixed(columnar.BigIntType, []int64{1}, nil)
)

// seenFlags are the flags of rows that are groups of their own.
func seenFlags(v columnar.Vector, n int) columnar.Vector {
	if !v.HasNulls() {
		return columnar.NewConst(oneSeen, n)
	}
	flags := make([]int8, n)
	for i := range flags {
		if !v.IsNull(i) {
			flags[i] = sumSeen
		}
	}
	return columnar.NewFixed(columnar.TinyIntType, flags, nil)
}

// allSeen says whether flags are those of values that are all there.
func allSeen(flags columnar.Vector) bool {
	c, ok := flags.(*columnar.Const)
	return ok && !c.IsNull(0) && columnar.Int64At(c.Value, 0) == sumSeen
}

// Lift implements logical.Lifter. What a NULL has for its sum does not count.
func (a *intSum) Lift(ec *logical.EvalContext, args []columnar.Vector, n int) []columnar.Vector {
	var sums columnar.Vector
	switch v := columnar.Flatten(ec.Pool, args[0], columnar.AllRows(n)).(type) {
	case *columnar.Fixed[int8]:
		sums = converted[int64](ec, columnar.BigIntType, v)
	case *columnar.Fixed[int16]:
		sums = converted[int64](ec, columnar.BigIntType, v)
	case *columnar.Fixed[int32]:
		sums = converted[int64](ec, columnar.BigIntType, v)
	case *columnar.Fixed[int64]:
		sums = &columnar.Fixed[int64]{Typ: columnar.BigIntType, Values: v.Values, Lent: v.Lent}
	}
	return []columnar.Vector{sums, seenFlags(args[0], n)}
}

// converted is v in another type of numbers, without its NULLs.
func converted[R, T int8 | int16 | int32 | int64 | float32 | float64](ec *logical.EvalContext, t columnar.Type, v *columnar.Fixed[T]) *columnar.Fixed[R] {
	out := columnar.MakeFixed[R](ec.Pool, t, len(v.Values))
	for i, x := range v.Values {
		out.Values[i] = R(x)
	}
	return out
}

// Lift implements logical.Lifter.
func (a *floatSum) Lift(ec *logical.EvalContext, args []columnar.Vector, n int) []columnar.Vector {
	switch v := columnar.Flatten(ec.Pool, args[0], columnar.AllRows(n)).(type) {
	case *columnar.Fixed[float32]:
		return asDoubles(ec, v)
	case *columnar.Fixed[int8]:
		return asDoubles(ec, v)
	case *columnar.Fixed[int16]:
		return asDoubles(ec, v)
	case *columnar.Fixed[int32]:
		return asDoubles(ec, v)
	case *columnar.Fixed[int64]:
		return asDoubles(ec, v)
	default:
		return []columnar.Vector{v}
	}
}

// asDoubles is a column as DOUBLE.
func asDoubles[T int8 | int16 | int32 | int64 | float32](ec *logical.EvalContext, v *columnar.Fixed[T]) []columnar.Vector {
	out := converted[float64](ec, columnar.DoubleType, v)
	out.Valid = v.Valid
	return []columnar.Vector{out}
}

// Lift implements logical.Lifter.
func (a *wideSum) Lift(ec *logical.EvalContext, args []columnar.Vector, n int) []columnar.Vector {
	out := columnar.MakeFixed[columnar.Int128](ec.Pool, a.StateTypes()[0], n)
	switch v := columnar.Flatten(ec.Pool, args[0], columnar.AllRows(n)).(type) {
	case *columnar.Fixed[int64]:
		out.Valid = v.Valid
		for i, x := range v.Values {
			out.Values[i] = columnar.Int128From(x)
		}
	case *columnar.Fixed[columnar.Int128]:
		out.Valid = v.Valid
		copy(out.Values, v.Values)
	}
	return []columnar.Vector{out, seenFlags(args[0], n)}
}

// Lift implements logical.Lifter.
func (a *average) Lift(ec *logical.EvalContext, args []columnar.Vector, n int) []columnar.Vector {
	return append(a.sum.(logical.Lifter).Lift(ec, args, n), a.n.Lift(ec, args, n)...)
}

// Lift implements logical.Lifter.
func (c *counter) Lift(_ *logical.EvalContext, args []columnar.Vector, n int) []columnar.Vector {
	nulls := false
	for _, a := range args {
		nulls = nulls || a.HasNulls()
	}
	if !nulls {
		return []columnar.Vector{columnar.NewConst(oneRow, n)}
	}
	counts := make([]int64, n)
	for i := range counts {
		counts[i] = 1
		for _, a := range args {
			if a.IsNull(i) {
				counts[i] = 0
			}
		}
	}
	return []columnar.Vector{columnar.NewFixed(columnar.BigIntType, counts, nil)}
}

// Lift implements logical.Lifter.
func (c *trueCounter) Lift(ec *logical.EvalContext, args []columnar.Vector, n int) []columnar.Vector {
	counts := make([]int64, n)
	if b, ok := columnar.Flatten(ec.Pool, args[0], columnar.AllRows(n)).(*columnar.Bool); ok { // else VOID
		for i := range counts {
			if b.True(i) {
				counts[i] = 1
			}
		}
	}
	return []columnar.Vector{columnar.NewFixed(columnar.BigIntType, counts, nil)}
}

// Lift implements logical.Lifter.
func (a *extreme[T]) Lift(ec *logical.EvalContext, args []columnar.Vector, n int) []columnar.Vector {
	return []columnar.Vector{columnar.Flatten(ec.Pool, args[0], columnar.AllRows(n))}
}
