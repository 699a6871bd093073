package functions

import (
	"strings"
	"unicode/utf8"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// arrayShapes make arrays of arrays by leaving out, adding and moving elements.
var arrayShapes = []*logical.Function{
	{
		Name:     "slice",
		Usage:    "slice(array, start, length) - Returns length elements from start on, which counts from 1, or from the end if it is negative.",
		Examples: []logical.Example{{SQL: "SELECT slice(array(1, 2, 3, 4), 2, 2)", Result: "[2, 3]"}, {SQL: "SELECT slice(array(1, 2, 3, 4), -2, 2)", Result: "[3, 4]"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("slice", len(args), 3, 3); err != nil {
				return nil, columnar.VoidType, err
			}
			t, ok := asArray(args[0])
			if !ok {
				return nil, t, unexpectedType(0, "ARRAY", args[0])
			}
			for i := 1; i < 3; i++ {
				if !logical.ImplicitCast(args[i], columnar.IntType) {
					return nil, t, unexpectedType(i, "INT", args[i])
				}
			}
			return []columnar.Type{t, columnar.IntType, columnar.IntType}, t, nil
		},
		Kind: picked(slicePart),
	},
	{
		Name:     "flatten",
		Usage:    "flatten(arrays) - Returns the elements of an array of arrays as one array.",
		Examples: []logical.Example{{SQL: "SELECT flatten(array(array(1, 2), array(3, 4)))", Result: "[1, 2, 3, 4]"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("flatten", len(args), 1, 1); err != nil {
				return nil, columnar.VoidType, err
			}
			if t := args[0]; t.Kind != columnar.Array || t.Elem().Kind != columnar.Array {
				return nil, t, unexpectedRaw(0, `"ARRAY" of "ARRAY"`, t)
			}
			return args, args[0].Elem(), nil
		},
		Nullable: alwaysNullable,
		Kind:     logical.Scalar(flattenArrays),
	},
	{
		Name:     "reverse",
		Usage:    "reverse(expr) - Returns the characters of a string, the bytes of a binary or the elements of an array in the opposite order.",
		Examples: []logical.Example{{SQL: "SELECT reverse('Spark SQL')", Result: "LQS krapS"}, {SQL: "SELECT reverse(array(2, 1, 4, 3))", Result: "[3, 4, 1, 2]"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if len(args) == 1 && args[0].Kind == columnar.Array {
				return args, args[0], nil
			}
			return stringOrBinary("reverse", 1)(args)
		},
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			if args[0].Type().Kind == columnar.Array {
				return picked(reverseElements)(ec, rows, args)
			}
			return reverseText(ec, rows, args)
		}),
	},
	{
		Name:     "array_repeat",
		Usage:    "array_repeat(value, count) - Returns an array of the value, count times.",
		Examples: []logical.Example{{SQL: "SELECT array_repeat('123', 2)", Result: "[123, 123]"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("array_repeat", len(args), 2, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			if !logical.ImplicitCast(args[1], columnar.IntType) {
				return nil, args[0], unexpectedType(1, "INT", args[1])
			}
			return []columnar.Type{args[0], columnar.IntType}, columnar.ArrayOf(args[0]), nil
		},
		Nullable: func(args []logical.Expr) bool { return args[1].Nullable() },
		Kind:     logical.Scalar(repeatElement),
	},
	{
		Name:        "array_append",
		Usage:       "array_append(array, value) - Returns the array with the value behind its elements.",
		Examples:    []logical.Example{{SQL: "SELECT array_append(array('b', 'd', 'c', 'a'), 'd')", Result: "[b, d, c, a, d]"}},
		Type:        arrayAndElement("array_append", sameType),
		Nullable:    firstNullable,
		PrettyExprs: withoutCast,
		Kind:        addElement(func(lo, hi int32) int32 { return hi - lo }),
	},
	{
		Name:        "array_prepend",
		Usage:       "array_prepend(array, value) - Returns the array with the value before its elements.",
		Examples:    []logical.Example{{SQL: "SELECT array_prepend(array('b', 'd', 'c', 'a'), 'd')", Result: "[d, b, d, c, a]"}},
		Type:        arrayAndElement("array_prepend", sameType),
		Nullable:    firstNullable,
		PrettyExprs: withoutCast,
		Kind:        addElement(func(lo, hi int32) int32 { return 0 }),
	},
	{
		Name:     "array_insert",
		Usage:    "array_insert(array, index, value) - Returns the array with the value put at an index, counted from 1, or from the end if it is negative; NULLs fill gaps.",
		Examples: []logical.Example{{SQL: "SELECT array_insert(array(1, 2, 3, 4), 5, 5)", Result: "[1, 2, 3, 4, 5]"}, {SQL: "SELECT array_insert(array(5, 4, 3, 2), -1, 1)", Result: "[5, 4, 3, 2, 1]"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("array_insert", len(args), 3, 3); err != nil {
				return nil, columnar.VoidType, err
			}
			if k := args[1]; k.Kind != columnar.Void && (!k.IsInteger() || k.Kind == columnar.BigInt) {
				return nil, args[0], unexpectedType(1, "INT", k)
			}
			coerced, t, err := arrayAndElement("array_insert", sameType)([]columnar.Type{args[0], args[2]})
			if err != nil {
				return nil, t, err
			}
			return []columnar.Type{coerced[0], columnar.IntType, coerced[1]}, t, nil
		},
		Nullable:    func(args []logical.Expr) bool { return args[0].Nullable() || args[1].Nullable() },
		PrettyExprs: withoutCast,
		Kind:        logical.Scalar(insertElement),
	},
	{
		Name:     "array_remove",
		Usage:    "array_remove(array, value) - Returns the array without the elements equal to the value.",
		Examples: []logical.Example{{SQL: "SELECT array_remove(array(1, 2, 3, NULL, 3), 3)", Result: "[1, 2, null]"}},
		Type:     arrayAndElement("array_remove", sameType),
		Kind: picked(func(elems columnar.Vector, idx []int32, lo, hi int32, args []columnar.Vector, r int) ([]int32, error) {
			for i := lo; i < hi; i++ {
				if !columnar.EqualAt(elems, int(i), args[1], r) {
					idx = append(idx, i)
				}
			}
			return idx, nil
		}),
	},
	{
		Name:     "array_compact",
		Usage:    "array_compact(array) - Returns the elements that are not NULL.",
		Examples: []logical.Example{{SQL: "SELECT array_compact(array(1, 2, 3, NULL))", Result: "[1, 2, 3]"}},
		Type:     arrayOnly("array_compact", sameType),
		Kind: picked(func(elems columnar.Vector, idx []int32, lo, hi int32, _ []columnar.Vector, _ int) ([]int32, error) {
			for i := lo; i < hi; i++ {
				if !elems.IsNull(int(i)) {
					idx = append(idx, i)
				}
			}
			return idx, nil
		}),
	},
	{
		Name:     "array_join",
		Usage:    "array_join(array, delimiter[, nullReplacement]) - Returns the elements as one string, with the delimiter between them; NULLs are left out, or replaced.",
		Examples: []logical.Example{{SQL: "SELECT array_join(array('hello', NULL, 'world'), ' ', ',')", Result: "hello , world"}},
		Type:     optional("array_join", 2, columnar.StringType, columnar.ArrayOf(columnar.StringType), columnar.StringType, columnar.StringType),
		Kind:     logical.Scalar(joinElements),
	},
	{
		Name:     "shuffle",
		Usage:    "shuffle(array[, seed]) - Returns the elements in random order.",
		Examples: []logical.Example{{SQL: "SELECT size(shuffle(array(1, 20, 3, 5)))", Result: "4"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("shuffle", len(args), 1, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			coerced, t, err := arrayOnly("shuffle", sameType)(args[:1])
			if err == nil && len(args) == 2 {
				if !args[1].IsInteger() {
					return nil, t, unexpectedType(1, "BIGINT", args[1])
				}
				coerced = append(coerced, columnar.BigIntType)
			}
			return coerced, t, err
		},
		NonDeterministic: true,
		Kind:             logical.Scalar(shuffleElements),
	},
}

func firstNullable(args []logical.Expr) bool { return args[0].Nullable() }

// withoutCast prints a call without the cast of the array, as Spark does for functions that it rewrites.
func withoutCast(name string, args []logical.Expr) string {
	texts := make([]string, len(args))
	for i, a := range args {
		if c, ok := a.(*logical.Cast); ok && i == 0 {
			a = c.Child
		}
		texts[i] = a.String()
	}
	return name + "(" + strings.Join(texts, ", ") + ")"
}

func slicePart(_ columnar.Vector, idx []int32, lo, hi int32, args []columnar.Vector, r int) ([]int32, error) {
	start, length, n := columnar.Int64At(args[1], r), columnar.Int64At(args[2], r), int64(hi-lo)
	if start == 0 {
		return nil, columnar.Errorf("INVALID_PARAMETER_VALUE.START", "The value of parameter(s) `start` in `slice` is invalid: Expects a positive or a negative value for `start`, but got 0.")
	}
	if length < 0 {
		return nil, columnar.Errorf("INVALID_PARAMETER_VALUE.LENGTH", "The value of parameter(s) `length` in `slice` is invalid: Expects `length` greater than or equal to 0, but got %d.", length)
	}
	if start--; start < 0 {
		start += n + 1
	}
	if start < 0 || start >= n {
		return idx, nil
	}
	for i := start; i < min(n, start+length); i++ {
		idx = append(idx, lo+int32(i))
	}
	return idx, nil
}

func reverseElements(_ columnar.Vector, idx []int32, lo, hi int32, _ []columnar.Vector, _ int) ([]int32, error) {
	for i := hi - 1; i >= lo; i-- {
		idx = append(idx, i)
	}
	return idx, nil
}

func flattenArrays(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	outer := rangesOf(args[0])
	lists := elementsOf(ec.Pool, args[0])
	inner, elems := rangesOf(lists), elementsOf(ec.Pool, lists)
	var idx []int32
	offsets, valid, err := buildRanges(rows, func() int { return len(idx) }, func(r int) (bool, error) {
		if args[0].IsNull(r) {
			return false, nil
		}
		lo, hi := outer.at(r)
		for i := lo; i < hi; i++ {
			if lists.IsNull(int(i)) {
				return false, nil
			}
		}
		for i := lo; i < hi; i++ {
			from, to := inner.at(int(i))
			for k := from; k < to; k++ {
				idx = append(idx, k)
			}
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return &columnar.List{Typ: args[0].Type().Elem(), Offsets: offsets, Elems: columnar.Take(nil, elems, idx), Valid: valid}, nil
}

func repeatElement(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	var idx []int32
	offsets, valid, err := buildRanges(rows, func() int { return len(idx) }, func(r int) (bool, error) {
		if args[1].IsNull(r) {
			return false, nil
		}
		n := columnar.Int64At(args[1], r)
		if n > maxArrayLen {
			return false, tooManyElements(int(n))
		}
		for range n {
			idx = append(idx, int32(r))
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return &columnar.List{Typ: columnar.ArrayOf(args[0].Type()), Offsets: offsets, Elems: columnar.Take(nil, args[0], idx), Valid: valid}, nil
}

// maxArrayLen is the largest number of elements of an array, as Java limits it.
const maxArrayLen = 2147483632

// addElement is a Scalar that puts the second argument among the elements of the first, at the place that at tells.
func addElement(at func(lo, hi int32) int32) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		in, elems := rangesOf(args[0]), elementsOf(ec.Pool, args[0])
		return buildLists(args[0].Type(), rows, func(b columnar.Builder, r int) (bool, error) {
			if args[0].IsNull(r) {
				return false, nil
			}
			lo, hi := in.at(r)
			k := lo + at(lo, hi)
			appendRange(b, elems, lo, k)
			b.Append(args[1], r)
			appendRange(b, elems, k, hi)
			return true, nil
		})
	}
}

func appendRange(b columnar.Builder, elems columnar.Vector, lo, hi int32) {
	for i := lo; i < hi; i++ {
		b.Append(elems, int(i))
	}
}

func insertElement(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	in, elems := rangesOf(args[0]), elementsOf(ec.Pool, args[0])
	return buildLists(args[0].Type(), rows, func(b columnar.Builder, r int) (bool, error) {
		if args[0].IsNull(r) || args[1].IsNull(r) {
			return false, nil
		}
		lo, hi := in.at(r)
		pos, n := columnar.Int64At(args[1], r), int64(hi-lo)
		before := int32(0) // elements before the value
		gap := int64(0)    // NULLs between it and the elements
		switch {
		case pos == 0:
			return false, zeroIndex()
		case pos > n:
			before, gap = int32(n), pos-1-n
		case pos > 0:
			before = int32(pos - 1)
		case -pos > n+1:
			gap = -pos - n - 1
		default:
			before = int32(pos + n + 1)
		}
		if n+gap >= maxArrayLen {
			return false, tooManyElements(int(n + gap + 1))
		}
		appendRange(b, elems, lo, lo+before)
		if pos > 0 {
			appendNulls(b, gap)
		}
		b.Append(args[2], r)
		if pos < 0 {
			appendNulls(b, gap)
		}
		appendRange(b, elems, lo+before, hi)
		return true, nil
	})
}

func appendNulls(b columnar.Builder, n int64) {
	for range n {
		b.AppendNull()
	}
}

func joinElements(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	in, elems := rangesOf(args[0]), elementsOf(ec.Pool, args[0])
	return text(columnar.StringType, func(_ *logical.EvalContext, dst []byte, args []columnar.Vector, r int) ([]byte, bool, error) {
		lo, hi := in.at(r)
		first := true
		for i := int(lo); i < int(hi); i++ {
			null := elems.IsNull(i)
			if null && len(args) < 3 {
				continue
			}
			if !first {
				dst = append(dst, columnar.StringAt(args[1], r)...)
			}
			first = false
			if null {
				dst = append(dst, columnar.StringAt(args[2], r)...)
			} else {
				dst = append(dst, columnar.StringAt(elems, i)...)
			}
		}
		return dst, true, nil
	})(ec, rows, args)
}

func shuffleElements(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	random, ok := ec.State.Value.(*javafmt.Random)
	if !ok {
		seed := ec.Seed
		if len(args) == 2 && !args[1].IsNull(0) {
			seed = columnar.Int64At(args[1], 0)
		}
		random = javafmt.NewRandom(seed + int64(ec.Partition))
		ec.State.Value = random
	}
	return picked(func(_ columnar.Vector, idx []int32, lo, hi int32, _ []columnar.Vector, _ int) ([]int32, error) {
		from := len(idx)
		for i := lo; i < hi; i++ {
			idx = append(idx, i)
		}
		for part := idx[from:]; len(part) > 1; part = part[:len(part)-1] {
			last, k := len(part)-1, int(random.NextDouble()*float64(len(part)))
			part[last], part[k] = part[k], part[last]
		}
		return idx, nil
	})(ec, rows, args[:1])
}

// reverseText turns round the characters of text, or the bytes of a binary.
func reverseText(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	t := args[0].Type()
	return columnar.StringsToStrings(ec.Pool, args[0], t, rows, func(dst, s []byte) ([]byte, bool) {
		for len(s) > 0 {
			w := 1
			if t.Kind == columnar.String {
				_, w = utf8.DecodeLastRune(s)
			}
			dst = append(dst, s[len(s)-w:]...)
			s = s[:len(s)-w]
		}
		return dst, true
	}), nil
}
