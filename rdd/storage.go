package rdd

// storedChunks streams a partition of a persisted RDD from its block, or computes and stores it. Of the tasks of an
// executor only one computes a block, the others wait for it.
func (n anyRDD) storedChunks(tc *TaskContext, p Partition, k *persistence) anyChunks {
	return func(yield func(any, error) bool) {
		id := blockID{n.id, p.Index()}
		for {
			b, claim, err := n.sc.findOrClaim(tc, id)
			switch {
			case err != nil:
				yield(nil, err)
				return
			case b == nil:
				u := newUnrolling(tc, k.blocks, k.level, k.coder, id)
				u.claim = claim
				u.run(n.compute(tc, p), yield)
				return
			}
			if b.read(tc, yield) {
				return
			}
		}
	}
}

// read streams a pinned block, and unpins it. It is false, with nothing yielded, when the block turned out to be
// damaged: it is gone from its store then, and must be computed.
func (b *storedBlock) read(tc *TaskContext, yield func(any, error) bool) (read bool) {
	defer b.unpin()
	form := b.form()
	switch {
	case form.values != nil:
		inParts(b.coder, form.values, yield)
	case form.chunks != nil:
		form.chunks.decodeAll(b.coder, yield)
	default:
		if err := form.disk.verify(); err != nil {
			b.store.discard(b, err)
			return false
		}
		b.readDisk(tc, form.disk, yield)
	}
	return true
}

// readDisk streams a block that is only on disk, and puts it back into memory when its level says so and there is room.
func (b *storedBlock) readDisk(tc *TaskContext, d *diskBlock, yield func(any, error) bool) {
	in := readBucket(d.file, 0, b.coder, nil)
	if !b.level.UseMemory() || b.store != tc.executor.blocks {
		for chunk, err := range in {
			if err != nil {
				b.store.discard(b, err) // it was verified a moment ago; the next attempt computes it
			}
			if !yield(chunk, err) || err != nil {
				return
			}
		}
		return
	}
	u := newUnrolling(tc, b.owner, b.level, b.coder, b.id)
	u.again = b
	u.run(in, yield)
}
