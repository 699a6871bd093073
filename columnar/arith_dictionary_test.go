package columnar

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// randomDict is a column of n rows over a dictionary of so many entries, with NULLs among the rows and the entries or without.
func randomDict(r *rand.Rand, t Type, entries, n int, nulls bool) *Dict {
	values, codes := make([]int64, entries), make([]int32, n)
	for i := range values {
		values[i] = r.Int64N(2*Pow10Int64(int(t.Precision))-1) - Pow10Int64(int(t.Precision)) + 1
	}
	for i := range codes {
		codes[i] = int32(r.IntN(entries))
	}
	d := &Dict{Codes: codes}
	var valid Bitmap
	if nulls {
		valid, d.Valid = FullBitmap(entries), FullBitmap(n)
		for range 3 {
			valid.Clear(r.IntN(entries))
			d.Valid.Clear(r.IntN(n))
		}
	}
	d.Values = NewFixed(t, values, valid)
	return d
}

// Arithmetic of a dictionary column with a constant gives what it gives for the values written out, on either side, for all rows and some, whether
// or not the result's type has room for every entry.
func TestDictionaryArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	coded := 0
	for _, typ := range []Type{DecimalType(3, 2), DecimalType(9, 0), DecimalType(15, 2), DecimalType(18, 4)} {
		for _, other := range []Type{DecimalType(1, 0), DecimalType(4, 1), DecimalType(18, 0), DecimalType(25, 2)} {
			for _, op := range []ArithOp{Add, Sub, Mul, Div, Mod} {
				for trial := range 12 {
					n := []int{1, 40, 500}[trial%3]
					d := randomDict(r, typ, []int{1, 11, 200}[r.IntN(3)], n, trial >= 6)
					c := NewConst(Take(nil, decimalsOf(r, other, int(other.Precision), 1), []int32{0}), n)
					rows := AllRows(n)
					if trial%2 == 1 {
						rows = Rows{N: n, Sel: []int32{}}
						for i := range n {
							if r.IntN(3) > 0 {
								rows.Sel = append(rows.Sel, int32(i))
							}
						}
					}
					for _, flip := range []bool{false, true} {
						if checkCoded(t, op, d, c, flip, rows) {
							coded++
						}
					}
				}
			}
		}
	}
	if coded == 0 {
		t.Error("no result kept the codes")
	}
}

// checkCoded says whether the result is a dictionary column.
func checkCoded(t *testing.T, op ArithOp, d *Dict, c *Const, flip bool, rows Rows) bool {
	t.Helper()
	var a, b, flat Vector = d, c, Flatten(nil, d, AllRows(rows.N))
	fa, fb := flat, b
	if flip {
		a, b, fa, fb = c, d, c, flat
	}
	result := decimalResult(op, a.Type(), b.Type())
	got, err := Arith(new(Pool), op, false, a, b, result, rows)
	want, err2 := Arith(new(Pool), op, false, fa, fb, result, rows)
	if fmt.Sprint(err) != fmt.Sprint(err2) {
		t.Fatalf("%v, written out %v", err, err2)
	}
	for i := range rows.Count() {
		if g, w := FormatValue(got, rows.Row(i)), FormatValue(want, rows.Row(i)); g != w {
			t.Fatalf("%s of %s and %s, row %d: %s, written out %s", arithNames[op], a.Type().SQL(), b.Type().SQL(), rows.Row(i), g, w)
		}
	}
	_, kept := got.(*Dict)
	return kept
}
