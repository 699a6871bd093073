package parquet

import (
	"encoding/binary"
	"errors"
)

var errSnappy = errors.New("snappy data is damaged")

// decodeSnappy decompresses a block of snappy (the raw format, as pages have it) to dst, which has the block's length.
//
// Columns of numbers compress to tens of thousands of literals and copies of a few bytes each. What bounds their decoding is how long it
// takes from one element to know where the next one begins, and to guess its kind wrongly. runSnappy, in assembly where there is some, takes
// a short literal and the copy behind it out of one load, and tells the two short kinds of copy apart without a branch; everything rare, and
// the ends of the buffers, are left to stepSnappy.
func decodeSnappy(dst, block []byte) error {
	n, k := binary.Uvarint(block)
	if k <= 0 || n != uint64(len(dst)) {
		return errPageSize
	}
	src := block[k:]
	d, s := 0, 0
	for s < len(src) {
		if len(src)-s > snappySrcMargin && len(dst)-d > snappyDstMargin {
			d, s = runSnappy(dst, src, d, s)
		}
		var err error
		if d, s, err = stepSnappy(dst, src, d, s); err != nil {
			return err
		}
	}
	if d != len(dst) {
		return errSnappy
	}
	return nil
}

// How far from the ends of its buffers runSnappy stops, because it copies more bytes than an element has.
const (
	snappySrcMargin = 72
	snappyDstMargin = 80
)

// stepSnappy decodes one element: that at src[s], which goes to dst[d]. It returns the places behind both.
func stepSnappy(dst, src []byte, d, s int) (nd, ns int, err error) {
	tag := src[s]
	if tag&3 == 0 {
		return literalSnappy(dst, src, d, s)
	}
	size := [...]int{0, 2, 3, 5}[tag&3]
	if len(src)-s < size {
		return 0, 0, errSnappy
	}
	n, offset := 1+int(tag>>2), uint32(0)
	switch tag & 3 {
	case 1:
		n, offset = 4+int(tag>>2&7), uint32(tag&0xe0)<<3|uint32(src[s+1])
	case 2:
		offset = uint32(binary.LittleEndian.Uint16(src[s+1:]))
	case 3:
		offset = binary.LittleEndian.Uint32(src[s+1:])
	}
	if offset == 0 || uint64(offset) > uint64(d) || n > len(dst)-d {
		return 0, 0, errSnappy
	}
	from := d - int(offset)
	for i := range n { // one by one: the two may overlap, which repeats what lies between them
		dst[d+i] = dst[from+i]
	}
	return d + n, s + size, nil
}

// literalSnappy copies a literal. One of more than 60 bytes has its length less 1 in 1 to 4 bytes behind the tag.
func literalSnappy(dst, src []byte, d, s int) (nd, ns int, err error) {
	n := uint64(src[s] >> 2)
	s++
	if n >= 60 {
		k := int(n) - 59
		if len(src)-s < k {
			return 0, 0, errSnappy
		}
		var length [8]byte
		copy(length[:k], src[s:])
		n = binary.LittleEndian.Uint64(length[:])
		s += k
	}
	n++
	if n > uint64(len(dst)-d) || n > uint64(len(src)-s) {
		return 0, 0, errSnappy
	}
	copy(dst[d:], src[s:s+int(n)])
	return d + int(n), s + int(n), nil
}
