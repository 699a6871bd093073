package columnar

// Choice is a vector and the rows for which it has been computed and chosen.
type Choice struct {
	Vector Vector
	Sel    []int32 // ascending
}

// Choose makes a vector of n rows of type t in which each row comes from the choice that lists it, as CASE and COALESCE want it. Rows that
// no choice lists are NULL if they are among those selected. The choices' vectors have n rows each, in any form.
func Choose(p *Pool, t Type, choices []Choice, rows Rows) Vector {
	covered := 0
	for _, c := range choices {
		covered += len(c.Sel)
	}
	if covered == 0 {
		return NullVector(t, rows.N)
	}
	if len(choices) == 1 && covered == rows.Count() && choices[0].Vector.Type() == t {
		return choices[0].Vector
	}
	var valid Bitmap
	if covered < rows.Count() {
		valid = AllocBitmap(p, rows.N)
		for _, c := range choices {
			for _, r := range c.Sel {
				valid.Set(int(r))
			}
		}
	}
	switch t.Layout() {
	case LayoutBool:
		return chooseBool(p, choices, rows, valid)
	case LayoutInt8:
		return chooseFixed[int8](p, t, choices, rows, valid)
	case LayoutInt16:
		return chooseFixed[int16](p, t, choices, rows, valid)
	case LayoutInt32:
		return chooseFixed[int32](p, t, choices, rows, valid)
	case LayoutInt64:
		return chooseFixed[int64](p, t, choices, rows, valid)
	case LayoutInt128:
		return chooseFixed[Int128](p, t, choices, rows, valid)
	case LayoutFloat32:
		return chooseFixed[float32](p, t, choices, rows, valid)
	case LayoutFloat64:
		return chooseFixed[float64](p, t, choices, rows, valid)
	case LayoutInterval:
		return chooseFixed[Interval](p, t, choices, rows, valid)
	case LayoutBytes:
		return chooseStrings(p, t, choices, rows, valid)
	}
	return chooseNested(p, t, choices, rows)
}

// spread calls set(r, k) for each row r of the choice that is not NULL, k being its row in the physical vector; the NULL rows it clears in
// valid, which it returns, made if need be.
func (c Choice) spread(p *Pool, rows Rows, valid Bitmap, set func(r, k int)) Bitmap {
	for _, row := range c.Sel {
		r := int(row)
		if c.Vector.IsNull(r) {
			if valid == nil {
				valid = AllocBitmap(p, rows.N)
				valid.SetAll(rows.N)
			}
			valid.Clear(r)
			continue
		}
		_, k := resolve(c.Vector, r)
		set(r, k)
	}
	return valid
}

// physicalOf is the vector that the rows of v stand in; nil if all are NULL for want of a type.
func physicalOf(v Vector) Vector {
	w, _ := resolve(v, 0)
	return w
}

func chooseFixed[T Native](p *Pool, t Type, choices []Choice, rows Rows, valid Bitmap) Vector {
	out := MakeFixed[T](p, t, rows.N)
	for _, c := range choices {
		if len(c.Sel) == 0 {
			continue
		}
		in, ok := physicalOf(c.Vector).(*Fixed[T])
		switch k, isConst := c.Vector.(*Const); {
		case ok && isConst && !k.IsNull(0):
			x := in.Values[0]
			for _, r := range c.Sel {
				out.Values[r] = x
			}
		case ok && Vector(in) == c.Vector && in.Valid == nil:
			for _, r := range c.Sel {
				out.Values[r] = in.Values[r]
			}
		default:
			valid = c.spread(p, rows, valid, func(r, k int) { out.Values[r] = in.Values[k] })
		}
	}
	out.Valid = valid
	return out
}

func chooseBool(p *Pool, choices []Choice, rows Rows, valid Bitmap) Vector {
	out := MakeBool(p, rows.N)
	for _, c := range choices {
		if len(c.Sel) > 0 {
			in, _ := physicalOf(c.Vector).(*Bool)
			valid = c.spread(p, rows, valid, func(r, k int) { out.Bits.Put(r, in.Bits.Get(k)) })
		}
	}
	out.Valid = valid
	return out
}

// chooseStrings moves views; the buffers of all choices are put in one list.
func chooseStrings(p *Pool, t Type, choices []Choice, rows Rows, valid Bitmap) Vector {
	out := MakeStrings(p, t, rows.N)
	for _, c := range choices {
		if len(c.Sel) == 0 {
			continue
		}
		in, ok := physicalOf(c.Vector).(*Strings)
		base := uint32(len(out.Bufs))
		if ok {
			out.Bufs = append(out.Bufs, in.Bufs...)
			out.LentBufs = out.LentBufs || in.LentBufs
			in.Lease.Keep()
		}
		valid = c.spread(p, rows, valid, func(r, k int) {
			w := in.Views[k]
			if w.Length > InlineLen {
				w.Buffer += base
			}
			out.Views[r] = w
		})
	}
	out.Valid = valid
	return out
}

// chooseNested joins the choices' rows and gathers them into place.
func chooseNested(p *Pool, t Type, choices []Choice, rows Rows) Vector {
	idx := Alloc[int32](p, rows.N)
	for i := range idx {
		idx[i] = -1
	}
	var parts []Vector
	base := int32(0)
	for _, c := range choices {
		if len(c.Sel) == 0 || c.Vector.Type() != t {
			continue
		}
		parts = append(parts, Take(p, c.Vector, c.Sel))
		for i, r := range c.Sel {
			idx[r] = base + int32(i)
		}
		base += int32(len(c.Sel))
	}
	if len(parts) == 0 {
		return NullVector(t, rows.N)
	}
	return TakeNullable(p, Concat(t, parts), idx)
}
