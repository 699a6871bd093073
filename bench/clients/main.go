// Clients runs the queries of a folder from several clients at once, all in one session with one memory limit, and prints how many it finished, how
// long they took, and how evenly the clients were served. It ends with an error if any query does.
//
//	go run ./bench/clients --clients 10 --seconds 60 --memory 1GB --tables 'DIR/*.parquet' --queries DIR
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gosql-engine/gosql"
)

func main() {
	b := load{}
	flag.IntVar(&b.clients, "clients", 10, "clients at once")
	flag.IntVar(&b.seconds, "seconds", 60, "how long queries are begun")
	flag.IntVar(&b.threads, "threads", 0, "tasks at once (0: the number of CPUs)")
	flag.StringVar(&b.memory, "memory", "1GB", "limit of all queries together")
	flag.StringVar(&b.tables, "tables", "bench/data/tpch1/*.parquet", "glob of files, each a table of its name")
	flag.StringVar(&b.queries, "queries", "../shared/corpora/tpch-queries", "folder of .sql files")
	flag.Parse()
	if err := b.run(); err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
}

// load is what is asked of the session.
type load struct {
	clients, seconds, threads int
	memory, tables, queries   string
}

// outcome is what one client did.
type outcome struct {
	took   []time.Duration
	errors []error
}

func (l *load) run() error {
	s, err := gosql.NewSession(gosql.WithMemoryLimit(l.memory), gosql.WithWorkers(l.threads))
	if err != nil {
		return err
	}
	defer s.Close()
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(s.MemoryLimit())
	texts, err := l.open(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(l.seconds)*time.Second)
	defer cancel()
	done := make([]outcome, l.clients)
	began := time.Now()
	var all sync.WaitGroup
	for c := range done {
		all.Go(func() { done[c] = client(ctx, s, texts, uint64(c)) })
	}
	all.Wait()
	return report(done, time.Since(began))
}

// open makes views of the tables and reads the queries.
func (l *load) open(s *gosql.Session) (texts []string, err error) {
	files, err := filepath.Glob(l.tables)
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no tables match %s: %v", l.tables, err)
	}
	for _, f := range files {
		if err := s.Read().File(f).CreateTempView(strings.TrimSuffix(filepath.Base(f), filepath.Ext(f))); err != nil {
			return nil, err
		}
	}
	names, err := filepath.Glob(filepath.Join(l.queries, "*.sql"))
	for _, n := range names {
		raw, err := os.ReadFile(n)
		if err != nil {
			return nil, err
		}
		texts = append(texts, strings.TrimRight(strings.TrimSpace(string(raw)), ";"))
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("no .sql files in %s: %v", l.queries, err)
	}
	return texts, nil
}

// client runs query after query, each time all of them in another order, until ctx is done; the one under way then is finished.
func client(ctx context.Context, s *gosql.Session, texts []string, seed uint64) (o outcome) {
	r := rand.New(rand.NewPCG(seed, 1))
	for {
		for _, i := range r.Perm(len(texts)) {
			if ctx.Err() != nil {
				return o
			}
			from := time.Now()
			for _, err := range s.SQL(texts[i]).Batches(context.Background()) {
				if err != nil {
					o.errors = append(o.errors, err)
				}
			}
			o.took = append(o.took, time.Since(from))
		}
	}
}

// report prints the figures; it fails with the first error of a query.
func report(done []outcome, took time.Duration) error {
	var all []time.Duration
	var errs []error
	least := len(done[0].took)
	for _, o := range done {
		all, errs = append(all, o.took...), append(errs, o.errors...)
		least = min(least, len(o.took))
	}
	if len(all) == 0 {
		return fmt.Errorf("no query was finished")
	}
	slices.Sort(all)
	at := func(share float64) time.Duration {
		return all[int(share*float64(len(all)-1))].Round(time.Millisecond)
	}
	mean := float64(len(all)) / float64(len(done))
	fmt.Printf("%d queries, %.1f/s, p50 %v, p99 %v, slowest client %.2f of the mean, %d errors, %s\n", len(all), float64(len(all))/took.Seconds(),
		at(0.5), at(0.99), float64(least)/mean, len(errs), peak())
	if len(errs) > 0 {
		return errs[0]
	}
	return nil
}

// peak is the most memory that the process had resident, where the system tells.
func peak() string {
	raw, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(raw)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(v) + " resident at most"
		}
	}
	return "resident memory unknown"
}
