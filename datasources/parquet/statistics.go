package parquet

import (
	"context"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
	"github.com/gosql-engine/gosql/logical"
)

// Statistics implements datasources.Driver. They come from the footers: the row count is exact, and so are a column's bounds and
// NULL count where all row groups tell them.
func (d *driver) Statistics(files []*datasources.File) logical.Statistics {
	if d.allFooters(context.Background(), files) != nil {
		return logical.UnknownStatistics // the scan will say what is wrong
	}
	out := logical.Statistics{Columns: make([]logical.ColumnStatistics, d.schema.Len())}
	for i := range out.Columns {
		out.Columns[i] = logical.ColumnStatistics{Distinct: -1, Exact: true}
	}
	first := true
	for _, f := range files {
		ft, err := d.footer(f)
		if err != nil {
			return logical.UnknownStatistics
		}
		for i := range ft.meta.RowGroups {
			rg := &ft.meta.RowGroups[i]
			out.Rows += rg.NumRows
			d.addStatistics(&out, f, ft, rg, first)
			first = false
		}
	}
	if first {
		for i := range out.Columns {
			out.Columns[i].Exact = false
		}
	}
	return out
}

// addStatistics adds those of a row group.
func (d *driver) addStatistics(out *logical.Statistics, f *datasources.File, ft *footer, rg *format.RowGroup, first bool) {
	for c := range out.Columns {
		s := &out.Columns[c]
		b, err := d.bind(f, ft, c)
		if err != nil {
			*s = logical.ColumnStatistics{Distinct: -1, Nulls: -1}
			continue
		}
		n := bytesOf(rg, b.leaves(nil))
		out.Bytes += n
		addColumn(s, b, ft, rg, first)
		if out.Rows > 0 {
			s.Width = max(s.Width, float64(n)/float64(max(rg.NumRows, 1)))
		}
	}
}

func addColumn(s *logical.ColumnStatistics, b *bound, ft *footer, rg *format.RowGroup, first bool) {
	if b.file == nil {
		addNulls(s, rg.NumRows)
		return
	}
	l := b.file.leaf
	if l == nil || l.maxRep > 0 || l.maxDef > 1 {
		*s = logical.ColumnStatistics{Distinct: -1, Nulls: -1, Width: s.Width}
		return
	}
	m := &rg.Columns[l.index].MetaData
	stats := &m.Statistics
	switch {
	case l.maxDef == 0:
	case stats.NullCount > 0 || ft.nullCounts && hasStatistics(stats):
		addNulls(s, stats.NullCount)
	default:
		s.Nulls, s.Exact = -1, false
	}
	if stats.NullCount == m.NumValues && m.NumValues > 0 {
		return
	}
	lo, hi := minMax(b, stats)
	addBounds(s, lo, hi, first)
	switch b.want.Kind { // strings may be cut in statistics, NaN is left out
	case columnar.String, columnar.Binary, columnar.Float, columnar.Double:
		s.Exact = false
	}
}

func addNulls(s *logical.ColumnStatistics, n int64) {
	if s.Nulls >= 0 {
		s.Nulls += n
	}
}

// unknownBounds marks a column one of whose row groups does not tell its bounds.
func addBounds(s *logical.ColumnStatistics, lo, hi columnar.Vector, first bool) {
	if lo == nil || hi == nil || !lo.Type().IsOrderable() {
		s.Min, s.Max, s.Exact = nil, nil, false
		return
	}
	switch {
	case s.Min == nil && (first || s.Exact):
		s.Min, s.Max = lo, hi
	case s.Min != nil:
		if columnar.CompareAt(lo, 0, s.Min, 0) < 0 {
			s.Min = lo
		}
		if columnar.CompareAt(hi, 0, s.Max, 0) > 0 {
			s.Max = hi
		}
	}
}
