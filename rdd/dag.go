package rdd

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// stage is what runStage needs to know of a stage, whether it writes a shuffle or a result.
type stage struct {
	last    Lineage
	shuffle int // id of the dependency it writes, or -1
	body    taskBody
	window  *window
	// missing lists the partitions still to be computed; empty ends the stage.
	missing func() []stageTask
	// restart forgets partial outputs because an indeterminate ancestor was computed anew; an error ends the job.
	restart func() error
	// madeFrom is what the outputs so far were made from; nil while there are none.
	madeFrom *provenance
}

// runStage brings a stage to its end: its parents first, then the missing partitions, again after fetch failures.
func (j *job) runStage(st *stage) error {
	id := j.newStage()
	defer j.sc.jobs.stageOver(id)
	for attempt := 0; ; attempt++ {
		if err := j.runParents(st.last); err != nil {
			return err
		}
		if err := checkCounts(st.last); err != nil {
			return err
		}
		now := generationsOf(st.last)
		if before := st.madeFrom.load(); before != nil && !before.equal(now) {
			if err := st.restart(); err != nil {
				return err
			}
		}
		st.madeFrom.store(now)
		todo := st.missing()
		if len(todo) == 0 {
			return nil
		}
		ts := j.newTaskSet(st, id, attempt, todo)
		j.sc.jobs.stageRuns(id, ts)
		err := j.sc.tasks.run(ts)
		var fetch *FetchFailedError
		if err == nil && len(st.missing()) > 0 { // an executor was lost with outputs of this very stage
			err = errExecutorLost
		} else if err == nil || !errors.As(err, &fetch) {
			return err
		}
		if fetch != nil && fetch.dep != nil {
			fetch.dep.lose(fetch.out)
		}
		if attempt+1 >= j.sc.conf.scheduling.stageAttempts {
			return fmt.Errorf("stage %d given up after %d attempts: %w", id, attempt+1, err)
		}
	}
}

// newTaskSet makes the tasks of one stage attempt.
func (j *job) newTaskSet(st *stage, id, attempt int, todo []stageTask) *taskSet {
	ts := &taskSet{job: j, body: st.body, window: st.window, tasks: make([]taskState, len(todo)), placed: j.place(st.last, todo)}
	for i, t := range todo {
		ts.tasks[i].stageTask = t
	}
	ts.info = StageInfo{Job: j.id, Tag: j.properties.tag, Group: j.properties.group, ID: id, Attempt: attempt, Name: st.last.Name(), RDD: st.last.ID(),
		Shuffle: st.shuffle, Tasks: len(todo)}
	ts.madeFrom = st.madeFrom.load()
	return ts
}

// runParents makes sure that the shuffles which the stage ending in l reads are written, and that all of them come from
// the same computation of what is indeterminate.
func (j *job) runParents(l Lineage) error {
	for range maxExpiries {
		deps, err := stageInputs(j.ctx, l)
		if err == nil {
			err = j.runShuffles(deps)
		}
		if err != nil || !expireStale(deps) {
			return err
		}
	}
	return fmt.Errorf("%s: %w", l.Name(), errInputsDiffer)
}

// runShuffles writes the shuffles that are not; independent ones run together.
func (j *job) runShuffles(deps []*ShuffleDependency) error {
	var todo []*ShuffleDependency
	for _, d := range deps {
		if !d.complete() {
			todo = append(todo, d)
		}
	}
	switch len(todo) {
	case 0:
		return nil
	case 1:
		return j.runShuffle(todo[0])
	}
	var wg sync.WaitGroup
	errs := make([]error, len(todo))
	for i, d := range todo {
		wg.Go(func() {
			if errs[i] = j.runShuffle(d); errs[i] != nil {
				j.cancel(errs[i]) // the job is lost: do not wait for the other stages' tasks to finish their work
			}
		})
	}
	wg.Wait()
	if j.ctx.Err() != nil {
		return context.Cause(j.ctx)
	}
	return nil
}

// runShuffle runs the map stage of d for what is missing of its outputs. Jobs that share d take turns, so that the
// second finds the work done.
func (j *job) runShuffle(d *ShuffleDependency) error {
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-j.ctx.Done():
		return context.Cause(j.ctx)
	}
	if d.complete() {
		return nil
	}
	if err := d.prepare(j.ctx); err != nil {
		return err
	}
	return j.runStage(&stage{
		last:     d.Parent,
		shuffle:  d.ID,
		missing:  d.missing,
		restart:  func() error { d.Release(); return nil },
		madeFrom: &d.madeFrom,
		body: func(tc *TaskContext, t stageTask) (func(), error) {
			out, err := d.write(tc, t.part)
			if err != nil {
				return nil, err
			}
			return func() { d.register(t.rank, out) }, nil
		},
	})
}

// errCountedAnew ends a job that would number elements by counts of others.
var errCountedAnew = fmt.Errorf("the elements of an indeterminate stage were counted, and then it was computed anew: %w", errIndeterminateResult)

// checkCounts refuses an RDD of the stage that ends in l whose partitions were listed by counting the elements of another
// run of an indeterminate stage.
func checkCounts(l Lineage) error {
	seen := map[int]bool{}
	todo := []Lineage{l}
	for len(todo) > 0 {
		l := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[l.ID()] || l.Determinacy() != Indeterminate { // a checkpoint makes it determinate
			continue
		}
		seen[l.ID()] = true
		if from := l.lineage().listedFrom.Load(); from != nil && !from.equal(generationsOf(l)) {
			return errCountedAnew
		}
		for _, d := range l.Dependencies() {
			if n, ok := d.(*Narrow); ok {
				todo = append(todo, n.Of)
			}
		}
	}
	return nil
}

// stageInputs lists the shuffle dependencies at the edge of the stage that ends in l, and has the partitions of all
// RDDs inside the stage listed, because tasks may not.
func stageInputs(ctx context.Context, l Lineage) ([]*ShuffleDependency, error) {
	var found []*ShuffleDependency
	seen := map[int]bool{}
	todo := []Lineage{l}
	for len(todo) > 0 {
		l := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[l.ID()] {
			continue
		}
		seen[l.ID()] = true
		parts, err := l.Partitions(ctx)
		if err != nil {
			return nil, err
		}
		if err := (anyRDD{l.lineage()}).keptError(); err != nil {
			return nil, err
		}
		if (anyRDD{l.lineage()}).fullyStored(len(parts)) {
			continue // its parents are not read; should a block vanish meanwhile, a fetch failure brings us back
		}
		for _, d := range l.Dependencies() {
			switch d := d.(type) {
			case *ShuffleDependency:
				found = append(found, d)
			default:
				todo = append(todo, d.RDD())
			}
		}
	}
	return found, nil
}
