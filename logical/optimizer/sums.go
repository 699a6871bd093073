package optimizer

import (
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// SplitSums takes constants out of sums of the same integers, so that two aggregates serve all of them:
//
//	SELECT sum(a + 1), sum(a - 2) FROM t   =>   SELECT sum(a) + 1 * count(a), sum(a) + -2 * count(a) FROM t
//
// It must not hide an error, nor make one: the addition is known not to overflow from the type of a (of TINYINT + INT, say), and numbers of 32 bits are too small for
// their sum to leave BIGINT. Sums of DISTINCT values and of DOUBLE or DECIMAL are not the same sums. One sum alone is cheaper as it is.
var splitSums = Rule{"SplitSums", everywhere(func(o *Optimizer, n logical.Node) (logical.Node, error) {
	agg, ok := n.(*logical.Aggregate)
	if !ok {
		return n, nil
	}
	var sums []shiftedSum
	for _, e := range agg.List {
		logical.Walk(e, func(e logical.Expr) bool {
			if s, ok := asShiftedSum(e); ok {
				sums = append(sums, s)
			}
			return true
		})
	}
	return logical.MapExprs(n, func(e logical.Expr) (logical.Expr, error) {
		s, ok := asShiftedSum(e)
		if !ok || s.by == 0 || !s.shared(sums) {
			return e, nil
		}
		sum, count := o.call("sum", s.of), o.call("count", s.of)
		return o.call("+", sum, o.call("*", logical.Lit(s.by), count)), nil
	})
})}

// shiftedSum is sum(of + by).
type shiftedSum struct {
	of logical.Expr
	by int64
}

// shared says whether there are different sums of the same values.
func (s shiftedSum) shared(sums []shiftedSum) bool {
	for _, other := range sums {
		if other.by != s.by && logical.Equal(other.of, s.of) {
			return true
		}
	}
	return false
}

// asShiftedSum takes a sum of integers of at most 32 bits apart. A cast to a wider integer changes no value, so that it is left out.
func asShiftedSum(e logical.Expr) (shiftedSum, bool) {
	c, ok := e.(*logical.Call)
	if !ok || c.Fn.Name != "sum" || !c.Fn.IsAggregate() || c.Distinct || c.Filter != nil || len(c.Args) != 1 {
		return shiftedSum{}, false
	}
	arg := withoutWidening(c.Args[0])
	if add, ok := arg.(*logical.Call); ok && len(add.Args) == 2 {
		of, by, ok := shifted(add)
		return shiftedSum{of, by}, ok
	}
	_, _, ok = narrowRange(arg.Type())
	return shiftedSum{of: arg}, ok
}

// shifted takes a + c, c + a and a - c apart, if that cannot overflow.
func shifted(e *logical.Call) (of logical.Expr, by int64, ok bool) {
	of, constant := e.Args[0], e.Args[1]
	if _, first := of.(*logical.Literal); first && e.Fn.Name == "+" {
		of, constant = constant, of
	}
	literal, ok := constant.(*logical.Literal)
	if !ok || literal.Value.IsNull(0) || e.Fn.Name != "+" && e.Fn.Name != "-" {
		return nil, 0, false
	}
	of = withoutWidening(of)
	low, high, ok := narrowRange(of.Type())
	if _, _, narrow := narrowRange(literal.Type()); !ok || !narrow {
		return nil, 0, false
	}
	if by = columnar.Int64At(literal.Value, 0); e.Fn.Name == "-" {
		by = -by
	}
	least, most, narrow := narrowRange(e.Type())
	if !narrow {
		least, most, ok = math.MinInt64, math.MaxInt64, e.Type() == columnar.BigIntType
	}
	return of, by, ok && low+by >= least && high+by <= most
}

// withoutWidening is what an integer was before casts to wider integers.
func withoutWidening(e logical.Expr) logical.Expr {
	for {
		c, ok := e.(*logical.Cast)
		if !ok {
			return e
		}
		_, to, wide := narrowRange(c.To)
		_, from, ok := narrowRange(c.Child.Type())
		if !ok || wide && to < from || !wide && c.To != columnar.BigIntType {
			return e
		}
		e = c.Child
	}
}

// narrowRange is the range of an integer type of at most 32 bits.
func narrowRange(t columnar.Type) (low, high int64, ok bool) {
	switch t {
	case columnar.TinyIntType:
		return math.MinInt8, math.MaxInt8, true
	case columnar.SmallIntType:
		return math.MinInt16, math.MaxInt16, true
	case columnar.IntType:
		return math.MinInt32, math.MaxInt32, true
	}
	return 0, 0, false
}
