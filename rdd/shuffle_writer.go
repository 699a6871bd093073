package rdd

import (
	"context"
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

// newShuffleWriter opens the writer of a map task of d: to memory first or, when files are forced, in the layout that
// Spark would choose. combined says that values were combined map-side.
func newShuffleWriter[T any](tc *TaskContext, d *ShuffleDependency, buckets int, kind *elementKind[T], codec Codec[T], combined bool) (*blockWriter[T], error) {
	w := newBlockWriter(tc, "shuffle", buckets, kind, codec)
	conf := &tc.job.sc.conf.shuffling
	if !conf.forceFiles {
		return w, nil
	}
	if err := d.needsCodec(codec != nil); err != nil {
		return nil, err
	}
	w.elements, _ = codec.(elementAppender[T])
	w.layout = chooseLayout(tc, d, w.holding, buckets, combined)
	return w, nil
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

// encode gives an element of the given size to the layout: by itself, or in blocks where the codec encodes no single
// ones.
func (w *blockWriter[T]) encode(bucket int, v T, size int64) (err error) {
	if w.elements != nil {
		if w.raw, err = w.elements.appendElement(w.raw[:0], &w.home); err != nil {
			return Permanent(err)
		}
		return w.layout.element(bucket, w.raw)
	}
	w.mem[bucket] = append(w.mem[bucket], v)
	if w.buffered += size; w.buffered >= minSpill || len(w.mem[bucket]) >= maxBatch {
		return w.encodeAll()
	}
	return nil
}

// encodeAll makes blocks of all that is buffered.
func (w *blockWriter[T]) encodeAll() (err error) {
	for bucket, vs := range w.mem {
		if len(vs) == 0 {
			continue
		}
		if w.raw, err = encodeBlock(w.raw[:0], vs, w.codec); err != nil {
			return err
		}
		if err := w.layout.block(bucket, w.raw); err != nil {
			return err
		}
		clear(vs)
		w.mem[bucket] = vs[:0]
	}
	w.buffered = 0
	return nil
}

// errForcedFiles says why a shuffle cannot be run although memory would do.
var errForcedFiles = errors.New("shuffle files are forced (spark.gosql.shuffle.memoryFirst=false)")

// needsCodec is the error of a shuffle that must write files and cannot.
func (d *ShuffleDependency) needsCodec(have bool) error {
	if have || !d.Parent.lineage().sc.conf.shuffling.forceFiles {
		return nil
	}
	cause := d.unencodable
	if cause == nil {
		cause = errors.New("no codec was given")
	}
	return Permanent(fmt.Errorf("shuffle %d of %s: %w, and %w", d.ID, d.element.name(), errForcedFiles, cause))
}

// planned adds the check of the codec to what prepare does, so that a shuffle which cannot be written fails before its
// first task.
func (d *ShuffleDependency) planned(have bool) {
	prepare := d.prepare
	d.prepare = func(ctx context.Context) error {
		if err := d.needsCodec(have); err != nil {
			return err
		}
		return prepare(ctx)
	}
}

// shuffleCodec is the codec given, or one derived from T; without either it leaves the reason in d.
func shuffleCodec[T any](d *ShuffleDependency, given Codec[T]) Codec[T] {
	if given != nil {
		return given
	}
	c, err := CodecOf[T]()
	if err != nil {
		d.unencodable = err
		return nil
	}
	return c
}
