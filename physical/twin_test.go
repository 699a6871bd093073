package physical

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// BenchmarkTwin runs the loops of operators (by=kernel) and what one would write at first in their place (by=naive): groups by a Go map, a sort by
// comparison. bench/run.sh micro sets the two beside each other.
func BenchmarkTwin(b *testing.B) {
	const n = 1 << 20
	r := rand.New(rand.NewPCG(1, 1))
	values := make([]int64, n)
	for i := range values {
		values[i] = r.Int64N(n / 4)
	}
	perRow(b, "group/by=kernel", n, func() {
		groups, out := newIntGroups(columnar.BigIntType), make([]uint32, columnar.BatchRows)
		for at := 0; at < n; at += columnar.BatchRows {
			part := columnar.NewFixed(columnar.BigIntType, values[at:at+columnar.BatchRows], nil)
			groups.assign([]columnar.Vector{part}, columnar.AllRows(columnar.BatchRows), out)
		}
	})
	perRow(b, "group/by=naive", n, func() {
		groups := map[int64]uint32{}
		for _, v := range values {
			if _, known := groups[v]; !known {
				groups[v] = uint32(len(groups))
			}
		}
	})
	column := columnar.NewFixed(columnar.BigIntType, values, nil)
	keys := []*logical.SortKey{{}}
	perRow(b, "sort/by=kernel", n, func() { sortIndex(keys, []columnar.Vector{column}, n) })
	perRow(b, "sort/by=naive", n, func() {
		idx := make([]int32, n)
		for i := range idx {
			idx[i] = int32(i)
		}
		slices.SortStableFunc(idx, func(x, y int32) int { return int(values[x] - values[y]) })
	})
}

// perRow runs f and reports ns for each of n rows.
func perRow(b *testing.B, name string, n int, f func()) {
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			f()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/row")
	})
}
