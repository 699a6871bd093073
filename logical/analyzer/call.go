package analyzer

import (
	"errors"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// call resolves a call: it finds the function, resolves the arguments, puts in the casts that the function wants and, for a function that
// only stands for other functions, what it stands for.
func (q *query) call(e *logical.UnresolvedCall, s *scope) (logical.Expr, error) {
	name := strings.ToLower(e.Name[len(e.Name)-1])
	if len(e.Name) == 1 && (name == "grouping" || name == "grouping_id") {
		return q.groupingCall(e, name, s)
	}
	f := q.a.env.Catalog.Function(e.Name)
	if f == nil {
		if t, err := columnar.ParseType(name); err == nil && len(e.Args) == 1 && len(e.Name) == 1 && castNames[name] {
			if q.a.env.Conf.TimestampNTZ && t == columnar.TimestampType {
				t = columnar.TimestampNTZType
			}
			return q.cast(&logical.Cast{Child: e.Args[0], To: t, Implicit: true, Pos: e.Pos}, s)
		}
		return nil, q.a.unknownFunction(e)
	}
	if f.IsAggregate() && s.inside != nil {
		s = s.inside
	}
	args, err := q.arguments(f, name, e, s)
	if err != nil {
		return nil, err
	}
	c := &logical.Call{Fn: f, Args: args, Name: name, Distinct: e.Distinct, IgnoreNulls: e.IgnoreNulls, Pos: e.Pos}
	if err := q.modifiers(c, e, s); err != nil {
		return nil, err
	}
	if err := q.modeArguments(c); err != nil {
		return nil, err
	}
	if yes, err := isInverse(c, e); err != nil {
		return nil, err
	} else if yes {
		return q.inverseCall(c, s)
	}
	if rewrite, ok := f.Kind.(logical.Rewrite); ok {
		return q.rewrite(rewrite, c, s)
	}
	return q.typed(c, s)
}

// castNames are the types that can be called as functions: int(x).
var castNames = map[string]bool{
	"boolean": true, "tinyint": true, "smallint": true, "int": true, "bigint": true, "float": true, "double": true, "decimal": true,
	"date": true, "timestamp": true, "binary": true, "string": true,
}

// unknownFunction is the error of a name that no function has.
func (a *analyzer) unknownFunction(e *logical.UnresolvedCall) error {
	db := a.env.Conf.CurrentDatabase
	if db == "" {
		db = "default"
	}
	return columnar.Errorf("UNRESOLVED_ROUTINE", "Cannot resolve routine %s on search path [`system`.`builtin`, `system`.`session`, `spark_catalog`.%s].",
		quoteParts(e.Name), quoteParts([]string{db})).At(e.Pos)
}

// arguments resolves the arguments: stars become columns, names find their places. Lambdas stay unresolved until the types of the others are known.
func (q *query) arguments(f *logical.Function, name string, e *logical.UnresolvedCall, s *scope) ([]logical.Expr, error) {
	written, err := byName(f, e)
	if err != nil {
		return nil, err
	}
	var args []logical.Expr
	for _, a := range written {
		star, ok := a.(*logical.UnresolvedStar)
		switch {
		case ok && name == "count" && !e.Distinct && len(written) == 1 && len(star.Target) == 0 && len(star.Except) == 0:
			args = append(args, logical.Lit(int32(1)))
		case ok:
			cols, err := q.star(star, s)
			if err != nil {
				return nil, err
			}
			args = append(args, cols...)
		default:
			if _, ok := a.(*logical.Lambda); !ok {
				if a, err = q.argument(a, s); err != nil {
					return nil, err
				}
			}
			args = append(args, a)
		}
	}
	return args, nil
}

// argument resolves an argument. An alias stays, for functions that name their fields by it.
func (q *query) argument(e logical.Expr, s *scope) (logical.Expr, error) {
	al, ok := e.(*logical.Alias)
	if !ok {
		return q.expr(e, s)
	}
	child, err := q.expr(al.Child, s)
	if err != nil {
		return nil, err
	}
	return al.WithChildren([]logical.Expr{child}), nil
}

// byName puts arguments given by name in the places of the function's parameters.
func byName(f *logical.Function, e *logical.UnresolvedCall) ([]logical.Expr, error) {
	first := 0
	for first < len(e.Args) {
		if _, ok := e.Args[first].(*logical.NamedArg); ok {
			break
		}
		first++
	}
	if first == len(e.Args) {
		return f.WithDefaults(e.Args), nil
	}
	if len(f.Params) == 0 || f.Params[0].Name == "" {
		return nil, columnar.Errorf("NAMED_PARAMETERS_NOT_SUPPORTED", "Named parameters are not supported for function %s; please retry the query with positional arguments to the function call instead.", quoteParts(e.Name)).At(e.Pos)
	}
	out := make([]logical.Expr, max(len(f.Params), first))
	copy(out, e.Args[:first])
	for _, a := range e.Args[first:] {
		n, ok := a.(*logical.NamedArg)
		if !ok {
			return nil, columnar.Errorf("UNEXPECTED_POSITIONAL_ARGUMENT", "Cannot invoke routine %s because it contains positional argument(s) following the named argument assigned to %s; please rearrange them so the positional arguments come first and then retry the query again.", quoteParts(e.Name), "`"+e.Args[first].(*logical.NamedArg).Name+"`").At(a.Position())
		}
		at, err := parameter(f, e, n)
		if err != nil {
			return nil, err
		}
		if out[at] != nil {
			condition := "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE"
			if at < first {
				condition = "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED"
			}
			return nil, columnar.Errorf(condition, "Call to routine %s is invalid because it includes multiple argument assignments to the same parameter name %s.", quoteParts(e.Name), quoteParts([]string{n.Name})).At(n.Position())
		}
		out[at] = n.Value
	}
	return defaults(f, e, out)
}

func parameter(f *logical.Function, e *logical.UnresolvedCall, n *logical.NamedArg) (int, error) {
	names := make([]string, len(f.Params))
	for i, p := range f.Params {
		if strings.EqualFold(p.Name, n.Name) {
			return i, nil
		}
		names[i] = quoteParts([]string{p.Name})
	}
	return 0, columnar.Errorf("UNRECOGNIZED_PARAMETER_NAME", "Cannot invoke routine %s because the routine call included a named argument reference for the argument named %s, but this routine does not include any signature containing an argument with this name. Did you mean one of the following? [%s].",
		quoteParts(e.Name), quoteParts([]string{n.Name}), strings.Join(names, " ")).At(n.Position())
}

func defaults(f *logical.Function, e *logical.UnresolvedCall, out []logical.Expr) ([]logical.Expr, error) {
	for i, p := range f.Params {
		if out[i] != nil {
			continue
		}
		if p.Default == nil {
			return nil, columnar.Errorf("REQUIRED_PARAMETER_NOT_FOUND", "Cannot invoke routine %s because the parameter named %s is required, but the routine call did not supply a value. Please update the routine call to supply an argument value (either positionally at index %d or by name) and retry the query again.",
				quoteParts(e.Name), quoteParts([]string{p.Name}), i).At(e.Pos)
		}
		out[i] = p.Default
	}
	return out, nil
}

// modifiers resolves what only aggregate and window functions take: DISTINCT, FILTER, an ordering.
func (q *query) modifiers(c *logical.Call, e *logical.UnresolvedCall, s *scope) error {
	if e.Filter != nil {
		if !c.Fn.IsAggregate() {
			return unsupportedSyntax(c.Name, "FILTER CLAUSE", e.Pos)
		}
		f, err := q.expr(e.Filter, s)
		if err != nil {
			return err
		}
		if err := checkAggregateFilter(f); err != nil {
			return err
		}
		c.Filter = f
	}
	if e.Distinct && !c.Fn.IsAggregate() {
		return unsupportedSyntax(c.Name, "DISTINCT", e.Pos)
	}
	if len(e.OrderBy) > 0 && !c.Fn.IsAggregate() {
		return unsupportedSyntax(c.Name, "WITHIN GROUP (ORDER BY ...)", e.Pos)
	}
	for _, k := range e.OrderBy {
		child, err := q.expr(k.Child, s)
		if err != nil {
			return err
		}
		c.OrderBy = append(c.OrderBy, &logical.SortKey{Child: child, Desc: k.Desc, NullsFirst: k.NullsFirst})
	}
	return nil
}

func unsupportedSyntax(name, what string, pos columnar.Pos) error {
	return columnar.Errorf("INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX", "Invalid SQL syntax: The function %s does not support %s.", quoteParts([]string{name}), what).At(pos)
}

// rewrite replaces a call by what it stands for, which keeps the call's text.
func (q *query) rewrite(f logical.Rewrite, c *logical.Call, s *scope) (logical.Expr, error) {
	for i, a := range c.Args {
		if l, ok := a.(*logical.Lambda); ok {
			return nil, lambdaMisplaced(c, l)
		}
		c.Args[i] = plain(a)
	}
	out, err := f(c.Args)
	if err != nil {
		return nil, q.callError(err, c)
	}
	if inner, ok := out.(*logical.UnresolvedCall); ok && (c.Filter != nil || c.Distinct || c.IgnoreNulls || len(c.OrderBy) > 0) {
		i := *inner
		i.Filter, i.Distinct, i.IgnoreNulls, i.OrderBy = c.Filter, i.Distinct || c.Distinct, i.IgnoreNulls || c.IgnoreNulls, append(i.OrderBy, c.OrderBy...)
		out = &i
	}
	_, cast := out.(*logical.Cast)
	if out, err = q.expr(at(out, c.Pos), &scope{q: q, lambdas: s.lambdas}); err != nil {
		return nil, q.callError(err, c)
	}
	if cast && castNames[c.Name] { // int(x) goes by the name of x
		return &sugar{plain(out), c.Args[0].String()}, nil
	}
	return &sugar{plain(out), c.String()}, nil
}

// at gives the calls of an expression that was made from a call that call's place.
func at(e logical.Expr, pos columnar.Pos) logical.Expr {
	out, _ := logical.TransformExpr(e, func(e logical.Expr) (logical.Expr, error) {
		if c, ok := e.(*logical.UnresolvedCall); ok && c.Pos == 0 {
			d := *c
			d.Pos = pos
			return &d, nil
		}
		return e, nil
	})
	return out
}

// comparisons are the functions whose structs meet field by field, whatever the fields are called: (a, b) = (1, 2).
var comparisons = map[string]bool{"=": true, "<=>": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true, "in": true}

// comparable gives the structs among the operands of a comparison the field names of the first, which is a struct.
func (q *query) comparable(args []logical.Expr) []logical.Expr {
	names := args[0].Type().Fields()
	out := append([]logical.Expr(nil), args...)
	for i, a := range args[1:] {
		if a.Type().Kind != columnar.Struct || len(a.Type().Fields()) != len(names) {
			continue
		}
		fields := append([]columnar.Field(nil), a.Type().Fields()...)
		for k := range fields {
			fields[k].Name = names[k].Name
		}
		out[i+1] = q.a.implicit(a, columnar.StructOf(fields...))
	}
	return out
}

// typed asks the function for its types and casts the arguments to them.
func (q *query) typed(c *logical.Call, s *scope) (logical.Expr, error) {
	if err := q.lambdas(c, s); err != nil {
		return nil, err
	}
	bare := plainAll(c.Args)
	for _, a := range bare {
		if hasGenerator(a) {
			return nil, columnar.Errorf("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "The generator is not supported: nested in expressions %q.", c).At(c.Pos)
		}
	}
	if comparisons[c.Fn.Name] && len(bare) > 0 && bare[0].Type().Kind == columnar.Struct {
		bare = q.comparable(bare)
		c.Args = bare
	}
	types := make([]columnar.Type, len(bare))
	for i, a := range bare {
		types[i] = a.Type()
	}
	var coerced []columnar.Type
	var err error
	switch f := c.Fn; {
	case f.TypeExprs != nil:
		coerced, c.T, err = f.TypeExprs(bare)
	case f.Type != nil:
		coerced, c.T, err = f.Type(types)
	}
	if err != nil {
		return nil, q.callError(err, c)
	}
	args := make([]logical.Expr, len(c.Args))
	for i, a := range c.Args {
		if al, ok := a.(*logical.Alias); ok {
			a = al.Child
		}
		if i < len(coerced) {
			a = q.a.implicit(a, coerced[i])
		}
		args[i] = a
	}
	c.Args = args
	c.Null = c.Fn.IsNullable(plainAll(args))
	return c, nil
}

// callError gives an error of a function's typing the text and the place of the call.
func (q *query) callError(err error, c *logical.Call) error {
	var e *columnar.Error
	if !errors.As(err, &e) {
		return err
	}
	out := *e
	if strings.HasPrefix(e.Condition, "DATATYPE_MISMATCH.") && !strings.HasPrefix(e.Message, "Cannot resolve") {
		text := *c
		text.Args = plainAll(c.Args)
		out.Message = `Cannot resolve "` + text.String() + `" due to data type mismatch: ` + e.Message
	}
	return out.At(c.Pos)
}

// lambdas resolves the lambdas among a call's arguments, whose parameters have the types that the function says.
func (q *query) lambdas(c *logical.Call, s *scope) error {
	types := make([]columnar.Type, len(c.Args))
	some := false
	for i, a := range c.Args {
		_, lambda := a.(*logical.Lambda)
		if types[i] = a.Type(); lambda {
			types[i] = columnar.VoidType
		}
		some = some || lambda
	}
	if !some {
		return nil
	}
	args := append([]logical.Expr(nil), c.Args...)
	for i, a := range args {
		l, ok := a.(*logical.Lambda)
		if !ok {
			continue
		}
		if c.Fn.Lambdas == nil {
			return lambdaMisplaced(c, l)
		}
		params := c.Fn.Lambdas(types, i)
		if len(params) < len(l.Params) {
			return columnar.Errorf("INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH", "Invalid lambda function call. A higher order function expects %d arguments, but got %d.", len(l.Params), len(params)).At(l.Pos)
		}
		r, err := q.lambda(l, params, s)
		if err != nil {
			return err
		}
		args[i], types[i] = r, r.Body.Type()
	}
	c.Args = args
	return nil
}

func lambdaMisplaced(c *logical.Call, l *logical.Lambda) error {
	return columnar.Errorf("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "Invalid lambda function call. A lambda function should only be used in a higher order function. However, its class is %s, which is not a higher order function.", c.Fn.Name).At(position(c.Pos, l))
}

func (q *query) lambda(l *logical.Lambda, types []columnar.Type, s *scope) (*logical.Lambda, error) {
	out := &logical.Lambda{Pos: l.Pos}
	for i, p := range l.Params {
		for _, before := range out.Params {
			if strings.EqualFold(before.Name, p.Name) {
				return nil, columnar.Errorf("INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES", "Invalid lambda function call. The lambda function has duplicate arguments %s. Please, consider to rename the argument names or set \"spark.sql.caseSensitive\" to \"true\".", quoteParts([]string{p.Name})).At(l.Pos)
			}
		}
		out.Params = append(out.Params, &logical.LambdaVar{ID: logical.NewID(), Name: p.Name, T: types[i]})
	}
	inner := *s
	inner.lambdas = &lambdaScope{out.Params, s.lambdas}
	var err error
	if out.Body, err = q.expr(l.Body, &inner); err == nil {
		out.Body = plain(out.Body)
	}
	return out, err
}
