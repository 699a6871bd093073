package columnar

import (
	"math"
	"strconv"
)

// fromDecimal64 casts decimals of at most 18 digits.
func (c *casting) fromDecimal64(v *Fixed[int64], rows Rows) (Vector, error) {
	scale := int(c.from.Scale)
	switch {
	case c.to.Kind == Double && scale < len(exactPow10):
		unit := exactPow10[scale]
		return mapAll(c, v, rows, func(x int64) float64 {
			if -1<<53 <= x && x <= 1<<53 {
				return float64(x) / unit // both exact, so rounded once
			}
			return Int128From(x).ToFloat64(scale)
		}), nil
	case c.to.Kind == Decimal && c.to.Precision <= MaxPrecision64:
		return c.rescale64(v, rows)
	}
	return fromDecimal(c, v, rows, Int128From)
}

// rescale64 casts between decimals of at most 18 digits.
func (c *casting) rescale64(v *Fixed[int64], rows Rows) (Vector, error) {
	up := int(c.to.Scale) - int(c.from.Scale)
	limit := pow10x64[c.to.Precision]
	if up >= 0 {
		unit := pow10x64[up]
		if int(c.from.Precision)+up <= int(c.to.Precision) {
			return mapAll(c, v, rows, func(x int64) int64 { return x * unit }), nil
		}
		limit /= unit
		return mapRows(c, v, rows, c.outOfRange, func(x int64) (int64, bool) { return x * unit, -limit < x && x < limit })
	}
	unit := pow10x64[-up]
	return mapRows(c, v, rows, c.outOfRange, func(x int64) (int64, bool) {
		q, r := x/unit, x%unit
		switch half := unit / 2; {
		case r >= half:
			q++
		case -r >= half:
			q--
		}
		return q, -limit < q && q < limit
	})
}

// fromDecimal casts decimals of any width; wide widens a value.
func fromDecimal[A int64 | Int128](c *casting, v *Fixed[A], rows Rows, wide func(A) Int128) (Vector, error) {
	scale := int(c.from.Scale)
	switch c.to.Kind {
	case Boolean:
		return testRows(c, v, rows, func(x A) bool { return wide(x) != Int128{} }), nil
	case TinyInt:
		return decimalToInteger[A, int8](c, v, rows, wide)
	case SmallInt:
		return decimalToInteger[A, int16](c, v, rows, wide)
	case Int:
		return decimalToInteger[A, int32](c, v, rows, wide)
	case BigInt:
		return decimalToInteger[A, int64](c, v, rows, wide)
	case Float:
		return mapAll(c, v, rows, func(x A) float32 {
			f, _ := strconv.ParseFloat(wide(x).Text(scale), 32)
			return float32(f)
		}), nil
	case Double:
		return mapAll(c, v, rows, func(x A) float64 { return wide(x).ToFloat64(scale) }), nil
	case Decimal:
		return toDecimal(c, v, rows, func(x A) (Int128, bool) { return wide(x).Rescale(scale, int(c.to.Scale)) })
	case Timestamp: // the low 64 bits, as BigDecimal.longValue has it
		return mapAll(c, v, rows, func(x A) int64 {
			q, _, _ := MulDiv(wide(x), Int128From(MicrosPerSecond), pow10[scale])
			return q.Int64()
		}), nil
	case YearMonthInterval:
		return mapRows(c.strict(), v, rows, c.overflow, func(x A) (int32, bool) { return c.decimalMonths(wide(x), scale) })
	case DayTimeInterval:
		return mapRows(c.strict(), v, rows, c.overflow, func(x A) (int64, bool) { return c.decimalMicros(wide(x), scale) })
	}
	return nil, CastMismatch(c.from, c.to, c.Mode, "CAST")
}

// decimalToInteger cuts the fraction off; with ANSI mode off large numbers keep their low bits.
func decimalToInteger[A int64 | Int128, R wholeNumber](c *casting, v *Fixed[A], rows Rows, wide func(A) Int128) (Vector, error) {
	unit := pow10[c.from.Scale]
	return mapRows(c, v, rows, c.overflow, func(x A) (R, bool) {
		q, _ := wide(x).QuoRem(unit)
		r := R(q.Int64())
		return r, c.Mode == CastLegacy || q.IsInt64() && int64(r) == q.Int64()
	})
}

// toDecimal makes decimals of the type's width; f gives the unscaled value, or false if it has more than 38 digits.
func toDecimal[A Native](c *casting, v *Fixed[A], rows Rows, f func(A) (Int128, bool)) (Vector, error) {
	precision := int(c.to.Precision)
	if precision > MaxPrecision64 {
		return mapRows(c, v, rows, c.outOfRange, func(x A) (Int128, bool) {
			d, ok := f(x)
			return d, ok && d.FitsPrecision(precision)
		})
	}
	limit := pow10x64[precision]
	return mapRows(c, v, rows, c.outOfRange, func(x A) (int64, bool) {
		d, ok := f(x)
		n := d.Int64()
		return n, ok && d.IsInt64() && -limit < n && n < limit
	})
}

func integerToDecimal[A wholeNumber](c *casting, v *Fixed[A], rows Rows) (Vector, error) {
	scale, precision := int(c.to.Scale), int(c.to.Precision)
	if precision > MaxPrecision64 {
		return toDecimal(c, v, rows, func(x A) (Int128, bool) { return Int128From(int64(x)).Rescale(0, scale) })
	}
	unit, limit := pow10x64[scale], pow10x64[precision-scale]
	return mapRows(c, v, rows, c.outOfRange, func(x A) (int64, bool) {
		n := int64(x)
		return n * unit, -limit < n && n < limit
	})
}

// floatToDecimal takes the shortest digits that stand for the double, as Scala's BigDecimal does. NaN and the infinities are NULL
// in every mode.
func floatToDecimal[A floating](c *casting, v *Fixed[A], rows Rows) (Vector, error) {
	var finite *nullMarks
	for k := range rows.Count() {
		i := rows.Row(k)
		if f := float64(v.Values[i]); (math.IsNaN(f) || math.IsInf(f, 0)) && !v.IsNull(i) {
			if finite == nil {
				finite = &nullMarks{v.Valid, true}
			}
			finite.clear(c.Pool, i, v.Len())
		}
	}
	if finite != nil {
		v = &Fixed[A]{Typ: v.Typ, Values: v.Values, Valid: finite.valid, Lent: v.Lent || c.Pool != nil}
	}
	scale := int(c.to.Scale)
	var text [32]byte
	var digits [64]byte
	return toDecimal(c, v, rows, func(x A) (Int128, bool) {
		d, _ := readDecimal(strconv.AppendFloat(text[:0], float64(x), 'e', -1, 64), digits[:])
		return d.unscaled(scale)
	})
}
