package columnar

// Flatten returns v in the physical form of its type, without Dict or Const at the top; v itself where it is that already. Only
// the rows selected are sure to be filled. Elements and fields inside nested values may keep any form.
func Flatten(p *Pool, v Vector, rows Rows) Vector {
	switch w := v.(type) {
	case *Const:
		return flattenConst(p, w)
	case *Dict:
		return flattenDict(p, w, rows)
	}
	return v
}

func flattenDict(p *Pool, d *Dict, rows Rows) Vector {
	var out Vector
	switch values := d.Values.(type) {
	case *Fixed[int32]:
		out = flattenFixed(p, d, values, rows)
	case *Fixed[int64]:
		out = flattenFixed(p, d, values, rows)
	case *Fixed[float64]:
		out = flattenFixed(p, d, values, rows)
	case *Fixed[Int128]:
		out = flattenFixed(p, d, values, rows)
	default:
		out = Take(p, d.Values, d.Codes)
	}
	if d.Valid == nil {
		return out
	}
	valid := Bitmap(Alloc[uint64](p, Words(len(d.Codes))))
	copy(valid, d.Valid)
	return withValid(out, valid)
}

// flattenFixed looks up the selected rows only, for selections after a strong filter.
func flattenFixed[T Native](p *Pool, d *Dict, values *Fixed[T], rows Rows) Vector {
	if rows.Sel == nil {
		return takeFixed(p, values, d.Codes)
	}
	out := MakeFixed[T](p, values.Typ, len(d.Codes))
	for _, r := range rows.Sel {
		out.Values[r] = values.Values[d.Codes[r]]
	}
	out.Valid = takeBits(p, values.Valid, d.Codes)
	return out
}

func flattenConst(p *Pool, c *Const) Vector {
	switch v := c.Value.(type) {
	case *Fixed[int8]:
		return repeatFixed(p, v, c.N)
	case *Fixed[int16]:
		return repeatFixed(p, v, c.N)
	case *Fixed[int32]:
		return repeatFixed(p, v, c.N)
	case *Fixed[int64]:
		return repeatFixed(p, v, c.N)
	case *Fixed[Int128]:
		return repeatFixed(p, v, c.N)
	case *Fixed[float32]:
		return repeatFixed(p, v, c.N)
	case *Fixed[float64]:
		return repeatFixed(p, v, c.N)
	case *Fixed[Interval]:
		return repeatFixed(p, v, c.N)
	}
	idx := Alloc[int32](p, c.N)
	clear(idx)
	return Take(p, c.Value, idx)
}

func repeatFixed[T Native](p *Pool, v *Fixed[T], n int) Vector {
	out := MakeFixed[T](p, v.Typ, n)
	x := v.Values[0]
	for i := range out.Values {
		out.Values[i] = x
	}
	if v.IsNull(0) {
		out.Valid = AllocBitmap(p, n)
	}
	return out
}
