package javafmt

import (
	"math"
	"strings"
	"testing"
)

// The expected numbers are answers of Spark 4.0.
func TestSparkHashes(t *testing.T) {
	// SELECT hash('Spark', array(123), 2), xxhash64('Spark', array(123), 2)
	m := Murmur3Int(2, Murmur3Int(123, Murmur3Bytes("Spark", HashSeed)))
	if int32(m) != -1321691492 {
		t.Errorf("hash = %d, want -1321691492", int32(m))
	}
	x := XXH64Int(2, XXH64Int(123, XXH64Bytes([]byte("Spark"), HashSeed)))
	if int64(x) != 5602566077635097486 {
		t.Errorf("xxhash64 = %d, want 5602566077635097486", int64(x))
	}
	f := func(name string, got, want int64) {
		t.Helper()
		if got != want {
			t.Errorf("%s = %d, want %d", name, got, want)
		}
	}
	f("String.hashCode", int64(StringHashCode("Spark")), 80085693)
	f("String.hashCode outside the BMP", int64(StringHashCode("a😀")), 1866116)
	f("Murmur3 published", int64(Murmur3StandardBytes("Hello, world!", 0)), 0xc0363e43)
	f("XXH64 published, empty", int64(XXH64Bytes(nil, 0)), -0x10b924c8ae271667)
	f("hash('ä€x')", int64(int32(Murmur3Bytes("ä€x", HashSeed))), -1118123675)
	f("hash('abcdefg')", int64(int32(Murmur3Bytes([]byte("abcdefg"), HashSeed))), 2132013596)
	f("hash(-5L)", int64(int32(Murmur3Long(-5, HashSeed))), 424949597)
	f("hash(1.5D)", int64(int32(Murmur3Long(int64(math.Float64bits(1.5)), HashSeed))), 1290763749)
	f("xxhash64('ä€x')", int64(XXH64Bytes([]byte("ä€x"), HashSeed)), -1182963210562446469)
	f("xxhash64 of 100 bytes", int64(XXH64Bytes([]byte(strings.Repeat("0123456789", 10)), HashSeed)), 6379203369694145893)
	f("xxhash64(-5L)", int64(XXH64Long(-5, HashSeed)), -5259934538394028452)
	f("xxhash64(7)", int64(XXH64Int(7, HashSeed)), 2786828215451145335)
}

func TestRandom(t *testing.T) {
	if got := Double(NewRandom(0).NextDouble()); got != "0.7604953758285915" { // SELECT rand(0)
		t.Errorf("rand(0) = %s", got)
	}
	if got := Double(NewRandom(0).NextGaussian()); got != "1.6034991609278433" { // SELECT randn(0)
		t.Errorf("randn(0) = %s", got)
	}
	if got := Double(NewRandom(42).NextDouble()); got != "0.619189370225301" { // SELECT rand(42)
		t.Errorf("rand(42) = %s", got)
	}
	if got := Double(NewRandom(7).NextGaussian()); got != "-1.773755556110447" { // SELECT randn(7)
		t.Errorf("randn(7) = %s", got)
	}
	r := NewRandom(42)
	for range 10_000 {
		if n := r.NextIntN(7); n < 0 || n >= 7 {
			t.Fatalf("NextIntN(7) = %d", n)
		}
		if d := r.NextDouble(); d < 0 || d >= 1 {
			t.Fatalf("NextDouble() = %g", d)
		}
	}
}
