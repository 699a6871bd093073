package parquet

import (
	"github.com/gosql-engine/gosql/columnar"
)

// column reads one column of a row group, rows after rows.
type column interface {
	// read returns the next n rows, which the row group has. The vector is borrowed from p, or owned if p is nil.
	read(p *columnar.Pool, n int) (columnar.Vector, error)
	// skip passes over the next n rows.
	skip(n int) error
	close()
}

// converter makes the vector of a column's type of decoded values. It may keep vals, which are allocated from p; at NULL rows they
// are zero.
type converter[T physical] func(p *columnar.Pool, vals []T, valid columnar.Bitmap, bufs [][]byte) (columnar.Vector, error)

// The largest dictionaries that are handed on as such. Operators work on a dictionary once a batch, so that it must not have many
// more entries than a batch has rows; strings, which are dearer to hash and compare, may have more.
const (
	maxDict       = columnar.BatchRows
	maxStringDict = 2 * columnar.BatchRows
)

// flat reads a column that is neither nested nor repeated.
type flat[T physical] struct {
	*source[T]
	convert   converter[T]
	keepDict  int             // the largest dictionary to hand on
	converted columnar.Vector // the dictionary in the column's type
}

func newFlat[T physical](c *chunk, convert converter[T]) *flat[T] {
	f := &flat[T]{source: newSource[T](c), convert: convert, keepDict: maxDict}
	var z T
	if _, ok := any(z).(columnar.View); ok {
		f.keepDict = maxStringDict
	}
	return f
}

// batch is a batch of a flat column in the making: codes as long as all rows have some, else values.
type batch[T physical] struct {
	codes []int32
	vals  []T
	valid columnar.Bitmap
	set   int // rows that are not NULL
}

func (c *flat[T]) read(p *columnar.Pool, n int) (columnar.Vector, error) {
	c.resetBuffers()
	var b batch[T]
	for done := 0; done < n; {
		if c.page.left == 0 {
			if err := c.advance(); err != nil {
				return nil, err
			}
		}
		k := min(n-done, c.page.left)
		m, err := c.readValid(&b, p, done, k, n)
		if err == nil {
			err = c.readInto(&b, p, done, k, m, n)
		}
		if err != nil {
			return nil, err
		}
		b.set += m
		c.page.left -= k
		done += k
	}
	if b.set == n {
		b.valid = nil
	}
	if b.codes == nil {
		return c.convert(p, b.vals, b.valid, c.bufs)
	}
	if c.converted == nil {
		var err error
		if c.converted, err = c.convert(nil, c.dict, nil, c.dictBufs); err != nil {
			return nil, err
		}
	}
	return &columnar.Dict{Codes: b.codes, Values: c.converted, Valid: b.valid, Lent: p != nil}, nil
}

// resetBuffers starts a new list of buffers for the next batch's views: vectors that have been handed on keep theirs.
func (s *source[T]) resetBuffers() {
	switch {
	case s.pageBuf == 0 && len(s.bufs) == 1:
	case s.pageBuf >= 0 && len(s.bufs) > 0:
		s.bufs, s.pageBuf = [][]byte{s.bufs[s.pageBuf]}, 0
	default:
		s.bufs, s.pageBuf = nil, -1
	}
}

// readValid notes which of the next k rows, which go to row done and after, are NULL, and counts those that are not.
func (c *flat[T]) readValid(b *batch[T], p *columnar.Pool, done, k, n int) (int, error) {
	required := c.leaf.maxDef == 0
	if required || b.valid == nil && c.page.def.allSet(k) {
		if b.valid != nil {
			setBits(b.valid, done, done+k)
		}
		return k, nil
	}
	if b.valid == nil {
		b.valid = columnar.AllocBitmap(p, n)
		setBits(b.valid, 0, done)
	}
	return c.page.def.bitmap(b.valid, done, done+k)
}

// readInto reads the m values of the next k rows into rows done and after.
func (c *flat[T]) readInto(b *batch[T], p *columnar.Pool, done, k, m, n int) error {
	coded := c.coded && len(c.dict) > 0 && len(c.dict) <= c.keepDict
	if coded && b.vals == nil {
		if b.codes == nil {
			b.codes = columnar.Alloc[int32](p, n)
		}
		if err := c.readCodes(b.codes[done : done+m]); err != nil {
			return err
		}
		expand(b.codes[done:done+k], m, b.valid, done)
		return nil
	}
	if b.vals == nil {
		b.vals = allocValues[T](p, n)
		if b.codes != nil {
			c.gather(b.vals[:done], b.codes[:done])
			b.codes = nil
		}
	}
	if err := c.values(b.vals[done : done+m]); err != nil {
		return err
	}
	expand(b.vals[done:done+k], m, b.valid, done)
	return nil
}

// allocValues allocates from the pool what is the memory of a vector; the rest is small and rare.
func allocValues[T physical](p *columnar.Pool, n int) []T {
	var out any
	var z T
	switch any(z).(type) {
	case int32:
		out = columnar.Alloc[int32](p, n)
	case int64:
		out = columnar.Alloc[int64](p, n)
	case float32:
		out = columnar.Alloc[float32](p, n)
	case float64:
		out = columnar.Alloc[float64](p, n)
	case columnar.View:
		out = columnar.Alloc[columnar.View](p, n)
	default:
		return make([]T, n)
	}
	return out.([]T)
}

// expand moves the m values at the front of dst to the rows that are not NULL, of which there are as many; base is the row of
// dst[0] in valid. It goes backwards, so that no value is overwritten before it has moved.
func expand[T any](dst []T, m int, valid columnar.Bitmap, base int) {
	if m == len(dst) {
		return
	}
	var zero T
	for i := len(dst) - 1; i >= 0; i-- {
		if valid.Get(base + i) {
			m--
			dst[i] = dst[m]
		} else {
			dst[i] = zero
		}
	}
}

func (c *flat[T]) skip(n int) error {
	for n > 0 {
		if c.page.left == 0 {
			if err := c.advance(); err != nil {
				return err
			}
		}
		k := min(n, c.page.left)
		m := k
		if c.leaf.maxDef > 0 && !c.page.def.allSet(k) {
			space := columnar.NewBitmap(k)
			var err error
			if m, err = c.page.def.bitmap(space, 0, k); err != nil {
				return err
			}
		}
		if err := c.skipValues(m); err != nil {
			return err
		}
		c.page.left -= k
		n -= k
	}
	return nil
}

// skipValues passes over the next n values of the page.
func (s *source[T]) skipValues(n int) error {
	if s.coded {
		return s.codes.skip(n)
	}
	var space [64]T
	for n > 0 {
		k := min(n, len(space))
		if err := s.decodePlain(space[:k]); err != nil {
			return err
		}
		n -= k
	}
	return nil
}
