package rdd

import "context"

// patience is for tasks that were refused and have nothing left to spill: they wait for others to end, so that of many
// tasks that are too large together each runs, if need be alone. When all wait, the youngest of them gives up, to be
// tried again later: the oldest always goes on, so that the stage does. Guarded by unifiedMemory.mu.
type patience struct {
	waiting map[int64]bool // tasks that sleep until memory is released
}

// patientManager is a MemoryManager that lets tasks wait rather than fail.
type patientManager interface {
	acquirePatiently(ctx context.Context, c Consumer, n int64) error
}

// acquirePatiently is Acquire for a task that has spilled all it can: shares no longer count, and it waits as long as
// another task may release something.
func (m *unifiedMemory) acquirePatiently(ctx context.Context, c Consumer, n int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.awake(c.Task)
	for {
		if n <= m.limit-m.total {
			m.take(c, n)
			return nil
		}
		if m.makeRoom(n - (m.limit - m.total)) {
			continue
		}
		others := len(m.tasks)
		if _, known := m.tasks[c.Task]; known {
			others--
		}
		m.asleep(c)
		if others == 0 || m.mustYield(c.Task) {
			err := m.refusal(c, n)
			err.Contended = others > 0
			return err
		}
		wake := m.changed
		m.mu.Unlock()
		select {
		case <-wake:
		case <-ctx.Done():
		}
		m.mu.Lock()
		if ctx.Err() != nil {
			m.forgetIdle(c)
			return context.Cause(ctx)
		}
	}
}

// makeRoom evicts and moves what it can. m.mu is held, but not meanwhile.
func (m *unifiedMemory) makeRoom(short int64) bool {
	evictable := m.evict != nil && m.storage-m.protected() >= short
	m.mu.Unlock()
	defer m.mu.Lock()
	if evictable && m.evict(short) > 0 {
		return true
	}
	return m.relieve != nil && m.relieve(short) > 0
}

// asleep books that a task waits; the others look again, as it may have been the last that did not. m.mu is held.
func (m *unifiedMemory) asleep(c Consumer) {
	if !m.patience.waiting[c.Task] {
		m.patience.waiting[c.Task] = true
		m.wakeAll()
	}
}

// awake ends that. m.mu is held.
func (m *unifiedMemory) awake(task int64) {
	delete(m.patience.waiting, task)
}

// wakeAll has all that wait look again. m.mu is held.
func (m *unifiedMemory) wakeAll() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// mustYield tells whether all tasks wait and this one is the youngest of them. m.mu is held.
func (m *unifiedMemory) mustYield(task int64) bool {
	for t := range m.tasks {
		if !m.patience.waiting[t] {
			return false
		}
	}
	for t := range m.patience.waiting {
		if t > task {
			return false
		}
	}
	return true
}
