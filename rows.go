package gosql

import (
	"context"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
)

// Rows runs the query and yields its rows as values of T, a struct whose exported fields are filled by the columns of the same name (or of the field's tag
// `gosql:"name"`), upper and lower case being the same. T may also be Row, or, for a query of one column, a plain Go type. Columns without a field are
// ignored; a field without a column is an error, and so is a NULL for a field that is not a pointer, or a value that does not fit. The sequence ends after
// an error. Leaving the loop cancels the query.
func Rows[T any](ctx context.Context, df *DataFrame) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		schema, err := df.Schema()
		if err != nil {
			yield(zero, err)
			return
		}
		scan, err := scannerOf(reflect.TypeFor[T](), schema)
		if err != nil {
			yield(zero, err)
			return
		}
		zone := df.session.zone()
		for b, err := range df.Batches(ctx) {
			if err != nil {
				yield(zero, err)
				return
			}
			for k := range b.Live() {
				var out T
				if err := scan(reflect.ValueOf(&out).Elem(), b, b.LiveRows().Row(k), zone); err != nil {
					yield(zero, err)
					return
				}
				if !yield(out, nil) {
					return
				}
			}
		}
	}
}

// scanner fills a Go value from a row of a batch.
type scanner func(dst reflect.Value, b columnar.Batch, row int, zone *time.Location) error

func scannerOf(t reflect.Type, schema *columnar.Schema) (scanner, error) {
	switch {
	case t == reflect.TypeFor[Row]():
		return func(dst reflect.Value, b columnar.Batch, row int, zone *time.Location) error {
			dst.Set(reflect.ValueOf(rowOf(b, schema, row, zone)))
			return nil
		}, nil
	case t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() && t != reflect.TypeFor[Decimal]():
		return structScanner(t, schema)
	case schema.Len() != 1:
		return nil, fmt.Errorf("gosql: rows of %d columns (%s) cannot be read as %s; use a struct", schema.Len(), schema, t)
	}
	return func(dst reflect.Value, b columnar.Batch, row int, zone *time.Location) error {
		return assign(dst, goValue(b.Cols[0], row, zone), schema.Fields[0])
	}, nil
}

func rowOf(b columnar.Batch, schema *columnar.Schema, row int, zone *time.Location) Row {
	r := Row{fields: schema.Fields, values: make([]Value, len(b.Cols))}
	for i, c := range b.Cols {
		r.values[i] = goValue(c, row, zone)
	}
	return r
}

// fieldName is the column that a struct field stands for; "" if it is left out.
func fieldName(f reflect.StructField) string {
	tag := f.Tag.Get("gosql")
	name, _, _ := strings.Cut(tag, ",")
	switch {
	case !f.IsExported() || name == "-":
		return ""
	case name != "":
		return name
	}
	return f.Name
}

func structScanner(t reflect.Type, schema *columnar.Schema) (scanner, error) {
	type target struct{ field, column int }
	var targets []target
	for i := range t.NumField() {
		name := fieldName(t.Field(i))
		if name == "" {
			continue
		}
		c := schema.Index(name)
		if c < 0 {
			return nil, fmt.Errorf("gosql: field %s of %s: the query has no column %q; it has %s", t.Field(i).Name, t, name, schema)
		}
		targets = append(targets, target{i, c})
	}
	return func(dst reflect.Value, b columnar.Batch, row int, zone *time.Location) error {
		for _, g := range targets {
			if err := assign(dst.Field(g.field), goValue(b.Cols[g.column], row, zone), schema.Fields[g.column]); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// assign puts a value of a column into a Go variable.
func assign(dst reflect.Value, v Value, f columnar.Field) error {
	if v == nil {
		switch dst.Kind() {
		case reflect.Pointer, reflect.Interface, reflect.Slice, reflect.Map:
			dst.SetZero()
			return nil
		}
		return fmt.Errorf("gosql: column %q is NULL, which a %s cannot hold; use a pointer", f.Name, dst.Type())
	}
	if dst.Kind() == reflect.Pointer {
		dst.Set(reflect.New(dst.Type().Elem()))
		dst = dst.Elem()
	}
	src := reflect.ValueOf(v)
	if src.Type().AssignableTo(dst.Type()) {
		dst.Set(src)
		return nil
	}
	if ok, err := assignConverted(dst, src, f); ok || err != nil {
		return err
	}
	return fmt.Errorf("gosql: column %q of type %s cannot be read as %s", f.Name, f.Type, dst.Type())
}

// assignConverted assigns between different Go types where nothing is lost.
func assignConverted(dst, src reflect.Value, f columnar.Field) (bool, error) {
	switch dst.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if !src.CanInt() {
			return false, nil
		}
		if dst.OverflowInt(src.Int()) {
			return false, fmt.Errorf("gosql: column %q: %d does not fit %s", f.Name, src.Int(), dst.Type())
		}
		dst.SetInt(src.Int())
		return true, nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if !src.CanInt() {
			return false, nil
		}
		if src.Int() < 0 || dst.OverflowUint(uint64(src.Int())) {
			return false, fmt.Errorf("gosql: column %q: %d does not fit %s", f.Name, src.Int(), dst.Type())
		}
		dst.SetUint(uint64(src.Int()))
		return true, nil
	case reflect.Float32, reflect.Float64:
		switch d, isDecimal := src.Interface().(Decimal); {
		case isDecimal:
			dst.SetFloat(d.Float64())
		case src.CanFloat():
			dst.SetFloat(src.Float())
		case src.CanInt():
			dst.SetFloat(float64(src.Int()))
		default:
			return false, nil
		}
		return true, nil
	case reflect.String:
		if d, ok := src.Interface().(Decimal); ok {
			dst.SetString(d.String())
			return true, nil
		}
		if src.Kind() == reflect.String {
			dst.SetString(src.String())
			return true, nil
		}
	case reflect.Slice:
		return assignSlice(dst, src, f)
	case reflect.Map:
		return assignMap(dst, src, f)
	case reflect.Struct:
		return assignStruct(dst, src, f)
	}
	return false, nil
}

func assignSlice(dst, src reflect.Value, f columnar.Field) (bool, error) {
	values, ok := src.Interface().([]Value)
	if !ok {
		return false, nil
	}
	out := reflect.MakeSlice(dst.Type(), len(values), len(values))
	for i, v := range values {
		if err := assign(out.Index(i), v, columnar.Field{Name: f.Name, Type: f.Type.Elem()}); err != nil {
			return false, err
		}
	}
	dst.Set(out)
	return true, nil
}

func assignMap(dst, src reflect.Value, f columnar.Field) (bool, error) {
	values, ok := src.Interface().(map[Value]Value)
	if !ok {
		return false, nil
	}
	out := reflect.MakeMapWithSize(dst.Type(), len(values))
	for k, v := range values {
		key, elem := reflect.New(dst.Type().Key()).Elem(), reflect.New(dst.Type().Elem()).Elem()
		if err := assign(key, k, columnar.Field{Name: f.Name, Type: f.Type.Key()}); err != nil {
			return false, err
		}
		if err := assign(elem, v, columnar.Field{Name: f.Name, Type: f.Type.Elem()}); err != nil {
			return false, err
		}
		out.SetMapIndex(key, elem)
	}
	dst.Set(out)
	return true, nil
}

func assignStruct(dst, src reflect.Value, f columnar.Field) (bool, error) {
	row, ok := src.Interface().(Row)
	if !ok {
		return false, nil
	}
	for i := range dst.NumField() {
		name := fieldName(dst.Type().Field(i))
		if name == "" {
			continue
		}
		k := columnar.NewSchema(row.fields...).Index(name)
		if k < 0 {
			return false, fmt.Errorf("gosql: column %q: the struct has no field %q", f.Name, name)
		}
		if err := assign(dst.Field(i), row.values[k], row.fields[k]); err != nil {
			return false, err
		}
	}
	return true, nil
}
