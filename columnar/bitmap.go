package columnar

import "math/bits"

// Bitmap is a packed list of bits, least significant first, as Arrow keeps validity: bit i of the list is bit i%64 of word i/64.
// A nil Bitmap used as validity means that no row is NULL.
type Bitmap []uint64

// Words is the number of words that hold n bits.
func Words(n int) int { return (n + 63) / 64 }

// NewBitmap returns n cleared bits.
func NewBitmap(n int) Bitmap { return make(Bitmap, Words(n)) }

// FullBitmap returns n set bits.
func FullBitmap(n int) Bitmap {
	b := NewBitmap(n)
	b.SetAll(n)
	return b
}

// Get says whether bit i is set.
func (b Bitmap) Get(i int) bool { return b[uint(i)>>6]>>(uint(i)&63)&1 != 0 }

// Set sets bit i.
func (b Bitmap) Set(i int) { b[uint(i)>>6] |= 1 << (uint(i) & 63) }

// Clear clears bit i.
func (b Bitmap) Clear(i int) { b[uint(i)>>6] &^= 1 << (uint(i) & 63) }

// Put sets bit i to v.
func (b Bitmap) Put(i int, v bool) {
	if v {
		b.Set(i)
	} else {
		b.Clear(i)
	}
}

// SetAll sets the first n bits.
func (b Bitmap) SetAll(n int) {
	for i := range Words(n) {
		b[i] = ^uint64(0)
	}
	if n&63 != 0 {
		b[n>>6] = 1<<(uint(n)&63) - 1
	}
}

// Count is the number of set bits among the first n.
func (b Bitmap) Count(n int) int {
	c := 0
	for i := range n >> 6 {
		c += bits.OnesCount64(b[i])
	}
	if n&63 != 0 {
		c += bits.OnesCount64(b[n>>6] & (1<<(uint(n)&63) - 1))
	}
	return c
}

// Slice returns the bits lo to hi as a bitmap of its own; it shares words where lo is a multiple of 64, and copies otherwise.
func (b Bitmap) Slice(lo, hi int) Bitmap {
	if b == nil {
		return nil
	}
	if lo&63 == 0 {
		return b[lo>>6 : Words(hi)]
	}
	out := NewBitmap(hi - lo)
	s := uint(lo) & 63
	for i := range out {
		w := b[lo>>6+i] >> s
		if next := lo>>6 + i + 1; next < len(b) {
			w |= b[next] << (64 - s)
		}
		out[i] = w
	}
	return out
}

// And sets b to the bitwise and of itself and c, where nil stands for all ones; it returns c's copy when b is nil.
func (b Bitmap) And(c Bitmap) Bitmap {
	switch {
	case c == nil:
		return b
	case b == nil:
		return append(Bitmap(nil), c...)
	}
	for i := range min(len(b), len(c)) {
		b[i] &= c[i]
	}
	return b
}
