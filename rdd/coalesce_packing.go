package rdd

import (
	"context"
	"math/rand/v2"
	"slices"
)

// localityPacking joins partitions that prefer the same place, and keeps the groups' sizes even: Spark's
// DefaultPartitionCoalescer. Where nobody prefers a place it joins neighbours.
type localityPacking struct{}

// Coalesce implements PartitionCoalescer.
func (localityPacking) Coalesce(ctx context.Context, n int, parent Lineage) ([]PartitionGroup, error) {
	ps, err := parent.Partitions(ctx)
	if err != nil {
		return nil, err
	}
	n = min(n, len(ps))
	places, any := make([][]string, len(ps)), false
	for i, p := range ps {
		places[i] = placesOf(parent, p, 0)
		any = any || len(places[i]) > 0
	}
	if !any {
		return neighbours(len(ps), n), nil
	}
	k := &packing{places: places, packed: make([]bool, len(ps)), at: map[string][]int{}, random: rand.New(rand.NewPCG(7919, 0)),
		slack: int(balanceSlack * float64(len(ps)))}
	k.open(n)
	k.fillEmpty()
	k.packRest()
	for i := range k.groups {
		slices.Sort(k.groups[i].Parents)
	}
	return k.groups, nil
}

// balanceSlack is by which share of all partitions a group may be larger than another for the sake of its place.
const balanceSlack = 0.10

// neighbours joins parts partitions into n groups of neighbours.
func neighbours(parts, n int) []PartitionGroup {
	groups := make([]PartitionGroup, n)
	for i := range groups {
		for p := sliceStart(i, parts, n); p < sliceStart(i+1, parts, n); p++ {
			groups[i].Parents = append(groups[i].Parents, p)
		}
	}
	return groups
}

// placesOf is where p is best computed: what the nearest RDD in its chain of narrow dependencies says, or, where there
// are several executors to choose from, the executors that hold it.
func placesOf(l Lineage, p Partition, depth int) []string {
	if at := l.PreferredLocations(p); len(at) > 0 {
		return at
	}
	if depth == 0 {
		if sc := l.lineage().sc; len(sc.executors.all()) > 1 {
			search := maxLocalitySearch
			if at := sc.preferred(l, p, &search).executors; at != nil {
				return at
			}
		}
	}
	if depth == maxLocalityDepth {
		return nil
	}
	for _, d := range l.Dependencies() {
		n, ok := d.(*Narrow)
		if !ok {
			continue
		}
		parents := []int{p.Index()}
		if n.Parents != nil {
			parents = n.Parents(p.Index())
		}
		ps := n.Of.lineage().parts.Load()
		for _, i := range parents {
			if ps == nil || i >= len(*ps) {
				continue
			}
			if at := placesOf(n.Of, (*ps)[i], depth+1); len(at) > 0 {
				return at
			}
		}
	}
	return nil
}

// packing is the state of one localityPacking.
type packing struct {
	places [][]string // by partition
	packed []bool     // by partition
	groups []PartitionGroup
	at     map[string][]int // groups by place
	random *rand.Rand       // with a fixed seed, so that the result repeats
	slack  int
}

// pack puts partition p into group g, unless it is in one.
func (k *packing) pack(p, g int) bool {
	if k.packed[p] {
		return false
	}
	k.packed[p] = true
	k.groups[g].Parents = append(k.groups[g].Parents, p)
	return true
}

// open makes n groups: one for each place first, the places that are first choices before the others, and then several
// for a place, in turns.
func (k *packing) open(n int) {
	type choice struct {
		place string
		part  int
	}
	var choices []choice
	for rank, more := 0, true; more; rank++ {
		more = false
		for p, at := range k.places {
			if rank < len(at) {
				choices = append(choices, choice{at[rank], p})
				more = true
			}
		}
	}
	begin := func(c choice) {
		k.at[c.place] = append(k.at[c.place], len(k.groups))
		k.groups = append(k.groups, PartitionGroup{Location: c.place})
		k.pack(c.part, len(k.groups)-1)
	}
	for _, c := range choices {
		if len(k.groups) < n && k.at[c.place] == nil {
			begin(c)
		}
	}
	for i := 0; len(k.groups) < n; i++ {
		begin(choices[i%len(choices)])
	}
}

// fillEmpty gives each group that is still empty a partition: one that prefers its place, else one that prefers none,
// else any. There are at least as many partitions as groups.
func (k *packing) fillEmpty() {
	for g := range k.groups {
		if len(k.groups[g].Parents) > 0 {
			continue
		}
		best, rank := -1, 0
		for p, at := range k.places {
			if k.packed[p] {
				continue
			}
			r := 1
			if slices.Contains(at, k.groups[g].Location) {
				r = 3
			} else if len(at) == 0 {
				r = 2
			}
			if r > rank {
				best, rank = p, r
			}
		}
		if best >= 0 {
			k.pack(best, g)
		}
	}
}

// packRest puts every other partition into the smallest group of a place that it prefers, or, when that is larger by
// more than the slack, or when it prefers none, into the smaller of two groups taken at random.
func (k *packing) packRest() {
	size := func(g int) int { return len(k.groups[g].Parents) }
	for p, at := range k.places {
		if k.packed[p] {
			continue
		}
		small := k.random.IntN(len(k.groups))
		if other := k.random.IntN(len(k.groups)); size(other) < size(small) {
			small = other
		}
		liked := -1
		for _, place := range at {
			for _, g := range k.at[place] {
				if liked < 0 || size(g) < size(liked) {
					liked = g
				}
			}
		}
		if liked < 0 || size(small)+k.slack < size(liked) {
			liked = small
		}
		k.pack(p, liked)
	}
}
