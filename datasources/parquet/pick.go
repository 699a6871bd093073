package parquet

import (
	"errors"
	"unsafe"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
)

// picks says whether values of the current page can be read one by one.
func (s *source[T]) picks() bool {
	var z T
	switch any(z).(type) {
	case byte:
		return false
	case columnar.View:
		return s.coded || s.leaf.physical == format.ByteArray && s.lengths == nil
	}
	return true
}

// pickPiece reads the values of the wanted rows, all of which lie in a piece without NULLs, and passes over the others.
func (c *flat[T]) pickPiece(b *batch[T], at piece, wanted []int32) error {
	switch {
	case len(wanted) == 0:
		return c.skipValues(at.k)
	case b.codes != nil:
		return c.pickCodes(b.codes, at, wanted)
	case c.coded:
		codes := c.space(at.n)
		if err := c.pickCodes(codes, at, wanted); err != nil {
			return err
		}
		c.gatherAt(b.vals, codes, wanted)
		return nil
	}
	if views, ok := any(b.vals).([]columnar.View); ok {
		return c.pickViews(views, at, wanted)
	}
	if words, ok := any(b.vals).([]int64); ok && c.leaf.physical == format.FixedLenByteArray {
		return c.pickWords(words, at, wanted)
	}
	var z T
	size := int(unsafe.Sizeof(z))
	if at.k*size > len(c.plain) {
		return errCut
	}
	base := unsafe.Pointer(unsafe.SliceData(c.plain))
	for _, r := range wanted {
		b.vals[r] = *(*T)(unsafe.Add(base, (int(r)-at.done)*size))
	}
	c.plain = c.plain[at.k*size:]
	return nil
}

// pickCodes reads the dictionary codes of the wanted rows of a piece.
func (s *source[T]) pickCodes(codes []int32, at piece, wanted []int32) error {
	if err := s.codes.pick(codes, at.done, at.k, wanted); err != nil {
		return err
	}
	most := uint32(0)
	for _, r := range wanted {
		most = max(most, uint32(codes[r]))
	}
	if int(most) >= len(s.dict) {
		return errors.New("a dictionary code is outside of its dictionary")
	}
	return nil
}

// gatherAt looks the codes of the wanted rows up in the dictionary.
func (s *source[T]) gatherAt(dst []T, codes, wanted []int32) {
	dict := s.dict
	if views, ok := any(dst).([]columnar.View); ok {
		base := s.dictBase()
		table := any(dict).([]columnar.View)
		for _, r := range wanted {
			v := table[codes[r]]
			if v.Length > columnar.InlineLen {
				v.Buffer += base
			}
			views[r] = v
		}
		return
	}
	for _, r := range wanted {
		dst[r] = dict[codes[r]]
	}
}

// pickViews walks over the byte arrays of a piece, each of which stands after its length, and takes those that are wanted.
func (s *source[T]) pickViews(dst []columnar.View, at piece, wanted []int32) error {
	index, base := s.buffer()
	start := unsafe.Pointer(unsafe.SliceData(base))
	size := uint64(len(base))
	off := size - uint64(len(s.plain))
	for i := range at.k {
		if off+4 > size {
			return errCut
		}
		n := *(*uint32)(unsafe.Add(start, off))
		off += 4
		if off+uint64(n) > size {
			return errCut
		}
		if len(wanted) > 0 && int(wanted[0]) == at.done+i {
			(*viewWords)(unsafe.Pointer(&dst[wanted[0]])).view(unsafe.Add(start, off), n, index, uint32(off))
			wanted = wanted[1:]
		}
		off += uint64(n)
	}
	s.plain = base[off:]
	return nil
}

// skipValues passes over the next n values of the page.
func (s *source[T]) skipValues(n int) error {
	if s.coded {
		return s.codes.skip(n)
	}
	var z T
	switch any(z).(type) {
	case byte, columnar.View:
		return s.skipEach(n)
	}
	size := n * int(unsafe.Sizeof(z))
	if s.leaf.physical == format.FixedLenByteArray {
		size = n * s.leaf.length
	}
	if size > len(s.plain) {
		return errCut
	}
	s.plain = s.plain[size:]
	return nil
}

// skipEach passes over values whose places are known only by decoding those before them.
func (s *source[T]) skipEach(n int) error {
	if s.picks() {
		return s.pickViews(nil, piece{k: n}, nil)
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

// space is room for n codes.
func (s *source[T]) space(n int) []int32 {
	if cap(s.codeSpace) < n {
		s.codeSpace = make([]int32, max(n, columnar.BatchRows))
	}
	return s.codeSpace[:n]
}
