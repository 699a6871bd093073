package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// decimalResult is the type of a op b for decimals (Spark's DecimalPrecision): the digits that every result needs, and past 38 of them as
// many whole ones as needed while at least 6 fractional ones stay; or, if no precision may be lost, as many fractional ones as needed.
func (o arithmetic) decimalResult(a, b columnar.Type) columnar.Type {
	p1, s1, p2, s2 := int(a.Precision), int(a.Scale), int(b.Precision), int(b.Scale)
	var precision, scale int
	switch o.op {
	case columnar.Add, columnar.Sub:
		scale = max(s1, s2)
		precision = max(p1-s1, p2-s2) + scale + 1
	case columnar.Mul:
		precision, scale = p1+p2+1, s1+s2
	case columnar.Div:
		if o.exact {
			return exactQuotient(p1-s1+s2, max(6, s1+p2+1))
		}
		scale = max(6, s1+p2+1)
		precision = p1 - s1 + s2 + scale
	case columnar.IntDiv:
		return columnar.BigIntType
	default:
		scale = max(s1, s2)
		precision = min(p1-s1, p2-s2) + scale
	}
	if o.exact {
		return boundedDecimal(precision, scale)
	}
	return adjustedDecimal(precision, scale)
}

// exactQuotient shares 38 digits between the whole and the fractional ones that a quotient needs.
func exactQuotient(whole, scale int) columnar.Type {
	whole, scale = min(whole, columnar.MaxPrecision), min(scale, columnar.MaxPrecision)
	if over := whole + scale - columnar.MaxPrecision; over > 0 {
		scale -= over/2 + 1
		whole = columnar.MaxPrecision - scale
	}
	return boundedDecimal(whole+scale, scale)
}

// boundedDecimal is DECIMAL(precision, scale) with each cut to 38.
func boundedDecimal(precision, scale int) columnar.Type {
	return columnar.DecimalType(min(max(precision, 1), columnar.MaxPrecision), min(scale, columnar.MaxPrecision))
}

// adjustedDecimal is DECIMAL(precision, scale), cut to 38 digits.
func adjustedDecimal(precision, scale int) columnar.Type {
	if precision <= columnar.MaxPrecision {
		return columnar.DecimalType(max(precision, 1), scale)
	}
	whole := precision - scale
	return columnar.DecimalType(columnar.MaxPrecision, max(columnar.MaxPrecision-whole, min(scale, 6)))
}

// numericTypes are the types of two numbers (or strings, or NULLs) before an arithmetic operator, and of its result; ok is false if they are
// not for arithmetic.
func (o arithmetic) numericTypes(args []logical.Expr) (coerced []columnar.Type, result columnar.Type, ok bool) {
	op, a, b := o.op, args[0].Type(), args[1].Type()
	if a.Kind == columnar.String != (b.Kind == columnar.String) {
		t, ok := logical.CommonType(a, b)
		if !ok || !t.IsNumeric() {
			return nil, t, false
		}
		a, b = t, t
	}
	if a.Kind == columnar.Void && b.Kind == columnar.Void {
		a, b = columnar.DoubleType, columnar.DoubleType
	}
	if a.Kind == columnar.Void {
		a = b
	} else if b.Kind == columnar.Void {
		b = a
	}
	if !a.IsNumeric() || !b.IsNumeric() {
		return nil, a, false
	}
	switch {
	case op == columnar.IntDiv && (a.IsFloating() || b.IsFloating()):
		return nil, a, false
	case (a.Kind == columnar.Decimal || b.Kind == columnar.Decimal) && !a.IsFloating() && !b.IsFloating():
		a, b = decimalOperand(a, args[0]), decimalOperand(b, args[1])
		return []columnar.Type{a, b}, o.decimalResult(a, b), true
	case op == columnar.Div:
		return repeatType(columnar.DoubleType, 2), columnar.DoubleType, true
	case op == columnar.IntDiv:
		return repeatType(columnar.BigIntType, 2), columnar.BigIntType, true
	}
	t, ok := logical.CommonType(a, b)
	return repeatType(t, 2), t, ok
}

// decimalOperand is the decimal for an operand beside a decimal: an integer constant counts with the digits that it has, so that 2 *
// 1.5 is a DECIMAL(4,1). Spark has forgotten TINYINT there.
func decimalOperand(t columnar.Type, e logical.Expr) columnar.Type {
	if l, ok := e.(*logical.Literal); ok && t.IsInteger() && t.Kind != columnar.TinyInt && !l.Value.IsNull(0) {
		return columnar.DecimalType(columnar.DecimalAt(l.Value, 0).Digits(), 0)
	}
	return logical.DecimalOf(t)
}

// operandMismatch is the error of a binary operator for operands of types that it has no meaning for.
func operandMismatch(want string, a, b columnar.Type) error {
	if a != b {
		return columnar.Errorf("DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES",
			"the left and right operands of the binary operator have incompatible types (%q and %q).", a.SQL(), b.SQL())
	}
	return columnar.Errorf("DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", "the binary operator requires the input type %s, not %q.", want, a.SQL())
}
