package functions

import (
	"math"
	"math/bits"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// sketchAggregates estimate from a summary of fixed size.
var sketchAggregates = []*logical.Function{{
	Name:     "approx_count_distinct",
	Usage:    "approx_count_distinct(expr[, relativeSD]) - Estimates the number of distinct values by HyperLogLog++, with a relative standard deviation of relativeSD (0.05 by default).",
	Examples: []logical.Example{{SQL: "SELECT approx_count_distinct(col) FROM VALUES (1), (1), (2), (2), (3) AS tab(col)", Result: "3"}},
	Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity("approx_count_distinct", len(args), 1, 2); err != nil {
			return nil, columnar.BigIntType, err
		}
		if len(args) == 2 && !args[1].IsNumeric() {
			return nil, columnar.BigIntType, unexpectedType(1, "DOUBLE", args[1])
		}
		return append(args[:1:1], repeatType(columnar.DoubleType, len(args)-1)...), columnar.BigIntType, nil
	},
	Pretty:   func(name string, args []string) string { return name + "(" + args[0] + ")" },
	Nullable: neverNull,
	Kind:     logical.Aggregator(func([]columnar.Type) (logical.Accumulator, error) { return &distinctSketch{}, nil }),
}}

// distinctSketch is a HyperLogLog++ sketch of each group: the hash of a value chooses one of 2^p registers, which keeps the largest number of zeros
// that the rest of a hash began with, and one. Registers are a byte each; a group without values has none.
type distinctSketch struct {
	p     int // of the argument; 0 before it is known
	regs  [][]byte
	bytes int64
}

// Resize, StateTypes and Bytes implement logical.Accumulator.
func (a *distinctSketch) Resize(groups int)           { a.regs = grow(a.regs, groups) }
func (a *distinctSketch) StateTypes() []columnar.Type { return []columnar.Type{columnar.BinaryType} }
func (a *distinctSketch) Bytes() int64                { return a.bytes + int64(cap(a.regs))*24 }

// Update implements logical.Accumulator.
func (a *distinctSketch) Update(_ *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	if a.p == 0 && len(group) > 0 {
		deviation := 0.05
		if len(args) == 2 {
			deviation = columnar.Float64At(args[1], rows.Row(0))
		}
		if a.p = int(math.Ceil(2 * math.Log2(1.106/deviation))); a.p < 4 || a.p > 24 {
			return columnar.Errorf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "HLL++ requires a relative standard deviation between 0.0003 and 0.39 (current value = %v).", deviation)
		}
	}
	v := args[0]
	for i, g := range group {
		r := rows.Row(i)
		if v.IsNull(r) {
			continue
		}
		h := xxh64.value(v, r, hashSeed)
		rank := byte(bits.LeadingZeros64(h<<a.p|1<<(a.p-1)) + 1)
		regs := a.registers(g, 1<<a.p)
		if at := h >> (64 - a.p); regs[at] < rank {
			regs[at] = rank
		}
	}
	return nil
}

func (a *distinctSketch) registers(g uint32, n int) []byte {
	if a.regs[g] == nil {
		a.regs[g] = make([]byte, n)
		a.bytes += int64(n)
	}
	return a.regs[g]
}

// State implements logical.Accumulator.
func (a *distinctSketch) State() ([]columnar.Vector, error) {
	b := columnar.NewStringsBuilder(nil, columnar.BinaryType, len(a.regs))
	for _, r := range a.regs {
		b.Append(r)
	}
	return []columnar.Vector{b.Build()}, nil
}

// Merge implements logical.Accumulator.
func (a *distinctSketch) Merge(_ *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	for i, g := range group {
		other := columnar.StringAt(state[0], i)
		if other == "" {
			continue
		}
		regs := a.registers(g, len(other))
		for k := range regs {
			regs[k] = max(regs[k], other[k])
		}
	}
	return nil
}

// Result implements logical.Accumulator.
func (a *distinctSketch) Result(*logical.EvalContext) (columnar.Vector, error) {
	out := make([]int64, len(a.regs))
	for g, regs := range a.regs {
		if regs != nil {
			out[g] = int64(math.Round(estimateDistinct(regs)))
		}
	}
	return columnar.NewFixed(columnar.BigIntType, out, nil), nil
}

// linearLimit is, for 2^4, 2^5, … registers, the estimate up to which counting the empty ones is more precise than the raw estimate (from the
// paper on HyperLogLog++, Heule et al. 2013).
var linearLimit = [...]float64{10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 11500, 20000, 50000, 120000, 350000}

// estimateDistinct is the number of values that have filled the registers.
func estimateDistinct(regs []byte) float64 {
	m := float64(len(regs))
	sum, empty := 0.0, 0
	for _, r := range regs {
		sum += math.Ldexp(1, -int(r))
		if r == 0 {
			empty++
		}
	}
	p := bits.TrailingZeros(uint(len(regs)))
	raw := alphaOf(m) * m * m / sum
	if empty > 0 {
		// Spark keeps the limit of the first HyperLogLog, 2.5 m, beside that of the paper.
		linear := m * math.Log(m/float64(empty))
		if p-4 < len(linearLimit) && linear <= linearLimit[p-4] || raw <= 2.5*m {
			return linear
		}
	}
	if p-4 < len(linearLimit) && raw < 5*m {
		return unbiased(raw, m)
	}
	return raw
}

// alphaOf is the constant that makes the raw estimate right for many values.
func alphaOf(m float64) float64 {
	switch m {
	case 16:
		return 0.673
	case 32:
		return 0.697
	case 64:
		return 0.709
	}
	return 0.7213 / (1 + 1.079/m)
}

// unbiased is the number of values of which the raw estimate is expected. The paper has tables of it from experiments; here the expectation is
// computed, so that between 2.5 m and 5 m the estimate may differ from Spark's by a fraction of its standard deviation.
func unbiased(raw, m float64) float64 {
	lo, hi := 0.0, 5*m
	for range 40 {
		mid := (lo + hi) / 2
		if expectedRaw(mid, m) < raw {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// expectedRaw is the raw estimate that n values give on average: a register stays at or below k with the probability (1 - 2^-k/m)^n.
func expectedRaw(n, m float64) float64 {
	sum, below := 0.0, 0.0
	for k := range 64 {
		p := math.Exp(n * math.Log1p(-math.Ldexp(1, -k)/m))
		sum += math.Ldexp(p-below, -k)
		below = p
	}
	return alphaOf(m) * m / sum
}
