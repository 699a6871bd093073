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
}

func randomFunction(name string, aliases []string, usage string, example logical.Example, draw func(*javafmt.Random) float64) *logical.Function {
	return &logical.Function{
		Name: name, Aliases: aliases, Usage: usage, Examples: []logical.Example{example}, NonDeterministic: true,
		Type:     optional(name, 0, columnar.DoubleType, columnar.BigIntType),
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
