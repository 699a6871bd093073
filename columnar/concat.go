package columnar

// Concat returns the rows of the vectors, all of type t, one after the other, as an owned vector of physical form (a Dict where all
// are slices over the same dictionary). Long strings stay in the buffers that they are in, unless those are borrowed.
func Concat(t Type, vs []Vector) Vector {
	n := 0
	for _, v := range vs {
		n += v.Len()
	}
	if len(vs) == 1 {
		if _, ok := vs[0].(*Const); !ok {
			return vs[0].Retain()
		}
	}
	if d := concatDict(vs, n); d != nil {
		return d
	}
	flat := make([]Vector, len(vs))
	for i, v := range vs {
		flat[i] = Flatten(nil, v, AllRows(v.Len()))
	}
	valid := concatValid(flat, n)
	switch t.Layout() {
	case LayoutBool:
		return concatBool(flat, n, valid)
	case LayoutInt8:
		return concatFixed[int8](t, flat, n, valid)
	case LayoutInt16:
		return concatFixed[int16](t, flat, n, valid)
	case LayoutInt32:
		return concatFixed[int32](t, flat, n, valid)
	case LayoutInt64:
		return concatFixed[int64](t, flat, n, valid)
	case LayoutInt128:
		return concatFixed[Int128](t, flat, n, valid)
	case LayoutFloat32:
		return concatFixed[float32](t, flat, n, valid)
	case LayoutFloat64:
		return concatFixed[float64](t, flat, n, valid)
	case LayoutInterval:
		return concatFixed[Interval](t, flat, n, valid)
	case LayoutBytes:
		return concatStrings(t, flat, n, valid)
	case LayoutList:
		return concatLists(t, flat, n, valid)
	case LayoutMap:
		return concatMaps(t, flat, n, valid)
	}
	return concatStructs(t, flat, n, valid)
}

// ConcatBatches returns the live rows of the batches as one owned, dense batch.
func ConcatBatches(s *Schema, bs []Batch) Batch {
	dense := make([]Batch, len(bs))
	n := 0
	for i, b := range bs {
		dense[i] = b.Compact(nil)
		n += dense[i].Len
	}
	cols := make([]Vector, len(s.Fields))
	vs := make([]Vector, len(bs))
	for c := range cols {
		for i, b := range dense {
			vs[i] = b.Cols[c]
		}
		cols[c] = Concat(s.Fields[c].Type, vs)
	}
	return Batch{Schema: s, Cols: cols, Len: n}
}

// concatDict joins the codes of slices over one dictionary; nil if that is not what the vectors are.
func concatDict(vs []Vector, n int) Vector {
	if len(vs) == 0 {
		return nil
	}
	first, ok := vs[0].(*Dict)
	if !ok {
		return nil
	}
	nulls := false
	for _, v := range vs {
		d, ok := v.(*Dict)
		if !ok || d.Values != first.Values {
			return nil
		}
		nulls = nulls || d.Valid != nil
	}
	out := &Dict{Codes: make([]int32, 0, n), Values: first.Values.Retain()}
	for _, v := range vs {
		out.Codes = append(out.Codes, v.(*Dict).Codes...)
	}
	if nulls {
		out.Valid = NewBitmap(n)
		at := 0
		for _, v := range vs {
			out.Valid.copyFrom(at, v.(*Dict).Valid, v.Len())
			at += v.Len()
		}
	}
	return out
}

// concatValid joins the validity of vectors of physical form; nil if none has NULLs.
func concatValid(flat []Vector, n int) Bitmap {
	nulls := false
	for _, v := range flat {
		nulls = nulls || validOf(v) != nil
	}
	if !nulls {
		return nil
	}
	out, at := NewBitmap(n), 0
	for _, v := range flat {
		out.copyFrom(at, validOf(v), v.Len())
		at += v.Len()
	}
	return out
}

// copyFrom sets bits at to at+n of b, which are clear, to the first n of src (nil: all set).
func (b Bitmap) copyFrom(at int, src Bitmap, n int) {
	shift := uint(at) & 63
	for i := 0; i*64 < n; i++ {
		word := wordOf(src, i)
		if rest := n - i*64; rest < 64 {
			word &= 1<<rest - 1
		}
		b[at>>6+i] |= word << shift
		if high := word >> (64 - shift); shift != 0 && high != 0 {
			b[at>>6+i+1] |= high
		}
	}
}

func concatFixed[T Native](t Type, flat []Vector, n int, valid Bitmap) Vector {
	out := make([]T, 0, n)
	for _, v := range flat {
		out = append(out, v.(*Fixed[T]).Values...)
	}
	return NewFixed(t, out, valid)
}

func concatBool(flat []Vector, n int, valid Bitmap) Vector {
	out, at := NewBitmap(n), 0
	for _, v := range flat {
		out.copyFrom(at, v.(*Bool).Bits, v.Len())
		at += v.Len()
	}
	return NewBool(out, n, valid)
}

func concatStrings(t Type, flat []Vector, n int, valid Bitmap) Vector {
	out := &Strings{Typ: t, Views: make([]View, 0, n), Valid: valid}
	var last [][]byte // the buffers that were added last, with their base: slices of one vector share them
	base := 0
	for _, v := range flat {
		s := v.(*Strings)
		if s.LentBufs {
			s = s.Pack()
		}
		s.Lease.Keep()
		if len(s.Bufs) > 0 && !(len(last) == len(s.Bufs) && &last[0] == &s.Bufs[0]) {
			base, last = len(out.Bufs), s.Bufs
			out.Bufs = append(out.Bufs, s.Bufs...)
		}
		from := len(out.Views)
		out.Views = append(out.Views, s.Views...)
		if base == 0 {
			continue
		}
		for i := range out.Views[from:] {
			if w := &out.Views[from+i]; w.Length > InlineLen {
				w.Buffer += uint32(base)
			}
		}
	}
	return out
}

// concatOffsets joins offsets and cuts the element vectors to what they cover.
func concatOffsets(n int, flat []Vector, parts func(v Vector) (offsets []int32, elems []Vector)) ([]int32, [2][]Vector) {
	out := make([]int32, 1, n+1)
	var elems [2][]Vector
	for _, v := range flat {
		offsets, es := parts(v)
		lo, hi := offsets[0], offsets[len(offsets)-1]
		base := out[len(out)-1] - lo
		for _, o := range offsets[1:] {
			out = append(out, o+base)
		}
		for i, e := range es {
			elems[i] = append(elems[i], e.Slice(int(lo), int(hi)))
		}
	}
	return out, elems
}

func concatLists(t Type, flat []Vector, n int, valid Bitmap) Vector {
	offsets, elems := concatOffsets(n, flat, func(v Vector) ([]int32, []Vector) {
		l := v.(*List)
		return l.Offsets, []Vector{l.Elems}
	})
	return &List{Typ: t, Offsets: offsets, Elems: Concat(t.Elem(), elems[0]), Valid: valid}
}

func concatMaps(t Type, flat []Vector, n int, valid Bitmap) Vector {
	offsets, parts := concatOffsets(n, flat, func(v Vector) ([]int32, []Vector) {
		m := v.(*MapVector)
		return m.Offsets, []Vector{m.Keys, m.Values}
	})
	return &MapVector{Typ: t, Offsets: offsets, Keys: Concat(t.Key(), parts[0]), Values: Concat(t.Elem(), parts[1]), Valid: valid}
}

func concatStructs(t Type, flat []Vector, n int, valid Bitmap) Vector {
	out := &StructVector{Typ: t, Fields: make([]Vector, len(t.Fields())), N: n, Valid: valid}
	vs := make([]Vector, len(flat))
	for f, field := range t.Fields() {
		for i, v := range flat {
			vs[i] = v.(*StructVector).Fields[f]
		}
		out.Fields[f] = Concat(field.Type, vs)
	}
	return out
}
