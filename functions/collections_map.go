package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// mapFunctions take maps apart and put them together.
var mapFunctions = []*logical.Function{
	{
		Name:     "map_keys",
		Usage:    "map_keys(map) - Returns the keys as an array.",
		Examples: []logical.Example{{SQL: "SELECT map_keys(map(1, 'a', 2, 'b'))", Result: "[1, 2]"}},
		Type:     mapOnly("map_keys", func(t columnar.Type) columnar.Type { return columnar.ArrayOf(t.Key()) }),
		Kind: mapParts(func(m *columnar.MapVector) (columnar.Type, columnar.Vector) {
			return m.Typ.Key(), m.Keys
		}),
	},
	{
		Name:     "map_values",
		Usage:    "map_values(map) - Returns the values as an array.",
		Examples: []logical.Example{{SQL: "SELECT map_values(map(1, 'a', 2, 'b'))", Result: "[a, b]"}},
		Type:     mapOnly("map_values", func(t columnar.Type) columnar.Type { return columnar.ArrayOf(t.Elem()) }),
		Kind: mapParts(func(m *columnar.MapVector) (columnar.Type, columnar.Vector) {
			return m.Typ.Elem(), m.Values
		}),
	},
	{
		Name:     "map_entries",
		Usage:    "map_entries(map) - Returns the entries as an array of structs of key and value.",
		Examples: []logical.Example{{SQL: "SELECT map_entries(map(1, 'a', 2, 'b'))", Result: "[{1, a}, {2, b}]"}},
		Type:     mapOnly("map_entries", func(t columnar.Type) columnar.Type { return columnar.ArrayOf(entryType(t)) }),
		Kind: mapParts(func(m *columnar.MapVector) (columnar.Type, columnar.Vector) {
			t := entryType(m.Typ)
			return t, &columnar.StructVector{Typ: t, Fields: []columnar.Vector{m.Keys, m.Values}, N: m.Keys.Len()}
		}),
	},
	{
		Name:     "map_contains_key",
		Usage:    "map_contains_key(map, key) - Says whether the map has the key.",
		Examples: []logical.Example{{SQL: "SELECT map_contains_key(map(1, 'a', 2, 'b'), 3)", Result: "false"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("map_contains_key", len(args), 2, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			t := args[0]
			if t.Kind != columnar.Map {
				return nil, t, unexpectedType(0, "MAP", t)
			}
			k, ok := logical.CommonTypeNoStrings(t.Key(), args[1])
			if !ok {
				return nil, t, mapDiffTypes("map_contains_key", t, args[1])
			}
			return []columnar.Type{columnar.MapOf(k, t.Elem()), k}, columnar.BooleanType, nil
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			in, keys := rangesOf(args[0]), entryVectors(args[0])[0]
			return truthRows(func(args []columnar.Vector, r int) (bool, bool) {
				lo, hi := in.at(r)
				return findKey(keys, lo, hi, args[1], r) >= 0, true
			})(ec, rows, args)
		}),
	},
	{
		Name:     "map_concat",
		Usage:    "map_concat(map, …) - Returns a map of the entries of all maps.",
		Examples: []logical.Example{{SQL: "SELECT map_concat(map(1, 'a', 2, 'b'), map(3, 'c'))", Result: "{1 -> a, 2 -> b, 3 -> c}"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			for _, a := range args {
				if a.Kind != columnar.Map {
					return nil, a, columnar.Errorf("DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES", "The `map_concat` should all be of type map, but it's %s.", typeNames(args))
				}
			}
			if len(args) == 0 {
				return args, columnar.MapOf(columnar.StringType, columnar.StringType), nil
			}
			t, ok := args[0], true
			for _, a := range args[1:] {
				if t, ok = logical.CommonTypeNoStrings(t, a); !ok {
					return nil, t, differentTypes("map_concat", args)
				}
			}
			return repeatType(t, len(args)), t, nil
		},
		Kind: logical.Scalar(concatMaps),
	},
	{
		Name:     "str_to_map",
		Usage:    "str_to_map(text[, pairDelim[, keyValueDelim]]) - Returns a map of the pairs of a text, which are parted by pairDelim (a comma by default), and key and value by keyValueDelim (a colon); both are regular expressions.",
		Examples: []logical.Example{{SQL: "SELECT str_to_map('a:1,b:2,c:3', ',', ':')", Result: "{a -> 1, b -> 2, c -> 3}"}, {SQL: "SELECT str_to_map('a')", Result: "{a -> null}"}},
		Type:     optional("str_to_map", 1, columnar.MapOf(columnar.StringType, columnar.StringType), columnar.StringType, columnar.StringType, columnar.StringType),
		Pretty: func(name string, args []string) string {
			args = append(args, []string{",", ":"}[len(args)-1:]...)
			return name + "(" + args[0] + ", " + args[1] + ", " + args[2] + ")"
		},
		Kind: logical.Scalar(textToMap),
	},
}

func mapOnly(name string, result func(t columnar.Type) columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 1); err != nil {
			return nil, columnar.VoidType, err
		}
		t := args[0]
		if t.Kind == columnar.Void {
			t = columnar.MapOf(t, t)
		}
		if t.Kind != columnar.Map {
			return nil, t, unexpectedType(0, "MAP", t)
		}
		return []columnar.Type{t}, result(t), nil
	}
}

func entryType(m columnar.Type) columnar.Type {
	return columnar.StructOf(columnar.Field{Name: "key", Type: m.Key()}, columnar.Field{Name: "value", Type: m.Elem()})
}

// mapParts is a Scalar of arrays that share the maps' memory.
func mapParts(part func(m *columnar.MapVector) (elem columnar.Type, elems columnar.Vector)) logical.Scalar {
	list := func(m *columnar.MapVector) columnar.Vector {
		elem, elems := part(m)
		return &columnar.List{Typ: columnar.ArrayOf(elem), Offsets: m.Offsets, Elems: elems, Valid: m.Valid, Lent: m.Lent}
	}
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		if c, ok := args[0].(*columnar.Const); ok {
			return columnar.NewConst(list(c.Value.(*columnar.MapVector)), rows.N), nil
		}
		return list(columnar.Flatten(ec.Pool, args[0], rows).(*columnar.MapVector)), nil
	}
}

func concatMaps(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	t := columnar.MapOf(columnar.StringType, columnar.StringType)
	if len(args) > 0 {
		t = args[0].Type()
	}
	in, parts := make([]ranges, len(args)), make([][]columnar.Vector, len(args))
	for i, a := range args {
		in[i], parts[i] = rangesOf(a), entryVectors(a)
	}
	m := newMapMaker(t, rows.Count())
	return m.build(rows, func(r int) (bool, error) {
		if anyNull(args, r) {
			return false, nil
		}
		for i, x := range in {
			lo, hi := x.at(r)
			for k := int(lo); k < int(hi); k++ {
				if err := m.add(parts[i][0], k, parts[i][1], k); err != nil {
					return false, err
				}
			}
		}
		return true, nil
	})
}

func textToMap(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	pairs, inner := *ec, *ec // each delimiter has a pattern of its own to remember
	pairs.State, inner.State = &logical.CallState{}, &logical.CallState{}
	delimiter := func(i, r int, ifNone string) string {
		if i < len(args) {
			return columnar.StringAt(args[i], r)
		}
		return ifNone
	}
	keys, values := columnar.NewStringsBuilder(nil, columnar.StringType, rows.N), columnar.NewStringsBuilder(nil, columnar.StringType, rows.N)
	offsets, valid, err := buildRanges(rows, keys.Len, func(r int) (bool, error) {
		if anyNull(args, r) {
			return false, nil
		}
		between, err := regexOf(&pairs, "str_to_map", delimiter(1, r, ","))
		if err != nil {
			return false, err
		}
		within, err := regexOf(&inner, "str_to_map", delimiter(2, r, ":"))
		if err != nil {
			return false, err
		}
		seen := map[string]bool{}
		for _, pair := range between.Split(columnar.StringAt(args[0], r), -1) {
			kv := within.Split(pair, 2)
			if seen[kv[0]] {
				return false, duplicateKey(kv[0])
			}
			seen[kv[0]] = true
			keys.AppendString(kv[0])
			if len(kv) > 1 {
				values.AppendString(kv[1])
			} else {
				values.AppendNull()
			}
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return &columnar.MapVector{Typ: columnar.MapOf(columnar.StringType, columnar.StringType), Offsets: offsets, Keys: keys.Build(), Values: values.Build(), Valid: valid}, nil
}
