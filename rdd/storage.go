package rdd

import "iter"

// iterateStored streams a partition of a persisted RDD from its block, or computes and stores it. Of the tasks of an
// executor only one computes a block, the others wait for it.
func (r *RDD[T]) iterateStored(tc *TaskContext, p Partition, k *persistence) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		id := blockID{r.id, p.Index()}
		for {
			b, claim, err := r.sc.findOrClaim(tc, id)
			switch {
			case err != nil:
				yield(*new(T), err)
				return
			case b == nil:
				u := newUnrolling(tc, r.sc, k.blocks, k.level, k.coder.(*blockCoder[T]), id)
				u.claim = claim
				u.run(r.source.Load().compute(tc, p), yield)
				return
			}
			if readBlock(tc, b, yield) {
				return
			}
		}
	}
}

// readBlock streams a pinned block, and unpins it. It is false, with nothing yielded, when the block turned out to be
// damaged: it is gone from its store then, and must be computed.
func readBlock[T any](tc *TaskContext, b *storedBlock, yield func(T, error) bool) (read bool) {
	defer b.unpin()
	k := b.coder.(*blockCoder[T])
	form := b.form()
	switch {
	case form.values != nil:
		for _, v := range form.values.([]T) {
			if !yield(v, nil) {
				return true
			}
		}
	case form.chunks != nil:
		k.decodeAll(form.chunks, yield)
	default:
		if err := form.disk.verify(); err != nil {
			b.store.discard(b, err)
			return false
		}
		readDisk(tc, b, form.disk, k, yield)
	}
	return true
}

// readDisk streams a block that is only on disk, and puts it back into memory when its level says so and there is room.
func readDisk[T any](tc *TaskContext, b *storedBlock, d *diskBlock, k *blockCoder[T], yield func(T, error) bool) {
	in := readDiskBlock(d, k.codec)
	if !b.level.UseMemory() || b.store != tc.executor.blocks {
		for v, err := range in {
			if err != nil {
				b.store.discard(b, err) // it was verified a moment ago; the next attempt computes it
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
		return
	}
	u := newUnrolling(tc, b.store.sc, b.owner, b.level, k, b.id)
	u.again = b
	u.run(in, yield)
}
