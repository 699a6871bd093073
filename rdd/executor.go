package rdd

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// executor is a set of slots with a block store of its own, all inside the process. Losing one loses what it holds:
// its cached blocks and its shuffle outputs.
type executor struct {
	id     string
	host   string
	blocks *blockStore
	slots  []*slot
	lost   atomic.Bool              // what it held is gone
	closed atomic.Bool              // it starts no more tasks: lost, or being decommissioned
	heir   atomic.Pointer[executor] // holds its shuffle outputs since it was decommissioned

	busy     int  // slots with a goroutine; guarded by taskScheduler.mu
	draining bool // the last busy slot finishes a decommission; guarded by taskScheduler.mu
}

// defaultHost is the host of executors that were given none.
const defaultHost = "localhost"

// newExecutor makes executor number i on a host.
func newExecutor(sc *Context, i, slots int, host string) *executor {
	e := &executor{id: fmt.Sprintf("executor-%d", i), host: host}
	e.blocks = newBlockStore(sc, e)
	for range slots {
		e.slots = append(e.slots, &slot{executor: e})
	}
	return e
}

// gone tells whether the shuffle outputs that e wrote are lost: with e itself, or with the executor that took them over.
func (e *executor) gone() bool {
	for h := e; h != nil; h = h.heir.Load() {
		if h.lost.Load() {
			return true
		}
	}
	return false
}

// executorList is the set of executors; it changes by copy, so that readers need no lock.
type executorList struct {
	list   atomic.Pointer[[]*executor]
	mu     sync.Mutex // held by changes
	serial int
}

// all lists the executors that are there, those that are being decommissioned among them. The slice is not changed
// any more.
func (l *executorList) all() []*executor {
	if p := l.list.Load(); p != nil {
		return *p
	}
	return nil
}

// add makes the next executor.
func (l *executorList) add(sc *Context, slots int, host string) *executor {
	l.mu.Lock()
	defer l.mu.Unlock()
	if host == "" {
		host = defaultHost
		if hosts := sc.conf.scheduling.hosts; len(hosts) > 0 {
			host = hosts[l.serial%len(hosts)]
		}
	}
	e := newExecutor(sc, l.serial, slots, host)
	l.serial++
	old := l.all()
	next := append(old[:len(old):len(old)], e)
	l.list.Store(&next)
	return e
}

// remove takes e off the list.
func (l *executorList) remove(e *executor) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var next []*executor
	for _, o := range l.all() {
		if o != e {
			next = append(next, o)
		}
	}
	l.list.Store(&next)
}

// shut closes the executor with the given id for new tasks, for good. The last open one stays open. An executor that is
// being decommissioned can still be lost.
func (l *executorList) shut(id string, lost bool) (*executor, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found *executor
	others := 0
	for _, e := range l.all() {
		switch {
		case e.id == id && !e.lost.Load() && (lost || !e.closed.Load()):
			found = e
		case e.id != id && !e.closed.Load():
			others++
		}
	}
	switch {
	case found == nil:
		return nil, fmt.Errorf("rdd: no executor %q", id)
	case others == 0:
		return nil, fmt.Errorf("rdd: executor %q is the last one", id)
	}
	found.closed.Store(true)
	if lost {
		found.lost.Store(true)
	}
	return found, nil
}

// Executors lists the ids of the executors that take tasks.
func (sc *Context) Executors() []string {
	var ids []string
	for _, e := range sc.executors.all() {
		if !e.closed.Load() {
			ids = append(ids, e.id)
		}
	}
	return ids
}

// AddExecutor adds an executor with so many slots, and gives its id. Tasks that wait for a slot start on it at once.
func (sc *Context) AddExecutor(slots int) (id string, err error) { return sc.AddExecutorOn("", slots) }

// AddExecutorOn is AddExecutor with the name of the host that the executor stands for: tasks that prefer the host prefer
// the executors on it. No name stands for the next of WithHosts.
func (sc *Context) AddExecutorOn(host string, slots int) (id string, err error) {
	if slots < 1 {
		return "", fmt.Errorf("rdd: an executor needs a slot, not %d", slots)
	}
	sc.gate.Lock() // so that Close sees the executor, or the executor sees Close
	if sc.closing.Err() != nil {
		sc.gate.Unlock()
		return "", ErrClosed
	}
	e := sc.executors.add(sc, slots, host)
	sc.gate.Unlock()
	sc.events.tell(&ExecutorAdded{Executor: e.id, Host: e.host, Slots: slots})
	sc.tasks.addSlots(e)
	return e.id, nil
}

// LoseExecutor takes an executor away as a crash would: its cached blocks and shuffle outputs are gone, tasks running
// on it are cancelled and run again elsewhere without being counted as failed, and what was lost is recomputed from
// lineage when it is needed. The last executor cannot be lost.
func (sc *Context) LoseExecutor(id, reason string) error {
	e, err := sc.executors.shut(id, true)
	if err != nil {
		return err
	}
	sc.tasks.dropSlots(e)
	sc.executors.remove(e)
	sc.replenish(e.blocks.clear())
	sc.events.tell(&ExecutorLost{Executor: id, Reason: reason})
	return nil
}

// DecommissionExecutor takes an executor away without loss. It starts no more tasks; those that run on it end in peace;
// then its cached blocks and shuffle outputs move to another executor, it is removed, and ExecutorDecommissioned is
// told. Nothing is computed again because of it. The call does not wait for the tasks. The last executor cannot be
// decommissioned.
func (sc *Context) DecommissionExecutor(id string) error {
	sc.gate.Lock()
	if sc.closing.Err() != nil {
		sc.gate.Unlock()
		return ErrClosed
	}
	e, err := sc.executors.shut(id, false)
	if err == nil {
		sc.running.Add(1) // Close waits for the move
	}
	sc.gate.Unlock()
	if err != nil {
		return err
	}
	if sc.tasks.drain(e) {
		sc.bequeath(e)
	}
	return nil
}

// bequeath ends a decommission: the executor, on which no task runs any more, hands over what it holds. Blocks are in
// the memory and the files of one process, so that only their owner changes.
func (sc *Context) bequeath(e *executor) {
	defer sc.running.Done()
	heir := sc.heirOf(e)
	if heir == nil || e.lost.Load() { // it crashed meanwhile, and LoseExecutor has told
		return
	}
	moved := e.blocks.moveTo(heir.blocks)
	e.heir.Store(heir)
	sc.executors.remove(e)
	moved += e.blocks.moveTo(heir.blocks) // what a reader cached there between the two
	sc.events.tell(&ExecutorDecommissioned{Executor: e.id, Heir: heir.id, CachedBlocks: moved})
}

// heirOf chooses who takes over from e: the executor with the fewest cached blocks.
func (sc *Context) heirOf(e *executor) (heir *executor) {
	fewest := 0
	for _, o := range sc.executors.all() {
		if o == e || o.closed.Load() {
			continue
		}
		if n := o.blocks.count(); heir == nil || n < fewest {
			heir, fewest = o, n
		}
	}
	return heir
}
