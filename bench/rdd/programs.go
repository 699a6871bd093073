package main

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/gosql-engine/gosql/rdd"
)

// partitions is how many partitions every RDD has.
const partitions = 4

// program is one of the programs and how many records it reads; run gives a number that depends on all of them.
type program struct {
	name    string
	records float64
	run     func(ctx context.Context, sc *rdd.Context, n int64) (int64, error)
}

// programs lists the programs; words is the file that word count reads.
func programs(words string) []program {
	return []program{
		{"sum of map", 200e6, sumOfMap},
		{"filter and count", 200e6, filterCount},
		{"reduceByKey", 20e6, reduceByKey},
		{"groupByKey", 10e6, groupByKey},
		{"sortByKey", 20e6, sortByKey},
		{"join", 10e6, join},
		{"distinct", 20e6, distinct},
		{"word count", 50e6, func(ctx context.Context, sc *rdd.Context, _ int64) (int64, error) { return wordCount(ctx, sc, words) }},
		{"pagerank, 100 iterations", 1e6, pageRank},
	}
}

// mix is the step of SplitMix64: it scatters the bits of x.
func mix(x int64) int64 {
	z := uint64(x) + 0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return int64(z ^ z>>31)
}

// key is a number in [0, k) that x determines.
func key(x, k int64) int64 { return int64(uint64(mix(x))>>1) % k }

func add(a, b int64) int64 { return a + b }

func numbers(sc *rdd.Context, n int64) *rdd.RDD[int64] { return rdd.Range(sc, 0, n, 1, partitions) }

// keyed pairs the numbers below n with keys below k, the keys of the numbers from first on.
func keyed(sc *rdd.Context, n, first, k int64) *rdd.RDD[rdd.Pair[int64, int64]] {
	return rdd.Map(numbers(sc, n), func(i int64) rdd.Pair[int64, int64] { return rdd.KV(key(i+first, k), i) })
}

func sumOfMap(ctx context.Context, sc *rdd.Context, n int64) (int64, error) {
	return rdd.Map(numbers(sc, n), func(i int64) int64 { return i * 2 }).Reduce(ctx, add)
}

func filterCount(ctx context.Context, sc *rdd.Context, n int64) (int64, error) {
	return numbers(sc, n).Filter(func(i int64) bool { return i%3 == 0 }).Count(ctx)
}

func reduceByKey(ctx context.Context, sc *rdd.Context, n int64) (int64, error) {
	return rdd.ReduceByKey(keyed(sc, n, 0, n/20), add, rdd.NumPartitions(partitions)).Count(ctx)
}

func groupByKey(ctx context.Context, sc *rdd.Context, n int64) (int64, error) {
	groups := rdd.GroupByKey(keyed(sc, n, 0, n/10), rdd.NumPartitions(partitions))
	return rdd.Map(groups, func(g rdd.Pair[int64, []int64]) int64 { return int64(len(g.Val)) }).Reduce(ctx, add)
}

func sortByKey(ctx context.Context, sc *rdd.Context, n int64) (int64, error) {
	pairs := rdd.Map(numbers(sc, n), func(i int64) rdd.Pair[int64, int64] { return rdd.KV(mix(i), i) })
	return rdd.SortByKey(pairs, rdd.NumPartitions(partitions)).Count(ctx)
}

func join(ctx context.Context, sc *rdd.Context, n int64) (int64, error) {
	half := n / 2
	return rdd.Join(keyed(sc, half, 0, half), keyed(sc, half, 7_000_000, half), rdd.NumPartitions(partitions)).Count(ctx)
}

func distinct(ctx context.Context, sc *rdd.Context, n int64) (int64, error) {
	values := rdd.Map(numbers(sc, n), func(i int64) int64 { return key(i, n/20) })
	return rdd.Distinct(values, rdd.NumPartitions(partitions)).Count(ctx)
}

func wordCount(ctx context.Context, sc *rdd.Context, path string) (int64, error) {
	words := rdd.FlatMap(rdd.TextFile(sc, path, partitions), func(line string) iter.Seq[string] { return strings.SplitSeq(line, " ") })
	ones := rdd.Map(words, func(w string) rdd.Pair[string, int64] { return rdd.KV(w, int64(1)) })
	return rdd.ReduceByKey(ones, add, rdd.NumPartitions(partitions)).Count(ctx)
}

// pageRank ranks the vertices of a graph of n edges, ten to a vertex, that is kept in memory.
func pageRank(ctx context.Context, sc *rdd.Context, n int64) (int64, error) {
	const iterations, damping = 100, 0.85
	edges := rdd.Map(numbers(sc, n), func(i int64) rdd.Pair[int64, int64] { return rdd.KV(key(i, n/10), key(i+7_000_000, n/10)) })
	links := rdd.GroupByKey(edges, rdd.NumPartitions(partitions)).Cache()
	defer links.Unpersist()
	ranks := rdd.MapValues(links, func([]int64) float64 { return 1 })
	for range iterations {
		shares := rdd.FlatMap(rdd.Values(rdd.Join(links, ranks)), func(v rdd.Pair[[]int64, float64]) iter.Seq[rdd.Pair[int64, float64]] {
			share := v.Val / float64(len(v.Key))
			return func(yield func(rdd.Pair[int64, float64]) bool) {
				for _, to := range v.Key {
					if !yield(rdd.KV(to, share)) {
						return
					}
				}
			}
		})
		sums := rdd.ReduceByKey(shares, func(a, b float64) float64 { return a + b }, rdd.NumPartitions(partitions))
		ranks = rdd.MapValues(sums, func(sum float64) float64 { return 1 - damping + damping*sum })
	}
	values, err := rdd.Values(ranks).Collect(ctx)
	slices.Sort(values)
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	if err == nil && math.IsNaN(sum) {
		err = fmt.Errorf("a rank is not a number")
	}
	return int64(math.Round(sum)), err
}
