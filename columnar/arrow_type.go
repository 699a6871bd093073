package columnar

import (
	"github.com/apache/arrow/go/v17/arrow"
)

// ArrowType is the Arrow type that ToArrow gives vectors of t: STRING and BINARY as views, all decimals as decimal128, instants as
// microseconds in UTC, intervals as months, durations and month-day-nanos. VARIANT has none.
func ArrowType(t Type) (arrow.DataType, error) {
	switch t.Kind {
	case Void:
		return arrow.Null, nil
	case Boolean:
		return arrow.FixedWidthTypes.Boolean, nil
	case TinyInt:
		return arrow.PrimitiveTypes.Int8, nil
	case SmallInt:
		return arrow.PrimitiveTypes.Int16, nil
	case Int:
		return arrow.PrimitiveTypes.Int32, nil
	case BigInt:
		return arrow.PrimitiveTypes.Int64, nil
	case Float:
		return arrow.PrimitiveTypes.Float32, nil
	case Double:
		return arrow.PrimitiveTypes.Float64, nil
	case Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}, nil
	case String:
		return arrow.BinaryTypes.StringView, nil
	case Binary:
		return arrow.BinaryTypes.BinaryView, nil
	case Date:
		return arrow.FixedWidthTypes.Date32, nil
	case Timestamp:
		return arrow.FixedWidthTypes.Timestamp_us, nil
	case TimestampNTZ:
		return &arrow.TimestampType{Unit: arrow.Microsecond}, nil
	case Time:
		return arrow.FixedWidthTypes.Time64ns, nil
	case YearMonthInterval:
		return arrow.FixedWidthTypes.MonthInterval, nil
	case DayTimeInterval:
		return arrow.FixedWidthTypes.Duration_us, nil
	case CalendarInterval:
		return arrow.FixedWidthTypes.MonthDayNanoInterval, nil
	}
	return arrowNested(t)
}

func arrowNested(t Type) (arrow.DataType, error) {
	switch t.Kind {
	case Array:
		elem, err := ArrowType(t.Elem())
		if err != nil {
			return nil, err
		}
		return arrow.ListOfField(arrow.Field{Name: "element", Type: elem, Nullable: true}), nil
	case Map:
		key, err := ArrowType(t.Key())
		if err != nil {
			return nil, err
		}
		value, err := ArrowType(t.Elem())
		if err != nil {
			return nil, err
		}
		return arrow.MapOf(key, value), nil
	case Struct:
		fields, err := arrowFields(t.Fields())
		if err != nil {
			return nil, err
		}
		return arrow.StructOf(fields...), nil
	}
	return nil, Errorf("UNSUPPORTED_DATATYPE", "Unsupported data type \"%s\" in Arrow.", t.SQL())
}

func arrowFields(fields []Field) ([]arrow.Field, error) {
	out := make([]arrow.Field, len(fields))
	for i, f := range fields {
		t, err := ArrowType(f.Type)
		if err != nil {
			return nil, err
		}
		out[i] = arrow.Field{Name: f.Name, Type: t, Nullable: f.Nullable}
	}
	return out, nil
}

// ArrowSchema is the schema of the records that ToRecord makes.
func ArrowSchema(s *Schema) (*arrow.Schema, error) {
	fields, err := arrowFields(s.Fields)
	if err != nil {
		return nil, err
	}
	return arrow.NewSchema(fields, nil), nil
}

// arrowKinds are the Arrow types without parameters and the types that FromArrow gives them.
var arrowKinds = map[arrow.Type]Type{
	arrow.NULL: VoidType, arrow.BOOL: BooleanType, arrow.INT8: TinyIntType, arrow.INT16: SmallIntType, arrow.INT32: IntType,
	arrow.INT64: BigIntType, arrow.UINT8: SmallIntType, arrow.UINT16: IntType, arrow.UINT32: BigIntType, arrow.UINT64: DecimalType(20, 0),
	arrow.FLOAT16: FloatType, arrow.FLOAT32: FloatType, arrow.FLOAT64: DoubleType,
	arrow.STRING: StringType, arrow.LARGE_STRING: StringType, arrow.STRING_VIEW: StringType,
	arrow.BINARY: BinaryType, arrow.LARGE_BINARY: BinaryType, arrow.BINARY_VIEW: BinaryType, arrow.FIXED_SIZE_BINARY: BinaryType,
	arrow.DATE32: DateType, arrow.DATE64: DateType, arrow.TIME32: TimeType(6), arrow.TIME64: TimeType(6), arrow.DURATION: DayTimeType(0, 3),
	arrow.INTERVAL_MONTHS: YearMonthType(0, 1), arrow.INTERVAL_MONTH_DAY_NANO: CalendarType,
}

// TypeFromArrow is the type that holds an Arrow type's values: unsigned integers take the next wider type, dictionaries the type of
// their values. What has no SQL type (unions, decimal256, run ends) gives UNSUPPORTED_DATATYPE.
func TypeFromArrow(t arrow.DataType) (Type, error) {
	if plain, ok := arrowKinds[t.ID()]; ok {
		return plain, nil
	}
	switch t := t.(type) {
	case *arrow.Decimal128Type:
		if t.Scale >= 0 && t.Scale <= t.Precision && t.Precision <= MaxPrecision {
			return DecimalType(int(t.Precision), int(t.Scale)), nil
		}
	case *arrow.TimestampType:
		if t.TimeZone == "" {
			return TimestampNTZType, nil
		}
		return TimestampType, nil
	case *arrow.DictionaryType:
		return TypeFromArrow(t.ValueType)
	case arrow.ExtensionType:
		return TypeFromArrow(t.StorageType())
	case *arrow.MapType:
		key, err := TypeFromArrow(t.KeyType())
		if err != nil {
			return Type{}, err
		}
		value, err := TypeFromArrow(t.ItemType())
		return MapOf(key, value), err
	case arrow.ListLikeType:
		elem, err := TypeFromArrow(t.Elem())
		return ArrayOf(elem), err
	case *arrow.StructType:
		s, err := fieldsFromArrow(t.Fields())
		return StructOf(s...), err
	}
	return Type{}, Errorf("UNSUPPORTED_DATATYPE", "Unsupported data type \"%s\" of Arrow.", t)
}

func fieldsFromArrow(fields []arrow.Field) ([]Field, error) {
	out := make([]Field, len(fields))
	for i, f := range fields {
		t, err := TypeFromArrow(f.Type)
		if err != nil {
			return nil, err
		}
		out[i] = Field{Name: f.Name, Type: t, Nullable: f.Nullable}
	}
	return out, nil
}

// SchemaFromArrow is the schema of the batches that FromRecord makes of records with an Arrow schema.
func SchemaFromArrow(s *arrow.Schema) (*Schema, error) {
	fields, err := fieldsFromArrow(s.Fields())
	if err != nil {
		return nil, err
	}
	return NewSchema(fields...), nil
}
