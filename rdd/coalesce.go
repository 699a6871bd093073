package rdd

import (
	"context"
	"fmt"
)

// Coalesce joins partitions into at most n (at least 1) without a shuffle; a task reads the joined ones one after the
// other. It never makes more partitions than there are. Where no partition prefers a place, neighbours are joined:
// partition i of n has those from i·parts/n up to (i+1)·parts/n. Where some do, partitions that prefer one place are
// joined as far as sizes stay even, and the result prefers that place. Of the options it heeds Shuffled and
// CoalescedBy, and with Shuffled Encoding.
func (r *RDD[T]) Coalesce(n int, opts ...Option) *RDD[T] {
	return ofType[T](anyRDD{r.node}.coalesce(n, opts))
}

// coalesce is Coalesce.
func (r anyRDD) coalesce(n int, opts []Option) anyRDD {
	s := newSettings(opts)
	if s.shuffled && s.coalescer == nil {
		return r.repartition(n, opts)
	}
	if s.shuffled {
		elements := r.elements
		r = r.repartition(n, opts)
		r.elements = elements // as nobody else will give it one
	}
	c := &coalescing{of: r, n: max(n, 1), by: s.coalescer}
	if c.by == nil {
		c.by = localityPacking{}
	}
	return newUntyped(r.sc, []Dependency{&Narrow{Of: r.node, Parents: c.parents}}, c.partitions, c.compute, Named("Coalesce"),
		PreferredLocations(func(p Partition) []string {
			if at := p.(*coalesced).Location; at != "" {
				return []string{at}
			}
			return nil
		}))
}

// coalescing is a Coalesce.
type coalescing struct {
	of     anyRDD
	n      int
	by     PartitionCoalescer
	groups []Partition // once they are listed, before any task reads them
}

// parents lists what partition p joins.
func (c *coalescing) parents(p int) []int {
	if p < len(c.groups) {
		return c.groups[p].(*coalesced).Parents
	}
	return nil
}

// partitions asks the coalescer.
func (c *coalescing) partitions(ctx context.Context) (_ []Partition, err error) {
	c.groups, err = coalescedPartitions(ctx, c.of, c.n, c.by)
	return c.groups, err
}

// compute streams the partitions that p joins.
func (c *coalescing) compute(tc *TaskContext, p Partition) anyChunks {
	return func(yield func(any, error) bool) {
		for _, i := range p.(*coalesced).Parents {
			if !yieldAll(c.of.chunksAt(tc, i), yield) {
				return
			}
		}
	}
}

// Shuffled has Coalesce deal the elements out evenly by a shuffle, which also makes more partitions than there are:
// Repartition. With CoalescedBy it shuffles first and joins then.
func Shuffled() Option { return func(s *settings) { s.shuffled = true } }

// CoalescedBy has Coalesce join partitions by a rule of the caller's.
func CoalescedBy(c PartitionCoalescer) Option { return func(s *settings) { s.coalescer = c } }

// PartitionCoalescer decides which partitions Coalesce joins.
type PartitionCoalescer interface {
	// Coalesce forms at most n groups out of the partitions of parent; each must be in exactly one group. It runs once,
	// inside the first action.
	Coalesce(ctx context.Context, n int, parent Lineage) ([]PartitionGroup, error)
}

// PartitionGroup is a partition to be of Coalesce.
type PartitionGroup struct {
	// Parents are the indexes of the partitions it joins, in the order in which they are read.
	Parents []int
	// Location is where it is best computed; "" for no preference.
	Location string
}

// coalesced is a partition made of several.
type coalesced struct {
	PartitionGroup
	index int
}

func (c *coalesced) Index() int { return c.index }

// coalescedPartitions asks the coalescer, and checks that nothing is lost or doubled.
func coalescedPartitions(ctx context.Context, r Lineage, n int, by PartitionCoalescer) ([]Partition, error) {
	ps, err := r.Partitions(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := by.Coalesce(ctx, n, r)
	if err != nil {
		return nil, err
	}
	out, seen, covered := make([]Partition, len(groups)), make([]bool, len(ps)), 0
	for i, g := range groups {
		for _, p := range g.Parents {
			if p < 0 || p >= len(ps) || seen[p] {
				return nil, fmt.Errorf("coalescer %T: partition %d does not exist or is in two groups", by, p)
			}
			seen[p] = true
			covered++
		}
		out[i] = &coalesced{g, i}
	}
	if covered < len(ps) {
		return nil, fmt.Errorf("coalescer %T: %d of %d partitions are in no group", by, len(ps)-covered, len(ps))
	}
	return out, nil
}
