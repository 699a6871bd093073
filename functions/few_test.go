package functions

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// TestFewGroups: sums, averages' sums and counts over few groups are those of exact arithmetic, for values up to the limits of the fast loops
// and beyond, for all rows and for selected ones, with and without NULLs.
func TestFewGroups(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, typ := range []columnar.Type{columnar.DecimalType(15, 2), columnar.DecimalType(18, 2), columnar.DecimalType(25, 4), columnar.DecimalType(38, 0)} {
		for _, limit := range []int64{1000, 1<<49 - 1, 1 << 49, 999_999_999_999_999, 1 << 62} {
			for _, groups := range []int{1, 2, 64, 65} {
				t.Run(fmt.Sprintf("%s below %d in %d groups", typ.SQL(), limit, groups), func(t *testing.T) {
					if typ.Precision == 15 {
						limit = min(limit, 999_999_999_999_999)
					}
					checkGroups(t, r, typ, limit, groups)
				})
			}
		}
	}
}

func checkGroups(t *testing.T, r *rand.Rand, typ columnar.Type, limit int64, groups int) {
	sum := &wideSum{of: typ, result: sumResult(typ)}
	count := &counter{}
	sum.Resize(groups)
	count.Resize(groups)
	wantSum, wantCount := make([]big.Int, groups), make([]int64, groups)
	ec := &logical.EvalContext{Pool: new(columnar.Pool)}
	for batch := range 8 {
		n := []int{3, 256, 2048, 9000}[batch%4]
		v := randomDecimals(r, typ, limit, n, batch == 5)
		rows := columnar.AllRows(n)
		if batch >= 4 {
			rows.Sel = []int32{}
			for i := range n {
				if r.IntN(3) > 0 {
					rows.Sel = append(rows.Sel, int32(i))
				}
			}
		}
		group := make([]uint32, rows.Count())
		for i := range group {
			if group[i] = uint32(r.IntN(groups)); batch < 2 {
				group[i] = 0 // the others have not been seen yet
			}
			if k := rows.Row(i); !v.IsNull(k) {
				wantCount[group[i]]++
				x, _ := new(big.Int).SetString(columnar.DecimalAt(v, k).Text(0), 10)
				wantSum[group[i]].Add(&wantSum[group[i]], x)
			}
		}
		if batch%4 == 2 {
			v = dictionaryOf(v)
		}
		if err := sum.Update(ec, group, rows, []columnar.Vector{v}); err != nil {
			t.Fatal(err)
		}
		if err := count.Update(ec, group, rows, []columnar.Vector{v}); err != nil {
			t.Fatal(err)
		}
		for g := range groups {
			if got := sum.sum[g].Text(0); got != wantSum[g].String() || count.n[g] != wantCount[g] || (sum.seen[g]&sumSeen != 0) != (wantCount[g] > 0) {
				t.Fatalf("batch %d group %d: sum %s of %d, seen %d, want %s of %d", batch, g, got, count.n[g], sum.seen[g], &wantSum[g], wantCount[g])
			}
		}
	}
}

// randomDecimals are values between -limit and limit.
func randomDecimals(r *rand.Rand, t columnar.Type, limit int64, n int, nulls bool) columnar.Vector {
	b := columnar.NewBuilder(t, n)
	for range n {
		v := r.Int64N(limit)
		if r.IntN(2) == 0 {
			v = -v
		}
		switch {
		case nulls && r.IntN(5) == 0:
			b.AppendNull()
		case t.Layout() == columnar.LayoutInt64:
			b.Append(columnar.NewFixed(t, []int64{v}, nil), 0)
		default:
			b.Append(columnar.NewFixed(t, []columnar.Int128{columnar.Int128From(v)}, nil), 0)
		}
	}
	return b.Build()
}

// dictionaryOf is v as codes of a dictionary in another order.
func dictionaryOf(v columnar.Vector) columnar.Vector {
	n := v.Len()
	back := make([]int32, n)
	for i := range back {
		back[i] = int32(n - 1 - i)
	}
	return &columnar.Dict{Codes: back, Values: columnar.Take(nil, v, back)}
}
