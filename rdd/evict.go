package rdd

// evictable is how many bytes evict could free at most.
func (s *blockStore) evictable(except int) (n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for e := s.order.Front(); e != nil; e = e.Next() {
		if b := e.Value.(*storedBlock); b.evictable(except) {
			n += b.memory
		}
	}
	return n
}

// evictable tells whether the memory of a block can be had: it holds some, nobody reads it, and it is not of the RDD that
// is being stored, whose blocks would only chase each other out. The store's mu is held.
func (b *storedBlock) evictable(except int) bool {
	return b.memory > 0 && b.pins == 0 && !b.moving && b.id.rdd != except
}

// evictStored frees the memory of cached blocks, the least recently used of each executor first, until want bytes are
// free.
func (sc *Context) evictStored(want int64) (freed int64) {
	for _, s := range sc.stores() {
		if freed >= want {
			break
		}
		freed += s.evict(want-freed, noRDD)
	}
	return freed
}

// noRDD is no RDD's id.
const noRDD = -1

// evict frees the memory of least recently used blocks, except those of one RDD, until want bytes are free. Blocks whose
// level has disk go there; the others are gone.
func (s *blockStore) evict(want int64, except int) (freed int64) {
	s.mu.Lock()
	var victims []*storedBlock
	var sum int64
	for e := s.order.Front(); e != nil && sum < want; e = e.Next() {
		if b := e.Value.(*storedBlock); b.evictable(except) {
			b.moving = true
			b.pins++ // what it holds must not go while it is written
			victims = append(victims, b)
			sum += b.memory
		}
	}
	s.mu.Unlock()
	for _, b := range victims {
		freed += s.evictBlock(b)
	}
	return freed
}

// evictBlock frees the memory of one block that is marked as moving. A block that cannot be written is given up, as it
// can be computed again.
func (s *blockStore) evictBlock(b *storedBlock) (freed int64) {
	f := b.form()
	written := f.disk
	if b.level.UseDisk() && written == nil {
		written, _ = b.write(f)
	}
	s.mu.Lock()
	memory := b.memory
	b.moving = false
	b.pins--
	unneeded := written
	if !b.gone {
		if written != nil {
			b.disk, b.strip, unneeded = written, true, nil
		} else if e := s.blocks[b.id]; e != nil {
			s.order.Remove(e)
			delete(s.blocks, b.id)
			b.gone = true
		}
	}
	free := b.settle()
	freed = memory - b.memory
	onDisk := !b.gone
	s.mu.Unlock()
	free()
	if unneeded != f.disk {
		unneeded.remove() // dropped while it was written
	}
	if onDisk {
		s.tell(b)
	} else {
		s.tellGone(b, nil)
	}
	return freed
}

// write makes the disk form of a block in memory.
func (b *storedBlock) write(f blockForm) (*diskBlock, error) {
	return writeDisk(b.store.sc, b.coder, func(w *diskWriter) error {
		if f.chunks != nil {
			return w.addChunks(f.chunks)
		}
		return w.add(f.values)
	})
}

// tell announces a block as it is now.
func (s *blockStore) tell(b *storedBlock) {
	if !s.sc.events.wanted() {
		return
	}
	s.mu.Lock()
	e := &BlockUpdated{RDD: b.id.rdd, Partition: b.id.partition, Executor: s.ex.id, Level: b.level,
		MemoryBytes: b.memory, DiskBytes: b.disk.size()}
	s.mu.Unlock()
	s.sc.events.tell(e)
}

// tellGone announces that a block is not there any more.
func (s *blockStore) tellGone(b *storedBlock, cause error) {
	if s.sc.events.wanted() {
		s.sc.events.tell(&BlockUpdated{RDD: b.id.rdd, Partition: b.id.partition, Executor: s.ex.id, Err: cause})
	}
}
