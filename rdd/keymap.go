package rdd

import (
	"context"
	"iter"
	"slices"
)

// KeyMap is a read-only map by this package's rules for keys: NaN equals NaN and −0 equals 0, at any depth of a struct.
// A Go map that holds a NaN cannot be asked for it. Safe for concurrent use.
type KeyMap[K, V any] struct{ table *table[K, V] }

// Get is the value of k.
func (m *KeyMap[K, V]) Get(k K) (v V, found bool) {
	if e := m.table.peek(&k); e != nil {
		return *e, true
	}
	return v, false
}

// Len is the number of keys.
func (m *KeyMap[K, V]) Len() int { return len(m.table.entries) }

// All gives the keys in the order in which they first came.
func (m *KeyMap[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for i := range m.table.entries {
			if e := &m.table.entries[i]; !yield(e.Key, e.Val) {
				return
			}
		}
	}
}

// peek is lookup for concurrent use: the caller has a home for the key.
func (t *table[K, C]) peek(k *K) *C {
	return t.lookupHashed(k, t.ops.hash(k))
}

// goMapOf is the same as a Go map.
func goMapOf[K comparable, V any](m *KeyMap[K, V]) map[K]V {
	vs := make(map[K]V, m.Len())
	for k, v := range m.All() {
		vs[k] = v
	}
	return vs
}

// keyMapOf makes a KeyMap of pairs; join combines the values of one key.
func keyMapOf[K, V any](pairs iter.Seq[Pair[K, V]], join func(a, b V) V) *KeyMap[K, V] {
	t := newTable[K, V](keyOpsOf[K]())
	for kv := range pairs {
		if v, fresh := t.find(kv.Key); fresh {
			*v = kv.Val
		} else {
			*v = join(*v, kv.Val)
		}
	}
	return &KeyMap[K, V]{t}
}

// CollectAsKeyMap collects pairs into a KeyMap; of several values of one key the last, in partition order, is kept. Of
// the options it heeds Tag.
func CollectAsKeyMap[K, V any](ctx context.Context, r *RDD[Pair[K, V]], opts ...Option) (*KeyMap[K, V], error) {
	pairs, err := r.Collect(ctx, opts...)
	if err != nil {
		return nil, err
	}
	return keyMapOf(slices.Values(pairs), func(_, last V) V { return last }), nil
}

// CollectAsMap collects pairs into a map; of several values of one key the last, in partition order, is kept. A key
// that is NaN, or holds one, has one entry, too, but only ranging over the map finds it; CollectAsKeyMap has not that
// flaw of Go's maps. Of the options it heeds Tag.
func CollectAsMap[K comparable, V any](ctx context.Context, r *RDD[Pair[K, V]], opts ...Option) (map[K]V, error) {
	m, err := CollectAsKeyMap(ctx, r, opts...)
	if err != nil {
		return nil, err
	}
	return goMapOf(m), nil
}

// ReduceByKeyLocally combines the values of each key by f, which must be associative, first in the tasks and then in
// the caller, without a shuffle; f sees the values in partition order. Where there are many keys ReduceByKey is
// better: here the tables of all partitions meet in the caller's memory. NaN keys are as for CollectAsMap. Of the
// options it heeds Tag.
func ReduceByKeyLocally[K comparable, V any](ctx context.Context, r *RDD[Pair[K, V]], f func(a, b V) V, opts ...Option) (map[K]V, error) {
	coder := coderFor[Pair[K, V]](settings{})
	c := Combiner[V, V]{Create: func(v V) V { return v }, Merge: f, Join: f}
	parts, err := MapPartitions(r, func(tc *TaskContext, in iter.Seq2[Pair[K, V], error]) iter.Seq2[Pair[K, V], error] {
		return scattered(combined(tc, gathered(in, r.kind), c, coder))
	}, Named("ReduceByKeyLocally")).Collect(ctx, opts...)
	if err != nil {
		return nil, err
	}
	return goMapOf(keyMapOf(slices.Values(parts), f)), nil
}

// CountByKey counts the elements of each key. NaN keys are as for CollectAsMap. Of the options it heeds NumPartitions,
// PartitionedBy and Tag.
func CountByKey[K comparable, V any](ctx context.Context, r *RDD[Pair[K, V]], opts ...Option) (map[K]int64, error) {
	ones := MapValues(r, func(V) int64 { return 1 })
	return CollectAsMap(ctx, ReduceByKey(ones, func(a, b int64) int64 { return a + b }, opts...), opts...)
}

// CountByValue counts the equal elements. NaN is as for CollectAsMap. Options as for CountByKey.
func CountByValue[T comparable](ctx context.Context, r *RDD[T], opts ...Option) (map[T]int64, error) {
	return CountByKey(ctx, Map(r, func(v T) Pair[T, struct{}] { return Pair[T, struct{}]{Key: v} }), opts...)
}
