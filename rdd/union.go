package rdd

import (
	"context"
	"iter"
)

// Union has the partitions of all the RDDs behind each other; duplicates stay.
func Union[T any](sc *Context, rs ...*RDD[T]) *RDD[T] {
	deps := make([]Dependency, len(rs))
	starts := make([]int, len(rs)+1) // filled when the partitions are listed, before any task reads it
	for i, r := range rs {
		deps[i] = &Narrow{Of: r, Parents: func(p int) []int { return []int{p - starts[i]} }}
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
	}, Named("Union"))
}

// Union has the partitions of r and then those of the others.
func (r *RDD[T]) Union(others ...*RDD[T]) *RDD[T] {
	return Union(r.sc, append([]*RDD[T]{r}, others...)...)
}

// unionPartition is partition of of parent number parent.
type unionPartition struct{ index, parent, of int }

func (p *unionPartition) Index() int { return p.index }
