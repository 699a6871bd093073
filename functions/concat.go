package functions

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

var concatFunctions = []*logical.Function{{
	Name: "concat", Aliases: []string{"||"},
	Usage:    "concat(expr, …), or expr1 || expr2: the strings, binaries or arrays one behind the other; NULL if any is NULL.",
	Examples: []logical.Example{{SQL: "SELECT concat('Spark', 'SQL')", Result: "SparkSQL"}, {SQL: "SELECT array(1, 2) || array(3)", Result: "[1, 2, 3]"}},
	Type:     concatTypes, Pretty: prettyConcat, Kind: logical.Scalar(evalConcat),
}}

func prettyConcat(_ string, args []string) string { return "concat(" + strings.Join(args, ", ") + ")" }

// concatTypes: arrays meet in one type, binaries alone stay binary, everything else becomes a string.
func concatTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	arrays, binaries, texts := 0, 0, 0
	for i, a := range args {
		switch {
		case a.Kind == columnar.Array:
			arrays++
		case a.Kind == columnar.Binary:
			binaries++
		case a.IsNested() || a.Kind == columnar.Variant:
			return nil, a, unexpectedRaw(i, `("STRING" or "BINARY" or "ARRAY")`, a)
		default:
			texts++
		}
	}
	switch {
	case arrays > 0:
		t, ok := logical.CommonTypeOf(args)
		if !ok || arrays < len(args) {
			return nil, t, differentTypes("concat", args)
		}
		return repeatType(t, len(args)), t, nil
	case binaries > 0 && texts == 0:
		return args, columnar.BinaryType, nil
	}
	return repeatType(columnar.StringType, len(args)), columnar.StringType, nil
}

func evalConcat(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	switch {
	case len(args) == 0:
		return columnar.NewConst(columnar.ScalarOf(""), rows.N), nil
	case len(args) == 1:
		return args[0], nil
	case args[0].Type().Kind == columnar.Array:
		return concatArrays(ec, rows, args), nil
	}
	return columnar.BuildStrings(ec.Pool, args[0].Type(), rows, func(dst []byte, r int) ([]byte, bool, error) {
		for _, a := range args {
			if a.IsNull(r) {
				return dst, false, nil
			}
			dst = append(dst, columnar.StringAt(a, r)...)
		}
		return dst, true, nil
	})
}

// concatArrays lists, for each row, where its elements stand in the elements of all arguments put together, and gathers them.
func concatArrays(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) columnar.Vector {
	t := args[0].Type()
	lists := make([]*columnar.List, len(args))
	elems := make([]columnar.Vector, len(args))
	base := make([]int32, len(args))
	total := int32(0)
	for i, a := range args {
		list, ok := columnar.Flatten(ec.Pool, a, rows).(*columnar.List)
		if !ok {
			return columnar.NullVector(t, rows.N)
		}
		lists[i], elems[i], base[i] = list, list.Elems, total
		total += int32(list.Elems.Len())
	}
	out := &columnar.List{Typ: t, Offsets: make([]int32, rows.N+1), Valid: columnar.FullBitmap(rows.N)}
	var idx []int32
	next := 0
	for i := range rows.Count() {
		r := rows.Row(i)
		for ; next <= r; next++ {
			out.Offsets[next] = int32(len(idx))
		}
		for k, l := range lists {
			if l.IsNull(r) {
				out.Valid.Clear(r)
				idx = idx[:out.Offsets[r]]
				break
			}
			for j := l.Offsets[r]; j < l.Offsets[r+1]; j++ {
				idx = append(idx, base[k]+j)
			}
		}
	}
	for ; next <= rows.N; next++ {
		out.Offsets[next] = int32(len(idx))
	}
	out.Elems = columnar.Take(nil, columnar.Concat(t.Elem(), elems), idx)
	return out
}
