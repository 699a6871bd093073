package rdd_test

import (
	"context"
	"fmt"
	"iter"
	"log"
	"strings"

	"github.com/gosql-engine/gosql/rdd"
)

func newContext() *rdd.Context {
	sc, err := rdd.NewContext(rdd.WithThreads(2))
	if err != nil {
		log.Fatal(err)
	}
	return sc
}

// Word count: the most frequent words first.
func Example_wordCount() {
	sc := newContext()
	defer sc.Close()
	lines := rdd.Parallelize(sc, []string{"to be or not to be", "that is the question", "to do is to be"}, 2)
	words := rdd.FlatMap(lines, strings.FieldsSeq)
	ones := rdd.Map(words, func(w string) rdd.Pair[string, int] { return rdd.KV(w, 1) })
	counts := rdd.ReduceByKey(ones, func(a, b int) int { return a + b })
	top, err := rdd.SortBy(counts, func(p rdd.Pair[string, int]) int { return p.Val }, rdd.Descending()).Take(context.Background(), 3)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range top {
		fmt.Println(p.Key, p.Val)
	}
	// Output:
	// to 4
	// be 3
	// is 2
}

// PageRank keeps its graph in memory and partitioned, so that the joins of all rounds move only the ranks.
func Example_pageRank() {
	sc := newContext()
	defer sc.Close()
	edges := rdd.Parallelize(sc, []rdd.Pair[string, string]{{Key: "a", Val: "b"}, {Key: "b", Val: "a"}, {Key: "c", Val: "a"}, {Key: "a", Val: "c"}}, 2)
	links := rdd.GroupByKey(edges, rdd.NumPartitions(2)).Cache()
	ranks := rdd.MapValues(links, func([]string) float64 { return 1 })
	for range 50 {
		sent := rdd.FlatMap(rdd.Values(rdd.Join(links, ranks)), func(p rdd.Pair[[]string, float64]) iter.Seq[rdd.Pair[string, float64]] {
			return func(yield func(rdd.Pair[string, float64]) bool) {
				for _, to := range p.Key {
					if !yield(rdd.KV(to, p.Val/float64(len(p.Key)))) {
						return
					}
				}
			}
		})
		sums := rdd.ReduceByKey(sent, func(a, b float64) float64 { return a + b }, rdd.NumPartitions(2))
		ranks = rdd.MapValues(sums, func(r float64) float64 { return 0.15 + 0.85*r })
	}
	sorted, err := rdd.SortByKey(ranks).Collect(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range sorted {
		fmt.Printf("%s %.2f\n", p.Key, p.Val)
	}
	// Output:
	// a 1.46
	// b 0.77
	// c 0.77
}

// A custom RDD: New takes the five properties. A table scan is made like this.
func ExampleNew() {
	sc := newContext()
	defer sc.Close()
	squares := rdd.New(sc, nil,
		func(context.Context) ([]rdd.Partition, error) { return rdd.PartitionRange(3), nil },
		func(tc *rdd.TaskContext, p rdd.Partition) iter.Seq2[int, error] {
			return func(yield func(int, error) bool) { yield(p.Index()*p.Index(), tc.Err()) }
		}, rdd.Named("squares"))
	fmt.Println(squares.Collect(context.Background()))
	// Output: [0 1 4] <nil>
}

// A shuffle in steps: write the map outputs, look at their sizes, then choose what each reader reads.
func ExampleMaterialize() {
	sc := newContext()
	defer sc.Close()
	ctx := context.Background()
	dealt := rdd.Map(rdd.Range(sc, 0, 10, 1, 2), func(v int64) rdd.Pair[int, int64] { return rdd.KV(int(v%4), v) })
	d := rdd.NewExchange(dealt, 4, nil)
	defer d.Release()
	sizes, err := rdd.Materialize(ctx, d)
	if err != nil {
		log.Fatal(err)
	}
	for _, m := range sizes {
		fmt.Println("rows by reducer:", m.Rows)
	}
	half := rdd.ReadShuffle[int64](d, []rdd.BlockRange{{FromPart: 0, ToPart: 2}, {FromPart: 2, ToPart: 4}})
	fmt.Println(rdd.Glom(half).Collect(ctx))
	// Output:
	// rows by reducer: [2 1 1 1]
	// rows by reducer: [1 2 1 1]
	// [[0 4 8 1 5 9] [2 6 3 7]] <nil>
}

// Stream delivers results while later partitions are still computed; leaving the loop cancels the rest.
func ExampleStream() {
	sc := newContext()
	defer sc.Close()
	for v, err := range rdd.Stream(context.Background(), rdd.Range(sc, 0, 1_000_000, 1, 100), 2) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(v)
		if v == 2 {
			break
		}
	}
	// Output:
	// 0
	// 1
	// 2
}

// An accumulator counts each partition once, however often its task was tried.
func ExampleAccumulator() {
	sc := newContext()
	defer sc.Close()
	odd := rdd.NewCounter(sc, "odd")
	err := rdd.Range(sc, 0, 100, 1, 4).ForeachPartition(context.Background(), func(tc *rdd.TaskContext, in iter.Seq2[int64, error]) error {
		for v, err := range in {
			if err != nil {
				return err
			}
			if v%2 == 1 {
				odd.Add(tc, 1)
			}
		}
		return nil
	})
	fmt.Println(odd.Value(), err)
	// Output: 50 <nil>
}
