package rdd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// TestChaos runs programs while things go wrong. Every run is chosen by a seed: the program, the kind of fault, the
// machine, the data and the moments. It must end with the right answer or in a way that the kind of fault allows, and
// leave nothing behind. GOSQL_CHAOS_RUNS says how many (100), GOSQL_CHAOS_SEED the first seed, and GOSQL_CHAOS_TABLE=1
// prints the totals. GOSQL_CHAOS_RUNS=1 with the seed of a failure repeats it, as far as threads allow.
func TestChaos(t *testing.T) {
	runs, seed := envNumber(t, "GOSQL_CHAOS_RUNS", 100), envNumber(t, "GOSQL_CHAOS_SEED", 1)
	if testing.Short() {
		runs = min(runs, 20)
		t.Logf("-short: %d runs", runs)
	}
	totals := map[[3]string]int{}
	failed := 0
	for s := seed; s < seed+runs && failed < 20; s++ {
		r := newChaosRun(uint64(s))
		outcome, err := r.run(t.TempDir())
		totals[[3]string{r.program.name, r.kind.name, outcome}]++
		if err != nil {
			failed++
			t.Errorf("seed %d (%s, %s, %d faults; repeat with GOSQL_CHAOS_SEED=%d GOSQL_CHAOS_RUNS=1): %v",
				s, r.program.name, r.kind.name, r.inject.injected, s, err)
		}
	}
	if os.Getenv("GOSQL_CHAOS_TABLE") != "" {
		fmt.Print(chaosTable(totals))
	}
}

// envNumber reads a number from the environment.
func envNumber(t *testing.T, name string, otherwise int) int {
	t.Helper()
	v := os.Getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// chaosRun is one run of a program.
type chaosRun struct {
	program *chaosProgram
	kind    *chaosKind
	random  *rand.Rand
	inject  *chaosInjector
	sc      *Context
	ctx     context.Context
}

// newChaosRun draws everything but what threads decide.
func newChaosRun(seed uint64) *chaosRun {
	random := rand.New(rand.NewPCG(seed, 0))
	programs := append(slices.Clone(chaosPrograms), chaosKeeping...)
	r := &chaosRun{random: random, program: &programs[random.IntN(len(programs))],
		kind: &chaosKinds[random.IntN(len(chaosKinds))]}
	r.inject = newChaosInjector(r.kind, rand.New(rand.NewPCG(seed, 1)))
	return r
}

// chaosPatience is how long a run may take; a run takes milliseconds.
const chaosPatience = time.Minute

// run gives the outcome in a word, and an error when it was not allowed or something was left behind.
func (r *chaosRun) run(dir string) (outcome string, err error) {
	goroutines := runtime.NumGoroutine()
	opts := []ContextOption{WithThreads(1 + r.random.IntN(4)), WithMemory(32 << 20), WithSpillDir(dir), r.files(),
		WithCheckpointDir(chaosFS + "checkpoints")}
	if r.kind.options != nil {
		opts = append(opts, r.kind.options(r.random)...)
	}
	if r.sc, err = NewContext(opts...); err != nil {
		return "", err
	}
	unified := r.sc.memory.(*unifiedMemory)
	r.arm()
	ended := make(chan error, 1)
	go func() { ended <- r.runProgram() }()
	var result error
	select {
	case result = <-ended:
	case <-time.After(chaosPatience):
		return "stuck", fmt.Errorf("no end after %v\n%s", chaosPatience, allStacks())
	}
	outcome, err = r.judge(result)
	r.inject.closing.Wait()
	return outcome, errors.Join(err, noTaskMemory(unified), r.nothingHeld(), r.sc.Close(), nothingLeft(dir, goroutines))
}

// arm puts the injector into the Context.
func (r *chaosRun) arm() {
	var cancel context.CancelCauseFunc
	r.ctx, cancel = context.WithCancelCause(context.Background())
	r.inject.sc, r.inject.cancel = r.sc, cancel
	r.sc.hooks = r.inject
	r.sc.spill.faults = r.inject
	if r.kind.memory {
		r.sc.memory = &refusingMemory{r.sc.memory, r.inject}
	}
}

// runProgram turns a panic into an error.
func (r *chaosRun) runProgram() (err error) {
	defer r.inject.cancel(nil)
	defer recoverTask(&err)
	return r.program.run(r)
}

// wrongAnswer is the error of a program whose result is not what plain Go computed.
type wrongAnswer struct{ text string }

func (e *wrongAnswer) Error() string { return e.text }

// judge names the outcome.
func (r *chaosRun) judge(err error) (outcome string, bad error) {
	switch {
	case err == nil:
		return "right", nil
	case errors.As(err, new(*wrongAnswer)):
		return "WRONG", err
	case r.kind.allowed != nil && r.kind.allowed(err):
		return "failed as documented", nil
	case r.program.allowed != nil && r.program.allowed(err):
		return "failed as documented", nil
	}
	return "FAILED", err
}

// noTaskMemory checks that no task holds memory when no task runs.
func noTaskMemory(m *unifiedMemory) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for c, n := range m.held {
		if c.Task != 0 {
			return fmt.Errorf("task %d left %d bytes reserved for %q", c.Task, n, c.Owner)
		}
	}
	if len(m.tasks) > 0 {
		return fmt.Errorf("tasks that are over share the memory: %v", m.tasks)
	}
	return nil
}

// nothingHeld checks that all memory comes back once the program's RDDs are garbage.
func (r *chaosRun) nothingHeld() error {
	return settles(func() error {
		runtime.GC()
		if u := r.sc.Memory().Usage(); u.Execution != 0 || u.Storage != 0 {
			return fmt.Errorf("memory is not given back: %d for execution, %d for storage: %v", u.Execution, u.Storage, u.Owners)
		}
		return nil
	})
}

// nothingLeft checks that files and goroutines are gone after Close.
func nothingLeft(dir string, goroutines int) error {
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(left) > 0 {
		return fmt.Errorf("files left behind: %v", left)
	}
	return settles(func() error {
		if n := runtime.NumGoroutine(); n > goroutines {
			return fmt.Errorf("%d goroutines before, %d after\n%s", goroutines, n, allStacks())
		}
		return nil
	})
}

// settles gives what is on its way out some time.
func settles(check func() error) (err error) {
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(500 * time.Microsecond) {
		if err = check(); err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

// allStacks is where every goroutine is.
func allStacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

// chaosTable prints the totals: a line per program and a column per outcome, the same for faults, and a line per pair.
func chaosTable(totals map[[3]string]int) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 1, 2, ' ', 0)
	outcomes := chaosNames(totals, func(k [3]string) string { return k[2] })
	for _, part := range []struct {
		title string
		row   func(k [3]string) string
	}{
		{"program and fault", func(k [3]string) string { return k[0] + " × " + k[1] }},
		{"program", func(k [3]string) string { return k[0] }},
		{"fault", func(k [3]string) string { return k[1] }},
		{"all", func([3]string) string { return "" }},
	} {
		fmt.Fprintf(w, "%s\t%s\n", part.title, strings.Join(outcomes, "\t"))
		for _, name := range chaosNames(totals, part.row) {
			fmt.Fprint(w, name)
			for _, o := range outcomes {
				n := 0
				for k, count := range totals {
					if part.row(k) == name && k[2] == o {
						n += count
					}
				}
				fmt.Fprintf(w, "\t%d", n)
			}
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	return b.String()
}

// chaosNames lists the different names among the totals, sorted.
func chaosNames(totals map[[3]string]int, of func(k [3]string) string) []string {
	names := map[string]bool{}
	for k := range totals {
		names[of(k)] = true
	}
	return slices.Sorted(maps.Keys(names))
}
