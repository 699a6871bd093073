package rdd

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"
	"unsafe"
)

// RangePartitioner puts keys into ranges: partition i holds keys smaller than those of partition i+1 (larger, when
// descending). The bounds are sampled from an RDD inside the first action that needs them. When the sample has few
// different keys there are fewer partitions than were asked for (Spark's RangePartitioner).
type RangePartitioner[K any] struct {
	asked      int
	compare    func(a, b K) int
	descending bool
	sample     func(ctx context.Context) ([]weightedKey[K], error)

	turn   chan struct{} // sampling happens once, and waiting for it can be cancelled
	mu     sync.Mutex
	bounds []K
	ready  bool

	// ordinals gives numbers in the order of the keys, where there are any; then ordinalBounds are those of bounds.
	ordinals      func(keys keyColumn, out []uint64)
	ordinalBounds []uint64
}

// weightedKey is a sampled key and how many keys it stands for.
type weightedKey[K any] struct {
	key    K
	weight float64
}

// NewRangePartitioner makes a partitioner of about n ranges of equal size over the keys of r; n ≤ 0 stands for the
// Context's parallelism. NaN is larger than all numbers. Of the options it heeds Descending.
func NewRangePartitioner[K cmp.Ordered, V any](r *RDD[Pair[K, V]], n int, opts ...Option) *RangePartitioner[K] {
	p := NewRangePartitionerFunc(r, n, compareKeys[K], opts...)
	p.ordinals = ordinalsOf[K]()
	return p
}

// NewRangePartitionerFunc is NewRangePartitioner for keys in the order of compare, which is negative when a comes
// before b, 0 when they are equal, and positive otherwise. One range needs no sample.
func NewRangePartitionerFunc[K, V any](r *RDD[Pair[K, V]], n int, compare func(a, b K) int, opts ...Option) *RangePartitioner[K] {
	n = r.sc.partitionsOr(n)
	return &RangePartitioner[K]{
		asked: n, compare: compare, descending: newSettings(opts).descending,
		turn: make(chan struct{}, 1), ready: n <= 1,
		sample: func(ctx context.Context) ([]weightedKey[K], error) { return sampleKeys(ctx, r, n) },
	}
}

// NumPartitions is what was asked for until the bounds were sampled, and then the number of ranges.
func (p *RangePartitioner[K]) NumPartitions() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ready {
		return p.asked
	}
	return len(p.bounds) + 1
}

// Partition is the place of k; the bounds must have been sampled, as they are whenever a task runs.
func (p *RangePartitioner[K]) Partition(k K) int {
	at := sort.Search(len(p.bounds), func(i int) bool { return p.compare(k, p.bounds[i]) <= 0 })
	if p.descending {
		return len(p.bounds) - at
	}
	return at
}

// SamePartitioning is true of the partitioner itself only.
func (p *RangePartitioner[K]) SamePartitioning(o Partitioner) bool { return Partitioner(p) == o }

// prepare samples the bounds once.
func (p *RangePartitioner[K]) prepare(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	p.mu.Lock()
	ready := p.ready
	p.mu.Unlock()
	if ready {
		return nil
	}
	sample, err := p.sample(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bounds, p.ready = chooseBounds(sample, p.asked, p.compare), true
	if p.ordinals != nil {
		p.ordinalBounds = make([]uint64, len(p.bounds))
		p.ordinals(keyColumn{unsafe.Pointer(unsafe.SliceData(p.bounds)), unsafe.Sizeof(*new(K)), len(p.bounds)}, p.ordinalBounds)
	}
	return nil
}

// The size of the sample, as in Spark: 20 keys a range (at most a million), and three times that many in all, because
// partitions are rarely of one size.
const (
	samplePerRange = 20
	sampleFactor   = 3
	maxSample      = 1_000_000
)

// sampleKeys takes a reservoir sample of each partition; the seed is the partition's index, so that it repeats.
func sampleKeys[K, V any](ctx context.Context, r *RDD[Pair[K, V]], n int) ([]weightedKey[K], error) {
	parts, err := anyRDD{r.node}.listed(ctx)
	if err != nil || parts == 0 {
		return nil, err
	}
	each := int(math.Ceil(sampleFactor * math.Min(float64(n*samplePerRange), maxSample) / float64(parts)))
	type reservoir struct {
		keys []K
		seen int
	}
	found, kind := map[int]reservoir{}, kindOf[K]()
	err = runTasks(ctx, r.node, nil, func(tc *TaskContext, p Partition) (any, error) {
		var s reservoir
		random := rand.New(rand.NewPCG(0x9e3779b97f4a7c15, uint64(tc.Partition())))
		skip := reservoirSkip(random, each)
		next := each - 1 + skip() // the position of the next element to be drawn
		for chunk, err := range typed[Pair[K, V]](watchedChunks(tc, r.elements, anyRDD{r.node}.chunks(tc, p))) {
			if err != nil {
				return s, err
			}
			for i := len(s.keys); i < each && i-s.seen < len(chunk); i++ {
				s.keys = append(s.keys, kind.keep(chunk[i-s.seen].Key))
			}
			for ; next < s.seen+len(chunk); next += skip() {
				s.keys[random.IntN(each)] = kind.keep(chunk[next-s.seen].Key)
			}
			s.seen += len(chunk)
		}
		return s, nil
	}, taking(func(p int, s reservoir) bool { found[p] = s; return true }), nil)
	var sample []weightedKey[K]
	for _, s := range inOrder(found) {
		for _, k := range s.keys {
			sample = append(sample, weightedKey[K]{k, float64(s.seen) / float64(len(s.keys))})
		}
	}
	return sample, err
}

// reservoirSkip gives the distances between the elements that a reservoir of n draws after its first n (Li's algorithm L).
func reservoirSkip(random *rand.Rand, n int) func() int {
	w := math.Exp(math.Log(1-random.Float64()) / float64(n))
	return func() int {
		skip := math.Floor(math.Log(1-random.Float64())/math.Log1p(-w)) + 1
		w *= math.Exp(math.Log(1-random.Float64()) / float64(n))
		return int(min(skip, math.MaxInt32))
	}
}

// chooseBounds cuts the sample into n ranges of about equal weight; a bound is the largest key of its range.
func chooseBounds[K any](sample []weightedKey[K], n int, compare func(a, b K) int) []K {
	slices.SortStableFunc(sample, func(a, b weightedKey[K]) int { return compare(a.key, b.key) })
	total := 0.0
	for _, s := range sample {
		total += s.weight
	}
	step, reached, target := total/float64(n), 0.0, total/float64(n)
	var bounds []K
	for _, s := range sample {
		if len(bounds) == n-1 {
			break
		}
		reached += s.weight
		if reached < target {
			continue
		}
		if len(bounds) == 0 || compare(s.key, bounds[len(bounds)-1]) > 0 {
			bounds = append(bounds, s.key)
			target += step
		}
	}
	return bounds
}
