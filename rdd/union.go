package rdd

import (
	"context"
	"iter"
)

// Union has the partitions of all the RDDs behind each other; duplicates stay. When all of them are partitioned by one
// and the same partitioner, partition i of the union is partition i of each instead, one behind the other, and the
// partitioner stays, so that a shuffle by key above it moves nothing (Spark's PartitionerAwareUnionRDD).
func Union[T any](sc *Context, rs ...*RDD[T]) *RDD[T] {
	if p, common := commonPartitioner(rs); p != nil {
		return alignedUnion(sc, p, common)
	}
	deps := make([]Dependency, len(rs))
	starts := make([]int, len(rs)+1) // filled when the partitions are listed, before any task reads it
	for i, r := range rs {
		deps[i] = &Narrow{Of: r, Parents: func(p int) []int {
			if p < starts[i] || p >= starts[i+1] {
				return nil
			}
			return []int{p - starts[i]}
		}}
	}
	list := func(ctx context.Context) ([]Partition, error) {
		var all []Partition
		for i, r := range rs {
			ps, err := r.Partitions(ctx)
			if err != nil {
				return nil, err
			}
			for k := range ps {
				all = append(all, &unionPartition{index: len(all), parent: i, of: k})
			}
			starts[i+1] = len(all)
		}
		return all, nil
	}
	return New(sc, deps, list, func(tc *TaskContext, p Partition) iter.Seq2[T, error] {
		u := p.(*unionPartition)
		return rs[u.parent].iterateIndex(tc, u.of)
	}, Named("Union"), PreferredLocations(func(p Partition) []string {
		u := p.(*unionPartition)
		return locationsAt(rs[u.parent], u.of)
	}))
}

// Union has the partitions of r and then those of the others; see the function Union.
func (r *RDD[T]) Union(others ...*RDD[T]) *RDD[T] {
	return Union(r.sc, append([]*RDD[T]{r}, others...)...)
}

// unionPartition is partition of of parent number parent.
type unionPartition struct{ index, parent, of int }

func (p *unionPartition) Index() int { return p.index }

// commonPartitioner is the partitioner that all of rs share, and rs without those that are known to be empty, which do
// not count; nil when they share none.
func commonPartitioner[T any](rs []*RDD[T]) (p Partitioner, full []*RDD[T]) {
	for _, r := range rs {
		if ps := r.parts.Load(); ps != nil && len(*ps) == 0 {
			continue
		}
		have := r.Partitioner()
		if have == nil || p != nil && !p.SamePartitioning(have) {
			return nil, nil
		}
		p = have
		full = append(full, r)
	}
	return p, full
}

// alignedUnion unites RDDs that are partitioned by p.
func alignedUnion[T any](sc *Context, p Partitioner, rs []*RDD[T]) *RDD[T] {
	parents := make([]Lineage, len(rs))
	for i, r := range rs {
		parents[i] = r
	}
	return New(sc, OneToOne(parents...), zippedPartitions(parents...), func(tc *TaskContext, p Partition) iter.Seq2[T, error] {
		return func(yield func(T, error) bool) {
			for _, r := range rs {
				if !yieldAll(r.iterateIndex(tc, p.Index()), yield) {
					return
				}
			}
		}
	}, Named("Union"), PartitionedBy(p), PreferredLocations(func(p Partition) []string {
		var all []string
		for _, r := range rs {
			all = append(all, locationsAt(r, p.Index())...)
		}
		if best := mostFrequent(all); best != "" {
			return []string{best}
		}
		return nil
	}))
}

// yieldAll passes a stream on; false when there is nothing more to be yielded after it.
func yieldAll[T any](in iter.Seq2[T, error], yield func(T, error) bool) bool {
	for v, err := range in {
		if !yield(v, err) || err != nil {
			return false
		}
	}
	return true
}

// mostFrequent is the name that is listed most often, the first of several; "" when there is none.
func mostFrequent(names []string) (best string) {
	counts := map[string]int{}
	for _, n := range names {
		counts[n]++
	}
	for _, n := range names {
		if counts[n] > counts[best] {
			best = n
		}
	}
	return best
}

// locationsAt is where partition i of l is best computed, as l itself says it; nil while l's partitions are not listed.
func locationsAt(l Lineage, i int) []string {
	ps := l.lineage().parts.Load()
	if ps == nil || i < 0 || i >= len(*ps) {
		return nil
	}
	return l.PreferredLocations((*ps)[i])
}
