package javafmt

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestDouble(t *testing.T) {
	f := func(v float64, want string) {
		t.Helper()
		if got := Double(v); got != want {
			t.Errorf("Double(%g) = %s, want %s", v, got, want)
		}
	}
	f(0, "0.0")
	f(math.Copysign(0, -1), "-0.0")
	f(1, "1.0")
	f(-1, "-1.0")
	f(0.1, "0.1")
	f(0.001, "0.001")
	f(0.00123, "0.00123")
	f(-0.0123, "-0.0123")
	f(0.0001, "1.0E-4")
	f(0.000999, "9.99E-4")
	f(123.456, "123.456")
	f(9999999, "9999999.0")
	f(9999999.5, "9999999.5")
	f(1e7, "1.0E7")
	f(12345678, "1.2345678E7")
	f(-1e10, "-1.0E10")
	f(1e100, "1.0E100")
	f(math.Pi, "3.141592653589793")
	f(math.MaxFloat64, "1.7976931348623157E308")
	f(math.SmallestNonzeroFloat64, "4.9E-324")
	f(3*math.SmallestNonzeroFloat64, "1.5E-323")
	f(0x1p62, "4.6116860184273879E18")
	f(-0x1p60, "-1.15292150460684698E18")
	f(0x1p63, "9.223372036854776E18")
	f(1e16, "1.0E16")
	f(0x1p-1022, "2.2250738585072014E-308")
	f(math.NaN(), "NaN")
	f(math.Inf(1), "Infinity")
	f(math.Inf(-1), "-Infinity")
}

func TestFloat(t *testing.T) {
	f := func(v float32, want string) {
		t.Helper()
		if got := Float(v); got != want {
			t.Errorf("Float(%g) = %s, want %s", v, got, want)
		}
	}
	f(0.1, "0.1")
	f(16777216, "1.6777216E7")
	f(1e7, "1.0E7")
	f(1234567, "1234567.0")
	f(math.MaxFloat32, "3.4028235E38")
	f(math.SmallestNonzeroFloat32, "1.4E-45")
	f(float32(math.Inf(-1)), "-Infinity")
}

// What is printed must read back as the same number, whatever the layout.
func TestDoubleReadsBack(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200_000 {
		v := math.Float64frombits(random.Uint64())
		back, err := strconv.ParseFloat(Double(v), 64)
		if v == v && (err != nil || back != v) {
			t.Fatalf("Double(%g) = %s reads back as %g, %v", v, Double(v), back, err)
		}
		w := math.Float32frombits(random.Uint32())
		back, err = strconv.ParseFloat(Float(w), 32)
		if w == w && (err != nil || float32(back) != w) {
			t.Fatalf("Float(%g) = %s reads back as %g, %v", w, Float(w), back, err)
		}
	}
}

func BenchmarkAppendDouble(b *testing.B) {
	var buf []byte
	for i := range b.N {
		buf = AppendDouble(buf[:0], float64(i)*1.37)
	}
}
