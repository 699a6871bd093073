package functions

import (
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

var floatArray = columnar.ArrayOf(columnar.FloatType)

// vectorFunctions measure vectors, which are arrays of FLOAT. A NULL among the elements makes the answer NULL.
var vectorFunctions = []*logical.Function{
	vectorPair("vector_inner_product", "the sum of the products of the elements", "32.0", func(a, b []float32) (float64, bool) {
		return innerProduct(a, b), true
	}),
	vectorPair("vector_l2_distance", "the Euclidean distance", "5.196152", func(a, b []float32) (float64, bool) {
		sum := 0.0
		for i := range a {
			d := float64(a[i]) - float64(b[i])
			sum += d * d
		}
		return math.Sqrt(sum), true
	}),
	vectorPair("vector_cosine_similarity", "the cosine of the angle, NULL for a vector of length 0,", "0.97463185", func(a, b []float32) (float64, bool) {
		length := math.Sqrt(innerProduct(a, a)) * math.Sqrt(innerProduct(b, b))
		return innerProduct(a, b) / length, length > 0
	}),
	{
		Name:     "vector_norm",
		Usage:    "vector_norm(vector[, degree]) - the length of a vector by the norm of degree 1, 2 (if not given) or infinity.",
		Examples: []logical.Example{{SQL: "SELECT vector_norm(array(3.0F, 4.0F), 1.0F)", Result: "7.0"}},
		Type:     vectorType("vector_norm", 1, columnar.FloatType, floatArray, columnar.FloatType),
		Params:   []logical.Param{{}, {Default: logical.Lit(float32(2))}},
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			at := vectorsOf(args[0], rows)
			return perRow(ec, columnar.FloatType, rows, args, func(r int) (float32, bool, error) {
				v, ok := at(r)
				n, err := norm("vector_norm", v, columnar.Float64At(args[1], r))
				return float32(n), ok, err
			})
		}),
	},
	{
		Name:     "vector_normalize",
		Usage:    "vector_normalize(vector[, degree]) - the vector of length 1 in the same direction, by the norm of degree 1, 2 (if not given) or infinity; NULL for one of length 0.",
		Examples: []logical.Example{{SQL: "SELECT vector_normalize(array(3.0F, 4.0F))", Result: "[0.6, 0.8]"}},
		Type:     vectorType("vector_normalize", 1, floatArray, floatArray, columnar.FloatType),
		Params:   []logical.Param{{}, {Default: logical.Lit(float32(2))}},
		Nullable: alwaysNullable,
		Kind:     logical.Scalar(normalizeVectors),
	},
}

func innerProduct(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// norm is the length of a vector by a degree.
func norm(function string, v []float32, degree float64) (float64, error) {
	n := 0.0
	for _, x := range v {
		switch y := math.Abs(float64(x)); {
		case degree == 1:
			n += y
		case degree == 2:
			n += y * y
		case math.IsInf(degree, 1):
			n = max(n, y)
		default:
			return 0, columnar.Errorf("INVALID_VECTOR_NORM_DEGREE", "The degree %v of the norm in `%s` is invalid: expects 1.0, 2.0 or float('inf').", degree, function)
		}
	}
	if degree == 2 {
		n = math.Sqrt(n)
	}
	return n, nil
}

// vectorType is optional for functions to which only arrays of FLOAT are vectors.
func vectorType(name string, required int, result columnar.Type, params ...columnar.Type) typing {
	base := optional(name, required, result, params...)
	return func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		coerced, _, err := base(args)
		for i, a := range args {
			if err == nil && params[i] == floatArray && a != floatArray && a.Kind != columnar.Void {
				err = unexpectedType(i, floatArray.SQL(), a)
			}
		}
		return coerced, result, err
	}
}

// vectorsOf gives the elements of each row; ok is false if one of them is NULL. The slices are lent.
func vectorsOf(v columnar.Vector, rows columnar.Rows) func(r int) (elems []float32, ok bool) {
	list, isList := columnar.Flatten(nil, v, rows).(*columnar.List)
	if !isList {
		return func(int) ([]float32, bool) { return nil, false }
	}
	all, isFloats := columnar.Flatten(nil, list.Elems, columnar.AllRows(list.Elems.Len())).(*columnar.Fixed[float32])
	return func(r int) ([]float32, bool) {
		from, to := int(list.Offsets[r]), int(list.Offsets[r+1])
		if from == to {
			return nil, true
		}
		if !isFloats {
			return nil, false
		}
		for i := from; i < to; i++ {
			if all.IsNull(i) {
				return nil, false
			}
		}
		return all.Values[from:to], true
	}
}

// vectorPair is a measure of two vectors of one length; answer is that of (1, 2, 3) and (4, 5, 6).
func vectorPair(name, what, answer string, f func(a, b []float32) (float64, bool)) *logical.Function {
	return &logical.Function{
		Name:     name,
		Usage:    name + "(vector1, vector2) - " + what + " of two vectors of one length.",
		Examples: []logical.Example{{SQL: "SELECT " + name + "(array(1.0F, 2.0F, 3.0F), array(4.0F, 5.0F, 6.0F))", Result: answer}},
		Type:     vectorType(name, 2, columnar.FloatType, floatArray, floatArray),
		Nullable: alwaysNullable,
		Kind: logical.Scalar(func(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
			left, right := vectorsOf(args[0], rows), vectorsOf(args[1], rows)
			return perRow(ec, columnar.FloatType, rows, args, func(r int) (float32, bool, error) {
				a, ok := left(r)
				b, ok2 := right(r)
				if !ok || !ok2 {
					return 0, false, nil
				}
				if len(a) != len(b) {
					return 0, false, columnar.Errorf("VECTOR_DIMENSION_MISMATCH", "Vectors passed to `%s` must have the same dimension, but got %d and %d.", name, len(a), len(b))
				}
				x, ok := f(a, b)
				return float32(x), ok, nil
			})
		}),
	}
}

func normalizeVectors(_ *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	at := vectorsOf(args[0], rows)
	out := columnar.NewBuilder(floatArray, rows.N)
	next := 0
	for k := range rows.Count() {
		r := rows.Row(k)
		for ; next < r; next++ {
			out.AppendNull()
		}
		next++
		if args[0].IsNull(r) || args[1].IsNull(r) {
			out.AppendNull()
			continue
		}
		v, ok := at(r)
		n, err := norm("vector_normalize", v, columnar.Float64At(args[1], r))
		if err != nil {
			return nil, err
		}
		if !ok || n == 0 {
			out.AppendNull()
			continue
		}
		unit := make([]float32, len(v))
		for i, x := range v {
			unit[i] = float32(float64(x) / n)
		}
		out.Append(&columnar.List{Typ: floatArray, Offsets: []int32{0, int32(len(unit))}, Elems: columnar.NewFixed(columnar.FloatType, unit, nil)}, 0)
	}
	for ; next < rows.N; next++ {
		out.AppendNull()
	}
	return out.Build(), nil
}
