package functions_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/functions"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/sql"
)

// The tests of this package spell calls in SQL and run them here, over constants, with the least that an analyzer has to do: look up
// functions, ask them for types, put in casts.

// resolve makes calls of unresolved ones.
func resolve(e logical.Expr) (logical.Expr, error) {
	children := append([]logical.Expr(nil), e.Children()...)
	for i, c := range children {
		r, err := resolve(c)
		if err != nil {
			return nil, err
		}
		children[i] = r
	}
	u, ok := e.(*logical.UnresolvedCall)
	if !ok {
		if len(children) > 0 {
			return e.WithChildren(children), nil
		}
		return e, nil
	}
	name := strings.Join(u.Name, ".")
	f := functions.Lookup(name)
	if f == nil {
		return nil, fmt.Errorf("there is no function %q", name)
	}
	if r, ok := f.Kind.(logical.Rewrite); ok {
		out, err := r(children)
		if err != nil {
			return nil, err
		}
		return resolve(out)
	}
	children = f.WithDefaults(children)
	coerced, t, err := typesOf(f, children)
	if err != nil {
		return nil, err
	}
	null := f.Nullable != nil && f.Nullable(children)
	for i := range children {
		null = null || f.Nullable == nil && children[i].Nullable()
		if coerced[i] != children[i].Type() {
			children[i] = &logical.Cast{Child: children[i], To: coerced[i], Implicit: true}
		}
	}
	return &logical.Call{Fn: f, Args: children, T: t, Null: null, Name: name}, nil
}

func typesOf(f *logical.Function, args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	if f.TypeExprs != nil {
		return f.TypeExprs(args)
	}
	types := make([]columnar.Type, len(args))
	for i, a := range args {
		types[i] = a.Type()
	}
	return f.Type(types)
}

// evaluator runs a resolved expression over batches.
type evaluator struct{ e logical.Expr }

func (v evaluator) Type() columnar.Type       { return v.e.Type() }
func (v evaluator) Constant() columnar.Vector { return nil }
func (v evaluator) Eval(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows) (columnar.Vector, error) {
	switch e := v.e.(type) {
	case *logical.Literal:
		return columnar.NewConst(e.Value, in.Len), nil
	case *logical.Cast:
		c, err := evaluator{e.Child}.Eval(ec, in, rows)
		if err != nil {
			return nil, err
		}
		return columnar.Cast(columnar.CastContext{Pool: ec.Pool, Zone: ec.Zone, Mode: e.Mode}, c, e.To, rows)
	case *logical.Call:
		return evalCall(ec, in, rows, e)
	}
	return nil, fmt.Errorf("cannot run %T", v.e)
}

func evalCall(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, e *logical.Call) (columnar.Vector, error) {
	own := *ec
	own.State = &logical.CallState{}
	switch run := e.Fn.Kind.(type) {
	case logical.Scalar:
		args := make([]columnar.Vector, len(e.Args))
		for i, a := range e.Args {
			var err error
			if args[i], err = (evaluator{a}).Eval(ec, in, rows); err != nil {
				return nil, err
			}
		}
		return run(&own, rows, args)
	case logical.Lazy:
		args := make([]logical.Evaluator, len(e.Args))
		for i, a := range e.Args {
			args[i] = evaluator{a}
		}
		return run(&own, in, rows, args)
	}
	return nil, fmt.Errorf("%s is no function of rows", e.Fn.Name)
}

// outcome is what an expression gives: its name, its type and its value as CAST AS STRING shows it, or the condition of its error.
type outcome struct {
	name, typ, value string
	hive             string // the value as the spark-sql shell prints it
	err              error
}

// run computes an expression in SQL in a session of time zone UTC.
func run(text string) outcome { return runIn(time.UTC, text) }

func runIn(zone *time.Location, text string) (out outcome) {
	parsed, err := sql.ParseExpr(text)
	if err != nil {
		return outcome{err: err}
	}
	e, err := resolve(parsed)
	if err != nil {
		return outcome{err: err}
	}
	out.name, out.typ = e.String(), e.Type().String()
	ec := &logical.EvalContext{Context: context.Background(), ANSI: true, Zone: zone, ZoneName: zone.String(), Now: time.Unix(1700000000, 0)}
	// Two rows, so that vectors of one row cannot be taken for constants; and a pool, so that results come from where they do in a query.
	ec.Pool = new(columnar.Pool)
	v, err := evaluator{e}.Eval(ec, columnar.Batch{Len: 2}, columnar.AllRows(2))
	if err != nil {
		out.err = err
		return out
	}
	if v.Type() != e.Type() {
		out.err = fmt.Errorf("%s says %s and gives %s", text, e.Type(), v.Type())
		return out
	}
	if v.Len() != 2 {
		out.err = fmt.Errorf("%s gives %d rows of 2", text, v.Len())
		return out
	}
	out.value, out.hive = "NULL", "NULL"
	if !v.IsNull(0) {
		out.value = string(columnar.AppendString(nil, v, 0, zone))
		out.hive = string(columnar.AppendHive(nil, v, 0, zone, columnar.BinaryUTF8))
	}
	if !columnar.EqualAt(v, 0, v, 1) && !random(e) {
		out.err = fmt.Errorf("%s gives another value in the second row", text)
	}
	if v.IsNull(0) && !e.Nullable() {
		out.err = fmt.Errorf("%s gives NULL and says it never does", text)
	}
	return out
}

// random says whether rows of constants may have different values.
func random(e logical.Expr) bool {
	return logical.Any(e, func(e logical.Expr) bool {
		c, ok := e.(*logical.Call)
		return ok && c.Fn.NonDeterministic
	})
}
