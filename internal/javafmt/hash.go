package javafmt

import (
	"encoding/binary"
	"math/bits"
)

// HashSeed is the seed of Spark's hash() and xxhash64(), and the one rows are
// partitioned with.
const HashSeed = 42

// StringHashCode returns java.lang.String.hashCode of s, which counts in UTF-16
// units.
func StringHashCode(s string) int32 {
	var h uint32
	for _, r := range s {
		if r >= 0x10000 {
			r -= 0x10000
			h = h*31 + uint32(0xd800+r>>10)
			r = 0xdc00 + r&0x3ff
		}
		h = h*31 + uint32(r)
	}
	return int32(h)
}

// Murmur3Int is Spark's Murmur3_x86_32.hashInt: BOOLEAN (as 0 and 1), TINYINT
// to INT, DATE, FLOAT bits. A chain of columns passes the hash so far as seed.
func Murmur3Int(v int32, seed uint32) uint32 {
	return murmurFinish(murmurMix(seed, uint32(v)), 4)
}

// Murmur3Long is Murmur3_x86_32.hashLong: BIGINT, TIMESTAMP, DOUBLE bits and
// decimals of at most 18 digits.
func Murmur3Long(v int64, seed uint32) uint32 {
	h := murmurMix(seed, uint32(v))
	return murmurFinish(murmurMix(h, uint32(uint64(v)>>32)), 8)
}

// Murmur3Bytes is Murmur3_x86_32.hashUnsafeBytes: STRING, BINARY and the
// two's complement of wide decimals. It mixes each byte of the tail as a word
// of its own (sign-extended), where Murmur3 gathers them into one.
func Murmur3Bytes[B string | []byte](b B, seed uint32) uint32 {
	h, n := seed, len(b)
	i := 0
	for ; i+4 <= n; i += 4 {
		h = murmurMix(h, uint32(b[i])|uint32(b[i+1])<<8|uint32(b[i+2])<<16|uint32(b[i+3])<<24)
	}
	for ; i < n; i++ {
		h = murmurMix(h, uint32(int32(int8(b[i]))))
	}
	return murmurFinish(h, uint32(n))
}

// Murmur3StandardBytes is Murmur3 x86_32 as published (hashUnsafeBytes2 in
// Spark, MurmurHash3.bytesHash in Scala).
func Murmur3StandardBytes[B string | []byte](b B, seed uint32) uint32 {
	h, n := seed, len(b)
	i := 0
	for ; i+4 <= n; i += 4 {
		h = murmurMix(h, uint32(b[i])|uint32(b[i+1])<<8|uint32(b[i+2])<<16|uint32(b[i+3])<<24)
	}
	if i < n {
		var k uint32
		for shift := 0; i < n; i, shift = i+1, shift+8 {
			k |= uint32(b[i]) << shift
		}
		h ^= murmurScramble(k)
	}
	return murmurFinish(h, uint32(n))
}

func murmurScramble(k uint32) uint32 {
	return bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593
}

func murmurMix(h, k uint32) uint32 {
	return bits.RotateLeft32(h^murmurScramble(k), 13)*5 + 0xe6546b64
}

func murmurFinish(h, length uint32) uint32 {
	h ^= length
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

const (
	xxPrime1 uint64 = 0x9e3779b185ebca87
	xxPrime2 uint64 = 0xc2b2ae3d27d4eb4f
	xxPrime3 uint64 = 0x165667b19e3779f9
	xxPrime4 uint64 = 0x85ebca77c2b2ae63
	xxPrime5 uint64 = 0x27d4eb2f165667c5
)

// XXH64Int is Spark's XXH64.hashInt, for the types of Murmur3Int.
func XXH64Int(v int32, seed uint64) uint64 {
	return xxFinish(xxMix4(seed+xxPrime5+4, uint32(v)))
}

// XXH64Long is XXH64.hashLong, for the types of Murmur3Long.
func XXH64Long(v int64, seed uint64) uint64 {
	return xxFinish(xxMix8(seed+xxPrime5+8, uint64(v)))
}

// XXH64Bytes is XXH64.hashUnsafeBytes, which is XXH64 as published.
func XXH64Bytes(b []byte, seed uint64) uint64 {
	n := uint64(len(b))
	h := seed + xxPrime5
	if n >= 32 {
		a := [4]uint64{seed + xxPrime1 + xxPrime2, seed + xxPrime2, seed, seed - xxPrime1}
		for ; len(b) >= 32; b = b[32:] {
			a[0] = xxRound(a[0], binary.LittleEndian.Uint64(b))
			a[1] = xxRound(a[1], binary.LittleEndian.Uint64(b[8:]))
			a[2] = xxRound(a[2], binary.LittleEndian.Uint64(b[16:]))
			a[3] = xxRound(a[3], binary.LittleEndian.Uint64(b[24:]))
		}
		h = bits.RotateLeft64(a[0], 1) + bits.RotateLeft64(a[1], 7) +
			bits.RotateLeft64(a[2], 12) + bits.RotateLeft64(a[3], 18)
		for _, v := range a {
			h = (h^xxRound(0, v))*xxPrime1 + xxPrime4
		}
	}
	h += n
	for ; len(b) >= 8; b = b[8:] {
		h = xxMix8(h, binary.LittleEndian.Uint64(b))
	}
	if len(b) >= 4 {
		h = xxMix4(h, binary.LittleEndian.Uint32(b))
		b = b[4:]
	}
	for _, c := range b {
		h = bits.RotateLeft64(h^uint64(c)*xxPrime5, 11) * xxPrime1
	}
	return xxFinish(h)
}

func xxRound(acc, v uint64) uint64 {
	return bits.RotateLeft64(acc+v*xxPrime2, 31) * xxPrime1
}

func xxMix8(h, v uint64) uint64 {
	return bits.RotateLeft64(h^xxRound(0, v), 27)*xxPrime1 + xxPrime4
}

func xxMix4(h uint64, v uint32) uint64 {
	return bits.RotateLeft64(h^uint64(v)*xxPrime1, 23)*xxPrime2 + xxPrime3
}

func xxFinish(h uint64) uint64 {
	h = (h ^ h>>33) * xxPrime2
	h = (h ^ h>>29) * xxPrime3
	return h ^ h>>32
}
