package functions

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// lambdaFunctions are the functions of functions. A lambda is computed for the elements of all rows of a batch at once.
var lambdaFunctions = []*logical.Function{
	{
		Name:      "transform",
		Usage:     "transform(array, func) - Returns the array of what func makes of each element; func may take the element's index, from 0, too.",
		Examples:  []logical.Example{{SQL: "SELECT transform(array(1, 2, 3), x -> x + 1)", Result: "[2, 3, 4]"}, {SQL: "SELECT transform(array(1, 2, 3), (x, i) -> x + i)", Result: "[1, 3, 5]"}},
		TypeExprs: ofLambda("transform", []int{1}, 2, arrayLambda("transform", columnar.VoidType, func(args []columnar.Type) columnar.Type { return columnar.ArrayOf(args[1]) })),
		Lambdas:   elementAndIndex,
		Nullable:  firstNullable,
		Kind:      logical.Lazy(transformArray),
	},
	{
		Name:      "filter",
		Usage:     "filter(array, func) - Returns the elements for which func is TRUE; func may take the element's index, from 0, too.",
		Examples:  []logical.Example{{SQL: "SELECT filter(array(1, 2, 3), x -> x % 2 == 1)", Result: "[1, 3]"}, {SQL: "SELECT filter(array(0, 2, 3), (x, i) -> x > i)", Result: "[2, 3]"}},
		TypeExprs: ofLambda("filter", []int{1}, 2, arrayLambda("filter", columnar.BooleanType, typeOfFirst)),
		Lambdas:   elementAndIndex,
		Nullable:  firstNullable,
		Kind:      logical.Lazy(filterArray),
	},
	{
		Name:      "exists",
		Usage:     "exists(array, func) - Says whether func is TRUE for some element; NULL if it is for none and NULL for some.",
		Examples:  []logical.Example{{SQL: "SELECT exists(array(1, 2, 3), x -> x % 2 == 0)", Result: "true"}, {SQL: "SELECT exists(array(1, NULL, 3), x -> x % 2 == 0)", Result: "NULL"}},
		TypeExprs: ofLambda("exists", []int{1}, 1, arrayLambda("exists", columnar.BooleanType, booleanResult)),
		Lambdas:   elementAndIndex,
		Nullable:  alwaysNullable,
		Kind:      logical.Lazy(quantified(true)),
	},
	{
		Name:      "forall",
		Usage:     "forall(array, func) - Says whether func is TRUE for all elements; NULL if it is FALSE for none and NULL for some.",
		Examples:  []logical.Example{{SQL: "SELECT forall(array(1, 2, 3), x -> x % 2 == 0)", Result: "false"}, {SQL: "SELECT forall(array(2, NULL, 8), x -> x % 2 == 0)", Result: "NULL"}},
		TypeExprs: ofLambda("forall", []int{1}, 1, arrayLambda("forall", columnar.BooleanType, booleanResult)),
		Lambdas:   elementAndIndex,
		Nullable:  alwaysNullable,
		Kind:      logical.Lazy(quantified(false)),
	},
	{
		Name: "aggregate", Aliases: []string{"reduce"},
		Usage:     "aggregate(array, start, merge[, finish]) - Folds the elements into a value: merge makes a value of the one so far, which is start at first, and an element; finish makes the result of the last one.",
		Examples:  []logical.Example{{SQL: "SELECT aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x)", Result: "6"}, {SQL: "SELECT aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x, acc -> acc * 10)", Result: "60"}},
		TypeExprs: ofLambda("aggregate", []int{2, 3}, 2, aggregateTypes),
		Lambdas: func(args []columnar.Type, i int) []columnar.Type {
			if i == 3 {
				return []columnar.Type{args[1]}
			}
			return []columnar.Type{args[1], lambdaElem(args[0])}
		},
		Nullable: alwaysNullable,
		Pretty: func(name string, args []string) string {
			if len(args) == 3 {
				args = append(args[:3:3], "lambdafunction(namedlambdavariable(), namedlambdavariable())")
			}
			return name + "(" + strings.Join(args, ", ") + ")"
		},
		Kind: logical.Lazy(aggregateArray),
	},
	{
		Name:      "zip_with",
		Usage:     "zip_with(left, right, func) - Returns the array of what func makes of the n-th elements of both arrays; NULL stands in for what the shorter one lacks.",
		Examples:  []logical.Example{{SQL: "SELECT zip_with(array(1, 2), array(3, 4), (x, y) -> x + y)", Result: "[4, 6]"}},
		TypeExprs: ofLambda("zip_with", []int{2}, 2, zipWithTypes),
		Lambdas: func(args []columnar.Type, _ int) []columnar.Type {
			return []columnar.Type{lambdaElem(args[0]), lambdaElem(args[1])}
		},
		Nullable: func(args []logical.Expr) bool { return args[0].Nullable() || args[1].Nullable() },
		Kind:     logical.Lazy(zipWith),
	},
	{
		Name:      "map_filter",
		Usage:     "map_filter(map, func) - Returns the entries for which func, of the key and the value, is TRUE.",
		Examples:  []logical.Example{{SQL: "SELECT map_filter(map(1, 0, 2, 2, 3, -1), (k, v) -> k > v)", Result: "{1 -> 0, 3 -> -1}"}},
		TypeExprs: ofLambda("map_filter", []int{1}, 2, mapLambda("map_filter", columnar.BooleanType, typeOfFirst)),
		Lambdas:   keyAndValue,
		Nullable:  firstNullable,
		Kind:      logical.Lazy(filterMap),
	},
	{
		Name:     "transform_keys",
		Usage:    "transform_keys(map, func) - Returns the map with the keys that func makes of each key and value.",
		Examples: []logical.Example{{SQL: "SELECT transform_keys(map(1, 10, 2, 20), (k, v) -> k + 1)", Result: "{2 -> 10, 3 -> 20}"}},
		TypeExprs: ofLambda("transform_keys", []int{1}, 2, mapLambda("transform_keys", columnar.VoidType, func(args []columnar.Type) columnar.Type {
			return columnar.MapOf(args[1], args[0].Elem())
		})),
		Lambdas:  keyAndValue,
		Nullable: firstNullable,
		Kind:     logical.Lazy(transformKeys),
	},
	{
		Name:     "transform_values",
		Usage:    "transform_values(map, func) - Returns the map with the values that func makes of each key and value.",
		Examples: []logical.Example{{SQL: "SELECT transform_values(map(1, 10, 2, 20), (k, v) -> k + v)", Result: "{1 -> 11, 2 -> 22}"}},
		TypeExprs: ofLambda("transform_values", []int{1}, 2, mapLambda("transform_values", columnar.VoidType, func(args []columnar.Type) columnar.Type {
			return columnar.MapOf(args[0].Key(), args[1])
		})),
		Lambdas:  keyAndValue,
		Nullable: firstNullable,
		Kind:     logical.Lazy(transformValues),
	},
	{
		Name:      "map_zip_with",
		Usage:     "map_zip_with(map1, map2, func) - Returns the map of all keys of both maps, with what func makes of a key and its values in both, NULL where it has none.",
		Examples:  []logical.Example{{SQL: "SELECT map_zip_with(map(1, 'a', 2, 'b'), map(1, 'x', 2, 'y'), (k, v1, v2) -> concat(v1, v2))", Result: "{1 -> ax, 2 -> by}"}},
		TypeExprs: ofLambda("map_zip_with", []int{2}, 3, mapZipTypes),
		Lambdas: func(args []columnar.Type, _ int) []columnar.Type {
			k := columnar.VoidType
			if args[0].Kind == columnar.Map && args[1].Kind == columnar.Map {
				k, _ = logical.CommonTypeNoStrings(args[0].Key(), args[1].Key())
			}
			return []columnar.Type{k, lambdaElem(args[0]), lambdaElem(args[1])}
		},
		Nullable: func(args []logical.Expr) bool { return args[0].Nullable() || args[1].Nullable() },
		Kind:     logical.Lazy(zipMaps),
	},
}

// ofLambda is the TypeExprs of a function whose arguments at the places given must be lambdas, of at most so many parameters.
func ofLambda(name string, at []int, params int, types typing) func(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	return func(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
		ts := make([]columnar.Type, len(args))
		for i, a := range args {
			ts[i] = a.Type()
		}
		for _, i := range at {
			if i >= len(args) {
				continue
			}
			// A value that is no lambda stands for one that takes no parameters.
			if l, ok := args[i].(*logical.Lambda); ok && len(l.Params) > params {
				return nil, columnar.VoidType, columnar.Errorf("INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
					"Invalid lambda function call. A higher order function expects %d arguments, but got %d.", len(l.Params), params)
			}
		}
		return types(ts)
	}
}

// lambdaElem is the type of the elements of an array or the values of a map; VOID of anything else, which the function's typing refuses.
func lambdaElem(t columnar.Type) columnar.Type {
	if t.Kind == columnar.Array || t.Kind == columnar.Map {
		return t.Elem()
	}
	return columnar.VoidType
}

func elementAndIndex(args []columnar.Type, _ int) []columnar.Type {
	return []columnar.Type{lambdaElem(args[0]), columnar.IntType}
}

func keyAndValue(args []columnar.Type, _ int) []columnar.Type {
	if args[0].Kind != columnar.Map {
		return []columnar.Type{columnar.VoidType, columnar.VoidType}
	}
	return []columnar.Type{args[0].Key(), args[0].Elem()}
}

func typeOfFirst(args []columnar.Type) columnar.Type { return args[0] }
func booleanResult([]columnar.Type) columnar.Type    { return columnar.BooleanType }

// arrayLambda is the typing of a function of an array and a lambda that gives a value of type body; VOID: of any.
func arrayLambda(name string, body columnar.Type, result func(args []columnar.Type) columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 2, 2); err != nil {
			return nil, columnar.VoidType, err
		}
		t, ok := asArray(args[0])
		if !ok {
			return nil, t, unexpectedType(0, "ARRAY", args[0])
		}
		return lambdaResult([]columnar.Type{t, args[1]}, body, result)
	}
}

// mapLambda is arrayLambda for maps.
func mapLambda(name string, body columnar.Type, result func(args []columnar.Type) columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 2, 2); err != nil {
			return nil, columnar.VoidType, err
		}
		t := args[0]
		if t.Kind == columnar.Void {
			t = columnar.MapOf(t, t)
		}
		if t.Kind != columnar.Map {
			return nil, t, unexpectedType(0, "MAP", args[0])
		}
		return lambdaResult([]columnar.Type{t, args[1]}, body, result)
	}
}

func lambdaResult(args []columnar.Type, body columnar.Type, result func(args []columnar.Type) columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if body.Kind != columnar.Void {
		if !logical.ImplicitCast(args[1], body) {
			return nil, body, unexpectedType(1, body.SQL(), args[1])
		}
		args[1] = body
	}
	return args, result(args), nil
}

func aggregateTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("aggregate", len(args), 3, 4); err != nil {
		return nil, columnar.VoidType, err
	}
	t, ok := asArray(args[0])
	if !ok {
		return nil, t, unexpectedType(0, "ARRAY", args[0])
	}
	if !sameShape(args[2], args[1]) {
		return nil, t, unexpectedType(2, args[1].SQL(), args[2])
	}
	coerced := []columnar.Type{t, args[1], args[1]}
	return append(coerced, args[3:]...), args[len(args)-1], nil
}

// sameShape says whether two types differ in the names of fields at most, or a is that of NULL.
func sameShape(a, b columnar.Type) bool {
	switch {
	case a == b || a.Kind == columnar.Void:
		return true
	case a.Kind != b.Kind:
		return false
	}
	switch a.Kind {
	case columnar.Array:
		return sameShape(a.Elem(), b.Elem())
	case columnar.Map:
		return sameShape(a.Key(), b.Key()) && sameShape(a.Elem(), b.Elem())
	case columnar.Struct:
		fa, fb := a.Fields(), b.Fields()
		for i := range fa {
			if len(fa) != len(fb) || !sameShape(fa[i].Type, fb[i].Type) {
				return false
			}
		}
		return len(fa) == len(fb)
	}
	return false
}

func zipWithTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("zip_with", len(args), 3, 3); err != nil {
		return nil, columnar.VoidType, err
	}
	a, okA := asArray(args[0])
	b, okB := asArray(args[1])
	if !okA {
		return nil, a, unexpectedType(0, "ARRAY", args[0])
	}
	if !okB {
		return nil, a, unexpectedType(1, "ARRAY", args[1])
	}
	return []columnar.Type{a, b, args[2]}, columnar.ArrayOf(args[2]), nil
}

func mapZipTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("map_zip_with", len(args), 3, 3); err != nil {
		return nil, columnar.VoidType, err
	}
	for i, a := range args[:2] {
		if a.Kind != columnar.Map {
			return nil, a, unexpectedType(i, "MAP", a)
		}
	}
	k, ok := logical.CommonTypeNoStrings(args[0].Key(), args[1].Key())
	if !ok {
		return nil, k, columnar.Errorf("DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES",
			"Input to the `map_zip_with` should have been two maps with compatible key types, but it's [%q, %q].", args[0].Key().SQL(), args[1].Key().SQL())
	}
	coerced := []columnar.Type{columnar.MapOf(k, args[0].Elem()), columnar.MapOf(k, args[1].Elem()), args[2]}
	return coerced, columnar.MapOf(k, args[2]), orderable("map_zip_with", k)
}
