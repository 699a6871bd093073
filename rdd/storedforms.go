package rdd

import "fmt"

// chunkList is a serialised block in memory: encoded pieces of some thousand elements each.
type chunkList struct {
	mapped bool // pieces are mappings outside Go's heap
	pieces [][]byte
}

// decodeAll streams the elements; false when the stream is over.
func (c *chunkList) decodeAll(coder chunkType, yield func(any, error) bool) bool {
	for _, raw := range c.pieces {
		chunk, err := coder.decode(raw, nil)
		if err != nil {
			yield(nil, fmt.Errorf("cannot decode a block: %w", err))
			return false
		}
		if !inParts(coder, chunk, yield) {
			return false
		}
	}
	return true
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
func (d *diskBlock) verify() error { return verifyBlocks(d.file, 1) }

// diskWriter fills a diskBlock.
type diskWriter struct {
	file  *blockFile
	coder chunkType
}

// newDiskWriter creates the file; without a coder it takes what is encoded already.
func newDiskWriter(sc *Context, coder chunkType) (*diskWriter, error) {
	f, err := newKeptFile(&sc.spill, "cached block")
	if err != nil {
		return nil, fmt.Errorf("cannot keep a block on disk: %w", err)
	}
	return &diskWriter{f, coder}, nil
}

// add writes elements.
func (w *diskWriter) add(chunk any) error { return appendBlock(w.file, 0, chunk, w.coder) }

// addChunks writes pieces that are encoded already.
func (w *diskWriter) addChunks(c *chunkList) error {
	for _, raw := range c.pieces {
		if err := w.file.add(0, raw); err != nil {
			return err
		}
	}
	return nil
}

// seal ends the file; if that fails there is none.
func (w *diskWriter) seal() (*diskBlock, error) {
	if err := w.file.seal(); err != nil {
		w.file.remove()
		return nil, fmt.Errorf("cannot keep a block on disk: %w", err)
	}
	return &diskBlock{w.file}, nil
}

// remove gives up.
func (w *diskWriter) remove() { w.file.remove() }

// writeDisk makes a block on disk of what fill writes.
func writeDisk(sc *Context, coder chunkType, fill func(w *diskWriter) error) (*diskBlock, error) {
	w, err := newDiskWriter(sc, coder)
	if err != nil {
		return nil, err
	}
	if err := fill(w); err != nil {
		w.remove()
		return nil, err
	}
	return w.seal()
}
