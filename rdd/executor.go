package rdd

import (
	"fmt"
	"sync/atomic"
)

// executor is a set of slots with a block store of its own, all inside the process. Losing one loses what it holds:
// its cached blocks and its shuffle outputs.
type executor struct {
	id     string
	slots  int
	blocks *blockStore
	lost   atomic.Bool
}

// newExecutor makes executor number i.
func newExecutor(sc *Context, i, slots int) *executor {
	e := &executor{id: fmt.Sprintf("executor-%d", i), slots: slots}
	e.blocks = newBlockStore(sc, e)
	return e
}

// Executors lists the ids of the executors that are alive.
func (sc *Context) Executors() []string {
	var ids []string
	for _, e := range sc.executors {
		if !e.lost.Load() {
			ids = append(ids, e.id)
		}
	}
	return ids
}

// LoseExecutor takes an executor away as a crash would: its cached blocks and shuffle outputs are gone, tasks running
// on it fail without being counted, and what was lost is recomputed from lineage when it is needed. The last executor
// cannot be lost.
func (sc *Context) LoseExecutor(id, reason string) error {
	var found *executor
	for _, e := range sc.executors {
		if e.id == id && !e.lost.Load() {
			found = e
		}
	}
	if found == nil {
		return fmt.Errorf("rdd: no executor %q", id)
	}
	if len(sc.Executors()) == 1 {
		return fmt.Errorf("rdd: executor %q is the last one", id)
	}
	found.lost.Store(true)
	sc.tasks.dropSlots(found)
	found.blocks.clear()
	sc.events.tell(&ExecutorLost{Executor: id, Reason: reason})
	return nil
}
