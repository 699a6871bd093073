package gosql

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/gosql-engine/gosql/rdd"
)

// Usage is what the queries of a session took since ResetUsage.
type Usage struct {
	PeakBytes    int64 // most memory reserved at one time
	SpilledBytes int64 // written to disk for lack of memory
}

// Progress is how far the running queries of a session are.
type Progress struct {
	Stages, DoneStages, Tasks, DoneTasks int
}

// usage gathers Usage from the events of tasks, and has rdd gather Progress.
type usage struct {
	peak, spilled atomic.Int64
	progress      rdd.Progress
}

// OnEvent implements rdd.Listener.
func (u *usage) OnEvent(e rdd.Event) {
	u.progress.OnEvent(e)
	end, ok := e.(*rdd.TaskEnd)
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
	s.usage.progress.Reset()
}

// Progress tells how far the queries are that began since ResetUsage. Stages count once they have been submitted.
func (s *Session) Progress() Progress {
	c := s.usage.progress.Counts()
	return Progress{c.Stages, c.DoneStages, c.Tasks, c.DoneTasks}
}

// FunctionNames lists the functions that queries can call, sorted.
func (s *Session) FunctionNames() []string { return s.catalog.FunctionNames() }

// Names lists the tables and views of the session, and their columns, for completion.
func (s *Session) Names(ctx context.Context) (tables, columns []string) {
	entries, err := s.catalog.Tables(ctx, "")
	if err != nil {
		return nil, nil
	}
	for _, e := range entries {
		tables = append(tables, e.Name)
		if schema, err := s.Table("`" + e.Name + "`").Schema(); err == nil {
			for _, f := range schema.Fields {
				columns = append(columns, f.Name)
			}
		}
	}
	return tables, columns
}

// Zone is the session's time zone.
func (s *Session) Zone() *time.Location { return s.zone() }
