package physical

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// TestGroupLimit: of each group the rows with fewer than Count others before them pass, and none is made up, for keys of every kind with NULLs, NaN,
// ties and any direction, with memory and without.
func TestGroupLimit(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, typ := range []columnar.Type{columnar.TinyIntType, columnar.IntType, columnar.DateType, columnar.BigIntType, columnar.DecimalType(10, 2),
		columnar.FloatType, columnar.DoubleType, columnar.StringType} {
		for round := range 8 {
			rows, groups := 1+r.IntN(4000), []int{1, 3, 50, 5000}[round%4]
			b, attrs := rankedRows(r, typ, rows, groups)
			key := &logical.SortKey{Child: attrs[1], Desc: r.IntN(2) == 0, NullsFirst: r.IntN(2) == 0}
			op := &GroupLimit{unary{&local{cols: attrs, batches: []columnar.Batch{b}}}, []logical.Expr{attrs[0]}, key, 1 + r.IntN(4)}
			var opts []rdd.ContextOption
			if round >= 4 {
				opts = append(opts, rdd.WithMemory(64<<10))
			}
			got, err := testRows(t, op, Conf{BatchRows: []int{7, 1000}[round%2]}, opts...)
			if err != nil {
				t.Fatal(err)
			}
			checkFirst(t, op, b, got)
		}
	}
}

// rankedRows are rows of a group, a value and a number, which tells them apart.
func rankedRows(r *rand.Rand, typ columnar.Type, n, groups int) (columnar.Batch, []*logical.Attr) {
	g, v := columnar.NewBuilder(columnar.IntType, n), columnar.NewBuilder(typ, n)
	id := make([]int64, n)
	for i := range n {
		id[i] = int64(i)
		if k := r.IntN(groups); k == 2 {
			g.AppendNull()
		} else {
			g.Append(columnar.ScalarOf(int32(k)), 0)
		}
		if r.IntN(10) == 0 {
			v.AppendNull()
		} else {
			v.Append(rankedValue(r, typ), 0)
		}
	}
	attrs := []*logical.Attr{logical.NewAttr("g", columnar.IntType, true), logical.NewAttr("v", typ, true), logical.NewAttr("id", columnar.BigIntType, false)}
	return columnar.NewBatch(schemaOf(attrs), n, g.Build(), v.Build(), columnar.NewFixed(columnar.BigIntType, id, nil)), attrs
}

func rankedValue(r *rand.Rand, t columnar.Type) columnar.Vector {
	x := r.IntN(100) - 50
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0, float64(x) / 4}[r.IntN(6)]
	switch t.Layout() {
	case columnar.LayoutInt8:
		return columnar.NewFixed(t, []int8{[]int8{math.MinInt8, math.MaxInt8, int8(x)}[r.IntN(3)]}, nil)
	case columnar.LayoutInt32:
		return columnar.NewFixed(t, []int32{int32(x)}, nil)
	case columnar.LayoutInt64:
		return columnar.NewFixed(t, []int64{[]int64{-999_999_999, 999_999_999, int64(x)}[r.IntN(3)]}, nil)
	case columnar.LayoutFloat32:
		return columnar.NewFixed(t, []float32{float32(odd)}, nil)
	case columnar.LayoutFloat64:
		return columnar.NewFixed(t, []float64{odd}, nil)
	}
	return columnar.ScalarOf([]string{"", "a", "a\x00", "the same long beginning, then ", "the same "}[r.IntN(5)] + fmt.Sprint(x))
}

func checkFirst(t *testing.T, op *GroupLimit, b columnar.Batch, got []string) {
	t.Helper()
	given := map[string]bool{}
	for _, row := range got {
		given[row] = true
	}
	if len(given) != len(got) {
		t.Errorf("%s: some rows were given twice", op)
	}
	v := b.Cols[1]
	known := 0
	for i := range b.Len {
		row := fmt.Sprintf("%s|%s|%d", columnar.FormatValue(b.Cols[0], i), columnar.FormatValue(v, i), i)
		if given[row] {
			known++
			continue
		}
		before := 0
		for j := range b.Len {
			if columnar.EqualAt(b.Cols[0], i, b.Cols[0], j) && rankedBefore(op.Key, v, j, i) {
				before++
			}
		}
		if before < op.Count {
			t.Fatalf("%s: row %s was dropped, but has only %d before it", op, row, before)
		}
	}
	if known != len(got) {
		t.Errorf("%s: %d rows were made up", op, len(got)-known)
	}
}

// rankedBefore says whether row i comes before row j.
func rankedBefore(key *logical.SortKey, v columnar.Vector, i, j int) bool {
	if v.IsNull(i) || v.IsNull(j) {
		return v.IsNull(i) != v.IsNull(j) && v.IsNull(i) == key.NullsFirst
	}
	c := columnar.CompareAt(v, i, v, j)
	return c < 0 && !key.Desc || c > 0 && key.Desc
}

// TestGroupLimitDrops: most rows of large groups are dropped; where each row is a group of its own, they pass without being held for long.
func TestGroupLimitDrops(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	b, attrs := rankedRows(r, columnar.BigIntType, 50_000, 10)
	b.Cols[1] = b.Cols[2] // no ties
	for _, by := range []int{0, 2} {
		op := &GroupLimit{unary{&local{cols: attrs, batches: []columnar.Batch{b}}}, []logical.Expr{attrs[by]}, &logical.SortKey{Child: attrs[1]}, 2}
		got, err := testRows(t, op, Conf{})
		if want := []int{20, 0, 50_000}[by]; err != nil || len(got) != want {
			t.Errorf("by column %d: %d rows, %v, want %d", by, len(got), err, want)
		}
	}
}
