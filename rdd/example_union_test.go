package rdd_test

import (
	"context"
	"fmt"

	"github.com/gosql-engine/gosql/rdd"
)

func ExampleUnion() {
	sc := newContext()
	defer sc.Close()
	old := rdd.Parallelize(sc, []string{"a", "b"}, 1)
	fresh := rdd.Parallelize(sc, []string{"b", "c"}, 1)
	fmt.Println(rdd.Union(sc, old, fresh).Collect(context.Background()))
	// Output: [a b b c] <nil>
}
