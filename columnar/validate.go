package columnar

import "fmt"

// Validate checks the structure of a batch: lengths, types, ascending selections, offsets, codes and views within bounds. The error
// names the column. It looks at every row, so it is for builds with the invariants tag and for tests.
func Validate(b Batch) error {
	if b.Schema != nil && b.Schema.Len() != len(b.Cols) {
		return fmt.Errorf("%d columns for a schema of %d", len(b.Cols), b.Schema.Len())
	}
	last := int32(-1)
	for _, i := range b.Sel {
		if i <= last || int(i) >= b.Len {
			return fmt.Errorf("selection of row %d after row %d in a batch of %d rows", i, last, b.Len)
		}
		last = i
	}
	for i, c := range b.Cols {
		if c.Len() != b.Len {
			return fmt.Errorf("column %d has %d rows in a batch of %d", i, c.Len(), b.Len)
		}
		if b.Schema != nil && c.Type() != b.Schema.Fields[i].Type {
			return fmt.Errorf("column %d (%s) is %s and not %s", i, b.Schema.Fields[i].Name, c.Type(), b.Schema.Fields[i].Type)
		}
		if err := validateVector(c); err != nil {
			return fmt.Errorf("column %d (%s): %w", i, c.Type(), err)
		}
	}
	return nil
}

func validateVector(v Vector) error {
	switch v := v.(type) {
	case *Const:
		if v.Value.Len() != 1 {
			return fmt.Errorf("constant of %d rows", v.Value.Len())
		}
		return validateDense(v.Value)
	case *Dict:
		for i, c := range v.Codes {
			if uint(c) >= uint(v.Values.Len()) {
				return fmt.Errorf("row %d: code %d of %d entries", i, c, v.Values.Len())
			}
		}
		if err := validateBits(v.Valid, len(v.Codes)); err != nil {
			return err
		}
		return validateDense(v.Values)
	}
	return validateDense(v)
}

// validateDense checks a vector that may not be a Dict or Const.
func validateDense(v Vector) error {
	switch v := v.(type) {
	case *Dict, *Const:
		return fmt.Errorf("%T inside a dictionary or constant", v)
	case *Bool:
		if err := validateBits(v.Bits, v.N); err != nil {
			return err
		}
		return validateBits(v.Valid, v.N)
	case *Strings:
		return v.validate()
	case *List:
		if err := validateOffsets(v.Offsets, v.Elems); err != nil {
			return err
		}
		return validateEntries(v.Valid, v.Len(), v.Elems)
	case *MapVector:
		if err := validateOffsets(v.Offsets, v.Keys); err != nil {
			return err
		}
		if v.Keys.Len() != v.Values.Len() {
			return fmt.Errorf("%d keys and %d values", v.Keys.Len(), v.Values.Len())
		}
		return validateEntries(v.Valid, v.Len(), v.Keys, v.Values)
	case *StructVector:
		for i, f := range v.Fields {
			if f.Len() != v.N {
				return fmt.Errorf("field %d has %d rows in a struct of %d", i, f.Len(), v.N)
			}
		}
		return validateEntries(v.Valid, v.N, v.Fields...)
	}
	return validateLayout(v)
}

// validateLayout checks that fixed-width values are of the Go type of their SQL type, and their validity.
func validateLayout(v Vector) error {
	var layout Layout
	var valid Bitmap
	switch v := v.(type) {
	case *Fixed[int8]:
		layout, valid = LayoutInt8, v.Valid
	case *Fixed[int16]:
		layout, valid = LayoutInt16, v.Valid
	case *Fixed[int32]:
		layout, valid = LayoutInt32, v.Valid
	case *Fixed[int64]:
		layout, valid = LayoutInt64, v.Valid
	case *Fixed[Int128]:
		layout, valid = LayoutInt128, v.Valid
	case *Fixed[float32]:
		layout, valid = LayoutFloat32, v.Valid
	case *Fixed[float64]:
		layout, valid = LayoutFloat64, v.Valid
	case *Fixed[Interval]:
		layout, valid = LayoutInterval, v.Valid
	}
	if layout != v.Type().Layout() {
		return fmt.Errorf("%T holds %s", v, v.Type())
	}
	return validateBits(valid, v.Len())
}

func validateBits(b Bitmap, n int) error {
	if b != nil && len(b) < Words(n) {
		return fmt.Errorf("bitmap of %d words for %d rows", len(b), n)
	}
	return nil
}

func (v *Strings) validate() error {
	if v.Typ.Layout() != LayoutBytes {
		return fmt.Errorf("%T holds %s", v, v.Typ)
	}
	for i := range v.Views {
		w := &v.Views[i]
		if w.Length <= InlineLen {
			continue
		}
		if int(w.Buffer) >= len(v.Bufs) || uint64(w.Offset)+uint64(w.Length) > uint64(len(v.Bufs[w.Buffer])) {
			return fmt.Errorf("row %d: view of %d bytes at %d of buffer %d is out of bounds", i, w.Length, w.Offset, w.Buffer)
		}
		if string(w.Prefix[:]) != string(v.At(i)[:len(w.Prefix)]) {
			return fmt.Errorf("row %d: the view's prefix is not that of its text", i)
		}
	}
	return validateBits(v.Valid, len(v.Views))
}

func validateOffsets(offsets []int32, entries Vector) error {
	if len(offsets) == 0 {
		return fmt.Errorf("no offsets")
	}
	last := int32(0)
	for i, o := range offsets {
		if o < last || int(o) > entries.Len() {
			return fmt.Errorf("offset %d is %d after %d, of %d entries", i, o, last, entries.Len())
		}
		last = o
	}
	return nil
}

func validateEntries(valid Bitmap, n int, entries ...Vector) error {
	if err := validateBits(valid, n); err != nil {
		return err
	}
	for _, e := range entries {
		if err := validateVector(e); err != nil {
			return err
		}
	}
	return nil
}
