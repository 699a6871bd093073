package parquet

import (
	"encoding/hex"
	"errors"
	"math"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
)

// identity keeps decoded values as a vector's own.
func identity[T interface {
	physical
	columnar.Native
}](t columnar.Type) converter[T] {
	return func(p *columnar.Pool, vals []T, valid columnar.Bitmap, _ [][]byte) (columnar.Vector, error) {
		return &columnar.Fixed[T]{Typ: t, Values: vals, Valid: valid, Lent: p != nil}, nil
	}
}

// each converts value by value.
func each[T physical, R columnar.Native](t columnar.Type, f func(T) R) converter[T] {
	return func(p *columnar.Pool, vals []T, valid columnar.Bitmap, _ [][]byte) (columnar.Vector, error) {
		out := columnar.MakeFixed[R](p, t, len(vals))
		for i, v := range vals {
			out.Values[i] = f(v)
		}
		out.Valid = valid
		return out, nil
	}
}

func int32Converter(t columnar.Type, unsigned bool) converter[int32] {
	switch t.Layout() {
	case columnar.LayoutInt8:
		return each(t, func(v int32) int8 { return int8(v) })
	case columnar.LayoutInt16:
		if unsigned {
			return each(t, func(v int32) int16 { return int16(uint8(v)) })
		}
		return each(t, func(v int32) int16 { return int16(v) })
	case columnar.LayoutInt64:
		if unsigned {
			return each(t, func(v int32) int64 { return int64(uint32(v)) })
		}
		return widen(t)
	case columnar.LayoutInt128:
		return each(t, func(v int32) columnar.Int128 { return columnar.Int128From(int64(v)) })
	}
	if unsigned {
		return each(t, func(v int32) int32 { return int32(uint16(v)) })
	}
	return identity[int32](t)
}

// widen is the loop for the decimals that Spark writes as INT32.
func widen(t columnar.Type) converter[int32] {
	return func(p *columnar.Pool, vals []int32, valid columnar.Bitmap, _ [][]byte) (columnar.Vector, error) {
		out := columnar.MakeFixed[int64](p, t, len(vals))
		for i, v := range vals {
			out.Values[i] = int64(v)
		}
		out.Valid = valid
		return out, nil
	}
}

func int64Converter(t columnar.Type, l *leaf) converter[int64] {
	switch {
	case t.Layout() == columnar.LayoutInt128 && l.unsigned:
		return each(t, func(v int64) columnar.Int128 { return columnar.Int128{Lo: uint64(v)} })
	case t.Layout() == columnar.LayoutInt128:
		return each(t, columnar.Int128From)
	case l.unit == 1e6:
		return each(t, func(v int64) int64 { return v * 1000 })
	case l.unit == 1:
		return each(t, func(v int64) int64 {
			if v < 0 {
				return (v - 999) / 1000
			}
			return v / 1000
		})
	}
	return identity[int64](t)
}

// julianEpoch is the Julian day number of 1970-01-01.
const julianEpoch = 2440588

const microsPerDay = 86400 * 1e6

func int96Converter(t columnar.Type, legacy bool) converter[int96] {
	return each(t, func(v int96) int64 {
		nanos := int64(uint64(v[0]) | uint64(v[1])<<32)
		days := int64(int32(v[2])) - julianEpoch
		if legacy && days < gregorianStart {
			days = rebase(days)
		}
		return days*microsPerDay + nanos/1000
	})
}

// gregorianStart is 1582-10-15, the first day of the Gregorian calendar, in days since 1970-01-01.
const gregorianStart = -141427

// rebase gives a day the date in today's calendar that it had in the Julian one, in which older programs wrote it.
func rebase(days int64) int64 {
	// Julian civil date from a day number, counted from 1 March of year -4716 in years of 365.25 days.
	e := 4*(days+julianEpoch+1401) + 3
	h := 5*(floorMod(e, 1461)/4) + 2
	day := int(floorMod(h, 153)/5) + 1
	month := int(floorMod(h/153+2, 12)) + 1
	year := int(floorDiv(e, 1461)) - 4716 + (12+2-month)/12
	return javafmt.DaysFromCivil(year, month, day)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

func boolConverter() converter[byte] {
	return func(p *columnar.Pool, vals []byte, valid columnar.Bitmap, _ [][]byte) (columnar.Vector, error) {
		out := columnar.MakeBool(p, len(vals))
		for i, v := range vals {
			out.Bits[i>>6] |= uint64(v) << (i & 63)
		}
		out.Valid = valid
		return out, nil
	}
}

func viewConverter(t columnar.Type, l *leaf) converter[columnar.View] {
	switch {
	case t.Kind == columnar.Decimal && t.Layout() == columnar.LayoutInt64:
		return eachBytes(t, func(b []byte) (int64, error) {
			v, err := bigEndian(b)
			if err == nil && v.Hi != int64(v.Lo)>>63 {
				err = errors.New("a decimal is longer than its precision")
			}
			return int64(v.Lo), err
		})
	case t.Kind == columnar.Decimal:
		return eachBytes(t, bigEndian)
	case t.Kind == columnar.Float: // FLOAT16
		return eachBytes(t, func(b []byte) (float32, error) { return float16(b), nil })
	case l.physical == format.FixedLenByteArray && t.Kind == columnar.String: // UUID
		return uuidConverter(t)
	}
	return func(p *columnar.Pool, vals []columnar.View, valid columnar.Bitmap, bufs [][]byte) (columnar.Vector, error) {
		if !columnar.AnyLong(vals) {
			bufs = nil // nothing points into the pages, so that nobody has to keep or copy them
		}
		return &columnar.Strings{Typ: t, Views: vals, Bufs: bufs, Valid: valid, Lent: p != nil}, nil
	}
}

func eachBytes[R columnar.Native](t columnar.Type, f func(b []byte) (R, error)) converter[columnar.View] {
	return func(p *columnar.Pool, vals []columnar.View, valid columnar.Bitmap, bufs [][]byte) (columnar.Vector, error) {
		in := columnar.Strings{Views: vals, Bufs: bufs}
		out := columnar.MakeFixed[R](p, t, len(vals))
		for i := range vals {
			var err error
			if valid != nil && !valid.Get(i) {
				var zero R
				out.Values[i] = zero
			} else if out.Values[i], err = f(in.At(i)); err != nil {
				return nil, err
			}
		}
		out.Valid = valid
		return out, nil
	}
}

// bigEndian is a decimal's unscaled value in two's complement, most significant byte first, of any length.
func bigEndian(b []byte) (columnar.Int128, error) {
	if len(b) == 0 {
		return columnar.Int128{}, nil
	}
	sign := uint64(int64(int8(b[0])) >> 63)
	hi, lo := sign, sign
	for len(b) > 16 {
		if uint64(int64(int8(b[0]))) != sign {
			return columnar.Int128{}, errors.New("a decimal is longer than 16 bytes")
		}
		b = b[1:]
	}
	for _, c := range b {
		hi = hi<<8 | lo>>56
		lo = lo<<8 | uint64(c)
	}
	return columnar.Int128{Lo: lo, Hi: int64(hi)}, nil
}

// float16 reads IEEE 754 half precision, little-endian.
func float16(b []byte) float32 {
	if len(b) < 2 {
		return 0
	}
	h := uint32(b[0]) | uint32(b[1])<<8
	sign, exp, frac := h>>15<<31, h>>10&31, h&1023
	switch exp {
	case 0:
		f := float32(frac) / (1 << 24)
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// uuidConverter writes UUIDs out as text.
func uuidConverter(t columnar.Type) converter[columnar.View] {
	return func(p *columnar.Pool, vals []columnar.View, valid columnar.Bitmap, bufs [][]byte) (columnar.Vector, error) {
		in := columnar.Strings{Views: vals, Bufs: bufs}
		out := columnar.NewStringsBuilder(p, t, len(vals))
		var text [36]byte
		for i := range vals {
			b := in.At(i)
			if valid != nil && !valid.Get(i) || len(b) != 16 {
				out.AppendNull()
				continue
			}
			hex.Encode(text[0:8], b[0:4])
			hex.Encode(text[9:13], b[4:6])
			hex.Encode(text[14:18], b[6:8])
			hex.Encode(text[19:23], b[8:10])
			hex.Encode(text[24:36], b[10:16])
			text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
			out.Append(text[:])
		}
		return out.Build(), nil
	}
}
