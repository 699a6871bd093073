package rdd

import (
	"errors"
	"fmt"
)

// fileLayout writes the output of a map task to files from the first element on. It sees what is encoded only, so that
// there is one of each kind, not one for every element type. A task uses either element or block throughout.
type fileLayout interface {
	// element adds one element as an elementAppender encodes it; enc stays the caller's.
	element(bucket int, enc []byte) error
	// block adds a block as a Codec encodes it; raw stays the caller's.
	block(bucket int, raw []byte) error
	// finish gives the files and how many bytes each bucket takes in them.
	finish() (diskBlocks, []int64, error)
}

// elementAppender is a Codec whose blocks are the number of elements as a varint and then the elements, so that they can
// be encoded one by one.
type elementAppender[T any] interface {
	appendElement(b []byte, v *T) ([]byte, error)
}

// prepareShuffle has the writer of a map task of d write to memory first or, when files are forced, in the layout that
// Spark would choose. combined says that values were combined map-side.
func prepareShuffle(tc *TaskContext, d *ShuffleDependency, w *blockWriter, combined bool) error {
	if !tc.job.sc.conf.shuffling.forceFiles {
		return nil
	}
	if err := d.needsCodec(); err != nil {
		return err
	}
	w.layout = chooseLayout(tc, d, w.holding, len(w.sizes.Bytes), combined)
	return nil
}

// chooseLayout follows Spark's rules.
func chooseLayout(tc *TaskContext, d *ShuffleDependency, h *holding, buckets int, combined bool) fileLayout {
	switch conf := &tc.job.sc.conf.shuffling; {
	case conf.hashManager:
		return newHashLayout(tc, d, buckets, conf.consolidate)
	case !combined && buckets <= conf.bypassThreshold:
		return newBypassLayout(tc, h, buckets)
	}
	return newSortLayout(tc, h, buckets)
}

// encode gives elements of the given size to the layout: by themselves, or in blocks where the codec encodes no single
// ones.
func (w *blockWriter) encode(buckets []int32, chunk any, size int64) (err error) {
	if !w.coder.encodesSingly() {
		w.coder.scatter(w.mem, buckets, chunk, &w.sizes)
		if w.buffered += size; w.buffered >= minSpill {
			return w.encodeAll()
		}
		return nil
	}
	w.coder.count(buckets, chunk, &w.sizes)
	for i, b := range buckets {
		if w.raw, err = w.coder.encodeElement(w.raw[:0], chunk, i); err != nil {
			return Permanent(err)
		}
		if err := w.layout.element(int(b), w.raw); err != nil {
			return err
		}
	}
	return nil
}

// encodeAll makes blocks of all that is buffered.
func (w *blockWriter) encodeAll() (err error) {
	for bucket := range w.sizes.Bytes {
		for part := range w.coder.parts(w.mem, bucket) {
			if w.raw, err = w.coder.encode(w.raw[:0], part); err != nil {
				return err
			}
			if err := w.layout.block(bucket, w.raw); err != nil {
				return err
			}
		}
		w.coder.clearBucket(w.mem, bucket)
	}
	w.buffered = 0
	return nil
}

// errForcedFiles says why a shuffle cannot be run although memory would do.
var errForcedFiles = errors.New("shuffle files are forced (spark.gosql.shuffle.memoryFirst=false)")

// needsCodec is the error of a shuffle that must write files and cannot.
func (d *ShuffleDependency) needsCodec() error {
	cause := d.coder.encodable()
	if cause == nil || !d.Parent.lineage().sc.conf.shuffling.forceFiles {
		return nil
	}
	return Permanent(fmt.Errorf("shuffle %d of %s: %w, and %w", d.ID, d.coder.name(), errForcedFiles, cause))
}
