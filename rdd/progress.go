package rdd

import "sync"

// Progress is a Listener that counts the stages and tasks of one Context, for a progress bar. The zero value is ready for
// use. Safe for concurrent use.
type Progress struct {
	mu     sync.Mutex
	counts ProgressCounts
	left   map[stageAttempt]int // tasks of the running stages that have not succeeded yet
}

// stageAttempt names one attempt of a stage of some job.
type stageAttempt struct{ job, stage, attempt int }

// ProgressCounts is how far the jobs are that began since the last Reset.
type ProgressCounts struct {
	Stages      int // attempts that were submitted; skipped stages are not among them
	DoneStages  int // of those, the ones that are over
	Tasks       int // of the submitted stages; those that a stage which was given up did not run are not among them
	DoneTasks   int // that succeeded
	FailedTasks int // attempts that failed
}

// OnEvent implements Listener.
func (p *Progress) OnEvent(e Event) {
	switch e := e.(type) {
	case *StageSubmitted:
		p.submitted(&e.StageInfo)
	case *StageCompleted:
		p.completed(&e.StageInfo)
	case *TaskEnd:
		p.taskEnd(e)
	}
}

// submitted counts a stage and its tasks.
func (p *Progress) submitted(s *StageInfo) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left == nil {
		p.left = map[stageAttempt]int{}
	}
	p.left[stageAttempt{s.Job, s.ID, s.Attempt}] = s.Tasks
	p.counts.Stages++
	p.counts.Tasks += s.Tasks
}

// completed takes the tasks off that the stage will not run any more: another attempt has them among its own.
func (p *Progress) completed(s *StageInfo) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := stageAttempt{s.Job, s.ID, s.Attempt}
	if left, ok := p.left[k]; ok { // else it began before the Reset
		delete(p.left, k)
		p.counts.Tasks -= left
		p.counts.DoneStages++
	}
}

// taskEnd counts the end of an attempt.
func (p *Progress) taskEnd(e *TaskEnd) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := stageAttempt{e.Stage.Job, e.Stage.ID, e.Stage.Attempt}
	left, ok := p.left[k]
	switch {
	case !ok:
	case e.Err != nil:
		p.counts.FailedTasks++
	case left > 0: // a task can succeed twice, when its result was not accepted
		p.left[k]--
		p.counts.DoneTasks++
	}
}

// Counts is a snapshot.
func (p *Progress) Counts() ProgressCounts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// Reset makes the counts begin anew; what runs is not counted any more.
func (p *Progress) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts = ProgressCounts{}
	clear(p.left)
}
