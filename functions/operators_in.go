package functions

import (
	"strings"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
)

var inOperator = &logical.Function{
	Name: "in", Usage: "expr IN (value, …): whether expr equals one of the values; NULL if it does not but one of them, or expr, is NULL.",
	Examples: []logical.Example{{SQL: "SELECT 1 IN (1, 2, 3)", Result: "true"}, {SQL: "SELECT 1 IN (2, NULL)", Result: "NULL"}},
	Type:     inTypes,
	Pretty: func(_ string, args []string) string {
		return "(" + args[0] + " IN (" + strings.Join(args[1:], ", ") + "))"
	},
	Kind: logical.Scalar(evalIn),
}

func inTypes(args []columnar.Type) ([]columnar.Type, columnar.Type, error) {
	if err := arity("in", len(args), 2, -1); err != nil {
		return nil, columnar.BooleanType, err
	}
	t, err := commonOf("in", args)
	if err != nil {
		return nil, columnar.BooleanType, err
	}
	return repeatType(t, len(args)), columnar.BooleanType, orderable("in", t)
}

// inSet is the values of an IN list of constants, kept between batches in the call's state.
type inSet struct {
	values  columnar.Vector // distinct, no NULLs
	buckets map[uint64][]int32
	null    bool // the list holds a NULL
}

// longList is the number of constants from which on a hash table beats a comparison each.
const longList = 8

func evalIn(ec *logical.EvalContext, rows columnar.Rows, args []columnar.Vector) (columnar.Vector, error) {
	if args[0].Type().Kind == columnar.Void {
		return columnar.NullVector(columnar.BooleanType, rows.N), nil
	}
	if len(args) > longList && ec.State != nil {
		if set := inSetOf(ec.State, args[1:]); set != nil {
			return set.contains(ec.Pool, args[0], rows), nil
		}
	}
	out := columnar.Compare(ec.Pool, columnar.Eq, args[0], args[1], rows)
	for _, v := range args[2:] {
		out = columnar.Or(ec.Pool, out, columnar.Compare(ec.Pool, columnar.Eq, args[0], v, rows), rows)
	}
	return out, nil
}

// inSetOf is the set of a list of constants, made for the first batch; nil if they are not all constants.
func inSetOf(state *logical.CallState, list []columnar.Vector) *inSet {
	if s, ok := state.Value.(*inSet); ok {
		return s
	}
	s := &inSet{buckets: map[uint64][]int32{}}
	b := columnar.NewBuilder(list[0].Type(), len(list))
	for _, v := range list {
		c := constantOf(v)
		switch {
		case c == nil:
			return nil
		case c.IsNull(0):
			s.null = true
		default:
			b.Append(c, 0)
		}
	}
	s.values = b.Build()
	hashes := make([]uint64, s.values.Len())
	columnar.Hash([]columnar.Vector{s.values}, columnar.AllRows(len(hashes)), hashes)
	for i, h := range hashes {
		s.buckets[h] = append(s.buckets[h], int32(i))
	}
	state.Value = s
	return s
}

func (s *inSet) contains(p *columnar.Pool, v columnar.Vector, rows columnar.Rows) columnar.Vector {
	hashes := columnar.Alloc[uint64](p, rows.Count())
	columnar.Hash([]columnar.Vector{v}, rows, hashes)
	out := columnar.MakeBool(p, rows.N)
	out.Valid = columnar.AllocBitmap(p, rows.N)
	for i, h := range hashes {
		r := rows.Row(i)
		if v.IsNull(r) {
			continue
		}
		found := false
		for _, k := range s.buckets[h] {
			found = found || columnar.EqualAt(v, r, s.values, int(k))
		}
		if found {
			out.Bits.Set(r)
		}
		if found || !s.null {
			out.Valid.Set(r)
		}
	}
	return out
}
