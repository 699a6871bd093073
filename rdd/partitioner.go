package rdd

// Partitioner says into how many partitions keys go. Typed ones also say where each key goes: KeyPartitioner.
type Partitioner interface {
	// NumPartitions is the number of partitions.
	NumPartitions() int
	// SamePartitioning tells whether o puts every key where this one does, so that no shuffle is needed between them.
	SamePartitioning(o Partitioner) bool
}

// KeyPartitioner is a Partitioner for keys of type K.
type KeyPartitioner[K any] interface {
	Partitioner
	// Partition is the place of k, in [0, NumPartitions).
	Partition(k K) int
}
