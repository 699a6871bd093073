package parquet

import (
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
)

// minMax is the smallest and the largest value of a column chunk in the column's type; nil where the footer does not say it in a
// way that can be relied on. Left out are decimals in byte arrays and INT96, which writers have ordered wrongly.
func minMax(b *bound, s *format.Statistics) (lo, hi columnar.Vector) {
	l, t := b.file.leaf, b.file.typ
	low, high := s.MinValue, s.MaxValue
	if low == nil && high == nil && signedOrder(l) {
		low, high = s.Min, s.Max // of old writers, which knew only signed order
	}
	value := func(raw []byte) columnar.Vector {
		v, err := statValue(raw, l, t)
		if err != nil || v == nil {
			return nil
		}
		if t != b.want {
			v, err = columnar.Cast(columnar.CastContext{Mode: columnar.CastANSI}, v, b.want, columnar.AllRows(1))
			if err != nil {
				return nil
			}
		}
		return v
	}
	return value(low), value(high)
}

func signedOrder(l *leaf) bool {
	switch l.physical {
	case format.Int32, format.Int64, format.Float, format.Double, format.Boolean:
		return !l.unsigned
	}
	return false
}

// statValue decodes a value of statistics: PLAIN, but byte arrays have no length before them.
func statValue(raw []byte, l *leaf, t columnar.Type) (columnar.Vector, error) {
	switch l.physical {
	case format.Boolean:
		if len(raw) == 1 {
			return boolConverter()(nil, []byte{raw[0] & 1}, nil, nil)
		}
	case format.Int32:
		if len(raw) == 4 {
			return int32Converter(t, l.unsigned)(nil, []int32{int32(binary.LittleEndian.Uint32(raw))}, nil, nil)
		}
	case format.Int64:
		if len(raw) == 8 {
			return int64Converter(t, l)(nil, []int64{int64(binary.LittleEndian.Uint64(raw))}, nil, nil)
		}
	case format.Float:
		if len(raw) == 4 {
			return floatBound(float64(math.Float32frombits(binary.LittleEndian.Uint32(raw))), t)
		}
	case format.Double:
		if len(raw) == 8 {
			return floatBound(math.Float64frombits(binary.LittleEndian.Uint64(raw)), t)
		}
	case format.ByteArray:
		if raw != nil && (t.Kind == columnar.String || t.Kind == columnar.Binary) {
			return viewConverter(t, l)(nil, []columnar.View{columnar.BufferView(raw, 0, 0)}, nil, [][]byte{raw})
		}
	}
	return nil, nil
}

func floatBound(v float64, t columnar.Type) (columnar.Vector, error) {
	switch {
	case math.IsNaN(v):
		return nil, nil
	case t.Kind == columnar.Float:
		return columnar.ScalarOf(float32(v)), nil
	}
	return columnar.ScalarOf(v), nil
}

// bounds are what the footer says of a column in a row group.
func (ft *footer) bounds(b *bound, rg *format.RowGroup) datasources.Bounds {
	if b.file == nil {
		return datasources.Bounds{AllNull: true}
	}
	l := b.file.leaf
	if l == nil || l.maxDef > 1 || l.maxRep > 0 {
		return datasources.Bounds{}
	}
	m := &rg.Columns[l.index].MetaData
	out := datasources.Bounds{
		NoNull:  l.maxDef == 0 || ft.nullCounts && m.Statistics.NullCount == 0 && hasStatistics(&m.Statistics),
		AllNull: m.NumValues > 0 && m.Statistics.NullCount == m.NumValues,
	}
	out.Min, out.Max = minMax(b, &m.Statistics)
	if k := b.want.Kind; out.Max != nil && (k == columnar.Float || k == columnar.Double) {
		// NaN is greater than every number, and writers leave it out of statistics.
		out.Max, _ = columnar.Cast(columnar.CastContext{Mode: columnar.CastANSI}, columnar.ScalarOf(math.NaN()), b.want, columnar.AllRows(1))
	}
	return out
}

func hasStatistics(s *format.Statistics) bool {
	return s.MinValue != nil || s.MaxValue != nil || s.Min != nil || s.Max != nil
}
