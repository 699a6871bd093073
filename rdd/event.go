package rdd

import "time"

// Event is something that happened: *JobStart, *JobEnd, *StageSubmitted, *StageCompleted, *TaskStart, *TaskEnd,
// *BlockUpdated, *ExecutorAdded, *ExecutorLost, *ExecutorDecommissioned, *ExecutorExcluded or *ExecutorUnexcluded.
type Event interface{ event() }

// Listener is told everything that happens. OnEvent is called synchronously, by several goroutines at once, so it must
// be quick and safe for concurrent use; the start of a thing is always told before its end, and all of a job's events
// before its action returns. It may start actions on the events of jobs and stages, but not on those of tasks. A panic of
// a listener is swallowed.
type Listener interface{ OnEvent(e Event) }

// ListenerFunc is a function as a Listener.
type ListenerFunc func(e Event)

// OnEvent calls f.
func (f ListenerFunc) OnEvent(e Event) { f(e) }

// JobStart is told when an action begins.
type JobStart struct {
	Job         int
	Tag         string // of the option Tag
	Group       string // of the option JobGroup
	Description string // of the options JobGroup and JobDescription
	Name        string // of the RDD the action runs on
	Time        time.Time
}

// JobEnd is told when an action is over. Err is nil also when the caller left early with what it wanted.
type JobEnd struct {
	Job  int
	Tag  string
	Err  error
	Time time.Time
}

// StageInfo describes one attempt of a stage.
type StageInfo struct {
	Job     int
	Tag     string // the job's
	Group   string // the job's
	ID      int
	Attempt int    // from 0
	Name    string // of the stage's last RDD
	RDD     int    // its id
	Shuffle int    // id of the shuffle dependency that the stage writes; -1 for a result stage
	Tasks   int    // how many this attempt will run; those with outputs already are not among them
}

// StageSubmitted is told when an attempt of a stage begins. A stage that is skipped, because its outputs exist, has no
// events.
type StageSubmitted struct {
	StageInfo
	Time time.Time
}

// StageCompleted is told when an attempt of a stage is over.
type StageCompleted struct {
	StageInfo
	Err     error
	Metrics TaskMetrics // sum over the successful tasks of this attempt
	Time    time.Time
	Took    time.Duration
	// Accumulators are those that its successful tasks added to.
	Accumulators []AccumulatorUpdate
}

// TaskInfo describes one attempt of a task.
type TaskInfo struct {
	Stage     StageInfo
	Task      int64 // unique id of the attempt
	Partition int
	Attempt   int // from 0, within the stage attempt
	Executor  string
	// Speculative says that another attempt of the task was running when this one began.
	Speculative bool
}

// TaskStart is told on the task's goroutine before it runs.
type TaskStart struct {
	TaskInfo
	Time time.Time
}

// TaskEnd is told when an attempt of a task is over.
type TaskEnd struct {
	TaskInfo
	Err     error
	Metrics TaskMetrics
	Time    time.Time
	// Accumulators is what a successful attempt added; it counts unless another attempt was faster.
	Accumulators []AccumulatorUpdate
}

// BlockUpdated is told when a partition of a persisted RDD is stored in an executor's block store, moved between memory
// and disk, or dropped.
type BlockUpdated struct {
	RDD, Partition int
	Executor       string
	Level          StorageLevel // StorageNone: it was dropped
	MemoryBytes    int64        // on Go's heap, or off it in level OffHeap
	DiskBytes      int64
	Err            error // the damage for which it was dropped
}

// ExecutorAdded is told when an executor joined after the start.
type ExecutorAdded struct {
	Executor string
	Host     string
	Slots    int
}

// ExecutorDecommissioned is told when an executor was removed without loss.
type ExecutorDecommissioned struct {
	Executor     string
	Heir         string // the executor that has its cached blocks and shuffle outputs now
	CachedBlocks int    // how many moved
}

// ExecutorExcluded is told when an executor gets no more tasks of a stage, or of any, because too many failed there.
type ExecutorExcluded struct {
	Executor string
	Stage    int // -1: of any stage
	Failures int // tasks that failed there
}

// ExecutorUnexcluded is told when an executor that was excluded from all stages is given tasks again.
type ExecutorUnexcluded struct{ Executor string }

// ExecutorLost is told when an executor is gone, with its cached blocks and shuffle outputs.
type ExecutorLost struct {
	Executor string
	Reason   string
}

func (*JobStart) event()               {}
func (*JobEnd) event()                 {}
func (*StageSubmitted) event()         {}
func (*StageCompleted) event()         {}
func (*TaskStart) event()              {}
func (*TaskEnd) event()                {}
func (*BlockUpdated) event()           {}
func (*ExecutorAdded) event()          {}
func (*ExecutorLost) event()           {}
func (*ExecutorDecommissioned) event() {}
func (*ExecutorExcluded) event()       {}
func (*ExecutorUnexcluded) event()     {}

// eventBus hands events to the listeners. Without listeners it costs one comparison.
type eventBus struct{ listeners []Listener }

// wanted tells whether anybody listens; callers ask before they build an event.
func (b *eventBus) wanted() bool { return len(b.listeners) > 0 }

// tell hands e to every listener, in the order in which they were added.
func (b *eventBus) tell(e Event) {
	for _, l := range b.listeners {
		tellOne(l, e)
	}
}

// tellOne shields the engine from the panic of a listener.
func tellOne(l Listener, e Event) {
	defer func() { _ = recover() }()
	l.OnEvent(e)
}
