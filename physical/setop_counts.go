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
	schema, size, m := s.Schema(), x.Conf.batchRows(), x.Metrics(s)
	return rdd.ZipPartitions(left, right, func(tc *rdd.TaskContext, l, r iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return func(yield func(columnar.Batch, error) bool) {
			c := &setCounting{node: s.node, tc: tc, schema: schema, size: size, metrics: m, reserve: tc.Reserve("set operation", nil), yield: yield}
			if err := c.run(l, r); err != nil && err != errStopped {
				yield(columnar.Batch{}, err)
			}
		}
	}), nil
}

// setCounting is a setCounts at work in one task. When memory is short rows go to files by their hash, with the counts so far; at the end each part is
// counted by itself.
type setCounting struct {
	node    *logical.SetOp
	tc      *rdd.TaskContext
	schema  *columnar.Schema
	size    int // rows of the batches given
	metrics *Metrics
	reserve *rdd.Reservation
	yield   func(columnar.Batch, error) bool

	groups grouper
	counts [2][]int32 // by side and group
	group  []uint32
	parts  *parting
	level  int
}

// run counts both sides and gives the result.
func (c *setCounting) run(l, r iter.Seq2[columnar.Batch, error]) error {
	c.reset()
	for side, in := range []iter.Seq2[columnar.Batch, error]{l, r} {
		for b, err := range in {
			if err == nil && b.Live() > 0 {
				c.assign(b.Cols, b.LiveRows())
				for _, g := range c.group {
					c.counts[side][g]++
				}
				err = c.bound()
			}
			if err != nil {
				return err
			}
		}
	}
	return c.finish()
}

func (c *setCounting) reset() {
	types := make([]columnar.Type, len(c.schema.Fields))
	for i, f := range c.schema.Fields {
		types[i] = f.Type
	}
	c.groups, c.counts = newGrouper(types), [2][]int32{}
}

// assign numbers rows, and makes counts for new ones.
func (c *setCounting) assign(cols []columnar.Vector, rows columnar.Rows) {
	c.group = sized(c.group, rows.Count())
	c.groups.assign(cols, rows, c.group)
	for k := range c.counts {
		c.counts[k] = append(c.counts[k], make([]int32, c.groups.len()-len(c.counts[k]))...)
	}
}

// bound reserves memory for the counts; if there is not enough, it writes them to files.
func (c *setCounting) bound() error {
	more := max(c.groups.bytes()+8*int64(c.groups.len())-c.reserve.Used(), 0)
	if c.level >= maxSpillLevel || c.groups.len() < leastSpill {
		return c.reserve.Grow(more)
	}
	if c.reserve.TryGrow(more) == nil {
		return nil
	}
	return c.spill()
}

// spill writes all counts to files.
func (c *setCounting) spill() error {
	if c.parts == nil {
		schema := &columnar.Schema{Fields: append([]columnar.Field(nil), c.schema.Fields...)}
		for range c.counts {
			schema.Fields = append(schema.Fields, columnar.Field{Type: columnar.IntType})
		}
		c.parts = newParting(c.tc, "set operation", schema, c.metrics, c.level)
	}
	all := columnar.Batch{Schema: c.parts.schema, Len: c.groups.len(), Cols: c.groups.keys()}
	hashes := make([]uint64, all.Len)
	columnar.Hash(all.Cols, all.LiveRows(), hashes)
	for _, n := range c.counts {
		all.Cols = append(all.Cols, columnar.NewFixed(columnar.IntType, n, nil))
	}
	err := c.parts.add(all, hashes)
	c.reset()
	c.reserve.Release()
	return err
}

// finish gives the result of what has been counted.
func (c *setCounting) finish() error {
	if c.parts == nil {
		return c.give()
	}
	if err := c.spill(); err != nil {
		return err
	}
	for p := range spillParts {
		sub := *c
		sub.parts, sub.level = nil, c.level+1
		if err := sub.merge(c.parts.part(p)); err != nil {
			return err
		}
	}
	return nil
}

// merge adds up counts that were written, and gives the result.
func (c *setCounting) merge(in iter.Seq2[columnar.Batch, error]) error {
	c.reset()
	k := len(c.schema.Fields)
	for b, err := range in {
		if err != nil {
			return err
		}
		c.assign(b.Cols[:k], b.LiveRows())
		for side := range c.counts {
			for i, g := range c.group {
				c.counts[side][g] += int32(columnar.Int64At(b.Cols[k+side], i))
			}
		}
		if err := c.bound(); err != nil {
			return err
		}
	}
	return c.finish()
}

// give gives the rows counted as often as they are in the result.
func (c *setCounting) give() error {
	defer c.reserve.Release()
	keys := c.groups.keys()
	idx := make([]int32, 0, c.size)
	flush := func() error {
		if len(idx) == 0 {
			return nil
		}
		out := columnar.Batch{Schema: c.schema, Len: len(idx)}
		for _, v := range keys {
			out.Cols = append(out.Cols, columnar.Take(nil, v, idx))
		}
		idx = idx[:0]
		if !c.yield(out, nil) {
			return errStopped
		}
		return nil
	}
	for g := range c.counts[0] {
		for range c.times(c.counts[0][g], c.counts[1][g]) {
			if idx = append(idx, int32(g)); len(idx) == c.size {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

// times is how often a row is in the result that is l times on the left and r times on the right.
func (c *setCounting) times(l, r int32) int32 {
	var n int32
	if c.node.Kind == logical.Intersect {
		n = min(l, r)
	} else if n = l - r; !c.node.All && r > 0 {
		n = 0
	}
	n = max(n, 0)
	if !c.node.All {
		n = min(n, 1)
	}
	return n
}
