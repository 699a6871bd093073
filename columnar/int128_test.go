package columnar

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

var least128 = new(big.Int).Neg(new(big.Int).Lsh(big.NewInt(1), 127))

func bigOf(a Int128) *big.Int { return scaledBig(a, 0) }

// randomInt128 has any number of bits, so that carries and small cases both occur.
func randomInt128(r *rand.Rand) Int128 {
	v := Int128{r.Uint64(), int64(r.Uint64())}
	shift := r.IntN(128)
	if shift >= 64 {
		return Int128From(v.Hi >> (shift - 64))
	}
	return Int128{v.Lo>>shift | uint64(v.Hi)<<(63-shift)<<1, v.Hi >> shift}
}

func checkInt128(t *testing.T, a, b Int128) {
	t.Helper()
	x, y := bigOf(a), bigOf(b)
	expect := func(what string, got Int128, ok bool, want *big.Int) {
		t.Helper()
		fits := want.BitLen() <= 127 || want.Cmp(least128) == 0
		if ok != fits || ok && bigOf(got).Cmp(want) != 0 {
			t.Fatalf("%s %s %s: got %s (%v), want %s", x, what, y, bigOf(got), ok, want)
		}
	}
	sum, ok := a.Add(b)
	expect("+", sum, ok, new(big.Int).Add(x, y))
	diff, ok := a.Sub(b)
	expect("-", diff, ok, new(big.Int).Sub(x, y))
	product, ok := a.Mul(b)
	expect("*", product, ok, new(big.Int).Mul(x, y))
	if a.Cmp(b) != x.Cmp(y) || a.Less(b) != (x.Cmp(y) < 0) || a.Sign() != x.Sign() {
		t.Fatalf("%s compared with %s: %d", x, y, a.Cmp(b))
	}
	if text := a.Text(0); text != x.String() {
		t.Fatalf("Text of %s is %s", x, text)
	}
	if b == (Int128{}) {
		return
	}
	q, rest := a.QuoRem(b)
	wantQ, wantR := new(big.Int).QuoRem(x, y, new(big.Int))
	expect("quo", q, true, wantQ)
	expect("rem", rest, true, wantR)
	expect("rounded quotient", a.DivRound(b), true, quoRound(bigOf(a), y))
	for _, c := range []Int128{Pow10(7), Pow10(38), a} {
		m, ok := MulDivRound(c, a, b)
		expect("× c rounded by", m, ok, quoRound(new(big.Int).Mul(bigOf(c), x), y))
		m, r, ok := MulDiv(c, a, b)
		wantQ, wantR := new(big.Int).QuoRem(new(big.Int).Mul(bigOf(c), x), y, new(big.Int))
		expect("× c over", m, ok, wantQ)
		expect("× c rest", r, true, wantR)
	}
}

func TestInt128(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20000 {
		checkInt128(t, randomInt128(r), randomInt128(r))
	}
	edges := []Int128{{}, Int128From(1), Int128From(-1), {Lo: 1 << 63}, {Lo: ^uint64(0)}, {0, 1}, {^uint64(0), 1<<63 - 1}, Pow10(38), Pow10(38).Neg(), Pow10(19)}
	for _, a := range edges {
		for _, b := range edges {
			checkInt128(t, a, b)
		}
	}
}

func FuzzInt128(f *testing.F) {
	f.Add(uint64(1), int64(-1), uint64(7), int64(0))
	f.Fuzz(func(t *testing.T, alo uint64, ahi int64, blo uint64, bhi int64) {
		if a, b := (Int128{alo, ahi}), (Int128{blo, bhi}); a.Abs().Hi >= 0 && b.Abs().Hi >= 0 {
			checkInt128(t, a, b)
		}
	})
}

func TestInt128Text(t *testing.T) {
	f := func(text string, scale int, again string) {
		t.Helper()
		v, s, ok := ParseDecimal(text)
		if !ok || s != scale {
			t.Errorf("ParseDecimal(%q): scale %d, %v", text, s, ok)
		}
		if got := v.Text(s); got != again {
			t.Errorf("ParseDecimal(%q).Text: %q, want %q", text, got, again)
		}
	}
	f("0", 0, "0")
	f("-0.5", 1, "-0.5")
	f("+12.340", 3, "12.340")
	f(".001", 3, "0.001")
	f("7.", 0, "7")
	f("-99999999999999999999999999999999999999", 0, "-99999999999999999999999999999999999999")
	f("0.00000000000000000000000000000000000001", 38, "0.00000000000000000000000000000000000001")
	for _, bad := range []string{"", "-", ".", "1.2.3", "1e5", " 1", "100000000000000000000000000000000000000", "x"} {
		if _, _, ok := ParseDecimal(bad); ok {
			t.Errorf("ParseDecimal(%q) succeeded", bad)
		}
	}
}

func TestInt128Rescale(t *testing.T) {
	f := func(text string, to int, want string) {
		t.Helper()
		v, s, _ := ParseDecimal(text)
		got, ok := v.Rescale(s, to)
		if !ok && want == "" {
			return
		}
		if text := got.Text(to); !ok || text != want {
			t.Errorf("%s to scale %d: %s (%v), want %s", text, to, text, ok, want)
		}
	}
	f("1.25", 1, "1.3")
	f("-1.25", 1, "-1.3")
	f("1.24", 1, "1.2")
	f("1.24", 4, "1.2400")
	f("0.5", 0, "1")
	f("-0.4", 0, "0")
	f("12345678901234567890123456789012345678", 1, "")
}

func TestInt128Digits(t *testing.T) {
	for n := range MaxPrecision {
		if d := Pow10(n).Digits(); d != n+1 {
			t.Errorf("10^%d has %d digits", n, d)
		}
		if v, _ := Pow10(n).Sub(Int128From(1)); n > 0 && v.Digits() != n || !v.FitsPrecision(max(n, 1)) {
			t.Errorf("10^%d - 1 has %d digits", n, v.Digits())
		}
		if n > 0 && Pow10(n).FitsPrecision(n) {
			t.Errorf("10^%d fits %d digits", n, n)
		}
	}
}

func TestInt128ToFloat64(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 5000 {
		v, scale := randomInt128(r), r.IntN(MaxPrecision+1)
		want, _ := new(big.Rat).SetFrac(bigOf(v), bigOf(Pow10(scale))).Float64()
		if got := v.ToFloat64(scale); got != want {
			t.Fatalf("%s / 10^%d: got %g, want %g", bigOf(v), scale, got, want)
		}
	}
}
