package functions

import (
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// aggregateGroup are the functions of groups of rows.
var aggregateGroup = slices.Concat(basicAggregates, momentAggregates, pairAggregates, collectAggregates, logicAggregates, orderAggregates, sketchAggregates)

// basicAggregates count, add, average and compare.
var basicAggregates = []*logical.Function{
	{
		Name:  "count",
		Usage: "count(*) - Returns the number of rows. count(expr[, …]) - Returns the number of rows for which all expressions are not NULL.",
		Examples: []logical.Example{
			{SQL: "SELECT count(*) FROM VALUES (NULL), (5), (5), (20) AS tab(col)", Result: "4"},
			{SQL: "SELECT count(col) FROM VALUES (NULL), (5), (5), (20) AS tab(col)", Result: "3"},
			{SQL: "SELECT count(DISTINCT col) FROM VALUES (NULL), (5), (5), (10) AS tab(col)", Result: "2"},
		},
		Type:     countType,
		Nullable: neverNull,
		Kind:     logical.Aggregator(func([]columnar.Type) (logical.Accumulator, error) { return &counter{}, nil }),
	},
	{
		Name:     "count_if",
		Usage:    "count_if(expr) - Returns the number of rows for which the condition is TRUE.",
		Examples: []logical.Example{{SQL: "SELECT count_if(col % 2 = 0) FROM VALUES (NULL), (0), (1), (2), (3) AS tab(col)", Result: "2"}},
		Type:     fixed("count_if", columnar.BigIntType, columnar.BooleanType),
		Nullable: neverNull,
		Kind:     logical.Aggregator(func([]columnar.Type) (logical.Accumulator, error) { return &trueCounter{}, nil }),
	},
	{
		Name:     "sum",
		Usage:    "sum(expr) - Returns the sum of the values that are not NULL.",
		Examples: []logical.Example{{SQL: "SELECT sum(col) FROM VALUES (5), (10), (15) AS tab(col)", Result: "30"}},
		Type:     sumType("sum"),
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newSum(args[0], false), nil }),
	},
	{
		Name:     "try_sum",
		Usage:    "try_sum(expr) - Returns the sum of the values, or NULL where it overflows.",
		Examples: []logical.Example{{SQL: "SELECT try_sum(col) FROM VALUES (9223372036854775807L), (1L) AS tab(col)", Result: "NULL"}},
		Type:     sumType("try_sum"),
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newSum(args[0], true), nil }),
	},
	{
		Name: "avg", Aliases: []string{"mean"},
		Usage:    "avg(expr) - Returns the mean of the values that are not NULL.",
		Examples: []logical.Example{{SQL: "SELECT avg(col) FROM VALUES (1), (2), (3) AS tab(col)", Result: "2.0"}},
		Type:     averageType("avg"),
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newAverage(args[0], false), nil }),
	},
	{
		Name:     "try_avg",
		Usage:    "try_avg(expr) - Returns the mean of the values, or NULL where their sum overflows.",
		Examples: []logical.Example{{SQL: "SELECT try_avg(col) FROM VALUES (1), (2), (3) AS tab(col)", Result: "2.0"}},
		Type:     averageType("try_avg"),
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newAverage(args[0], true), nil }),
	},
	{
		Name:     "min",
		Usage:    "min(expr) - Returns the least value.",
		Examples: []logical.Example{{SQL: "SELECT min(col) FROM VALUES (10), (-1), (20) AS tab(col)", Result: "-1"}},
		Type:     orderedType("min"),
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newExtreme(args[0], false), nil }),
	},
	{
		Name:     "max",
		Usage:    "max(expr) - Returns the greatest value.",
		Examples: []logical.Example{{SQL: "SELECT max(col) FROM VALUES (10), (50), (20) AS tab(col)", Result: "50"}},
		Type:     orderedType("max"),
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newExtreme(args[0], true), nil }),
	},
	{
		Name: "first", Aliases: []string{"first_value"},
		Usage:    "first(expr[, isIgnoreNull]) - Returns the first value of the group; with isIgnoreNull, the first that is not NULL.",
		Examples: []logical.Example{{SQL: "SELECT first(col, true) FROM VALUES (NULL), (5), (20) AS tab(col)", Result: "5"}},
		Type:     pickType("first"),
		Pretty:   withoutNullChoice,
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newPick(args[0], false), nil }),
	},
	{
		Name: "last", Aliases: []string{"last_value"},
		Usage:    "last(expr[, isIgnoreNull]) - Returns the last value of the group; with isIgnoreNull, the last that is not NULL.",
		Examples: []logical.Example{{SQL: "SELECT last(col, true) FROM VALUES (10), (5), (NULL) AS tab(col)", Result: "5"}},
		Type:     pickType("last"),
		Pretty:   withoutNullChoice,
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newPick(args[0], true), nil }),
	},
	{
		Name:     "any_value",
		Usage:    "any_value(expr[, isIgnoreNull]) - Returns some value of the group; with isIgnoreNull, one that is not NULL.",
		Examples: []logical.Example{{SQL: "SELECT any_value(col) FROM VALUES (10), (10) AS tab(col)", Result: "10"}},
		Type:     pickType("any_value"),
		Pretty:   withoutNullChoice,
		Nullable: alwaysNullable,
		Kind:     logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) { return newPick(args[0], false), nil }),
	},
}

func neverNull([]logical.Expr) bool { return false }

// sumType widens: integers add up to BIGINT, floats to DOUBLE, decimals get ten more digits.
func sumType(name string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		coerced, t, err := numeric(name, true)(args)
		if err != nil {
			return nil, t, err
		}
		return coerced, sumResult(t), nil
	}
}

func sumResult(t columnar.Type) columnar.Type {
	switch {
	case t.IsInteger():
		return columnar.BigIntType
	case t.IsFloating():
		return columnar.DoubleType
	case t.Kind == columnar.Decimal:
		return columnar.DecimalType(min(int(t.Precision)+10, columnar.MaxPrecision), int(t.Scale))
	}
	return t
}

// averageType is DOUBLE for numbers, and for decimals four more digits on each side of the point.
func averageType(name string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		coerced, t, err := numeric(name, true)(args)
		if err != nil {
			return nil, t, err
		}
		return coerced, averageResult(t), nil
	}
}

func averageResult(t columnar.Type) columnar.Type {
	switch t.Kind {
	case columnar.Decimal:
		return columnar.DecimalType(min(int(t.Precision)+4, columnar.MaxPrecision), min(int(t.Scale)+4, columnar.MaxPrecision))
	case columnar.YearMonthInterval:
		return columnar.YearMonthType(0, 1)
	case columnar.DayTimeInterval:
		return columnar.DayTimeType(0, 3)
	}
	return columnar.DoubleType
}

// orderedType is the typing of a function of one value that can be compared with <.
func orderedType(name string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 1); err != nil {
			return nil, columnar.VoidType, err
		}
		if !args[0].IsOrderable() {
			return nil, args[0], columnar.Errorf("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
				"The `%s` does not support ordering on type %q.", name, args[0].SQL())
		}
		return args, args[0], nil
	}
}

// pickType is the typing of first, last and any_value.
func pickType(name string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 2); err != nil {
			return nil, columnar.VoidType, err
		}
		if len(args) == 2 && args[1].Kind != columnar.Boolean {
			return nil, args[0], unexpectedType(1, "BOOLEAN", args[1])
		}
		return args, args[0], nil
	}
}

// withoutNullChoice prints a call without the argument that says to pass over NULLs, as Spark does.
func withoutNullChoice(name string, args []string) string {
	return callText(name, args[:min(1, len(args))])
}

// countType takes arguments of any types, but at least one.
func countType(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if len(args) == 0 {
		return nil, columnar.BigIntType, columnar.Errorf("WRONG_NUM_ARGS.WITH_SUGGESTION", "The `count` requires >= 1 parameters but the actual number is 0.")
	}
	return args, columnar.BigIntType, nil
}
