package columnar

// CmpOp is a comparison operator.
type CmpOp uint8

// The comparison operators.
const (
	Eq CmpOp = iota
	Ne
	Lt
	Le
	Gt
	Ge
)

// Swap is the operator with its sides exchanged: a < b is b > a.
func (op CmpOp) Swap() CmpOp { return [...]CmpOp{Eq, Ne, Gt, Ge, Lt, Le}[op] }

// Negate is the operator that holds where op does not: NOT a < b is a >= b.
func (op CmpOp) Negate() CmpOp { return [...]CmpOp{Ne, Eq, Ge, Gt, Le, Lt}[op] }

// String is the operator in SQL.
func (op CmpOp) String() string { return [...]string{"=", "!=", "<", "<=", ">", ">="}[op] }

// holds says whether the operator accepts a comparison's outcome of -1, 0 or 1.
func (op CmpOp) holds(c int) bool {
	switch op {
	case Eq:
		return c == 0
	case Ne:
		return c != 0
	case Lt:
		return c < 0
	case Le:
		return c <= 0
	case Gt:
		return c > 0
	}
	return c >= 0
}

// Compare computes a op b for vectors of one type (or VOID); the result is NULL where a or b is. The order is Spark's: NaN equals NaN and is
// the greatest, -0 equals 0, strings and binaries go by bytes, arrays and structs by their parts, in which NULLs come first and
// equal each other. A Const on either side and a Dict against a Const have paths of their own.
func Compare(p *Pool, op CmpOp, a, b Vector, rows Rows) *Bool {
	ca, aConst := a.(*Const)
	cb, bConst := b.(*Const)
	switch {
	case aConst && ca.IsNull(0) || bConst && cb.IsNull(0) || a.Type().Kind == Void || b.Type().Kind == Void:
		return nullBool(p, rows.N)
	case aConst && bConst:
		return constBool(p, op.holds(CompareAt(a, 0, b, 0)), rows.N)
	case aConst:
		return Compare(p, op.Swap(), b, a, rows)
	case bConst:
		if d, ok := a.(*Dict); ok && d.Values.Len() <= rows.Count() {
			entries := Compare(p, op, d.Values, NewConst(cb.Value, d.Values.Len()), AllRows(d.Values.Len()))
			return lookUpBool(p, d, entries, rows)
		}
	}
	if rows.Sel != nil && sparse(rows) {
		return scatterBool(p, Compare(p, op, Take(p, a, rows.Sel), Take(p, b, rows.Sel), AllRows(len(rows.Sel))), rows)
	}
	a = Flatten(p, a, rows)
	if !bConst {
		b = Flatten(p, b, rows)
	}
	out := MakeBool(p, rows.N)
	compareBits(out.Bits, op, a, b, rows)
	out.Valid = mergeValid(p, a, b, rows.N)
	return out
}

// EqNullSafe computes a <=> b: like a = b, but NULL equals NULL and nothing else; the result has no NULLs.
func EqNullSafe(p *Pool, a, b Vector, rows Rows) *Bool {
	if a.Type().Kind == Void {
		return IsNull(p, b, rows)
	}
	if b.Type().Kind == Void {
		return IsNull(p, a, rows)
	}
	a, b = Flatten(p, a, rows), Flatten(p, b, rows)
	out := MakeBool(p, rows.N)
	compareBits(out.Bits, Eq, a, b, rows)
	va, vb := validOf(a), validOf(b)
	if va == nil && vb == nil {
		return out
	}
	for i := range out.Bits {
		x, y := wordOf(va, i), wordOf(vb, i)
		out.Bits[i] = out.Bits[i]&x&y | ^(x | y)
	}
	return out
}

// sparse says whether so few rows are selected that gathering them first pays.
func sparse(rows Rows) bool { return len(rows.Sel)*8 < rows.N }

// scatterBool spreads a dense result over the rows that it was gathered from.
func scatterBool(p *Pool, dense *Bool, rows Rows) *Bool {
	out := MakeBool(p, rows.N)
	for i, r := range rows.Sel {
		out.Bits[uint32(r)>>6] |= dense.Bits[i>>6] >> (i & 63) & 1 << (uint32(r) & 63)
	}
	if dense.Valid != nil {
		out.Valid = AllocBitmap(p, rows.N)
		for i, r := range rows.Sel {
			out.Valid[uint32(r)>>6] |= dense.Valid[i>>6] >> (i & 63) & 1 << (uint32(r) & 63)
		}
	}
	return out
}

// lookUpBool gives each selected row of d the answer for its dictionary entry.
func lookUpBool(p *Pool, d *Dict, entries *Bool, rows Rows) *Bool {
	var out *Bool
	if rows.Sel != nil && sparse(rows) {
		out = MakeBool(p, d.Len())
		out.Bits = spreadBits(out.Bits, entries.Bits, d.Codes, rows.Sel)
		if entries.Valid != nil {
			out.Valid = spreadBits(AllocBitmap(p, d.Len()), entries.Valid, d.Codes, rows.Sel)
		}
	} else {
		out = takeBool(p, entries, d.Codes)
	}
	if d.Valid != nil {
		valid := out.Valid
		if valid == nil {
			valid = AllocBitmap(p, out.N)
			valid.SetAll(out.N)
		}
		out.Valid = valid.And(d.Valid)
	}
	return out
}

// spreadBits sets in dst the bits that the codes of the selected rows have in src.
func spreadBits(dst, src Bitmap, codes, sel []int32) Bitmap {
	for _, r := range sel {
		j := uint32(codes[r])
		dst[uint32(r)>>6] |= src[j>>6] >> (j & 63) & 1 << (uint32(r) & 63)
	}
	return dst
}

func takeBool(p *Pool, v *Bool, idx []int32) *Bool {
	return &Bool{Bits: takeBits(p, v.Bits, idx), N: len(idx), Valid: takeBits(p, v.Valid, idx), Lent: p != nil}
}

// nullBool is n NULLs.
func nullBool(p *Pool, n int) *Bool {
	out := MakeBool(p, n)
	out.Valid = AllocBitmap(p, n)
	return out
}

// constBool is v repeated n times.
func constBool(p *Pool, v bool, n int) *Bool {
	out := MakeBool(p, n)
	if v {
		out.Bits.SetAll(n)
	}
	return out
}

// compareBits fills dst with a op b, whatever is NULL. a is in physical form; b too, or a Const.
func compareBits(dst Bitmap, op CmpOp, a, b Vector, rows Rows) {
	switch a := a.(type) {
	case *Fixed[int8]:
		compareFixed(dst, op, a.Values, b)
	case *Fixed[int16]:
		compareFixed(dst, op, a.Values, b)
	case *Fixed[int32]:
		compareFixed(dst, op, a.Values, b)
	case *Fixed[int64]:
		compareFixed(dst, op, a.Values, b)
	case *Fixed[float32]:
		compareFixed(dst, op, a.Values, b)
	case *Fixed[float64]:
		compareFixed(dst, op, a.Values, b)
	case *Fixed[Int128]:
		compareWide(dst, op, a.Values, b)
	case *Strings:
		compareStrings(dst, op, a, b)
	case *Bool:
		compareBool(dst, op, a, b, rows.N)
	default:
		for i := range rows.Count() {
			r := rows.Row(i)
			dst.Put(r, op.holds(CompareAt(a, r, b, r)))
		}
	}
}

func compareWide(dst Bitmap, op CmpOp, a []Int128, b Vector) {
	if c, ok := b.(*Const); ok {
		y := c.Value.(*Fixed[Int128]).Values[0]
		for i, x := range a {
			dst[i>>6] |= bit(op.holds(x.Cmp(y))) << (i & 63)
		}
		return
	}
	y := b.(*Fixed[Int128]).Values[:len(a)]
	for i, x := range a {
		dst[i>>6] |= bit(op.holds(x.Cmp(y[i]))) << (i & 63)
	}
}

func compareBool(dst Bitmap, op CmpOp, a *Bool, b Vector, n int) {
	var fixed uint64
	var other Bitmap
	if c, ok := b.(*Const); ok {
		fixed = -bit(c.Value.(*Bool).Bits.Get(0))
	} else {
		other = b.(*Bool).Bits
	}
	for i := range Words(n) {
		x, y := a.Bits[i], fixed
		if other != nil {
			y = other[i]
		}
		switch op {
		case Eq:
			dst[i] = ^(x ^ y)
		case Ne:
			dst[i] = x ^ y
		case Lt:
			dst[i] = ^x & y
		case Le:
			dst[i] = ^x | y
		case Gt:
			dst[i] = x &^ y
		case Ge:
			dst[i] = x | ^y
		}
	}
}

// bit is 1 for true; the compiler makes it a flag-to-register move, no branch.
func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
