package functions

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

// windowGroup are the functions of windows.
var windowGroup = []*logical.Function{
	rankFunction("row_number", columnar.IntType, "row_number() - Returns the number of the row in its partition, from 1.", "3",
		numbered(func(p *logical.WindowPartition, i int) int32 { return int32(i) - p.First[i] + 1 })),
	rankFunction("rank", columnar.IntType, "rank() - Returns one plus the number of rows that come before the row and its equals.", "3",
		numbered(func(p *logical.WindowPartition, i int) int32 { return p.PeerStart[i] - p.First[i] + 1 })),
	rankFunction("dense_rank", columnar.IntType, "dense_rank() - Returns one plus the number of different values that come before the row's.", "2", windower(denseRank)),
	rankFunction("percent_rank", columnar.DoubleType, "percent_rank() - Returns the part of the other rows of the partition that come before the row and its equals.", "1.0",
		portion(func(p *logical.WindowPartition, i int) float64 {
			if n := p.Last[i] - p.First[i]; n > 1 {
				return float64(p.PeerStart[i]-p.First[i]) / float64(n-1)
			}
			return 0
		})),
	rankFunction("cume_dist", columnar.DoubleType, "cume_dist() - Returns the part of the partition's rows that come before the row or are equal to it.", "1.0",
		portion(func(p *logical.WindowPartition, i int) float64 {
			return float64(p.PeerEnd[i]-p.First[i]) / float64(p.Last[i]-p.First[i])
		})),
	{
		Name:     "ntile",
		Usage:    "ntile(n) - Divides the rows of a partition into n buckets of as equal sizes as can be, and returns the number of the row's, from 1.",
		Examples: []logical.Example{{SQL: "SELECT max(n) FROM (SELECT ntile(2) OVER (ORDER BY c) AS n FROM VALUES (1), (2), (3) AS t(c))", Result: "2"}},
		Type:     optional("ntile", 0, columnar.IntType, columnar.IntType),
		Nullable: neverNull,
		Kind:     windower(ntile),
	},
	offsetFunction("lag", -1, "before", "NULL", "1"),
	offsetFunction("lead", 1, "behind", "2", "NULL"),
	{
		Name:     "nth_value",
		Usage:    "nth_value(expr, n) - Returns the value of the n-th row of the frame; with IGNORE NULLS, of the n-th whose value is not NULL.",
		Examples: []logical.Example{{SQL: "SELECT max(v) FROM (SELECT nth_value(c, 2) OVER (ORDER BY c) AS v FROM VALUES (1), (2), (3) AS t(c))", Result: "2"}},
		Type: func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
			if err := arity("nth_value", len(args), 2, 2); err != nil {
				return nil, columnar.VoidType, err
			}
			if !logical.ImplicitCast(args[1], columnar.IntType) {
				return nil, args[0], unexpectedType(1, "INT", args[1])
			}
			return []columnar.Type{args[0], columnar.IntType}, args[0], nil
		},
		Nullable: alwaysNullable,
		Kind:     windower(nthValue),
	},
}

// windowFunc is a function as a WindowFunc.
type windowFunc func(ec *logical.EvalContext, p *logical.WindowPartition) (columnar.Vector, error)

// Eval implements logical.WindowFunc.
func (f windowFunc) Eval(ec *logical.EvalContext, p logical.WindowPartition) (columnar.Vector, error) {
	return f(ec, &p)
}

// windower makes a Windower of a function that needs no argument types.
func windower(f windowFunc) logical.Windower {
	return func([]columnar.Type) (logical.WindowFunc, error) { return f, nil }
}

// numbered computes an INT for each row by its place.
func numbered(f func(p *logical.WindowPartition, i int) int32) logical.Windower {
	return windower(func(ec *logical.EvalContext, p *logical.WindowPartition) (columnar.Vector, error) {
		out := columnar.MakeFixed[int32](ec.Pool, columnar.IntType, p.N)
		for i := range out.Values {
			out.Values[i] = f(p, i)
		}
		return out, nil
	})
}

// portion computes a DOUBLE for each row by its place.
func portion(f func(p *logical.WindowPartition, i int) float64) logical.Windower {
	return windower(func(ec *logical.EvalContext, p *logical.WindowPartition) (columnar.Vector, error) {
		out := columnar.MakeFixed[float64](ec.Pool, columnar.DoubleType, p.N)
		for i := range out.Values {
			out.Values[i] = f(p, i)
		}
		return out, nil
	})
}

// rankFunction is a function of a row's place; last is its value for the last of the rows 1, 1, 2.
func rankFunction(name string, t columnar.Type, usage, last string, kind logical.Windower) *logical.Function {
	f := &logical.Function{
		Name: name, Usage: usage,
		Examples: []logical.Example{{SQL: "SELECT max(n) FROM (SELECT " + name + "() OVER (ORDER BY c) AS n FROM VALUES (1), (1), (2) AS t(c))", Result: last}},
		Type:     fixed(name, t), Nullable: neverNull, Kind: kind,
	}
	if strings.HasSuffix(name, "rank") { // these take what they are called with for nothing, as in Spark
		f.Type = anyTypes(name, 0, -1, t)
		f.Pretty = func(string, []string) string { return strings.ToUpper(name) + "()" }
	}
	return f
}

func denseRank(ec *logical.EvalContext, p *logical.WindowPartition) (columnar.Vector, error) {
	out := columnar.MakeFixed[int32](ec.Pool, columnar.IntType, p.N)
	for i := range out.Values {
		switch int32(i) {
		case p.First[i]:
			out.Values[i] = 1
		case p.PeerStart[i]:
			out.Values[i] = out.Values[i-1] + 1
		default:
			out.Values[i] = out.Values[i-1]
		}
	}
	return out, nil
}

func ntile(ec *logical.EvalContext, p *logical.WindowPartition) (columnar.Vector, error) {
	buckets := int32(1)
	if len(p.Args) > 0 && p.N > 0 {
		n := p.Args[0]
		if n.IsNull(0) || columnar.Int64At(n, 0) <= 0 {
			return nil, columnar.Errorf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
				"The buckets must be between (0, 2147483647] (current value = %s).", columnar.FormatValue(n, 0))
		}
		buckets = int32(columnar.Int64At(n, 0))
	}
	out := columnar.MakeFixed[int32](ec.Pool, columnar.IntType, p.N)
	for i := range out.Values {
		rows, at := p.Last[i]-p.First[i], int32(i)-p.First[i]
		size, larger := rows/buckets, rows%buckets // the first buckets have one row more
		if border := larger * (size + 1); at < border {
			out.Values[i] = at/(size+1) + 1
		} else {
			out.Values[i] = larger + (at-border)/size + 1
		}
	}
	return out, nil
}

// offsetFunction is lag or lead: direction is that in which offsets count. first and last are the values for the rows 1 and 2.
func offsetFunction(name string, direction int64, where, first, last string) *logical.Function {
	query := "(SELECT c, " + name + "(c) OVER (ORDER BY c) AS v FROM VALUES (1), (2) AS t(c))"
	return &logical.Function{
		Name: name,
		Usage: name + "(expr[, offset[, default]]) - Returns the value of expr offset rows (1 if not given) " + where +
			" the row in its partition; default, or NULL, where there is no such row. With IGNORE NULLS only rows whose value is not NULL count.",
		Examples: []logical.Example{
			{SQL: "SELECT v FROM " + query + " WHERE c = 1", Result: first},
			{SQL: "SELECT v FROM " + query + " WHERE c = 2", Result: last},
		},
		Type:   func(args []columnar.Type) ([]columnar.Type, columnar.Type, error) { return offsetTypes(name, args) },
		Pretty: withDefaults(3, "1", "NULL"),
		Nullable: func(args []logical.Expr) bool {
			return len(args) < 3 || args[0].Nullable() || args[2].Nullable()
		},
		Kind: windower(func(ec *logical.EvalContext, p *logical.WindowPartition) (columnar.Vector, error) {
			return atOffset(ec, p, direction)
		}),
	}
}

// offsetTypes is the typing of lag and lead: the default is brought to the type of the values.
func offsetTypes(name string, args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity(name, len(args), 1, 3); err != nil {
		return nil, columnar.VoidType, err
	}
	t := args[0]
	coerced := []columnar.Type{t}
	if len(args) > 1 {
		if !logical.ImplicitCast(args[1], columnar.IntType) {
			return nil, t, unexpectedType(1, "INT", args[1])
		}
		coerced = append(coerced, columnar.IntType)
	}
	if len(args) > 2 {
		common, err := commonOf(name, []columnar.Type{t, args[2]})
		if err != nil {
			return nil, t, err
		}
		coerced[0], t = common, common
		coerced = append(coerced, common)
	}
	return coerced, t, nil
}

// atOffset takes each row's value from offset rows away.
func atOffset(ec *logical.EvalContext, p *logical.WindowPartition, direction int64) (columnar.Vector, error) {
	v, offset := p.Args[0], direction
	if len(p.Args) > 1 && p.N > 0 {
		if p.Args[1].IsNull(0) {
			return columnar.NullVector(v.Type(), p.N), nil
		}
		offset *= columnar.Int64At(p.Args[1], 0)
	}
	idx := make([]int32, p.N)
	if p.IgnoreNulls && offset != 0 {
		offsetValues(p, offset, idx)
	} else {
		for i := range idx {
			idx[i] = -1
			if at := int64(i) + offset; at >= int64(p.First[i]) && at < int64(p.Last[i]) {
				idx[i] = int32(at)
			}
		}
	}
	if len(p.Args) < 3 {
		return columnar.TakeNullable(ec.Pool, v, idx), nil
	}
	for i, at := range idx {
		if at < 0 {
			idx[i] = int32(p.N + i)
		}
	}
	return columnar.Take(ec.Pool, columnar.Concat(v.Type(), []columnar.Vector{v, p.Args[2]}), idx), nil
}

// offsetValues fills idx with the rows of the offset-th values that are not NULL before (negative) or behind each row; -1 for none.
func offsetValues(p *logical.WindowPartition, offset int64, idx []int32) {
	values, before := valueRows(p)
	for i := range idx {
		idx[i] = -1
		at := int64(before[i]) + offset // among the values
		if offset > 0 {
			at = int64(before[i+1]) + offset - 1
		}
		if at < 0 || at >= int64(len(values)) {
			continue
		}
		if r := values[at]; r >= p.First[i] && r < p.Last[i] {
			idx[i] = r
		}
	}
}

// valueRows lists the rows whose argument is not NULL; before[i] is how many of them come before row i.
func valueRows(p *logical.WindowPartition) (values, before []int32) {
	before = make([]int32, p.N+1)
	for i := range p.N {
		before[i] = int32(len(values))
		if !p.Args[0].IsNull(i) {
			values = append(values, int32(i))
		}
	}
	before[p.N] = int32(len(values))
	return values, before
}

func nthValue(ec *logical.EvalContext, p *logical.WindowPartition) (columnar.Vector, error) {
	if p.N == 0 {
		return p.Args[0], nil
	}
	n := p.Args[1]
	if n.IsNull(0) || columnar.Int64At(n, 0) <= 0 {
		return nil, columnar.Errorf("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
			"The offset must be between (0, 9223372036854775807] (current value = %s).", columnar.FormatValue(n, 0))
	}
	nth := columnar.Int64At(n, 0) - 1
	idx := make([]int32, p.N)
	var values, before []int32
	if p.IgnoreNulls {
		values, before = valueRows(p)
	}
	for i := range idx {
		idx[i] = -1
		if p.Lo[i] >= p.Hi[i] {
			continue
		}
		at := int64(p.Lo[i]) + nth
		if p.IgnoreNulls {
			if k := int64(before[p.Lo[i]]) + nth; k < int64(len(values)) {
				at = int64(values[k])
			} else {
				continue
			}
		}
		if at < int64(p.Hi[i]) {
			idx[i] = int32(at)
		}
	}
	return columnar.TakeNullable(ec.Pool, p.Args[0], idx), nil
}
