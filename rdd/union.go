package rdd

import "context"

// Union has the partitions of all the RDDs behind each other; duplicates stay. When all of them are partitioned by one
// and the same partitioner, partition i of the union is partition i of each instead, one behind the other, and the
// partitioner stays, so that a shuffle by key above it moves nothing (Spark's PartitionerAwareUnionRDD).
func Union[T any](sc *Context, rs ...*RDD[T]) *RDD[T] {
	all := make([]anyRDD, len(rs))
	for i, r := range rs {
		all[i] = anyRDD{r.node}
	}
	return ofType[T](united(sc, all))
}

// Union has the partitions of r and then those of the others; see the function Union.
func (r *RDD[T]) Union(others ...*RDD[T]) *RDD[T] {
	return Union(r.sc, append([]*RDD[T]{r}, others...)...)
}

// united is Union.
func united(sc *Context, rs []anyRDD) anyRDD {
	if p, common := commonPartitioner(rs); p != nil {
		return newUntyped(sc, OneToOne(asLineage(common)...), zippedPartitions(asLineage(common)...), alignedUnion(common),
			Named("Union"), PartitionedBy(p), PreferredLocations(mostPreferred(common)))
	}
	u := &unionOf{rs, make([]int, len(rs)+1)}
	return newUntyped(sc, u.dependencies(), u.partitions, u.compute, Named("Union"), PreferredLocations(func(p Partition) []string {
		at := p.(*unionPartition)
		return locationsAt(rs[at.parent], at.of)
	}))
}

// asLineage gives RDDs as dependencies have them.
func asLineage(rs []anyRDD) []Lineage {
	all := make([]Lineage, len(rs))
	for i, r := range rs {
		all[i] = r.node
	}
	return all
}

// unionOf is a union of partitions behind each other.
type unionOf struct {
	rs     []anyRDD
	starts []int // filled when the partitions are listed, before any task reads it
}

// dependencies lists the parents with the ranges of their partitions.
func (u *unionOf) dependencies() []Dependency {
	deps := make([]Dependency, len(u.rs))
	for i, n := range u.rs {
		deps[i] = &Narrow{Of: n.node, Parents: func(p int) []int {
			if p < u.starts[i] || p >= u.starts[i+1] {
				return nil
			}
			return []int{p - u.starts[i]}
		}}
	}
	return deps
}

// partitions lists those of all parents.
func (u *unionOf) partitions(ctx context.Context) ([]Partition, error) {
	var all []Partition
	for i, n := range u.rs {
		ps, err := n.Partitions(ctx)
		if err != nil {
			return nil, err
		}
		for k := range ps {
			all = append(all, &unionPartition{index: len(all), parent: i, of: k})
		}
		u.starts[i+1] = len(all)
	}
	return all, nil
}

// compute streams the one partition that p is.
func (u *unionOf) compute(tc *TaskContext, p Partition) anyChunks {
	at := p.(*unionPartition)
	return u.rs[at.parent].chunksAt(tc, at.of)
}

// unionPartition is partition of of parent number parent.
type unionPartition struct{ index, parent, of int }

func (p *unionPartition) Index() int { return p.index }

// commonPartitioner is the partitioner that all of rs share, and rs without those that are known to be empty, which do
// not count; nil when they share none.
func commonPartitioner(rs []anyRDD) (p Partitioner, full []anyRDD) {
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

// alignedUnion streams, for each index, the partitions with that index behind each other.
func alignedUnion(rs []anyRDD) computeChunks {
	return func(tc *TaskContext, p Partition) anyChunks {
		return func(yield func(any, error) bool) {
			for _, r := range rs {
				if !yieldAll(r.chunksAt(tc, p.Index()), yield) {
					return
				}
			}
		}
	}
}

// yieldAll passes a stream on; false when there is nothing more to be yielded after it.
func yieldAll(in anyChunks, yield func(any, error) bool) bool {
	for chunk, err := range in {
		if !yield(chunk, err) || err != nil {
			return false
		}
	}
	return true
}

// mostPreferred gives, for each index, the place that most of the partitions with that index prefer.
func mostPreferred(rs []anyRDD) func(Partition) []string {
	return func(p Partition) []string {
		var all []string
		for _, r := range rs {
			all = append(all, locationsAt(r, p.Index())...)
		}
		if best := mostFrequent(all); best != "" {
			return []string{best}
		}
		return nil
	}
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
