package rdd

import (
	"slices"
	"time"
)

// locality says how near to its data a task runs, nearest first.
type locality uint8

// The levels. Tasks without preferences go anywhere at once; they need no level.
const (
	processLocal locality = iota // on an executor that holds the block, or that was named
	nodeLocal                    // on a host that was named
	anywhere
)

// placement knows where the tasks of a set would rather run, and how long slots elsewhere are kept waiting for it: after
// spark.locality.wait on one level without a task that may start, the next level is allowed.
type placement struct {
	onExecutor map[string][]int // positions of tasks by the id of an executor
	onHost     map[string][]int // by host
	free       []int            // of tasks without preference

	level locality    // the loosest that is allowed
	since time.Time   // when a slot was first refused on this level; zero when none waits
	timer *time.Timer // wakes the scheduler when the wait is over
}

// place looks the preferences of tasks up. It is nil where nobody has one, and where there is only one executor.
func (j *job) place(last Lineage, todo []stageTask) *placement {
	if len(j.sc.executors.all()) < 2 {
		return nil
	}
	p := &placement{onExecutor: map[string][]int{}, onHost: map[string][]int{}}
	for i, t := range todo {
		search := maxLocalitySearch
		at := j.sc.preferred(last, t.part, &search)
		if at.none() {
			p.free = append(p.free, i)
		}
		for _, id := range at.executors {
			p.onExecutor[id] = append(p.onExecutor[id], i)
		}
		for _, host := range at.hosts {
			p.onHost[host] = append(p.onHost[host], i)
		}
	}
	if len(p.free) == len(todo) {
		return nil
	}
	return p
}

// places is where a partition is best computed.
type places struct{ executors, hosts []string }

func (p *places) none() bool { return p.executors == nil && p.hosts == nil }

// maxLocalityDepth bounds the search for preferences in long lineages.
const maxLocalityDepth = 32

// maxLocalitySearch bounds the number of RDDs that are asked for the preferences of one task.
const maxLocalitySearch = 64

// preferred finds the places for partition p of l: the executors that hold its block, or the executors and hosts that
// the nearest RDD in its chain of one-to-one dependencies names.
func (sc *Context) preferred(l Lineage, p Partition, search *int) (found places) {
	*search--
	id := blockID{l.ID(), p.Index()}
	names := l.PreferredLocations(p)
	stored := l.lineage().StorageLevel() != StorageNone
	for _, e := range sc.executors.all() {
		named := slices.Contains(names, e.id)
		if !e.closed.Load() && (named || stored && e.blocks.has(id)) {
			found.executors = append(found.executors, e.id)
		}
		if (named || slices.Contains(names, e.host)) && !slices.Contains(found.hosts, e.host) {
			found.hosts = append(found.hosts, e.host)
		}
	}
	if !found.none() {
		return found
	}
	for _, d := range l.Dependencies() {
		n, ok := d.(*Narrow)
		if !ok || n.Parents != nil || *search <= 0 {
			continue
		}
		ps := n.Of.lineage().parts.Load()
		if ps == nil || p.Index() >= len(*ps) {
			continue
		}
		if found := sc.preferred(n.Of, (*ps)[p.Index()], search); !found.none() {
			return found
		}
	}
	return places{}
}

// choosePlaced takes the nearest task that may start on e now. s.mu is held.
func (ts *taskSet) choosePlaced(s *taskScheduler, e *executor) (i int, ok bool) {
	p := ts.placed
	if i, ok = ts.takeFrom(p.onExecutor, e.id, e); ok {
		p.launched(s, processLocal)
		return i, true
	}
	level := ts.allowedLevel(s)
	if level >= nodeLocal {
		if i, ok = ts.takeFrom(p.onHost, e.host, e); ok {
			p.launched(s, nodeLocal)
			return i, true
		}
	}
	if i, p.free, ok = ts.take(p.free, e); ok {
		return i, true
	}
	if level == anywhere {
		return ts.chooseNext()
	}
	ts.await(s)
	return 0, false
}

// takeFrom takes from the list of a place.
func (ts *taskSet) takeFrom(lists map[string][]int, place string, e *executor) (i int, ok bool) {
	list := lists[place]
	if len(list) == 0 {
		return 0, false
	}
	i, lists[place], ok = ts.take(list, e)
	return i, ok
}

// take takes the first task of a list that has not started and may start on e, and gives the rest of the list.
func (ts *taskSet) take(list []int, e *executor) (i int, rest []int, ok bool) {
	list = ts.trim(list)
	for k, i := range list {
		if ts.tasks[i].attempts > 0 || !ts.open(i) || ts.excluded != nil && ts.excluded.barsTask(i, e) {
			continue
		}
		if k == 0 {
			list = list[1:]
		}
		return i, list, true
	}
	return 0, list, false
}

// trim drops the tasks at the front of a list that were started by another list.
func (ts *taskSet) trim(list []int) []int {
	for len(list) > 0 && ts.tasks[list[0]].attempts > 0 {
		list = list[1:]
	}
	return list
}

// allowedLevel is the loosest level on which tasks may start now. A level on which nothing is left to start, because all
// has started or its executors are gone, is not waited for.
func (ts *taskSet) allowedLevel(s *taskScheduler) locality {
	p := ts.placed
	for p.level < anywhere {
		switch wait := s.sc.conf.scheduling.localityWait[p.level]; {
		case !ts.waitsOn(s, p.level):
			p.level++
		case !p.since.IsZero() && time.Since(p.since) >= wait:
			p.since = p.since.Add(wait)
			p.level++
		case wait <= 0:
			p.level++
		default:
			return p.level
		}
	}
	return anywhere
}

// waitsOn tells whether some task waits for an executor or host of a level that is there.
func (ts *taskSet) waitsOn(s *taskScheduler, l locality) bool {
	p := ts.placed
	for _, e := range s.sc.executors.all() {
		if e.closed.Load() {
			continue
		}
		lists, place := p.onExecutor, e.id
		if l == nodeLocal {
			lists, place = p.onHost, e.host
		}
		if list, ok := lists[place]; ok {
			lists[place] = ts.trim(list)
			if len(lists[place]) > 0 {
				return true
			}
		}
	}
	return false
}

// launched begins the levels anew from that of a task which starts, if no other slot is kept waiting.
func (p *placement) launched(s *taskScheduler, l locality) {
	if len(s.idle) <= 1 { // the slot that asks may be among them
		p.level, p.since = l, time.Time{}
		p.stop()
	}
}

// await has the scheduler look again when the wait for this level is over. A slot was refused.
func (ts *taskSet) await(s *taskScheduler) {
	p := ts.placed
	if p.since.IsZero() {
		p.since = time.Now()
	}
	if p.timer == nil {
		left := time.Until(p.since.Add(s.sc.conf.scheduling.localityWait[p.level]))
		p.timer = time.AfterFunc(max(left, 0), func() { s.waited(ts) })
	}
}

// waited is called when a wait is over.
func (s *taskScheduler) waited(ts *taskSet) {
	s.mu.Lock()
	defer s.unlock()
	if ts.placed != nil && ts.err == nil && ts.left > 0 {
		ts.placed.timer = nil
		s.dispatch()
	}
}

// stop ends the wait.
func (p *placement) stop() {
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
}
