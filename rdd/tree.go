package rdd

import (
	"context"
	"fmt"
	"iter"
	"math"
)

// FinalAggregateOnExecutor has TreeAggregate and TreeReduce do their last step in a task, too, so that only one value
// comes back to the caller.
func FinalAggregateOnExecutor() Option { return func(s *settings) { s.finalOnExecutor = true } }

// TreeAggregate is Aggregate that combines partial results in tasks, over depth levels of a tree, instead of all in
// the caller: for many partitions with large results. Each level is a shuffle that gathers neighbouring partitions, so
// join sees everything in partition order. How often zero is called depends on the depth, so it must be neutral. A
// depth of 1 has no shuffle; less is an error. Levels that would not save anything are left out, by Spark's rule. Of
// the options it heeds FinalAggregateOnExecutor, Encoding (of U) and Tag.
func TreeAggregate[T, U any](ctx context.Context, r *RDD[T], zero func() U, add func(U, T) U, join func(U, U) U, depth int,
	opts ...Option) (U, error) {
	if depth < 1 {
		return zero(), fmt.Errorf("rdd: depth must be greater than or equal to 1 but got %d", depth)
	}
	n, err := anyRDD{r.node}.listed(ctx)
	if err != nil || n == 0 {
		return zero(), err
	}
	s := newSettings(opts)
	partial := MapPartitions(r, func(_ *TaskContext, in iter.Seq2[T, error]) iter.Seq2[U, error] {
		return single(func() (U, error) { return folded(in, r.kind, zero(), add) })
	}, Named("TreeAggregate"))
	for _, level := range treeLevels(n, depth, s.finalOnExecutor) {
		partial = joinedInto(partial, n, level, zero, join, coderFor[U](s))
		n = level
	}
	return Aggregate(ctx, partial, zero, join, join, opts...)
}

// treeLevels lists how many partitions each level of the tree makes: the n-th part of them, n being the depth-th root,
// until another level would take longer than the caller takes to join what there is.
func treeLevels(partitions, depth int, toOne bool) (levels []int) {
	scale := max(int(math.Ceil(math.Pow(float64(partitions), 1/float64(depth)))), 2)
	for partitions > scale+(partitions+scale-1)/scale {
		partitions /= scale
		levels = append(levels, partitions)
	}
	if toOne && partitions > 1 {
		levels = append(levels, 1)
	}
	return levels
}

// joinedInto joins the values of from partitions into to, neighbours with neighbours.
func joinedInto[U any](r *RDD[U], from, to int, zero func() U, join func(U, U) U, coder *elementKind[U]) *RDD[U] {
	dealt := MapPartitionsWithIndex(r, func(i int, in iter.Seq2[U, error]) iter.Seq2[Pair[int, U], error] {
		return func(yield func(Pair[int, U], error) bool) {
			for v, err := range in {
				if !yield(Pair[int, U]{i * to / from, v}, err) || err != nil {
					return
				}
			}
		}
	})
	level := ReadShuffle[U](newExchange(dealt, to, coder, settings{}), nil)
	joins := joining(join) // as another attempt will read the same values again
	return MapPartitions(level, func(_ *TaskContext, in iter.Seq2[U, error]) iter.Seq2[U, error] {
		return single(func() (U, error) { return folded(in, level.kind, zero(), joins.Merge) })
	}, Named("TreeAggregate"))
}

// folded adds a stream up.
func folded[T, U any](in iter.Seq2[T, error], kind *elementKind[T], sum U, add func(U, T) U) (U, error) {
	for v, err := range in {
		if err != nil {
			return sum, err
		}
		sum = add(sum, kind.keep(v))
	}
	return sum, nil
}

// single is the stream of one value.
func single[U any](value func() (U, error)) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) { yield(value()) }
}

// perhaps is a value that may not be there, in a form that can be encoded.
type perhaps[T any] struct {
	value T
	there bool
}

// TreeReduce is Reduce over a tree of tasks, as TreeAggregate is Aggregate over one; f must be associative, and sees
// everything in partition order. Without elements the error is ErrEmpty. Options as for TreeAggregate, but that
// Encoding does not concern it.
func TreeReduce[T any](ctx context.Context, r *RDD[T], f func(a, b T) T, depth int, opts ...Option) (T, error) {
	join := func(a, b perhaps[T]) perhaps[T] {
		switch {
		case !a.there:
			return b
		case !b.there:
			return a
		}
		return perhaps[T]{f(a.value, b.value), true}
	}
	all, err := TreeAggregate(ctx, r, func() perhaps[T] { return perhaps[T]{} },
		func(a perhaps[T], v T) perhaps[T] { return join(a, perhaps[T]{v, true}) }, join, depth, opts...)
	if err == nil && !all.there {
		err = ErrEmpty
	}
	return all.value, err
}
