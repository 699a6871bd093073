package rdd

import (
	"context"
	"sort"
	"sync"
)

// MemoryManager decides who may hold how many bytes of one budget. Safe for concurrent use.
type MemoryManager interface {
	// Acquire grants c n more bytes, or returns a *MemoryError. For a task that holds less than its guaranteed share it
	// waits until other tasks let go, or until ctx is done; otherwise it answers at once.
	Acquire(ctx context.Context, c Consumer, n int64) error
	// Release gives n bytes of c back.
	Release(c Consumer, n int64)
	// Usage is a snapshot.
	Usage() MemoryUsage
}

// Consumer is somebody who holds memory.
type Consumer struct {
	Task    int64  // id of the task attempt; 0 for what outlives tasks: shuffle blocks, hash tables of a job, results
	Owner   string // what for, as errors name it: "hash join", "shuffle"
	Storage bool   // cached blocks, which can be evicted
}

// MemoryUsage is a snapshot of a MemoryManager, in bytes.
type MemoryUsage struct {
	Limit     int64
	Execution int64 // held by tasks and by what outlives them
	Storage   int64 // held by cached blocks
	Peak      int64 // most held at once
	Owners    []MemoryUse
}

// unifiedMemory is one pool for execution and storage, after Spark's UnifiedMemoryManager: execution may evict storage
// down to a protected share, never the reverse; of N tasks each is sure of 1/2N of the tasks' part and gets at most 1/N.
type unifiedMemory struct {
	limit int64
	evict func(want int64) int64 // drops cached blocks; called without mu
	// relieve moves what can live on disk out of memory, such as finished map outputs, and says how much that freed; nil
	// for nothing. It is called without mu before execution is refused.
	relieve func(want int64) int64
	// The shares of the budget: what outlives tasks may fill sharedShare, so that tasks always find room to run and to
	// release; storage below storageShare is not evicted for execution.
	sharedShare, storageShare float64

	mu      sync.Mutex
	changed chan struct{} // closed and renewed when memory was released while somebody waited
	held    map[Consumer]int64
	tasks   map[int64]int64 // bytes per task that holds or waits
	total   int64
	storage int64
	shared  int64 // of consumers without a task
	peak    int64

	patience patience
}

// newUnifiedMemory makes a pool of limit bytes, or of a share of what the process may use when limit is not positive.
func newUnifiedMemory(limit int64, conf *storingConf, evict func(want int64) int64) *unifiedMemory {
	if limit <= 0 {
		limit = int64(float64(machineMemory()) * conf.memoryShare)
	}
	return &unifiedMemory{limit: limit, evict: evict, changed: make(chan struct{}),
		sharedShare: conf.sharedShare, storageShare: conf.storageShare,
		held: map[Consumer]int64{}, tasks: map[int64]int64{},
		patience: patience{waiting: map[int64]bool{}}}
}

// Acquire judges again after every release while it waits, and once after evicting cached blocks.
func (m *unifiedMemory) Acquire(ctx context.Context, c Consumer, n int64) error {
	evicted := false
	for {
		m.mu.Lock()
		verdict, short := m.judge(c, n, !evicted)
		switch verdict {
		case grant:
			m.awake(c.Task)
			m.take(c, n)
			m.mu.Unlock()
			return nil
		case refuse:
			m.awake(c.Task)
			err := m.refusal(c, n)
			m.mu.Unlock()
			if m.relieved(c, n) {
				continue
			}
			return err
		}
		if verdict == wait {
			if m.asleep(c); m.mustYield(c.Task) { // nobody is left to release anything: what is missing is held by no task
				err := m.refusal(c, n)
				err.Contended = len(m.tasks) > 1
				m.awake(c.Task)
				m.mu.Unlock()
				if m.relieved(c, n) {
					continue
				}
				return err
			}
		}
		wake := m.changed
		m.mu.Unlock()
		if verdict == evictFirst {
			evicted = true // once: what is still there after that is in use, or protected
			m.evict(short)
			continue
		}
		select {
		case <-wake:
		case <-ctx.Done():
			m.leave(c)
			return context.Cause(ctx)
		}
	}
}

// relieved tells whether memory was freed for c by moving something to disk.
func (m *unifiedMemory) relieved(c Consumer, n int64) bool {
	return m.relieve != nil && !c.Storage && m.relieve(n) > 0
}

// verdict is the answer to a wish for memory.
type verdict uint8

const (
	grant verdict = iota
	refuse
	evictFirst // cached blocks can make room
	wait       // below the guarantee: others will release
)

// judge decides on c's wish for n more bytes; short is what eviction would have to free. m.mu is held.
func (m *unifiedMemory) judge(c Consumer, n int64, mayEvict bool) (v verdict, short int64) {
	free := m.limit - m.total
	if c.Storage {
		if n <= free {
			return grant, 0
		}
		return refuse, 0
	}
	if c.Task == 0 {
		if float64(m.shared+n) > float64(m.limit)*m.sharedShare {
			return refuse, 0
		}
	} else if v := m.judgeTask(c, n, free); v != grant {
		return m.orEvict(v, n-free, mayEvict)
	}
	if n <= free {
		return grant, 0
	}
	return m.orEvict(refuse, n-free, mayEvict)
}

// judgeTask applies the fair shares among tasks.
func (m *unifiedMemory) judgeTask(c Consumer, n, free int64) verdict {
	mine, known := m.tasks[c.Task]
	active := int64(len(m.tasks))
	if !known {
		active++
	}
	pool := m.limit - m.shared - min(m.storage, m.protected())
	switch {
	case mine+n > pool/active:
		return refuse
	case n <= free:
		return grant
	case mine+n <= pool/(2*active):
		m.tasks[c.Task] = mine // counts as active while it waits
		return wait
	}
	return refuse
}

// orEvict turns a verdict into evictFirst when dropping unprotected blocks would free what is short.
func (m *unifiedMemory) orEvict(v verdict, short int64, mayEvict bool) (verdict, int64) {
	if mayEvict && short > 0 && m.evict != nil && m.storage-m.protected() >= short {
		return evictFirst, short
	}
	return v, 0
}

// protected is how much of storage is not evicted for execution.
func (m *unifiedMemory) protected() int64 { return int64(float64(m.limit) * m.storageShare) }

// take books n bytes for c. m.mu is held.
func (m *unifiedMemory) take(c Consumer, n int64) {
	m.held[c] += n
	m.total += n
	m.peak = max(m.peak, m.total)
	switch {
	case c.Storage:
		m.storage += n
	case c.Task == 0:
		m.shared += n
	default:
		m.tasks[c.Task] += n
	}
}

// Release wakes all that wait: which of them can go on depends on shares that have changed for all.
func (m *unifiedMemory) Release(c Consumer, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held[c] -= n; m.held[c] <= 0 {
		delete(m.held, c)
	}
	m.total -= n
	switch {
	case c.Storage:
		m.storage -= n
	case c.Task == 0:
		m.shared -= n
	default:
		if m.tasks[c.Task] -= n; m.tasks[c.Task] <= 0 {
			delete(m.tasks, c.Task)
		}
	}
	clear(m.patience.waiting) // they look again
	m.wakeAll()
}

// leave forgets a task that waited and holds nothing: it would go on counting as one that must get a share.
func (m *unifiedMemory) leave(c Consumer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.awake(c.Task)
	m.forgetIdle(c)
	m.wakeAll()
}

// forgetIdle takes a task without memory off the list of those that share. m.mu is held.
func (m *unifiedMemory) forgetIdle(c Consumer) {
	if m.tasks[c.Task] == 0 {
		delete(m.tasks, c.Task)
	}
}

// refusal builds the error, with the three largest owners. m.mu is held.
func (m *unifiedMemory) refusal(c Consumer, n int64) *MemoryError {
	m.forgetIdle(c)
	uses := m.owners()
	return &MemoryError{Owner: c.Owner, Wanted: n, Limit: m.limit, Largest: uses[:min(3, len(uses))]}
}

// owners sums the holdings by owner, largest first. m.mu is held.
func (m *unifiedMemory) owners() []MemoryUse {
	sums := map[string]int64{}
	for c, n := range m.held {
		sums[c.Owner] += n
	}
	uses := make([]MemoryUse, 0, len(sums))
	for o, n := range sums {
		uses = append(uses, MemoryUse{o, n})
	}
	sort.Slice(uses, func(i, j int) bool {
		if uses[i].Bytes != uses[j].Bytes {
			return uses[i].Bytes > uses[j].Bytes
		}
		return uses[i].Owner < uses[j].Owner
	})
	return uses
}

// Usage sums up under the lock.
func (m *unifiedMemory) Usage() MemoryUsage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return MemoryUsage{Limit: m.limit, Execution: m.total - m.storage, Storage: m.storage, Peak: m.peak, Owners: m.owners()}
}
