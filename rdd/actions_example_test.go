package rdd_test

import (
	"context"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/rdd"
)

// Statistics of numbers of any type, in one pass.
func ExampleStats() {
	sc := newContext()
	defer sc.Close()
	s, err := rdd.Stats(context.Background(), rdd.Parallelize(sc, []int{2, 4, 4, 4, 5, 5, 7, 9}, 3))
	fmt.Println(s, err)
	fmt.Println(s.Sum(), s.SampleVariance())
	// Output:
	// (count: 8, mean: 5.000000, stdev: 2.000000, max: 9.000000, min: 2.000000) <nil>
	// 40 4.571428571428571
}

func ExampleMean() {
	sc := newContext()
	defer sc.Close()
	ctx, numbers := context.Background(), rdd.Range(sc, 1, 6, 1, 2)
	fmt.Println(rdd.Sum(ctx, numbers))
	fmt.Println(rdd.Mean(ctx, numbers))
	fmt.Println(rdd.Variance(ctx, numbers))
	fmt.Println(rdd.SampleVariance(ctx, numbers))
	// Output:
	// 15 <nil>
	// 3 <nil>
	// 2 <nil>
	// 2.5 <nil>
}

func ExampleHistogram() {
	sc := newContext()
	defer sc.Close()
	ages := rdd.Parallelize(sc, []int{3, 17, 18, 25, 33, 41, 64, 65, 83}, 2)
	bounds, counts, err := rdd.Histogram(context.Background(), ages, 4)
	fmt.Println(bounds, counts, err)
	fmt.Println(rdd.HistogramBounds(context.Background(), ages, []float64{0, 18, 65, 120}))
	// Output:
	// [3 23 43 63 83] [3 3 0 3] <nil>
	// [2 5 2] <nil>
}

func ExampleTop() {
	sc := newContext()
	defer sc.Close()
	ctx, words := context.Background(), rdd.Parallelize(sc, []string{"pear", "fig", "apple", "kiwi"}, 2)
	fmt.Println(rdd.Top(ctx, words, 2))
	fmt.Println(rdd.TakeOrdered(ctx, words, 2))
	byLength := func(a, b string) int { return len(a) - len(b) }
	fmt.Println(rdd.TopFunc(ctx, words, 2, byLength))
	fmt.Println(rdd.MinFunc(ctx, words, byLength))
	fmt.Println(rdd.Max(ctx, words))
	// Output:
	// [pear kiwi] <nil>
	// [apple fig] <nil>
	// [apple pear] <nil>
	// fig <nil>
	// pear <nil>
}

func ExampleRDD_Take() {
	sc := newContext()
	defer sc.Close()
	ctx, numbers := context.Background(), rdd.Range(sc, 0, 1_000_000, 1, 100)
	fmt.Println(numbers.Take(ctx, 3))
	fmt.Println(numbers.First(ctx))
	fmt.Println(numbers.IsEmpty(ctx))
	// Output:
	// [0 1 2] <nil>
	// 0 <nil>
	// false <nil>
}

// A sample has exactly as many elements as were asked for, and one seed always chooses the same.
func ExampleTakeSample() {
	sc := newContext()
	defer sc.Close()
	ctx, numbers := context.Background(), rdd.Range(sc, 0, 1000, 1, 4)
	a, err := rdd.TakeSample(ctx, numbers, false, 5, 42)
	if err != nil {
		log.Fatal(err)
	}
	b, err := rdd.TakeSample(ctx, numbers, false, 5, 42)
	fmt.Println(len(a), fmt.Sprint(a) == fmt.Sprint(b), err)
	// Output: 5 true <nil>
}

// Ten partitions are joined in tasks before the rest comes back to the caller.
func ExampleTreeReduce() {
	sc := newContext()
	defer sc.Close()
	ctx, numbers := context.Background(), rdd.Range(sc, 1, 101, 1, 10)
	fmt.Println(rdd.TreeReduce(ctx, numbers, func(a, b int64) int64 { return a + b }, 2))
	digits, err := rdd.TreeAggregate(ctx, numbers, func() int { return 0 },
		func(n int, v int64) int { return n + len(fmt.Sprint(v)) }, func(a, b int) int { return a + b }, 3)
	fmt.Println(digits, err)
	// Output:
	// 5050 <nil>
	// 192 <nil>
}

func ExampleCollectAsMap() {
	sc := newContext()
	defer sc.Close()
	ctx := context.Background()
	prices := rdd.Parallelize(sc, []rdd.Pair[string, float64]{rdd.KV("fig", 1.0), rdd.KV("pear", 2.5), rdd.KV("fig", 1.5)}, 2)
	fmt.Println(rdd.CollectAsMap(ctx, prices))
	fmt.Println(rdd.CountByKey(ctx, prices))
	fmt.Println(rdd.Lookup(ctx, prices, "fig"))
	fmt.Println(rdd.ReduceByKeyLocally(ctx, prices, func(a, b float64) float64 { return a + b }))
	// Output:
	// map[fig:1.5 pear:2.5] <nil>
	// map[fig:2 pear:1] <nil>
	// [1 1.5] <nil>
	// map[fig:2.5 pear:2.5] <nil>
}

func ExampleCountByValue() {
	sc := newContext()
	defer sc.Close()
	letters := rdd.Parallelize(sc, strings.Split("mississippi", ""), 3)
	fmt.Println(rdd.CountByValue(context.Background(), letters))
	// Output: map[i:4 m:1 p:2 s:4] <nil>
}

// An answer in time is exact; a later one would have had bounds at first.
func ExampleCountApprox() {
	sc := newContext()
	defer sc.Close()
	count, err := rdd.CountApprox(context.Background(), rdd.Range(sc, 0, 1000, 1, 8), time.Minute, 0.95)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(count, count.InitialIsFinal())
	fmt.Println(count.Final())
	// Output:
	// (final: [1000.000, 1000.000]) true
	// [1000.000, 1000.000] <nil>
}

func ExampleCountApproxDistinct() {
	sc := newContext()
	defer sc.Close()
	visitors := rdd.Map(rdd.Range(sc, 0, 10_000, 1, 4), func(v int64) string { return fmt.Sprint("user ", v%1000) })
	n, err := rdd.CountApproxDistinct(context.Background(), visitors, 0.02)
	fmt.Println(n > 940 && n < 1060, err)
	// Output: true <nil>
}

// Only one partition is held at a time.
func ExampleToLocalIterator() {
	sc := newContext()
	defer sc.Close()
	for v, err := range rdd.ToLocalIterator(context.Background(), rdd.Range(sc, 0, 6, 1, 3)) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(v, " ")
	}
	// Output: 0 1 2 3 4 5
}
