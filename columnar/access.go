package columnar

import "fmt"

// Int64At is row i of a vector of integers, dates, timestamps, times, intervals of one unit, or the unscaled value of a decimal of at
// most 18 digits. The row is not NULL. For slow paths: a call costs a type switch.
func Int64At(v Vector, i int) int64 {
	v, i = resolve(v, i)
	switch v := v.(type) {
	case *Fixed[int64]:
		return v.Values[i]
	case *Fixed[int32]:
		return int64(v.Values[i])
	case *Fixed[int16]:
		return int64(v.Values[i])
	case *Fixed[int8]:
		return int64(v.Values[i])
	}
	panic(fmt.Sprintf("Int64At of a vector of %s", v.Type()))
}

// Float64At is row i of a vector of any numeric type as a double. The row is not NULL.
func Float64At(v Vector, i int) float64 {
	v, i = resolve(v, i)
	switch w := v.(type) {
	case *Fixed[float64]:
		return w.Values[i]
	case *Fixed[float32]:
		return float64(w.Values[i])
	}
	if t := v.Type(); t.Kind == Decimal {
		return DecimalAt(v, i).ToFloat64(int(t.Scale))
	}
	return float64(Int64At(v, i))
}

// StringAt is row i of a vector of STRING or BINARY. It shares the vector's memory: copy it to keep it. The row is not NULL.
func StringAt(v Vector, i int) string {
	v, i = resolve(v, i)
	return v.(*Strings).Str(i)
}

// BoolAt is row i of a vector of BOOLEAN. The row is not NULL.
func BoolAt(v Vector, i int) bool {
	v, i = resolve(v, i)
	return v.(*Bool).Bits.Get(i)
}

// DecimalAt is the unscaled value of row i of a vector of decimals of any width, or of integers. The row is not NULL.
func DecimalAt(v Vector, i int) Int128 {
	v, i = resolve(v, i)
	if w, ok := v.(*Fixed[Int128]); ok {
		return w.Values[i]
	}
	return Int128From(Int64At(v, i))
}
