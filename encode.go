package gosql

import (
	"fmt"
	"reflect"
	"time"

	"github.com/gosql-engine/gosql/columnar"
)

// encoder turns Go structs into columns.
type encoder struct {
	schema *columnar.Schema
	fields []int // of the struct, for each column; nil for rows that are one plain value
}

// encoderOf finds the columns of a struct type; a plain type is one column called value.
func encoderOf(t reflect.Type) (*encoder, error) { return nestedEncoder(t, 0) }

// maxNesting is how deep types may be; a type that holds itself has no end.
const maxNesting = 32

// nestedEncoder is encoderOf at a depth.
func nestedEncoder(t reflect.Type, depth int) (*encoder, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("the Go type %s holds itself, or is nested more than %d deep", t, maxNesting)
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() || t == reflect.TypeFor[Decimal]() {
		f, err := nestedField("value", t, depth)
		return &encoder{schema: columnar.NewSchema(f)}, err
	}
	e := &encoder{fields: []int{}}
	var fields []columnar.Field
	for i := range t.NumField() {
		name := fieldName(t.Field(i))
		if name == "" {
			continue
		}
		f, err := nestedField(name, t.Field(i).Type, depth)
		if err != nil && depth > 0 {
			return nil, fmt.Errorf("field %s of %s: %w", t.Field(i).Name, t, err)
		}
		if err != nil {
			return nil, fmt.Errorf("gosql: field %s of %s: %w", t.Field(i).Name, t, err)
		}
		fields = append(fields, f)
		e.fields = append(e.fields, i)
	}
	e.schema = columnar.NewSchema(fields...)
	return e, nil
}

// goKinds are the SQL types of Go's plain kinds.
var goKinds = map[reflect.Kind]columnar.Type{
	reflect.Bool: columnar.BooleanType, reflect.Int8: columnar.TinyIntType, reflect.Int16: columnar.SmallIntType, reflect.Int32: columnar.IntType,
	reflect.Int64: columnar.BigIntType, reflect.Int: columnar.BigIntType, reflect.Uint8: columnar.SmallIntType, reflect.Uint16: columnar.IntType,
	reflect.Uint32: columnar.BigIntType, reflect.Float32: columnar.FloatType, reflect.Float64: columnar.DoubleType, reflect.String: columnar.StringType,
}

// fieldOf is the column that values of a Go type make.
func fieldOf(name string, t reflect.Type) (columnar.Field, error) { return nestedField(name, t, 0) }

// goDecimal is the SQL type of Decimal: the same for all values, as Spark has it for BigDecimal.
var goDecimal = columnar.DecimalType(38, 18)

// nestedField is fieldOf at a depth.
func nestedField(name string, t reflect.Type, depth int) (columnar.Field, error) {
	f := columnar.Field{Name: name}
	if t.Kind() == reflect.Pointer {
		f.Nullable = true
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		f.Type = columnar.TimestampType
		return f, nil
	case reflect.TypeFor[time.Duration]():
		f.Type = columnar.DayTimeType(0, 3)
		return f, nil
	case reflect.TypeFor[Decimal]():
		f.Type = goDecimal
		return f, nil
	case reflect.TypeFor[[]byte]():
		f.Type, f.Nullable = columnar.BinaryType, true
		return f, nil
	}
	if k, ok := goKinds[t.Kind()]; ok {
		f.Type = k
		return f, nil
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		e, err := nestedField("element", t.Elem(), depth+1)
		f.Type, f.Nullable = columnar.ArrayOf(e.Type), true
		return f, err
	case reflect.Map:
		k, err := nestedField("key", t.Key(), depth+1)
		if err != nil {
			return f, err
		}
		v, err := nestedField("value", t.Elem(), depth+1)
		f.Type, f.Nullable = columnar.MapOf(k.Type, v.Type), true
		return f, err
	case reflect.Struct:
		e, err := nestedEncoder(t, depth+1)
		if err != nil {
			return f, err
		}
		f.Type = columnar.StructOf(e.schema.Fields...)
		return f, nil
	}
	return f, fmt.Errorf("values of Go type %s have no SQL type", t)
}

// rowBuilder gathers rows into a batch.
type rowBuilder struct {
	enc  *encoder
	cols []columnar.Builder
	rows int
}

func (e *encoder) builder() *rowBuilder {
	b := &rowBuilder{enc: e}
	for _, f := range e.schema.Fields {
		b.cols = append(b.cols, columnar.NewBuilder(f.Type, columnar.BatchRows))
	}
	return b
}

func (b *rowBuilder) append(row reflect.Value) error {
	for i, c := range b.cols {
		v := row
		if b.enc.fields != nil {
			v = row.Field(b.enc.fields[i])
		}
		if err := appendGo(c, b.enc.schema.Fields[i].Type, v); err != nil {
			return fmt.Errorf("gosql: column %q: %w", b.enc.schema.Fields[i].Name, err)
		}
	}
	b.rows++
	return nil
}

func (b *rowBuilder) build() columnar.Batch {
	cols := make([]columnar.Vector, len(b.cols))
	for i, c := range b.cols {
		cols[i] = c.Build()
	}
	return columnar.NewBatch(b.enc.schema, b.rows, cols...)
}

// appendGo adds a Go value to a column.
func appendGo(b columnar.Builder, t columnar.Type, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		if v.IsNil() {
			b.AppendNull()
			return nil
		}
	}
	if v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	one, err := goScalar(t, v)
	if err != nil {
		return err
	}
	b.Append(one, 0)
	return nil
}

// goScalar is a vector of one row with a Go value.
func goScalar(t columnar.Type, v reflect.Value) (columnar.Vector, error) {
	switch t.Kind {
	case columnar.Array:
		elems := columnar.NewBuilder(t.Elem(), v.Len())
		for i := range v.Len() {
			if err := appendGo(elems, t.Elem(), v.Index(i)); err != nil {
				return nil, err
			}
		}
		return &columnar.List{Typ: t, Offsets: []int32{0, int32(v.Len())}, Elems: elems.Build()}, nil
	case columnar.Map:
		keys, values := columnar.NewBuilder(t.Key(), v.Len()), columnar.NewBuilder(t.Elem(), v.Len())
		for it := v.MapRange(); it.Next(); {
			if err := appendGo(keys, t.Key(), it.Key()); err != nil {
				return nil, err
			}
			if err := appendGo(values, t.Elem(), it.Value()); err != nil {
				return nil, err
			}
		}
		return &columnar.MapVector{Typ: t, Offsets: []int32{0, int32(v.Len())}, Keys: keys.Build(), Values: values.Build()}, nil
	case columnar.Struct:
		enc, err := encoderOf(v.Type())
		if err != nil {
			return nil, err
		}
		b := enc.builder()
		if err := b.append(v); err != nil {
			return nil, err
		}
		return &columnar.StructVector{Typ: t, Fields: b.build().Cols, N: 1}, nil
	}
	switch v.Kind() {
	case reflect.Uint8:
		return columnar.ScalarOf(int16(v.Uint())), nil
	case reflect.Uint16:
		return columnar.ScalarOf(int32(v.Uint())), nil
	case reflect.Uint32:
		return columnar.ScalarOf(int64(v.Uint())), nil
	}
	return plainScalar(t, v)
}

func plainScalar(t columnar.Type, v reflect.Value) (columnar.Vector, error) {
	switch t.Kind {
	case columnar.Boolean:
		return columnar.ScalarOf(v.Bool()), nil
	case columnar.TinyInt:
		return columnar.ScalarOf(int8(v.Int())), nil
	case columnar.SmallInt:
		return columnar.ScalarOf(int16(v.Int())), nil
	case columnar.Int:
		return columnar.ScalarOf(int32(v.Int())), nil
	case columnar.BigInt:
		return columnar.ScalarOf(v.Int()), nil
	case columnar.Float:
		return columnar.ScalarOf(float32(v.Float())), nil
	case columnar.Double:
		return columnar.ScalarOf(v.Float()), nil
	case columnar.String:
		return columnar.ScalarOf(v.String()), nil
	}
	if d, ok := v.Interface().(Decimal); ok {
		return decimalScalar(d)
	}
	l, err := literal(v.Interface())
	if err != nil {
		return nil, err
	}
	return l.Value, nil
}

// decimalScalar is a vector of one DECIMAL(38,18); a value that it does not hold exactly is an error.
func decimalScalar(d Decimal) (columnar.Vector, error) {
	to := int(goDecimal.Scale)
	v, ok := d.Unscaled.Rescale(d.Scale, to)
	if back, fits := v.Rescale(to, d.Scale); !ok || !fits || back != d.Unscaled {
		return nil, fmt.Errorf("%s does not fit %s", d, goDecimal)
	}
	return columnar.NewFixed(goDecimal, []columnar.Int128{v}, nil), nil
}
