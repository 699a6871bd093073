package parquet

import (
	"context"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// task is the ReadContext of a test.
type task struct {
	context.Context
	pool *columnar.Pool
}

func (task) Grow(int64) error             { return nil }
func (task) Filters() []logical.RowFilter { return nil }
func (t task) Pool() *columnar.Pool       { return t.pool }
func (task) Maps() *logical.MapBudget     { return nil }

// BenchmarkScan reads columns of the TPC-H table lineitem, whose path is in GOSQL_LINEITEM, on two goroutines.
func BenchmarkScan(b *testing.B) {
	path := os.Getenv("GOSQL_LINEITEM")
	if path == "" {
		b.Skip("GOSQL_LINEITEM is not set")
	}
	for _, set := range []struct{ name, columns string }{
		{"q1", "l_quantity l_extendedprice l_discount l_tax l_returnflag l_linestatus l_shipdate"},
		{"comment", "l_comment"},
		{"all", ""},
	} {
		b.Run(set.name, func(b *testing.B) {
			for b.Loop() {
				rows := scanAll(b, path, strings.Fields(set.columns))
				b.ReportMetric(float64(rows), "rows")
			}
		})
	}
}

func scanAll(b *testing.B, path string, names []string) int64 {
	t, err := Format{}.Open(b.Context(), []string{path}, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	var cols []int
	for i, f := range t.Schema().Fields {
		if len(names) == 0 {
			cols = append(cols, i)
		}
		for _, n := range names {
			if n == f.Name {
				cols = append(cols, i)
			}
		}
	}
	s, err := t.Scan(b.Context(), logical.ScanRequest{Columns: cols, Limit: -1, Slots: 2})
	if err != nil {
		b.Fatal(err)
	}
	var next, rows atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			tc := task{b.Context(), new(columnar.Pool)}
			for i := next.Add(1) - 1; int(i) < len(s.Splits()); i = next.Add(1) - 1 {
				for batch, err := range s.Read(tc, s.Splits()[i]) {
					if err != nil {
						b.Error(err)
						return
					}
					rows.Add(int64(batch.Len))
				}
			}
		})
	}
	wg.Wait()
	return rows.Load()
}
