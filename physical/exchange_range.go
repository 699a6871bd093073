package physical

import (
	"iter"
	"slices"

	"github.com/gosql-engine/gosql/columnar"
	"github.com/gosql-engine/gosql/logical"
	"github.com/gosql-engine/gosql/rdd"
)

// samplesPerPartition is how many keys an exchange by range looks at for each partition it makes; spread over the input's partitions.
const samplesPerPartition = 60

// rangeSplitter sends rows to the partition between whose bounds their keys are.
type rangeSplitter struct {
	ev     *Evaluation
	order  []*logical.SortKey
	bounds []columnar.Vector // one row a bound: the least keys of partitions 1, 2, …
	n      int               // number of bounds
	keys   []columnar.Vector
}

func (s *rangeSplitter) targets(b columnar.Batch, dst []uint32) (err error) {
	s.ev.Next(b)
	if s.keys, err = s.ev.All(b, s.keys); err != nil {
		return err
	}
	for i := range dst {
		lo, hi := 0, s.n
		for lo < hi {
			mid := (lo + hi) / 2
			if compareRows(s.order, s.keys, i, s.bounds, mid) < 0 {
				hi = mid
			} else {
				lo = mid + 1
			}
		}
		dst[i] = uint32(lo)
	}
	return nil
}

// lowerRange samples the keys of the child in a job of its own, chooses bounds that cut the sample into equal parts, and splits by
// them. The child is computed twice; where it ends in a shuffle, that is kept, so only what follows it is.
func (e *Exchange) lowerRange(x *Exec) (*rdd.RDD[columnar.Batch], error) {
	in, err := x.RDD(e.Child)
	if err != nil {
		return nil, err
	}
	keys := make([]logical.Expr, len(e.Dist.Order))
	for i, k := range e.Dist.Order {
		keys[i] = k.Child
	}
	bound, err := x.Bind(keys, e.Child.Output())
	if err != nil {
		return nil, err
	}
	sample, err := e.sampleKeys(x, in, bound)
	if err != nil {
		return nil, err
	}
	bounds, n := rangeBounds(e.Dist.Order, sample, e.Dist.N)
	return e.lowerSplit(x, n+1, func(tc *rdd.TaskContext) (splitter, error) {
		ev, err := bound.Open(tc)
		return &rangeSplitter{ev: ev, order: e.Dist.Order, bounds: bounds, n: n}, err
	})
}

// sampleKeys takes keys evenly from each partition: after every doubling of the kept number, only every second one is kept.
func (e *Exchange) sampleKeys(x *Exec, in *rdd.RDD[columnar.Batch], bound *Bound) (columnar.Batch, error) {
	parts, err := in.Partitions(x.Context)
	if err != nil {
		return columnar.Batch{}, err
	}
	want := max(3*samplesPerPartition*e.Dist.N/max(len(parts), 1), 20)
	schema := keySchema(e.Dist.Order)
	got := make([]columnar.Batch, len(parts))
	err = rdd.RunJob(x.Context, in, nil, func(tc *rdd.TaskContext, in iter.Seq2[columnar.Batch, error]) (columnar.Batch, error) {
		return thinnedKeys(tc, bound, schema, in, want)
	}, func(part int, b columnar.Batch) bool {
		got[part] = b
		return true
	}, rdd.Tag(x.Conf.Tag))
	if err != nil {
		return columnar.Batch{}, err
	}
	return columnar.ConcatBatches(schema, got), nil
}

func keySchema(order []*logical.SortKey) *columnar.Schema {
	s := &columnar.Schema{}
	for _, k := range order {
		s.Fields = append(s.Fields, columnar.Field{Type: k.Type(), Nullable: true})
	}
	return s
}

// thinnedKeys is every stride-th key of a partition, where the stride grows so that between want and 2·want are kept.
func thinnedKeys(tc *rdd.TaskContext, bound *Bound, schema *columnar.Schema, in iter.Seq2[columnar.Batch, error], want int) (columnar.Batch, error) {
	kept := columnar.ConcatBatches(schema, nil)
	ev, err := bound.Open(tc)
	if err != nil {
		return kept, err
	}
	stride, seen := 1, 0
	for b, err := range in {
		if err != nil {
			return kept, err
		}
		ev.Next(b)
		cols, err := ev.All(b, nil)
		if err != nil {
			return kept, err
		}
		var idx []int32
		for i := range b.Live() {
			if seen%stride == 0 {
				idx = append(idx, int32(b.LiveRows().Row(i)))
			}
			seen++
		}
		keys := columnar.Batch{Schema: schema, Cols: cols, Len: b.Len, Sel: idx}
		if len(idx) == 0 {
			continue
		}
		kept = columnar.ConcatBatches(schema, []columnar.Batch{kept, settled(keys)})
		for kept.Len > 2*want {
			kept.Sel = nil
			for i := 0; i < kept.Len; i += 2 {
				kept.Sel = append(kept.Sel, int32(i))
			}
			kept = settled(kept)
			stride *= 2
		}
	}
	return kept, nil
}

// rangeBounds sorts the sample and takes at most n-1 different keys from it, evenly.
func rangeBounds(order []*logical.SortKey, sample columnar.Batch, n int) ([]columnar.Vector, int) {
	idx := make([]int32, sample.Len)
	for i := range idx {
		idx[i] = int32(i)
	}
	slices.SortFunc(idx, func(a, b int32) int { return compareRows(order, sample.Cols, int(a), sample.Cols, int(b)) })
	var chosen []int32
	for i := 1; i < n && len(idx) > 0; i++ {
		c := idx[i*len(idx)/n]
		if k := len(chosen); k == 0 || compareRows(order, sample.Cols, int(chosen[k-1]), sample.Cols, int(c)) != 0 {
			chosen = append(chosen, c)
		}
	}
	sample.Sel = chosen
	if chosen == nil {
		sample.Sel = []int32{}
	}
	return sample.Compact(nil).Cols, len(chosen)
}
