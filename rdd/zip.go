package rdd

import (
	"context"
	"fmt"
)

// zippedPartitions lists the common indexes of parents that must have equally many partitions.
func zippedPartitions(a, b Lineage) func(ctx context.Context) ([]Partition, error) {
	return func(ctx context.Context) ([]Partition, error) {
		pa, err := a.Partitions(ctx)
		if err != nil {
			return nil, err
		}
		pb, err := b.Partitions(ctx)
		if err != nil {
			return nil, err
		}
		if len(pa) != len(pb) {
			return nil, fmt.Errorf("cannot zip RDDs with unequal numbers of partitions: %d and %d", len(pa), len(pb))
		}
		return PartitionRange(len(pa)), nil
	}
}
