package rdd_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/gosql-engine/gosql/rdd"
)

func ExampleSortBy() {
	sc := newContext()
	defer sc.Close()
	words := rdd.Parallelize(sc, []string{"pear", "fig", "banana"}, 2)
	length := func(s string) int { return len(s) }
	fmt.Println(rdd.SortBy(words, length).Collect(context.Background()))
	fmt.Println(rdd.SortBy(words, length, rdd.Descending()).Collect(context.Background()))
	// Output:
	// [fig pear banana] <nil>
	// [banana pear fig] <nil>
}

func ExampleSortByFunc() {
	sc := newContext()
	defer sc.Close()
	words := rdd.Parallelize(sc, []string{"b", "A", "c", "B"}, 2)
	fold := func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }
	fmt.Println(rdd.SortByFunc(words, func(s string) string { return s }, fold).Collect(context.Background()))
	// Output: [A b B c] <nil>
}

func ExampleSortByKey() {
	sc := newContext()
	defer sc.Close()
	pairs := rdd.Parallelize(sc, []rdd.Pair[int, string]{{Key: 2, Val: "b"}, {Key: 3, Val: "c"}, {Key: 1, Val: "a"}}, 2)
	fmt.Println(rdd.SortByKey(pairs).Collect(context.Background()))
	// Output: [{1 a} {2 b} {3 c}] <nil>
}

// A range partitioner of its own keeps several RDDs in the same ranges.
func ExampleNewRangePartitioner() {
	sc := newContext()
	defer sc.Close()
	pairs := rdd.KeyBy(rdd.Range(sc, 0, 8, 1, 3), func(v int64) int64 { return v * 10 })
	ranges := rdd.NewRangePartitioner(pairs, 2)
	fmt.Println(rdd.Glom(rdd.Keys(rdd.PartitionBy(pairs, ranges))).Collect(context.Background()))
	// Output: [[0 10 20 30] [40 50 60 70]] <nil>
}
