package rdd

import "math/bits"

// mix64 scatters the bits of x (a folded 64 × 64 → 128 bit product).
func mix64(x uint64) uint64 {
	hi, lo := bits.Mul64(x^0xa0761d6478bd642f, 0xe7037ed1a0b428db)
	return hi ^ lo
}
