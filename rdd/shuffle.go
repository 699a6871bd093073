package rdd

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// ShuffleDependency is the edge at which the lineage is cut into stages: the map stage below writes, for each of its
// partitions, one output with a block per reducer, and the stage above reads blocks. The element types live in the
// closures. Outputs are kept, and their stage is skipped by later jobs, until Release or until the dependency is
// unreachable. Safe for concurrent use.
type ShuffleDependency struct {
	// ID is unique within the Context.
	ID int
	// Parent is the RDD on the map side.
	Parent Lineage

	// prepare makes the number of reducers known; it may run a sampling job. It is idempotent.
	prepare func(ctx context.Context) error
	// write computes one map partition and stores its blocks.
	write func(tc *TaskContext, p Partition) (mapOutput, error)
	// coder tells the type of what the blocks hold; ReadShuffle compares.
	coder chunkType

	turn     chan struct{} // held by the job that runs the map stage
	madeFrom provenance    // stored by who holds turn

	mu       sync.Mutex
	reducers int
	outputs  []*outputSlot        // by map partition; nil entries are missing
	groups   map[*slot]*fileGroup // of consolidated hash shuffle
	gen      int64
}

// outputSlot is one registered map output.
type outputSlot struct {
	index  int
	output mapOutput
}

// mapOutput is what a map task wrote, free of its element type.
type mapOutput interface {
	status() MapStatus
	place() *executor
	// verify reads what is in files and compares checksums.
	verify() error
	drop()
}

// MapStatus is the size of one map partition's output.
type MapStatus struct {
	Bytes    []int64 // in memory, by reducer
	Rows     []int64 // by reducer; a Sizer element counts its Rows
	Executor string
}

// BlockRange is what one partition of ReadShuffle reads: for each reducer in [FromPart, ToPart), in order, the blocks
// of the map partitions in [FromMap, ToMap), in order. ToMap 0 stands for all of them. Several reducers in a range
// coalesce small ones; several ranges over one reducer split a skewed one.
type BlockRange struct{ FromPart, ToPart, FromMap, ToMap int }

// newShuffleDependency makes the edge, over which elements go by coder; its maker sets write. Where the partitioner p,
// which may be nil, must look at the data first, the number of reducers is known only then. A shuffle that must write
// files and cannot fails before its first task.
func newShuffleDependency(parent Lineage, reducers int, p Partitioner, coder chunkType) *ShuffleDependency {
	sc := parent.lineage().sc
	d := &ShuffleDependency{
		ID:       int(sc.shuffleIDs.Add(1) - 1),
		Parent:   parent,
		coder:    coder,
		turn:     make(chan struct{}, 1),
		reducers: reducers,
	}
	lazy, _ := p.(preparedPartitioner)
	d.prepare = func(ctx context.Context) error {
		if err := d.needsCodec(); err != nil || lazy == nil {
			return err
		}
		if err := lazy.prepare(ctx); err != nil {
			return err
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.reducers = p.NumPartitions()
		return nil
	}
	return d
}

// RDD is the parent.
func (d *ShuffleDependency) RDD() Lineage { return d.Parent }

// Reducers is the number of reducers; for a shuffle by sampled ranges it is known once the map stage is prepared.
func (d *ShuffleDependency) Reducers(ctx context.Context) (int, error) {
	if err := d.prepare(ctx); err != nil {
		return 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reducers, nil
}

// Release drops the outputs, in memory and on disk. A later job that needs them writes them again.
func (d *ShuffleDependency) Release() {
	d.mu.Lock()
	old := d.outputs
	d.outputs = nil
	d.gen++
	d.mu.Unlock()
	for _, o := range old {
		if o != nil {
			o.output.drop()
		}
	}
}

// releaseWith ties the outputs to the context of the option ReleaseWhenDone.
func (d *ShuffleDependency) releaseWith(s settings) {
	if s.scope != nil {
		context.AfterFunc(s.scope, d.Release)
	}
}

// generation counts how often the outputs were dropped as a whole.
func (d *ShuffleDependency) generation() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.gen
}

// complete tells whether all outputs are there.
func (d *ShuffleDependency) complete() bool {
	d.sweep()
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range d.outputs {
		if o == nil {
			return false
		}
	}
	return d.outputs != nil
}

// missing lists the map partitions without output. The parent's partitions are listed already.
func (d *ShuffleDependency) missing() []stageTask {
	d.sweep()
	parts, err := d.Parent.Partitions(context.Background())
	if err != nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.outputs == nil {
		d.outputs = make([]*outputSlot, len(parts))
	}
	var todo []stageTask
	for i, o := range d.outputs {
		if o == nil {
			todo = append(todo, stageTask{parts[i], i})
		}
	}
	return todo
}

// sweep removes the outputs that lost executors held.
func (d *ShuffleDependency) sweep() {
	d.mu.Lock()
	var gone []*outputSlot
	for _, o := range d.outputs {
		if o != nil && o.output.place().gone() {
			gone = append(gone, o)
		}
	}
	d.mu.Unlock()
	for _, o := range gone {
		d.lose(o)
	}
}

// register keeps an output. A second one for the same partition, or one that comes after Release, is dropped.
func (d *ShuffleDependency) register(i int, out mapOutput) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i < len(d.outputs) && d.outputs[i] == nil {
		d.outputs[i] = &outputSlot{index: i, output: out}
		return
	}
	go out.drop() // a second copy: dropping may touch files, and the scheduler's lock is held
}

// slotAt is the output of map partition m, or a fetch failure; also when the output is of another computation than the
// one that the other tasks of the stage read.
func (d *ShuffleDependency) slotAt(tc *TaskContext, m int) (*outputSlot, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if gen, ok := tc.madeFrom[d.ID]; ok && gen != d.gen {
		return nil, d.fetchFailed(m, nil, errOutputReplaced)
	}
	if m >= len(d.outputs) || d.outputs[m] == nil {
		return nil, d.fetchFailed(m, nil, errOutputMissing)
	}
	if o := d.outputs[m]; o.output.place().gone() {
		return nil, d.fetchFailed(m, o, errExecutorLost)
	}
	return d.outputs[m], nil
}

// errOutputMissing is the cause of a fetch failure when an output was never written or was released.
var errOutputMissing = errors.New("output is missing")

// errOutputReplaced is the cause when an indeterminate stage was computed anew while the stage that reads it ran.
var errOutputReplaced = errors.New("output was computed anew")

// fetchFailed is the error that has the scheduler compute output m again; o is what the reader found, if anything.
func (d *ShuffleDependency) fetchFailed(m int, o *outputSlot, err error) error {
	return &FetchFailedError{Shuffle: d.ID, Map: m, Err: err, dep: d, out: o}
}

// statuses lists the sizes by map partition.
func (d *ShuffleDependency) statuses() []MapStatus {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]MapStatus, len(d.outputs))
	for i, o := range d.outputs {
		if o != nil {
			all[i] = o.output.status()
		}
	}
	return all
}

// NewExchange makes the shuffle that moves each element of r to the reducer its pair names, in [0, n). Elements are
// kept by reference (retained, never copied or serialised) while memory lasts; when the budget refuses, they go
// through codec to a file. With a nil codec a refused budget fails the task. For SQL, T is a batch that the caller has
// split already. Of the options it heeds ReleaseWhenDone.
func NewExchange[T any](r *RDD[Pair[int, T]], n int, codec Codec[T], opts ...Option) *ShuffleDependency {
	return newExchange(r, n, coderOf(codec), newSettings(opts))
}

// newExchange is NewExchange.
func newExchange[T any](r *RDD[Pair[int, T]], n int, coder *elementKind[T], s settings) *ShuffleDependency {
	d := newShuffleDependency(r, n, nil, coder)
	d.releaseWith(s)
	d.write = func(tc *TaskContext, p Partition) (mapOutput, error) {
		w := newBlockWriter(tc, "shuffle", n, coder)
		if err := prepareShuffle(tc, d, w, false); err != nil {
			return nil, err
		}
		to, moved := make([]int32, 0, maxChunk), make([]T, 0, maxChunk)
		for chunk, err := range r.iterateChunks(tc, p) {
			if err != nil {
				return nil, err
			}
			to, moved = to[:0], moved[:0]
			for _, kv := range chunk {
				if uint(kv.Key) >= uint(n) {
					return nil, Permanent(fmt.Errorf("exchange target %d is outside [0,%d)", kv.Key, n))
				}
				to, moved = append(to, int32(kv.Key)), append(moved, kv.Val)
			}
			if err := w.add(to, moved); err != nil {
				return nil, err
			}
		}
		return w.finish()
	}
	return d
}

// ReadShuffle is the reduce side of d: one partition per range, or one per reducer when parts is nil. T must be the
// element type d was made with.
func ReadShuffle[T any](d *ShuffleDependency, parts []BlockRange, opts ...Option) *RDD[T] {
	return ofType[T](d.reader(parts, kindOf[T](), opts))
}

// reader is ReadShuffle.
func (d *ShuffleDependency) reader(parts []BlockRange, as chunkType, opts []Option) anyRDD {
	list := func(ctx context.Context) ([]Partition, error) { return d.readPartitions(ctx, parts, as) }
	return newUntyped(d.Parent.lineage().sc, []Dependency{d}, list, d.read, append([]Option{Named("ShuffledRDD")}, opts...)...)
}

// readPartitions lists the partitions of ReadShuffle; nil ranges stand for one per reducer.
func (d *ShuffleDependency) readPartitions(ctx context.Context, ranges []BlockRange, as chunkType) ([]Partition, error) {
	if !d.coder.same(as) {
		return nil, fmt.Errorf("shuffle %d holds %s, it cannot be read as %s", d.ID, d.coder.name(), as.name())
	}
	n, err := d.Reducers(ctx)
	if err != nil {
		return nil, err
	}
	return readPartitions(ranges, n), nil
}

// readPartition is a partition of ReadShuffle.
type readPartition struct {
	BlockRange
	index int
}

func (p *readPartition) Index() int { return p.index }

// readPartitions numbers the ranges; nil ranges stand for one per reducer.
func readPartitions(ranges []BlockRange, reducers int) []Partition {
	if ranges == nil {
		ranges = make([]BlockRange, reducers)
		for i := range ranges {
			ranges[i] = BlockRange{FromPart: i, ToPart: i + 1}
		}
	}
	ps := make([]Partition, len(ranges))
	for i, r := range ranges {
		ps[i] = &readPartition{r, i}
	}
	return ps
}

// Exchange moves each element to the partition its pair names: NewExchange and ReadShuffle in one. Of the options it
// heeds Encoding, Named and ReleaseWhenDone.
func Exchange[T any](r *RDD[Pair[int, T]], n int, opts ...Option) *RDD[T] {
	s := newSettings(opts)
	return ReadShuffle[T](newExchange(r, n, coderFor[T](s), s), nil, append([]Option{Named("Exchange")}, opts...)...)
}

// read streams the blocks of a range: for each reducer the map outputs in map order, so that what a reducer sees
// depends neither on threads nor on retries.
func (d *ShuffleDependency) read(tc *TaskContext, p Partition) anyChunks {
	r := p.(*readPartition).BlockRange
	return func(yield func(any, error) bool) {
		maps, err := d.Parent.Partitions(tc.Context()) // not the outputs, which may have vanished
		if err != nil {
			yield(nil, err)
			return
		}
		to := r.ToMap
		if to == 0 || to > len(maps) {
			to = len(maps)
		}
		if err := tc.injectedFetch(d, r.FromMap, to); err != nil {
			yield(nil, err)
			return
		}
		for part := r.FromPart; part < r.ToPart; part++ {
			for m := r.FromMap; m < to; m++ {
				if err := tc.Err(); err != nil {
					yield(nil, err)
					return
				}
				if !d.readOutput(tc, m, part, yield) {
					return
				}
			}
		}
	}
}

// rowsAhead is how many elements partition p of what directly reads a shuffle has, or 0 where that is not known.
func rowsAhead(tc *TaskContext, reader *node, p Partition) (rows int64) {
	r, ok := p.(*readPartition)
	deps := reader.Dependencies()
	if !ok || len(deps) != 1 {
		return 0
	}
	d, ok := deps[0].(*ShuffleDependency)
	if !ok {
		return 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for m, o := range d.outputs {
		if o == nil || m < r.FromMap || r.ToMap > 0 && m >= r.ToMap {
			continue
		}
		for _, n := range o.output.status().Rows[r.FromPart:r.ToPart] {
			rows += n
		}
	}
	return rows
}

// readOutput streams what map partition m has for one reducer; false when the stream is over.
func (d *ShuffleDependency) readOutput(tc *TaskContext, m, part int, yield func(any, error) bool) (more bool) {
	if err := tc.passes(hookFetch); err != nil {
		yield(nil, err)
		return false
	}
	slot, err := d.slotAt(tc, m)
	if err != nil {
		yield(nil, err)
		return false
	}
	b := slot.output.(*blocks)
	tc.metrics.ShuffleReadBytes += b.volume[part]
	tc.metrics.ShuffleReadRows += b.sizes.Rows[part]
	return b.read(part, &tc.metrics.FetchWait, func(chunk any, err error) bool {
		if err != nil {
			yield(nil, d.fetchFailed(m, slot, err))
			return false
		}
		return polled(tc, yield) && yield(chunk, nil)
	})
}

// injectedFetch loses an output when this attempt was chosen to find one gone.
func (tc *TaskContext) injectedFetch(d *ShuffleDependency, from, to int) error {
	if tc.fault != faultFetch || to <= from {
		return nil
	}
	tc.fault = noFault
	m := from + int(tc.info.Task)%(to-from)
	slot, err := d.slotAt(tc, m)
	if err != nil {
		return err
	}
	return d.fetchFailed(m, slot, errInjectedLoss)
}

// errInjectedLoss is the cause of an injected fetch failure.
var errInjectedLoss = errors.New("injected loss")
