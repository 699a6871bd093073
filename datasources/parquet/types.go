package parquet

import (
	"fmt"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
)

// sparkType is the SQL type of a primitive column, by the rules of Spark's ParquetToSparkSchemaConverter. Beyond Spark, UUID is
// STRING, FLOAT16 is FLOAT, and timestamps of nanoseconds lose what is below a microsecond.
func (l *leaf) sparkType() (columnar.Type, error) {
	e := l.element
	switch lt := e.LogicalType.Value.(type) {
	case *format.DecimalType:
		return l.decimal(int(lt.Precision), int(lt.Scale))
	case *format.IntType:
		return l.integer(int(lt.BitWidth), lt.IsSigned)
	case *format.DateType:
		return columnar.DateType, nil
	case *format.TimestampType:
		l.unit = lt.Unit.Value.Duration().Nanoseconds()
		if lt.IsAdjustedToUTC {
			return columnar.TimestampType, nil
		}
		return columnar.TimestampNTZType, nil
	case *format.TimeType:
		return columnar.Type{}, illegal(e, l.physical.String()+" ("+lt.String()+")")
	case *format.StringType, *format.EnumType, *format.JsonType:
		return columnar.StringType, nil
	case *format.UUIDType:
		return columnar.StringType, nil
	case *format.Float16Type:
		return columnar.FloatType, nil
	case nil:
		if e.ConvertedType.Valid {
			return l.convertedType(e.ConvertedType.V)
		}
	}
	return l.plainType()
}

// plainType is the type of a column without annotation.
func (l *leaf) plainType() (columnar.Type, error) {
	switch l.physical {
	case format.Boolean:
		return columnar.BooleanType, nil
	case format.Int32:
		return columnar.IntType, nil
	case format.Int64:
		return columnar.BigIntType, nil
	case format.Int96:
		return columnar.TimestampType, nil
	case format.Float:
		return columnar.FloatType, nil
	case format.Double:
		return columnar.DoubleType, nil
	case format.ByteArray, format.FixedLenByteArray:
		return columnar.BinaryType, nil
	}
	return columnar.Type{}, fmt.Errorf("its column %q has the unknown type %d", l.element.Name, l.physical)
}

// convertedType reads the annotation of older writers.
func (l *leaf) convertedType(c deprecated.ConvertedType) (columnar.Type, error) {
	switch c {
	case deprecated.UTF8, deprecated.Enum, deprecated.Json:
		return columnar.StringType, nil
	case deprecated.Decimal:
		return l.decimal(int(l.element.Precision.V), int(l.element.Scale.V))
	case deprecated.Date:
		return columnar.DateType, nil
	case deprecated.TimestampMillis:
		l.unit = 1e6
		return columnar.TimestampType, nil
	case deprecated.TimestampMicros:
		l.unit = 1e3
		return columnar.TimestampType, nil
	case deprecated.Int8:
		return l.integer(8, true)
	case deprecated.Int16:
		return l.integer(16, true)
	case deprecated.Int32:
		return l.integer(32, true)
	case deprecated.Int64:
		return l.integer(64, true)
	case deprecated.Uint8:
		return l.integer(8, false)
	case deprecated.Uint16:
		return l.integer(16, false)
	case deprecated.Uint32:
		return l.integer(32, false)
	case deprecated.Uint64:
		return l.integer(64, false)
	case deprecated.Bson:
		return columnar.BinaryType, nil
	case deprecated.TimeMillis, deprecated.TimeMicros, deprecated.Interval:
		return columnar.Type{}, illegal(l.element, fmt.Sprint(l.physical, " (", c, ")"))
	}
	return l.plainType()
}

func (l *leaf) integer(width int, signed bool) (columnar.Type, error) {
	l.unsigned = !signed
	wide := l.physical == format.Int64
	if wide != (width == 64) {
		return columnar.Type{}, illegal(l.element, fmt.Sprintf("%s as integer of %d bits", l.physical, width))
	}
	switch {
	case signed && width == 8:
		return columnar.TinyIntType, nil
	case signed && width == 16, !signed && width == 8:
		return columnar.SmallIntType, nil
	case signed && width == 32, !signed && width == 16:
		return columnar.IntType, nil
	case signed || width == 32:
		return columnar.BigIntType, nil
	}
	return columnar.DecimalType(20, 0), nil
}

func (l *leaf) decimal(precision, scale int) (columnar.Type, error) {
	if precision > columnar.MaxPrecision {
		return columnar.Type{}, columnar.Errorf("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
			"The column %q is a decimal of precision %d; the most is %d.", l.element.Name, precision, columnar.MaxPrecision)
	}
	if precision < 1 || scale < 0 || scale > precision {
		return columnar.Type{}, illegal(l.element, fmt.Sprintf("DECIMAL(%d,%d)", precision, scale))
	}
	switch l.physical {
	case format.Int32, format.Int64, format.ByteArray, format.FixedLenByteArray:
		return columnar.DecimalType(precision, scale), nil
	}
	return columnar.Type{}, illegal(l.element, l.physical.String()+" as decimal")
}
