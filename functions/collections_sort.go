package functions

import (
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// arrayOrders put the elements of arrays in order.
var arrayOrders = []*logical.Function{
	{
		Name:     "sort_array",
		Usage:    "sort_array(array[, ascending]) - Returns the elements in ascending order with NULLs first, or in descending order with NULLs last.",
		Examples: []logical.Example{{SQL: "SELECT sort_array(array('b', 'd', NULL, 'c', 'a'), true)", Result: "[null, a, b, c, d]"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("sort_array", len(args), 1, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			coerced, t, err := orderedElements("sort_array", arrayOnly("sort_array", sameType))(args[:1])
			if err == nil && len(args) == 2 {
				if args[1].Kind != columnar.Boolean && args[1].Kind != columnar.Void {
					return nil, t, unexpectedType(1, "BOOLEAN", args[1])
				}
				coerced = append(coerced, columnar.BooleanType)
			}
			return coerced, t, err
		},
		Pretty: withDefault(1, "true"),
		Kind: picked(func(elems columnar.Vector, idx []int32, lo, hi int32, args []columnar.Vector, r int) ([]int32, error) {
			sign := 1
			if len(args) == 2 && !columnar.BoolAt(args[1], r) {
				sign = -1
			}
			return appendSorted(idx, lo, hi, func(a, b int32) int { return sign * columnar.CompareAt(elems, int(a), elems, int(b)) }), nil
		}),
	},
	{
		Name:     "array_sort",
		Usage:    "array_sort(array[, comparator]) - Returns the elements in ascending order with NULLs last, or in that of a function of two elements that is negative, 0 or positive as the first is less than, equal to or greater than the second.",
		Examples: []logical.Example{{SQL: "SELECT array_sort(array('b', 'd', NULL, 'c', 'a'))", Result: "[a, b, c, d, null]"}, {SQL: "SELECT array_sort(array(5, 6, 1), (l, r) -> r - l)", Result: "[6, 5, 1]"}},
		TypeExprs: ofLambda("array_sort", []int{1}, 2, func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("array_sort", len(args), 1, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			if len(args) == 1 {
				return orderedElements("array_sort", arrayOnly("array_sort", sameType))(args)
			}
			if args[1].Kind != columnar.Int && args[1].Kind != columnar.Void {
				return nil, columnar.VoidType, unexpectedType(1, "INT", args[1])
			}
			coerced, t, err := arrayOnly("array_sort", sameType)(args[:1])
			return append(coerced, columnar.IntType), t, err
		}),
		Lambdas: func(args []columnar.Type, _ int) []columnar.Type {
			return []columnar.Type{lambdaElem(args[0]), lambdaElem(args[0])}
		},
		Nullable: firstNullable,
		Pretty: func(name string, args []string) string {
			if len(args) == 1 {
				args = append(args[:1:1], defaultComparator)
			}
			return name + "(" + strings.Join(args, ", ") + ")"
		},
		Kind: logical.Lazy(sortArray),
	},
}

// defaultComparator is how Spark shows the order of array_sort without a comparator.
const defaultComparator = "lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, (IF((namedlambdavariable() IS NULL), 1, " +
	"(IF((namedlambdavariable() IS NULL), -1, (IF((namedlambdavariable() < namedlambdavariable()), -1, (IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), " +
	"namedlambdavariable(), namedlambdavariable())"

// appendSorted appends lo to hi in the order of compare, equal ones as they were.
func appendSorted(idx []int32, lo, hi int32, compare func(a, b int32) int) []int32 {
	from := len(idx)
	for i := lo; i < hi; i++ {
		idx = append(idx, i)
	}
	slices.SortStableFunc(idx[from:], compare)
	return idx
}

func sortArray(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	if len(args) == 2 {
		return sortByLambda(ec, in, rows, args)
	}
	v, err := args[0].Eval(ec, in, rows)
	if err != nil {
		return nil, err
	}
	return picked(func(elems columnar.Vector, idx []int32, lo, hi int32, _ []columnar.Vector, _ int) ([]int32, error) {
		return appendSorted(idx, lo, hi, func(a, b int32) int {
			if an, bn := elems.IsNull(int(a)), elems.IsNull(int(b)); an != bn {
				return -columnar.CompareAt(elems, int(a), elems, int(b)) // NULLs are last
			}
			return columnar.CompareAt(elems, int(a), elems, int(b))
		}), nil
	})(ec, rows, []columnar.Vector{v})
}

// merging is two sorted runs of one row on their way into one: idx[lo:mid] and idx[mid:hi], with the places of the next of each.
type merging struct {
	row         int32
	lo, mid, hi int32
	a, b        int32
	out         []int32
}

// sortByLambda sorts the arrays of all rows by merging, in step: each call of the lambda has one pair of elements of every merge under way.
func sortByLambda(ec *logical.EvalContext, in columnar.Batch, rows columnar.Rows, args []logical.Evaluator) (columnar.Vector, error) {
	m, err := newMapping(ec, in, rows, args[0])
	if err != nil {
		return nil, err
	}
	idx := make([]int32, len(m.idx))
	for i := range idx {
		idx[i] = int32(i)
	}
	for width := int32(1); ; width *= 2 {
		merges := m.merges(width)
		if len(merges) == 0 {
			break
		}
		if err := m.mergeRuns(args[1], merges, idx); err != nil {
			return nil, err
		}
	}
	return m.list(columnar.Take(ec.Pool, m.parts[0], idx)), nil
}

// merges are the pairs of runs of a width in all rows.
func (m *mapping) merges(width int32) []*merging {
	var out []*merging
	for r := range len(m.offsets) - 1 {
		for lo, end := m.offsets[r], m.offsets[r+1]; lo+width < end; lo += 2 * width {
			mid := lo + width
			out = append(out, &merging{row: int32(r), lo: lo, mid: mid, hi: min(mid+width, end), a: lo, b: mid})
		}
	}
	return out
}

func (m *mapping) mergeRuns(comparator logical.Evaluator, open []*merging, idx []int32) error {
	for len(open) > 0 {
		left, right, outer := make([]int32, len(open)), make([]int32, len(open)), make([]int32, len(open))
		for i, g := range open {
			left[i], right[i], outer[i] = idx[g.a], idx[g.b], g.row
		}
		order, err := applyLambda(m.ec, m.in, comparator, outer,
			[]columnar.Vector{columnar.Take(m.ec.Pool, m.parts[0], left), columnar.Take(m.ec.Pool, m.parts[0], right)})
		if err != nil {
			return err
		}
		rest := open[:0]
		for i, g := range open {
			if order.IsNull(i) {
				return columnar.Errorf("COMPARATOR_RETURNS_NULL", "The comparator has returned a NULL for a comparison between %s and %s. It should return a positive integer for \"greater than\", 0 for \"equal\" and a negative integer for \"less than\".",
					columnar.FormatValue(m.parts[0], int(left[i])), columnar.FormatValue(m.parts[0], int(right[i])))
			}
			if g.next(idx, columnar.Int64At(order, i) <= 0) {
				rest = append(rest, g)
			}
		}
		open = rest
	}
	return nil
}

// next takes the first element of one of the runs; it says whether both have elements left, and puts the merged run in its place if not.
func (g *merging) next(idx []int32, fromLeft bool) bool {
	if fromLeft {
		g.out = append(g.out, idx[g.a])
		g.a++
	} else {
		g.out = append(g.out, idx[g.b])
		g.b++
	}
	if g.a < g.mid && g.b < g.hi {
		return true
	}
	g.out = append(append(g.out, idx[g.a:g.mid]...), idx[g.b:g.hi]...)
	copy(idx[g.lo:g.hi], g.out)
	return false
}
