package columnar

import "math/bits"

// uint256 is an unsigned integer of four words, least significant first: the product of two Int128 magnitudes.
type uint256 [4]uint64

// mul256 is a × b for a and b ≥ 0.
func mul256(a, b Int128) uint256 {
	ah, bh := uint64(a.Hi), uint64(b.Hi)
	var p uint256
	var carry uint64
	p[1], p[0] = bits.Mul64(a.Lo, b.Lo)
	h1, l1 := bits.Mul64(a.Lo, bh)
	h2, l2 := bits.Mul64(ah, b.Lo)
	h3, l3 := bits.Mul64(ah, bh)
	p[1], carry = bits.Add64(p[1], l1, 0)
	p[2], carry = bits.Add64(h1, l3, carry)
	p[3] = h3 + carry
	p[1], carry = bits.Add64(p[1], l2, 0)
	p[2], carry = bits.Add64(p[2], h2, carry)
	p[3] += carry
	return p
}

// signed is ±u; ok is false when that does not fit an Int128.
func (u uint256) signed(negative bool) (v Int128, ok bool) {
	v = Int128{u[0], int64(u[1])}
	ok = u[3]|u[2] == 0 && v.Hi >= 0
	if negative {
		v = v.Neg()
	}
	return v, ok
}

// inc is u + 1.
func (u uint256) inc() uint256 {
	carry := uint64(1)
	for i := range u {
		u[i], carry = bits.Add64(u[i], 0, carry)
	}
	return u
}

// roundedQuotient is u / d rounded to nearest, halves up.
func roundedQuotient(u uint256, d Int128) uint256 {
	q, r := divide256(u, d)
	// r ≥ d - r instead of 2r ≥ d, which might overflow.
	if rest, _ := d.Sub(r); !r.Less(rest) {
		return q.inc()
	}
	return q
}

// divide256 is u / d and u % d for d > 0.
func divide256(u uint256, d Int128) (q uint256, r Int128) {
	if d.Hi == 0 {
		var rest uint64
		top := 3
		for top > 0 && u[top] == 0 { // a division takes 20 to 40 cycles, and most values are small
			top--
		}
		for i := top; i >= 0; i-- {
			q[i], rest = bits.Div64(rest, u[i], d.Lo)
		}
		return q, Int128{Lo: rest}
	}
	// Knuth's algorithm D with two-word divisor: shift so that its top bit is set, guess each digit from the top words.
	s := uint(bits.LeadingZeros64(uint64(d.Hi)))
	dh, dl := uint64(d.Hi)<<s|d.Lo>>(64-s), d.Lo<<s
	var n [5]uint64
	n[4] = u[3] >> (64 - s)
	for i := 3; i > 0; i-- {
		n[i] = u[i]<<s | u[i-1]>>(64-s)
	}
	n[0] = u[0] << s
	for i := 2; i >= 0; i-- {
		q[i] = divideDigit((*[3]uint64)(n[i:i+3]), dh, dl)
	}
	lo, hi := n[0], n[1]
	return q, Int128{lo>>s | hi<<(64-s), int64(hi >> s)}
}

// divideDigit divides the three words n by the normalised divisor dh:dl, leaving the remainder in n; n[2]:n[1] ≤ dh:dl.
func divideDigit(n *[3]uint64, dh, dl uint64) uint64 {
	guess := ^uint64(0)
	if n[2] < dh {
		guess, _ = bits.Div64(n[2], n[1], dh)
	}
	for {
		// n - guess × d; a borrow says that the guess was too high, which it is by at most two.
		h1, l1 := bits.Mul64(guess, dl)
		h2, l2 := bits.Mul64(guess, dh)
		m1, carry := bits.Add64(h1, l2, 0)
		m2 := h2 + carry
		r0, b := bits.Sub64(n[0], l1, 0)
		r1, b := bits.Sub64(n[1], m1, b)
		r2, b := bits.Sub64(n[2], m2, b)
		if b == 0 {
			n[0], n[1], n[2] = r0, r1, r2
			return guess
		}
		guess--
	}
}
