package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// jsonFunctions read and write JSON texts.
var jsonFunctions = []*logical.Function{
	{
		Name:     "get_json_object",
		Usage:    "get_json_object(json, path) - Returns what a path, such as $.a[0].b, finds in a JSON text: a string bare, anything else as JSON.",
		Examples: []logical.Example{{SQL: `SELECT get_json_object('{"a":"b"}', '$.a')`, Result: "b"}, {SQL: `SELECT get_json_object('[{"a":"b"},{"a":"c"}]', '$[*].a')`, Result: `["b","c"]`}},
		Type:     fixed("get_json_object", columnar.StringType, columnar.StringType, columnar.StringType),
		Nullable: alwaysNullable,
		Kind: text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
			path, ok := parseJSONPath(columnar.StringAt(args[1], r))
			if !ok {
				return dst, false, nil
			}
			root := parseJSON(columnar.StringAt(args[0], r))
			if root == nil {
				return dst, false, nil
			}
			found := root.matches(nil, jsonRaw, path)
			if len(found) == 0 {
				return dst, false, nil
			}
			return append(dst, found[0]...), true, nil
		}),
	},
	{
		Name:     "json_array_length",
		Usage:    "json_array_length(json) - Returns the number of elements of a JSON array; NULL for anything else.",
		Examples: []logical.Example{{SQL: "SELECT json_array_length('[1,2,3,4]')", Result: "4"}, {SQL: "SELECT json_array_length('[1,2')", Result: "NULL"}},
		Type:     strictText("json_array_length", columnar.IntType),
		Nullable: alwaysNullable,
		Kind: number(columnar.IntType, func(args []columnar.Vector, r int) (int32, bool, error) {
			n := parseJSON(columnar.StringAt(args[0], r))
			if n == nil || n.kind != jsonArray {
				return 0, false, nil
			}
			return int32(len(n.items)), true, nil
		}),
	},
	{
		Name:     "json_object_keys",
		Usage:    "json_object_keys(json) - Returns the names of the fields of a JSON object; NULL for anything else.",
		Examples: []logical.Example{{SQL: `SELECT json_object_keys('{"f1":"abc","f2":{"f3":"a"}}')`, Result: "[f1, f2]"}},
		Type:     strictText("json_object_keys", columnar.ArrayOf(columnar.StringType)),
		Nullable: alwaysNullable,
		Kind:     logical.Scalar(jsonKeys),
	},
	toJSON,
	fromJSON,
	schemaOfJSON,
}

// jsonTuple is a generator: it makes one row.
var jsonTuple = &logical.Function{
	Name:     "json_tuple",
	Usage:    "json_tuple(json, name1, …) - Makes a row of the fields of a JSON object that have the names, as strings.",
	Examples: []logical.Example{{SQL: `SELECT json_tuple('{"a":1, "b":2}', 'a', 'b')`, Result: "1\t2"}},
	Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity("json_tuple", len(args), 2, -1); err != nil {
			return nil, columnar.VoidType, err
		}
		fields := make([]columnar.Field, len(args)-1)
		for i := range fields {
			fields[i] = columnar.Field{Name: "c" + decimalText(i), Type: columnar.StringType}
		}
		for i, a := range args {
			if a.Kind != columnar.String && a.Kind != columnar.Void {
				return nil, a, columnar.Errorf("DATATYPE_MISMATCH.NON_STRING_TYPE", "All arguments of the function `json_tuple` must be strings, but argument %d is of type %q.", i+1, a.SQL())
			}
		}
		return repeatType(columnar.StringType, len(args)), columnar.StructOf(fields...), nil
	},
	Nullable: alwaysNullable,
	Kind:     logical.Generator(jsonTupleRows),
}

// strictText is the typing of a function of one string, to which nothing is cast.
func strictText(name string, result columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 1); err != nil {
			return nil, result, err
		}
		if args[0].Kind != columnar.String && args[0].Kind != columnar.Void {
			return nil, result, unexpectedType(0, "STRING", args[0])
		}
		return []columnar.Type{columnar.StringType}, result, nil
	}
}

func jsonKeys(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	keys := columnar.NewStringsBuilder(nil, columnar.StringType, rows.N)
	offsets, valid, err := buildRanges(rows, keys.Len, func(r int) (bool, error) {
		if args[0].IsNull(r) {
			return false, nil
		}
		n := parseJSON(columnar.StringAt(args[0], r))
		if n == nil || n.kind != jsonObject {
			return false, nil
		}
		for _, k := range n.keys {
			keys.AppendString(k)
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return &columnar.List{Typ: columnar.ArrayOf(columnar.StringType), Offsets: offsets, Elems: keys.Build(), Valid: valid}, nil
}

func jsonTupleRows(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) ([]int32, []columnar.Vector, error) {
	parent := make([]int32, rows.Count())
	out := make([]*columnar.StringsBuilder, len(args)-1)
	for i := range out {
		out[i] = columnar.NewStringsBuilder(nil, columnar.StringType, len(parent))
	}
	for k := range parent {
		r := rows.Row(k)
		parent[k] = int32(r)
		var root *jsonNode
		if !args[0].IsNull(r) {
			root = parseJSON(columnar.StringAt(args[0], r))
		}
		for i, b := range out {
			var v *jsonNode
			if name := args[i+1]; root != nil && !name.IsNull(r) {
				v = root.field(columnar.StringAt(name, r))
			}
			if v == nil || v.kind == jsonNull {
				b.AppendNull()
			} else {
				b.Append(v.appendRaw(nil))
			}
		}
	}
	vs := make([]columnar.Vector, len(out))
	for i, b := range out {
		vs[i] = b.Build()
	}
	return parent, vs, nil
}
