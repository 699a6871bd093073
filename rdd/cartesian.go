package rdd

import (
	"context"
	"errors"
	"iter"
)

// Cartesian pairs every element of a with every element of b. With m partitions of b, partition i·m+j pairs partition i
// of a with partition j of b: the first element of a with all of b's, then the second, and so on. A partition of b is
// kept in memory while its pairs are made; when the memory budget refuses that, it is computed again for each element
// of a, as Spark always does.
func Cartesian[T, U any](a *RDD[T], b *RDD[U]) *RDD[Pair[T, U]] {
	width := func() int { // of b; asked for once the partitions are listed
		if ps := b.parts.Load(); ps != nil {
			return max(len(*ps), 1)
		}
		return 1
	}
	list := func(ctx context.Context) ([]Partition, error) {
		as, err := a.Partitions(ctx)
		if err != nil {
			return nil, err
		}
		bs, err := b.Partitions(ctx)
		return PartitionRange(len(as) * len(bs)), err
	}
	deps := []Dependency{
		&Narrow{Of: a, Parents: func(p int) []int { return []int{p / width()} }},
		&Narrow{Of: b, Parents: func(p int) []int { return []int{p % width()} }},
	}
	return New(a.sc, deps, list, func(tc *TaskContext, p Partition) iter.Seq2[Pair[T, U], error] {
		left := a.iterateIndex(tc, p.Index()/width())
		right := func() iter.Seq2[U, error] { return b.iterateIndex(tc, p.Index()%width()) }
		return crossed(tc, left, right, b.kind)
	}, Named("Cartesian"), PreferredLocations(func(p Partition) []string {
		at := locationsAt(a, p.Index()/width())
		return distinctStrings(append(at[:len(at):len(at)], locationsAt(b, p.Index()%width())...))
	}))
}

// crossed pairs the elements of left with those of a stream that can be computed again.
func crossed[T, U any](tc *TaskContext, left iter.Seq2[T, error], right func() iter.Seq2[U, error], kind *elementKind[U]) iter.Seq2[Pair[T, U], error] {
	return func(yield func(Pair[T, U], error) bool) {
		res := tc.Reserve("cartesian", nil)
		defer res.Release()
		again := right // what the next element of left is paired with
		kept, tried := []U(nil), false
		for v, err := range left {
			if err == nil && !tried {
				tried = true
				if kept, err = keptWithin(right(), res, kind); err == nil {
					again = func() iter.Seq2[U, error] { return inMemory(kept) }
				} else if refused := (*MemoryError)(nil); errors.As(err, &refused) {
					res.Release()
					err = nil
				}
			}
			if err != nil {
				yield(Pair[T, U]{}, err)
				return
			}
			for u, err := range again() {
				if !yield(Pair[T, U]{v, u}, err) || err != nil {
					return
				}
			}
		}
	}
}

// keptWithin keeps a stream in reserved memory, if that is to be had at once.
func keptWithin[T any](in iter.Seq2[T, error], res *Reservation, kind *elementKind[T]) ([]T, error) {
	var vs []T
	home := new(T)
	for v, err := range in {
		if err != nil {
			return nil, err
		}
		*home = v
		n, _ := kind.size(home)
		if err := res.TryGrow(n); err != nil {
			return nil, err
		}
		vs = append(vs, kind.keep(v))
	}
	return vs, nil
}
