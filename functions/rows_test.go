package functions_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/functions"
	"github.com/gosql-engine/gosql/logical"
)

// guarded is a column that must not be asked for rows at which it holds 99.
type guarded struct{ v columnar.Vector }

func (g guarded) Type() columnar.Type       { return g.v.Type() }
func (g guarded) Constant() columnar.Vector { return nil }
func (g guarded) Eval(_ *logical.EvalContext, _ columnar.Batch, rows columnar.Rows) (columnar.Vector, error) {
	for i := range rows.Count() {
		if r := rows.Row(i); g.v.Type().IsInteger() && !g.v.IsNull(r) && columnar.Int64At(g.v, r) == 99 {
			return nil, fmt.Errorf("row %d was computed", r)
		}
	}
	return g.v, nil
}

// lazyRows runs a function that computes its arguments itself over columns.
func lazyRows(t *testing.T, name string, rows columnar.Rows, cols ...columnar.Vector) columnar.Vector {
	t.Helper()
	args := make([]logical.Evaluator, len(cols))
	for i, c := range cols {
		args[i] = guarded{c}
	}
	ec := &logical.EvalContext{Context: context.Background(), ANSI: true, Zone: time.UTC, Pool: new(columnar.Pool)}
	out, err := functions.Lookup(name).Kind.(logical.Lazy)(ec, columnar.Batch{Len: rows.N}, rows, args)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out
}

func bools(values ...any) columnar.Vector {
	b := columnar.NewBuilder(columnar.BooleanType, len(values))
	for _, v := range values {
		if v == nil {
			b.AppendNull()
		} else {
			b.Append(columnar.ScalarOf(v.(bool)), 0)
		}
	}
	return b.Build()
}

func ints(values ...any) columnar.Vector {
	b := columnar.NewBuilder(columnar.IntType, len(values))
	for _, v := range values {
		if v == nil {
			b.AppendNull()
		} else {
			b.Append(columnar.ScalarOf(int32(v.(int))), 0)
		}
	}
	return b.Build()
}

func sameRows(t *testing.T, what string, got, want columnar.Vector, rows columnar.Rows) {
	t.Helper()
	for i := range rows.Count() {
		if r := rows.Row(i); !columnar.EqualAt(got, r, want, r) {
			t.Errorf("%s, row %d: got %s, want %s", what, r, columnar.FormatValue(got, r), columnar.FormatValue(want, r))
		}
	}
}

// TestLazyRows: values that no row needs are not computed for it.
func TestLazyRows(t *testing.T) {
	all, some := columnar.AllRows(4), columnar.Rows{N: 4, Sel: []int32{1, 3}}
	cond := bools(true, false, nil, true)
	sameRows(t, "case", lazyRows(t, "case", all, cond, ints(1, 99, 99, 2), ints(99, 5, nil, 99)), ints(1, 5, nil, 2), all)
	sameRows(t, "case without else", lazyRows(t, "case", all, cond, ints(1, 99, 99, nil)), ints(1, nil, nil, nil), all)
	sameRows(t, "case of some rows", lazyRows(t, "case", some, cond, ints(99, 99, 99, 2), ints(99, 5, 99, 99)), ints(0, 5, 0, 2), some)
	sameRows(t, "second condition", lazyRows(t, "case", all, cond, ints(1, 99, 99, 2), bools(true, true, false, true), ints(99, 7, 99, 99)), ints(1, 7, nil, 2), all)
	sameRows(t, "coalesce", lazyRows(t, "coalesce", all, ints(1, nil, nil, 2), ints(99, 5, nil, 99), ints(99, 99, 6, 99)), ints(1, 5, 6, 2), all)
	sameRows(t, "coalesce of some rows", lazyRows(t, "coalesce", some, ints(99, nil, 99, 2), ints(99, 5, 99, 99)), ints(0, 5, 0, 2), some)
	sameRows(t, "nvl2", lazyRows(t, "nvl2", all, ints(1, nil, nil, 2), ints(3, 99, 99, 4), ints(99, 5, nil, 99)), ints(3, 5, nil, 4), all)
	sameRows(t, "decode", lazyRows(t, "decode", all, ints(1, 2, nil, 4), ints(1, 1, 1, 1), ints(10, 99, 99, 99), ints(nil, nil, nil, nil), ints(99, 99, 30, 99), ints(99, 20, 99, 40)),
		ints(10, 20, 30, 40), all)
}

// TestLogicRows compares AND and OR over rows with the three-valued tables.
func TestLogicRows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	values := []any{true, false, nil}
	for range 100 {
		n := 1 + r.IntN(150)
		x, y, and, or := make([]any, n), make([]any, n), make([]any, n), make([]any, n)
		rows := columnar.Rows{N: n, Sel: []int32{}}
		for i := range n {
			x[i], y[i] = values[r.IntN(3)], values[r.IntN(3)]
			switch {
			case x[i] == false || y[i] == false:
				and[i] = false
			case x[i] == true && y[i] == true:
				and[i] = true
			}
			switch {
			case x[i] == true || y[i] == true:
				or[i] = true
			case x[i] == false && y[i] == false:
				or[i] = false
			}
			if r.IntN(2) == 0 {
				rows.Sel = append(rows.Sel, int32(i))
			}
		}
		for _, rows := range []columnar.Rows{columnar.AllRows(n), rows} {
			sameRows(t, "and", lazyRows(t, "and", rows, bools(x...), bools(y...)), bools(and...), rows)
			sameRows(t, "or", lazyRows(t, "or", rows, bools(x...), bools(y...)), bools(or...), rows)
		}
	}
}

// TestLike compares the pattern matcher with a recursive definition.
func TestLike(t *testing.T) {
	var fits func(p, s []rune) bool
	fits = func(p, s []rune) bool {
		switch {
		case len(p) == 0:
			return len(s) == 0
		case p[0] == '%':
			return fits(p[1:], s) || len(s) > 0 && fits(p, s[1:])
		}
		return len(s) > 0 && (p[0] == '_' || p[0] == s[0]) && fits(p[1:], s[1:])
	}
	r := rand.New(rand.NewPCG(3, 4))
	random := func(alphabet string, n int) []rune {
		out := make([]rune, r.IntN(n))
		for i := range out {
			out[i] = []rune(alphabet)[r.IntN(len([]rune(alphabet)))]
		}
		return out
	}
	like := functions.Lookup("like").Kind.(logical.Scalar)
	for range 5000 {
		p, s := random("ab%_é%", 7), random("abé", 9)
		ec := &logical.EvalContext{Context: context.Background(), ANSI: true, State: &logical.CallState{}}
		text := columnar.NewStrings(string(s), string(s))
		for _, pattern := range []columnar.Vector{columnar.NewConst(columnar.ScalarOf(string(p)), 2), columnar.NewStrings(string(p), string(p))} {
			got, err := like(ec, columnar.AllRows(2), []columnar.Vector{text, pattern})
			if err != nil {
				t.Fatal(err)
			}
			if columnar.BoolAt(got, 1) != fits(p, s) {
				t.Fatalf("%q LIKE %q: %v", string(s), string(p), !fits(p, s))
			}
		}
	}
}
