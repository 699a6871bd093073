package columnar

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
)

func TestLifts(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	failed := errors.New("failed")
	for range 400 {
		n := []int{1, 64, 100}[r.IntN(3)]
		rows := randomRows(r, n)
		ints := randomVector(r, IntType, n, form(r.IntN(int(forms))))
		longs := randomVector(r, BigIntType, n, form(r.IntN(int(forms))))
		texts := randomVector(r, StringType, n, form(r.IntN(int(forms))))
		var p *Pool
		if r.IntN(2) == 0 {
			p = new(Pool)
		}
		half := func(x int32) (int64, bool, error) { return int64(x) / 2, x != 7, nil }
		one, err := UnaryErr(p, ints, BigIntType, rows, half)
		sum := Pairwise(p, ints, longs, BigIntType, rows, func(x int32, y int64) int64 { return int64(x) ^ y })
		double := StringsToStrings(p, texts, StringType, rows, func(dst, s []byte) ([]byte, bool) {
			return append(append(dst, s...), s...), len(s) != 1
		})
		length := StringsTo(p, texts, IntType, rows, func(s []byte) (int32, bool) { return int32(len(s)), true })
		prefix := StringsToBool(p, texts, rows, func(s []byte) bool { return bytes.HasPrefix(s, []byte("abcd")) })
		if err != nil {
			t.Fatal(err)
		}
		for i := range rows.Count() {
			k := rows.Row(i)
			if null := ints.IsNull(k) || Int64At(ints, k) == 7; one.IsNull(k) != null || !null && Int64At(one, k) != Int64At(ints, k)/2 {
				t.Fatalf("UnaryErr, row %d", k)
			}
			if null := ints.IsNull(k) || longs.IsNull(k); sum.IsNull(k) != null || !null && Int64At(sum, k) != Int64At(ints, k)^Int64At(longs, k) {
				t.Fatalf("Pairwise, row %d", k)
			}
			if texts.IsNull(k) {
				if !double.IsNull(k) || !length.IsNull(k) || !prefix.IsNull(k) {
					t.Fatalf("NULL string gave a value, row %d", k)
				}
				continue
			}
			s := StringAt(texts, k)
			if double.IsNull(k) != (len(s) == 1) || len(s) != 1 && StringAt(double, k) != s+s {
				t.Fatalf("StringsToStrings of %q, row %d", s, k)
			}
			if Int64At(length, k) != int64(len(s)) || BoolAt(prefix, k) != (len(s) >= 4 && s[:4] == "abcd") {
				t.Fatalf("StringsTo of %q, row %d", s, k)
			}
		}
		if _, err := UnaryErr(p, ints, IntType, rows, func(int32) (int32, bool, error) { return 0, false, failed }); err != nil && err != failed {
			t.Fatal(err)
		}
	}
}

// TestLiftsCall counts calls: once for a Const, once for each entry in use of a Dict, never for NULLs and unselected rows.
func TestLiftsCall(t *testing.T) {
	f := func(name string, v Vector, rows Rows, want int) {
		t.Helper()
		calls := 0
		Unary(nil, v, IntType, rows, func(x int32) int32 { calls++; return x })
		if calls != want {
			t.Errorf("%s: %d calls, want %d", name, calls, want)
		}
	}
	three := NewFixed(IntType, []int32{1, 2, 3}, Bitmap{0b011})
	f("Const", NewConst(ScalarOf(int32(1)), 10), AllRows(10), 1)
	f("Const, nothing selected", NewConst(ScalarOf(int32(1)), 10), Rows{N: 10, Sel: []int32{}}, 0)
	f("NULL Const", NullVector(IntType, 10), AllRows(10), 0)
	f("Dict", &Dict{Codes: []int32{0, 1, 2, 0, 1}, Values: three}, AllRows(5), 2)
	f("Dict with an unused entry", &Dict{Codes: []int32{0, 0, 1, 0, 0}, Values: three}, Rows{N: 5, Sel: []int32{0, 1, 3, 4}}, 1)
	f("Dict longer than the selection", &Dict{Codes: []int32{0, 0}, Values: three}, AllRows(2), 2)
	f("selection", three, Rows{N: 3, Sel: []int32{1, 2}}, 1)
}

func TestLiftsOfVoid(t *testing.T) {
	void := NullVector(VoidType, 4)
	if v := Unary(nil, void, IntType, AllRows(4), func(x int32) int32 { return x }); !v.IsNull(2) || v.Type() != IntType {
		t.Error("a function of VOID is not NULL")
	}
	if v := Pairwise(nil, void, NewFixed(IntType, []int32{1, 2, 3, 4}, nil), IntType, AllRows(4), func(x, y int32) int32 { return x }); !v.IsNull(2) {
		t.Error("a function of VOID and INT is not NULL")
	}
}
