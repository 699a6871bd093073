package functions

import (
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// pairAggregates are the statistics of two columns. Pairs in which either value is NULL do not count. Those of linear regression take the dependent variable first.
var pairAggregates = []*logical.Function{
	pairFunction("covar_pop", "the population covariance", "0.6666666666666666", func(p *pair) (float64, bool) { return p.c / p.n, true }),
	pairFunction("covar_samp", "the sample covariance", "1.0", func(p *pair) (float64, bool) { return p.c / (p.n - 1), p.n > 1 }),
	pairFunction("corr", "Pearson's coefficient of correlation", "1.0", func(p *pair) (float64, bool) { return p.c / math.Sqrt(p.xm*p.ym), p.n > 1 }),
	pairFunction("regr_avgx", "the mean of the independent variable", "2.0", func(p *pair) (float64, bool) { return p.y, true }),
	pairFunction("regr_avgy", "the mean of the dependent variable", "2.0", func(p *pair) (float64, bool) { return p.x, true }),
	pairFunction("regr_sxx", "the sum of squares of the independent variable", "2.0", func(p *pair) (float64, bool) { return p.ym, true }),
	pairFunction("regr_syy", "the sum of squares of the dependent variable", "2.0", func(p *pair) (float64, bool) { return p.xm, true }),
	pairFunction("regr_sxy", "the sum of products", "2.0", func(p *pair) (float64, bool) { return p.c, true }),
	pairFunction("regr_slope", "the slope of the line of regression", "1.0", func(p *pair) (float64, bool) { return p.c / p.ym, p.ym != 0 }),
	pairFunction("regr_intercept", "the intercept of the line of regression", "0.0", func(p *pair) (float64, bool) { return p.x - p.c/p.ym*p.y, p.ym != 0 }),
	pairFunction("regr_r2", "the coefficient of determination", "1.0", func(p *pair) (float64, bool) {
		switch {
		case p.ym == 0:
			return 0, false
		case p.xm == 0:
			return 1, true
		}
		return p.c * p.c / p.xm / p.ym, true
	}),
	{
		Name:     "regr_count",
		Usage:    "regr_count(y, x) - Returns the number of pairs without a NULL.",
		Examples: []logical.Example{{SQL: "SELECT regr_count(y, x) FROM VALUES (1, 1), (2, NULL), (3, 3) AS tab(y, x)", Result: "2"}},
		Type:     fixed("regr_count", columnar.BigIntType, columnar.DoubleType, columnar.DoubleType),
		Nullable: neverNull,
		Kind:     logical.Aggregator(func([]columnar.Type) (logical.Accumulator, error) { return &counter{}, nil }),
	},
}

func pairFunction(name, what, example string, result func(*pair) (float64, bool)) *logical.Function {
	return &logical.Function{
		Name:     name,
		Usage:    name + "(y, x) - Returns " + what + " of the pairs without a NULL.",
		Examples: []logical.Example{{SQL: "SELECT " + name + "(y, x) FROM VALUES (1, 1), (2, 2), (3, 3) AS tab(y, x)", Result: example}},
		Type:     fixed(name, columnar.DoubleType, columnar.DoubleType, columnar.DoubleType),
		Nullable: alwaysNullable,
		Kind: logical.Aggregator(func([]columnar.Type) (logical.Accumulator, error) {
			return &pairs{result: result}, nil
		}),
	}
}

// pair is the number, the means, the co-moment and the second moments of a group's pairs; x is the first argument.
type pair struct{ n, x, y, c, xm, ym float64 }

func (p *pair) add(x, y float64) {
	n := p.n + 1
	dx, dy := x-p.x, y-p.y
	dxn, dyn := dx/n, dy/n
	p.c += dx * (y - (p.y + dyn))
	p.xm += dx * (x - (p.x + dxn))
	p.ym += dy * (y - (p.y + dyn))
	p.n, p.x, p.y = n, p.x+dxn, p.y+dyn
}

func (p *pair) merge(o pair) {
	if o.n == 0 {
		return
	}
	n := p.n + o.n
	dx, dy := o.x-p.x, o.y-p.y
	dxn, dyn := dx/n, dy/n
	p.c += o.c + dx*dyn*p.n*o.n
	p.xm += o.xm + dx*dxn*p.n*o.n
	p.ym += o.ym + dy*dyn*p.n*o.n
	p.x, p.y, p.n = p.x+dxn*o.n, p.y+dyn*o.n, n
}

type pairs struct {
	groups []pair
	result func(*pair) (float64, bool)
}

// Resize, Bytes and StateTypes implement logical.Accumulator.
func (a *pairs) Resize(n int)                { a.groups = grow(a.groups, n) }
func (a *pairs) Bytes() int64                { return int64(cap(a.groups)) * 48 }
func (a *pairs) StateTypes() []columnar.Type { return repeatType(columnar.DoubleType, 6) }

// Update implements logical.Accumulator.
func (a *pairs) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	x, okX := columnar.Flatten(ec.Pool, args[0], rows).(*columnar.Fixed[float64])
	y, okY := columnar.Flatten(ec.Pool, args[1], rows).(*columnar.Fixed[float64])
	if !okX || !okY {
		return nil
	}
	for i, g := range group {
		if r := rows.Row(i); !x.IsNull(r) && !y.IsNull(r) {
			a.groups[g].add(x.Values[r], y.Values[r])
		}
	}
	return nil
}

// State implements logical.Accumulator.
func (a *pairs) State() ([]columnar.Vector, error) {
	return doubleState(6, len(a.groups), func(g, k int) float64 {
		p := &a.groups[g]
		return [...]float64{p.n, p.x, p.y, p.c, p.xm, p.ym}[k]
	}), nil
}

// Merge implements logical.Accumulator.
func (a *pairs) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	at := doubles(state)
	for i, g := range group {
		a.groups[g].merge(pair{at(0, i), at(1, i), at(2, i), at(3, i), at(4, i), at(5, i)})
	}
	return nil
}

// Result implements logical.Accumulator.
func (a *pairs) Result(*logical.EvalContext) (columnar.Vector, error) {
	return doubleResult(len(a.groups), func(g int) (float64, bool) {
		p := &a.groups[g]
		if p.n == 0 {
			return 0, false
		}
		return a.result(p)
	}), nil
}
