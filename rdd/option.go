package rdd

import "context"

// Option adjusts one transformation or action; which options it heeds is said where it is documented. Options that do
// not concern an operation are ignored by it.
type Option func(*settings)

// settings is what Options set.
type settings struct {
	name        string
	partitions  int
	partitioner Partitioner
	locations   func(Partition) []string
	determinacy Determinacy
	preserves   bool
	codec       typedCodec
	tag         string
	group       string
	description string
	pool        string
	scope       context.Context
	descending  bool
	shuffled    bool
	coalescer   PartitionCoalescer
	minSplit    int64
	blockSize   int64
	recursive   bool

	finalOnExecutor bool
	prefetch        bool
	compression     string
}

// newSettings applies opts in order; later ones win.
func newSettings(opts []Option) settings {
	var s settings
	for _, o := range opts {
		o(&s)
	}
	return s
}

// Named gives the RDD a name for debug strings and events.
func Named(name string) Option { return func(s *settings) { s.name = name } }

// NumPartitions sets how many partitions a shuffle writes; without it a shuffle by key follows the partitioner of a
// parent that has one, and otherwise makes as many as the Context's parallelism.
func NumPartitions(n int) Option { return func(s *settings) { s.partitions = n } }

// PartitionedBy sets the partitioner of a shuffle, or states the one that an RDD made by New or MapPartitions has.
func PartitionedBy(p Partitioner) Option { return func(s *settings) { s.partitioner = p } }

// PreservesPartitioning states that a MapPartitions leaves every key in its partition, so that the parent's
// partitioner still holds.
func PreservesPartitioning() Option { return func(s *settings) { s.preserves = true } }

// PreferredLocations states where the partitions of an RDD made by New are best computed.
func PreferredLocations(f func(p Partition) []string) Option {
	return func(s *settings) { s.locations = f }
}

// WithDeterminacy states that computing a partition again may give something else; it can only worsen what the
// parents have.
func WithDeterminacy(d Determinacy) Option { return func(s *settings) { s.determinacy = d } }

// Encoding sets the codec by which elements go to disk: shuffle blocks, cached blocks, result blocks. Its element type
// must be that of what is written (for a shuffle by key, the Pair of key and combined value).
func Encoding[T any](c Codec[T]) Option { return func(s *settings) { s.codec = codecBox[T]{c} } }

// Tag marks an action: its jobs, stages and tasks carry the tag in their events, so that a listener can tell whose
// they are.
func Tag(tag string) Option { return func(s *settings) { s.tag = tag } }

// ReleaseWhenDone has the outputs of a shuffle released when ctx is done: for a query, whose shuffles nobody will read
// again. Without it they stay until their lineage is garbage, which in a session of many queries takes memory from the
// later ones meanwhile.
func ReleaseWhenDone(ctx context.Context) Option { return func(s *settings) { s.scope = ctx } }

// Descending makes SortBy and SortByKey sort from the largest key to the smallest.
func Descending() Option { return func(s *settings) { s.descending = true } }

// typedCodec hides the element type of a Codec inside settings.
type typedCodec interface{ element() }

// codecBox is a Codec under a type that settings can hold; codecFor takes it out again.
type codecBox[T any] struct{ codec Codec[T] }

func (codecBox[T]) element() {}

// codecFor takes the codec of the options when it is one for T, and nil when none was given.
func codecFor[T any](s settings) Codec[T] {
	if b, ok := s.codec.(codecBox[T]); ok {
		return b.codec
	}
	return nil
}
