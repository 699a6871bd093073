package logical

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
)

// The rules here are those of Spark's ANSI mode (its class AnsiTypeCoercion): which type values of two types meet in, and which casts happen
// without being written.

// CommonType is the type in which values of a and b meet: the branches of CASE, the columns of UNION, the sides of a comparison, the
// elements of an array. A string meets any other atomic type in that type, or in BIGINT or DOUBLE for numbers. ok is false if there is none.
func CommonType(a, b columnar.Type) (t columnar.Type, ok bool) {
	if t, ok = tightest(a, b, CommonType); ok {
		return t, true
	}
	if t, ok = decimalMeets(a, b); ok {
		return t, true
	}
	if t, ok = stringMeets(a, b); ok {
		return t, true
	}
	return stringMeets(b, a)
}

// CommonTypeOf is the type in which values of all the types meet; VOID for none.
func CommonTypeOf(ts []columnar.Type) (t columnar.Type, ok bool) {
	t = columnar.VoidType
	for _, u := range ts {
		if t, ok = CommonType(t, u); !ok {
			return t, false
		}
	}
	return t, true
}

// CommonTypeNoStrings is CommonType without the meeting of strings and other types, as greatest and least have it.
func CommonTypeNoStrings(a, b columnar.Type) (t columnar.Type, ok bool) {
	if t, ok = tightest(a, b, CommonTypeNoStrings); ok {
		return t, true
	}
	return decimalMeets(a, b)
}

// tightest finds the common type of types that convert without loss of anything but float precision. Parts of nested types meet by part.
func tightest(a, b columnar.Type, part func(a, b columnar.Type) (columnar.Type, bool)) (columnar.Type, bool) {
	switch {
	case a == b || b.Kind == columnar.Void:
		return a, true
	case a.Kind == columnar.Void:
		return b, true
	case a.IsNumeric() && b.IsNumeric() && a.Kind != columnar.Decimal && b.Kind != columnar.Decimal:
		t := a
		if b.Kind > a.Kind {
			t = b
		}
		if t.Kind == columnar.Float {
			// One is FLOAT and the other an integer, which a FLOAT might not hold exactly.
			return columnar.DoubleType, true
		}
		return t, true
	case a.IsDatetime() && b.IsDatetime():
		return datetimeMeets(a, b), true
	case a.Kind == b.Kind && (a.Kind == columnar.DayTimeInterval || a.Kind == columnar.YearMonthInterval):
		return columnar.Type{Kind: a.Kind, Precision: min(a.Precision, b.Precision), Scale: max(a.Scale, b.Scale)}, true
	case a.Kind == columnar.Time && b.Kind == columnar.Time:
		return columnar.TimeType(max(a.Precision, b.Precision)), true
	case a.Kind == b.Kind && a.IsNested():
		return nestedMeets(a, b, part)
	}
	return columnar.Type{}, false
}

// datetimeMeets: a date becomes the timestamp beside it, and of the two timestamps the one with a zone wins.
func datetimeMeets(a, b columnar.Type) columnar.Type {
	if a.Kind == columnar.Timestamp || b.Kind == columnar.Timestamp {
		return columnar.TimestampType
	}
	return columnar.TimestampNTZType
}

func nestedMeets(a, b columnar.Type, part func(a, b columnar.Type) (columnar.Type, bool)) (columnar.Type, bool) {
	switch a.Kind {
	case columnar.Array:
		e, ok := part(a.Elem(), b.Elem())
		return columnar.ArrayOf(e), ok
	case columnar.Map:
		k, ok := part(a.Key(), b.Key())
		v, ok2 := part(a.Elem(), b.Elem())
		return columnar.MapOf(k, v), ok && ok2
	}
	fa, fb := a.Fields(), b.Fields()
	if len(fa) != len(fb) {
		return columnar.Type{}, false
	}
	out := make([]columnar.Field, len(fa))
	for i := range fa {
		t, ok := part(fa[i].Type, fb[i].Type)
		if !ok || !strings.EqualFold(fa[i].Name, fb[i].Name) {
			return columnar.Type{}, false
		}
		out[i] = columnar.Field{Name: fa[i].Name, Type: t}
	}
	return columnar.StructOf(out...), true
}

// decimalMeets is the common type where one side is a decimal and the other a number.
func decimalMeets(a, b columnar.Type) (columnar.Type, bool) {
	switch {
	case !a.IsNumeric() || !b.IsNumeric() || a.Kind != columnar.Decimal && b.Kind != columnar.Decimal:
		return columnar.Type{}, false
	case a.IsFloating() || b.IsFloating():
		return columnar.DoubleType, true
	}
	return WiderDecimal(DecimalOf(a), DecimalOf(b)), true
}

// WiderDecimal is the decimal that holds the values of two others; past 38 digits it gives up fractional ones first.
func WiderDecimal(a, b columnar.Type) columnar.Type {
	scale := int(max(a.Scale, b.Scale))
	whole := max(int(a.Precision)-int(a.Scale), int(b.Precision)-int(b.Scale))
	if whole+scale <= columnar.MaxPrecision {
		return columnar.DecimalType(whole+scale, scale)
	}
	return columnar.DecimalType(columnar.MaxPrecision, max(0, columnar.MaxPrecision-whole))
}

// DecimalOf is the decimal that a numeric type stands for beside a decimal: all digits of an integer type, Spark's choice for the
// floating ones, a decimal itself.
func DecimalOf(t columnar.Type) columnar.Type {
	switch t.Kind {
	case columnar.TinyInt:
		return columnar.DecimalType(3, 0)
	case columnar.SmallInt:
		return columnar.DecimalType(5, 0)
	case columnar.Int:
		return columnar.DecimalType(10, 0)
	case columnar.BigInt:
		return columnar.DecimalType(20, 0)
	case columnar.Float:
		return columnar.DecimalType(14, 7)
	case columnar.Double:
		return columnar.DecimalType(30, 15)
	}
	return t
}

// stringMeets is the common type of a string a and an atomic type b. Intervals have none, as the string may be of any fields.
func stringMeets(a, b columnar.Type) (columnar.Type, bool) {
	switch {
	case a.Kind != columnar.String || b.IsNested() || b.IsInterval() || b.Kind == columnar.Variant:
		return columnar.Type{}, false
	case b.IsInteger():
		return columnar.BigIntType, true
	case b.IsNumeric():
		return columnar.DoubleType, true
	}
	return b, true
}

// ImplicitCast says whether a function that wants values of type to accepts an argument of type from, by a cast that nobody wrote. Numbers
// become other numbers (with an error at run time if one does not fit), strings any atomic type, atomic types strings, and dates and
// timestamps each other.
func ImplicitCast(from, to columnar.Type) bool {
	switch {
	case from == to || from.Kind == columnar.Void:
		return true
	case from.IsNumeric() && to.IsNumeric() || from.IsDatetime() && to.IsDatetime():
		return true
	case from.Kind == columnar.String:
		return !to.IsNested() && to.Kind != columnar.Variant && to.Kind != columnar.CalendarInterval
	case to.Kind == columnar.String:
		return !from.IsNested() && from.Kind != columnar.Variant
	case from.Kind != to.Kind:
		return false
	}
	switch from.Kind {
	case columnar.YearMonthInterval, columnar.DayTimeInterval, columnar.Time:
		return true
	case columnar.Array:
		return ImplicitCast(from.Elem(), to.Elem())
	case columnar.Map:
		return ImplicitCast(from.Key(), to.Key()) && ImplicitCast(from.Elem(), to.Elem())
	case columnar.Struct:
		fa, fb := from.Fields(), to.Fields()
		if len(fa) != len(fb) {
			return false
		}
		for i := range fa {
			if !ImplicitCast(fa[i].Type, fb[i].Type) {
				return false
			}
		}
		return true
	}
	return false
}
