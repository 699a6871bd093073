package rdd

import (
	"sync"
	"weak"
)

// movableOutputs are the finished map outputs and results that are in memory and could be in files, oldest first. They are not kept
// alive by being listed.
type movableOutputs struct {
	mu   sync.Mutex
	list []func() movableOutput // nil results are gone
}

// movableOutput is one of them.
type movableOutput interface {
	moveOut(folder *spillFolder) (freed int64)
}

// weaklyHeld is how a movableOutput of any element type gets on the list.
type weaklyHeld interface{ weakly() func() movableOutput }

// weakly gives b as long as somebody else holds it.
func (b *blocks) weakly() func() movableOutput {
	p := weak.Make(b)
	return func() movableOutput {
		if b := p.Value(); b != nil {
			return b
		}
		return nil
	}
}

// add lists an output. Those that are gone leave the list when it doubles.
func (m *movableOutputs) add(o weaklyHeld) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.list) == cap(m.list) {
		kept := make([]func() movableOutput, 0, len(m.list))
		for _, get := range m.list {
			if get() != nil {
				kept = append(kept, get)
			}
		}
		m.list = append(make([]func() movableOutput, 0, max(2*len(kept), 16)), kept...)
	}
	m.list = append(m.list, o.weakly())
}

// next takes the oldest off the list.
func (m *movableOutputs) next() movableOutput {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.list) > 0 {
		o := m.list[0]()
		m.list = m.list[1:]
		if o != nil {
			return o
		}
	}
	return nil
}

// relieve moves map outputs and results from memory to files until want bytes are free. The memory manager calls it before it
// refuses: outputs that are done wait more patiently than operators that run.
func (sc *Context) relieve(want int64) (freed int64) {
	for freed < want {
		o := sc.movable.next()
		if o == nil {
			break
		}
		freed += o.moveOut(&sc.spill)
	}
	return freed
}
