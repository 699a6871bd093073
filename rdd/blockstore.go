package rdd

import (
	"container/list"
	"sync"
)

// blockID names a partition of a persisted RDD.
type blockID struct{ rdd, partition int }

// blockStore keeps the cached partitions of one executor (Spark's BlockManager and MemoryStore). A block that is being
// read is pinned: it is not evicted, and if it is dropped its memory and its file go with the last reader.
type blockStore struct {
	sc *Context
	ex *executor

	mu     sync.Mutex
	blocks map[blockID]*list.Element // of *storedBlock
	order  *list.List                // least recently used first
	claims map[blockID]*blockClaim

	broadcasts map[int64]*broadcastCopy // by id
}

// newBlockStore makes the empty store of an executor.
func newBlockStore(sc *Context, ex *executor) *blockStore {
	return &blockStore{sc: sc, ex: ex, blocks: map[blockID]*list.Element{}, order: list.New(), claims: map[blockID]*blockClaim{}}
}

// storedBlock is a kept partition, free of its element type: in memory as it is or as bytes, on disk, or both.
type storedBlock struct {
	id    blockID
	level StorageLevel
	owner *keptBlocks
	coder chunkType
	store *blockStore

	// Guarded by store.mu.
	values any        // []T
	chunks *chunkList // serialised, on the heap or off it
	memory int64      // booked for values or chunks
	disk   *diskBlock
	pins   int
	moving bool // somebody is writing it to disk
	gone   bool // taken out of the store: what it holds goes with the last pin
	strip  bool // its memory goes with the last pin
}

// blockForm is what a reader of a pinned block sees.
type blockForm struct {
	values any
	chunks *chunkList
	disk   *diskBlock
}

// form is the block as it is now; it stays readable while the block is pinned.
func (b *storedBlock) form() blockForm {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	return blockForm{b.values, b.chunks, b.disk}
}

// unpin ends reading.
func (b *storedBlock) unpin() {
	s := b.store
	s.mu.Lock()
	b.pins--
	free := b.settle()
	s.mu.Unlock()
	free()
}

// settle decides what an unpinned block gives up, and returns the function that does it without the lock. The store's
// mu is held.
func (b *storedBlock) settle() func() {
	if b.pins > 0 || !b.gone && !b.strip {
		return func() {}
	}
	chunks, memory, disk := b.chunks, b.memory, b.disk
	b.values, b.chunks, b.memory, b.strip = nil, nil, 0, false
	if !b.gone {
		disk = nil
	} else {
		b.disk = nil
	}
	return func() {
		chunks.free()
		disk.remove()
		b.store.release(memory)
	}
}

// blockClaim is the right of one task to compute a block; the others of the executor wait for its end.
type blockClaim struct {
	store *blockStore
	id    blockID
	done  chan struct{}
}

// release lets the tasks that wait look again. A nil claim, and one that was released, are fine.
func (c *blockClaim) release() {
	if c == nil {
		return
	}
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	if c.store.claims[c.id] == c {
		delete(c.store.claims, c.id)
		close(c.done)
	}
}

// findOrClaim gives the block, pinned, from the task's executor or another one; or the claim to compute it. It waits
// while another task of the executor computes it, unless this task holds memory which that one might be waiting for:
// then both compute it and there is neither block nor claim.
func (sc *Context) findOrClaim(tc *TaskContext, id blockID) (*storedBlock, *blockClaim, error) {
	near := tc.executor.blocks
	for {
		if b := near.pin(id); b != nil {
			return b, nil, nil
		}
		for _, s := range sc.stores() {
			if s == near {
				continue
			}
			if b := s.pin(id); b != nil {
				return b, nil, nil
			}
		}
		claim, mine := near.claim(id)
		if mine || tc.held > 0 {
			if !mine {
				claim = nil
			}
			return nil, claim, nil
		}
		if claim == nil {
			continue // it was stored a moment ago
		}
		select {
		case <-claim.done:
		case <-tc.ctx.Done():
			return nil, nil, tc.Err()
		}
	}
}

// claim gives the claim on a block, and whether it is the caller's; nil when the block is there by now.
func (s *blockStore) claim(id blockID) (c *blockClaim, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.blocks[id]; ok {
		return nil, false
	}
	if c, ok := s.claims[id]; ok {
		return c, false
	}
	c = &blockClaim{store: s, id: id, done: make(chan struct{})}
	s.claims[id] = c
	return c, true
}

// pin finds a block for a reader, who must unpin it, and makes it the most recently used.
func (s *blockStore) pin(id blockID) *storedBlock {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.blocks[id]
	if !ok {
		return nil
	}
	s.order.MoveToBack(e)
	b := e.Value.(*storedBlock)
	b.pins++
	return b
}

// has tells whether a block is there, without using it.
func (s *blockStore) has(id blockID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.blocks[id]
	return ok
}

// each calls f for the blocks of an RDD; f must be quick.
func (s *blockStore) each(rdd int, f func(*storedBlock)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, e := range s.blocks {
		if id.rdd == rdd {
			f(e.Value.(*storedBlock))
		}
	}
}

// put keeps a block whose memory is reserved, and pins it for the caller. A block that is there already, whose RDD is
// kept no more or whose executor is lost, is not stored, but stays readable until it is unpinned.
func (s *blockStore) put(b *storedBlock) (stored bool) {
	s.mu.Lock()
	b.pins++
	_, twice := s.blocks[b.id]
	stored = !twice && b.owner.live.Load() && !s.ex.lost.Load()
	if stored {
		s.blocks[b.id] = s.order.PushBack(b)
	} else {
		b.gone = true
	}
	s.mu.Unlock()
	if stored {
		s.tell(b)
	}
	return stored
}

// promote gives a pinned block on disk its form in memory, made by b, and gives what the caller is to read, pinned.
func (s *blockStore) promote(old, b *storedBlock) *storedBlock {
	s.mu.Lock()
	if old.gone || old.memory > 0 || old.values != nil || old.chunks != nil {
		b.gone, b.pins = true, b.pins+1
		s.mu.Unlock()
		return b
	}
	old.values, old.chunks, old.memory = b.values, b.chunks, b.memory
	old.pins++
	s.mu.Unlock()
	s.tell(old)
	return old
}

// discard removes a block that turned out to be damaged; the cause is told with its removal.
func (s *blockStore) discard(b *storedBlock, cause error) {
	s.take(func(o *storedBlock) bool { return o == b }, cause)
}

// dropRDD forgets the blocks of an RDD in all executors.
func (sc *Context) dropRDD(rdd int) {
	for _, s := range sc.stores() {
		s.take(func(b *storedBlock) bool { return b.id.rdd == rdd }, nil)
	}
}

// clear forgets all blocks, and lists them, and all copies of broadcast values.
func (s *blockStore) clear() []*storedBlock {
	s.dropCopies(func(int64) bool { return true })
	return s.take(func(*storedBlock) bool { return true }, nil)
}

// take removes the blocks that match; what they hold goes now, or with their last reader.
func (s *blockStore) take(match func(*storedBlock) bool, cause error) (gone []*storedBlock) {
	var free []func()
	s.mu.Lock()
	for e := s.order.Front(); e != nil; {
		next := e.Next()
		if b := e.Value.(*storedBlock); match(b) {
			free = append(free, s.remove(e))
			gone = append(gone, b)
		}
		e = next
	}
	s.mu.Unlock()
	for i, b := range gone {
		free[i]()
		s.tellGone(b, cause)
	}
	return gone
}

// remove takes one block out. s.mu is held; the result is to be called without it.
func (s *blockStore) remove(e *list.Element) func() {
	b := e.Value.(*storedBlock)
	s.order.Remove(e)
	delete(s.blocks, b.id)
	b.gone = true
	return b.settle()
}

// consumer is whom the memory manager books cached blocks on.
func (s *blockStore) consumer() Consumer { return Consumer{Owner: "cached RDDs", Storage: true} }

// release gives the memory of blocks back.
func (s *blockStore) release(n int64) {
	if n > 0 {
		s.sc.memory.Release(s.consumer(), n)
	}
}

// reserve claims n bytes for a block of an RDD, evicting blocks of other RDDs if it must and if that will do.
func (s *blockStore) reserve(n int64, rdd int) bool {
	for range 2 {
		if s.sc.memory.Acquire(s.sc.closing, s.consumer(), n) == nil {
			return true
		}
		u := s.sc.memory.Usage()
		short := n - (u.Limit - u.Execution - u.Storage)
		if short > 0 && !s.makeRoom(short, rdd) {
			return false
		}
	}
	return s.sc.memory.Acquire(s.sc.closing, s.consumer(), n) == nil
}

// makeRoom evicts blocks of other RDDs, those of this executor first, if all of want can be freed, and nothing if not.
func (s *blockStore) makeRoom(want int64, rdd int) bool {
	evictable := s.evictable(rdd)
	others := s.sc.stores()
	for _, o := range others {
		if o != s {
			evictable += o.evictable(rdd)
		}
	}
	if evictable < want {
		return false
	}
	freed := s.evict(want, rdd)
	for _, o := range others {
		if o != s && freed < want {
			freed += o.evict(want-freed, rdd)
		}
	}
	return freed >= want
}

// stores lists the block stores of the executors that are alive.
func (sc *Context) stores() []*blockStore {
	var all []*blockStore
	for _, e := range sc.executors.all() {
		if !e.lost.Load() {
			all = append(all, e.blocks)
		}
	}
	return all
}

// blockStored tells whether any executor has a block.
func (sc *Context) blockStored(id blockID) bool {
	for _, s := range sc.stores() {
		if s.has(id) {
			return true
		}
	}
	return false
}
