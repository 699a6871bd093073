package rdd

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// exclusionConf are the limits of failures after which an executor or a host gets no more tasks.
type exclusionConf struct {
	enabled         bool
	taskPerExecutor int // attempts of one task
	taskPerHost     int
	setPerExecutor  int // tasks of one stage that failed there
	setPerHost      int // executors of a host that are excluded from the stage
	appPerExecutor  int // tasks that failed there, in stages that succeeded
	appPerHost      int // executors of a host that are excluded from all
	timeout         time.Duration
}

// WithExclusion gives no more tasks of a stage, and after more failures of any stage for an hour, to executors on which
// tasks failed (spark.excludeOnFailure.enabled and its keys). Of failures only those count that count against the
// task. When no executor is left for a task, its job fails.
func WithExclusion() ContextOption {
	return func(c *config) { c.scheduling.exclude.enabled = true }
}

// exclusion is what a task set knows of executors that failed it. It is guarded by taskScheduler.mu.
type exclusion struct {
	conf      *exclusionConf
	failures  map[string]map[int]int // by executor, by task
	hostOf    map[string]string
	executors map[string]bool
	hosts     map[string]bool
	last      error
}

// newExclusion makes the book of one set.
func newExclusion(conf *exclusionConf) *exclusion {
	return &exclusion{conf: conf, failures: map[string]map[int]int{}, hostOf: map[string]string{},
		executors: map[string]bool{}, hosts: map[string]bool{}}
}

// bars tells whether no task of the set may run on e.
func (x *exclusion) bars(s *taskScheduler, e *executor) bool {
	return x.executors[e.id] || x.hosts[e.host] || s.banned.bars(e)
}

// barsTask tells whether task i may not run on e because of its own failures there.
func (x *exclusion) barsTask(i int, e *executor) bool {
	if len(x.failures) == 0 {
		return false
	}
	onHost := 0
	for id, host := range x.hostOf {
		if host == e.host {
			onHost += x.failures[id][i]
		}
	}
	return x.failures[e.id][i] >= x.conf.taskPerExecutor || onHost >= x.conf.taskPerHost
}

// count books a failure of task i on e.
func (x *exclusion) count(s *taskScheduler, ts *taskSet, i int, e *executor, err error) {
	if x.failures[e.id] == nil {
		x.failures[e.id], x.hostOf[e.id] = map[int]int{}, e.host
	}
	x.failures[e.id][i]++
	x.last = err
	if n := len(x.failures[e.id]); n >= x.conf.setPerExecutor && !x.executors[e.id] {
		x.executors[e.id] = true
		s.tellLater(&ExecutorExcluded{Executor: e.id, Stage: ts.info.ID, Failures: n})
		onHost := 0
		for id := range x.executors {
			if x.hostOf[id] == e.host {
				onHost++
			}
		}
		x.hosts[e.host] = x.hosts[e.host] || onHost >= x.conf.setPerHost
	}
}

// abortStuck gives up sets with a task that no executor may run any more. s.mu is held.
func (s *taskScheduler) abortStuck() {
	for _, ts := range slices.Clone(s.sets) {
		if ts.err != nil || len(ts.excluded.failures) == 0 && s.banned.empty() {
			continue
		}
		i, stuck := ts.stuckTask(s)
		if !stuck {
			continue
		}
		ts.giveUp(fmt.Errorf("stage %d given up: task %d (partition %d) cannot run on any executor, as all are excluded after failures "+
			"(spark.excludeOnFailure.*); most recent failure: %w", ts.info.ID, i, ts.tasks[i].part.Index(), ts.excluded.cause()))
		if ts.running == 0 {
			s.retire(ts)
		}
	}
}

// stuckTask finds a task that waits and that no executor may run.
func (ts *taskSet) stuckTask(s *taskScheduler) (i int, stuck bool) {
	var left []*executor
	for _, e := range s.sc.executors.all() {
		if !e.closed.Load() && !ts.excluded.bars(s, e) {
			left = append(left, e)
		}
	}
	for i := range ts.tasks {
		t := &ts.tasks[i]
		if t.finished || t.live > 0 {
			continue
		}
		if !slices.ContainsFunc(left, func(e *executor) bool { return !ts.excluded.barsTask(i, e) }) {
			return i, true
		}
	}
	return 0, false
}

// cause is the last failure that was counted; the executors may also have been excluded by other stages.
func (x *exclusion) cause() error {
	if x.last != nil {
		return x.last
	}
	return errExcludedBefore
}

// errExcludedBefore stands for failures of other stages.
var errExcludedBefore = fmt.Errorf("of earlier stages")

// banned are the executors and hosts excluded from all stages. It is guarded by taskScheduler.mu.
type banned struct {
	failures  map[string][]time.Time // of tasks, by executor
	executors map[string]ban
	hosts     map[string]ban
}

// ban is an exclusion that ends.
type ban struct{ until time.Time }

// empty tells whether nobody is excluded.
func (b *banned) empty() bool { return len(b.executors) == 0 && len(b.hosts) == 0 }

// bars tells whether e is excluded from all stages.
func (b *banned) bars(e *executor) bool {
	if b.empty() {
		return false
	}
	_, there := b.executors[e.id]
	_, host := b.hosts[e.host]
	return there || host
}

// ban takes over the failures of a set that succeeded: as the set was not at fault, its executors may be. s.mu is held.
func (s *taskScheduler) ban(x *exclusion) {
	now := time.Now()
	until := now.Add(x.conf.timeout)
	for _, id := range slices.Sorted(maps.Keys(x.failures)) {
		recent := slices.DeleteFunc(s.banned.failures[id], func(t time.Time) bool { return now.Sub(t) > x.conf.timeout })
		for range x.failures[id] {
			recent = append(recent, now)
		}
		s.banned.failures[id] = recent
		if _, twice := s.banned.executors[id]; twice || len(recent) < x.conf.appPerExecutor {
			continue
		}
		s.banned.executors[id] = ban{until}
		s.tellLater(&ExecutorExcluded{Executor: id, Stage: -1, Failures: len(recent)})
		s.banHost(x, id, until)
		time.AfterFunc(x.conf.timeout, s.unban)
	}
}

// banHost excludes the host of an executor when enough of its executors are excluded.
func (s *taskScheduler) banHost(x *exclusion, id string, until time.Time) {
	host, n := x.hostOf[id], 0
	for _, e := range s.sc.executors.all() {
		if _, there := s.banned.executors[e.id]; there && e.host == host {
			n++
		}
	}
	if n >= x.conf.appPerHost {
		s.banned.hosts[host] = ban{until}
	}
}

// unban ends the exclusions whose time is over.
func (s *taskScheduler) unban() {
	s.mu.Lock()
	defer s.unlock()
	now := time.Now()
	for _, id := range slices.Sorted(maps.Keys(s.banned.executors)) {
		if !now.Before(s.banned.executors[id].until) {
			delete(s.banned.executors, id)
			delete(s.banned.failures, id)
			s.tellLater(&ExecutorUnexcluded{Executor: id})
		}
	}
	maps.DeleteFunc(s.banned.hosts, func(_ string, b ban) bool { return !now.Before(b.until) })
	s.dispatch()
}
