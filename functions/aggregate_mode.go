package functions

import (
	"math"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/internal/javafmt"
	"github.com/gosql-engine/gosql/logical"
)

// modeFunction takes a second argument from the analyzer only: 1 for the least and -1 for the greatest of the values that come equally often.
var modeFunction = &logical.Function{
	Name:     "mode",
	Usage:    "mode(col[, deterministic]) or mode() WITHIN GROUP (ORDER BY col) - Returns the value that comes most often; of several such any, or the first in the order.",
	Examples: []logical.Example{{SQL: "SELECT mode(col) FROM VALUES (0), (10), (10) AS tab(col)", Result: "10"}},
	Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
		if err := arity("mode", len(args), 1, 2); err != nil {
			return nil, columnar.VoidType, err
		}
		return args, args[0], nil
	},
	Nullable: alwaysNullable,
	Kind: logical.Aggregator(func(args []columnar.Type) (logical.Accumulator, error) {
		return &mode{collector: collector{of: args[0]}}, nil
	}),
}

// mode keeps all values and counts them at the end.
type mode struct {
	collector
	order int8 // as modeFunction's second argument; 0: any
}

// Update implements logical.Accumulator.
func (a *mode) Update(ec *logical.EvalContext, group []uint32, rows columnar.Rows, args []columnar.Vector) error {
	if len(args) > 1 && rows.Count() > 0 {
		a.order = int8(columnar.Int64At(args[1], rows.Row(0)))
	}
	return a.collector.Update(ec, group, rows, args[:1])
}

// StateTypes implements logical.Accumulator.
func (a *mode) StateTypes() []columnar.Type {
	return append(a.collector.StateTypes(), columnar.TinyIntType)
}

// State implements logical.Accumulator.
func (a *mode) State() ([]columnar.Vector, error) {
	return []columnar.Vector{a.lists(), columnar.NewConst(columnar.ScalarOf(a.order), a.groups)}, nil
}

// Merge implements logical.Accumulator.
func (a *mode) Merge(ec *logical.EvalContext, group []uint32, state []columnar.Vector) error {
	if len(group) > 0 && a.order == 0 {
		a.order = int8(columnar.Int64At(state[1], 0))
	}
	return a.collector.Merge(ec, group, state[:1])
}

// Result implements logical.Accumulator.
func (a *mode) Result(*logical.EvalContext) (columnar.Vector, error) {
	starts, values := a.byGroup()
	b := columnar.NewBuilder(a.of, a.groups)
	for g := range a.groups {
		var all []place
		for r := starts[g]; r < starts[g+1]; r++ {
			all = append(all, place{values, int(r)})
		}
		if len(all) == 0 {
			b.AppendNull()
			continue
		}
		best := a.first(mostFrequent(all))
		b.Append(best.v, best.row)
	}
	return b.Build(), nil
}

// mostFrequent is one place for each of the values that come most often, ascending, and how many different values there are.
func mostFrequent(all []place) (best []place, distinct int) {
	slices.SortStableFunc(all, func(x, y place) int { return columnar.CompareAt(x.v, x.row, y.v, y.row) })
	most := 0
	for i := 0; i < len(all); {
		n := i + 1
		for n < len(all) && columnar.EqualAt(all[i].v, all[i].row, all[n].v, all[n].row) {
			n++
		}
		if n-i > most {
			best, most = best[:0], n-i
		}
		if n-i == most {
			best = append(best, all[i])
		}
		i = n
		distinct++
	}
	return best, distinct
}

// first chooses among values that come equally often: the least, the greatest, or without an order the one that Spark's hash map (its class
// OpenHashMap) of so many values comes upon first.
func (a *mode) first(best []place, distinct int) place {
	switch {
	case a.order > 0:
		return best[0]
	case a.order < 0:
		return best[len(best)-1]
	}
	slots := uint32(64)
	for float64(distinct) > 0.7*float64(slots) {
		slots *= 2
	}
	return slices.MinFunc(best, func(x, y place) int {
		return int(javafmt.Murmur3Int(javaHash(x), 0)&(slots-1)) - int(javafmt.Murmur3Int(javaHash(y), 0)&(slots-1))
	})
}

// javaHash is hashCode of the object that Spark keeps a value in; 0 for types where it depends on more than the value.
func javaHash(p place) int32 {
	switch t := p.v.Type(); t.Kind {
	case columnar.Boolean:
		if columnar.BoolAt(p.v, p.row) {
			return 1231
		}
		return 1237
	case columnar.TinyInt, columnar.SmallInt, columnar.Int, columnar.Date, columnar.YearMonthInterval:
		return int32(columnar.Int64At(p.v, p.row))
	case columnar.BigInt, columnar.Timestamp, columnar.TimestampNTZ, columnar.DayTimeInterval:
		return foldLong(columnar.Int64At(p.v, p.row))
	case columnar.Float:
		return int32(math.Float32bits(float32(columnar.Float64At(p.v, p.row))))
	case columnar.Double:
		return foldLong(int64(math.Float64bits(columnar.Float64At(p.v, p.row))))
	case columnar.String:
		return int32(javafmt.Murmur3Bytes(columnar.StringAt(p.v, p.row), 42))
	}
	return 0
}

// foldLong is Long.hashCode.
func foldLong(v int64) int32 { return int32(v ^ int64(uint64(v)>>32)) }
