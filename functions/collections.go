package functions

import (
	"math"
	"slices"
	"strconv"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// collectionGroup are the functions of arrays, maps and structs, and of texts that hold such.
var collectionGroup = slices.Concat(makingCollections, arrayParts, arrayShapes, arraySets, arrayOrders, sequences, mapFunctions, lambdaFunctions, jsonFunctions, csvFunctions, urlFunctions, binaryFunctions)

// ranges is where the elements of each row of an ARRAY or MAP vector of any form stand among all elements.
type ranges struct {
	v       columnar.Vector
	offsets []int32
	codes   []int32 // of a Dict: the row of offsets for each row
	one     bool    // of a Const: all rows are the first
}

func rangesOf(v columnar.Vector) ranges {
	out, inner := ranges{v: v}, v
	switch w := v.(type) {
	case *columnar.Const:
		out.one, inner = true, w.Value
	case *columnar.Dict:
		out.codes, inner = w.Codes, w.Values
	}
	switch w := inner.(type) {
	case *columnar.List:
		out.offsets = w.Offsets
	case *columnar.MapVector:
		out.offsets = w.Offsets
	}
	return out
}

// at is the range of row r; an empty one where the row is NULL.
func (x ranges) at(r int) (lo, hi int32) {
	switch {
	case x.v.IsNull(r) || x.offsets == nil:
		return 0, 0
	case x.one:
		r = 0
	case x.codes != nil:
		r = int(x.codes[r])
	}
	return x.offsets[r], x.offsets[r+1]
}

// entryVectors are the vectors that the ranges of an ARRAY or MAP vector are about: the elements, or the keys and the values.
func entryVectors(v columnar.Vector) []columnar.Vector {
	switch w := v.(type) {
	case *columnar.Const:
		return entryVectors(w.Value)
	case *columnar.Dict:
		return entryVectors(w.Values)
	case *columnar.List:
		return []columnar.Vector{w.Elems}
	case *columnar.MapVector:
		return []columnar.Vector{w.Keys, w.Values}
	}
	return []columnar.Vector{columnar.NullVector(columnar.VoidType, 0)}
}

// elementsOf are the elements of an ARRAY vector, in a form without Dict or Const.
func elementsOf(p *columnar.Pool, v columnar.Vector) columnar.Vector {
	return flatAll(p, entryVectors(v)[0])
}

func flatAll(p *columnar.Pool, v columnar.Vector) columnar.Vector {
	return columnar.Flatten(p, v, columnar.AllRows(v.Len()))
}

// buildRanges calls f for each selected row; f appends the row's elements to something whose length is size, or says that the row is NULL.
// Rows outside the selection have none.
func buildRanges(rows columnar.Rows, size func() int, f func(r int) (bool, error)) (offsets []int32, valid columnar.Bitmap, err error) {
	offsets = make([]int32, rows.N+1)
	next := 0
	for k := range rows.Count() {
		r := rows.Row(k)
		for ; next <= r; next++ {
			offsets[next] = int32(size())
		}
		ok, err := f(r)
		if err != nil {
			return nil, nil, err
		}
		if size() > math.MaxInt32 {
			return nil, nil, tooManyElements(size())
		}
		if !ok {
			if valid == nil {
				valid = columnar.FullBitmap(rows.N)
			}
			valid.Clear(r)
		}
	}
	for ; next <= rows.N; next++ {
		offsets[next] = int32(size())
	}
	return offsets, valid, nil
}

func tooManyElements(n int) error {
	return columnar.Errorf("COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER",
		"Can't create array with %d elements which exceeding the array size limit 2147483632, the value returned by the function is too large.", n)
}

// picked is a Scalar of arrays whose elements are elements of the first argument: f appends their numbers, -1 making a NULL, of the range lo to hi
// of a row in which no argument is NULL.
func picked(f func(elems columnar.Vector, idx []int32, lo, hi int32, args []columnar.Vector, r int) ([]int32, error)) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		in, elems := rangesOf(args[0]), elementsOf(ec.Pool, args[0])
		var idx []int32
		offsets, valid, err := buildRanges(rows, func() int { return len(idx) }, func(r int) (bool, error) {
			if anyNull(args, r) {
				return false, nil
			}
			lo, hi := in.at(r)
			var err error
			idx, err = f(elems, idx, lo, hi, args, r)
			return true, err
		})
		if err != nil {
			return nil, err
		}
		return &columnar.List{Typ: args[0].Type(), Offsets: offsets, Elems: columnar.TakeNullable(nil, elems, idx), Valid: valid}, nil
	}
}

// buildLists makes arrays whose elements come from several vectors: f appends those of row r to b, or says that the row is NULL.
func buildLists(t columnar.Type, rows columnar.Rows, f func(b columnar.Builder, r int) (bool, error)) (columnar.Vector, error) {
	b := columnar.NewBuilder(t.Elem(), rows.Count())
	offsets, valid, err := buildRanges(rows, b.Len, func(r int) (bool, error) { return f(b, r) })
	if err != nil {
		return nil, err
	}
	return &columnar.List{Typ: t, Offsets: offsets, Elems: b.Build(), Valid: valid}, nil
}

// truthRows is a Scalar of rows of truth values: f says whether it is TRUE, and whether it is known at all. An argument that is NULL makes NULL.
func truthRows(f func(args []columnar.Vector, r int) (is, known bool)) logical.Scalar {
	return func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
		out := columnar.MakeBool(ec.Pool, rows.N)
		for k := range rows.Count() {
			r := rows.Row(k)
			is, known := false, !anyNull(args, r)
			if known {
				is, known = f(args, r)
			}
			out.Bits.Put(r, is)
			if !known {
				if out.Valid == nil {
					out.Valid = columnar.AllocBitmap(ec.Pool, rows.N)
					out.Valid.SetAll(rows.N)
				}
				out.Valid.Clear(r)
			}
		}
		return out, nil
	}
}

// arrayOnly is the typing of a function of one array; result makes the result's type of the array's.
func arrayOnly(name string, result func(t columnar.Type) columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 1, 1); err != nil {
			return nil, columnar.VoidType, err
		}
		t, ok := asArray(args[0])
		if !ok {
			return nil, t, unexpectedType(0, "ARRAY", args[0])
		}
		return []columnar.Type{t}, result(t), nil
	}
}

// asArray takes NULL for an array.
func asArray(t columnar.Type) (columnar.Type, bool) {
	if t.Kind == columnar.Void {
		return columnar.ArrayOf(t), true
	}
	return t, t.Kind == columnar.Array
}

func sameType(t columnar.Type) columnar.Type { return t }

func elemType(t columnar.Type) columnar.Type { return t.Elem() }

// arrayAndElement is the typing of a function of an array and a value that is compared with the elements or put among them.
func arrayAndElement(name string, result func(t columnar.Type) columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 2, 2); err != nil {
			return nil, columnar.VoidType, err
		}
		t, ok := asArray(args[0])
		if !ok {
			return nil, t, unexpectedType(0, "ARRAY", args[0])
		}
		e, ok := logical.CommonTypeNoStrings(t.Elem(), args[1])
		if !ok {
			return nil, t, columnar.Errorf("DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES",
				"Input to `%s` should have been \"ARRAY\" followed by a value with same element type, but it's [%q, %q].", name, t.SQL(), args[1].SQL())
		}
		t = columnar.ArrayOf(e)
		return []columnar.Type{t, e}, result(t), nil
	}
}

// arraysAlike is the typing of a function of two arrays, which meet in one type.
func arraysAlike(name string, result func(t columnar.Type) columnar.Type) typing {
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity(name, len(args), 2, 2); err != nil {
			return nil, columnar.VoidType, err
		}
		a, okA := asArray(args[0])
		b, okB := asArray(args[1])
		t, ok := logical.CommonTypeNoStrings(a, b)
		if !okA || !okB || !ok {
			return nil, t, columnar.Errorf("DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES",
				"Input to function `%s` should have been two \"ARRAY\" with same element type, but it's [%q, %q].", name, args[0].SQL(), args[1].SQL())
		}
		return []columnar.Type{t, t}, result(t), nil
	}
}

func decimalText(n int) string { return strconv.Itoa(n) }
