package analyzer

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// sugar is an expression that was written as something shorter, whose text it keeps until the column that it makes has its name. No plan that leaves
// the analyzer has any: see plain.
type sugar struct {
	logical.Expr
	text string
}

func (e *sugar) Children() []logical.Expr { return []logical.Expr{e.Expr} }
func (e *sugar) String() string           { return e.text }
func (e *sugar) WithChildren(c []logical.Expr) logical.Expr {
	return &sugar{c[0], e.text}
}

// plain removes what served only to name things.
func plain(e logical.Expr) logical.Expr {
	out, _ := logical.TransformExpr(e, func(e logical.Expr) (logical.Expr, error) {
		if s, ok := e.(*sugar); ok {
			return s.Expr, nil
		}
		return e, nil
	})
	return out
}

func plainAll(es []logical.Expr) []logical.Expr {
	out := make([]logical.Expr, len(es))
	for i, e := range es {
		out[i] = plain(e)
	}
	return out
}

func (q *query) exprs(es []logical.Expr, s *scope) ([]logical.Expr, error) {
	var out []logical.Expr
	for _, e := range es {
		r, err := q.expr(e, s)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// expr resolves an expression. Parts that are resolved already are left alone.
func (q *query) expr(e logical.Expr, s *scope) (logical.Expr, error) {
	switch e := e.(type) {
	case *logical.Attr, *logical.Literal, *logical.OuterRef, *logical.LambdaVar:
		return e, nil
	case *logical.UnresolvedAttr:
		return q.attr(e, s)
	case *logical.UnresolvedCall:
		before := len(q.refs)
		c, err := q.call(e, s)
		if err != nil {
			return nil, err
		}
		return q.outerAggregate(c, before), nil
	case *logical.UnresolvedExtract:
		return q.extraction(e, s)
	case *logical.Cast:
		return q.cast(e, s)
	case *logical.WindowExpr:
		return q.windowExpr(e, s)
	case *logical.ScalarSubquery, *logical.Exists, *logical.InSubquery:
		return q.subquery(e.(logical.SubqueryExpr), s)
	case *logical.Parameter:
		return q.parameter(e)
	case *logical.UnresolvedStar:
		return nil, columnar.Errorf("INVALID_USAGE_OF_STAR_OR_REGEX", "Invalid usage of '*' in expression.").At(e.Pos)
	case *logical.NamedArg:
		return nil, columnar.Errorf("UNSUPPORTED_FEATURE.NAMED_ARGUMENTS", "The argument name %s stands outside of a call.", e.Name).At(e.Position())
	case *logical.Lambda:
		return nil, columnar.Errorf("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "A lambda function should only be used in a higher order function.").At(e.Pos)
	case *logical.MultiAlias:
		return nil, columnar.Errorf("MULTI_ALIAS_WITHOUT_GENERATOR", "Multi part aliasing (%s) is not supported with %s as it is not a generator function.", strings.Join(e.Names, ", "), e.Child).At(e.Pos)
	case *logical.TableArg:
		return nil, columnar.Errorf("UNSUPPORTED_FEATURE.TABLE_ARGUMENT", "TABLE(…) stands outside of a call of a table function.").At(e.Pos)
	case *logical.GroupingAnalytics:
		return nil, columnar.Errorf("UNSUPPORTED_GROUPING_EXPRESSION", "grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.").At(e.Pos)
	}
	kids, err := q.exprs(e.Children(), s)
	if err != nil || len(kids) == 0 {
		return e, err
	}
	return e.WithChildren(kids), nil
}

// attr resolves a name, or says which names there are.
func (q *query) attr(e *logical.UnresolvedAttr, s *scope) (logical.Expr, error) {
	found, err := s.name(e)
	if err != nil || found != nil {
		return found, err
	}
	if f := niladic[strings.ToLower(e.Parts[0])]; f != "" && len(e.Parts) == 1 {
		return q.call(&logical.UnresolvedCall{Name: []string{f}, Pos: e.Pos}, s)
	}
	return nil, unresolvedColumn(e.Parts, s.all(), e.Pos)
}

// niladic are the functions that may be called without parentheses, if no column has the name.
var niladic = map[string]string{
	"current_date": "current_date", "current_timestamp": "current_timestamp", "current_user": "current_user", "user": "user",
	"session_user": "session_user", "localtimestamp": "localtimestamp", "current_time": "current_time", "grouping__id": "grouping_id",
}

func (q *query) parameter(e *logical.Parameter) (logical.Expr, error) {
	if v, ok := q.a.env.Params.Named[strings.ToLower(e.Name)]; ok && e.Name != "" {
		return v, nil
	}
	if p := q.a.env.Params.Positional; e.Name == "" && e.Index < len(p) {
		return p[e.Index], nil
	}
	name := e.Name
	if name == "" {
		name = "_" + columnar.FormatValue(columnar.ScalarOf(int32(e.Index)), 0)
	}
	return nil, columnar.Errorf("UNBOUND_SQL_PARAMETER", "Found the unbound parameter: %s. Please, fix `args` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as `map()`, `array()`, `struct()`.", name).At(e.Pos)
}

// cast resolves CAST and checks that it is possible.
func (q *query) cast(e *logical.Cast, s *scope) (logical.Expr, error) {
	child, err := q.expr(e.Child, s)
	if err != nil {
		return nil, err
	}
	out := *e
	out.Child = child
	if out.Mode == columnar.CastANSI {
		out.Mode = q.a.castMode()
	}
	if from := child.Type(); !columnar.CanCast(from, e.To, out.Mode) {
		return nil, columnar.CastMismatch(from, e.To, out.Mode, out.String()).At(position(e.Pos, child))
	}
	return &out, nil
}

// position is a place, or where that is unknown that of an expression.
func position(p columnar.Pos, e logical.Expr) columnar.Pos {
	if p != 0 {
		return p
	}
	return e.Position()
}

// implicit casts an expression to a type that a function or operator wants.
func (a *analyzer) implicit(e logical.Expr, t columnar.Type) logical.Expr {
	if e.Type() == t {
		return e
	}
	if l, ok := e.(*logical.Literal); ok && l.Value.IsNull(0) {
		return &logical.Literal{Value: columnar.NullVector(t, 1), Text: l.String(), Pos: l.Pos}
	}
	if l, ok := e.(*logical.Lambda); ok {
		return &logical.Lambda{Params: l.Params, Body: a.implicit(l.Body, t), Pos: l.Pos}
	}
	return &logical.Cast{Child: e, To: t, Mode: a.castMode(), Implicit: true, Pos: e.Position()}
}

// extraction resolves x.field and x[key].
func (q *query) extraction(e *logical.UnresolvedExtract, s *scope) (logical.Expr, error) {
	child, err := q.expr(e.Child, s)
	if err != nil {
		return nil, err
	}
	key := e.Key
	if !e.Dot {
		if key, err = q.expr(e.Key, s); err != nil {
			return nil, err
		}
	}
	return q.extract(child, key, e.Dot, position(e.Pos, child))
}

// extract takes a part of a value: a field of a struct or of the structs of an array by name, an element or a map's value by key.
func (q *query) extract(child, key logical.Expr, dot bool, pos columnar.Pos) (logical.Expr, error) {
	t := child.Type()
	name, isName := key.(*logical.Literal)
	isName = isName && name.Value.Type().Kind == columnar.String && !name.Value.IsNull(0)
	switch {
	case t.Kind == columnar.Struct && isName:
		return field(child, t.Fields(), columnar.StringAt(name.Value, 0), pos)
	case t.Kind == columnar.Array && t.Elem().Kind == columnar.Struct && isName:
		return field(child, t.Elem().Fields(), columnar.StringAt(name.Value, 0), pos)
	case t.Kind == columnar.Array && !dot, t.Kind == columnar.Map:
		return q.call(&logical.UnresolvedCall{Name: []string{"[]"}, Args: []logical.Expr{child, key}, Pos: pos}, &scope{q: q})
	}
	return nil, columnar.Errorf("INVALID_EXTRACT_BASE_FIELD_TYPE",
		"Can't extract a value from %q. Need a complex type [STRUCT, ARRAY, MAP] but got %q.", child, t.SQL()).At(pos)
}

func field(child logical.Expr, fields []columnar.Field, name string, pos columnar.Pos) (logical.Expr, error) {
	found := -1
	for i, f := range fields {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		if found >= 0 {
			return nil, columnar.Errorf("AMBIGUOUS_REFERENCE_TO_FIELDS", "Ambiguous reference to the field %s. It appears %d times in the schema.", quoteParts([]string{name}), 2).At(pos)
		}
		found = i
	}
	if found < 0 {
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = quoteParts([]string{f.Name})
		}
		return nil, columnar.Errorf("FIELD_NOT_FOUND", "No such struct field %s in %s.", quoteParts([]string{name}), strings.Join(names, ", ")).At(pos)
	}
	return &logical.GetField{Child: child, Index: found, Name: name, Pos: pos}, nil
}
