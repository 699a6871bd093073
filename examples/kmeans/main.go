// Command kmeans finds the centres of clusters of points.
//
//	go run ./examples/kmeans -points 100000 -clusters 4
//
// The points are kept in memory; each round broadcasts the centres, adds the points up in the tasks and brings only a
// sum for each centre back.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"

	"github.com/gosql-engine/gosql/rdd"
)

func main() {
	points := flag.Int("points", 100_000, "how many points")
	clusters := flag.Int("clusters", 4, "how many centres")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *points, *clusters); err != nil {
		log.Fatal(err)
	}
}

// point is a place in the plane.
type point struct{ x, y float64 }

// cloud scatters points around (10, 0), (20, 0), (30, 0) and so on; the seed makes it the same cloud each time.
func cloud(points, clusters int) []point {
	random := rand.New(rand.NewPCG(1957, 0))
	cloud := make([]point, points)
	for i := range cloud {
		cloud[i] = point{float64(10*(1+i%clusters)) + random.NormFloat64(), random.NormFloat64()}
	}
	return cloud
}

// closest is the centre that is nearest to p.
func closest(p point, centres []point) int {
	best, least := 0, math.Inf(1)
	for i, c := range centres {
		if d := (p.x-c.x)*(p.x-c.x) + (p.y-c.y)*(p.y-c.y); d < least {
			best, least = i, d
		}
	}
	return best
}

// sum is what the points of a cluster add up to.
type sum struct {
	x, y float64
	n    int
}

// run moves the centres until they stand still.
func run(ctx context.Context, out io.Writer, n, clusters int) error {
	sc, err := rdd.NewContext()
	if err != nil {
		return err
	}
	defer sc.Close()
	points := rdd.Parallelize(sc, cloud(n, clusters), 0).Cache()
	centres, err := points.Take(ctx, clusters)
	if err != nil {
		return err
	}
	for round := 1; ; round++ {
		moved, err := step(ctx, sc, points, centres)
		if err != nil {
			return err
		}
		if slices.Equal(moved, centres) || round == 100 {
			fmt.Fprintf(out, "%d rounds\n", round)
			break
		}
		centres = moved
	}
	slices.SortFunc(centres, func(a, b point) int { return cmp.Compare(a.x, b.x) })
	for _, c := range centres {
		fmt.Fprintf(out, "(%.0f, %.0f)\n", math.Round(c.x), math.Round(c.y)+0) // −0 + 0 is 0
	}
	return nil
}

// step moves each centre to the middle of the points that are closest to it; one without points stays.
func step(ctx context.Context, sc *rdd.Context, points *rdd.RDD[point], centres []point) ([]point, error) {
	shared, err := rdd.NewBroadcast(sc, centres)
	if err != nil {
		return nil, err
	}
	defer shared.Destroy()
	assigned := rdd.Map(points, func(p point) rdd.Pair[int, sum] { return rdd.KV(closest(p, shared.Value()), sum{p.x, p.y, 1}) })
	sums, err := rdd.ReduceByKeyLocally(ctx, assigned, func(a, b sum) sum { return sum{a.x + b.x, a.y + b.y, a.n + b.n} })
	if err != nil {
		return nil, err
	}
	moved := slices.Clone(centres)
	for i, s := range sums {
		moved[i] = point{s.x / float64(s.n), s.y / float64(s.n)}
	}
	return moved, nil
}
