package parquet

import (
	"slices"

	"github.com/gosql-engine/gosql/columnar"
)

// column reads one column of a row group, rows after rows.
type column interface {
	// read returns the next n rows, which the row group has. Of those only the ones in wanted need their values, where that is not nil.
	// The vector is borrowed from p, or owned if p is nil.
	read(p *columnar.Pool, n int, wanted []int32) (columnar.Vector, error)
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
	behind    int             // rows to pass over before the next read
}

func newFlat[T physical](c *chunk, convert converter[T]) *flat[T] {
	f := &flat[T]{source: newSource[T](c), convert: convert, keepDict: maxDict}
	c.reuse = true
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
	set   int  // rows that are not NULL
	part  bool // some values are left out: they are zero
}

func (c *flat[T]) read(p *columnar.Pool, n int, wanted []int32) (columnar.Vector, error) {
	c.release() // the batch before is not looked at any more
	if p == nil {
		defer c.forget()
	}
	if err := c.catchUp(); err != nil {
		return nil, err
	}
	c.resetBuffers()
	b := batch[T]{part: wanted != nil}
	for done := 0; done < n; {
		if c.page.left == 0 {
			if err := c.advance(); err != nil {
				return nil, err
			}
		}
		k := min(n-done, c.page.left)
		m, err := c.readValid(&b, p, done, k, n)
		if err == nil {
			err = c.readPiece(&b, p, piece{done, k, m, n}, wanted)
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
		v, err := c.convert(p, b.vals, b.valid, c.bufs)
		if s, ok := v.(*columnar.Strings); ok && p != nil {
			s.Lease = c.lend()
		}
		return v, err
	}
	if c.converted == nil {
		var err error
		if c.converted, err = c.convert(nil, c.dict, nil, c.dictBufs); err != nil {
			return nil, err
		}
	}
	return &columnar.Dict{Codes: b.codes, Values: c.converted, Valid: b.valid, Lent: p != nil}, nil
}

func (c *flat[T]) close() {
	c.pageKept = false
	c.release()
	c.chunk.close()
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

// piece is the part of a batch of n rows that comes from one page: k rows from row done on, m of which are not NULL.
type piece struct{ done, k, m, n int }

// sparse is how many times fewer rows must be wanted for them to be read one by one.
const sparse = 4

// readPiece reads the values of a piece. Where there are no NULLs, so that rows are values, and few rows are wanted, it reads only those.
func (c *flat[T]) readPiece(b *batch[T], p *columnar.Pool, at piece, wanted []int32) error {
	coded := c.coded && len(c.dict) > 0 && len(c.dict) <= c.keepDict && b.vals == nil
	b.alloc(p, at.n, coded)
	if !coded && b.codes != nil {
		c.gather(b.vals[:at.done], b.codes[:at.done])
		b.codes = nil
	}
	if wanted != nil && at.m == at.k && c.picks() {
		lo, _ := slices.BinarySearch(wanted, int32(at.done))
		hi, _ := slices.BinarySearch(wanted, int32(at.done+at.k))
		if (hi-lo)*sparse <= at.k {
			return c.pickPiece(b, at, wanted[lo:hi])
		}
	}
	lo, mid, hi := at.done, at.done+at.m, at.done+at.k
	if b.codes != nil {
		if err := c.readCodes(b.codes[lo:mid]); err != nil {
			return err
		}
		expand(b.codes[lo:hi], at.m, b.valid, lo)
		return nil
	}
	if err := c.values(b.vals[lo:mid]); err != nil {
		return err
	}
	expand(b.vals[lo:hi], at.m, b.valid, lo)
	return nil
}

// alloc makes room for n codes or values.
func (b *batch[T]) alloc(p *columnar.Pool, n int, coded bool) {
	switch {
	case coded && b.codes == nil:
		b.codes = columnar.Alloc[int32](p, n)
		if b.part {
			clear(b.codes)
		}
	case !coded && b.vals == nil:
		b.vals = allocValues[T](p, n)
		if b.part {
			clear(b.vals)
		}
	}
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

// skip only notes the rows: whole pages among them need not be decompressed, and those at the end of a row group not be read.
func (c *flat[T]) skip(n int) error {
	c.behind += n
	return nil
}

// catchUp passes over the rows that are behind.
func (c *flat[T]) catchUp() error {
	for c.behind > 0 {
		if c.page.left == 0 {
			passed, err := c.advanceOrPass(c.behind)
			if err != nil {
				return err
			}
			if c.behind -= passed; passed > 0 {
				continue
			}
		}
		k := min(c.behind, c.page.left)
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
		c.behind -= k
	}
	return nil
}
