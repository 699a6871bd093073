// Rdd runs the programs that package rdd is compared with Spark by, the same as those of rdd.scala beside it. See
// bench/rdd.sh.
//
//	rdd [-scale F] [-runs N] [-threads N] [-only TEXT] -words FILE     run the programs
//	rdd -words FILE -write                                             write the file of words
//	rdd -compare OURS THEIRS                                           print medians and ratios of two outputs
//
// A run prints a line "RESULT name records milliseconds answer" for each program and run, separated by tabs, but not for
// the first run of a program, and in the end "VERSION text" and "VmHWM kilobytes".
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/gosql-engine/gosql/rdd"
)

// options are the flags of a run.
type options struct {
	scale   float64
	runs    int
	threads int
	words   string
	only    string
	profile string
	memory  int64
}

func main() {
	var o options
	flag.Float64Var(&o.scale, "scale", 1, "size of the inputs, 1 for the whole")
	flag.IntVar(&o.runs, "runs", 2, "runs of each program, the first of which does not count")
	flag.IntVar(&o.threads, "threads", 2, "threads")
	flag.StringVar(&o.words, "words", "", "file of words")
	flag.StringVar(&o.only, "only", "", "run only programs whose name contains this")
	flag.Int64Var(&o.memory, "memory", 1024, "MiB of memory to keep to, which is half of what Spark is given")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile to this file")
	write := flag.Bool("write", false, "write the file of words and exit")
	compared := flag.Bool("compare", false, "compare two outputs and exit")
	flag.Parse()
	var err error
	switch {
	case *write:
		err = writeWords(o.words, int(50e6*o.scale))
	case *compared && flag.NArg() == 2:
		err = compare(os.Stdout, flag.Arg(0), flag.Arg(1))
	case flag.NArg() == 0 && o.words != "":
		err = run(o)
	default:
		flag.Usage()
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rdd:", err)
		os.Exit(1)
	}
}

// run runs all programs and prints their results.
func run(o options) error {
	debug.SetMemoryLimit(o.memory << 20)
	debug.SetGCPercent(400) // what is far below the limit need not be collected often
	sc, err := rdd.NewContext(rdd.WithThreads(o.threads), rdd.WithMemory(o.memory<<20*3/4))
	if err != nil {
		return err
	}
	defer sc.Close()
	if o.profile != "" {
		f, err := os.Create(o.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for _, p := range programs(o.words) {
		if !strings.Contains(p.name, o.only) {
			continue
		}
		n := int64(p.records * o.scale)
		for i := range o.runs {
			runtime.GC()
			begin := time.Now()
			answer, err := p.run(context.Background(), sc, n)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			if i > 0 {
				fmt.Printf("RESULT\t%s\t%d\t%.1f\t%d\n", p.name, n, float64(time.Since(begin).Microseconds())/1e3, answer)
			}
		}
	}
	fmt.Printf("VERSION\tgosql, %s\n", runtime.Version())
	return printPeak()
}

// printPeak prints the most memory that this process ever had resident.
func printPeak() error {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmHWM:" {
			fmt.Printf("VmHWM\t%s\n", f[1])
		}
	}
	return nil
}
