package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// castGroup are the functions of casts by name.
var castGroup = []*logical.Function{
	castFunction("boolean", columnar.BooleanType, "SELECT boolean('yes')", "true"),
	castFunction("tinyint", columnar.TinyIntType, "SELECT tinyint('1')", "1"),
	castFunction("smallint", columnar.SmallIntType, "SELECT smallint('1')", "1"),
	castFunction("int", columnar.IntType, "SELECT int('1')", "1"),
	castFunction("bigint", columnar.BigIntType, "SELECT bigint('1')", "1"),
	castFunction("float", columnar.FloatType, "SELECT float('1')", "1.0"),
	castFunction("double", columnar.DoubleType, "SELECT double('1')", "1.0"),
	castFunction("decimal", columnar.DecimalType(10, 0), "SELECT decimal('1.5')", "2"),
	castFunction("string", columnar.StringType, "SELECT string(1.50)", "1.50"),
	castFunction("binary", columnar.BinaryType, "SELECT binary('abc')", "abc"),
	castFunction("date", columnar.DateType, "SELECT date('2024-02-29 10:00:00')", "2024-02-29"),
	castFunction("timestamp", columnar.TimestampType, "SELECT timestamp('2024-02-29')", "2024-02-29 00:00:00"),
	{
		Name:  "typeof",
		Usage: "typeof(expr) - the name of the expression's type, as DDL writes it.",
		Examples: []logical.Example{
			{SQL: "SELECT typeof(1)", Result: "int"},
			{SQL: "SELECT typeof(array(1))", Result: "array<int>"},
		},
		Type:     anyTypes("typeof", 1, 1, columnar.StringType),
		Nullable: neverNull,
		// Lazy, since the argument is not computed: typeof(1 / 0) does not fail.
		Kind: logical.Lazy(func(_ *logical.EvalContext, in columnar.Batch, _ columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
			return columnar.NewConst(columnar.NewStrings(args[0].Type().String()), in.Len), nil
		}),
	},
}

// castFunction is the function that is called as a type and casts to it.
func castFunction(name string, t columnar.Type, example, result string) *logical.Function {
	return &logical.Function{
		Name: name, Usage: name + "(expr) - casts the value to the type " + t.SQL() + ".",
		Examples: []logical.Example{{SQL: example, Result: result}},
		Kind: logical.Rewrite(func(args []logical.Expr) (logical.Expr, error) {
			if err := arity(name, len(args), 1, 1); err != nil {
				return nil, err
			}
			// Spark does not show such casts in the names of columns, as if they were implicit.
			return &logical.Cast{Child: args[0], To: t, Mode: columnar.CastANSI, Implicit: true, Pos: args[0].Position()}, nil
		}),
	}
}
