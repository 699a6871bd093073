package functions

import (
	"math"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// orderAggregates depend on the order of a group's values: percentiles, the median, the mode.
var orderAggregates = []*logical.Function{
	percentileFunction("percentile", "percentile(col, p) - Returns the value at part p (0 to 1, or an array of such) of the ordered values, interpolated.", interpolated,
		logical.Example{SQL: "SELECT percentile(col, 0.3) FROM VALUES (0), (10) AS tab(col)", Result: "3.0"}),
	percentileFunction("percentile_cont", "percentile_cont(p) WITHIN GROUP (ORDER BY col) - Returns the value at part p of the ordered values, interpolated.", interpolated,
		logical.Example{SQL: "SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (0), (10) AS tab(col)", Result: "2.5"}),
	percentileFunction("percentile_disc", "percentile_disc(p) WITHIN GROUP (ORDER BY col) - Returns the first of the ordered values at or after part p.", discrete,
		logical.Example{SQL: "SELECT percentile_disc(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (0), (10) AS tab(col)", Result: "0.0"}),
	{
		Name:     "median",
		Usage:    "median(col) - Returns the median of the values, interpolated.",
		Examples: []logical.Example{{SQL: "SELECT median(col) FROM VALUES (0), (10) AS tab(col)", Result: "5.0"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("median", len(args), 1, 1); err != nil {
				return nil, columnar.DoubleType, err
			}
			of, result, err := percentileTypes(args[0])
			return []columnar.Type{of}, result, err
		},
		Nullable: alwaysNullable,
		Kind: logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) {
			_, result, err := percentileTypes(args[0])
			return &percentiles{collector: collector{of: args[0]}, parts: []float64{0.5}, rule: interpolated, result: result}, err
		}),
	},
	{
		Name: "approx_percentile", Aliases: []string{"percentile_approx"},
		Usage:    "approx_percentile(col, p[, accuracy]) - Returns the least value of which at least part p of the values are not greater. The answer is exact, whatever the accuracy.",
		Examples: []logical.Example{{SQL: "SELECT approx_percentile(col, 0.5, 100) FROM VALUES (0), (6), (7), (9), (10) AS tab(col)", Result: "7"}},
		Type:     approxPercentileType,
		Params:   []logical.Param{{}, {}, {Default: logical.Lit(int32(10000))}},
		Nullable: alwaysNullable,
		Kind: logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) {
			result := args[0]
			if args[1].Kind == columnar.Array {
				result = columnar.ArrayOf(args[0])
			}
			return &percentiles{collector: collector{of: args[0]}, result: result}, nil
		}),
	},
	modeFunction,
}

// percentileRule finds the value at part p of n ordered values.
type percentileRule func(n int, at func(i int) float64, p float64) float64

func interpolated(n int, at func(i int) float64, p float64) float64 {
	pos := p * float64(n-1)
	lo, hi := math.Floor(pos), math.Ceil(pos)
	if lo == hi {
		return at(int(lo))
	}
	return (hi-pos)*at(int(lo)) + (pos-lo)*at(int(hi))
}

func discrete(n int, at func(i int) float64, p float64) float64 {
	return at(max(int(math.Ceil(p*float64(n)))-1, 0))
}

// percentileFunction is percentile, or one of those with WITHIN GROUP, to which the analyzer gives TRUE as the third argument for a descending order.
func percentileFunction(name, usage string, rule percentileRule, example logical.Example) *logical.Function {
	params, third := []logical.Param(nil), columnar.BooleanType
	if name == "percentile" {
		params, third = []logical.Param{{}, {}, {Default: logical.Lit(int32(1))}}, columnar.BigIntType
	}
	return &logical.Function{
		Name: name, Usage: usage, Examples: []logical.Example{example}, Params: params,
		TypeExprs: func(args []logical.Expr) ([]columnar.Type, columnar.Type, error) {
			if err := arity(name, len(args), 2, 3); err != nil {
				return nil, columnar.DoubleType, err
			}
			if !foldable(args[1]) {
				return nil, columnar.DoubleType, nonFoldable("percentage", "DOUBLE", args[1])
			}
			of, result, err := percentileTypes(args[0].Type())
			if err != nil {
				return nil, result, err
			}
			coerced := []columnar.Type{of, columnar.DoubleType, third}[:len(args)]
			if args[1].Type().Kind == columnar.Array {
				coerced[1], result = columnar.ArrayOf(columnar.DoubleType), columnar.ArrayOf(result)
			}
			for i, a := range args {
				if !logical.ImplicitCast(a.Type(), coerced[i]) {
					return nil, result, unexpectedType(i, coerced[i].SQL(), a.Type())
				}
			}
			return coerced, result, nil
		},
		Nullable: alwaysNullable,
		Kind: logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) {
			_, result, err := percentileTypes(args[0])
			if args[1].Kind == columnar.Array {
				result = columnar.ArrayOf(result)
			}
			return &percentiles{collector: collector{of: args[0]}, rule: rule, result: result}, err
		}),
	}
}

// percentileTypes: percentiles of numbers are DOUBLE, those of intervals are intervals of all fields.
func percentileTypes(t columnar.Type) (of, result columnar.Type, err error) {
	switch {
	case t.Kind == columnar.YearMonthInterval:
		return t, monthsInterval, nil
	case t.Kind == columnar.DayTimeInterval:
		return t, wholeInterval, nil
	case t.IsNumeric() || t.Kind == columnar.String || t.Kind == columnar.Void:
		return columnar.DoubleType, columnar.DoubleType, nil
	}
	return t, t, unexpectedRaw(0, `("NUMERIC" or "INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")`, t)
}

func approxPercentileType(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("approx_percentile", len(args), 2, 3); err != nil {
		return nil, columnar.DoubleType, err
	}
	first := args[0]
	if first.Kind == columnar.String || first.Kind == columnar.Void {
		first = columnar.DoubleType
	}
	if !first.IsNumeric() && !first.IsDatetime() && !first.IsInterval() {
		return nil, first, unexpectedRaw(0, `("NUMERIC" or "DATE" or "TIMESTAMP" or "INTERVAL")`, args[0])
	}
	coerced := []columnar.Type{first, columnar.DoubleType, columnar.IntType}[:len(args)]
	result := first
	if args[1].Kind == columnar.Array {
		coerced[1], result = columnar.ArrayOf(columnar.DoubleType), columnar.ArrayOf(first)
	}
	for i, a := range args {
		if !logical.ImplicitCast(a, coerced[i]) {
			return nil, result, unexpectedType(i, coerced[i].SQL(), a)
		}
	}
	return coerced, result, nil
}

// percentiles keeps all values and sorts them at the end. The parts asked for are constant; they travel with the state for the sake of the final step.
type percentiles struct {
	collector
	parts  []float64
	rule   percentileRule // nil: one of the values itself, of whatever type
	result columnar.Type  // an array if several parts were asked for
	fixed  bool           // parts are known
	down   bool           // the order is descending
}

// Update implements logical.Accumulator. The second argument holds the parts, the third how often each value counts or whether the
// order is descending; approx_percentile's third is not used.
func (a *percentiles) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	if len(args) > 1 && !a.fixed && rows.Count() > 0 {
		if err := a.setParts(args[1], rows.Row(0)); err != nil {
			return err
		}
	}
	if len(args) == 3 && a.rule != nil {
		if c := constantOf(args[2]); c == nil || c.IsNull(0) {
			return a.updateWeighted(group, rows, args)
		} else if c.Type().Kind == columnar.Boolean {
			a.down = columnar.BoolAt(c, 0)
		} else if columnar.Int64At(c, 0) != 1 {
			return a.updateWeighted(group, rows, args)
		}
	}
	return a.collector.Update(ec, group, rows, args[:1])
}

func (a *percentiles) updateWeighted(group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	var idx []int32
	var to []uint32
	for i, g := range group {
		r := rows.Row(i)
		if args[0].IsNull(r) || args[2].IsNull(r) {
			continue
		}
		n := columnar.Int64At(args[2], r)
		if n < 0 {
			return columnar.Errorf("INVALID_PARAMETER_VALUE.LONG", "Negative values found in the frequencies of `percentile`: %d.", n)
		}
		for range n {
			idx, to = append(idx, int32(r)), append(to, g)
		}
	}
	a.take(args[0], idx, to)
	return nil
}

func (a *percentiles) setParts(v columnar.Vector, r int) error {
	a.fixed = true
	a.parts = nil
	if v.IsNull(r) {
		return columnar.Errorf("DATATYPE_MISMATCH.UNEXPECTED_NULL", "The `percentage` must not be null.")
	}
	if l, ok := columnar.Flatten(nil, v, columnar.Rows{N: v.Len(), Sel: []int32{int32(r)}}).(*columnar.List); ok {
		for k := l.Offsets[r]; k < l.Offsets[r+1]; k++ {
			a.parts = append(a.parts, columnar.Float64At(l.Elems, int(k)))
		}
	} else {
		a.parts = []float64{columnar.Float64At(v, r)}
	}
	for _, p := range a.parts {
		if p < 0 || p > 1 {
			return columnar.Errorf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "The `percentage` must be between [0.0, 1.0] (current value = %v).", p)
		}
	}
	return nil
}

// StateTypes implements logical.Accumulator.
func (a *percentiles) StateTypes() []columnar.Type {
	return append(a.collector.StateTypes(), columnar.ArrayOf(columnar.DoubleType), columnar.BooleanType)
}

// State implements logical.Accumulator.
func (a *percentiles) State() ([]columnar.Vector, error) {
	parts := &columnar.List{Typ: columnar.ArrayOf(columnar.DoubleType), Offsets: []int32{0, int32(len(a.parts))},
		Elems: columnar.NewFixed(columnar.DoubleType, slices.Clone(a.parts), nil)}
	return []columnar.Vector{a.lists(), columnar.NewConst(parts, a.groups), columnar.NewConst(columnar.ScalarOf(a.down), a.groups)}, nil
}

// Merge implements logical.Accumulator.
func (a *percentiles) Merge(ec *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	if len(a.parts) == 0 && len(group) > 0 {
		if err := a.setParts(state[1], 0); err != nil {
			return err
		}
		a.fixed = len(a.parts) > 0
	}
	if len(group) > 0 {
		a.down = a.down || columnar.BoolAt(state[2], 0)
	}
	return a.collector.Merge(ec, group, state[:1])
}

// Result implements logical.Accumulator.
func (a *percentiles) Result(*logical.EvalContext) (columnar.Vector, error) {
	elem := a.result
	if elem.Kind == columnar.Array {
		elem = elem.Elem()
	}
	starts, values := a.byGroup()
	b := columnar.NewBuilder(a.result, a.groups)
	var scratch []float64
	for g := range a.groups {
		lo, hi := starts[g], starts[g+1]
		if lo == hi || len(a.parts) == 0 {
			b.AppendNull()
			continue
		}
		var found columnar.Vector
		if v, ok := values.(*columnar.Fixed[float64]); ok && a.rule != nil {
			scratch = append(scratch[:0], v.Values[lo:hi]...)
			found = a.ofNumbers(scratch)
		} else {
			found = a.ofGroup(values, lo, hi, elem)
		}
		if a.result.Kind == columnar.Array {
			found = &columnar.List{Typ: a.result, Offsets: []int32{0, int32(found.Len())}, Elems: found}
		}
		b.Append(found, 0)
	}
	return b.Build(), nil
}

// ofNumbers is the values at the parts asked for; it changes the order of the numbers. They are selected, not sorted.
func (a *percentiles) ofNumbers(all []float64) columnar.Vector {
	known := nansLast(all)
	at := func(i int) float64 {
		if a.down {
			i = len(all) - 1 - i
		}
		if i >= known {
			return math.NaN()
		}
		return selectNth(all[:known], i)
	}
	out := make([]float64, len(a.parts))
	for i, p := range a.parts {
		out[i] = a.rule(len(all), at, p)
	}
	return columnar.NewFixed(columnar.DoubleType, out, nil)
}

// ofGroup is the values at the parts asked for, of the rows from lo to hi.
func (a *percentiles) ofGroup(values columnar.Vector, lo, hi int32, elem columnar.Type) columnar.Vector {
	all := make([]int, 0, hi-lo)
	for r := lo; r < hi; r++ {
		all = append(all, int(r))
	}
	slices.SortStableFunc(all, func(x, y int) int {
		if a.down {
			x, y = y, x
		}
		return columnar.CompareAt(values, x, values, y)
	})
	out := columnar.NewBuilder(elem, len(a.parts))
	for _, p := range a.parts {
		if a.rule == nil {
			out.Append(values, all[int(discrete(len(all), func(i int) float64 { return float64(i) }, p))])
			continue
		}
		x := a.rule(len(all), func(i int) float64 { return float64(columnar.Int64At(values, all[i])) }, p)
		if elem.Kind == columnar.YearMonthInterval {
			out.Append(columnar.NewFixed(elem, []int32{int32(x)}, nil), 0)
		} else {
			out.Append(columnar.NewFixed(elem, []int64{int64(x)}, nil), 0)
		}
	}
	return out.Build()
}
