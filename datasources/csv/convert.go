package csv

import (
	"bytes"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/datasources"
)

// rows are the fields of a batch of records, before their conversion.
type rows struct {
	*tokenizer
	formats *datasources.TextFormats
	spans   []span // record by record, width a record
	width   int
	n       int
	bad     []bool // records that do not fit; nil: none
	badSlot []int  // where: the wanted field, -1 for the number of fields
}

// markBad notes that a record does not fit the schema.
func (r *rows) markBad(i, slot int) {
	if r.bad == nil {
		r.bad, r.badSlot = make([]bool, cap(r.spans)/max(r.width, 1)+1), make([]int, cap(r.spans)/max(r.width, 1)+1)
	}
	if i >= len(r.bad) {
		r.bad, r.badSlot = append(r.bad, make([]bool, i+1)...), append(r.badSlot, make([]int, i+1)...)
	}
	if !r.bad[i] {
		r.bad[i], r.badSlot[i] = true, slot
	}
}

// at returns the text of a field; nil is NULL.
func (r *rows) at(i, slot int) []byte {
	b := r.bytes(r.spans[i*r.width+slot])
	if b != nil && len(b) == len(r.nullValue) && string(b) == r.nullValue {
		return nil
	}
	return b
}

// column converts the wanted field slot of all records. A value that does not fit becomes NULL and marks its record.
func (r *rows) column(p *columnar.Pool, slot int, t columnar.Type) (columnar.Vector, error) {
	switch t.Kind {
	case columnar.String, columnar.Binary:
		return r.strings(p, slot, t), nil
	case columnar.TinyInt:
		return convert(r, p, slot, t, parseSmall[int8]), nil
	case columnar.SmallInt:
		return convert(r, p, slot, t, parseSmall[int16]), nil
	case columnar.Int:
		return convert(r, p, slot, t, parseSmall[int32]), nil
	case columnar.BigInt:
		return convert(r, p, slot, t, parseInt), nil
	case columnar.Double:
		return convert(r, p, slot, t, r.parseDouble), nil
	case columnar.Float:
		return convert(r, p, slot, t, r.parseFloat), nil
	case columnar.Decimal:
		return r.decimals(p, slot, t), nil
	case columnar.Date:
		return convert(r, p, slot, t, r.formats.Date), nil
	case columnar.Timestamp:
		return convert(r, p, slot, t, r.formats.Timestamp), nil
	case columnar.TimestampNTZ:
		return convert(r, p, slot, t, r.formats.TimestampNTZ), nil
	case columnar.Boolean:
		return r.bools(p, slot), nil
	}
	return r.cast(p, slot, t)
}

// convert is the loop over values of fixed width.
func convert[T columnar.Native](r *rows, p *columnar.Pool, slot int, t columnar.Type, parse func([]byte) (T, bool)) columnar.Vector {
	out := columnar.MakeFixed[T](p, t, r.n)
	var zero T
	for i := range r.n {
		b := r.at(i, slot)
		if b != nil {
			v, ok := parse(b)
			if ok {
				out.Values[i] = v
				continue
			}
			r.markBad(i, slot)
		}
		out.Values[i] = zero
		out.Valid = clearValid(p, out.Valid, i, r.n)
	}
	return out
}

// clearValid makes row i NULL; the bitmap is made when the first row is.
func clearValid(p *columnar.Pool, valid columnar.Bitmap, i, n int) columnar.Bitmap {
	if valid == nil {
		valid = columnar.AllocBitmap(p, n)
		valid.SetAll(n)
	}
	valid.Clear(i)
	return valid
}

func (r *rows) bools(p *columnar.Pool, slot int) columnar.Vector {
	out := columnar.MakeBool(p, r.n)
	for i := range r.n {
		b := r.at(i, slot)
		v, ok := parseBool(b)
		if !ok && b != nil {
			r.markBad(i, slot)
		}
		if !ok {
			out.Valid = clearValid(p, out.Valid, i, r.n)
		} else if v {
			out.Bits.Set(i)
		}
	}
	return out
}

// strings makes views into the block and the arena.
func (r *rows) strings(p *columnar.Pool, slot int, t columnar.Type) columnar.Vector {
	out := columnar.MakeStrings(p, t, r.n)
	out.Bufs, out.LentBufs = [][]byte{r.block, r.arena}, true
	for i := range r.n {
		b := r.at(i, slot)
		if b == nil {
			out.Valid = clearValid(p, out.Valid, i, r.n)
			continue
		}
		s := r.spans[i*r.width+slot]
		if s.off&inArena != 0 {
			out.Views[i] = columnar.BufferView(b, 1, int(s.off&^inArena))
		} else {
			out.Views[i] = columnar.BufferView(b, 0, int(s.off))
		}
	}
	return out
}

func (r *rows) decimals(p *columnar.Pool, slot int, t columnar.Type) columnar.Vector {
	precision, scale := int(t.Precision), int(t.Scale)
	parse := func(b []byte) (columnar.Int128, bool) {
		if bytes.IndexByte(b, ',') >= 0 {
			b = bytes.ReplaceAll(b, []byte(","), nil)
		}
		return columnar.ParseDecimalText(b, precision, scale)
	}
	if t.Layout() == columnar.LayoutInt64 {
		return convert(r, p, slot, t, func(b []byte) (int64, bool) {
			if v, ok := shortDecimal(b, precision, scale); ok {
				return v, true
			}
			v, ok := parse(b)
			return int64(v.Lo), ok
		})
	}
	return convert(r, p, slot, t, parse)
}

// cast reads types that have no form of their own in CSV as CAST does.
func (r *rows) cast(p *columnar.Pool, slot int, t columnar.Type) (columnar.Vector, error) {
	text := r.strings(p, slot, columnar.StringType)
	v, err := columnar.Cast(columnar.CastContext{Pool: p, Mode: columnar.CastTry, Zone: r.formats.Location()}, text, t, columnar.AllRows(r.n))
	if err != nil {
		return nil, columnar.Errorf("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE", "The CSV data source has no columns of type %s.", t.SQL())
	}
	for i := range r.n {
		if v.IsNull(i) && !text.IsNull(i) {
			r.markBad(i, slot)
		}
	}
	return v, nil
}

// parseInt reads a whole number as Java's Long.parseLong does: without blanks.
func parseInt(b []byte) (int64, bool) {
	if len(b) == 0 || b[0] <= ' ' || b[len(b)-1] <= ' ' {
		return 0, false
	}
	return columnar.ParseInt64(b)
}

func parseSmall[T int8 | int16 | int32](b []byte) (T, bool) {
	v, ok := parseInt(b)
	return T(v), ok && int64(T(v)) == v
}

func (c *config) parseDouble(b []byte) (float64, bool) {
	if v, ok := columnar.ParseFloat64(b); ok && b[len(b)-1] <= '9' {
		return v, true // Fast path - it ends in a digit, so that it is none of the words below
	}
	switch string(b) {
	case c.nan:
		return nan, true
	case c.inf:
		return inf, true
	case c.ninf:
		return -inf, true
	}
	return columnar.ParseFloat64(b)
}

func (c *config) parseFloat(b []byte) (float32, bool) {
	switch string(b) {
	case c.nan:
		return float32(nan), true
	case c.inf:
		return float32(inf), true
	case c.ninf:
		return float32(-inf), true
	}
	return columnar.ParseFloat32(b)
}

// shortDecimal is the fast path for decimals like -12.34 with at most as many fractional digits as the type has.
func shortDecimal(b []byte, precision, scale int) (int64, bool) {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > precision+1 || len(b) > columnar.MaxPrecision64 {
		return 0, false
	}
	v, frac := int64(0), -1
	for _, c := range b {
		d := c - '0'
		if d > 9 {
			if c != '.' || frac >= 0 {
				return 0, false
			}
			frac = 0
			continue
		}
		v = v*10 + int64(d)
		if frac >= 0 {
			frac++
		}
	}
	frac = max(frac, 0)
	if frac > scale || len(b)-frac > precision-scale {
		return 0, false
	}
	v *= columnar.Pow10Int64(scale - frac)
	if neg {
		v = -v
	}
	return v, true
}
