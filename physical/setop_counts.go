package physical

import (
	"iter"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// setCounts is INTERSECT and EXCEPT: it counts how often each row comes on either side, and gives it as often as the operation says.
type setCounts struct {
	left, right Operator
	node        *logical.SetOp
}

func (p *planner) setOpByCounts(n *logical.SetOp) (Operator, error) {
	left, err := p.plan(n.Inputs[0])
	if err != nil {
		return nil, err
	}
	right, err := p.plan(n.Inputs[1])
	return &setCounts{left, right, n}, err
}

// Output, Schema, Children, WithChildren, Requires, Provides and String implement Operator.
func (s *setCounts) Output() []*logical.Attr            { return s.node.Cols }
func (s *setCounts) Schema() *columnar.Schema           { return schemaOf(s.node.Cols) }
func (s *setCounts) Children() []Operator               { return []Operator{s.left, s.right} }
func (s *setCounts) WithChildren(c []Operator) Operator { return &setCounts{c[0], c[1], s.node} }
func (s *setCounts) Provides() []Distribution           { return nil }
func (s *setCounts) String() string                     { return s.node.String() }
func (s *setCounts) Requires() []Distribution {
	l := Distribution{Partitioning: Hash, Keys: attrExprs(s.left.Output()), Aligned: true}
	r := Distribution{Partitioning: Hash, Keys: attrExprs(s.right.Output()), Aligned: true}
	return []Distribution{l, r}
}

// Lower implements Operator.
func (s *setCounts) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	left, err := x.RDD(s.left)
	if err != nil {
		return nil, err
	}
	right, err := x.RDD(s.right)
	if err != nil {
		return nil, err
	}
	schema, size := s.Schema(), x.Conf.batchRows()
	return rdd.ZipPartitions(left, right, func(tc *rdd.TaskContext, l, r iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			all, err := s.combine(tc, schema, l, r)
			if err != nil {
				yield(columnar.Batch{}, err)
				return
			}
			for lo := 0; lo < all.Len; lo += size {
				if !yield(all.Slice(lo, min(lo+size, all.Len)), nil) {
					return
				}
			}
		}
	}), nil
}

// combine counts both sides of one partition.
func (s *setCounts) combine(tc *rdd.TaskContext, schema *columnar.Schema, l, r iter.Seq2[columnar.Batch, error]) (columnar.Batch, error) {
	types := make([]columnar.Type, len(schema.Fields))
	for i, f := range schema.Fields {
		types[i] = f.Type
	}
	groups := newGrouper(types)
	reserve := tc.Reserve("set operation", nil)
	defer reserve.Release()
	var counts [2][]int32
	var group []uint32
	for side, in := range []iter.Seq2[columnar.Batch, error]{l, r} {
		for b, err := range in {
			if err != nil {
				return b, err
			}
			group = sized(group, b.Live())
			groups.assign(b.Cols, b.LiveRows(), group)
			for k := range counts {
				counts[k] = append(counts[k], make([]int32, groups.len()-len(counts[k]))...)
			}
			for _, g := range group {
				counts[side][g]++
			}
			if err := reserve.Grow(max(groups.bytes()-reserve.Used(), 0)); err != nil {
				return b, err
			}
		}
	}
	var idx []int32
	for g := range counts[0] {
		for range s.times(counts[0][g], counts[1][g]) {
			idx = append(idx, int32(g))
		}
	}
	out := columnar.Batch{Schema: schema, Len: len(idx)}
	for _, v := range groups.keys() {
		out.Cols = append(out.Cols, columnar.Take(nil, v, idx))
	}
	return out, nil
}

// times is how often a row is in the result that is l times on the left and r times on the right.
func (s *setCounts) times(l, r int32) int32 {
	var n int32
	if s.node.Kind == logical.Intersect {
		n = min(l, r)
	} else if n = l - r; !s.node.All && r > 0 {
		n = 0
	}
	n = max(n, 0)
	if !s.node.All {
		n = min(n, 1)
	}
	return n
}
