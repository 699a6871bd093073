package rdd

// Pair is a key and a value: the element of RDDs that can be shuffled by key.
type Pair[K, V any] struct {
	Key K
	Val V
}

// kind passes on what key and value know about themselves: a pair with a lent batch is lent, too.
func (Pair[K, V]) kind() any {
	k := new(elementKind[Pair[K, V]])
	keys, vals := kindOf[K](), kindOf[V]()
	if keys.retain != nil || vals.retain != nil {
		k.retain = func(p Pair[K, V]) Pair[K, V] { return Pair[K, V]{keys.keep(p.Key), vals.keep(p.Val)} }
	}
	if _, ok := any(*new(V)).(Sizer); ok {
		k.size = func(p *Pair[K, V]) (int64, int64) {
			n, _ := keys.size(&p.Key)
			bytes, rows := vals.size(&p.Val)
			return n + bytes, rows
		}
	} else {
		k.size, k.fixed = estimator[Pair[K, V]]()
	}
	return k
}

// KV makes a Pair.
func KV[K, V any](k K, v V) Pair[K, V] { return Pair[K, V]{k, v} }
