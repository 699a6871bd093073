package gosql

import (
	"fmt"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
)

// Decimal is a DECIMAL value: Unscaled times ten to the minus Scale.
type Decimal struct {
	Unscaled columnar.Int128
	Scale    int
}

// String is the decimal in plain notation.
func (d Decimal) String() string { return d.Unscaled.Text(d.Scale) }

// Float64 is the nearest double.
func (d Decimal) Float64() float64 {
	return d.Unscaled.ToFloat64(d.Scale)
}

// Row is a row of a result, by position and by name. Values are of the Go types nil (NULL), bool, int8, int16, int32, int64, float32, float64, Decimal,
// string, []byte, time.Time (DATE at UTC midnight, TIMESTAMP in the session's zone, TIMESTAMP_NTZ in UTC), time.Duration (day-time
// intervals), columnar.Interval, []any, map[any]any and, for structs, Row.
type Row struct {
	fields []columnar.Field
	values []Value
}

// Len is the number of columns.
func (r Row) Len() int { return len(r.values) }

// At is the value of column i.
func (r Row) At(i int) Value { return r.values[i] }

// Get is the value of a column by name (upper and lower case being the same); nil if there is none.
func (r Row) Get(name string) Value {
	for i, f := range r.fields {
		if equalFold(f.Name, name) {
			return r.values[i]
		}
	}
	return nil
}

// Values are all values, in order. The caller must not change them.
func (r Row) Values() []Value { return r.values }

// String is the row as PySpark shows it: Row(a=1, b='x').
func (r Row) String() string {
	parts := make([]string, len(r.values))
	for i, v := range r.values {
		text := fmt.Sprint(v)
		switch v := v.(type) {
		case nil:
			text = "NULL"
		case string:
			text = "'" + v + "'"
		}
		parts[i] = r.fields[i].Name + "=" + text
	}
	return "Row(" + strings.Join(parts, ", ") + ")"
}

// goValue is row i of a vector as a Go value; see Row for the types.
func goValue(v columnar.Vector, i int, zone *time.Location) Value {
	if v.IsNull(i) {
		return nil
	}
	switch x := v.(type) {
	case *columnar.Const:
		return goValue(x.Value, 0, zone)
	case *columnar.Dict:
		return goValue(x.Values, int(x.Codes[i]), zone)
	case *columnar.Bool:
		return x.Bits.Get(i)
	case *columnar.Strings:
		if x.Typ.Kind == columnar.Binary {
			return append([]byte{}, x.At(i)...)
		}
		return string(x.At(i))
	case *columnar.List:
		out := make([]Value, 0, x.Offsets[i+1]-x.Offsets[i])
		for k := x.Offsets[i]; k < x.Offsets[i+1]; k++ {
			out = append(out, goValue(x.Elems, int(k), zone))
		}
		return out
	case *columnar.MapVector:
		out := make(map[Value]Value, x.Offsets[i+1]-x.Offsets[i])
		for k := x.Offsets[i]; k < x.Offsets[i+1]; k++ {
			out[mapKey(goValue(x.Keys, int(k), zone))] = goValue(x.Values, int(k), zone)
		}
		return out
	case *columnar.StructVector:
		r := Row{fields: x.Typ.Fields(), values: make([]Value, len(x.Fields))}
		for k, f := range x.Fields {
			r.values[k] = goValue(f, i, zone)
		}
		return r
	}
	return goFixed(v, i, zone)
}

// mapKey makes a value usable as a Go map's key: what Go cannot compare becomes its text.
func mapKey(v Value) Value {
	switch v := v.(type) {
	case []byte:
		return string(v)
	case []Value, map[Value]Value, Row:
		return fmt.Sprint(v)
	}
	return v
}

func goFixed(v columnar.Vector, i int, zone *time.Location) Value {
	t := v.Type()
	switch x := v.(type) {
	case *columnar.Fixed[int8]:
		return x.Values[i]
	case *columnar.Fixed[int16]:
		return x.Values[i]
	case *columnar.Fixed[int32]:
		if t.Kind == columnar.Date {
			return time.Unix(int64(x.Values[i])*86400, 0).UTC()
		}
		return x.Values[i]
	case *columnar.Fixed[int64]:
		return goInt64(t, x.Values[i], zone)
	case *columnar.Fixed[columnar.Int128]:
		return Decimal{x.Values[i], int(t.Scale)}
	case *columnar.Fixed[float32]:
		return x.Values[i]
	case *columnar.Fixed[float64]:
		return x.Values[i]
	case *columnar.Fixed[columnar.Interval]:
		return x.Values[i]
	}
	return nil
}

func goInt64(t columnar.Type, n int64, zone *time.Location) Value {
	switch t.Kind {
	case columnar.Decimal:
		return Decimal{columnar.Int128From(n), int(t.Scale)}
	case columnar.Timestamp:
		return time.UnixMicro(n).In(zone)
	case columnar.TimestampNTZ:
		return time.UnixMicro(n).UTC()
	case columnar.DayTimeInterval:
		return time.Duration(n) * time.Microsecond
	case columnar.Time:
		return time.Duration(n)
	}
	return n
}

// FormatCell is row i of a vector as text, as CAST to STRING gives it in the session's time zone; NULL is "NULL".
func FormatCell(s *Session, v columnar.Vector, i int) string {
	if v.IsNull(i) {
		return "NULL"
	}
	return string(columnar.AppendString(nil, v, i, s.zone()))
}
