package physical

import (
	"fmt"
	"iter"
	"math"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// Limit gives Count rows (negative: all) after the first Offset, in the order of partitions and rows.
type Limit struct {
	unary
	Count, Offset int64
}

// localLimit gives at most Count rows of each partition.
type localLimit struct {
	unary
	Count int64
}

// limit plans LIMIT and OFFSET: the top rows of a sort, or the first rows of each partition and then the first of those.
func (p *planner) limit(n *logical.Limit) (Operator, error) {
	count, err := p.constantCount(n.Count, -1, "limit")
	if err != nil {
		return nil, err
	}
	offset, err := p.constantCount(n.Offset, 0, "offset")
	if err != nil {
		return nil, err
	}
	if s, ok := n.Input.(*logical.Sort); ok && s.Global && count >= 0 {
		return p.topN(s, count, offset)
	}
	child, err := p.plan(n.Input)
	if err != nil {
		return nil, err
	}
	if count >= 0 && count <= math.MaxInt64-offset {
		child = &localLimit{unary{child}, count + offset}
	}
	return &Limit{unary{child}, count, offset}, nil
}

// constantCount is the value of a LIMIT or OFFSET; none is what an absent one means.
func (p *planner) constantCount(e logical.Expr, none int64, what string) (int64, error) {
	if e == nil {
		return none, nil
	}
	x := newExec(p.ctx, nil, *p.conf)
	l, ok := x.fold(&compiler{clock: new(int)}, e).(*logical.Literal)
	if !ok {
		b, err := x.Bind([]logical.Expr{e}, nil)
		if err != nil {
			return 0, err
		}
		if l, ok = b.exprs[0].(*logical.Literal); !ok {
			return 0, columnar.Errorf("INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE",
				"The limit like expression %q is invalid. The %s expression must evaluate to a constant value.", e, what).At(e.Position())
		}
	}
	if l.Value.IsNull(0) {
		return 0, columnar.Errorf("INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL",
			"The limit like expression %q is invalid. The evaluated %s expression must not be null.", e, what).At(e.Position())
	}
	v := columnar.Int64At(l.Value, 0)
	if v < 0 {
		return 0, columnar.Errorf("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE",
			"The limit like expression %q is invalid. The %s expression must be equal to or greater than 0, but got %d.", e, what, v).At(e.Position())
	}
	return v, nil
}

// Output implements Operator.
func (l *Limit) Output() []*logical.Attr { return l.Child.Output() }

// Schema implements Operator.
func (l *Limit) Schema() *columnar.Schema { return l.Child.Schema() }

// WithChildren implements Operator.
func (l *Limit) WithChildren(c []Operator) Operator { return &Limit{unary{c[0]}, l.Count, l.Offset} }

// Requires implements Operator.
func (l *Limit) Requires() []Distribution { return []Distribution{{Partitioning: Single}} }

// String implements Operator.
func (l *Limit) String() string {
	if l.Offset > 0 {
		return fmt.Sprintf("GlobalLimit %d offset %d", l.Count, l.Offset)
	}
	return fmt.Sprintf("GlobalLimit %d", l.Count)
}

// wavesUpTo is the largest limit for which partitions are computed in growing waves: what they give is held in memory meanwhile.
const wavesUpTo = 100_000

// Lower implements Operator.
func (l *Limit) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	if e, ok := l.Child.(*Exchange); ok && l.Count >= 0 && l.Count+l.Offset <= wavesUpTo {
		return l.lowerWaves(x, e.Child)
	}
	in, err := x.RDD(l.Child)
	if err != nil {
		return nil, err
	}
	return rdd.MapPartitions(in, func(_ *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return firstRows(in, l.Offset, l.Count)
	}), nil
}

// lowerWaves takes the rows now, from the first partition, then from four times as many as have been looked at, and so on: partitions
// beyond are never computed.
func (l *Limit) lowerWaves(x *Exec, child Operator) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(child)
	if err != nil {
		return nil, err
	}
	parts, err := in.Partitions(x.Context)
	if err != nil {
		return nil, err
	}
	var rows []columnar.Batch
	need, have := l.Count+l.Offset, int64(0)
	for seen := 0; seen < len(parts) && have < need; {
		wave := min(max(x.Conf.slots(), 3*seen), len(parts)-seen)
		got, err := takeWave(x, in, seen, wave)
		if err != nil {
			return nil, err
		}
		for _, bs := range got {
			for _, b := range bs {
				have += int64(b.Live())
				rows = append(rows, b)
			}
		}
		seen += wave
	}
	return rdd.FromSeq(x.SC, firstRows(func(yield func(columnar.Batch, error) bool) {
		for _, b := range rows {
			if !yield(b, nil) {
				return
			}
		}
	}, l.Offset, l.Count)), nil
}

// takeWave computes n partitions from the one at from, and keeps their batches.
func takeWave(x *Exec, in *rdd.RDD[columnar.Batch], from, n int) ([][]columnar.Batch, error) {
	parts := make([]int, n)
	for i := range parts {
		parts[i] = from + i
	}
	out := make([][]columnar.Batch, n)
	err := rdd.RunJob(x.Context, in, parts, func(_ *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) ([]columnar.Batch, error) {
		var kept []columnar.Batch
		for b, err := range in {
			if err != nil {
				return nil, err
			}
			kept = append(kept, b.Compact(nil).Retain())
		}
		return kept, nil
	}, func(part int, bs []columnar.Batch) bool {
		out[part-from] = bs
		return true
	}, rdd.Tag(x.Conf.Tag))
	return out, err
}

// firstRows is count rows (negative: all) of a stream after the first offset.
func firstRows(in iter.Seq2[columnar.Batch, error], offset, count int64) iter.Seq2[columnar.Batch, error] {
	return func(yield func(columnar.Batch, error) bool) {
		skip, left := offset, count
		if left == 0 {
			return
		}
		for b, err := range in {
			if err != nil {
				yield(b, err)
				return
			}
			n := int64(b.Live())
			if n <= skip {
				skip -= n
				continue
			}
			hi := n
			if left >= 0 {
				hi = min(n, skip+left)
			}
			b = liveSlice(b, int(skip), int(hi))
			skip = 0
			if left > 0 {
				left -= int64(b.Live())
			}
			if !yield(b, nil) || left == 0 {
				return
			}
		}
	}
}

// liveSlice is the live rows lo to hi of a batch, sharing its columns.
func liveSlice(b columnar.Batch, lo, hi int) columnar.Batch {
	switch {
	case lo == 0 && hi == b.Live():
	case b.Sel != nil:
		b.Sel = b.Sel[lo:hi]
	default:
		b = b.Slice(lo, hi)
	}
	return b
}

// Output implements Operator.
func (l *localLimit) Output() []*logical.Attr  { return l.Child.Output() }
func (l *localLimit) Schema() *columnar.Schema { return l.Child.Schema() }
func (l *localLimit) WithChildren(c []Operator) Operator {
	return &localLimit{unary{c[0]}, l.Count}
}
func (l *localLimit) String() string { return fmt.Sprintf("LocalLimit %d", l.Count) }

// Lower implements Operator.
func (l *localLimit) Lower(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(l.Child)
	if err != nil {
		return nil, err
	}
	return rdd.MapPartitions(in, func(_ *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) iter.Seq2[columnar.Batch, error] {
		return firstRows(in, 0, l.Count)
	}), nil
}
