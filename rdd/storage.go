package rdd

import (
	"container/list"
	"iter"
	"sync"
)

// StorageLevel says where the partitions of a persisted RDD are kept.
type StorageLevel int32

const (
	// StorageNone keeps nothing.
	StorageNone StorageLevel = iota
	// MemoryOnly keeps partitions in memory; what does not fit is computed again when needed.
	MemoryOnly
)

// Persist has the partitions of r kept when they are first computed, and returns r. Lineage stays: a block that was
// evicted or lost is computed again.
func (r *RDD[T]) Persist(level StorageLevel) *RDD[T] {
	r.level.Store(int32(level))
	return r
}

// Cache is Persist(MemoryOnly).
func (r *RDD[T]) Cache() *RDD[T] { return r.Persist(MemoryOnly) }

// Unpersist drops the stored partitions and keeps none from now on.
func (r *RDD[T]) Unpersist() *RDD[T] {
	r.level.Store(int32(StorageNone))
	for _, e := range r.sc.executors.all() {
		e.blocks.dropRDD(r.id)
	}
	return r
}

// StorageLevel is what Persist set.
func (r *RDD[T]) StorageLevel() StorageLevel { return StorageLevel(r.level.Load()) }

// fullyStored tells whether every partition is in some block store, so that the parents need not be computed.
func (n *node) fullyStored(parts int) bool {
	if StorageLevel(n.level.Load()) == StorageNone {
		return false
	}
	for i := range parts {
		if n.sc.findBlock(blockID{n.id, i}, nil) == nil {
			return false
		}
	}
	return true
}

// blockID names a partition of a persisted RDD.
type blockID struct{ rdd, partition int }

// storedBlock is a kept partition, free of its element type.
type storedBlock struct {
	id     blockID
	values any // []T
	bytes  int64
}

// findBlock looks for a block in the executor first, then in all others, which stand in for a fetch over the network.
func (sc *Context) findBlock(id blockID, near *executor) *storedBlock {
	if near != nil {
		if b := near.blocks.get(id); b != nil {
			return b
		}
	}
	for _, e := range sc.executors.all() {
		if e != near && !e.lost.Load() {
			if b := e.blocks.get(id); b != nil {
				return b
			}
		}
	}
	return nil
}

// evictStored drops cached blocks, the least recently used of each executor first, until want bytes are free.
func (sc *Context) evictStored(want int64) (freed int64) {
	for _, e := range sc.executors.all() {
		if freed >= want {
			break
		}
		freed += e.blocks.evict(want-freed, -1)
	}
	return freed
}

// iterateStored streams a partition of a persisted RDD from its block, or computes and stores it.
func (r *RDD[T]) iterateStored(tc *TaskContext, p Partition) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		id := blockID{r.id, p.Index()}
		if b := r.sc.findBlock(id, tc.executor); b != nil {
			for _, v := range b.values.([]T) {
				if !yield(v, nil) {
					return
				}
			}
			return
		}
		r.computeAndStore(tc, p, id, yield)
	}
}

// computeAndStore unrolls the whole partition before its first element goes on, as Spark does: a consumer that stops
// early still leaves a full block. When the budget refuses, the elements so far go on and the rest streams past.
func (r *RDD[T]) computeAndStore(tc *TaskContext, p Partition, id blockID, yield func(T, error) bool) {
	store := tc.executor.blocks
	var kept []T
	var bytes int64
	home := new(T)
	storing := true
	for v, err := range r.compute(tc, p) {
		if err != nil {
			yield(v, err)
			return
		}
		if storing {
			*home = v
			n, _ := r.kind.size(home)
			if store.reserve(n, r.id) {
				kept = append(kept, r.kind.keep(v))
				bytes += n
				continue
			}
			storing = false
			store.release(bytes)
			for _, k := range kept {
				if !yield(k, nil) {
					return
				}
			}
			kept = nil
		}
		if !yield(v, nil) {
			return
		}
	}
	if !storing {
		return
	}
	store.put(&storedBlock{id, kept, bytes})
	for _, v := range kept {
		if !yield(v, nil) {
			return
		}
	}
}

// blockStore keeps the cached partitions of one executor, least recently used first in order.
type blockStore struct {
	sc *Context
	ex *executor

	mu     sync.Mutex
	blocks map[blockID]*list.Element // of *storedBlock
	order  *list.List
}

// newBlockStore makes the empty store of an executor.
func newBlockStore(sc *Context, ex *executor) *blockStore {
	return &blockStore{sc: sc, ex: ex, blocks: map[blockID]*list.Element{}, order: list.New()}
}

// consumer is whom the memory manager books cached blocks on.
func (s *blockStore) consumer() Consumer { return Consumer{Owner: "cached RDDs", Storage: true} }

// get finds a block and makes it the most recently used.
func (s *blockStore) get(id blockID) *storedBlock {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.blocks[id]
	if !ok {
		return nil
	}
	s.order.MoveToBack(e)
	return e.Value.(*storedBlock)
}

// reserve claims n bytes for a block of the RDD being stored, evicting blocks of other RDDs if it must.
func (s *blockStore) reserve(n int64, rdd int) bool {
	c := s.consumer()
	if s.sc.memory.Acquire(s.sc.closing, c, n) == nil {
		return true
	}
	if s.evict(n, rdd) < n {
		return false
	}
	return s.sc.memory.Acquire(s.sc.closing, c, n) == nil
}

// release gives the memory of blocks back.
func (s *blockStore) release(n int64) { s.sc.memory.Release(s.consumer(), n) }

// put keeps a block whose memory is reserved. Two tasks may have computed it at the same time: the first one stays.
func (s *blockStore) put(b *storedBlock) {
	s.mu.Lock()
	_, twice := s.blocks[b.id]
	lost := s.ex.lost.Load()
	if !twice && !lost {
		s.blocks[b.id] = s.order.PushBack(b)
	}
	s.mu.Unlock()
	if twice || lost {
		s.release(b.bytes)
		return
	}
	s.tell(b, b.bytes)
}

// evict drops least recently used blocks, except those of one RDD, until want bytes are free.
func (s *blockStore) evict(want int64, except int) (freed int64) {
	s.mu.Lock()
	var gone []*storedBlock
	for e := s.order.Front(); e != nil && freed < want; {
		next := e.Next()
		if b := e.Value.(*storedBlock); b.id.rdd != except {
			s.order.Remove(e)
			delete(s.blocks, b.id)
			gone = append(gone, b)
			freed += b.bytes
		}
		e = next
	}
	s.mu.Unlock()
	s.forget(gone)
	return freed
}

// forget gives back the memory of blocks that were taken out.
func (s *blockStore) forget(gone []*storedBlock) {
	for _, b := range gone {
		s.release(b.bytes)
		s.tell(b, 0)
	}
}

// dropRDD forgets all blocks of an RDD.
func (s *blockStore) dropRDD(rdd int) {
	s.take(func(b *storedBlock) bool { return b.id.rdd == rdd })
}

// clear forgets all blocks.
func (s *blockStore) clear() { s.take(func(*storedBlock) bool { return true }) }

// take removes the blocks that match.
func (s *blockStore) take(match func(*storedBlock) bool) {
	s.mu.Lock()
	var gone []*storedBlock
	for e := s.order.Front(); e != nil; {
		next := e.Next()
		if b := e.Value.(*storedBlock); match(b) {
			s.order.Remove(e)
			delete(s.blocks, b.id)
			gone = append(gone, b)
		}
		e = next
	}
	s.mu.Unlock()
	s.forget(gone)
}

// tell announces a block's new size; 0 says that it is gone.
func (s *blockStore) tell(b *storedBlock, bytes int64) {
	if s.sc.events.wanted() {
		s.sc.events.tell(&BlockUpdated{RDD: b.id.rdd, Partition: b.id.partition, Executor: s.ex.id, Bytes: bytes})
	}
}
