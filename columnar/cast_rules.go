package columnar

import "fmt"

// CanCast says whether values of a type can be cast to another at all. The table is that of Spark's Cast.canAnsiCast; TRY_CAST
// follows it too, and CastLegacy adds what ANSI mode took away. VARIANT only goes to itself and to STRING, and TIME comes from STRING too.
func CanCast(from, to Type, mode CastMode) bool {
	switch {
	case from == to, from.Kind == Void:
		return true
	case from.Kind == Variant || to.Kind == Variant || to.Kind == Void:
		return false
	case to.Kind == String:
		return true
	case to.Kind == Time:
		return from.Kind == Time || from.Kind == String
	case mode == CastLegacy && canCastLegacy(from, to):
		return true
	}
	switch from.Kind {
	case Boolean:
		return to.IsNumeric()
	case String:
		return !to.IsNested()
	case Date, TimestampNTZ:
		return to.IsDatetime()
	case Timestamp:
		return to.IsDatetime() || to.IsNumeric()
	case YearMonthInterval, DayTimeInterval:
		return to.Kind == from.Kind || to.IsInteger() || to.Kind == Decimal
	case Array, Map, Struct:
		return canCastNested(from, to, mode)
	}
	if !from.IsNumeric() {
		return false
	}
	ansiInterval := to.Kind == YearMonthInterval || to.Kind == DayTimeInterval
	return to.IsNumeric() || to.Kind == Boolean || to.Kind == Timestamp || ansiInterval && !from.IsFloating()
}

// canCastLegacy are the casts that exist only with ANSI mode off.
func canCastLegacy(from, to Type) bool {
	switch from.Kind {
	case Boolean:
		return to.Kind == Timestamp
	case Date:
		return to.Kind == Boolean || to.IsNumeric()
	case Timestamp:
		return to.Kind == Boolean
	}
	return from.IsInteger() && to.Kind == Binary
}

func canCastNested(from, to Type, mode CastMode) bool {
	if from.Kind != to.Kind {
		return false
	}
	switch from.Kind {
	case Array:
		return CanCast(from.Elem(), to.Elem(), mode)
	case Map:
		return CanCast(from.Key(), to.Key(), mode) && CanCast(from.Elem(), to.Elem(), mode)
	}
	a, b := from.Fields(), to.Fields()
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !CanCast(a[i].Type, b[i].Type, mode) {
			return false
		}
	}
	return true
}

// CastKeepsNotNull says whether Spark takes the result of casting a value that is not NULL for not nullable (the inverse of
// Cast.forceNullable). It is cautious: many casts it denies never give NULL in ANSI mode.
func CastKeepsNotNull(from, to Type) bool {
	switch {
	case from == to:
		return true
	case from.Kind == Void || to.Kind == Void:
		return false
	case from.Kind == String:
		return to.Kind == Binary
	case to.Kind == String:
		return true
	case to.Kind == Timestamp:
		return !from.IsFloating()
	case to.Kind == Date:
		return from.Kind == Timestamp || from.Kind == TimestampNTZ
	case to.Kind == Decimal:
		return fitsDecimal(from, to)
	case from.Kind == Timestamp && to.IsInteger():
		return to.Kind == BigInt
	case from.IsFloating() || from.Kind == Decimal:
		return !to.IsInteger()
	case from.Kind == Array && to.Kind == Array:
		return CastKeepsNotNull(from.Elem(), to.Elem())
	case from.Kind == Map && to.Kind == Map:
		return CastKeepsNotNull(from.Key(), to.Key()) && CastKeepsNotNull(from.Elem(), to.Elem())
	case from.Kind == Struct && to.Kind == Struct && len(from.Fields()) == len(to.Fields()):
		for i, f := range from.Fields() {
			if !CastKeepsNotNull(f.Type, to.Fields()[i].Type) {
				return false
			}
		}
	}
	return true
}

// integerDigits are the digits before the point that values of the exact numeric types may have.
var integerDigits = map[Kind]int{Boolean: 1, TinyInt: 3, SmallInt: 5, Int: 10, BigInt: 20}

// fitsDecimal says whether every value of a type has a place in a decimal type.
func fitsDecimal(from, to Type) bool {
	if from.Kind == Decimal {
		return from.Scale <= to.Scale && from.Precision-from.Scale <= to.Precision-to.Scale
	}
	n, exact := integerDigits[from.Kind]
	return exact && n <= int(to.Precision)-int(to.Scale)
}

// CastMismatch is the DATATYPE_MISMATCH error of a cast that CanCast forbids. expr is the cast as SQL, for the message.
func CastMismatch(from, to Type, mode CastMode, expr string) *Error {
	f, t := `"`+from.SQL()+`"`, `"`+to.SQL()+`"`
	head := fmt.Sprintf("Cannot resolve %q due to data type mismatch: cannot cast %s to %s", expr, f, t)
	switch {
	case mode != CastLegacy && (to.Kind == Date && from.IsNumeric() || from.Kind == Date && to.IsNumeric()):
		name := "`UNIX_DATE`"
		if to.Kind == Date {
			name = "`DATE_FROM_UNIX_DATE`"
		}
		return Errorf("DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION", "%s. To convert values from %s to %s, you can use the functions %s instead.",
			head, f, t, name)
	case mode == CastANSI && CanCast(from, to, CastLegacy):
		return Errorf("DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION", "%s with ANSI mode on. If you have to cast %s to %s, you can set "+
			"\"spark.sql.ansi.enabled\" as 'false'.", head, f, t)
	}
	return Errorf("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "%s.", head)
}
