package columnar

import (
	"fmt"
	"strings"
	"sync"
)

// Kind names a family of Spark SQL types.
type Kind uint8

// The kinds, in the order in which Spark lists its types.
const (
	Void Kind = iota
	Boolean
	TinyInt
	SmallInt
	Int
	BigInt
	Float
	Double
	Decimal
	String
	Binary
	Date              // days since 1970-01-01
	Timestamp         // microseconds since the epoch, shown in the session's time zone
	TimestampNTZ      // microseconds since 1970-01-01T00:00:00 of a calendar without zone
	Time              // nanoseconds since midnight
	YearMonthInterval // months
	DayTimeInterval   // microseconds
	CalendarInterval  // months, days and microseconds, kept apart
	Array
	Map
	Struct
	Variant
)

// Layout is the memory form in which the values of a type are kept.
type Layout uint8

// The layouts. LayoutFixed forms are *Fixed[T] of the Go type in the comment.
const (
	LayoutBool     Layout = iota // *Bool
	LayoutInt8                   // *Fixed[int8]; also VOID
	LayoutInt16                  // *Fixed[int16]
	LayoutInt32                  // *Fixed[int32]
	LayoutInt64                  // *Fixed[int64]
	LayoutInt128                 // *Fixed[Int128]
	LayoutFloat32                // *Fixed[float32]
	LayoutFloat64                // *Fixed[float64]
	LayoutInterval               // *Fixed[Interval]
	LayoutBytes                  // *Strings
	LayoutList                   // *List
	LayoutMap                    // *MapVector
	LayoutStruct                 // *StructVector
)

// Type is a Spark SQL data type. It is a small comparable value: two types are the same type exactly when == says so (nested
// parts are interned). Nullability belongs to the columns of a Schema, not to types.
type Type struct {
	Kind Kind
	// Precision and Scale are those of a DECIMAL. For an interval they are the first and the last field: YEAR 0, MONTH 1;
	// DAY 0, HOUR 1, MINUTE 2, SECOND 3. For TIME, Precision is the number of fractional digits.
	Precision, Scale uint8
	nested           *nested
}

// nested holds what ARRAY, MAP and STRUCT contain. There is one nested for each distinct content.
type nested struct {
	elem, key Type
	fields    []Field
}

// Field is a named part of a struct or a column of a Schema.
type Field struct {
	Name     string
	Type     Type
	Nullable bool // meaningful for the columns of a Schema; struct fields are always nullable
}

// The types without parameters.
var (
	VoidType         = Type{Kind: Void}
	BooleanType      = Type{Kind: Boolean}
	TinyIntType      = Type{Kind: TinyInt}
	SmallIntType     = Type{Kind: SmallInt}
	IntType          = Type{Kind: Int}
	BigIntType       = Type{Kind: BigInt}
	FloatType        = Type{Kind: Float}
	DoubleType       = Type{Kind: Double}
	StringType       = Type{Kind: String}
	BinaryType       = Type{Kind: Binary}
	DateType         = Type{Kind: Date}
	TimestampType    = Type{Kind: Timestamp}
	TimestampNTZType = Type{Kind: TimestampNTZ}
	CalendarType     = Type{Kind: CalendarInterval}
	VariantType      = Type{Kind: Variant}
)

// The largest precision of a DECIMAL, and the largest that fits an int64.
const (
	MaxPrecision   = 38
	MaxPrecision64 = 18
)

// DecimalType is DECIMAL(precision, scale).
func DecimalType(precision, scale int) Type {
	return Type{Kind: Decimal, Precision: uint8(precision), Scale: uint8(scale)}
}

// YearMonthType is an interval of the fields first to last (YEAR 0, MONTH 1).
func YearMonthType(first, last uint8) Type {
	return Type{Kind: YearMonthInterval, Precision: first, Scale: last}
}

// DayTimeType is an interval of the fields first to last (DAY 0, HOUR 1, MINUTE 2, SECOND 3).
func DayTimeType(first, last uint8) Type {
	return Type{Kind: DayTimeInterval, Precision: first, Scale: last}
}

// TimeType is TIME(precision).
func TimeType(precision uint8) Type { return Type{Kind: Time, Precision: precision} }

// interned maps the exact text of a nested type's content to its only copy. Entries live for ever; programs use few types.
var interned sync.Map

func intern(key string, n nested) *nested {
	if v, ok := interned.Load(key); ok {
		return v.(*nested)
	}
	v, _ := interned.LoadOrStore(key, &n)
	return v.(*nested)
}

// ArrayOf is ARRAY<elem>.
func ArrayOf(elem Type) Type {
	return Type{Kind: Array, nested: intern("a"+elem.identity(), nested{elem: elem})}
}

// MapOf is MAP<key, value>.
func MapOf(key, value Type) Type {
	return Type{Kind: Map, nested: intern("m"+key.identity()+","+value.identity(), nested{key: key, elem: value})}
}

// StructOf is STRUCT of the fields; their nullability is dropped.
func StructOf(fields ...Field) Type {
	var id strings.Builder
	id.WriteByte('s')
	own := make([]Field, len(fields))
	for i, f := range fields {
		own[i] = Field{Name: f.Name, Type: f.Type, Nullable: true}
		fmt.Fprintf(&id, "%q:%s,", f.Name, f.Type.identity())
	}
	return Type{Kind: Struct, nested: intern(id.String(), nested{fields: own})}
}

// identity is a text that differs for different types; for nested types the address of the interned content serves.
func (t Type) identity() string {
	return fmt.Sprintf("%d.%d.%d.%p", t.Kind, t.Precision, t.Scale, t.nested)
}

// Elem is the element type of an ARRAY or the value type of a MAP.
func (t Type) Elem() Type { return t.nested.elem }

// Key is the key type of a MAP.
func (t Type) Key() Type { return t.nested.key }

// Fields are the fields of a STRUCT; the caller must not change them.
func (t Type) Fields() []Field {
	if t.nested == nil {
		return nil
	}
	return t.nested.fields
}

// Layout is the memory form of the type's values.
func (t Type) Layout() Layout {
	switch t.Kind {
	case Boolean:
		return LayoutBool
	case Void, TinyInt:
		return LayoutInt8
	case SmallInt:
		return LayoutInt16
	case Int, Date, YearMonthInterval:
		return LayoutInt32
	case BigInt, Timestamp, TimestampNTZ, Time, DayTimeInterval:
		return LayoutInt64
	case Decimal:
		if t.Precision <= MaxPrecision64 {
			return LayoutInt64
		}
		return LayoutInt128
	case Float:
		return LayoutFloat32
	case Double:
		return LayoutFloat64
	case CalendarInterval:
		return LayoutInterval
	case Array:
		return LayoutList
	case Map:
		return LayoutMap
	case Struct:
		return LayoutStruct
	}
	return LayoutBytes
}

// IsNumeric says whether t is an integer, floating or decimal type.
func (t Type) IsNumeric() bool { return t.Kind >= TinyInt && t.Kind <= Decimal }

// IsInteger says whether t is TINYINT, SMALLINT, INT or BIGINT.
func (t Type) IsInteger() bool { return t.Kind >= TinyInt && t.Kind <= BigInt }

// IsFloating says whether t is FLOAT or DOUBLE.
func (t Type) IsFloating() bool { return t.Kind == Float || t.Kind == Double }

// IsInterval says whether t is one of the three interval types.
func (t Type) IsInterval() bool { return t.Kind >= YearMonthInterval && t.Kind <= CalendarInterval }

// IsDatetime says whether t is a date or one of the timestamps.
func (t Type) IsDatetime() bool { return t.Kind >= Date && t.Kind <= TimestampNTZ }

// IsNested says whether t is ARRAY, MAP or STRUCT.
func (t Type) IsNested() bool { return t.Kind >= Array && t.Kind <= Struct }

// IsOrderable says whether values of t can be compared with < (maps, intervals of the calendar and variants cannot).
func (t Type) IsOrderable() bool {
	switch t.Kind {
	case Map, CalendarInterval, Variant:
		return false
	case Array:
		return t.Elem().IsOrderable()
	case Struct:
		for _, f := range t.Fields() {
			if !f.Type.IsOrderable() {
				return false
			}
		}
	}
	return true
}

var kindNames = [...]string{
	Void: "void", Boolean: "boolean", TinyInt: "tinyint", SmallInt: "smallint", Int: "int", BigInt: "bigint", Float: "float",
	Double: "double", Decimal: "decimal", String: "string", Binary: "binary", Date: "date", Timestamp: "timestamp",
	TimestampNTZ: "timestamp_ntz", Time: "time", YearMonthInterval: "interval", DayTimeInterval: "interval",
	CalendarInterval: "interval", Array: "array", Map: "map", Struct: "struct", Variant: "variant",
}

var (
	yearMonthFields = [...]string{"year", "month"}
	dayTimeFields   = [...]string{"day", "hour", "minute", "second"}
)

// String is the type in Spark's catalog spelling: bigint, decimal(10,2), array<struct<a:int>>, interval day to second.
func (t Type) String() string {
	switch t.Kind {
	case Decimal:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	case Time:
		return fmt.Sprintf("time(%d)", t.Precision)
	case YearMonthInterval:
		return intervalName(yearMonthFields[:], t)
	case DayTimeInterval:
		return intervalName(dayTimeFields[:], t)
	case Array:
		return "array<" + t.Elem().String() + ">"
	case Map:
		return "map<" + t.Key().String() + "," + t.Elem().String() + ">"
	case Struct:
		var b strings.Builder
		b.WriteString("struct<")
		for i, f := range t.Fields() {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(f.Name + ":" + f.Type.String())
		}
		return b.String() + ">"
	}
	return kindNames[t.Kind]
}

func intervalName(fields []string, t Type) string {
	if t.Precision == t.Scale {
		return "interval " + fields[t.Precision]
	}
	return "interval " + fields[t.Precision] + " to " + fields[t.Scale]
}

// SQL is the type as Spark's error messages write it: BIGINT, DECIMAL(10,2), STRUCT<a: INT>.
func (t Type) SQL() string {
	switch t.Kind {
	case Array:
		return "ARRAY<" + t.Elem().SQL() + ">"
	case Map:
		return "MAP<" + t.Key().SQL() + ", " + t.Elem().SQL() + ">"
	case Struct:
		parts := make([]string, len(t.Fields()))
		for i, f := range t.Fields() {
			parts[i] = f.Name + ": " + f.Type.SQL()
		}
		return "STRUCT<" + strings.Join(parts, ", ") + ">"
	}
	return strings.ToUpper(t.String())
}

// Schema is the list of columns of a batch or a table. It is immutable; share it by pointer.
type Schema struct {
	Fields []Field
}

// NewSchema makes a schema of the fields.
func NewSchema(fields ...Field) *Schema { return &Schema{Fields: fields} }

// Len is the number of columns.
func (s *Schema) Len() int { return len(s.Fields) }

// Index is the position of the column called name, upper and lower case being the same; -1 if there is none.
func (s *Schema) Index(name string) int {
	for i, f := range s.Fields {
		if strings.EqualFold(f.Name, name) {
			return i
		}
	}
	return -1
}

// String is the schema as Spark writes a struct type: struct<a:int,b:string>.
func (s *Schema) String() string { return StructOf(s.Fields...).String() }
