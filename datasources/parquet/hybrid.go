package parquet

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"github.com/gosql-engine/gosql/columnar"
)

// slack is the number of readable bytes that must follow the data of a page, so that values can be unpacked by whole words.
const slack = 16

var errCut = errors.New("a page ends before its values do")

// hybrid decodes the run-length and bit-packed encoding of levels, dictionary codes and booleans, piece by piece.
type hybrid struct {
	src    []byte // capacity exceeds length by slack
	pos    int    // of the next byte to look at; in a packed run, of its first byte
	width  uint
	left   int // values left in the current run
	packed bool
	value  int32 // of a run of equal values
	bit    int   // of the next value, counted from pos, in a packed run
}

// newHybrid starts on src, whose backing array must go on for slack bytes.
func newHybrid(src []byte, width uint) hybrid { return hybrid{src: src, width: width} }

// run starts the next run.
func (h *hybrid) run() error {
	if h.packed {
		h.pos += (h.bit + 7) / 8
		h.packed = false
	}
	header, k := binary.Uvarint(h.src[min(h.pos, len(h.src)):])
	if k <= 0 || header>>1 > 1<<31 {
		return errCut
	}
	h.pos += k
	if header&1 == 0 {
		size := int(h.width+7) / 8
		if h.pos+size > len(h.src) {
			return errCut
		}
		v := binary.LittleEndian.Uint64(h.src[h.pos : h.pos+8 : h.pos+8])
		h.value = int32(v & (1<<(8*size) - 1))
		h.pos += size
		h.left = int(header >> 1)
		return nil
	}
	// The last group of a page may be cut short: some writers do not pad it.
	h.packed, h.bit, h.left = true, 0, int(header>>1)*8
	if h.width > 0 {
		h.left = min(h.left, (len(h.src)-h.pos)*8/int(h.width))
	}
	if h.left == 0 {
		return errCut
	}
	return nil
}

// decode fills dst with the next values.
func (h *hybrid) decode(dst []int32) error {
	for len(dst) > 0 {
		for h.left == 0 {
			if err := h.run(); err != nil {
				return err
			}
		}
		n := min(h.left, len(dst))
		if h.packed {
			h.unpack(dst[:n])
		} else {
			fill(dst[:n], h.value)
		}
		h.left -= n
		dst = dst[n:]
	}
	return nil
}

func fill[T any](dst []T, v T) {
	for i := range dst {
		dst[i] = v
	}
}

// unpack reads values of a packed run. Widths up to 14 give four values a word, others two, so that a word's load and shift
// are shared.
func (h *hybrid) unpack(dst []int32) {
	w := h.width
	if w == 0 {
		clear(dst)
		return
	}
	src := h.src[h.pos : len(h.src)+slack-8]
	mask := uint64(1)<<w - 1
	bit := uint(h.bit)
	i := 0
	if w <= 14 {
		for ; i+4 <= len(dst); i += 4 {
			x := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7)
			d := dst[i : i+4 : i+4]
			d[0] = int32(x & mask)
			d[1] = int32(x >> (w & 63) & mask)
			d[2] = int32(x >> (2 * w & 63) & mask)
			d[3] = int32(x >> (3 * w & 63) & mask)
			bit += 4 * w
		}
	} else if w <= 28 {
		for ; i+2 <= len(dst); i += 2 {
			x := binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7)
			dst[i] = int32(x & mask)
			dst[i+1] = int32(x >> (w & 63) & mask)
			bit += 2 * w
		}
	}
	for ; i < len(dst); i++ {
		dst[i] = int32(binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & mask)
		bit += w
	}
	h.bit = int(bit)
}

// pick reads the next n values, of the rows from base on, and sets dst at those of the rows that are wanted.
func (h *hybrid) pick(dst []int32, base, n int, wanted []int32) error {
	for n > 0 {
		for h.left == 0 {
			if err := h.run(); err != nil {
				return err
			}
		}
		k := min(h.left, n)
		i := 0
		for i < len(wanted) && int(wanted[i]) < base+k {
			i++
		}
		switch {
		case !h.packed:
			for _, r := range wanted[:i] {
				dst[r] = h.value
			}
		case h.width == 0:
			for _, r := range wanted[:i] {
				dst[r] = 0
			}
		default:
			h.pickPacked(dst, base, wanted[:i])
		}
		if h.packed {
			h.bit += k * int(h.width)
		}
		wanted, base, n = wanted[i:], base+k, n-k
		h.left -= k
	}
	return nil
}

func (h *hybrid) pickPacked(dst []int32, base int, wanted []int32) {
	src := h.src[h.pos : len(h.src)+slack-8]
	mask := uint64(1)<<h.width - 1
	for _, r := range wanted {
		bit := uint(h.bit) + uint(int(r)-base)*h.width
		dst[r] = int32(binary.LittleEndian.Uint64(src[bit>>3:]) >> (bit & 7) & mask)
	}
}

// bitmap sets bits lo to hi of dst to the next values, which are one bit wide, and returns how many are set.
func (h *hybrid) bitmap(dst columnar.Bitmap, lo, hi int) (set int, err error) {
	for lo < hi {
		for h.left == 0 {
			if err := h.run(); err != nil {
				return 0, err
			}
		}
		n := min(h.left, hi-lo)
		if h.packed {
			set += copyBits(dst, lo, h.src[h.pos:len(h.src)+slack-8], h.bit, n)
			h.bit += n
		} else if h.value != 0 {
			setBits(dst, lo, lo+n)
			set += n
		} else {
			clearBits(dst, lo, lo+n)
		}
		h.left -= n
		lo += n
	}
	return set, nil
}

// allSet says whether the next n values, one bit wide, are in a run of ones, and if so skips them.
func (h *hybrid) allSet(n int) bool {
	if h.left == 0 && h.run() != nil {
		return false
	}
	if h.packed || h.value == 0 || h.left < n {
		return false
	}
	h.left -= n
	return true
}

// skip passes over the next n values.
func (h *hybrid) skip(n int) error {
	for n > 0 {
		for h.left == 0 {
			if err := h.run(); err != nil {
				return err
			}
		}
		k := min(h.left, n)
		if h.packed {
			h.bit += k * int(h.width)
		}
		h.left -= k
		n -= k
	}
	return nil
}

// copyBits copies n bits from bit s of src to bit d of dst and returns how many are set.
func copyBits(dst columnar.Bitmap, d int, src []byte, s, n int) (set int) {
	for n > 0 {
		k := min(64-d&63, 56, n) // 56: what one load holds for sure after its shift
		mask := uint64(1)<<k - 1
		x := binary.LittleEndian.Uint64(src[s>>3:]) >> (s & 7) & mask
		w := &dst[d>>6]
		*w = *w&^(mask<<(d&63)) | x<<(d&63)
		set += bits.OnesCount64(x)
		d, s, n = d+k, s+k, n-k
	}
	return set
}

func setBits(dst columnar.Bitmap, lo, hi int) {
	for lo < hi {
		k := min(64-lo&63, hi-lo)
		dst[lo>>6] |= (^uint64(0) >> (64 - k)) << (lo & 63)
		lo += k
	}
}

func clearBits(dst columnar.Bitmap, lo, hi int) {
	for lo < hi {
		k := min(64-lo&63, hi-lo)
		dst[lo>>6] &^= (^uint64(0) >> (64 - k)) << (lo & 63)
		lo += k
	}
}
