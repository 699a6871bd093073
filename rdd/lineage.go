package rdd

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Lineage is an RDD as the scheduler sees it: free of type parameters, so that element types live only in closures.
// These are Spark's five properties (org.apache.spark.rdd.RDD) without compute, which the tasks hold. All methods may
// be called concurrently, and every call on one RDD answers alike: an RDD never changes.
type Lineage interface {
	// ID is unique within the Context.
	ID() int
	// Name is what the RDD is called in debug strings and events.
	Name() string
	// Partitions lists the partitions, in order of their indexes. Listing a folder or sampling keys may fail; a success is
	// computed once and kept. It may run a job, so tasks must not be the first to ask.
	Partitions(ctx context.Context) ([]Partition, error)
	// Dependencies are *Narrow or *ShuffleDependency.
	Dependencies() []Dependency
	// Partitioner tells which partition holds which key; nil when that is not known.
	Partitioner() Partitioner
	// PreferredLocations names the executors or hosts where p is best computed; nil for no preference.
	PreferredLocations(p Partition) []string
	// Determinacy says what a second computation of the same partition may give.
	Determinacy() Determinacy

	lineage() *node
}

// Partition is one piece of an RDD: what one task computes. Implementations are immutable.
type Partition interface {
	// Index is the position in Lineage.Partitions.
	Index() int
}

// indexPartition is a Partition that is nothing but its index.
type indexPartition int

// Index is the number itself.
func (p indexPartition) Index() int { return int(p) }

// PartitionRange makes n partitions that know nothing but their index: 0 … n-1.
func PartitionRange(n int) []Partition {
	ps := make([]Partition, n)
	for i := range ps {
		ps[i] = indexPartition(i)
	}
	return ps
}

// Dependency is an edge of the lineage graph: *Narrow or *ShuffleDependency.
type Dependency interface {
	// RDD is the parent.
	RDD() Lineage
}

// Narrow is a dependency whose child partitions each need only a few, known parent partitions; both are computed in
// one task, without materialising anything between them.
type Narrow struct {
	// Of is the parent.
	Of Lineage
	// Parents lists the parent partitions that child partition p needs. Nil means one to one.
	Parents func(p int) []int
}

// OneToOne is the dependency of a child whose partition i is made from partition i of each of its parents.
func OneToOne(parents ...Lineage) []Dependency {
	deps := make([]Dependency, len(parents))
	for i, p := range parents {
		deps[i] = &Narrow{Of: p}
	}
	return deps
}

// RDD is the parent.
func (d *Narrow) RDD() Lineage { return d.Of }

// Determinacy says what a second computation of the same partition gives. It decides how much is rerun after a lost
// shuffle output (Spark's DeterministicLevel).
type Determinacy uint8

const (
	// Determinate partitions are the same again, element by element, in the same order.
	Determinate Determinacy = iota
	// Unordered partitions have the same elements again, in any order.
	Unordered
	// Indeterminate partitions may have other elements: after a loss the whole stage, and all that consumed it, is rerun.
	Indeterminate
)

// determinacyNames are the names in Spark's DeterministicLevel.
var determinacyNames = [...]string{Determinate: "DETERMINATE", Unordered: "UNORDERED", Indeterminate: "INDETERMINATE"}

// String is Spark's name of the level.
func (d Determinacy) String() string { return determinacyNames[d] }

// node is the untyped half of an RDD.
type node struct {
	id          int
	sc          *Context
	name        string
	origin      atomic.Pointer[origin]
	listing     chan struct{} // a lock that can be waited for together with a context
	parts       atomic.Pointer[[]Partition]
	partitioner Partitioner
	checkpoint  atomic.Pointer[checkpointing] // nil: not marked
	counted     bool                          // the partitions say how many elements those of the parents have
	listedFrom  atomic.Pointer[generations]   // of a counted and indeterminate RDD: what was counted

	elements chunkType
	compute  computeChunks       // computes a partition, whether its block is there or not
	readFrom func(computeChunks) // has partitions computed in another way

	kept    atomic.Pointer[persistence] // nil: not persisted
	keeping sync.Mutex                  // guards changes of kept, and cleaned
	cleaned bool                        // a cleanup of the stored blocks is arranged
}

// newNode makes an RDD without its elements.
func newNode(sc *Context, deps []Dependency, list listPartitions, opts []Option) *node {
	s := newSettings(opts)
	n := &node{
		id:          sc.nextRDD(),
		sc:          sc,
		name:        s.name,
		listing:     make(chan struct{}, 1),
		partitioner: s.partitioner,
	}
	n.origin.Store(&origin{deps: deps, list: list, locations: s.locations,
		determinacy: max(s.determinacy, worstDeterminacy(deps))})
	if n.name == "" {
		n.name = "RDD"
	}
	return n
}

// anyRDD is an RDD for code that is not compiled for its element type. Its methods are not node's because RDD, which embeds
// a node, would have them all, for every element type.
type anyRDD struct{ *node }

// chunks streams partition p inside a task: from the block store when the RDD is persisted and the block is there, else
// by computing it (and storing it on the way when it is persisted).
func (n anyRDD) chunks(tc *TaskContext, p Partition) anyChunks {
	if k := n.kept.Load(); k != nil {
		return n.storedChunks(tc, p, k)
	}
	return n.compute(tc, p)
}

// chunksAt streams the partition with index i.
func (n anyRDD) chunksAt(tc *TaskContext, i int) anyChunks {
	ps, err := n.Partitions(tc.Context())
	if err != nil {
		return failedChunks(err)
	}
	return n.chunks(tc, ps[i])
}

// String is the name with the id, as debug strings show it.
func (n *node) String() string { return fmt.Sprintf("%s[%d]", n.name, n.id) }

// listed gives the number of partitions; it refuses on a closed Context, where even listing must not begin.
func (n anyRDD) listed(ctx context.Context) (int, error) {
	if n.sc.closing.Err() != nil {
		return 0, ErrClosed
	}
	ps, err := n.Partitions(ctx)
	return len(ps), err
}

// origin is where the partitions of an RDD come from; a checkpoint puts another one in its place, so that the garbage
// collector can have what was above it.
type origin struct {
	deps        []Dependency
	list        func(ctx context.Context) ([]Partition, error)
	locations   func(Partition) []string
	determinacy Determinacy
}

// The methods of node are those of every RDD, which embeds it; Lineage documents them.
var _ Lineage = (*node)(nil)

func (n *node) ID() int                    { return n.id }
func (n *node) Name() string               { return n.name }
func (n *node) Dependencies() []Dependency { return n.origin.Load().deps }
func (n *node) Partitioner() Partitioner   { return n.partitioner }
func (n *node) Determinacy() Determinacy   { return n.origin.Load().determinacy }
func (n *node) Context() *Context          { return n.sc }
func (n *node) lineage() *node             { return n }

// PreferredLocations asks the function that the RDD was made with.
func (n *node) PreferredLocations(p Partition) []string {
	if f := n.origin.Load().locations; f != nil {
		return f(p)
	}
	return nil
}

// Partitions lists the partitions once; a failure is not kept, so that the next action tries again.
func (n *node) Partitions(ctx context.Context) ([]Partition, error) {
	if ps := n.parts.Load(); ps != nil {
		return *ps, nil
	}
	select {
	case n.listing <- struct{}{}:
		defer func() { <-n.listing }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if ps := n.parts.Load(); ps != nil {
		return *ps, nil
	}
	ps, err := anyRDD{n}.listGuarded(ctx)
	if err != nil {
		return nil, err
	}
	if n.counted && n.Determinacy() == Indeterminate {
		from := generationsOf(n)
		n.listedFrom.Store(&from)
	}
	n.parts.Store(&ps)
	return ps, nil
}

// listGuarded lists with panics turned into errors: the scheduler's goroutines list, too.
func (n anyRDD) listGuarded(ctx context.Context) (ps []Partition, err error) {
	defer recoverTask(&err)
	return n.origin.Load().list(ctx)
}

// worstDeterminacy is what a child that adds no indeterminacy of its own inherits. Reducers read map outputs in map
// order, so a shuffle (unlike Spark's) keeps a determinate parent determinate.
func worstDeterminacy(deps []Dependency) Determinacy {
	worst := Determinate
	for _, d := range deps {
		worst = max(worst, d.RDD().Determinacy())
	}
	return worst
}
