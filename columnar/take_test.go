package columnar

import (
	"math/rand/v2"
	"testing"
)

func TestTake(t *testing.T) {
	eachCase(t, func(t *testing.T, r *rand.Rand, p *Pool, typ Type, f, _ form, rows Rows) {
		v := randomVector(r, typ, rows.N, f)
		idx := make([]int32, r.IntN(3*rows.N))
		for i := range idx {
			idx[i] = int32(r.IntN(rows.N))
		}
		got := Take(p, v, idx)
		checkRows(t, "Take", got, AllRows(len(idx)), func(i int) (Vector, int) { return v, int(idx[i]) })
		if got.Borrowed() != (p != nil && f != constForm) {
			t.Errorf("form %d: borrowed is %v with pool %v", f, got.Borrowed(), p != nil)
		}
		for i := range idx {
			idx[i] = int32(r.IntN(rows.N+1)) - 1
		}
		null := NullVector(typ, 1)
		checkRows(t, "TakeNullable", TakeNullable(p, v, idx), AllRows(len(idx)), func(i int) (Vector, int) {
			if idx[i] < 0 {
				return null, 0
			}
			return v, int(idx[i])
		})
	})
}

func TestTakeNullableOfNothing(t *testing.T) {
	got := TakeNullable(nil, NewFixed(IntType, []int32{}, nil), []int32{-1, -1})
	if got.Len() != 2 || !got.IsNull(0) || !got.IsNull(1) {
		t.Errorf("got %v", got)
	}
}

func TestTakeKeepsForm(t *testing.T) {
	d := &Dict{Codes: []int32{0, 1, 0}, Values: NewStrings("x", "y")}
	if got, ok := Take(nil, d, []int32{2, 1}).(*Dict); !ok || got.Values != d.Values {
		t.Errorf("a Dict became %T", got)
	}
	if _, ok := Take(nil, NewConst(ScalarOf("x"), 3), []int32{2, 1}).(*Const); !ok {
		t.Error("a Const did not stay one")
	}
	long := NewStrings("a value longer than a view holds")
	if got := Take(nil, long, []int32{0}).(*Strings); &got.Bufs[0][0] != &long.Bufs[0][0] {
		t.Error("Take copied the bytes of a string")
	}
}

func TestFlatten(t *testing.T) {
	eachCase(t, func(t *testing.T, r *rand.Rand, p *Pool, typ Type, f, _ form, rows Rows) {
		v := randomVector(r, typ, rows.N, f)
		got := Flatten(p, v, rows)
		switch got.(type) {
		case *Dict, *Const:
			t.Fatalf("Flatten left a %T", got)
		}
		checkRows(t, "Flatten", got, rows, func(i int) (Vector, int) { return v, i })
	})
}

func TestConcat(t *testing.T) {
	eachCase(t, func(t *testing.T, r *rand.Rand, p *Pool, typ Type, f, g form, rows Rows) {
		whole := []Vector{randomVector(r, typ, rows.N, f), randomVector(r, typ, rows.N, g)}
		var parts []Vector
		type place struct{ vector, row int }
		var want []place
		for range r.IntN(5) {
			k, lo := r.IntN(2), r.IntN(rows.N)
			hi := lo + r.IntN(rows.N-lo+1)
			part := whole[k].Slice(lo, hi)
			if p != nil && r.IntN(2) == 0 {
				part = Take(p, part, identity(hi-lo))
			}
			parts = append(parts, part)
			for i := lo; i < hi; i++ {
				want = append(want, place{k, i})
			}
		}
		got := Concat(typ, parts)
		p.Reset() // scribbles over what was borrowed
		checkRows(t, "Concat", got, AllRows(len(want)), func(i int) (Vector, int) { return whole[want[i].vector], want[i].row })
		if got.Borrowed() {
			t.Error("Concat's result is borrowed")
		}
	})
}

func identity(n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(i)
	}
	return out
}

func TestConcatBatches(t *testing.T) {
	s := NewSchema(Field{Name: "a", Type: IntType}, Field{Name: "s", Type: StringType})
	b := NewBatch(s, 3, NewFixed(IntType, []int32{1, 2, 3}, nil), NewStrings("x", "y", "z"))
	filtered := b
	filtered.Sel = []int32{1}
	got := ConcatBatches(s, []Batch{b, filtered})
	if got.Len != 4 || got.Sel != nil || Int64At(got.Cols[0], 3) != 2 || StringAt(got.Cols[1], 3) != "y" {
		t.Errorf("got %d rows", got.Len)
	}
	if empty := ConcatBatches(s, nil); empty.Len != 0 || empty.Cols[0].Len() != 0 {
		t.Error("no batches do not make an empty one")
	}
}

func TestSliceAgainstRows(t *testing.T) {
	eachCase(t, func(t *testing.T, r *rand.Rand, _ *Pool, typ Type, f, _ form, rows Rows) {
		v := randomVector(r, typ, rows.N, f)
		lo := r.IntN(rows.N)
		hi := lo + r.IntN(rows.N-lo+1)
		checkRows(t, "Slice", v.Slice(lo, hi), AllRows(hi-lo), func(i int) (Vector, int) { return v, lo + i })
	})
}

func TestRetain(t *testing.T) {
	eachCase(t, func(t *testing.T, r *rand.Rand, _ *Pool, typ Type, f, _ form, rows Rows) {
		p := new(Pool)
		v := randomVector(r, typ, rows.N, f)
		kept := Take(p, v, identity(rows.N)).Retain()
		p.Reset()
		checkRows(t, "Retain", kept, AllRows(rows.N), func(i int) (Vector, int) { return v, i })
	})
}
