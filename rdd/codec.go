package rdd

import (
	"io"
	"iter"
)

// Codec turns elements into bytes and back, for what goes to disk. Safe for concurrent use.
type Codec[T any] interface {
	// Encode appends all of vs to w; what it writes must be self-contained.
	Encode(w io.Writer, vs []T) error
	// Decode streams what one Encode wrote, up to the end of r. Elements may be kept.
	Decode(r io.Reader) iter.Seq2[T, error]
}
