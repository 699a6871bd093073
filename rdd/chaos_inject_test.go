package rdd

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/gosql-engine/gosql/rdd/vfs"
)

// errChaos is what injected failures of tasks are, errChaosCancel the cause of injected cancellations.
var (
	errChaos       = errors.New("chaos")
	errChaosCancel = errors.New("cancelled by chaos")
)

// chaosKind is a kind of fault. How a run under it may end besides with the right answer is in allowed; nil is no other
// way. A budget keeps the faults of a run below what the engine promises to survive: four tries of a task or stage.
type chaosKind struct {
	name    string
	options func(r *rand.Rand) []ContextOption
	budget  int
	points  []hookPoint
	strike  func(c *chaosInjector, tc *TaskContext) error // at one of the points; may panic
	files   func(c *chaosInjector, f chaosFile) error     // at a temporary file
	memory  bool                                          // refuses memory
	storage func(c *chaosInjector, op vfs.Op) error       // at the file system of outputs and checkpoints
	allowed func(err error) bool
}

// everyPoint lists all the points.
var everyPoint = []hookPoint{hookTaskBegin, hookTaskEnd, hookFetch, hookCacheWrite, hookBroadcast, hookUser}

// chaosKinds are the faults. Some have several names, so that they are as likely as others.
var chaosKinds = []chaosKind{
	{name: "nothing"},
	{name: "task error", budget: 3, points: everyPoint,
		strike: func(*chaosInjector, *TaskContext) error { return fmt.Errorf("a failure: %w", errChaos) }},
	{name: "task panic", budget: 3, points: everyPoint, strike: func(*chaosInjector, *TaskContext) error { panic(errChaos) }},
	{name: "lasting error", budget: math.MaxInt, points: everyPoint,
		strike:  func(*chaosInjector, *TaskContext) error { return errChaos },
		allowed: taskErrorOf(errChaos)},
	{name: "permanent error", budget: 1, points: everyPoint,
		strike:  func(*chaosInjector, *TaskContext) error { return Permanent(errChaos) },
		allowed: taskErrorOf(errChaos)},
	{name: "slow task", budget: 10, points: everyPoint, strike: func(c *chaosInjector, _ *TaskContext) error {
		time.Sleep(time.Duration(c.upTo(2000)) * time.Microsecond)
		return nil
	}},
	{name: "lost executor", budget: 2, points: everyPoint, strike: loseOne, options: smallCluster},
	{name: "lost own executor", budget: 2, points: everyPoint, strike: loseOwn, options: smallCluster},
	{name: "coming and going", budget: 6, points: everyPoint, strike: comeAndGo, options: smallCluster},
	{name: "engine's own", options: func(r *rand.Rand) []ContextOption {
		return append(anyMaster(r), WithFaults(r.Uint64(), 0.05+r.Float64()/3))
	}},
	{name: "damaged file", budget: 3, files: damageFile, options: manyFiles},
	{name: "unreadable file", budget: 3, files: unreadableFile, options: manyFiles},
	{name: "full disk", budget: 3, files: fullDisk, options: manyFiles},
	{name: "lasting full disk", budget: math.MaxInt, files: fullDisk, options: manyFiles, allowed: isError(syscall.ENOSPC)},
	{name: "failing storage", budget: 3, storage: failingStorage, allowed: isError(errChaos)},
	{name: "lasting failing storage", budget: math.MaxInt, storage: failingStorage, allowed: isError(errChaos)},
	{name: "refused memory", budget: 3, memory: true, options: anyMaster, allowed: isMemoryError},
	{name: "little memory", options: func(r *rand.Rand) []ContextOption {
		return append(anyMaster(r), WithMemory(16<<10<<r.IntN(6)))
	}, allowed: isMemoryError},
	{name: "cancelled", budget: 1, points: everyPoint, allowed: isError(errChaosCancel),
		strike: func(c *chaosInjector, _ *TaskContext) error { c.cancel(errChaosCancel); return nil }},
	{name: "deadline", budget: 1, points: everyPoint, allowed: isError(context.DeadlineExceeded),
		strike: func(c *chaosInjector, _ *TaskContext) error { c.cancel(context.DeadlineExceeded); return nil }},
	{name: "closed", budget: 1, points: everyPoint, allowed: isError(ErrClosed),
		strike: func(c *chaosInjector, _ *TaskContext) error {
			c.closing.Go(func() { c.sc.Close() })
			return nil
		}},
	{name: "several", budget: 3, points: everyPoint, files: damageFile, strike: oneOfMany,
		options: func(r *rand.Rand) []ContextOption { return append(manyFiles(r), smallCluster(r)...) }},
}

// isError allows what errors.Is finds.
func isError(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

// isMemoryError allows refusals of memory.
func isMemoryError(err error) bool { return errors.As(err, new(*MemoryError)) }

// taskErrorOf allows the failure of a task for the given reason.
func taskErrorOf(target error) func(error) bool {
	return func(err error) bool { return errors.As(err, new(*TaskError)) && errors.Is(err, target) }
}

// smallCluster has executors to lose.
func smallCluster(r *rand.Rand) []ContextOption {
	return []ContextOption{WithMaster(fmt.Sprintf("local-cluster[%d,%d,64]", 3+r.IntN(2), 1+r.IntN(2)))}
}

// anyMaster is one executor or several.
func anyMaster(r *rand.Rand) []ContextOption {
	if r.IntN(2) == 0 {
		return nil
	}
	return smallCluster(r)
}

// manyFiles makes files likely.
func manyFiles(r *rand.Rand) []ContextOption {
	if r.IntN(3) == 0 {
		return []ContextOption{WithShuffleFiles(), WithMemory(512 << 10)}
	}
	return []ContextOption{WithShuffleFiles()}
}

// chaosInjector makes things go wrong in one run, by its seed as far as threads let it.
type chaosInjector struct {
	kind        *chaosKind
	sc          *Context
	cancel      context.CancelCauseFunc
	closing     sync.WaitGroup
	probability float64

	mu       sync.Mutex
	random   *rand.Rand
	injected int
	passed   [hookPoints]int
}

// newChaosInjector draws how likely each pass of a point is to be struck: from every second to every 128th.
func newChaosInjector(k *chaosKind, random *rand.Rand) *chaosInjector {
	return &chaosInjector{kind: k, random: random, probability: 1 / float64(int(2)<<random.IntN(7))}
}

// strikes draws.
func (c *chaosInjector) strikes() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.injected >= c.kind.budget || c.random.Float64() >= c.probability {
		return false
	}
	c.injected++
	return true
}

// upTo draws a number in [0,n).
func (c *chaosInjector) upTo(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.random.IntN(n)
}

// at implements taskHooks.
func (c *chaosInjector) at(p hookPoint, tc *TaskContext) error {
	c.mu.Lock()
	c.passed[p]++
	c.mu.Unlock()
	if c.kind.strike == nil || !slices.Contains(c.kind.points, p) || !c.strikes() {
		return nil
	}
	return c.kind.strike(c, tc)
}

// loseOne crashes any executor.
func loseOne(c *chaosInjector, _ *TaskContext) error {
	if ids := c.sc.Executors(); len(ids) > 1 {
		_ = c.sc.LoseExecutor(ids[c.upTo(len(ids))], "chaos") // somebody else may have taken the last but one meanwhile
	}
	return nil
}

// loseOwn crashes the executor of the task that meets the point.
func loseOwn(c *chaosInjector, tc *TaskContext) error {
	if tc == nil {
		return loseOne(c, tc)
	}
	_ = c.sc.LoseExecutor(tc.Executor(), "chaos") // not when it is the last
	return nil
}

// comeAndGo adds, decommissions and, twice at most, loses executors.
func comeAndGo(c *chaosInjector, tc *TaskContext) error {
	ids := c.sc.Executors()
	switch c.upTo(3) {
	case 0:
		_, err := c.sc.AddExecutor(1 + c.upTo(2))
		return err
	case 1:
		_ = c.sc.DecommissionExecutor(ids[c.upTo(len(ids))])
	default:
		if c.upTo(2) == 0 {
			return loseOne(c, tc)
		}
	}
	return nil
}

// oneOfMany is any of the faults that are survived.
func oneOfMany(c *chaosInjector, tc *TaskContext) error {
	switch c.upTo(4) {
	case 0:
		return errChaos
	case 1:
		panic(errChaos)
	case 2:
		return loseOne(c, tc)
	}
	time.Sleep(time.Millisecond)
	return nil
}

// refusingMemory refuses some of what it is asked for.
type refusingMemory struct {
	MemoryManager
	chaos *chaosInjector
}

// Acquire implements MemoryManager.
func (m *refusingMemory) Acquire(ctx context.Context, c Consumer, n int64) error {
	if m.chaos.strikes() {
		return &MemoryError{Owner: c.Owner, Wanted: n, Limit: m.Usage().Limit}
	}
	return m.MemoryManager.Acquire(ctx, c, n)
}
