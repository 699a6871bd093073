package rdd

import (
	"slices"
	"time"
)

// speculationConf says when a second attempt of a slow task is started.
type speculationConf struct {
	enabled    bool
	interval   time.Duration // between two looks
	quantile   float64       // part of the tasks that must have succeeded before
	multiplier float64       // of their median time, from which on a task is slow
	minimum    time.Duration // below it no task is slow
}

// WithSpeculation starts a copy of a task that takes much longer than the others of its stage (spark.speculation and
// its keys); the first attempt to end counts, the other is cancelled. Side effects of such tasks can happen twice.
func WithSpeculation() ContextOption {
	return func(c *config) { c.scheduling.speculation.enabled = true }
}

// stragglers are the slow tasks of a set. It is guarded by taskScheduler.mu.
type stragglers struct {
	took []time.Duration // of the tasks that succeeded
	slow []int           // positions of tasks to be copied
}

// startWatch looks for slow tasks at intervals, while there are sets. s.mu is held.
func (s *taskScheduler) startWatch() {
	if s.watch == nil {
		s.watch = time.AfterFunc(s.sc.conf.scheduling.speculation.interval, s.lookForStragglers)
	}
}

// lookForStragglers is one look.
func (s *taskScheduler) lookForStragglers() {
	s.mu.Lock()
	defer s.unlock()
	s.watch = nil
	if len(s.sets) == 0 {
		return
	}
	s.startWatch()
	now, found := time.Now(), false
	for _, ts := range s.sets {
		if ts.stragglers != nil && s.findSlow(ts, now) {
			found = true
		}
	}
	if found {
		s.dispatch()
	}
}

// findSlow lists the tasks of a set that should be copied.
func (s *taskScheduler) findSlow(ts *taskSet, now time.Time) bool {
	conf, st := &s.sc.conf.scheduling.speculation, ts.stragglers
	if len(st.took) == 0 || float64(len(st.took)) < conf.quantile*float64(len(ts.tasks)) {
		return false
	}
	times := slices.Clone(st.took)
	slices.Sort(times)
	limit := max(time.Duration(conf.multiplier*float64(times[len(times)/2])), conf.minimum)
	st.slow = st.slow[:0]
	for _, e := range s.sc.executors.all() {
		for _, sl := range e.slots {
			if sl.set == ts && !sl.orphan && now.Sub(sl.begun) > limit {
				if t := &ts.tasks[sl.task]; !t.finished && t.live == 1 {
					st.slow = append(st.slow, sl.task)
				}
			}
		}
	}
	return len(st.slow) > 0
}

// chooseStraggler takes a slow task to copy: on another executor than the one it hangs on, when there is another.
func (ts *taskSet) chooseStraggler(s *taskScheduler, sl *slot) (i int, ok bool) {
	st := ts.stragglers
	for k, i := range st.slow {
		if t := &ts.tasks[i]; t.finished || t.live != 1 || ts.excluded != nil && ts.excluded.barsTask(i, sl.executor) {
			continue
		}
		same := false
		s.rivals(ts, i, func(o *slot) { same = same || o.executor == sl.executor })
		if same && len(s.sc.Executors()) > 1 {
			continue
		}
		st.slow = slices.Delete(st.slow, k, k+1)
		return i, true
	}
	return 0, false
}
