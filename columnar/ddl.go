package columnar

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseType reads a data type as Spark's DDL writes it: bigint, DECIMAL(10, 2), array<struct<a: int, b: string>>, interval day to
// second. CHAR and VARCHAR are STRING. Errors are PARSE_SYNTAX_ERROR, UNSUPPORTED_DATATYPE and their like.
func ParseType(s string) (Type, error) {
	p := ddlParser{src: s}
	t, err := p.dataType()
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return Type{}, err
	}
	return t, nil
}

// ParseSchema reads a list of columns: "a INT NOT NULL, `my col` STRING COMMENT 'x'", the same with colons behind the names, or one
// struct<…>.
func ParseSchema(ddl string) (*Schema, error) {
	p := ddlParser{src: ddl}
	if word := p.peek(); strings.EqualFold(word, "struct") {
		if t, err := ParseType(ddl); err == nil {
			return nullableSchema(t), nil
		}
	}
	var fields []Field
	for p.peek() != "" || len(fields) > 0 {
		f, err := p.field()
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
		if !p.accept(",") {
			break
		}
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	return NewSchema(fields...), nil
}

func nullableSchema(t Type) *Schema {
	return NewSchema(append([]Field(nil), t.Fields()...)...)
}

// ddlParser reads types from left to right.
type ddlParser struct {
	src string
	pos int // of the next byte
}

// peek is the next token, "" at the end.
func (p *ddlParser) peek() string {
	old := p.pos
	tok := p.next()
	p.pos = old
	return tok
}

// next consumes a token: a word, a number, a quoted name or text (with its quotes), or one other character.
func (p *ddlParser) next() string {
	for p.pos < len(p.src) && isBlank(p.src[p.pos]) {
		p.pos++
	}
	start := p.pos
	if start == len(p.src) {
		return ""
	}
	if q := p.src[start]; q == '`' || q == '\'' || q == '"' {
		p.quoted(q)
		return p.src[start:p.pos]
	}
	for p.pos < len(p.src) {
		r, n := utf8.DecodeRuneInString(p.src[p.pos:])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		p.pos += n
	}
	if p.pos == start {
		_, n := utf8.DecodeRuneInString(p.src[start:])
		p.pos += n
	}
	return p.src[start:p.pos]
}

// quoted moves past a quoted piece, in which the quote is doubled or, in text, escaped.
func (p *ddlParser) quoted(q byte) {
	for p.pos++; p.pos < len(p.src); p.pos++ {
		switch {
		case p.src[p.pos] == '\\' && q != '`':
			p.pos++
		case p.src[p.pos] == q:
			if p.pos+1 < len(p.src) && p.src[p.pos+1] == q {
				p.pos++
				continue
			}
			p.pos++
			return
		}
	}
	p.pos = min(p.pos, len(p.src))
}

// accept consumes the token if it comes next, in any case.
func (p *ddlParser) accept(tok string) bool {
	old := p.pos
	if strings.EqualFold(p.next(), tok) {
		return true
	}
	p.pos = old
	return false
}

func (p *ddlParser) expect(tok string) error {
	if p.accept(tok) {
		return nil
	}
	return p.syntaxError()
}

func (p *ddlParser) end() error {
	if p.peek() == "" {
		return nil
	}
	return p.syntaxError()
}

func (p *ddlParser) syntaxError() error {
	near := "end of input"
	if tok := p.peek(); tok != "" {
		near = "'" + tok + "'"
	}
	return Errorf("PARSE_SYNTAX_ERROR", "Syntax error at or near %s in the type %q.", near, p.src)
}

// field reads name[:] type [NOT NULL] [COMMENT text].
func (p *ddlParser) field() (Field, error) {
	name := p.next()
	switch {
	case name == "":
		return Field{}, p.syntaxError()
	case name[0] == '`' && len(name) > 1:
		name = strings.ReplaceAll(name[1:len(name)-1], "``", "`")
	case name[0] != '_' && !isWordStart(name):
		p.pos -= len(name)
		return Field{}, p.syntaxError()
	}
	p.accept(":")
	t, err := p.dataType()
	if err != nil {
		return Field{}, err
	}
	f := Field{Name: name, Type: t, Nullable: true}
	for {
		switch {
		case p.accept("not"):
			if err := p.expect("null"); err != nil {
				return Field{}, err
			}
			f.Nullable = false
		case p.accept("comment"):
			if text := p.next(); text == "" || text[0] != '\'' && text[0] != '"' {
				return Field{}, p.syntaxError()
			}
		default:
			return f, nil
		}
	}
}

func isWordStart(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// plainTypes are the names of types without parameters.
var plainTypes = map[string]Type{
	"void": VoidType, "null": VoidType, "boolean": BooleanType, "tinyint": TinyIntType, "byte": TinyIntType, "smallint": SmallIntType,
	"short": SmallIntType, "int": IntType, "integer": IntType, "bigint": BigIntType, "long": BigIntType, "float": FloatType,
	"real": FloatType, "double": DoubleType, "binary": BinaryType, "date": DateType, "timestamp": TimestampType,
	"timestamp_ltz": TimestampType, "timestamp_ntz": TimestampNTZType, "variant": VariantType,
}

func (p *ddlParser) dataType() (Type, error) {
	word := p.next()
	name := strings.ToLower(word)
	if t, ok := plainTypes[name]; ok {
		return t, nil
	}
	switch name {
	case "string":
		if p.accept("collate") {
			if c := p.next(); !strings.EqualFold(c, "UTF8_BINARY") {
				return Type{}, Errorf("UNSUPPORTED_FEATURE.COLLATION", "The feature is not supported: the collation %s.", c)
			}
		}
		return StringType, nil
	case "char", "character", "varchar":
		return p.charType(word)
	case "decimal", "dec", "numeric":
		return p.decimalType()
	case "time":
		return p.timeType()
	case "interval":
		return p.intervalType()
	case "array", "map", "struct":
		return p.nestedType(name)
	case "":
		return Type{}, p.syntaxError()
	}
	if !isWordStart(word) {
		p.pos -= len(word)
		return Type{}, p.syntaxError()
	}
	return Type{}, Errorf("UNSUPPORTED_DATATYPE", "Unsupported data type \"%s\".", strings.ToUpper(word))
}

// numbers reads (n) or (n, m); none at all is fine too.
func (p *ddlParser) numbers(most int) ([]int, error) {
	if !p.accept("(") {
		return nil, nil
	}
	var out []int
	for {
		tok := p.next()
		neg := tok == "-"
		if neg {
			tok = p.next()
		}
		n, err := strconv.Atoi(tok)
		if err != nil || len(out) == most {
			p.pos -= len(tok)
			return nil, p.syntaxError()
		}
		if neg {
			n = -n
		}
		out = append(out, n)
		if !p.accept(",") {
			return out, p.expect(")")
		}
	}
}

func (p *ddlParser) charType(word string) (Type, error) {
	n, err := p.numbers(1)
	if err == nil && len(n) == 0 {
		err = Errorf("DATATYPE_MISSING_SIZE", "DataType \"%s\" requires a length parameter, for example \"%[1]s\"(10). Please specify the length.",
			strings.ToUpper(word))
	}
	return StringType, err
}

func (p *ddlParser) decimalType() (Type, error) {
	n, err := p.numbers(2)
	if err != nil {
		return Type{}, err
	}
	precision, scale := 10, 0
	if len(n) > 0 {
		precision = n[0]
	}
	if len(n) > 1 {
		scale = n[1]
	}
	switch {
	case precision > MaxPrecision:
		return Type{}, Errorf("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "Decimal precision %d exceeds max precision %d.", precision, MaxPrecision)
	case scale > precision:
		return Type{}, Errorf("DECIMAL_SCALE_EXCEEDS_PRECISION", "Decimal scale (%d) cannot be greater than precision (%d).", scale, precision)
	case scale < 0 || precision < 1:
		return Type{}, p.syntaxError()
	}
	return DecimalType(precision, scale), nil
}

func (p *ddlParser) timeType() (Type, error) {
	n, err := p.numbers(1)
	if err != nil {
		return Type{}, err
	}
	if len(n) == 0 {
		return TimeType(6), nil
	}
	if n[0] < 0 || n[0] > 6 {
		return Type{}, Errorf("UNSUPPORTED_TIME_PRECISION", "The seconds precision %d of the TIME data type is out of the supported range [0, 6].", n[0])
	}
	return TimeType(uint8(n[0])), nil
}

// intervalType reads what follows the word interval: nothing, one field, or field TO field.
func (p *ddlParser) intervalType() (Type, error) {
	first, yearMonth, ok := intervalField(p.peek())
	if !ok {
		return CalendarType, nil
	}
	from := p.next()
	last := first
	if p.accept("to") {
		to := p.next()
		var same bool
		last, same, ok = intervalField(to)
		if !ok || same != yearMonth || last <= first {
			return Type{}, Errorf("PARSE_SYNTAX_ERROR", "Intervals FROM %s TO %s are not supported in the type %q.", from, to, p.src)
		}
	}
	if yearMonth {
		return YearMonthType(first, last), nil
	}
	return DayTimeType(first, last), nil
}

// intervalField is the number of a field and whether it is YEAR or MONTH.
func intervalField(name string) (field uint8, yearMonth, ok bool) {
	name = strings.ToLower(name)
	for i, f := range yearMonthFields {
		if f == name {
			return uint8(i), true, true
		}
	}
	for i, f := range dayTimeFields {
		if f == name {
			return uint8(i), false, true
		}
	}
	return 0, false, false
}

func (p *ddlParser) nestedType(name string) (Type, error) {
	if !p.accept("<") {
		sub := strings.ToUpper(name)
		return Type{}, Errorf("INCOMPLETE_TYPE_DEFINITION."+sub, "Incomplete complex type: The definition of \"%s\" type is incomplete. "+
			"You must provide the element types, as in %s.", sub, map[string]string{
			"array": "\"ARRAY<elementType>\"", "map": "\"MAP<keyType, valueType>\"", "struct": "\"STRUCT<name1: type1, name2: type2>\""}[name])
	}
	switch name {
	case "array":
		elem, err := p.dataType()
		if err != nil {
			return Type{}, err
		}
		return ArrayOf(elem), p.expect(">")
	case "map":
		key, err := p.dataType()
		if err == nil {
			err = p.expect(",")
		}
		if err != nil {
			return Type{}, err
		}
		value, err := p.dataType()
		if err != nil {
			return Type{}, err
		}
		return MapOf(key, value), p.expect(">")
	}
	return p.structType()
}

func (p *ddlParser) structType() (Type, error) {
	var fields []Field
	if p.accept(">") {
		return StructOf(), nil
	}
	for {
		f, err := p.field()
		if err != nil {
			return Type{}, err
		}
		fields = append(fields, f)
		if !p.accept(",") {
			return StructOf(fields...), p.expect(">")
		}
	}
}
