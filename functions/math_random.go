package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// randomFunctions draw numbers. A call with a seed gives what Spark gives, partition by partition.
var randomFunctions = []*logical.Function{
	randomFunction("rand", []string{"random"}, "rand([seed]): a random number of [0, 1), every one as likely.",
		logical.Example{SQL: "SELECT rand(0)", Result: "0.7604953758285915"}, (*javafmt.Random).NextDouble),
	randomFunction("randn", nil, "randn([seed]): a random number of the standard normal distribution.",
		logical.Example{SQL: "SELECT randn(0)", Result: "1.6034991609278433"}, (*javafmt.Random).NextGaussian),
	{
		Name:             "uniform",
		Usage:            "uniform(min, max[, seed]) - a random number of [min, max), every one as likely, of the wider type of the two.",
		Examples:         []logical.Example{{SQL: "SELECT uniform(10, 20, 0)", Result: "17"}},
		NonDeterministic: true,
		TypeExprs:        uniformType,
		Nullable:         alwaysNullable,
		Kind:             logical.Scalar(evalUniform),
	},
	{
		Name:             "randstr",
		Usage:            "randstr(length[, seed]) - a random text of so many letters and digits.",
		Examples:         []logical.Example{{SQL: "SELECT randstr(3, 0)", Result: "ceV"}},
		NonDeterministic: true,
		TypeExprs:        randomTextType,
		Nullable:         never,
		Kind:             logical.Scalar(evalRandomText),
	},
}

func randomFunction(name string, aliases []string, usage string, example logical.Example, draw func(*javafmt.Random) float64) *logical.Function {
	return &logical.Function{
		Name: name, Aliases: aliases, Usage: usage, Examples: []logical.Example{example}, NonDeterministic: true,
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if len(args) == 1 && args[0].Kind != columnar.Int && args[0].Kind != columnar.BigInt && args[0].Kind != columnar.Void {
				return nil, columnar.DoubleType, unexpectedRaw(0, `("INT" or "BIGINT")`, args[0])
			}
			return optional(name, 0, columnar.DoubleType, columnar.BigIntType)(args)
		},
		Nullable: never,
		Pretty: func(_ string, args []string) string {
			if len(args) == 0 {
				return name + "()"
			}
			return name + "(" + args[0] + ")"
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			r := generatorOf(ec, args)
			out := columnar.MakeFixed[float64](ec.Pool, columnar.DoubleType, rows.N)
			for i := range rows.Count() {
				out.Values[rows.Row(i)] = draw(r)
			}
			return out, nil
		}),
	}
}

// generatorOf is the generator of a call site in a task, which goes on from batch to batch. The partition's number is added to the seed.
func generatorOf(ec *logical.EvalContext, args []columnar.Vector) *javafmt.Random {
	if ec.State != nil {
		if r, ok := ec.State.Value.(*javafmt.Random); ok {
			return r
		}
	}
	seed := ec.Seed
	if len(args) > 0 && args[0].Len() > 0 {
		seed = 0
		if !args[0].IsNull(0) {
			seed = columnar.Int64At(args[0], 0)
		}
	}
	r := javafmt.NewRandom(seed + int64(ec.Partition))
	if ec.State != nil {
		ec.State.Value = r
	}
	return r
}

// uniformType: integers stay integers, of the wider type; NULL anywhere makes the result NULL.
func uniformType(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	if err := arity("uniform", len(args), 2, 3); err != nil {
		return nil, columnar.VoidType, err
	}
	const numbers = "integer or floating-point"
	result := args[0].Type()
	for i, name := range []string{"min", "max", "seed"}[:len(args)] {
		t := args[i].Type()
		if !t.IsNumeric() && t.Kind != columnar.Void || i == 2 && !t.IsInteger() && t.Kind != columnar.Void {
			return nil, t, unexpectedRaw(i, numbers, t)
		}
		if !foldable(args[i]) {
			return nil, t, nonFoldable(name, numbers, args[i])
		}
		switch {
		case t.Kind == columnar.Void || result.Kind == columnar.Void:
			result = columnar.VoidType
		case i == 1 && t.Kind > result.Kind:
			result = t
		}
	}
	coerced := make([]columnar.Type, len(args))
	for i, a := range args {
		coerced[i] = a.Type()
		if i < 2 && result.Kind != columnar.Void {
			coerced[i] = result
		}
	}
	return coerced, result, nil
}

// nonFoldable is the error of an argument that has to be a constant.
func nonFoldable(name, want string, got logical.Expr) error {
	return columnar.Errorf("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "the input `%s` should be a foldable %q expression; however, got %q.", name, want, got.String())
}

func evalUniform(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	t := args[0].Type()
	for _, a := range args {
		if a.Type().Kind == columnar.Void {
			return columnar.NullVector(columnar.VoidType, rows.N), nil
		}
	}
	if rows.Count() == 0 {
		return columnar.NullVector(t, rows.N), nil
	}
	first := rows.Row(0)
	low, high := columnar.Float64At(args[0], first), columnar.Float64At(args[1], first)
	r := generatorOf(ec, args[2:])
	out := columnar.MakeFixed[float64](ec.Pool, columnar.DoubleType, rows.N)
	for i := range rows.Count() {
		out.Values[rows.Row(i)] = low + (high-low)*r.NextDouble()
	}
	return columnar.Cast(columnar.CastContext{Pool: ec.Pool, Mode: castMode(ec), Zone: ec.Zone}, out, t, rows)
}

func randomTextType(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	if err := arity("randstr", len(args), 1, 2); err != nil {
		return nil, columnar.StringType, err
	}
	const lengths = "INT or SMALLINT"
	for i, name := range []string{"length", "seed"}[:len(args)] {
		t := args[i].Type()
		if t.Kind != columnar.Int && t.Kind != columnar.SmallInt && !(i == 1 && t.Kind == columnar.BigInt) {
			return nil, t, unexpectedRaw(i, lengths, t)
		}
		if !foldable(args[i]) {
			return nil, t, nonFoldable(name, lengths, args[i])
		}
	}
	return []columnar.Type{columnar.IntType, columnar.BigIntType}[:len(args)], columnar.StringType, nil
}

func evalRandomText(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	r := generatorOf(ec, args[1:])
	return columnar.BuildStrings(ec.Pool, columnar.StringType, rows, func(dst []byte, row int) ([]byte, bool, error) {
		n := columnar.Int64At(args[0], row)
		if n < 0 {
			return dst, false, columnar.Errorf("INVALID_PARAMETER_VALUE.LENGTH", "The value of parameter(s) `length` in `randstr` is invalid: Expects `length` greater than or equal to 0, but got %d.", n)
		}
		for range n {
			i := r.NextInt() % int32(len(letters))
			dst = append(dst, letters[max(i, -i)])
		}
		return dst, true, nil
	})
}
