package functions

import (
	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// arrayParts find elements of arrays and values of maps, and count them.
var arrayParts = []*logical.Function{
	{
		Name:     "[]",
		Usage:    "array[index], map[key] - Returns the element at an index, counted from 0, or the value of a key, NULL if there is none.",
		Examples: []logical.Example{{SQL: "SELECT array(1, 2, 3)[0]", Result: "1"}, {SQL: "SELECT map('a', 1)['b']", Result: "NULL"}},
		Type:     bracketTypes,
		Nullable: alwaysNullable,
		Pretty:   func(_ string, args []string) string { return args[0] + "[" + args[1] + "]" },
		Kind: elementFunction(func(ec *logical.EvalContext, i, n int64) (int64, error) {
			if i >= 0 && i < n {
				return i, nil
			}
			return -1, outOfBounds(ec, "INVALID_ARRAY_INDEX", "get()", i, n)
		}),
	},
	{
		Name:     "element_at",
		Usage:    "element_at(array, index), element_at(map, key) - Returns the element at an index, counted from 1, or from the end if it is negative; or the value of a key, NULL if there is none.",
		Examples: []logical.Example{{SQL: "SELECT element_at(array(1, 2, 3), 2)", Result: "2"}, {SQL: "SELECT element_at(map(1, 'a', 2, 'b'), 2)", Result: "b"}},
		Type:     elementAtTypes("element_at"),
		Nullable: alwaysNullable,
		Kind:     elementFunction(elementAt),
	},
	{
		Name:     "try_element_at",
		Usage:    "try_element_at(array, index), try_element_at(map, key) - Returns the element at an index, counted from 1, or from the end if it is negative; or the value of a key. NULL if there is none.",
		Examples: []logical.Example{{SQL: "SELECT try_element_at(array(1, 2, 3), 4)", Result: "NULL"}, {SQL: "SELECT try_element_at(map(1, 'a', 2, 'b'), 2)", Result: "b"}},
		Type:     elementAtTypes("try_element_at"),
		Nullable: alwaysNullable,
		Kind: elementFunction(func(ec *logical.EvalContext, i, n int64) (int64, error) {
			if i > n || i < -n {
				return -1, nil
			}
			return elementAt(ec, i, n)
		}),
	},
	{
		Name:     "get",
		Usage:    "get(array, index) - Returns the element at an index, counted from 0; NULL if there is none.",
		Examples: []logical.Example{{SQL: "SELECT get(array(1, 2, 3), 0)", Result: "1"}, {SQL: "SELECT get(array(1, 2, 3), 3)", Result: "NULL"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("get", len(args), 2, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			if _, ok := asArray(args[0]); !ok {
				return nil, args[0], unexpectedType(0, "ARRAY", args[0])
			}
			return arrayIndexTypes(args)
		},
		Nullable: alwaysNullable,
		Kind: elementFunction(func(_ *logical.EvalContext, i, n int64) (int64, error) {
			if i >= 0 && i < n {
				return i, nil
			}
			return -1, nil
		}),
	},
	{
		Name: "size", Aliases: []string{"cardinality"},
		Usage:    "size(expr) - Returns the number of elements of an array or entries of a map.",
		Examples: []logical.Example{{SQL: "SELECT size(array('b', 'd', 'c', 'a'))", Result: "4"}, {SQL: "SELECT size(map('a', 1, 'b', 2))", Result: "2"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("size", len(args), 1, 1); err != nil {
				return nil, columnar.VoidType, err
			}
			if t, ok := asArray(args[0]); ok {
				return []columnar.Type{t}, columnar.IntType, nil
			}
			if args[0].Kind != columnar.Map {
				return nil, columnar.IntType, unexpectedRaw(0, `("ARRAY" or "MAP")`, args[0])
			}
			return args, columnar.IntType, nil
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			if ec.ANSI || !args[0].HasNulls() {
				return countElements(ec, rows, args)
			}
			return sizeOrMinusOne(ec, rows, args[0]), nil
		}),
	},
	{
		Name:     "array_size",
		Usage:    "array_size(expr) - Returns the number of elements of an array.",
		Examples: []logical.Example{{SQL: "SELECT array_size(array('b', 'd', 'c', 'a'))", Result: "4"}},
		Type:     arrayOnly("array_size", func(columnar.Type) columnar.Type { return columnar.IntType }),
		Kind:     logical.Scalar(countElements),
	},
	{
		Name:     "array_contains",
		Usage:    "array_contains(array, value) - Says whether the array holds the value; NULL if it does not but has elements that are NULL.",
		Examples: []logical.Example{{SQL: "SELECT array_contains(array(1, 2, 3), 2)", Result: "true"}, {SQL: "SELECT array_contains(array(1, NULL, 3), 2)", Result: "NULL"}},
		Type:     comparedElement("array_contains", columnar.BooleanType),
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			in, elems := rangesOf(args[0]), elementsOf(ec.Pool, args[0])
			return truthRows(func(args []columnar.Vector, r int) (is, known bool) {
				lo, hi := in.at(r)
				known = true
				for i := int(lo); i < int(hi); i++ {
					if elems.IsNull(i) {
						known = false
					} else if columnar.EqualAt(elems, i, args[1], r) {
						return true, true
					}
				}
				return false, known
			})(ec, rows, args)
		}),
	},
	{
		Name:     "array_position",
		Usage:    "array_position(array, value) - Returns the place of the first element equal to the value, counted from 1; 0 if there is none.",
		Examples: []logical.Example{{SQL: "SELECT array_position(array(312, 773, 708, 708), 708)", Result: "3"}},
		Type:     comparedElement("array_position", columnar.BigIntType),
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			in, elems := rangesOf(args[0]), elementsOf(ec.Pool, args[0])
			return number(columnar.BigIntType, func(args []columnar.Vector, r int) (int64, bool, error) {
				lo, hi := in.at(r)
				for i := lo; i < hi; i++ {
					if columnar.EqualAt(elems, int(i), args[1], r) {
						return int64(i-lo) + 1, true, nil
					}
				}
				return 0, true, nil
			})(ec, rows, args)
		}),
	},
	arrayExtreme("array_max", 1, "Returns the greatest element that is not NULL.", "20"),
	arrayExtreme("array_min", -1, "Returns the least element that is not NULL.", "1"),
}

// bracketTypes: the index is an integer, the key of the type of the map's keys.
func bracketTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if t := args[0]; t.Kind == columnar.Map {
		if !logical.ImplicitCast(args[1], t.Key()) {
			return nil, t, unexpectedType(1, t.Key().SQL(), args[1])
		}
		return []columnar.Type{t, t.Key()}, t.Elem(), nil
	}
	return arrayIndexTypes(args)
}

// arrayIndexTypes: the second argument is an index of the first, an array.
func arrayIndexTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	t, _ := asArray(args[0])
	switch i := args[1]; {
	case i.IsInteger():
		return []columnar.Type{t, i}, t.Elem(), nil
	case i.Kind == columnar.String || i.Kind == columnar.Void:
		return []columnar.Type{t, columnar.BigIntType}, t.Elem(), nil
	}
	return nil, t, unexpectedType(1, "INTEGRAL", args[1])
}

func elementAtTypes(name string) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 2, 2); err != nil {
			return nil, columnar.VoidType, err
		}
		switch t := args[0]; t.Kind {
		case columnar.Map:
			k, ok := logical.CommonTypeNoStrings(t.Key(), args[1])
			if !ok {
				return nil, t, mapDiffTypes(name, t, args[1])
			}
			return []columnar.Type{columnar.MapOf(k, t.Elem()), k}, t.Elem(), nil
		case columnar.Array:
			if args[1].Kind != columnar.Void && (!args[1].IsInteger() || args[1].Kind == columnar.BigInt) {
				return nil, t, unexpectedType(1, "INT", args[1])
			}
			return []columnar.Type{t, columnar.IntType}, t.Elem(), nil
		}
		return nil, args[0], unexpectedRaw(0, `("ARRAY" or "MAP")`, args[0])
	}
}

func mapDiffTypes(name string, m, key columnar.Type) error {
	return columnar.Errorf("DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES",
		"Input to `%s` should have been \"MAP\" followed by a value with same key type, but it's [%q, %q].", name, m.SQL(), key.SQL())
}

// elementFunction is a Scalar that takes an element of an array or the value of a map's key. at tells the place, from 0, of an index in an array of n
// elements; -1 makes NULL.
func elementFunction(at func(ec *logical.EvalContext, i, n int64) (int64, error)) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		in, parts := rangesOf(args[0]), entryVectors(args[0])
		idx := columnar.Alloc[int32](ec.Pool, rows.N)
		for i := range idx {
			idx[i] = -1
		}
		for k := range rows.Count() {
			r := rows.Row(k)
			if anyNull(args, r) {
				continue
			}
			lo, hi := in.at(r)
			if len(parts) == 2 {
				idx[r] = findKey(parts[0], lo, hi, args[1], r)
				continue
			}
			i, err := at(ec, columnar.Int64At(args[1], r), int64(hi-lo))
			if err != nil {
				return nil, err
			}
			if i >= 0 {
				idx[r] = lo + int32(i)
			}
		}
		return columnar.TakeNullable(ec.Pool, parts[len(parts)-1], idx), nil
	}
}

// findKey is the entry among lo to hi whose key is row r of key, or -1.
func findKey(keys columnar.Vector, lo, hi int32, key columnar.Vector, r int) int32 {
	for i := lo; i < hi; i++ {
		if columnar.EqualAt(keys, int(i), key, r) {
			return i
		}
	}
	return -1
}

func elementAt(ec *logical.EvalContext, i, n int64) (int64, error) {
	switch {
	case i == 0:
		return 0, zeroIndex()
	case i > n || i < -n:
		return -1, outOfBounds(ec, "INVALID_ARRAY_INDEX_IN_ELEMENT_AT", "try_element_at", i, n)
	case i < 0:
		return n + i, nil
	}
	return i - 1, nil
}

func zeroIndex() error {
	return columnar.Errorf("INVALID_INDEX_OF_ZERO", "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).")
}

// outOfBounds is an error with ANSI mode on, and nothing otherwise.
func outOfBounds(ec *logical.EvalContext, condition, instead string, i, n int64) error {
	if !ec.ANSI {
		return nil
	}
	return columnar.Errorf(condition, "The index %d is out of bounds. The array has %d elements. Use the SQL function `%s` to tolerate accessing element at invalid index and return NULL instead.", i, n, instead)
}

func countElements(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	in := rangesOf(args[0])
	return number(columnar.IntType, func(_ []columnar.Vector, r int) (int32, bool, error) {
		lo, hi := in.at(r)
		return hi - lo, true, nil
	})(ec, rows, args)
}

// sizeOrMinusOne is size with ANSI mode off: NULL has -1 elements.
func sizeOrMinusOne(ec *logical.EvalContext, rows columnar.Rows, v columnar.Vector) columnar.Vector {
	in, out := rangesOf(v), columnar.MakeFixed[int32](ec.Pool, columnar.IntType, rows.N)
	for k := range rows.Count() {
		r := rows.Row(k)
		lo, hi := in.at(r)
		out.Values[r] = hi - lo
		if v.IsNull(r) {
			out.Values[r] = -1
		}
	}
	return out
}

// comparedElement is arrayAndElement for a value that the elements are compared with.
func comparedElement(name string, result columnar.Type) typing {
	base := arrayAndElement(name, func(columnar.Type) columnar.Type { return result })
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		coerced, t, err := base(args)
		if err != nil {
			return nil, t, err
		}
		return coerced, t, orderable(name, coerced[1])
	}
}

func arrayExtreme(name string, sign int, usage, result string) *logical.Function {
	return &logical.Function{
		Name: name, Usage: name + "(array) - " + usage,
		Examples: []logical.Example{{SQL: "SELECT " + name + "(array(1, 20, NULL, 3))", Result: result}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			coerced, t, err := arrayOnly(name, elemType)(args)
			if err != nil {
				return nil, t, err
			}
			return coerced, t, orderable(name, t)
		},
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			in, elems := rangesOf(args[0]), elementsOf(ec.Pool, args[0])
			idx := columnar.Alloc[int32](ec.Pool, rows.N)
			for i := range idx {
				idx[i] = -1
			}
			for k := range rows.Count() {
				r := rows.Row(k)
				lo, hi := in.at(r)
				best := int32(-1)
				for i := lo; i < hi; i++ {
					if !elems.IsNull(int(i)) && (best < 0 || columnar.CompareAt(elems, int(i), elems, int(best))*sign > 0) {
						best = i
					}
				}
				idx[r] = best
			}
			return columnar.TakeNullable(ec.Pool, elems, idx), nil
		}),
	}
}
