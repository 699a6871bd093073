// Command pagerank ranks the pages of a small web by the links between them.
//
//	go run ./examples/pagerank -pages 1000 -rounds 20
//
// The links are partitioned by page and kept in memory, so that each round moves only the ranks: the join finds the
// links where they are. Each round adds to the lineage of the ranks; every tenth cuts it by a checkpoint, so that a lost
// partition never has all rounds computed again.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"iter"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"

	"github.com/gosql-engine/gosql/rdd"
)

func main() {
	pages := flag.Int("pages", 1000, "how many pages the web has")
	rounds := flag.Int("rounds", 20, "how often ranks are passed on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, web(*pages), *rounds); err != nil {
		log.Fatal(err)
	}
}

// link leads from a page to another one.
type link = rdd.Pair[int, int]

// web makes links in which pages with small numbers are popular; the seed makes it the same web each time.
func web(pages int) []link {
	random := rand.New(rand.NewPCG(1998, 0))
	var links []link
	for page := range pages {
		for range 1 + random.IntN(8) {
			popular := int(float64(pages) * random.Float64() * random.Float64() * random.Float64())
			links = append(links, rdd.KV(page, popular))
		}
	}
	return links
}

// run prints the five highest ranks.
func run(ctx context.Context, out io.Writer, links []link, rounds int) error {
	dir, err := os.MkdirTemp("", "pagerank-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	sc, err := rdd.NewContext(rdd.WithCheckpointDir(dir))
	if err != nil {
		return err
	}
	defer sc.Close()
	from := rdd.GroupByKey(rdd.Parallelize(sc, links, 0)).Cache()
	ranks := rdd.MapValues(from, func([]int) float64 { return 1 })
	for round := range rounds {
		given := rdd.FlatMap(rdd.Values(rdd.Join(from, ranks)), shares)
		sums := rdd.ReduceByKey(given, func(a, b float64) float64 { return a + b })
		ranks = rdd.MapValues(sums, func(sum float64) float64 { return 0.15 + 0.85*sum })
		if round%10 == 9 {
			if err := ranks.CheckpointNow(ctx); err != nil {
				return err
			}
		}
	}
	best, err := rdd.TopFunc(ctx, ranks, 5, func(a, b rdd.Pair[int, float64]) int { return cmp.Compare(a.Val, b.Val) })
	if err != nil {
		return err
	}
	for _, page := range best {
		fmt.Fprintf(out, "page %d: %.3f\n", page.Key, page.Val)
	}
	return nil
}

// shares divides the rank of a page among the pages that it links to.
func shares(page rdd.Pair[[]int, float64]) iter.Seq[rdd.Pair[int, float64]] {
	return func(yield func(rdd.Pair[int, float64]) bool) {
		for _, to := range page.Key {
			if !yield(rdd.KV(to, page.Val/float64(len(page.Key)))) {
				return
			}
		}
	}
}
