package parquet

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources/sourcetest"
	"github.com/gosql-engine/gosql/logical"
)

// chosen is a row filter that keeps the rows, counted from the beginning of a split, for which want is true.
type chosen struct {
	columns []int
	want    func(row int) bool
	at      int
	sel     []int32
}

func (c *chosen) Columns() []int         { return c.columns }
func (c *chosen) Bounds() []logical.Expr { return nil }
func (c *chosen) Keep(b columnar.Batch) (columnar.Batch, error) {
	c.sel = c.sel[:0]
	rows := b.LiveRows()
	for i := range rows.Count() {
		if c.want(c.at + rows.Row(i)) {
			c.sel = append(c.sel, int32(rows.Row(i)))
		}
	}
	c.at += b.Len
	b.Sel = slices.Clip(append([]int32{}, c.sel...))
	return b, nil
}

// pickBatch has columns of every kind with NULLs, and such without: few and many distinct values, short and long strings.
func pickBatch(t *testing.T, n int) columnar.Batch {
	schema := schemaOf(t, "b boolean, ti tinyint, n int, f float, d double, dec decimal(12,2), wide decimal(30,2), s string, dt date, ts timestamp, a array<int>, st struct<x:int,y:string>")
	b := sourcetest.Batch(schema, 0, n)
	r := rand.New(rand.NewPCG(3, 4))
	few, many, small, flag := make([]int64, n), make([]int64, n), make([]int32, n), columnar.MakeBool(nil, n)
	short, long := columnar.NewStringsBuilder(nil, columnar.StringType, n), columnar.NewStringsBuilder(nil, columnar.StringType, n)
	for i := range n {
		few[i], many[i], small[i] = int64(i/7%5), r.Int64(), int32(r.IntN(40_000))
		if r.IntN(2) == 0 {
			flag.Bits.Set(i)
		}
		short.AppendString([]string{"", "one", "a word that is longer"}[r.IntN(3)])
		long.AppendString(fmt.Sprintf("%d is followed by %d and a text", i, r.IntN(1000)))
	}
	fields := append(slices.Clone(schema.Fields), columnar.Field{Name: "few", Type: columnar.BigIntType}, columnar.Field{Name: "many", Type: columnar.BigIntType},
		columnar.Field{Name: "small", Type: columnar.IntType}, columnar.Field{Name: "flag", Type: columnar.BooleanType},
		columnar.Field{Name: "short", Type: columnar.StringType}, columnar.Field{Name: "long", Type: columnar.StringType})
	cols := append(slices.Clone(b.Cols), columnar.NewFixed(columnar.BigIntType, few, nil), columnar.NewFixed(columnar.BigIntType, many, nil),
		columnar.NewFixed(columnar.IntType, small, nil), flag, short.Build(), long.Build())
	return columnar.NewBatch(columnar.NewSchema(fields...), n, cols...)
}

// What a scan yields with row filters is what it yields without, less the rows that were dropped.
func TestRowFilters(t *testing.T) {
	const n = 150_000
	r := rand.New(rand.NewPCG(1, 2))
	random := make([]bool, n)
	for i := range random {
		random[i] = r.IntN(50) == 0
	}
	wants := map[string]func(row int) bool{
		"all":              func(int) bool { return true },
		"none":             func(int) bool { return false },
		"one":              func(row int) bool { return row == 70_001 },
		"the last":         func(row int) bool { return row == n-1 },
		"few, anywhere":    func(row int) bool { return random[row] },
		"half":             func(row int) bool { return row%2 == 0 },
		"a range":          func(row int) bool { return row > 30_000 && row < 35_000 },
		"far apart ranges": func(row int) bool { return row%60_000 < 100 },
	}
	path := filepath.Join(t.TempDir(), "f.parquet")
	batch := pickBatch(t, n)
	writeFile(t, path, "snappy", batch)
	table, err := Format{}.Open(t.Context(), []string{path}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	columns := make([]int, batch.Schema.Len())
	for i := range columns {
		columns[i] = i
	}
	for _, size := range []int{0, 1000} {
		s, err := table.Scan(t.Context(), logical.ScanRequest{Columns: columns, Limit: -1, Slots: 1, Batch: size})
		if err != nil || !s.(logical.FilteringScan).AppliesFilters() {
			t.Fatal(err)
		}
		for name, want := range wants {
			filters := []logical.RowFilter{&chosen{columns: []int{2}, want: want}, &chosen{columns: []int{2, 13}, want: func(row int) bool { return row%3 != 0 }}}
			t.Run(fmt.Sprintf("%s, batches of %d", name, size), func(t *testing.T) {
				checkFiltered(t, s, batch, filters[:1], want)
				filters[0].(*chosen).at = 0
				if name != "none" && name != "one" && name != "the last" && name != "a range" && name != "far apart ranges" {
					checkFiltered(t, s, batch, filters, func(row int) bool { return want(row) && row%3 != 0 })
				}
			})
		}
	}
}

func checkFiltered(t *testing.T, s logical.Scan, batch columnar.Batch, filters []logical.RowFilter, want func(row int) bool) {
	t.Helper()
	row := 0
	next := func() {
		for row < batch.Len && !want(row) {
			row++
		}
	}
	task := &sourcetest.Task{Context: t.Context(), Lend: new(columnar.Pool), Rows: filters}
	for _, split := range s.Splits() {
		for b, err := range s.Read(task, split) {
			if err != nil {
				t.Fatal(err)
			}
			rows := b.LiveRows()
			for i := range rows.Count() {
				next()
				for c, v := range b.Cols {
					if got, w := text(v, rows.Row(i)), text(batch.Cols[c], row); got != w {
						t.Fatalf("row %d column %s: %q, want %q", row, batch.Schema.Fields[c].Name, got, w)
					}
				}
				row++
			}
		}
	}
	if next(); row != batch.Len {
		t.Errorf("row %d is missing", row)
	}
}
