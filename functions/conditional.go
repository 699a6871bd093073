package functions

import (
	"math"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// conditionalGroup are the functions of choices. They compute an argument only for the rows that need it.
var conditionalGroup = slices.Concat(choiceFunctions, decodeFunctions)

var choiceFunctions = []*logical.Function{
	{
		Name: "case", Aliases: []string{"when"},
		Usage: "CASE [expr] WHEN cond THEN value … [ELSE value] END: the value behind the first condition that is TRUE, or equals expr.",
		Examples: []logical.Example{
			{SQL: "SELECT CASE WHEN 1 > 0 THEN 1 WHEN 2 > 0 THEN 2.0 ELSE 1.2 END", Result: "1.0"},
			{SQL: "SELECT CASE 3 WHEN 1 THEN 'a' WHEN 3 THEN 'c' END", Result: "c"},
		},
		Type: caseTypes, Nullable: caseNullable, Pretty: prettyCase, Kind: logical.Lazy(evalCase),
	},
	{
		Name: "if", Usage: "if(cond, value1, value2): value1 if cond is TRUE, else value2.",
		Examples: []logical.Example{{SQL: "SELECT if(1 < 2, 'a', 'b')", Result: "a"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("if", len(args), 3, 3); err != nil {
				return nil, columnar.VoidType, err
			}
			return caseTypes(args)
		},
		Nullable: caseNullable,
		Pretty:   func(_ string, args []string) string { return "(IF(" + strings.Join(args, ", ") + "))" },
		Kind:     logical.Lazy(evalCase),
	},
	coalesceFunction("coalesce", 1, -1, "coalesce(expr, …): the first argument that is not NULL.",
		logical.Example{SQL: "SELECT coalesce(NULL, 1, NULL)", Result: "1"}),
	coalesceFunction("nvl", 2, 2, "nvl(expr1, expr2): expr2 if expr1 is NULL, else expr1.", logical.Example{SQL: "SELECT nvl(NULL, 2)", Result: "2"}),
	coalesceFunction("ifnull", 2, 2, "ifnull(expr1, expr2): expr2 if expr1 is NULL, else expr1.",
		logical.Example{SQL: "SELECT ifnull(NULL, 'x')", Result: "x"}),
	{
		Name: "nanvl", Usage: "nanvl(expr1, expr2): expr2 if expr1 is NaN, else expr1.",
		Examples: []logical.Example{{SQL: "SELECT nanvl(cast('NaN' as double), 123)", Result: "123.0"}, {SQL: "SELECT nanvl(1.0D, 1 / 0)", Result: "1.0"}},
		Type:     fixed("nanvl", columnar.DoubleType, columnar.DoubleType, columnar.DoubleType),
		Nullable: alwaysNullable,
		Kind:     logical.Lazy(evalNanvl),
	},
	{
		Name: "nvl2", Usage: "nvl2(expr1, expr2, expr3): expr2 if expr1 is not NULL, else expr3.",
		Examples: []logical.Example{{SQL: "SELECT nvl2(NULL, 2, 1)", Result: "1"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("nvl2", len(args), 3, 3); err != nil {
				return nil, columnar.VoidType, err
			}
			t, err := commonOf("if", args[1:])
			return []columnar.Type{args[0], t, t}, t, err
		},
		Nullable: func(args []logical.Expr) bool { return args[1].Nullable() || args[2].Nullable() },
		Kind:     logical.Lazy(evalNvl2),
	},
	{
		Name: "nullif", Usage: "nullif(expr1, expr2): NULL if both are equal, else expr1.",
		Examples: []logical.Example{{SQL: "SELECT nullif(2, 2)", Result: "NULL"}, {SQL: "SELECT nullif(2, 3)", Result: "2"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("nullif", len(args), 2, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			t, ok := logical.CommonType(args[0], args[1])
			if !ok {
				return nil, t, operandMismatch("", args[0], args[1])
			}
			// The result keeps the type of expr1: evalNullIf casts it for the comparison alone.
			return []columnar.Type{args[0], t}, args[0], orderable("=", t)
		},
		Nullable: alwaysNullable, Kind: logical.Scalar(evalNullIf),
	},
	{
		Name: "nullifzero", Usage: "nullifzero(expr): NULL if expr is 0, else expr.",
		Examples: []logical.Example{{SQL: "SELECT nullifzero(0)", Result: "NULL"}, {SQL: "SELECT nullifzero(2)", Result: "2"}},
		Kind: logical.Rewrite(func(args []logical.Expr) (logical.Expr, error) {
			if err := arity("nullifzero", len(args), 1, 1); err != nil {
				return nil, err
			}
			return logical.NewCall("nullif", args[0], logical.Lit(int32(0))), nil
		}),
	},
	{
		Name: "zeroifnull", Usage: "zeroifnull(expr): 0 if expr is NULL, else expr.",
		Examples: []logical.Example{{SQL: "SELECT zeroifnull(NULL)", Result: "0"}, {SQL: "SELECT zeroifnull(2)", Result: "2"}},
		Kind: logical.Rewrite(func(args []logical.Expr) (logical.Expr, error) {
			if err := arity("zeroifnull", len(args), 1, 1); err != nil {
				return nil, err
			}
			return logical.NewCall("coalesce", args[0], logical.Lit(int32(0))), nil
		}),
	},
	extremeFunction("greatest", columnar.Gt, "greatest(expr1, expr2, …): the greatest argument; NULLs do not count.",
		logical.Example{SQL: "SELECT greatest(10, 9, 2, 4, 3)", Result: "10"}),
	extremeFunction("least", columnar.Lt, "least(expr1, expr2, …): the least argument; NULLs do not count.",
		logical.Example{SQL: "SELECT least(10, 9, 2, 4, 3)", Result: "2"}),
}

// caseTypes: conditions are BOOLEAN, values meet in one type. A string is no condition, nor is NULL without a type.
func caseTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("case", len(args), 2, -1); err != nil {
		return nil, columnar.VoidType, err
	}
	var values []columnar.Type
	for i, a := range args {
		if i%2 == 1 || i == len(args)-1 {
			values = append(values, a)
			continue
		}
		if a.Kind != columnar.Boolean {
			return nil, a, unexpectedType(i, "BOOLEAN", a)
		}
	}
	t, ok := logical.CommonTypeOf(values)
	if !ok {
		return nil, t, differentTypes("case", values)
	}
	coerced := make([]columnar.Type, len(args))
	for i := range args {
		coerced[i] = columnar.BooleanType
		if i%2 == 1 || i == len(args)-1 {
			coerced[i] = t
		}
	}
	return coerced, t, nil
}

func caseNullable(args []logical.Expr) bool {
	if len(args)%2 == 0 {
		return true // no ELSE
	}
	for i, a := range args {
		if (i%2 == 1 || i == len(args)-1) && a.Nullable() {
			return true
		}
	}
	return false
}

func prettyCase(_ string, args []string) string {
	var b strings.Builder
	b.WriteString("CASE")
	for ; len(args) > 1; args = args[2:] {
		b.WriteString(" WHEN " + args[0] + " THEN " + args[1])
	}
	if len(args) == 1 {
		b.WriteString(" ELSE " + args[0])
	}
	return b.String() + " END"
}

// choosing hands the rows of a batch to the branches that want them.
type choosing struct {
	ec      *logical.EvalContext
	in      columnar.Batch
	rows    columnar.Rows // all
	open    columnar.Rows // not given to a branch yet
	choices []columnar.Choice
}

// take gives the open rows for which cond is TRUE to the value that the evaluator computes, and opens the others only.
func (c *choosing) take(cond *columnar.Bool, value logical.Evaluator) error {
	p := c.ec.Pool
	sel := columnar.SelectTrue(cond, c.open, columnar.Alloc[int32](p, c.open.Count()))
	if len(sel) == 0 {
		return nil
	}
	v, err := value.Eval(c.ec, c.in, columnar.Rows{N: c.rows.N, Sel: sel})
	if err != nil {
		return err
	}
	c.choices = append(c.choices, columnar.Choice{Vector: v, Sel: sel})
	c.remove(cond)
	return nil
}

// remove closes the rows for which cond is TRUE.
func (c *choosing) remove(cond *columnar.Bool) {
	p := c.ec.Pool
	rest := columnar.Alloc[int32](p, c.open.Count())[:0]
	for i := range c.open.Count() {
		if r := c.open.Row(i); !cond.True(r) {
			rest = append(rest, int32(r))
		}
	}
	c.open = columnar.Rows{N: c.rows.N, Sel: rest}
}

// otherwise gives all rows that are still open to the value.
func (c *choosing) otherwise(value logical.Evaluator) error {
	if c.open.Count() == 0 {
		return nil
	}
	v, err := value.Eval(c.ec, c.in, c.open)
	if err != nil {
		return err
	}
	sel := c.open.Sel
	if sel == nil {
		sel = columnar.SelectTrue(columnar.NewConst(columnar.ScalarOf(true), c.open.N), c.open, columnar.Alloc[int32](c.ec.Pool, c.open.N))
	}
	c.choices = append(c.choices, columnar.Choice{Vector: v, Sel: sel})
	c.open = columnar.Rows{N: c.rows.N, Sel: []int32{}}
	return nil
}

func (c *choosing) result(t columnar.Type) columnar.Vector {
	return columnar.Choose(c.ec.Pool, t, c.choices, c.rows)
}

// truthOf is a BOOLEAN vector of any form as bits.
func truthOf(p *columnar.Pool, v columnar.Vector, rows columnar.Rows) *columnar.Bool {
	if b, ok := columnar.Flatten(p, v, rows).(*columnar.Bool); ok {
		return b
	}
	return columnar.MakeBool(p, rows.N) // VOID: never TRUE
}

func evalCase(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	c := choosing{ec: ec, in: in, rows: rows, open: rows}
	t := args[1].Type()
	for ; len(args) > 1 && c.open.Count() > 0; args = args[2:] {
		cond, err := args[0].Eval(ec, in, c.open)
		if err != nil {
			return nil, err
		}
		if err := c.take(truthOf(ec.Pool, cond, c.open), args[1]); err != nil {
			return nil, err
		}
	}
	if len(args) == 1 {
		if err := c.otherwise(args[0]); err != nil {
			return nil, err
		}
	}
	return c.result(t), nil
}

func evalNvl2(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	c := choosing{ec: ec, in: in, rows: rows, open: rows}
	v, err := args[0].Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	if err := c.take(columnar.IsNotNull(ec.Pool, v, rows), args[1]); err != nil {
		return nil, err
	}
	if err := c.otherwise(args[2]); err != nil {
		return nil, err
	}
	return c.result(args[1].Type()), nil
}

// evalNanvl computes the second argument only for the rows where the first is NaN.
func evalNanvl(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	v, err := args[0].Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	nan := columnar.MakeBool(ec.Pool, rows.N)
	some := false
	for i := range rows.Count() {
		if r := rows.Row(i); !v.IsNull(r) && math.IsNaN(columnar.Float64At(v, r)) {
			nan.Bits.Set(r)
			some = true
		}
	}
	if !some {
		return v, nil
	}
	c := choosing{ec: ec, in: in, rows: rows, open: rows}
	if err := c.take(nan, args[1]); err != nil {
		return nil, err
	}
	c.choices = append(c.choices, columnar.Choice{Vector: v, Sel: c.open.Sel})
	return c.result(args[0].Type()), nil
}

func coalesceFunction(name string, lo, hi int, usage string, examples ...logical.Example) *logical.Function {
	return &logical.Function{
		Name: name, Usage: usage, Examples: examples,
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity(name, len(args), lo, hi); err != nil {
				return nil, columnar.VoidType, err
			}
			t, err := commonOf(name, args)
			return repeatType(t, len(args)), t, err
		},
		Nullable: func(args []logical.Expr) bool {
			for _, a := range args {
				if !a.Nullable() {
					return false
				}
			}
			return true
		},
		Kind: logical.Lazy(evalCoalesce),
	}
}

func evalCoalesce(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	c := choosing{ec: ec, in: in, rows: rows, open: rows}
	for i, a := range args {
		if c.open.Count() == 0 {
			break
		}
		v, err := a.Eval(ec, in, c.open)
		if err != nil {
			return nil, err
		}
		if i == 0 && !v.HasNulls() {
			return v, nil
		}
		known := columnar.IsNotNull(ec.Pool, v, c.open)
		sel := columnar.SelectTrue(known, c.open, columnar.Alloc[int32](ec.Pool, c.open.Count()))
		c.choices = append(c.choices, columnar.Choice{Vector: v, Sel: sel})
		c.remove(known)
	}
	return c.result(args[0].Type()), nil
}

func evalNullIf(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	cc := columnar.CastContext{Pool: ec.Pool, Zone: ec.Zone}
	if !ec.ANSI {
		cc.Mode = columnar.CastLegacy
	}
	a, err := columnar.Cast(cc, args[0], args[1].Type(), rows)
	if err != nil {
		return nil, err
	}
	equal := columnar.Compare(ec.Pool, columnar.Eq, a, args[1], rows)
	c := choosing{ec: ec, rows: rows, open: rows}
	c.remove(equal)
	if c.open.Sel == nil || c.open.Count() == rows.Count() {
		return args[0], nil
	}
	c.choices = append(c.choices, columnar.Choice{Vector: args[0], Sel: c.open.Sel})
	return c.result(args[0].Type()), nil
}

func extremeFunction(name string, better columnar.CmpOp, usage string, examples ...logical.Example) *logical.Function {
	return &logical.Function{
		Name: name, Usage: usage, Examples: examples,
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity(name, len(args), 2, -1); err != nil {
				return nil, columnar.VoidType, err
			}
			t := columnar.VoidType
			for _, a := range args {
				var ok bool
				if t, ok = logical.CommonTypeNoStrings(t, a); !ok {
					return nil, t, differentTypes(name, args)
				}
			}
			return repeatType(t, len(args)), t, orderable(name, t)
		},
		Nullable: func(args []logical.Expr) bool {
			for _, a := range args {
				if !a.Nullable() {
					return false
				}
			}
			return true
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			best := args[0]
			for _, v := range args[1:] {
				best = betterOf(ec, rows, best, v, better)
			}
			return best, nil
		}),
	}
}

// betterOf is v where it is better than best, or best is NULL, and best elsewhere.
func betterOf(ec *logical.EvalContext, rows columnar.Rows, best, v columnar.Vector, better columnar.CmpOp) columnar.Vector {
	wins := columnar.Compare(ec.Pool, better, v, best, rows)
	known := columnar.IsNotNull(ec.Pool, v, rows)
	for i := range wins.Bits {
		if wins.Valid != nil {
			wins.Bits[i] &= wins.Valid[i]
		}
	}
	wins.Valid = nil
	wins = columnar.Or(ec.Pool, wins, columnar.And(ec.Pool, columnar.IsNull(ec.Pool, best, rows), known, rows), rows)
	c := choosing{ec: ec, rows: rows, open: rows}
	sel := columnar.SelectTrue(wins, rows, columnar.Alloc[int32](ec.Pool, rows.Count()))
	c.remove(wins)
	c.choices = []columnar.Choice{{Vector: best, Sel: c.open.Sel}, {Vector: v, Sel: sel}}
	return c.result(best.Type())
}
