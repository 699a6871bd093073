package gosql

import (
	"sync/atomic"
	"time"

	"github.com/gosql-engine/gosql/rdd"
)

// Usage is what the queries of a session took since ResetUsage.
type Usage struct {
	PeakBytes    int64 // most memory reserved at one time
	SpilledBytes int64 // written to disk for lack of memory
}

// usage gathers Usage from the events of tasks.
type usage struct{ peak, spilled atomic.Int64 }

// OnEvent implements rdd.Listener.
func (u *usage) OnEvent(e rdd.Event) {
	end, ok := e.(rdd.TaskEnd)
	if !ok {
		return
	}
	u.spilled.Add(end.Metrics.SpillBytes)
	for {
		old := u.peak.Load()
		if end.Metrics.PeakMemory <= old || u.peak.CompareAndSwap(old, end.Metrics.PeakMemory) {
			return
		}
	}
}

// Usage tells what queries took since the last ResetUsage.
func (s *Session) Usage() Usage {
	return Usage{PeakBytes: s.usage.peak.Load(), SpilledBytes: s.usage.spilled.Load()}
}

// ResetUsage makes Usage begin anew.
func (s *Session) ResetUsage() {
	s.usage.peak.Store(0)
	s.usage.spilled.Store(0)
}

// Zone is the session's time zone.
func (s *Session) Zone() *time.Location { return s.zone() }
