package rdd

// replicate puts copies of a block on other executors until there are as many as its level asks for, or no executor is
// left. The executors are taken in turn from one that depends on the partition, so that copies spread evenly.
func (sc *Context) replicate(b *storedBlock) {
	want := b.level.Replication()
	if want == 1 {
		return
	}
	stores := sc.stores()
	have := 0
	for _, s := range stores {
		if s.has(b.id) {
			have++
		}
	}
	for i := range stores {
		s := stores[(b.id.partition+1+i)%len(stores)]
		if have >= want {
			return
		}
		if !s.ex.closed.Load() && !s.has(b.id) && sc.copyBlock(b, s) {
			have++
		}
	}
}

// copyBlock puts a copy of a pinned block, or one that nobody can drop, into another store.
func (sc *Context) copyBlock(b *storedBlock, to *blockStore) bool {
	c := &storedBlock{id: b.id, level: b.level, owner: b.owner, coder: b.coder, store: to}
	if !c.fill(b.form(), b.memoryBooked()) {
		return false
	}
	stored := to.put(c)
	c.unpin()
	return stored
}

// memoryBooked is what the block holds in memory.
func (b *storedBlock) memoryBooked() int64 {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	return b.memory
}

// fill gives c what another block holds: in memory when its store has room, else in a file when its level allows that.
// Values and heap bytes are never changed, so they are shared.
func (c *storedBlock) fill(f blockForm, memory int64) bool {
	if (f.values != nil || f.chunks != nil) && c.store.reserve(memory, c.id.rdd) {
		c.values, c.memory = f.values, memory
		if f.chunks != nil {
			c.chunks = &chunkList{mapped: f.chunks.mapped}
		}
		for i := 0; f.chunks != nil && i < len(f.chunks.pieces); i++ {
			if c.chunks.add(f.chunks.pieces[i]) != nil {
				c.chunks.free()
				c.store.release(memory)
				return false
			}
		}
		return true
	}
	if !c.level.UseDisk() {
		return false
	}
	var err error
	if f.values != nil || f.chunks != nil {
		c.disk, err = c.write(f)
	} else {
		c.disk, err = f.disk.copy(c.store.sc)
	}
	return err == nil
}

// copy makes another file of the same pieces; damage is found on the way.
func (d *diskBlock) copy(sc *Context) (*diskBlock, error) {
	return writeDisk(sc, nil, func(w *diskWriter) error {
		c, err := newBlockCursor(d.file, 0)
		defer c.close()
		for err == nil {
			var raw []byte
			if raw, err = c.next(); err == nil {
				err = w.file.add(0, raw)
			}
		}
		return endOfSpan(err)
	})
}

// replenish makes up for copies that were on a lost executor, where another copy is left
// (spark.storage.replication.proactive).
func (sc *Context) replenish(lost []*storedBlock) {
	if !sc.conf.storing.proactive {
		return
	}
	for _, l := range lost {
		if l.level.Replication() == 1 {
			continue
		}
		for _, s := range sc.stores() {
			if b := s.pin(l.id); b != nil {
				sc.replicate(b)
				b.unpin()
				break
			}
		}
	}
}

// count is the number of cached blocks.
func (s *blockStore) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.blocks)
}

// moveTo hands all blocks to another store, which belongs to an executor that stays; so no two stores ever move into one
// another. A block that the other has already is forgotten.
func (s *blockStore) moveTo(to *blockStore) (moved int) {
	s.mu.Lock()
	ids := make([]blockID, 0, len(s.blocks))
	for e := s.order.Front(); e != nil; e = e.Next() {
		ids = append(ids, e.Value.(*storedBlock).id)
	}
	s.mu.Unlock()
	for _, id := range ids {
		if s.handOver(id, to) {
			moved++
			continue
		}
		b := s.pin(id) // somebody reads it, and goes on reading this one
		if b == nil {
			continue
		}
		if !to.has(id) && s.sc.copyBlock(b, to) {
			moved++
		}
		s.take(func(o *storedBlock) bool { return o == b }, nil)
		b.unpin()
	}
	return moved
}

// handOver moves a block that nobody uses, with the memory it is booked on.
func (s *blockStore) handOver(id blockID, to *blockStore) bool {
	s.mu.Lock()
	to.mu.Lock()
	e, ok := s.blocks[id]
	var b, c *storedBlock
	if ok {
		b = e.Value.(*storedBlock)
		_, twice := to.blocks[id]
		ok = !twice && b.pins == 0 && !b.moving && !to.ex.lost.Load()
	}
	if ok {
		c = &storedBlock{id: id, level: b.level, owner: b.owner, coder: b.coder, store: to,
			values: b.values, chunks: b.chunks, memory: b.memory, disk: b.disk}
		b.values, b.chunks, b.memory, b.disk = nil, nil, 0, nil
		s.remove(e)
		to.blocks[id] = to.order.PushBack(c)
	}
	to.mu.Unlock()
	s.mu.Unlock()
	if ok {
		to.tell(c)
		s.tellGone(b, nil)
	}
	return ok
}
