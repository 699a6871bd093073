package rdd

import (
	"context"
	"iter"
	"sync/atomic"
)

// RDD is a partitioned, lazily computed, immutable collection of T with the lineage that rebuilds it. Making one runs
// nothing; actions (Collect, Count, RunJob, …) do, and only they take a context.Context. Safe for concurrent use.
//
// An element given to a consumer is lent until the consumer's yield returns. What keeps elements (caches, shuffle
// blocks, Collect, Glom, sorts) keeps v.Retain() if T has a method Retain() T, and v itself if not.
type RDD[T any] struct {
	*node
	source atomic.Pointer[source[T]]
	kind   *elementKind[T]
}

// source is how partitions are computed, in one of three forms; a checkpoint puts another one in its place.
type source[T any] struct {
	elements func(tc *TaskContext, p Partition) iter.Seq2[T, error]
	chunks   func(tc *TaskContext, p Partition) iter.Seq2[[]T, error]
	untyped  computeChunks
}

// computeChunks computes a partition as code does that is not compiled for its element type.
type computeChunks = func(tc *TaskContext, p Partition) anyChunks

// listPartitions lists the partitions of an RDD, once, inside the first action.
type listPartitions = func(ctx context.Context) ([]Partition, error)

// New makes an RDD from its properties, as the built-in ones are made. partitions runs at most once, inside the first
// action. compute streams one partition: it may be called several times for one partition (retries, lost blocks), by
// several goroutines for different partitions; after a yielded error, or once yield returned false, it must return.
// Parents named in deps are read by their Iterate.
func New[T any](sc *Context, deps []Dependency, partitions func(ctx context.Context) ([]Partition, error),
	compute func(tc *TaskContext, p Partition) iter.Seq2[T, error], opts ...Option) *RDD[T] {
	return newFrom(sc, deps, partitions, &source[T]{elements: compute}, opts)
}

// newFrom is New for a source of any form.
func newFrom[T any](sc *Context, deps []Dependency, list listPartitions, from *source[T], opts []Option) *RDD[T] {
	return bind(newNode(sc, deps, list, opts), from)
}

// bind gives a new RDD its element type.
func bind[T any](n *node, from *source[T]) *RDD[T] {
	r := &RDD[T]{node: n, kind: kindOf[T]()}
	r.source.Store(from)
	n.elements, n.compute, n.readFrom = r.kind, r.computeUntyped, r.setSource
	return r
}

// ofType gives a new RDD, made by newUntyped, its element type.
func ofType[T any](n anyRDD) *RDD[T] { return bind(n.node, &source[T]{untyped: n.compute}) }

// newUntyped is New for an RDD that streams chunks whatever their type.
func newUntyped(sc *Context, deps []Dependency, list listPartitions, compute computeChunks, opts ...Option) anyRDD {
	n := newNode(sc, deps, list, opts)
	n.compute = compute
	return anyRDD{n}
}

// Iterate streams partition p inside a task: from the block store when r is persisted and the block is there, else by
// computing it (and storing it on the way when r is persisted).
func (r *RDD[T]) Iterate(tc *TaskContext, p Partition) iter.Seq2[T, error] {
	if s := r.source.Load(); s.elements != nil && r.kept.Load() == nil {
		return s.elements(tc, p)
	}
	return scattered(r.iterateChunks(tc, p))
}

// iterateChunks is Iterate in chunks.
func (r *RDD[T]) iterateChunks(tc *TaskContext, p Partition) iter.Seq2[[]T, error] {
	s := r.source.Load()
	switch {
	case r.kept.Load() != nil || s.untyped != nil:
		return typed[T](anyRDD{r.node}.chunks(tc, p))
	case s.chunks != nil:
		return s.chunks(tc, p)
	}
	return r.gathered(s, tc, p)
}

// gathered makes chunks of the elements of a partition.
func (r *RDD[T]) gathered(s *source[T], tc *TaskContext, p Partition) iter.Seq2[[]T, error] {
	return gathered(s.elements(tc, p), r.kind)
}

// computeUntyped computes a partition, whether its block is there or not.
func (r *RDD[T]) computeUntyped(tc *TaskContext, p Partition) anyChunks {
	s := r.source.Load()
	switch {
	case s.untyped != nil:
		return s.untyped(tc, p)
	case s.chunks != nil:
		return untyped(s.chunks(tc, p))
	}
	return untyped(r.gathered(s, tc, p))
}

// setSource has partitions computed in another way from now on.
func (r *RDD[T]) setSource(compute computeChunks) { r.source.Store(&source[T]{untyped: compute}) }

// iterateIndex streams the partition with index i; for children whose partitions are not their parents'.
func (r *RDD[T]) iterateIndex(tc *TaskContext, i int) iter.Seq2[T, error] {
	ps, err := r.Partitions(tc.Context())
	if err != nil {
		return failed[T](err)
	}
	return r.Iterate(tc, ps[i])
}

// derive makes a one-to-one child of r: same partitions, pipelined in the same task.
func derive[T, U any](r *RDD[T], name string, f func(tc *TaskContext, p Partition, in iter.Seq2[T, error]) iter.Seq2[U, error],
	opts []Option) *RDD[U] {
	return New(r.sc, OneToOne(r), r.Partitions, func(tc *TaskContext, p Partition) iter.Seq2[U, error] {
		return f(tc, p, r.Iterate(tc, p))
	}, childOptions(r, name, opts)...)
}

// childOptions are the options of a one-to-one child of r.
func childOptions(r Lineage, name string, opts []Option) []Option {
	own := []Option{Named(name)}
	if newSettings(opts).preserves {
		own = append(own, PartitionedBy(r.Partitioner()))
	}
	return append(own, opts...)
}

// failed is the stream that holds only an error.
func failed[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		yield(zero, err)
	}
}

// elementKind is what is asked of T once per RDD instead of once per element.
type elementKind[T any] struct {
	retain func(T) T // nil: elements may be kept as they are
	// size is the in-memory size and the number of rows an element stands for. It takes a pointer because the argument
	// of a function value moves to the heap: callers pass the same heap variable again and again.
	size  func(*T) (bytes, rows int64)
	fixed int64 // the size when it is the same for all elements; else 0
	codec Codec[T]
	why   error // there is no codec
}

// Retainer is implemented by elements that are only lent: Retain gives a form that may be kept.
type Retainer[T any] interface{ Retain() T }

// Sizer is implemented by elements that know their size: Bytes in memory, and Rows when one element is a batch of many.
type Sizer interface {
	Bytes() int64
	Rows() int64
}

// compound is implemented by elements made of others: it gives their elementKind when it differs from that of a plain
// value.
type compound interface{ kind() any }

// kindOf asks T once for what it can do. Interface types are not asked: their elements may differ.
func kindOf[T any]() *elementKind[T] {
	var zero T
	if p, ok := any(zero).(compound); ok {
		if k, ok := p.kind().(*elementKind[T]); ok {
			return k
		}
	}
	k := new(elementKind[T])
	if _, ok := any(zero).(Retainer[T]); ok {
		k.retain = func(v T) T { return any(v).(Retainer[T]).Retain() }
	}
	if _, ok := any(zero).(Sizer); ok {
		k.size = func(v *T) (int64, int64) { s := any(*v).(Sizer); return s.Bytes(), s.Rows() }
	} else {
		k.size, k.fixed = estimator[T]()
	}
	return k
}

// keepAll appends the elements of a chunk in the form that may be kept.
func (k *elementKind[T]) keepAll(kept, chunk []T) []T {
	if k.retain == nil {
		return append(kept, chunk...)
	}
	for _, v := range chunk {
		kept = append(kept, k.retain(v))
	}
	return kept
}

// keep gives the form of v that may be kept.
func (k *elementKind[T]) keep(v T) T {
	if k.retain == nil {
		return v
	}
	return k.retain(v)
}
