package functions

import (
	"encoding/base64"
	"math"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

var toJSON = &logical.Function{
	Name:     "to_json",
	Usage:    "to_json(expr[, options]) - Returns a struct, a map or an array as JSON. Fields that are NULL are left out.",
	Examples: []logical.Example{{SQL: "SELECT to_json(named_struct('a', 1, 'b', 2))", Result: `{"a":1,"b":2}`}, {SQL: "SELECT to_json(map('a', 1))", Result: `{"a":1}`}},
	Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity("to_json", len(args), 1, 2); err != nil {
			return nil, columnar.StringType, err
		}
		if !args[0].IsNested() {
			return nil, columnar.StringType, columnar.Errorf("DATATYPE_MISMATCH.INVALID_JSON_SCHEMA", "Input schema %q must be a struct, an array, a map or a variant.", args[0].SQL())
		}
		return args, columnar.StringType, optionsType(args, 1)
	},
	Nullable: firstNullable,
	Pretty:   func(name string, args []string) string { return name + "(" + args[0] + ")" },
	Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		o := newTextOptions(ec, args, 1, javafmt.ForFormatting)
		w := jsonWriter{textOptions: o, keepNulls: !o.isTrue("ignorenullfields", true), sortKeys: o.isTrue("sortkeys", false)}
		return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
			if args[0].IsNull(r) {
				return dst, false, nil
			}
			dst, err := w.value(dst, args[0], r)
			return dst, err == nil, err
		})
	}),
}

// jsonWriter writes values as Spark's JacksonGenerator does.
type jsonWriter struct {
	*textOptions
	keepNulls bool // fields of structs that are NULL are written
	sortKeys  bool
}

// value writes row i of v, which is not NULL.
func (w *jsonWriter) value(dst []byte, v columnar.Vector, i int) ([]byte, error) {
	switch t := v.Type(); t.Kind {
	case columnar.Array:
		return w.array(dst, v, i)
	case columnar.Map:
		return w.entries(dst, v, i)
	case columnar.Struct:
		return w.fields(dst, v, i)
	case columnar.Date, columnar.Timestamp, columnar.TimestampNTZ:
		dst, err := w.appendTime(append(dst, '"'), v, i)
		return append(dst, '"'), err
	case columnar.Binary:
		return appendQuoted(dst, base64.StdEncoding.EncodeToString([]byte(columnar.StringAt(v, i)))), nil
	case columnar.String:
		return appendQuoted(dst, columnar.StringAt(v, i)), nil
	case columnar.Float, columnar.Double:
		if f := columnar.Float64At(v, i); math.IsNaN(f) || math.IsInf(f, 0) {
			return appendQuoted(dst, string(columnar.AppendString(nil, v, i, w.ec.Zone))), nil
		}
	case columnar.YearMonthInterval, columnar.DayTimeInterval, columnar.CalendarInterval, columnar.Time:
		return appendQuoted(dst, string(columnar.AppendString(nil, v, i, w.ec.Zone))), nil
	}
	return columnar.AppendString(dst, v, i, w.ec.Zone), nil
}

func (w *jsonWriter) array(dst []byte, v columnar.Vector, i int) ([]byte, error) {
	elems := entryVectors(v)[0]
	lo, hi := rangesOf(v).at(i)
	dst = append(dst, '[')
	for k := lo; k < hi; k++ {
		if k > lo {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = w.orNull(dst, elems, int(k)); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func (w *jsonWriter) orNull(dst []byte, v columnar.Vector, i int) ([]byte, error) {
	if v.IsNull(i) {
		return append(dst, "null"...), nil
	}
	return w.value(dst, v, i)
}

func (w *jsonWriter) entries(dst []byte, v columnar.Vector, i int) ([]byte, error) {
	parts := entryVectors(v)
	lo, hi := rangesOf(v).at(i)
	dst = append(dst, '{')
	for k := lo; k < hi; k++ {
		if k > lo {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, keyText(parts[0], int(k))), ':')
		var err error
		if dst, err = w.orNull(dst, parts[1], int(k)); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// keyText is the name that a map's key gives: for a struct its fields between brackets.
func keyText(v columnar.Vector, i int) string {
	if v.Type().Kind != columnar.Struct {
		return columnar.FormatValue(v, i)
	}
	one := columnar.Flatten(nil, columnar.Take(nil, v, []int32{int32(i)}), columnar.AllRows(1))
	var parts []string
	if s, ok := one.(*columnar.StructVector); ok {
		for _, f := range s.Fields {
			if f.IsNull(0) {
				parts = append(parts, "null")
			} else {
				parts = append(parts, keyText(f, 0))
			}
		}
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func (w *jsonWriter) fields(dst []byte, v columnar.Vector, i int) ([]byte, error) {
	switch x := v.(type) {
	case *columnar.Const:
		return w.fields(dst, x.Value, 0)
	case *columnar.Dict:
		return w.fields(dst, x.Values, int(x.Codes[i]))
	}
	s, ok := v.(*columnar.StructVector)
	if !ok {
		return append(dst, "null"...), nil
	}
	names := s.Typ.Fields()
	order := make([]int, len(names))
	for k := range order {
		order[k] = k
	}
	if w.sortKeys {
		slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(names[a].Name, names[b].Name) })
	}
	dst = append(dst, '{')
	first := true
	for _, k := range order {
		if s.Fields[k].IsNull(i) && !w.keepNulls {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(appendQuoted(dst, names[k].Name), ':')
		var err error
		if dst, err = w.orNull(dst, s.Fields[k], i); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}
