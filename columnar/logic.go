package columnar

import "math/bits"

// flattenBool is v, a BOOLEAN or VOID vector of any form, as bits.
func flattenBool(p *Pool, v Vector, rows Rows) *Bool {
	if b, ok := Flatten(p, v, rows).(*Bool); ok {
		return b
	}
	return nullBool(p, rows.N)
}

// And computes a AND b: FALSE if either is FALSE, else NULL if either is NULL.
func And(p *Pool, a, b Vector, rows Rows) *Bool {
	x, y := flattenBool(p, a, rows), flattenBool(p, b, rows)
	out := MakeBool(p, rows.N)
	for i := range out.Bits {
		out.Bits[i] = x.Bits[i] & y.Bits[i]
	}
	if x.Valid == nil && y.Valid == nil {
		return out
	}
	out.Valid = Alloc[uint64](p, Words(rows.N))
	for i := range out.Valid {
		vx, vy := wordOf(x.Valid, i), wordOf(y.Valid, i)
		out.Valid[i] = vx&vy | vx&^x.Bits[i] | vy&^y.Bits[i]
		out.Bits[i] &= vx & vy
	}
	return out
}

// Or computes a OR b: TRUE if either is TRUE, else NULL if either is NULL.
func Or(p *Pool, a, b Vector, rows Rows) *Bool {
	x, y := flattenBool(p, a, rows), flattenBool(p, b, rows)
	out := MakeBool(p, rows.N)
	if x.Valid == nil && y.Valid == nil {
		for i := range out.Bits {
			out.Bits[i] = x.Bits[i] | y.Bits[i]
		}
		return out
	}
	out.Valid = Alloc[uint64](p, Words(rows.N))
	for i := range out.Valid {
		vx, vy := wordOf(x.Valid, i), wordOf(y.Valid, i)
		out.Bits[i] = x.Bits[i]&vx | y.Bits[i]&vy
		out.Valid[i] = vx&vy | out.Bits[i]
	}
	return out
}

// Not computes NOT v.
func Not(p *Pool, v Vector, rows Rows) *Bool {
	x := flattenBool(p, v, rows)
	out := MakeBool(p, rows.N)
	for i := range out.Bits {
		out.Bits[i] = ^x.Bits[i]
	}
	out.Valid = copyValid(p, x, rows.N)
	return out
}

// IsNull computes v IS NULL; the result has no NULLs.
func IsNull(p *Pool, v Vector, rows Rows) *Bool {
	out := IsNotNull(p, v, rows)
	for i := range out.Bits {
		out.Bits[i] = ^out.Bits[i]
	}
	return out
}

// IsNotNull computes v IS NOT NULL; the result has no NULLs.
func IsNotNull(p *Pool, v Vector, rows Rows) *Bool {
	switch w := v.(type) {
	case *Const:
		return constBool(p, !w.IsNull(0), rows.N)
	case *Dict:
		out := constBool(p, true, rows.N)
		if values := validOf(w.Values); values != nil {
			out.Bits = takeBits(p, values, w.Codes)
		}
		out.Bits.And(w.Valid)
		return out
	}
	out := constBool(p, true, rows.N)
	out.Bits.And(validOf(v))
	return out
}

// SelectTrue lists, ascending, the selected rows for which v, a BOOLEAN vector of any form, is TRUE. It reuses buf's memory.
func SelectTrue(v Vector, rows Rows, buf []int32) []int32 {
	if cap(buf) < rows.Count() {
		buf = make([]int32, rows.Count())
	}
	buf = buf[:rows.Count()]
	switch v := v.(type) {
	case *Bool:
		return selectBits(v, rows, buf)
	case *Const:
		if v.IsNull(0) || !v.Value.(*Bool).Bits.Get(0) {
			return buf[:0]
		}
		for i := range buf {
			buf[i] = int32(rows.Row(i))
		}
		return buf
	case *Dict:
		values, ok := v.Values.(*Bool)
		if !ok {
			return buf[:0]
		}
		k := 0
		for i := range rows.Count() {
			r := rows.Row(i)
			buf[k] = int32(r)
			k += int(bit(values.True(int(v.Codes[r])) && (v.Valid == nil || v.Valid.Get(r))))
		}
		return buf[:k]
	}
	return buf[:0] // VOID: every row is NULL
}

func selectBits(v *Bool, rows Rows, buf []int32) []int32 {
	k := 0
	if rows.Sel != nil && v.Valid == nil {
		for _, r := range rows.Sel {
			buf[k] = r
			k += int(v.Bits[uint32(r)>>6] >> (uint32(r) & 63) & 1)
		}
		return buf[:k]
	}
	if rows.Sel != nil {
		for _, r := range rows.Sel {
			w := uint32(r) >> 6
			buf[k] = r
			k += int(v.Bits[w] & wordOf(v.Valid, int(w)) >> (uint32(r) & 63) & 1)
		}
		return buf[:k]
	}
	for w := range Words(rows.N) {
		word := v.Bits[w] & wordOf(v.Valid, w)
		if rest := rows.N - w*64; rest < 64 {
			word &= 1<<rest - 1
		}
		base := int32(w * 64)
		if word == ^uint64(0) {
			for i := range 64 {
				buf[k+i] = base + int32(i)
			}
			k += 64
			continue
		}
		for ; word != 0; word &= word - 1 {
			buf[k] = base + int32(bits.TrailingZeros64(word))
			k++
		}
	}
	return buf[:k]
}
