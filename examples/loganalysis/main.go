// Command loganalysis reads access logs of a web server: which answers it gave, and how many of them were errors in
// each hour.
//
//	go run ./examples/loganalysis 'examples/loganalysis/testdata/*.log'
//
// A line is: 192.0.2.7 [2024-05-01T08:05:00Z] "GET /login" 200 5120. Lines that are none are counted by an accumulator;
// what the codes mean is broadcast.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"iter"
	"log"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strconv"

	"github.com/gosql-engine/gosql/rdd"
)

func main() {
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: loganalysis FILES")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, flag.Arg(0)); err != nil {
		log.Fatal(err)
	}
}

// request is a line of the log.
type request struct {
	hour   string
	status int
}

// lineForm has the hour and the status.
var lineForm = regexp.MustCompile(`^\S+ \[(\d{4}-\d\d-\d\dT\d\d):[^]]*\] "[^"]*" (\d{3}) \d+$`)

// run prints both reports. The log is parsed once: the second report reads the requests that the first has kept.
func run(ctx context.Context, out io.Writer, paths string) error {
	sc, err := rdd.NewContext()
	if err != nil {
		return err
	}
	defer sc.Close()
	strange := rdd.NewCounter(sc, "lines that are no requests")
	requests := parse(rdd.TextFile(sc, paths, 0), strange).Cache()
	if err := statuses(ctx, out, sc, requests); err != nil {
		return err
	}
	if err := errorRates(ctx, out, requests); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d lines were skipped\n", strange.Value())
	return nil
}

// parse makes requests of lines and counts what it leaves out.
func parse(lines *rdd.RDD[string], strange *rdd.Accumulator[int64]) *rdd.RDD[request] {
	return rdd.MapPartitions(lines, func(tc *rdd.TaskContext, in iter.Seq2[string, error]) iter.Seq2[request, error] {
		return func(yield func(request, error) bool) {
			for line, err := range in {
				if err != nil {
					yield(request{}, err)
					return
				}
				m := lineForm.FindStringSubmatch(line)
				if m == nil {
					strange.Add(tc, 1)
					continue
				}
				status, _ := strconv.Atoi(m[2]) // three digits
				if !yield(request{hour: m[1], status: status}, nil) {
					return
				}
			}
		}
	})
}

// statuses prints how often each status was given, the most frequent first.
func statuses(ctx context.Context, out io.Writer, sc *rdd.Context, requests *rdd.RDD[request]) error {
	names, err := rdd.NewBroadcast(sc, map[int]string{
		http.StatusOK:                  http.StatusText(http.StatusOK),
		http.StatusNotModified:         http.StatusText(http.StatusNotModified),
		http.StatusNotFound:            http.StatusText(http.StatusNotFound),
		http.StatusInternalServerError: http.StatusText(http.StatusInternalServerError),
		http.StatusServiceUnavailable:  http.StatusText(http.StatusServiceUnavailable),
	})
	if err != nil {
		return err
	}
	defer names.Destroy()
	named := rdd.Map(requests, func(r request) rdd.Pair[string, int] {
		return rdd.KV(fmt.Sprint(r.status, " ", names.Value()[r.status]), 1)
	})
	counts := rdd.ReduceByKey(named, func(a, b int) int { return a + b })
	frequent, err := rdd.TopFunc(ctx, counts, 3, func(a, b rdd.Pair[string, int]) int {
		return cmp.Or(cmp.Compare(a.Val, b.Val), cmp.Compare(b.Key, a.Key))
	})
	for _, status := range frequent {
		fmt.Fprintf(out, "%4d × %s\n", status.Val, status.Key)
	}
	return err
}

// tally counts answers and errors.
type tally struct{ answers, errors int }

// errorRates prints the share of server errors by hour.
func errorRates(ctx context.Context, out io.Writer, requests *rdd.RDD[request]) error {
	byHour := rdd.Map(requests, func(r request) rdd.Pair[string, tally] {
		if r.status >= 500 {
			return rdd.KV(r.hour, tally{1, 1})
		}
		return rdd.KV(r.hour, tally{1, 0})
	})
	rates := rdd.ReduceByKey(byHour, func(a, b tally) tally { return tally{a.answers + b.answers, a.errors + b.errors} })
	hours, err := rdd.SortByKey(rates).Collect(ctx)
	for _, hour := range hours {
		fmt.Fprintf(out, "%s h: %3.0f %% errors\n", hour.Key, 100*float64(hour.Val.errors)/float64(hour.Val.answers))
	}
	return err
}
