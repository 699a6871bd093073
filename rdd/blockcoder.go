package rdd

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// valueCoder is a blockCoder without its element type.
type valueCoder interface {
	// write makes the disk form of values, a []T.
	write(sc *Context, values any) (*diskBlock, error)
}

// blockCoder turns the elements of blocks into bytes and back.
type blockCoder[T any] struct {
	codec Codec[T] // nil in levels that never need it
	kind  elementKind[T]
}

// encode makes bytes of some elements.
func (k *blockCoder[T]) encode(vs []T) ([]byte, error) {
	var b bytes.Buffer
	if err := k.codec.Encode(&b, vs); err != nil {
		return nil, fmt.Errorf("cannot encode a block: %w", err)
	}
	return b.Bytes(), nil
}

// decodeAll streams serialised elements; false when the stream is over.
func (k *blockCoder[T]) decodeAll(c *chunkList, yield func(T, error) bool) bool {
	for _, raw := range c.pieces {
		for v, err := range k.codec.Decode(bytes.NewReader(raw)) {
			if !yield(v, err) || err != nil {
				return false
			}
		}
	}
	return true
}

// write makes the disk form of values.
func (k *blockCoder[T]) write(sc *Context, values any) (*diskBlock, error) {
	w, err := newDiskWriter(sc, k.codec)
	if err != nil {
		return nil, err
	}
	vs := values.([]T)
	for at := 0; at < len(vs); at += chunkElements {
		if err := w.add(vs[at:min(at+chunkElements, len(vs))]); err != nil {
			w.remove()
			return nil, err
		}
	}
	return w.seal()
}

// chunkList is a serialised block in memory: encoded pieces of some thousand elements each.
type chunkList struct {
	mapped bool // pieces are mappings outside Go's heap
	pieces [][]byte
}

// add takes over a piece.
func (c *chunkList) add(raw []byte) error {
	if c.mapped {
		m, err := mapOffHeap(len(raw))
		if err != nil {
			return err
		}
		copy(m, raw)
		raw = m
	}
	c.pieces = append(c.pieces, raw)
	return nil
}

// free gives mappings back. Nobody may be reading them.
func (c *chunkList) free() {
	if c == nil {
		return
	}
	for _, m := range c.pieces {
		if c.mapped {
			unmapOffHeap(m)
		}
	}
	c.pieces = nil
}

// diskBlock is a block in a file: its pieces are the blocks of bucket 0 of a blockFile, each with its checksum.
type diskBlock struct{ file *blockFile }

// size is the length of the file; 0 without one.
func (d *diskBlock) size() int64 {
	if d == nil {
		return 0
	}
	return d.file.size()
}

// remove deletes the file, if there is one.
func (d *diskBlock) remove() {
	if d != nil {
		d.file.remove()
	}
}

// verify reads the whole file and compares its checksums, so that damage is found before the first element goes on.
func (d *diskBlock) verify() error {
	for _, err := range readFile(d.file, 0, rawCodec{}) {
		if err != nil {
			return err
		}
	}
	return nil
}

// readDiskBlock streams the elements of a block in a file.
func readDiskBlock[T any](d *diskBlock, codec Codec[T]) iter.Seq2[T, error] {
	return readFile(d.file, 0, codec)
}

// diskWriter fills a diskBlock.
type diskWriter[T any] struct {
	file  *blockFile
	codec Codec[T]
}

// newDiskWriter creates the file.
func newDiskWriter[T any](sc *Context, codec Codec[T]) (*diskWriter[T], error) {
	f, err := newKeptFile(&sc.spill, "cached block")
	if err != nil {
		return nil, fmt.Errorf("cannot keep a block on disk: %w", err)
	}
	return &diskWriter[T]{f, codec}, nil
}

// add writes some elements as a piece.
func (w *diskWriter[T]) add(vs []T) error { return appendBlock(w.file, 0, vs, w.codec) }

// addChunks writes pieces that are encoded already.
func (w *diskWriter[T]) addChunks(c *chunkList) error {
	for i := range c.pieces {
		if err := appendBlock(w.file, 0, c.pieces[i:i+1], rawCodec{}); err != nil {
			return err
		}
	}
	return nil
}

// seal ends the file; if that fails there is none.
func (w *diskWriter[T]) seal() (*diskBlock, error) {
	if err := w.file.seal(); err != nil {
		w.file.remove()
		return nil, fmt.Errorf("cannot keep a block on disk: %w", err)
	}
	return &diskBlock{w.file}, nil
}

// remove gives up.
func (w *diskWriter[T]) remove() { w.file.remove() }

// writeChunks makes the disk form of a serialised block.
func writeChunks(sc *Context, c *chunkList) (*diskBlock, error) {
	w, err := newDiskWriter[[]byte](sc, rawCodec{})
	if err != nil {
		return nil, err
	}
	if err := w.addChunks(c); err != nil {
		w.remove()
		return nil, err
	}
	return w.seal()
}

// rawCodec writes pieces that are encoded already, one at a time, as they are.
type rawCodec struct{}

// Encode writes the only piece of vs.
func (rawCodec) Encode(w io.Writer, vs [][]byte) error {
	if len(vs) != 1 {
		return errors.New("pieces are written one at a time")
	}
	_, err := w.Write(vs[0])
	return err
}

// Decode gives the piece.
func (rawCodec) Decode(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) { yield(io.ReadAll(r)) }
}
