package javafmt

import (
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
	long := XXH64Bytes([]byte(strings.Repeat("0123456789", 10)), 0)
	if same := XXH64Bytes([]byte(strings.Repeat("0123456789", 10)+"x"), 0); same == long {
		t.Error("XXH64 does not see the last byte")
	}
}

func TestRandom(t *testing.T) {
	if got := Double(NewRandom(0).NextDouble()); got != "0.7604953758285915" { // SELECT rand(0)
		t.Errorf("rand(0) = %s", got)
	}
	if got := Double(NewRandom(0).NextGaussian()); got != "1.6034991609278433" { // SELECT randn(0)
		t.Errorf("randn(0) = %s", got)
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
