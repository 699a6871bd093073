package json

import (
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
)

// shape is what is known of the type of a value: a type, or an array or object of shapes.
type shape struct {
	typ    columnar.Type // of a scalar; VOID for NULL and nothing
	elem   *shape        // of an array
	fields map[string]*shape
}

func (c *config) shapeOf(p *parser, at int32) (*shape, error) {
	n := &p.nodes[at]
	switch n.kind {
	case kindNull:
		return &shape{}, nil
	case kindArray:
		out := &shape{elem: &shape{}}
		for k := n.first; k != 0; k = p.nodes[k].next {
			e, err := c.shapeOf(p, k)
			if err != nil {
				return nil, err
			}
			out.elem = merge(out.elem, e)
		}
		return out, nil
	case kindObject:
		out := &shape{fields: map[string]*shape{}}
		for k := n.first; k != 0; k = p.nodes[k].next {
			f, err := c.shapeOf(p, k)
			if err != nil {
				return nil, err
			}
			key := string(p.nodes[k].key)
			if old := out.fields[key]; old != nil {
				return nil, duplicateKey(key)
			}
			out.fields[key] = f
		}
		return out, nil
	}
	t, err := c.scalarType(n)
	return &shape{typ: t}, err
}

func duplicateKey(name string) error {
	return columnar.Errorf("COLUMN_ALREADY_EXISTS", "The JSON data have more than one field called %q.", name)
}

func (c *config) scalarType(n *node) (columnar.Type, error) {
	if c.asStrings {
		return columnar.StringType, nil
	}
	switch n.kind {
	case kindTrue, kindFalse:
		return columnar.BooleanType, nil
	case kindString:
		if c.inferTimestamp && len(n.text) > 0 {
			if _, ok := c.formats.Clone().Timestamp(n.text); ok {
				return columnar.TimestampType, nil
			}
		}
		if c.prefersDecimal {
			if p, s, ok := decimalSize(n.text); ok && s >= 0 && max(p, s) <= columnar.MaxPrecision {
				return columnar.DecimalType(max(p, s), s), nil
			}
		}
		return columnar.StringType, nil
	case kindInt:
		if _, ok := columnar.ParseInt64(n.text); ok {
			return columnar.BigIntType, nil
		}
		if p, _, ok := decimalSize(n.text); ok && p <= columnar.MaxPrecision {
			return columnar.DecimalType(p, 0), nil
		}
		return columnar.DoubleType, nil
	}
	if c.prefersDecimal {
		p, s, ok := decimalSize(n.text)
		if ok && s < 0 && p <= columnar.MaxPrecision {
			return columnar.Type{}, columnar.Errorf("NEGATIVE_SCALE_DISALLOWED", "The number %s would be a decimal of scale %d, which may not be negative.", n.text, s)
		}
		if ok && max(p, s) <= columnar.MaxPrecision {
			return columnar.DecimalType(max(p, s), s), nil
		}
	}
	return columnar.DoubleType, nil
}

// decimalSize is the precision and scale of a number as java.math.BigDecimal reads it.
func decimalSize(b []byte) (precision, scale int, ok bool) {
	text := strings.TrimLeft(string(b), "+-")
	mantissa, exp, hasExp := strings.Cut(strings.ToLower(text), "e")
	e := 0
	if hasExp {
		v, ok := columnar.ParseInt64([]byte(exp))
		if !ok || v > 1<<20 || v < -1<<20 {
			return 0, 0, false
		}
		e = int(v)
	}
	whole, frac, _ := strings.Cut(mantissa, ".")
	digits := whole + frac
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, 0, false
	}
	return max(len(strings.TrimLeft(digits, "0")), 1), len(frac) - e, true
}

// merge is the narrowest shape that both fit.
func merge(a, b *shape) *shape {
	switch {
	case a.isNull():
		return b
	case b.isNull():
		return a
	case a.elem != nil && b.elem != nil:
		return &shape{elem: merge(a.elem, b.elem)}
	case a.fields != nil && b.fields != nil:
		for name, f := range b.fields {
			if old, ok := a.fields[name]; ok {
				a.fields[name] = merge(old, f)
			} else {
				a.fields[name] = f
			}
		}
		return a
	case a.elem == nil && b.elem == nil && a.fields == nil && b.fields == nil:
		return &shape{typ: widest(a.typ, b.typ)}
	}
	return &shape{typ: columnar.StringType}
}

func (s *shape) isNull() bool { return s.elem == nil && s.fields == nil && s.typ.Kind == columnar.Void }

func widest(a, b columnar.Type) columnar.Type {
	number := func(t columnar.Type) bool {
		return t.Kind == columnar.BigInt || t.Kind == columnar.Double || t.Kind == columnar.Decimal
	}
	switch {
	case a == b:
		return a
	case !number(a) || !number(b):
		return columnar.StringType
	case a.Kind == columnar.Double || b.Kind == columnar.Double:
		return columnar.DoubleType
	}
	if a.Kind == columnar.BigInt {
		a = columnar.DecimalType(20, 0)
	}
	if b.Kind == columnar.BigInt {
		b = columnar.DecimalType(20, 0)
	}
	scale := max(a.Scale, b.Scale)
	whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
	if int(scale)+int(whole) > columnar.MaxPrecision {
		return columnar.DoubleType
	}
	return columnar.DecimalType(int(scale+whole), int(scale))
}

// typeOf is the type of a shape; where no value was seen it is STRING. ok is false for objects without fields, which have no type.
func (c *config) typeOf(s *shape) (t columnar.Type, ok bool, err error) {
	switch {
	case s.elem != nil:
		e, ok, err := c.typeOf(s.elem)
		if !ok || err != nil || c.dropAllNull && s.elem.isNull() {
			return t, false, err
		}
		return columnar.ArrayOf(e), true, nil
	case s.fields != nil:
		fields, err := c.fieldsOf(s)
		if err != nil || len(fields) == 0 {
			return t, false, err
		}
		return columnar.StructOf(fields...), true, nil
	case s.typ.Kind == columnar.Void:
		return columnar.StringType, !c.dropAllNull, nil
	}
	return s.typ, true, nil
}

// fieldsOf lists the fields of an object, by name.
func (c *config) fieldsOf(s *shape) ([]columnar.Field, error) {
	names := make([]string, 0, len(s.fields))
	seen := map[string]bool{}
	for n := range s.fields {
		if lower := strings.ToLower(n); seen[lower] {
			return nil, duplicateKey(n)
		} else {
			seen[lower] = true
		}
		names = append(names, n)
	}
	slices.Sort(names)
	var out []columnar.Field
	for _, n := range names {
		t, ok, err := c.typeOf(s.fields[n])
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, columnar.Field{Name: n, Type: t, Nullable: true})
		}
	}
	return out, nil
}
