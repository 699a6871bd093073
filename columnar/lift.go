package columnar

// The functions below lift a Go function over single values to vectors: NULL in, NULL out; once for a Const and once for each
// entry in use of a Dict that is not longer than the selection; only selected rows, so that f never sees what a NULL or unselected
// row happens to hold. t is the result's type.

// Unary computes f for each selected row of v.
func Unary[A, R Native](p *Pool, v Vector, t Type, rows Rows, f func(A) R) Vector {
	out, _ := UnaryErr(p, v, t, rows, func(x A) (R, bool, error) { return f(x), true, nil })
	return out
}

// UnaryErr computes f for each selected row of v; false makes a NULL, an error ends the computation.
func UnaryErr[A, R Native](p *Pool, v Vector, t Type, rows Rows, f func(A) (R, bool, error)) (Vector, error) {
	return liftEntries(p, v, t, rows, func(v Vector, rows Rows) (Vector, error) {
		in, ok := v.(*Fixed[A])
		if !ok {
			return NullVector(t, rows.N), nil
		}
		return fill(p, v, t, rows, func(i int) (R, bool, error) { return f(in.Values[i]) })
	})
}

// StringsTo computes f for each selected row of a STRING or BINARY vector; false makes a NULL.
func StringsTo[R Native](p *Pool, v Vector, t Type, rows Rows, f func(s []byte) (R, bool)) Vector {
	out, _ := StringsToErr(p, v, t, rows, func(s []byte) (R, bool, error) {
		x, ok := f(s)
		return x, ok, nil
	})
	return out
}

// StringsToErr is StringsTo for functions that may fail.
func StringsToErr[R Native](p *Pool, v Vector, t Type, rows Rows, f func(s []byte) (R, bool, error)) (Vector, error) {
	return liftEntries(p, v, t, rows, func(v Vector, rows Rows) (Vector, error) {
		in, ok := v.(*Strings)
		if !ok {
			return NullVector(t, rows.N), nil
		}
		return fill(p, v, t, rows, func(i int) (R, bool, error) { return f(in.At(i)) })
	})
}

// StringsToBool computes f for each selected row of a STRING or BINARY vector.
func StringsToBool(p *Pool, v Vector, rows Rows, f func(s []byte) bool) Vector {
	out, _ := liftEntries(p, v, BooleanType, rows, func(v Vector, rows Rows) (Vector, error) {
		in, ok := v.(*Strings)
		if !ok {
			return nullBool(p, rows.N), nil
		}
		out := MakeBool(p, rows.N)
		for i := range rows.Count() {
			if r := rows.Row(i); in.Valid == nil || in.Valid.Get(r) {
				out.Bits[r>>6] |= bit(f(in.At(r))) << (r & 63)
			}
		}
		out.Valid = copyValid(p, in, rows.N)
		return out, nil
	})
	return out
}

// StringsToStrings computes f for each selected row of a STRING or BINARY vector: f appends its result to dst, which is empty, and
// returns it; false makes a NULL.
func StringsToStrings(p *Pool, v Vector, t Type, rows Rows, f func(dst, s []byte) ([]byte, bool)) Vector {
	out, _ := StringsToStringsErr(p, v, t, rows, func(dst, s []byte) ([]byte, bool, error) {
		dst, ok := f(dst, s)
		return dst, ok, nil
	})
	return out
}

// StringsToStringsErr is StringsToStrings for functions that may fail.
func StringsToStringsErr(p *Pool, v Vector, t Type, rows Rows, f func(dst, s []byte) ([]byte, bool, error)) (Vector, error) {
	return liftEntries(p, v, t, rows, func(v Vector, rows Rows) (Vector, error) {
		in, ok := v.(*Strings)
		if !ok {
			return NullVector(t, rows.N), nil
		}
		return BuildStrings(p, t, rows, func(dst []byte, i int) ([]byte, bool, error) {
			if in.IsNull(i) {
				return dst, false, nil
			}
			return f(dst, in.At(i))
		})
	})
}

// BuildStrings makes a STRING or BINARY vector of rows.N rows: for each selected row r, f appends the value to dst, which is empty, and
// returns it; false makes a NULL. Rows outside the selection are empty.
func BuildStrings(p *Pool, t Type, rows Rows, f func(dst []byte, r int) ([]byte, bool, error)) (Vector, error) {
	b := NewStringsBuilder(p, t, rows.N)
	var buf []byte
	for i := range rows.Count() {
		r := rows.Row(i)
		for b.Len() < r {
			b.Append(nil)
		}
		var ok bool
		var err error
		if buf, ok, err = f(buf[:0], r); err != nil {
			return nil, err
		}
		if ok {
			b.Append(buf)
		} else {
			b.AppendNull()
		}
	}
	for b.Len() < rows.N {
		b.Append(nil)
	}
	return b.Build(), nil
}

// Pairwise computes f for each selected row of a and b; NULL where either is.
func Pairwise[A, B, R Native](p *Pool, a, b Vector, t Type, rows Rows, f func(A, B) R) Vector {
	out, _ := PairwiseErr(p, a, b, t, rows, func(x A, y B) (R, bool, error) { return f(x, y), true, nil })
	return out
}

// PairwiseErr computes f for each selected row of a and b; NULL where either is. False makes a NULL, an error ends the computation.
func PairwiseErr[A, B, R Native](p *Pool, a, b Vector, t Type, rows Rows, f func(A, B) (R, bool, error)) (Vector, error) {
	ca, aConst := a.(*Const)
	cb, bConst := b.(*Const)
	if aConst && ca.IsNull(0) || bConst && cb.IsNull(0) {
		return NullVector(t, rows.N), nil
	}
	if bConst {
		if y, ok := cb.Value.(*Fixed[B]); ok {
			return UnaryErr(p, a, t, rows, func(x A) (R, bool, error) { return f(x, y.Values[0]) })
		}
	}
	if aConst {
		if x, ok := ca.Value.(*Fixed[A]); ok {
			return UnaryErr(p, b, t, rows, func(y B) (R, bool, error) { return f(x.Values[0], y) })
		}
	}
	x, okA := Flatten(p, a, rows).(*Fixed[A])
	y, okB := Flatten(p, b, rows).(*Fixed[B])
	if !okA || !okB {
		return NullVector(t, rows.N), nil // an operand of type VOID
	}
	out := MakeFixed[R](p, t, rows.N)
	out.Valid = mergeValid(p, x, y, rows.N)
	return out, fillRows(p, out, rows, func(i int) (R, bool, error) { return f(x.Values[i], y.Values[i]) })
}

// liftEntries calls kernel with v in physical form: for a Const with its one row, for a Dict that is not longer than the selection
// with the entries in use, and puts the answers back to the rows.
func liftEntries(p *Pool, v Vector, t Type, rows Rows, kernel func(v Vector, rows Rows) (Vector, error)) (Vector, error) {
	switch w := v.(type) {
	case *Const:
		if w.IsNull(0) || rows.Count() == 0 {
			return NullVector(t, rows.N), nil
		}
		one, err := kernel(w.Value, AllRows(1))
		if err != nil {
			return nil, err
		}
		return NewConst(one, rows.N), nil
	case *Dict:
		if w.Values.Len() > rows.Count() {
			break
		}
		entries, err := kernel(w.Values, usedEntries(p, w, rows))
		if err != nil {
			return nil, err
		}
		if b, ok := entries.(*Bool); ok {
			return lookUpBool(p, w, b, rows), nil
		}
		if c, ok := entries.(*Const); ok {
			return NewConst(c.Value, rows.N), nil
		}
		return &Dict{Codes: w.Codes, Values: entries, Valid: w.Valid, Lent: w.Lent}, nil
	}
	return kernel(Flatten(p, v, rows), rows)
}

// usedEntries are the entries of d that a selected row refers to.
func usedEntries(p *Pool, d *Dict, rows Rows) Rows {
	n := d.Values.Len()
	seen := AllocBitmap(p, n)
	for i := range rows.Count() {
		r := rows.Row(i)
		if d.Valid == nil || d.Valid.Get(r) {
			seen.Set(int(d.Codes[r]))
		}
	}
	if seen.Count(n) == n {
		return AllRows(n)
	}
	return Rows{N: n, Sel: SelectTrue(NewBool(seen, n, nil), AllRows(n), Alloc[int32](p, n))}
}

// fill makes a vector of f(i) for the selected rows i that are not NULL in v.
func fill[R Native](p *Pool, v Vector, t Type, rows Rows, f func(i int) (R, bool, error)) (Vector, error) {
	out := MakeFixed[R](p, t, rows.N)
	out.Valid = copyValid(p, v, rows.N)
	return out, fillRows(p, out, rows, f)
}

// fillRows sets the selected rows i of out that are not NULL yet to f(i), or to NULL where f says false.
func fillRows[R Native](p *Pool, out *Fixed[R], rows Rows, f func(i int) (R, bool, error)) error {
	for i := range rows.Count() {
		r := rows.Row(i)
		if out.Valid != nil && !out.Valid.Get(r) {
			continue
		}
		x, ok, err := f(r)
		if err != nil {
			return err
		}
		out.Values[r] = x
		if !ok {
			if out.Valid == nil {
				out.Valid = AllocBitmap(p, rows.N)
				out.Valid.SetAll(rows.N)
			}
			out.Valid.Clear(r)
		}
	}
	return nil
}
