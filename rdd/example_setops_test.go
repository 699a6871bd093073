package rdd_test

import (
	"context"
	"fmt"

	"github.com/gosql-engine/gosql/rdd"
)

func ExampleIntersection() {
	sc := newContext()
	defer sc.Close()
	a := rdd.Parallelize(sc, []string{"x", "y", "y", "z"}, 2)
	b := rdd.Parallelize(sc, []string{"y", "z", "z", "w"}, 2)
	one := rdd.NumPartitions(1)
	fmt.Println(rdd.Intersection(a, b, one).Collect(context.Background()))
	fmt.Println(rdd.Subtract(a, b, one).Collect(context.Background()))
	fmt.Println(rdd.Distinct(a, one).Collect(context.Background()))
	// Output:
	// [y z] <nil>
	// [x] <nil>
	// [x y z] <nil>
}

func ExampleCartesian() {
	sc := newContext()
	defer sc.Close()
	sizes := rdd.Parallelize(sc, []string{"S", "M"}, 1)
	colours := rdd.Parallelize(sc, []string{"red", "blue"}, 1)
	fmt.Println(rdd.Cartesian(sizes, colours).Collect(context.Background()))
	// Output: [{S red} {S blue} {M red} {M blue}] <nil>
}

func ExampleGroupBy() {
	sc := newContext()
	defer sc.Close()
	words := rdd.Parallelize(sc, []string{"ant", "bee", "ape", "bat"}, 2)
	fmt.Println(rdd.GroupBy(words, func(s string) string { return s[:1] }, rdd.NumPartitions(1)).Collect(context.Background()))
	// Output: [{a [ant ape]} {b [bee bat]}] <nil>
}

func ExampleCoGroup3() {
	sc := newContext()
	defer sc.Close()
	pairs := func(kvs ...rdd.Pair[string, int]) *rdd.RDD[rdd.Pair[string, int]] { return rdd.Parallelize(sc, kvs, 2) }
	a, b, c := pairs(rdd.KV("x", 1), rdd.KV("x", 2)), pairs(rdd.KV("y", 3)), pairs(rdd.KV("x", 4))
	fmt.Println(rdd.CoGroup3(a, b, c, rdd.NumPartitions(1)).Collect(context.Background()))
	// Output: [{x {[1 2] [] [4]}} {y {[] [3] []}}] <nil>
}

func ExampleSubtractByKey() {
	sc := newContext()
	defer sc.Close()
	all := rdd.Parallelize(sc, []rdd.Pair[string, int]{{Key: "a", Val: 1}, {Key: "b", Val: 2}, {Key: "b", Val: 3}}, 2)
	gone := rdd.Parallelize(sc, []rdd.Pair[string, bool]{{Key: "a", Val: true}}, 1)
	fmt.Println(rdd.SubtractByKey(all, gone, rdd.NumPartitions(1)).Collect(context.Background()))
	// Output: [{b 2} {b 3}] <nil>
}
