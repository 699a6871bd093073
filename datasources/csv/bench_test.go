package csv

import (
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
	"github.com/gosql-engine/gosql/logical"
)

// BenchmarkScan sums columns of the TPC-H table lineitem as CSV, whose path is in GOSQL_LINEITEM_CSV, on two goroutines; "infer"
// is the time to find its schema.
func BenchmarkScan(b *testing.B) {
	path := os.Getenv("GOSQL_LINEITEM_CSV")
	if path == "" {
		b.Skip("GOSQL_LINEITEM_CSV is not set")
	}
	options := map[string]string{"header": "true", "inferSchema": "true"}
	table, err := (Format{}).Open(b.Context(), []string{path}, options, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("infer", func(b *testing.B) {
		for b.Loop() {
			if _, err := (Format{}).Open(b.Context(), []string{path}, options, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Log(table.Schema())
	for _, set := range []struct {
		name    string
		columns []int
	}{{"price", []int{5}}, {"q1", []int{4, 5, 6, 7, 8, 9, 10}}, {"all", nil}} {
		b.Run(set.name, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(float64(scanAll(b, table, set.columns)), "rows")
			}
		})
	}
}

func scanAll(b *testing.B, t logical.Table, columns []int) int64 {
	if columns == nil {
		for i := range t.Schema().Len() {
			columns = append(columns, i)
		}
	}
	s, err := t.Scan(b.Context(), logical.ScanRequest{Columns: slices.Clone(columns), Limit: -1, Slots: 2})
	if err != nil {
		b.Fatal(err)
	}
	var next, rows atomic.Int64
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			task := &sourcetest.Task{Context: b.Context(), Lend: new(columnar.Pool)}
			for i := next.Add(1) - 1; int(i) < len(s.Splits()); i = next.Add(1) - 1 {
				for batch, err := range s.Read(task, s.Splits()[i]) {
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
