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
		scale := math.Sqrt(-2 * strictLog(s) / s)
		r.nextGaussian, r.hasGaussian = b*scale, true
		return a * scale
	}
}

// strictLog is StrictMath.log (fdlibm) for finite positive normal x: math.Log
// may differ from it in the last bit. It writes x as 2^k (1+f) with f small and
// sums a polynomial in s = f/(2+f). The conversions to float64 forbid fused
// multiply-add, which would round differently.
func strictLog(x float64) float64 {
	const (
		ln2Hi = 6.93147180369123816490e-01
		ln2Lo = 1.90821492927058770002e-10
	)
	b := math.Float64bits(x)
	high := int32(b >> 32)
	k := high>>20 - 1023
	high &= 0xfffff
	i := (high + 0x95f64) & 0x100000 // halve x when 1+f would pass sqrt(2)
	k += i >> 20
	f := math.Float64frombits(uint64(high|(i^0x3ff00000))<<32|b&0xffffffff) - 1
	dk := float64(k)
	if (0xfffff & (2 + high)) < 3 { // |f| < 2^-20
		return strictLogNearOne(f, dk)
	}
	s := f / (2 + f)
	z := s * s
	w := z * z
	even := w * (3.999999999940941908e-01 + float64(w*(2.222219843214978396e-01+float64(w*1.531383769920937332e-01))))
	odd := z * (6.666666666666735130e-01 + float64(w*(2.857142874366239149e-01+float64(w*(1.818357216161805012e-01+float64(w*1.479819860511658591e-01))))))
	sum := odd + even
	if (high-0x6147a)|(0x6b851-high) > 0 {
		half := 0.5 * f * f
		if k == 0 {
			return f - (half - float64(s*(half+sum)))
		}
		return float64(dk*ln2Hi) - ((half - (float64(s*(half+sum)) + float64(dk*ln2Lo))) - f)
	}
	if k == 0 {
		return f - float64(s*(f-sum))
	}
	return float64(dk*ln2Hi) - ((float64(s*(f-sum)) - float64(dk*ln2Lo)) - f)
}

func strictLogNearOne(f, dk float64) float64 {
	const (
		ln2Hi = 6.93147180369123816490e-01
		ln2Lo = 1.90821492927058770002e-10
	)
	if f == 0 {
		return float64(dk*ln2Hi) + float64(dk*ln2Lo)
	}
	r := float64(f*f) * (0.5 - float64(0.33333333333333333*f))
	if dk == 0 {
		return f - r
	}
	return float64(dk*ln2Hi) - ((r - float64(dk*ln2Lo)) - f)
}
