package functions

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// csvFunctions read and write a line of CSV.
var csvFunctions = []*logical.Function{
	{
		Name:     "to_csv",
		Usage:    "to_csv(struct[, options]) - Returns the fields of a struct as a line of CSV.",
		Examples: []logical.Example{{SQL: "SELECT to_csv(named_struct('a', 1, 'b', 2))", Result: "1,2"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("to_csv", len(args), 1, 2); err != nil {
				return nil, columnar.StringType, err
			}
			if args[0].Kind != columnar.Struct {
				return nil, columnar.StringType, unexpectedType(0, "STRUCT", args[0])
			}
			return args, columnar.StringType, optionsType(args, 1)
		},
		Nullable: firstNullable,
		Pretty:   func(name string, args []string) string { return name + "(" + args[0] + ")" },
		Kind:     logical.Scalar(writeCSV),
	},
	{
		Name:     "from_csv",
		Usage:    "from_csv(csv, schema[, options]) - Returns the struct that a line of CSV holds, of the fields that the schema says, which is written as in DDL. What does not fit is NULL.",
		Examples: []logical.Example{{SQL: "SELECT from_csv('1, 0.8', 'a INT, b DOUBLE')", Result: "{1, 0.8}"}},
		TypeExprs: func(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
			if err := arity("from_csv", len(args), 2, 3); err != nil {
				return nil, columnar.VoidType, err
			}
			types := []columnar.Type{columnar.StringType, args[1].Type()}
			if t := args[0].Type(); t.Kind != columnar.String && t.Kind != columnar.Void {
				return nil, columnar.VoidType, unexpectedType(0, "STRING", t)
			}
			if len(args) == 3 {
				types = append(types, args[2].Type())
			}
			if err := optionsType(types, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			t, err := schemaOf(args[1])
			if err == nil && t.Kind != columnar.Struct {
				err = columnar.Errorf("INVALID_SCHEMA.NON_STRUCT_TYPE", "The input schema %q is not a valid schema string. The input expression should be evaluated to struct type, but got %q.", args[1].String(), t.SQL())
			}
			return types, t, err
		},
		Nullable: alwaysNullable,
		Pretty:   func(name string, args []string) string { return name + "(" + args[0] + ")" },
		Kind:     logical.Scalar(readCSV),
	},
	{
		Name:      "schema_of_csv",
		Usage:     "schema_of_csv(csv[, options]) - Returns the type of the struct that a line of CSV holds, which must be constant, as DDL writes it.",
		Examples:  []logical.Example{{SQL: "SELECT schema_of_csv('1,abc')", Result: "STRUCT<_c0: INT, _c1: STRING>"}},
		TypeExprs: constantText("schema_of_csv", "csv"),
		Nullable:  neverNull,
		Pretty:    func(name string, args []string) string { return name + "(" + args[0] + ")" },
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			o := newTextOptions(ec, args, 1, javafmt.ForParsing)
			t := csvType(columnar.StringAt(args[0], 0), o)
			return columnar.NewConst(columnar.NewStrings(t.SQL()), rows.N), nil
		}),
	},
}

// csvForm is how lines are written.
type csvForm struct {
	separator, null string
	quote, escape   byte
}

func (o *textOptions) csv() csvForm {
	f := csvForm{separator: ",", quote: '"', escape: '\\', null: o.given["nullvalue"]}
	for _, name := range [...]string{"sep", "delimiter"} {
		if s := o.given[name]; s != "" {
			f.separator = s
		}
	}
	if s := o.given["quote"]; s != "" {
		f.quote = s[0]
	}
	if s := o.given["escape"]; s != "" {
		f.escape = s[0]
	}
	return f
}

// cells are the cells of a line; those written in quotes are no NULLs even if they are empty.
func (f csvForm) cells(line string) (cells []string, quoted []bool) {
	for {
		var cell []byte
		in := len(line) > 0 && line[0] == f.quote
		i := 0
		if in {
			i++
			for i < len(line) && line[i] != f.quote {
				if line[i] == f.escape && i+1 < len(line) && (line[i+1] == f.quote || line[i+1] == f.escape) {
					i++
				}
				cell = append(cell, line[i])
				i++
			}
			i = min(i+1, len(line))
		}
		n := strings.Index(line[i:], f.separator)
		end := len(line)
		if n >= 0 {
			end = i + n
		}
		cells, quoted = append(cells, string(cell)+line[i:end]), append(quoted, in)
		if n < 0 {
			return cells, quoted
		}
		line = line[end+len(f.separator):]
	}
}

// append writes a cell, in quotes where it could not be read back otherwise.
func (f csvForm) append(dst []byte, cell string) []byte {
	if cell != "" && !strings.Contains(cell, f.separator) && strings.IndexByte(cell, f.quote) < 0 && !strings.ContainsAny(cell, "\r\n") {
		return append(dst, cell...)
	}
	dst = append(dst, f.quote)
	for i := range len(cell) {
		if cell[i] == f.quote {
			dst = append(dst, f.escape)
		}
		dst = append(dst, cell[i])
	}
	return append(dst, f.quote)
}

func writeCSV(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	o := newTextOptions(ec, args, 1, javafmt.ForFormatting)
	form := o.csv()
	s, ok := columnar.Flatten(ec.Pool, args[0], rows).(*columnar.StructVector)
	return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, r int) ([]byte, bool, error) {
		if !ok || s.IsNull(r) {
			return dst, false, nil
		}
		for i, f := range s.Fields {
			if i > 0 {
				dst = append(dst, form.separator...)
			}
			switch {
			case f.IsNull(r):
				dst = append(dst, form.null...)
			case f.Type().IsDatetime():
				cell, err := o.appendTime(nil, f, r)
				if err != nil {
					return dst, false, err
				}
				dst = form.append(dst, string(cell))
			default:
				dst = form.append(dst, strings.TrimSpace(string(columnar.AppendString(nil, f, r, ec.Zone))))
			}
		}
		return dst, true, nil
	})
}

func readCSV(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	t, err := schemaOf(logical.NewLiteral(columnar.NewStrings(columnar.StringAt(args[1], 0))))
	if err != nil {
		return nil, err
	}
	o := newTextOptions(ec, args, 2, javafmt.ForParsing)
	form, strict := o.csv(), strings.EqualFold(o.given["mode"], "FAILFAST")
	reader := &jsonReader{textOptions: o, cast: columnar.CastContext{Zone: ec.Zone, Mode: columnar.CastTry}}
	out := newJSONColumn(t, rows.N)
	for k := range rows.Count() {
		r := rows.Row(k)
		for out.n < r {
			out.null()
		}
		if args[0].IsNull(r) {
			out.null()
			continue
		}
		cells, quoted := form.cells(columnar.StringAt(args[0], r))
		fits := len(cells) == len(out.parts)
		for i, c := range out.parts {
			if i >= len(cells) || cells[i] == form.null && !quoted[i] {
				c.null()
				continue
			}
			fits = reader.add(c, csvNode(c.t, cells[i])) && fits
		}
		out.end(true)
		if reader.err != nil {
			return nil, reader.err
		}
		if !fits && strict {
			return nil, columnar.Errorf("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "Malformed records are detected in record parsing: %s.\nParse Mode: FAILFAST. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.", columnar.StringAt(args[0], r))
		}
	}
	for out.n < rows.N {
		out.null()
	}
	return out.build(), nil
}

// csvNode is a cell as the JSON value of a type.
func csvNode(t columnar.Type, cell string) *jsonNode {
	kind := jsonString
	switch {
	case t.IsNumeric():
		kind, cell = jsonNumber, strings.TrimSpace(cell)
	case t.Kind == columnar.Boolean:
		if kind = jsonBool; !strings.EqualFold(cell, "true") && !strings.EqualFold(cell, "false") {
			kind = jsonString
		}
	}
	return &jsonNode{kind: kind, text: cell}
}

// constantText is the TypeExprs of a function of a constant text and options.
func constantText(name, parameter string) func(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	return func(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 2); err != nil {
			return nil, columnar.StringType, err
		}
		l, ok := args[0].(*logical.Literal)
		switch {
		case ok && l.Value.IsNull(0):
			return nil, columnar.StringType, columnar.Errorf("DATATYPE_MISMATCH.UNEXPECTED_NULL", "The `%s` must not be null.", parameter)
		case !ok:
			return nil, columnar.StringType, columnar.Errorf("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "the input `%s` should be a foldable \"STRING\" expression; however, got %q.", parameter, args[0].String())
		case l.Type().Kind != columnar.String:
			return nil, columnar.StringType, unexpectedType(0, "STRING", l.Type())
		}
		types := []columnar.Type{columnar.StringType}
		if len(args) == 2 {
			types = append(types, args[1].Type())
		}
		return types, columnar.StringType, optionsType(types, 1)
	}
}

// csvTypes are tried for a cell in this order.
var csvTypes = []columnar.Type{columnar.IntType, columnar.BigIntType, columnar.DoubleType, columnar.DateType, columnar.TimestampType, columnar.BooleanType}

// csvType is the type of the struct of a line's cells.
func csvType(line string, o *textOptions) columnar.Type {
	reader := &jsonReader{textOptions: o, cast: columnar.CastContext{Zone: o.ec.Zone, Mode: columnar.CastTry}}
	form := o.csv()
	cells, _ := form.cells(line)
	fields := make([]columnar.Field, len(cells))
	for i, cell := range cells {
		fields[i] = columnar.Field{Name: "_c" + decimalText(i), Type: columnar.StringType}
		for _, t := range csvTypes {
			if cell == form.null {
				break
			}
			if v := reader.convert(t, csvNode(t, cell)); v != nil && !v.IsNull(0) {
				fields[i].Type = t
				break
			}
		}
	}
	return columnar.StructOf(fields...)
}
