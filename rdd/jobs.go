package rdd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"
)

// job is one action under way.
type job struct {
	sc         *Context
	id         int
	properties jobProperties
	name       string
	ctx        context.Context
	cancel     context.CancelCauseFunc
	once       onceTable

	mu     sync.Mutex
	ends   []func()
	stages []int // begun so far
}

// jobProperties are what the options of an action say of its jobs. Jobs that run inside another one, as sampling does,
// have those of the outer one.
type jobProperties struct{ tag, group, description, pool string }

// JobGroup puts the jobs of an action into a group, by which CancelJobGroup cancels and StatusTracker finds them, and
// describes them (SparkContext.setJobGroup). Tasks of a cancelled job notice it by their context.
func JobGroup(id, description string) Option {
	return func(s *settings) { s.group, s.description = id, description }
}

// JobDescription describes the jobs of an action for events and status.
func JobDescription(text string) Option { return func(s *settings) { s.description = text } }

// propertiesKey finds the jobProperties, collectorKey the collector of job ids, and insideKey the mark of a task, in a
// context.Context.
type (
	propertiesKey struct{}
	collectorKey  struct{}
)

// propertiesOf takes the properties of the options, and for those not given the properties of the surrounding job.
func propertiesOf(ctx context.Context, s *settings) jobProperties {
	p, _ := ctx.Value(propertiesKey{}).(jobProperties)
	for _, o := range []struct {
		to   *string
		from string
	}{{&p.tag, s.tag}, {&p.group, s.group}, {&p.description, s.description}, {&p.pool, s.pool}} {
		if o.from != "" {
			*o.to = o.from
		}
	}
	return p
}

// errActionInTask is the answer to an action inside a task, which could wait for its own slot for ever.
var errActionInTask = errors.New("rdd: an action or transformation that runs a job was called inside a task; only the program around may call it")

// startJob opens a job for an action on l. The caller must end it.
func (sc *Context) startJob(ctx context.Context, l Lineage, s settings) (*job, error) {
	if sc.jobs.any() && insideTask() {
		return nil, Permanent(errActionInTask)
	}
	j := &job{sc: sc, properties: propertiesOf(ctx, &s), name: l.Name()}
	if j.properties != (jobProperties{}) {
		ctx = context.WithValue(ctx, propertiesKey{}, j.properties)
	}
	if err := sc.admit(ctx, j); err != nil {
		return nil, err
	}
	if c, ok := ctx.Value(collectorKey{}).(*idCollector); ok {
		c.add(j.id)
	}
	if sc.events.wanted() {
		p := &j.properties
		sc.events.tell(&JobStart{Job: j.id, Tag: p.tag, Group: p.group, Description: p.description, Name: j.name, Time: time.Now()})
	}
	return j, nil
}

// admit numbers and registers a job, unless the Context is closed.
func (sc *Context) admit(ctx context.Context, j *job) error {
	sc.gate.Lock()
	defer sc.gate.Unlock()
	if sc.closing.Err() != nil {
		return ErrClosed
	}
	sc.running.Add(1)
	j.id = int(sc.jobIDs.Add(1) - 1)
	j.ctx, j.cancel = context.WithCancelCause(ctx)
	stop := context.AfterFunc(sc.closing, func() { j.cancel(ErrClosed) })
	j.atEnd(func() { stop() })
	sc.jobs.add(j)
	return nil
}

// end closes the job: its hooks run and its values are forgotten. All its tasks have ended before.
func (j *job) end(err error) {
	j.cancel(nil)
	j.mu.Lock()
	ends := j.ends
	j.ends = nil
	j.mu.Unlock()
	for i := len(ends) - 1; i >= 0; i-- {
		ends[i]()
	}
	j.sc.jobs.end(j, err)
	if j.sc.events.wanted() {
		j.sc.events.tell(&JobEnd{Job: j.id, Tag: j.properties.tag, Err: err, Time: time.Now()})
	}
	j.sc.running.Done()
}

// atEnd calls f when the job ends; the last one added runs first.
func (j *job) atEnd(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ends = append(j.ends, f)
}

// newStage numbers a stage of the job.
func (j *job) newStage() int {
	id := int(j.sc.stageIDs.Add(1) - 1)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stages = append(j.stages, id)
	return id
}

// insideTask tells whether the calling goroutine runs a task: whether the scheduler's loop is among its callers.
func insideTask() bool {
	var pcs [64]uintptr
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		for _, pc := range pcs[:n] {
			if f := runtime.FuncForPC(pc - 1); f != nil && f.Name() == workName {
				return true
			}
		}
		if n < len(pcs) {
			return false
		}
	}
}

// workName is the name of the function under which all tasks run.
const workName = "github.com/gosql-engine/gosql/rdd.(*taskScheduler).work"

// ErrJobCancelled is in the chain of the error of an action whose job was cancelled by CancelJob, CancelJobGroup,
// CancelAllJobs or CancelStage. context.Canceled is, too.
var ErrJobCancelled = errors.New("job cancelled")

// cancelled is the cause of such a cancellation.
type cancelled struct {
	job int
	why string
}

func (c *cancelled) Error() string   { return fmt.Sprintf("job %d cancelled%s", c.job, c.why) }
func (c *cancelled) Unwrap() []error { return []error{ErrJobCancelled, context.Canceled} }

// CancelJob cancels the job with the given id; it is harmless when there is none. Like all cancelling it does not wait:
// the action returns when its tasks have noticed.
func (sc *Context) CancelJob(id int) {
	sc.jobs.cancel("", func(j *job) bool { return j.id == id })
}

// CancelJobGroup cancels the running jobs of a group.
func (sc *Context) CancelJobGroup(group string) {
	sc.jobs.cancel(fmt.Sprintf(" as part of job group %q", group), func(j *job) bool { return j.properties.group == group })
}

// CancelJobsWithTag cancels the running jobs whose actions have the option Tag.
func (sc *Context) CancelJobsWithTag(tag string) {
	sc.jobs.cancel(fmt.Sprintf(" as it has the tag %q", tag), func(j *job) bool { return j.properties.tag == tag })
}

// CancelAllJobs cancels all running jobs.
func (sc *Context) CancelAllJobs() {
	sc.jobs.cancel(" with all others", func(*job) bool { return true })
}

// CancelStage cancels the job that runs the stage with the given id.
func (sc *Context) CancelStage(id int) {
	sc.jobs.cancel(fmt.Sprintf(" because stage %d was cancelled", id), func(j *job) bool {
		ts := j.sc.jobs.running[id]
		return ts != nil && ts.job == j
	})
}

// retainedJobs and retainedStages are how many finished ones are remembered (spark.ui.retainedJobs).
const (
	retainedJobs   = 1000
	retainedStages = 1000
)

// jobTable knows the jobs and stages that run, and remembers the last ones that ended.
type jobTable struct {
	mu      sync.Mutex
	active  map[int]*job
	running map[int]*taskSet // the last attempt, by stage
	done    lastOf[JobInfo]
	over    lastOf[StageStatus]
}

// any tells whether a job runs.
func (t *jobTable) any() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.active) > 0
}

// add registers a job.
func (t *jobTable) add(j *job) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.active == nil {
		t.active, t.running = map[int]*job{}, map[int]*taskSet{}
	}
	t.active[j.id] = j
}

// end remembers how a job ended.
func (t *jobTable) end(j *job, err error) {
	info := j.info()
	info.Status, info.Err = JobSucceeded, err
	if err != nil {
		info.Status = JobFailed
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.active, j.id)
	t.done.add(info, retainedJobs)
}

// lastOf remembers the last values of many.
type lastOf[T any] struct {
	values []T
	next   int // where the next goes once values has its full length
}

// add remembers v, and forgets the oldest when there are n.
func (l *lastOf[T]) add(v T, n int) {
	if len(l.values) < n {
		l.values = append(l.values, v)
		return
	}
	l.values[l.next] = v
	l.next = (l.next + 1) % n
}

// stageRuns registers an attempt of a stage.
func (t *jobTable) stageRuns(id int, ts *taskSet) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running[id] = ts
}

// stageOver remembers how far a stage got; one that found nothing to do leaves no trace.
func (t *jobTable) stageOver(id int) {
	t.mu.Lock()
	ts := t.running[id]
	delete(t.running, id)
	t.mu.Unlock()
	if ts == nil {
		return
	}
	status := ts.status()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over.add(status, retainedStages)
}

// cancel cancels the jobs that match.
func (t *jobTable) cancel(why string, match func(*job) bool) {
	t.mu.Lock()
	var found []*job
	for _, id := range slices.Sorted(maps.Keys(t.active)) {
		if j := t.active[id]; match(j) {
			found = append(found, j)
		}
	}
	t.mu.Unlock()
	for _, j := range found {
		j.cancel(&cancelled{j.id, why})
	}
}
