package javafmt

import (
	"math"
	"testing"
)

// The expected bits are those of StrictMath.log.
func TestStrictLog(t *testing.T) {
	f := func(x float64, want uint64) {
		t.Helper()
		if got := math.Float64bits(StrictLog(x)); got != want {
			t.Errorf("StrictLog(%g) has bits %#x, want %#x", x, got, want)
		}
	}
	f(0.1, 0xc0026bb1bbb55515)
	f(0.5, 0xbfe62e42fefa39ef)
	f(0.7, 0xbfd6d3c324e13f50)
	f(0.999999999, 0xbe112e0be024e4bc)
	f(1, 0x0)
	f(1.0000000001, 0x3ddb7cdffffa18d8)
	f(1.5, 0x3fd9f323ecbf984c)
	f(2, 0x3fe62e42fefa39ef)
	f(2.718281828459045, 0x3ff0000000000000)
	f(3, 0x3ff193ea7aad030a)
	f(10, 0x40026bb1bbb55516)
	f(100, 0x40126bb1bbb55516)
	f(1e-310, 0xc0864e69394d9508)
	f(1e300, 0x4085963447f87fb5)
	f(12345.678, 0x4022d79559791e31)
	f(0, 0xfff0000000000000)
	f(math.Inf(1), 0x7ff0000000000000)
	if got := StrictLog(-1); got == got {
		t.Errorf("StrictLog(-1) = %g, want NaN", got)
	}
}
