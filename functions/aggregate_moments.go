package functions

import (
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// momentAggregates are the statistics of one column: Spark's CentralMomentAgg.
var momentAggregates = []*logical.Function{
	momentFunction("var_pop", nil, "the population variance", "0.6666666666666666", func(m *moment) (float64, bool) { return m.m2 / m.n, true }),
	momentFunction("var_samp", []string{"variance"}, "the sample variance", "1.0", func(m *moment) (float64, bool) { return m.m2 / (m.n - 1), m.n > 1 }),
	momentFunction("stddev_pop", nil, "the population standard deviation", "0.816496580927726", func(m *moment) (float64, bool) { return math.Sqrt(m.m2 / m.n), true }),
	momentFunction("stddev_samp", []string{"stddev", "std"}, "the sample standard deviation", "1.0", func(m *moment) (float64, bool) { return math.Sqrt(m.m2 / (m.n - 1)), m.n > 1 }),
	momentFunction("skewness", nil, "the skewness", "0.0", func(m *moment) (float64, bool) {
		return math.Sqrt(m.n) * m.m3 / math.Sqrt(m.m2*m.m2*m.m2), m.m2 != 0
	}),
	momentFunction("kurtosis", nil, "the excess kurtosis", "-1.5", func(m *moment) (float64, bool) {
		return m.n*m.m4/(m.m2*m.m2) - 3, m.m2 != 0
	}),
}

func momentFunction(name string, aliases []string, what, example string, result func(*moment) (float64, bool)) *logical.Function {
	return &logical.Function{
		Name: name, Aliases: aliases,
		Usage:    name + "(expr) - Returns " + what + " of the values; NULL where it is not defined.",
		Examples: []logical.Example{{SQL: "SELECT " + name + "(col) FROM VALUES (1), (2), (3) AS tab(col)", Result: example}},
		Type:     fixed(name, columnar.DoubleType, columnar.DoubleType),
		Nullable: alwaysNullable,
		Kind: logical.Aggregator(func([]columnar.Type) (logical.Accumulator, error) {
			return &moments{result: result}, nil
		}),
	}
}

// moment is the number, mean and central moments of a group's values.
type moment struct{ n, mean, m2, m3, m4 float64 }

// add takes one more value.
func (m *moment) add(x float64) {
	n := m.n + 1
	delta := x - m.mean
	dn := delta / n
	mean := m.mean + dn
	m2 := m.m2 + delta*(delta-dn)
	m3 := m.m3 - 3*dn*m2 + delta*(delta*delta-dn*dn)
	m.m4 += -4*dn*m3 - 6*dn*dn*m2 + delta*(delta*delta*delta-dn*dn*dn)
	m.n, m.mean, m.m2, m.m3 = n, mean, m2, m3
}

// merge takes the values of another group.
func (m *moment) merge(o moment) {
	if o.n == 0 {
		return
	}
	n := m.n + o.n
	delta := o.mean - m.mean
	dn := 0.0
	if n != 0 {
		dn = delta / n
	}
	m2 := m.m2 + o.m2 + delta*dn*m.n*o.n
	m3 := m.m3 + o.m3 + dn*dn*delta*m.n*o.n*(m.n-o.n) + 3*dn*(m.n*o.m2-o.n*m.m2)
	m.m4 += o.m4 + dn*dn*dn*delta*m.n*o.n*(m.n*m.n-m.n*o.n+o.n*o.n) + 6*dn*dn*(m.n*m.n*o.m2+o.n*o.n*m.m2) + 4*dn*(m.n*o.m3-o.n*m.m3)
	m.n, m.mean, m.m2, m.m3 = n, m.mean+dn*o.n, m2, m3
}

type moments struct {
	groups []moment
	result func(*moment) (float64, bool)
}

// Resize, Bytes and StateTypes implement logical.Accumulator.
func (a *moments) Resize(n int) { a.groups = grow(a.groups, n) }
func (a *moments) Bytes() int64 { return int64(cap(a.groups)) * 40 }
func (a *moments) StateTypes() []columnar.Type {
	return repeatType(columnar.DoubleType, 5)
}

// Update implements logical.Accumulator.
func (a *moments) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	v, ok := columnar.Flatten(ec.Pool, args[0], rows).(*columnar.Fixed[float64])
	if !ok {
		return nil
	}
	for i, g := range group {
		if r := rows.Row(i); !v.IsNull(r) {
			a.groups[g].add(v.Values[r])
		}
	}
	return nil
}

// State implements logical.Accumulator: the five numbers as columns.
func (a *moments) State() ([]columnar.Vector, error) {
	return doubleState(5, len(a.groups), func(g, k int) float64 {
		m := &a.groups[g]
		return [...]float64{m.n, m.mean, m.m2, m.m3, m.m4}[k]
	}), nil
}

// Merge implements logical.Accumulator.
func (a *moments) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	at := doubles(state)
	for i, g := range group {
		a.groups[g].merge(moment{at(0, i), at(1, i), at(2, i), at(3, i), at(4, i)})
	}
	return nil
}

// Result implements logical.Accumulator.
func (a *moments) Result(*logical.EvalContext) (columnar.Vector, error) {
	return doubleResult(len(a.groups), func(g int) (float64, bool) {
		m := &a.groups[g]
		if m.n == 0 {
			return 0, false
		}
		return a.result(m)
	}), nil
}

// doubleState makes k columns of n doubles.
func doubleState(k, n int, f func(g, k int) float64) []columnar.Vector {
	out := make([]columnar.Vector, k)
	for c := range out {
		values := make([]float64, n)
		for g := range values {
			values[g] = f(g, c)
		}
		out[c] = columnar.NewFixed(columnar.DoubleType, values, nil)
	}
	return out
}

// doubles reads columns of doubles without NULLs.
func doubles(state []columnar.Vector) func(column, row int) float64 {
	cols := make([]*columnar.Fixed[float64], len(state))
	for i, s := range state {
		cols[i] = columnar.Flatten(nil, s, columnar.AllRows(s.Len())).(*columnar.Fixed[float64])
	}
	return func(column, row int) float64 { return cols[column].Values[row] }
}

// doubleResult makes a column of doubles; false is NULL.
func doubleResult(n int, f func(g int) (float64, bool)) columnar.Vector {
	values, valid := make([]float64, n), columnar.FullBitmap(n)
	nulls := false
	for g := range values {
		v, ok := f(g)
		if !ok {
			valid.Clear(g)
			nulls = true
			continue
		}
		values[g] = v
	}
	if !nulls {
		valid = nil
	}
	return columnar.NewFixed(columnar.DoubleType, values, valid)
}
