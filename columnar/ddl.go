package columnar

// ParseType reads a type as DDL writes it.
func ParseType(s string) (Type, error) {
	return Type{}, Errorf("PARSE_SYNTAX_ERROR", "Syntax error at or near %q.", s)
}

// ParseSchema reads a list of columns as DDL writes it.
func ParseSchema(ddl string) (*Schema, error) {
	return nil, Errorf("PARSE_SYNTAX_ERROR", "Syntax error at or near %q.", ddl)
}
