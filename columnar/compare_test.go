package columnar

import (
	"math"
	"math/rand/v2"
	"testing"
)

// truth is a three-valued answer.
func truth(v *Bool, i int) string {
	switch {
	case v.IsNull(i):
		return "NULL"
	case v.Bits.Get(i):
		return "true"
	}
	return "false"
}

func wantTruth(null, value bool) string {
	switch {
	case null:
		return "NULL"
	case value:
		return "true"
	}
	return "false"
}

func TestCompare(t *testing.T) {
	eachCase(t, func(t *testing.T, r *rand.Rand, p *Pool, typ Type, f, g form, rows Rows) {
		a, b := randomVector(r, typ, rows.N, f), randomVector(r, typ, rows.N, g)
		for op := Eq; op <= Ge; op++ {
			got := Compare(p, op, a, b, rows)
			for i := range rows.Count() {
				k := rows.Row(i)
				want := wantTruth(a.IsNull(k) || b.IsNull(k), op.holds(CompareAt(a, k, b, k)))
				if truth(got, k) != want {
					t.Fatalf("forms %d %s %d, row %d of %d (%d selected): got %s, want %s", f, op, g, k, rows.N, rows.Count(), truth(got, k), want)
				}
			}
		}
		same := EqNullSafe(p, a, b, rows)
		for i := range rows.Count() {
			k := rows.Row(i)
			if want := wantTruth(false, EqualAt(a, k, b, k)); truth(same, k) != want {
				t.Fatalf("forms %d <=> %d, row %d of %d: got %s, want %s", f, g, k, rows.N, truth(same, k), want)
			}
		}
	})
}

// TestCompareAt has the order of each type's telling values written out, as TestCompare only compares kernels with CompareAt.
func TestCompareAt(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	null := func(v Vector) Vector { return NullVector(v.Type(), 1) }
	list := func(v Vector) Vector {
		return &List{Typ: ArrayOf(v.Type()), Offsets: []int32{0, int32(v.Len())}, Elems: v}
	}
	ints := func(v ...int32) Vector { return NewFixed(IntType, v, nil) }
	withNull := func() Vector {
		b := NewBuilder(IntType, 1)
		b.AppendNull()
		return b.Build()
	}()
	f := func(name string, ascending ...Vector) {
		t.Helper()
		for i, a := range ascending {
			for j, b := range ascending {
				want := 0
				if i < j {
					want = -1
				} else if i > j {
					want = 1
				}
				if got := CompareAt(a, 0, b, 0); got != want {
					t.Errorf("%s: value %d against %d: %d, want %d", name, i, j, got, want)
				}
				if got := EqualAt(a, 0, b, 0); got != (want == 0) {
					t.Errorf("%s: value %d equals %d: %v", name, i, j, got)
				}
			}
		}
	}
	f("double", null(ScalarOf(1.0)), ScalarOf(-inf), ScalarOf(-1.5), ScalarOf(0.0), ScalarOf(1e300), ScalarOf(inf), ScalarOf(nan))
	f("bigint", null(ScalarOf(int64(1))), ScalarOf(int64(math.MinInt64)), ScalarOf(int64(-1)), ScalarOf(int64(math.MaxInt64)))
	f("string", null(ScalarOf("")), ScalarOf(""), ScalarOf("a"), ScalarOf("a\x00"), ScalarOf("ab"), ScalarOf("abcdefghijklm"), ScalarOf("abcdefghijklmn"),
		ScalarOf("b"), ScalarOf("é"), ScalarOf("😀"))
	f("boolean", null(ScalarOf(true)), ScalarOf(false), ScalarOf(true))
	f("array", null(list(ints())), list(ints()), list(withNull), list(ints(1)), list(ints(1, 0)), list(ints(2)))
	f("wide", NewFixed(DecimalType(38, 0), []Int128{Pow10(38).Neg()}, nil), NewFixed(DecimalType(38, 0), []Int128{Int128From(-1)}, nil),
		NewFixed(DecimalType(38, 0), []Int128{{}}, nil), NewFixed(DecimalType(38, 0), []Int128{{Lo: 1 << 63}}, nil), NewFixed(DecimalType(38, 0), []Int128{Pow10(38)}, nil))
	if CompareAt(ScalarOf(0.0), 0, ScalarOf(math.Copysign(0, -1)), 0) != 0 {
		t.Error("-0.0 is not 0.0")
	}
}

func TestLogic(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	and := map[string]string{"truetrue": "true", "trueNULL": "NULL", "NULLtrue": "NULL", "NULLNULL": "NULL"}
	or := map[string]string{"falsefalse": "false", "falseNULL": "NULL", "NULLfalse": "NULL", "NULLNULL": "NULL"}
	not := map[string]string{"true": "false", "false": "true", "NULL": "NULL"}
	look := func(m map[string]string, key, rest string) string {
		if v, ok := m[key]; ok {
			return v
		}
		return rest
	}
	for a := range forms {
		for b := range forms {
			for _, n := range []int{1, 64, 150} {
				rows := randomRows(r, n)
				x, y := randomVector(r, BooleanType, n, a), randomVector(r, BooleanType, n, b)
				fx, fy := Flatten(nil, x, AllRows(n)).(*Bool), Flatten(nil, y, AllRows(n)).(*Bool)
				gotAnd, gotOr, gotNot := And(nil, x, y, rows), Or(nil, x, y, rows), Not(nil, x, rows)
				null, notNull := IsNull(nil, x, rows), IsNotNull(nil, x, rows)
				var selected []int32
				for i := range rows.Count() {
					k := rows.Row(i)
					tx, ty := truth(fx, k), truth(fy, k)
					if tx == "true" {
						selected = append(selected, int32(k))
					}
					checks := [][3]string{
						{"AND", truth(gotAnd, k), look(and, tx+ty, "false")},
						{"OR", truth(gotOr, k), look(or, tx+ty, "true")},
						{"NOT", truth(gotNot, k), not[tx]},
						{"IS NULL", truth(null, k), wantTruth(false, tx == "NULL")},
						{"IS NOT NULL", truth(notNull, k), wantTruth(false, tx != "NULL")},
					}
					for _, c := range checks {
						if c[1] != c[2] {
							t.Fatalf("%s of %s, %s: got %s, want %s", c[0], tx, ty, c[1], c[2])
						}
					}
				}
				got := SelectTrue(x, rows, nil)
				if len(got) != len(selected) {
					t.Fatalf("form %d: SelectTrue found %d rows of %d", a, len(got), len(selected))
				}
				for i := range got {
					if got[i] != selected[i] {
						t.Fatalf("SelectTrue: %v, want %v", got, selected)
					}
				}
			}
		}
	}
}

func TestLogicOfVoid(t *testing.T) {
	void := NullVector(VoidType, 5)
	if got := And(nil, void, NewConst(ScalarOf(false), 5), AllRows(5)); truth(got, 3) != "false" {
		t.Errorf("NULL AND FALSE is %s", truth(got, 3))
	}
	if got := SelectTrue(void, AllRows(5), nil); len(got) != 0 {
		t.Errorf("NULL selects %v", got)
	}
}

func TestSelectTrueReusesBuffer(t *testing.T) {
	buf := make([]int32, 0, 100)
	got := SelectTrue(NewConst(ScalarOf(true), 70), AllRows(70), buf)
	if len(got) != 70 || &got[0] != &buf[:1][0] {
		t.Error("the buffer was not reused")
	}
}
