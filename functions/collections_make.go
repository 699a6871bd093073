package functions

import (
	"fmt"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// makingCollections make arrays, maps and structs of values.
var makingCollections = []*logical.Function{
	{
		Name:     "array",
		Usage:    "array(expr, …) - Returns an array of the values.",
		Examples: []logical.Example{{SQL: "SELECT array(1, 2, 3)", Result: "[1, 2, 3]"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			t, err := commonOf("array", args)
			if err != nil {
				return nil, t, err
			}
			return repeatType(t, len(args)), columnar.ArrayOf(t), nil
		},
		Nullable: neverNull,
		Kind:     logical.Scalar(makeArray),
	},
	{
		Name:     "struct",
		Usage:    "struct(expr, …) - Returns a struct of the values; the fields have the names of the columns, or col1, col2 and so on.",
		Examples: []logical.Example{{SQL: "SELECT struct(1, 2, 3)", Result: "{1, 2, 3}"}},
		Kind: logical.Rewrite(func(args []logical.Expr) (logical.Expr, error) {
			if err := arity("struct", len(args), 1, -1); err != nil {
				return nil, err
			}
			var out []logical.Expr
			for i, a := range args {
				name := nameOf(a, fmt.Sprintf("col%d", i+1))
				if al, ok := a.(*logical.Alias); ok {
					a = al.Child
				}
				out = append(out, logical.Lit(name), a)
			}
			return logical.NewCall("named_struct", out...), nil
		}),
	},
	{
		Name:      "named_struct",
		Usage:     "named_struct(name1, value1, …) - Returns a struct with fields of the names and values.",
		Examples:  []logical.Example{{SQL: "SELECT named_struct('a', 1, 'b', 2, 'c', 3)", Result: "{1, 2, 3}"}},
		TypeExprs: namedStructTypes,
		Nullable:  neverNull,
		Kind:      logical.Scalar(makeStruct),
	},
	{
		Name:     "map",
		Usage:    "map(key1, value1, …) - Returns a map of the keys and values.",
		Examples: []logical.Example{{SQL: "SELECT map(1.0, '2', 3.0, '4')", Result: "{1.0 -> 2, 3.0 -> 4}"}},
		Type:     mapTypes,
		Nullable: neverNull,
		Kind:     logical.Scalar(makeMap),
	},
	{
		Name:     "map_from_arrays",
		Usage:    "map_from_arrays(keys, values) - Returns a map of two arrays of equal length. No key may be NULL.",
		Examples: []logical.Example{{SQL: "SELECT map_from_arrays(array(1.0, 3.0), array('2', '4'))", Result: "{1.0 -> 2, 3.0 -> 4}"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("map_from_arrays", len(args), 2, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			k, okK := asArray(args[0])
			v, okV := asArray(args[1])
			if !okK {
				return nil, k, unexpectedType(0, "ARRAY", args[0])
			}
			if !okV {
				return nil, v, unexpectedType(1, "ARRAY", args[1])
			}
			return []columnar.Type{k, v}, columnar.MapOf(k.Elem(), v.Elem()), keyable("map_from_arrays", k.Elem())
		},
		Kind: logical.Scalar(mapFromArrays),
	},
	{
		Name:     "map_from_entries",
		Usage:    "map_from_entries(entries) - Returns a map of an array of structs of two fields, the key and the value.",
		Examples: []logical.Example{{SQL: "SELECT map_from_entries(array(struct(1, 'a'), struct(2, 'b')))", Result: "{1 -> a, 2 -> b}"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("map_from_entries", len(args), 1, 1); err != nil {
				return nil, columnar.VoidType, err
			}
			t := args[0]
			if t.Kind != columnar.Array || t.Elem().Kind != columnar.Struct || len(t.Elem().Fields()) != 2 {
				return nil, t, unexpectedRaw(0, `"ARRAY" of pair "STRUCT"`, t)
			}
			f := t.Elem().Fields()
			return args, columnar.MapOf(f[0].Type, f[1].Type), keyable("map_from_entries", f[0].Type)
		},
		Nullable: alwaysNullable,
		Kind:     logical.Scalar(mapFromEntries),
	},
}

// nameOf is the name of a value that has one, as a field of a struct of it gets it.
func nameOf(e logical.Expr, other string) string {
	switch e := e.(type) {
	case *logical.Alias:
		return e.Name
	case *logical.Attr:
		return e.Name
	case *logical.GetField:
		return e.Name
	case *logical.LambdaVar:
		return e.Name
	case *logical.OuterRef:
		return e.Attr.Name
	}
	return other
}

func makeArray(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	t := columnar.ArrayOf(columnar.VoidType)
	if len(args) > 0 {
		t = columnar.ArrayOf(args[0].Type())
	}
	return buildLists(t, rows, func(b columnar.Builder, r int) (bool, error) {
		for _, a := range args {
			b.Append(a, r)
		}
		return true, nil
	})
}

func namedStructTypes(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
	if len(args) == 0 || len(args)%2 != 0 {
		return nil, columnar.VoidType, columnar.Errorf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
			"The `named_struct` requires 2n (n > 0) parameters but the actual number is %d.", len(args))
	}
	coerced := make([]columnar.Type, len(args))
	var fields []columnar.Field
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(*logical.Literal)
		if !ok || name.Type().Kind != columnar.String {
			return nil, columnar.VoidType, columnar.Errorf("DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING",
				"Only foldable `STRING` expressions are allowed to appear at odd position, but they are [%q].", args[i].String())
		}
		if name.Value.IsNull(0) {
			return nil, columnar.VoidType, columnar.Errorf("DATATYPE_MISMATCH.UNEXPECTED_NULL", "The `name` must not be null.")
		}
		coerced[i], coerced[i+1] = columnar.StringType, args[i+1].Type()
		fields = append(fields, columnar.Field{Name: columnar.StringAt(name.Value, 0), Type: coerced[i+1]})
	}
	return coerced, columnar.StructOf(fields...), nil
}

func makeStruct(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	out := &columnar.StructVector{N: rows.N}
	fields := make([]columnar.Field, len(args)/2)
	for i := range fields {
		fields[i] = columnar.Field{Name: columnar.StringAt(args[2*i], 0), Type: args[2*i+1].Type()}
		out.Fields = append(out.Fields, args[2*i+1])
	}
	out.Typ = columnar.StructOf(fields...)
	return out, nil
}

func mapTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if len(args)%2 != 0 {
		return nil, columnar.VoidType, columnar.Errorf("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
			"The `map` requires 2n (n > 0) parameters but the actual number is %d.", len(args))
	}
	var keys, values []columnar.Type
	for i := 0; i < len(args); i += 2 {
		keys, values = append(keys, args[i]), append(values, args[i+1])
	}
	k, ok := logical.CommonTypeOf(keys)
	if !ok {
		return nil, k, columnar.Errorf("DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES",
			"The given keys of function `map` should all be the same type, but they are %s.", typeNames(keys))
	}
	v, ok := logical.CommonTypeOf(values)
	if !ok {
		return nil, k, columnar.Errorf("DATATYPE_MISMATCH.CREATE_MAP_VALUE_DIFF_TYPES",
			"The given values of function `map` should all be the same type, but they are %s.", typeNames(values))
	}
	coerced := make([]columnar.Type, len(args))
	for i := range coerced {
		coerced[i] = [...]columnar.Type{k, v}[i%2]
	}
	return coerced, columnar.MapOf(k, v), keyable("map", k)
}

func typeNames(ts []columnar.Type) string {
	out := "["
	for i, t := range ts {
		if i > 0 {
			out += ", "
		}
		out += `"` + t.SQL() + `"`
	}
	return out + "]"
}

// keyable is the error of keys of a type that has no equality.
func keyable(name string, t columnar.Type) error {
	if unkeyable(t) {
		return columnar.Errorf("DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE", "The key of map cannot be/contain %q.", t.SQL())
	}
	return nil
}

func unkeyable(t columnar.Type) bool {
	switch t.Kind {
	case columnar.Map, columnar.Variant:
		return true
	case columnar.Array:
		return unkeyable(t.Elem())
	case columnar.Struct:
		for _, f := range t.Fields() {
			if unkeyable(f.Type) {
				return true
			}
		}
	}
	return false
}

// mapMaker makes a MAP vector row by row. Keys of a row must differ and may not be NULL.
type mapMaker struct {
	typ          columnar.Type
	keys, values columnar.Builder
	seen         distinct
}

func newMapMaker(t columnar.Type, rows int) *mapMaker {
	return &mapMaker{typ: t, keys: columnar.NewBuilder(t.Key(), rows), values: columnar.NewBuilder(t.Elem(), rows)}
}

// add appends an entry of the current row.
func (m *mapMaker) add(keys columnar.Vector, k int, values columnar.Vector, v int) error {
	if keys.IsNull(k) {
		return columnar.Errorf("NULL_MAP_KEY", "Cannot use null as map key.")
	}
	if !m.seen.add(keys, k) {
		return duplicateKey(columnar.FormatValue(keys, k))
	}
	m.keys.Append(keys, k)
	m.values.Append(values, v)
	return nil
}

func duplicateKey(key string) error {
	return columnar.Errorf("DUPLICATED_MAP_KEY", "Duplicate map key %s was found, please check the input data.\nIf you want to remove the duplicated keys, you can set \"spark.sql.mapKeyDedupPolicy\" to \"LAST_WIN\" so that the key inserted at last takes precedence.", key)
}

// build makes the map of each selected row: f adds its entries, or says that it is NULL.
func (m *mapMaker) build(rows columnar.Rows, f func(r int) (bool, error)) (columnar.Vector, error) {
	offsets, valid, err := buildRanges(rows, m.keys.Len, func(r int) (bool, error) {
		m.seen.reset()
		return f(r)
	})
	if err != nil {
		return nil, err
	}
	return &columnar.MapVector{Typ: m.typ, Offsets: offsets, Keys: m.keys.Build(), Values: m.values.Build(), Valid: valid}, nil
}

func makeMap(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	t := columnar.MapOf(columnar.VoidType, columnar.VoidType)
	if len(args) > 0 {
		t = columnar.MapOf(args[0].Type(), args[1].Type())
	}
	m := newMapMaker(t, rows.Count())
	return m.build(rows, func(r int) (bool, error) {
		for i := 0; i < len(args); i += 2 {
			if err := m.add(args[i], r, args[i+1], r); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

func mapFromArrays(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	keys, values := elementsOf(ec.Pool, args[0]), elementsOf(ec.Pool, args[1])
	in, with := rangesOf(args[0]), rangesOf(args[1])
	m := newMapMaker(columnar.MapOf(args[0].Type().Elem(), args[1].Type().Elem()), rows.Count())
	return m.build(rows, func(r int) (bool, error) {
		if anyNull(args, r) {
			return false, nil
		}
		lo, hi := in.at(r)
		lo2, hi2 := with.at(r)
		if hi-lo != hi2-lo2 {
			return false, columnar.Errorf("MAP_KEY_VALUE_DIFF_SIZES", "The key array and value array of MapData must have the same length.")
		}
		for i := range hi - lo {
			if err := m.add(keys, int(lo+i), values, int(lo2+i)); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

func mapFromEntries(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	in := rangesOf(args[0])
	f := args[0].Type().Elem().Fields()
	m := newMapMaker(columnar.MapOf(f[0].Type, f[1].Type), rows.Count())
	entries, ok := elementsOf(ec.Pool, args[0]).(*columnar.StructVector)
	return m.build(rows, func(r int) (bool, error) {
		if args[0].IsNull(r) || !ok {
			return false, nil
		}
		lo, hi := in.at(r)
		for i := lo; i < hi; i++ {
			if entries.IsNull(int(i)) {
				return false, nil // an entry that is NULL makes the map NULL, before any key is looked at
			}
		}
		for i := int(lo); i < int(hi); i++ {
			if err := m.add(entries.Fields[0], i, entries.Fields[1], i); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}
