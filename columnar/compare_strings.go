package columnar

import (
	"bytes"
	"encoding/binary"
	"unsafe"
)

// words is a view as two words: the length with the prefix, and the rest.
func (w *View) words() *[2]uint64 { return (*[2]uint64)(unsafe.Pointer(w)) }

// order is the prefix as a number that orders like the bytes.
func (w *View) order() uint32 { return binary.BigEndian.Uint32(w.Prefix[:]) }

// compareStrings fills dst with a op b by bytes; most rows are decided by the first words of their views.
func compareStrings(dst Bitmap, op CmpOp, a *Strings, b Vector) {
	c, isConst := b.(*Const)
	switch {
	case isConst && (op == Eq || op == Ne):
		equalStringConst(dst, a, c.Value.(*Strings))
	case isConst:
		y := c.Value.(*Strings)
		value, order := y.At(0), y.Views[0].order()
		for i := range a.Views {
			o := a.Views[i].order()
			hit := op.holds(-1) && o < order || op.holds(1) && o > order
			if o == order {
				hit = op.holds(bytes.Compare(a.At(i), value))
			}
			dst[i>>6] |= bit(hit) << (i & 63)
		}
		return
	case op == Eq || op == Ne:
		y := b.(*Strings)
		for i := range a.Views {
			dst[i>>6] |= bit(a.EqualAt(i, y, i)) << (i & 63)
		}
	default:
		y := b.(*Strings)
		for i := range a.Views {
			dst[i>>6] |= bit(op.holds(a.CompareAt(i, y, i))) << (i & 63)
		}
		return
	}
	if op == Ne {
		for i := range dst {
			dst[i] = ^dst[i]
		}
	}
}

// equalStringConst compares short values as two words, and long ones only where length and prefix agree.
func equalStringConst(dst Bitmap, a *Strings, c *Strings) {
	w := *c.Views[0].words()
	if c.Views[0].Length <= InlineLen {
		for i := range a.Views {
			x := a.Views[i].words()
			dst[i>>6] |= (bit(x[0] == w[0]) & bit(x[1] == w[1])) << (i & 63)
		}
		return
	}
	value := c.At(0)
	for i := range a.Views {
		if a.Views[i].words()[0] == w[0] && bytes.Equal(a.At(i), value) {
			dst.Set(i)
		}
	}
}
