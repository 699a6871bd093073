package columnar

import "unsafe"

// ordered are the native types with machine comparisons.
type ordered interface {
	int8 | int16 | int32 | int64 | float32 | float64
}

// compareFixed fills dst with a op b. Five loops do for the six operators and two forms of b, the rest being their negations; that
// holds for floating types too, because in Spark's order any two of their values compare.
func compareFixed[T ordered](dst Bitmap, op CmpOp, a []T, b Vector) {
	negate := false
	if c, ok := b.(*Const); ok {
		negate = compareConst(dst, op, a, c.Value.(*Fixed[T]).Values[0])
	} else {
		y := b.(*Fixed[T]).Values[:len(a)]
		switch op {
		case Eq, Ne:
			equalVectors(dst, a, y)
			negate = op == Ne
		case Lt, Ge:
			lessVectors(dst, a, y)
			negate = op == Ge
		case Gt, Le:
			lessVectors(dst, y, a)
			negate = op == Le
		}
	}
	if negate {
		for i := range dst {
			dst[i] = ^dst[i]
		}
	}
}

// compareConst fills dst with a op c or its negation, and says which.
func compareConst[T ordered](dst Bitmap, op CmpOp, a []T, c T) (negate bool) {
	if c != c {
		// Every value is below NaN but NaN itself, for which alone x == x is false.
		switch op {
		case Eq, Ne, Lt, Ge:
			equalVectorsPlain(dst, a, a)
			return op == Eq || op == Ge
		}
		return op == Le // dst is all false
	}
	switch op {
	case Eq, Ne:
		equalConst(dst, a, c)
		return op == Ne
	case Lt, Ge:
		lessConst(dst, a, c)
		return op == Ge
	}
	lessEqualConst(dst, a, c)
	return op == Gt
}

// The loops below make eight bits at a time and shift them into a word from above: constant shifts, one bounds check for eight
// rows, no branches (0.4 ns a row where setting bit by bit costs 1.5).

// eight is the group of eight values that begins at row i. The caller has checked that they exist.
func eight[T ordered](v []T, i int) *[8]T {
	var z T
	return (*[8]T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(v)), uintptr(i)*unsafe.Sizeof(z)))
}

func equalVectors[T ordered](dst Bitmap, a, b []T) {
	var half T = 1
	if half/2 != 0 {
		equalFloats(dst, a, b)
		return
	}
	equalVectorsPlain(dst, a, b)
}

// equalVectorsPlain compares with ==, for which NaN is not even itself.
func equalVectorsPlain[T ordered](dst Bitmap, a, b []T) {
	full := len(a) &^ 63
	for i := 0; i < full; i += 64 {
		var word uint64
		for k := i; k < i+64; k += 8 {
			x, y := eight(a, k), eight(b, k)
			word = word>>8 | (bit(x[0] == y[0])|bit(x[1] == y[1])<<1|bit(x[2] == y[2])<<2|bit(x[3] == y[3])<<3|
				bit(x[4] == y[4])<<4|bit(x[5] == y[5])<<5|bit(x[6] == y[6])<<6|bit(x[7] == y[7])<<7)<<56
		}
		dst[i>>6] = word
	}
	for i := full; i < len(a); i++ {
		dst[i>>6] |= bit(a[i] == b[i]) << (i & 63)
	}
}

// equalFloats compares so that NaN equals NaN.
func equalFloats[T ordered](dst Bitmap, a, b []T) {
	b = b[:len(a)]
	for i, x := range a {
		y := b[i]
		dst[i>>6] |= (bit(x == y) | bit(x != x)&bit(y != y)) << (i & 63)
	}
}

func lessVectors[T ordered](dst Bitmap, a, b []T) {
	var half T = 1
	if half/2 != 0 {
		lessFloats(dst, a, b)
		return
	}
	full := len(a) &^ 63
	for i := 0; i < full; i += 64 {
		var word uint64
		for k := i; k < i+64; k += 8 {
			x, y := eight(a, k), eight(b, k)
			word = word>>8 | (bit(x[0] < y[0])|bit(x[1] < y[1])<<1|bit(x[2] < y[2])<<2|bit(x[3] < y[3])<<3|
				bit(x[4] < y[4])<<4|bit(x[5] < y[5])<<5|bit(x[6] < y[6])<<6|bit(x[7] < y[7])<<7)<<56
		}
		dst[i>>6] = word
	}
	for i := full; i < len(a); i++ {
		dst[i>>6] |= bit(a[i] < b[i]) << (i & 63)
	}
}

// lessFloats compares so that NaN is the greatest.
func lessFloats[T ordered](dst Bitmap, a, b []T) {
	b = b[:len(a)]
	for i, x := range a {
		y := b[i]
		dst[i>>6] |= (bit(x < y) | bit(x == x)&bit(y != y)) << (i & 63)
	}
}

func equalConst[T ordered](dst Bitmap, a []T, c T) {
	full := len(a) &^ 63
	for i := 0; i < full; i += 64 {
		var word uint64
		for k := i; k < i+64; k += 8 {
			x := eight(a, k)
			word = word>>8 | (bit(x[0] == c)|bit(x[1] == c)<<1|bit(x[2] == c)<<2|bit(x[3] == c)<<3|
				bit(x[4] == c)<<4|bit(x[5] == c)<<5|bit(x[6] == c)<<6|bit(x[7] == c)<<7)<<56
		}
		dst[i>>6] = word
	}
	for i := full; i < len(a); i++ {
		dst[i>>6] |= bit(a[i] == c) << (i & 63)
	}
}

func lessConst[T ordered](dst Bitmap, a []T, c T) {
	full := len(a) &^ 63
	for i := 0; i < full; i += 64 {
		var word uint64
		for k := i; k < i+64; k += 8 {
			x := eight(a, k)
			word = word>>8 | (bit(x[0] < c)|bit(x[1] < c)<<1|bit(x[2] < c)<<2|bit(x[3] < c)<<3|
				bit(x[4] < c)<<4|bit(x[5] < c)<<5|bit(x[6] < c)<<6|bit(x[7] < c)<<7)<<56
		}
		dst[i>>6] = word
	}
	for i := full; i < len(a); i++ {
		dst[i>>6] |= bit(a[i] < c) << (i & 63)
	}
}

func lessEqualConst[T ordered](dst Bitmap, a []T, c T) {
	full := len(a) &^ 63
	for i := 0; i < full; i += 64 {
		var word uint64
		for k := i; k < i+64; k += 8 {
			x := eight(a, k)
			word = word>>8 | (bit(x[0] <= c)|bit(x[1] <= c)<<1|bit(x[2] <= c)<<2|bit(x[3] <= c)<<3|
				bit(x[4] <= c)<<4|bit(x[5] <= c)<<5|bit(x[6] <= c)<<6|bit(x[7] <= c)<<7)<<56
		}
		dst[i>>6] = word
	}
	for i := full; i < len(a); i++ {
		dst[i>>6] |= bit(a[i] <= c) << (i & 63)
	}
}
