package functions

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

var fromJSON = &logical.Function{
	Name:     "from_json",
	Usage:    "from_json(json, schema[, options]) - Returns the value of a JSON text of the type that the schema says, which is written as in DDL. What does not fit is NULL.",
	Examples: []logical.Example{{SQL: `SELECT from_json('{"a":1, "b":0.8}', 'a INT, b DOUBLE')`, Result: "{1, 0.8}"}},
	TypeExprs: func(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
		if err := arity("from_json", len(args), 2, 3); err != nil {
			return nil, columnar.VoidType, err
		}
		types := make([]columnar.Type, len(args))
		for i, a := range args {
			types[i] = a.Type()
		}
		if !logical.ImplicitCast(types[0], columnar.StringType) {
			return nil, columnar.VoidType, unexpectedType(0, "STRING", types[0])
		}
		types[0] = columnar.StringType
		if err := optionsType(types, 2); err != nil {
			return nil, columnar.VoidType, err
		}
		t, err := schemaOf(args[1])
		return types, t, err
	},
	Nullable: alwaysNullable,
	PrettyExprs: func(name string, args []logical.Expr) string {
		if t, err := schemaOf(args[1]); err == nil && t.Kind == columnar.Map {
			return "entries"
		}
		return name + "(" + args[0].String() + ")"
	},
	Kind: logical.Scalar(readJSON),
}

// schemaOf is the type that a schema argument says: a text, or a call of schema_of_json or schema_of_csv.
func schemaOf(e logical.Expr) (columnar.Type, error) {
	if c, ok := e.(*logical.Call); ok && (c.Fn.Name == "schema_of_json" || c.Fn.Name == "schema_of_csv") {
		if l, ok := c.Args[0].(*logical.Literal); ok && !l.Value.IsNull(0) {
			text := columnar.StringAt(l.Value, 0)
			if c.Fn.Name == "schema_of_csv" {
				return csvType(text, newTextOptions(&logical.EvalContext{}, nil, 0, javafmt.ForParsing)), nil
			}
			return inferredType(text, nil), nil
		}
	}
	l, ok := e.(*logical.Literal)
	if !ok || l.Type().Kind != columnar.String || l.Value.IsNull(0) {
		return columnar.VoidType, columnar.Errorf("INVALID_SCHEMA.NON_STRING_LITERAL", "The input schema %q is not a valid schema string. The input expression must be string literal and not null.", e.String())
	}
	return parseSchemaText(columnar.StringAt(l.Value, 0))
}

// parseSchemaText reads a type, or the fields of a struct.
func parseSchemaText(text string) (columnar.Type, error) {
	t, err := columnar.ParseType(text)
	if err == nil {
		return t, nil
	}
	s, err := columnar.ParseSchema(text)
	if err == nil {
		return columnar.StructOf(s.Fields...), nil
	}
	return t, columnar.Errorf("PARSE_SYNTAX_ERROR", "Syntax error at or near '%s': %v.", text, err)
}

func readJSON(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	t, err := parseSchemaText(columnar.StringAt(args[1], 0))
	if err != nil {
		return nil, err
	}
	o := newTextOptions(ec, args, 2, javafmt.ForParsing)
	reader := &jsonReader{textOptions: o, cast: columnar.CastContext{Zone: ec.Zone, Mode: columnar.CastTry}}
	out := newJSONColumn(t, rows.N)
	strict := strings.EqualFold(o.given["mode"], "FAILFAST")
	for k := range rows.Count() {
		r := rows.Row(k)
		for out.n < r {
			out.null()
		}
		if args[0].IsNull(r) || strings.TrimSpace(columnar.StringAt(args[0], r)) == "" {
			out.null()
			continue
		}
		record := columnar.StringAt(args[0], r)
		fits := reader.root(out, parseJSON(record))
		if reader.err != nil {
			return nil, reader.err
		}
		if !fits && strict {
			return nil, columnar.Errorf("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "Malformed records are detected in record parsing: %s.\nParse Mode: FAILFAST. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.", record)
		}
	}
	for out.n < rows.N {
		out.null()
	}
	return out.build(), nil
}

// jsonReader puts JSON values into columns.
type jsonReader struct {
	*textOptions
	cast columnar.CastContext
	err  error // of the options: nothing that is read makes an error
}

// root adds a row of a whole text; nil stands for one that is no JSON. It says whether all of it fits.
func (d *jsonReader) root(c *jsonColumn, n *jsonNode) bool {
	switch {
	case c.t.Kind == columnar.Struct && (n == nil || n.kind != jsonObject):
		d.add(c, &jsonNode{kind: jsonObject}) // a record that is malformed has NULL fields
		return false
	case n == nil:
		c.null()
		return false
	case c.t.Kind == columnar.Array && n.kind == jsonObject && c.t.Elem().Kind == columnar.Struct:
		n = &jsonNode{kind: jsonArray, items: []*jsonNode{n}}
	}
	return d.add(c, n)
}

// jsonColumn collects the rows of a column.
type jsonColumn struct {
	t       columnar.Type
	n       int
	leaf    columnar.Builder // of a type that is not nested
	parts   []*jsonColumn    // the fields; the elements; the keys and the values
	offsets []int32
	valid   columnar.Bitmap
}

func newJSONColumn(t columnar.Type, n int) *jsonColumn {
	c := &jsonColumn{t: t, offsets: []int32{0}}
	switch t.Kind {
	case columnar.Struct:
		for _, f := range t.Fields() {
			c.parts = append(c.parts, newJSONColumn(f.Type, n))
		}
	case columnar.Array:
		c.parts = []*jsonColumn{newJSONColumn(t.Elem(), n)}
	case columnar.Map:
		c.parts = []*jsonColumn{newJSONColumn(t.Key(), n), newJSONColumn(t.Elem(), n)}
	default:
		c.leaf = columnar.NewBuilder(t, n)
	}
	return c
}

// null adds a NULL.
func (c *jsonColumn) null() {
	switch {
	case c.leaf != nil:
		c.leaf.AppendNull()
		c.n++
	case c.t.Kind == columnar.Struct:
		for _, p := range c.parts {
			p.null()
		}
		c.end(false)
	default:
		c.end(false)
	}
}

// end closes a row of a nested column.
func (c *jsonColumn) end(valid bool) {
	if c.t.Kind != columnar.Struct {
		c.offsets = append(c.offsets, int32(c.parts[0].n))
	}
	if c.n&63 == 0 {
		c.valid = append(c.valid, 0)
	}
	c.valid.Put(c.n, valid)
	c.n++
}

func (c *jsonColumn) build() columnar.Vector {
	if c.leaf != nil {
		return c.leaf.Build()
	}
	parts := make([]columnar.Vector, len(c.parts))
	for i, p := range c.parts {
		parts[i] = p.build()
	}
	switch c.t.Kind {
	case columnar.Array:
		return &columnar.List{Typ: c.t, Offsets: c.offsets, Elems: parts[0], Valid: c.valid}
	case columnar.Map:
		return &columnar.MapVector{Typ: c.t, Offsets: c.offsets, Keys: parts[0], Values: parts[1], Valid: c.valid}
	}
	return &columnar.StructVector{Typ: c.t, Fields: parts, N: c.n, Valid: c.valid}
}

// add adds a row: NULL, and false, where the value does not fit the type. A field of a struct that does not fit is NULL alone.
func (d *jsonReader) add(c *jsonColumn, n *jsonNode) bool {
	if n.kind == jsonNull {
		c.null()
		return true
	}
	fits := true
	switch {
	case c.leaf != nil:
		fits = d.scalar(c, n)
		c.n++
	case c.t.Kind == columnar.Struct && n.kind == jsonObject:
		for i, f := range c.t.Fields() {
			if v := n.field(f.Name); v == nil {
				c.parts[i].null()
			} else if !d.add(c.parts[i], v) {
				fits = false
			}
		}
		c.end(true)
	case c.t.Kind == columnar.Array && n.kind == jsonArray:
		for _, v := range n.items {
			fits = d.add(c.parts[0], v) && fits
		}
		c.end(fits)
	case c.t.Kind == columnar.Map && n.kind == jsonObject:
		for i, v := range n.items {
			fits = d.add(c.parts[0], &jsonNode{kind: jsonString, text: n.keys[i]}) && fits
			fits = d.add(c.parts[1], v) && fits
		}
		c.end(fits)
	default:
		c.null()
		return false
	}
	return fits
}

// scalar adds a row to a column of a type that is not nested.
func (d *jsonReader) scalar(c *jsonColumn, n *jsonNode) bool {
	v := d.convert(c.t, n)
	if v == nil || v.IsNull(0) {
		c.leaf.AppendNull()
		return false
	}
	c.leaf.Append(v, 0)
	return true
}

var jsonSpecialFloats = []string{"NaN", "+INF", "INF", "+Infinity", "Infinity", "-INF", "-Infinity"}

// convert is the value as one row of a type; nil where it does not fit.
func (d *jsonReader) convert(t columnar.Type, n *jsonNode) columnar.Vector {
	text := n.text
	switch {
	case t.Kind == columnar.String:
		return columnar.NewStrings(string(n.appendRaw(nil)))
	case n.kind == jsonArray || n.kind == jsonObject:
		return nil
	case t.Kind == columnar.Boolean && n.kind != jsonBool,
		t.IsInteger() && (n.kind != jsonNumber || strings.ContainsAny(text, ".eE")),
		t.IsFloating() && n.kind != jsonNumber && !slices.Contains(jsonSpecialFloats, text),
		t.Kind == columnar.Decimal && n.kind == jsonBool,
		!t.IsNumeric() && t.Kind != columnar.Boolean && t.Kind != columnar.Timestamp && n.kind != jsonString:
		return nil
	case t.Kind == columnar.Timestamp && n.kind == jsonNumber:
		seconds, ok := columnar.ParseInt64([]byte(text))
		if !ok {
			return nil
		}
		return columnar.NewFixed(t, []int64{seconds * columnar.MicrosPerSecond}, nil)
	case t.Kind == columnar.Binary:
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil
		}
		out := columnar.NewStringsBuilder(nil, t, 1)
		out.Append(b)
		return out.Build()
	case t.IsDatetime() && d.pattern(t) != "":
		at, ok, err := d.parseTime(t, d.pattern(t), text)
		if err != nil {
			d.err = err
		}
		if !ok {
			return nil
		}
		return integersOf(t, []int64{at})
	}
	v, err := columnar.Cast(d.cast, columnar.NewStrings(text), t, columnar.AllRows(1))
	if err != nil {
		return nil
	}
	return v
}
