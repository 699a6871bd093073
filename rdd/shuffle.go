package rdd

import (
	"context"
	"errors"
	"fmt"
	"iter"
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
	// element tells the type of what the blocks hold; ReadShuffle compares.
	element elementType

	unencodable error // why there is no codec

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

// elementType identifies an element type by comparison.
type elementType interface{ name() string }

// elementOf[T] is the elementType of T.
type elementOf[T any] struct{}

func (elementOf[T]) name() string { var zero T; return fmt.Sprintf("%T", zero) }

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

// newShuffleDependency makes the edge; its maker sets write and element, and prepare when the number of reducers is
// not known yet.
func newShuffleDependency(parent Lineage, reducers int) *ShuffleDependency {
	sc := parent.lineage().sc
	d := &ShuffleDependency{
		ID:       int(sc.shuffleIDs.Add(1) - 1),
		Parent:   parent,
		turn:     make(chan struct{}, 1),
		reducers: reducers,
		prepare:  func(context.Context) error { return nil },
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
	d := newShuffleDependency(r, n)
	d.releaseWith(newSettings(opts))
	d.element = elementOf[T]{}
	d.planned(codec != nil)
	kind := kindOf[T]()
	d.write = func(tc *TaskContext, p Partition) (mapOutput, error) {
		w, err := newShuffleWriter(tc, d, n, &kind, codec, false)
		if err != nil {
			return nil, err
		}
		for kv, err := range r.Iterate(tc, p) {
			if err != nil {
				return nil, err
			}
			if uint(kv.Key) >= uint(n) {
				return nil, Permanent(fmt.Errorf("exchange target %d is outside [0,%d)", kv.Key, n))
			}
			if err := w.add(kv.Key, kv.Val); err != nil {
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
	sc := d.Parent.lineage().sc
	list := func(ctx context.Context) ([]Partition, error) {
		if _, ok := d.element.(elementOf[T]); !ok {
			return nil, fmt.Errorf("shuffle %d holds %s, it cannot be read as %s", d.ID, d.element.name(), elementOf[T]{}.name())
		}
		n, err := d.Reducers(ctx)
		if err != nil {
			return nil, err
		}
		return readPartitions(parts, n), nil
	}
	own := append([]Option{Named("ShuffledRDD")}, opts...)
	return newChunked(sc, []Dependency{d}, list, func(tc *TaskContext, p Partition) iter.Seq2[[]T, error] {
		return readBlocks[T](tc, d, p.(*readPartition).BlockRange)
	}, own...)
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
	codec := codecFor[T](s)
	var unencodable error
	if codec == nil {
		codec, unencodable = CodecOf[T]()
	}
	d := NewExchange(r, n, codec, opts...)
	d.unencodable = unencodable
	return ReadShuffle[T](d, nil, append([]Option{Named("Exchange")}, opts...)...)
}

// readBlocks streams the blocks of a range: for each reducer the map outputs in map order, so that what a reducer sees
// depends neither on threads nor on retries.
func readBlocks[T any](tc *TaskContext, d *ShuffleDependency, r BlockRange) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
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
				if !readOutput(tc, d, m, part, yield) {
					return
				}
			}
		}
	}
}

// readOutput streams what map partition m has for one reducer; false when the stream is over.
func readOutput[T any](tc *TaskContext, d *ShuffleDependency, m, part int, yield func([]T, error) bool) bool {
	if err := tc.passes(hookFetch); err != nil {
		yield(nil, err)
		return false
	}
	slot, err := d.slotAt(tc, m)
	if err != nil {
		yield(nil, err)
		return false
	}
	b := slot.output.(*blocks[T])
	tc.metrics.ShuffleReadBytes += b.volume[part]
	tc.metrics.ShuffleReadRows += b.sizes.Rows[part]
	for chunk, err := range b.read(part) {
		if err != nil {
			yield(nil, d.fetchFailed(m, slot, err))
			return false
		}
		if !polled(tc, yield) {
			return false
		}
		if !yield(chunk, nil) {
			return false
		}
	}
	return true
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
