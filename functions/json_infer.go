package functions

import (
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

var schemaOfJSON = &logical.Function{
	Name:      "schema_of_json",
	Usage:     "schema_of_json(json[, options]) - Returns the type of a JSON text, which must be constant, as DDL writes it.",
	Examples:  []logical.Example{{SQL: `SELECT schema_of_json('[{"col":0}]')`, Result: "ARRAY<STRUCT<col: BIGINT>>"}},
	TypeExprs: constantText("schema_of_json", "json"),
	Nullable:  neverNull,
	Pretty:    func(name string, args []string) string { return name + "(" + args[0] + ")" },
	Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		o := newTextOptions(ec, args, 1, javafmt.ForParsing)
		t := inferredType(columnar.StringAt(args[0], 0), o)
		return columnar.NewConst(columnar.NewStrings(t.SQL()), rows.N), nil
	}),
}

// inferredType is the type of a JSON text; STRING for what is no JSON.
func inferredType(text string, o *textOptions) columnar.Type {
	d := jsonInference{}
	if o != nil {
		d = jsonInference{strings: o.isTrue("primitivesasstring", false), decimals: o.isTrue("prefersdecimal", false)}
		if o.isTrue("allownumericleadingzeros", false) {
			text = withoutLeadingZeros(text)
		}
	}
	n := parseJSON(text)
	if n == nil {
		return columnar.StructOf(columnar.Field{Name: "_corrupt_record", Type: columnar.StringType})
	}
	return known(d.typeOf(n))
}

type jsonInference struct {
	strings  bool // values that are no objects or arrays are strings
	decimals bool // numbers with a point are decimals
}

func (d jsonInference) typeOf(n *jsonNode) columnar.Type {
	switch n.kind {
	case jsonNull:
		return columnar.VoidType
	case jsonArray:
		t := columnar.VoidType
		for _, v := range n.items {
			t = meet(t, d.typeOf(v))
		}
		return columnar.ArrayOf(t)
	case jsonObject:
		fields := make([]columnar.Field, len(n.keys))
		for i, k := range n.keys {
			fields[i] = columnar.Field{Name: k, Type: d.typeOf(n.items[i])}
		}
		slices.SortStableFunc(fields, func(a, b columnar.Field) int { return strings.Compare(a.Name, b.Name) })
		return columnar.StructOf(fields...)
	}
	switch {
	case d.strings || n.kind == jsonString:
		return columnar.StringType
	case n.kind == jsonBool:
		return columnar.BooleanType
	}
	return d.number(n.text)
}

func (d jsonInference) number(text string) columnar.Type {
	if !strings.ContainsAny(text, ".eE") {
		if _, ok := columnar.ParseInt64([]byte(text)); ok {
			return columnar.BigIntType
		}
		if digits := len(strings.TrimPrefix(text, "-")); digits <= columnar.MaxPrecision {
			return columnar.DecimalType(digits, 0)
		}
		return columnar.DoubleType
	}
	if !d.decimals || strings.ContainsAny(text, "eE") {
		return columnar.DoubleType
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	whole = strings.TrimLeft(whole, "0")
	if len(whole)+len(fraction) > columnar.MaxPrecision {
		return columnar.DoubleType
	}
	return columnar.DecimalType(max(len(whole)+len(fraction), 1), len(fraction))
}

// meet is the type of values of both types: a STRING where they have nothing in common.
func meet(a, b columnar.Type) columnar.Type {
	switch {
	case a == b || b.Kind == columnar.Void:
		return a
	case a.Kind == columnar.Void:
		return b
	case a.Kind == columnar.Array && b.Kind == columnar.Array:
		return columnar.ArrayOf(meet(a.Elem(), b.Elem()))
	case a.Kind == columnar.Struct && b.Kind == columnar.Struct:
		return meetFields(a.Fields(), b.Fields())
	}
	if t, ok := logical.CommonTypeNoStrings(a, b); ok && a.IsNumeric() {
		return t
	}
	return columnar.StringType
}

func meetFields(a, b []columnar.Field) columnar.Type {
	var out []columnar.Field
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Name < b[0].Name:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0].Name < a[0].Name:
			out, b = append(out, b[0]), b[1:]
		default:
			out = append(out, columnar.Field{Name: a[0].Name, Type: meet(a[0].Type, b[0].Type)})
			a, b = a[1:], b[1:]
		}
	}
	return columnar.StructOf(out...)
}

// known makes STRINGs of the parts of which only NULLs were seen.
func known(t columnar.Type) columnar.Type {
	switch t.Kind {
	case columnar.Void:
		return columnar.StringType
	case columnar.Array:
		return columnar.ArrayOf(known(t.Elem()))
	case columnar.Struct:
		fields := slices.Clone(t.Fields())
		for i := range fields {
			fields[i].Type = known(fields[i].Type)
		}
		return columnar.StructOf(fields...)
	}
	return t
}

// withoutLeadingZeros drops zeros before other digits of numbers, but not in strings.
func withoutLeadingZeros(s string) string {
	var out []byte
	quoted := false
	for i := range len(s) {
		c := s[i]
		if c == '"' && (i == 0 || s[i-1] != '\\') {
			quoted = !quoted
		}
		last := len(out) - 1
		starts := last < 0 || !wordAt(string(out[last:]), 0) && out[last] != '.'
		if c == '0' && !quoted && starts && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9' {
			continue
		}
		out = append(out, c)
	}
	return string(out)
}
