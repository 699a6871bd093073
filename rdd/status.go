package rdd

import (
	"maps"
	"slices"
)

// StatusTracker tells what runs now, and of the last thousand jobs and stages how they ended. Safe for concurrent use.
type StatusTracker struct{ sc *Context }

// StatusTracker looks at the jobs of the Context.
func (sc *Context) StatusTracker() StatusTracker { return StatusTracker{sc} }

// JobStatus is how far a job is.
type JobStatus string

// The states of a job, under Spark's names.
const (
	JobRunning   JobStatus = "RUNNING"
	JobSucceeded JobStatus = "SUCCEEDED"
	JobFailed    JobStatus = "FAILED"
)

// JobInfo describes a job.
type JobInfo struct {
	ID          int
	Status      JobStatus
	Tag         string
	Group       string
	Description string
	Name        string // of the RDD the action runs on
	Stages      []int  // ids of those begun so far
	Err         error  // of a job that failed
}

// StageStatus is the last attempt of a stage and how far its tasks are.
type StageStatus struct {
	StageInfo
	Running   int // attempts of tasks
	Completed int // tasks
	Failed    int // attempts that count as failures
}

// ExecutorInfo describes an executor.
type ExecutorInfo struct {
	ID           string
	Host         string
	Slots        int
	RunningTasks int
	CachedBlocks int
	Closing      bool // it is being decommissioned
}

// info is the job as it is now.
func (j *job) info() JobInfo {
	j.mu.Lock()
	defer j.mu.Unlock()
	p := &j.properties
	return JobInfo{ID: j.id, Status: JobRunning, Tag: p.tag, Group: p.group, Description: p.description, Name: j.name,
		Stages: slices.Clone(j.stages)}
}

// status is the set as it is now.
func (ts *taskSet) status() StageStatus {
	s := ts.job.sc.tasks
	s.mu.Lock()
	defer s.mu.Unlock()
	return StageStatus{StageInfo: ts.info, Running: ts.running, Completed: len(ts.tasks) - ts.left, Failed: ts.failed}
}

// ActiveJobs lists the ids of the running jobs.
func (t StatusTracker) ActiveJobs() []int {
	t.sc.jobs.mu.Lock()
	defer t.sc.jobs.mu.Unlock()
	return slices.Sorted(maps.Keys(t.sc.jobs.active))
}

// ActiveStages lists the ids of the running stages.
func (t StatusTracker) ActiveStages() []int {
	t.sc.jobs.mu.Lock()
	defer t.sc.jobs.mu.Unlock()
	return slices.Sorted(maps.Keys(t.sc.jobs.running))
}

// JobsOfGroup lists the ids of the known jobs of a group, or of those without a group when it is empty.
func (t StatusTracker) JobsOfGroup(group string) []int {
	jobs := &t.sc.jobs
	jobs.mu.Lock()
	defer jobs.mu.Unlock()
	var ids []int
	for _, d := range jobs.done.values {
		if d.Group == group {
			ids = append(ids, d.ID)
		}
	}
	for id, j := range jobs.active {
		if j.properties.group == group {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Job describes a job; false when it is not known, or not any more.
func (t StatusTracker) Job(id int) (JobInfo, bool) {
	jobs := &t.sc.jobs
	jobs.mu.Lock()
	defer jobs.mu.Unlock()
	if j, ok := jobs.active[id]; ok {
		return j.info(), true
	}
	for _, d := range jobs.done.values {
		if d.ID == id {
			return d, true
		}
	}
	return JobInfo{}, false
}

// Stage describes a stage; false when it is not known, or not any more.
func (t StatusTracker) Stage(id int) (StageStatus, bool) {
	jobs := &t.sc.jobs
	jobs.mu.Lock()
	ts, ok := jobs.running[id]
	for _, s := range jobs.over.values {
		if !ok && s.ID == id {
			jobs.mu.Unlock()
			return s, true
		}
	}
	jobs.mu.Unlock()
	if !ok {
		return StageStatus{}, false
	}
	return ts.status(), true
}

// Executors describes the executors.
func (t StatusTracker) Executors() []ExecutorInfo {
	var all []ExecutorInfo
	s := t.sc.tasks
	for _, e := range t.sc.executors.all() {
		info := ExecutorInfo{ID: e.id, Host: e.host, Slots: len(e.slots), Closing: e.closed.Load(), CachedBlocks: e.blocks.count()}
		s.mu.Lock()
		info.RunningTasks = e.busy
		s.mu.Unlock()
		all = append(all, info)
	}
	return all
}
