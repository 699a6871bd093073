package physical

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// randomColumn makes n values of few different ones, by kind.
func randomColumn(r *rand.Rand, kind string, n int) columnar.Vector {
	one := func() columnar.Vector {
		x := r.IntN(12) - 6
		switch kind {
		case "tinyint":
			return columnar.ScalarOf(int8(x))
		case "bigint":
			return columnar.ScalarOf([]int64{math.MinInt64, math.MaxInt64, 0, 1, -1, int64(x)}[r.IntN(6)])
		case "double":
			return columnar.ScalarOf([]float64{math.NaN(), math.Inf(-1), math.Inf(1), math.Copysign(0, -1), 0, float64(x) / 4}[r.IntN(6)])
		case "boolean":
			return columnar.ScalarOf(x > 0)
		case "decimal":
			v := columnar.Int128From(int64(x))
			if x > 2 {
				v, _ = v.Mul(columnar.Pow10(30))
			}
			return columnar.NewFixed(columnar.DecimalType(38, 2), []columnar.Int128{v}, nil)
		case "short string":
			return columnar.ScalarOf([]string{"", "a", "a\x00", "ab", "b"}[r.IntN(5)])
		case "array":
			return &columnar.List{Typ: columnar.ArrayOf(columnar.IntType), Offsets: []int32{0, 1}, Elems: columnar.ScalarOf(int32(x))}
		}
		return columnar.ScalarOf(fmt.Sprintf("Customer#0000000%02d%s", x+6, []string{"", " and more"}[r.IntN(2)]))
	}
	b := columnar.NewBuilder(one().Type(), n)
	for range n {
		if r.IntN(8) == 0 && kind != "tinyint" {
			b.AppendNull()
		} else {
			b.Append(one(), 0)
		}
	}
	return b.Build()
}

func TestSortIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	kinds := []string{"tinyint", "bigint", "double", "boolean", "decimal", "short string", "string", "array"}
	for range 300 {
		n := []int{0, 1, 50, 2000}[r.IntN(4)]
		var keys []*logical.SortKey
		var cols []columnar.Vector
		var names []string
		for range 1 + r.IntN(4) {
			kind := kinds[r.IntN(len(kinds))]
			v := randomColumn(r, kind, n)
			if r.IntN(4) == 0 && n > 0 {
				codes := make([]int32, n)
				for i := range codes {
					codes[i] = int32(r.IntN(n))
				}
				v = &columnar.Dict{Codes: codes, Values: v}
			}
			keys = append(keys, &logical.SortKey{Desc: r.IntN(2) == 0, NullsFirst: r.IntN(2) == 0})
			cols, names = append(cols, v), append(names, kind)
		}
		want := make([]int32, n)
		for i := range want {
			want[i] = int32(i)
		}
		slices.SortStableFunc(want, func(a, b int32) int { return compareRows(keys, cols, int(a), cols, int(b)) })
		if got := sortIndex(keys, cols, n); !slices.Equal(got, want) {
			t.Fatalf("sorting %d rows by %v differs from sorting by comparisons", n, names)
		}
	}
}

// numbersSide is n shuffled numbers with a second column of the same order, as text.
func numbersSide(r *rand.Rand, n int) *side { return randomSide(r, n, n/3+1, 1, 500, 0.05) }

func TestExternalSort(t *testing.T) {
	s := numbersSide(rand.New(rand.NewPCG(5, 6)), 60_000)
	keys := []*logical.SortKey{{Child: s.attrs[0], Desc: true}, {Child: s.attrs[1], NullsFirst: true}}
	op := NewSort(s.op(), keys)
	want, err := testRows(t, op, Conf{})
	if err != nil {
		t.Fatal(err)
	}
	sc, err := rdd.NewContext(rdd.WithThreads(1), rdd.WithMemory(4<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer sc.Close()
	var got []string
	x := run(context.Background(), sc, op, Conf{}, func(b columnar.Batch, err error) bool {
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.Len {
			got = append(got, columnar.FormatValue(b.Cols[0], i)+"|"+columnar.FormatValue(b.Cols[1], i)+"|"+columnar.FormatValue(b.Cols[2], i))
		}
		return true
	})
	if x.Metrics(op).Spilled.Load() == 0 {
		t.Error("nothing was spilled")
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d rows sorted with spilling, %d without, or in another order", len(got), len(want))
	}
}

func TestTopN(t *testing.T) {
	s := numbersSide(rand.New(rand.NewPCG(7, 8)), 20_000)
	for _, keys := range [][]*logical.SortKey{
		{{Child: s.attrs[0], Desc: true}, {Child: s.attrs[2]}, {Child: s.attrs[1]}},
		{{Child: s.attrs[0], NullsFirst: true}, {Child: s.attrs[1]}, {Child: s.attrs[2]}},
		{{Child: s.attrs[1]}, {Child: s.attrs[0]}, {Child: s.attrs[2]}},
		{{Child: testCall("<", s.attrs[0], s.attrs[0]), NullsFirst: true}, {Child: s.attrs[1], Desc: true}, {Child: s.attrs[0]}, {Child: s.attrs[2]}},
	} {
		want, err := testRows(t, NewSort(s.op(), keys), Conf{})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int64{0, 1, 10, 5000, 30_000} {
			got, err := testRows(t, &TopN{unary{s.op()}, keys, n, true}, Conf{})
			if err != nil || !slices.Equal(got, want[:min(int(n), len(want))]) {
				t.Errorf("top %d by %s: %v; %d rows, not the first of the sorted", n, logical.JoinStrings(keys), err, len(got))
			}
		}
	}
}
