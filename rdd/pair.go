package rdd

// Pair is a key and a value: the element of RDDs that can be shuffled by key.
type Pair[K, V any] struct {
	Key K
	Val V
}

// KV makes a Pair.
func KV[K, V any](k K, v V) Pair[K, V] { return Pair[K, V]{k, v} }
