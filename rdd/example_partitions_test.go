package rdd_test

import (
	"context"
	"fmt"

	"github.com/gosql-engine/gosql/rdd"
)

func ExampleRDD_Coalesce() {
	sc := newContext()
	defer sc.Close()
	few := rdd.Range(sc, 0, 8, 1, 8).Coalesce(3)
	fmt.Println(rdd.Glom(few).Collect(context.Background()))
	// Output: [[0 1] [2 3 4] [5 6 7]] <nil>
}

func ExampleRDD_Repartition() {
	sc := newContext()
	defer sc.Close()
	spread := rdd.Range(sc, 0, 8, 1, 1).Repartition(4)
	sizes := rdd.Map(rdd.Glom(spread), func(p []int64) int { return len(p) })
	fmt.Println(sizes.Collect(context.Background()))
	// Output: [2 2 2 2] <nil>
}

func ExampleRepartitionAndSortWithinPartitions() {
	sc := newContext()
	defer sc.Close()
	pairs := rdd.KeyBy(rdd.Parallelize(sc, []int{5, 2, 4, 1, 3}, 2), func(v int) int { return v })
	sorted := rdd.RepartitionAndSortWithinPartitions(pairs, rdd.NewHashPartitioner[int](2))
	fmt.Println(rdd.Glom(rdd.Keys(sorted)).Collect(context.Background()))
	// Output: [[2 4] [1 3 5]] <nil>
}

// Only the partitions that can hold the range are computed.
func ExampleFilterByRange() {
	sc := newContext()
	defer sc.Close()
	pairs := rdd.KeyBy(rdd.Range(sc, 0, 100, 1, 4), func(v int64) int64 { return v })
	sorted := rdd.SortByKey(pairs, rdd.NumPartitions(10))
	fmt.Println(rdd.Keys(rdd.FilterByRange(sorted, 41, 44)).Collect(context.Background()))
	// Output: [41 42 43 44] <nil>
}

func ExamplePipe() {
	sc := newContext()
	defer sc.Close()
	words := rdd.Parallelize(sc, []string{"go", "spark"}, 1)
	upper := rdd.Pipe(words, []string{"tr", "a-z", "A-Z"}, rdd.PipeOptions[string]{})
	fmt.Println(upper.Collect(context.Background()))
	// Output: [GO SPARK] <nil>
}
