package analyzer_test

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

type types = []columnar.Type

// fakes stand in for functions by their types alone, where the table of functions lacks them. They cannot be computed: hence NonDeterministic.
var fakes = map[string]*logical.Function{
	"explode": generator("explode", func(args types) []columnar.Field {
		if args[0].Kind == columnar.Map {
			return []columnar.Field{{Name: "key", Type: args[0].Key()}, {Name: "value", Type: args[0].Elem()}}
		}
		return []columnar.Field{{Name: "col", Type: args[0].Elem()}}
	}),
	"posexplode": generator("posexplode", func(args types) []columnar.Field {
		return []columnar.Field{{Name: "pos", Type: columnar.IntType}, {Name: "col", Type: args[0].Elem()}}
	}),
	"array":      fake("array", func(args types) columnar.Type { return columnar.ArrayOf(args[0]) }),
	"map":        fake("map", func(args types) columnar.Type { return columnar.MapOf(args[0], args[1]) }),
	"row_number": window("row_number", func(types) columnar.Type { return columnar.IntType }),
	"rank":       window("rank", func(types) columnar.Type { return columnar.IntType }),
	"lag":        window("lag", func(args types) columnar.Type { return args[0] }),
	"[]": {Name: "[]", Type: typed(func(args types) columnar.Type { return args[0].Elem() }), NonDeterministic: true, Kind: logical.Scalar(nil),
		Pretty: func(_ string, args []string) string { return args[0] + "[" + args[1] + "]" }},
	"transform": {Name: "transform", Type: typed(func(args types) columnar.Type { return columnar.ArrayOf(args[1]) }), NonDeterministic: true, Kind: logical.Lazy(nil),
		Lambdas: func(args types, _ int) types { return types{args[0].Elem(), columnar.IntType} }},
	"named_struct": {Name: "named_struct", NonDeterministic: true, Kind: logical.Scalar(nil), TypeExprs: func(args []logical.Expr) (types, columnar.Type, error) {
		var fields []columnar.Field
		for i := 0; i < len(args); i += 2 {
			fields = append(fields, columnar.Field{Name: args[i].String(), Type: args[i+1].Type()})
		}
		return nil, columnar.StructOf(fields...), nil
	}},
	"struct": {Name: "struct", NonDeterministic: true, Kind: logical.Scalar(nil), TypeExprs: func(args []logical.Expr) (types, columnar.Type, error) {
		var fields []columnar.Field
		for _, a := range args {
			name := a.String()
			if al, ok := a.(*logical.Alias); ok {
				name = al.Name
			}
			fields = append(fields, columnar.Field{Name: name, Type: a.Type()})
		}
		return nil, columnar.StructOf(fields...), nil
	}},
}

func typed(result func(types) columnar.Type) func(types) (types, columnar.Type, error) {
	return func(args types) (types, columnar.Type, error) {
		return args, result(args), nil
	}
}

func fake(name string, result func(types) columnar.Type) *logical.Function {
	return &logical.Function{Name: name, Type: typed(result), NonDeterministic: true, Kind: logical.Scalar(nil)}
}

func window(name string, result func(types) columnar.Type) *logical.Function {
	return &logical.Function{Name: name, Type: typed(result), Kind: logical.Windower(nil)}
}

func generator(name string, cols func(types) []columnar.Field) *logical.Function {
	return &logical.Function{Name: name, Kind: logical.Generator(nil), Type: typed(func(args types) columnar.Type { return columnar.StructOf(cols(args)...) })}
}
