package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// zippedPartitions lists the common indexes of parents that must have equally many partitions.
func zippedPartitions(parents ...Lineage) func(ctx context.Context) ([]Partition, error) {
	return func(ctx context.Context) ([]Partition, error) {
		count := 0
		for i, l := range parents {
			ps, err := l.Partitions(ctx)
			if err != nil {
				return nil, err
			}
			if i > 0 && len(ps) != count {
				return nil, fmt.Errorf("cannot zip RDDs with unequal numbers of partitions: %d and %d", count, len(ps))
			}
			count = len(ps)
		}
		return PartitionRange(count), nil
	}
}

// zippedLocations prefers the places that all parents prefer, and where there are none the places that any does.
func zippedLocations(parents ...Lineage) Option {
	return PreferredLocations(func(p Partition) []string {
		common, all := locationsAt(parents[0], p.Index()), []string(nil)
		for _, l := range parents {
			at := locationsAt(l, p.Index())
			common = slices.DeleteFunc(slices.Clone(common), func(s string) bool { return !slices.Contains(at, s) })
			all = append(all, at...)
		}
		if len(common) > 0 {
			return common
		}
		return distinctStrings(all)
	})
}

// distinctStrings keeps the first of equal strings.
func distinctStrings(all []string) (once []string) {
	for _, s := range all {
		if !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return once
}

// zipOptions are the options of an RDD whose partition i is made of partition i of each parent.
func zipOptions(name string, opts []Option, parents ...Lineage) []Option {
	return append([]Option{Named(name), zippedLocations(parents...)}, opts...)
}

// ZipPartitions gives what f makes of the streams of partition i of a and of b, which must have equally many
// partitions; the task is one. Where both streams must advance together f uses iter.Pull2. Of the options it heeds
// Named, PartitionedBy and WithDeterminacy.
func ZipPartitions[A, B, C any](a *RDD[A], b *RDD[B], f func(tc *TaskContext, a iter.Seq2[A, error], b iter.Seq2[B, error]) iter.Seq2[C, error],
	opts ...Option) *RDD[C] {
	return New(a.sc, OneToOne(a, b), zippedPartitions(a, b), func(tc *TaskContext, p Partition) iter.Seq2[C, error] {
		return f(tc, a.iterateIndex(tc, p.Index()), b.iterateIndex(tc, p.Index()))
	}, zipOptions("ZipPartitions", opts, a, b)...)
}

// ZipPartitions3 is ZipPartitions of three RDDs.
func ZipPartitions3[A, B, C, D any](a *RDD[A], b *RDD[B], c *RDD[C],
	f func(tc *TaskContext, a iter.Seq2[A, error], b iter.Seq2[B, error], c iter.Seq2[C, error]) iter.Seq2[D, error], opts ...Option) *RDD[D] {
	return New(a.sc, OneToOne(a, b, c), zippedPartitions(a, b, c), func(tc *TaskContext, p Partition) iter.Seq2[D, error] {
		i := p.Index()
		return f(tc, a.iterateIndex(tc, i), b.iterateIndex(tc, i), c.iterateIndex(tc, i))
	}, zipOptions("ZipPartitions", opts, a, b, c)...)
}

// ZipPartitions4 is ZipPartitions of four RDDs.
func ZipPartitions4[A, B, C, D, E any](a *RDD[A], b *RDD[B], c *RDD[C], d *RDD[D],
	f func(tc *TaskContext, a iter.Seq2[A, error], b iter.Seq2[B, error], c iter.Seq2[C, error], d iter.Seq2[D, error]) iter.Seq2[E, error],
	opts ...Option) *RDD[E] {
	return New(a.sc, OneToOne(a, b, c, d), zippedPartitions(a, b, c, d), func(tc *TaskContext, p Partition) iter.Seq2[E, error] {
		i := p.Index()
		return f(tc, a.iterateIndex(tc, i), b.iterateIndex(tc, i), c.iterateIndex(tc, i), d.iterateIndex(tc, i))
	}, zipOptions("ZipPartitions", opts, a, b, c, d)...)
}

// Zip pairs the elements of two RDDs by position. Both must have as many partitions, and as many elements in each.
// Where a parent gives its elements in any order the pairs are Indeterminate.
func Zip[T, U any](a *RDD[T], b *RDD[U]) *RDD[Pair[T, U]] {
	return ZipPartitions(a, b, zipStreams[T, U], Named("Zip"), byPosition(a, b))
}

// zipStreams pairs the elements of two streams of equal length.
func zipStreams[T, U any](_ *TaskContext, left iter.Seq2[T, error], right iter.Seq2[U, error]) iter.Seq2[Pair[T, U], error] {
	return func(yield func(Pair[T, U], error) bool) {
		next, stop := iter.Pull2(right)
		defer stop()
		for v, err := range left {
			var u U
			ok := false
			if err == nil {
				u, err, ok = next()
				if err == nil && !ok {
					err = Permanent(errUnequalZip)
				}
			}
			if !yield(Pair[T, U]{v, u}, err) || err != nil {
				return
			}
		}
		if _, err, ok := next(); ok || err != nil {
			if err == nil {
				err = Permanent(errUnequalZip)
			}
			yield(Pair[T, U]{}, err)
		}
	}
}

// errUnequalZip is Spark's answer to partitions of unequal length.
var errUnequalZip = errors.New("can only zip RDDs with the same number of elements in each partition")

// byPosition is the determinacy of what depends on where in their partition the parents' elements are: another order
// gives something else.
func byPosition(parents ...Lineage) Option {
	worst := Determinate
	for _, l := range parents {
		worst = max(worst, l.Determinacy())
	}
	return WithDeterminacy(dealt(worst))
}
