package parquet

import (
	"encoding/binary"

	"github.com/parquet-go/parquet-go/format"

	"github.com/gosql-engine/gosql/columnar"
)

// Arrow-based writers and others store decimals of up to 18 digits in byte arrays of a fixed length, most significant byte first. Those of up
// to 8 bytes are decoded to integers at once.

// bigEndian says whether a leaf's values, of type t, are such decimals.
func (l *leaf) bigEndian(t columnar.Type) bool {
	return l.physical == format.FixedLenByteArray && l.length > 0 && l.length <= 8 && t.Kind == columnar.Decimal && t.Layout() == columnar.LayoutInt64
}

// word is the value of n bytes at the beginning of src, which goes on to 8.
func word(src []byte, n int) int64 {
	return int64(binary.BigEndian.Uint64(src)) >> (uint(64-8*n) & 63)
}

// decodeWords takes the next values of a fixed length off the page.
func (s *source[T]) decodeWords(dst []int64) error {
	n := s.leaf.length
	if len(dst)*n > len(s.plain) {
		return errCut
	}
	src := s.plain[: len(s.plain)+8 : len(s.plain)+slack]
	for i := range dst {
		dst[i] = word(src[i*n:], n)
	}
	s.plain = s.plain[len(dst)*n:]
	return nil
}

// pickWords takes those of the wanted rows of a piece.
func (s *source[T]) pickWords(dst []int64, at piece, wanted []int32) error {
	n := s.leaf.length
	if at.k*n > len(s.plain) {
		return errCut
	}
	src := s.plain[: len(s.plain)+8 : len(s.plain)+slack]
	for _, r := range wanted {
		dst[r] = word(src[(int(r)-at.done)*n:], n)
	}
	s.plain = s.plain[at.k*n:]
	return nil
}
