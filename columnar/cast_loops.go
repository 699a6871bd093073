package columnar

import "strconv"

// The loops that casts are made of. Each visits the selected rows that are not NULL; a row whose function says false becomes NULL, or in
// ANSI mode the error that the failure makes of it.

// nullMarks is the validity of a result: the input's, until a row more becomes NULL.
type nullMarks struct {
	valid  Bitmap
	shared bool // valid is the input's
}

// clear marks row i of n as NULL.
func (m *nullMarks) clear(p *Pool, i, n int) {
	if m.valid == nil || m.shared {
		own := Bitmap(Alloc[uint64](p, Words(n)))
		if m.valid == nil {
			own.SetAll(n)
		} else {
			copy(own, m.valid)
		}
		m.valid, m.shared = own, false
	}
	m.valid.Clear(i)
}

// fixedFrom prepares a result for input with the validity given.
func fixedFrom[R Native](c *casting, n int, valid Bitmap, lent bool) (*Fixed[R], nullMarks) {
	out := MakeFixed[R](c.Pool, c.to, n)
	out.Lent = out.Lent || lent && valid != nil
	return out, nullMarks{valid, true}
}

// tryRows calls f for the selected rows that are not NULL, and clears the row or fails where it returns false.
func (c *casting) tryRows(v Vector, rows Rows, m *nullMarks, fail failure, f func(i int) bool) error {
	valid := m.valid
	for k := range rows.Count() {
		i := rows.Row(k)
		if valid != nil && !valid.Get(i) || f(i) {
			continue
		}
		if c.Mode == CastANSI {
			return fail(v, i)
		}
		m.clear(c.Pool, i, v.Len())
	}
	return nil
}

// mapRows casts fixed-width values where some have no equal.
func mapRows[A, R Native](c *casting, v *Fixed[A], rows Rows, fail failure, f func(A) (R, bool)) (Vector, error) {
	out, m := fixedFrom[R](c, v.Len(), v.Valid, v.Lent)
	in := v.Values
	err := c.tryRows(v, rows, &m, fail, func(i int) (ok bool) {
		out.Values[i], ok = f(in[i])
		return ok
	})
	if err != nil {
		return nil, err
	}
	out.Valid = m.valid
	return out, nil
}

// mapAll casts fixed-width values that all have an equal.
func mapAll[A, R Native](c *casting, v *Fixed[A], rows Rows, f func(A) R) Vector {
	out, m := fixedFrom[R](c, v.Len(), v.Valid, v.Lent)
	out.Valid = m.valid
	if rows.Sel != nil {
		for _, i := range rows.Sel {
			out.Values[i] = f(v.Values[i])
		}
		return out
	}
	for i, x := range v.Values {
		out.Values[i] = f(x)
	}
	return out
}

// number are the Go types that convert into each other.
type number interface {
	int8 | int16 | int32 | int64 | float32 | float64
}

// convert casts by Go's conversion, for pairs where that is Spark's.
func convert[A, R number](c *casting, v *Fixed[A], rows Rows) Vector {
	out, m := fixedFrom[R](c, v.Len(), v.Valid, v.Lent)
	out.Valid = m.valid
	if rows.Sel != nil {
		for _, i := range rows.Sel {
			out.Values[i] = R(v.Values[i])
		}
		return out
	}
	dst := out.Values[:len(v.Values)]
	for i, x := range v.Values {
		dst[i] = R(x)
	}
	return out
}

// testRows casts to BOOLEAN.
func testRows[A Native](c *casting, v *Fixed[A], rows Rows, f func(A) bool) Vector {
	out := MakeBool(c.Pool, v.Len())
	out.Valid, out.Lent = v.Valid, out.Lent || v.Lent && v.Valid != nil
	for k := range rows.Count() {
		if i := rows.Row(k); f(v.Values[i]) {
			out.Bits.Set(i)
		}
	}
	return out
}

// parseRows casts text.
func parseRows[R Native](c *casting, v *Strings, rows Rows, fail failure, f func([]byte) (R, bool)) (Vector, error) {
	out, m := fixedFrom[R](c, v.Len(), v.Valid, v.Lent)
	err := c.tryRows(v, rows, &m, fail, func(i int) (ok bool) {
		out.Values[i], ok = f(v.At(i))
		return ok
	})
	if err != nil {
		return nil, err
	}
	out.Valid = m.valid
	return out, nil
}

// plainNumber is row i of a numeric vector in digits without exponent.
func plainNumber(v Vector, i int) string {
	switch v := v.(type) {
	case *Fixed[float64]:
		return strconv.FormatFloat(v.Values[i], 'f', -1, 64)
	case *Fixed[float32]:
		return strconv.FormatFloat(float64(v.Values[i]), 'f', -1, 64)
	case *Fixed[int64]:
		if v.Typ.Kind == Timestamp {
			return Int128From(v.Values[i]).Text(6)
		}
	case *Bool:
		if v.Bits.Get(i) {
			return "1"
		}
		return "0"
	}
	return FormatValue(v, i)
}
