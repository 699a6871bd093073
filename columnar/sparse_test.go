package columnar

import (
	"math/rand/v2"
	"testing"
)

// everyNth selects one row of k.
func everyNth(n, k int) Rows {
	rows := Rows{N: n, Sel: []int32{}}
	for i := k / 2; i < n; i += k {
		rows.Sel = append(rows.Sel, int32(i))
	}
	return rows
}

// TestSparseDictionary: where few rows are selected, answers of dictionary entries go to these alone.
func TestSparseDictionary(t *testing.T) {
	r := rand.New(rand.NewPCG(21, 22))
	const n = 2000
	values := NewBuilder(IntType, 5)
	for i := range 4 {
		values.Append(NewFixed(IntType, []int32{int32(i)}, nil), 0)
	}
	values.AppendNull()
	for _, valid := range []bool{false, true} {
		d := &Dict{Codes: make([]int32, n), Values: values.Build()}
		for i := range d.Codes {
			d.Codes[i] = int32(r.IntN(5))
		}
		if valid {
			d.Valid = FullBitmap(n)
			for i := range n {
				d.Valid.Put(i, r.IntN(4) > 0)
			}
		}
		for _, rows := range []Rows{AllRows(n), everyNth(n, 2), everyNth(n, 50), {N: n, Sel: []int32{}}} {
			got := Compare(new(Pool), Lt, d, NewConst(NewFixed(IntType, []int32{2}, nil), n), rows)
			for i := range rows.Count() {
				k := rows.Row(i)
				if want := wantTruth(d.IsNull(k), d.Codes[k] < 2); truth(got, k) != want {
					t.Fatalf("row %d of %d selected: %s, want %s", k, rows.Count(), truth(got, k), want)
				}
			}
		}
	}
}

// TestDecimalProducts: products of decimals that are wide by their types, of short values and of long ones, for all rows and for few.
func TestDecimalProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	const n = 500
	for _, types := range [][2]Type{
		{DecimalType(15, 2), DecimalType(16, 2)}, {DecimalType(32, 4), DecimalType(16, 2)}, {DecimalType(16, 2), DecimalType(32, 4)},
		{DecimalType(32, 3), DecimalType(34, 3)}, {DecimalType(38, 0), DecimalType(38, 0)}, {DecimalType(38, 0), DecimalType(5, 0)},
	} {
		for _, digits := range []int{4, 18, 19, 20} {
			a, b := decimalsOf(r, types[0], digits, n), decimalsOf(r, types[1], digits, n)
			if r.IntN(3) == 0 {
				b = NewConst(b.Slice(0, 1), n)
			}
			typ := decimalResult(Mul, types[0], types[1])
			for _, rows := range []Rows{AllRows(n), everyNth(n, 2), everyNth(n, 40)} {
				got, err := TryArith(new(Pool), Mul, a, b, typ, rows)
				if err != nil {
					t.Fatal(err)
				}
				for i := range rows.Count() {
					k := rows.Row(i)
					want := exactDecimal(Mul, DecimalAt(a, k), a.Type(), DecimalAt(b, k), b.Type(), typ)
					if got.IsNull(k) != (want == nil) || want != nil && bigOf(DecimalAt(got, k)).Cmp(want) != 0 {
						t.Fatalf("%v × %v = %v, want %v", DecimalAt(a, k), DecimalAt(b, k), DecimalAt(got, k), want)
					}
				}
			}
		}
	}
}

// decimalsOf are random values of up to so many digits, as far as the type has them.
func decimalsOf(r *rand.Rand, t Type, digits, n int) Vector {
	b := NewBuilder(t, n)
	for range n {
		_, v := randomInt128(r).QuoRem(Pow10(min(digits, int(t.Precision))))
		if t.Layout() == LayoutInt64 {
			b.Append(NewFixed(t, []int64{v.Int64()}, nil), 0)
		} else {
			b.Append(NewFixed(t, []Int128{v}, nil), 0)
		}
	}
	return b.Build()
}
