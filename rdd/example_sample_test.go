package rdd_test

import (
	"context"
	"fmt"

	"github.com/gosql-engine/gosql/rdd"
)

func ExampleRDD_Sample() {
	sc := newContext()
	defer sc.Close()
	numbers := rdd.Range(sc, 0, 1_000_000, 1, 4)
	some := numbers.Sample(false, 0.01, 42)
	n, err := some.Count(context.Background())
	again, _ := some.Count(context.Background())
	fmt.Println(n > 9_000 && n < 11_000, n == again, err)
	// Output: true true <nil>
}

func ExampleRDD_RandomSplit() {
	sc := newContext()
	defer sc.Close()
	numbers := rdd.Range(sc, 0, 1000, 1, 4)
	parts, err := numbers.RandomSplit([]float64{0.8, 0.2}, 7)
	if err != nil {
		fmt.Println(err)
		return
	}
	train, _ := parts[0].Count(context.Background())
	test, _ := parts[1].Count(context.Background())
	fmt.Println(train+test, train > test)
	// Output: 1000 true
}

// Exactly a tenth of the clicks, and all of the purchases.
func ExampleSampleByKeyExact() {
	sc := newContext()
	defer sc.Close()
	events := rdd.KeyBy(rdd.Range(sc, 0, 1100, 1, 4), func(v int64) string {
		if v%11 == 0 {
			return "purchase"
		}
		return "click"
	})
	sampled := rdd.SampleByKeyExact(events, false, map[string]float64{"click": 0.1, "purchase": 1}, 7)
	counts, err := rdd.CountByKey(context.Background(), sampled)
	fmt.Println(counts["click"], counts["purchase"], err)
	// Output: 100 100 <nil>
}

func ExampleSampleByKey() {
	sc := newContext()
	defer sc.Close()
	pairs := rdd.KeyBy(rdd.Range(sc, 0, 100, 1, 4), func(v int64) bool { return v >= 50 })
	kept, err := rdd.SampleByKey(pairs, false, map[bool]float64{false: 0, true: 1}, 7).Count(context.Background())
	fmt.Println(kept, err)
	// Output: 50 <nil>
}
