package rdd_test

import (
	"context"
	"fmt"
	"iter"

	"github.com/gosql-engine/gosql/rdd"
)

func ExampleZip() {
	sc := newContext()
	defer sc.Close()
	names := rdd.Parallelize(sc, []string{"ann", "bob", "cid"}, 2)
	ages := rdd.Parallelize(sc, []int{31, 45, 27}, 2)
	pairs, err := rdd.Zip(names, ages).Collect(context.Background())
	fmt.Println(pairs, err)
	// Output: [{ann 31} {bob 45} {cid 27}] <nil>
}

func ExampleZipWithIndex() {
	sc := newContext()
	defer sc.Close()
	lines := rdd.Parallelize(sc, []string{"a", "b", "c", "d", "e"}, 2)
	fmt.Println(rdd.ZipWithIndex(lines).Collect(context.Background()))
	fmt.Println(rdd.ZipWithUniqueId(lines).Collect(context.Background()))
	// Output:
	// [{a 0} {b 1} {c 2} {d 3} {e 4}] <nil>
	// [{a 0} {b 2} {c 1} {d 3} {e 5}] <nil>
}

func ExampleZipPartitions3() {
	sc := newContext()
	defer sc.Close()
	a, b, c := rdd.Range(sc, 0, 4, 1, 2), rdd.Range(sc, 10, 14, 1, 2), rdd.Range(sc, 100, 104, 1, 2)
	sums := rdd.ZipPartitions3(a, b, c, func(_ *rdd.TaskContext, a, b, c iter.Seq2[int64, error]) iter.Seq2[int64, error] {
		return func(yield func(int64, error) bool) {
			sum := int64(0)
			for _, in := range []iter.Seq2[int64, error]{a, b, c} {
				for v, err := range in {
					if err != nil {
						yield(0, err)
						return
					}
					sum += v
				}
			}
			yield(sum, nil)
		}
	})
	fmt.Println(sums.Collect(context.Background()))
	// Output: [223 235] <nil>
}
