package javafmt

import (
	"encoding/binary"
	"math"
)

// Random is Spark's XORShiftRandom with the methods of java.util.Random: the
// generator behind rand, randn, sampling and round-robin exchanges. The same
// seed gives the same numbers as in Spark (rand adds the partition's index to
// its seed). It is not safe for concurrent use.
type Random struct {
	seed         uint64
	nextGaussian float64
	hasGaussian  bool
}

// scalaArraySeed is scala.util.hashing.MurmurHash3.arraySeed.
const scalaArraySeed = 0x3c074a61

// NewRandom returns the generator of a seed.
func NewRandom(seed int64) *Random {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(seed))
	low := Murmur3StandardBytes(b[:], scalaArraySeed)
	high := Murmur3StandardBytes(b[:], low)
	return &Random{seed: uint64(high)<<32 | uint64(low)}
}

// next returns the given number of random bits, at most 32.
func (r *Random) next(bits uint) uint32 {
	r.seed ^= r.seed << 21
	r.seed ^= r.seed >> 35
	r.seed ^= r.seed << 4
	return uint32(r.seed & (1<<bits - 1))
}

// NextInt returns any int32.
func (r *Random) NextInt() int32 { return int32(r.next(32)) }

// NextIntN returns a number in [0, bound); bound must be positive.
func (r *Random) NextIntN(bound int32) int32 {
	v := int32(r.next(31))
	if bound&(bound-1) == 0 {
		return int32(int64(bound) * int64(v) >> 31)
	}
	for u := v; ; u = int32(r.next(31)) {
		v = u % bound
		if u-v+(bound-1) >= 0 { // no overflow: u is not in the last, partial run of bound
			return v
		}
	}
}

// NextLong returns any int64.
func (r *Random) NextLong() int64 {
	high := int64(r.NextInt()) << 32
	return high + int64(r.NextInt())
}

// NextDouble returns a number in [0, 1).
func (r *Random) NextDouble() float64 {
	high := uint64(r.next(26)) << 27
	return float64(high+uint64(r.next(27))) * 0x1p-53
}

// NextGaussian returns a number of the standard normal distribution, by the
// polar method of java.util.Random, two at a time.
func (r *Random) NextGaussian() float64 {
	if r.hasGaussian {
		r.hasGaussian = false
		return r.nextGaussian
	}
	for {
		a := 2*r.NextDouble() - 1
		b := 2*r.NextDouble() - 1
		s := float64(a*a) + float64(b*b)
		if s >= 1 || s == 0 {
			continue
		}
		scale := math.Sqrt(-2 * StrictLog(s) / s)
		r.nextGaussian, r.hasGaussian = b*scale, true
		return a * scale
	}
}
