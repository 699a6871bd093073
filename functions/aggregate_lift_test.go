package functions

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// liftable are the accumulators that lift, with their arguments' types.
var liftable = []struct {
	name string
	typ  columnar.Type
	make func(t columnar.Type) logical.Accumulator
}{
	{"sum", columnar.TinyIntType, func(t columnar.Type) logical.Accumulator { return newSum(t, false) }},
	{"sum", columnar.SmallIntType, func(t columnar.Type) logical.Accumulator { return newSum(t, false) }},
	{"sum", columnar.IntType, func(t columnar.Type) logical.Accumulator { return newSum(t, false) }},
	{"sum", columnar.BigIntType, func(t columnar.Type) logical.Accumulator { return newSum(t, false) }},
	{"sum", columnar.FloatType, func(t columnar.Type) logical.Accumulator { return newSum(t, false) }},
	{"sum", columnar.DoubleType, func(t columnar.Type) logical.Accumulator { return newSum(t, false) }},
	{"sum", columnar.DecimalType(12, 2), func(t columnar.Type) logical.Accumulator { return newSum(t, false) }},
	{"sum", columnar.DecimalType(38, 4), func(t columnar.Type) logical.Accumulator { return newSum(t, true) }},
	{"sum", columnar.DayTimeType(0, 3), func(t columnar.Type) logical.Accumulator { return newSum(t, false) }},
	{"sum", columnar.YearMonthType(0, 1), func(t columnar.Type) logical.Accumulator { return newSum(t, false) }},
	{"avg", columnar.SmallIntType, func(t columnar.Type) logical.Accumulator { return newAverage(t, false) }},
	{"avg", columnar.BigIntType, func(t columnar.Type) logical.Accumulator { return newAverage(t, false) }},
	{"avg", columnar.FloatType, func(t columnar.Type) logical.Accumulator { return newAverage(t, false) }},
	{"avg", columnar.DecimalType(12, 2), func(t columnar.Type) logical.Accumulator { return newAverage(t, false) }},
	{"avg", columnar.DayTimeType(0, 3), func(t columnar.Type) logical.Accumulator { return newAverage(t, false) }},
	{"count", columnar.StringType, func(columnar.Type) logical.Accumulator { return &counter{} }},
	{"count_if", columnar.BooleanType, func(columnar.Type) logical.Accumulator { return &trueCounter{} }},
	{"min", columnar.DoubleType, func(t columnar.Type) logical.Accumulator { return newExtreme(t, false) }},
	{"max", columnar.DoubleType, func(t columnar.Type) logical.Accumulator { return newExtreme(t, true) }},
	{"max", columnar.TinyIntType, func(t columnar.Type) logical.Accumulator { return newExtreme(t, true) }},
	{"min", columnar.DateType, func(t columnar.Type) logical.Accumulator { return newExtreme(t, false) }},
}

// TestLift: groups merged from lifted rows have the results of groups of the rows themselves, for values of every form.
func TestLift(t *testing.T) {
	ec := &logical.EvalContext{ANSI: true}
	for _, c := range liftable {
		for form, args := range liftedForms(c.typ) {
			n := args.Len()
			group := make([]uint32, n)
			for i := range group {
				group[i] = uint32(i % 7)
			}
			plain, lifted := c.make(c.typ), c.make(c.typ)
			plain.Resize(8) // the last is empty
			lifted.Resize(8)
			if err := plain.Update(ec, group, columnar.AllRows(n), []columnar.Vector{args}); err != nil {
				t.Fatal(err)
			}
			state := c.make(c.typ).(logical.Lifter).Lift(ec, []columnar.Vector{args}, n)
			for i, typ := range lifted.StateTypes() {
				if state[i].Type() != typ || state[i].Len() != n {
					t.Fatalf("%s(%s), %s: state %d is %d rows of %s, want %d of %s", c.name, c.typ, form, i, state[i].Len(), state[i].Type(), n, typ)
				}
			}
			if err := lifted.Merge(ec, group, state); err != nil {
				t.Fatal(err)
			}
			want, err := plain.Result(ec)
			got, err2 := lifted.Result(ec)
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			for g := range 8 {
				if a, b := columnar.FormatValue(want, g), columnar.FormatValue(got, g); a != b || want.IsNull(g) != got.IsNull(g) {
					t.Errorf("%s(%s), %s: group %d is %s, want %s", c.name, c.typ, form, g, b, a)
				}
			}
		}
	}
}

// liftedForms are vectors of a type: without NULLs, with some, with NULLs alone, as codes of a dictionary, as one value, and empty.
func liftedForms(t columnar.Type) map[string]columnar.Vector {
	r := rand.New(rand.NewPCG(3, 4))
	build := func(n int, null func(i int) bool) columnar.Vector {
		b := columnar.NewBuilder(t, n)
		for i := range n {
			if null(i) {
				b.AppendNull()
			} else {
				b.Append(liftedValue(t, r), 0)
			}
		}
		return b.Build()
	}
	never := func(int) bool { return false }
	some := build(50, func(i int) bool { return i%3 == 0 || i%7 == 2 })
	codes := make([]int32, 60)
	for i := range codes {
		codes[i] = int32(r.IntN(50))
	}
	return map[string]columnar.Vector{
		"no NULLs":   build(50, never),
		"NULLs":      some,
		"NULLs only": build(20, func(int) bool { return true }),
		"dictionary": &columnar.Dict{Codes: codes, Values: some},
		"constant":   columnar.NewConst(build(1, never), 30),
		"a NULL":     columnar.NewConst(build(1, func(int) bool { return true }), 30),
		"empty":      build(0, never),
	}
}

func liftedValue(t columnar.Type, r *rand.Rand) columnar.Vector {
	x := int64(r.IntN(200) - 100)
	switch t.Layout() {
	case columnar.LayoutBool:
		return columnar.ScalarOf(x > 0)
	case columnar.LayoutInt8:
		return columnar.NewFixed(t, []int8{int8(x)}, nil)
	case columnar.LayoutInt16:
		return columnar.NewFixed(t, []int16{int16(x)}, nil)
	case columnar.LayoutInt32:
		return columnar.NewFixed(t, []int32{int32(x)}, nil)
	case columnar.LayoutInt64:
		return columnar.NewFixed(t, []int64{x}, nil)
	case columnar.LayoutInt128:
		return columnar.NewFixed(t, []columnar.Int128{columnar.Int128From(x)}, nil)
	case columnar.LayoutFloat32:
		return columnar.NewFixed(t, []float32{float32(x) / 4}, nil)
	case columnar.LayoutFloat64:
		return columnar.NewFixed(t, []float64{[]float64{float64(x), math.NaN(), math.Copysign(0, -1), math.Inf(1), 0.5}[r.IntN(5)]}, nil)
	}
	return columnar.ScalarOf("some text that is long")
}
