package columnar

import "time"

// CastContext is what a cast depends on besides its input.
type CastContext struct {
	Pool *Pool // where the result is allocated; nil: owned memory
	Mode CastMode
	Zone *time.Location // the session's time zone; nil: UTC
}

// Cast converts the selected rows of v to a type, as Spark's CAST, TRY_CAST or CAST with ANSI mode off do. In ANSI mode the error
// is that of the first selected row without an equal in the type: CAST_INVALID_INPUT, CAST_OVERFLOW, NUMERIC_VALUE_OUT_OF_RANGE or
// INVALID_INTERVAL_FORMAT. Casts that CanCast forbids give DATATYPE_MISMATCH. A Const stays a Const and a Dict a Dict, whose
// entries are cast once; the result may share memory with v.
func Cast(cc CastContext, v Vector, to Type, rows Rows) (Vector, error) {
	from := v.Type()
	if from == to {
		return v, nil
	}
	if !CanCast(from, to, cc.Mode) {
		return nil, CastMismatch(from, to, cc.Mode, "CAST")
	}
	c := casting{CastContext: cc, from: from, to: to, zone: NewZone(cc.Zone)}
	switch w := v.(type) {
	case *Const:
		if rows.Count() == 0 || w.Value.IsNull(0) {
			return NullVector(to, w.N), nil
		}
		out, err := c.flat(w.Value, AllRows(1))
		if err != nil {
			return nil, err
		}
		return NewConst(out, w.N), nil
	case *Dict:
		return c.dict(w, rows)
	}
	return c.flat(v, rows)
}

// casting is one call of Cast.
type casting struct {
	CastContext
	from, to Type
	zone     *Zone
}

// strict is the cast in ANSI mode if ANSI mode is off: casts to and from intervals do not know the old rules.
func (c *casting) strict() *casting {
	if c.Mode != CastLegacy {
		return c
	}
	out := *c
	out.Mode = CastANSI
	return &out
}

// dict casts the entries that the selected rows use, or the rows where there are fewer of them than entries.
func (c *casting) dict(v *Dict, rows Rows) (Vector, error) {
	n := v.Values.Len()
	if rows.Count() < n {
		return c.flat(Flatten(c.Pool, v, rows), rows)
	}
	used := AllocBitmap(c.Pool, n)
	for k := range rows.Count() {
		if i := rows.Row(k); v.Valid == nil || v.Valid.Get(i) {
			used.Set(int(v.Codes[i]))
		}
	}
	entries := AllRows(n)
	if used.Count(n) < n {
		entries.Sel = make([]int32, 0, n)
		for i := range n {
			if used.Get(i) {
				entries.Sel = append(entries.Sel, int32(i))
			}
		}
	}
	values, err := c.flat(v.Values, entries)
	if err != nil {
		return nil, err
	}
	values = Flatten(c.Pool, values, AllRows(n))
	return &Dict{Codes: v.Codes, Values: values, Valid: v.Valid, Lent: v.Lent}, nil
}

// flat casts a vector in the physical form of its type.
func (c *casting) flat(v Vector, rows Rows) (Vector, error) {
	switch {
	case c.from.Kind == Void:
		return NullVector(c.to, v.Len()), nil
	case c.to.Kind == String:
		return c.toString(v, rows), nil
	}
	switch v := v.(type) {
	case *Strings:
		return c.fromString(v, rows)
	case *Bool:
		return c.fromBool(v, rows)
	case *Fixed[int8]:
		return fromInteger(c, v, rows)
	case *Fixed[int16]:
		return fromInteger(c, v, rows)
	case *Fixed[int32]:
		return c.fromInt32(v, rows)
	case *Fixed[int64]:
		return c.fromInt64(v, rows)
	case *Fixed[float32]:
		return fromFloat(c, v, rows)
	case *Fixed[float64]:
		return fromFloat(c, v, rows)
	case *Fixed[Int128]:
		return fromDecimal(c, v, rows, func(x Int128) Int128 { return x })
	case *List:
		return c.fromList(v, rows)
	case *MapVector:
		return c.fromMap(v, rows)
	case *StructVector:
		return c.fromStruct(v, rows)
	}
	return nil, CastMismatch(c.from, c.to, c.Mode, "CAST")
}

// fromInt32 casts the types that int32 values stand for.
func (c *casting) fromInt32(v *Fixed[int32], rows Rows) (Vector, error) {
	switch c.from.Kind {
	case Date:
		return c.fromDate(v, rows)
	case YearMonthInterval:
		return c.fromYearMonth(v, rows)
	}
	return fromInteger(c, v, rows)
}

// fromInt64 casts the types that int64 values stand for.
func (c *casting) fromInt64(v *Fixed[int64], rows Rows) (Vector, error) {
	switch c.from.Kind {
	case Timestamp:
		return c.fromTimestamp(v, rows)
	case TimestampNTZ:
		return c.fromTimestampNTZ(v, rows)
	case DayTimeInterval:
		return c.fromDayTime(v, rows)
	case Time:
		return mapAll(c, v, rows, func(nanos int64) int64 { return truncateTime(nanos, c.to.Precision) }), nil
	case Decimal:
		return c.fromDecimal64(v, rows)
	}
	return fromInteger(c, v, rows)
}

// failure makes the error of a row that cannot be cast; it is asked in ANSI mode only (other modes give NULL).
type failure func(v Vector, i int) *Error

// malformed is the failure for text that is no value of the type, and for numbers that are no time.
func (c *casting) malformed(v Vector, i int) *Error {
	return c.malformedValue(FormatSQL(v, i, c.Zone), c.from)
}

func (c *casting) malformedValue(value string, from Type) *Error {
	return Errorf("CAST_INVALID_INPUT", "The value %s of the type \"%s\" cannot be cast to \"%s\" because it is malformed. Correct the value as per "+
		"the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead.", value, from.SQL(), c.to.SQL())
}

// overflow is the failure for numbers beyond the range of the type.
func (c *casting) overflow(v Vector, i int) *Error {
	return overflowError(FormatSQL(v, i, c.Zone), c.from, c.to)
}

func overflowError(value string, from, to Type) *Error {
	return Errorf("CAST_OVERFLOW", "The value %s of the type \"%s\" cannot be cast to \"%s\" due to an overflow. "+
		"Use `try_cast` to tolerate overflow and return NULL instead.", value, from.SQL(), to.SQL())
}

// outOfRange is the failure for numbers with too many digits for a decimal type.
func (c *casting) outOfRange(v Vector, i int) *Error {
	return DecimalRangeError(plainNumber(v, i), c.to)
}

// DecimalRangeError is NUMERIC_VALUE_OUT_OF_RANGE for a number, given in plain digits, that has no place in a decimal type.
func DecimalRangeError(value string, t Type) *Error {
	return Errorf("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "%s cannot be represented as Decimal(%d, %d). If necessary set "+
		"\"spark.sql.ansi.enabled\" to \"false\" to bypass this error, and return NULL instead.", value, t.Precision, t.Scale)
}
