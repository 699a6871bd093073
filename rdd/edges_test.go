package rdd

import (
	"context"
	"errors"
	"iter"
	"testing"
)

// errBroken is the failure of a source or a function in tests.
var errBroken = errors.New("broken source")

// brokenAfter gives n elements in each partition and then an error that another attempt does not mend.
func brokenAfter(sc *Context, n int64, parts int) *RDD[int64] {
	return New(sc, nil, fixedPartitions(parts), func(*TaskContext, Partition) iter.Seq2[int64, error] {
		return func(yield func(int64, error) bool) {
			for i := range n {
				if !yield(i, nil) {
					return
				}
			}
			yield(0, Permanent(errBroken))
		}
	})
}

// leaver runs an RDD and leaves every partition after n elements; n < 0 is to the end. An operator that yields again
// after its consumer has left panics, and so fails the task.
type leaver func(ctx context.Context, n int) error

// leaving is the leaver of r.
func leaving[T any](r *RDD[T]) leaver {
	return func(ctx context.Context, n int) error {
		return r.ForeachPartition(ctx, func(_ *TaskContext, in iter.Seq2[T, error]) error {
			seen := 0
			for _, err := range in {
				if err != nil {
					return err
				}
				if seen++; seen == n {
					return nil
				}
			}
			return nil
		})
	}
}

// edgeCases are transformations of any RDD of numbers.
var edgeCases = []struct {
	name string
	of   func(r *RDD[int64]) leaver
}{
	{"union", func(r *RDD[int64]) leaver { return leaving(r.Union(r)) }},
	{"aligned union", func(r *RDD[int64]) leaver {
		p := PartitionBy(byParity(r), NewHashPartitioner[int64](2))
		return leaving(p.Union(p, p))
	}},
	{"zip", func(r *RDD[int64]) leaver { return leaving(Zip(r, r)) }},
	{"zipPartitions3", func(r *RDD[int64]) leaver {
		return leaving(ZipPartitions3(r, r, r, func(_ *TaskContext, a, b, c iter.Seq2[int64, error]) iter.Seq2[int64, error] {
			return chained(a, b, c)
		}))
	}},
	{"zipPartitions4", func(r *RDD[int64]) leaver {
		return leaving(ZipPartitions4(r, r, r, r, func(_ *TaskContext, a, b, c, d iter.Seq2[int64, error]) iter.Seq2[int64, error] {
			return chained(a, b, c, d)
		}))
	}},
	{"zipWithIndex", func(r *RDD[int64]) leaver { return leaving(ZipWithIndex(r)) }},
	{"zipWithUniqueId", func(r *RDD[int64]) leaver { return leaving(ZipWithUniqueId(r)) }},
	{"cartesian", func(r *RDD[int64]) leaver { return leaving(Cartesian(r, r)) }},
	{"cartesian with a broken right side", func(r *RDD[int64]) leaver { return leaving(Cartesian(Range(r.sc, 0, 2, 1, 1), r)) }},
	{"intersection", func(r *RDD[int64]) leaver { return leaving(Intersection(r, r)) }},
	{"subtract", func(r *RDD[int64]) leaver { return leaving(Subtract(r, r.Filter(func(v int64) bool { return v > 4 }))) }},
	{"subtractByKey", func(r *RDD[int64]) leaver {
		return leaving(SubtractByKey(byParity(r), byParity(r).Filter(func(p Pair[int64, int64]) bool { return p.Key > 0 })))
	}},
	{"distinct", func(r *RDD[int64]) leaver { return leaving(Distinct(r)) }},
	{"distinct in place", func(r *RDD[int64]) leaver {
		return leaving(Distinct(PartitionBy(byParity(r), NewHashPartitioner[int64](2))))
	}},
	{"groupBy", func(r *RDD[int64]) leaver { return leaving(GroupBy(r, func(v int64) int64 { return v % 3 })) }},
	{"cogroup3", func(r *RDD[int64]) leaver { return leaving(CoGroup3(byParity(r), byParity(r), byParity(r))) }},
	{"cogroup4", func(r *RDD[int64]) leaver {
		return leaving(CoGroup4(byParity(r), byParity(r), byParity(r), byParity(r)))
	}},
	{"sample", func(r *RDD[int64]) leaver { return leaving(r.Sample(false, 0.9, 1)) }},
	{"sample by gaps", func(r *RDD[int64]) leaver { return leaving(r.Sample(false, 0.3, 1)) }},
	{"sample with replacement", func(r *RDD[int64]) leaver { return leaving(r.Sample(true, 2, 1)) }},
	{"sampleByKey", func(r *RDD[int64]) leaver {
		return leaving(SampleByKey(byParity(r), true, map[int64]float64{0: 2, 1: 0.3}, 1))
	}},
	{"sampleByKeyExact", func(r *RDD[int64]) leaver {
		return leaving(SampleByKeyExact(byParity(r), false, map[int64]float64{0: 1, 1: 0.5}, 1))
	}},
	{"randomSplit", func(r *RDD[int64]) leaver {
		parts, err := r.RandomSplit([]float64{3, 1}, 1)
		if err != nil {
			return func(context.Context, int) error { return err }
		}
		return leaving(parts[0])
	}},
	{"coalesce", func(r *RDD[int64]) leaver { return leaving(r.Coalesce(2)) }},
	{"coalesce by a shuffle", func(r *RDD[int64]) leaver { return leaving(r.Coalesce(4, Shuffled())) }},
	{"repartition", func(r *RDD[int64]) leaver { return leaving(r.Repartition(4)) }},
	{"repartition and sort", func(r *RDD[int64]) leaver {
		return leaving(RepartitionAndSortWithinPartitions(byParity(r), NewHashPartitioner[int64](2)))
	}},
	{"filterByRange", func(r *RDD[int64]) leaver {
		return leaving(FilterByRange(SortByKey(KeyBy(r, func(v int64) int64 { return v })), 1, 7))
	}},
}

func byParity(r *RDD[int64]) *RDD[Pair[int64, int64]] {
	return KeyBy(r, func(v int64) int64 { return v % 2 })
}

// chained gives one stream behind the other.
func chained[T any](ins ...iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, in := range ins {
			for v, err := range in {
				if !yield(v, err) || err != nil {
					return
				}
			}
		}
	}
}

// TestTransformationsAtTheEdges runs every transformation over inputs of odd shapes, leaves its streams early, and fails
// its source and its functions.
func TestTransformationsAtTheEdges(t *testing.T) {
	ctx := context.Background()
	shapes := map[string]func(sc *Context) *RDD[int64]{
		"no partitions":                 Empty[int64],
		"empty partitions":              func(sc *Context) *RDD[int64] { return Range(sc, 0, 0, 1, 3) },
		"one partition":                 func(sc *Context) *RDD[int64] { return Range(sc, 0, 9, 1, 1) },
		"more partitions than elements": func(sc *Context) *RDD[int64] { return Range(sc, 0, 3, 1, 5) },
		"several":                       func(sc *Context) *RDD[int64] { return Range(sc, 0, 12, 1, 3) },
	}
	for _, c := range edgeCases {
		t.Run(c.name, func(t *testing.T) {
			sc := newTestContext(t, WithThreads(2))
			for shape, make := range shapes {
				for _, n := range []int{-1, 1, 2} {
					if err := c.of(make(sc))(ctx, n); err != nil {
						t.Errorf("%s, left after %d: %v", shape, n, err)
					}
				}
			}
			for _, n := range []int64{0, 3} {
				if err := c.of(brokenAfter(sc, n, 2))(ctx, -1); !errors.Is(err, errBroken) {
					t.Errorf("source broken after %d elements: %v", n, err)
				}
			}
			panics := Map(Range(sc, 0, 4, 1, 2), func(int64) int64 { panic("in a function") })
			var p *PanicError
			if err := c.of(panics)(ctx, -1); !errors.As(err, &p) || p.Value != "in a function" {
				t.Errorf("panic in the source: %v", err)
			}
		})
	}
}
