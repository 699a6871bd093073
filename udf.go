package gosql

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// GoFunc is a Go function of any parameters; the language has no type for that.
type GoFunc = interface{}

// Register makes a Go function known to SQL and Call under a name: Register("twice", func(x int64) int64 { return 2 * x }). Its parameters and its result are of types that CreateDataFrame takes; a pointer
// is a value that may be NULL, and if a parameter that is not a pointer gets a NULL, the result is NULL without the function being called. It may return an error as second result, which fails the query. The
// function is called by several goroutines at once, and must give equal results for equal arguments.
func (s *Session) Register(name string, f GoFunc) error {
	u, err := newUDF(name, reflect.ValueOf(f))
	if err != nil {
		return err
	}
	s.catalog.register(u)
	return nil
}

// Vectorized is a function over columns: rows lists the rows that are wanted, and the result has rows.N rows.
type Vectorized = logical.Scalar

// RegisterVectorized makes a function over columns known under a name. Arguments are cast to the parameter types, in Spark's spelling.
func (s *Session) RegisterVectorized(name string, params []string, result string, f Vectorized) error {
	types := make([]columnar.Type, len(params))
	var err error
	for i, p := range params {
		if types[i], err = columnar.ParseType(p); err != nil {
			return err
		}
	}
	out, err := columnar.ParseType(result)
	if err != nil {
		return err
	}
	s.catalog.register(&logical.Function{Name: strings.ToLower(name), Usage: name + " is a registered function.", Type: fixedTypes(name, types, out),
		Nullable: alwaysNullable, Kind: f})
	return nil
}

func alwaysNullable([]logical.Expr) bool { return true }

func (c *catalog) register(f *logical.Function) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.udfs[f.Name] = f
}

// fixedTypes is the Type of a function whose parameter types are fixed.
func fixedTypes(name string, params []columnar.Type, result columnar.Type) func([]columnar.Type) ([]columnar.Type, columnar.Type, error) {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if len(args) != len(params) {
			return nil, result, columnar.Errorf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "The `%s` requires %d parameters but the actual number is %d.", name, len(params), len(args))
		}
		for i, a := range args {
			if !columnar.CanCast(a, params[i], columnar.CastANSI) {
				return nil, result, columnar.Errorf("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "Cannot resolve \"%s\" due to data type mismatch: parameter %d requires the \"%s\" type, however it has the type \"%s\".", name, i+1, params[i].SQL(), a.SQL())
			}
		}
		return params, result, nil
	}
}

// newUDF wraps a Go function.
func newUDF(name string, f reflect.Value) (*logical.Function, error) {
	t := f.Type()
	bad := func(why string) (*logical.Function, error) {
		return nil, fmt.Errorf("gosql: cannot register %s: %s %s", name, t, why)
	}
	errType := reflect.TypeFor[error]()
	switch {
	case t.Kind() != reflect.Func:
		return bad("is not a function")
	case t.IsVariadic():
		return bad("is variadic")
	case t.NumOut() == 0 || t.NumOut() > 2 || t.NumOut() == 2 && t.Out(1) != errType:
		return bad("must return a value, or a value and an error")
	}
	params := make([]columnar.Type, t.NumIn())
	fields := make([]columnar.Field, t.NumIn())
	for i := range params {
		p, err := fieldOf(fmt.Sprintf("parameter %d", i+1), t.In(i))
		if err != nil {
			return bad(err.Error())
		}
		params[i], fields[i] = p.Type, p
	}
	out, err := fieldOf("result", t.Out(0))
	if err != nil {
		return bad(err.Error())
	}
	u := &udf{f: f, fields: fields, result: out.Type}
	return &logical.Function{Name: strings.ToLower(name), Usage: name + " is a registered Go function.", Type: fixedTypes(name, params, out.Type), Nullable: alwaysNullable,
		Kind: logical.Scalar(u.eval)}, nil
}

// udf calls a Go function row by row.
type udf struct {
	f      reflect.Value
	fields []columnar.Field
	result columnar.Type
}

func (u *udf) eval(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	out := columnar.NewBuilder(u.result, rows.N)
	in := make([]reflect.Value, len(args))
	next := 0
	for k := range rows.Count() {
		row := rows.Row(k)
		for ; next < row; next++ {
			out.AppendNull()
		}
		next++
		if err := u.row(ec, out, in, args, row); err != nil {
			return nil, err
		}
	}
	for ; next < rows.N; next++ {
		out.AppendNull()
	}
	return out.Build(), nil
}

func (u *udf) row(ec *logical.EvalContext, out columnar.Builder, in []reflect.Value, args []columnar.Vector, row int) error {
	for i, a := range args {
		in[i] = reflect.New(u.f.Type().In(i)).Elem()
		v := goValue(a, row, ec.Zone)
		if v == nil && in[i].Kind() != reflect.Pointer && in[i].Kind() != reflect.Slice && in[i].Kind() != reflect.Map {
			out.AppendNull()
			return nil
		}
		if err := assign(in[i], v, u.fields[i]); err != nil {
			return err
		}
	}
	res := u.f.Call(in)
	if len(res) == 2 && !res[1].IsNil() {
		return columnar.Errorf("FAILED_EXECUTE_UDF", "User defined function failed: %w", res[1].Interface().(error))
	}
	return appendGo(out, u.result, res[0])
}
