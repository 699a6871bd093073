package rdd

import "context"

// Lookup gives the values of one key in partition order: from its one partition when the partitioner is known, else
// from all. Keys are compared by this package's rules, so NaN is found. Of the options it heeds Tag.
func Lookup[K, V any](ctx context.Context, r *RDD[Pair[K, V]], key K, opts ...Option) (_ []V, err error) {
	defer recoverTask(&err) // a key without equality
	ops, home := keyOpsOf[K](), &key
	found := Values(r.Filter(func(kv Pair[K, V]) bool { return ops.same(&kv.Key, home) }))
	parts, err := homeOf(ctx, r, key)
	if err != nil {
		return nil, err
	}
	all, err := anyRDD{found.node}.collect(ctx, parts, opts)
	if err != nil {
		return nil, err
	}
	return all.([]V), nil
}

// homeOf is the partition that can hold key, or nil when any can.
func homeOf[K, V any](ctx context.Context, r *RDD[Pair[K, V]], key K) ([]int, error) {
	p, ok := r.Partitioner().(KeyPartitioner[K])
	if !ok {
		return nil, nil
	}
	if _, err := (anyRDD{r.node}).listed(ctx); err != nil {
		return nil, err
	}
	if lazy, ok := p.(preparedPartitioner); ok {
		if err := lazy.prepare(ctx); err != nil { // ranges are sampled by the first action, which may be this one
			return nil, err
		}
	}
	return []int{p.Partition(key)}, nil
}
