package rdd

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
)

// Context is the entry to the engine (Spark's SparkContext): it owns the executors, the schedulers, the memory budget
// and the spill folder. In constructors it is called sc; ctx is always a context.Context. Safe for concurrent use.
type Context struct {
	conf      config
	executors executorList
	tasks     *taskScheduler
	jobs      jobTable
	memory    MemoryManager
	events    eventBus
	spill     spillFolder
	movable   movableOutputs
	log       *eventLogFile // nil when there is none
	hooks     taskHooks     // nil but in tests

	persistent  persistentRDDs
	checkpoints checkpointFolder

	rddIDs, shuffleIDs, jobIDs, stageIDs, taskIDs, accumulatorIDs, broadcastIDs atomic.Int64

	closing context.Context // done once Close was called
	close   context.CancelCauseFunc
	running sync.WaitGroup // jobs
	gate    sync.Mutex     // orders the start of jobs before or after Close
}

// WithMaster chooses the executors by Spark's words: local, local[N], local[*], local[N,F] (F tries for a task) or
// local-cluster[E,C,M] (E executors of C slots; M, their memory in MiB, adds up to the budget).
func WithMaster(master string) ContextOption { return func(c *config) { c.master = master } }

// WithThreads is WithMaster("local[n]").
func WithThreads(n int) ContextOption {
	return func(c *config) { c.master = fmt.Sprintf("local[%d]", n) }
}

// WithParallelism sets the number of partitions where a caller names none; the default is the number of slots.
func WithParallelism(n int) ContextOption { return func(c *config) { c.parallelism = n } }

// WithMemory sets the budget in bytes for execution and storage together; the default is 60 % of the smaller of the
// machine's memory and the cgroup's limit.
func WithMemory(bytes int64) ContextOption { return func(c *config) { c.memory = bytes } }

// WithMemoryManager puts another memory manager in the place of the unified one.
func WithMemoryManager(m MemoryManager) ContextOption { return func(c *config) { c.manager = m } }

// WithSpillDir sets where the folder for spill and shuffle files is made; the default is os.TempDir.
func WithSpillDir(dir string) ContextOption { return func(c *config) { c.spillDir = dir } }

// WithListener adds a listener; it may be given several times.
func WithListener(l Listener) ContextOption {
	return func(c *config) { c.listeners = append(c.listeners, l) }
}

// WithFaults makes task attempts fail and shuffle outputs disappear with the given probability, chosen by a hash of
// seed, stage, partition and attempt. Injected faults are always recoverable: they do not count as failures, and the
// last allowed attempt of a task or stage is left alone. For tests.
func WithFaults(seed uint64, probability float64) ContextOption {
	return func(c *config) { c.faults = faults{seed: seed, threshold: probability} }
}

// ErrClosed is returned by actions on a Context after Close.
var ErrClosed = errors.New("rdd: context is closed")

// NewContext starts an engine inside the process. It creates no file and no goroutine until the first job.
func NewContext(opts ...ContextOption) (*Context, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	m, err := parseMaster(c.master)
	if err != nil {
		return nil, err
	}
	if m.failures > 0 {
		c.scheduling.maxFailures = m.failures
	}
	c.scheduling.maxFailures = max(c.scheduling.maxFailures, 1)
	if c.memory == 0 {
		c.memory = int64(m.megabytes) << 20 * int64(m.executors)
	}
	if c.parallelism <= 0 {
		c.parallelism = m.executors * m.slots
	}
	sc := &Context{conf: c, events: eventBus{listeners: c.listeners}}
	sc.spill.configure(&sc.conf)
	if c.observing.logging {
		if sc.log, err = newEventLogFile(c.observing.eventDir, c.observing.appName); err != nil {
			return nil, err
		}
		sc.events.listeners = append(sc.events.listeners, sc.log)
	}
	sc.closing, sc.close = context.WithCancelCause(context.Background())
	for range m.executors {
		sc.executors.add(sc, m.slots, "")
	}
	sc.memory = c.manager
	if sc.memory == nil {
		sc.memory = newUnifiedMemory(c.memory, &sc.conf.storing, sc.evictStored)
	}
	if m, ok := sc.memory.(*unifiedMemory); ok {
		m.relieve = sc.relieve
	}
	sc.tasks = newTaskScheduler(sc)
	return sc, nil
}

// Close cancels the running jobs, waits for their tasks to end, and removes the spill folder. Later actions fail with
// ErrClosed. Closing twice is harmless. The error tells what could not be removed, or why the event log is not whole.
func (sc *Context) Close() error {
	sc.gate.Lock()
	sc.close(ErrClosed)
	sc.gate.Unlock()
	sc.running.Wait()
	for _, e := range sc.executors.all() {
		e.blocks.clear()
	}
	err := sc.spill.remove()
	if sc.log != nil {
		err = errors.Join(err, sc.log.Close())
	}
	return err
}

// DefaultParallelism is the number of partitions where a caller names none.
func (sc *Context) DefaultParallelism() int { return sc.conf.parallelism }

// DefaultMinPartitions is the least number of partitions TextFile asks for when the caller names none (Spark's rule).
func (sc *Context) DefaultMinPartitions() int { return min(sc.conf.parallelism, 2) }

// Slots is the number of tasks that can run at the same time.
func (sc *Context) Slots() int {
	n := 0
	for _, e := range sc.executors.all() {
		if !e.closed.Load() {
			n += len(e.slots)
		}
	}
	return n
}

// Memory is the manager of the budget.
func (sc *Context) Memory() MemoryManager { return sc.memory }

// Reserve opens a reservation that belongs to no task: for values that outlive tasks, such as broadcast ones. Its Grow
// never waits and never spills. The caller must Release it.
func (sc *Context) Reserve(owner string) *Reservation {
	return &Reservation{manager: sc.memory, ctx: sc.closing, consumer: Consumer{Owner: owner}}
}

// nextRDD numbers RDDs from 0, as Spark does.
func (sc *Context) nextRDD() int { return int(sc.rddIDs.Add(1) - 1) }

// master is a parsed WithMaster.
type master struct{ executors, slots, failures, megabytes int }

// masterForm has the parts: slots and tries of local[…], then executors, slots and MiB of local-cluster[…].
var masterForm = regexp.MustCompile(`^local(?:\[(\*|\d+)(?:,\s*(\d+))?\]|(-cluster)\[(\d+),\s*(\d+),\s*(\d+)\])?$`)

// parseMaster reads the words of WithMaster.
func parseMaster(s string) (master, error) {
	g := masterForm.FindStringSubmatch(s)
	if g == nil {
		return master{}, fmt.Errorf("rdd: unknown master %q: want local, local[N], local[*], local[N,F] or local-cluster[E,C,M]", s)
	}
	atoi := func(t string, none int) int {
		if n, err := strconv.Atoi(t); err == nil {
			return n
		}
		return none
	}
	m := master{executors: 1, slots: atoi(g[1], 1), failures: atoi(g[2], 0)}
	if g[1] == "*" {
		m.slots = runtime.GOMAXPROCS(0)
	}
	if g[3] != "" {
		m = master{executors: atoi(g[4], 1), slots: atoi(g[5], 1), megabytes: atoi(g[6], 0)}
	}
	if m.executors < 1 || m.slots < 1 {
		return master{}, fmt.Errorf("rdd: master %q has no slots", s)
	}
	return m, nil
}
