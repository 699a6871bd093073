package rdd

// homes lists, for each executor, the tasks that would rather run there: because a block store there holds the
// partition, or because an RDD in the narrow chain names the executor as a preferred location. It is nil where nobody
// has a preference, and where there is only one executor to choose.
func (j *job) homes(last Lineage, todo []stageTask) map[*executor][]int {
	if len(j.sc.executors.all()) < 2 {
		return nil
	}
	var homes map[*executor][]int
	for i, t := range todo {
		for _, e := range j.sc.preferred(last, t.part, 0) {
			if homes == nil {
				homes = map[*executor][]int{}
			}
			homes[e] = append(homes[e], i)
		}
	}
	return homes
}

// maxLocalityDepth bounds the search for preferences in long lineages.
const maxLocalityDepth = 32

// preferred finds the executors for partition p of l: those of the nearest RDD in its chain of one-to-one
// dependencies that has any.
func (sc *Context) preferred(l Lineage, p Partition, depth int) []*executor {
	var found []*executor
	id := blockID{l.ID(), p.Index()}
	names := l.PreferredLocations(p)
	for _, e := range sc.executors.all() {
		if e.closed.Load() {
			continue
		}
		wanted := l.lineage().storageLevel() != StorageNone && e.blocks.has(id)
		for _, n := range names {
			wanted = wanted || n == e.id
		}
		if wanted {
			found = append(found, e)
		}
	}
	if found != nil || depth == maxLocalityDepth {
		return found
	}
	for _, d := range l.Dependencies() {
		n, ok := d.(*Narrow)
		if !ok || n.Parents != nil {
			continue
		}
		ps := n.Of.lineage().parts.Load()
		if ps == nil || p.Index() >= len(*ps) {
			continue
		}
		if found := sc.preferred(n.Of, (*ps)[p.Index()], depth+1); found != nil {
			return found
		}
	}
	return nil
}

// takeLocal chooses a task that has not started and would rather run on e. The scheduler's mu is held.
func (ts *taskSet) takeLocal(e *executor) (i int, ok bool) {
	list := ts.local[e]
	for len(list) > 0 && !ok {
		i = list[0]
		started := ts.tasks[i].attempts > 0
		if !started && !ts.open(i) {
			break // keeps its preference until the window reaches it
		}
		list, ok = list[1:], !started
	}
	if ts.local != nil {
		ts.local[e] = list
	}
	return i, ok
}

// open tells whether the window lets task i start.
func (ts *taskSet) open(i int) bool {
	return ts.window == nil || ts.tasks[i].rank < ts.window.limit
}
