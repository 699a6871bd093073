package parquet

import (
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
)

// addColumn adds a field to the schema, with the standard form of lists and maps, and makes the shredder of its vectors. def and
// rep are the levels of the parent.
func (e *encoder) addColumn(name string, t columnar.Type, r format.FieldRepetitionType, def, rep int, path []string) (*shredder, error) {
	if r == format.Optional {
		def++
	}
	s := &shredder{typ: t, def: int32(def), optional: r == format.Optional}
	el := format.SchemaElement{Name: name, RepetitionType: thrift.New(r)}
	switch t.Kind {
	case columnar.Struct:
		el.NumChildren = thrift.New(int32(len(t.Fields())))
		e.meta.Schema = append(e.meta.Schema, el)
		if len(t.Fields()) == 0 {
			return nil, columnar.Errorf("EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE", "Parquet has no struct without fields, as %q is.", name)
		}
		for _, f := range t.Fields() {
			c, err := e.addColumn(f.Name, f.Type, format.Optional, def, rep, extend(path, f.Name))
			if err != nil {
				return nil, err
			}
			s.children = append(s.children, c)
		}
		return s, nil
	case columnar.Array:
		el.NumChildren, el.LogicalType.Value, el.ConvertedType = thrift.New(int32(1)), &format.ListType{}, thrift.New(deprecated.List)
		list := format.SchemaElement{Name: "list", RepetitionType: thrift.New(format.Repeated), NumChildren: thrift.New(int32(1))}
		e.meta.Schema = append(e.meta.Schema, el, list)
		c, err := e.addColumn("element", t.Elem(), format.Optional, def+1, rep+1, extend(path, "list", "element"))
		s.rep, s.children = int32(rep+1), []*shredder{c}
		return s, err
	case columnar.Map:
		el.NumChildren, el.LogicalType.Value, el.ConvertedType = thrift.New(int32(1)), &format.MapType{}, thrift.New(deprecated.Map)
		pair := format.SchemaElement{Name: "key_value", RepetitionType: thrift.New(format.Repeated), NumChildren: thrift.New(int32(2))}
		e.meta.Schema = append(e.meta.Schema, el, pair)
		k, err := e.addColumn("key", t.Key(), format.Required, def+1, rep+1, extend(path, "key_value", "key"))
		if err != nil {
			return nil, err
		}
		v, err := e.addColumn("value", t.Elem(), format.Optional, def+1, rep+1, extend(path, "key_value", "value"))
		s.rep, s.children = int32(rep+1), []*shredder{k, v}
		return s, err
	}
	if err := setPhysical(&el, t); err != nil {
		return nil, err
	}
	e.meta.Schema = append(e.meta.Schema, el)
	s.leaf = &leafBuffer{physical: el.Type.V, length: int(el.TypeLength.V), typ: t, path: path, maxDef: int32(def), maxRep: int32(rep)}
	e.leaves = append(e.leaves, s.leaf)
	return s, nil
}

func extend(path []string, names ...string) []string {
	return append(path[:len(path):len(path)], names...)
}

// setPhysical sets a primitive's type and annotation, as Spark's SparkToParquetSchemaConverter does; timestamps are microseconds.
func setPhysical(el *format.SchemaElement, t columnar.Type) error {
	physical := format.Int32
	integer := func(width int8, c deprecated.ConvertedType) {
		el.LogicalType.Value, el.ConvertedType = &format.IntType{BitWidth: width, IsSigned: true}, thrift.New(c)
	}
	switch t.Kind {
	case columnar.Boolean:
		physical = format.Boolean
	case columnar.TinyInt:
		integer(8, deprecated.Int8)
	case columnar.SmallInt:
		integer(16, deprecated.Int16)
	case columnar.Int, columnar.YearMonthInterval:
	case columnar.Date:
		el.LogicalType.Value, el.ConvertedType = &format.DateType{}, thrift.New(deprecated.Date)
	case columnar.BigInt, columnar.DayTimeInterval:
		physical = format.Int64
	case columnar.Timestamp, columnar.TimestampNTZ:
		physical = format.Int64
		utc := t.Kind == columnar.Timestamp
		el.LogicalType.Value = &format.TimestampType{IsAdjustedToUTC: utc, Unit: format.TimeUnit{Value: &format.MicroSeconds{}}}
		if utc {
			el.ConvertedType = thrift.New(deprecated.TimestampMicros)
		}
	case columnar.Float:
		physical = format.Float
	case columnar.Double:
		physical = format.Double
	case columnar.String:
		physical = format.ByteArray
		el.LogicalType.Value, el.ConvertedType = &format.StringType{}, thrift.New(deprecated.UTF8)
	case columnar.Binary:
		physical = format.ByteArray
	case columnar.Decimal:
		physical = setDecimal(el, t)
	default:
		return columnar.Errorf("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
			"The Parquet data source has no form for the column %q of type %s.", el.Name, t.SQL())
	}
	el.Type = thrift.New(physical)
	return nil
}

func setDecimal(el *format.SchemaElement, t columnar.Type) format.Type {
	el.LogicalType.Value = &format.DecimalType{Scale: int32(t.Scale), Precision: int32(t.Precision)}
	el.ConvertedType = thrift.New(deprecated.Decimal)
	el.Precision, el.Scale = thrift.New(int32(t.Precision)), thrift.New(int32(t.Scale))
	switch {
	case t.Precision <= 9:
		return format.Int32
	case t.Precision <= columnar.MaxPrecision64:
		return format.Int64
	}
	el.TypeLength = thrift.New(int32(decimalBytes(int(t.Precision))))
	return format.FixedLenByteArray
}

// decimalBytes is the number of bytes that hold every value of a precision over 18.
func decimalBytes(precision int) int {
	limit := columnar.Pow10(precision)
	for n := 8; n < 16; n++ {
		bits := 8*n - 1 - 64 // of the high word
		if bits < 0 || limit.Hi >= 1<<bits {
			continue
		}
		return n
	}
	return 16
}
