package columnar

import "unsafe"

// Take gathers rows of v: row i of the result is row idx[i] of v. A Dict stays a Dict and a Const a Const; long strings are not
// copied, so the result shares v's buffers. New buffers come from p.
func Take(p *Pool, v Vector, idx []int32) Vector {
	switch v := v.(type) {
	case *Fixed[int8]:
		return takeFixed(p, v, idx)
	case *Fixed[int16]:
		return takeFixed(p, v, idx)
	case *Fixed[int32]:
		return takeFixed(p, v, idx)
	case *Fixed[int64]:
		return takeFixed(p, v, idx)
	case *Fixed[Int128]:
		return takeFixed(p, v, idx)
	case *Fixed[float32]:
		return takeFixed(p, v, idx)
	case *Fixed[float64]:
		return takeFixed(p, v, idx)
	case *Fixed[Interval]:
		return takeFixed(p, v, idx)
	case *Bool:
		out := &Bool{Bits: takeBits(p, v.Bits, idx), N: len(idx), Lent: p != nil}
		out.Valid = takeBits(p, v.Valid, idx)
		return out
	case *Strings:
		views := allocViews(p, len(idx))
		gather(views, v.Views, idx)
		return &Strings{Typ: v.Typ, Views: views, Bufs: v.Bufs, Valid: takeBits(p, v.Valid, idx), Lent: p != nil, LentBufs: v.LentBufs, Lease: v.Lease}
	case *Dict:
		codes := Alloc[int32](p, len(idx))
		gather(codes, v.Codes, idx)
		return &Dict{Codes: codes, Values: v.Values, Valid: takeBits(p, v.Valid, idx), Lent: p != nil}
	case *Const:
		return &Const{v.Value, len(idx)}
	case *List:
		offsets, inner := takeRanges(p, v.Offsets, idx)
		return &List{Typ: v.Typ, Offsets: offsets, Elems: Take(p, v.Elems, inner), Valid: takeBits(p, v.Valid, idx), Lent: p != nil}
	case *MapVector:
		offsets, inner := takeRanges(p, v.Offsets, idx)
		return &MapVector{Typ: v.Typ, Offsets: offsets, Keys: Take(p, v.Keys, inner), Values: Take(p, v.Values, inner),
			Valid: takeBits(p, v.Valid, idx), Lent: p != nil}
	case *StructVector:
		out := &StructVector{Typ: v.Typ, Fields: make([]Vector, len(v.Fields)), N: len(idx), Valid: takeBits(p, v.Valid, idx), Lent: p != nil}
		for i, f := range v.Fields {
			out.Fields[i] = Take(p, f, idx)
		}
		return out
	}
	panic("unreachable: the set of vector forms is closed")
}

func takeFixed[T Native](p *Pool, v *Fixed[T], idx []int32) Vector {
	out := MakeFixed[T](p, v.Typ, len(idx))
	gather(out.Values, v.Values, idx)
	out.Valid = takeBits(p, v.Valid, idx)
	return out
}

func gather[T any](dst, src []T, idx []int32) {
	dst = dst[:len(idx)]
	for i, j := range idx {
		dst[i] = src[j]
	}
}

// allocViews allocates views that the caller overwrites all of: unlike Alloc it does not clear them.
func allocViews(p *Pool, n int) []View {
	if p == nil || n == 0 {
		return make([]View, n)
	}
	w := p.words(2 * n)
	return unsafe.Slice((*View)(unsafe.Pointer(unsafe.SliceData(w))), n)
}

// takeBits gathers bits, a word of the result at a time. A nil bitmap stays nil.
func takeBits(p *Pool, src Bitmap, idx []int32) Bitmap {
	if src == nil {
		return nil
	}
	out := Bitmap(Alloc[uint64](p, Words(len(idx))))
	for w := range out {
		rows := idx[w*64:]
		if len(rows) > 64 {
			rows = rows[:64]
		}
		out[w] = takeWord(src, rows)
	}
	return out
}

// takeWord gathers up to 64 bits. Each comes in at the top and moves down, which needs no shift by a variable count.
func takeWord(src Bitmap, rows []int32) uint64 {
	var word uint64
	if len(src) == 1 { // the answers of a small dictionary
		only := src[0]
		for _, j := range rows {
			word = word>>1 | only>>(uint32(j)&63)<<63
		}
	} else {
		for _, j := range rows {
			word = word>>1 | src[uint32(j)>>6]>>(uint32(j)&63)<<63
		}
	}
	return word >> (64 - len(rows))
}

// takeRanges gathers the ranges of offsets: the new offsets, from 0, and the rows of the elements that they cover.
func takeRanges(p *Pool, offsets []int32, idx []int32) (out, inner []int32) {
	out = Alloc[int32](p, len(idx)+1)
	out[0] = 0
	total := int32(0)
	for i, j := range idx {
		total += offsets[j+1] - offsets[j]
		out[i+1] = total
	}
	inner = Alloc[int32](p, int(total))[:0]
	for _, j := range idx {
		for k := offsets[j]; k < offsets[j+1]; k++ {
			inner = append(inner, k)
		}
	}
	return out, inner
}

// TakeNullable is Take where an index of -1 makes a NULL row, as outer joins want it.
func TakeNullable(p *Pool, v Vector, idx []int32) Vector {
	missing := 0
	for _, j := range idx {
		missing += int(uint32(j) >> 31)
	}
	switch {
	case missing == 0:
		return Take(p, v, idx)
	case missing == len(idx):
		return NullVector(v.Type(), len(idx))
	}
	if c, ok := v.(*Const); ok {
		if c.IsNull(0) {
			return &Const{c.Value, len(idx)}
		}
		v = &Dict{Codes: make([]int32, c.N), Values: c.Value}
	}
	valid := AllocBitmap(p, len(idx))
	safe := Alloc[int32](p, len(idx))
	for i, j := range idx {
		safe[i] = max(j, 0)
		valid[i>>6] |= uint64(^uint32(j)>>31) << (i & 63)
	}
	return withValid(Take(p, v, safe), valid)
}

// withValid makes those rows of v NULL whose bit in valid is clear. v was made by the caller, who gives both up; it is no Const.
func withValid(v Vector, valid Bitmap) Vector {
	switch v := v.(type) {
	case *Fixed[int8]:
		v.Valid = valid.And(v.Valid)
	case *Fixed[int16]:
		v.Valid = valid.And(v.Valid)
	case *Fixed[int32]:
		v.Valid = valid.And(v.Valid)
	case *Fixed[int64]:
		v.Valid = valid.And(v.Valid)
	case *Fixed[Int128]:
		v.Valid = valid.And(v.Valid)
	case *Fixed[float32]:
		v.Valid = valid.And(v.Valid)
	case *Fixed[float64]:
		v.Valid = valid.And(v.Valid)
	case *Fixed[Interval]:
		v.Valid = valid.And(v.Valid)
	case *Bool:
		v.Valid = valid.And(v.Valid)
	case *Strings:
		v.Valid = valid.And(v.Valid)
	case *Dict:
		v.Valid = valid.And(v.Valid)
	case *List:
		v.Valid = valid.And(v.Valid)
	case *MapVector:
		v.Valid = valid.And(v.Valid)
	case *StructVector:
		v.Valid = valid.And(v.Valid)
	}
	return v
}
