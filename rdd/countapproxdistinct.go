package rdd

import (
	"context"
	"fmt"
	"iter"
	"math"
)

// CountApproxDistinct estimates the number of distinct elements with about the given relative standard deviation, which
// must be greater than 0.000017; smaller ones need more memory, 1.11/relativeSD² bytes per partition. Equality is that
// of this package's keys. Of the options it heeds Tag.
func CountApproxDistinct[T any](ctx context.Context, r *RDD[T], relativeSD float64, opts ...Option) (int64, error) {
	p, err := sketchPrecision(relativeSD)
	if err != nil {
		return 0, err
	}
	return CountApproxDistinctWithin(ctx, r, p, 0, opts...)
}

// CountApproxDistinctWithin is CountApproxDistinct by precisions (Spark's countApproxDistinct(p, sp)): 2^p registers of a
// byte each, for a relative standard deviation of 1.054/√2^p, with p at least 4; and, when sp is not 0, a sparse form for
// small counts of precision sp, at least p and at most 32.
func CountApproxDistinctWithin[T any](ctx context.Context, r *RDD[T], p, sp int, opts ...Option) (int64, error) {
	if err := checkPrecisions(p, sp); err != nil {
		return 0, err
	}
	ops := keyOpsOf[T]()
	var total *distinctSketch
	err := RunJob(ctx, r, nil, func(tc *TaskContext, in iter.Seq2[T, error]) (*distinctSketch, error) {
		if err := tc.Reserve("countApproxDistinct", nil).Grow(1 << p); err != nil {
			return nil, err
		}
		s, home := newDistinctSketch(p, sp), new(T)
		for v, err := range in {
			if err != nil {
				return nil, err
			}
			*home = v
			s.add(evenHash(ops.hash(home)))
		}
		return s, nil
	}, func(_ int, s *distinctSketch) bool {
		if total == nil {
			total = s
		} else {
			total.merge(s)
		}
		return true
	}, opts...)
	if err != nil || total == nil {
		return 0, err
	}
	return total.estimate(), nil
}

// CountApproxDistinctByKey estimates the number of distinct values of each key, as CountApproxDistinct does for
// elements. A relativeSD that is too small is an error of the action. Of the options it heeds NumPartitions and
// PartitionedBy.
func CountApproxDistinctByKey[K, V any](r *RDD[Pair[K, V]], relativeSD float64, opts ...Option) *RDD[Pair[K, int64]] {
	p, err := sketchPrecision(relativeSD)
	if err != nil {
		return refused[Pair[K, int64]](r, err)
	}
	return CountApproxDistinctByKeyWithin(r, p, 0, opts...)
}

// CountApproxDistinctByKeyWithin is CountApproxDistinctByKey by precisions (Spark's countApproxDistinctByKey(p, sp)), as
// CountApproxDistinctWithin explains them. Where most keys have few values an sp greater than p saves memory.
func CountApproxDistinctByKeyWithin[K, V any](r *RDD[Pair[K, V]], p, sp int, opts ...Option) *RDD[Pair[K, int64]] {
	if err := checkPrecisions(p, sp); err != nil {
		return refused[Pair[K, int64]](r, err)
	}
	ops := keyOpsOf[V]()
	hashes := MapValues(r, func(v V) uint64 { return evenHash(ops.hash(&v)) })
	sketches := combineNamed(hashes, "CountApproxDistinctByKey", Combiner[uint64, *distinctSketch]{
		Create:  func(hash uint64) *distinctSketch { s := newDistinctSketch(p, sp); s.add(hash); return s },
		Merge:   func(s *distinctSketch, hash uint64) *distinctSketch { s.add(hash); return s },
		Join:    func(a, b *distinctSketch) *distinctSketch { a.merge(b); return a },
		MapSide: true,
	}, opts)
	return MapValues(sketches, (*distinctSketch).estimate)
}

// evenHash makes all bits of a hash depend on all bits of the key: what places keys in tables need not be so even, but
// here the leading bits are the measurement (the finalizer of SplitMix64).
func evenHash(h uint64) uint64 {
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// sketchPrecision is the least precision with the given relative standard deviation.
func sketchPrecision(relativeSD float64) (int, error) {
	if !(relativeSD > 0.000017) {
		return 0, fmt.Errorf("rdd: accuracy (%v) must be greater than 0.000017", relativeSD)
	}
	return max(int(math.Ceil(2*math.Log2(1.054/relativeSD))), 4), nil
}

// checkPrecisions says what precisions there are.
func checkPrecisions(p, sp int) error {
	switch {
	case p < 4:
		return fmt.Errorf("rdd: p (%d) must be >= 4", p)
	case sp > 32:
		return fmt.Errorf("rdd: sp (%d) must be <= 32", sp)
	case p > 32:
		return fmt.Errorf("rdd: p (%d) must be <= 32", p)
	case sp != 0 && p > sp:
		return fmt.Errorf("rdd: p (%d) cannot be greater than sp (%d)", p, sp)
	}
	return nil
}

// refused is an RDD that cannot be, for the reason that its actions give.
func refused[U any](parent Lineage, err error) *RDD[U] {
	return New[U](parent.lineage().sc, OneToOne(parent), func(context.Context) ([]Partition, error) { return nil, Permanent(err) }, nil)
}
