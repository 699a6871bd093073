package parquet

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/parquet-go/parquet-go/format"
)

// maxStatistic is the longest string that goes into statistics.
const maxStatistic = 256

// statistics are the chunk's bounds and NULL count. Wide decimals have none, because readers do not agree about their order.
func (l *leafBuffer) statistics() format.Statistics {
	s := format.Statistics{NullCount: l.nulls}
	one := &leafBuffer{physical: l.physical}
	switch {
	case len(l.words) > 0 && (l.physical == format.Float || l.physical == format.Double):
		lo, hi := l.floatBounds()
		if lo > hi { // nothing but NaN
			return s
		}
		one.words = []int64{int64(math.Float64bits(lo)), int64(math.Float64bits(hi))}
		if l.physical == format.Float {
			one.words = []int64{int64(math.Float32bits(float32(lo))), int64(math.Float32bits(float32(hi)))}
		}
	case len(l.words) > 0:
		lo, hi := l.words[0], l.words[0]
		for _, v := range l.words {
			lo, hi = min(lo, v), max(hi, v)
		}
		one.words = []int64{lo, hi}
	case len(l.bools) > 0:
		lo, hi := true, false
		for _, v := range l.bools {
			lo, hi = lo && v, hi || v
		}
		one.bools = []bool{lo, hi}
	case len(l.ends) > 0 && l.physical == format.ByteArray:
		if lo, hi := l.textBounds(); len(lo) <= maxStatistic && len(hi) <= maxStatistic {
			s.MinValue, s.MaxValue = append([]byte{}, lo...), append([]byte{}, hi...)
		}
		return s
	default:
		return s
	}
	s.MinValue, s.MaxValue = one.appendPlain(nil, 0, 1), one.appendPlain(nil, 1, 2)
	return s
}

// floatBounds is the least and the greatest value that is not NaN; lo is greater than hi if there is none.
func (l *leafBuffer) floatBounds() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, w := range l.words {
		v := math.Float64frombits(uint64(w))
		if l.physical == format.Float {
			v = float64(math.Float32frombits(uint32(w)))
		}
		if v == v {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi
}

// textBounds is the least and the greatest string, bytewise. Most lie between the two by their first eight bytes.
func (l *leafBuffer) textBounds() (lo, hi []byte) {
	lo, hi = l.bytes(0), l.bytes(0)
	low, high := headWord(lo), headWord(hi)
	for i := range l.ends {
		b := l.bytes(i)
		w := headWord(b)
		if w > low && w < high {
			continue
		}
		if bytes.Compare(b, lo) < 0 {
			lo, low = b, w
		} else if bytes.Compare(b, hi) > 0 {
			hi, high = b, w
		}
	}
	return lo, hi
}

// headWord orders strings by their first eight bytes: where it differs, they do the same way.
func headWord(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	var head [8]byte
	copy(head[:], b)
	return binary.BigEndian.Uint64(head[:])
}
