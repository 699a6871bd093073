package rdd

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// WithCheckpointDir sets the folder for checkpoints (spark.checkpoint.dir), which should be where they survive what the
// program may not: a path of any file system that the Context knows.
func WithCheckpointDir(path string) ContextOption {
	return func(c *config) { c.storing.checkpointDir = path }
}

// SetCheckpointDir sets the folder for checkpoints that are written from now on. A folder of its own for this Context is
// made in it when the first is.
func (sc *Context) SetCheckpointDir(path string) error {
	at, err := sc.locate(path)
	if err == nil {
		sc.checkpoints.set(at)
	}
	return err
}

// CheckpointDir is the folder that this Context writes its checkpoints to; empty when none was set.
func (sc *Context) CheckpointDir() string {
	at, err := sc.checkpoints.place(sc)
	if err != nil {
		return ""
	}
	return at.String()
}

// checkpointFolder is where a Context writes checkpoints.
type checkpointFolder struct {
	mu sync.Mutex
	at *location

	marked atomic.Int64 // RDDs that wait to be checkpointed: without any, jobs do not look for them
}

// set chooses a folder of a name that nobody else has.
func (f *checkpointFolder) set(in location) {
	own := in.in("gosql-" + rand.Text())
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = &own
}

// errNoCheckpointDir is the error of a checkpoint without a folder.
var errNoCheckpointDir = errors.New("no folder for checkpoints was set: use WithCheckpointDir or SetCheckpointDir")

// place is the folder.
func (f *checkpointFolder) place(sc *Context) (location, error) {
	f.mu.Lock()
	at := f.at
	f.mu.Unlock()
	if at != nil {
		return *at, nil
	}
	if sc.conf.storing.checkpointDir == "" {
		return location{}, errNoCheckpointDir
	}
	if err := sc.SetCheckpointDir(sc.conf.storing.checkpointDir); err != nil {
		return location{}, err
	}
	return f.place(sc)
}

// checkpointing is the mark of an RDD that is to be checkpointed, or was.
type checkpointing struct {
	write func(ctx context.Context) (path string, err error) // writes, and cuts the lineage
	turn  chan struct{}                                      // held by the job that writes
	path  string                                             // set before done; empty for a local one
	done  atomic.Bool
}

// Checkpoint marks r to be written to the folder for checkpoints after the first action that needs it, by a job of its
// own: persist r as well, or it is computed twice. Once written, r reads its partitions from there, forgets its lineage,
// and is determinate. The files survive the process: OpenCheckpoint. A failure to write is the failure of that action,
// and the next one tries again. Of the options it heeds Encoding.
func (r *RDD[T]) Checkpoint(opts ...Option) *RDD[T] {
	n := anyRDD{r.node}
	n.mark(func(ctx context.Context) (string, error) { return n.writeCheckpoint(ctx, newSettings(opts)) })
	return r
}

// CheckpointNow is Checkpoint, and writes at once. Of the options it heeds Encoding.
func (r *RDD[T]) CheckpointNow(ctx context.Context, opts ...Option) error {
	r.Checkpoint(opts...)
	return anyRDD{r.node}.checkpointNow(ctx)
}

// LocalCheckpoint marks r to lose its lineage after the first action that needs it, without anything being written for
// others: its partitions stay in the block stores, on disk where memory is short. That is quick, and fails when a block
// is lost, with an executor or by Unpersist. r is persisted at MemoryAndDisk, or, when it is persisted at a level without
// disk, at that level with disk. Of the options it heeds Encoding.
func (r *RDD[T]) LocalCheckpoint(opts ...Option) *RDD[T] {
	anyRDD{r.node}.localCheckpoint(newSettings(opts))
	return r
}

// localCheckpoint is LocalCheckpoint.
func (n anyRDD) localCheckpoint(s settings) {
	switch level := n.StorageLevel(); {
	case level == StorageNone:
		n.persist(MemoryAndDisk, s)
	case !level.UseDisk():
		n.forgetKept()
		n.persist(level|levelDisk, s)
	}
	n.mark(func(ctx context.Context) (string, error) { return "", n.keepLocally(ctx) })
}

// IsCheckpointed tells whether r has been checkpointed, locally or not.
func (n *node) IsCheckpointed() bool {
	c := n.checkpoint.Load()
	return c != nil && c.done.Load()
}

// CheckpointFile is the path that r was checkpointed to; empty when it was not, or only locally.
func (n *node) CheckpointFile() string {
	if c := n.checkpoint.Load(); c != nil && c.done.Load() {
		return c.path
	}
	return ""
}

// mark has the RDD checkpointed by write, unless it has a mark.
func (n anyRDD) mark(write func(ctx context.Context) (string, error)) {
	if n.checkpoint.CompareAndSwap(nil, &checkpointing{write: write, turn: make(chan struct{}, 1)}) {
		n.sc.checkpoints.marked.Add(1)
	}
}

// checkpointNow writes a marked RDD's checkpoint, unless that is done.
func (n anyRDD) checkpointNow(ctx context.Context) error {
	c := n.checkpoint.Load()
	if c.done.Load() { // first: who waits for a turn may find it done
		return nil
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if c.done.Load() {
		return nil
	}
	path, err := c.write(ctx)
	if err != nil {
		return fmt.Errorf("cannot checkpoint %s[%d]: %w", n.name, n.id, err)
	}
	c.path, c.write = path, nil
	c.done.Store(true)
	n.sc.checkpoints.marked.Add(-1)
	if path != "" && n.sc.conf.storing.cleanCheckpoints {
		runtime.AddCleanup(n.node, func(at location) { _ = at.fs.RemoveAll(at.name) }, n.sc.mustLocate(path))
	}
	return nil
}

// mustLocate is locate for a path that came from a location.
func (sc *Context) mustLocate(path string) location {
	at, _ := sc.locate(path)
	return at
}

// checkpointMarked checkpoints the marked RDDs nearest to l: what is above them will not be needed any more.
func (sc *Context) checkpointMarked(ctx context.Context, l Lineage) error {
	if sc.checkpoints.marked.Load() == 0 {
		return nil
	}
	seen := map[int]bool{}
	for todo := []Lineage{l}; len(todo) > 0; {
		n := todo[len(todo)-1].lineage()
		todo = todo[:len(todo)-1]
		if seen[n.id] {
			continue
		}
		seen[n.id] = true
		if c := n.checkpoint.Load(); c != nil {
			if err := (anyRDD{n}).checkpointNow(ctx); err != nil {
				return err
			}
			continue
		}
		for _, d := range n.Dependencies() {
			todo = append(todo, d.RDD())
		}
	}
	return nil
}

// cutTo makes from, which has the same partitions, all that is left of the lineage of n.
func (n anyRDD) cutTo(from anyRDD, parts int) {
	// In this order: a task that sees the new partitions computes them in the new way; the new way takes the old ones, too.
	n.readFrom(from.chunks)
	n.origin.Store(&origin{deps: OneToOne(from), list: fixedPartitions(parts), determinacy: from.Determinacy()})
	ps := PartitionRange(parts)
	n.parts.Store(&ps)
}

// keepLocally has every partition of r stored, and cuts its lineage.
func (r anyRDD) keepLocally(ctx context.Context) error {
	ps, err := r.Partitions(ctx)
	if err != nil {
		return err
	}
	missing := []int{}
	for i := range ps {
		if !r.sc.blockStored(blockID{r.id, i}) {
			missing = append(missing, i)
		}
	}
	err = runResults(ctx, r, missing, func(tc *TaskContext, p Partition) (any, error) {
		for _, err := range r.chunks(tc, p) {
			return nil, err // the first chunk comes when the whole block is stored
		}
		return nil, nil
	}, func(int, any) bool { return true }, nil)
	if err != nil {
		return err
	}
	if i := r.firstMissing(len(ps)); i >= 0 {
		return fmt.Errorf("partition %d could not be kept", i)
	}
	name := r.String()
	from := newUntyped(r.sc, nil, fixedPartitions(len(ps)), func(_ *TaskContext, p Partition) anyChunks {
		return failedChunks(Permanent(fmt.Errorf("partition %d of the local checkpoint of %s is lost, with its executor, a damaged file or "+
			"Unpersist, and without lineage it cannot be computed again", p.Index(), name)))
	}, Named("LocalCheckpointRDD"), WithDeterminacy(r.Determinacy()))
	from.elements = r.elements
	r.cutTo(from, len(ps))
	return nil
}

// firstMissing is the first partition that no executor keeps, or -1.
func (n anyRDD) firstMissing(parts int) int {
	for i := range parts {
		if !n.sc.blockStored(blockID{n.id, i}) {
			return i
		}
	}
	return -1
}
