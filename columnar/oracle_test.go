package columnar

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// The tests of kernels run each over random vectors of every type and form, with and without a selection and a pool, and compare
// with what the row-wise access functions say.

var testTypes = []Type{
	BooleanType, TinyIntType, SmallIntType, IntType, BigIntType, FloatType, DoubleType, DecimalType(10, 2), DecimalType(30, 4), StringType,
	BinaryType, DateType, TimestampType, YearMonthType(0, 1), DayTimeType(0, 3), ArrayOf(IntType), ArrayOf(StringType),
	StructOf(Field{Name: "a", Type: IntType}, Field{Name: "b", Type: StringType}), ArrayOf(ArrayOf(DoubleType)),
}

// sample is a vector of telling values of a type, with a NULL at the end.
func sample(t Type) Vector {
	b := NewBuilder(t, 16)
	add := func(v Vector) {
		for i := range v.Len() {
			b.Append(v, i)
		}
	}
	switch t.Layout() {
	case LayoutBool:
		add(ScalarOf(true))
		add(ScalarOf(false))
	case LayoutInt8:
		add(NewFixed(t, []int8{math.MinInt8, -2, -1, 0, 1, 2, 7, math.MaxInt8}, nil))
	case LayoutInt16:
		add(NewFixed(t, []int16{math.MinInt16, -300, -1, 0, 1, 2, 7, math.MaxInt16}, nil))
	case LayoutInt32:
		add(NewFixed(t, []int32{math.MinInt32, -70000, -1, 0, 1, 2, 7, math.MaxInt32}, nil))
	case LayoutInt64:
		if t.Kind == Decimal {
			add(NewFixed(t, []int64{-9999999999, -123456, -1, 0, 1, 100, 250, 9999999999}, nil))
			break
		}
		add(NewFixed(t, []int64{math.MinInt64, -5000000000, -1, 0, 1, 2, 7, math.MaxInt64}, nil))
	case LayoutInt128:
		big := Pow10(29)
		add(NewFixed(t, []Int128{big.Neg(), Int128From(-1), {}, Int128From(1), Int128From(math.MaxInt64), {0, 1}, big}, nil))
	case LayoutFloat32:
		add(NewFixed(t, []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), 0, float32(math.Copysign(0, -1)), 1.5, -2}, nil))
	case LayoutFloat64:
		add(NewFixed(t, []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1.5, -2, 1e300}, nil))
	case LayoutBytes:
		add(&Strings{Typ: t, Views: NewStrings("", "a", "ab", "abcd", "abcdefghijkl", "abc", "zz", "\xff").Views})
		long := NewStrings("abcdefghijklm", "abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyy", strings.Repeat("abcd", 20), strings.Repeat("abcd", 20)+"e")
		add(&Strings{Typ: t, Views: long.Views, Bufs: long.Bufs})
	case LayoutList:
		inner := sample(t.Elem())
		n := int32(inner.Len())
		add(&List{Typ: t, Offsets: []int32{0, 0, 1, 3, 3, n}, Elems: inner})
		add(&List{Typ: t, Offsets: []int32{n - 2, n - 1, n}, Elems: inner})
	case LayoutStruct:
		s := &StructVector{Typ: t, N: 6}
		for _, f := range t.Fields() {
			s.Fields = append(s.Fields, sample(f.Type).Slice(1, 7))
		}
		add(s)
	}
	b.AppendNull()
	return b.Build()
}

type form int

const (
	flatForm form = iota
	flatNoNulls
	dictForm
	constForm
	forms
)

// randomVector is n rows of sample values in a form.
func randomVector(r *rand.Rand, t Type, n int, f form) Vector {
	values := sample(t)
	pick := func() int { return r.IntN(values.Len()) }
	if f == flatNoNulls {
		pick = func() int { return r.IntN(values.Len() - 1) }
	}
	switch f {
	case dictForm:
		d := &Dict{Codes: make([]int32, n), Values: values, Valid: FullBitmap(n)}
		for i := range d.Codes {
			d.Codes[i] = int32(pick())
			d.Valid.Put(i, r.IntN(10) > 0)
		}
		return d
	case constForm:
		k := pick()
		return NewConst(values.Slice(k, k+1), n)
	}
	b := NewBuilder(t, n)
	for range n {
		b.Append(values, pick())
	}
	return b.Build()
}

// randomRows selects all, most or few rows.
func randomRows(r *rand.Rand, n int) Rows {
	keep := []int{0, 2, 20}[r.IntN(3)]
	if keep == 0 {
		return AllRows(n)
	}
	rows := Rows{N: n, Sel: []int32{}}
	for i := range n {
		if r.IntN(keep) == 0 {
			rows.Sel = append(rows.Sel, int32(i))
		}
	}
	return rows
}

// eachCase calls f for every type and pair of forms, some sizes and selections.
func eachCase(t *testing.T, f func(t *testing.T, r *rand.Rand, p *Pool, typ Type, a, b form, rows Rows)) {
	for _, typ := range testTypes {
		t.Run(typ.String(), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(typ.Kind)))
			for a := range forms {
				for b := range forms {
					for _, n := range []int{1, 63, 64, 200} {
						var p *Pool
						if r.IntN(2) == 0 {
							p = new(Pool)
						}
						f(t, r, p, typ, a, b, randomRows(r, n))
					}
				}
			}
		})
	}
}

// checkRows compares the selected rows of got with those that want says.
func checkRows(t *testing.T, what string, got Vector, rows Rows, want func(i int) (v Vector, row int)) {
	t.Helper()
	if got.Len() != rows.N {
		t.Fatalf("%s: %d rows, want %d", what, got.Len(), rows.N)
	}
	for i := range rows.Count() {
		r := rows.Row(i)
		if v, k := want(r); !EqualAt(got, r, v, k) {
			t.Fatalf("%s: row %d of %d differs", what, r, rows.N)
		}
	}
}
